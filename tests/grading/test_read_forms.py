"""Forms in which people write answers, 2,200 of them as plain data: each reads as it was meant, or is refused."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layerquiz.grading.read import Blank, Reading, read
from layerquiz.grading.vocabulary import LABELS, NUMBER_WORDS

FORMS = Path(__file__).parents[1] / "data" / "further_forms.jsonl"
SEPARATORS = [",", "'", " ", "\u00a0", "\u202f", "_", ".", ", ", "\n", ";", "/"]
WORDS = sorted(word for word in LABELS if word not in NUMBER_WORDS and word.isalpha() and len(word) > 1)


def forms():
    """The rows of the file: a text, what is asked, how many sizes, and the value or `refused`."""
    return [json.loads(line) for line in FORMS.read_text("utf-8").splitlines()]


def meant(value):
    """The value of a row as the reader gives it."""
    if isinstance(value, list):
        return tuple(map(Fraction, value))
    return Fraction(value) if isinstance(value, str) else value


def is_as_meant(row):
    """Whether a text reads as its writer meant."""
    answer = read(row["text"], row["asked"], entries=row.get("entries"))
    if "value" not in row:
        return not isinstance(answer, Reading)
    value = meant(row["value"])
    return isinstance(answer, Reading) and value in (answer.value, answer.alternative)


@pytest.mark.parametrize("asked", ["count", "size", "shape", "bytes"])
def test_every_form_reads_as_it_was_meant(asked):
    """No right answer is unreadable, and what says nothing, or two things, is refused."""
    rows = [row for row in forms() if row["asked"] == asked]
    assert len(rows) > 100
    assert [row for row in rows if not is_as_meant(row)] == []


def test_any_form_takes_a_bounded_number_of_steps(calls):
    """Whatever is written is read or refused within a count of calls that grows with its length alone."""
    read("1+1")
    for row in forms():
        text = row["text"]
        assert calls(lambda text=text, row=row: read(text, row["asked"])) < 3_000 + 300 * len(text)


def digits_of(text):
    """The digits of a text, in order."""
    return "".join(character for character in text if character in "0123456789")


@given(
    st.lists(st.tuples(st.integers(0, 10**6).map(str), st.sampled_from(SEPARATORS)), min_size=1, max_size=5),
    st.sampled_from(["", *WORDS]),
    st.sampled_from(["count", "size", "bytes"]),
)
def test_no_digit_is_dropped_from_a_number(parts, word, asked):
    """A text of digits, separators and a word reads as a number of all its digits, or not at all; or says it twice."""
    text = "".join(number + separator for number, separator in parts) + " " + word
    answer = read(text, asked)
    if isinstance(answer, Blank) or not isinstance(answer, Reading) or "/" in text:
        return
    written = digits_of(text)
    value = Fraction(answer.value)
    whole = [value * 10**places for places in range(len(written) + 1)]
    said = {
        int(written),
        *(int(written[: len(written) // times]) for times in (2, 3, 4, 5) if is_again(written, times)),
    }
    assert said & set(whole)


def is_again(written, times):
    """Whether digits are the same ones several times over."""
    return len(written) % times == 0 and written[: len(written) // times] * times == written


@given(
    st.lists(st.integers(1, 3000), min_size=1, max_size=5),
    st.sampled_from(["x", " x ", ", ", ",", " ", "; ", "*", " by ", "\n", "@"]),
    st.sampled_from(["", "(", "["]),
    st.sampled_from([None, 1, 2, 3, 4]),
)
def test_no_digit_is_dropped_from_a_shape(sizes, between, opening, entries):
    """A shape has the digits that were written, without at most the batch in front; or is refused."""
    text = opening + between.join(map(str, sizes)) + {"": "", "(": ")", "[": "]"}[opening]
    answer = read(text, "shape", entries=entries)
    if not isinstance(answer, Reading):
        return
    written = digits_of(text)
    rest = written.removeprefix(str(sizes[0])) if len(sizes) > 1 else written
    product = answer.value if len(answer.value) > 1 else ()
    assert "".join(map(str, answer.value)) in (written, rest) or product
    assert not product or digits_of("".join(map(str, product))) in (written, rest) or "*" in text

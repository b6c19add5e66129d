"""The roster's words for accommodations: each says one thing, and an unknown one is told with the nearest."""

from __future__ import annotations

import pytest

from layerquiz.errors import ExamError
from layerquiz.exam.accommodation import FIELDS, TINTS, Accommodation, accommodation
from layerquiz.exam.roster import Student


def asked(words: str) -> Accommodation:
    return accommodation(Student("s7", "Ada", accommodation=words))


def test_no_words_change_nothing():
    assert asked("") == asked(" ; , ") == Accommodation()


@pytest.mark.parametrize("word", FIELDS)
def test_each_word_changes_one_thing(word: str):
    assert asked(word) != Accommodation()
    assert asked(f" {word.upper()} ;{word}") == asked(word)


def test_words_add_up_whatever_parts_them():
    both = Accommodation(large_print=True, tint="cream", extra_time=25)
    assert asked("large print; extra time 25 %, tint cream") == asked("tint cream,extra time 25%,large-print") == both


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        ("large prnt", 'Did you mean "large print"'),
        ("tint crem", 'Did you mean "tint cream"'),
        ("extra time", 'Did you mean "extra time 25 %"'),
        ("extra time 0 %", "between 1 and 300"),
        ("extra time 999 %", "between 1 and 300"),
    ],
)
def test_an_unknown_word_names_the_entry_and_the_nearest(words: str, cure: str):
    with pytest.raises(ExamError) as caught:
        asked(f"html; {words}")
    assert '"s7"' in str(caught.value)
    assert cure in str(caught.value)


def luminance(colour: tuple[float, float, float]) -> float:
    """Return the relative luminance of a colour, after WCAG 2.2."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("tint", TINTS)
def test_black_is_read_on_each_tint(tint: str):
    assert (luminance(TINTS[tint]) + 0.05) / 0.05 >= 12

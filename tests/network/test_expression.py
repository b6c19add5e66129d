"""The expressions of templates: what they give, and what they refuse."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layerquiz.errors import FormulaError
from layerquiz.network import expression

NAMES = {"a": 7, "b": 2, "conv.kernel": 3, "conv.kernel.height": 5, "word": "same", "shape": (3, 5)}

VALUES = {
    "7": 7,
    "a": 7,
    "a + b * 3": 13,
    "(a + b) * 3": 27,
    "a - b - 1": 4,
    "a // b * b + a % b": 7,
    "-a // b": -4,
    "-(a)": -7,
    "2 * conv.kernel + conv.kernel.height": 11,
    "word": "same",
    "shape": (3, 5),
    "a == 7": True,
    "word != word": False,
    "1 < b <= 2 < a": True,
    "1 < b < 2 < a": False,
    "shape == shape": True,
    " ( ( a ) ) ": 7,
}

REFUSED = {
    "": (1, "too early"),
    "a +": (4, "too early"),
    "a b": (3, "'b'"),
    "a / b": (3, "//"),
    "a = b": (3, "=="),
    "a ** b": (4, "product"),
    "3.5": (2, "whole"),
    "(a": (3, "too early"),
    "a)": (2, "')'"),
    "(a < b) + 1": (4, "'<'"),
    "__import__('os')": (11, "'('"),
    "a if b else 1": (3, "'i'"),
    "a × b": (3, "×"),
    "a\x00": (2, ""),
}


@pytest.mark.parametrize("text", VALUES)
def test_value(text):
    assert expression.parse(text).value(NAMES.__getitem__) == VALUES[text]


@pytest.mark.parametrize("text", REFUSED)
def test_refusal_points_at_the_character(text):
    place, said = REFUSED[text]
    with pytest.raises(FormulaError) as error:
        expression.parse(text)
    assert f"character {place}:" in str(error.value)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "a // (b - 2)": "divides by zero",
        "a % 0": "divides by zero",
        "word + 1": "needs a number",
        "shape < 3": "needs a number",
    }.items(),
)
def test_what_cannot_be_computed_is_one_error(text, said):
    with pytest.raises(FormulaError, match=said):
        expression.parse(text).value(NAMES.__getitem__)


@pytest.mark.parametrize("text", ["1" * 301, "(" * 21 + "1" + ")" * 21, "1" + "+1" * 200, "-" * 200 + "1"])
def test_length_and_depth_are_limited(text):
    with pytest.raises(FormulaError):
        expression.parse(text)


def test_names_are_known_without_evaluating():
    assert expression.parse("a * conv.kernel < a + b").names == ("a", "conv.kernel", "b")
    assert expression.parse("a < b").compares
    assert not expression.parse("a").compares


@given(st.text(alphabet="ab1 ()+-*/%<>=!._\n×", max_size=40) | st.text(max_size=60))
def test_any_text_is_a_value_or_one_error(text):
    """No text runs anything or escapes as another exception."""
    with suppress(FormulaError):
        expression.parse(text).value(lambda name: NAMES.get(name, 1))


NUMBERS = st.integers(0, 99).map(str)
SUMS = st.recursive(
    NUMBERS,
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "//", "%"]), inner),
    max_leaves=8,
)


@given(SUMS)
def test_arithmetic_is_python_s(text):
    """Held against Python itself, on expressions that we made."""
    try:
        right = eval(text)  # noqa: S307 -- made of digits and operators just above
    except ZeroDivisionError:
        with pytest.raises(FormulaError):
            expression.parse(text).value(NAMES.__getitem__)
    else:
        assert expression.parse(text).value(NAMES.__getitem__) == right

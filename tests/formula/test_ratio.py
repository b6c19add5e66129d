"""Quotients on the way give what fractions give, and nothing where there is no number."""

from __future__ import annotations

import math
import operator
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layerquiz.formula import ratio
from layerquiz.formula.ratio import NOTHING, Ratio, divided, plain, settled

WHOLE = st.integers(-(10**6), 10**6)
PAIRS = st.tuples(WHOLE, WHOLE.filter(bool))
OPERATIONS = (operator.add, operator.sub, operator.mul)


@given(PAIRS, PAIRS)
def test_the_same_as_fractions(left, right):
    """Sums, differences, products, quotients and roundings are those of the standard library's exact fractions."""
    mine, theirs = divided(*left), Fraction(*left)
    other, exact = divided(*right), Fraction(*right)
    for operation in OPERATIONS:
        assert settled((operation(mine, other),)) == (operation(theirs, exact),)
        assert settled((operation(mine, right[0]),)) == (operation(theirs, right[0]),)
        assert settled((operation(left[0], other),)) == (operation(left[0], exact),)
    assert (ratio.floor(mine), ratio.ceil(mine)) == (math.floor(theirs), math.ceil(theirs))
    assert settled((ratio.least(mine, other), ratio.most(mine, other))) == (min(theirs, exact), max(theirs, exact))
    assert (mine >= right[0], mine == other) == (theirs >= right[0], theirs == exact)
    if exact:
        assert settled((divided(mine, other), mine // other)) == (theirs / exact, theirs // exact)
        assert settled((ratio.modulo(mine, other),)) == (theirs % exact,)


@given(PAIRS, st.integers(-5, 5))
def test_powers(pair, exponent):
    """A power to a whole number is exact, one below 0 too."""
    if pair[0]:
        assert settled((ratio.power(divided(*pair), exponent),)) == (Fraction(*pair) ** exponent,)


def test_whole_results_are_whole():
    """What comes out even is an int again, as in every other way to a number; the rest is reduced when looked at."""
    assert type(divided(6, 3)) is int
    found = settled((Ratio(6, 4) + Ratio(2, 4), Ratio(2, 4)))
    assert [type(number) for number in found] == [int, Ratio]
    assert found == plain(found) == (2, Fraction(1, 2))
    assert [type(number) for number in plain(found)] == [int, Fraction]


@pytest.mark.parametrize(
    "found",
    [
        divided(1, 0),
        divided(Ratio(1, 2), 0),
        NOTHING + 1,
        1 - NOTHING,
        NOTHING * 0,
        3 // NOTHING,
        ratio.floor(NOTHING),
        ratio.least(NOTHING, 1),
        ratio.most(1, NOTHING),
        ratio.modulo(3, 0),
        ratio.power(0, -1),
    ],
)
def test_no_number(found):
    """A division by zero gives nothing, and so does all that is made of it; it is within no bounds."""
    assert settled((1, found)) is None
    assert not found >= 0
    assert found != 0

"""Sums of points are exact, however many denominators there are."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from layerquiz import exact


@given(st.lists(st.fractions(max_denominator=60)))
def test_a_total_is_the_sum(shares: list[Fraction]) -> None:
    """The same as adding one by one, as a fraction even of nothing."""
    found = exact.total(iter(shares))
    assert found == sum(shares, Fraction(0))
    assert isinstance(found, Fraction)

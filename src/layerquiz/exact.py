"""Exact sums, fast: most points are whole numbers or halves, and adding fractions one by one is slow."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction


def total(shares: Iterable[Fraction]) -> Fraction:
    """Return the sum of some fractions: those of one denominator are added as whole numbers."""
    sums: dict[int, int] = {}
    for share in shares:
        below = share.denominator
        sums[below] = sums.get(below, 0) + share.numerator
    return sum((Fraction(above, below) for below, above in sums.items()), Fraction(0))

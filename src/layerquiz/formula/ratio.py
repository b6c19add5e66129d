"""Quotients in the middle of a calculation: exact, and never reduced, which is most of the work with fractions.

A quotient of zero by zero is no number, and neither is whatever is calculated with it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from layerquiz.formula.expr import Number


class Ratio:
    """numerator / denominator, the denominator above 0; where it is 0 there is no number."""

    __slots__ = ("denominator", "numerator")

    def __init__(self, numerator: int, denominator: int) -> None:
        self.numerator, self.denominator = numerator, denominator

    def __add__(self, other: Part) -> Ratio:
        if type(other) is int:
            return Ratio(self.numerator + other * self.denominator, self.denominator)
        below = other.denominator
        return Ratio(self.numerator * below + other.numerator * self.denominator, self.denominator * below)

    __radd__ = __add__

    def __sub__(self, other: Part) -> Ratio:
        if type(other) is int:
            return Ratio(self.numerator - other * self.denominator, self.denominator)
        return self + -other

    def __rsub__(self, other: Part) -> Ratio:
        return -self + other

    def __mul__(self, other: Part) -> Ratio:
        if type(other) is int:
            return Ratio(self.numerator * other, self.denominator)
        return Ratio(self.numerator * other.numerator, self.denominator * other.denominator)

    __rmul__ = __mul__

    def __neg__(self) -> Ratio:
        return Ratio(-self.numerator, self.denominator)

    def __pow__(self, exponent: int) -> Ratio:
        return Ratio(self.numerator**exponent, self.denominator**exponent)

    def __floordiv__(self, other: Part) -> Part:
        return floor(divided(self, other))

    def __rfloordiv__(self, other: Part) -> Part:
        return floor(divided(other, self))

    def __bool__(self) -> bool:
        return self.numerator != 0

    def __ge__(self, other: Part) -> bool:
        if type(other) is int:
            return self.denominator != 0 and self.numerator >= other * self.denominator
        return self.denominator != 0 and (self - other).numerator >= 0

    def __lt__(self, other: Part) -> bool:
        return (self - other).numerator < 0

    def __gt__(self, other: Part) -> bool:
        return (self - other).numerator > 0

    def __eq__(self, other: object) -> bool:
        if type(other) is int:
            return self.denominator != 0 and self.numerator == other * self.denominator
        if not isinstance(other, int | Fraction | Ratio) or not self.denominator:
            return False
        return self.numerator * other.denominator == other.numerator * self.denominator

    def __hash__(self) -> int:
        return hash(_reduced(self)) if self.denominator else 0


Part: TypeAlias = Number | Ratio
"""A number on the way."""

NOTHING = Ratio(0, 0)


def divided(top: Part, bottom: Part) -> Part:
    """Return an exact quotient; a division by zero gives nothing."""
    if type(top) is type(bottom) is int and bottom and not top % bottom:
        return top // bottom
    numerator, denominator = top.numerator * bottom.denominator, top.denominator * bottom.numerator
    if denominator == 0:
        return NOTHING
    return Ratio(numerator, denominator) if denominator > 0 else Ratio(-numerator, -denominator)


def floor(part: Part) -> Part:
    """Return the largest whole number that is at most a number."""
    return part.numerator // part.denominator if part.denominator else NOTHING


def ceil(part: Part) -> Part:
    """Return the smallest whole number that is at least a number."""
    return -(-part.numerator // part.denominator) if part.denominator else NOTHING


def least(*parts: Part) -> Part:
    """Return the smallest of some numbers."""
    return min(parts) if all(part.denominator for part in parts) else NOTHING


def most(*parts: Part) -> Part:
    """Return the largest of some numbers."""
    return max(parts) if all(part.denominator for part in parts) else NOTHING


def modulo(left: Part, right: Part) -> Part:
    """Return the remainder of a division rounded down."""
    return left - right * floor(divided(left, right))


def power(base: Part, exponent: Part) -> Part:
    """Return a power to a whole number; one below 0 divides."""
    if not isinstance(exponent, int):
        return NOTHING
    return base**exponent if exponent >= 0 else divided(1, base**-exponent)


def settled(parts: tuple[Part, ...]) -> tuple[Part, ...] | None:
    """Return numbers, those whole that can be, or None where one of them is nothing."""
    found: list[Part] = []
    for part in parts:
        below = part.denominator
        if not below:
            return None
        found.append(part if part.numerator % below else part.numerator // below)
    return tuple(found)


def plain(parts: tuple[Part, ...]) -> tuple[Number, ...]:
    """Return numbers that are something, each whole or reduced."""
    if Ratio not in map(type, parts):
        return parts  # type: ignore[return-value]
    return tuple([_reduced(part) if isinstance(part, Ratio) else part for part in parts])


def _reduced(part: Ratio) -> Number:
    whole, rest = divmod(part.numerator, part.denominator)
    return Fraction(part.numerator, part.denominator) if rest else whole

"""An expression while it is read: its formula and its exact value together, within bounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from layerquiz.formula.expr import Ceil, Difference, Floor, Formula, Integer, Number, Product, Quotient, Sum
from layerquiz.grading.answer import Refusal, whole
from layerquiz.grading.number import Numeral
from layerquiz.grading.pieces import DEEPEST, Piece
from layerquiz.record import record

# About 420 decimal digits: two numbers of 200 digits may be multiplied.
_MOST_BITS = 1400


@record
class Worth:
    """What an expression is worth. `value` is None where it contains a letter.

    `numeral` is set for a bare number; `sides` are the numbers of a product written with x, such as 7x7; `place` is
    where the expression begins in the normalised text, or where its letter stands.
    """

    formula: Formula
    value: Number | None
    unit: str = ""
    numeral: Numeral | None = None
    sides: tuple[Number, ...] = ()
    depth: int = 1
    place: int = 0


def evaluated(pieces: list[Piece]) -> Worth:
    """Return what some pieces are worth; a number alone needs no grammar."""
    if len(pieces) == 1 and pieces[0].numeral:
        return number_worth(pieces[0].numeral, pieces[0].start)
    # Imported here because the grammar's library is slow to load and a plain number needs none of it.
    from layerquiz.grading.expression import parse

    return parse(pieces)


def number_worth(numeral: Numeral, place: int) -> Worth:
    """Return a bare number."""
    return Worth(literal(numeral.value), numeral.value, numeral.unit, numeral, place=place)


def literal(value: Number) -> Formula:
    """Return a number as a formula: a fraction is a quotient."""
    if isinstance(value, int):
        return Integer(value)
    return Quotient(Integer(value.numerator), Integer(value.denominator))


def combined(
    left: Worth, right: Worth, node: Formula, compute: Callable[[Number, Number], Number | Fraction], place: int
) -> Worth:
    """Return the worth of two operands under one operation."""
    depth = _depth(left, right, node, place)
    if left.value is None or right.value is None:
        return Worth(node, None, depth=depth, place=left.place if left.value is None else right.place)
    value = bounded(compute(left.value, right.value), place)
    return Worth(node, value, left.unit or right.unit, depth=depth, place=left.place)


def _depth(left: Worth, right: Worth, node: Formula, place: int) -> int:
    """Count how deep the tree is; a longer sum or product of many terms is not deeper."""
    grown = isinstance(node, Sum | Product) and type(left.formula) is type(node)
    depth = max(left.depth if grown else left.depth + 1, right.depth + 1)
    if depth > DEEPEST:
        raise Refusal(place, f"This formula has more than {DEEPEST} operations inside one another.", "too-deep")
    return depth


def bounded(value: Number, place: int) -> Number:
    """Return a value, refused where it has more than some hundreds of digits."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > _MOST_BITS:
        raise Refusal(place, "The result here has too many digits.", "number-too-large")
    return whole(value)


def quotient(numerator: Number, denominator: Number, place: int) -> Number:
    """numerator / denominator, exactly."""
    if denominator == 0:
        raise Refusal(place, "This divides by zero.", "division-by-zero")
    return whole(Fraction(numerator) / denominator)


def power(base: Number, exponent: Number, place: int) -> Number:
    """base ^ exponent, for a whole exponent; its size is known before it is computed."""
    if exponent.denominator != 1:
        raise Refusal(place, "The exponent here is not a whole number.", "fractional-power")
    if base == 0 and exponent < 0:
        raise Refusal(place, "This divides by zero.", "division-by-zero")
    if base in {0, 1, -1}:
        return base ** (int(exponent) % 2 if base else min(int(exponent), 1))
    bits = max(base.numerator.bit_length(), base.denominator.bit_length()) - 1
    if abs(int(exponent)) * max(bits, 1) > _MOST_BITS:
        raise Refusal(place, "The power here has too many digits.", "number-too-large")
    return whole(Fraction(base) ** int(exponent))


def rounded(inner: Worth, kind: type[Floor | Ceil], place: int) -> Worth:
    """Return the floor or the ceiling of an expression."""
    node = kind(inner.formula)
    zero = Worth(Integer(0), 0)
    return combined(inner, zero, node, lambda value, _: value // 1 if kind is Floor else -(-value // 1), place)


def negated(inner: Worth, place: int) -> Worth:
    """Return minus an expression; a bare number stays one."""
    if inner.numeral:
        numeral = replace(inner.numeral, mantissa=-inner.numeral.mantissa, alternative=None)
        return number_worth(numeral, place)
    zero = Worth(Integer(0), 0)
    return combined(zero, inner, Difference(zero.formula, inner.formula), lambda a, b: a - b, place)

"""A quantity as one formula in chosen other quantities, and many values of a formula at once, within bounds."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from layerquiz.errors import FormulaError
from layerquiz.formula.expr import (
    Ceil,
    Difference,
    Floor,
    Formula,
    Integer,
    Max,
    Min,
    Mod,
    Number,
    Power,
    Product,
    Quotient,
    Reference,
    Sum,
    is_larger,
    product,
    total,
    transform,
    walk,
)
from layerquiz.formula.graph import Graph, Rules
from layerquiz.formula.solve import quotient

MOST_NODES = 20_000
MOST_BITS = 1_400
"""A value of more binary digits than this is none: about 420 decimal digits."""

Column: TypeAlias = list[Number | None]
"""The values of a formula at some points; None where it has none."""


def inlined(
    graph: Graph, target: Reference, stops: Collection[Reference], changed: Mapping[str, Rules] | None = None
) -> Formula:
    """Return a quantity's formula in terms of the `stops`; other givens are put in as the numbers that they are.

    `changed` are other rules for some parts. Raises FormulaError where the formula reads what is not there, or would
    be too long to read.
    """
    found = _Inlining(graph, stops, changed or {}).formula(target)
    if is_larger(found, MOST_NODES):
        raise FormulaError(f"the formula of {target} is too long to be written in letters", slug="formula-too-long")
    return tidied(found)


class _Inlining:
    """One formula being put together; what was found for a quantity is used again."""

    def __init__(self, graph: Graph, stops: Collection[Reference], changed: Mapping[str, Rules]) -> None:
        self.graph, self.stops, self.changed = graph, stops, changed
        self.found: dict[Reference, Formula] = {}

    def formula(self, ref: Reference) -> Formula:
        if ref in self.stops:
            return ref
        if ref not in self.found:
            self.found[ref] = self._opened(ref)
        return self.found[ref]

    def _opened(self, ref: Reference) -> Formula:
        part = self.graph.parts[ref.owner]
        local = self.changed.get(ref.owner, part.rules).formulas.get(ref.name)
        if local is not None:
            return transform(local, lambda n: self.formula(part.bound(n)) if isinstance(n, Reference) else n)
        if ref.name not in part.givens:
            raise FormulaError(f'there is no quantity "{ref}"', slug="unknown-quantity")
        value = part.givens[ref.name]
        return Integer(value) if isinstance(value, int) else Integer(value.numerator) / value.denominator


def tidied(formula: Formula) -> Formula:
    """Return a formula without + 0, * 1, / 1 and roundings of whole numbers; a term that comes twice is doubled."""
    return transform(formula, _tidied)


def _tidied(node: Formula) -> Formula:
    children = node.children()
    if children and all(isinstance(child, Integer) for child in children):
        found = column(node, [{}])[0]
        return Integer(found) if isinstance(found, int) else node
    match node:
        case Sum(terms):
            counts = Counter(term for term in terms if term != Integer(0))
            return total(term if count == 1 else count * term for term, count in counts.items())
        case Product(factors):
            return Integer(0) if Integer(0) in factors else product([f for f in factors if f != Integer(1)])
        case Difference(left, Integer(0)):
            return left
        case Quotient(top, Integer(1)):
            return top
        case Floor(inner) | Ceil(inner) if not any(isinstance(part, Quotient | Power) for part in walk(inner)):
            return inner
    return node


def column(formula: Formula, points: Sequence[Mapping[str, Number]]) -> Column:
    """Return a formula's values at some points, by the names of its references.

    Work is bounded: a value of very many digits, like one that is divided by zero, is None.
    """
    done: list[Column] = []
    for node in walk(formula):
        if isinstance(node, Integer):
            done.append([node.value] * len(points))
        elif isinstance(node, Reference):
            done.append([point[node.name] for point in points])
        else:
            count = len(node.children())
            operands = done[len(done) - count :]
            del done[len(done) - count :]
            done.append([_applied(node, row) for row in zip(*operands, strict=True)])
    return done[0]


def _applied(node: Formula, row: tuple[Number | None, ...]) -> Number | None:
    if None in row:
        return None
    try:
        found = _OPERATIONS[type(node)](*row)
    except ZeroDivisionError:
        return None
    if found is None or max(found.numerator.bit_length(), found.denominator.bit_length()) > MOST_BITS:
        return None
    return found if isinstance(found, int) or found.denominator != 1 else found.numerator


def power(base: Number, exponent: Number) -> Number | None:
    """Return base ^ exponent for a whole exponent, its size known before it is computed; else None."""
    if exponent.denominator != 1 or (base == 0 and exponent < 0):
        return None
    if base in {0, 1, -1}:
        return base ** (int(exponent) % 2 if base else min(int(exponent), 1))
    bits = max(base.numerator.bit_length(), base.denominator.bit_length()) - 1
    return None if abs(int(exponent)) * max(bits, 1) > MOST_BITS else Fraction(base) ** int(exponent)


def _product(*factors: Number) -> Number | None:
    """Return a product, unless its factors say that it would have too many digits."""
    bits = sum(max(factor.numerator.bit_length(), factor.denominator.bit_length()) for factor in factors)
    return None if bits > 2 * MOST_BITS else math.prod(factors)


_OPERATIONS: dict[type[Formula], Callable[..., Number | None]] = {
    Sum: lambda *terms: sum(terms),
    Product: _product,
    Difference: lambda left, right: left - right,
    Quotient: quotient,
    Power: power,
    Floor: math.floor,
    Ceil: math.ceil,
    Min: min,
    Max: max,
    Mod: lambda left, right: left % right,
}

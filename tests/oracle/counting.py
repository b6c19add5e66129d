"""Formulas evaluated by counting: a product is a nested loop, a quotient forms groups. No arithmetic is shared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import chain, islice, product
from typing import TypeAlias

from layerquiz.formula import expr

Things: TypeAlias = list[object]
MOST = 100_000


class CannotCountError(Exception):
    """A formula whose parts are no collections of things: fewer than none, or too many."""


def count(formula: expr.Formula, numbers: Mapping[expr.Reference, int]) -> int:
    """Return a formula's value as the number of things that it stands for."""
    return len(things(formula, numbers))


def things(node: expr.Formula, numbers: Mapping[expr.Reference, int]) -> Things:
    """Return as many things as the formula says, built from the things of its parts."""
    if isinstance(node, expr.Integer | expr.Reference):
        number = node.value if isinstance(node, expr.Integer) else numbers[node]
        if not isinstance(number, int):
            raise CannotCountError("a part of a thing")
        return _limited(range(number))
    if isinstance(node, expr.Floor | expr.Ceil):
        return _rounded(node, numbers)
    return COUNT[type(node)](*(things(child, numbers) for child in node.children()))


def _rounded(node: expr.Floor | expr.Ceil, numbers: Mapping[expr.Reference, int]) -> Things:
    """Form groups as large as the denominator; what is left over is dropped, or is one more."""
    if not isinstance(node.inner, expr.Quotient):
        return things(node.inner, numbers)
    whole, rest = _groups(*(things(child, numbers) for child in node.inner.children()))
    return [*whole, rest] if rest and isinstance(node, expr.Ceil) else whole


def _less(left: Things, right: Things) -> Things:
    if len(right) > len(left):
        raise CannotCountError("more is taken away than there is")
    return left[len(right) :]


def _shared_out(top: Things, bottom: Things) -> Things:
    whole, rest = _groups(top, bottom)
    if rest:
        raise CannotCountError("something is left over")
    return whole


def _groups(many: Things, each: Things) -> tuple[Things, Things]:
    """Return the full groups that can be formed, and what is left over."""
    source, whole = iter(many), []
    while len(group := list(islice(source, len(each)))) == len(each):
        whole.append(group)
    return list(whole), group


def _limited(source: Iterable[object]) -> Things:
    found: Things = list(islice(iter(source), MOST + 1))
    if len(found) > MOST:
        raise CannotCountError("more than can be counted")
    return found


COUNT: dict[type[expr.Formula], Callable[..., Things]] = {
    expr.Sum: lambda *parts: _limited(chain(*parts)),
    expr.Product: lambda *parts: _limited(product(*parts)),
    expr.Power: lambda base, exponent: _limited(product(base, repeat=len(exponent))),
    expr.Difference: _less,
    expr.Quotient: _shared_out,
    expr.Min: lambda *parts: min(parts, key=len),
    expr.Max: lambda *parts: max(parts, key=len),
    expr.Mod: lambda left, right: _groups(left, right)[1],
}

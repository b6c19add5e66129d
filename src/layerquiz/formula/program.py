"""Many formulas over the same values, calculated together: whatever is the same in two of them is calculated once."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from typing import TypeAlias

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
)
from layerquiz.formula.solve import Values, quotient

Cells: TypeAlias = list[Number]
Step: TypeAlias = Callable[[Cells, Values], Number]


class Program:
    """Steps in an order in which each can be taken: it reads a value, or calculates with the cells before it."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._places: dict[Hashable, int] = {}

    def __len__(self) -> int:
        return len(self.steps)

    def read(self, ref: Reference) -> int:
        """Return the cell of a quantity's value as it is given."""
        return self._place(("read", ref.owner, ref.name), _read, (ref.owner, ref.name))

    def add(self, formula: Formula, bound: Callable[[Reference], int]) -> int:
        """Return the cell of a formula's value; `bound` gives the cell that each of its references stands for."""
        if isinstance(formula, Reference):
            return bound(formula)
        if isinstance(formula, Integer):
            return self._place(("number", formula.value), _number, (formula.value,))
        if isinstance(formula, Floor | Ceil) and isinstance(formula.inner, Quotient):
            operands = (self.add(formula.inner.numerator, bound), self.add(formula.inner.denominator, bound))
            rounded = _floor_divided if isinstance(formula, Floor) else _ceil_divided
            return self._place((rounded, *operands), rounded, operands)
        make, operands = MAKERS[type(formula)], tuple([self.add(child, bound) for child in formula.children()])
        return self._place((make, *operands), make, operands)

    def check(self, holds: Callable[[Number], bool], place: int) -> int:
        """Return a cell that is there where a condition on another cell holds, and None where it does not."""
        return self._place((holds, place), _check, (holds, place))

    def _place(self, key: Hashable, make: Callable[..., Step], operands: tuple[object, ...]) -> int:
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = len(self.steps)
            self.steps.append(make(*operands))
        return place

    def run(self, values: Values) -> list[Number | None]:
        """Return all cells; None is what is divided by zero or does not hold, and what needs it."""
        cells: list[Number | None] = []
        for step in self.steps:
            try:
                cells.append(step(cells, values))  # type: ignore[arg-type] -- None makes the step fail
            except (ZeroDivisionError, TypeError):
                cells.append(None)
        return cells


def _check(holds: Callable[[Number], bool], place: int) -> Step:
    return lambda cells, _: cells[place] if holds(cells[place]) else None  # type: ignore[return-value]


def _read(owner: str, name: str) -> Step:
    return lambda _, values: values[owner][name]


def _number(number: int) -> Step:
    return lambda _, __: number


def _sum(*places: int) -> Step:
    if len(places) == 2:
        first, second = places
        return lambda cells, _: cells[first] + cells[second]
    return lambda cells, _: sum([cells[place] for place in places])


def _product(*places: int) -> Step:
    if len(places) == 2:
        first, second = places
        return lambda cells, _: cells[first] * cells[second]
    if len(places) == 3:
        first, second, third = places
        return lambda cells, _: cells[first] * cells[second] * cells[third]
    return lambda cells, _: math.prod([cells[place] for place in places])


def _floor_divided(top: int, bottom: int) -> Step:
    return lambda cells, _: cells[top] // cells[bottom]


def _ceil_divided(top: int, bottom: int) -> Step:
    return lambda cells, _: -(-cells[top] // cells[bottom])


MAKERS: dict[type[Formula], Callable[..., Step]] = {
    Sum: _sum,
    Product: _product,
    Difference: lambda left, right: lambda cells, _: cells[left] - cells[right],
    Quotient: lambda top, bottom: lambda cells, _: quotient(cells[top], cells[bottom]),
    Power: lambda base, exponent: lambda cells, _: cells[base] ** cells[exponent],
    Floor: lambda inner: lambda cells, _: math.floor(cells[inner]),
    Ceil: lambda inner: lambda cells, _: math.ceil(cells[inner]),
    Min: lambda *places: lambda cells, _: min([cells[place] for place in places]),
    Max: lambda *places: lambda cells, _: max([cells[place] for place in places]),
    Mod: lambda left, right: lambda cells, _: cells[left] % cells[right],
}

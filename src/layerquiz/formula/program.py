"""Many formulas over the same values, compiled into one function: what two of them have in common is calculated once.

Each operation becomes one assignment, `c7 = c3 * c5`, so the function is a list of steps in an order in which each can
be taken. A step that divides by zero gives nothing, and so does every step that needs it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Hashable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from layerquiz.formula import ratio
from layerquiz.formula.expr import (
    Ceil,
    Difference,
    Floor,
    Formula,
    Integer,
    Max,
    Min,
    Mod,
    Power,
    Product,
    Quotient,
    Reference,
    Sum,
)
from layerquiz.formula.solve import PLACE, Values, assembled, joined_by

Cell: TypeAlias = str | int
"""A step's result by its name, or a whole number that needs no step."""

Settled: TypeAlias = tuple[ratio.Part, ...]
"""The numbers of some cells; a quotient that is not whole is not reduced."""

CALLED: dict[type[Formula], Callable[..., ratio.Part]] = {
    Quotient: ratio.divided,
    Power: ratio.power,
    Mod: ratio.modulo,
    Floor: ratio.floor,
    Ceil: ratio.ceil,
    Min: ratio.least,
    Max: ratio.most,
}
KNOWN = {"NOTHING": ratio.NOTHING, "int": int, "settled": ratio.settled, **{f.__name__: f for f in CALLED.values()}}
ROUNDED = (Floor, Ceil)
OPERATORS: dict[type[Formula], ast.operator] = {Sum: ast.Add(), Product: ast.Mult(), Difference: ast.Sub()}


MOST_NAMES = 4_096
"""How many names are kept for those who read them."""


class Program:
    """Steps being collected, and the results that are asked for; `compiled` makes the function."""

    def __init__(self) -> None:
        self._steps: list[ast.stmt] = []
        self._cells: dict[Hashable, str] = {}
        self._results: list[ast.expr] = []
        self._unsure: set[Cell] = set()

    def __len__(self) -> int:
        return len(self._steps)

    def read(self, owner: str, name: str) -> Cell:
        """Return the cell of a quantity's value as it is given."""
        return self._cell(("read", owner, name), _read, owner, name)

    def add(self, formula: Formula, bound: Callable[[Reference], Cell]) -> Cell:
        """Return the cell of a formula's value; `bound` gives the cell that each of its references stands for."""
        kind = type(formula)
        if kind is Reference:
            return bound(formula)  # type: ignore[arg-type]
        if kind is Integer:
            return formula.value  # type: ignore[attr-defined, no-any-return]
        children = formula.children()
        if kind in ROUNDED and type(children[0]) is Quotient:
            operands = [self.add(child, bound) for child in children[0].children()]
            is_sure = isinstance(operands[1], int)
            cell = self._cell((kind, Quotient, *operands), _divided, kind, *operands)
        else:
            operands = [bound(each) if type(each) is Reference else self.add(each, bound) for each in children]
            is_sure = kind in OPERATORS
            cell = self._cell((kind, *operands), _operation, kind, operands)
        if not is_sure or not self._unsure.isdisjoint(operands):
            self._unsure.add(cell)
        return cell

    def pinnable(self, owner: str, name: str, cell: Cell) -> Cell:
        """Return a cell for a quantity that is calculated in another one, unless a run has it pinned."""
        key = ("pinnable", owner, name, cell)
        found = self._cell(key, _unless_pinned, owner, name, cell)
        self._unsure |= {found} if cell in self._unsure else set()
        return found

    def check(self, cell: Cell, least: int, is_exact: bool) -> Cell:
        """Return a cell that says whether another one is at least a number, or exactly that."""
        return self._cell(("check", cell, least, is_exact), _compared, cell, least, is_exact)

    def give(self, targets: Sequence[Cell], checks: Sequence[Cell]) -> None:
        """Ask for one more result: the numbers of some cells, or None where one is nothing or a check fails."""
        result: ast.expr = ast.Tuple([_expression(cell) for cell in targets], ast.Load(), **PLACE)
        unsure = [cell for cell in targets if cell in self._unsure]
        if unsure:
            whole = [
                _same(ast.Attribute(_expression(cell), "__class__", ast.Load(), **PLACE), "int") for cell in unsure
            ]
            reduced = ast.Call(_name("settled"), [result], [], **PLACE)
            result = ast.IfExp(_all(whole), result, reduced, **PLACE)
        if checks:
            result = ast.IfExp(_all([_expression(check) for check in checks]), result, _constant(None), **PLACE)
        self._results.append(result)

    def compiled(self) -> Callable[[Values, Collection[tuple[str, str]]], Sequence[Settled | None]]:
        """Return the function from values, and the names (owner, quantity) that are pinned in them, to the results."""
        result = ast.Return(ast.Tuple(self._results, ast.Load(), **PLACE), **PLACE)
        return assembled(("values", "pinned"), [*self._steps, result], {**KNOWN})

    def _cell(self, key: Hashable, make: Callable[..., ast.expr], *of: Any) -> str:
        """Return the cell of a step, which `make` makes of what it is given where it is not there yet."""
        cell = self._cells.get(key)
        if cell is None:
            cell = self._cells[key] = f"c{len(self._steps)}"
            self._steps.append(ast.Assign([ast.Name(cell, ast.Store(), **PLACE)], make(*of), **PLACE))
        return cell


@lru_cache(maxsize=MOST_NAMES)
def _name(name: str) -> ast.expr:
    """Return a name being read; steps that read the same one share it."""
    return ast.Name(name, ast.Load(), **PLACE)


def _constant(found: Any) -> ast.expr:
    return ast.Constant(found, **PLACE)


def _expression(cell: Cell) -> ast.expr:
    return _name(cell) if isinstance(cell, str) else _constant(cell)


def _same(left: ast.expr, right: str) -> ast.expr:
    return ast.Compare(left, [ast.Is()], [_name(right)], **PLACE)


def _all(tests: Sequence[ast.expr]) -> ast.expr:
    return ast.BoolOp(ast.And(), list(tests), **PLACE) if len(tests) > 1 else tests[0]


def _unless_pinned(owner: str, name: str, cell: Cell) -> ast.expr:
    test = ast.Compare(_constant((owner, name)), [ast.In()], [_name("pinned")], **PLACE)
    return ast.IfExp(test, _read(owner, name), _expression(cell), **PLACE)


def _compared(cell: Cell, least: int, is_exact: bool) -> ast.expr:
    sign = ast.Eq() if is_exact else ast.GtE()
    return ast.Compare(_expression(cell), [sign], [_constant(least)], **PLACE)


def _read(owner: str, name: str) -> ast.expr:
    values = ast.Subscript(_name("values"), _constant(owner), ast.Load(), **PLACE)
    return ast.Subscript(values, _constant(name), ast.Load(), **PLACE)


def _operation(kind: type[Formula], operands: Sequence[Cell]) -> ast.expr:
    if kind in OPERATORS:
        return joined_by(OPERATORS[kind], [_expression(cell) for cell in operands])
    return ast.Call(_name(CALLED[kind].__name__), [_expression(cell) for cell in operands], [], **PLACE)


def _divided(kind: type[Formula], top: Cell, bottom: Cell) -> ast.expr:
    """Return a quotient rounded down or up, in whole numbers; nothing where it is divided by zero."""
    numerator = _expression(top) if kind is Floor else _negative(_expression(top))
    whole: ast.expr = ast.BinOp(numerator, ast.FloorDiv(), _expression(bottom), **PLACE)
    whole = whole if kind is Floor else _negative(whole)
    if isinstance(bottom, int) and bottom:
        return whole
    return ast.IfExp(_expression(bottom), whole, _name("NOTHING"), **PLACE)


def _negative(node: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.USub(), node, **PLACE)

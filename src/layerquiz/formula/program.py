"""Many formulas over the same values, compiled into one function: what two of them have in common is calculated once.

Each operation becomes one assignment, `c7 = c3 * c5`, so the function is a list of steps in an order in which each can
be taken. A step that divides by zero gives nothing, and so does every step that needs it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Hashable, Sequence
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
    Number,
    Power,
    Product,
    Quotient,
    Reference,
    Sum,
)
from layerquiz.formula.solve import PLACE, Values, assembled, joined_by

Cell: TypeAlias = str | int
"""A step's result by its name, or a whole number that needs no step."""

Given: TypeAlias = tuple[Number, ...]

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
OPERATORS: dict[type[Formula], ast.operator] = {Sum: ast.Add(), Product: ast.Mult(), Difference: ast.Sub()}


class Program:
    """Steps being collected, and the results that are asked for; `compiled` makes the function."""

    def __init__(self) -> None:
        self._steps: list[ast.stmt] = []
        self._cells: dict[Hashable, str] = {}
        self._results: list[ast.expr] = []
        self._unsure: set[Cell] = set()

    def __len__(self) -> int:
        return len(self._steps)

    def read(self, ref: Reference) -> Cell:
        """Return the cell of a quantity's value as it is given."""
        return self._cell(("read", ref.owner, ref.name), lambda: _read(ref))

    def add(self, formula: Formula, bound: Callable[[Reference], Cell]) -> Cell:
        """Return the cell of a formula's value; `bound` gives the cell that each of its references stands for."""
        if isinstance(formula, Reference):
            return bound(formula)
        if isinstance(formula, Integer):
            return formula.value
        inner = formula.children()[0]
        if isinstance(formula, Floor | Ceil) and isinstance(inner, Quotient):
            operands = [self.add(child, bound) for child in inner.children()]
            is_sure = isinstance(operands[1], int)
            cell = self._cell((type(formula), Quotient, *operands), lambda: _divided(type(formula), *operands))
        else:
            operands = [self.add(child, bound) for child in formula.children()]
            is_sure = type(formula) in OPERATORS
            cell = self._cell((type(formula), *operands), lambda: _operation(type(formula), operands))
        if not is_sure or not self._unsure.isdisjoint(operands):
            self._unsure.add(cell)
        return cell

    def pinnable(self, ref: Reference, cell: Cell) -> Cell:
        """Return a cell for a quantity that is calculated in another one, unless a run has it pinned."""
        key = ("pinnable", ref.owner, ref.name, cell)
        test = ast.Compare(_constant((ref.owner, ref.name)), [ast.In()], [_name("pinned")], **PLACE)
        found = self._cell(key, lambda: ast.IfExp(test, _read(ref), _expression(cell), **PLACE))
        self._unsure |= {found} if cell in self._unsure else set()
        return found

    def check(self, cell: Cell, least: int, is_exact: bool) -> Cell:
        """Return a cell that says whether another one is at least a number, or exactly that."""
        sign = ast.Eq() if is_exact else ast.GtE()
        test = ast.Compare(_expression(cell), [sign], [_constant(least)], **PLACE)
        return self._cell(("check", cell, least, is_exact), lambda: test)

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

    def compiled(self) -> Callable[[Values, Collection[tuple[str, str]]], Sequence[Given | None]]:
        """Return the function from values, and the names (owner, quantity) that are pinned in them, to the results."""
        result = ast.Return(ast.Tuple(self._results, ast.Load(), **PLACE), **PLACE)
        return assembled(("values", "pinned"), [*self._steps, result], {**KNOWN})

    def _cell(self, key: Hashable, make: Callable[[], ast.expr]) -> str:
        cell = self._cells.get(key)
        if cell is None:
            cell = self._cells[key] = f"c{len(self._steps)}"
            self._steps.append(ast.Assign([ast.Name(cell, ast.Store(), **PLACE)], make(), **PLACE))
        return cell


def _name(name: str) -> ast.expr:
    return ast.Name(name, ast.Load(), **PLACE)


def _constant(found: Any) -> ast.expr:
    return ast.Constant(found, **PLACE)


def _expression(cell: Cell) -> ast.expr:
    return _name(cell) if isinstance(cell, str) else _constant(cell)


def _same(left: ast.expr, right: str) -> ast.expr:
    return ast.Compare(left, [ast.Is()], [_name(right)], **PLACE)


def _all(tests: Sequence[ast.expr]) -> ast.expr:
    return ast.BoolOp(ast.And(), list(tests), **PLACE) if len(tests) > 1 else tests[0]


def _read(ref: Reference) -> ast.expr:
    owner = ast.Subscript(_name("values"), _constant(ref.owner), ast.Load(), **PLACE)
    return ast.Subscript(owner, _constant(ref.name), ast.Load(), **PLACE)


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

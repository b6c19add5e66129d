"""Reads the pieces of one expression with the grammar in answer.lark; builds formula and value on the way."""

from __future__ import annotations

import functools
import importlib.resources
import operator
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeAlias, cast

from lark import Lark, Token, Tree, UnexpectedToken

from layerquiz.formula.expr import Ceil, Floor, Number, Quotient, Reference
from layerquiz.grading.answer import Refusal
from layerquiz.grading.number import Numeral
from layerquiz.grading.pieces import Piece
from layerquiz.grading.worth import Worth, combined, literal, negated, number_worth, power, quotient, rounded

MOST_PLANS, LONGEST_PLANNED = 1_024, 64
"""How many plans are kept, and of how many pieces: a class writes few kinds of expressions, with many numbers."""

Step: TypeAlias = tuple[Callable[..., Worth], tuple[int, ...]]
"""A rule of the grammar, and the steps that it takes; the pieces that it takes are counted from -1 down."""


def parse(pieces: list[Piece]) -> Worth:
    """Return what an expression is worth; refuses where the grammar does."""
    plan = _planned if len(pieces) <= LONGEST_PLANNED else _planned.__wrapped__
    steps, bad = plan(tuple([piece.kind for piece in pieces]))
    done: list[Worth] = []
    for take, operands in steps:
        done.append(take(*[done[place] if place >= 0 else pieces[~place] for place in operands]))
    if bad is not None:
        raise _unexpected(bad, pieces)
    return done[-1]


@functools.lru_cache(maxsize=MOST_PLANS)
def _planned(kinds: tuple[str, ...]) -> tuple[list[Step], int | None]:
    """Return the steps in which the grammar takes pieces of some kinds, and the place of the one that it refuses.

    What stands before that one is taken first: it may be refused for another reason.
    """
    parser = _parser().parse_interactive()
    bad = None
    try:
        for place, kind in enumerate(kinds):
            parser.feed_token(Token(kind, "", start_pos=place))
        found = [parser.feed_token(Token("$END", "", start_pos=len(kinds)))]
    except UnexpectedToken as error:
        bad = error.token.start_pos
        found = parser.parser_state.value_stack
    return _steps(found), bad


def _steps(found: Iterable[Tree[Token] | Token]) -> list[Step]:
    """Return the steps of some trees, in the order in which they were built; iterative, as a sum may be long."""
    steps: list[Step] = []
    places: dict[int, int] = {}
    stack = [tree for tree in reversed([*found]) if isinstance(tree, Tree)]
    while stack:
        tree = stack[-1]
        missing = [child for child in tree.children if child.__class__ is Tree and id(child) not in places]
        if missing:
            stack += reversed(missing)
            continue
        stack.pop()
        operands = [
            ~cast(int, child.start_pos) if isinstance(child, Token) else places[id(child)] for child in tree.children
        ]
        places[id(tree)] = len(steps)
        steps.append((getattr(_Builder, tree.data), tuple(operands)))
    return steps


@functools.cache
def _parser() -> Lark:
    grammar = importlib.resources.files("layerquiz.grading").joinpath("answer.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", maybe_placeholders=False)


def _unexpected(place: int, pieces: list[Piece]) -> Refusal:
    """Say what cannot stand where the grammar stopped."""
    if place == len(pieces):
        return Refusal(pieces[-1].start, f'A number is missing behind "{pieces[-1].text}".', "unfinished")
    piece = pieces[place]
    before = pieces[pieces.index(piece) - 1] if piece is not pieces[0] else None
    if piece.kind == "NUMBER" and before and before.kind == "NUMBER":
        return Refusal(piece.start, "Two numbers stand side by side here.", "two-numbers")
    return Refusal(piece.start, f'"{piece.text}" cannot stand here.', "unexpected")


class _Builder:
    """One function per rule of the grammar, from its pieces and what they are worth."""

    @staticmethod
    def number(piece: Piece) -> Worth:
        return number_worth(cast(Numeral, piece.numeral), piece.start)

    @staticmethod
    def letter(piece: Piece) -> Worth:
        return Worth(Reference("", piece.text), None, place=piece.start)

    @staticmethod
    def group(_open: Piece, inner: Worth, _close: Piece) -> Worth:
        return inner

    @staticmethod
    def keep(_sign: Piece, inner: Worth) -> Worth:
        return inner

    @staticmethod
    def negate(sign: Piece, inner: Worth) -> Worth:
        return negated(inner, sign.start)

    @staticmethod
    def add(left: Worth, sign: Piece, right: Worth) -> Worth:
        return combined(left, right, left.formula + right.formula, operator.add, sign.start)

    @staticmethod
    def subtract(left: Worth, sign: Piece, right: Worth) -> Worth:
        return combined(left, right, left.formula - right.formula, operator.sub, sign.start)

    @staticmethod
    def multiply(left: Worth, sign: Piece, right: Worth) -> Worth:
        return _product(left, right, sign.start, cross=sign.kind == "CROSS")

    @staticmethod
    def multiply_implied(left: Worth, right: Worth) -> Worth:
        return _product(left, right, right.place, cross=False)

    @staticmethod
    def divide(left: Worth, sign: Piece, right: Worth) -> Worth:
        return _quotient(left, right, sign.start)

    @staticmethod
    def floor_divide(left: Worth, sign: Piece, right: Worth) -> Worth:
        return rounded(_quotient(left, right, sign.start), Floor, sign.start)

    @staticmethod
    def fraction(sign: Piece, *parts: Worth) -> Worth:
        return _quotient(parts[1], parts[-2], sign.start)

    @staticmethod
    def raise_to(base: Worth, sign: Piece, exponent: Worth) -> Worth:
        place = sign.start
        node = base.formula**exponent.formula
        return combined(base, exponent, node, lambda a, b: power(a, b, place), place)

    @staticmethod
    def floor(sign: Piece, _open: Piece, inner: Worth, _close: Piece) -> Worth:
        return rounded(inner, Floor, sign.start)

    @staticmethod
    def ceil(sign: Piece, _open: Piece, inner: Worth, _close: Piece) -> Worth:
        return rounded(inner, Ceil, sign.start)

    @staticmethod
    def floor_signs(sign: Piece, inner: Worth, _close: Piece) -> Worth:
        return rounded(inner, Floor, sign.start)

    @staticmethod
    def ceil_signs(sign: Piece, inner: Worth, _close: Piece) -> Worth:
        return rounded(inner, Ceil, sign.start)

    @staticmethod
    def measure(inner: Worth, piece: Piece) -> Worth:
        if piece.factor == 1:
            return replace(inner, unit=piece.unit, numeral=None)
        factor = Worth(literal(piece.factor), piece.factor)
        return replace(_product(inner, factor, piece.start, cross=False), unit=piece.unit)


def _quotient(left: Worth, right: Worth, place: int) -> Worth:
    node = Quotient(left.formula, right.formula)
    return combined(left, right, node, lambda a, b: quotient(a, b, place), place)


def _product(left: Worth, right: Worth, place: int, *, cross: bool) -> Worth:
    """Return a product; one that is written with x throughout keeps its numbers."""
    worth = combined(left, right, left.formula * right.formula, operator.mul, place)
    own = _side(right) if cross else ()
    before = (left.sides or _side(left)) if own else ()
    return replace(worth, sides=(*before, *own)) if before else worth


def _side(worth: Worth) -> tuple[Number, ...]:
    """Return a bare number as one side of 7x7."""
    return (worth.numeral.value,) if worth.numeral else ()

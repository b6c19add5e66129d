"""Reads the pieces of one expression with the grammar in answer.lark; builds formula and value on the way."""

from __future__ import annotations

import functools
import importlib.resources
import operator
from dataclasses import replace

from lark import Lark, Token, Transformer, UnexpectedToken, v_args

from layerquiz.formula.expr import Ceil, Floor, Number, Quotient, Reference
from layerquiz.grading.answer import Refusal
from layerquiz.grading.pieces import Piece
from layerquiz.grading.worth import Worth, combined, literal, negated, number_worth, power, quotient, rounded


def parse(pieces: list[Piece]) -> Worth:
    """Return what an expression is worth; refuses where the grammar does."""
    parser = _parser().parse_interactive()
    try:
        for piece in pieces:
            parser.feed_token(Token(piece.kind, piece, start_pos=piece.start))
        worth: Worth = parser.feed_token(Token("$END", ""))
    except UnexpectedToken as error:
        raise _unexpected(error, pieces) from None
    return worth


@functools.cache
def _parser() -> Lark:
    grammar = importlib.resources.files("layerquiz.grading").joinpath("answer.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", transformer=_Builder(), maybe_placeholders=False)


def _unexpected(error: UnexpectedToken, pieces: list[Piece]) -> Refusal:
    """Say what cannot stand where the grammar stopped."""
    if error.token.type == "$END":
        return Refusal(pieces[-1].start, f'A number is missing behind "{pieces[-1].text}".', "unfinished")
    piece: Piece = error.token.value
    before = pieces[pieces.index(piece) - 1] if piece is not pieces[0] else None
    if piece.kind == "NUMBER" and before and before.kind == "NUMBER":
        return Refusal(piece.start, "Two numbers stand side by side here.", "two-numbers")
    return Refusal(piece.start, f'"{piece.text}" cannot stand here.', "unexpected")


@v_args(inline=True)
class _Builder(Transformer[Token, Worth]):
    """One method per rule of the grammar; the tokens carry their pieces."""

    def number(self, token: Token) -> Worth:
        return number_worth(token.value.numeral, _place(token))

    def letter(self, token: Token) -> Worth:
        return Worth(Reference("", token.value.text), None, place=_place(token))

    def group(self, _open: Token, inner: Worth, _close: Token) -> Worth:
        return inner

    def keep(self, _sign: Token, inner: Worth) -> Worth:
        return inner

    def negate(self, sign: Token, inner: Worth) -> Worth:
        return negated(inner, _place(sign))

    def add(self, left: Worth, sign: Token, right: Worth) -> Worth:
        return combined(left, right, left.formula + right.formula, operator.add, _place(sign))

    def subtract(self, left: Worth, sign: Token, right: Worth) -> Worth:
        return combined(left, right, left.formula - right.formula, operator.sub, _place(sign))

    def multiply(self, left: Worth, sign: Token, right: Worth) -> Worth:
        return _product(left, right, _place(sign), cross=sign.type == "CROSS")

    def multiply_implied(self, left: Worth, right: Worth) -> Worth:
        return _product(left, right, right.place, cross=False)

    def divide(self, left: Worth, sign: Token, right: Worth) -> Worth:
        return _quotient(left, right, _place(sign))

    def floor_divide(self, left: Worth, sign: Token, right: Worth) -> Worth:
        return rounded(_quotient(left, right, _place(sign)), Floor, _place(sign))

    def fraction(self, sign: Token, *parts: Worth) -> Worth:
        return _quotient(parts[1], parts[-2], _place(sign))

    def raise_to(self, base: Worth, sign: Token, exponent: Worth) -> Worth:
        place = _place(sign)
        node = base.formula**exponent.formula
        return combined(base, exponent, node, lambda a, b: power(a, b, place), place)

    def floor(self, sign: Token, _open: Token, inner: Worth, _close: Token) -> Worth:
        return rounded(inner, Floor, _place(sign))

    def ceil(self, sign: Token, _open: Token, inner: Worth, _close: Token) -> Worth:
        return rounded(inner, Ceil, _place(sign))

    def floor_signs(self, sign: Token, inner: Worth, _close: Token) -> Worth:
        return rounded(inner, Floor, _place(sign))

    def ceil_signs(self, sign: Token, inner: Worth, _close: Token) -> Worth:
        return rounded(inner, Ceil, _place(sign))

    def measure(self, inner: Worth, token: Token) -> Worth:
        piece: Piece = token.value
        if piece.factor == 1:
            return replace(inner, unit=piece.unit, numeral=None)
        factor = Worth(literal(piece.factor), piece.factor)
        return replace(_product(inner, factor, piece.start, cross=False), unit=piece.unit)


def _place(token: Token) -> int:
    piece: Piece = token.value
    return piece.start


def _quotient(left: Worth, right: Worth, place: int) -> Worth:
    node = Quotient(left.formula, right.formula)
    return combined(left, right, node, lambda a, b: quotient(a, b, place), place)


def _product(left: Worth, right: Worth, place: int, *, cross: bool) -> Worth:
    """Return a product; one that is written with x throughout keeps its numbers."""
    worth = combined(left, right, left.formula * right.formula, operator.mul, place)
    sides = (*(left.sides or _side(left)), *_side(right)) if cross and _side(right) else ()
    return replace(worth, sides=sides if len(sides) > 1 and (left.sides or _side(left)) else ())


def _side(worth: Worth) -> tuple[Number, ...]:
    """Return a bare number as one side of 7x7."""
    return (worth.numeral.value,) if worth.numeral else ()

"""What stands behind "=" in a notation: whole-number arithmetic and comparisons over names, by our own grammar.

An expression is read once and becomes nested functions; it is never run as Python.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, TypeAlias

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken

from layerquiz.errors import FormulaError
from layerquiz.network.notation import shown

Value: TypeAlias = Any
"""A whole number or a fraction, a word, true or false, or a tuple of numbers (a shape, a size per axis)."""

Lookup: TypeAlias = Callable[[str], Value]

MOST_CHARACTERS = 300
DEEPEST = 20
MOST_BITS = 1000
"""How long a value may be: names may be given the value of an expression over names, and so on."""

ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
}
ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
EQUALITY: dict[str, Callable[[Any, Any], bool]] = {"==": operator.eq, "!=": operator.ne}

CURES = {
    "/": "Use // to divide whole numbers",
    "=": "Use == to compare",
    "*": "Write a power as a product",
    ".": "Only whole numbers are allowed",
}
ALLOWED = "Allowed: whole numbers, names, + - * // %, == != < <= > >= and round brackets"


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression: what it gives, and the names that it reads."""

    run: Callable[[Lookup], Value]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expression:
    """A read expression; `compares` says that it is true or false."""

    text: str
    names: tuple[str, ...]
    compares: bool
    run: Callable[[Lookup], Value]

    def value(self, lookup: Lookup) -> Value:
        """Return the value; `lookup` gives the values of names."""
        try:
            found = self.run(lookup)
        except ZeroDivisionError:
            raise self._fault("it divides by zero", "division-by-zero") from None
        except NoNumberError as error:
            raise self._fault(f"it needs a number where it finds {shown(error.found)}", "no-number") from None
        if isinstance(found, int) and found.bit_length() > MOST_BITS:
            raise self._fault(f"its value is {shown(found)}", "too-large", f"Allowed are {MOST_BITS:,} binary digits")
        return found

    def _fault(self, what: str, slug: str, cure: str = "") -> FormulaError:
        return FormulaError(what, where=f'expression "{self.text}"', cure=cure, slug=slug)


class NoNumberError(Exception):
    """A word or a shape stands where arithmetic needs a number."""

    def __init__(self, found: Value) -> None:
        super().__init__()
        self.found = found


def _number(found: Value) -> Any:
    if type(found) is not int and type(found) is not Fraction:
        raise NoNumberError(found)
    return found


class _Build(Transformer[Token, Node]):
    """Grammar rules to nodes; a method's name is the rule that it builds."""

    def integer(self, children: list[Token]) -> Node:
        number = int(children[0])
        return Node(lambda _: number)

    def name(self, children: list[Token]) -> Node:
        name = str(children[0])
        return Node(lambda lookup: lookup(name), (name,))

    def negative(self, children: list[Any]) -> Node:
        inner = children[1]
        return Node(lambda lookup: -_number(inner.run(lookup)), inner.names)

    def added(self, children: list[Any]) -> Node:
        first, *rest = children
        steps = [(ARITHMETIC[sign], node.run) for sign, node in zip(rest[::2], rest[1::2], strict=True)]

        def run(lookup: Lookup) -> Value:
            found = _number(first.run(lookup))
            for apply, right in steps:
                found = apply(found, _number(right(lookup)))
            return found

        return Node(run, _names(children))

    multiplied = added

    def comparison(self, children: list[Any]) -> Node:
        nodes, signs = children[::2], children[1::2]
        if not signs:
            return Node(nodes[0].run, nodes[0].names)

        def run(lookup: Lookup) -> bool:
            values = [node.run(lookup) for node in nodes]
            return all(_holds(sign, *pair) for sign, pair in zip(signs, pairwise(values), strict=True))

        return Node(run, _names(children))


def _names(children: list[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for child in children if isinstance(child, Node) for name in child.names))


def _holds(sign: str, left: Value, right: Value) -> bool:
    if sign in EQUALITY:
        return EQUALITY[sign](left, right)
    return ORDER[sign](_number(left), _number(right))


@cache
def _parser() -> Lark:
    """Return the one parser; it builds the nodes while it reads, so depth costs no stack."""
    return Lark.open_from_package(
        __package__, "expression.lark", parser="lalr", start="comparison", transformer=_Build()
    )


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """Return a text as an expression; an error says at which character it ends to make sense."""
    _check_limits(text)
    try:
        node: Any = _parser().parse(text)
    except UnexpectedInput as error:
        raise _refusal(text, error) from None
    return Expression(text.strip(), node.names, any(sign in text for sign in (*ORDER, *EQUALITY)), node.run)


def _check_limits(text: str) -> None:
    if len(text) > MOST_CHARACTERS:
        what = f"an expression of {len(text):,} characters"
        raise FormulaError(what, cure=f"Allowed are {MOST_CHARACTERS}", slug="expression")
    depth = deepest = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    if deepest > DEEPEST:
        raise FormulaError(f"brackets {deepest} deep", cure=f"Allowed are {DEEPEST}", slug="expression")


def _refusal(text: str, error: UnexpectedInput) -> FormulaError:
    """Point at the character, counted from 1, and say what to write instead where that is likely."""
    ends = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    offset = len(text) if ends else error.pos_in_stream or 0
    found = "it ends too early" if ends else f"{shown(text[offset : offset + 1])} does not belong here"
    where = f'expression "{text.strip()}", character {offset + 1}'
    return FormulaError(found, where=where, cure=CURES.get(text[offset : offset + 1], ALLOWED), slug="expression")

"""A tiny printer of formulas with their numbers put in, and a reader of such texts that knows no formula tree."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from layerquiz.formula import expr
from layerquiz.formula.derive import Derivation, Line

SIGNS: dict[type[expr.Formula], tuple[str, int]] = {
    expr.Sum: (" + ", 1),
    expr.Difference: (" - ", 1),
    expr.Product: ("*", 2),
    expr.Quotient: (" / ", 2),
    expr.Power: ("^", 3),
}
WORDS = {expr.Floor: "floor", expr.Ceil: "ceil", expr.Min: "min", expr.Max: "max", expr.Mod: "mod"}


def text(line: Line) -> str:
    """Return one side of a chain as plain text, with its numbers."""
    return _text(line.formula, line.numbers)[0]


def chain(derivation: Derivation) -> str:
    """Return a derivation as text: one line per step, all its sides joined by equality signs."""
    return "\n".join(
        " = ".join([str(step.quantity), *(text(line) for line in step.lines), str(step.value)])
        for step in derivation.steps
    )


def _text(node: expr.Formula, numbers: Mapping[expr.Reference, int | Fraction]) -> tuple[str, int]:
    """Return a node's text and how tightly it binds."""
    if isinstance(node, expr.Integer):
        return str(node.value), 4 if node.value >= 0 else 0
    if isinstance(node, expr.Reference):
        number = numbers[node]
        plain = isinstance(number, int) and number >= 0
        return str(number), 4 if plain else 0
    parts = [_text(child, numbers) for child in node.children()]
    if type(node) in WORDS:
        return f"{WORDS[type(node)]}({', '.join(part for part, _ in parts)})", 4
    sign, strength = SIGNS[type(node)]
    loose = [strength + (place > 0 or isinstance(node, expr.Power)) for place in range(len(parts))]
    return sign.join(
        f"({part})" if has < need else part for (part, has), need in zip(parts, loose, strict=True)
    ), strength


TOKEN = re.compile(r"\s*(\d+|[a-z]+|[-+*/^(),])")
FUNCTIONS: dict[str, Callable[..., int | Fraction]] = {
    "floor": math.floor,
    "ceil": math.ceil,
    "min": min,
    "max": max,
    "mod": lambda left, right: left - right * math.floor(left / right),
}


def read(written: str) -> Fraction:
    """Return the value of a text such as `floor((227 - 11 + 2*0) / 4) + 1`."""
    tokens = [*TOKEN.findall(written), ""]
    value = _sum(tokens)
    if tokens != [""]:
        raise ValueError(f"{tokens[0]!r} was not expected in {written!r}")
    return value


def _sum(tokens: list[str]) -> Fraction:
    value = _product(tokens)
    while tokens[0] in ("+", "-"):
        value = value + _product(tokens) if tokens.pop(0) == "+" else value - _product(tokens)
    return value


def _product(tokens: list[str]) -> Fraction:
    value = _power(tokens)
    while tokens[0] in ("*", "/"):
        value = value * _power(tokens) if tokens.pop(0) == "*" else value / _power(tokens)
    return value


def _power(tokens: list[str]) -> Fraction:
    base = _atom(tokens)
    if tokens[0] != "^":
        return base
    tokens.pop(0)
    return Fraction(base ** _power(tokens))


def _atom(tokens: list[str]) -> Fraction:
    token = tokens.pop(0)
    if token.isdigit():
        return Fraction(int(token))
    if token == "-":  # noqa: S105 -- a sign, no password
        return -_power(tokens)
    arguments = []
    if token.isalpha():
        tokens.pop(0)
    arguments.append(_sum(tokens))
    while tokens.pop(0) == ",":
        arguments.append(_sum(tokens))
    return Fraction(FUNCTIONS[token](*arguments)) if token.isalpha() else arguments[0]

"""How a formula is spelled, as plain text or as LaTeX; what its references are called is for others to say."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
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
from layerquiz.languages import ENGLISH, THIN_SPACE, Words

Name: TypeAlias = Callable[[Reference], str]

ADDITION, MULTIPLICATION, POWER, ATOM = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Style:
    """How one notation spells the operations, and in which language its few words are."""

    times: str
    tight_times: str
    power: str
    fraction: str
    floor: str
    ceil: str
    brackets: str
    mod: str
    function: str
    group: str
    fraction_level: int
    tex: bool = False
    decimal: str = "."
    words: Words = ENGLISH


TEXT = Style(
    " * ", "*", "{}^{}", "{} / {}", "floor({})", "ceil({})", "({})", "{} mod {}", "{}({})", ",", MULTIPLICATION
)
LATEX = Style(
    r" \cdot ",
    r" \cdot ",
    "{}^{{{}}}",
    r"\frac{{{}}}{{{}}}",
    r"\left\lfloor {} \right\rfloor",
    r"\left\lceil {} \right\rceil",
    r"\left( {} \right)",
    r"{} \bmod {}",
    r"\{}\left( {} \right)",
    "{,}",
    ATOM,
    tex=True,
)


@cache
def text_in(words: Words) -> Style:
    """Return plain text in a language, with its own marks in numbers."""
    if words.is_english:
        return replace(TEXT, words=words)
    return replace(TEXT, group=THIN_SPACE, decimal=",", words=words)


@cache
def latex_in(words: Words) -> Style:
    """Return LaTeX in a language, with its own marks in numbers."""
    if words.is_english:
        return replace(LATEX, words=words)
    return replace(LATEX, group=r"\,", decimal="{,}", words=words)


def write(formula: Formula, name: Name, style: Style = TEXT) -> str:
    """Return a formula with each reference written as `name` says."""
    return _written(formula, name, style)[0]


def _written(node: Formula, name: Name, style: Style) -> tuple[str, int]:
    """Return a node's text and how tightly it holds together."""
    match node:
        case Integer(number):
            return grouped(number, style), ATOM
        case Reference():
            text = name(node)
            return text, ADDITION if text.startswith("-") else ATOM
        case Sum(terms):
            return " + ".join(_inside(term, name, style, ADDITION, tight=True) for term in terms), ADDITION
        case Difference(left, right):
            first, last = (_inside(side, name, style, ADDITION + (side is right), tight=True) for side in (left, right))
            return f"{first} - {last}", ADDITION
        case Product(factors):
            return _product(factors, name, style, style.times), POWER if len(set(factors)) == 1 else MULTIPLICATION
        case Power(base, exponent):
            raised = style.power.format(_inside(base, name, style, ATOM), write(exponent, name, style))
            return raised, POWER
    return _operation(node, name, style)


def _operation(node: Formula, name: Name, style: Style) -> tuple[str, int]:
    match node:
        case Quotient(top, bottom):
            return _quotient(top, bottom, name, style), style.fraction_level
        case Floor(inner):
            return style.floor.format(write(inner, name, style)), ATOM
        case Ceil(inner):
            return style.ceil.format(write(inner, name, style)), ATOM
        case Mod(left, right):
            sides = (_inside(side, name, style, POWER) for side in (left, right))
            return style.mod.format(*sides), MULTIPLICATION
        case Min(arguments) | Max(arguments):
            word = "min" if isinstance(node, Min) else "max"
            listed = ", ".join(write(argument, name, style) for argument in arguments)
            return style.function.format(word, listed), ATOM
    raise TypeError(f"no spelling for {type(node).__name__}")


def _inside(node: Formula, name: Name, style: Style, least: int, tight: bool = False) -> str:
    """Return an operand, in brackets where it holds together less tightly than its place needs."""
    if tight and isinstance(node, Product):
        return _product(node.factors, name, style, style.tight_times)
    text, level = _written(node, name, style)
    return text if level >= least else style.brackets.format(text)


def _quotient(top: Formula, bottom: Formula, name: Name, style: Style) -> str:
    if style.fraction_level == ATOM:
        return style.fraction.format(write(top, name, style), write(bottom, name, style))
    return style.fraction.format(_inside(top, name, style, MULTIPLICATION), _inside(bottom, name, style, POWER))


def _product(factors: tuple[Formula, ...], name: Name, style: Style, times: str) -> str:
    """Return a product; the same factor twice in a row is a power, a number before a letter needs no sign."""
    texts: list[str] = []
    for factor, run in groupby(factors):
        count = len(list(run))
        base = _inside(factor, name, style, ATOM if count > 1 else MULTIPLICATION + (len(factors) > 1))
        texts.append(style.power.format(base, count) if count > 1 else base)
    if len(texts) == len(factors) == 2 and isinstance(factors[0], Integer) and _is_letter(texts[1]):
        return "".join(texts)
    return times.join(texts)


def _is_letter(text: str) -> bool:
    return re.match(r"[A-Za-z](?![A-Za-z])", text) is not None


def grouped(number: Number, style: Style = TEXT) -> str:
    """Return a number with its digits grouped; a fraction as a decimal where that is short, else as a quotient."""
    if type(number) is int or number.denominator == 1:
        return f"{int(number):,}".replace(",", style.group)
    for places in (1, 2, 3):
        scaled = number * 10**places
        if scaled.denominator == 1:
            whole, rest = divmod(abs(scaled.numerator), 10**places)
            sign = "-" if number < 0 else ""
            return f"{sign}{grouped(whole, style)}{style.decimal}{rest:0{places}d}"
    return style.fraction.format(grouped(number.numerator, style), grouped(number.denominator, style))

"""A formula in letters or in numbers, as LaTeX or as plain text: the only place where mathematics is spelled.

`H_out = floor((H - K + 2P) / S) + 1 = floor((227 - 11 + 2*0) / 4) + 1 = floor(216 / 4) + 1 = 54 + 1 = 55`
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from typing import TypeAlias

from layerquiz.formula.derive import Step
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
    references,
    transform,
)
from layerquiz.network.glossary import entry

Name: TypeAlias = Callable[[Reference], str]

ADDITION, MULTIPLICATION, POWER, ATOM = 1, 2, 3, 4
PLACE = "\x00"
"""Where a number is to stand, while a formula is written for all numbers at once."""

LONG_SUM = 4
"""A sum of more terms than this over several layers is written with a sum sign in letters."""


@dataclass(frozen=True, slots=True)
class Style:
    """How one notation spells the operations."""

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
)


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
    if len(factors) == 2 and isinstance(factors[0], Integer) and _is_letter(texts[1]):
        return "".join(texts)
    return times.join(texts)


def _is_letter(text: str) -> bool:
    return re.match(r"[A-Za-z]", text) is not None


def grouped(number: Number, style: Style = TEXT) -> str:
    """Return a number with its digits grouped; a fraction as a decimal where that is short, else as a quotient."""
    if number.denominator == 1:
        return f"{number.numerator:,}".replace(",", style.group)
    for places in (1, 2, 3):
        scaled = number * 10**places
        if scaled.denominator == 1:
            whole, rest = divmod(abs(scaled.numerator), 10**places)
            sign = "-" if number < 0 else ""
            return f"{sign}{grouped(whole, style)}.{rest:0{places}d}"
    return style.fraction.format(grouped(number.numerator, style), grouped(number.denominator, style))


OWNERS = ("own", "total")
OF_ALL = ("batch",)
"""Givens of the whole network: their letters need no owner."""


def role(owner: str) -> str | None:
    """Return which of several inputs an owner is (2 for `before2`), nothing for the own side or the only input.

    None for any other part of the network.
    """
    found = re.fullmatch(r"before(\d*)", owner)
    return found[1] if found else "" if owner in OWNERS else None


def letter(ref: Reference, style: Style = TEXT) -> str:
    """Return the letter of a quantity as its rule sees it: `own`, `before`, one of several, or any other layer's."""
    return _letter("own" if ref.name in OF_ALL else ref.owner, ref.name, style is LATEX)


@lru_cache(maxsize=4096)
def _letter(owner: str, name: str, latex: bool) -> str:
    which = role(owner)
    found = entry(name, own=which is None or owner in OWNERS).letter
    if which:
        found = f"{re.sub(r'_.*$', '', found)}_{{{which}}}"
    elif which is None:
        found = rf"{found}_{{\text{{{owner}}}}}" if latex else f"{found}({owner})"
    if latex:
        return found.replace("_{\\text{" + owner, "_{\\text{" + owner.replace("_", r"\_"))
    return plain_letter(found)


def plain_letter(latex: str) -> str:
    """Return a letter of the glossary without TeX: `C_{\\text{in}}` is `C_in`."""
    text = re.sub(r"\\text\{([^{}]*)\}", r"\1", latex.replace(r"\ell", "l"))
    return re.sub(r"_\{([^{}]*)\}", r"_\1", text)


def in_numbers(formula: Formula, values: Mapping[Reference, Number], style: Style = TEXT) -> str:
    """Return a formula with each reference written as its number; a negative one stands in brackets, unless alone."""
    if isinstance(formula, Reference):
        return grouped(values[formula], style)
    pieces, refs = _pattern(formula, style)
    filled = [pieces[0]]
    for ref, piece in zip(refs, pieces[1:], strict=True):
        filled += [_number(values[ref], style), piece]
    return "".join(filled)


def _number(value: Number, style: Style) -> str:
    text = grouped(value, style)
    in_brackets = value < 0 or (isinstance(value, Fraction) and "/" in text)
    return style.brackets.format(text) if in_brackets else text


@lru_cache(maxsize=8192)
def _pattern(formula: Formula, style: Style) -> tuple[tuple[str, ...], tuple[Reference, ...]]:
    """Return what stands between a formula's numbers, and whose numbers they are: the same for all drawings."""
    refs: list[Reference] = []

    def name(ref: Reference) -> str:
        refs.append(ref)
        return PLACE

    return tuple(write(formula, name, style).split(PLACE)), tuple(refs)


def chain(step: Step, style: Style = TEXT) -> tuple[str, ...]:
    """Return a step's sides: its letter, its formula, the numbers put in, the arithmetic, the value."""
    left = letter(Reference("own", step.quantity.name), style)
    sides = [left, _in_letters(step, style)]
    sides += [in_numbers(line.formula, line.numbers, style) for line in step.lines]
    return tuple(side for side, before in zip(sides, ["", *sides], strict=False) if side != before)


def _in_letters(step: Step, style: Style) -> str:
    formula = step.formula
    if isinstance(formula, Sum) and len(formula.terms) > LONG_SUM and all(_of_a_layer(term) for term in formula.terms):
        summed = letter(Reference("own", step.quantity.name), style)
        over = "all layers" if step.quantity.owner in OWNERS else "its parts"
        return rf"\sum_{{\text{{{over.split()[1]}}}}} {summed}" if style is LATEX else f"sum of {summed} over {over}"
    return _letters(_seen_from(step.quantity.owner, formula), style)


def _seen_from(block: str, formula: Formula) -> Formula:
    """Return a block's formula with its own quantities as own, and what stands in it by the names inside."""
    if block in OWNERS or not any(
        ref.owner == block or ref.owner.startswith(f"{block}.") for ref in references(formula)
    ):
        return formula

    def called(node: Formula) -> Formula:
        if not isinstance(node, Reference):
            return node
        return Reference("own" if node.owner == block else node.owner.removeprefix(f"{block}."), node.name)

    return transform(formula, called)


@lru_cache(maxsize=4096)
def _letters(formula: Formula, style: Style) -> str:
    return write(formula, lambda ref: letter(ref, style), style)


def _of_a_layer(term: Formula) -> bool:
    return isinstance(term, Reference) and role(term.owner) is None


def in_words(value: Number | tuple[Number, ...]) -> str:
    """Return a value as plain text: `34,944`, `55 x 55 x 96` for a shape; a long fraction with a decimal beside it."""
    if isinstance(value, tuple):
        return " x ".join(grouped(entry) for entry in value)
    text = grouped(value)
    return f"{text} (about {float(value):.4g})" if "/" in text else text

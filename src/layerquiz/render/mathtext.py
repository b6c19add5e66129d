"""A formula in letters or in numbers, as LaTeX or as plain text; the spelling itself is that of `formula/spelling.py`.

`H_out = floor((H - K + 2P) / S) + 1 = floor((227 - 11 + 2*0) / 4) + 1 = floor(216 / 4) + 1 = 54 + 1 = 55`
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import groupby
from typing import TypeAlias

from layerquiz.formula.derive import Line, Planned, Step
from layerquiz.formula.expr import Formula, Number, Reference, Sum, references, total, transform
from layerquiz.formula.spelling import LATEX, TEXT, Style, grouped, latex_in, text_in, write
from layerquiz.languages import Words
from layerquiz.network.glossary import letter as letter_of
from layerquiz.network.glossary import plain_letter

__all__ = [
    "LATEX",
    "TEXT",
    "Style",
    "chain",
    "grouped",
    "in_numbers",
    "in_words",
    "latex_in",
    "letter",
    "role",
    "text_in",
    "write",
]

PLACE = "\x00"
"""Where a number is to stand, while a formula is written for all numbers at once."""

LONG_SUM = 4
"""A sum of more terms than this over several layers is written with a sum sign in letters."""

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
    return _letter("own" if ref.name in OF_ALL else ref.owner, ref.name, style.tex, style.words)


@lru_cache(maxsize=4096)
def _letter(owner: str, name: str, latex: bool, words: Words) -> str:
    which = role(owner)
    found = letter_of(name, which is None or owner in OWNERS, words)
    if which:
        found = f"{re.sub(r'_.*$', '', found)}_{{{which}}}"
    elif which is None:
        found = _of(found, owner) if latex else f"{found}({owner})"
    return found if latex else plain_letter(found)


def _of(found: str, owner: str) -> str:
    """Return a letter with a layer's name below it, behind what stands there already: there is one subscript."""
    named = r"\text{" + owner.replace("_", r"\_") + "}"
    head, below, rest = found.partition("_{")
    return f"{head}_{{{rest.removesuffix('}')},\\,{named}}}" if below else f"{found}_{{{named}}}"


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
    in_brackets = value < 0 or (type(value) is not int and "/" in text)
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
    planned = step.planned
    sides, stages = planned.remembered(("sides", style.tex, style.words), lambda: _sides(planned, style))
    found = list(sides)
    for line, stage in zip(step.lines, stages, strict=True):
        formula, numbers = line.formula, line.numbers
        if stage is None:
            side = in_numbers(_in_runs(line), numbers, style)
        elif type(formula) is Reference:
            side = grouped(numbers[formula], style)
        else:
            text, refs = stage
            side = text % tuple([_number(numbers[ref], style) for ref in refs])
        if side != found[-1]:
            found.append(side)
    return tuple(found)


Filling: TypeAlias = tuple[str, tuple[Reference, ...]]
"""A formula as text with `%s` for each number, and whose numbers they are."""


def _sides(planned: Planned, style: Style) -> tuple[tuple[str, ...], tuple[Filling | None, ...]]:
    """Return a step's letter and its formula, and how each line of its arithmetic is filled in.

    Nothing stands for a long sum, in which equal numbers are brought together.
    """
    left, rule = letter(Reference("own", planned.quantity.name), style), _in_letters(planned, style)
    stages = [None if _is_long(stage.formula) else _filling(stage.formula, style) for stage in planned.stages]
    return ((left,) if rule == left else (left, rule)), tuple(stages)


def _filling(formula: Formula, style: Style) -> Filling:
    pieces, refs = _pattern(formula, style)
    return "%s".join(piece.replace("%", "%%") for piece in pieces), refs


def _is_long(formula: Formula) -> bool:
    """Say whether a formula is a sum of references alone, too many to be read one by one."""
    return (
        isinstance(formula, Sum)
        and len(formula.terms) > LONG_SUM
        and all(isinstance(term, Reference) for term in formula.terms)
    )


def _in_runs(line: Line) -> Formula:
    """Return a long sum with numbers that follow each other and are equal as one product: 24 * 110,592,000."""
    terms = [term for term in line.formula.children() if isinstance(term, Reference)]
    runs = [list(run) for _, run in groupby(terms, key=line.numbers.__getitem__)]
    return total(term for run in runs for term in ([len(run) * run[0]] if len(run) > 2 else run))


def _in_letters(step: Planned, style: Style) -> str:
    formula = step.formula
    if isinstance(formula, Sum) and len(formula.terms) > LONG_SUM and all(_of_a_layer(term) for term in formula.terms):
        summed = letter(Reference("own", step.quantity.name), style)
        whole, words = step.quantity.owner in OWNERS, style.words
        if style.tex:
            return rf"\sum_{{\text{{{words('layers') if whole else words('parts')}}}}} {summed}"
        if whole:
            return words("sum of {letter} over all layers", letter=summed)
        return words("sum of {letter} over its parts", letter=summed)
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


def in_words(value: Number | tuple[Number, ...] | str) -> str:
    """Return a value as plain text: `34,944`, `55 x 55 x 96` for a shape; a long fraction with a decimal beside it.

    A formula in letters is a text already.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return " x ".join(grouped(entry) for entry in value)
    text = grouped(value)
    return f"{text} (about {float(value):.4g})" if "/" in text else text

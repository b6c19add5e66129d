"""Mistakes that a template could tell apart and does not, and those that it excuses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from layerquiz.check.found import Problem, at
from layerquiz.errors import nearest
from layerquiz.exam.question import Question
from layerquiz.exam.template import Template
from layerquiz.network.mistakes import CATALOGUE, mistaken

NEARLY_ALL = Fraction(95, 100)
"""A mistake that differs from the key in so many drawings could be told apart."""

LOOKED_AT = 20
"""So many drawings are looked at for it."""


def could_also(template: Template, questions: Sequence[Question]) -> tuple[str, ...]:
    """Return the mistakes that show in nearly all drawings and are neither listed nor excused.

    Of questions that ask for formulas nothing is told: there a mistake is another formula whatever the numbers are.
    """
    looked = questions[:LOOKED_AT]
    known = {*template.tells_apart, *template.excused}
    if template.kind == "formula" or not looked:
        return ()
    return tuple(
        slug
        for slug in CATALOGUE
        if slug not in known and sum(_shows(question, slug) for question in looked) >= NEARLY_ALL * len(looked)
    )


def _shows(question: Question, slug: str) -> bool:
    """Say whether a mistake gives other numbers than the right ones."""
    blanks = [blank for blank in question.blanks if blank.kind == "number"]
    right = tuple(blank.key for blank in blanks)
    names = [blank.quantity for blank in blanks]
    return bool(names) and any(wrong != right for wrong in mistaken(question.network, slug, names))


def misplaced(template: Template, choices: Sequence[str]) -> Iterator[Problem]:
    """Yield what cannot be excused, or is without a reason; besides mistakes, `choices` of conventions can."""
    for name, reason in template.excused.items():
        where = at(template, ("excused", name))
        if name not in CATALOGUE and name not in choices:
            cure = nearest(name, [*CATALOGUE, *choices])
            yield Problem(where, f'there is no mistake "{name}" to excuse. {cure}')
        elif name in template.tells_apart:
            yield Problem(where, f"{name} is excused, and tells_apart lists it")
        elif not reason.strip():
            yield Problem(where, f"{name} is excused without a reason")

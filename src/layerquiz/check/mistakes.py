"""Mistakes that a template could tell apart and does not, and those that it excuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain

from layerquiz.check.found import Problem, at
from layerquiz.errors import nearest
from layerquiz.exam.question import Question
from layerquiz.exam.template import Template
from layerquiz.network.mistakes import CATALOGUE
from layerquiz.network.told import told

NEARLY_ALL = Fraction(95, 100)
"""A mistake that differs from the key in so many drawings could be told apart."""

LOOKED_AT = 20
"""So many drawings are looked at for it."""


def could_also(template: Template, questions: Sequence[Question]) -> tuple[str, ...]:
    """Return the mistakes that show in nearly all drawings and are neither listed nor excused.

    Of questions that ask for formulas nothing is told: there a mistake is another formula whatever the numbers are.
    """
    looked = questions[:LOOKED_AT]
    if template.kind == "formula":
        return ()
    known = {*template.tells_apart, *template.excused}
    slugs = tuple([slug for slug in CATALOGUE if slug not in known])
    shown = Counter(chain.from_iterable(_showing(question, slugs) for question in looked))
    return tuple([slug for slug in slugs if looked and shown[slug] >= NEARLY_ALL * len(looked)])


def _showing(question: Question, slugs: tuple[str, ...]) -> Iterator[str]:
    """Yield the mistakes that give other numbers than the right ones."""
    right = tuple(question.keys.values())
    for slug, ways in told(question.network, slugs, tuple(question.keys)).items():
        if any(wrong != right for wrong in ways):
            yield slug


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

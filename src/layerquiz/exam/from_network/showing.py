"""Which mistakes a question may tell apart: those that its drawings show, the usual ones first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache
from typing import TypeAlias

from layerquiz.exam.choosing import telling
from layerquiz.exam.question import Question
from layerquiz.network.mistakes import CATALOGUE
from layerquiz.network.network import Answer
from layerquiz.network.told import told

MOST_MISTAKES, MOST_PLANTED = 4, 5

Wrong: TypeAlias = dict[str, set[tuple[Answer, ...]]]
"""What mistakes give in place of the right answers."""


@cache
def usual() -> tuple[str, ...]:
    """Return the mistakes that the library's templates show, those of most templates first."""
    known = [slug for slug in CATALOGUE if telling(slug)]
    return tuple(sorted(known, key=lambda slug: -len(telling(slug))))


def told_apart(drawn: Sequence[Question]) -> Iterator[tuple[str, ...]]:
    """Yield mistakes that all drawings show apart from each other, the most first; each blank has its share."""
    seen = [_wrong(question, usual()) for question in drawn]
    right = tuple(drawn[0].keys.values())
    chosen: list[str] = []
    for place in (*range(len(right)), *range(len(right)), *(None for _ in range(MOST_MISTAKES))):
        fitting = (slug for slug in usual() if slug not in chosen and _shows(seen[0], slug, place, right))
        slug = next((slug for slug in fitting if all(_is_apart(wrong, (*chosen, slug)) for wrong in seen)), None)
        if slug is not None and len(chosen) < MOST_MISTAKES:
            chosen.append(slug)
    while chosen:
        yield tuple(chosen)
        chosen.pop()


def _shows(wrong: Wrong, slug: str, place: int | None, right: tuple[Answer, ...]) -> bool:
    """Say whether a mistake changes the answer to one blank, or to any."""
    return slug in wrong and (place is None or any(way[place] != right[place] for way in wrong[slug]))


def planted(drawn: Sequence[Question]) -> tuple[str, ...]:
    """Return the mistakes that show in most drawings."""
    seen = [_wrong(question, usual()) for question in drawn]
    most = [slug for slug in usual() if 2 * sum(slug in wrong for wrong in seen) > len(seen)]
    return tuple(most[:MOST_PLANTED])


def _wrong(question: Question, slugs: tuple[str, ...]) -> Wrong:
    """Return what mistakes give in place of the right answers, for those that show."""
    names = tuple(question.keys)
    right = tuple(question.keys.values())
    found = {slug: set(ways) for slug, ways in told(question.network, slugs, names).items() if ways}
    return {slug: ways for slug, ways in found.items() if right not in ways and not _is_doubled(right, ways)}


def _is_doubled(right: tuple[Answer, ...], ways: set[tuple[Answer, ...]]) -> bool:
    """Say whether a mistake gives twice or half of an answer, as other conventions do: nobody can tell it from these."""
    pairs = ((wrong, own) for way in ways for wrong, own in zip(way, right, strict=True))
    numbers = ((wrong, own) for wrong, own in pairs if not isinstance(wrong, tuple) and not isinstance(own, tuple))
    return any(wrong in (2 * own, Fraction(own) / 2) for wrong, own in numbers)


def _is_apart(wrong: Wrong, slugs: Sequence[str]) -> bool:
    """Say whether some mistakes all show, and no two of them give the same."""
    if any(slug not in wrong for slug in slugs):
        return False
    return all(wrong[slugs[-1]].isdisjoint(wrong[slug]) for slug in slugs[:-1])


def is_ambiguous(question: Question) -> bool:
    """Say whether a mistake gives a number with three decimals, which is read as one with its thousands apart."""
    listed = [blank.listed for blank in question.blanks if blank.listed is not None and blank.listed.form == "number"]
    return any(isinstance(given, Fraction) and _has_three(given) for found in listed for given in found.explained)


def _has_three(number: Fraction) -> bool:
    return (number * 1000).denominator == 1 and (number * 100).denominator != 1

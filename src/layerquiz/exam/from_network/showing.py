"""Which mistakes a question may tell apart: those that its drawings show, the usual ones first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from layerquiz.exam.choosing import telling
from layerquiz.exam.question import Question
from layerquiz.network.mistakes import CATALOGUE
from layerquiz.network.network import Answer
from layerquiz.network.told import told

MOST_MISTAKES, MOST_PLANTED = 4, 5


def usual() -> tuple[str, ...]:
    """Return the mistakes that the library's templates show, those of most templates first."""
    known = [slug for slug in CATALOGUE if telling(slug)]
    return tuple(sorted(known, key=lambda slug: -len(telling(slug))))


def told_apart(drawn: Sequence[Question]) -> Iterator[tuple[str, ...]]:
    """Yield mistakes that all drawings show apart from each other, the most first."""
    seen = [_wrong(question, usual()) for question in drawn]
    chosen: list[str] = []
    for slug in usual():
        if len(chosen) < MOST_MISTAKES and all(_is_apart(wrong, (*chosen, slug)) for wrong in seen):
            chosen.append(slug)
    while chosen:
        yield tuple(chosen)
        chosen.pop()


def planted(drawn: Sequence[Question]) -> tuple[str, ...]:
    """Return the mistakes that show in most drawings."""
    seen = [_wrong(question, usual()) for question in drawn]
    most = [slug for slug in usual() if 2 * sum(slug in wrong for wrong in seen) > len(seen)]
    return tuple(most[:MOST_PLANTED])


def _wrong(question: Question, slugs: tuple[str, ...]) -> dict[str, set[tuple[Answer, ...]]]:
    """Return what mistakes give in place of the right answers, for those that show."""
    names = tuple(question.keys)
    right = tuple(question.keys.values())
    found = {slug: set(ways) for slug, ways in told(question.network, slugs, names).items() if ways}
    return {slug: ways for slug, ways in found.items() if right not in ways}


def _is_apart(wrong: dict[str, set[tuple[Answer, ...]]], slugs: Sequence[str]) -> bool:
    """Say whether some mistakes all show, and no two of them give the same."""
    if any(slug not in wrong for slug in slugs):
        return False
    return all(wrong[slugs[-1]].isdisjoint(wrong[slug]) for slug in slugs[:-1])

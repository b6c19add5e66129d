"""Choosing templates to practise: by topic, level, learning goal and mistake; and drawing them, none twice."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from itertools import count
from math import inf, prod
from typing import Any, TypeAlias

from layerquiz.errors import TemplateError, nearest
from layerquiz.exam import library, sample
from layerquiz.exam.drawing import draw
from layerquiz.exam.question import Question
from layerquiz.exam.sample import Seed
from layerquiz.exam.template import Template, in_language
from layerquiz.languages import NAMES
from layerquiz.network.mistakes import CATALOGUE

MOST_BLANKS = 8
"""A question with more blanks is practised only where no shorter one is there."""

MINUTES_PER_BLANK = 2
"""How long a blank takes where a template does not say how long it takes as a whole."""

MOST_WORDS = 20
"""So many words of an unknown goal are looked for elsewhere."""

TRIES = 200
"""So often in a row may a template give drawings that were there already, before it counts as exhausted."""

COUNTED_KINDS = ("number", "formula")
"""Kinds of question of which nothing is drawn but the network and `let`."""

Identity: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to practise. `goal` is a part of a learning goal; any of the mistakes is enough.

    language: that in which all questions are.
    """

    topic: str | None = None
    level: int | None = None
    goal: str | None = None
    mistakes: tuple[str, ...] = ()
    language: str = "en"


def fitting(wanted: Wanted) -> list[Template]:
    """Return the templates that fit, sorted by name. What no template has is an error that names the nearest."""
    found = library.chosen(wanted.topic, wanted.level)
    if wanted.goal is not None:
        _check_goal(wanted.goal)
        found = _kept(found, [t for t in found if _says(t.goal, wanted.goal)], f'the goal "{wanted.goal}"')
    for slug in wanted.mistakes:
        _check_mistake(slug)
    if wanted.mistakes:
        telling_any = [t for t in found if not set(wanted.mistakes).isdisjoint(t.tells_apart)]
        found = _kept(found, telling_any, f"the mistake {' or '.join(wanted.mistakes)} to show")
    said = [in_language(t, wanted.language) for t in found if wanted.language in t.languages]
    return _kept(found, said, f"a wording in {NAMES[wanted.language]}")


def _kept(before: Sequence[Template], after: list[Template], what: str) -> list[Template]:
    """Return the templates that are left, or say what was there before this was wanted too."""
    if not after:
        cure = f"Without it there are {', '.join(t.name for t in before)}"
        raise TemplateError(f"none of the chosen templates has {what}", cure=cure, slug="no-template")
    return after


def _says(text: str, goal: str) -> bool:
    """Say whether all words of a goal stand in a text."""
    return all(word in text.casefold() for word in goal.casefold().split())


def _check_goal(goal: str) -> None:
    """Refuse a goal that no template has; the nearest is the one that shares the most words, misspelt ones too."""
    known = [template.goal for template in library.templates().values() if template.goal]
    if not any(_says(text, goal) for text in known):
        near = max(known, key=lambda text: _shared(text, goal), default="")
        cure = f'Did you mean "{near}"?' if _shared(near, goal) else f'A part of one is enough, such as of "{near}"'
        raise TemplateError(f'no template has the goal "{goal}"', cure=cure, slug="unknown-goal")


def _shared(text: str, goal: str) -> int:
    """Return how many words of a goal stand in a text, spelled alike."""
    words = text.casefold().split()
    return sum(bool(get_close_matches(word, words, n=1, cutoff=0.7)) for word in goal.casefold().split()[:MOST_WORDS])


def _check_mistake(slug: str) -> None:
    if slug not in CATALOGUE:
        raise TemplateError(f'there is no mistake "{slug}"', cure=nearest(slug, CATALOGUE), slug="unknown-mistake")
    if not telling(slug):
        known = {known for template in library.templates().values() for known in template.tells_apart}
        raise TemplateError(f'no template shows the mistake "{slug}"', cure=nearest(slug, known), slug="no-template")


def effort(template: Template) -> tuple[int, int, str]:
    """Return what templates are sorted by, those with few blanks first."""
    return len(template.asked), template.level, template.name


@cache
def telling(slug: str) -> tuple[Template, ...]:
    """Return the templates whose drawings tell a mistake apart, those with few blanks first."""
    return tuple(sorted((t for t in library.templates().values() if slug in t.tells_apart), key=effort))


def of_topic(template: Template) -> list[Template]:
    """Return the template itself and those that share a topic with it, the most topics first."""
    topics = set(template.topics)
    others = [t for t in library.templates().values() if t.name != template.name and not topics.isdisjoint(t.topics)]
    return [template, *sorted(others, key=lambda other: (-len(topics & set(other.topics)), *effort(other)))]


def short(templates: Collection[Template]) -> list[Template]:
    """Return the templates that are not too long to practise, or all where all are."""
    return [template for template in templates if len(template.asked) <= MOST_BLANKS] or list(templates)


def identity(question: Question) -> Identity:
    """Return what two drawings of the same question share."""
    return question.template.name, str(question.drawn)


def minutes(template: Template) -> float:
    """Return how many minutes a question takes."""
    return template.minutes or MINUTES_PER_BLANK * len(template.asked)


def in_turn(wanted: Wanted, seed: Seed) -> list[Template]:
    """Return the templates that fit in an order that the seed decides; each wanted mistake has its turn early."""
    left, order = fitting(wanted), list[Template]()
    random = sample.generator(seed, "practice", "order")
    shuffled = [left.pop(sample.below(random, len(left))) for _ in range(len(left))]
    while shuffled:
        for slug in wanted.mistakes or ("",):
            place = next((place for place, t in enumerate(shuffled) if not slug or slug in t.tells_apart), None)
            order += [] if place is None else [shuffled.pop(place)]
    return order


def fresh(
    templates: Sequence[Template], seed: Seed, taken: set[Identity], most_minutes: float = inf
) -> Iterator[Question]:
    """Yield drawings of templates in turn, none of them taken; what is yielded is taken.

    A template has no further turn once it gives nothing new, or takes more of the minutes than are left.
    """
    left, places = most_minutes, count(1)
    waiting = deque(templates)
    while waiting:
        template = waiting.popleft()
        question = _new(template, seed, next(places), taken) if minutes(template) <= left else None
        if question is not None:
            left -= minutes(template)
            taken.add(identity(question))
            waiting.append(template)
            yield question


def _new(template: Template, seed: Seed, place: int, taken: Collection[Identity]) -> Question | None:
    """Return a drawing that is not taken; None where so many in a row are."""
    drawn = (draw(template, seed, "practice", f"{place}.{attempt}") for attempt in range(TRIES))
    return next((question for question in drawn if identity(question) not in taken), None)


def most_drawings(template: Template) -> int | None:
    """Return how many drawings a template may have at most, counted and not drawn; None where that is not known.

    Choices and ranges are multiplied; drawings that a condition refuses are counted too.
    """
    if template.kind not in COUNTED_KINDS:
        return None
    front = template.written.mapping()
    counted = [_possible(entry) for entry in (front.get("let", {}), front["network"])]
    return None if None in counted else prod(filter(None, counted))


def _possible(written: Any) -> int | None:
    """Return how many things an entry may become; None where a range has bounds that are drawn."""
    if isinstance(written, dict) and list(written) == ["choice"]:
        options = [_possible(option) for option in written["choice"]]
        return None if None in options else sum(filter(None, options))
    if isinstance(written, dict) and list(written) == ["range"]:
        first, last, step = (*written["range"], 1)[:3]
        return len(range(first, last + 1, step)) if all(isinstance(b, int) for b in (first, last, step)) else None
    inner = written.values() if isinstance(written, dict) else written if isinstance(written, list) else ()
    counted = [_possible(entry) for entry in inner]
    return None if None in counted else prod(filter(None, counted))

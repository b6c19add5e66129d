"""Practice: questions chosen by topic and level, no two of them the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

from layerquiz.errors import LayerquizError
from layerquiz.exam import library
from layerquiz.exam.drawing import draw
from layerquiz.exam.question import Question

TRIES_PER_QUESTION = 20


def practice_questions(topic: str | None, level: int | None, number: int, seed: str) -> list[Question]:
    """Return so many different questions, the templates in turn, the easy ones first."""
    drawn: dict[str, Question] = {}
    for question in _offered(topic, level, number, seed):
        drawn.setdefault(f"{question.template.name} {question.drawn}", question)
        if len(drawn) == number:
            return sorted(drawn.values(), key=lambda q: (q.template.level, q.template.name))
    cure = "Ask for fewer, or for more topics"
    raise LayerquizError(f"only {len(drawn)} different questions were found, not {number}", cure=cure, slug="too-few")


def _offered(topic: str | None, level: int | None, number: int, seed: str) -> Iterator[Question]:
    templates = sorted(library.chosen(topic, level), key=lambda template: (template.level, template.name))
    for place, template in zip(range(number * TRIES_PER_QUESTION), cycle(templates), strict=False):
        yield draw(template, seed, "practice", str(place + 1))

"""Practice on somebody's own mistakes: fresh drawings of templates that can show them, never those of the exam."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from itertools import cycle

from layerquiz.errors import LayerquizError
from layerquiz.exam import library
from layerquiz.exam.drawing import draw
from layerquiz.exam.exam import Exam
from layerquiz.exam.question import Question
from layerquiz.exam.template import Template
from layerquiz.grading.grade import Result
from layerquiz.network.mistakes import mistaken

MOST_QUESTIONS = 6
MOST_FOR_ONE = 3
"""So many questions train one mistake, if there is room behind the others."""

MOST_BLANKS = 8
"""A question with more blanks trains one mistake only where no shorter one does."""

TRIES = 20


def questions_on_mistakes(exam: Exam, result: Result) -> list[Question]:
    """Return at most six questions on the mistakes of a student, each first once, the most frequent first.

    The drawings depend on the exam's seed, the student and the mistake alone. Without mistakes there are none.
    """
    made = _mistakes(result)
    taken = {_identity(question) for question in result.paper.questions}
    found: list[Question] = []
    for turn in range(MOST_FOR_ONE):
        for slug, where in made.items():
            used = Counter(question.template.name for question in found)
            question = _fresh(exam, result, f"{slug} {turn + 1}", _fitting(slug, where.template, used), taken)
            if question is not None and len(found) < MOST_QUESTIONS:
                found.append(question)
                taken.add(_identity(question))
    return found


def _mistakes(result: Result) -> dict[str, Question]:
    """Return the mistakes of a paper, the most frequent first, and a question in which each was made."""
    counted: Counter[str] = Counter()
    where: dict[str, Question] = {}
    for graded in result.blanks.values():
        if graded.story.verdict in ("mistake", "convention"):
            for slug in dict.fromkeys(
                slug for slugs in (graded.story.mistakes, *graded.story.rivals) for slug in slugs
            ):
                counted[slug] += 1
                where.setdefault(slug, result.paper.questions[graded.question - 1])
    return {slug: where[slug] for slug, _ in counted.most_common()}


def _fitting(slug: str, template: Template, used: Mapping[str, int]) -> list[Template]:
    """Return the templates that may show a mistake, those that a sheet has least often first."""
    all_ = _templates(slug) or _of_topic(template)
    short = [other for other in all_ if len(other.asked) <= MOST_BLANKS]
    return sorted(short or all_, key=lambda other: used.get(other.name, 0))


def _fresh(
    exam: Exam, result: Result, goal: str, templates: Sequence[Template], taken: Collection[tuple[str, str]]
) -> Question | None:
    """Return a new drawing in which a mistake can be seen; None where no template has one. `goal` begins with it."""
    slug = goal.partition(" ")[0]
    for attempt, template in zip(range(TRIES), cycle(templates), strict=False):
        label = f"practice on {goal}.{attempt + 1}"
        try:
            question = draw(template, exam.seed, result.paper.student.id, label, exam.conventions)
        except LayerquizError:
            continue  # under the exam's conventions this template has no drawing
        if _identity(question) not in taken and _shows(question, slug):
            return question
    return None


@cache
def _templates(slug: str) -> tuple[Template, ...]:
    """Return the templates whose drawings tell a mistake apart, those with few blanks first."""
    return tuple(sorted((t for t in library.templates().values() if slug in t.tells_apart), key=_effort))


def _of_topic(template: Template) -> list[Template]:
    """Return the template itself and those that share a topic with it, the most topics first."""
    topics = set(template.topics)
    others = [t for t in library.templates().values() if t.name != template.name and not topics.isdisjoint(t.topics)]
    return [template, *sorted(others, key=lambda other: (-len(topics & set(other.topics)), *_effort(other)))]


def _effort(template: Template) -> tuple[int, int, str]:
    return len(template.asked), template.level, template.name


def _identity(question: Question) -> tuple[str, str]:
    return question.template.name, str(question.drawn)


def _shows(question: Question, slug: str) -> bool:
    """Say whether a mistake gives other numbers than the right ones."""
    right = tuple(question.keys.values())
    if right and any(wrong != right for wrong in mistaken(question.network, slug, list(question.keys))):
        return True
    tables = (blank.listed.explained for blank in question.blanks if blank.listed is not None)
    return any((slug,) in sets for table in tables for sets in table.values())

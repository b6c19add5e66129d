"""Practice on somebody's own mistakes: fresh drawings of templates that can show them, never those of the exam."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import cycle

from layerquiz.errors import LayerquizError
from layerquiz.exam.choosing import identity, of_topic, short, telling
from layerquiz.exam.drawing import draw
from layerquiz.exam.exam import Exam
from layerquiz.exam.question import Question
from layerquiz.exam.template import Template
from layerquiz.grading.grade import Result
from layerquiz.network.mistakes import mistaken

MOST_QUESTIONS = 6
MOST_FOR_ONE = 3
"""So many questions train one mistake, if there is room behind the others."""

TRIES = 20


def questions_on_mistakes(exam: Exam, result: Result) -> list[Question]:
    """Return at most six questions on the mistakes of a student, each first once, the most frequent first.

    The drawings depend on the exam's seed, the student and the mistake alone. Without mistakes there are none.
    """
    made = _mistakes(result)
    taken = {identity(question) for question in result.paper.questions}
    found: list[Question] = []
    for turn in range(MOST_FOR_ONE):
        for slug, where in made.items():
            used = Counter(question.template.name for question in found)
            question = _fresh(exam, result, f"{slug} {turn + 1}", _fitting(slug, where.template, used), taken)
            if question is not None and len(found) < MOST_QUESTIONS:
                found.append(question)
                taken.add(identity(question))
    return found


def _mistakes(result: Result) -> dict[str, Question]:
    """Return the mistakes of a paper, the most frequent first, and a question in which each was made."""
    counted: Counter[str] = Counter()
    where: dict[str, Question] = {}
    for graded in result.blanks.values():
        if graded.story.verdict in ("mistake", "convention"):
            for slug in graded.story.named:
                counted[slug] += 1
                where.setdefault(slug, result.paper.questions[graded.question - 1])
    return {slug: where[slug] for slug, _ in counted.most_common()}


def _fitting(slug: str, template: Template, used: Mapping[str, int]) -> list[Template]:
    """Return the templates that may show a mistake, those that a sheet has least often first."""
    all_ = telling(slug) or of_topic(template)
    return sorted(short(all_), key=lambda other: used.get(other.name, 0))


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
        if identity(question) not in taken and _shows(question, slug):
            return question
    return None


def _shows(question: Question, slug: str) -> bool:
    """Say whether a mistake gives other numbers than the right ones."""
    right = tuple(question.keys.values())
    if right and any(wrong != right for wrong in mistaken(question.network, slug, list(question.keys))):
        return True
    tables = (blank.listed.explained for blank in question.blanks if blank.listed is not None)
    return any((slug,) in sets for table in tables for sets in table.values())

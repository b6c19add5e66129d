"""A make-up of a sealed exam: the same exam with other numbers than those that its students may have seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from layerquiz.errors import ExamError
from layerquiz.exam.exam import Exam, Paper
from layerquiz.exam.roster import Student
from layerquiz.exam.seating import neighbours

EVERYBODY = ""
"""The student under whom stands what anybody may have seen."""

ENDING = "/makeup"
"""What is put behind a seed to make that of the make-up."""


def made_up(exam: Exam, first: Exam) -> Exam:
    """Return an exam as the make-up of the first one: of the same templates, by another seed.

    What all students get is drawn by another seed too; a question of own text is the same.
    """
    asked = [entry.template.name for entry in exam.entries if entry.own is None]
    before = [entry.template.name for entry in first.entries if entry.own is None]
    if asked != before:
        what = "a make-up asks what the first exam asked"
        why = f"That one has {', '.join(before)}; this one {', '.join(asked)}"
        raise ExamError(what, why=why, cure="Name the folder of the first exam, and its exam file", slug="makeup")
    entries = tuple(
        entry if entry.seed is None else replace(entry, seed=f"{entry.seed}{ENDING}") for entry in exam.entries
    )
    return replace(exam, seed=f"{first.seed}{ENDING}", entries=entries)


Any = TypeVar("Any")


class Seen(Mapping[str, Sequence[Any]]):
    """By student, the papers of the first exam that may have been seen: one's own, and those of the neighbours.

    `papers` are those of the first exam, opened or as plain data, in the order of its `students`.
    """

    def __init__(self, papers: Sequence[Any], students: Sequence[Student]) -> None:
        self.papers = papers
        self.places = {student.id: place for place, student in enumerate(students)}
        self.beside = neighbours(students)

    def __getitem__(self, student: str) -> Sequence[Any]:
        """Return the papers that a student may have seen."""
        place = self.places[student]
        return [self.papers[other] for other in (place, *self.beside[place])]

    def __iter__(self) -> Iterator[str]:
        """Yield the students of the first exam."""
        return iter(self.places)

    def __len__(self) -> int:
        """Return how many papers the first exam has."""
        return len(self.places)


def repeated(exam: Exam, drawn: Sequence[Paper], seen: Mapping[str, Sequence[Paper]]) -> list[int]:
    """Return the numbers of the questions that somebody may have seen with the same numbers; own text is not drawn."""
    found = set()
    for paper in drawn:
        others = seen.get(paper.student.id, seen.get(EVERYBODY, ()))
        before = {(q.template.name, q.identity) for other in others for q in other.questions}
        for number, question in enumerate(paper.questions, 1):
            if (question.template.name, question.identity) in before and exam.entries[number - 1].own is None:
                found.add(number)
    return sorted(found)

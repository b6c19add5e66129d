"""Classes made up for tests of statistics and reports: papers are real, stories and points are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from random import Random

from layerquiz.exam import exam as exams
from layerquiz.exam.exam import Exam, Paper
from layerquiz.exam.roster import Student
from layerquiz.grading.grade import Graded, Report, Result
from layerquiz.grading.marks import Mark
from layerquiz.grading.story import Story

TEXT = """
title: A test
course: Deep Learning
seed: 7
questions:
  - {template: conv-parameters}
  - {template: conv-size}
  - {template: dense-parameters}
"""


@dataclass(frozen=True)
class Given:
    """One student's answer to a blank: its verdict, its points of `possible`, and what explains it."""

    points: Fraction | int
    verdict: str = ""
    mistakes: tuple[str, ...] = ()
    rivals: tuple[tuple[str, ...], ...] = ()
    conventions: tuple[str, ...] = ()
    value: int | None = None
    possible: Fraction | int = 1
    written: str = ""


@dataclass
class Class:
    """Students with their answers by blank; blanks that are not named are left out. `own`: each draws own numbers."""

    text: str = TEXT
    own: bool = False
    students: list[tuple[Student, Mapping[str, Given] | None]] = field(default_factory=list)

    @property
    def exam(self) -> Exam:
        """Return the exam."""
        return parsed(self.text)

    def add(self, answers: Mapping[str, Given] | None, name: str = "") -> None:
        """Add a student; without answers the paper was not handed in."""
        number = len(self.students) + 1
        self.students.append((Student(f"s{number:03}", name or f"Student {number}"), answers))

    def report(self) -> Report:
        """Return the class as a graded one."""
        return Report(self.exam, tuple(self._result(student, answers) for student, answers in self.students))

    def _result(self, student: Student, answers: Mapping[str, Given] | None) -> Result:
        shared = drawn(self.text, student.id if self.own else "shared")
        paper = Paper(student, shared.questions)
        blanks = {}
        for name, blank in paper.blanks.items():
            given = (answers or {}).get(name, Given(0, "blank"))
            verdict = given.verdict or ("correct" if given.points == given.possible else "wrong")
            story = Story(
                quantity=blank.quantity,
                verdict=verdict,  # type: ignore[arg-type]
                expected=blank.key,
                written=given.written or str(given.value),
                read_as=blank.key if verdict == "correct" else given.value,
                shown=given.written or str(given.value),
                mistakes=list(given.mistakes),
                rivals=[list(slugs) for slugs in given.rivals],
                conventions=list(given.conventions),
            )
            mark = Mark(Fraction(given.points), Fraction(given.possible), "")
            blanks[name] = Graded(name, int(name.rstrip("abcdefghijklmnopqrstuvwxyz")), story, mark)
        return Result(paper, blanks, answers is not None)


@cache
def parsed(text: str) -> Exam:
    """Return an exam from its file's text."""
    return exams.parse(text, "exam.yaml", "unused")


@cache
def drawn(text: str, student: str) -> Paper:
    """Return what one student draws."""
    return exams.paper(parsed(text), Student(student, student))


def class_of(points: Sequence[Mapping[str, int | Fraction]]) -> Report:
    """Return a class by its points alone: one mapping for each student, blank to points of 1."""
    made = Class()
    for row in points:
        made.add({name: Given(Fraction(value)) for name, value in row.items()})
    return made.report()


def chance(seed: int) -> Random:
    """Return a generator: the same class every time."""
    return Random(seed)  # noqa: S311 -- classes of tests, no secrets

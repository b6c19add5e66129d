"""The example that ships with layerquiz: every planted mistake is found, and no right answer is accused."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from functools import cache

import pytest

import planted
from layerquiz.data import folder
from layerquiz.exam import exam as exams
from layerquiz.exam import roster as rosters
from layerquiz.exam.exam import Exam
from layerquiz.exam.roster import Student
from layerquiz.exam.seal import Sealed, seal, unseal
from layerquiz.grading.grade import Report, grade
from layerquiz.grading.submissions import Table, submitted

SHIPPED, SECOND = 2026, 41


def text(name: str) -> str:
    """Return a file of the example."""
    return (folder("example") / name).read_text(encoding="utf-8")


def rows(name: str) -> list[list[str]]:
    """Return a CSV file of the example."""
    return list(csv.reader(io.StringIO(text(name))))


@cache
def sealed(seed: int) -> Sealed:
    """Return the example's exam with one seed, sealed and opened again."""
    exam: Exam = replace(exams.parse(text("exam.yaml"), "exam.yaml", "unused"), seed=seed)
    header, *body = rows("roster.csv")
    students: tuple[Student, ...] = rosters.read(
        "roster.csv", header, [(line, dict(zip(header, row, strict=True))) for line, row in enumerate(body, 2)]
    ).students
    return unseal(seal(exam, [exams.paper(exam, student) for student in students], "test"))


def drawn(exam: Sealed) -> dict[str, planted.Paper]:
    """Return each student's drawn numbers."""
    return {paper.student.id: [question.drawn for question in paper.questions] for paper in exam.papers}


@cache
def graded(seed: int) -> Report:
    """Return the report on the planted submissions to the example with one seed."""
    exam = sealed(seed)
    header, *body = planted.table(drawn(exam), list(exam.papers[0].blanks))
    table = Table("submissions.csv", tuple(header), tuple((line, tuple(row)) for line, row in enumerate(body, 2)))
    return grade(exam, submitted(exam, table).answers)


def test_the_shipped_submissions_are_the_planted_ones() -> None:
    """What the example grades is what the table here says, for the shipped seed."""
    exam = sealed(SHIPPED)
    assert exam.exam.seed == SHIPPED
    assert rows("submissions.csv") == planted.table(drawn(exam), list(exam.papers[0].blanks))


@pytest.mark.parametrize("seed", [SHIPPED, SECOND])
def test_the_key_is_right(seed: int) -> None:
    """Plain arithmetic comes to the same key for every paper, and is marked in full."""
    exam = sealed(seed)
    answers = {student: planted.right(paper) for student, paper in drawn(exam).items()}
    for result in grade(exam, answers).results:
        assert {entry.story.verdict for entry in result.blanks.values()} == {"correct"}
        assert result.points == result.possible


@pytest.mark.parametrize("seed", [SHIPPED, SECOND])
@pytest.mark.parametrize(("place", "expected"), planted.PLANTED.items(), ids="-".join)
def test_every_planted_mistake_is_found(seed: int, place: tuple[str, str], expected: tuple[str, str]) -> None:
    """The verdict is the one worked out by hand, and the mistake is named, alone or with its rivals."""
    student, blank = place
    verdict, slug = expected
    paper = drawn(sealed(seed))[student]
    if planted.STUDENTS[student](paper)[blank] == planted.right(paper)[blank]:
        verdict, slug = "correct", ""  # the mistake does not show in these numbers
    story = next(r for r in graded(seed).results if r.paper.student.id == student).blanks[blank].story
    assert story.verdict == verdict
    assert not slug or any(slug in slugs for slugs in (story.mistakes, *story.rivals))


@pytest.mark.parametrize("seed", [SHIPPED, SECOND])
def test_no_right_answer_is_accused(seed: int) -> None:
    """An answer without a planted mistake is right, or right from the student's own earlier values."""
    for result in graded(seed).results:
        if not result.handed_in or result.paper.student.id == "s07":
            continue
        for blank, entry in result.blanks.items():
            if (result.paper.student.id, blank) not in planted.PLANTED:
                assert entry.story.verdict in ("correct", "carried"), (result.paper.student.id, blank)


def test_who_does_not_hand_in_is_told_apart() -> None:
    """A student without a line has no answers, and does not count in the class's means."""
    assert [result.paper.student.id for result in graded(SHIPPED).results if not result.handed_in] == ["s12"]


def test_grading_again_gives_the_same() -> None:
    """A report is a function of the sealed exam and the answers."""
    first = graded(SHIPPED).as_json()
    graded.cache_clear()
    assert graded(SHIPPED).as_json() == first

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
    students: tuple[Student, ...] = rosters.read("roster.csv", header, list(enumerate(body, 2))).students
    return unseal(seal(exam, exams.papers(exam, students), "test"))


def drawn(exam: Sealed) -> dict[str, planted.Paper]:
    """Return each student's drawn numbers."""
    return {paper.student.id: [question.drawn for question in paper.questions] for paper in exam.papers}


@cache
def graded(seed: int) -> Report:
    """Return the report on the planted submissions to the example with one seed."""
    exam = sealed(seed)
    header, *body = planted.table(drawn(exam), list(exam.papers[0].blanks))
    table = Table("submissions.csv", tuple(header), tuple((line, tuple(row)) for line, row in enumerate(body, 2)))
    return grade(exam, submitted(exam, table))


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


def as_moodle(name: str, sheet: dict[str, str], questions: list[list[str]]) -> list[str]:
    """Return a student's row in a Moodle report on responses."""
    parts = [[f"part {place}: {sheet[blank]}" for place, blank in enumerate(blanks, 1)] for blanks in questions]
    written = ["; ".join(found) if len(found) > 1 else found[0].removeprefix("part 1: ") for found in parts]
    return ["", name, "20 November 2026  11:30 AM", *written]


def as_canvas(name: str, sheet: dict[str, str], questions: list[list[str]]) -> list[str]:
    """Return a student's row in a Canvas analysis of students; commas are escaped where answers are joined."""
    found = [
        ",".join(sheet[blank].replace(",", "\\,") for blank in blanks) if len(blanks) > 1 else sheet[blanks[0]]
        for blanks in questions
    ]
    return [name, "", "2026-11-20 10:30:00 UTC", *(cell for answer in found for cell in (answer, "0.0"))]


@pytest.mark.parametrize("platform", ["Moodle", "Canvas"])
def test_platforms_hand_in_the_same_class(platform: str) -> None:
    """Every odd answer of the class comes through either platform's export as it was, and earns the same points."""
    exam = sealed(SHIPPED)
    header, *body = rows("submissions.csv")
    sheets = {student: dict(zip(header[1:], cells, strict=True)) for student, *cells in body}
    questions = [
        [blank for blank in header[1:] if blank.rstrip("abcdefghijklmnopqrstuvw") == str(q)] for q in range(1, 10)
    ]
    names = {paper.student.id: paper.student.name for paper in exam.papers}
    if platform == "Moodle":
        columns = ["Username", "Full name", "Completed", *(f"Response {place}" for place in range(1, 10))]
        lines = [as_moodle(names[student], sheet, questions) for student, sheet in sheets.items()]
    else:
        titles = [title for place in range(1, 10) for title in (f"{place}00: Question {place}", "1.0")]
        columns = ["name", "id", "submitted", *titles, "n correct", "n incorrect"]
        lines = [as_canvas(names[student], sheet, questions) for student, sheet in sheets.items()]
    table = Table("x.csv", tuple(columns), tuple((line, tuple(cells)) for line, cells in enumerate(lines, 2)))
    found = submitted(exam, table)
    assert platform in found.read_as
    assert {
        student: {blank: text.strip("-") for blank, text in sheet.items()} for student, sheet in found.answers.items()
    } == {student: {blank: text.strip("-") for blank, text in sheet.items()} for student, sheet in sheets.items()}
    points = [[result.points for result in report.results] for report in (grade(exam, found.answers), graded(SHIPPED))]
    assert points[0] == points[1]

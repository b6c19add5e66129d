"""What gradebooks import: who is in it, what it is called, and that each number is one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from layerquiz.exam import exam as exams
from layerquiz.exam.roster import Student
from layerquiz.exam.seal import Sealed, seal, unseal
from layerquiz.grading.grade import Report, grade
from layerquiz.render.gradebooks import canvas_rows, moodle_rows, typed_rows

EXAM = "title: Midterm (2026)\nseed: 7\nquestions:\n  - {template: conv-size, points: 2}\n"
STUDENTS = (Student("s1", "Ada Brandt"), Student("mia@uni.example", "Mia Ohm"), Student("s3", "Not There"))


@pytest.fixture(scope="module")
def report() -> Report:
    """Return a report on three students: one has all right, one nothing, one did not come."""
    exam = exams.parse(EXAM, "exam.yaml", "unused")
    sealed: Sealed = unseal(seal(exam, [exams.paper(exam, student) for student in STUDENTS], "test"))
    key = {blank: str(found.key) for blank, found in sealed.papers[0].blanks.items()}
    return grade(sealed, {"s1": key, "mia@uni.example": {}})


def test_canvas_does_not_take_a_year_for_a_number_of_an_assignment(report: Report) -> None:
    """Canvas reads digits in brackets at the end of a title as an assignment's number: the brackets go."""
    header, possible, *rows = canvas_rows(report)
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Midterm 2026"]
    assert possible == ["Points Possible", "", "", "", "", "2"]
    assert rows == [
        ["Ada Brandt", "", "s1", "s1", "", "2"],
        ["Mia Ohm", "", "mia@uni.example", "mia@uni.example", "", "0"],
    ]


def test_moodle_knows_an_email_and_what_is_provisional(report: Report) -> None:
    """An id that is an email address stands under it; the line of feedback names blanks, and no mistakes."""
    header, first, second = moodle_rows(report, provisional=False)
    assert header[4:] == ["Midterm (2026)", "Midterm (2026) (feedback)"]
    assert first == ["s1", "s1", "", "Ada Brandt", "2", "2 of 2 points."]
    assert second[2:] == ["mia@uni.example", "Mia Ohm", "0", "0 of 2 points. Points were lost at 1a, 1b, 1c."]
    assert all(row[5].endswith("provisional.") for row in list(moodle_rows(report, provisional=True))[1:])


def test_who_did_not_come_but_was_given_points_is_in_it(report: Report) -> None:
    """Only who handed in is graded elsewhere, unless there are points all the same."""
    absent = replace(report.results[2], blanks=report.results[0].blanks)
    given = replace(report, results=(*report.results[:2], absent))
    assert [row[0] for row in canvas_rows(report)][2:] == ["Ada Brandt", "Mia Ohm"]
    assert [row[0] for row in canvas_rows(given)][2:] == ["Ada Brandt", "Mia Ohm", "Not There"]


def test_numbers_are_numbers_in_the_spreadsheet() -> None:
    """An id that looks like a number stays a text, and an empty cell empty."""
    rows = [["student", "1a", "total"], ["007", "0.25", "1.5"], ["s2", "", "0"]]
    assert list(typed_rows(rows)) == [rows[0], ["007", Decimal("0.25"), Decimal("1.5")], ["s2", "", Decimal(0)]]

"""Grades for other programs: a spreadsheet, and what Canvas and Moodle import into their gradebooks.

The sealed exam knows of a student the id and the name. Canvas looks for a student by its own number (unknown here),
then by SIS user id, then by login, then by name: the id stands in both of the former. Moodle lets the user choose the
column that tells who is who: the id is there as ID number and as username, and as email address where it is one. Who
handed in nothing is in our own tables alone, so that an import leaves that student as the gradebook has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from layerquiz.grading.grade import Report, Result
from layerquiz.render.questions import decimal

CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
MOODLE = ("ID number", "Username", "Email address", "Full name")
LOOKS_LIKE_A_NUMBER = re.compile(r"\s*\((\d+)\)\s*$")
"""What Canvas takes for the number of an assignment at the end of its title."""


def typed_rows(rows: Iterable[Sequence[str]]) -> Iterator[Sequence[str | Decimal]]:
    """Yield the rows of our own table for a spreadsheet: points are numbers, the header and ids are texts."""
    header, *students = rows
    yield header
    for student, *cells in students:
        yield [student, *(Decimal(cell) if cell else "" for cell in cells)]


def canvas_rows(report: Report) -> Iterator[Sequence[str]]:
    """Yield what the gradebook of Canvas imports: an assignment called as the exam, with its points."""
    title = LOOKS_LIKE_A_NUMBER.sub(r" \1", report.exam.title)
    yield [*CANVAS, title]
    yield ["Points Possible", *[""] * (len(CANVAS) - 1), decimal(report.results[0].possible)]
    for result in _graded(report):
        student = result.paper.student
        yield [student.name, "", student.id, student.id, "", decimal(result.points)]


def moodle_rows(report: Report, provisional: bool) -> Iterator[Sequence[str]]:
    """Yield what the gradebook of Moodle imports: a grade and a line of feedback, to be mapped on its items."""
    title = report.exam.title
    yield [*MOODLE, title, f"{title} (feedback)"]
    for result in _graded(report):
        student = result.paper.student
        email = student.id if "@" in student.id else ""
        feedback = _feedback(result) + (" These points are provisional." if provisional else "")
        yield [student.id, student.id, email, student.name, decimal(result.points), feedback]


def _graded(report: Report) -> Iterator[Result]:
    """Yield who handed in, or was given points all the same."""
    return (result for result in report.results if result.handed_in or result.points)


def _feedback(result: Result) -> str:
    """Return a line that says how many points there are, and where some were lost."""
    lost = [graded.blank for graded in result.blanks.values() if graded.mark.points < graded.mark.possible]
    where = f" Points were lost at {', '.join(lost)}." if lost else ""
    return f"{decimal(result.points)} of {decimal(result.possible)} points.{where}"

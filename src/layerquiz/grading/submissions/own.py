"""Our own tables: one row for each student with a column for each blank, or one row for each answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from layerquiz.errors import ExamError, nearest
from layerquiz.exam.seal import Sealed
from layerquiz.grading.submissions.table import (
    MOST_SHOWN,
    Submissions,
    Table,
    check_exam,
    differing,
    nothing,
    refuse_date,
    shown,
)

BESIDE = ("student", "name", "exam")
"""Columns beside those of the blanks; a name is not read."""
LONG = ("student", "blank", "answer")
RULE = "No line wins over another: keep the one that counts; lines that are the same may stay"


def unknown_student(student: str, students: Iterable[str]) -> ExamError:
    """Return the refusal of a student without a paper, with the nearest one."""
    what = f"no paper was made for the student {shown(student)}"
    return ExamError(what, cure=nearest(student[:MOST_SHOWN], students), slug="unknown-student")


def unknown_blank(blank: str, blanks: Iterable[str]) -> ExamError:
    """Return the refusal of a blank that the exam does not have, with the nearest one."""
    what = f"the exam has no blank {shown(blank)}"
    return ExamError(what, cure=nearest(blank[:MOST_SHOWN], blanks), slug="unknown-blank")


def read(sealed: Sealed, table: Table) -> Submissions:
    """Return the answers of one of our own tables; what does not fit the exam is an error with its row."""
    blanks = list(sealed.papers[0].blanks)
    columns = _columns(table, blanks)
    by_answer = {"blank", "answer"} <= set(columns)
    _check_columns(table, columns, blanks, by_answer)
    reading = _Reading(sealed, table)
    for number, row in table.rows:
        cells = _cells(table, number, row, columns)
        reading.add(number, cells, by_answer)
    if not reading.answers:
        raise nothing(table, ())
    rows = "one row for each answer" if by_answer else "one row for each student"
    return Submissions(reading.answers, f"{table.kind}, {rows}")


class _Reading:
    """Collects answers row by row; a student who stands twice has to stand with the same answers."""

    def __init__(self, sealed: Sealed, table: Table) -> None:
        self.sealed, self.table = sealed, table
        self.blanks = dict.fromkeys(sealed.papers[0].blanks)
        self.students = {paper.student.id for paper in sealed.papers}
        self.answers: dict[str, dict[str, str]] = {}
        self.numbers: dict[tuple[str, ...], int] = {}

    def add(self, number: int, cells: dict[str, str], by_answer: bool) -> None:
        """Take the answers of one row."""
        where = self.table.at(number)
        check_exam(self.sealed, cells.get("exam", ""), where)
        student = " ".join(cells.get("student", "").split())
        if student not in self.students:
            raise unknown_student(student, self.students).at(where)
        key: tuple[str, ...]
        if by_answer:
            blank = cells.get("blank", "").strip().lower()
            if blank not in self.blanks:
                raise unknown_blank(cells.get("blank", ""), self.blanks).at(where)
            found, key = {blank: cells.get("answer", "")}, (student, blank)
        else:
            found, key = {blank: cells[blank] for blank in self.blanks if blank in cells}, (student,)
        for blank, cell in found.items():
            refuse_date(cell, blank, where)
        self._settle(student, found, key, number)

    def _settle(self, student: str, found: dict[str, str], key: tuple[str, ...], number: int) -> None:
        if key in self.numbers:
            kept = {blank: cell for blank, cell in self.answers[student].items() if blank in found}
            different = differing(kept, found)
            if different:
                raise _twice(self.table, student, self.numbers[key], number, different)
            return
        self.numbers[key] = number
        self.answers.setdefault(student, {}).update(found)


def _twice(table: Table, student: str, first: int, second: int, different: Sequence[tuple[str, str, str]]) -> ExamError:
    blank, one, other = different[0]
    more = f", and {len(different) - 1} blanks more differ" if different[1:] else ""
    unit = table.unit.capitalize()
    why = f"{unit} {first} answers {blank} with {shown(one)}, {table.unit} {second} with {shown(other)}{more}"
    what = f"the student {shown(student)} stands twice, with different answers"
    return ExamError(what, where=table.at(second), why=why, cure=RULE, slug="doubled-student")


def _columns(table: Table, blanks: Sequence[str]) -> list[str]:
    """Return the columns as the exam spells them: capitals do not matter; a spreadsheet's trailing commas are none."""
    known = {name.casefold(): name for name in (*BESIDE, *LONG, *blanks)}
    columns = [known.get(column.strip().casefold(), column) for column in table.columns]
    while columns and not columns[-1]:
        columns.pop()
    return columns


def _check_columns(table: Table, columns: Sequence[str], blanks: Sequence[str], by_answer: bool) -> None:
    if not columns:
        cure = f"Begin it with: student,{blanks[0]},..."
        raise ExamError("the file is empty", where=table.file, cure=cure, slug="empty")
    if "student" not in columns:
        near = nearest("student", [column for column in columns if len(column) > 1])
        begin = f"Begin the file with: student,{','.join(blanks[:3])},..."
        cure = f'Is it called "{near.split(chr(34))[1]}" here? {begin}' if near.startswith("Did") else begin
        raise ExamError('the column "student" is missing', where=table.head, cure=cure, slug="missing-column")
    for column in columns:
        if columns.count(column) > 1:
            what = f"the column {shown(column)} stands twice"
            raise ExamError(what, where=table.head, cure="Remove one of the two", slug="doubled-column")
        if column not in (*BESIDE, *(LONG if by_answer else blanks)):
            raise unknown_blank(column, LONG if by_answer else blanks).at(table.head)
    if not by_answer and not set(blanks) & set(columns):
        cure = "Write one column for each blank, as in answers.csv"
        raise ExamError("no column is a blank of the exam", where=table.head, cure=cure, slug="missing-column")


def _cells(table: Table, number: int, row: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    if any(row[len(columns) :]):
        what = f"{len(row)} entries stand under {len(columns)} columns"
        cure = "Put an answer that holds a comma in double quotes"
        raise ExamError(what, where=table.at(number), cure=cure, slug="columns")
    return dict(zip(columns, row, strict=False))

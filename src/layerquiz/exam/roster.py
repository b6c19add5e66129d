"""Who takes the exam: a roster's rows, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from layerquiz.errors import ExamError, nearest

REQUIRED = ("student", "name")


@dataclass(frozen=True, slots=True)
class Student:
    """One student: the id, which the drawings depend on, and the rest, which they do not.

    `accommodation` holds the words of the roster, such as `large print`; what a roster does not say is empty.
    """

    id: str
    name: str
    email: str = ""
    section: str = ""
    room: str = ""
    seat: str = ""
    accommodation: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    """The students in the order of the file, and the columns that were not used."""

    students: tuple[Student, ...]
    unknown_columns: tuple[str, ...]


def read(file: str, columns: Sequence[str], rows: Sequence[tuple[int, Mapping[str, str | None]]]) -> Roster:
    """Return the students of a roster. `columns` is its first line, `rows` each further line with its number.

    `file` is what messages call it. Ids and names are trimmed; rows without any entry are left out.
    """
    trimmed = [_trimmed(column) for column in columns]
    _check_columns(file, trimmed)
    names = dict(zip(trimmed, columns, strict=True))
    students: dict[str, Student] = {}
    lines: dict[str, int] = {}
    for line, row in rows:
        if not any(_trimmed(entry) for entry in row.values() if isinstance(entry, str)):
            continue
        student = _student(file, line, row, names)
        if student.id in students:
            what = f'the student "{student.id[:60]}" stands on line {lines[student.id]} already'
            raise _fault(file, line, what, "Remove one of the two lines", "doubled-student")
        students[student.id], lines[student.id] = student, line
    if not students:
        raise ExamError("the roster has no students", where=file, cure="Write one line for each", slug="empty-roster")
    return Roster(tuple(students.values()), tuple(column for column in trimmed if column not in REQUIRED))


def _trimmed(text: str | None) -> str:
    """Return a cell without space around it, and with single spaces in it."""
    return " ".join((text or "").removeprefix("\ufeff").split())


def _check_columns(file: str, columns: Sequence[str]) -> None:
    doubled = next((column for column in columns if columns.count(column) > 1), None)
    if doubled is not None:
        raise _fault(file, 1, f'the column "{doubled}" stands twice', "Remove one of the two", "doubled-column")
    if not any(columns):
        raise ExamError("the roster is empty", where=file, cure="Begin it with: student,name", slug="empty-roster")
    for required in REQUIRED:
        if required not in columns:
            near = nearest(required, [column for column in columns if column not in REQUIRED])
            cure = near if near.startswith("Did") else f"Begin the file with: student,name. Found: {', '.join(columns)}"
            raise _fault(file, 1, f'the column "{required}" is missing', cure, "missing-column")


def _student(file: str, line: int, row: Mapping[str, str | None], names: Mapping[str, str]) -> Student:
    if None in row:
        cure = "Put an entry that holds a comma in double quotes"
        raise _fault(file, line, "the line has more entries than there are columns", cure, "roster-line")
    found = {column: _trimmed(row.get(names[column])) for column in REQUIRED}
    for column in REQUIRED:
        if not found[column]:
            raise _fault(file, line, f'the entry "{column}" is empty', "Write it, or remove the line", "roster-line")
    return Student(found["student"], found["name"])


def _fault(file: str, line: int, what: str, cure: str, slug: str) -> ExamError:
    return ExamError(what, where=f"{file}, line {line}", cure=cure, slug=slug)

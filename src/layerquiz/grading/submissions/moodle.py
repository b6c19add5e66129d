"""Moodle: the quiz report "Responses", downloaded as CSV or as a spreadsheet, in the languages that are listed here.

Columns, of which a site shows some: last and first name, ID number, username, email address, status, started,
completed, time taken or duration, grade/10.00, then for each question its text, the response and the right answer, as
"Question 1", "Response 1", "Right answer 1". The response to a question of several parts is "part 1: 55; part 2: 7".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from layerquiz.errors import ExamError
from layerquiz.exam import headings
from layerquiz.grading.submissions.columns import Column
from layerquiz.grading.submissions.export import Cells, Export, Places, titled
from layerquiz.grading.submissions.table import Table

RESPONSE = re.compile(
    r"(?:response|antwort|réponse|respuesta|risposta|antwoord|resposta|odpowiedź|odpověď|svar|svaret|yanıt|vastaus)"
    r"\s+(\d+[a-z]?)",
    re.IGNORECASE,
)
GRADE = re.compile(r"[^\W\d][^/]*/\s*\d+([.,]\d+)?", re.IGNORECASE)
MARKS = re.compile(r"(q|f|p|d|v|preg)\w*\.?\s*\d+\s*/\s*\d+([.,]\d+)?", re.IGNORECASE)
PART = re.compile(r"(?:^|;\s+)[^\W\d]+\s(\d+)\s?:(?:\s|$)")
STATUS = ("status", "state", "état", "estado", "stato")
COMPLETED = ("completed", "beendet", "abgeschlossen", "terminé", "finalizado", "completato", "voltooid")
NOT_FINISHED = (
    "in progress",
    "overdue",
    "never submitted",
    "not started",
    "in bearbeitung",
    "überfällig",
    "nie abgegeben",
)
NONE = ("", "-")


def is_export(columns: Sequence[str]) -> bool:
    """Say whether these are the columns of a Moodle report on responses."""
    return any(RESPONSE.fullmatch(column.strip()) for column in columns)


def check_report(table: Table) -> None:
    """Refuse Moodle's report "Grades": it has the same students, and marks in place of answers."""
    columns = [column.strip() for column in table.columns]
    marks = any(MARKS.fullmatch(column) for column in columns) and any(GRADE.fullmatch(column) for column in columns)
    if marks and not is_export(columns):
        cure = 'Download the quiz report "Responses", with the box "response" ticked'
        what = "this is Moodle's report on grades, which has no answers"
        raise ExamError(what, where=table.head, cure=cure, slug="columns")


def export(table: Table) -> Export:
    """Return what stands where in a Moodle report on responses."""
    found = enumerate(column.strip() for column in table.columns)
    answers = tuple(Column(place, _title(title)) for place, title in found if RESPONSE.fullmatch(title))
    ended = titled(table, COMPLETED)
    return Export(
        name="a Moodle export of responses",
        ids=titled(table, (*headings.STUDENT_NUMBER, *headings.LOGIN, *headings.EMAIL)),
        names=partial(
            _names,
            titled(table, headings.FIRST_NAME),
            titled(table, headings.LAST_NAME),
            titled(table, headings.FULL_NAME),
        ),
        answers=answers,
        parts=_parts,
        unfinished=partial(_unfinished, answers, titled(table, STATUS), ended),
        order=ended,
    )


def _names(first: Places, last: Places, full: Places, cells: Cells) -> list[str]:
    """Return a student's full name, of two columns or of one."""
    joined = [f"{cells[given]} {cells[family]}" for given in first for family in last]
    return [name.strip() for name in [*joined, *(cells[place] for place in full)]]


def _unfinished(answers: Sequence[Column], status: Places, ended: Places, cells: Cells) -> str:
    """Return why an attempt does not count; nothing where it is finished."""
    never = any((cells[place].strip() or "-") == "-" for place in ended)
    if never and all(cells[column.place].strip() in NONE for column in answers):
        return "nothing was handed in"
    if never or any(cells[place].strip().casefold() in NOT_FINISHED for place in status):
        return "the attempt is not finished"
    return ""


def _title(title: str) -> str:
    """Return a title that names a blank where it does: Moodle's "Response 3" counts slots, "Response 3a" is a blank."""
    found = RESPONSE.fullmatch(title.strip())
    return f"Question {found[1]}" if found and not found[1].isdigit() else title.strip()


def _parts(cell: str, count: int) -> list[str] | None:
    """Return the answers in a response; None where its parts are not those of the question's blanks."""
    cell = cell.strip()
    if cell in NONE:
        return [""] * count
    found = list(PART.finditer(cell))
    if [int(part[1]) for part in found] != list(range(1, count + 1)) or found[0].start() > 0:
        return [cell] if count == 1 else None
    ends = [*(part.start() for part in found[1:]), len(cell)]
    texts = [cell[part.end() : end].strip() for part, end in zip(found, ends, strict=True)]
    return ["" if text in NONE else text for text in texts]

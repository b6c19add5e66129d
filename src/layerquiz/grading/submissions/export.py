"""The answers in a platform's export: rows become students, columns become blanks, and one attempt counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from layerquiz.exam.seal import Sealed
from layerquiz.grading.submissions.columns import Assigned, Column, assigned
from layerquiz.grading.submissions.moments import latest
from layerquiz.grading.submissions.people import People
from layerquiz.grading.submissions.table import Submissions, Table, differing, nothing, refuse_date, shown

MOST_NAMED = 40
"""Rows of which a note of their own says why they are not used; further ones share one note."""

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Export:
    """What stands where in a platform's table; `ids` and `order` are places of columns, the surest first."""

    name: str
    ids: tuple[int, ...]
    names: Callable[[Cells], list[str]]
    answers: tuple[Column, ...]
    parts: Callable[[str, int], list[str] | None]
    unfinished: Callable[[Cells], str]
    order: tuple[int, ...]
    whole: bool = True
    attempt: str = "the last finished attempt"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One row that is a student's: its number, its cells, and its answers by blank."""

    number: int
    cells: Cells
    answers: dict[str, str]


def read(sealed: Sealed, table: Table, export: Export) -> Submissions:
    """Return the answers of an export; every row that is not used is named with the reason."""
    places = assigned(table, export.answers, sealed, export.whole)
    people = People(paper.student for paper in sealed.papers)
    attempts: dict[str, list[Attempt]] = {}
    unused: list[tuple[int, str]] = []
    odd: list[str] = []
    for number, row in table.rows:
        cells = [*row, *[""] * (len(table.columns) - len(row))]
        found = people.find([cells[place].strip() for place in export.ids], export.names(cells))
        why = export.unfinished(cells) or found.why
        if why:
            unused.append((number, why))
            continue
        answers, told = _answers(table, number, cells, places, export)
        attempts.setdefault(found.student, []).append(Attempt(number, cells, answers))
        odd += told
    chosen = {student: _chosen(table, student, rows, export) for student, rows in attempts.items()}
    notes = [*places.notes, *odd, *(note for _, told in chosen.values() for note in told), *_unused(table, unused)]
    if not chosen:
        raise nothing(table, _unused(table, unused))
    return Submissions(
        {student: dict(attempt.answers) for student, (attempt, _) in chosen.items()}, export.name, tuple(notes)
    )


def _answers(
    table: Table, number: int, cells: Cells, places: Assigned, export: Export
) -> tuple[dict[str, str], list[str]]:
    """Return a row's answers by blank, and what is odd about them."""
    answers: dict[str, str] = {}
    odd = []
    for column, blanks in places.blanks.items():
        cell = cells[column.place]
        refuse_date(cell, column.title, table.at(number))
        parts = export.parts(cell, len(blanks))
        if parts is None:
            odd.append(
                f"{table.at(number)}: {shown(cell)} does not part into answers to {', '.join(blanks)}: see review.csv"
            )
            parts = [f"which of {len(blanks)} blanks? {cell}"] * len(blanks)
        answers |= dict(zip(blanks, parts, strict=True))
    return answers, odd


def _chosen(table: Table, student: str, rows: list[Attempt], export: Export) -> tuple[Attempt, list[str]]:
    """Return the attempt that counts, and a note with both answers where another one differs."""
    if len(rows) == 1:
        return rows[0], []
    places = (latest([row.cells[place].strip() for row in rows]) for place in export.order)
    place = next((place for place in places if place is not None), None)
    rule = (
        export.attempt
        if place is not None
        else f"the last one in the file, as their times do not say which is {export.attempt}"
    )
    last = rows[-1] if place is None else rows[place]
    notes = []
    for row in rows:
        different = differing(row.answers, last.answers)
        if row is last or not different:
            continue
        told = "; ".join(f"{blank} {shown(one)} and {shown(other)}" for blank, one, other in different[:3])
        more = f"; and {len(different) - 3} blanks more" if different[3:] else ""
        notes.append(
            f"{student} handed in twice, on {table.unit}s {row.number} and {last.number}: {told}{more}. "
            f"{table.unit.capitalize()} {last.number} counts: {rule}"
        )
    return last, notes


def _unused(table: Table, unused: Sequence[tuple[int, str]]) -> list[str]:
    notes = [f"{table.at(number)}: not used: {why}" for number, why in unused[:MOST_NAMED]]
    further = [str(number) for number, _ in unused[MOST_NAMED:]]
    return notes + ([f"{table.file}, {table.unit}s {', '.join(further)}: not used either"] if further else [])

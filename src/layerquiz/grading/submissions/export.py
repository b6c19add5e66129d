"""The answers in a platform's export: rows become students, columns become blanks, and one attempt counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from layerquiz.errors import ExamError
from layerquiz.exam import headings
from layerquiz.exam.seal import Sealed
from layerquiz.grading.submissions.columns import Assigned, Column, assigned
from layerquiz.grading.submissions.moments import latest
from layerquiz.grading.submissions.people import People
from layerquiz.grading.submissions.table import Submissions, Table, differing, nothing, refuse_date, shown

MOST_NAMED = 40
"""Rows of which a note of their own says why they are not used; further ones share one note."""

Cells = Sequence[str]
Places = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Export:
    """What stands where in a platform's table; `ids` and `order` are places of columns, the surest first."""

    name: str
    ids: Places
    names: Callable[[Cells], list[str]]
    answers: tuple[Column, ...]
    parts: Callable[[str, int], list[str] | None]
    order: Places
    unfinished: Callable[[Cells], str] = lambda _: ""
    whole: bool = True
    attempt: str = "the last finished attempt"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One row that is a student's: its number, its cells, its answers by blank, and what is odd about them."""

    number: int
    cells: Cells
    answers: dict[str, str]
    odd: tuple[str, ...]


def titled(table: Table, names: Sequence[str]) -> Places:
    """Return the columns that are called one of the names, in the order of the names."""
    return headings.places(table.columns, names)


def texts(places: Places, cells: Cells) -> list[str]:
    """Return what stands at some places of a row."""
    return [cells[place].strip() for place in places]


def read(sealed: Sealed, table: Table, export: Export) -> Submissions:
    """Return the answers of an export; every row that is not used is named with the reason."""
    places = assigned(table, export.answers, sealed, export.whole)
    people = People(paper.student for paper in sealed.papers)
    attempts: dict[str, list[Attempt]] = {}
    unused: list[tuple[int, str]] = []
    for number, row in table.rows:
        cells = _filled(table, number, row)
        found = people.find(texts(export.ids, cells), export.names(cells))
        why = export.unfinished(cells) or found.why
        if why:
            unused.append((number, why))
        else:
            attempts.setdefault(found.student, []).append(_attempt(table, number, cells, places, export, found.odd))
    left_out = _unused(table, unused)
    if not attempts:
        raise nothing(table, left_out)
    notes, answers = list(places.notes), {}
    for student, rows in attempts.items():
        counts, rule = _last(rows, export)
        answers[student] = counts.answers
        notes += [*counts.odd, *_differences(table, student, rows, counts, rule)]
    return Submissions(answers, export.name, (*notes, *left_out))


def _filled(table: Table, number: int, row: Cells) -> Cells:
    """Return a row with as many cells as there are columns; one with more has slipped, and nobody knows where."""
    if any(row[len(table.columns) :]):
        what = f"{len(row)} entries stand under {len(table.columns)} columns"
        cure = "Download the file again, and do not edit it; an entry that holds a comma needs double quotes"
        raise ExamError(what, where=table.at(number), cure=cure, slug="columns")
    return [*row, *[""] * (len(table.columns) - len(row))]


def _attempt(table: Table, number: int, cells: Cells, places: Assigned, export: Export, who: str) -> Attempt:
    """Return a row's answers by blank; what does not come apart is left to a person."""
    answers: dict[str, str] = {}
    odd = [f"{table.at(number)}: {who}"] if who else []
    for column, blanks in places.blanks.items():
        cell = cells[column.place]
        refuse_date(cell, column.title, table.at(number))
        parts = export.parts(cell, len(blanks))
        if parts is None:
            why = f"does not part into answers to {', '.join(blanks)}: see review.csv"
            odd.append(f"{table.at(number)}: {shown(cell)} {why}")
            parts = [f"which of {len(blanks)} blanks? {cell}"] * len(blanks)
        answers |= dict(zip(blanks, parts, strict=True))
    return Attempt(number, cells, answers, tuple(odd))


def _last(rows: Sequence[Attempt], export: Export) -> tuple[Attempt, str]:
    """Return the attempt that counts, and the rule."""
    for place in export.order:
        last = latest([row.cells[place].strip() for row in rows])
        if last is not None:
            return rows[last], export.attempt
    return rows[-1], f"the last one in the file, as their times do not say which is {export.attempt}"


def _differences(table: Table, student: str, rows: Sequence[Attempt], counts: Attempt, rule: str) -> Iterator[str]:
    """Yield a note for each attempt that differs from the one that counts, with both answers."""
    for row in rows:
        different = differing(row.answers, counts.answers)
        if different:
            told = "; ".join(f"{blank} {shown(one)} and {shown(other)}" for blank, one, other in different[:3])
            more = f"; and {len(different) - 3} blanks more" if different[3:] else ""
            yield (
                f"{student} handed in twice, on {table.unit}s {row.number} and {counts.number}: {told}{more}. "
                f"{table.unit.capitalize()} {counts.number} counts: {rule}"
            )


def _unused(table: Table, unused: Sequence[tuple[int, str]]) -> list[str]:
    notes = [f"{table.at(number)}: not used: {why}" for number, why in unused[:MOST_NAMED]]
    further = [str(number) for number, _ in unused[MOST_NAMED:]]
    return notes + ([f"{table.file}, {table.unit}s {', '.join(further)}: not used either"] if further else [])

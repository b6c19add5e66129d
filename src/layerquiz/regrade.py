"""Grading again: corrections beside the exam, decisions in review.csv, and what changes in grades that are there."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from layerquiz import csv_files, files
from layerquiz.errors import LayerquizError
from layerquiz.exam.exam import Exam
from layerquiz.exam.seal import Sealed
from layerquiz.grading import corrections as written
from layerquiz.grading import review
from layerquiz.grading.corrected import BY_HAND, PLACES, Change, corrected
from layerquiz.grading.corrections import Corrections
from layerquiz.grading.grade import Report
from layerquiz.grading.policy_keys import number
from layerquiz.grading.review import Decision
from layerquiz.grading.story import FORMAT
from layerquiz.network.notation import printable
from layerquiz.render.questions import decimal

GRADES, CHANGES = "grades.csv", "changes.csv"
COLUMNS = ("student", "blank", "before", "after", "why")
MOST_SHOWN = 200
LONGEST_WHY = 80


@dataclass(frozen=True, slots=True)
class Difference:
    """One mark that stands in the grades already and would be another: both as they are written."""

    student: str
    blank: str
    before: str
    after: str
    why: str

    def as_json(self) -> dict[str, Any]:
        """Return the difference as plain data."""
        return dict(zip(COLUMNS, (self.student, self.blank, self.before, self.after, self.why), strict=True))


class ChangedGradesError(LayerquizError):
    """Grades that are there would change, and nobody has said that they may."""

    slug = "grades-change"

    def __init__(self, where: str, differences: Sequence[Difference]) -> None:
        marks = "1 mark that is there" if len(differences) == 1 else f"{len(differences)} marks that are there"
        cure = "Give --force to write the new grades, or write into another folder"
        super().__init__(f"{marks} would change", where=where, why="Nothing was written", cure=cure)
        self.differences = tuple(differences)

    def __str__(self) -> str:
        return "\n".join((super().__str__(), *table(self.differences)))

    def as_json(self) -> dict[str, Any]:
        """Return the differences as plain data."""
        return {"format": FORMAT, "differences": [difference.as_json() for difference in self.differences]}


@dataclass(frozen=True, slots=True)
class Regraded:
    """A report with corrections and decisions in it, what they changed, and the decisions that were used."""

    report: Report
    changes: tuple[Change, ...]
    decided: Mapping[tuple[str, str], Decision]
    has_corrections: bool

    def change_rows(self) -> Iterator[Sequence[object]]:
        """Yield what the corrections changed, as a table."""
        yield COLUMNS
        for change in self.changes:
            yield change.student, change.blank, decimal(change.before), decimal(change.after), change.why


def regraded(
    source: Path, target: Path, file: str | None, sealed: Sealed, report: Report, again: Callable[[Exam], Report]
) -> Regraded:
    """Return a report with what `file` (else corrections.yaml beside the exam) and review.csv in the target say.

    `again` grades the same answers to another exam: one whose changed policy reads them otherwise.
    """
    corrections = _corrections(source, file, sealed)
    decided, notes = review.still_right(_decisions(target, sealed), report)
    points = {place: decision.points for place, decision in decided.items()}
    new, changes = corrected(report, corrections, points, _kept(target), again)
    if notes:
        new = replace(new, notes=(*new.notes, *notes))
    return Regraded(new, changes, decided, corrections is not None or files.is_file(target / CHANGES))


def _corrections(source: Path, file: str | None, sealed: Sealed) -> Corrections | None:
    name = file or str(source / written.FILE)
    if file is None and not files.is_file(name):
        return None
    return written.parse(files.read_text(name), name, sealed.exam, sealed.papers)


def _decisions(target: Path, sealed: Sealed) -> dict[tuple[str, str], Decision]:
    path = target / review.FILE
    found = csv_files.read_rows(path) if files.is_file(path) else []
    if not found:
        return {}
    return review.decisions(str(path), found[0].cells, [(row.line, row.cells) for row in found[1:]], sealed.papers)


def _kept(target: Path) -> dict[tuple[str, str], Fraction]:
    """Return the points that earlier corrections gave."""
    found = {}
    for row in _rows(target / CHANGES, COLUMNS):
        student, blank, _, after, why = row.cells
        points = number(after)
        if points is not None and why != BY_HAND:
            found[student, blank] = points
    return found


def _rows(path: Path, columns: Sequence[str]) -> list[csv_files.Row]:
    """Return the rows of a table that an earlier run wrote with some columns; none where there is no such table."""
    rows: list[csv_files.Row] = []
    with contextlib.suppress(LayerquizError):  # it was spoilt since; whether it may be replaced is asked elsewhere
        rows = csv_files.read_rows(path) if files.is_file(path) else []
    if not rows or rows[0].cells != tuple(columns):
        return []
    return [row for row in rows[1:] if len(row.cells) == len(columns)]


def differences(target: Path, found: Regraded) -> list[Difference]:
    """Return the marks that stand in the grades of a folder and would be others, with the reasons."""
    names = list(found.report.results[0].blanks)
    before = {row.cells[0]: row.cells[1:-1] for row in _rows(target / GRADES, ("student", *names, "total"))}
    whys = {(change.student, change.blank): change.why for change in found.changes}
    changed = []
    for result in found.report.results:
        student = result.paper.student.id
        for name, old in zip(names, before.get(student, ()), strict=False):
            graded = result.blanks[name]
            new = decimal(graded.mark.points) if result.handed_in else ""
            if not _same(old, new):
                why = whys.get((student, name), graded.mark.reason if result.handed_in else "nothing was handed in")
                changed.append(Difference(student, name, old, new, why))
    return changed


def _same(old: str, new: str) -> bool:
    """Say whether two cells have the same points, however a spreadsheet writes them."""
    if old == new:
        return True
    one, other = number(old), number(new)
    if one is None or other is None:
        return False
    return round(one, PLACES) == round(other, PLACES)


def table(found: Sequence[Difference]) -> list[str]:
    """Return differences as the lines of a table, and below it how many students gain and lose."""
    cells = [(d.student, d.blank, d.before or "-", d.after or "-", d.why[:LONGEST_WHY]) for d in found[:MOST_SHOWN]]
    shown = [tuple(map(printable, row)) for row in cells]
    widths = [max(len(row[place]) for row in (COLUMNS, *shown)) for place in range(4)]
    lines = [
        "  ".join((*(cell.ljust(width) for cell, width in zip(row[:4], widths, strict=True)), row[4]))
        for row in (COLUMNS, *shown)
    ]
    more = [f"... and {len(found) - MOST_SHOWN:,} more; --json lists all"] if len(found) > MOST_SHOWN else []
    return [*lines, *more, _balance(found)]


def _balance(found: Sequence[Difference]) -> str:
    """Say how many students gain and lose, over all of their blanks."""
    sums: dict[str, Fraction] = {}
    for difference in found:
        gained = (number(difference.after) or 0) - (number(difference.before) or Fraction(0))
        sums[difference.student] = sums.get(difference.student, Fraction(0)) + gained
    gain, lose = (sum(1 for change in sums.values() if sign * change > 0) for sign in (1, -1))
    return f"{gain} {'student gains' if gain == 1 else 'students gain'}, {lose} {'loses' if lose == 1 else 'lose'}."

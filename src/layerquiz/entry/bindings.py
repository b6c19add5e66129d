"""`bindings.csv` beside a sealed exam: which student has which spare paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from pathlib import Path

from layerquiz import csv_files, files
from layerquiz.errors import ExamError, nearest
from layerquiz.exam.exam import Paper
from layerquiz.exam.seating import PREFIX, SPARE
from layerquiz.grading.spares import BINDINGS, Binding
from layerquiz.grading.submissions.table import shown

FILE = BINDINGS
COLUMNS = ("paper", "student", "name", "by", "at")
REQUIRED = COLUMNS[:3]


def read(folder: Path, papers: Sequence[Paper]) -> list[Binding]:
    """Return the bindings of an exam's folder; none where nobody has made any. Raises `ExamError` with the line."""
    path = folder / FILE
    rows = csv_files.read_rows(path) if files.is_file(path) else []
    if not rows:
        return []
    missing = [column for column in REQUIRED if column not in rows[0].cells]
    if missing:
        cure = f"Begin it with: {','.join(REQUIRED)}"
        what = f'the column "{missing[0]}" is missing'
        raise ExamError(what, where=f"{path}, line 1", cure=cure, slug="missing-column")
    spares = {paper.student.id for paper in papers if paper.is_spare}
    found: list[Binding] = []
    for row in rows[1:]:
        cells = dict(zip(rows[0].cells, map(_trimmed, row.cells), strict=False))
        binding = Binding(_paper(cells["paper"]), *(cells.get(column, "") for column in COLUMNS[1:]))
        try:
            check(binding, found, spares)
        except ExamError as error:
            raise error.at(f"{path}, line {row.line}") from None
        found.append(binding)
    return found


def check(binding: Binding, others: Iterable[Binding], spares: Iterable[str]) -> None:
    """Refuse a paper that is no spare, and a paper or a student that is bound already."""
    known = sorted(spares)
    if binding.paper not in known:
        cure = nearest(binding.number, [name.removeprefix(PREFIX) for name in known]) or "The exam has no spare papers"
        raise ExamError(f"there is no spare paper {shown(binding.number)}", cure=cure, slug="unknown-paper")
    if not binding.student or not binding.name:
        what, cure = (
            f"spare paper {binding.number} has no student",
            "Write the student's id and name, or remove the line",
        )
        raise ExamError(what, cure=cure, slug="roster-line")
    if SPARE.fullmatch(binding.student):
        what, cure = f"{shown(binding.student)} is a paper, not a student", "Write the student's own id"
        raise ExamError(what, cure=cure, slug="unknown-student")
    for other in others:
        if other.paper == binding.paper and other.student != binding.student:
            what = f"spare paper {binding.number} is bound to {shown(other.student)} already"
            raise ExamError(what, cure=f"Change its line in {FILE}", slug="doubled-binding")
        if other.student == binding.student:
            what = f"the student {shown(binding.student)} has spare paper {other.number} already"
            raise ExamError(what, cure=f"Change its line in {FILE}", slug="doubled-binding")


def add(folder: Path, binding: Binding, papers: Sequence[Paper]) -> list[Binding]:
    """Write a binding beside the others and return all of them; the file is replaced as a whole."""
    there = read(folder, papers)
    check(binding, there, (paper.student.id for paper in papers if paper.is_spare))
    write(folder, [*there, binding])
    return [*there, binding]


def write(folder: Path, bindings: Iterable[Binding]) -> None:
    """Write the bindings of an exam's folder."""
    files.write(str(folder / FILE), text(bindings), force=True)


def text(bindings: Iterable[Binding]) -> str:
    """Return bindings as the text of their file."""
    return csv_files.csv_text(_rows(bindings))


def _rows(bindings: Iterable[Binding]) -> Iterator[Sequence[str]]:
    yield COLUMNS
    for binding in bindings:
        yield (binding.number, *astuple(binding)[1:])


def _paper(cell: str) -> str:
    return cell if cell.startswith(PREFIX) else f"{PREFIX}{cell}"


def _trimmed(cell: str) -> str:
    return " ".join(cell.split())

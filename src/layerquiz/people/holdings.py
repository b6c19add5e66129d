"""What of an exam's folder is about students: the seal, tables with a row for each, files made for them, the record."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from layerquiz import csv_files, files, lists
from layerquiz.engine import boxes
from layerquiz.entry import bindings, record
from layerquiz.errors import ExamError, nearest
from layerquiz.exam.seal import Sealed
from layerquiz.grading.spares import Binding, settled
from layerquiz.press.names import FOLDERS, PAPERS, SOLUTIONS, TEX, file_names
from layerquiz.press.opened import SEAL_LIMIT
from layerquiz.vault import places
from layerquiz.vault.stored import ENDING, Passphrase, read_data

TABLE = ".csv"
MADE = ("grades/grades.xlsx", "grades/canvas.csv", "grades/moodle.csv", "grades/report.html", "grades/summary.md")
SLIDES = "grades/slides.pdf"
PRINTED, GRADED = (PAPERS, SOLUTIONS, TEX), ("grades/feedback", "grades/practice")
"""Folders that have files for single students: called as the papers are, and as those who were graded are."""

FOR_ALL = tuple(f"{name}/{name}.pdf" for name in FOLDERS)


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file of the folder with a column `student`: its first line and its rows."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def place(self) -> int:
        """Return the place of the column `student`."""
        return self.head.index("student")

    def of(self, ids: Collection[str]) -> list[dict[str, str]]:
        """Return the rows of some students."""
        found = (row for row in self.rows if row[self.place] in ids)
        return [dict(zip(self.head, row, strict=False)) for row in found]


class Holdings:
    """An exam's folder, read. `plain` is its seal as it is written."""

    def __init__(self, folder: Path, plain: Mapping[str, Any], sealed: Sealed, passphrase: Passphrase) -> None:
        self.folder, self.plain, self.sealed, self.passphrase = folder, plain, sealed, passphrase
        self.bindings = bindings.read(folder, sealed.papers)
        self.ids = [paper.student.id for paper in sealed.papers]
        self.file_names = named_files(sealed, self.bindings)
        self._owners = {(folder, name): who for folder, names in self.file_names.items() for who, name in names.items()}
        self.paths = places.paths_below(folder)

    @property
    def students(self) -> dict[str, str]:
        """Return the names of all students by id: those of the seal, and those who have nothing but a spare paper."""
        own = {paper.student.id: paper.student.name for paper in self.sealed.papers if not paper.is_spare}
        return own | {found.student: found.name for found in self.bindings if found.student not in own}

    def check(self, student: str) -> None:
        """Refuse a student whom the folder does not know."""
        if student not in self.students:
            what = f'no student has the id "{student[:60]}"'
            raise ExamError(what, cure=nearest(student, self.students), slug="unknown-student")

    def binding(self, student: str) -> Binding | None:
        """Return which spare paper a student has."""
        return next((found for found in self.bindings if found.student == student), None)

    def called(self, student: str) -> tuple[str, ...]:
        """Return the ids under which a student's answers may stand: their own, and their spare paper's."""
        spare = self.binding(student)
        return (student,) if spare is None else (student, spare.paper)

    def read(self, name: str) -> bytes:
        """Return a file of the folder, whether it is locked or not."""
        return read_data(self.folder, name, SEAL_LIMIT, self.passphrase)

    def has(self, name: str) -> bool:
        """Say whether a file is there, locked or not."""
        return name in self.paths or f"{name}{ENDING}" in self.paths

    def forms(self, names: Collection[str]) -> list[str]:
        """Return the paths of files that are there, locked or not."""
        return [path for path in self.paths if path.removesuffix(ENDING) in names]

    def tables(self) -> Iterator[tuple[str, Table]]:
        """Yield the tables with a row for each student, by their paths."""
        for path in self.paths:
            name = path.removesuffix(ENDING)
            if (
                name.endswith(TABLE)
                and name not in MADE
                and name != bindings.FILE
                and not name.startswith(lists.FOLDER)
            ):
                found = csv_files.csv_rows(files.decoded(self.read(name), name), name)
                if found and "student" in found[0].cells:
                    width = found[0].cells.index("student")
                    yield name, Table(found[0].cells, tuple(row.cells for row in found[1:] if len(row.cells) > width))

    def made_of(self, student: str) -> list[str]:
        """Return the paths of the files that were made for one student, locked or not."""
        ids = self.called(student)
        return [path for path in self.paths if self.owner(path) in ids]

    def made(self) -> list[str]:
        """Return the paths of all files that were made for students one by one, but not of those for all."""
        return [path for path in self.paths if self.owner(path)]

    def about_all(self) -> list[str]:
        """Return the paths of files that were made of all students together, and can be made again."""
        names = {*MADE, SLIDES, *FOR_ALL, lists.MASTER}
        return [*self.forms(names), *(path for path in self.paths if path.startswith(f"{lists.FOLDER}/"))]

    def owner(self, path: str) -> str:
        """Return whose file one is; nothing where it is nobody's."""
        folder, _, file = path.removesuffix(ENDING).rpartition("/")
        return self._owners.get((folder, file.rpartition(".")[0]), "")

    def strange(self, taken: Collection[str]) -> list[str]:
        """Return the paths of files that are not ours: nothing here looks into them."""
        return [path for path in self.paths if path not in {*taken, *self.made(), *self.about_all(), boxes.FILE}]


def named_files(sealed: Sealed, bound: Sequence[Binding]) -> dict[str, dict[str, str]]:
    """Return what the files of each student are called, by folder and id."""
    graded, _ = settled(sealed, {}, bound)
    found: dict[str, dict[str, str]] = {}
    for folders, papers in ((PRINTED, sealed.papers), (GRADED, graded.papers)):
        ids = [paper.student.id for paper in papers]
        names = dict(zip(ids, file_names(ids), strict=True))
        found |= dict.fromkeys(folders, names)
    return found


def exported(found: Holdings, student: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return all that a folder holds about a student: as plain data, and the files that were made for them."""
    ids = found.called(student)
    plain: Sequence[Mapping[str, Any]] = found.plain["papers"]
    spare = found.binding(student)
    data: dict[str, Any] = {
        "format": 1,
        "exam": {key: found.plain[key] for key in ("title", "course", "date", "hash")},
        "student": {"id": student, "name": found.students[student]},
        "papers": [{"number": n, **paper} for n, paper in enumerate(plain, 1) if paper["student"] in ids],
        "spare": None if spare is None else {"paper": spare.number, "by": spare.by, "at": spare.at},
        "typed": [],
        "tables": {name: rows for name, table in found.tables() if (rows := table.of(ids))},
    }
    if found.has(record.FILE):
        with record.copied(found.folder) as typed:
            keys = ("paper", "blank", "answer", "by", "at", "settles")
            data["typed"] = [
                {key: getattr(each, key) for key in keys} for each in typed.all_typed() if each.paper in ids
            ]
    names = [path.removesuffix(ENDING) for path in found.made_of(student)]
    return data, {name: found.read(name) for name in names}

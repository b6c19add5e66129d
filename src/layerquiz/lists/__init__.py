"""What is printed around an exam: lists for rooms and graders, and the instructor's master. Nothing here is a paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from layerquiz import csv_files, engine
from layerquiz.exam.assumptions import Gathered
from layerquiz.exam.exam import Exam, Paper
from layerquiz.exam.proof import FILE as PROOF
from layerquiz.grading.policy import assumed, policies
from layerquiz.languages import Words
from layerquiz.lists import around, marking
from layerquiz.lists.erratum import erratum
from layerquiz.lists.keys import Keys
from layerquiz.lists.master import master
from layerquiz.lists.proof import proof
from layerquiz.lists.rooms import rooms
from layerquiz.render.layout import Layout
from layerquiz.render.lists import List, Rows, lists
from layerquiz.render.look import Look
from layerquiz.tables.workbook import workbook

FOLDER = "lists"
MASTER = "master.pdf"
PACKING, ATTENDANCE, SEATS, LABELS = (f"{FOLDER}/{name}.pdf" for name in ("packing", "attendance", "seats", "labels"))


class Documents:
    """The files around an exam: tables for spreadsheets, and lists that are printed only when they are asked for.

    The lists of one PDF stand on pages of their own, each counted by itself.
    """

    def __init__(self, exam: Exam, papers: Sequence[Paper], words: Words) -> None:
        self.exam, self.papers, self.words = exam, papers, words
        self.rooms = rooms(papers)

    @property
    def tables(self) -> dict[str, bytes]:
        """Return the tables by their names in the exam's folder."""
        attending = list(around.attendance_rows(self.rooms))
        return {
            f"{FOLDER}/attendance.csv": csv_files.csv_text(attending).encode(),
            f"{FOLDER}/attendance.xlsx": workbook(attending, title="attendance"),
        }

    @property
    def pdfs(self) -> tuple[str, ...]:
        """Return the names of the PDFs in the exam's folder."""
        marking = (_marking(number) for number, _ in self.papers[0].numbered)
        seats = [SEATS] if any(around.has_plan(room) for room in self.rooms) else []
        return (MASTER, *marking, PACKING, ATTENDANCE, *seats, LABELS)

    def lists(self, assumptions: Sequence[str] | None = None) -> Iterator[tuple[str, tuple[List, ...]]]:
        """Yield the lists of each PDF with its name; `assumptions`, found where none are given, stand on the papers."""
        if assumptions is None:
            asked = (question for paper in self.papers for question in paper.numbered)
            assumptions = assumed(self.exam, Gathered.of(asked))
        yield from self._keyed(assumptions)
        yield from self._for_rooms()

    def printed(self, assumptions: Sequence[str] | None = None) -> dict[str, bytes]:
        """Return the PDFs by their names. Raises `OutsideError`."""
        return printed(self.exam, self.lists(assumptions))

    def _keyed(self, said: Sequence[str]) -> Iterator[tuple[str, tuple[List, ...]]]:
        """Yield by its name what holds right answers."""
        keys = Keys(self.papers)
        yield MASTER, master(self.exam, keys, said, self.words)
        for place, policy in enumerate(policies(self.exam)):
            number = next(iter(keys.drawings[place].values())).number
            yield _marking(number), tuple(marking.sheet(self.exam, keys, place, policy, self.words))

    def _for_rooms(self) -> Iterator[tuple[str, tuple[List, ...]]]:
        """Yield by its name what goes to the rooms."""
        yield PACKING, tuple(around.packing(self.exam, room, self.words) for room in self.rooms)
        yield ATTENDANCE, tuple(around.attendance(self.exam, room, self.words) for room in self.rooms)
        plans = tuple(around.plan(self.exam, room, self.words) for room in self.rooms if around.has_plan(room))
        if plans:
            yield SEATS, plans
        yield LABELS, (around.labels(self.exam, self.rooms, self.words),)


CELLS_PER_RUN = 100_000
"""Tables with so many cells are set in one run of TeX: more would take the memory that papers need."""
SECONDS, CELLS_PER_SECOND = 60.0, 1_000
"""How long a run may take, on a machine that does much else: so long, and longer with many cells."""


def printed(exam: Exam, found: Iterable[tuple[str, Sequence[List]]]) -> dict[str, bytes]:
    """Return PDFs of an exam by their names, each of some lists, made in one run of TeX where they are short.

    Lists are asked for as they are needed. Raises `OutsideError`.
    """
    look = Look(exam.language, Layout(exam.paper_size))
    pdfs: dict[str, bytes] = {}
    waiting: dict[str, Sequence[List]] = {}
    for name, those in found:
        if waiting and _cells(waiting) + _cells({name: those}) > CELLS_PER_RUN:
            pdfs |= _printed(waiting, look)
            waiting = {}
        waiting[name] = those
    return pdfs | _printed(waiting, look)


def _cells(found: Mapping[str, Sequence[List]]) -> int:
    tables = (item for those in found.values() for each in those for item in each.items if isinstance(item, Rows))
    return sum(len(table.rows) * len(table.columns) for table in tables)


def _printed(found: Mapping[str, Sequence[List]], look: Look) -> dict[str, bytes]:
    kinds = {name: f"list{place}" for place, name in enumerate(found)}
    source = lists({f"{kinds[name]}/{part}": each for name in found for part, each in enumerate(found[name], 1)}, look)
    parts = engine.typeset(source.text, source.parts, seconds=SECONDS + _cells(found) / CELLS_PER_SECOND)
    return {name: parts[kind] for name, kind in kinds.items()}


def is_secret(name: str) -> bool:
    """Say whether a file around an exam holds right answers."""
    return name in (MASTER, PROOF) or name.startswith(_marking("").removesuffix(".pdf"))


def _marking(number: str) -> str:
    return f"{FOLDER}/marking-{number}.pdf"


__all__ = ["PROOF", "Documents", "erratum", "is_secret", "printed", "proof"]

"""What is printed around an exam: lists for rooms and graders, and the instructor's master. Nothing here is a paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from layerquiz import engine, files
from layerquiz.exam.assumptions import sentences
from layerquiz.exam.exam import Exam, Paper
from layerquiz.grading.policy import Policy, policies
from layerquiz.languages import Words
from layerquiz.lists import around, marking
from layerquiz.lists.keys import Keys
from layerquiz.lists.master import master
from layerquiz.lists.rooms import rooms
from layerquiz.render.lists import List, lists
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
            f"{FOLDER}/attendance.csv": files.csv_text(attending).encode(),
            f"{FOLDER}/attendance.xlsx": workbook(attending, title="attendance"),
        }

    @property
    def pdfs(self) -> tuple[str, ...]:
        """Return the names of the PDFs in the exam's folder."""
        marking = (_marking(number) for number, _ in self.papers[0].numbered)
        seats = [SEATS] if any(around.has_plan(room) for room in self.rooms) else []
        return (MASTER, *marking, PACKING, ATTENDANCE, *seats, LABELS)

    def lists(self, assumptions: Sequence[str] | None = None) -> dict[str, tuple[List, ...]]:
        """Return the lists of each PDF; `assumptions` are the sentences on the papers, found where none are given."""
        said = _assumptions(self.exam, self.papers) if assumptions is None else assumptions
        return {**dict(self._keyed(said)), **dict(self._for_rooms())}

    def printed(self, assumptions: Sequence[str] | None = None) -> dict[str, bytes]:
        """Return the PDFs by their names, all made in one run of TeX. Raises `OutsideError`."""
        found = self.lists(assumptions)
        kinds = {name: f"list{place}" for place, name in enumerate(found)}
        source = lists({f"{kinds[name]}/{part}": each for name in found for part, each in enumerate(found[name], 1)})
        parts = engine.typeset(source.text, source.parts)
        return {name: parts[kind] for name, kind in kinds.items()}

    def _keyed(self, said: Sequence[str]) -> Iterator[tuple[str, tuple[List, ...]]]:
        """Yield by its name what holds right answers."""
        keys = Keys(self.papers)
        yield MASTER, master(self.exam, keys, said, self.words)
        for place, policy in enumerate(policies(self.exam)):
            number = next(iter(keys.drawings[place].values())).number
            yield _marking(number), (marking.sheet(self.exam, keys, place, policy, self.words),)

    def _for_rooms(self) -> Iterator[tuple[str, tuple[List, ...]]]:
        """Yield by its name what goes to the rooms."""
        yield PACKING, tuple(around.packing(self.exam, room, self.words) for room in self.rooms)
        yield ATTENDANCE, tuple(around.attendance(self.exam, room, self.words) for room in self.rooms)
        plans = tuple(around.plan(self.exam, room, self.words) for room in self.rooms if around.has_plan(room))
        if plans:
            yield SEATS, plans
        yield LABELS, (around.labels(self.exam, self.rooms, self.words),)


def documents(exam: Exam, papers: Sequence[Paper], words: Words) -> Documents:
    """Return what is printed around an exam whose papers are drawn."""
    return Documents(exam, papers, words)


def is_secret(name: str) -> bool:
    """Say whether a file around an exam holds right answers."""
    return name == MASTER or name.startswith(_marking("").removesuffix(".pdf"))


def _marking(number: str) -> str:
    return f"{FOLDER}/marking-{number}.pdf"


def _assumptions(exam: Exam, papers: Sequence[Paper]) -> tuple[str, ...]:
    exact = Policy.of(exam.policy).asks_exact
    return sentences([question for paper in papers for question in paper.numbered], exact, exam.aids)

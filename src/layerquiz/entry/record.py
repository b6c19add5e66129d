"""What was typed from papers: one SQLite file beside the sealed exam, with who typed each answer and when.

Nothing that was typed is lost: a later answer stands beside the earlier one. Where two people typed a blank
differently, one of them says which answer counts.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from layerquiz import database

FILE = "entered.sqlite3"
TABLE = """
CREATE TABLE typed (
    id INTEGER PRIMARY KEY, paper TEXT NOT NULL, blank TEXT NOT NULL, answer TEXT NOT NULL,
    by TEXT NOT NULL, at TEXT NOT NULL, settles INTEGER NOT NULL
)"""
SCHEMAS = ((TABLE, "CREATE INDEX by_paper ON typed (paper)"),)
KIND = database.Kind(0x4C515A45, SCHEMAS, "entry", "work in a copy of the exam's folder", "entry")


@dataclass(frozen=True, slots=True)
class Typed:
    """One answer as somebody typed it; `settles` says that it was chosen where two people differed."""

    paper: str
    blank: str
    answer: str
    by: str
    at: str
    settles: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """What was typed into one blank: the last answer of each person since it was last settled, the settled one first.

    `people` are all who have typed it.
    """

    latest: tuple[Typed, ...]
    people: tuple[str, ...]

    @property
    def answers(self) -> tuple[str, ...]:
        """Return the different answers that stand against each other: one where all agree."""
        return tuple(dict.fromkeys(typed.answer for typed in self.latest))

    def of(self, person: str) -> str:
        """Return the answer of one person, or what was settled."""
        own = [typed.answer for typed in self.latest if typed.by == person and not typed.settles]
        return own[-1] if own else self.answers[0]

    @property
    def is_open(self) -> bool:
        """Say whether people differ, and nobody has said which answer counts."""
        return len(self.answers) > 1


class Record:
    """The file of one exam. Each answer is one transaction, so that a session may end at any moment."""

    def __init__(self, file: database.Database) -> None:
        self._file = file

    def keep(self, typed: Typed) -> None:
        """Add one answer."""
        with self._file.changing() as change:
            row = (typed.paper, typed.blank, typed.answer, typed.by, typed.at, typed.settles)
            change("INSERT INTO typed VALUES (NULL, ?, ?, ?, ?, ?, ?)", *row)

    def of(self, paper: str) -> dict[str, Entered]:
        """Return what was typed of a paper, by blank."""
        return self._entered("WHERE paper = ?", paper).get(paper, {})

    def entered(self) -> dict[str, dict[str, Entered]]:
        """Return all that was typed, by paper and blank, in the order in which papers were begun."""
        return self._entered("")

    def all_typed(self) -> list[Typed]:
        """Return every answer in the order in which they were typed."""
        return self._typed("")

    def alone(self, work: Callable[[], None]) -> None:
        """Do some work while no other session writes."""
        with self._file.changing():
            work()

    def renamed(self, names: Mapping[str, str]) -> None:
        """Give papers other names."""
        with self._file.changing() as change:
            for old, new in names.items():
                change("UPDATE typed SET paper = ? WHERE paper = ?", new, old)
        self._file.shrink()

    def forget(self, papers: Iterable[str]) -> None:
        """Remove all that was typed of some papers."""
        with self._file.changing() as change:
            for paper in papers:
                change("DELETE FROM typed WHERE paper = ?", paper)
        self._file.shrink()

    def content(self) -> bytes:
        """Return the bytes of the file."""
        return self._file.content()

    def _entered(self, where: str, *values: object) -> dict[str, dict[str, Entered]]:
        found: dict[str, dict[str, list[Typed]]] = {}
        for typed in self._typed(where, *values):
            found.setdefault(typed.paper, {}).setdefault(typed.blank, []).append(typed)
        return {paper: {blank: _stands(all_) for blank, all_ in blanks.items()} for paper, blanks in found.items()}

    def _typed(self, where: str, *values: object) -> list[Typed]:
        question = f"SELECT paper, blank, answer, by, at, settles FROM typed {where} ORDER BY id"  # noqa: S608 -- ours
        rows: list[tuple[str, str, str, str, str, int]] = self._file.rows(question, *values)
        return [Typed(paper, blank, answer, by, at, bool(last)) for paper, blank, answer, by, at, last in rows]


def _stands(found: Iterable[Typed]) -> Entered:
    """Return what stands of all that was typed into one blank."""
    latest: dict[str, Typed] = {}
    people: dict[str, None] = {}
    for typed in found:
        if typed.settles:
            latest.clear()
        latest["" if typed.settles else typed.by] = typed
        people[typed.by] = None
    return Entered(tuple(latest.values()), tuple(people))


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Record]:
    """Open the record of an exam's folder, or begin it."""
    with database.opened(folder / FILE, KIND) as file:
        yield Record(file)


@contextlib.contextmanager
def copied(folder: Path) -> Iterator[Record]:
    """Open a copy of the record of an exam's folder in memory."""
    with database.copied(folder / FILE, KIND) as file:
        yield Record(file)

"""What somebody has practised: one SQLite file with every answer, and a box for each mistake that was made.

The boxes are Leitner's: what was missed goes into the first and comes again after one day; each time it goes right at
the first try it rises a box, and the days until it comes again double: 1, 2, 4, 8, 16. Above the last box it is learnt.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, TypeAlias

from layerquiz import database

DAYS = (1, 2, 4, 8, 16)
"""How many days pass in each box until what lies in it is asked again."""

LEARNT = len(DAYS) + 1
ANSWERS = """
CREATE TABLE answers (
    id INTEGER PRIMARY KEY, day TEXT NOT NULL, template TEXT NOT NULL, topic TEXT NOT NULL, blank TEXT NOT NULL,
    try INTEGER NOT NULL, verdict TEXT NOT NULL, fits INTEGER NOT NULL
)"""
NAMED = "CREATE TABLE named (answer INTEGER NOT NULL REFERENCES answers, slug TEXT NOT NULL)"
BOXES = """
CREATE TABLE boxes (
    sort TEXT NOT NULL, name TEXT NOT NULL, template TEXT NOT NULL, box INTEGER NOT NULL, due TEXT NOT NULL,
    missed INTEGER NOT NULL, PRIMARY KEY (sort, name)
)"""
SCHEMAS = ((ANSWERS, NAMED, BOXES),)
"""The statements that lead from each version of the file to the next."""

KIND = database.Kind(0x4C515A50, SCHEMAS, "practice", "name another file with --data", "practice")

Sort: TypeAlias = Literal["mistake", "question"]


@dataclass(frozen=True, slots=True)
class Missed:
    """What lies in a box: a mistake by its slug or, where no mistake explained the answer, a question by its template.

    `template` is where it was made last, `due` the day from which it is asked again, `times` how often it was made.
    """

    sort: Sort
    name: str
    template: str
    box: int
    due: date
    times: int

    @property
    def is_learnt(self) -> bool:
        """Say whether it has risen above the last box."""
        return self.box == LEARNT


@dataclass(frozen=True, slots=True)
class Answered:
    """One try at one blank; `named` are the mistakes that explain it, `fits` says whether it counts as right."""

    template: str
    topic: str
    blank: str
    attempt: int
    verdict: str
    fits: bool
    named: tuple[str, ...] = ()


def usual_path() -> Path:
    """Return where a person's file lies unless another is named: in the folder that the system has for such data."""
    from platformdirs import user_data_path

    return user_data_path("layerquiz", appauthor=False) / "practice.sqlite3"


class Progress:
    """The file of one person. Each change is one transaction, so that several sessions may write side by side."""

    def __init__(self, file: database.Database) -> None:
        self._file = file

    def keep(self, answered: Answered, today: date) -> None:
        """Remember one try; what is missed at the first one goes into the first box."""
        row = (answered.template, answered.topic, answered.blank, answered.attempt, answered.verdict, answered.fits)
        with self._file.changing() as change:
            cursor = change("INSERT INTO answers VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)", today.isoformat(), *row)
            for slug in answered.named:
                change("INSERT INTO named VALUES (?, ?)", cursor.lastrowid, slug)
            if not answered.fits and answered.attempt == 1:
                missed = [("mistake", slug) for slug in answered.named] or [("question", answered.template)]
                for sort, name in missed:
                    change(
                        "INSERT INTO boxes VALUES (?, ?, ?, 1, ?, 1) ON CONFLICT DO UPDATE "
                        "SET template = excluded.template, box = 1, due = excluded.due, missed = missed + 1",
                        *(sort, name, answered.template, _later(today, DAYS[0])),
                    )

    def rise(self, template: str, shown: Collection[str], today: date) -> None:
        """Move up by one box what is due and went right: the question itself, and the mistakes that it would show."""
        with self._file.changing() as change:
            for found in self.due(today):
                if found.name in shown if found.sort == "mistake" else found.name == template:
                    box = min(found.box + 1, LEARNT)
                    due = date.max.isoformat() if box == LEARNT else _later(today, DAYS[box - 1])
                    change("UPDATE boxes SET box = ?, due = ? WHERE sort = ? AND name = ?", box, due, *_key(found))

    def due(self, today: date) -> list[Missed]:
        """Return what is to be asked again today, what waits longest first."""
        return [found for found in self.missed() if found.due <= today and not found.is_learnt]

    def missed(self) -> list[Missed]:
        """Return all that lies in the boxes, what is due first before what is due later."""
        rows = self._file.rows("SELECT sort, name, template, box, due, missed FROM boxes ORDER BY due, box, name")
        with self._file.told():
            return [
                Missed(sort, name, made_in, box, date.fromisoformat(due), times)
                for sort, name, made_in, box, due, times in rows
            ]

    def topics(self) -> list[tuple[str, int, int]]:
        """Return each topic with how many blanks were answered, and how many of them right at the first try."""
        return self._file.rows(
            "SELECT topic, count(*), sum(fits) FROM answers WHERE try = 1 GROUP BY topic ORDER BY topic"
        )

    def often(self) -> dict[str, int]:
        """Return how often each template was answered."""
        return dict(self._file.rows("SELECT template, count(*) FROM answers GROUP BY template"))

    def count(self) -> int:
        """Return how many tries are remembered."""
        found: int = self._file.rows("SELECT count(*) FROM answers")[0][0]
        return found

    def forget(self) -> None:
        """Delete everything that is remembered; the file stays, empty."""
        with self._file.changing() as change:
            for table in ("named", "answers", "boxes"):
                change(f"DELETE FROM {table}")  # noqa: S608 -- the names stand above
        self._file.shrink()


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Progress]:
    """Open somebody's file, or make a new one; what is no such file is an error and stays as it is."""
    with database.opened(path, KIND) as file:
        yield Progress(file)


def _later(today: date, days: int) -> str:
    return date.fromordinal(min(today.toordinal() + days, date.max.toordinal())).isoformat()


def _key(found: Missed) -> tuple[str, str]:
    return found.sort, found.name

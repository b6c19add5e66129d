"""What was handed in as a plain table, and what becomes of it: answers by student and blank, and what was not used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from layerquiz.errors import ExamError
from layerquiz.exam.seal import Sealed
from layerquiz.network.notation import printable

MOST_SHOWN = 60
SHORTEST_SEAL = 8
"""Of a seal's 64 digits, so many name it."""


class Dated(str):
    """The text of a cell that holds a date or a time: a spreadsheet made it of what was typed, such as 3-4."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a file, as texts. `rows` are numbered as the file's `unit` is: line, row or entry."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    kind: str = "a CSV file"
    unit: str = "line"
    exam: str = ""
    notes: tuple[str, ...] = ()

    @property
    def head(self) -> str:
        """Return where the titles of the columns stand."""
        return self.file if self.unit == "entry" else self.at(1)

    def at(self, number: int) -> str:
        """Return what messages call a row."""
        return f"{self.file}, {self.unit} {number}"


@dataclass(frozen=True, slots=True)
class Submissions(Mapping[str, Mapping[str, str]]):
    """A mapping of answers by student and blank; `read_as` says what the file was, `notes` what was odd or not used."""

    answers: Mapping[str, Mapping[str, str]]
    read_as: str
    notes: tuple[str, ...] = ()

    def __getitem__(self, student: str) -> Mapping[str, str]:
        """Return a student's answers by blank."""
        return self.answers[student]

    def __iter__(self) -> Iterator[str]:
        """Yield the students who handed in."""
        return iter(self.answers)

    def __len__(self) -> int:
        """Return how many handed in."""
        return len(self.answers)


def shown(text: str) -> str:
    """Return a text of the file in quotes, cut off where it is long; what moves a terminal's cursor is spelled out."""
    return f'"{printable(text[:MOST_SHOWN])}{"..." if len(text) > MOST_SHOWN else ""}"'


def differing(first: Mapping[str, str], second: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return the blanks that two sheets answer differently, each with both answers."""
    pairs = ((blank, first.get(blank, ""), second.get(blank, "")) for blank in {**first, **second})
    return [(blank, one, other) for blank, one, other in pairs if one != other]


def check_exam(sealed: Sealed, named: str, where: str) -> None:
    """Refuse answers that name another exam than this one; a seal is named by its first eight digits or more."""
    named = named.strip().lower()
    if not named or (len(named) >= SHORTEST_SEAL and sealed.hash.startswith(named)):
        return
    if len(named) < SHORTEST_SEAL:
        cure = f"Write the first {SHORTEST_SEAL} digits of its seal or more: {sealed.hash[:SHORTEST_SEAL]}"
        raise ExamError(f"{shown(named)} is too short to name an exam", where=where, cure=cure, slug="other-exam")
    raise other_exam(sealed, named, where)


def other_exam(sealed: Sealed, named: str, where: str) -> ExamError:
    """Return the refusal of an answer file that was made for another exam."""
    what = "these are answers to another exam: the seal does not match"
    why = (
        f"They name {shown(named[:SHORTEST_SEAL])}, and the seal of this exam begins with {sealed.hash[:SHORTEST_SEAL]}"
    )
    cure = "Name the folder of their exam, or the answers to this one"
    return ExamError(what, where=where, why=why, cure=cure, slug="other-exam")


def refuse_date(cell: str, title: str, where: str) -> None:
    """Refuse an answer that a spreadsheet has turned into a date: what was typed is lost."""
    if isinstance(cell, Dated):
        why = "A spreadsheet makes dates of entries such as 3-4, and keeps nothing of what was typed"
        cure = "Format the column as text, enter it again, and save the file"
        what = f"what stands under {shown(title)} is a date or a time ({cell})"
        raise ExamError(what, where=where, why=why, cure=cure, slug="date-cell")


def nothing(table: Table, notes: Iterable[str]) -> ExamError:
    """Return the refusal of a file of which no row is used, with the reasons."""
    why = "; ".join(notes)
    cure = "Write one line for each student" if not why else "Are these the answers to this exam?"
    return ExamError("there are no submissions", where=table.file, why=why, cure=cure, slug="empty")

"""Which blanks a platform's column answers: by the label in its title, else by its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from layerquiz.errors import ExamError, nearest
from layerquiz.exam.seal import Sealed
from layerquiz.grading.submissions.table import Table, shown

WORD = r"(?:question|quest|frage|aufgabe|exercise|problem|blank|q)"
STARTS = re.compile(rf"\s*[\[(]?\s*(?:{WORD}[\s.:#_-]*)?(\d+\s?[a-z]{{0,2}})\s*(?:$|[:)\]]|\.(?!\d))", re.IGNORECASE)
WORDED = re.compile(rf"\s*[\[(]?\s*{WORD}[\s.:#_-]*(\d+\s?[a-z]{{0,2}})(?![\w])", re.IGNORECASE)
GRID = re.compile(rf"\s*(?:{WORD}[\s.:#_-]*)?(\d+)[\s.:]*\[([a-z]{{1,2}})[.)]?\]\s*$", re.IGNORECASE)
ENDS = re.compile(rf"[\[(]\s*(?:{WORD}[\s.:#_-]*)?(\d+\s?[a-z]{{1,2}})\s*[\])]\s*$", re.IGNORECASE)

Questions = Mapping[str, tuple[str, ...]]
"""The blanks of each question by its number."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column that may hold answers: its place in the row, and the title that its author gave it."""

    place: int
    title: str


@dataclass(frozen=True, slots=True)
class Assigned:
    """The blanks that each column answers, several where it holds a whole question; and what is to be said of it."""

    blanks: Mapping[Column, tuple[str, ...]]
    notes: tuple[str, ...]


def blank_label(title: str) -> str:
    """Return the blank or question that a title names, such as `1a` of "Question 1a: how high?"; else nothing."""
    title = " ".join(title.split())  # runs of spaces would be tried in all their parts
    if found := GRID.match(title):
        return (found[1] + found[2]).lower()
    found = STARTS.match(title) or WORDED.match(title) or ENDS.search(title)
    return "".join(found[1].split()).lower() if found else ""


def assigned(table: Table, columns: Sequence[Column], sealed: Sealed, whole: bool) -> Assigned:
    """Return which column answers what: by labels, else in the exam's order where the numbers agree, else refused.

    `whole` says that a column may answer all blanks of a question.
    """
    questions = _questions(sealed)
    targets = {blank: (blank,) for blanks in questions.values() for blank in blanks} | (questions if whole else {})
    labelled = {column: targets[label] for column in columns if (label := blank_label(column.title)) in targets}
    ordered = _ordered(columns, questions, whole)
    if labelled and (len(labelled) == len(columns) or ordered is None):
        _check_once(table, labelled)
        unused = [column for column in columns if column not in labelled]
        return Assigned(
            labelled, tuple(f"the column {shown(column.title)} names no blank: not used" for column in unused)
        )
    if ordered is None or any(ordered[column] != blanks for column, blanks in labelled.items()):
        raise _unplaced(table, columns, questions, ordered is not None)
    return Assigned(
        ordered, (f"{len(columns)} columns of answers were taken in the order of the exam: {_told(ordered)}",)
    )


def _questions(sealed: Sealed) -> dict[str, tuple[str, ...]]:
    """Return the blanks of each question by its number."""
    found: dict[str, tuple[str, ...]] = {}
    names = iter(sealed.papers[0].blanks)
    for number, question in sealed.papers[0].numbered:
        found[number] = tuple(next(names) for _ in question.blanks)
    return found


def _ordered(columns: Sequence[Column], questions: Questions, whole: bool) -> dict[Column, tuple[str, ...]] | None:
    blanks = [(blank,) for found in questions.values() for blank in found]
    for targets in (blanks, list(questions.values()) if whole else []):
        if len(columns) == len(targets):
            return dict(zip(columns, targets, strict=True))
    return None


def _check_once(table: Table, labelled: Mapping[Column, tuple[str, ...]]) -> None:
    taken: dict[str, Column] = {}
    for column, blanks in labelled.items():
        for blank in blanks:
            other = taken.setdefault(blank, column)
            if other is not column:
                what = f"two columns name the blank {blank}: {shown(other.title)} and {shown(column.title)}"
                raise ExamError(what, where=table.head, cure="Remove one of the two", slug="doubled-column")


def _unplaced(table: Table, columns: Sequence[Column], questions: Questions, ordered: bool) -> ExamError:
    blanks = [blank for found in questions.values() for blank in found]
    holds = f"the exam has {len(blanks)} blanks in {len(questions)} questions"
    what = f"{len(columns)} {'column' if len(columns) == 1 else 'columns'} may hold answers, but {holds}"
    if ordered:
        what = "the labels of some columns do not fit their order, and the others have none"
    why = f"The columns are {', '.join(shown(column.title) for column in columns[:12])}" if columns else ""
    cure = f'Begin each title with its blank, such as "{blanks[0]}". {nearest("", blanks)}'
    return ExamError(what, where=table.head, why=why, cure=cure, slug="columns")


def _told(ordered: Mapping[Column, tuple[str, ...]]) -> str:
    """Return what the first and the last column were taken for."""
    items = list(ordered.items())
    ends = dict([items[0], items[-1]]).items()
    told = ((column, dict.fromkeys((blanks[0], blanks[-1]))) for column, blanks in ends)
    return ", ".join(f"{shown(column.title)} is {' to '.join(blanks)}" for column, blanks in told)

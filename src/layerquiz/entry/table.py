"""What was entered as a table that `grade` reads, one row for each paper that was begun."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from layerquiz import csv_files, files
from layerquiz.entry import record
from layerquiz.entry.record import Entered, Record
from layerquiz.errors import ExamError
from layerquiz.exam.exam import Paper
from layerquiz.vault import places

FILE = "entered.csv"
MOST_NAMED = 6

Papers: TypeAlias = Mapping[str, Mapping[str, Entered]]
"""What was entered, by paper and blank."""


def open_places(papers: Sequence[Paper], entered: Papers) -> list[str]:
    """Return the places where people typed different answers, and nobody has said which counts."""
    return [
        f"paper {paper.number}, {blank}"
        for paper in papers
        for blank, found in entered.get(paper.student.id, {}).items()
        if found.is_open
    ]


def rows(papers: Sequence[Paper], entered: Papers) -> Iterator[Sequence[str]]:
    """Yield what was entered as `answers.csv` has it, in the exam's order."""
    blanks = list(papers[0].blanks)
    yield ["student", *blanks]
    for paper in papers:
        if found := entered.get(paper.student.id):
            yield [paper.student.id, *(found[name].answers[0] if name in found else "" for name in blanks)]


def export(folder: Path, papers: Sequence[Paper], target: str, force: bool) -> bool:
    """Write what was entered in an exam's folder to a file; tell whether it changed.

    Raises `ExamError` where nothing was entered, or people differ.
    """
    if not files.is_file(folder / record.FILE):
        raise ExamError("nothing was entered here yet", where=str(folder), cure="Run it without --export", slug="empty")
    with record.opened(folder) as found:
        entered = found.entered()
    differing = open_places(papers, entered)
    if differing:
        what = f"people typed different answers, and nobody has said which counts: {_listed(differing)}"
        raise ExamError(what, where=str(folder), cure="Enter these papers again: it asks", slug="open-differences")
    return files.write(target, csv_files.csv_text(rows(papers, entered)), force=force)


def kept(folder: Path, papers: Sequence[Paper], found: Record) -> Iterator[str]:
    """Write `entered.csv` beside the exam, and yield what is to be said of it.

    It holds no answer about which people differ: they are left out and named.
    """
    entered = found.entered()
    if not entered:
        yield "nothing was entered"
        return
    differing = open_places(papers, entered)
    begun = "1 paper" if len(entered) == 1 else f"{len(entered)} papers"
    if differing:
        yield f"{begun} entered. Two people differ, and nobody has said which answer counts: {_listed(differing)}"
        places.remove(folder / FILE)
        yield f"{FILE} is written when these are settled: enter the papers again"
        return
    files.write(str(folder / FILE), csv_files.csv_text(rows(papers, entered)), force=True)
    yield f"{begun} entered. Grade them with: layerquiz grade {folder} {folder / FILE}"


def _listed(places: Sequence[str]) -> str:
    more = f" and {len(places) - MOST_NAMED} more" if places[MOST_NAMED:] else ""
    return f"{'; '.join(places[:MOST_NAMED])}{more}"

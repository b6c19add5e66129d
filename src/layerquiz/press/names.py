"""What the files of an exam folder are called, and which of them are there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from layerquiz import engine, files
from layerquiz.errors import OutsideError

SEAL = "exam.json"
KEY, ANSWERS, TYPED_ANSWERS = "key.csv", "answers.csv", "answers.xlsx"
"""The right answers of all papers, and the empty sheets for those of students."""

KINDS = ("paper", "solution")
PAPERS, SOLUTIONS = FOLDERS = tuple(f"{kind}s" for kind in KINDS)
TEX = "tex"
"""The folders of PDFs, and that of papers as LaTeX."""

DEVICES = ("con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)))
"""Names that Windows keeps for itself, whatever their ending."""


def file_names(ids: Sequence[str]) -> list[str]:
    """Return a file name for each student id: its plain characters, with a number where two would be the same."""
    taken: set[str] = {*FOLDERS, *DEVICES}
    numbers: dict[str, int] = {}
    found = []
    for student in ids:
        plain = re.sub(r"[^A-Za-z0-9._-]+", "_", student).strip("._-")[:80] or "student"
        name, number = plain, numbers.get(plain.lower(), 1)
        while name.lower() in taken:
            number += 1
            name = f"{plain}-{number}"
        numbers[plain.lower()] = number
        taken.add(name.lower())
        found.append(name)
    return found


def pdf_name(kind: str, name: str) -> str:
    """Return where one PDF stands in the folder; `papers` and `solutions` are those of all students."""
    return f"{kind}s/{name}.pdf"


def pdf_names(names: Sequence[str]) -> list[str]:
    """Return where the PDFs of an exam stand in its folder."""
    return [pdf_name(kind, name) for kind in KINDS for name in (*names, f"{kind}s")]


def are_there(target: Path, pdfs: Sequence[str]) -> bool:
    """Say whether a folder holds all its PDFs already: where nothing else has changed, TeX need not run."""
    return all(files.is_file(target / name) for name in pdfs)


def unprinted(target: Path, pdfs: Sequence[str], same: bool) -> str:
    """Return the note that nothing could be printed.

    PDFs that were made from something else are refused: beside new contents they would pass for the right ones, now
    and when TeX is there again.
    """
    if not same and any(files.is_file(target / name) for name in pdfs):
        what = "its PDFs would not fit what is written anew, and none can be printed"
        cure = f"Install {' '.join(engine.missing())}, or write into another folder"
        raise OutsideError(what, where=str(target), cure=cure, slug="old-pdfs")
    return without_tex("PDFs")


def without_tex(what: str) -> str:
    """Return the note that something was not printed, and how to get it."""
    return f"no {what}: install {' '.join(engine.missing())} and run this again"


def left_over(target: Path, pdfs: Sequence[str]) -> list[str]:
    """Return a note on papers that stand in the folder and are not of this exam."""
    there = {name for folder in FOLDERS for name in files.names_below(target / folder, ".pdf")}
    strange = sorted(there - {name.partition("/")[2] for name in pdfs})
    shown = ", ".join(strange[:3]) + (", ..." if strange[3:] else "")
    return [f"not of this exam, and left as they are: {shown} in {PAPERS}/ and {SOLUTIONS}/"] if strange else []

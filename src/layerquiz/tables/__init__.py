"""Files of answers and rosters as tables, whatever their format; what a table means, others know."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from layerquiz import csv_files, files
from layerquiz.errors import LayerquizError
from layerquiz.exam import roster as rosters
from layerquiz.exam.roster import Roster
from layerquiz.grading.submissions.table import Dated, Table, refuse_date
from layerquiz.tables import records

SIZE_LIMIT = 30_000_000
"""Bytes of a file of answers: 10,000 students' answers with the texts of all questions beside them."""
ZIPPED, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
LINES = (".jsonl", ".ndjson")


def table(name: str) -> Table:
    """Return the table in a file of answers: CSV, XLSX, JSON or JSONL, told by its content. Raises `LayerquizError`."""
    data, where = files.read_data(name, SIZE_LIMIT), files.called(name)
    suffix = Path(name).suffix.lower()
    if suffix == ".xlsm":
        raise LayerquizError(
            "a spreadsheet with macros", where=where, cure="Save it as .xlsx, which has none", slug="macros"
        )
    if data.startswith(OLD_OFFICE):
        what = "an old spreadsheet (.xls), or one with a password"
        raise LayerquizError(what, where=where, cure="Save it as .xlsx without a password", slug="spreadsheet")
    if data.startswith(ZIPPED) or suffix == ".xlsx":
        from layerquiz.tables import spreadsheet

        return spreadsheet.table(data, where)
    text = files.decoded(data, where)
    if suffix in LINES or (suffix != ".json" and _is_lines(text)):
        return records.table_of_lines(text, where)
    if suffix == ".json" or text.lstrip()[:1] in ("[", "{"):
        return records.table(text, where)
    return _delimited(text, where)


def roster(name: str) -> Roster:
    """Return the students in a roster of any format that `table` reads. Raises `LayerquizError`."""
    found = table(name)
    read = rosters.read(found.file, found.columns, found.rows, found.unit)
    for number, cells in found.rows:
        for title, cell in zip(found.columns, cells, strict=False):
            if isinstance(cell, Dated) and title not in read.unknown_columns:
                refuse_date(cell, title, found.at(number))
    return replace(read, notes=(*found.notes, *read.notes))


def texts(folder: str) -> tuple[list[tuple[str, str, str]], list[str]]:
    """Return the text files of a folder: name, student, text; and notes on what else lies there."""
    found, notes, size = [], [], 0
    for name in files.names_below(Path(folder), ""):
        path = Path(folder) / name
        if path.suffix.lower() != ".txt" or not files.is_file(path):
            notes.append(f"{path}: not used: not a text file (.txt)")
            continue
        data = files.read_data(path)
        size += len(data)
        if size > SIZE_LIMIT:
            what, cure = f"its files are larger than {SIZE_LIMIT // 10**6} MB", "Is it the right folder?"
            raise LayerquizError(what, where=folder, cure=cure, slug="file-size")
        found.append((name, path.stem, files.decoded(data, str(path))))
    return found, notes


def _delimited(text: str, where: str) -> Table:
    rows = csv_files.csv_rows(text, where)
    columns = rows[0].cells if rows else ()
    return Table(where, columns, tuple((row.line, row.cells) for row in rows[1:]))


def _is_lines(text: str) -> bool:
    """Say whether a text is JSON line by line: its first line is an object of its own, and another one follows."""
    first, _, rest = text.strip().partition("\n")
    if not first.startswith("{") or not rest.lstrip().startswith("{"):
        return False
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


__all__ = ["Table", "roster", "table", "texts"]

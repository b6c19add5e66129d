"""CSV files: rows told apart whichever mark parts them, and written so that no spreadsheet runs a cell."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from layerquiz.errors import LayerquizError
from layerquiz.files import called, read_text

HEADER_LIMIT = 1_000_000
ROWS_LIMIT = 1_000_000
DELIMITERS = ",;\t"
NAMED = {",": "commas", ";": "semicolons", "\t": "tabs"}
QUOTED = re.compile(r'"[^"]*"')
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a CSV file: its cells, and the line of the file on which it starts."""

    line: int
    cells: tuple[str, ...]


def read_rows(name: str | Path) -> list[Row]:
    """Return the rows of a CSV file, the header first, empty rows left out. `,`, `;` and tab are told by the header."""
    return csv_rows(read_text(name), called(name))


def csv_rows(text: str, where: str) -> list[Row]:
    """Return the rows of a CSV text, which messages call `where`."""
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = list(itertools.islice(_rows(reader), ROWS_LIMIT + 1))
    except csv.Error as error:
        where = f"{where}, line {reader.line_num}"
        raise LayerquizError(f"not a CSV file ({error})", where=where, slug="file-csv") from error
    if len(rows) > ROWS_LIMIT:
        cure = "Is it the right file?"
        raise LayerquizError(f"more than {ROWS_LIMIT:,} rows", where=where, cure=cure, slug="file-size")
    if rows and any("\0" in cell for cell in rows[0].cells):
        what, cure = "its first line holds zero bytes, as UTF-16 does", "Save it again as UTF-8"
        raise LayerquizError(what, where=where, cure=cure, slug="file-encoding")
    for row in rows[1:]:
        if len(row.cells) == 1 < len(rows[0].cells):
            _check_parted(row, len(rows[0].cells), delimiter, where)
    return rows


def _delimiter(text: str) -> str:
    """Return what parts the columns of the first line; what stands in quotes, line ends too, does not count."""
    header = next((line for line in QUOTED.sub("", text[:HEADER_LIMIT]).split("\n") if line.strip()), "")
    return max(DELIMITERS, key=header.count)


def _check_parted(row: Row, columns: int, delimiter: str, where: str) -> None:
    """Refuse a row that is parted by another delimiter than the header is: it would pass for one long entry."""
    other = next((mark for mark in DELIMITERS if row.cells[0].count(mark) == columns - 1), None)
    if other:
        what = f"the line is parted by {NAMED[other]}, the first line of the file by {NAMED[delimiter]}"
        cure = "Save the file again with one of them throughout"
        raise LayerquizError(what, where=f"{where}, line {row.line}", cure=cure, slug="file-csv")


def _rows(reader: Iterator[list[str]]) -> Iterator[Row]:
    """Yield rows that hold something, each with the line on which it starts."""
    start = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield Row(start, tuple(_plain_cell(cell.strip()) for cell in cells))
        start = reader.line_num + 1  # type: ignore[attr-defined] # csv's readers count lines; their type is private


def _plain_cell(cell: str) -> str:
    """Return a cell without the apostrophe that `safe_cell` put before it: what we wrote is read back as it was."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """Return rows as CSV which a spreadsheet shows and never runs."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([[safe_cell(cell) for cell in row] for row in rows])
    return text.getvalue()


def safe_cell(value: object) -> object:
    """Return a text that a spreadsheet would run as a formula with an apostrophe before it; numbers as they are."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value

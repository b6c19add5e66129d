"""XLSX as a table. A workbook is a zipped folder of XML, so its size is looked at before anything is parsed.

Nothing in it runs: macros are refused, links to other files are not followed, and of a formula its stored value counts.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from layerquiz.errors import LayerquizError
from layerquiz.grading.submissions.table import Dated, Table
from layerquiz.grading.submissions.table import shown as quoted

UNZIPPED_LIMIT = 100_000_000
PARTS_LIMIT = 1_000
ELEMENTS_LIMIT = 6_000_000
"""Opening and closing tags of all parts: 200,000 cells take about a million."""
CELLS_LIMIT = 2_000_000
ROWS_LIMIT = 200_000
EXCEL_DIGITS = 15
"""A spreadsheet keeps no more digits of a number."""
EXAM = "layerquiz exam"
"""The property that holds the seal of an exam's answer sheet."""
DATES = (dt.date, dt.time, dt.timedelta)


def table(data: bytes, where: str) -> Table:
    """Return the first sheet of a workbook; its first row that holds something is the header."""
    formulas, notes = _checked(data, where)
    try:
        with warnings.catch_warnings():  # of features that openpyxl does not keep, and nobody needs here
            warnings.simplefilter("ignore")
            return _table(data, where, formulas, notes)
    except LayerquizError:
        raise
    except Exception as error:
        raise _broken(where) from error


def _checked(data: bytes, where: str) -> tuple[bool, list[str]]:
    """Refuse a workbook that is too large or has macros; say whether it has formulas, and what is left aside."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > PARTS_LIMIT or sum(part.file_size for part in parts) > UNZIPPED_LIMIT:
                raise _too_large(where, f"it unzips to more than {UNZIPPED_LIMIT // 10**6} MB or {PARTS_LIMIT} parts")
            names = [part.filename.lower() for part in parts]
            if any("vbaproject" in name or "macrosheets" in name for name in names):
                cure = "Save it as .xlsx, which has none"
                raise LayerquizError("a spreadsheet with macros", where=where, cure=cure, slug="macros")
            formulas = _looked_through(archive, where)
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, RuntimeError, NotImplementedError, zlib.error) as error:
        raise _broken(where) from error
    linked = any("externallinks/" in name for name in names)
    return formulas, [f"{where}: links to other files are not followed"] if linked else []


def _looked_through(archive: zipfile.ZipFile, where: str) -> bool:
    """Count the elements of all parts, refuse what XML calls entities, and say whether there are formulas."""
    elements, formulas = 0, False
    for part in archive.infolist():
        content = archive.read(part)
        elements += content.count(b"<")
        if elements > ELEMENTS_LIMIT:
            raise _too_large(where, f"it has more than {ELEMENTS_LIMIT:,} elements")
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content or content.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise _broken(where)
        formulas = formulas or b"<f>" in content or b"<f " in content or b"<f/>" in content
    return formulas


def _table(data: bytes, where: str, formulas: bool, notes: list[str]) -> Table:
    from openpyxl import load_workbook

    shown = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    rows = list(_rows(shown.worksheets[0], where))
    if formulas:
        typed = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        rows = [_filled(row, other) for row, other in zip(rows, _rows(typed.worksheets[0], where), strict=True)]
        notes.append(f"{where}: it has formulas: the values that they showed when it was saved count")
    notes += [
        f"{where}: the sheet {quoted(sheet.title)} is not read, only the first one" for sheet in shown.worksheets[1:]
    ]
    texts = [(number, tuple(_text(cell) for cell in row)) for number, row in enumerate(rows, 1)]
    held = [(number, row) for number, row in texts if any(row)]
    columns = held[0][1] if held else ()
    exam = next((str(found.value) for found in shown.custom_doc_props.props if found.name == EXAM), "")
    return Table(where, columns, tuple(held[1:]), "a spreadsheet", "row", exam, tuple(notes))


def _rows(sheet: Any, where: str) -> Iterator[Sequence[Any]]:
    """Yield the rows of a sheet as far as anybody may write them; what a sheet says of its own size is not believed."""
    sheet.reset_dimensions()
    cells = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        cells += len(row)
        if number > ROWS_LIMIT or cells > CELLS_LIMIT:
            raise _too_large(where, f"it has more than {ROWS_LIMIT:,} rows or {CELLS_LIMIT:,} cells")
        yield row


def _filled(row: Sequence[Any], typed: Sequence[Any]) -> Sequence[Any]:
    """Return a row in which a formula without a stored value stands as its text."""
    pairs = zip(row, typed, strict=True)
    return [str(getattr(other, "text", other)) if cell is None and other is not None else cell for cell, other in pairs]


def _text(cell: Any) -> str:
    """Return a cell as text: a whole number without its decimal point, a number without the noise of doubles."""
    if cell is None:
        return ""
    if isinstance(cell, DATES):
        return Dated(cell)
    if isinstance(cell, float) and math.isfinite(cell):
        return f"{Decimal(f'{cell:.{EXCEL_DIGITS}g}'):f}"
    return str(cell).strip()


def _too_large(where: str, why: str) -> LayerquizError:
    cure = "Copy the answers into a new spreadsheet, or save them as CSV UTF-8"
    return LayerquizError("a spreadsheet too large to read", where=where, why=why, cure=cure, slug="file-size")


def _broken(where: str) -> LayerquizError:
    cure = "Open it and save it as .xlsx again, or as CSV UTF-8"
    return LayerquizError("no spreadsheet that can be read", where=where, cure=cure, slug="spreadsheet")

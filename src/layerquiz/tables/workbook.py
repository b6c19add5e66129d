"""XLSX, written by hand: one sheet of texts and numbers. The same rows are the same bytes, on every Python and machine.

openpyxl stamps its files with the time and takes seconds for ten thousand students; this takes a tenth of one.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from xml.sax.saxutils import escape

from layerquiz.tables.spreadsheet import EXAM

Cell = str | int | Decimal
OPENING = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SCHEMAS = "http://schemas.openxmlformats.org"
MAIN = f"{SCHEMAS}/spreadsheetml/2006/main"
RELATIONS = f"{SCHEMAS}/officeDocument/2006/relationships"
PACKAGE = f"{SCHEMAS}/package/2006"
PROPERTIES = f"{SCHEMAS}/officeDocument/2006/custom-properties"
VALUE_TYPES = f"{SCHEMAS}/officeDocument/2006/docPropsVTypes"
PROPERTIES_PART = "docProps/custom.xml"
CUSTOM = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
TYPE = "application/vnd.openxmlformats-officedocument"
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold."""
HEADER, TEXT = 1, 2
"""Styles: bold, and text whatever is typed."""
EARLIEST = (1980, 1, 1, 0, 0, 0)

STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="2"><font/><font><b/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf xfId="0"/><xf fontId="1" numFmtId="49" applyFont="1" applyNumberFormat="1" xfId="0"/>'
    '<xf numFmtId="49" applyNumberFormat="1" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def workbook(rows: Iterable[Sequence[Cell]], exam: str = "", title: str = "grades") -> bytes:
    """Return a workbook whose first row is a frozen header; texts stay texts, an empty one is an empty cell.

    `exam` is the seal that the answers belong to: with it, the sheet is one to fill in, all columns are of text, and
    what is typed into it does not become a date.
    """
    lines = list(rows)
    properties = {PROPERTIES_PART: _properties(exam)} if exam else {}
    parts = {
        "[Content_Types].xml": _types(bool(exam)),
        "_rels/.rels": _relations(
            "officeDocument xl/workbook.xml", *(f"custom-properties {name}" for name in properties)
        ),
        **properties,
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        f'<sheet name="{escape(title)}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations("worksheet worksheets/sheet1.xml", "styles styles.xml"),
        "xl/styles.xml": STYLES,
        "xl/worksheets/sheet1.xml": _sheet(lines, bool(exam)),
    }
    return _zipped({name: OPENING + content for name, content in parts.items()})


def _zipped(parts: dict[str, str]) -> bytes:
    """Return the parts in one archive, not compressed: compressed bytes are not the same in all versions of zlib."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            part = zipfile.ZipInfo(name, EARLIEST)
            part.create_system = 0  # whatever the machine
            archive.writestr(part, content.encode())
    return written.getvalue()


def _sheet(rows: Sequence[Sequence[Cell]], to_fill: bool) -> str:
    width = max((len(row) for row in rows), default=1)
    columns = f'<cols><col min="1" max="{width}" width="12" style="{TEXT}"/></cols>' if to_fill else ""
    letters = [_letters(place) for place in range(width)]
    lines = []
    for number, row in enumerate(rows, 1):
        style = HEADER if number == 1 else TEXT if to_fill else 0
        cells = "".join(_cell(f"{letter}{number}", cell, style) for letter, cell in zip(letters, row, strict=False))
        lines.append(f'<row r="{number}">{cells}</row>')
    frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    views = f'<sheetViews><sheetView workbookViewId="0">{frozen}</sheetView></sheetViews>'
    return f'<worksheet xmlns="{MAIN}">{views}{columns}<sheetData>{"".join(lines)}</sheetData></worksheet>'


def _cell(place: str, cell: Cell, style: int) -> str:
    """Return one cell; a text that begins with = is a text here, and never a formula."""
    styled = f' s="{style}"' if style else ""
    if not isinstance(cell, str):
        return f'<c r="{place}"{styled}><v>{cell}</v></c>'
    if not cell:
        return f'<c r="{place}"{styled}/>' if style else ""
    text = escape(FORBIDDEN.sub("\ufffd", cell))
    return f'<c r="{place}"{styled} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _letters(place: int) -> str:
    """Return what a spreadsheet calls a column: A, B, ... Z, AA, ..."""
    before, letter = divmod(place, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + letter)


def _types(properties: bool) -> str:
    kinds = {
        "/xl/workbook.xml": f"{TYPE}.spreadsheetml.sheet.main+xml",
        "/xl/worksheets/sheet1.xml": f"{TYPE}.spreadsheetml.worksheet+xml",
        "/xl/styles.xml": f"{TYPE}.spreadsheetml.styles+xml",
    }
    if properties:
        kinds[f"/{PROPERTIES_PART}"] = f"{TYPE}.custom-properties+xml"
    defaults = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
    )
    overrides = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in kinds.items())
    return f'<Types xmlns="{PACKAGE}/content-types">{defaults}{overrides}</Types>'


def _relations(*targets: str) -> str:
    """Return what a part refers to, each given as its kind and its place."""
    pairs = enumerate((target.split() for target in targets), 1)
    lines = (
        f'<Relationship Id="rId{number}" Type="{RELATIONS}/{kind}" Target="{place}"/>'
        for number, (kind, place) in pairs
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(lines)}</Relationships>'


def _properties(exam: str) -> str:
    found = f'<property fmtid="{CUSTOM}" pid="2" name="{EXAM}"><vt:lpwstr>{escape(exam)}</vt:lpwstr></property>'
    return f'<Properties xmlns="{PROPERTIES}" xmlns:vt="{VALUE_TYPES}">{found}</Properties>'

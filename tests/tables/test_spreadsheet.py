"""Spreadsheets as tables: what openpyxl writes is read, what would harm is refused before it is parsed."""

from __future__ import annotations

import datetime as dt
import io
import random
import zipfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layerquiz import tables
from layerquiz.errors import LayerquizError
from layerquiz.exam.roster import Student
from layerquiz.grading.submissions.table import Dated
from layerquiz.tables import spreadsheet
from layerquiz.tables.workbook import MAIN, Cell, workbook

SHEET = "xl/worksheets/sheet1.xml"
PLAIN = workbook([["student", "1a"], ["s1", "5"]])


def saved(rows: list[list[object]], *, sheets: tuple[str, ...] = ()) -> bytes:
    """Return a workbook as openpyxl saves it."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name in sheets:
        book.create_sheet(name)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def changed(parts: Mapping[str, str | bytes], *, without: str = "") -> bytes:
    """Return the plain workbook with parts replaced or added, or one left out."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        kept = {name: old.read(name) for name in old.namelist() if name != without}
        for name, content in {**kept, **parts}.items():
            new.writestr(name, content)
    return written.getvalue()


def sheet(rows: str) -> bytes:
    """Return the plain workbook with another sheet, given as its rows in XML."""
    return changed({SHEET: f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'})


def row(cells: str) -> tuple[str, ...]:
    """Return the only row of a sheet, given as its cells in XML."""
    return spreadsheet.table(sheet(f'<row r="1">{cells}</row>'), "x.xlsx").columns


def refused(data: bytes) -> LayerquizError:
    """Return the refusal of a workbook."""
    with pytest.raises(LayerquizError) as caught:
        spreadsheet.table(data, "x.xlsx")
    assert caught.value.where.startswith("x.xlsx")
    return caught.value


def test_a_saved_workbook_is_a_table() -> None:
    """Empty rows are left out and keep their numbers; whole numbers have no point; texts stay as they are."""
    rows = [[], ["student", "1a", "1b", "1c"], [], ["007", 34944.0, "55x55x96", None], ["s2", 0.5, " =x", True]]
    table = spreadsheet.table(saved(rows), "x.xlsx")
    assert table.columns == ("student", "1a", "1b", "1c")
    assert table.rows == ((4, ("007", "34944", "55x55x96")), (5, ("s2", "0.5", "=x", "True")))
    assert (table.kind, table.unit, table.at(4)) == ("a spreadsheet", "row", "x.xlsx, row 4")


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ("<v>34944.0</v>", "34944"),
        ("<v>34944.000000000004</v>", "34944"),
        ("<v>0.30000000000000004</v>", "0.3"),
        ("<v>1.5E22</v>", "15000000000000000000000"),
        ("<v>123456789012345678901234567890</v>", "123456789012345678901234567890"),
        ("<v>1E400</v>", "inf"),
        ("<f>1+1</f><v>2</v>", "2"),
        ("<f>SUM(A1:A9)</f>", "=SUM(A1:A9)"),
    ],
)
def test_numbers_and_formulas(xml: str, text: str) -> None:
    """A number has the digits that a spreadsheet keeps; a formula counts as its stored value, else as its text."""
    assert row(f'<c r="A1">{xml}</c>') == (text,)


@pytest.mark.parametrize("value", [dt.date(2026, 4, 3), dt.datetime(2026, 4, 3, 1, 2), dt.time(3, 4), dt.timedelta(1)])  # noqa: DTZ001
def test_a_date_is_marked_as_one(value: object) -> None:
    """Whoever takes the cell for an answer has to know that a spreadsheet may have made it of 3-4."""
    table = spreadsheet.table(saved([["student", "1a"], ["s1", value]]), "x.xlsx")
    assert isinstance(table.rows[0][1][1], Dated)
    assert not isinstance(table.rows[0][1][0], Dated)


def test_what_is_left_aside_is_said() -> None:
    """Formulas, links to other files and further sheets are named."""
    rows: list[list[object]] = [["student", "1a"], ["s1", "=1+1"]]
    linked = changed({"xl/externalLinks/externalLink1.xml": "<externalLink/>"})
    assert any("formulas" in note for note in spreadsheet.table(saved(rows), "x").notes)
    assert any('"Notes" is not read' in note for note in spreadsheet.table(saved(rows, sheets=("Notes",)), "x").notes)
    assert any("not followed" in note for note in spreadsheet.table(linked, "x").notes)
    assert spreadsheet.table(PLAIN, "x").notes == ()


@pytest.mark.parametrize(
    ("data", "slug"),
    [
        pytest.param(changed({SHEET: b"\0" * 101_000_000}), "file-size", id="101 MB of nothing"),
        pytest.param(changed({SHEET: b"<c/>" * 6_100_000}), "file-size", id="millions of cells"),
        pytest.param(changed({f"x{number}": "" for number in range(1001)}), "file-size", id="a thousand parts"),
        pytest.param(sheet('<row r="1"/><row r="99999999999"><c><v>1</v></c></row>'), "file-size", id="a far row"),
        pytest.param(
            sheet("".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 200))),
            "file-size",
            id="far columns",
        ),
        pytest.param(changed({"xl/vbaProject.bin": b"x"}), "macros", id="macros"),
        pytest.param(
            changed({SHEET: b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'}), "spreadsheet", id="entities"
        ),
        pytest.param(changed({SHEET: "<worksheet/>".encode("utf-16")}), "spreadsheet", id="UTF-16"),
        pytest.param(changed({SHEET: b"<worksheet"}), "spreadsheet", id="broken XML"),
        pytest.param(changed({"xl/styles.xml": b"<styleSheet"}), "spreadsheet", id="broken styles"),
        pytest.param(changed({}, without=SHEET), "spreadsheet", id="no sheet"),
        pytest.param(changed({}, without="xl/workbook.xml"), "spreadsheet", id="no workbook"),
        pytest.param(changed({}, without="[Content_Types].xml"), "spreadsheet", id="no types"),
        pytest.param(sheet(f"<row><c><v>{'9' * 10_000}</v></c></row>"), "spreadsheet", id="ten thousand digits"),
        pytest.param(sheet('<row><c t="s"><v>99</v></c></row>'), "spreadsheet", id="a text that is not there"),
        pytest.param(PLAIN[: len(PLAIN) // 2], "spreadsheet", id="half a file"),
        pytest.param(b"PK\x03\x04" + b"x" * 100, "spreadsheet", id="a zip's beginning"),
    ],
)
def test_a_workbook_that_cannot_be_used(data: bytes, slug: str) -> None:
    """Bombs, code and broken files are one clear refusal each, and cost nothing."""
    assert refused(data).slug == slug


def test_what_a_sheet_says_of_its_size_is_not_believed() -> None:
    """A dimension of a whole sheet costs nothing where there is one cell."""
    told = '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
    table = spreadsheet.table(changed({SHEET: f'<worksheet xmlns="{MAIN}">{told}</worksheet>'}), "x")
    assert (table.columns, table.rows) == (("1",), ())


def test_damaged_parts_are_read_or_refused() -> None:
    """Whatever bytes stand in the parts of a workbook, it is a table or a refusal."""
    draw = random.Random(5)  # noqa: S311
    parts = {
        name: zipfile.ZipFile(io.BytesIO(PLAIN)).read(name) for name in zipfile.ZipFile(io.BytesIO(PLAIN)).namelist()
    }
    outcomes = set()
    for _ in range(150):
        name = draw.choice(sorted(parts))
        content = bytearray(parts[name])
        for _ in range(draw.randint(1, 4)):
            content[draw.randrange(len(content))] = draw.choice(b'<>/"= aA19&;\x00\xff')
        try:
            spreadsheet.table(changed({name: bytes(content)}), "x")
            outcomes.add("read")
        except LayerquizError:
            outcomes.add("refused")
    assert outcomes == {"read", "refused"}


texts = st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufffe\uffff"), max_size=12)
cells = st.one_of(texts.map(str.strip), st.integers(-(10**12), 10**12), st.decimals(-1000, 1000, places=3))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=4), st.sampled_from(["", "0123abcd"]))
def test_what_is_written_is_read_back(rows: list[list[Cell]], exam: str) -> None:
    """openpyxl reads each text, each number and the seal as they were; the same rows are the same bytes."""
    data = workbook(rows, exam)
    assert data == workbook(rows, exam)
    book = openpyxl.load_workbook(io.BytesIO(data))
    found = [[cell.value for cell in line] for line in book.active.iter_rows()]
    wide = max(len(line) for line in rows)
    wanted = [[None if cell == "" else cell for cell in line] + [None] * (wide - len(line)) for line in rows]
    assert [[str(cell) for cell in line] for line in plain(found)] == [
        [str(cell) for cell in line] for line in plain(wanted)
    ]
    assert [found.value for found in book.custom_doc_props.props] == ([exam] if exam else [])


def plain(rows: list[list[object]]) -> list[list[object]]:
    """Return rows without empty ones, numbers as exact decimals."""
    kept = [line for line in rows if any(cell is not None for cell in line)]
    return [[cell if cell is None or isinstance(cell, str) else f"{float(cell):.6f}" for cell in line] for line in kept]  # type: ignore[arg-type]


def test_a_text_that_looks_like_a_formula_is_a_text() -> None:
    """Nothing that a student is called or writes runs in a spreadsheet."""
    book = openpyxl.load_workbook(io.BytesIO(workbook([["student"], ["=cmd|' /C calc'!A0"], ["a\x00b\ud800"]])))
    assert [(cell.data_type, cell.value) for cell in book.active["A"]][1:] == [
        ("s", "=cmd|' /C calc'!A0"),
        ("s", "a\ufffdb\ufffd"),
    ]


def test_a_roster_may_be_a_spreadsheet(tmp_path: Path) -> None:
    """Numbers keep their digits, a row of commas ends nothing, and a seat that became a date is refused."""
    book = openpyxl.Workbook()
    for row in (["Matriculation number", "Name", "Seat", None], [7001234, "Ada", "3-4", None], [None] * 4):
        book.active.append(row)
    book.save(tmp_path / "roster.xlsx")
    assert tables.roster(str(tmp_path / "roster.xlsx")).students == (Student("7001234", "Ada", seat="3-4"),)
    book.active["C2"] = dt.date(2026, 4, 3)
    book.save(tmp_path / "roster.xlsx")
    with pytest.raises(LayerquizError, match='row 2: what stands under "Seat" is a date'):
        tables.roster(str(tmp_path / "roster.xlsx"))

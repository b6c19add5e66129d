"""Answers in every format that is known, and the exports of platforms, graded from end to end without editing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path

import pytest

import layerquiz as lq
from cli.desk import EXAM, refusal, run
from layerquiz.tables.workbook import workbook

BLANKS = ("1a", "1b", "1c", "2a", "2b")
WRONG = {"1a": "1", "1b": "2", "1c": "3", "2a": "4", "2b": "5"}
FULL = ["1", "1", "0.5", "1", "1", "4.5"]
"""The points of a paper that is all right, and their total."""
Sheet = Mapping[str, str]


@pytest.fixture
def key(desk: Path) -> dict[str, dict[str, str]]:
    """Return the right answers by student and blank."""
    rows = list(csv.DictReader(io.StringIO((desk / "out" / "key.csv").read_text(encoding="utf-8"))))
    return {row["student"]: {blank: row[blank] for blank in BLANKS} for row in rows}


def points(desk: Path) -> dict[str, list[str]]:
    """Return the graded points by student: one for each blank, and the total."""
    rows = list(csv.reader(io.StringIO((desk / "out" / "grades" / "grades.csv").read_text(encoding="utf-8"))))
    return {row[0]: row[1:] for row in rows[1:]}


def graded(desk: Path, name: str) -> str:
    """Grade a file of answers; return what was printed."""
    result = run("grade", "out", name, "--force")
    assert result.exit_code == 0, result.output
    return result.output


def put(desk: Path, name: str, rows: list[list[str]]) -> str:
    """Write a CSV file as other programs do, and return its name."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    (desk / name).write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())
    return name


MOODLE = [
    "Last name", "First name", "ID number", "Email address",
    "Status", "Started", "Completed", "Duration", "Grade/10.00",
]  # fmt: skip


def moodle_row(last: str, first: str, number: str, email: str, responses: list[str]) -> list[str]:
    """Return a finished attempt as Moodle writes it."""
    times = ["20 November 2026  10:00 AM", "20 November 2026  11:20 AM", "1 hour 20 mins"]
    return [last, first, number, email, "Finished", *times, "0.00", *responses]


def test_a_moodle_export_grades_without_editing(desk: Path, key: dict[str, Sheet]) -> None:
    """Each question of several parts is one response; the parts are the blanks in their order."""

    def responses(sheet: Sheet) -> list[str]:
        first = "; ".join(f"part {number}: {sheet[blank]}" for number, blank in enumerate(("1a", "1b", "1c"), 1))
        return [first, f"part 1: {sheet['2a']}; part 2: {sheet['2b']}"]

    rows = [
        [*MOODLE, "Response 1", "Right answer 1", "Response 2", "Right answer 2"],
        moodle_row(
            "Brandt", "Ada", "s1", "ada@example.org", [x for r in responses(key["s1"]) for x in (r, "part 1: 0")]
        ),
        moodle_row("Álvarez", "José", "", "jose@example.org", [x for r in responses(WRONG) for x in (r, "part 1: 0")]),
        moodle_row("Nobody", "Nora", "s77", "nora@example.org", ["part 1: 1; part 2: 2; part 3: 3", "", "-", ""]),
        [
            "Late",
            "Lea",
            "s78",
            "lea@example.org",
            "In progress",
            "20 November 2026  10:00 AM",
            "-",
            "-",
            "-",
            "-",
            "",
            "-",
            "",
        ],
    ]
    told = graded(desk, put(desk, "moodle.csv", rows))
    assert "read as a Moodle export of responses" in told
    assert 'line 4: not used: no paper was made for "s77"' in told
    assert "line 5: not used" in told
    result = points(desk)
    assert result["s1"] == FULL
    assert float(result["s2"][-1]) < 4.5
    assert result["s2"][0] != ""


def test_a_moodle_spreadsheet_with_one_response_for_each_blank(desk: Path, key: dict[str, Sheet]) -> None:
    """The same report as XLSX, with as many responses as the exam has blanks; numbers may be numbers in it."""
    header = [*MOODLE, *(f"Response {number}" for number in range(1, 6))]
    row = moodle_row("Brandt", "Ada", "s1", "", [key["s1"][blank] for blank in BLANKS])
    (desk / "moodle.xlsx").write_bytes(workbook([header, row]))
    told = graded(desk, "moodle.xlsx")
    assert "5 columns of answers were taken in the order of the exam" in told
    assert points(desk)["s1"] == FULL


def test_moodles_report_on_grades_is_refused(desk: Path) -> None:
    """It has marks in place of answers: the report that is needed is named."""
    put(desk, "grades.csv", [[*MOODLE, "Q. 1 /5.00", "Q. 2 /5.00"], moodle_row("Brandt", "Ada", "s1", "", ["5", "5"])])
    assert 'the quiz report "Responses"' in refusal("grade", "out", "grades.csv", beside=desk)


CANVAS = ["name", "id", "sis_id", "section", "section_id", "section_sis_id", "submitted", "attempt"]
CANVAS_END = ["n correct", "n incorrect", "score"]


def canvas_row(name: str, sis: str, submitted: str, attempt: str, answers: list[str]) -> list[str]:
    """Return an attempt as Canvas writes it: beside each answer its points."""
    pairs = [cell for answer in answers for cell in (answer, "0.0")]
    return [name, "50123", sis, "A", "7", "", submitted, attempt, *pairs, "0", "5", "0.0"]


def joined(sheet: Sheet, blanks: tuple[str, ...]) -> str:
    """Return the answers to several blanks as Canvas joins them."""
    return ",".join(sheet[blank].replace(",", "\\,") for blank in blanks)


def test_a_canvas_export_grades_without_editing(desk: Path, key: dict[str, Sheet]) -> None:
    """Questions with several blanks are one column; commas in answers are escaped; the last attempt counts."""
    assert "," in key["s1"]["2a"]
    header = [
        *CANVAS,
        "4711: A picture\nof [h] x [w]",
        "3.0",
        "4712: How many weights, [w] and [b]",
        "2.0",
        *CANVAS_END,
    ]
    rows = [
        header,
        canvas_row(
            "Ada B.",
            "s1",
            "2026-11-20 11:20:00 UTC",
            "2",
            [joined(key["s1"], BLANKS[:3]), joined(key["s1"], BLANKS[3:])],
        ),
        canvas_row("José Álvarez", "", "2026-11-20 11:20:00 UTC", "1", ["7,8", joined(WRONG, BLANKS[3:])]),
        canvas_row(
            "Ada B.", "s1", "2026-11-20 10:20:00 UTC", "1", [joined(WRONG, BLANKS[:3]), joined(WRONG, BLANKS[3:])]
        ),
        canvas_row("Test Student", "", "2026-11-20 10:20:00 UTC", "1", ["1,2,3", "4,5"]),
    ]
    told = graded(desk, put(desk, "canvas.csv", rows))
    assert "read as a Canvas analysis of students" in told
    assert f'1a "1" and "{key["s1"]["1a"]}"' in told
    assert "counts: the last finished attempt" in told
    assert 'no paper was made for "50123", "Test Student"' in told
    assert points(desk)["s1"] == FULL
    review = (desk / "out" / "grades" / "review.csv").read_text(encoding="utf-8")
    assert [line.split(",")[:2] for line in review.splitlines()[1:]] == [["s2", "1a"], ["s2", "1b"], ["s2", "1c"]]


def test_a_google_form_grades_without_editing(desk: Path, key: dict[str, Sheet]) -> None:
    """Columns are found by the blank in their title; of two answers the later one counts; others are named."""
    header = [
        "Timestamp",
        "Username",
        "Total score",
        *(f"Question {blank}: how many?" for blank in BLANKS),
        "Any remarks?",
    ]
    right = [key["s1"][blank] for blank in BLANKS]
    rows = [
        header,
        ["2026/11/20 11:10:00 AM GMT+1", "S1@example.org", "0 / 5", *right, "fine"],
        ["2026/11/20 9:55:00 AM GMT+1", "s1@example.org", "0 / 5", *WRONG.values(), ""],
        ["2026/11/20 9:56:00 AM GMT+1", "stranger@example.org", "0 / 5", *WRONG.values(), ""],
    ]
    told = graded(desk, put(desk, "form.csv", rows))
    assert "read as a Google Forms export" in told
    assert "Line 2 counts: the last timestamp" in told
    assert 'the column "Any remarks?" names no blank: not used' in told
    assert 'line 4: not used: no paper was made for "stranger@example.org"' in told
    assert points(desk)["s1"] == FULL


def test_a_folder_of_text_files(desk: Path, key: dict[str, Sheet]) -> None:
    """One file for each student, called after the id; other files are named, and change nothing."""
    (desk / "texts").mkdir()
    lines = [f"{blank}: {key['s1'][blank]}" for blank in BLANKS]
    (desk / "texts" / "s1.txt").write_text("\n".join(lines), encoding="utf-8")
    (desk / "texts" / "s2.txt").write_bytes(b"\xef\xbb\xbf1a) 1\r\nQuestion 1b = 2\r\n2b. 3\r\n")
    (desk / "texts" / "notes.pdf").write_bytes(b"%PDF")
    told = graded(desk, "texts")
    assert "read as a folder of text files" in told
    assert "texts/notes.pdf: not used" in told
    assert points(desk)["s1"] == FULL


def long_rows(key: Mapping[str, Sheet]) -> list[list[str]]:
    """Return one row for each answer."""
    return [["student", "blank", "answer"], *([s, b, a] for s, sheet in key.items() for b, a in sheet.items())]


def wide_rows(key: Mapping[str, Sheet]) -> list[list[str]]:
    """Return one row for each student."""
    return [["student", "name", *BLANKS], *([student, "?", *sheet.values()] for student, sheet in key.items())]


def as_csv(rows: list[list[str]], delimiter: str = ",") -> bytes:
    """Return rows as a CSV file."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode()


def records(rows: list[list[str]]) -> list[dict[str, str]]:
    """Return rows as records by column."""
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


FORMATS: Mapping[str, Callable[[Mapping[str, Sheet]], bytes]] = {
    "wide.csv": lambda key: as_csv(wide_rows(key)),
    "long.csv": lambda key: as_csv(long_rows(key)),
    "tabs.tsv": lambda key: as_csv(wide_rows(key), "\t").decode().encode("utf-16"),
    "wide.xlsx": lambda key: workbook(wide_rows(key)),
    "long.xlsx": lambda key: workbook(long_rows(key)),
    "wide.json": lambda key: json.dumps(records(wide_rows(key))).encode(),
    "long.json": lambda key: json.dumps(records(long_rows(key))).encode(),
    "students.json": lambda key: json.dumps(key).encode(),
    "inside.json": lambda key: json.dumps(
        {"exam": "", "answers": [{"student": student, "answers": sheet} for student, sheet in key.items()]}
    ).encode(),
    "wide.jsonl": lambda key: "\n".join(json.dumps(record) for record in records(wide_rows(key))).encode(),
    "long.ndjson": lambda key: "\n\n".join(json.dumps(record) for record in records(long_rows(key))).encode(),
}


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_gives_the_same_grades(desk: Path, key: dict[str, Sheet], name: str) -> None:
    """The right answers are right in every format, for the command and for Python, and from standard input."""
    (desk / name).write_bytes(FORMATS[name](key))
    told = graded(desk, name)
    assert "read as a" in told
    assert points(desk) == {"s1": FULL, "s2": FULL}
    report = lq.grade(desk / "out", desk / name)
    assert [result.points for result in report.results] == [Fraction("4.5")] * 2
    assert report.notes[0].startswith(f"{desk / name}: read as a")


def test_grades_as_json_tell_what_was_not_used(desk: Path) -> None:
    """What a person reads on the screen stands in the JSON too."""
    rows = [["Timestamp", "Username", *BLANKS], ["20.11.2026 11:10:00", "s9", *WRONG.values()]]
    put(desk, "form.csv", [*rows, ["20.11.2026 11:11:00", "s1", *WRONG.values()]])
    notes = json.loads(run("grade", "out", "form.csv", "--json").output)["notes"]
    assert notes[0] == "form.csv: read as a Google Forms export"
    assert notes[1] == 'form.csv, line 2: not used: no paper was made for "s9"'


def hash_of(desk: Path, folder: str) -> str:
    """Return the hash of a sealed exam."""
    return str(json.loads((desk / folder / "exam.json").read_text(encoding="utf-8"))["hash"])


@pytest.fixture
def other(desk: Path) -> str:
    """Draw another exam beside the first, and return its hash."""
    (desk / "exam2.yaml").write_text(EXAM.replace("seed: 7", "seed: 8"), encoding="utf-8")
    assert run("exam", "exam2.yaml", "--roster", "roster.csv", "-o", "other").exit_code == 0
    return hash_of(desk, "other")


def test_answers_to_another_exam_are_refused(desk: Path, other: str) -> None:
    """The seal may stand in a column, in JSON, in a text, in the properties of a sheet, or in the file's folder."""
    own, header = hash_of(desk, "out"), ["student", "exam", "1a"]
    put(desk, "fits.csv", [header, ["s1", own[:8].upper(), "5"], ["s2", "", "5"]])
    graded(desk, "fits.csv")
    put(desk, "other.csv", [header, ["s1", other[:12], "5"]])
    put(desk, "short.csv", [header, ["s1", own[:5], "5"]])
    (desk / "other.json").write_text(json.dumps({"exam": other, "answers": {"s1": {"1a": "5"}}}), encoding="utf-8")
    (desk / "other.xlsx").write_bytes(workbook([["student", "1a"], ["s1", "5"]], other))
    (desk / "other" / "beside.csv").write_text("student,1a\ns1,5\n", encoding="utf-8")
    (desk / "texts").mkdir()
    (desk / "texts" / "s1.txt").write_text(f"exam: {other[:8]}\n1a: 5\n", encoding="utf-8")
    for name in ("other.csv", "other.json", "other.xlsx", "other/beside.csv", "texts", "other/answers.xlsx"):
        message = refusal("grade", "out", name, beside=desk)
        assert "the seal does not match" in message
        assert own[:8] in message
        assert other[:8] in message
    assert "too short" in refusal("grade", "out", "short.csv", beside=desk)


def test_the_empty_sheet_carries_the_seal_and_keeps_what_is_typed(desk: Path, key: dict[str, Sheet]) -> None:
    """answers.xlsx names its exam, its cells are text (3-4 stays 3-4), and filled in it is graded."""
    import openpyxl

    sheet = openpyxl.load_workbook(desk / "out" / "answers.xlsx")
    assert sheet.custom_doc_props["layerquiz exam"].value == hash_of(desk, "out")
    rows = sheet.active
    assert rows.freeze_panes == "A2"
    assert [cell.value for cell in rows[1]] == ["student", *BLANKS]
    assert {cell.number_format for row in rows.iter_rows(min_row=2) for cell in row} == {"@"}
    for place, blank in enumerate(BLANKS, 2):
        rows.cell(2, place).value = key["s1"][blank]
    sheet.save(desk / "filled.xlsx")
    graded(desk, "filled.xlsx")
    assert points(desk)["s1"] == FULL


def test_what_is_written_for_gradebooks(desk: Path, key: dict[str, Sheet]) -> None:
    """Canvas and Moodle get plain numbers for those who handed in; the spreadsheet holds numbers as numbers."""
    import openpyxl

    put(desk, "answers2.csv", wide_rows({"s1": {**key["s1"], "1b": ""}}))
    graded(desk, "answers2.csv")
    grades = desk / "out" / "grades"
    assert (grades / "canvas.csv").read_text(encoding="utf-8").splitlines() == [
        "Student,ID,SIS User ID,SIS Login ID,Section,Quiz",
        "Points Possible,,,,,4.5",
        "Ada Brandt,,s1,s1,,3.5",
    ]
    assert (grades / "moodle.csv").read_text(encoding="utf-8").splitlines() == [
        "ID number,Username,Email address,Full name,Quiz,Quiz (feedback)",
        "s1,s1,,Ada Brandt,3.5,3.5 of 4.5 points. Points were lost at 1b.",
    ]
    sheet = openpyxl.load_workbook(grades / "grades.xlsx").active
    assert sheet.freeze_panes == "A2"
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["student", *BLANKS, "total"],
        ["s1", 1, 0, 0.5, 1, 1, 3.5],
        ["s2", None, None, None, None, None, 0],
    ]


def test_the_same_grades_are_the_same_bytes(desk: Path, key: dict[str, Sheet]) -> None:
    """Grading again changes nothing, the spreadsheet included."""
    put(desk, "answers2.csv", wide_rows(key))
    graded(desk, "answers2.csv")
    assert "up to date" in graded(desk, "answers2.csv")

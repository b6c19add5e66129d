"""Names and ids that mean harm, or only trouble: they are printed as they are and stay inside the folder."""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path

import pikepdf
import pytest

from cli.desk import EXAM, MAKE, pretended, pretended_whole, refusal, run, tree
from layerquiz import engine
from printed_text import read

LONG = "Anna Maria " * 27 + "End"
NAMES = {
    "../../x": r"\input{/etc/passwd}",
    "/etc/passwd": r"100 % \end{document} \write18{ls}",
    "a/b": "$(rm -rf .) `ls` $x^2$",
    "con": "\N{RIGHT-TO-LEFT OVERRIDE}Ada\N{RIGHT-TO-LEFT MARK} Brandt",
    "papers": "Zoë \N{GRINNING FACE} Müller",
    "solutions": "محمد علي",
    "..": LONG,
    "s 8": "José Álvarez",
    "s_8": "José Álvarez",
    "S_8": "=1+1",
    "=cmd|' /C calc'!A0": "+49 170",
    "@s12": "-2",
    "+s13": "@sum",
    "-s14": "'quoted'",
    "名前": "{{ 7 * 7 }} {% raw %}",
    "s" * 300: "#1 & _ ~ ^",
}
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture
def hostile(desk: Path) -> Path:
    """Return a desk with all these names on its roster, and no exam yet."""
    text = io.StringIO()
    csv.writer(text).writerows([("student", "name"), *NAMES.items()])
    (desk / "roster.csv").write_text(text.getvalue(), encoding="utf-8")
    shutil.rmtree(desk / "out")
    return desk


def cells(file: Path) -> list[list[str]]:
    """Return a CSV file's rows."""
    return list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"))))


def submit(folder: Path, answers: list[str]) -> None:
    """Fill in the first lines of the empty sheet as a spreadsheet would, and hand them in."""
    header, *rows = cells(folder / "out" / "answers.csv")
    blank = header.index("1a")
    filled = [[*row[:blank], answer, *row[blank + 1 :]] for row, answer in zip(rows, answers, strict=False)]
    with (folder / "answers.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *filled])


def test_files_stay_inside_the_folder(hostile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each student gets files of an own, plain name; no name of a folder, a device or the whole class is taken."""
    monkeypatch.setattr(engine, "available", lambda: True)
    monkeypatch.setattr(engine, "typeset", pretended)
    monkeypatch.setattr(engine, "set_whole", pretended_whole)
    beside = {name for name in tree(hostile.parent) if not name.startswith("desk/out")}
    assert run(*MAKE).exit_code == 0
    submit(hostile, ["1"] * len(NAMES))
    assert run("grade", "out", "answers.csv").exit_code == 0
    assert {name for name in tree(hostile.parent) if not name.startswith("desk/out")} == beside
    papers, feedback = (
        {path.name for path in (hostile / "out" / name).iterdir()} for name in ("papers", "grades/feedback")
    )
    assert len(papers) == len(NAMES) + 1
    assert len(feedback) == 3 * len(NAMES)
    for name in papers | feedback:
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name), name
        assert name.partition(".")[0].lower() not in ("con", "solutions")
    with pikepdf.open(hostile / "out" / "papers" / "papers.pdf") as whole:
        assert len(whole.pages) == 2 * len(NAMES)  # each begins on a new sheet


def test_a_cell_is_never_run(hostile: Path) -> None:
    """What begins like a formula is text in every table that is written, and is known again when it is handed in."""
    assert run(*MAKE).exit_code == 0
    submit(hostile, ["=SUM(A1:A9)", "+1+", "-", "@x", "\t=1"])
    result = run("grade", "out", "answers.csv")
    assert result.exit_code == 0, result.output
    written = list((hostile / "out").rglob("*.csv"))
    tables = {"key.csv", "answers.csv", "attendance.csv", "grades.csv", "review.csv", "canvas.csv", "moodle.csv"}
    assert {file.name for file in written} == tables
    for file in written:
        found = [cell for row in cells(file) for cell in row]
        assert [cell for cell in found if cell.startswith(DANGEROUS)] == []
    ids = {row[0] for row in cells(hostile / "out" / "grades" / "grades.csv")[1:]}
    assert ids == {f"'{student}" if student.startswith(DANGEROUS) else student for student in NAMES}


def test_a_message_about_a_long_id_is_short(desk: Path) -> None:
    """A message names a long id or blank in part, and stays one line."""
    for header, student in (("1a", "x" * 5000), ("y" * 5000, "s1")):
        (desk / "answers.csv").write_text(f"student,{header}\n{student},1\n")
        message = refusal("grade", "out", "answers.csv", beside=desk)
        assert len(message) < 300
        assert message.count("\n") == 1


@pytest.mark.tex
def test_every_name_is_printed(hostile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A paper shows a name as the text that it is; nothing in it is obeyed."""
    monkeypatch.undo()
    monkeypatch.chdir(hostile)
    if not engine.available():
        pytest.skip(f"there is no TeX: install {' '.join(engine.missing())}")
    (hostile / "exam.yaml").write_text(EXAM.partition("  - {template: dense")[0])
    assert run(*MAKE).exit_code == 0
    text = read((hostile / "out" / "papers" / "papers.pdf").read_bytes())
    flat = re.sub(r"\s+", "", text).replace("’", "'")
    for name in (
        r"\input{/etc/passwd}",
        r"100 % \end{document} \write18{ls}",
        "$(rm -rf .) `ls` $x^2$",
        "José Álvarez",
    ):
        assert re.sub(r"\s", "", name) in flat
    for name in ("AdaBrandt", "Zoë", "{{7*7}}{%raw%}", "'quoted'", "#1&_~^", "=1+1", "AnnaMariaAnnaMaria"):
        assert name in flat
    assert "root:" not in flat

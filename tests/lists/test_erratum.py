"""Slips about corrections: what holds for all is told with its reason, what is about one student is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from layerquiz import engine, lists
from layerquiz.cli import main
from layerquiz.errors import ExamError
from layerquiz.exam.exam import Exam
from layerquiz.grading.corrections import parse
from layerquiz.languages import ENGLISH
from layerquiz.render.lists import Slips
from lists.cohort import TEXT, exam, papers
from printed_text import read

CORRECTIONS = """
policy: {mistake: 3/4, why: the mistakes were hard to avoid}
corrections:
  - {blank: 1a, accept: 54, why: the sheet showed another padding}
  - {blank: 1b, accept: "= conv.width + 1", version: conv.padding == 0, why: rounded up in the lecture}
  - {question: 2, void: full, why: "the figure was missing: `x` & $y_1$ \\\\input{z} <b>"}
  - {blank: [1c, 3a], void: drop, why: it was not in the lecture}
  - {question: 2, accept: forgot-bias, why: said so}
  - {blank: 1a, student: s001, points: 1/2, why: private matter}
  - {question: 3, void: drop, student: [s002, s003], why: a page of theirs was not printed}
"""


def slips(text: str, of: Exam) -> Slips:
    """Return the slips of corrections."""
    found = parse(text, "corrections.yaml", of, papers(6))
    [item] = lists.erratum(of, papers(6)[0], found, ENGLISH).items
    assert isinstance(item, Slips)
    return item


def test_what_changed_and_why_is_told_and_nothing_of_single_students() -> None:
    found = slips(CORRECTIONS, exam())
    assert found.lines == (
        ("Questions 1, 2, 3", "marked by another policy than printed. The mistakes were hard to avoid."),
        ("Question 1a", "right as well: `54`. The sheet showed another padding."),
        ("Question 1b", "Where `conv.padding == 0`: right as well: `conv.width + 1`. Rounded up in the lecture."),
        (
            "Question 2",
            "everybody gets the points. The figure was missing: \\`x\\` \\& \\$y\\_1\\$ \\\\input{z} \\<b\\>.",
        ),
        ("Questions 1c, 3a", "does not count. It was not in the lecture."),
        ("Question 2", "right as well: forgot bias. Said so."),
    )
    assert "private" not in str(found)
    assert "theirs" not in str(found)


def test_corrections_of_single_students_alone_make_no_slip() -> None:
    private = "corrections:\n  - {blank: 1a, student: s001, points: 1/2, why: seen on paper}\n"
    with pytest.raises(ExamError, match="no correction is about all students"):
        slips(private, exam())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a sealed exam, made without TeX."""
    monkeypatch.chdir(tmp_path)
    Path("exam.yaml").write_text(TEXT)
    Path("roster.csv").write_text("student,name\n" + "".join(f"s00{number},A\n" for number in range(6)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "available", lambda: False)
        patch.setattr(engine, "missing", lambda: ["texlive-xetex"])
        told = CliRunner().invoke(main, ["exam", "exam.yaml", "--roster", "roster.csv", "-o", "out"])
    assert told.exit_code == 0, told.output
    return tmp_path / "out"


def test_an_exam_without_corrections_says_which_file_is_missing(folder: Path) -> None:
    told = CliRunner().invoke(main, ["erratum", "out"])
    assert told.exit_code == 1
    assert "corrections.yaml" in told.output
    (folder / "corrections.yaml").write_text("corrections: []\n")
    told = CliRunner().invoke(main, ["erratum", "out"])
    assert told.exit_code == 1
    assert "no correction is about all students" in told.output


@pytest.mark.tex
def test_four_identical_slips_stand_on_a_page(folder: Path) -> None:
    """Long ones are fewer on a page; nothing sticks out, and the same corrections make the same bytes."""
    if not engine.available():
        pytest.skip(f"there is no TeX: install {' '.join(engine.missing())}")
    (folder / "corrections.yaml").write_text(CORRECTIONS)
    told = CliRunner().invoke(main, ["erratum", "out"])
    assert told.exit_code == 0, told.output
    text = read((folder / "erratum.pdf").read_bytes())
    for slip in ("the points. The figure was missing", "It was not in the lecture", "54"):
        assert text.count(slip) == 4
    assert "private" not in text
    assert "up to date" in CliRunner().invoke(main, ["erratum", "out"]).output
    entry = "  - {blank: 1a, accept: 54, why: " + "long reasons " * 40 + "}\n"
    for times, count in ((3, 2), (9, 1)):
        (folder / "corrections.yaml").write_text("corrections:\n" + entry * times)
        assert CliRunner().invoke(main, ["erratum", "out"]).exit_code == 0
        assert read((folder / "erratum.pdf").read_bytes()).count("Question 1a") == times * count

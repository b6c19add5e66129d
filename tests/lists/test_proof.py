"""The proof of an exam: extremes are extremes, and what is printed can be signed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from layerquiz import engine, lists
from layerquiz.cli import main
from layerquiz.exam import exam as exams
from layerquiz.exam.drawing import drawings
from layerquiz.exam.library import templates
from layerquiz.exam.proof import code
from layerquiz.languages import ENGLISH
from layerquiz.render.lists import Asked, Rows
from printed_text import read

TEXT = """
title: Quiz
course: Deep Learning
seed: 7
time: 30
questions:
  - {template: conv-parameters, points: 2}
  - {template: pooling-size}
  - {text: "Why *so*?", points: 3, solution: "Because.", title: Reasons}
"""


def test_the_extremes_are_those_of_all_drawings() -> None:
    """The table is compared with a plain loop over the drawings."""
    found = lists.proof(exams.parse(TEXT, "exam.yaml", "x"), ENGLISH)
    [table] = [item for item in found[1].items if isinstance(item, Rows)]
    drawn = []
    for turn in range(1, 9):
        drawn += drawings(templates()["conv-parameters"], f"proof {turn}")
    for place, row in enumerate(table.rows):
        keys = sorted(question.blanks[place].key for question in drawn[:200])
        assert [int(cell.replace(",", "")) for cell in row[2:4]] == [keys[0], keys[-1]]
    assert [isinstance(item, Asked) for item in found[3].items].count(True) == 1


def test_the_times_add_up_to_the_total() -> None:
    first = lists.proof(exams.parse(TEXT, "exam.yaml", "x"), ENGLISH)[0]
    [table] = [item for item in first.items if isinstance(item, Rows)]
    total = sum(int(row[3]) for row in table.rows)
    assert dict(first.facts)["Estimated time"] == f"about {round(total / 60)} minutes of 30 minutes"
    assert [row[2] for row in table.rows] == ["2", "1.5", "3"]


@pytest.mark.tex
def test_a_proof_is_printed_and_the_exam_stays_a_draft_until_it_is_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--proof` needs no roster and makes nothing else; what it says to write makes the exam signed."""
    if not engine.available():
        pytest.skip(f"there is no TeX: install {' '.join(engine.missing())}")
    monkeypatch.chdir(tmp_path)
    Path("exam.yaml").write_text(TEXT)
    Path("roster.csv").write_text("student,name\ns1,Ada\n")
    told = CliRunner().invoke(main, ["exam", "exam.yaml", "--proof", "-o", "out"])
    assert told.exit_code == 0, told.output
    right = code(exams.parse(TEXT, "exam.yaml", "x"))
    assert f"signed: {{code: {right}, by: [two names]}}" in told.output
    assert [path.name for path in Path("out").iterdir()] == ["proof.pdf"]
    text = read(Path("out/proof.pdf").read_bytes())
    assert right in text
    assert "Because." in text
    assert text.count("name, date, signature") == 2
    assert "up to date" in CliRunner().invoke(main, ["exam", "exam.yaml", "--proof", "-o", "out"]).output
    make = ["exam", "exam.yaml", "--roster", "roster.csv", "-o"]
    assert "a draft" in CliRunner().invoke(main, [*make, "draft"]).output
    Path("exam.yaml").write_text(f"{TEXT}signed: {{code: {right}, by: [Ada, Bo]}}\n")
    assert "a draft" not in CliRunner().invoke(main, [*make, "signed"]).output


def test_without_a_roster_there_is_only_a_proof(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("exam.yaml").write_text(TEXT)
    told = CliRunner().invoke(main, ["exam", "exam.yaml", "-o", "out"])
    assert told.exit_code == 2
    assert "--roster" in told.output

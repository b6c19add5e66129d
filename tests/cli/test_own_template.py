"""An instructor's own template in an exam: named by its file, sealed with its text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.desk import MAKE, refusal, run
from layerquiz.exam.seal import digest

TEMPLATE = """\
---
title: Own
network:
  input: {features: {range: [30, 90, 3]}}
  layers:
    - {kind: dense, name: layer, units: {choice: [7, 11]}}
ask:
  - {blank: layer.parameters}
tells_apart: [forgot-bias]
---
How many parameters has a dense layer of {{ layer.units }} units on {{ input.features }} inputs?
"""
EXAM = "title: Quiz\nseed: 7\nquestions:\n  - {template: own.md}\n  - {template: conv-size}\n"


@pytest.fixture
def own(desk: Path) -> Path:
    """Return the desk with a template on it, and an exam that names it."""
    (desk / "own.md").write_text(TEMPLATE)
    (desk / "exam.yaml").write_text(EXAM)
    return desk


def test_a_file_beside_the_exam_is_a_template(own: Path) -> None:
    """The exam names the file; the sealed exam is graded without it."""
    assert run(*MAKE, "--force").exit_code == 0
    (own / "own.md").unlink()
    (own / "answers.csv").write_text("student,1\ns1,17\n")
    told = json.loads(run("grade", "out", "answers.csv", "--json").output)
    assert told["students"][0]["blanks"]["1"]["quantity"] == "layer.parameters"


def test_a_file_that_is_not_there_is_told(own: Path) -> None:
    """The message names the file that was looked for, and the nearest."""
    (own / "exam.yaml").write_text(EXAM.replace("own.md", "owl.md"))
    assert 'Did you mean "own.md"?' in refusal(*MAKE, beside=own)


def test_a_name_of_the_library_is_taken(own: Path) -> None:
    """Two templates of one name could not be told apart in the sealed exam."""
    (own / "conv-size.md").write_text(TEMPLATE)
    (own / "exam.yaml").write_text(EXAM.replace("own.md", "conv-size.md"))
    assert "of the library" in refusal(*MAKE, beside=own)


def test_check_takes_a_folder_for_its_templates(own: Path) -> None:
    """Markdown that is no template is left aside."""
    (own / "notes.md").write_text("# Notes\n")
    result = run("check", str(own), "--seeds", "5")
    assert result.exit_code == 0
    assert result.output.startswith("own: holds")


def test_nonsense_with_a_right_hash_is_one_message(own: Path) -> None:
    """Whoever seals anew what is no exam gets a message, not a traceback."""
    assert run(*MAKE, "--force").exit_code == 0
    sealed = json.loads((own / "out" / "exam.json").read_text())
    sealed["papers"][0]["drawn"] = [{}]
    sealed["hash"] = digest(sealed)
    (own / "out" / "exam.json").write_text(json.dumps(sealed))
    assert "exam.json" in refusal("grade", "out", "answers.csv", beside=own)


def test_the_name_of_a_file_has_the_file_as_its_cure(own: Path) -> None:
    assert 'write "own.md"' in refusal("draw", "own", beside=own)

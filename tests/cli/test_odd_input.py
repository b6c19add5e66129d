"""Odd but honest input: one message at the right exit code, and nothing of yesterday passes for today's."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import layerquiz as lq
from cli.desk import EXAM, MAKE, refusal, run
from layerquiz.cli import main

GRADE = ("grade", "out", "answers.csv")


@pytest.mark.parametrize(
    "arguments",
    [
        ("solve", ""),
        ("solve", "alexnet", "--quantity", ""),
        ("diagnose", "", "conv1.height", "55"),
        ("diagnose", "alexnet", "", "55"),
        ("draw", ""),
        ("exam", "", "--roster", "roster.csv", "-o", "out"),
        ("exam", "exam.yaml", "--roster", "", "-o", "out"),
        ("grade", "", "answers.csv"),
        ("grade", "out", ""),
    ],
    ids=" ".join,
)
def test_an_empty_name_is_wrong_usage(desk: Path, arguments: tuple[str, ...]) -> None:
    """An empty name is a shell variable that was not set, and never means the current folder or everything."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert "it is empty" in result.output


def test_a_template_from_standard_input_is_called_so() -> None:
    """A message names what was read as a person would."""
    result = CliRunner().invoke(main, ["draw", "-"], input="junk\n")
    assert result.exit_code == 1
    assert result.output.startswith("Error: standard input: ")


def test_a_place_is_named_once(desk: Path) -> None:
    """File and line stand in a message once."""
    front = "title: T\nlet: {range: 1}\nnetwork: {}\nask: [{blank: a.b}]"
    (desk / "own.md").write_text(f"---\n{front}\n---\nText.\n")
    assert run("check", "own.md").output.count("own.md") == 1


def test_a_level_that_no_template_has_is_told_with_those_that_are() -> None:
    """The message speaks of a topic only where one was given."""
    output = run("questions", "--level", "9").output
    assert "of this topic" not in output
    assert "Known: 1, 2" in output


def test_a_sheet_that_is_there_is_up_to_date(desk: Path) -> None:
    """What would come out equal is left alone, and said so; the file's ending may be in capitals."""
    make = ("sheet", "-o", "practice.MD", "-n", "1")
    assert run(*make).output == "practice.MD: 1 question\n"
    assert run(*make).output == "practice.MD: up to date\n"


def test_questions_are_listed_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed standard output is no reason for a traceback."""
    from layerquiz.cli.screen import console

    monkeypatch.setattr(sys, "stdout", None)
    console().print("nothing")


def test_papers_of_another_exam_do_not_stay_where_none_can_be_printed(desk: Path) -> None:
    """Without TeX a changed exam is refused beside printed papers: they would pass for its own for ever."""
    (desk / "out" / "papers").mkdir()
    (desk / "out" / "papers" / "s1.pdf").write_bytes(b"%PDF of the old exam")
    assert run(*MAKE).exit_code == 0
    (desk / "exam.yaml").write_text(EXAM.replace("seed: 7", "seed: 8"))
    message = refusal(*MAKE, "--force", beside=desk, code=3)
    assert "nstall texlive-xetex" in message


def test_feedback_on_other_answers_does_not_stay_where_none_can_be_printed(desk: Path) -> None:
    """Without TeX other grades are refused beside printed feedback."""
    assert run(*GRADE).exit_code == 0
    (desk / "out" / "grades" / "feedback" / "s1.pdf").write_bytes(b"%PDF of the old grades")
    assert run(*GRADE).exit_code == 0
    (desk / "answers.csv").write_text((desk / "answers.csv").read_text().replace("s1,1", "s1,7"))
    refusal(*GRADE, "--force", beside=desk, code=3)


def test_accepted_grades_are_final_in_the_summary(desk: Path) -> None:
    """The class's page says provisional exactly where the students' pages do."""
    (desk / "answers.csv").write_text("student,1a,1b,1c,2a,2b\ns1,what?,2,3,4,5\n")
    assert run(*GRADE).exit_code == 0
    summary = desk / "out" / "grades" / "summary.md"
    assert "provisional" in summary.read_text()
    assert run(*GRADE, "--accept-zero", "--force").exit_code == 0
    assert "provisional" not in summary.read_text()


def test_two_templates_of_one_name_are_refused(desk: Path) -> None:
    """The seal keeps templates by name: two files of one name would swap their questions when the exam is graded."""
    template = "---\ntitle: T\nnetwork: {{input: {{features: {size}}}, layers: [{{kind: dense, name: d, units: 3}}]}}\n"
    for folder, size in (("a", 4), ("b", 5)):
        (desk / folder).mkdir()
        text = template.format(size=size) + "ask: [{blank: d.parameters}]\n---\nHow many?\n"
        (desk / folder / "own.md").write_text(text)
    (desk / "exam.yaml").write_text("title: Q\nquestions:\n  - {template: a/own.md}\n  - {template: b/own.md}\n")
    message = refusal("exam", "exam.yaml", "--roster", "roster.csv", "-o", "new", beside=desk)
    assert "line 4" in message
    assert '"own"' in message


def test_mathematics_that_cannot_be_printed_is_told_with_its_place(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An instruction with a command that is not allowed names the paper that it stands on."""
    from layerquiz import engine

    monkeypatch.setattr(engine, "available", lambda: True)
    (desk / "exam.yaml").write_text(EXAM + "instructions: 'See $\\input{x}$.'\n")
    message = refusal("exam", "exam.yaml", "--roster", "roster.csv", "-o", "new", beside=desk)
    assert message.startswith("Error: paper 1: ")


def test_python_takes_paths_too(desk: Path) -> None:
    """`lq.grade` takes the folder and the file as paths or as texts."""
    report = lq.grade(Path("out"), Path("answers.csv"))
    assert report.as_json() == lq.grade("out", "answers.csv").as_json()
    json.dumps(report.as_json())

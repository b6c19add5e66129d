"""Exams of a cohort at the command line: own text, versions, spare papers, late rows and make-ups."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from cli.desk import pretended, pretended_whole, refusal, run, tree
from layerquiz import engine
from layerquiz.csv_files import csv_text
from layerquiz.errors import LayerquizError
from layerquiz.exam.assumptions import AMBIGUOUS
from layerquiz.exam.exam_schema import schema
from layerquiz.languages import Words
from layerquiz.press import exams
from layerquiz.press.helpers import helpers

EXAM = """\
title: Quiz
seed: 7
sections:
  - title: Numbers
    questions: [{template: conv-size}, {template: dense-parameters}]
  - title: Words
    questions: [{text: Why?, points: 4, rubric: Half for the mask.}]
"""
ROSTER = "student,name,room,seat\ns1,Ada,R1,1-1\ns2,Bo,R1,1-2\ns3,Cy,R1,2-1\ns4,Di,R1,2-2\n"
LATE = "student,name,room,seat\nnew,Eve,R1,1-3\n" + ROSTER.partition("\n")[2]
BLANKS = ["1a", "1b", "1c", "2a", "2b", "3"]


@pytest.fixture(autouse=True)
def desk(tmp_path, monkeypatch):
    """Put down an exam and its roster; printing is pretended."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(engine, "available", lambda: True)
    monkeypatch.setattr(engine, "typeset", pretended)
    monkeypatch.setattr(engine, "set_whole", pretended_whole)
    for name, text in {"exam.yaml": EXAM, "roster.csv": ROSTER, "late.csv": LATE}.items():
        Path(name).write_text(text, encoding="utf-8")


def rows(file):
    return list(csv.reader(Path(file).read_text(encoding="utf-8").splitlines()))


def write(file, lines):
    Path(file).write_text(csv_text(lines), encoding="utf-8")


def make(*more, roster="roster.csv", into="out"):
    result = run("exam", "exam.yaml", "--roster", roster, "-o", into, "--no-lists", *more)
    assert result.exit_code == 0, result.output
    return result.output


def papers(into="out"):
    found = json.loads(Path(into, "exam.json").read_text(encoding="utf-8"))["papers"]
    return {paper["student"]: paper for paper in found}


def test_the_key_says_what_a_person_marks():
    make()
    key, answers = rows("out/key.csv"), rows("out/answers.csv")
    assert key[0] == answers[0] == ["student", *BLANKS]
    assert [row[-1] for row in key[1:]] == ["by hand, 4 points"] * 4
    assert answers[1:] == [[f"s{n}", *[""] * 6] for n in range(1, 5)]


def test_points_are_entered_into_the_column_of_the_question():
    """A blank entry is to be marked: the grades wait for it, and a decision in review.csv counts."""
    make()
    right = {row[0]: row[1:6] for row in rows("out/key.csv")[1:]}
    entered = {"s1": "4", "s2": "2,5", "s3": "", "s4": "5"}
    lines = [["student", *BLANKS], *([student, *right[student], points] for student, points in entered.items())]
    write("answers.csv", lines)
    result = run("grade", "out", "answers.csv", "--no-pdf")
    assert "2 answers are to be read by a person" in result.output
    totals = {row[0]: row[-2:] for row in rows("out/grades/grades.csv")[1:]}
    assert totals == {"s1": ["4", "8.5"], "s2": ["2.5", "7"], "s3": ["0", "4.5"], "s4": ["0", "4.5"]}
    review = rows("out/grades/review.csv")
    assert [row[:3] for row in review[1:]] == [["s3", "3", ""], ["s4", "3", "5"]]
    write("out/grades/review.csv", [review[0], *([*row[:-1], "1/2"] for row in review[1:])])
    again = run("grade", "out", "answers.csv", "--no-pdf", "--force")
    assert "provisional" not in again.output
    assert [row[-2] for row in rows("out/grades/grades.csv")[1:]] == ["4", "2.5", "0.5", "0.5"]
    report = Path("out/grades/report.html").read_text(encoding="utf-8")
    assert "In your own words" in report
    assert "Half for the mask." in Path("out/grades/feedback/s2.md").read_text(encoding="utf-8")


def test_versions_stand_in_the_key():
    Path("exam.yaml").write_text(f"versions: 4\n{EXAM}", encoding="utf-8")
    make()
    key = rows("out/key.csv")
    assert key[0] == ["student", "version", *BLANKS]
    assert sorted(row[1] for row in key[1:]) == ["A", "B", "C", "D"]
    before = {row[0]: row for row in key}
    make("--force", roster="late.csv")
    after = {row[0]: row for row in rows("out/key.csv")}
    assert {student: after[student] for student in before} == before
    assert after["new"][1] != before["s2"][1]


def test_spare_papers_are_sealed_and_more_are_added():
    """They are printed, have keys and rows for answers, and a late student changes none of them."""
    make("--spare", "2")
    assert [row[0] for row in rows("out/answers.csv")[5:]] == ["spare-5", "spare-6"]
    assert {path.name for path in Path("out/papers").iterdir()} >= {"spare-5.pdf", "spare-6.pdf"}
    before = papers()
    make("--spare", "3", "--force", roster="late.csv")
    after = papers()
    assert list(after) == ["new", "s1", "s2", "s3", "s4", "spare-5", "spare-6", "spare-8"]
    kept = {student: {**paper, "number": place} for place, (student, paper) in enumerate(before.items(), 1)}
    assert {student: after[student] for student in before} == kept
    assert (after["new"]["number"], after["spare-8"].get("number", 8)) == (7, 8)
    assert "up to date" in make("--spare", "3", roster="late.csv")
    assert "up to date" in make(roster="late.csv")


def test_spare_papers_that_nobody_has_do_not_count():
    make("--spare", "2")
    Path("answers.csv").write_text(f"student,{','.join(BLANKS)}\ns1,1,2,3,4,5,1\nspare-6,,,,,,\n", encoding="utf-8")
    assert "1 of 4 papers handed in" in run("grade", "out", "answers.csv", "--no-pdf").output
    assert [row[0] for row in rows("out/grades/grades.csv")[1:]] == ["s1", "s2", "s3", "s4"]


def test_a_makeup_is_another_exam_of_the_same_questions():
    make()
    first = tree(Path("out"))
    make("--makeup", "out", into="again")
    assert tree(Path("out")) == first
    assert json.loads(Path("again/exam.json").read_text(encoding="utf-8"))["seed"] == "7/makeup"
    before, after = papers(), papers("again")
    assert list(after) == list(before)
    for paper in after.values():
        for other in before.values():
            assert all(mine != theirs for mine, theirs in zip(paper["drawn"][:2], other["drawn"][:2], strict=True))
    assert "up to date" in make("--makeup", "out", into="again")


def test_a_late_student_is_told_that_only_papers_are_added(tmp_path):
    make()
    with Path("roster.csv").open("a", encoding="utf-8") as roster:
        roster.write("late,Late Student\n")
    command = ("exam", "exam.yaml", "--roster", "roster.csv", "-o", "out")
    told = "1 paper is new, all others stay as they are. Give --force to add what is new."
    assert told in refusal(*command, beside=tmp_path)
    text = Path("exam.yaml").read_text(encoding="utf-8")
    Path("exam.yaml").write_text(f"honour: Mine.\n{text}", encoding="utf-8")
    assert "stay as they are" not in refusal(*command, beside=tmp_path)


def test_a_makeup_of_an_exam_without_seed_draws_the_same_templates():
    Path("exam.yaml").write_text("title: Q\nquestions: [{draw: {topic: pooling, count: 2}}]\n", encoding="utf-8")
    make()
    make("--makeup", "out", into="again")
    one, other = (json.loads(Path(into, "exam.json").read_text(encoding="utf-8")) for into in ("out", "again"))
    assert list(one["templates"]) == list(other["templates"])
    assert other["seed"] == f"{one['seed']}/makeup"


def test_a_makeup_needs_a_folder_of_its_own_and_a_first_exam(tmp_path):
    make()
    command = ("exam", "exam.yaml", "--roster", "roster.csv", "-o")
    assert "written over the first exam" in refusal(*command, "out", "--makeup", "out", beside=tmp_path)
    assert "nowhere" in refusal(*command, "again", "--makeup", "nowhere", beside=tmp_path)


@pytest.mark.parametrize("address", ["foo", "tcp://", "tcp://here:port"])
def test_what_is_no_address_of_a_scheduler_is_told_at_once(address):
    pytest.importorskip("distributed")
    with pytest.raises(LayerquizError, match="no address of a Dask scheduler"), helpers(None, address, 3):
        pass


def test_who_stops_an_exam_is_told_how_it_goes_on(monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(exams, "write_exam", stopped)
    result = run("exam", "exam.yaml", "--roster", "roster.csv", "-o", "out")
    assert result.exit_code == 1
    assert "Run the same command again" in result.output


def test_a_preview_is_one_paper_and_its_solution():
    """It needs no roster, writes nothing else, and is the same every time."""
    result = run("exam", "exam.yaml", "--preview", "-o", "look")
    assert result.exit_code == 0, result.output
    assert sorted(tree(Path("look"))) == ["paper.pdf", "solution.pdf"]
    assert "up to date" in run("exam", "exam.yaml", "--preview", "-o", "look").output


def test_a_preview_says_everything_in_the_language_of_the_exam(monkeypatch):
    monkeypatch.setattr(engine, "available", lambda: False)
    Path("exam.yaml").write_text("title: Q\nlanguage: de\nquestions: [{template: conv-parameters}]\n", encoding="utf-8")
    assert run("exam", "exam.yaml", "--preview", "-o", "look").exit_code == 0
    paper = Path("look/paper.md").read_text(encoding="utf-8")
    assert "notieren Sie Ihre Annahme" in " ".join(paper.split())
    assert "ambiguous" not in paper


def test_a_preview_without_tex_is_text(monkeypatch):
    monkeypatch.setattr(engine, "available", lambda: False)
    monkeypatch.setattr(engine, "missing", lambda: ["texlive-xetex"])
    assert "texlive-xetex" in run("exam", "exam.yaml", "--preview", "-o", "look").output
    assert sorted(tree(Path("look"))) == ["paper.md", "solution.md"]
    paper, solution = (Path("look", name).read_text(encoding="utf-8") for name in ("paper.md", "solution.md"))
    assert "Why?" in paper
    assert "Half for the mask." not in paper
    assert "Half for the mask." in solution


def test_a_preview_is_in_the_language_of_its_exam(monkeypatch):
    """What all questions assume, too."""
    monkeypatch.setattr(engine, "available", lambda: False)
    Path("exam.yaml").write_text("title: Q\nlanguage: de\nquestions: [{template: conv-size}]\n", encoding="utf-8")
    assert run("exam", "exam.yaml", "--preview", "-o", "look").exit_code == 0
    paper = Path("look", "paper.md").read_text(encoding="utf-8")
    assert Words("de")(AMBIGUOUS) in paper
    assert AMBIGUOUS not in paper


def test_a_preview_says_what_is_wrong_with_the_exam(tmp_path):
    Path("exam.yaml").write_text(f"policy: {{mistakes: 2}}\n{EXAM}", encoding="utf-8")
    assert "exam.yaml, line 1" in refusal("exam", "exam.yaml", "--preview", "-o", "look", beside=tmp_path)


def test_a_missing_logo_is_told_with_the_exam_that_names_it(tmp_path):
    Path("exam.yaml").write_text(f"logo: log.png\n{EXAM}", encoding="utf-8")
    told = refusal("exam", "exam.yaml", "--preview", "-o", "look", beside=tmp_path)
    assert "exam.yaml, logo, log.png: no such file" in told


def test_the_schema_is_printed():
    assert json.loads(run("exam", "--schema").output) == schema()


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("exam.yaml",),
        ("exam.yaml", "-o", "out"),
        ("exam.yaml", "--roster", "roster.csv"),
        ("exam.yaml", "--preview"),
        ("exam.yaml", "--preview", "--proof", "-o", "out"),
        ("exam.yaml", "--preview", "--spare", "2", "-o", "out"),
        ("exam.yaml", "--preview", "--roster", "roster.csv", "-o", "out"),
    ],
)
def test_what_is_missing_is_wrong_usage(words, tmp_path):
    before = tree(tmp_path)
    result = run("exam", *words)
    assert (result.exit_code, tree(tmp_path)) == (2, before)
    assert "--roster" in result.output

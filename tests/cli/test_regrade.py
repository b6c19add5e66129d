"""Grading again: corrections and a changed policy, who gains and loses, decisions in review.csv, and what stays."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import layerquiz as lq
from cli.desk import refusal, run, tree

GRADE = ("grade", "out", "answers.csv")
# s1: 91, 76, 64, 784000, 785000; s2: 52, 81, 48, 94080, 94200, in seed 7 of the desk's exam
ANSWERS = "student,1a,1b,1c,2a,2b\ns1,93,76,64,784000,784000\ns2,52,81,what?,94080,120 * 784\n"
CORRECTIONS = """\
policy: {mistake: 3/4, why: the mistakes were hard to avoid}
corrections:
  - {blank: 1a, accept: "= conv.height + 2", why: rounded up in the lecture}
"""
GRADES = Path("out/grades/grades.csv")


def grades(blank: str = "") -> dict[str, str]:
    """The points for a blank, or the totals, by student, as they are written."""
    with GRADES.open(encoding="utf-8") as stream:
        return {row["student"]: row[blank or "total"] for row in csv.DictReader(stream)}


@pytest.fixture
def graded(desk: Path) -> Path:
    """A desk on which the answers have been graded once."""
    (desk / "answers.csv").write_text(ANSWERS, encoding="utf-8")
    assert run(*GRADE).exit_code == 0
    return desk


def again(*more: str) -> str:
    """Grade once more; return what was printed."""
    result = run(*GRADE, *more)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_regrade_shows_who_gains_before_anything_is_written(graded: Path) -> None:
    """With corrections.yaml beside the exam, each changed mark is told with its reason, and nothing is written."""
    before = grades("1a"), grades("2b")
    assert before == ({"s1": "0", "s2": "1"}, {"s1": "0.25", "s2": "0.5"})
    (graded / "out" / "corrections.yaml").write_text(CORRECTIONS)
    message, *table = refusal(*GRADE, beside=graded).splitlines()
    assert message == (
        "Error: out/grades/grades.csv: 2 marks that are there would change. Nothing was written. "
        "Give --force to write the new grades, or write into another folder."
    )
    assert [line.split(None, 4) for line in table] == [
        ["student", "blank", "before", "after", "why"],
        ["s1", "1a", "0", "1", "rounded up in the lecture"],
        ["s2", "2b", "0.5", "0.75", "the mistakes were hard to avoid"],
        ["2", "students", "gain,", "0", "lose."],
    ]


def test_corrections_survive_every_regrade(graded: Path) -> None:
    """Forced once, the changed grades are up to date from then on, and the same as in a fresh folder."""
    (graded / "out" / "corrections.yaml").write_text(CORRECTIONS)
    output = again("--force")
    assert "rounded up in the lecture" in output
    assert (grades("1a"), grades("2b")) == ({"s1": "1", "s2": "1"}, {"s1": "0.25", "s2": "0.75"})
    written = tree(graded)
    assert "up to date" in again()
    assert "up to date" in again("--force")
    assert tree(graded) == written
    again("-o", "fresh")
    fresh, old = tree(graded / "fresh"), tree(graded / "out" / "grades")
    assert fresh == old
    assert (graded / "fresh" / "changes.csv").read_text() == (
        "student,blank,before,after,why\n"
        "s1,1a,0,1,rounded up in the lecture\n"
        "s2,2b,0.5,0.75,the mistakes were hard to avoid\n"
    )


def test_a_stricter_policy_lowers_nothing(graded: Path) -> None:
    """By default no mark goes down, and a note says which would; with `lower: true` they do."""
    file = graded / "out" / "corrections.yaml"
    file.write_text("policy: {mistake: 0, mistake_bare: 0, why: easy mistakes}\n")
    output = again()
    assert "corrections would lower 2 marks, kept as no mark goes down" in output
    assert grades("2b") == {"s1": "0.25", "s2": "0.5"}
    file.write_text("lower: true\npolicy: {mistake: 0, mistake_bare: 0, why: easy mistakes}\n")
    result = run(*GRADE)
    assert result.exit_code == 1
    assert "0 students gain, 2 lose" in result.output
    again("--force")
    assert grades("2b") == {"s1": "0", "s2": "0"}


def test_what_a_correction_gave_stays_when_it_is_taken_back(graded: Path) -> None:
    """Points that were given by a correction are not taken by changing the file, unless marks may go down."""
    file = graded / "out" / "corrections.yaml"
    file.write_text(CORRECTIONS)
    again("--force")
    file.write_text("corrections: []\n")
    again("--force")
    assert grades("1a")["s1"] == "1"
    assert "up to date" in again()
    file.write_text("lower: true\n")
    assert run(*GRADE).exit_code == 1
    again("--force")
    assert grades("1a")["s1"] == "0"


def test_other_answers_are_graded_as_they_are(graded: Path) -> None:
    """A mark that falls because the answer is another one is not held by corrections."""
    (graded / "out" / "corrections.yaml").write_text(CORRECTIONS)
    again("--force")
    (graded / "answers.csv").write_text(ANSWERS.replace("s2,52", "s2,7"))
    again("--force")
    assert grades("1a") == {"s1": "1", "s2": "0"}


def test_a_named_file_of_corrections(graded: Path) -> None:
    """--corrections names another file, and its faults are told with their line."""
    (graded / "mine.yaml").write_text(CORRECTIONS)
    assert "rounded up" in again("--force", "--corrections", "mine.yaml")
    (graded / "mine.yaml").write_text(CORRECTIONS.replace("1a", "1x"))
    message = refusal(*GRADE, "--corrections", "mine.yaml", beside=graded)
    assert "mine.yaml, line 3" in message
    assert 'no blank "1x"' in message
    assert "no such file" in refusal(*GRADE, "--corrections", "none.yaml", beside=graded)


def test_a_reason_cannot_write_on_the_terminal(graded: Path) -> None:
    """Control characters in a reason, or in grades that somebody has edited, are shown as escapes."""
    (graded / "out" / "corrections.yaml").write_text('corrections: [{blank: 1a, void: full, why: "\\e[2Jgone"}]\n')
    GRADES.write_text(GRADES.read_text().replace("s2,1,", "s2,\x1b[31m1,"))
    told = refusal(*GRADE, beside=graded)
    assert "\x1b" not in told
    assert "\\x1b[2Jgone" in told


def test_differences_as_json(graded: Path) -> None:
    """--json lists the differences as data, before the one message."""
    (graded / "out" / "corrections.yaml").write_text(CORRECTIONS)
    result = run(*GRADE, "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["differences"][0] == {
        "student": "s1",
        "blank": "1a",
        "before": "0",
        "after": "1",
        "why": "rounded up in the lecture",
    }


def test_dropped_points_leave_the_total(graded: Path) -> None:
    """A dropped blank counts for nobody, and the students' pages say of how many points the rest is."""
    (graded / "out" / "corrections.yaml").write_text("corrections:\n  - {question: 1, void: drop, why: misprinted}\n")
    again("--force")
    assert grades() == {"s1": "1.25", "s2": "1.5"}
    assert "1.25 of 2" in (graded / "out" / "grades" / "feedback" / "s1.md").read_text()


def test_python_takes_corrections_too(graded: Path) -> None:
    """`lq.grade` of a folder gives the points that the command writes."""
    (graded / "out" / "corrections.yaml").write_text(CORRECTIONS)
    again("--force")
    report = lq.grade("out", "answers.csv")
    assert {result.paper.student.id: f"{float(result.points):g}" for result in report.results} == grades()


def decide(points: str, desk: Path) -> None:
    """Write points into the only row of the review."""
    file = desk / "out" / "grades" / "review.csv"
    header, row = file.read_text(encoding="utf-8").splitlines()
    file.write_text(f"{header}\n{row.rpartition(',')[0]},{points}\n", encoding="utf-8")


def test_the_review_lists_what_a_person_has_to_read(graded: Path) -> None:
    """An unreadable answer is listed with why and an empty place for points; the grades are provisional."""
    lines = (graded / "out" / "grades" / "review.csv").read_text().splitlines()
    assert lines[0] == "student,blank,answer,read as,why,points"
    assert lines[1].startswith("s2,1c,what?,,")
    assert lines[1].endswith(",")
    assert "provisional" in (graded / "out" / "grades" / "summary.md").read_text()


def test_a_decision_is_taken_and_kept(graded: Path) -> None:
    """Points in review.csv count, make the grades final, stay in the file, and are asked for no more."""
    decide("0.25", graded)
    result = run(*GRADE)
    assert result.exit_code == 1
    assert "decided by hand" in result.output
    assert "1 student gains" in result.output
    output = again("--force")
    assert "provisional" not in output
    assert grades("1c") == {"s1": "0.5", "s2": "0.25"}
    assert (graded / "out" / "grades" / "review.csv").read_text().splitlines()[1].endswith(",0.25")
    assert "provisional" not in (graded / "out" / "grades" / "summary.md").read_text()
    assert "up to date" in again()


def test_a_spreadsheet_may_save_the_review(graded: Path) -> None:
    """A decision is found again behind semicolons, quotes, decimal commas and a byte order mark."""
    file = graded / "out" / "grades" / "review.csv"
    with file.open(encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    rows[1][-1] = "0,5"
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    again("--force")
    assert grades("1c")["s2"] == "0.5"
    assert "up to date" in again()


def test_a_decision_of_nothing_makes_grades_final(graded: Path) -> None:
    """Nought points are a decision too: no mark changes, and nothing waits any more."""
    decide("0", graded)
    assert "provisional" not in again("--force")
    assert grades("1c")["s2"] == "0"


def test_a_decision_on_another_answer_is_not_used(graded: Path) -> None:
    """Where the answer has changed, the decision is reported and left out, and the new answer waits."""
    decide("0.5", graded)
    (graded / "answers.csv").write_text(ANSWERS.replace("what?", "no idea"))
    output = again("--force")
    assert "s2 1c: the answer has changed since it was decided; the decision is not used" in output
    assert grades("1c")["s2"] == "0"
    row = (graded / "out" / "grades" / "review.csv").read_text().splitlines()[1]
    assert row.startswith("s2,1c,no idea,")
    assert row.endswith(",")


@pytest.mark.parametrize("points", ["1", "-1", "much", "0.5 of 1", "1/0", "nan"])
def test_points_that_cannot_be_decided(graded: Path, points: str) -> None:
    """Points outside what the blank has, or that are no number, name the file's line and what is allowed."""
    decide(points, graded)
    message = refusal(*GRADE, beside=graded)
    assert "review.csv, line 2" in message
    assert "from 0 to 1/2" in message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [("s2,1c", "s22,1c", 'Did you mean "s2"?'), ("s2,1c", "s2,1cc", 'Did you mean "1c"?'), ("points", "p", '"points"')],
)
def test_a_review_that_cannot_be_used(graded: Path, old: str, new: str, message: str) -> None:
    """A decision about nobody or nothing, or a lost column, is refused with its line."""
    decide("0.5", graded)
    file = graded / "out" / "grades" / "review.csv"
    file.write_text(file.read_text().replace(old, new))
    told = refusal(*GRADE, beside=graded)
    assert message in told
    assert "review.csv, line " in told


def test_assumptions_are_for_a_person(graded: Path) -> None:
    """An answer that says what was assumed is listed where it is not paid in full, with what was read."""
    text = ANSWERS.replace("784000\n", "784000 (I assumed no bias)\n").replace("s2,52,", "s2,52 (assuming padding),")
    (graded / "answers.csv").write_text(text)
    again("--force")
    with (graded / "out" / "grades" / "review.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    listed = {(row["student"], row["blank"]): row for row in rows}
    assert ("s1", "2b") in listed
    assert listed["s1", "2b"]["answer"] == "784000 (I assumed no bias)"
    assert listed["s1", "2b"]["why"]


def test_formulas_in_answers_stay_texts(graded: Path) -> None:
    """What a spreadsheet would run is written with an apostrophe, and a decision about it is found again."""
    (graded / "answers.csv").write_text(ANSWERS.replace("what?", "=cmd|' /C calc'!A0"))
    again("--force")
    row = (graded / "out" / "grades" / "review.csv").read_text().splitlines()[1]
    assert row.startswith("s2,1c,'=cmd")
    decide("0.5", graded)
    again("--force")
    assert grades("1c")["s2"] == "0.5"
    assert "up to date" in again()


def test_grades_that_were_spoilt_are_not_replaced_unasked(graded: Path) -> None:
    """A grades.csv that is no table any more stays until --force is given."""
    GRADES.write_text('student,"1a\n')
    assert "--force" in refusal(*GRADE, beside=graded)
    again("--force")
    assert grades("1a")["s2"] == "1"


@pytest.mark.parametrize(
    "arguments",
    [("grade", "out"), ("grade", "out", "answers.csv", "--simulate"), ("grade", "out", "answers.csv", "--policy", "p")],
    ids=" ".join,
)
def test_answers_or_a_simulation(desk: Path, arguments: tuple[str, ...]) -> None:
    """Either answers are graded or a policy is simulated: neither, or both, is wrong usage."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert "--simulate" in result.output


def test_a_policy_is_tried_before_the_exam(desk: Path) -> None:
    """--simulate prints a table for the sealed policy, and beside it that of a file; nothing is written."""
    (desk / "other.yaml").write_text("mistake: 3/4\nrounding: true\n")
    before = tree(desk)
    told = run("grade", "out", "--simulate", "--policy", "other.yaml")
    assert told.exit_code == 0
    assert "sealed policy: mean" in told.output
    assert "other.yaml: mean" in told.output
    assert "10,000 simulated students" in told.output
    assert json.loads(run("grade", "out", "--simulate", "--json").stdout)["policies"] == ["sealed policy"]
    assert tree(desk) == before


def test_a_policy_that_cannot_be_tried(desk: Path) -> None:
    """A fault in the other policy names its file."""
    (desk / "other.yaml").write_text("mistaek: 3/4\n")
    message = refusal("grade", "out", "--simulate", "--policy", "other.yaml", beside=desk)
    assert message.startswith("Error: other.yaml")
    assert '"mistake"' in message

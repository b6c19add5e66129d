"""`enter`: papers are typed, checked, left and taken up again; two people are compared; spares find their students."""

from __future__ import annotations

import csv
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.desk import refusal, run
from layerquiz.cli import main
from layerquiz.entry import record
from layerquiz.exam.identity import identity
from layerquiz.report import opened

ROSTER = "student,name\ns1,Ada Brandt\ns2,José Álvarez\n77,Zoë\n2,Two\n"


def enter(*lines: str, by: str = "Ann", folder: str = "out") -> Result:
    arguments = ["enter", folder, *(["--by", by] if by else [])]
    result = CliRunner().invoke(main, arguments, input="".join(f"{line}\n" for line in lines))
    assert result.exit_code == 0, result.output
    return result


def entered() -> dict[str, list[str]]:
    with Path("out/entered.csv").open(encoding="utf-8", newline="") as file:
        return {row[0]: row[1:] for row in list(csv.reader(file))[1:]}


def keys(student: str) -> dict[str, object]:
    papers = json.loads(Path("out/exam.json").read_text(encoding="utf-8"))["papers"]
    return next(paper["keys"] for paper in papers if paper["student"] == student)


@pytest.fixture(autouse=True)
def class_with_a_spare(desk: Path) -> None:
    """The exam of the desk with five papers; the last is a spare one."""
    Path("roster.csv").write_text(ROSTER, encoding="utf-8")
    assert run("exam", "exam.yaml", "--roster", "roster.csv", "-o", "out", "--force", "--spare", "1").exit_code == 0


def test_a_paper_is_typed_and_graded() -> None:
    right = [str(key) for key in keys("s1").values()]
    result = enter("1", *right, "q")
    assert "Paper 1: Ada Brandt (s1)" in result.output
    assert all(f"read as {int(key):,}" in result.output for key in right)
    assert "look again" not in result.output
    assert entered() == {"s1": right}
    graded = run("grade", "out", "out/entered.csv", "--no-pdf")
    assert graded.exit_code == 0, graded.output
    assert "1 of 4 papers handed in" in graded.output  # the spare paper is nobody's


def test_who_typed_and_when_is_kept() -> None:
    enter("1", "12", "q")
    with record.opened(Path("out")) as found:
        (typed,) = found.all_typed()
    assert (typed.paper, typed.blank, typed.answer, typed.by) == ("s1", "1a", "12", "Ann")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", typed.at)


def test_who_types_is_asked_for_once() -> None:
    result = enter("", "Ann", "1", ".", "2", ".", "q", by="")
    assert result.output.count("Your name") == 2  # an empty name is none
    with record.opened(Path("out")) as found:
        assert {typed.by for typed in found.all_typed()} == {"Ann"}


def test_it_is_taken_up_where_it_was_left() -> None:
    enter("1", "11", "12", "q")
    result = enter("1", "13", "14", "15", "q")
    assert "2 of 5 blanks are typed" in result.output
    assert entered() == {"s1": ["11", "12", "13", "14", "15"]}


def test_back_rest_and_help() -> None:
    result = enter("1", "?", "11", "<", "21", "12", ".", "q")
    assert "nothing more is written on this paper" in result.output
    assert "[11]" in result.output
    assert entered() == {"s1": ["21", "12", "", "", ""]}


def test_enter_alone_keeps_what_was_typed() -> None:
    enter("1", "11", ".", "q")
    enter("1", "", "12", ".", "q")
    assert entered() == {"s1": ["11", "12", "", "", ""]}


def test_back_at_the_first_blank_leaves_the_paper() -> None:
    assert entered_after("1", "<", "#2", "11", "q") == {"s2": ["11", "", "", "", ""]}


def entered_after(*lines: str) -> dict[str, list[str]]:
    enter(*lines)
    return entered()


@pytest.mark.parametrize("meant", ["s2", "#2", "S2", "josé álvarez", "Álvarez, José"])
def test_a_paper_is_found_by_what_its_student_is_called(meant: str) -> None:
    assert "s2" in entered_after(meant, "11", "q")


@pytest.mark.parametrize("page", ["1", "3"])
def test_the_code_of_a_page_is_its_paper(page: str) -> None:
    code = f"LQ1 {identity(opened('out').exam)} 3 {page}"
    assert "Paper 3: Zoë (77)" in enter(code, "q").output


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("99", "The papers have the numbers 1 to 5"),
        ("s22", 'Did you mean "s2"?'),
        ("2", "Write #2 for the number"),
        ("LQ1 0123456789 3 1", "of another exam"),
        ("LQ1 3", "not read whole"),
        ("LQ1 0123456789 ² 1", "not read whole"),
    ],
)
def test_what_means_no_paper_is_told_and_asked_again(typed: str, said: str) -> None:
    result = enter(typed, "s1", "11", "q")
    assert said in result.output
    assert entered() == {"s1": ["11", "", "", "", ""]}


def test_what_cannot_be_read_gets_a_second_look() -> None:
    result = enter("1", "12 or 13", "12", "14 or 15", "", "q")
    assert result.output.count("look again") == 2
    assert entered()["s1"][:2] == ["12", "14 or 15"]


def test_points_for_what_a_person_has_marked_are_typed() -> None:
    """More points than there are cannot be; what is at most that is nobody's slip."""
    Path("exam.yaml").write_text(
        "title: Own\nseed: 7\nquestions:\n  - {text: Why?, points: 4}\n  - {template: dense-parameters}\n",
        encoding="utf-8",
    )
    assert run("exam", "exam.yaml", "--roster", "roster.csv", "-o", "out", "--force").exit_code == 0
    result = enter("1", "5", "2.5", ".", "q")
    assert result.output.count("look again") == 1
    graded = json.loads(run("grade", "out", "out/entered.csv", "--json", "--no-pdf").output)
    assert graded["students"][0]["points"] == 2.5


def test_slips_of_the_hand_get_a_second_look_that_tells_nothing() -> None:
    right = {name: str(key) for name, key in keys("s1").items()}
    weights = right["2a"]
    for slip in (weights[:-1], weights + weights[-1], weights[1] + weights[0] + weights[2:]):
        result = enter("1", "1", "2", "3", slip, weights, ".", "q", by=f"Ann {slip}")
        (asked,) = re.findall("Please look again.*: ", result.output)
        told = "A digit may be dropped, doubled, exchanged or mistyped."
        assert asked == f"Please look again. {told} Type it anew, or Enter alone if it stands there so: "
    elsewhere = enter("1", right["1b"], "1", ".", "q", by="Z")
    assert "It may belong to another blank" in elsewhere.output


def test_two_people_are_compared() -> None:
    enter("1", "1,100", "12", "13", "14", "15", "q")
    result = enter("1", "1100", "12", "23", "2", "14", "16", "3", "1", "q", by="Ben")
    assert result.output.count("was typed differently") == 2  # 1,100 and 1100 are the same
    assert result.output.count("Which one") == 3  # there is no third answer
    assert entered() == {"s1": ["1,100", "12", "23", "14", "15"]}
    with record.opened(Path("out")) as found:
        assert [typed.answer for typed in found.all_typed() if typed.by == "Ben" and typed.settles] == [
            *("1,100", "23", "15"),
        ]


def test_an_open_difference_is_told_and_not_exported(desk: Path) -> None:
    enter("1", "11", ".", "q")
    result = enter("1", "12", "q", by="Ben")
    assert "paper 1, 1a" in result.output
    assert not Path("out/entered.csv").exists()
    said = refusal("enter", "out", "--export", "answers2.csv", beside=desk)
    assert "paper 1, 1a" in said
    enter("1", "<", "q", by="Ben")
    enter("1", "", "11", ".", "q", by="Cleo")
    assert "paper 1, 1a" in enter("q").output


def test_a_spare_paper_is_bound_to_a_student_who_is_graded_by_it() -> None:
    right = [str(key) for key in keys("spare-5").values()]
    result = enter("5", "s2", "y", *right, "q")
    assert "Paper 5: José Álvarez (s2)" in result.output
    assert "look again" not in result.output
    bindings = Path("out/bindings.csv").read_text(encoding="utf-8").splitlines()
    assert bindings[0] == "paper,student,name,by,at"
    assert bindings[1].startswith("5,s2,José Álvarez,Ann,20")
    assert entered() == {"spare-5": right}
    graded = json.loads(run("grade", "out", "out/entered.csv", "--json", "--no-pdf").output)
    points = {student["student"]: (student["points"], student["handed_in"]) for student in graded["students"]}
    assert points["s2"] == (next(s["possible"] for s in graded["students"] if s["student"] == "s2"), True)
    assert set(points) == {"s1", "s2", "77", "2"}


def test_a_spare_paper_may_be_that_of_somebody_new() -> None:
    enter("5", "n9", "Newcomer", "11", ".", "q")
    assert "Paper 5: Newcomer (n9); 5 of 5" in enter("n9", "q").output
    graded = json.loads(run("grade", "out", "out/entered.csv", "--json", "--no-pdf").output)
    assert [s["student"] for s in graded["students"] if s["handed_in"]] == ["n9"]
    Path("by_id.csv").write_text("student,1a\nn9,11\n", encoding="utf-8")
    again = json.loads(run("grade", "out", "by_id.csv", "--json", "--no-pdf", "-o", "other").output)
    assert [s["student"] for s in again["students"] if s["handed_in"]] == ["n9"]


@pytest.mark.parametrize("lines", [("",), ("<",), ("s2", "n"), ("n9", ""), ("n9", "<")])
def test_a_spare_paper_stays_unbound_when_somebody_goes_back(lines: tuple[str, ...]) -> None:
    enter("5", *lines, "q")
    assert not Path("out/bindings.csv").exists()


def test_own_paper_and_spare_cannot_both_be_entered() -> None:
    enter("s1", "11", ".", "5", "s1", "y", "q")
    assert not Path("out/bindings.csv").exists()
    result = enter("5", "s2", "y", ".", "#2", "q")
    assert "has spare paper 5 instead of paper 2" in result.output


def test_a_student_with_both_papers_is_an_error_that_names_both(desk: Path) -> None:
    Path("out/bindings.csv").write_text("paper,student,name\n5,s2,José\n", encoding="utf-8")
    Path("both.csv").write_text("student,1a\ns2,11\nspare-5,12\n", encoding="utf-8")
    said = refusal("grade", "out", "both.csv", beside=desk)
    assert '"s2" has answers to two papers: their own and spare 5' in said


def test_a_spare_without_a_student_is_not_graded_silently(desk: Path) -> None:
    Path("one.csv").write_text("student,1a\nspare-5,12\n", encoding="utf-8")
    assert "spare paper 5 has answers, and no student" in refusal("grade", "out", "one.csv", beside=desk)


FAULTS = {
    "student,name\ns1,A\n": 'the column "paper" is missing',
    "paper,student,name\n9,s1,A\n": 'there is no spare paper "9"',
    "paper,student,name\n1,s1,A\n": 'there is no spare paper "1"',
    "paper,student,name\n5,,A\n": "has no student",
    "paper,student,name\n5,s1,A\n5,s2,B\n": 'bound to "s1" already',
    "paper,student,name\n5,spare-5,A\n": "is a paper, not a student",
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_wrong_line_of_bindings_is_one_error(text: str, desk: Path) -> None:
    Path("out/bindings.csv").write_text(text, encoding="utf-8")
    said = refusal("grade", "out", "answers.csv", beside=desk)
    assert FAULTS[text] in said
    assert "bindings.csv, line" in said


def test_what_was_entered_is_exported() -> None:
    enter("1", "=1+1", "q")
    assert run("enter", "out", "--export", "mine.csv").output == "mine.csv: written\n"
    assert run("enter", "out", "--export", "mine.csv").output == "mine.csv: up to date\n"
    graded = json.loads(run("grade", "out", "mine.csv", "--json", "--no-pdf").output)
    assert graded["students"][0]["blanks"]["1a"]["read_as"] == 2


def test_nothing_entered_is_nothing_to_export(desk: Path) -> None:
    assert "nothing was entered here yet" in refusal("enter", "out", "--export", "mine.csv", beside=desk)


@pytest.mark.parametrize("pipe", [b"", b"1\n12", b"\xff\xfe\n1\n\x80\n", b"1\n" + b"9" * 300_000, b"\0\n1\n\0\n"])
def test_any_pipe_ends_quietly(pipe: bytes) -> None:
    result = CliRunner().invoke(main, ["enter", "out", "--by", "A"], input=pipe)
    assert result.exit_code == 0, result.output
    assert not re.search(r"Error|Abort|Traceback|\x1b|\0", result.output)


def test_what_was_typed_survives_a_kill() -> None:
    """After SIGKILL at the next prompt, the answer before it is there."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "layerquiz", "enter", "out", "--by", "Ann"]
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
    os.close(slave)
    shown = bytearray()
    for line, until in ((b"1\n", b"1a"), (b"4711\n", b"1b")):
        os.write(master, line)
        with suppress(OSError):
            while until not in shown and select.select([master], [], [], 20)[0]:
                shown += os.read(master, 4096)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(20)
    os.close(master)
    with record.opened(Path("out")) as found:
        assert [typed.answer for typed in found.all_typed()] == ["4711"]
    assert "1 of 5 blanks are typed" in enter("1", "q").output


def test_a_known_student_is_no_new_one() -> None:
    """Whoever types an id where the name of a new student is asked for binds nobody by a wrong name."""
    assert "Ada Brandt (s1) is in the exam" in enter("5", "ss1", "s1", "q").output
    assert not Path("out/bindings.csv").exists()

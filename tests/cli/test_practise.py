"""`practise` at the terminal and through a pipe: hints, a second try, worked steps; quiet and clean at any end."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import date
from math import inf
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.desk import tree
from layerquiz.cli import main
from layerquiz.exam import library
from layerquiz.exam.choosing import Wanted, short
from layerquiz.exam.question import Question
from layerquiz.practise import Session
from layerquiz.progress import opened
from layerquiz.render.mathtext import in_words

CHOSEN = ("--topic", "convolution-parameters", "--level", "1", "-n", "3", "--seed", "5")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing is written into the real folder for data."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "layerquiz" / "practice.sqlite3"


def run(*arguments: str, text: str | bytes = "") -> Result:
    return CliRunner().invoke(main, ["practise", *arguments], input=text)


def questions(tmp_path: Path) -> list[Question]:
    """Return the questions that the chosen options ask for somebody who begins."""
    with opened(tmp_path / "other") as progress:
        session = Session(progress, Wanted("convolution-parameters", 1), 3, inf, "5", date(2026, 11, 20))
        return [turn.question for turn in session.turns()]


def test_a_whole_session_of_right_answers(tmp_path: Path, home: Path) -> None:
    """Every answer is shown as it was read, nothing is solved, and the progress says so."""
    blanks = [blank for question in questions(tmp_path) for blank in question.blanks]
    result = run(*CHOSEN, text="".join(f"{in_words(blank.right)}\n" for blank in blanks))
    assert result.exit_code == 0
    assert result.output.count(": right\n") == len(blanks)
    assert all(f"read as {blank.key:,}: right" in result.output for blank in blanks if isinstance(blank.key, int))
    assert "How it is worked out" not in result.output
    assert f"{len(blanks)} of {len(blanks)} answers right at the first try" in result.output
    topics = json.loads(run("--progress", "--json").output)["topics"]
    assert sum(topic["answered"] for topic in topics) == sum(topic["right"] for topic in topics) == len(blanks)
    assert {topic["topic"] for topic in topics} == {question.template.topics[0] for question in questions(tmp_path)}
    assert home.exists()


def test_a_mistake_gets_a_hint_a_second_try_and_the_worked_steps(tmp_path: Path) -> None:
    first, *_ = questions(tmp_path)
    blank = next(blank for blank in first.blanks if blank.quantity == "conv.parameters")
    weights = first.network.value("conv.weights")
    before = [in_words(other.right) for other in first.blanks[: first.blanks.index(blank)]]
    result = run(*CHOSEN, "--today", "2026-11-20", text="\n".join((*before, str(weights), str(blank.key), "")))
    assert result.exit_code == 0
    told = result.output.split(f"read as {weights:,}: one step differs\n")[-1].splitlines()
    assert told[0].endswith("?")
    assert told[1].startswith("Try again")
    assert f"read as {blank.key:,}: right" in told
    assert "How it is worked out:" in told
    assert any(line.endswith(f"= {blank.key:,}") for line in told)
    assert "what was missed is asked again from 2026-11-21" in result.output
    shown = run("--progress").output
    assert re.search(r"^forgot-bias +1 +1 +2026-11-21$", shown, re.MULTILINE)


def test_a_mistake_is_asked_again_the_next_day(tmp_path: Path) -> None:
    test_a_mistake_gets_a_hint_a_second_try_and_the_worked_steps(tmp_path)
    with opened(tmp_path / "home" / "layerquiz" / "practice.sqlite3") as progress:
        (turn,) = Session(progress, Wanted(), 1, inf, "x", date(2026, 11, 21)).turns()
    assert "forgot-bias" in turn.question.template.tells_apart
    asked = run("-n", "1", "--seed", "x", "--today", "2026-11-21").output
    assert turn.question.title in asked


def test_an_empty_line_shows_how_it_is_worked_out(tmp_path: Path) -> None:
    result = run(*CHOSEN, text="\n")
    assert "How it is worked out:" in result.output
    assert "0 of 1 answer right" in result.output


ENDS = {
    "nothing": b"",
    "half a line": b"12",
    "no text": b"\xff\xfe\x00\n\x1b[2J\n\x80\n",
    "a line without end": b"9" * 300_000,
    "words": b"how should I know\n" * 4,
    "zeros": b"\0\0\0\n",
}


@pytest.mark.parametrize("name", ENDS)
def test_any_pipe_ends_quietly(name: str) -> None:
    result = run(*CHOSEN, text=ENDS[name])
    assert result.exit_code == 0, result.output
    assert not re.search(r"Error|Abort|Traceback|\x1b|\0", result.output)


def test_no_standard_input_at_all(home: Path) -> None:
    command = f'exec "{sys.executable}" -m layerquiz practise -n 1 <&-'
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reader_that_goes_away_is_no_fault() -> None:
    command = f'yes 1 | "{sys.executable}" -m layerquiz practise -n 20 --seed 1 | head -n 3'
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("end", ["interrupt", "end of input"])
def test_at_a_terminal_both_ends_are_quiet_and_what_was_answered_is_kept(end: str, home: Path) -> None:
    """Ctrl-C and Ctrl-D: a line that says what is kept, exit code 0, no traceback."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "layerquiz", "practise", *CHOSEN]
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
    os.close(slave)
    shown = bytearray()
    _show_until(master, shown, b"(a) without biases: ")
    os.write(master, b"123457\n")
    _show_until(master, shown, b"worked out.\r\n(a) without biases: ")
    if end == "interrupt":
        time.sleep(1)  # until it waits: a signal between the prompt and the waiting is seen with the next key only
        os.kill(process.pid, signal.SIGINT)
    else:
        os.write(master, b"\x04")
    _show_until(master, shown, b"is asked again from")
    assert process.wait(20) == 0
    os.close(master)
    assert b"read as 123,457" in shown
    assert b"0 of 1 answer right at the first try" in shown
    assert not re.search(rb"Traceback|Abort|Error", shown)
    with opened(home) as progress:
        assert progress.count() == 1


def _show_until(master: int, shown: bytearray, text: bytes) -> None:
    """Collect what a terminal shows until a text has come, or until the program ends."""
    with suppress(OSError):  # the program has ended
        while text not in shown and select.select([master], [], [], 20)[0]:
            shown += os.read(master, 4096)


def test_forget_asks_first(home: Path) -> None:
    run(*CHOSEN, text="1\n2\n")
    before = home.read_bytes()
    for said in ("", "no\n", "\n"):
        assert "nothing was deleted" in run("--forget", text=said).output
        assert home.read_bytes() == before
    assert run("--forget", text="yes\n").output.endswith("deleted\n")
    assert "nothing was practised yet" in run("--progress").output


def test_looking_writes_nothing(tmp_path: Path) -> None:
    before = tree(tmp_path)
    assert "nothing was practised yet" in run("--progress").output
    assert json.loads(run("--progress", "--json").output) == {"format": 1, "topics": [], "missed": []}
    assert "nothing was practised yet" in run("--forget").output
    assert tree(tmp_path) == before


def test_only_the_data_file_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*CHOSEN, "--data", "mine.sqlite3", text="1\n2\n3\n").exit_code == 0
    assert list(tree(tmp_path)) == ["mine.sqlite3"]


FAULTS = {
    ("--topic", "polling"): (1, 'Did you mean "pooling"?'),
    ("--goal", "wieghts"): (1, "Did you mean"),
    ("--mistake", "forgot-bais"): (1, 'Did you mean "forgot-bias"?'),
    ("--minutes", "1"): (1, "The shortest takes"),
    ("--json",): (2, "--progress"),
    ("--progress", "--forget"): (2, "Only one"),
    ("--data", ""): (2, "empty"),
    ("--today", "tomorrow"): (2, "tomorrow"),
    ("-n", "0"): (2, "0"),
}


@pytest.mark.parametrize("arguments", FAULTS, ids=" ".join)
def test_faults_are_one_message_before_anything_is_asked(arguments: tuple[str, ...]) -> None:
    code, said = FAULTS[arguments]
    result = run(*arguments)
    assert result.exit_code == code
    assert said in result.output
    assert result.output.count("Error: ") == 1
    assert "1. " not in result.output


@pytest.mark.parametrize("command", [("practise",), ("sheet", "-o", "sheet.md")], ids=" ".join)
def test_more_questions_than_there_are_is_told_before_drawing(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where each template has three drawings at most, so many questions cannot be; nothing is drawn for that."""

    def never(*_: object) -> Question:
        raise AssertionError

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("layerquiz.practise.most_drawings", lambda _: 3)
    monkeypatch.setattr("layerquiz.exam.choosing.draw", never)
    result = CliRunner().invoke(main, [*command, "--topic", "receptive-field", "-n", "400"])
    found = library.chosen("receptive-field")
    most = 3 * len(short(found) if command == ("practise",) else found)
    assert result.exit_code == 1
    said = (
        f"400 questions were asked for, and there are at most {most} different ones. Ask for fewer, or for more topics."
    )
    assert result.output == f"Error: {said}\n"
    assert not (tmp_path / "sheet.md").exists()


def test_a_corrupt_file_is_one_message_and_stays(tmp_path: Path) -> None:
    file = tmp_path / "notes"
    file.write_text("mine\n" * 50)
    for arguments in (CHOSEN, ("--progress",), ("--forget",)):
        result = run(*arguments, "--data", str(file), text="yes\n")
        assert result.exit_code == 1
        assert result.output.count("Error: ") == 1
        assert "no record of practice" in result.output
        assert file.read_text() == "mine\n" * 50

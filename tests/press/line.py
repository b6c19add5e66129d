"""`layerquiz` with chunks of four papers, so that few papers are many chunks; run as a program of its own.

The first argument is the engine's time limit in seconds; the rest is the command line.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CHUNK = 4
STUDENTS = 14
EXAM = """\
title: Quiz
course: Deep Learning
seed: 7
questions:
  - {template: conv-size}
  - {template: pooling-size}
"""
MAKE = ("exam", "exam.yaml", "--roster", "roster.csv", "-o", "out", "--no-lists")


def roster(count: int = STUDENTS) -> str:
    """Return a roster."""
    return "student,name\n" + "".join(f"s{number},Student Number {number}\n" for number in range(1, count + 1))


def put_down(folder: Path, exam: str = EXAM, students: str | None = None) -> Path:
    """Write an exam file and a roster into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "exam.yaml").write_text(exam, encoding="utf-8")
    (folder / "roster.csv").write_text(roster() if students is None else students, encoding="utf-8")
    return folder


def start(
    folder: Path, *arguments: str, engine: Path | None = None, limit: float = 60, **environment: str
) -> subprocess.Popen[str]:
    """Start the program in a folder; `engine` is a folder with another xelatex, which is found first."""
    path = os.environ["PATH"] if engine is None else f"{engine}{os.pathsep}{os.environ['PATH']}"
    return subprocess.Popen(
        [sys.executable, __file__, str(limit), *(arguments or MAKE)],
        cwd=folder,
        env={**os.environ, "PATH": path, **environment},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def done(folder: Path, *arguments: str, engine: Path | None = None, limit: float = 60, **environment: str) -> str:
    """Run the program to its end, which has to be good; return what it says."""
    with start(folder, *arguments, engine=engine, limit=limit, **environment) as process:
        said, wrong = process.communicate()
    assert process.returncode == 0, wrong
    return said


def failed(folder: Path, *arguments: str, engine: Path | None = None, limit: float = 60, code: int = 3) -> str:
    """Run the program, which has to fail with one message; return it."""
    with start(folder, *arguments, engine=engine, limit=limit) as process:
        _, wrong = process.communicate()
    assert process.returncode == code, wrong
    assert wrong.startswith("Error: ")
    assert wrong.count("\n") == 1
    return wrong


def kill(process: subprocess.Popen[str], how: int = signal.SIGKILL) -> None:
    """Send a signal to everything that a started program is."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, how)


def main(arguments: Sequence[str]) -> None:
    """Run the command line with small chunks."""
    from layerquiz.cli import main as command
    from layerquiz.engine import run
    from layerquiz.press import chunks, draw, drawing, making

    for module in (draw, drawing, chunks, making):
        module.PIECE = CHUNK
    run.SECONDS, run.SECONDS_PER_PART = float(arguments[0]), 0
    command(list(arguments[1:]))


if __name__ == "__main__":
    main(sys.argv[1:])

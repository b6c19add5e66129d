"""An instructor's desk: an exam file, a roster and submissions, and commands that are run beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from click.testing import CliRunner, Result

from layerquiz.cli import main

EXAM = """\
title: Quiz
course: Deep Learning
seed: 7
questions:
  - {template: conv-size}
  - {template: dense-parameters}
"""
ROSTER = "student,name\ns1,Ada Brandt\ns2,José Álvarez\n"
ANSWERS = "student,1a,1b,1c,2a,2b\ns1,1,2,3,4,5\n"
PUT_DOWN: Mapping[str, str] = {"exam.yaml": EXAM, "roster.csv": ROSTER, "answers.csv": ANSWERS}
MAKE = ("exam", "exam.yaml", "--roster", "roster.csv", "-o", "out")


def run(*arguments: str | Path) -> Result:
    """Run one command."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def tree(folder: Path) -> dict[str, bytes | None]:
    """Return what a folder holds, hidden files included."""
    found = {path: path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}
    return {str(path.relative_to(folder)): content for path, content in found.items()}


def refusal(*arguments: str | Path, beside: Path, code: int = 1) -> str:
    """Run a command that has to be refused; return its one message, having seen that nothing else happened."""
    before = tree(beside)
    result = run(*arguments)
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == code, result.output
    assert result.output.startswith("Error: ")
    assert result.output.count("Error") == 1
    assert result.output.rstrip().endswith((".", "?", ":"))
    assert tree(beside) == before
    return result.output


def pretended(_: str, parts: Sequence[str]) -> dict[str, bytes]:
    """Return a file for each part that would be printed: what a test needs that is not about printing."""
    return {part: b"%PDF " + part.encode() for part in (*parts, *(part.partition("/")[0] for part in parts))}

"""An instructor's desk: an exam file, a roster and submissions, and commands that are run beside them."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from click.testing import CliRunner, Result

from layerquiz.cli import main
from layerquiz.engine import Setting

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


def pretended(_: str, parts: Sequence[str], **_limits: float) -> dict[str, bytes]:
    """Return a file for each part that would be printed: what a test needs that is not about printing."""
    return {part: b"%PDF " + part.encode() for part in (*parts, *(part.partition("/")[0] for part in parts))}


def pretended_whole(_: str, parts: Sequence[str], pictures: object = ()) -> Setting:
    """Return a PDF of one page for each part, and all pages of a kind, as if papers had been set."""
    found = {part: pages(1, part) for part in parts}
    kinds = [part.partition("/")[0] for part in parts]
    return Setting({**found, **{kind: pages(kinds.count(kind), kind) for kind in kinds}}, dict.fromkeys(parts, 1), "")


def pages(count: int, title: str) -> bytes:
    """Return a PDF of some empty pages."""
    written = io.BytesIO()
    with pikepdf.new() as found:
        for _ in range(count):
            found.add_blank_page()
        found.docinfo["/Title"] = title
        found.save(written, deterministic_id=True)
    return written.getvalue()


class Killed(BaseException):
    """What a kill is to a test: nothing catches it, and nothing is tidied up behind it."""


def killed_at(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the process end before the given one of all steps that change a name: moving in or removing."""
    left = [step]

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def work(*given: Any, **more: Any) -> Any:
            if left[0] <= 0:
                raise Killed
            left[0] -= 1
            return real(*given, **more)

        return work

    for name in ("replace", "rename", "unlink"):
        monkeypatch.setattr(os, name, counted(getattr(os, name)))

"""The same exam, grades and sources from every run: whatever the hash seed, whatever the version of Python."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PYTHONS = os.environ.get("LAYERQUIZ_PYTHONS", "").split()
"""Further interpreters that have layerquiz installed; all of them have to write the same bytes."""

MAIN_JOB = """
import io
from pathlib import Path
import pikepdf
from layerquiz import engine
from layerquiz.cli import main

sources = []

def kept(source, parts):
    sources.append(source)
    return {part: b"" for part in (*parts, *(part.partition("/")[0] for part in parts))}

engine.available, engine.typeset = (lambda: True), kept

def blank(count):
    written = io.BytesIO()
    with pikepdf.new() as found:
        for _ in range(count):
            found.add_blank_page()
        found.save(written, deterministic_id=True)
    return written.getvalue()

def whole(source, parts, files):
    kinds = [name.partition("/")[0] for name in parts]
    pages = {name: 1 for name in parts} | {kind: kinds.count(kind) for kind in kinds}
    kept(source, parts)
    return engine.Setting({name: blank(count) for name, count in pages.items()}, dict.fromkeys(parts, 1), "")

engine.set_whole = whole
for command in (
    "example -o .",
    "exam exam.yaml --roster roster.csv -o exam --no-lists --jobs 1",
    "grade exam submissions.csv --practice",
    "sheet -o practice.tex -n 20 --solutions",
    "sheet -o practice.html -n 20 --solutions",
):
    main(command.split(), standalone_mode=False)
for name, source in zip(("papers.tex", "feedback.tex", "practice_sheets.tex"), sources, strict=True):
    Path(name).write_text(source, encoding="utf-8")
"""


def written(python: str, folder: Path, seed: str) -> dict[str, bytes]:
    """Return every file that the main job on the example writes under an interpreter and a hash seed."""
    folder.mkdir()
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [python, "-c", MAIN_JOB], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def differing(first: dict[str, bytes], second: dict[str, bytes]) -> list[str]:
    """Return the names of the files that are not the same in both."""
    return sorted(name for name in {*first, *second} if first.get(name) != second.get(name))


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return what this interpreter writes with hash seed 0."""
    return written(sys.executable, tmp_path_factory.mktemp("same") / "expected", "0")


def test_what_is_compared_is_all_that_counts(expected: dict[str, bytes]) -> None:
    """Seal, key, empty sheet, grades and both LaTeX sources are there, and hold something."""
    names = (
        "exam/exam.json",
        "exam/key.csv",
        "exam/answers.csv",
        "exam/grades/grades.csv",
        "papers.tex",
        "feedback.tex",
    )
    assert [name for name in names if len(expected.get(name, b"")) < 500] == []


@pytest.mark.parametrize("seed", ["1", "4242"])
def test_the_hash_seed_does_not_matter(expected: dict[str, bytes], tmp_path: Path, seed: str) -> None:
    """No order of a set or of a mapping's hashes gets into a file."""
    assert differing(expected, written(sys.executable, tmp_path / "again", seed)) == []


@pytest.mark.skipif(not PYTHONS, reason="LAYERQUIZ_PYTHONS names no further interpreters")
@pytest.mark.parametrize("python", PYTHONS)
def test_the_version_of_python_does_not_matter(expected: dict[str, bytes], tmp_path: Path, python: str) -> None:
    """Drawn numbers, wording, sources and grades are the same on every Python."""
    assert differing(expected, written(python, tmp_path / "other", "0")) == []

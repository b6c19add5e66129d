"""`reprint`: a paper and its solution from the sealed folder alone, the same to the last byte."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from cli.desk import refusal, run, tree
from layerquiz import engine
from layerquiz.exam import library
from layerquiz.vault import VARIABLE, cipher, stored

EXAM = """\
title: Quiz
course: Deep Learning
seed: 7
questions:
  - {template: own.md}
  - {template: dense-parameters}
  - {template: conv-size, points: 2}
"""
ROSTER = "student,name\ns1,Ada Brandt\ns2,José Álvarez\ns3,李 \\input{x} & $\ns/4,Zoë\ns5,Eve\n"


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An exam printed in chunks of two papers, with a late student, and nothing else on the disk."""
    folder = tmp_path_factory.mktemp("printed")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for module in ("chunks", "drawing"):
            patch.setattr(f"layerquiz.press.{module}.PIECE", 2)
        Path("own.md").write_text(library.files()["conv-parameters"].read_text(encoding="utf-8"), encoding="utf-8")
        Path("exam.yaml").write_text(EXAM, encoding="utf-8")
        for roster in (ROSTER.removesuffix("s5,Eve\n"), ROSTER):
            Path("roster.csv").write_text(roster, encoding="utf-8")
            made = run(
                "exam", "exam.yaml", "--roster", "roster.csv", "-o", "out", "--force", "--jobs", "1", "--no-lists"
            )
            assert made.exit_code == 0, made.output
        for name in ("own.md", "exam.yaml", "roster.csv"):
            Path(name).unlink()
    return folder / "out"


@pytest.fixture
def alone(printed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The seal alone, on an installation without the library's templates."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(library, "files", lambda: pytest.fail("the library was read"))
    Path("out").mkdir()
    shutil.copy(printed / "exam.json", "out/exam.json")
    return tmp_path / "out"


@pytest.mark.tex
@pytest.mark.parametrize(
    ("asked", "name"),
    [
        (("--student", "s1"), "s1"),
        (("--paper", "3"), "s3"),
        (("--student", "s/4"), "s_4"),
        (("--student", "Eve"), "s5"),
    ],
)
def test_a_paper_is_printed_again_as_the_same_bytes(
    asked: tuple[str, str], name: str, printed: Path, alone: Path
) -> None:
    said = run("reprint", "out", *asked)
    assert said.exit_code == 0, said.output
    names = [f"{kind}/{name}.pdf" for kind in ("papers", "solutions")]
    assert [path.relative_to(alone).as_posix() for path in sorted(alone.rglob("*.pdf"))] == names
    assert [(alone / file).read_bytes() for file in names] == [(printed / file).read_bytes() for file in names]


@pytest.mark.tex
def test_printing_again_in_place_is_up_to_date_and_replaces_nothing_that_differs(printed: Path, alone: Path) -> None:
    (alone / "papers").mkdir()
    (alone / "papers" / "s1.pdf").write_bytes(b"mine")
    assert "exists with other content" in refusal("reprint", "out", "--student", "s1", beside=alone)
    assert run("reprint", "out", "--student", "s1", "--force").exit_code == 0
    assert run("reprint", "out", "--student", "s1").output.count("up to date") == 2


@pytest.mark.tex
def test_a_locked_folder_gets_no_solution_in_the_clear(
    printed: Path, alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "Lock", lambda words: cipher.Lock(words, 4))
    stored.lock_of.cache_clear()
    monkeypatch.setenv(VARIABLE, "correct horse battery")
    assert run("lock", "out").exit_code == 0
    said = run("reprint", "out", "--paper", "1")
    assert "s1.pdf: not written, as the folder is locked" in said.output
    assert set(tree(alone)) == {"exam.json.locked", "papers", "papers/s1.pdf"}
    assert run("reprint", "out", "--paper", "1", "-o", "again").exit_code == 0
    assert Path("again/solutions/s1.pdf").read_bytes() == (printed / "solutions/s1.pdf").read_bytes()
    stored.lock_of.cache_clear()


@pytest.mark.tex
def test_an_exam_that_was_never_printed_is_printed_from_its_seal(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was sealed without TeX is printed as `exam` prints it."""
    monkeypatch.undo()
    monkeypatch.chdir(desk)
    assert "layout" not in json.loads(Path("out/exam.json").read_text(encoding="utf-8"))
    assert run("reprint", "out", "--student", "s2", "-o", "again").exit_code == 0
    assert run("exam", "exam.yaml", "--roster", "roster.csv", "-o", "out", "--no-lists").exit_code == 0
    for name in ("papers/s2.pdf", "solutions/s2.pdf"):
        assert Path("again", name).read_bytes() == Path("out", name).read_bytes()


FAULTS = {
    ("--student", "s9"): "there is no paper",
    ("--student", "3"): "there is no paper",
    ("--paper", "6"): "The papers have the numbers 1 to 5",
}


@pytest.mark.parametrize("asked", FAULTS)
def test_what_is_no_paper_is_one_error(asked: tuple[str, str], alone: Path) -> None:
    assert FAULTS[asked] in refusal("reprint", "out", *asked, beside=alone)


def test_one_of_student_and_paper_is_given(alone: Path) -> None:
    for asked in ((), ("--student", "s1", "--paper", "1")):
        assert run("reprint", "out", *asked).exit_code == 2


def test_without_tex_nothing_is_printed(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "available", lambda: False)
    monkeypatch.setattr(engine, "missing", lambda: ["texlive-xetex"])
    assert "Install texlive-xetex" in refusal("reprint", "out", "--paper", "1", beside=alone, code=3)


@pytest.mark.tex
def test_a_paper_for_a_screen_reader_is_written_again(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.chdir(desk)
    Path("roster.csv").write_text("student,name,accommodation\ns1,Ada,html\ns2,Bob,\n", encoding="utf-8")
    made = run("exam", "exam.yaml", "--roster", "roster.csv", "-o", "heard", "--no-lists")
    assert made.exit_code == 0, made.output
    assert run("reprint", "heard", "--student", "s1", "-o", "again").exit_code == 0
    assert sorted(tree(Path("again"))) == ["papers", "papers/s1.html", "papers/s1.pdf", "solutions", "solutions/s1.pdf"]
    assert Path("again/papers/s1.html").read_bytes() == Path("heard/papers/s1.html").read_bytes()

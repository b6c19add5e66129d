"""The files that students get: which are written, when they are printed, and what is said about those that are not."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from cli.desk import pretended, pretended_whole, run
from layerquiz import engine, handouts
from render.test_html import read

GRADE = ("grade", "out", "answers.csv")


def names(folder: Path) -> list[str]:
    """Return the files of a folder."""
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def printing(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the desk on a machine whose TeX answers at once."""
    monkeypatch.setattr(engine, "available", lambda: True)
    monkeypatch.setattr(engine, "typeset", pretended)
    monkeypatch.setattr(engine, "set_whole", pretended_whole)
    return desk


def one_mistake(desk: Path) -> None:
    """Let s1 leave out the bias of the dense layer, and s2 answer all right."""
    with (desk / "out" / "key.csv").open(newline="") as key:
        header, first, second = csv.reader(key)
    first[-1] = first[-2]
    with (desk / "answers.csv").open("w", newline="") as answers:
        csv.writer(answers).writerows([header, first, second])


def test_each_student_gets_three_files(printing: Path) -> None:
    """Markdown, HTML and PDF for everyone; a second run finds all of it up to date."""
    assert run(*GRADE).exit_code == 0
    assert names(printing / "out/grades/feedback") == [
        f"{student}.{ending}" for student in ("s1", "s2") for ending in ("html", "md", "pdf")
    ]
    read((printing / "out/grades/feedback/s1.html").read_text())
    assert not (printing / "out/grades/practice").exists()
    assert "up to date" in run(*GRADE).output


def test_practice_is_written_for_those_with_mistakes(printing: Path) -> None:
    """s1 left out a bias and gets a sheet that ends with its solutions; s2 has nothing to train, which is said."""
    one_mistake(printing)
    result = run(*GRADE, "--practice")
    assert result.exit_code == 0, result.output
    assert names(printing / "out/grades/practice") == ["s1.html", "s1.md", "s1.pdf"]
    assert "no known mistake, and so no practice sheet: s2" in result.output
    sheet = (printing / "out/grades/practice/s1.md").read_text()
    asked, _, solved = sheet.partition("# Worked solutions")
    assert "**Answer:**" in solved
    assert "**Answer:**" not in asked
    assert "A practice sheet on exactly these" in (printing / "out/grades/feedback/s1.md").read_text()
    assert "A practice sheet on exactly these" not in (printing / "out/grades/feedback/s2.md").read_text()
    assert "up to date" in run(*GRADE, "--practice").output


def test_large_classes_are_printed_on_request(printing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit there are no PDFs, and it is said how to get them; asked for, they are written."""
    monkeypatch.setattr(handouts, "MOST_PRINTED", 1)
    result = run(*GRADE)
    assert "no PDFs of feedback for 2 papers: --pdf writes them too" in result.output
    assert names(printing / "out/grades/feedback") == ["s1.html", "s1.md", "s2.html", "s2.md"]
    assert run(*GRADE, "--pdf").exit_code == 0
    assert "s2.pdf" in names(printing / "out/grades/feedback")


def test_no_pdf_is_quiet(printing: Path) -> None:
    """Who wants no PDFs gets none, and no word about them."""
    result = run(*GRADE, "--no-pdf")
    assert "PDF" not in result.output
    assert not list((printing / "out/grades/feedback").glob("*.pdf"))


def test_many_documents_are_set_in_several_runs(printing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One run of TeX sets so many documents and no more; each student gets their own."""
    runs: list[int] = []

    def counted(source: str, parts: tuple[str, ...]) -> dict[str, bytes]:
        runs.append(len(parts))
        return {part: f"{len(runs)} {part}".encode() for part in parts}

    monkeypatch.setattr(engine, "typeset", counted)
    monkeypatch.setattr(handouts, "CHUNK", 1)
    assert run(*GRADE).exit_code == 0
    assert runs == [1, 1]
    assert (printing / "out/grades/feedback/s1.pdf").read_bytes() == b"1 page/1"
    assert (printing / "out/grades/feedback/s2.pdf").read_bytes() == b"2 page/1"


def test_questions_and_sheets_are_pages_too(tmp_path: Path) -> None:
    """`draw` and `sheet` write HTML, the same bytes each time."""
    first = run("draw", "conv-size", "--seed", "7", "--solution", "--format", "html").output
    assert run("draw", "conv-size", "--seed", "7", "--solution", "--format", "html").output == first
    read(first.rstrip("\n"))
    for name in ("x.html", "y.html"):
        assert run("sheet", "-o", str(tmp_path / name), "-n", "3").exit_code == 0
    assert (tmp_path / "x.html").read_bytes() == (tmp_path / "y.html").read_bytes()


def test_diagnose_marks_where_the_ways_part() -> None:
    """Without a terminal both ways are plain text, one above the other; the step that differs is marked in each."""
    told = run("diagnose", "mnist", "conv2.parameters", "9216").output
    right, _, wrong = told.partition("The right way:")[2].partition("The way to 9,216:")
    assert [line[:14] for line in (right + wrong).splitlines() if line.startswith(">")] == ["> conv2: biase"] * 2
    assert "\x1b" not in told


@pytest.mark.parametrize(("answer", "ways"), [("34,944", (0, 0)), ("77777", (2, 0)), ("?", (0, 0)), ("", (0, 0))])
def test_no_way_is_made_up(answer: str, ways: tuple[int, int]) -> None:
    """A right or unread answer needs no way; one that nothing explains is shown the right one alone."""
    told = json.loads(run("diagnose", "alexnet", "conv1.parameters", answer, "--json").output)
    assert (len(told["right_way"]), len(told["wrong_way"])) == ways


def test_pdfs_that_no_longer_fit_are_told(printing: Path) -> None:
    """Who grades anew without printing is told which PDFs are those of the grades before."""
    assert run(*GRADE).exit_code == 0
    assert "earlier run" not in run(*GRADE, "--no-pdf").output
    one_mistake(printing)
    told = run(*GRADE, "--no-pdf", "--force").output
    assert "PDFs of an earlier run are left and may not fit these grades: s1, s2 in feedback/" in told

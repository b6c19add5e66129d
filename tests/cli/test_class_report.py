"""What `grade` writes about a class: the report with and without its extra, names, slides, and the pass mark."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest

from cli.desk import EXAM, pretended, pretended_whole, run
from layerquiz import engine
from layerquiz.render import charts

REPORT = Path("out/grades/report.html")


def forgetful() -> str:
    """Return submissions in which both students forgot the biases of the dense layer."""
    head, *keys = csv.reader(Path("out/key.csv").read_text(encoding="utf-8").splitlines())
    written = io.StringIO()
    csv.writer(written).writerows([head, *([*key[:-1], key[-2]] for key in keys)])
    return written.getvalue()


@pytest.fixture
def graded(desk: Path) -> Path:
    """Return a desk with submissions of two who share a mistake."""
    (desk / "both.csv").write_text(forgetful(), encoding="utf-8")
    return desk


def test_the_report_is_written_and_named(graded: Path) -> None:
    """`grade` writes it, the terminal says where it is, and grading again leaves it alone."""
    first = run("grade", "out", "both.csv")
    assert first.exit_code == 0, first.output
    assert f"the class: {REPORT}" in first.output
    assert "2 students made the mistake forgot-bias" in first.output
    assert "2b: one mistake is more common than the right answer" in first.output
    assert "Ada" not in REPORT.read_text(encoding="utf-8")
    assert "up to date" in run("grade", "out", "both.csv").output


def test_names_are_shown_when_they_are_asked_for(graded: Path) -> None:
    """`--names` puts those who share a mistake into the report, and nothing else."""
    assert run("grade", "out", "both.csv", "--names").exit_code == 0
    assert "Ada Brandt (s1); José Álvarez (s2)" in REPORT.read_text(encoding="utf-8")


def test_without_the_extra_the_terminal_says_what_to_install(graded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report is written all the same, and says so too."""
    monkeypatch.setattr(charts, "are_available", lambda: False)
    told = run("grade", "out", "both.csv")
    assert told.exit_code == 0
    assert 'pip install "layerquiz[charts]"' in told.output
    assert "<svg" not in REPORT.read_text(encoding="utf-8")


def test_slides_are_set_when_they_are_asked_for(graded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--slides` writes slides.pdf; without TeX, or without a mistake, the reason is told."""
    assert "no slides: install texlive-xetex" in run("grade", "out", "both.csv", "--slides").output
    monkeypatch.setattr(engine, "available", lambda: True)
    monkeypatch.setattr(engine, "typeset", pretended)
    monkeypatch.setattr(engine, "set_whole", pretended_whole)
    assert run("grade", "out", "both.csv", "--slides").exit_code == 0
    assert Path("out/grades/slides.pdf").read_bytes() == b"%PDF slide"
    assert "no mistake was made" in run("grade", "out", "out/key.csv", "--slides", "-o", "right").output
    assert not Path("right/slides.pdf").exists()


def test_the_pass_mark_of_the_exam_file_is_sealed(desk: Path) -> None:
    """`pass: 0.9` stands in the seal and on the report; an exam without it has the seal that it always had."""
    (desk / "exam.yaml").write_text(f"pass: 0.9\n{EXAM}", encoding="utf-8")
    assert run("exam", "exam.yaml", "--roster", "roster.csv", "-o", "strict").exit_code == 0
    assert '"pass": "9/10"' in Path("strict/exam.json").read_text(encoding="utf-8")
    assert '"pass"' not in Path("out/exam.json").read_text(encoding="utf-8")
    assert run("grade", "strict", "strict/key.csv", "-o", "grades").exit_code == 0
    assert "have at least 90%" in Path("grades/report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("share", ["0", "1.5", "half", "-1"])
def test_a_pass_mark_is_a_share(desk: Path, share: str) -> None:
    """Anything but a number above 0 and at most 1 is one error with its line and what is allowed."""
    (desk / "exam.yaml").write_text(f"pass: {share}\n{EXAM}", encoding="utf-8")
    told = run("exam", "exam.yaml", "--roster", "roster.csv", "-o", "strict")
    assert told.exit_code == 1
    assert "exam.yaml, line 1" in told.output
    assert "Allowed" in told.output


def test_matplotlib_is_asked_for_only_where_charts_are_drawn() -> None:
    """Neither importing what grades nor importing what reports loads it."""
    code = "import sys, layerquiz.report; print('matplotlib' in sys.modules, 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]

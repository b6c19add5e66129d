"""The wheel is all that an instructor needs: built, installed elsewhere, and used for the main job."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def done(*command: str | Path, cwd: Path) -> str:
    """Run a command and return what it printed; it has to succeed, whatever is on the path of this run."""
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    words = [str(part) for part in command]
    run = subprocess.run(words, cwd=cwd, env=plain, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"{command}\n{run.stdout}\n{run.stderr}"
    return run.stdout


@pytest.mark.slow
def test_the_main_job_runs_from_the_wheel(tmp_path: Path) -> None:
    """Templates, zoo and example are in the wheel; nothing is looked up in the checkout."""
    done(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT, cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    venv.create(tmp_path / "fresh", with_pip=True)
    python = tmp_path / "fresh" / "bin" / "python"
    constraints = ("--constraint", ROOT / "constraints.txt")
    done(python, "-m", "pip", "install", "--quiet", *constraints, wheel, cwd=tmp_path)
    layerquiz = tmp_path / "fresh" / "bin" / "layerquiz"
    assert str(tmp_path) in done(python, "-c", "import layerquiz; print(layerquiz.__file__)", cwd=tmp_path)
    done(layerquiz, "example", "-o", "example", cwd=tmp_path)
    done(
        *(layerquiz, "exam", "example/exam.yaml", "--roster", "example/roster.csv", "-o", "example/exam"), cwd=tmp_path
    )
    told = done(layerquiz, "grade", "example/exam", "example/submissions.csv", cwd=tmp_path)
    assert "Grades:" in told
    assert len((tmp_path / "example" / "exam" / "grades" / "grades.csv").read_text().splitlines()) == 13
    assert len(done(layerquiz, "questions", cwd=tmp_path).splitlines()) > 10
    assert "62,378,344" in done(layerquiz, "solve", "alexnet", cwd=tmp_path)

"""An exam of four chunks, made without disturbance: what every disturbed run has to come to."""

from __future__ import annotations

import pytest

from cli.desk import tree
from layerquiz import engine
from press.line import done, put_down


@pytest.fixture(scope="session")
def tex() -> None:
    """Skip a test that prints, where that cannot be done."""
    if not engine.available():
        pytest.skip(f"there is no TeX: install {' '.join(engine.missing())}")


@pytest.fixture(scope="session")
def undisturbed(tex: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes | None]:
    """Return what a run that nothing disturbs leaves in its folder."""
    folder = put_down(tmp_path_factory.mktemp("undisturbed"))
    done(folder, "exam", "exam.yaml", "--roster", "roster.csv", "-o", "out", "--no-lists", "--jobs", "2")
    assert sorted(path.name for path in folder.iterdir()) == ["exam.yaml", "out", "roster.csv"]
    return tree(folder / "out")

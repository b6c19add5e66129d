"""What the tests of commands share: a desk with a sealed exam on it, ready to be spoilt."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cli.desk import MAKE, PUT_DOWN, run
from layerquiz import engine


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an exam file, a roster, submissions and the sealed exam, made without TeX."""
    folder = tmp_path_factory.mktemp("desk")
    for name, content in PUT_DOWN.items():
        (folder / name).write_text(content, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "available", lambda: False)
        patch.setattr(engine, "missing", lambda: ["texlive-xetex"])
        patch.chdir(folder)
        assert run(*MAKE).exit_code == 0
    return folder


@pytest.fixture
def desk(drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of that folder as the current one, on a machine without TeX."""
    monkeypatch.setattr(engine, "available", lambda: False)
    monkeypatch.setattr(engine, "missing", lambda: ["texlive-xetex"])
    shutil.copytree(drawn, tmp_path / "desk")
    monkeypatch.chdir(tmp_path / "desk")
    return tmp_path / "desk"

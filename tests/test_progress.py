"""The file of practice: several sessions at once, damaged and strange files; nothing is ever lost."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from layerquiz.errors import LayerquizError, OutsideError
from layerquiz.progress import LEARNT, SCHEMAS, Answered, opened, usual_path

DAY = date(2026, 11, 20)
MISSED = Answered("conv-size", "convolution-size", "conv.height", 1, "mistake", False, ("stride-ignored",))
WRITER = """
import sys
from datetime import date
from pathlib import Path
from layerquiz.progress import Answered, opened
for place in range(60):
    with opened(Path(sys.argv[1])) as progress:
        missed = Answered("t", "topic", str(place), 1, "mistake", False, ("slug",))
        progress.keep(missed, date(2026, 11, 20))
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file with one mistake."""
    path = tmp_path / "practice.sqlite3"
    with opened(path) as progress:
        progress.keep(MISSED, DAY)
    return path


def test_several_sessions_write_side_by_side(tmp_path: Path) -> None:
    """Four processes make the file together and write sixty answers each: none is lost, no count is wrong."""
    path = tmp_path / "new" / "practice.sqlite3"
    command = [sys.executable, "-c", WRITER, str(path)]
    writers = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(4)]
    assert [(writer.communicate()[1], writer.returncode) for writer in writers] == [(b"", 0)] * 4
    with opened(path) as progress:
        assert progress.count() == 240
        assert [missed.times for missed in progress.missed()] == [240]
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_two_open_sessions_raise_a_mistake_once(file: Path) -> None:
    """What goes right in two windows on one day rises one box, as it is not due any more."""
    day = date(2026, 11, 21)
    with opened(file) as one, opened(file) as other:
        assert one.due(day) == other.due(day) != []
        one.rise("conv-size", ["stride-ignored"], day)
        other.rise("conv-size", ["stride-ignored"], day)
        assert [missed.box for missed in other.missed()] == [2]


def damaged(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for place in range(4096, len(content), 7):
        content[place] = 0xA5
    path.write_bytes(content)


def other_program(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()


def changed(statement: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with sqlite3.connect(path) as connection:
            connection.execute(statement)
        connection.close()

    return change


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "text": (lambda path: path.write_text("to buy: milk\n" * 100), "no record of practice"),
    "cut off": (lambda path: path.write_bytes(path.read_bytes()[:5000]), "no record of practice"),
    "damaged": (damaged, "no record of practice"),
    "another program's": (other_program, "belongs to another program"),
    "a later version": (changed(f"PRAGMA user_version = {len(SCHEMAS) + 1}"), "a later layerquiz wrote this"),
    "a table is missing": (changed("DROP TABLE boxes"), "no record of practice"),
    "no date": (changed("UPDATE boxes SET due = 'tomorrow'"), "no record of practice"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_file_that_cannot_be_used_is_one_message_and_stays(name: str, file: Path) -> None:
    spoil, said = SPOILT[name]
    spoil(file)
    before = file.read_bytes()
    with pytest.raises(LayerquizError) as error, opened(file) as progress:
        progress.rise("conv-size", ["stride-ignored"], date(2026, 11, 25))
    assert said in str(error.value)
    assert str(file) in str(error.value)
    assert error.value.cure
    assert error.value.exit_code == 1
    assert file.read_bytes() == before


def test_an_empty_file_is_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()
    with opened(path) as progress:
        assert progress.missed() == []


def test_a_place_without_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutsideError, match="--data"), opened(tmp_path / "file" / "inner"):
        pass
    with pytest.raises(LayerquizError, match="this is none"), opened(tmp_path):
        pass


def test_a_locked_file_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layerquiz.database.SECONDS_TO_WAIT", 0.05)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(OutsideError, match="locked"), opened(file) as progress:
        progress.keep(MISSED, DAY)
    holder.close()
    with opened(file) as progress:
        assert progress.count() == 1


def test_an_interrupted_change_leaves_nothing_of_it(file: Path) -> None:
    """An answer and its boxes are kept together or not at all."""
    broken = Answered("t", "t", "b", 1, "mistake", False, ("fine", object()))  # type: ignore[arg-type]
    with opened(file) as progress:
        with pytest.raises(LayerquizError):
            progress.keep(broken, DAY)
        assert progress.count() == 1
        assert [missed.name for missed in progress.missed()] == ["stride-ignored"]


def test_forgetting_leaves_nothing_to_be_read(file: Path) -> None:
    assert b"stride-ignored" in file.read_bytes()
    with opened(file) as progress:
        progress.forget()
        assert (progress.count(), progress.missed(), progress.topics()) == (0, [], [])
    assert b"stride-ignored" not in file.read_bytes()


def test_the_last_day_of_the_calendar_is_no_fault(tmp_path: Path) -> None:
    with opened(tmp_path / "late") as progress:
        progress.keep(MISSED, date.max)
        for _ in range(LEARNT):
            progress.rise("conv-size", ["stride-ignored"], date.max)
        assert progress.missed()[0].is_learnt


def test_the_usual_place_is_the_system_s(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert usual_path().name == "practice.sqlite3"
    assert usual_path().parent.name == "layerquiz"
    if sys.platform == "linux":
        assert usual_path().is_relative_to(tmp_path)

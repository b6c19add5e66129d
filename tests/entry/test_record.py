"""The record of entry: several people at once, what stands, and who differs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from layerquiz.entry import record
from layerquiz.entry.record import Typed
from layerquiz.errors import LayerquizError

WRITER = """
import sys
from pathlib import Path
from layerquiz.entry import record
for place in range(60):
    with record.opened(Path(sys.argv[1])) as found:
        found.keep(record.Typed("s1", str(place), "12", sys.argv[2], "now"))
"""


def kept(folder: Path, *typed: tuple[str, str, bool]) -> record.Entered:
    with record.opened(folder) as found:
        for by, answer, settles in typed:
            found.keep(Typed("s1", "1a", answer, by, "now", settles))
        return found.of("s1")["1a"]


def test_several_people_type_side_by_side(tmp_path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name]) for name in "abc"]
    assert [writer.wait() for writer in writers] == [0] * 3
    with record.opened(tmp_path) as found:
        entered = found.of("s1")
        assert len(found.all_typed()) == 180
    assert len(entered) == 60
    assert all(set(each.people) == set("abc") and not each.is_open for each in entered.values())


def test_the_last_answer_of_a_person_counts(tmp_path: Path) -> None:
    assert kept(tmp_path, ("a", "1", False), ("a", "2", False)).answers == ("2",)


def test_people_differ_until_it_is_settled_and_again_after_a_later_answer(tmp_path: Path) -> None:
    found = kept(tmp_path, ("a", "1", False), ("b", "2", False))
    assert found.is_open
    assert found.answers == ("1", "2")
    settled = kept(tmp_path, ("b", "1", True))
    assert settled.answers == ("1",)
    assert settled.people == ("a", "b")
    later = kept(tmp_path, ("c", "3", False))
    assert later.answers == ("1", "3")
    assert (later.of("a"), later.of("c")) == ("1", "3")
    assert not kept(tmp_path, ("c", "1", False)).is_open


def test_papers_are_renamed_and_forgotten_without_a_trace(tmp_path: Path) -> None:
    kept(tmp_path, ("Annabel", "4711471147", False))
    with record.opened(tmp_path) as found:
        found.keep(Typed("student-zero", "1a", "9876598765", "b", "now"))
        found.renamed({"s1": "P001"})
        found.forget(["student-zero"])
        assert list(found.entered()) == ["P001"]
    content = (tmp_path / record.FILE).read_bytes()
    assert b"4711471147" in content
    assert b"9876598765" not in content
    assert b"student-zero" not in content


def test_a_copy_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    kept(tmp_path, ("a", "1", False))
    before = (tmp_path / record.FILE).read_bytes()
    with record.copied(tmp_path) as found:
        found.forget(["s1"])
        assert found.entered() == {}
        content = found.content()
    assert (tmp_path / record.FILE).read_bytes() == before
    (tmp_path / record.FILE).write_bytes(content)
    with record.opened(tmp_path) as found:
        assert found.entered() == {}


def test_another_file_is_refused_and_stays(tmp_path: Path) -> None:
    (tmp_path / record.FILE).write_text("mine\n" * 100)
    with pytest.raises(LayerquizError, match="no record of entry"), record.opened(tmp_path):
        pass
    assert (tmp_path / record.FILE).read_text() == "mine\n" * 100

"""What users name is read with clear refusals, and written whole or not at all."""

from __future__ import annotations

import errno
import io
import subprocess
import sys
from pathlib import Path

import pytest

from layerquiz import csv_files, files
from layerquiz.errors import LayerquizError, OutsideError


def refusal(path: Path) -> LayerquizError:
    with pytest.raises(LayerquizError) as caught:
        files.read_text(path)
    return caught.value


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param(b"a\nb\n", "a\nb\n", id="plain"),
        pytest.param(b"\xef\xbb\xbfname\r\n", "name\n", id="byte order mark and Windows line ends"),
        pytest.param("Nguyễn".encode(), "Nguyễn", id="accents"),
        pytest.param(b"", "", id="empty"),
    ],
)
def test_utf8_is_read_with_or_without_a_mark(tmp_path: Path, data: bytes, text: str):
    (tmp_path / "file.txt").write_bytes(data)
    assert files.read_text(tmp_path / "file.txt") == text


def test_standard_input_is_called_a_dash(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("Łukasz".encode())))
    assert files.read_text("-") == "Łukasz"


def test_a_wrong_encoding_is_told_by_byte_and_line_with_its_cure(tmp_path: Path):
    path = tmp_path / "roster.csv"
    path.write_bytes("student,name\ns1,Żółć\n".encode("iso-8859-2"))
    error = refusal(path)
    assert (error.slug, error.exit_code) == ("file-encoding", 1)
    assert "offset 16 (line 2)" in str(error)
    assert "UTF-8" in error.cure


def test_a_missing_file_names_the_nearest_one(tmp_path: Path):
    (tmp_path / "roster.csv").touch()
    assert 'Did you mean "roster.csv"?' in str(refusal(tmp_path / "rooster.csv"))


def test_a_folder_and_a_file_too_large_are_refused(tmp_path: Path):
    (tmp_path / "large").write_bytes(b"x" * (files.SIZE_LIMIT + 1))
    assert refusal(tmp_path).slug == "file-folder"
    assert "larger than 10 MB" in str(refusal(tmp_path / "large"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_told_by_the_header(tmp_path: Path, delimiter: str):
    """A quoted cell may hold line ends; a row's line is the one on which it starts; empty rows are left out."""
    path = tmp_path / "answers.csv"
    path.write_text(f'student{delimiter}1a\n\ns1{delimiter}"two\nlines"\ns2{delimiter} 7 \n', encoding="utf-8")
    assert csv_files.read_rows(path) == [
        csv_files.Row(1, ("student", "1a")),
        csv_files.Row(3, ("s1", "two\nlines")),
        csv_files.Row(5, ("s2", "7")),
    ]


def test_a_delimiter_in_quotes_is_none(tmp_path: Path):
    """A title that holds semicolons and line ends does not make a file of commas one of semicolons."""
    path = tmp_path / "answers.csv"
    path.write_text('\nname,"12: a; b;\nc; d","x"\nAda,1;2;3;4,5\n', encoding="utf-8")
    assert [row.cells for row in csv_files.read_rows(path)] == [
        ("name", "12: a; b;\nc; d", "x"),
        ("Ada", "1;2;3;4", "5"),
    ]


def test_mixed_delimiters_are_told_by_their_line(tmp_path: Path):
    """A line that is parted otherwise than the first one would pass for one long entry."""
    (tmp_path / "mixed.csv").write_text("student,1a,1b\ns1,5,6\ns2;7;8\n", encoding="utf-8")
    with pytest.raises(LayerquizError, match=r"line 3: the line is parted by semicolons.*by commas"):
        csv_files.read_rows(tmp_path / "mixed.csv")


def test_rows_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A file of nothing but short lines does not fill the memory."""
    monkeypatch.setattr(csv_files, "ROWS_LIMIT", 3)
    (tmp_path / "long.csv").write_text("a\n" * 3, encoding="utf-8")
    assert len(csv_files.read_rows(tmp_path / "long.csv")) == 3
    (tmp_path / "long.csv").write_text("a\n" * 4, encoding="utf-8")
    with pytest.raises(LayerquizError, match="more than 3 rows"):
        csv_files.read_rows(tmp_path / "long.csv")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_utf16_with_its_mark_is_read_too(tmp_path: Path, encoding: str):
    """A spreadsheet that saves "Unicode text" writes UTF-16 with a byte order mark."""
    (tmp_path / "a.csv").write_text("student\t1a\ns1\tŁ\n", encoding=encoding)
    assert csv_files.read_rows(tmp_path / "a.csv")[1].cells == ("s1", "Ł")


def test_a_broken_csv_file_is_told_by_its_line(tmp_path: Path):
    (tmp_path / "broken.csv").write_text('student,1a\ns1,"open\n', encoding="utf-8")
    with pytest.raises(LayerquizError, match="line 2") as caught:
        csv_files.read_rows(tmp_path / "broken.csv")
    assert caught.value.slug == "file-csv"


def test_a_spreadsheet_never_runs_a_cell():
    rows = [("student", "name"), ("=cmd|' /C calc'!A0", "+1"), (-5, "@x"), ("plain", "1-2")]
    assert csv_files.csv_text(rows) == "student,name\n'=cmd|' /C calc'!A0,'+1\n-5,'@x\nplain,1-2\n"


def test_a_folder_is_written_with_its_seal_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The file that makes the folder valid is moved in after all others."""
    moved: list[str] = []
    replace = Path.replace
    monkeypatch.setattr(Path, "replace", lambda self, to: (moved.append(Path(to).name), replace(self, to))[1])
    target = files.Target(tmp_path / "exam", last="exam.json")
    target.add("exam.json", "{}")
    target.add("papers/1.pdf", b"%PDF")
    assert target.commit() == ["exam.json", "papers/1.pdf"]
    assert moved == ["1.pdf", "exam.json"]
    assert (tmp_path / "exam" / "papers" / "1.pdf").read_bytes() == b"%PDF"
    assert [entry.name for entry in tmp_path.glob("exam/.*")] == []


def test_equal_content_is_up_to_date_and_other_content_needs_force(tmp_path: Path):
    assert files.write(tmp_path / "key.csv", "a") is True
    before = (tmp_path / "key.csv").stat().st_mtime_ns
    assert files.write(tmp_path / "key.csv", "a") is False
    assert (tmp_path / "key.csv").stat().st_mtime_ns == before
    with pytest.raises(LayerquizError, match=r"key\.csv: exists with other content.*--force") as caught:
        files.write(tmp_path / "key.csv", "b")
    assert (caught.value.slug, caught.value.exit_code) == ("file-exists", 1)
    assert files.write(tmp_path / "key.csv", "b", force=True) is True
    assert (tmp_path / "key.csv").read_text(encoding="utf-8") == "b"


def test_a_refused_file_leaves_the_others_unwritten(tmp_path: Path):
    (tmp_path / "edited.csv").write_text("mine", encoding="utf-8")
    target = files.Target(tmp_path)
    target.add("new.csv", "x")
    target.add("edited.csv", "y")
    with pytest.raises(LayerquizError):
        target.commit()
    assert [path.name for path in tmp_path.iterdir()] == ["edited.csv"]


def test_a_full_disk_leaves_the_old_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "exam").mkdir()
    (tmp_path / "exam" / "exam.json").write_text("old", encoding="utf-8")
    target = files.Target(tmp_path / "exam", last="exam.json", force=True)
    target.add("exam.json", "new")

    def full(path: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutsideError, match="No space left on device") as caught:
        target.commit()
    assert (caught.value.exit_code, caught.value.slug) == (3, "disk")
    assert [path.name for path in (tmp_path / "exam").iterdir()] == ["exam.json"]
    assert (tmp_path / "exam" / "exam.json").read_text(encoding="utf-8") == "old"


def test_a_folder_made_in_vain_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refused(path: Path, data: bytes) -> int:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "write_bytes", refused)
    with pytest.raises(OutsideError, match="Permission denied"):
        files.write(tmp_path / "new" / "file", "x")
    assert list(tmp_path.iterdir()) == []


def test_a_file_where_a_folder_is_wanted_is_the_users_to_mend(tmp_path: Path):
    (tmp_path / "exam").touch()
    with pytest.raises(LayerquizError, match="a file, not a folder") as caught:
        files.write(tmp_path / "exam" / "key.csv", "x")
    assert caught.value.exit_code == 1


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x"])
def test_nothing_is_written_outside_the_folder(tmp_path: Path, name: str):
    with pytest.raises(LayerquizError, match="would leave the folder"):
        files.Target(tmp_path).add(name, "x")


def test_a_file_that_people_fill_in_may_be_replaced(tmp_path: Path):
    """What is named replaceable needs no force, while the others beside it still do."""
    for name in ("review.csv", "grades.csv"):
        (tmp_path / name).write_text("old")
    target = files.Target(tmp_path, replaceable=("review.csv",))
    target.add("review.csv", "new")
    assert target.commit() == ["review.csv"]
    target.add("grades.csv", "new")
    with pytest.raises(LayerquizError, match=r"grades\.csv"):
        target.commit()


def test_paths_need_nothing_heavy():
    """Every command opens files, so what only exams need is not loaded for it."""
    code = "import sys, layerquiz.files; print(*{'pydantic', 'jinja2', 'yaml'}.intersection(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []

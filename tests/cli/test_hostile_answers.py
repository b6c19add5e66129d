"""Files of answers that would do harm: one clear refusal, or answers that are only answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.desk import refusal, run
from layerquiz.cli import main
from layerquiz.tables.workbook import workbook


def graded(name: str) -> None:
    """Grade a file of answers; it has to go well."""
    result = run("grade", "out", name, "--force")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.xlsm", b"PK\x03\x04", "a spreadsheet with macros"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1", "an old spreadsheet (.xls), or one with a password"),
        ("a.xlsx", b"student,1a\ns1,5\n", "no spreadsheet that can be read"),
        ("a.csv", b"student,1a,1b\ns1;5;6\n", "line 2: the line is parted by semicolons, the first line"),
        ("a.csv", "student,1a\ns1,3×3\n".encode("cp1252"), "not UTF-8: byte 0xD7"),
        ("a.csv", b"student,1a\ns1,5\n" + b"x" * 100_000_000, "larger than 30 MB"),
        ("a.json", b"[" * 100_000, "too deep to read"),
        ("a.json", b'{"s1": {"1a": 1, "1a": 2}}', 'the key "1a" stands twice'),
        ("a.jsonl", b'{"student": "s1", "1a": 5}\n{"student": "s1", "1a": 6}\n', '"s1" stands twice'),
        ("a", b'{"student": "s1", "1a": 5}\n{"student": "s9", "1a": 6}\n', 'a, line 2: no paper was made for'),
        ("a.zip", b"PK\x03\x04" + b"\0" * 50, "no spreadsheet that can be read"),
        ("a.csv", b"\0\0\0\0", "zero bytes"),
    ],
)  # fmt: skip
def test_hostile_files_are_one_clear_refusal(desk: Path, name: str, content: bytes, told: str) -> None:
    """Whatever a file of answers holds, no grades are written and one message says why."""
    (desk / name).write_bytes(content)
    assert told in refusal("grade", "out", name, beside=desk)


def test_a_hostile_answer_is_only_an_answer(desk: Path) -> None:
    """Zero bytes, formulas and marks of direction in an answer do not stop the others' grades, nor run anywhere."""
    (desk / "odd.csv").write_bytes('student,1a,1b,1c\ns1,5\0,=1+1,\u202e5\ns2,@x,"a,\n;b",9**9**9**9\n'.encode())
    graded("odd.csv")
    (desk / "odd.json").write_text(json.dumps({"s1": {"1a": "5\0\ud800", "1b": "__import__('os')"}}), encoding="utf-8")
    graded("odd.json")
    assert "\n=" not in (desk / "out" / "grades" / "review.csv").read_text(encoding="utf-8")


def test_a_text_file_in_another_encoding_names_itself(desk: Path) -> None:
    """Of a folder's files the one that cannot be read is named."""
    (desk / "texts").mkdir()
    (desk / "texts" / "s1.txt").write_bytes("1a: 3×3".encode("cp1252"))
    assert "texts/s1.txt: not UTF-8" in refusal("grade", "out", "texts", beside=desk)
    assert "there are no text files" in refusal("grade", "out", "out", beside=desk)


def test_answers_from_standard_input(desk: Path) -> None:
    """Any format may come from another program."""
    for content in (b"student,1a\ns1,5\n", b'{"s1": {"1a": 5}}', workbook([["student", "1a"], ["s1", "5"]])):
        result = CliRunner().invoke(main, ["grade", "out", "-", "--force"], input=content)
        assert result.exit_code == 0, result.output
        assert "standard input: read as a" in result.output

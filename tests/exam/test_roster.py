"""Rosters: what is wrong is one error with its line."""

from __future__ import annotations

import csv
import io

import pytest

from layerquiz.errors import ExamError
from layerquiz.exam import roster


def read(text):
    """Read a roster as the room of files does: the first line, then numbered rows."""
    reader = csv.DictReader(io.StringIO(text))
    return roster.read("roster.csv", list(reader.fieldnames or []), [(reader.line_num, row) for row in reader])


FAULTS = {
    "empty file": ("", "the roster is empty"),
    "only a head": ("student,name\n", "no students"),
    "missing column": ("student,group\n1,a\n", 'line 1: the column "name" is missing'),
    "misspelt column": ("studnet,name\n1,a\n", 'Did you mean "studnet"?'),
    "no head": ("1,Ada\n2,Bo\n", 'the column "student" is missing'),
    "doubled column": ("student,name,name\n1,a,b\n", 'line 1: the column "name" stands twice'),
    "doubled student": ("student,name\n1,a\n2,b\n 1 ,c\n", 'line 4: the student "1" stands on line 2 already'),
    "no name": ("student,name\n1,\n", 'line 2: the entry "name" is empty'),
    "short line": ("student,name\n1\n", 'line 2: the entry "name" is empty'),
    "long line": ("student,name\n1,Ada,Lovelace\n", "line 2: the line has more entries"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(name):
    text, said = FAULTS[name]
    with pytest.raises(ExamError) as error:
        read(text)
    assert str(error.value).startswith("roster.csv")
    assert said in str(error.value)


def test_entries_are_trimmed_and_unknown_columns_reported():
    found = read("\ufeff student ,group, name\n s1 ,A,  Nguyễn   Thị  \n,,\ns2,B,李\n")
    assert found.students == (roster.Student("s1", "Nguyễn Thị"), roster.Student("s2", "李"))
    assert found.unknown_columns == ("group",)

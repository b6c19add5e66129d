"""A class of five and its sealed exam of five blanks, and what is made of tables and texts that it hands in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pytest

from layerquiz.errors import LayerquizError
from layerquiz.exam import exam as exams
from layerquiz.exam.roster import Student
from layerquiz.exam.seal import Sealed, seal, unseal
from layerquiz.grading.submissions import Submissions, Table, submitted, texts

EXAM = "title: Quiz\nseed: 7\nquestions:\n  - {template: conv-size}\n  - {template: dense-parameters}\n"
BLANKS = ("1a", "1b", "1c", "2a", "2b")
STUDENTS = (
    Student("s1", "Ada Brandt"),
    Student("s2", "José Álvarez"),
    Student("s3", "Ada Lang"),
    Student("s4", "Ada Lang"),
    Student("mia@uni.example", "Mia Ohm"),
)


@cache
def sealed() -> Sealed:
    """Return a sealed exam of two questions with five blanks."""
    exam = exams.parse(EXAM, "exam.yaml", "unused")
    return unseal(seal(exam, [exams.paper(exam, student) for student in STUDENTS], "test"))


def read(columns: Sequence[str], *rows: Sequence[str], file: str = "x.csv") -> Submissions:
    """Return what is made of a table."""
    return submitted(sealed(), Table(file, tuple(columns), tuple((n, tuple(row)) for n, row in enumerate(rows, 2))))


def refused(columns: Sequence[str], *rows: Sequence[str]) -> str:
    """Return the refusal of a table."""
    with pytest.raises(LayerquizError) as caught:
        read(columns, *rows)
    return str(caught.value)


def folder(*files: tuple[str, str]) -> Submissions:
    """Return what is made of a folder of text files."""
    return texts.read(sealed(), "texts", [(name, name.removesuffix(".txt"), text) for name, text in files])

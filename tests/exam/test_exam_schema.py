"""The JSON schema of exam files: it is up to date, takes what the reader takes, and refuses what it refuses."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from jsonschema import Draft202012Validator

from layerquiz.data import folder
from layerquiz.errors import ExamError
from layerquiz.exam import exam
from layerquiz.exam.exam_schema import schema

EXAMPLE = folder("example")
VALIDATOR = Draft202012Validator(schema())
FULL = """title: Midterm
course: Deep Learning
date: 20 November 2026
language: de
paper_size: letter
time: 90
aids: calculator
formula_sheet: true
versions: 4
seed: 7
signed: {code: ab23cd45, by: [Ada, Bo]}
conventions: textbook
letters: {filters: N}
policy: {mistake: 1/2}
pass: 0.6
sections:
  - title: Numbers
    text: Write *clearly*.
    questions:
      - {template: conv-size, points: 3}
      - {template: conv-size, seed: 7, policy: {repeat: always}}
      - {draw: {topic: pooling, level: 1, count: 2}, points: 1.5}
      - {text: "Why?", points: 2.5, space: 40, title: Reasons, solution: Because., rubric: Half for a half.}
"""
WRONG = {
    "misspelt key": ("course:", "curse:"),
    "language": ("language: de", "language: xx"),
    "paper size": ("letter", "a3"),
    "time": ("time: 90", "time: long"),
    "aids": ("aids: calculator", "aids: phone"),
    "versions": ("versions: 4", "versions: 27"),
    "conventions": ("conventions: textbook", "conventions: torch"),
    "pass": ("pass: 0.6", "pass: 60"),
    "no title": ("title: Midterm\n", ""),
    "no sections": ("sections:", "questions:"),
    "section without questions": ("    questions:", "    question:"),
    "unknown template": ("{template: conv-size, points", "{template: conv-sizes, points"),
    "topic": ("topic: pooling", "topic: poling"),
    "level": ("level: 1", "level: 9"),
    "two kinds": ('{text: "Why?"', '{template: conv-size, text: "Why?"'),
    "no points": ("points: 2.5, ", ""),
    "space": ("space: 40", "space: 900"),
}


def test_the_file_is_up_to_date() -> None:
    """`make schema` writes it anew from the keys and the library."""
    kept = json.loads((EXAMPLE / "exam.schema.json").read_text(encoding="utf-8"))
    assert kept == schema(), "out of date: run `make schema`"


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())


def test_every_key_is_described() -> None:
    question = schema()["properties"]["questions"]["items"]
    for keys in (schema()["properties"], question["properties"], question["properties"]["draw"]["properties"]):
        assert all(key["description"] for key in keys.values())


def test_the_example_names_the_schema_that_stands_beside_it() -> None:
    text = (EXAMPLE / "exam.yaml").read_text(encoding="utf-8")
    first = text.partition("\n")[0]
    assert first == "# yaml-language-server: $schema=exam.schema.json"
    assert (EXAMPLE / first.rpartition("=")[2]).is_file()
    assert [error.message for error in VALIDATOR.iter_errors(yaml.safe_load(text))] == []


def test_what_is_right_is_right_for_both() -> None:
    assert [error.message for error in VALIDATOR.iter_errors(yaml.safe_load(FULL))] == []
    assert len(exam.parse(FULL, "exam.yaml", "unused").entries) == 5


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_wrong_for_both(name: str) -> None:
    old, new = WRONG[name]
    assert old in FULL
    text = FULL.replace(old, new)
    assert not VALIDATOR.is_valid(yaml.safe_load(text))
    with pytest.raises(ExamError):
        exam.parse(text, "exam.yaml", "unused")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("time: 0", 'key "time": found 0. Allowed: a whole number from 1 to 10000'),
        ("pass: 5", 'key "pass": found 5. Allowed: a number above 0 and at most 1'),
        (
            f"questions: [{{text: a, points: 1, solution: {'a' * 20_001}}}]",
            "Allowed: a text of at most 20000 characters",
        ),
        ("signed: yes", 'key "signed": found True. Allowed: a mapping of code, by'),
        ("sections: []", r'key "sections": found []. Allowed: a list that is not empty'),
    ],
)
def test_a_refused_key_says_in_words_what_it_takes(written: str, said: str) -> None:
    with pytest.raises(ExamError, match=re.escape(said)):
        exam.parse(f"title: T\n{written}\n", "exam.yaml", "unused")

"""Signing an exam: the code stands for what is asked, and two people sign for it; and how long it may take."""

from __future__ import annotations

import re

import pytest
import yaml

from layerquiz.data import folder
from layerquiz.exam import exam
from layerquiz.exam.drawing import draw
from layerquiz.exam.library import templates
from layerquiz.exam.proof import code, unsigned_because
from layerquiz.exam.roster import Student
from layerquiz.exam.timing import seconds

TEXT = """
title: Quiz
seed: 7
conventions: textbook
policy: {mistake: 1/2}
questions:
  - {template: conv-size, points: 2}
  - {template: dense-parameters}
  - {text: "Why?", points: 3}
"""


def parsed(text: str) -> exam.Exam:
    """Return an exam."""
    return exam.parse(text, "exam.yaml", "unused")


def signed(by: str, known: str = "") -> exam.Exam:
    """Return the exam with a line that signs it."""
    return parsed(f"{TEXT}signed: {{code: {known or code(parsed(TEXT))}, by: {by}}}\n")


CHANGES = {
    "points": ("points: 2", "points: 3"),
    "a policy": ("mistake: 1/2", "mistake: 1/3"),
    "a policy of a question": (
        "{template: dense-parameters}",
        "{template: dense-parameters, policy: {repeat: always}}",
    ),
    "conventions": ("textbook", "pytorch"),
    "a template": ("conv-size", "conv-parameters"),
    "own text": ("Why?", "Why not?"),
    "a question less": ("  - {template: dense-parameters}\n", ""),
    "instructions": ("seed: 7", "seed: 7\ninstructions: No books."),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_asked_changes_the_code(name: str) -> None:
    old, new = CHANGES[name]
    assert old in TEXT
    assert code(parsed(TEXT.replace(old, new))) != code(parsed(TEXT))


@pytest.mark.parametrize(
    ("old", "new"),
    [("seed: 7", "seed: 8"), ("title: Quiz", "title: Test\ncourse: C\ndate: today"), ("Quiz", "Quiz\npass: 0.6")],
)
def test_what_is_not_asked_changes_no_code(old: str, new: str) -> None:
    assert code(parsed(TEXT.replace(old, new, 1))) == code(parsed(TEXT))


def test_a_changed_text_of_a_template_changes_the_code() -> None:
    """The library of a later version may ask something else under the same name."""
    from dataclasses import replace

    found = parsed(TEXT)
    first, *rest = found.entries
    other = replace(first, template=replace(first.template, text=f"{first.template.text} "))
    assert code(replace(found, entries=(other, *rest))) != code(found)


def test_a_code_is_a_word_for_yaml() -> None:
    """What is copied into an exam file without quotes comes back as it was."""
    found = {code(parsed(TEXT.replace("points: 2", f"points: {points}"))) for points in range(1, 60)}
    assert len(found) == 59
    assert all(re.fullmatch("([a-z]{2}[2-9]{2}){2}", each) and yaml.safe_load(each) == each for each in found)


@pytest.mark.parametrize("by", ["[Ada Lovelace, Grace Hopper]", "[Ada, Bo, Cy]"])
def test_two_people_sign(by: str) -> None:
    assert unsigned_because(signed(by)) == ""


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (parsed(TEXT), "nobody has signed it"),
        (signed("[Ada, Grace]", "ab23cd45"), "changed after it was signed"),
        (signed("[Ada]"), "2 different people"),
        (signed("[Ada  Lovelace, ada lovelace, ' ']"), "2 different people"),
    ],
)
def test_an_exam_that_is_not_signed_says_why_and_what_to_write(found: exam.Exam, why: str) -> None:
    assert why in unsigned_because(found)
    assert f"code: {code(found)}" in unsigned_because(found)


def test_the_example_is_signed() -> None:
    """Whoever changes a template of the example, or its file, reads it anew and writes the new code into the file."""
    found = parsed(folder("example").joinpath("exam.yaml").read_text(encoding="utf-8"))
    assert not unsigned_because(found), (
        f"read the proof, and write into src/layerquiz/example/exam.yaml: code: {code(found)}"
    )


def test_more_work_takes_longer() -> None:
    """Larger numbers take longer, a question of own text a minute for each point; all within reason."""
    dense = [draw(templates()["dense-parameters"], seed) for seed in range(30)]
    keys = {len(str(question.blanks[0].key).rstrip("0")): seconds(question) for question in dense}
    assert keys[max(keys)] > keys[min(keys)]
    assert all(20 <= seconds(question) <= 120 for question in dense)
    own = parsed(TEXT).entries[2]
    assert 180 <= seconds(exam.paper(parsed(TEXT), Student("s", "S")).questions[2]) <= 185
    assert own.worth == 3

"""Questions that are the same for everybody: drawn by a seed of their own, or of the instructor's own text."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from layerquiz.errors import ExamError, LayerquizError
from layerquiz.exam import exam, library, template
from layerquiz.exam.drawing import draw
from layerquiz.exam.roster import Student
from layerquiz.exam.seal import seal, unseal

HOSTILE = r"Why {{ x }} {% raw %} {# no #} \input{/etc/passwd} <script>alert(1)</script> 50 % & $x^2$?"
TEXT = f"""title: T
seed: 5
questions:
  - {{template: conv-size}}
  - text: '{HOSTILE}'
    points: 2.5
    space: 80
    solution: Because of $x$.
    rubric: 1 point for each half.
  - {{template: conv-size, seed: 7, points: 4}}
  - {{text: Say a word., points: 1, title: Words}}
"""
STUDENTS = [Student(f"s{number}", "n") for number in range(12)]
NEVER = (
    "---\ntitle: Never\nnetwork:\n  input: {features: 4}\n  layers: [{kind: dense, name: d, units: 3}]\n"
    "require: [d.units > 3]\nask: [{blank: d.weights}]\n---\nHow many weights?"
)
FEW = (
    "---\ntitle: Few\nnetwork:\n  input: {features: {choice: [4, 5]}}\n"
    "  layers: [{kind: dense, name: d, units: 3}]\nask: [{blank: d.weights}]\n---\nHow many weights?"
)


def read(text=TEXT, templates=None):
    return exam.parse(text, "exam.yaml", "unused", templates)


def asked(*entries):
    return "title: T\nseed: 5\nquestions:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries)


def test_the_text_stands_as_it_was_written():
    """Nothing in it is filled in, and it is the same on all papers."""
    for paper in exam.papers(read(), STUDENTS):
        assert paper.questions[1].text == HOSTILE
        assert [question.title for question in paper.questions[1::2]] == ["In your own words", "Words"]


def test_it_shares_numbers_blanks_and_points_with_the_drawn_ones():
    paper = exam.paper(read(), STUDENTS[0])
    assert list(paper.blanks) == ["1a", "1b", "1c", "2", "3a", "3b", "3c", "4"]
    assert [question.points for question in paper.questions] == [Fraction(5, 2), Fraction(5, 2), 4, 1]
    assert {name for name, blank in paper.blanks.items() if blank.by_hand} == {"2", "4"}


def test_it_comes_back_from_the_seal():
    """Text, solution, rubric, space and points; nothing of them stands among the templates."""
    found = read()
    data = json.loads(json.dumps(seal(found, exam.papers(found, STUDENTS), "1")))
    assert list(data["templates"]) == ["conv-size"]
    again = unseal(data)
    assert again.differences == ()
    made = again.papers[3].questions[1]
    assert (made.text, made.points, made.template.space) == (HOSTILE, Fraction(5, 2), 80)
    assert made.solution == (("Because of $x$.", "**Marking.** 1 point for each half."),)
    assert again.papers[3].questions[3].solution == ((),)
    assert seal(again.exam, again.papers, "2")["hash"] == data["hash"]


def test_a_fixed_drawing_is_that_of_its_seed_for_everybody():
    """It is the one that `draw` shows, and nobody's own question has its numbers."""
    shown = draw(library.named("conv-size"), 7).identity
    papers = exam.papers(read(), STUDENTS)
    assert {paper.questions[2].identity for paper in papers} == {shown}
    assert all(paper.questions[0].identity != shown for paper in papers)
    assert {paper.questions[2].points for paper in papers} == {4}


def test_a_drawing_of_one_s_own_keeps_clear_of_a_later_fixed_one():
    few = template.parse(FEW, "few")
    fixed = asked("template: few", "template: few, seed: 1")
    papers = exam.papers(read(fixed, {"few": few}), STUDENTS)
    assert all(len({question.identity for question in paper.questions}) == 2 for paper in papers)


def test_a_drawing_that_cannot_be_is_told_with_its_line():
    never = template.parse(NEVER, "never")
    with pytest.raises(ExamError, match=r"exam\.yaml, line 4, never\.md: no drawing was found"):
        read(asked("template: never, seed: 7"), {"never": never})
    with pytest.raises(LayerquizError, match=r"question 2, conv-size\.md: it is asked more than once"):
        exam.paper(read(asked("template: conv-size, seed: 7", "template: conv-size, seed: 7")), STUDENTS[0])


def test_what_all_have_does_not_count_as_unfair():
    """Papers are compared by what is drawn for each student: a hard question for everybody is as hard for all."""
    found = read(asked("template: dense-parameters, seed: 3", "text: Why?, points: 3"))
    assert all(exam.is_alike(found, paper) for paper in exam.papers(found, STUDENTS))


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("text: Why?", "says its points"),
        ("text: '', points: 1", "line 4"),
        ("text: Why?, points: 0", "line 4"),
        ("text: Why?, points: 1, template: conv-size", "one of template, draw, network and text"),
        ("text: Why?, points: 1, seed: 3", "only a template is drawn by a seed"),
        ("draw: {topic: pooling}, seed: 3", "only a template is drawn by a seed"),
        ("text: Why?, points: 1, space: 900", "line 4"),
        ("text: Why?, points: 1, rubrik: x", 'Did you mean "rubric"?'),
        ("template: conv-size, rubric: x", 'only a question of your own text has "rubric"'),
        ("template: conv-size, space: 20", 'only a question of your own text has "space"'),
    ],
)
def test_a_fault_is_one_error_with_its_line(entry, said):
    with pytest.raises(ExamError) as error:
        read(asked(entry))
    assert "exam.yaml, line 4" in str(error.value)
    assert said in str(error.value)

"""Exams and papers: a pure function of exam and student, and one clear error for every fault."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layerquiz.errors import ExamError, LayerquizError
from layerquiz.exam import exam, template
from layerquiz.exam.roster import Student

TEXT = """title: Costs of networks
course: Deep learning
date: 2025-07-01
instructions: Write clearly.
seed: 17
conventions: textbook
policy: {repeat: once}
questions:
  - {template: conv-parameters, points: 3}
  - {template: same-padding}
  - {draw: {topic: pooling, level: 1}, points: 1.5}
  - {draw: {level: 2, count: 2}}
"""

FAULTS = {
    "unknown key": ("course:", "curse:", "line 2", 'Did you mean "course"?'),
    "missing title": ("title: Costs of networks\n", "", "exam.yaml", 'the key "title" is missing'),
    "no questions": (TEXT[TEXT.index("questions") :], "questions: []\n", "line 8", "Allowed"),
    "unknown template": ("same-padding", "same-pading", "line 10", 'Did you mean "same-padding"?'),
    "unknown key of a question": ("{template: same-padding}", "{templat: same-padding}", "line 10", '"template"'),
    "both": ("{template: same-padding}", "{template: same-padding, draw: {}}", "line 10", "one of template, draw"),
    "neither": ("{template: same-padding}", "{points: 2}", "line 10", "one of template, draw"),
    "own text": ("{template: same-padding}", "{text: Why?}", "line 10", "says its points"),
    "no mapping": ("{template: same-padding}", "same-padding", "line 10", "a mapping is needed"),
    "unknown topic": ("topic: pooling", "topic: poling", "line 11", 'Did you mean "pooling"?'),
    "unknown key of a draw": ("topic: pooling", "topics: pooling", "line 11", 'Did you mean "topic"?'),
    "too many": ("count: 2", "count: 90", "line 12", "90 templates are wanted"),
    "wrong points": ("points: 3", "points: three", "line 9", "a number from 0.01"),
    "wrong conventions": ("conventions: textbook", "conventions: torch", "line 6", "pytorch"),
    "wrong policy": ("policy: {repeat: once}", "policy: once", "line 7", "a mapping"),
    "wrong date": ("date: 2025-07-01", "date: [1]", "line 3", "a text"),
    "no YAML": ("course: Deep learning", "course: [", "line", "not readable as YAML"),
    "key that is no text": ("course:", "on: x\ncourse:", "exam.yaml", "the key True is no text"),
    "no number": ("points: 3", "points: .nan", "line 9", "found nan"),
    "a set": ("points: 3", "points: !!set {a}", "line 9", "Allowed: numbers and texts"),
    "endless list": ("policy: {repeat: once}", "policy: &a {b: *a}", "exam.yaml", "too much"),
    "half a character": ("Write clearly.", '"\\ud800"', "", ""),
    "list": (TEXT, "- a\n", "exam.yaml", "a mapping is needed"),
    "nothing": (TEXT, "", "exam.yaml", "a mapping is needed"),
}


def read(text=TEXT, seed="spare"):
    return exam.parse(text, "exam.yaml", seed)


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_one_error_with_its_place(name):
    old, new, place, said = FAULTS[name]
    assert old in TEXT
    with pytest.raises(ExamError) as error:
        read(TEXT.replace(old, new))
    assert str(error.value).startswith("exam.yaml")
    assert place in str(error.value)
    assert said in str(error.value)


def test_what_the_file_says_is_kept():
    found = read()
    assert (found.title, found.course, found.date, found.seed) == (
        "Costs of networks",
        "Deep learning",
        "2025-07-01",
        17,
    )
    assert found.policy == {"repeat": "once"}
    assert [entry.points for entry in found.entries] == [3, None, Fraction(3, 2), None, None]


def test_repeated_parts_are_counted():
    """A few lines of YAML can stand for a billion entries; they are refused, not expanded."""
    bomb = "".join(f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 1}]\n" for n in range(12))
    with pytest.raises(ExamError, match="holds too much"):
        read(TEXT.replace("policy: {repeat: once}", f"policy:\n{bomb}"))


def test_dates_in_a_policy_are_texts():
    assert read(TEXT.replace("repeat: once", "until: 2025-07-01")).policy == {"until": "2025-07-01"}


def test_the_spare_seed_counts_only_where_none_is_given():
    without = TEXT.replace("seed: 17\n", "")
    assert read(without, "abc").seed == "abc"
    assert read(TEXT, "abc").seed == 17


def test_draws_take_fitting_templates_that_the_exam_has_not():
    for seed in range(30):
        names = [entry.template.name for entry in read(TEXT.replace("17", str(seed))).entries]
        assert len(set(names)) == 5
        fitting = [read().entries[2].template, *(entry.template for entry in read().entries[3:])]
        assert "pooling" in fitting[0].topics
        assert [found.level for found in fitting] == [1, 2, 2]


def test_a_paper_depends_on_exam_and_id_alone():
    """Neither the name nor the place in a roster changes a question."""
    found = read()
    one, other = exam.paper(found, Student("s1", "Ada")), exam.paper(found, Student("s1", "Bo"))
    assert [question.drawn for question in one.questions] == [question.drawn for question in other.questions]
    third = exam.paper(found, Student("s2", "Ada"))
    assert [question.drawn for question in one.questions] != [question.drawn for question in third.questions]


def test_all_papers_have_the_same_blanks_and_points():
    found = read()
    papers = [exam.paper(found, Student(f"s{number}", "n")) for number in range(10)]
    assert len({tuple(paper.blanks) for paper in papers}) == 1
    assert {paper.points for paper in papers} == {papers[0].points}
    assert papers[0].questions[0].points == 3
    assert list(papers[0].blanks)[:3] == ["1a", "1b", "2"]


def test_an_exam_takes_templates_that_are_not_in_the_library():
    own = template.parse(
        "---\ntitle: Own\nnetwork:\n  input: {features: 4}\n  layers: [{kind: dense, name: d, units: 3}]\n"
        "ask: [{blank: d.weights}]\n---\nHow many weights?",
        "own",
    )
    found = exam.parse("title: T\nquestions: [{template: own}]", "exam.yaml", 1, {"own": own})
    assert exam.paper(found, Student("a", "b")).blanks["1"].key == 12


def test_a_template_that_is_never_drawn_names_the_question():
    never = template.parse(
        "---\ntitle: Never\nnetwork:\n  input: {features: 4}\n  layers: [{kind: dense, name: d, units: 3}]\n"
        "require: [d.units > 3]\nask: [{blank: d.weights}]\n---\nHow many weights?",
        "never",
    )
    found = exam.parse("title: T\nquestions: [{template: never}]", "exam.yaml", 1, {"never": never})
    with pytest.raises(LayerquizError, match=r"question 1, never\.md: no drawing was found"):
        exam.paper(found, Student("a", "b"))


@given(st.integers(0, len(TEXT)), st.text(alphabet="{}[]:,-=\"' \nab1%", max_size=6))
def test_a_damaged_exam_is_read_or_is_one_error(place, inserted):
    with suppress(LayerquizError):
        read(TEXT[:place] + inserted + TEXT[place:])

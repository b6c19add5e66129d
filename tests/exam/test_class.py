"""The papers of a class: no question twice for one student, other numbers beside, alike in difficulty."""

from __future__ import annotations

from itertools import pairwise

import pytest

from layerquiz.errors import LayerquizError
from layerquiz.exam import exam, template
from layerquiz.exam.difficulty import lengths, usual
from layerquiz.exam.roster import Student
from layerquiz.exam.seal import is_sealed_as, seal, unseal

ASKED = (
    *("dense-parameters", "conv-parameters", "conv1d-parameters", "pooling-size", "dense-parameters"),
    *("same-padding", "batchnorm-parameters", "conv-size", "receptive-field", "dense-parameters"),
)
"""Ten questions, three of them from a template that has 41."""

FEW = (
    "---\ntitle: Few\nnetwork:\n  input: {features: {choice: [4, 5]}}\n"
    "  layers: [{kind: dense, name: d, units: 3}]\nask: [{blank: d.weights}]\n---\nHow many weights?"
)


def asked(names, more="", templates=None):
    """Return an exam of some templates."""
    questions = "".join(f"  - {{template: {name}}}\n" for name in names)
    return exam.parse(f"title: T\nseed: 5\n{more}questions:\n{questions}", "exam.yaml", 1, templates)


def students(count, prefix="s"):
    return [Student(f"{prefix}{number}", "n") for number in range(count)]


def drawn(paper):
    return [question.identity for question in paper.questions]


@pytest.fixture(scope="module")
def few():
    return template.parse(FEW, "few")


@pytest.mark.slow
def test_a_thousand_papers_of_ten_questions(summary):
    """No student meets a question twice, no neighbour has the same numbers, and nearly all papers are alike."""
    found = asked(ASKED)
    papers = exam.papers(found, students(1000))
    for paper in papers:
        assert len({(q.template.name, q.identity) for q in paper.questions}) == len(ASKED)
    for one, other in pairwise(papers):
        assert not any(mine == theirs for mine, theirs in zip(drawn(one), drawn(other), strict=True))
    alike = sum(exam.is_alike(found, paper) for paper in papers)
    summary.append(f"papers within the band of difficulty: {alike} of {len(papers)}, of {len(ASKED)} questions each")
    assert alike >= 990


def test_late_registrations_change_nobody():
    """Who comes late, in the middle or at the end, is drawn beside the papers that are sealed."""
    found = asked(["dense-parameters", "dense-parameters"])
    first = exam.papers(found, students(30))
    sealed = unseal(seal(found, first, "1"))
    assert is_sealed_as(found, sealed)
    roster = students(30)
    for place in range(29, 0, -1):
        roster.insert(place, Student(f"late{place}", "n"))
    kept = {paper.student.id: paper for paper in sealed.papers}
    again = exam.papers(found, [*roster, Student("last", "n")], kept)
    by_student = {paper.student.id: drawn(paper) for paper in again}
    assert [by_student[paper.student.id] for paper in first] == [drawn(paper) for paper in first]
    assert len(again) == 60
    for one, other in pairwise(again):
        assert not any(mine == theirs for mine, theirs in zip(drawn(one), drawn(other), strict=True))


def test_another_exam_keeps_nothing():
    """With another seed, other points or another template the sealed papers are not those of the exam."""
    found = asked(["conv-size"])
    sealed = unseal(seal(found, exam.papers(found, students(2)), "1"))
    for other in (asked(["conv-macs"]), asked(["conv-size"], "aids: none\n"), asked(["conv-size"], "course: C\n")):
        assert not is_sealed_as(other, sealed)


def test_a_paper_is_that_of_its_student_where_no_neighbour_has_its_numbers():
    """Most papers are those that their students would have alone."""
    found = asked(ASKED[:4])
    papers = exam.papers(found, students(40))
    same = sum(drawn(paper) == drawn(exam.paper(found, paper.student)) for paper in papers)
    assert same >= 30


def test_two_drawings_alternate(few):
    """Where a template has two questions, neighbours take turns; twice on one paper they are both asked."""
    papers = exam.papers(asked(["few"], templates={"few": few}), students(12))
    assert all(drawn(one) != drawn(other) for one, other in pairwise(papers))
    twice = exam.papers(asked(["few", "few"], templates={"few": few}), students(6))
    assert all(len(set(drawn(paper))) == 2 for paper in twice)


def test_what_cannot_differ_is_one_message(few):
    """Three times the same of two questions cannot be: the message names the question."""
    with pytest.raises(LayerquizError, match=r"question 3, few\.md: it is asked more than once"):
        exam.papers(asked(["few"] * 3, templates={"few": few}), students(1))


def test_without_a_calculator_numbers_are_equally_long():
    """All papers have keys and factors of as many digits."""
    found = asked(["conv-parameters", "dense-parameters", "conv-macs"], "aids: none\n")
    papers = exam.papers(found, students(30))
    alike = [paper for paper in papers if exam.is_alike(found, paper)]
    assert len(alike) >= 27
    for place, entry in enumerate(found.entries):
        assert {lengths(paper.questions[place]) for paper in alike} == {usual(entry.template).lengths}


def test_aids_are_sealed_and_checked():
    found = asked(["conv-size"], "aids: none\n")
    assert unseal(seal(found, exam.papers(found, students(2)), "1")).exam.aids == "none"
    with pytest.raises(LayerquizError, match=r"exam\.yaml, line 3"):
        asked(["conv-size"], "aids: phone\n")

"""Practice on somebody's own mistakes: fresh drawings that can show them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layerquiz.exam.roster import Student
from layerquiz.grading.grade import Result
from layerquiz.network.mistakes import mistaken
from layerquiz.remedial import MOST_BLANKS, MOST_QUESTIONS, questions_on_mistakes
from test_example import SHIPPED, graded

RESULTS = {result.paper.student.id: result for result in graded(SHIPPED).results}
WITH_MISTAKES = [
    name for name, result in RESULTS.items() if any(e.story.verdict == "mistake" for e in result.blanks.values())
]


def slugs(result: Result) -> set[str]:
    """Return the mistakes of a paper that are named, rivals too."""
    sets = [slugs for entry in result.blanks.values() for slugs in (entry.story.mistakes, *entry.story.rivals)]
    return {slug for together in sets for slug in together}


@pytest.mark.parametrize("student", WITH_MISTAKES)
def test_each_question_can_show_a_mistake_of_the_student(student: str) -> None:
    """One to six questions, each of which some mistake of the paper would answer otherwise; none too long."""
    result = RESULTS[student]
    questions = questions_on_mistakes(graded(SHIPPED).exam, result)
    assert 0 < len(questions) <= MOST_QUESTIONS
    for question in questions:
        names, right = list(question.keys), tuple(question.keys.values())
        told = {slug for slug in slugs(result) for values in mistaken(question.network, slug, names) if values != right}
        tables = [blank.listed.explained.values() for blank in question.blanks if blank.listed]
        listed = {slug for table in tables for sets in table for (slug, *more) in sets if not more}
        assert told | listed & set(slugs(result))
        assert len(question.blanks) <= MOST_BLANKS


@pytest.mark.parametrize("student", WITH_MISTAKES)
def test_no_question_is_one_of_the_exam(student: str) -> None:
    """All drawings are new: no two the same, and none that the student had on paper."""
    result = RESULTS[student]
    drawn = [str(question.drawn) for question in questions_on_mistakes(graded(SHIPPED).exam, result)]
    assert len(set(drawn)) == len(drawn)
    assert not set(drawn) & {str(question.drawn) for question in result.paper.questions}


def test_the_same_paper_gives_the_same_practice_and_another_student_another() -> None:
    """The drawings follow from exam, student and mistake alone."""
    exam, result = graded(SHIPPED).exam, RESULTS["s04"]
    first = [question.drawn for question in questions_on_mistakes(exam, result)]
    assert [question.drawn for question in questions_on_mistakes(exam, result)] == first
    other = replace(result, paper=replace(result.paper, student=Student("s99", "Somebody else")))
    assert not [drawn for drawn in (q.drawn for q in questions_on_mistakes(exam, other)) if drawn in first]


@pytest.mark.parametrize("student", ["s01", "s07", "s12"])
def test_without_a_known_mistake_there_is_no_sheet(student: str) -> None:
    """A right paper, an unreadable one and one that was not handed in have nothing to train."""
    assert questions_on_mistakes(graded(SHIPPED).exam, RESULTS[student]) == []

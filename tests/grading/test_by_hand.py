"""Questions that a person marks: the points are entered, read, summed and reported, and never diagnosed."""

from __future__ import annotations

from fractions import Fraction

import pytest

from layerquiz.errors import ExamError
from layerquiz.exam import exam as exams
from layerquiz.exam.roster import Student
from layerquiz.exam.seal import seal, unseal
from layerquiz.grading import corrections, review
from layerquiz.grading.corrected import corrected
from layerquiz.grading.findings import findings
from layerquiz.grading.grade import grade
from layerquiz.grading.simulate import simulate
from layerquiz.grading.statistics import summarised
from layerquiz.render import feedback

EXAM = """title: Quiz
seed: 7
questions:
  - {template: dense-parameters}
  - {text: Why?, title: Dropout, points: 2.5, solution: It *averages*., rubric: Half for the mask.}
"""


@pytest.fixture(scope="module")
def sealed():
    exam = exams.parse(EXAM, "exam.yaml", "unused")
    return unseal(seal(exam, exams.papers(exam, [Student(f"s{n}", f"N{n}") for n in range(1, 7)]), "1"))


def given(sealed, *texts):
    """Return the report on entries for question 2, the first for the first student; the rest is right."""
    answers = {}
    for paper, text in zip(sealed.papers, texts, strict=False):
        right = {name: str(blank.key) for name, blank in paper.blanks.items() if not blank.by_hand}
        answers[paper.student.id] = {**right, "2": text}
    return grade(sealed, answers)


@pytest.mark.parametrize(
    ("text", "points"),
    [("0", 0), ("2.5", Fraction(5, 2)), ("1,5", Fraction(3, 2)), ("1/2", Fraction(1, 2)), (" 2 ", 2)],
)
def test_points_are_read_as_they_are_written(sealed, text, points):
    report = given(sealed, text)
    assert report.results[0].blanks["2"].mark.points == points
    assert report.results[0].points == 2 + points
    assert report.results[0].possible == Fraction(9, 2)
    assert report.review == []


@pytest.mark.parametrize("text", ["", "2.6", "-1", "two", "1e0", "nan", "1 2", "2.5 of 2.5"])
def test_what_are_no_points_waits_for_a_person(sealed, text):
    """A blank entry too: somebody has not marked it yet, and the grades are provisional."""
    report = given(sealed, text)
    (result, graded), *more = report.review
    assert (result.paper.student.id, graded.blank, more) == ("s1", "2", [])
    assert graded.mark.points == 0
    rows = list(review.rows(report, {}))
    assert rows[1][:3] == ("s1", "2", text)
    assert "from 0 to 2.5 points" in rows[1][4]


def test_nobody_waits_for_points_of_a_paper_that_was_not_handed_in(sealed):
    report = given(sealed, "1")
    assert [result.handed_in for result in report.results] == [True, False, False, False, False, False]
    assert report.review == []
    assert list(review.rows(report, {})) == [review.COLUMNS]


def test_a_decision_in_review_gives_the_points(sealed):
    report = given(sealed, "")
    decided, _ = corrected(report, None, {("s1", "2"): Fraction(3, 2)}, {}, lambda _: report)
    assert decided.results[0].points == Fraction(7, 2)
    assert decided.review == []


def test_the_policy_pays_for_diagnosed_answers_only(sealed):
    """Points of a person are neither scaled nor taken for method or answer."""
    text = EXAM.replace("seed: 7", "seed: 7\npolicy: {correct: 1, wrong: 1/4, method: 1/2, mistake: 0}")
    exam = exams.parse(text, "exam.yaml", "unused")
    own = unseal(seal(exam, exams.papers(exam, [Student("s1", "N")]), "1"))
    assert [given(own, text).results[0].blanks["2"].mark.points for text in ("1", "2.5", "0")] == [1, Fraction(5, 2), 0]


def test_the_item_analysis_has_its_mean_and_looks_for_no_explanations(sealed):
    report = given(sealed, "1", "1", "1", "2.5", "0", "")
    summary = summarised(report)
    question = summary.questions[1]
    assert (question.title, question.possible) == ("Dropout", Fraction(5, 2))
    assert question.mean == Fraction(11, 2) / 15
    item = question.blanks[0]
    assert (item.papers, item.correct, item.unread, item.unexplained, item.mistakes) == (6, 1, 1, (), ())
    assert item.discrimination is None  # all others have the same points
    assert {finding.kind for finding in findings(summary) if "2" in finding.places} <= {"few-right"}


def test_the_student_reads_points_solution_and_rubric(sealed):
    report = given(sealed, "1", "2.5", "")
    pages = [
        "\n".join(block.markdown for block in feedback.page(sealed.exam, result, False).blocks)
        for result in report.results[:3]
    ]
    assert "2. Dropout: 1 of 2.5 points" in pages[0]
    assert "Marked by hand." in pages[0]
    assert "It *averages*." in pages[0]
    assert "Half for the mask." in pages[0]
    assert "All right: 2:\N{NO-BREAK SPACE}2\\.5 points." in pages[1]
    assert "A person will mark it." in pages[2]
    assert not any("You wrote" in page for page in pages)


def test_no_answer_is_accepted_where_a_person_marks(sealed):
    entry = "corrections:\n  - {{blank: 2, {}, why: x}}\n"
    with pytest.raises(ExamError, match="a person gives its points"):
        corrections.parse(entry.format("accept: 2"), "c.yaml", sealed.exam, sealed.papers)
    full = corrections.parse(entry.format("void: full"), "c.yaml", sealed.exam, sealed.papers)
    report = given(sealed, "1")
    assert corrected(report, full, {}, {}, lambda _: report)[0].results[0].points == Fraction(9, 2)


def test_simulated_students_are_marked_too(sealed):
    profiles = {profile.name: profile for profile in simulate(sealed, students=100).profiles}
    assert profiles["do all right"].mean(0) == 1
    assert profiles["guess"].mean(0) < Fraction(1, 2)

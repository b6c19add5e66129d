"""Answers to blanks whose answers are listed: how they are written, what they are worth, what is named."""

from __future__ import annotations

from fractions import Fraction

import pytest

from layerquiz.exam import exam as exams
from layerquiz.exam import library
from layerquiz.exam.drawing import draw
from layerquiz.exam.listed import Listed, lettered
from layerquiz.exam.question import Blank
from layerquiz.exam.roster import Student
from layerquiz.exam.seal import digest, seal, unseal
from layerquiz.grading.grade import grade
from layerquiz.grading.listed import tell

ONE = Listed(
    "options", ("B",), lambda: {"C": (("forgot-bias",),)}, tuple, lettered(("34,944", "1,155", "$3\\times 4$", "blue"))
)
SEVERAL = Listed("options", ("AC",), dict, tuple, lettered(("one", "two", "three", "four")), several=True)
ORDER = Listed("order", ("BAC",), lambda: {"CAB": (("doubled",),)}, tuple, lettered(("x", "y", "z")))
RATIO = Listed("number", (Fraction(25, 9), 7), lambda: {5: (("forgot-bias",),)}, tuple)
SQUARE = Listed("number", (5,), dict, tuple, square=True)
ABOUT = Listed("number", (1000,), dict, tuple, factor=Fraction(2))


def blank(listed: Listed) -> Blank:
    return Blank("a", "asked", "", Fraction(1), listed.right[0], "", rounding=False, kind="listed", listed=listed)


FORMS = [
    *[
        (ONE, text, "correct")
        for text in ("B", "b", "b)", "(B)", "B.", "Option b", "1,155", "1155", "1.155", "B) 1,155")
    ],
    *[(ONE, text, "mistake") for text in ("C", "3 x 4", "3×4", "C: 3 x 4")],
    *[(ONE, text, "wrong") for text in ("A", "D", "blue", "34 944")],
    *[(ONE, text, "unreadable") for text in ("E", "A, B", "1156", "purple", "B) 34,944", "?", "BB")],
    *[(SEVERAL, text, "correct") for text in ("A, C", "AC", "c and a", "a;c", "(A) (C)", "C A", "a + c")],
    *[(SEVERAL, text, "wrong") for text in ("A", "ABCD", "three")],
    *[(SEVERAL, text, "unreadable") for text in ("A, E", "A, A", "AC or AD")],
    *[(ORDER, text, "correct") for text in ("B > A > C", "BAC", "b, a, c", "B A C", "b then a then c", "B → A → C")],
    *[(ORDER, text, "mistake") for text in ("CAB", "c > a > b")],
    *[(ORDER, text, "wrong") for text in ("ABC",)],
    *[(ORDER, text, "unreadable") for text in ("BA", "B", "BACD", "B > A > A")],
    *[(RATIO, text, "correct") for text in ("25/9", "2.78", "2.777", "2,78", "7", "(5*5)/9")],
    *[(RATIO, text, "mistake") for text in ("5", "10/2")],
    *[(RATIO, text, "wrong") for text in ("2.9", "3", "8")],
    *[(RATIO, text, "unreadable") for text in ("purple", "2.7.7")],
    *[(RATIO, text, "correct") for text in ("7x", "7 times", "7-fold", "a factor of 7", "7 times as many", "7 ×")],
    *[(SQUARE, text, "correct") for text in ("5", "5x5", "5 × 5", "K = 5", "5 by 5")],
    *[(SQUARE, text, "wrong") for text in ("25", "3x5", "5x55")],
    *[(ABOUT, text, "correct") for text in ("1000", "500", "2000", "1.2K", "about 900")],
    *[(ABOUT, text, "wrong") for text in ("499", "2001", "-1000")],
    *[(listed, " ", "blank") for listed in (ONE, SEVERAL, ORDER, RATIO)],
]


@pytest.mark.parametrize(("listed", "text", "verdict"), FORMS)
def test_as_people_write_it(listed: Listed, text: str, verdict: str) -> None:
    """Letters, orders and numbers in the usual spellings; what can mean two things is left to a person."""
    told = tell(blank(listed), text)
    assert told.verdict == verdict, told
    if verdict == "mistake":
        assert told.hint


@pytest.mark.parametrize("policy", ["all-or-nothing", "per-option", "negative"])
def test_several_right_options_are_paid_by_the_policy(policy: str) -> None:
    """The library's question with several right options, each subset of its letters worked out by hand."""
    text = (
        f"title: Q\nseed: 5\npolicy: {{choice: {policy}}}\nquestions: [{{template: what-keeps-the-size, points: 12}}]"
    )
    exam = exams.parse(text, "q.yaml", "")
    paper = exams.paper(exam, Student("s", "S"))
    right = set(paper.blanks["1"].key)
    sealed = unseal(seal(exam, [paper], "test"))
    for number in range(1, 16):
        chosen = {letter for place, letter in enumerate("ABCD") if number >> place & 1}
        report = grade(sealed, {"s": {"1": "".join(sorted(chosen))}})
        wrong = 4 - len(right)
        taken, lost = Fraction(len(chosen & right), len(right)), Fraction(len(chosen - right), wrong) if wrong else 0
        share = {
            "all-or-nothing": Fraction(chosen == right),
            "per-option": Fraction(4 - len(chosen ^ right), 4),
            "negative": max(Fraction(0), taken - lost),
        }[policy]
        assert report.results[0].points == 12 * share, (chosen, right)


def test_a_wrong_option_names_its_mistake_and_earns_nothing() -> None:
    """Whoever chooses what a mistake gives is told its hint; a letter can be guessed, so it is not paid in part."""
    exam = exams.parse("title: Q\nseed: 5\nquestions: [{template: conv-parameters-choice}]", "q.yaml", "")
    paper = exams.paper(exam, Student("s", "S"))
    listed = paper.blanks["1"].listed
    sealed = unseal(seal(exam, [paper], "test"))
    for letter, sets in listed.explained.items():
        (graded,) = grade(sealed, {"s": {"1": letter}}).results[0].blanks.values()
        assert graded.mark.points == 0
        assert tuple(graded.story.mistakes) in sets
    (graded,) = grade(sealed, {"s": {"1": listed.right[0]}}).results[0].blanks.values()
    assert graded.mark.points == 1


def test_a_sealed_key_counts_before_a_computed_one() -> None:
    """Where a later version would compute another option, the sealed letter is right, and the difference is told."""
    exam = exams.parse("title: Q\nseed: 5\nquestions: [{template: conv-parameters-choice}]", "q.yaml", "")
    paper = exams.paper(exam, Student("s", "S"))
    data = seal(exam, [paper], "test")
    other = next(iter(paper.blanks["1"].listed.explained))
    data["papers"][0]["keys"]["1"] = other
    data["hash"] = digest(data)
    sealed = unseal(data)
    report = grade(sealed, {"s": {"1": other}})
    assert report.results[0].points == 1
    assert len(report.notes) == 1


def test_the_planted_mistake_is_named_where_its_value_is_repeated() -> None:
    """Of a solution with a planted mistake, the wrong line's own value as an answer names that mistake."""
    for seed in range(20):
        question = draw(library.named("find-error-macs"), seed)
        _, value = question.blanks
        slug = question.drawn["forms"][0]["mistake"]
        given = [number for number, sets in value.listed.explained.items() if sets == ((slug,),)]
        assert given
        for number in given:
            assert tell(value, f"{number:,}").mistakes == [slug]

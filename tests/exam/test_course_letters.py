"""Letters of a course: printed, explained, asked for and read in place of the glossary's; collisions are refused."""

from __future__ import annotations

import json

import pytest

from layerquiz.errors import ExamError
from layerquiz.exam import exam
from layerquiz.exam.roster import Student
from layerquiz.exam.seal import seal, unseal
from layerquiz.grading.grade import grade
from layerquiz.languages import Words
from layerquiz.network.glossary import letter
from layerquiz.render import papers

COURSE = "letters: {kernel: F, filters: N, channels: D, width: X}"
NUMBERS = "title: T\nseed: 5\nquestions: [{template: conv-size}, {template: conv-parameters}]\n"
FORMULA = "title: T\nseed: 5\nquestions: [{template: conv-size-in-letters}]\n"


def read(text, more=COURSE):
    return exam.parse(f"{more}\n{text}", "exam.yaml", "unused")


def sealed(found):
    return unseal(json.loads(json.dumps(seal(found, exam.papers(found, [Student("a", "A")]), "1"))))


def solution(found):
    """Return all TeX of the steps of a paper's solution, and what they explain."""
    printed = papers.paper(found.exam, found.papers[0], 1, ())
    steps = [step for question in printed.questions for _, blocks in question.solution for step in blocks]
    return "\n".join(" = ".join((*step.latex, *step.where)) for step in steps)


@pytest.mark.parametrize(
    ("name", "own", "tex"),
    [
        ("kernel", True, "F"),
        ("kernel.width", True, "F_{X}"),
        ("effective_kernel", True, r"F_{\text{eff}}"),
        ("filters", True, "N"),
        ("channels", True, r"D_{\text{out}}"),
        ("channels", False, r"D_{\text{in}}"),
        ("width", False, "X"),
        ("width", True, r"X_{\text{out}}"),
        ("height", True, r"H_{\text{out}}"),
        ("stride", True, "S"),
    ],
)
def test_what_stands_below_a_letter_stays(name, own, tex):
    letters = {"kernel": "F", "filters": "N", "channels": "D", "width": "X"}
    assert letter(name, own, Words(letters=tuple(letters.items()))) == tex


def test_filters_are_called_as_channels_unless_the_course_says_otherwise():
    assert letter("filters", True, Words(letters=(("channels", "D"),))) == r"D_{\text{out}}"


def test_solutions_are_in_the_letters_of_the_course():
    """Before and after sealing; without letters they are the glossary's."""
    for found in (sealed(read(NUMBERS)), sealed(sealed(read(NUMBERS)).exam)):
        said = solution(found)
        assert r"F \cdot F \cdot D_{\text{in}} \cdot N" in said or r"F^{2} \cdot D_{\text{in}} \cdot N" in said
        assert r"X_{\text{out}}" in said
        assert "(kernel size)" in said
        assert "K" not in said.replace("(kernel size)", "")
        assert r"C_{\text{in}}" not in said
    plain = solution(sealed(read(NUMBERS, "course: C")))
    assert "K" in plain
    assert r"C_{\text{in}}" in plain


def test_formulas_are_asked_and_read_in_the_letters_of_the_course():
    """What is right in the letters of the course is right; the glossary's K is no letter of the question."""
    found = sealed(read(FORMULA))
    question = found.papers[0].questions[0]
    assert r"$F \times F$" in question.text
    assert "$F$ kernel size" in question.text
    right = {name: blank.formula.text for name, blank in found.papers[0].blanks.items()}
    assert "H - F + 2P" in right["1a"]
    assert verdicts(found, right) == ["correct", "correct"]
    with_k = {name: text.replace("F", "K").replace("X", "W") for name, text in right.items()}
    plain = sealed(read(FORMULA, "course: C"))
    assert verdicts(plain, with_k) == ["correct", "correct"]
    assert "correct" not in verdicts(found, {name: text.replace("F", "D") for name, text in right.items()})


def verdicts(found, answers):
    return [entry.story.verdict for entry in grade(found, {"a": answers}).results[0].blanks.values()]


@pytest.mark.parametrize(
    ("letters", "said"),
    [
        ("{kernal: F}", 'Did you mean "kernel"?'),
        ("{weights: w}", 'no letter belongs to "weights"'),
        ("{kernel: FF}", '"FF" is no letter'),
        ("{kernel: \\input}", "is no letter"),
        ("{kernel: S}", "S would be both"),
        ("{filters: H}", "H would be both"),
        ("{kernel: F, stride: F}", "F would be both"),
    ],
)
def test_letters_that_cannot_be_are_one_error(letters, said):
    with pytest.raises(ExamError) as error:
        read(NUMBERS, f"letters: {letters}")
    assert "exam.yaml, line 1" in str(error.value)
    assert said in str(error.value)


def test_letters_are_exchanged_where_both_are_said():
    """S for a kernel is no collision where the stride has another letter."""
    assert read(NUMBERS, "letters: {kernel: S, stride: K}").letters == {"kernel": "S", "stride": "K"}

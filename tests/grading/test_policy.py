"""Policies: where a choice may stand, what it changes, what a paper prints of it, and what is refused."""

from __future__ import annotations

from dataclasses import fields, replace
from fractions import Fraction

import pytest

from layerquiz.errors import ExamError
from layerquiz.exam import exam as exams
from layerquiz.exam.exam import Exam
from layerquiz.exam.roster import Student
from layerquiz.exam.seal import Sealed
from layerquiz.grading.diagnose import diagnose
from layerquiz.grading.grade import grade
from layerquiz.grading.policy import Policy, exam_sentences, policies
from layerquiz.grading.policy_keys import ACCEPTABLE, Shares
from layerquiz.network.mistakes import CATALOGUE
from layerquiz.network.network import Network

EXAM = "title: T\nseed: 1\npolicy: {}\nquestions:\n  - {template: conv-size}\n  - {template: dense-parameters}\n"


def exam(policy: str = "{}", question: str = "{}") -> Exam:
    """Return an exam of two questions with a policy, and one at its second question, which has the blanks a and b."""
    text = EXAM.replace("policy: {}", f"policy: {policy}")
    return exams.parse(text.replace("parameters}", f"parameters, policy: {question}}}"), "exam.yaml", "1")


CHANGES = {
    **dict.fromkeys(("correct", "carried", "carried_cap", "convention", "slip", "mistake", "two_mistakes"), "5/7"),
    **dict.fromkeys(("correct_bare", "carried_bare", "convention_bare", "slip_bare", "mistake_bare"), "5/7"),
    **dict.fromkeys(("two_mistakes_bare", "wrong", "wrong_bare", "method"), "5/7"),
    "chance_limit": "5/7",
    "repeat": "always",
    "mistakes": {"forgot-bias": "5/7"},
    "accept": ["mac-vs-flop"],
    "rounding": True,
    "digits": 5,
    "exact": True,
    "points_step": "5/7",
    "choice": "negative",
    "points_rounding": "up",
    "points_rounded": "exam",
}


def test_every_choice_is_tried() -> None:
    """The table above names each choice of a policy but the policies of blanks."""
    assert {field.name for field in fields(Policy)} - {"blanks"} == set(CHANGES)


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_is_printed(name: str) -> None:
    """A paper says each choice that differs from the usual, and says it with its number; no change is silent."""
    rounds = {"points_step": "1/2"} if name.startswith("points_round") else {}
    usual, changed = Policy.of(rounds).sentences(), Policy.of({**rounds, name: CHANGES[name]}).sentences()
    assert usual != changed
    if CHANGES[name] == "5/7" or name == "mistakes":
        assert "5/7" in " ".join(changed)


@pytest.mark.parametrize("name", [name for name in CHANGES if name != "points_rounded"])
def test_a_change_at_a_question_is_printed(name: str) -> None:
    """What differs at one question is said of that question, in one sentence."""
    whole = exam("{points_step: 1/2}" if name == "points_rounding" else "{}")
    entries = (whole.entries[0], replace(whole.entries[1], policy={name: CHANGES[name]}))
    usual, changed = exam_sentences(whole), exam_sentences(replace(whole, entries=entries))
    (sentence,) = [sentence for sentence in changed if sentence not in usual]
    assert sentence.startswith("Question 2: ")


def test_a_change_at_a_blank_is_printed() -> None:
    """What differs at one blank names the blank."""
    found = exam_sentences(exam(question="{blanks: {b: {exact: true}}}"))
    assert found[-1] == "Question 2, b: only exact numbers count."


def test_the_default_is_short() -> None:
    """The usual policy takes three sentences, and an exam without exceptions no more."""
    assert exam_sentences(exam()) == Policy().sentences()
    assert len(Policy().sentences()) == 3


def test_single_mistakes_are_not_named_on_the_paper() -> None:
    """A paper is no list of the mistakes that can be made."""
    text = " ".join(Policy.of({"mistakes": {"forgot-bias": "3/4", "doubled": 0}}).sentences())
    assert "from nothing to 3/4" in text
    assert "bias" not in text


def test_inner_policies_change_single_choices() -> None:
    """A question takes the exam's policy but for its own choices, a blank the question's; mistakes add up."""
    first, second = policies(
        exam(
            "{slip: 1/3, mistakes: {forgot-bias: 1}}",
            "{mistake: 2/3, mistakes: {doubled: 0}, blanks: {b: {mistake: 3/4}}}",
        )
    )
    assert (first.slip, first.mistake) == (Fraction(1, 3), Fraction(1, 2))
    assert (second.slip, second.mistake) == (Fraction(1, 3), Fraction(2, 3))
    assert set(second.mistakes) == {"forgot-bias", "doubled"}
    assert second.of_blank("a").mistake == Fraction(2, 3)
    assert (second.of_blank("b").mistake, second.of_blank("b").slip) == (Fraction(3, 4), Fraction(1, 3))


def test_exactness_is_taken_back_where_rounding_is_allowed() -> None:
    """The inner of two contradicting choices holds, whichever way round."""
    _, loose = policies(exam("{exact: true}", "{digits: 2, blanks: {a: {exact: true}}}"))
    assert loose.rounds(allowed=False)
    assert not loose.of_blank("a").rounds(allowed=True)
    assert not Policy.of({"digits": 2}).changed({"rounding": False}).rounds(allowed=False)
    assert Policy().rounds(allowed=True)
    assert not Policy().rounds(allowed=False)


def test_shares_of_one_mistake() -> None:
    """A mistake has one share, or one with working and one without."""
    policy = Policy.of({"mistakes": {"forgot-bias": "3/4", "doubled": {"working": "2/3", "bare": 0}}})
    assert policy.mistakes["forgot-bias"] == Shares(Fraction(3, 4), Fraction(3, 4))
    assert policy.of_mistake("doubled", working=True) == Fraction(2, 3)
    assert policy.of_mistake("doubled", working=False) == 0
    assert policy.of_mistake("halved", working=True) == Fraction(1, 2)


def test_what_can_be_accepted_is_what_can_be_told() -> None:
    """Every slug that the verdict `convention` carries can be accepted, and is in the catalogue or a name."""
    recurrent = {"kind": "gru", "name": "r", "units": 4}
    conv = [{"kind": "conv2d", "name": "c", "filters": 2, "kernel": 3}, {"kind": "batchnorm", "name": "b"}]
    image = Network.parse({"input": {"channels": 1, "height": 9, "width": 9}, "layers": conv})
    keras, textbook = (
        Network.parse({"input": {"tokens": 5, "features": 3}, "layers": [recurrent], "conventions": name})
        for name in ("keras", "textbook")
    )
    lstm = Network.parse({"input": {"tokens": 5, "features": 3}, "layers": [{**recurrent, "kind": "lstm"}]})
    told = (
        diagnose(image, "b.parameters", "8"),
        diagnose(image, "c.macs", str(2 * 7 * 7 * 2 * 9)),
        diagnose(keras, "r.parameters", str(textbook.value("r.parameters"))),
        diagnose(lstm, "r.parameters", str(lstm.under("pytorch").value("r.parameters"))),
        diagnose(image, "b.parameter_bytes", "0.015625 KiB"),
    )
    slugs = {slug for story in told for slug in story.mistakes if story.verdict == "convention"}
    assert {"bn-moving-statistics", "mac-vs-flop", "gru-one-bias", "lstm-one-or-two-biases"} <= slugs <= ACCEPTABLE


REFUSED = {
    "blanks at the exam": ("{blanks: {a: {slip: 1}}}", "{}", '"blanks" cannot stand here', "a question"),
    "unknown blank": ("{}", "{blanks: {c: {slip: 1}}}", "question 2: policy, blanks: the question has no", "a, b"),
    "blanks as a list": ("{}", "{blanks: [a]}", "found ['a']", "letters of blanks"),
    "a blank's share": ("{}", "{blanks: {b: 1/2}}", "policy, blanks, b: found '1/2'", "{exact: true}"),
    "unknown key of a blank": ("{}", "{blanks: {b: {slipp: 1}}}", "question 2, blank b: policy", '"slip"'),
    "repeat at a blank": ("{}", "{blanks: {b: {repeat: once}}}", '"repeat" cannot stand here', "a question"),
    "cap at a blank": ("{}", "{blanks: {b: {carried_cap: 1}}}", '"carried_cap" cannot', "a question, or the exam"),
    "rounded at a question": ("{}", "{points_rounded: exam}", "question 2", "the exam"),
    "two roundings": ("{points_rounded: exam, points_step: 1}", "{points_step: 1/2}", "question 2", "Leave one"),
    "exact and rounded": ("{exact: true, digits: 3}", "{}", "exact numbers", "Keep one"),
    "digits": ("{digits: 0}", "{}", "digits: found 0", "from 1 to 15"),
    "digits as text": ("{digits: three}", "{}", "digits: found 'three'", "from 1 to 15"),
    "step": ("{points_step: -1/2}", "{}", "points_step: found '-1/2'", "1/2, 0.25"),
    "a huge step": ("{points_step: 1e9}", "{}", "points_step", "1/2, 0.25"),
    "rounding of points": ("{points_rounding: off}", "{}", "points_rounding: found False", '"nearest"'),
    "choice": ("{choice: per option}", "{}", "choice: found 'per option'", '"per-option"'),
    "accept": ("{accept: mac-vs-flop}", "{}", "accept: found", "[mac-vs-flop, keras]"),
    "unknown convention": ("{accept: [mac-vs-flops]}", "{}", '"mac-vs-flops"', 'Did you mean "mac-vs-flop"?'),
    "a list in a list": ("{accept: [[keras]]}", "{}", "accept: no convention", "keras"),
    "shares of a mistake": ("{mistakes: {doubled: {working: 1}}}", "{}", "doubled", "{working: 3/4, bare: 1/4}"),
    "method": ("{method: 3/2}", "{}", "method: found '3/2'", "0 to 1"),
    "a list as a word": ("{repeat: [once]}", "{}", "repeat: found ['once']", '"always"'),
    "exact allowed": ("{exact: allowed}", "{}", "exact: found 'allowed'", "true, false"),
}


@pytest.mark.parametrize(("whole", "question", "found", "cure"), REFUSED.values(), ids=list(REFUSED))
def test_choices_that_cannot_be(whole: str, question: str, found: str, cure: str) -> None:
    """A choice that cannot be, or cannot stand where it is written, says where, what was found, what is allowed."""
    with pytest.raises(ExamError) as refused:
        policies(exam(whole, question))
    assert found in str(refused.value)
    assert cure in str(refused.value)


def test_mistakes_have_shares_for_every_slug() -> None:
    """Each mistake of the catalogue can have a share of its own."""
    assert len(Policy.of({"mistakes": dict.fromkeys(CATALOGUE, "1/3")}).mistakes) == len(CATALOGUE)


def test_points_are_rounded_per_question_or_once_for_the_exam() -> None:
    """Two quarters in two questions: rounded up one by one they are 1/2 each, together they stay 1/2."""
    written = {"1a": "90", "2b": "784000"}  # of 91 and 785000: one known mistake each, bare
    for rounded, points in (("question", 1), ("exam", Fraction(1, 2))):
        sealed = exam(f"{{points_step: 1/2, points_rounding: up, points_rounded: {rounded}}}")
        sealed = replace(sealed, seed=7)
        paper = exams.paper(sealed, Student("s1", "x"))
        (result,) = grade(Sealed(sealed, (paper,), "", ""), {"s1": written}).results
        assert result.points == points


def test_policies_of_blanks_are_applied() -> None:
    """A rounded answer counts at the blank whose policy allows it, and a share at the blank that has its own."""
    sealed = replace(exam(question="{blanks: {a: {digits: 2}, b: {mistake_bare: 3/4}}}"), seed=7)
    paper = exams.paper(sealed, Student("s2", "x"))  # 94080 weights, 94200 parameters
    (result,) = grade(Sealed(sealed, (paper,), "", ""), {"s2": {"2a": "94K", "2b": "94080"}}).results
    assert [result.blanks[name].mark.points for name in ("2a", "2b")] == [1, Fraction(3, 4)]

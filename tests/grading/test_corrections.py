"""Corrections after the exam: what each entry does to whom, that no mark goes down, and files that cannot be."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest

from layerquiz.errors import ExamError, LayerquizError
from layerquiz.exam import exam as exams
from layerquiz.exam.roster import Student
from layerquiz.exam.seal import Sealed, seal, unseal
from layerquiz.grading.corrected import corrected
from layerquiz.grading.corrections import __doc__ as told
from layerquiz.grading.corrections import parse
from layerquiz.grading.grade import grade

EXAM = """
title: Quiz
seed: 7
questions:
  - {template: conv-size}
  - {template: dense-parameters}
"""
HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)
# s1: 273 x 227 x 3, 64 filters of 5 x 5, stride 3, padding 2: 91, 76, 64; 784 features, 1000 units: 784000, 785000
# s2: 211 x 325 x 3, 48 filters of 7 x 7, stride 4, padding 1: 52, 81, 48; 784 features, 120 units: 94080, 94200
RIGHT = {
    "s1": {"1a": "91", "1b": "76", "1c": "64", "2a": "784000", "2b": "785000"},
    "s2": {"1a": "52", "1b": "81", "1c": "48", "2a": "94080", "2b": "94200"},
}


@cache
def sealed() -> Sealed:
    """Return a sealed exam of three students, of whom s3 hands in nothing."""
    exam = exams.parse(EXAM, "exam.yaml", "1")
    papers = [exams.paper(exam, Student(name, name)) for name in ("s1", "s2", "s3")]
    return unseal(seal(exam, papers, "test"))


def marked(text, *written, decisions=None, kept=None):
    """The points by student and blank under corrections, what has changed, and the report."""
    answers = {student: dict(cells) for student, cells in RIGHT.items()}
    for student, blank, answer in written:
        answers[student][blank] = answer
    exam = sealed()

    def again(other):
        return grade(replace(exam, exam=other), answers)

    corrections = parse(text, "corrections.yaml", exam.exam, exam.papers) if text else None
    report, changes = corrected(again(exam.exam), corrections, decisions or {}, kept or {}, again)
    points = {
        (result.paper.student.id, name): graded.mark.points
        for result in report.results
        for name, graded in result.blanks.items()
    }
    return points, changes, report


def entries(*lines):
    """A file of some entries."""
    return "corrections:\n" + "".join(f"  - {{{line}, why: because}}\n" for line in lines)


def test_the_example_of_the_docstring_is_read():
    """What the documentation shows is a file that can be, up to the blanks of another exam."""
    text = "\n".join(line[4:] for line in told.splitlines() if line.startswith("    "))
    wide = EXAM + "  - {template: conv-size}\n" * 2 + "  - {template: conv-macs}\n  - {template: conv-size}\n"
    exam = exams.parse(wide, "exam.yaml", "1")
    found = parse(text, "corrections.yaml", exam, [exams.paper(exam, Student(name, name)) for name in ("s03", "s07")])
    assert len(found.entries) == 6
    assert set(found.policy_whys.values()) == {"the mistakes were hard to avoid", "as announced"}


def test_a_value_is_accepted():
    """An accepted value is right for everybody who wrote it at that blank, and for nobody elsewhere."""
    points, changes, report = marked(entries("blank: 1a, accept: 90"), ("s1", "1a", "90"), ("s2", "1b", "90"))
    assert (points["s1", "1a"], points["s2", "1b"]) == (1, 0)
    assert [(change.student, change.blank, change.before, change.after) for change in changes] == [
        ("s1", "1a", QUARTER, 1)
    ]
    story = report.results[0].blanks["1a"].story
    assert (story.verdict, story.mistakes, story.hint) == ("correct", [], "Accepted: because")


@pytest.mark.parametrize(
    ("accept", "written", "points"),
    [
        ("[89, 90]", "90", 1),
        ('"90"', "180/2", 1),
        ('"= conv.height - 1"', "90", 1),
        ('"= (input.height + 2 * conv.padding - conv.kernel) // conv.stride"', "90", 1),
        ('"= conv.height - 2"', "90", QUARTER),
        ("forgot-plus-one", "90", 1),
        ("keras", "90", QUARTER),
        ("90.0", "90", 1),
        ("88", "what?", 0),
    ],
)
def test_what_can_be_accepted(accept, written, points):
    """A value, one of several, an expression over the drawing's numbers, or a named mistake."""
    found, _, _ = marked(entries(f"blank: 1a, accept: {accept}"), ("s1", "1a", written))
    assert found["s1", "1a"] == points


def test_an_expression_is_worth_what_each_drawing_says():
    """The same expression accepts another number on each paper."""
    text = entries('blank: 1a, accept: "= conv.height + 1"')
    points, _, _ = marked(text, ("s1", "1a", "92"), ("s2", "1a", "53"))
    assert points["s1", "1a"] == points["s2", "1a"] == 1
    points, _, _ = marked(text, ("s1", "1a", "53"), ("s2", "1a", "92"))
    assert points["s1", "1a"] == points["s2", "1a"] == 0


@pytest.mark.parametrize("where", ["version: conv.stride == 3", "student: s1", "student: [s1]"])
def test_entries_hold_for_a_version_or_a_student(where):
    """An entry holds for the drawings that a comparison is true of, or for some students."""
    text = entries(f'blank: 1a, {where}, accept: "= conv.height + 1"')
    points, _, _ = marked(text, ("s1", "1a", "92"), ("s2", "1a", "53"))
    assert (points["s1", "1a"], points["s2", "1a"]) == (1, 0)


def test_what_follows_from_an_accepted_answer_is_right():
    """An accepted number carries on: what is computed from it is right, not carried, and no cap is on it."""
    wrong = ("s1", "2a", "784784"), ("s1", "2b", "785784")  # 784784 + 1000
    points, _, _ = marked("", *wrong)
    assert points["s1", "2b"] == 1
    cap = "policy: {carried_cap: 1/4, why: w}\nlower: true\n"
    points, _, _ = marked(cap, *wrong)
    assert points["s1", "2b"] == HALF
    points, _, report = marked(cap + entries("blank: 2a, accept: 784784"), *wrong)
    assert points["s1", "2a"] == points["s1", "2b"] == 1
    assert report.results[0].blanks["2b"].story.verdict == "correct"


def test_void_full_gives_everybody_who_handed_in_the_points():
    """A blank that is void in full is paid to all, the unanswered too, and to nobody who handed in nothing."""
    points, changes, _ = marked(entries("blank: [1a, 1c], void: full"), ("s1", "1a", ""), ("s2", "1c", "5"))
    assert points["s1", "1a"] == points["s2", "1a"] == 1
    assert points["s2", "1c"] == HALF
    assert points["s3", "1a"] == 0
    assert [(change.student, change.blank) for change in changes] == [("s1", "1a"), ("s2", "1c")]


def test_void_drop_takes_the_points_out_of_the_total():
    """A question that is dropped counts for nobody: the total that is possible falls by its points."""
    points, _, report = marked(entries("question: 1, void: drop"), ("s1", "1a", ""))
    assert [result.possible for result in report.results[:2]] == [2, 2]
    assert [result.points for result in report.results[:2]] == [2, 2]
    assert points["s2", "1a"] == 0


def test_points_are_given_to_one_student():
    """Points for a student and a blank count whatever was written; a later entry wins over an earlier one."""
    text = entries(
        "blank: 1a, student: s1, points: 1/2", "blank: 1c, void: full", "blank: 1c, student: s2, points: 0.25"
    )
    points, _, _ = marked(text, ("s1", "1a", "what?"), ("s2", "1c", "5"))
    assert (points["s1", "1a"], points["s2", "1a"]) == (HALF, 1)
    assert (points["s1", "1c"], points["s2", "1c"]) == (HALF, QUARTER)


def test_no_mark_goes_down_unless_the_file_says_so():
    """A correction that would lower a mark leaves it, and a note says so; with `lower: true` it goes down."""
    text = entries("blank: 1a, student: s1, points: 1/2")
    points, changes, report = marked(text)
    assert points["s1", "1a"] == 1
    assert changes == ()
    assert any("1 mark, kept" in note and "s1 1a" in note for note in report.notes)
    points, changes, report = marked("lower: true\n" + text)
    assert points["s1", "1a"] == HALF
    assert [change.why for change in changes] == ["because"]
    assert report.notes == ()


def test_a_changed_policy_lifts_and_does_not_lower():
    """Another policy is applied to all, question or blank; who would lose by it keeps what there was."""
    wrong = ("s1", "2a", "784784"), ("s2", "2b", "120 * 784")  # the biases left out, with working
    before, _, _ = marked("", *wrong)
    assert before["s2", "2b"] == HALF
    for text in (
        "policy: {mistake: 3/4, why: hard}",
        "corrections: [{question: 2, policy: {mistake: 3/4}, why: hard}]",
        "corrections: [{blank: 2b, policy: {mistakes: {forgot-bias: 3/4}}, why: hard}]",
    ):
        points, changes, _ = marked(text, *wrong)
        assert points["s2", "2b"] == Fraction(3, 4)
        assert [(change.blank, change.why) for change in changes if change.student == "s2"] == [("2b", "hard")]
    points, _, _ = marked("policy: {mistake: 0, why: easy}", *wrong)
    assert points["s2", "2b"] == HALF
    points, _, _ = marked("{lower: true, policy: {mistake: 0, why: easy}}", *wrong)
    assert points["s2", "2b"] == 0
    points, _, _ = marked("corrections: [{blank: 2a, policy: {mistake: 3/4}, why: hard}]", *wrong)
    assert points["s2", "2b"] == HALF


def test_a_policy_that_reads_otherwise_is_graded_anew():
    """Where rounding comes to be allowed, answers are compared again."""
    points, _, _ = marked("", ("s1", "2a", "784K"), ("s1", "2b", "785K"), ("s2", "2b", "94.2K"))
    assert points["s2", "2b"] == 1  # that is exact
    rounded = ("s2", "2a", "94.1K")
    assert marked("", rounded)[0]["s2", "2a"] == 0
    assert marked("policy: {rounding: true, why: w}", rounded)[0]["s2", "2a"] == 1
    assert marked("corrections: [{blank: 2a, policy: {digits: 2}, why: w}]", ("s2", "2a", "94K"))[0]["s2", "2a"] == 1
    assert marked("corrections: [{blank: 2b, policy: {digits: 2}, why: w}]", ("s2", "2a", "94K"))[0]["s2", "2a"] == 0


def test_decisions_by_hand():
    """A person's points count for the answer, also below what was given, unless a correction says otherwise."""
    points, changes, report = marked("", ("s1", "1a", "what?"), decisions={("s1", "1a"): HALF, ("s2", "1a"): QUARTER})
    assert (points["s1", "1a"], points["s2", "1a"]) == (HALF, QUARTER)
    assert [change.why for change in changes] == ["decided by hand"] * 2
    assert report.review == []
    points, _, _ = marked(entries("blank: 1a, void: full"), decisions={("s1", "1a"): HALF})
    assert points["s1", "1a"] == 1
    points, _, _ = marked(entries("blank: 1b, void: full"), decisions={("s2", "1a"): QUARTER})
    assert points["s2", "1a"] == QUARTER


def test_what_earlier_corrections_gave_is_kept():
    """A correction that is taken back does not take the points back, unless marks may go down."""
    kept = {("s1", "1a"): Fraction(1)}
    assert marked("lower: false", ("s1", "1a", "90"), kept=kept)[0]["s1", "1a"] == 1
    assert marked("lower: true", ("s1", "1a", "90"), kept=kept)[0]["s1", "1a"] == QUARTER


def test_rounded_points_are_rounded_after_corrections():
    """The points of a question are rounded with its corrections in them."""
    text = "policy: {points_step: 1/2, why: w}\n" + entries("blank: 1a, student: s1, points: 0.3")
    points, _, report = marked(text, ("s1", "1a", "what?"))
    assert sum(points["s1", blank] for blank in ("1a", "1b", "1c")) == 2
    assert report.results[0].points == 4


E1 = "corrections:\n  - "
REFUSED = {
    "no why": (E1 + "{blank: 1a, void: full}", "line 2", '"why" is missing'),
    "an empty why": (E1 + "{blank: 1a, void: full, why: ' '}", "line 2", "a correction says why"),
    "no why of a policy": ("policy: {mistake: 1}", "line 1", "a correction says why"),
    "unknown key": ("lowr: true", "line 1", '"lower"'),
    "unknown entry key": (E1 + "{blnk: 1a, void: full, why: w}", "line 2", '"blank"'),
    "unknown blank": (E1 + "{blank: 1d, void: full, why: w}", "line 2", 'no blank "1d"'),
    "unknown question": (E1 + "{question: 3, void: full, why: w}", "line 2", "Known: 1, 2"),
    "unknown student": (E1 + "{blank: 1a, student: s11, void: full, why: w}", "line 2", 'Did you mean "s1"?'),
    "nowhere": (E1 + "{void: full, why: w}", "line 2", "names blanks, or questions"),
    "twice": (E1 + "{blank: 1a, question: 1, void: full, why: w}", "line 2", "names blanks, or questions"),
    "nothing": (E1 + "{blank: 1a, why: w}", "line 2", "accept, void, points, policy"),
    "two things": (E1 + "{blank: 1a, void: full, accept: 5, why: w}", "line 2", "found accept, void"),
    "void": (E1 + "{blank: 1a, void: half, why: w}", "line 2", '"full", "drop"'),
    "points without student": (E1 + "{blank: 1a, points: 1, why: w}", "line 2", "student: and blank:"),
    "points for a question": (E1 + "{question: 1, student: s1, points: 1, why: w}", "line 2", "for one blank"),
    "too many points": (E1 + "{blank: 1c, student: s1, points: 1, why: w}", "line 2", "from 0 to 1/2"),
    "no points": (E1 + "{blank: 1c, student: s1, points: few, why: w}", "line 2", "from 0 to 1/2"),
    "unreadable": (E1 + "{blank: 1a, accept: '5 +', why: w}", "line 2", "cannot be read"),
    "misspelt": (E1 + "{blank: 1a, accept: forgot-plus-on, why: w}", "line 2", 'Did you mean "forgot-plus-one"?'),
    "yes": (E1 + "{blank: 1a, accept: [true], why: w}", "line 2", "found True"),
    "a value for a question": (E1 + "{question: 1, accept: 5, why: w}", "line 2", "blank: 1a"),
    "bad expression": (E1 + "{blank: 1a, accept: '= conv.height +', why: w}", "line 2", "ends too early"),
    "comparison": (E1 + "{blank: 1a, accept: '= conv.height == 5', why: w}", "line 2", "is a comparison"),
    "no comparison": (E1 + "{blank: 1a, void: full, version: conv.stride, why: w}", "line 2", "no comparison"),
    "code": (E1 + "{blank: 1a, accept: \"= __import__('os')\", why: w}", "line 2", "does not belong here"),
    "no such layer": (E1 + "{blank: 1a, accept: '= conf.height', why: w}", "line 2", 'there is no "conf.height"'),
    "no such name": (E1 + "{question: 2, void: full, version: units == 3, why: w}", "line 2", 'there is no "units"'),
    "policy": ("policy: {mistaek: 1, why: w}", "line 1", '"mistake"'),
    "policy of a student": (E1 + "{question: 1, student: s1, policy: {slip: 1}, why: w}", "line 2", "for everybody"),
    "policy of a blank": (E1 + "{blank: 1a, policy: {repeat: once}, why: w}", "line 2", '"repeat" cannot'),
    "no mapping": ("- 5", "corrections.yaml", "a mapping is needed"),
    "no list": ("corrections: {blank: 1a}", "line 1", "a list"),
    "no entry": ("corrections: [5]", "line 1", "a mapping is needed"),
    "no YAML": ("corrections: [", "line 2", "not readable as YAML"),
}


@pytest.mark.parametrize(("text", "place", "cure"), REFUSED.values(), ids=list(REFUSED))
def test_files_that_cannot_be(text, place, cure):
    """Each error names the line, what was found, and the nearest spelling or what is allowed."""
    exam = sealed()
    with pytest.raises(ExamError) as refused:
        parse(text, "corrections.yaml", exam.exam, exam.papers)
    assert str(refused.value).startswith("corrections.yaml")
    assert place in str(refused.value)
    assert cure in str(refused.value)


def test_an_expression_that_fails_in_a_later_drawing_names_its_line():
    """What has a value on the first paper and divides by zero on another is told with the line of its entry."""
    zero = entries('blank: 1a, accept: "= conv.height // (conv.stride - 4)"')  # 3 on the paper of s1, 4 on that of s2
    with pytest.raises(LayerquizError, match=r"corrections.yaml, line 2, .*divides by zero"):
        marked(zero, ("s2", "1a", "50"))

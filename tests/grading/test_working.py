"""Working in several lines: each equality is checked, the first wrong line is named, the last value is the answer."""

from __future__ import annotations

import time

import pytest

import layerquiz as lq
from computed import COMPUTED
from layerquiz.exam import exam as exams
from layerquiz.exam import library
from layerquiz.exam.drawing import draw
from layerquiz.exam.roster import Student
from layerquiz.exam.seal import seal, unseal
from layerquiz.grading.grade import grade
from layerquiz.grading.lines import MOST_LINES, answer_of, lines_of, without_label
from layerquiz.grading.read import LONGEST
from layerquiz.network.network import Network
from layerquiz.press.draw import right_answers
from layerquiz.render.mathtext import in_numbers, in_words

CONV = {"kind": "conv2d", "name": "conv", "filters": 256, "kernel": 3, "stride": 2, "padding": 1}


def network(**changes):
    sizes = {"channels": 128, "height": 32, "width": 32}
    return Network.parse({"input": sizes, "layers": [{**CONV, **changes}, {"kind": "flatten", "name": "flat"}]})


def told(text, quantity="conv.parameters", **changes):
    return lq.diagnose(network(**changes), quantity, text)


def verdicts(story):
    return [line.verdict for line in story.lines]


RIGHT = {
    "per filter": "3*3*128 = 1152\n1152 + 1 = 1153\n1153*256 = 295168",
    "weights and biases": "weights: 3*3*128*256 = 294912\nbiases: 256\ntotal = 294912 + 256 = 295,168",
    "semicolons": "3*3 = 9; 9*128 = 1152; (1152 + 1)*256 = 295168",
    "numbered": "1) 3*3*128 = 1152\n2) (1152+1)*256 = 295168",
    "a line that goes on": "3*3*128*256\n= 294912\n294912 + 256\n= 295168",
    "Windows": "3*3*128 = 1152\r\n\r\n1153*256 = 295168\r\n",
    "running": "3*3*128 = 1152 * 256 = 294912\n294912 + 256 = 295168",
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_working_has_right_lines(name):
    """All lines are right, the answer is that of the last one, and the method is right."""
    story = told(RIGHT[name])
    assert (story.verdict, story.read_as, story.working, story.method_right) == ("correct", 295168, True, True)
    assert set(verdicts(story)) == {"right"}
    assert len(story.lines) > 1
    assert story.hint == ""


def test_the_first_wrong_line_is_named():
    """A slip in line 1 is carried on: what follows from it is right, and the method too, but the answer is wrong."""
    story = told("3*3*128 = 1150\n1150 + 1 = 1151\n1151*256 = 294656")
    assert verdicts(story) == ["wrong", "right", "right"]
    assert story.lines[0].mistakes == ["arithmetic-slip"]
    assert (story.verdict, story.read_as) == ("wrong", 294656)
    assert story.method_right
    assert story.hint.startswith("Line 1, 3*3*128 = 1150: is 3*3*128 equal to 1150?")


def test_a_line_is_explained_by_the_mistake_behind_it():
    """Line 2 is right arithmetic and a wrong rule: one bias per layer."""
    story = told("3*3*128*256 = 294912\n294912 + 1 = 294913\n")
    assert verdicts(story) == ["right", "wrong"]
    assert story.mistakes == ["one-bias-per-layer"] == story.lines[1].mistakes
    assert story.hint.startswith("Line 2, 294912 + 1 = 294913: Did you give the whole layer one bias?")
    assert not story.method_right


def test_a_wrong_line_in_the_middle_is_explained():
    """The padding is added once in the first of three lines; what follows is right from there."""
    story = told(
        "(32 - 5 + 2)/1 + 1 = 30\n30*30 = 900\n900*256 = 230400", "conv.activations", kernel=5, stride=1, padding=2
    )
    assert story.lines[0].verdict == "wrong"
    assert "padding-added-once" in story.lines[0].mistakes
    assert story.hint.startswith("Line 1, (32 - 5 + 2)/1 + 1 = 30: Did you add the padding once?")


def test_an_intermediate_value_is_no_answer():
    """A value from the way is a right line, but as the last one it is the answer, and wrong."""
    story = told("3*3*128 = 1152\n1152*256 = 294912")
    assert story.mistakes == ["forgot-bias"]
    assert verdicts(story) == ["right", "wrong"]
    assert told("3*3*128*256 = 294912\nanswer = 1152").lines[-1].verdict != "right"


def test_rounding_down_is_no_wrong_equality_and_rounding_up_is_one():
    """31/2 is 15 where the size is rounded down."""
    down = told("H = (32 - 3 + 2*1)/2 = 31/2 = 15\n15 + 1 = 16", "conv.height")
    assert (down.verdict, verdicts(down)) == ("correct", ["right", "right"])
    up = told("32 - 3 + 2 = 31\n31/2 = 16\n16 + 1 = 17", "conv.height")
    assert up.lines[1].verdict == "wrong"
    assert up.hint.startswith("Line 2, 31/2 = 16: is 31/2 equal to 16?")


def test_a_line_that_cannot_be_read_spoils_nothing():
    """It is shown as it is; the last line is the answer."""
    story = told("I multiply everything!!\n295168")
    assert (story.verdict, story.read_as) == ("correct", 295168)
    assert verdicts(story) == ["unclear", "right"]
    assert story.lines[0].text == "I multiply everything!!"
    assert not story.working


def test_a_shape_may_have_working():
    """The last line is the shape; its sizes are checked above it."""
    story = told("H = (32-3+2)/2+1 = 16\nW = 16\n16x16x256", "conv.shape")
    assert (story.verdict, story.read_as) == ("correct", (16, 16, 256))
    assert verdicts(story) == ["right", "right", "right"]
    assert told("16; 16; 256", "conv.shape").verdict == "correct"


@pytest.mark.parametrize("text", ["(3*3*128+1)*256 = 295168", "295168", "294912", "3*3*128*256 + 256 = 295186", "x"])
def test_one_line_has_no_lines(text):
    """An answer of one line is told as before."""
    story = told(text)
    assert story.lines == ()
    assert "lines" not in story.as_json()


def test_the_method_is_right_with_a_wrong_value():
    """An expression that is right counts as a method, in one line too; a bare value has none."""
    assert told("(3*3*128+1)*256 = 295186").method_right
    assert not told("295168").method_right
    assert not told("3*3*256+256 = 2560").method_right


def test_the_method_is_right_from_own_earlier_values():
    """Whoever has a wrong weight count and adds the biases to it rightly has the right method for the sum."""
    answers = {"conv.weights": "2304", "conv.parameters": "bias = 256\n2304 + 256 = 2560"}
    story = lq.diagnose_sheet(network(), answers)["conv.parameters"]
    assert story.verdict == "carried"
    assert verdicts(story) == ["right", "right"]
    assert story.method_right


def test_lines_are_in_the_json():
    """The lines of a working are plain data."""
    first, last = told("3*3*128 = 1150\n1151*256 = 294656").as_json()["lines"]
    assert first == {
        "text": "3*3*128 = 1150",
        "shown": "3*3*128 = 1150",
        "verdict": "wrong",
        "mistakes": ["arithmetic-slip"],
        "note": "is 3*3*128 equal to 1150?",
    }
    assert last["shown"] == "1151*256 = 294656"


LEFT_TO_A_PERSON = (
    *(
        "weights: 294912\nbiases: 256",
        "295168; 294912",
        "12 = 12\n5",
        "3*3*128 = 1152; there is 1 bias for every filter",
    ),
    *("295168; see the other page", "(3*3*128+1)*256 = 295168; (1 bias per filter)"),
)


@pytest.mark.parametrize("text", LEFT_TO_A_PERSON)
def test_what_is_no_working_is_left_to_a_person(text):
    """Several values without arithmetic, or a remark behind the answer: nobody is accused by the last number."""
    assert told(text).verdict == "unreadable"


LABELS = {
    "1) conv1: 3*3 = 9": "3*3 = 9",
    "Step 2: 3*3": "3*3",
    "• H_out = 5": "5",
    "weights (conv) = 3*3": "3*3",
    "3*3 = 9": "3*3 = 9",
    "K*K = 9": "K*K = 9",
    "-5 + 6": "-5 + 6",
    "2.5 + 1": "2.5 + 1",
}


@pytest.mark.parametrize("line", LABELS)
def test_labels_in_front_are_dropped(line):
    """A number or a name in front is none of the arithmetic."""
    assert without_label(line) == LABELS[line]


def test_what_a_browser_copies_in_pieces_is_no_working():
    """A formula whose parts stand on lines of their own is one line."""
    assert answer_of("7\n×\n7", "size") == "7\n×\n7"
    assert lines_of("3*3*128\n= 1152") == []
    assert lines_of("295168;\n") == []


HOSTILE = (
    "1\n" * 100_000,
    "9**9**9\n5",
    "(\n" * 50,
    ";" * 5000,
    "=\n=\n=",
    "1=2\n" * 39 + "3",
    "9" * 999 + "\n1",
    "\x00\n5",
    "1*" * 400 + "1\n7",
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_working_ends_in_a_verdict(text):
    """Many lines, long lines, broken lines: a verdict, and soon."""
    told("1\n2")
    start = time.process_time()
    assert isinstance(told(text).hint, str)
    assert time.process_time() - start < 2


def test_more_lines_than_a_working_has_are_read_as_one():
    """Forty lines are working, forty-one are not."""
    assert len(lines_of("\n".join(["1 = 1"] * MOST_LINES))) == MOST_LINES
    assert lines_of("\n".join(["1 = 1"] * (MOST_LINES + 1))) == []


def test_right_derivations_of_every_template_have_no_wrong_line():
    """Our own derivations, handed in as working, are right line by line."""
    for name in COMPUTED:
        question = draw(library.named(name), 5)
        for blank, (derivation,) in zip(question.blanks, question.solution, strict=True):
            if (
                isinstance(blank.key, tuple)
                or blank.quantity.endswith("_bytes")
                or name in ("mnist-network", "vgg-block")
            ):
                continue
            lines = [
                " = ".join(in_numbers(side.formula, side.numbers) for side in step.lines) for step in derivation.steps
            ]
            text = "\n".join([*lines, f"= {in_words(blank.key)}"])
            story = lq.diagnose(question.network, blank.quantity, text)
            if story.verdict == "unreadable":  # too long, or with a maximum, which has no spelling that is read
                assert len(text) > LONGEST or "max(" in text, (name, text)
                continue
            assert story.verdict == "correct", (name, text)
            assert "wrong" not in verdicts(story), (name, text, story)


EXAM = """
title: In letters
seed: 3
questions:
  - {template: conv-parameters-in-letters}
  - {template: conv-parameters}
"""


def test_an_exam_with_formulas_is_sealed_graded_and_keyed():
    """Key, seal and grades of a paper with formulas: the right formula is paid, in another spelling too."""
    exam = exams.parse(EXAM, "exam.yaml", "")
    paper = exams.paper(exam, Student("s1", "Ada"))
    sealed = unseal(seal(exam, [paper], "1"))
    right = dict(zip(paper.blanks, right_answers(paper), strict=True))
    assert "C_in" in right["1a"]
    answers = {**right, "1a": right["1a"].replace(" * ", "").replace("^2", "²"), "1b": "C_in*C_out"}
    report = grade(sealed, {"s1": answers})
    marks = {name: graded.mark.points for name, graded in report.results[0].blanks.items()}
    assert (marks["1a"], marks["2a"], marks["2b"]) == (1, 1, 1)
    assert marks["1b"] < 1
    assert report.as_json()["students"][0]["blanks"]["1a"]["expected"] == right["1a"]

"""Where to look first: each kind of broken question is found with the correction that mends it; sound ones are not."""

from __future__ import annotations

import pytest
import yaml

from classes import Class, Given, chance
from layerquiz.grading.findings import Finding, findings
from layerquiz.grading.statistics import summarised
from layerquiz.render.findings import said

BLANKS = ("1a", "1b", "2a", "2b", "2c", "3a", "3b")
RIGHT = dict.fromkeys(BLANKS, Given(1))


def found(made: Class) -> tuple[Finding, ...]:
    """Return what is found in a class."""
    return findings(summarised(made.report()))


def entries(finding: Finding) -> list[dict[str, object]]:
    """Return the proposed correction as the reader of YAML sees it, its reason left out."""
    return [
        {key: value for key, value in entry.items() if key != "why"}
        for entry in yaml.safe_load(said(finding).correction)
    ]


def test_a_sound_exam_is_left_alone() -> None:
    """Students of all strengths, the strong ones right everywhere: nothing to look at."""
    made, random = Class(), chance(5)
    for place in range(30):
        strength = 0.45 + place / 50
        made.add({name: Given(1) if random.random() < strength else Given(0) for name in BLANKS})
    assert found(made) == ()


def test_a_mistake_that_beats_the_key() -> None:
    """Five made one mistake, three are right: accept what the mistake gives, if the wording leads there."""
    made = Class()
    for place in range(8):
        made.add(RIGHT if place < 3 else {**RIGHT, "1b": Given(0, "mistake", ("forgot-bias",))})
    (finding,) = found(made)
    assert (finding.kind, finding.places, finding.answers[0].count, finding.answers[0].right) == (
        "beats-key",
        ("1b",),
        5,
        3,
    )
    assert entries(finding) == [{"blank": "1b", "accept": "forgot-bias"}]
    assert "5 of 8 answers, 3 are right" in said(finding).why


def test_one_mistake_at_several_blanks_is_one_place_to_look_at() -> None:
    """A mistake that beats the key twice, and nothing else there: one finding with both blanks."""
    made = Class()
    for place in range(8):
        wrong = Given(0, "mistake", ("forgot-bias",))
        made.add(RIGHT if place < 3 else {**RIGHT, "1b": wrong, "3b": wrong})
    first = found(made)[0]
    assert first.places == ("1b", "3b")
    assert entries(first) == [{"blank": ["1b", "3b"], "accept": "forgot-bias"}]


def test_answers_that_are_right_from_earlier_values_count_as_right() -> None:
    """A total that nearly everybody carries on is not beaten by two who made a mistake in it."""
    made = Class()
    for place in range(8):
        given = Given(1, "carried") if place < 6 else Given(0, "mistake", ("forgot-bias",))
        made.add({**RIGHT, "1b": given})
    assert found(made) == ()


def test_a_convention_that_beats_the_key() -> None:
    """More answers are right as FLOPs than as MACs: accept the convention by the name that corrections know."""
    made = Class()
    for place in range(6):
        flops = Given(1, "convention", ("mac-vs-flop",), conventions=("FLOPs",))
        made.add(RIGHT if place < 2 else {**RIGHT, "2a": flops})
    (finding,) = found(made)
    assert entries(finding) == [{"blank": "2a", "accept": "mac-vs-flop"}]
    assert "(FLOPs)" in said(finding).why


def test_an_unexplained_answer_that_beats_the_key() -> None:
    """The key may be wrong: four gave one number, one is right; accept the number."""
    made = Class()
    for place in range(5):
        made.add(RIGHT if place < 1 else {**RIGHT, "2b": Given(0, value=987654321)})
    (finding,) = found(made)
    assert finding.kind == "beats-key"
    assert entries(finding) == [{"blank": "2b", "accept": "987654321"}]


def test_equal_unexplained_answers() -> None:
    """Three equal answers that nothing explains are shown although the key is more common; two are not."""
    for count, expected in ((3, ["same-unexplained"]), (2, [])):
        made = Class()
        for place in range(12):
            made.add(RIGHT if place >= count else {**RIGHT, "2b": Given(0, value=987654321)})
        assert [finding.kind for finding in found(made)] == expected


def test_what_many_wrote_for_other_numbers_is_accepted_as_an_expression() -> None:
    """Each drew other numbers, three wrote twice their key: the correction says so over the drawing's numbers."""
    made, keyed = Class(own=True), Class(own=True)
    for _ in range(9):
        keyed.add({})
    keys = [result.paper.blanks["1a"].key for result in keyed.report().results]
    for place, key in enumerate(keys):
        assert isinstance(key, int)
        made.add(RIGHT if place >= 3 else {**RIGHT, "1a": Given(0, value=2 * key)})
    (finding,) = found(made)
    assert entries(finding) == [{"blank": "1a", "accept": "= 2 * conv.weights"}]
    assert "2 times the key" in said(finding).why


def test_good_students_who_fail() -> None:
    """The upper half of a class of twelve fails a blank that the lower half gets right."""
    made = Class()
    for place in range(12):
        rest = {name: Given(int(place >= 6)) for name in BLANKS}
        made.add({**rest, "3b": Given(int(place < 6))})
    finding = next(finding for finding in found(made) if finding.kind == "good-fail")
    assert finding.places == ("3b",)
    assert entries(finding) == [{"blank": "3b", "void": "drop"}]
    assert "−1.00" in said(finding).why


def test_small_classes_say_nothing_about_good_students() -> None:
    """Nine papers are too few for a correlation."""
    made = Class()
    for place in range(9):
        rest = {name: Given(int(place >= 4)) for name in BLANKS}
        made.add({**rest, "3b": Given(int(place < 4))})
    assert [finding for finding in found(made) if finding.kind == "good-fail"] == []


@pytest.mark.parametrize(("left_out", "expected"), [(9, True), (8, False)])
def test_a_blank_that_nobody_answered(left_out: int, expected: bool) -> None:
    """Nine of ten left it out: is a column missing? Eight did: hard, or at the end."""
    made = Class()
    for place in range(10):
        made.add({name: given for name, given in RIGHT.items() if place >= left_out or name not in ("2b", "2c")})
    kinds = {finding.kind: finding for finding in found(made)}
    assert ("nobody-answered" in kinds) == expected
    if expected:
        assert entries(kinds["nobody-answered"]) == [{"blank": ["2b", "2c"], "void": "drop"}]


def test_papers_that_are_harder_than_others() -> None:
    """Whoever drew a kernel of 5 fails question 1: the correction gives those papers their points."""
    made, drawn = Class(own=True), Class(own=True)
    for _ in range(24):
        drawn.add({})
    for result in drawn.report().results:
        kernel = result.paper.questions[0].drawn["network"]["layers"][0]["kernel"]
        made.add({**RIGHT, "1a": Given(int(kernel == 3)), "1b": Given(int(kernel == 3))})
    finding = next(finding for finding in found(made) if finding.kind == "versions-differ")
    assert entries(finding) == [{"question": 1, "version": "conv.kernel == 5", "void": "full"}]
    assert "conv.kernel = 5: 0%" in said(finding).why


def test_what_is_only_hard_comes_last_and_has_no_correction() -> None:
    """Few points, and nothing that speaks against the question: to be taught, not to be corrected."""
    made = Class()
    for place in range(6):
        made.add({**RIGHT, "1a": Given(int(place < 1)), "2c": Given(0, "mistake", ("forgot-bias",))})
    kinds = [finding.kind for finding in found(made)]
    assert kinds == ["beats-key", "few-right"]
    assert said(found(made)[-1]).correction == ""


def test_nobody_handed_in() -> None:
    """Without papers there is nothing to look at."""
    made = Class()
    made.add(None)
    assert found(made) == ()


def test_one_place_is_named_once() -> None:
    """What else speaks against a blank stands with the first reason, not in a card of its own."""
    made = Class()
    for place in range(12):
        rest = {name: Given(int(place >= 5)) for name in BLANKS}
        wrong = Given(0, "mistake", ("forgot-bias",))
        made.add({**rest, "3b": Given(1) if place < 5 else wrong})
    places = [finding.places for finding in found(made)]
    assert places.count(("3b",)) == 1
    finding = next(finding for finding in found(made) if finding.places == ("3b",))
    assert [finding.kind, *(other.kind for other in finding.also)] == ["beats-key", "good-fail"]
    assert "−1.00" in said(finding).why

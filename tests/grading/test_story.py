"""What a story tells: hints that ask and do not repeat themselves, and plain data for programs."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from layerquiz.grading.diagnose import diagnose
from layerquiz.grading.story import Story, hints_of, plain
from layerquiz.network.mistakes import CATALOGUE
from layerquiz.network.network import Network

BIAS, DEPTH, COUNT = (CATALOGUE[slug].hint for slug in ("forgot-bias", "forgot-input-channels", "wrong-channel-count"))


def told(verdict, *sets, **more):
    """A story with sets of slugs."""
    return Story("c.parameters", verdict, 10, mistakes=list(sets[0]) if sets else [], rivals=list(sets[1:]), **more)


def test_one_explanation():
    """One set of mistakes is told as its questions."""
    assert told("mistake", ["forgot-bias"]).hint == BIAS
    assert told("mistake", ["forgot-bias", "wrong-channel-count"]).hint == f"{BIAS} And: {COUNT}"


def test_rivals_are_all_named():
    """Where several single mistakes fit, the hint says so and names each."""
    hint = told("mistake", ["forgot-bias"], ["wrong-channel-count"]).hint
    assert hint == f"Two explanations fit. {BIAS} Or: {COUNT}"


def test_shared_part_is_said_once():
    """Sets that share a mistake number the questions, so that each is asked once."""
    hint = told("mistake", ["forgot-bias", "forgot-input-channels"], ["forgot-bias", "wrong-channel-count"]).hint
    assert hint == f"Two explanations fit: (1) with (2) or (1) with (3). (1) {BIAS} (2) {DEPTH} (3) {COUNT}"


def test_no_sentence_twice():
    """No question stands twice in a hint, however the sets overlap."""
    slugs = list(CATALOGUE)[:5]
    pairs = [[one, two] for one in slugs for two in slugs if one < two]
    hint = hints_of(pairs)
    assert all(hint.count(CATALOGUE[slug].hint) == 1 for slug in slugs)


SHORT = {
    "wrong": ("wrong", "No single explanation fits"),
    "convention": ("convention", "another convention"),
    "slip": ("slip", "digits"),
    "carried": ("carried", "your own earlier values"),
}


@pytest.mark.parametrize(("verdict", "part"), SHORT.values(), ids=list(SHORT))
def test_verdicts_without_slugs(verdict, part):
    """Every verdict but right and blank says something, also where no mistake is named."""
    assert part in told(verdict).hint


@pytest.mark.parametrize("verdict", ["correct", "blank"])
def test_nothing_to_say(verdict):
    """A right answer and an empty one get no hint."""
    assert told(verdict).hint == ""


def test_broken_equality_and_notes():
    """A broken equality is asked about, and notes are kept, whatever the verdict."""
    story = told("correct", broken=("2 * 3", "5"), notes=("A note.",))
    assert story.hint == "In your working, is 2 * 3 equal to 5? A note."


@pytest.mark.parametrize("slug", CATALOGUE)
def test_hints_ask(slug):
    """Hints are questions and never say what somebody forgot."""
    hint = CATALOGUE[slug].hint
    assert "?" in hint or hint.endswith(".")
    assert "you forgot" not in hint.lower()


PLAIN = {
    "a number": (5, 5),
    "a shape": ((3, 4), [3, 4]),
    "a decimal": (Fraction(217, 4), 54.25),
    "a third": (Fraction(1, 3), "1/3"),
    "nothing": (None, None),
    "too large for a float": (Fraction(10**400, 3), f"{10**400}/3"),
}


@pytest.mark.parametrize(("value", "expected"), PLAIN.values(), ids=list(PLAIN))
def test_plain_values(value, expected):
    """Values in JSON are exact: fractions that no decimal holds are text."""
    assert plain(value) == expected


def test_json_has_the_fixed_keys():
    """`diagnose --json` prints exactly the keys of the contract."""
    net = Network.parse({"input": {"features": 128}, "layers": [{"kind": "dense", "name": "fc", "units": 256}]})
    data = json.loads(json.dumps(diagnose(net, "fc.parameters", "32,896").as_json()))
    keys = "format quantity read_as expected verdict mistakes rivals conventions hint"
    assert list(data) == keys.split()
    assert (data["format"], data["read_as"], data["expected"]) == (1, 32896, 33024)
    assert (data["mistakes"], data["rivals"]) == (["bias-on-input-side"], [["bias-per-input-channel"]])

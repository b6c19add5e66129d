"""Wrong answers as students give them are named, and right ones in odd forms are not accused."""

from __future__ import annotations

import pytest

import lifelike
import lifelike_further
import lifelike_right
from layerquiz.grading.diagnose import diagnose
from layerquiz.network.mistakes import CATALOGUE
from layerquiz.network.network import Network

CASES = [*lifelike.cases(), *lifelike_further.cases()]
RIGHT = lifelike_right.rights()


@pytest.mark.parametrize("case", CASES, ids=[f"{number} {case[1]} {case[2]}" for number, case in enumerate(CASES)])
def test_wrong_answers_are_named(case):
    """One of the fair sets of slugs is the story or among its rivals, and no more than four others are."""
    spec, quantity, answer, fair = case
    story = diagnose(Network.parse(spec), quantity, answer)
    assert story.verdict in ("mistake", "convention", "slip")
    assert any(sorted(slugs) in fair for slugs in (story.mistakes, *story.rivals))
    assert len(story.rivals) <= 4


def test_table_is_large_and_speaks_of_the_catalogue():
    """The tables have more than two hundred different cases, and each of their slugs exists."""
    assert len({(str(spec), quantity, answer) for spec, quantity, answer, _ in CASES}) > 300
    assert {slug for *_, fair in CASES for slugs in fair for slug in slugs} <= CATALOGUE.keys()


@pytest.mark.parametrize("case", RIGHT, ids=[f"{number} {case[1]} {case[2]}" for number, case in enumerate(RIGHT)])
def test_right_answers_are_not_accused(case):
    """A right answer is right in every spelling, and right under another convention where it is that."""
    spec, quantity, answer, verdict = case
    assert diagnose(Network.parse(spec), quantity, answer).verdict == verdict


def test_right_ones_are_many():
    """There are more than a hundred and fifty right answers."""
    assert len(RIGHT) > 150

"""Wrong answers as students give them are named, and right ones in odd forms are not accused."""

from __future__ import annotations

import pytest

import lifelike
from layerquiz.grading.diagnose import diagnose
from layerquiz.network.mistakes import CATALOGUE
from layerquiz.network.network import Network

CASES = lifelike.cases()


@pytest.mark.parametrize("case", CASES, ids=[f"{number} {case[1]} {case[2]}" for number, case in enumerate(CASES)])
def test_wrong_answers_are_named(case):
    """One of the fair sets of slugs is the story or among its rivals, and no more than four others are."""
    spec, quantity, answer, fair = case
    story = diagnose(Network.parse(spec), quantity, answer)
    assert story.verdict in ("mistake", "convention", "slip")
    assert any(sorted(slugs) in fair for slugs in (story.mistakes, *story.rivals))
    assert len(story.rivals) <= 4


def test_table_is_large_and_speaks_of_the_catalogue():
    """The table has more than two hundred different cases, and each of its slugs exists."""
    assert len({(str(spec), quantity, answer) for spec, quantity, answer, _ in CASES}) > 300
    assert {slug for *_, fair in CASES for slugs in fair for slug in slugs} <= CATALOGUE.keys()

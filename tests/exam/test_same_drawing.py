"""Drawings of the same numbers are one question, whichever seed gives them; what is kept of it changes nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest

from layerquiz.exam import drawing, library
from layerquiz.exam.drawing import draw, drawings

SEEDS = 60
FEW = ("dense-parameters", "most-hidden-units", "mlp-in-letters")
"""Templates that draw the same again: numbers, options that can be listed, and formulas."""


def facts(question):
    """Return everything that a paper shows of a question, and what draws it again."""
    return question.identity, question.text, question.blanks, question.solution


@pytest.fixture
def nothing_known():
    drawing.known.cache_clear()
    yield drawing.known.cache_clear
    drawing.known.cache_clear()


def test_a_kept_question_is_the_one_that_would_be_made(nothing_known):
    """Questions in a row, of which many are kept, against each made alone."""
    in_a_row = [draw(library.named("dense-parameters"), seed) for seed in range(SEEDS)]
    assert len({id(question) for question in in_a_row}) < SEEDS  # some are kept, or the test shows nothing
    for seed, question in enumerate(in_a_row):
        nothing_known()
        assert facts(question) == facts(draw(library.named("dense-parameters"), seed))


@pytest.mark.parametrize("name", FEW)
def test_the_same_numbers_are_the_same_question(name):
    """What was drawn decides text, keys and solution; the order of options is drawn too."""
    found = [draw(library.named(name), seed) for seed in range(SEEDS)]
    same = [pair for pair in combinations(found, 2) if pair[0].drawn == pair[1].drawn]
    assert same
    assert all(one.text == other.text and one.keys == other.keys for one, other in same)


def test_conventions_tell_drawings_apart(nothing_known):
    """The same numbers under other conventions are another question."""
    one, other = (draw(library.named("conv-parameters"), 3, conventions=name) for name in ("textbook", "keras"))
    assert one.identity == other.identity
    assert (one.network.conventions.name, other.network.conventions.name) == ("textbook", "keras")


def test_a_rejection_is_counted_each_time(nothing_known):
    """Numbers that cannot be used are counted as often as they are drawn, known or not."""
    template, counted = library.named("dense-parameters"), []
    for _ in range(2):
        failures = Counter()
        for seed in range(5 * SEEDS):
            next(drawings(template, seed, failures=failures))
        counted.append(failures)
    assert counted[0] == counted[1]
    assert sum(counted[0].values()) > 0


def test_other_points_leave_the_text_and_the_solution():
    """What a question worth other points shows is what it shows when all of that is made anew."""
    question = draw(library.named("dense-parameters"), 1)
    scaled = question.worth(Fraction(5))
    again = replace(scaled)  # nothing is kept in a copy
    assert (scaled.text, scaled.grid, scaled.solution) == (again.text, again.grid, again.solution)
    assert scaled.points == again.points == 5

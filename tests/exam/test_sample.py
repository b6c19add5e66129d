"""Drawing: the same numbers on every Python and machine, each equally likely."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layerquiz.exam import sample

FROZEN = {
    ("7", "", "1", 0): [1, 8, 7, 0, 8, 6, 2, 3, 2, 5, 1, 9],
    ("7", "", "1", 1): [5, 8, 4, 6, 3, 7, 7, 0, 4, 2, 9, 8],
    ("7", "s-0815", "1", 0): [8, 8, 5, 1, 1, 6, 0, 1, 0, 5, 8, 1],
    ("7", "s-0815", "2", 0): [3, 9, 3, 9, 7, 6, 7, 6, 8, 5, 5, 8],
    ("Zoë", "李", "12", 199): [4, 3, 4, 8, 1, 7, 8, 6, 1, 8, 9, 2],
}


@pytest.mark.parametrize(("seed", "student", "question", "attempt"), FROZEN)
def test_draws_never_change(seed, student, question, attempt):
    """The draws of a seed are frozen: another Python or machine gives the same."""
    random = sample.generator(seed, student, question, attempt)
    assert [sample.below(random, 10) for _ in range(12)] == FROZEN[seed, student, question, attempt]


def test_large_bounds_are_frozen_too():
    random = sample.generator(7)
    assert [sample.below(random, 10**30) for _ in range(2)] == [
        598272129571893653813263075799,
        722106482624199341225102804854,
    ]


def test_a_number_and_its_text_are_the_same_seed():
    assert sample.generator(7).getrandbits(64) == sample.generator("7").getrandbits(64)


@given(st.integers(1, 10**40), st.integers())
def test_a_draw_is_below_its_bound(bound, seed):
    assert 0 <= sample.below(sample.generator(seed), bound) < bound


def test_every_option_is_equally_likely():
    """Rejection leaves no bias: 6,000 draws of 6 options stay within five standard deviations."""
    random = sample.generator("fair")
    counts = Counter(sample.choice(random, "abcdef") for _ in range(6000))
    assert set(counts) == set("abcdef")
    assert all(abs(count - 1000) < 150 for count in counts.values())


@given(st.integers(-50, 50), st.integers(0, 60), st.integers(1, 9), st.integers())
def test_a_range_ends_at_its_last_number(first, length, step, seed):
    last = first + length
    assert sample.stepped(sample.generator(seed), first, last, step) in range(first, last + 1, step)


def test_both_ends_of_a_range_are_drawn():
    random = sample.generator("ends")
    assert {sample.stepped(random, 20, 28, 4) for _ in range(100)} == {20, 24, 28}

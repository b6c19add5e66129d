"""A second look is offered for what the hand does, and not for every wrong answer."""

from __future__ import annotations

from random import Random

import pytest

from layerquiz.entry.look import is_slip


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        (3494, 34944),
        (349944, 34944),
        (39444, 39444 // 10),
        (43944, 34944),
        (34954, 34944),
        (12, 128),
        (1288, 128),
        ((109, 64), (190, 64)),
    ],
)
def test_what_the_hand_does_is_a_slip(typed, right):
    assert is_slip(typed, right)


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        (34944, 34944),
        (127, 128),
        (64, 128),
        (7, 77),
        (34848, 34944),
        ((55, 55, 96), (96, 55, 55)),
        ((109, 46), (190, 64)),
        ((96, 5, 55), (96, 55, 55)),  # two digits are too short to say
        ("AC", "ACD"),
        (12, "A"),
        ((12,), 12),
    ],
)
def test_a_wrong_answer_is_no_slip(typed, right):
    assert not is_slip(typed, right)


def test_every_dropped_doubled_or_exchanged_digit_is_seen():
    random = Random(3)  # noqa: S311 -- the same numbers in every run
    for _ in range(500):
        right = random.randrange(1000, 10**9)
        digits, place = str(right), random.randrange(len(str(right)) - 1)
        dropped = digits[:place] + digits[place + 1 :]
        doubled = digits[: place + 1] + digits[place:]
        exchanged = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        for typed in (dropped, doubled, exchanged):
            assert int(typed) == right or typed.startswith("0") or is_slip(int(typed), right)

"""Whether a reading is a value: exactly, in either order, at the digits that it shows, or with digits slipped."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layerquiz.grading.match import digits_slipped, matches, orders
from layerquiz.grading.read import Reading, read

EXACT = {
    "the number": ("33024", 33024, True),
    "one beside": ("33025", 33024, False),
    "one in a million beside": ("27,000,001", 27_000_000, False),
    "a fraction": ("54.25", Fraction(217, 4), True),
    "thousands or a decimal": ("1.234", 1234, True),
    "no value": ("5", None, False),
    "a shape for a number": ("5", (5, 5), False),
}


@pytest.mark.parametrize(("text", "value", "same"), EXACT.values(), ids=list(EXACT))
def test_exact_numbers(text, value, same):
    """Counts are compared exactly, whatever their size."""
    assert matches(reading(text), value, rounding=False) is same


def reading(text, expectation="count", entries=None):
    """What is read from a text."""
    found = read(text, expectation, entries=entries)
    assert isinstance(found, Reading)
    return found


ROUNDED = {
    "three digits": ("138M", 138_357_544, True),
    "cut off": ("138.3M", 138_357_544, True),
    "rounded": ("138.4M", 138_357_544, True),
    "another digit": ("138.5M", 138_357_544, False),
    "two digits": ("0.14G", 138_357_544, False),
    "two digits, about": ("about 0.14G", 138_357_544, True),
    "two digits of a memory": ("12 MB", 12_345_678, True),
    "two digits of two": ("0.15k", 150, True),
    "one digit of one": ("0.007k", 7, True),
    "zeros that are shown": ("20k", 20_480, False),
    "one step beside": ("139M", 138_357_544, False),
    "decimals of a fraction": ("59.5", Fraction(5949, 100), True),
    "two digits of a fraction": ("0.059k", Fraction(5949, 100), False),
    "decimals of a whole number": ("1152.3", 1152, False),
}


@pytest.mark.parametrize(("text", "value", "same"), ROUNDED.values(), ids=list(ROUNDED))
def test_rounded_numbers(text, value, same):
    """A rounded number needs three digits, or as many as there are, each of them right when rounded or cut off."""
    expectation = "bytes" if text.endswith("B") else "count"
    assert matches(reading(text, expectation), value, rounding=True) is same


@given(value=st.integers(10_000, 10**15), digits=st.integers(3, 4))
def test_the_value_rounded_or_cut_off(value, digits):
    """The value itself, rounded or cut off to three digits or more, always counts; the next step never does."""
    power = max(1, len(str(value)) - digits)
    step = 10**power
    for steps in {value // step, (value + step // 2) // step}:
        assert matches(reading(f"{steps}e{power}"), value, rounding=True)
    for steps in (value // step - 1, value // step + 2):
        assert not matches(reading(f"{steps}e{power}"), value, rounding=True)


def test_orders():
    """A shape has two orders: the channels last, or first; two entries have one order."""
    assert orders((28, 30, 8), channels_first=False) == ((28, 30, 8), (8, 28, 30))
    assert orders((8, 28, 30), channels_first=True) == ((8, 28, 30), (28, 30, 8))
    assert orders((10, 64), channels_first=True) == ((10, 64), (10, 64))


@given(sizes=st.lists(st.integers(1, 500), min_size=3, max_size=4, unique=True), first=st.booleans())
def test_only_two_orders_match(sizes, first):
    """Of all orders of a shape exactly the network's own and the other convention's match."""
    value = tuple(sizes)
    turned = [value[turn:] + value[:turn] for turn in range(len(value))]
    text = [" x ".join(map(str, shape)) for shape in turned]
    same = [matches(reading(t, "shape", len(value)), value, False, channels_first=first) for t in text]
    assert same == [turn == 0 or turn == (1 if first else len(value) - 1) for turn in range(len(value))]


SLIPS = {
    "exchanged": (30324, 33024, True),
    "exchanged far apart": (43023, 33024, True),
    "dropped": (3304, 33024, True),
    "doubled": (333024, 33024, True),
    "another digit": (33025, 33024, False),
    "two slips": (3034, 33024, False),
    "four digits": (1125, 1152, False),
    "twice as much": (66048, 33024, False),
    "below 0": (-30324, 33024, False),
    "a fraction": (Fraction(1, 2), 33024, False),
    "a shape": ((3, 3), 33024, False),
    "thousands of digits": (5, 10**5000, False),
}


@pytest.mark.parametrize(("written", "right", "slipped"), SLIPS.values(), ids=list(SLIPS))
def test_digits_slipped(written, right, slipped):
    """One pair exchanged, one digit dropped or doubled, in numbers of five digits or more."""
    assert digits_slipped(written, right) is slipped

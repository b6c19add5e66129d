"""Whether what was read is a value: exactly, or at the digits that it shows."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import floor

from layerquiz.formula.expr import Number
from layerquiz.grading.answer import Reading
from layerquiz.network.network import Answer

LEAST_DIGITS = 3
LEAST_DIGITS_ABOUT = 2
LONG_NUMBER = 10_000
TOO_LONG = 10**200


def matches(
    reading: Reading, value: Answer | None, rounding: bool, channels_first: bool = False, digits: int | None = None
) -> bool:
    """Say whether a reading is a value; a shape in either order, a rounded number at the digits that it shows.

    channels_first says in which of the two orders the value of a shape is, digits how many suffice where that is fixed.
    """
    if value is None:
        return False
    if isinstance(value, tuple):
        return reading.value in orders(value, channels_first)
    if isinstance(reading.value, tuple):
        return False
    return reading.value == value or reading.alternative == value or (rounding and rounded_to(reading, value, digits))


def exact_values(reading: Reading) -> tuple[Answer, ...]:
    """Return all values that a reading can be exactly: every other value can only be what it was rounded from."""
    value = reading.value
    if isinstance(value, tuple):
        return (value, (*value[1:], *value[:1]), (*value[-1:], *value[:-1]))
    return (value,) if reading.alternative is None else (value, reading.alternative)


def orders(value: tuple[Number, ...], channels_first: bool) -> tuple[tuple[Number, ...], tuple[Number, ...]]:
    """Return a shape in its own order and in the other one."""
    if len(value) < 3:
        return value, value
    return value, (*value[1:], value[0]) if channels_first else (value[-1], *value[:-1])


def is_endless(value: Answer) -> bool:
    """Say whether a number has no last digit, as 1/3: nobody can write all of its digits."""
    if isinstance(value, int | tuple):
        return False
    denominator = value.denominator
    return denominator > 1 and pow(10, denominator.bit_length(), denominator) != 0


def rounded_to(reading: Reading, value: Number, digits: int | None = None) -> bool:
    """Say whether a rounded or cut-off answer shows the value's leading digits, and enough of them."""
    if reading.step is None or reading.digits is None or isinstance(reading.value, tuple):
        return False
    if reading.digits < _digits_needed(reading, value, digits):
        return False
    return rounds_to(reading, value) or _steps(reading, value)[0] == floor(_steps(reading, value)[1])


def rounds_to(reading: Reading, value: Number) -> bool:
    """Say whether the value, rounded to the last digit that is shown, is the answer."""
    if reading.step is None or isinstance(reading.value, tuple):
        return False
    shown, steps = _steps(reading, value)
    return shown == floor(steps + Fraction(1, 2))


def _steps(reading: Reading, value: Number) -> tuple[Fraction, Fraction]:
    """Return answer and value, counted in units of the last digit that is shown."""
    step = Fraction(reading.step or 1)
    return Fraction(reading.value) / step, Fraction(value) / step  # type: ignore[arg-type]


def _digits_needed(reading: Reading, value: Number, digits: int | None) -> int:
    """Return three, or as many as the exact whole value has; two for a memory or where "about" is written.

    Where it is fixed how many suffice, those.
    """
    least = digits or LEAST_DIGITS
    is_short = abs(value) < 10 ** (least - 1) and value.denominator == 1
    exact = len(str(abs(int(value)))) if is_short else least
    if digits:
        return exact
    about = bool(reading.unit) and reading.unit.endswith(("B", "bytes"))
    about = about or reading.text.lstrip().lower().startswith(("~", "≈", "about", "approx", "ca"))
    return min(LEAST_DIGITS_ABOUT if about else LEAST_DIGITS, exact)


def digits_slipped(written: Number | tuple[Number, ...], right: Answer) -> bool:
    """Say whether a number of five digits or more has two digits exchanged, or one dropped or doubled."""
    return isinstance(written, int) and str(written) in slips(right)


def slips(right: Answer) -> Iterator[str]:
    """Yield a number of five digits or more with two digits exchanged, or one dropped or doubled."""
    digits = str(right) if isinstance(right, int) and LONG_NUMBER <= right < TOO_LONG else ""
    for place in range(len(digits)):
        yield digits[:place] + digits[place + 1 :]
        yield digits[:place] + digits[place] + digits[place:]
        for other in range(place + 1, len(digits)):
            exchanged = list(digits)
            exchanged[place], exchanged[other] = digits[other], digits[place]
            yield "".join(exchanged)

"""The answers to a blank that can be foreseen, as the grader tells them: right ones, and wrong ones with their hints.

An answer is spelled in one way, so that it can be looked up: `294912`, `109/2`, `55x55x96`. One that shows fewer digits
has what one unit in its last digit is worth behind it, and its unit, as these decide what it is taken for:
`62400000~100000`, `240000~10000kB`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from layerquiz.exam.question import Blank, Question
from layerquiz.formula.expr import Number
from layerquiz.grading.diagnose import diagnose_sheet
from layerquiz.grading.match import is_endless, orders
from layerquiz.grading.read import Reading, read
from layerquiz.grading.sheet import asked
from layerquiz.network.mistakes import Search
from layerquiz.network.network import Answer, Network, joined
from layerquiz.network.outcomes import table

MOST_DIGITS = 10
"""Nobody rounds to more digits."""

UNITS = {"bytes": ("kB", "KiB", "MB", "MiB", "GB", "GiB"), "macs": ("MAC", "FLOP"), "flops": ("MAC", "FLOP")}
"""The units that say something beside a number, by the end of a quantity's name."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The right answers to a blank, and for each wrong one that is explained what a student is told."""

    right: list[str] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)


def answers_of(blank: Blank, question: Question) -> Foreseen:
    """Return the answers to a blank that can be foreseen; a formula in letters has too many spellings."""
    if blank.kind == "formula":
        return Foreseen()
    return _numbers(question.network, blank)


def has_units(quantity: str) -> bool:
    """Say whether the unit beside a number may make it another answer: multiply-adds and operations."""
    return _units(quantity) == UNITS["macs"]


def spelled(value: Answer) -> str:
    """Return a value in the one way in which it is looked up."""
    return "x".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _numbers(network: Network, blank: Blank) -> Foreseen:
    """Ask the grader about each answer that a single mistake gives, and about the key as it may be written."""
    found = Foreseen()
    name, rounding = blank.quantity, {blank.quantity} if blank.rounding else ()
    for text, answer in dict.fromkeys(_written(network, blank)):
        told = diagnose_sheet(network, {name: text}, rounding, {name: blank.key})[name]
        if told.verdict == "correct":
            found.right.append(answer)
        elif told.verdict in ("mistake", "convention", "slip"):
            found.wrong[answer] = told.hint
    return found


def _written(network: Network, blank: Blank) -> Iterator[tuple[str, str]]:
    """Yield answers as they are written, each with its spelling."""
    exact = list(dict.fromkeys((blank.key, *_outcomes(network, blank.quantity))))
    for value in exact:
        yield from _spellings(value, blank)
    if not isinstance(blank.key, tuple) and (blank.rounding or is_endless(blank.key)):
        yield from _rounded(blank.key, blank.quantity)


def _outcomes(network: Network, name: str) -> Iterator[Answer]:
    """Yield what each mistake alone makes of a quantity."""
    search = Search(network, network.members(name))
    for numbers, _ in table(search, "singles").outcomes(search, network.values, {}):
        yield joined(name, numbers)


def _spellings(value: Answer, blank: Blank) -> Iterator[tuple[str, str]]:
    """Yield a shape in both orders, a number with each unit that may stand beside it; sizes are whole."""
    if isinstance(value, tuple) != isinstance(blank.key, tuple):
        return
    if isinstance(value, tuple):
        if not all(isinstance(size, int) for size in value):
            return
        is_shape = blank.quantity.endswith(".shape")
        for order in (*orders(value, channels_first=True), *orders(value, channels_first=False))[
            : 4 if is_shape else 1
        ]:
            yield spelled(order), spelled(order)
        return
    yield spelled(value), spelled(value)
    for unit in _units(blank.quantity) if has_units(blank.quantity) else ():
        yield f"{spelled(value)} {unit}", f"{spelled(value)}{unit}"


def _rounded(key: Number, quantity: str) -> Iterator[tuple[str, str]]:
    """Yield the key rounded and cut off, with two digits and more, in each unit."""
    for unit in ("", *_units(quantity)):
        scale = _reading(f"1 {unit}", quantity).value
        for text in _leading_digits(abs(Fraction(key)) / scale if isinstance(scale, int) else Fraction(key)):
            reading = _reading(f"{'-' if key < 0 else ''}{text} {unit}", quantity)
            if reading.step is not None and reading.value != key:
                yield reading.text, f"{spelled(reading.value)}~{reading.step}{reading.unit}"


def _leading_digits(number: Fraction) -> Iterator[str]:
    """Yield a number at its leading digits, as `624e5`."""
    if not number:
        return
    place = len(str(floor(number))) if number >= 1 else 1 - len(str(floor(1 / number)))
    for digits in range(2, MOST_DIGITS + 1):
        shown = number / Fraction(10) ** (place - digits)
        for whole in (floor(shown), floor(shown + Fraction(1, 2))):
            yield f"{whole}e{place - digits}"


def _units(quantity: str) -> tuple[str, ...]:
    return next((units for end, units in UNITS.items() if quantity.endswith(end)), ())


def _reading(text: str, quantity: str) -> Reading:
    found = read(text, asked(quantity))
    assert isinstance(found, Reading), text  # noqa: S101 - it was written just now
    return found

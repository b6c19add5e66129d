"""The answers to a blank that can be foreseen, as the grader tells them: right ones, and wrong ones with their hints.

An answer is spelled in one way, so that it can be looked up: `294912`, `109/2`, `55x55x96`. One that shows fewer digits
has what one unit in its last digit is worth behind it, and its unit, as these decide what it is taken for:
`62400000~100000`, `240000~10000kB`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from math import floor

from layerquiz.exam.listed import Listed
from layerquiz.exam.question import Blank, Question
from layerquiz.formula.expr import Number
from layerquiz.grading.diagnose import diagnose_sheet
from layerquiz.grading.listed import tell
from layerquiz.grading.match import is_endless, orders, slips
from layerquiz.grading.read import Reading, read
from layerquiz.grading.sheet import asked
from layerquiz.grading.story import Story
from layerquiz.network.network import Answer, Network, joined
from layerquiz.network.outcomes import wrong_values

MOST_DIGITS = 10
"""Nobody rounds to more digits."""

UNITS = {"bytes": ("B", "kB", "KiB", "MB", "MiB", "GB", "GiB"), "macs": ("MAC", "FLOP"), "flops": ("MAC", "FLOP")}
"""The units that say something beside a number, by the end of a quantity's name."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The right answers to a blank, and for each wrong one that is explained what a student is told."""

    right: list[str] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)


def answers_of(blank: Blank, question: Question) -> Foreseen:
    """Return the answers to a blank that can be foreseen.

    None can where they have no end: a formula in letters, and a number that may be anywhere near its key.
    """
    if blank.listed is not None:
        if blank.listed.factor is not None:
            return Foreseen()
        return _sorted_out(_listed(blank, blank.listed), partial(tell, blank, rounding=blank.rounding))
    if blank.kind == "formula" or isinstance(blank.key, str):
        return Foreseen()
    told_of = partial(_story, question.network, blank, blank.key)
    return _with_slips(_sorted_out(_numbers(question.network, blank, blank.key), told_of), blank, blank.key)


def _sorted_out(written: Iterable[tuple[str, str]], told_of: Callable[[str], Story]) -> Foreseen:
    """Ask the grader about answers, each as it is written and with its spelling."""
    found = Foreseen()
    for text, answer in dict.fromkeys(written):
        told = told_of(text)
        if told.verdict == "correct":
            found.right.append(answer)
        elif told.verdict in ("mistake", "convention", "slip"):
            found.wrong[answer] = told.hint
    return found


def _with_slips(found: Foreseen, blank: Blank, key: Answer) -> Foreseen:
    """Add what a slip of the pen makes of a long key, where no mistake gives that number."""
    hint, known = Story(blank.quantity, "slip", key).hint, {*found.right, *found.wrong}
    found.wrong.update((text, hint) for text in map(spelled, map(int, slips(key))) if text not in known)
    return found


def _story(network: Network, blank: Blank, key: Answer, text: str) -> Story:
    rounding = {blank.quantity} if blank.rounding else ()
    return diagnose_sheet(network, {blank.quantity: text}, rounding, {blank.quantity: key})[blank.quantity]


def _listed(blank: Blank, listed: Listed) -> Iterator[tuple[str, str]]:
    """Yield the right answers of a list and those that a mistake explains."""
    for given in (*listed.right, *listed.explained):
        yield str(given), str(given)
        if not isinstance(given, str) and given in listed.right and (blank.rounding or is_endless(given)):
            yield from _rounded(given, "")


def has_units(quantity: str) -> bool:
    """Say whether the unit beside a number may make it another answer: multiply-adds and operations."""
    return _units(quantity) == UNITS["macs"]


def spelled(value: Answer) -> str:
    """Return a value in the one way in which it is looked up."""
    return "x".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _numbers(network: Network, blank: Blank, key: Answer) -> Iterator[tuple[str, str]]:
    """Yield the key as it may be written, and what a single mistake makes of it."""
    for value in dict.fromkeys((key, *wrong_values(network, blank.quantity), *_elsewhere(network, blank.quantity))):
        if isinstance(value, tuple) == isinstance(key, tuple):
            yield from _spellings(value, blank.quantity)
    if not isinstance(key, tuple) and (blank.rounding or is_endless(key)):
        yield from _rounded(key, blank.quantity)


def _elsewhere(network: Network, name: str) -> Iterator[Answer]:
    """Yield the same quantity of other layers."""
    members = network.members(name)
    for layer in network.layers:
        values = network.values[layer.name]
        if all(ref.name in values for ref in members):
            yield joined(name, tuple(values[ref.name] for ref in members))


def _spellings(value: Answer, quantity: str) -> Iterator[tuple[str, str]]:
    """Yield a shape of whole sizes in both orders, a number with each unit that may stand beside it."""
    if isinstance(value, tuple):
        both = (*orders(value, channels_first=True), *orders(value, channels_first=False))
        for order in both if quantity.endswith(".shape") else (value,):
            if all(size.denominator == 1 for size in order):
                yield spelled(order), spelled(order)
        return
    yield spelled(value), spelled(value)
    for unit in _units(quantity) if has_units(quantity) else ():
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

"""A class of any size that takes the same paper: each student has misconceptions, slips, blanks and spellings."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

from grading.notations import NUMBERS, SHAPES
from layerquiz.exam.sample import below, choice, generator
from simulated.arithmetic import ALIEN, EXCLUSIVE, MISTAKES, TEMPLATES, given, numbers_of

HELD, SLIPS, BLANKS, ALIENS = 85, 1, 3, 10
"""In percent: a misconception is acted on, an answer slips or is left blank, a wrong answer has another rule."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One answer: what is written, how it came about, and which mistakes it has beyond those carried to it."""

    text: str
    kind: str
    mistakes: frozenset[str] = frozenset()


def profile(random: Random) -> frozenset[str]:
    """None to three misconceptions that do not contradict each other."""
    found: set[str] = set()
    for _ in range(below(random, 4)):
        slug = choice(random, MISTAKES)
        if not any(slug in group and found & group for group in EXCLUSIVE):
            found.add(slug)
    return frozenset(found)


def sheet(template: str, drawn: Mapping[str, Any], number: int) -> dict[str, Planted]:
    """One student's answers to one question, by the blank's letter."""
    mind = generator("simulated", f"student {number}", "profile")
    held = profile(mind)
    random = generator("simulated", f"student {number}", template)
    acted = frozenset(slug for slug in sorted(held) if below(random, 100) < HELD)
    return dict(_answers(template, given(drawn), acted, random))


def _answers(
    template: str, numbers: dict[str, Any], acted: Collection[str], random: Random
) -> Iterator[tuple[str, Planted]]:
    """Go through the blanks: a wrong value is what later ones are worked out from."""
    keys: dict[str, Any] = {}
    own = dict(numbers)
    for letter, work in TEMPLATES[template].items():
        keys[letter] = work({**numbers, **keys}, ())
        try:
            value = work(own, acted)
            seen = frozenset(slug for slug in acted if work(own, set(acted) - {slug}) != value)
            carried = work(own, ()) != keys[letter]
        except (TypeError, ZeroDivisionError):  # a shape with halves of pixels leads nowhere
            value, seen, carried = keys[letter], frozenset(), False
        own[letter], planted = _written(value, keys[letter], seen, carried, numbers_of(numbers), random)
        yield letter, planted


def _written(
    value: Any, key: Any, seen: frozenset[str], carried: bool, printed: list[int], random: Random
) -> tuple[Any, Planted]:
    """Write down a value, or something else: nothing, a slip, or what another rule gives."""
    if not _writable(value):
        value, seen = key, frozenset()
    if below(random, 100) < BLANKS:
        return key, Planted(choice(random, ["", "-", "?"]), "blank")
    if value != key and not isinstance(value, tuple) and below(random, 100) < ALIENS:
        other = choice(random, ALIEN)(printed, int(key))
        return other, Planted(str(other), "alien")
    if isinstance(value, int) and value == key and value > 10**5 and below(random, 100) < SLIPS:
        return key, Planted(_slipped(str(value), random), "slip")
    kind = "mistake" if seen else "carried" if carried and value != key else "right"
    return value, Planted(spelled(value, random), kind, seen)


def _writable(value: Any) -> bool:
    """Whether somebody would write it: sizes of at least one, a fraction with at most two decimals."""
    sizes = value if isinstance(value, tuple) else (value,)
    return all(size >= 0 and 100 % Fraction(size).denominator == 0 for size in sizes) and 0 not in sizes[1:]


def _slipped(digits: str, random: Random) -> str:
    """Exchange two neighbouring digits that differ, behind the first."""
    places = [place for place in range(1, len(digits) - 1) if digits[place] != digits[place + 1]]
    if not places:
        return digits
    place = choice(random, places)
    return digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]


def spelled(value: Any, random: Random) -> str:
    """Write a value in one of the notations."""
    if isinstance(value, tuple):
        whole = all(Fraction(size).denominator == 1 for size in value)
        notation = choice(random, list(SHAPES.values()))
        return notation(tuple(map(int, value))) if whole else "x".join(map(_decimal, value))
    if Fraction(value).denominator != 1:
        return _decimal(value)
    return choice(random, list(NUMBERS.values()))(int(value))


def _decimal(value: Any) -> str:
    return f"{float(value):g}" if Fraction(value).denominator != 1 else str(int(value))

"""A blank whose answers can be listed: an option, an order, or a number that no single formula of one network gives.

The right answers and the wrong ones that a mistake explains stand in one table; grading is looking up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Literal, TypeAlias

from layerquiz.formula.derive import Derivation, Step
from layerquiz.formula.expr import Number

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Given: TypeAlias = Number | str
"""An answer: a number, or letters of options; `AC` are two options, `BAC` is an order where one is asked for."""

Slugs: TypeAlias = tuple[tuple[str, ...], ...]
"""The sets of mistakes that explain a wrong answer, each by itself."""

Because: TypeAlias = tuple[str | Derivation, ...]
"""Why an answer is right: Markdown, and quantities worked out."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its letter, what it says in Markdown, and other words that choose it.

    A line of a solution is a step instead of a text.
    """

    letter: str
    text: str
    words: tuple[str, ...] = ()
    step: Step | None = None


@dataclass(frozen=True)
class Listed:
    """What may be answered to one blank, and what it means; `points` are those that a person gives.

    right: every answer that is right; the first one is the key. several: any number of options may be right.
    square: a size may be written once for each axis. factor: a number within this factor of the key is right too.
    about: the quantities that the answer rests on. find_wrong gives the wrong answers that a mistake explains, and
    find_because the solution; both are asked for only when they are looked at.
    """

    form: Literal["number", "options", "order", "points"]
    right: tuple[Given, ...]
    find_wrong: Callable[[], Mapping[Given, Slugs]] = field(repr=False, compare=False)
    find_because: Callable[[], Because] = field(repr=False, compare=False)
    options: tuple[Option, ...] = ()
    several: bool = False
    square: bool = False
    factor: Fraction | None = None
    about: tuple[str, ...] = ()

    @cached_property
    def explained(self) -> Mapping[Given, Slugs]:
        """Return the wrong answers that a mistake explains, each with its mistakes; never a right one."""
        return {given: slugs for given, slugs in self.find_wrong().items() if given not in self.right}

    @cached_property
    def because(self) -> Because:
        """Return why the key is right."""
        return self.find_because()

    @cached_property
    def chance(self) -> Fraction:
        """Return how likely a blind choice is right; of numbers nothing is known before they are looked at."""
        if self.form in ("number", "points"):
            return Fraction(0)
        if self.form == "options":
            return Fraction(len(self.right), 2 ** len(self.options) - 1 if self.several else len(self.options))
        orders = 1
        for place in range(2, len(self.options) + 1):
            orders *= place
        return Fraction(len(self.right), orders)


def lettered(texts: tuple[str, ...], words: tuple[tuple[str, ...], ...] = ()) -> tuple[Option, ...]:
    """Return texts as options A, B, C ..."""
    spoken = words or ((),) * len(texts)
    return tuple(Option(*found) for found in zip(LETTERS, texts, spoken, strict=False))

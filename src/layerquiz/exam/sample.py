"""Drawing: the generator of one attempt, and draws that are the same on every Python and machine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import TypeAlias, TypeVar

Seed: TypeAlias = int | str
Option = TypeVar("Option")


def generator(seed: Seed, student: str = "", question: str = "1", attempt: int = 0) -> Random:
    """Return the generator of one attempt at one student's question."""
    return Random(f"{seed}/{student}/{question}/{attempt}")  # noqa: S311 -- reproducible on purpose


class Walk(Random):
    """A way through the draws of a recipe: the given numbers first, then what `chance` says, or 0 without it.

    It remembers how many numbers each draw chose from (`bounds`), and which one it took.
    """

    def __init__(self, given: Iterable[int] = (), chance: Random | None = None) -> None:
        super().__init__(0)
        self._given, self._chance = tuple(given), chance
        self.taken: list[int] = []
        self.bounds: list[int] = []

    def step(self, bound: int) -> int:
        """Return the next number of the way, below a bound."""
        place = len(self.taken)
        if place < len(self._given):
            number = self._given[place]
        else:
            number = 0 if self._chance is None else below(self._chance, bound)
        self.taken.append(number)
        self.bounds.append(bound)
        return number


def below(random: Random, bound: int) -> int:
    """Return a number from 0 to bound - 1, each equally likely.

    Python promises the same `getrandbits` for ever, but neither `randrange` nor `choice`; so only bits are drawn, and
    those that make too large a number are drawn again.
    """
    if isinstance(random, Walk):
        return random.step(bound)
    bits = (bound - 1).bit_length()
    drawn = random.getrandbits(bits)
    while drawn >= bound:
        drawn = random.getrandbits(bits)
    return drawn


def choice(random: Random, options: Sequence[Option]) -> Option:
    """Return one of some options."""
    return options[below(random, len(options))]


def stepped(random: Random, first: int, last: int, step: int) -> int:
    """Return one of first, first + step, first + 2 step ... up to and including last."""
    return first + step * below(random, (last - first) // step + 1)

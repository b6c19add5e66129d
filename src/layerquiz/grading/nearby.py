"""What an unexplained answer is near to: another blank's key, a simple multiple of its own, a number beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd
from typing import Literal

from layerquiz.formula.expr import Number
from layerquiz.network.network import Answer

FACTORS = (*(2**power for power in range(4, 11)), 100, 1000)
"""Larger factors that come about by more than chance: powers of two, and shifted decimal points."""

LARGEST_PART = 12
LARGEST_STEP = 3
CLOSE = 100
"""A number is close to another where they differ by at most one part in so many."""


@dataclass(frozen=True, slots=True, order=True)
class Near:
    """How an answer lies to its key. `detail` is a blank, a factor, a difference, or how many sizes are right."""

    kind: Literal["key-of", "times", "beside", "close", "order", "sizes"]
    detail: str


def near(answer: Answer | str, key: Answer | str, others: Mapping[str, Answer | str]) -> Near | None:
    """Return what a wrong answer is near to, the most telling first; None where it is near to nothing.

    others: the keys of the other blanks of the same question, by name.
    """
    for name, other in others.items():
        if other == answer and other != key:
            return Near("key-of", name)
    if isinstance(answer, str) or isinstance(key, str):  # formulas in letters
        return None
    if isinstance(answer, tuple) or isinstance(key, tuple):
        return _shapes(answer, key) if isinstance(answer, tuple) and isinstance(key, tuple) else None
    return _numbers(answer, key)


def _shapes(answer: tuple[Number, ...], key: tuple[Number, ...]) -> Near | None:
    if len(answer) != len(key):
        return None
    if sorted(answer) == sorted(key):
        return Near("order", "")
    right = sum(a == b for a, b in zip(answer, key, strict=True))
    return Near("sizes", f"{right} of {len(key)}") if right else None


def _numbers(answer: Number, key: Number) -> Near | None:
    """Compare two numbers as fractions over one bottom: whole numbers need no other arithmetic."""
    if not key or not answer:
        return None
    (above, below), (key_above, key_below) = answer.as_integer_ratio(), key.as_integer_ratio()
    top, bottom, whole = above * key_below, key_above * below, below * key_below
    step, rest = divmod(top - bottom, whole)
    if not rest and abs(step) <= LARGEST_STEP:
        return Near("beside", f"{step:+d}")
    common = gcd(top, bottom)
    factor = top // common, bottom // common
    if _is_simple(*map(abs, factor)):
        return Near("times", f"{factor[0]}/{factor[1]}" if factor[1] != 1 else str(factor[0]))
    return Near("close", "") if CLOSE * abs(top - bottom) <= abs(bottom) else None


def _is_simple(top: int, bottom: int) -> bool:
    """Say whether a factor, or one over it, is a fraction of small parts, a power of two or of ten."""
    low, high = sorted((top, bottom))
    return high <= LARGEST_PART or (low == 1 and high in FACTORS)

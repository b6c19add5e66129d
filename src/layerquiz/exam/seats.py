"""Where somebody sits: what a roster calls a seat, as a row and a place in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

TOKENS = re.compile(r"\d+|[^\W\d_]+")
MOST_DIGITS = 9


@dataclass(frozen=True, slots=True, order=True)
class Seat:
    """A place in a row; rows and places count from 1, and `label` is what the row is called."""

    row: int
    place: int
    label: str


def seat(text: str) -> Seat | None:
    """Return the row and the place that a seat such as `A12`, `3-14`, `12 B` or `Row 3, seat 14` names.

    None where it does not say both.
    """
    tokens = TOKENS.findall(text)
    if len(tokens) != 2:
        tokens = [token for token in tokens if token.isdecimal() or len(token) == 1]
    if len(tokens) != 2 or not any(token.isdecimal() for token in tokens):
        return None
    row, place = (_counted(token) for token in tokens)
    return None if row is None or place is None else Seat(row, place, tokens[0].upper())


def _counted(token: str) -> int | None:
    """Return a number, or what letters count as: A is 1, Z is 26, AA is 27."""
    if token.isdecimal():
        return int(token) if len(token) <= MOST_DIGITS else None
    if len(token) > 2 or not (token.isascii() and token.isalpha()):
        return None
    value = 0
    for letter in token.upper():
        value = value * 26 + ord(letter) - ord("A") + 1
    return value


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts texts as people do: A2 before A10."""
    return tuple(
        (0, int(token), "") if token.isdecimal() and len(token) <= MOST_DIGITS else (1, 0, token.casefold())
        for token in TOKENS.findall(text)
    )

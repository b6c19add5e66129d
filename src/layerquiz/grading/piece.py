"""One piece of an answer, and what holds for all of them: their brackets match, and no deeper than 50."""

from __future__ import annotations

from layerquiz.formula.expr import Number
from layerquiz.grading.answer import Refusal
from layerquiz.grading.number import Numeral
from layerquiz.record import record

DEEPEST = 50

_CLOSING = {"(": ")", "[": "]", "⌊": "⌋", "⌈": "⌉"}


@record
class Piece:
    """One number, sign or name and its place in the normalised text."""

    kind: str
    start: int
    end: int
    text: str
    numeral: Numeral | None = None
    factor: Number = 1
    unit: str = ""


def match_brackets(pieces: list[Piece]) -> None:
    """Refuse brackets that do not match, and more than 50 inside one another."""
    waiting: list[Piece] = []
    for piece in pieces:
        if piece.text in _CLOSING:
            waiting.append(piece)
        elif piece.text in _CLOSING.values():
            if not waiting:
                raise Refusal(piece.start, "This bracket closes nothing.", "bracket")
            opened = waiting.pop()
            if _CLOSING[opened.text] != piece.text:
                raise Refusal(piece.start, f'The bracket "{opened.text}" is closed by "{piece.text}".', "bracket")
        if len(waiting) > DEEPEST:
            raise Refusal(piece.start, f"More than {DEEPEST} brackets stand inside one another.", "too-deep")
    if waiting:
        raise Refusal(waiting[-1].start, "The bracket opened here is never closed.", "bracket")


def named(character: str) -> str:
    """Return how a message names a character: as it is where it can be seen, else by its code."""
    return f'The character "{character}"' if character.isprintable() else f"The character U+{ord(character):04X}"

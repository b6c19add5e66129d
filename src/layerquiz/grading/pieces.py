"""Cuts an answer into pieces: numbers, signs and names. Labels are dropped, bad characters refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from layerquiz.grading import words
from layerquiz.grading.answer import Expectation, Refusal
from layerquiz.grading.number import Numeral, find_numeral, find_size

DEEPEST = 50

_PIECE = re.compile(
    r"""(?P<space>\ +)
    | (?P<number>\.?[0-9])
    | (?P<word>[A-Za-z]+(?:\.[A-Za-z]+)*(?:_[A-Za-z0-9]+)?)
    | (?P<relation>=+>|-+>|→|:?=+|≈=?)
    | (?P<sign>\*\*|//|[-+*/^×·@,:()\[\]⌊⌋⌈⌉~?])""",
    re.VERBOSE,
)
SIGNS = {
    "+": "PLUS",
    "-": "MINUS",
    "*": "TIMES",
    "·": "TIMES",
    "×": "CROSS",
    "@": "CROSS",
    "/": "DIVIDE",
    "//": "FLOOR_DIVIDE",
    "^": "POWER",
    "**": "POWER",
    ",": "COMMA",
    "~": "APPROX",
    "(": "OPEN",
    "[": "OPEN",
    ")": "CLOSE",
    "]": "CLOSE",
    "⌊": "OPEN_FLOOR",
    "⌋": "CLOSE_FLOOR",
    "⌈": "OPEN_CEIL",
    "⌉": "CLOSE_CEIL",
}
_CLOSING = {"(": ")", "[": "]", "⌊": "⌋", "⌈": "⌉"}
_LABEL_BRACKET = re.compile(r"[(\[]([^()\[\]0-9=≈→~*+/-]*)[)\]]")
_RESULT_IN_BRACKET = re.compile(r"[(\[] *(?:=|≈|→)")
_WORD = re.compile(r"[A-Za-z.]+")
_ASSUMPTION = re.compile(r"\b(?:assum|suppos)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """One number, sign or name and its place in the normalised text."""

    kind: str
    start: int
    end: int
    text: str
    numeral: Numeral | None = None
    factor: int = 1
    unit: str = ""


def cut(text: str, asked: Expectation) -> list[Piece]:
    """Return the pieces of a text; brackets match, and no deeper than 50."""
    assumption = _ASSUMPTION.search(text)
    if assumption:
        raise Refusal(assumption.start(), "An assumption is written here: a person should read it.", "assumption")
    pieces = _Cutter(text, asked).pieces()
    match_brackets(pieces)
    return pieces


class _Cutter:
    """Walks once over the text. `label` remembers that the last thing read was a word that was dropped."""

    def __init__(self, text: str, asked: Expectation) -> None:
        self.text, self.asked = text, asked
        self.found: list[Piece] = []
        self.label = self.numbered = False
        self.skipped_closing = -1

    def pieces(self) -> list[Piece]:
        place = 0
        while place < len(self.text):
            place = self._next(place)
        return self.found

    def _next(self, place: int) -> int:
        """Take one piece and return where the next begins."""
        match = _PIECE.match(self.text, place)
        if match is None:
            raise Refusal(place, f"{named(self.text[place])} has no meaning here.", "bad-character")
        kind = match.lastgroup
        if kind == "number":
            return self._number(place)
        if kind == "word":
            self._word(match[0], place)
        elif kind == "relation":
            self._add("RELATION", match)
        elif kind == "sign":
            return self._sign(match)
        return match.end()

    def _add(self, kind: str, match: re.Match[str]) -> None:
        self.found.append(Piece(kind, match.start(), match.end(), match[0]))
        self.label = False

    def _last(self) -> str:
        return self.found[-1].kind if self.found else ""

    def _after_value(self) -> bool:
        return self._last() in {"NUMBER", "CLOSE", "CLOSE_FLOOR", "CLOSE_CEIL", "UNIT"}

    def _number(self, place: int) -> int:
        if self.asked == "shape":
            numeral, end = find_size(self.text, place)
        else:
            takes_power = self._last() not in {"DIVIDE", "FLOOR_DIVIDE", "POWER"}
            numeral, end = find_numeral(self.text, place, takes_power=takes_power)
        self.found.append(Piece("NUMBER", place, end, self.text[place:end], numeral))
        self.label, self.numbered = False, True
        return end

    def _sign(self, match: re.Match[str]) -> int:
        """Take a sign; a bracket may be a label, or hold the explanation of the value before it."""
        sign, place = match[0], match.start()
        if place == self.skipped_closing:
            return match.end()
        if sign in "([" and (end := self._bracket_of_words(place)):
            return end
        if sign in "([" and self._after_value() and (self.label or _RESULT_IN_BRACKET.match(self.text, place)):
            self._add("NOTE", match)
        elif sign == ":":
            self._colon(match)
        elif sign == "~" and self._after_value():
            self._add("RELATION", match)
        elif sign == "?":
            self._question_mark(match)
        else:
            self._add(SIGNS[sign], match)
        return match.end()

    def _colon(self, match: re.Match[str]) -> None:
        """Take `params: 5` and `N: 5` as equalities; behind a number a colon means nothing."""
        if not self.numbered:
            self._add("RELATION", match)
        elif not self.label:
            raise Refusal(match.start(), "The colon has no meaning here.", "bad-character")

    def _question_mark(self, match: re.Match[str]) -> None:
        if self.asked != "shape":
            raise Refusal(match.start(), "The question mark has no meaning here.", "bad-character")
        self._add("BATCH", match)

    def _bracket_of_words(self, place: int) -> int | None:
        """Skip a bracket that holds only labels, or read `(MB)` as the unit behind the number."""
        match = _LABEL_BRACKET.match(self.text, place)
        if match is None or self._last() in {"FLOOR", "CEIL", "FRACTION"}:
            return None
        inside = [words.bare(word) for word in _WORD.findall(match[1])]
        if not inside:
            return None
        if self._after_value() and any(words.unit(word) or words.scale(word) for word in inside):
            self.skipped_closing = match.end() - 1
            return place + 1
        if all(word.lower() in words.LABELS or word in "xX" or words.unit(word) for word in inside):
            self.label = True
            return match.end()
        return self._bracket_of_letters(match, inside)

    def _bracket_of_letters(self, match: re.Match[str], inside: list[str]) -> int | None:
        """Skip the names of the axes behind a shape: `55x55x96 (H x W x C)`."""
        skipped = self._after_value() and len(inside) > 1 and all(len(word) == 1 for word in inside)
        return match.end() if skipped else None

    def _word(self, word: str, place: int) -> None:
        name = words.bare(word)
        lower = name.lower()
        if self._after_value() and self._measure(name, place):
            return
        kind = self._kind(name)
        if kind:
            self.found.append(Piece(kind, place, place + len(word), word))
            self.label = False
        elif lower not in words.LABELS and not words.unit(name):
            raise Refusal(place, f'The word "{word}" is not known here.', "unknown-word")
        else:
            self.label = True

    def _kind(self, name: str) -> str:
        """Return which piece a word is, or nothing for a label."""
        lower = name.lower()
        if self.asked == "shape" and lower in words.BATCHES and self._last() not in {"NUMBER", "CLOSE"}:
            return "BATCH"
        if lower in words.SIGNS:
            return words.SIGNS[lower]
        if lower == "of":
            return "CROSS" if self._after_value() else ""
        if lower in words.RELATIONS:
            return "RELATION"
        if lower in words.APPROXIMATIONS:
            return "APPROX"
        return "NAME" if (len(name) == 1 or name[1] == "_") and lower not in words.LABELS else ""

    def _measure(self, word: str, place: int) -> bool:
        """Scale the value before by a suffix or a unit; false where the word is neither."""
        unit = (1, "B") if word == "B" and self.asked == "bytes" else words.unit(word) if word != "B" else None
        factor, name = unit or (words.scale(word) or 0, "")
        if not factor:
            return False
        last = self.found[-1]
        if last.unit and (name or factor > 1):
            raise Refusal(place, "A second unit is written here.", "two-units")
        if last.numeral is None:
            self.found.append(Piece("UNIT", place, place + len(word), word, factor=factor, unit=name))
        else:
            end = place + len(word)
            numeral = last.numeral.times(factor, name)
            self.found[-1] = replace(last, end=end, text=self.text[last.start : end], numeral=numeral, unit=name)
        return True


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

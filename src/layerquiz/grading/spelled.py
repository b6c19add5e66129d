"""Reads a formula in letters: its sides as formulas over the letters of the question. Never raises past its border."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from layerquiz.formula.expr import Formula, references
from layerquiz.grading import words
from layerquiz.grading.answer import Blank, Refusal, Unreadable
from layerquiz.grading.number import find_numeral
from layerquiz.grading.parts import sides, unbracketed
from layerquiz.grading.pieces import SIGNS, Piece, match_brackets, named
from layerquiz.grading.read import LONGEST
from layerquiz.grading.signs import ZERO_WIDTH
from layerquiz.grading.worth import evaluated
from layerquiz.grading.written import Written, normalised

_LOWERED = str.maketrans("ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₀₁₂₃₄₅₆₇₈₉", "aehijklmnoprstuvx0123456789")
_LOWERED_RUN = re.compile("[ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₀₁₂₃₄₅₆₇₈₉]+")
_PIECE = re.compile(
    r"""(?P<space>\ +)
    | (?P<number>\.?[0-9])
    | (?P<word>[A-Za-z]+(?:\.[A-Za-z]+)*)(?P<digits>[0-9]*)
      (?:_(?:\(\ *(?P<inner>[A-Za-z0-9,\ ]+?)\ *\)
           | \(\ *\(\ *(?P<deep>[A-Za-z0-9,\ ]+?)\ *\)\ *\)
           | (?P<index>[A-Za-z0-9]+(?:[.,_][A-Za-z0-9]+)*)))?
      (?P<raised>\ *\^)?
    | (?P<relation>=+>|-+>|→|:?=+|≈=?|:)
    | (?P<sign>\*\*|//|[-+*/^×·@()\[\]⌊⌋⌈⌉~])""",
    re.VERBOSE,
)
_ROUNDING = re.compile(r"[(\[] *(floor|ceil|ceiling) *[)\]]")
_FUNCTIONS = {"floor": "FLOOR", "int": "FLOOR", "ceil": "CEIL", "ceiling": "CEIL", "frac": "FRACTION"}
_OPERATORS = re.compile(r"[+*/·×^⌊⌈]")
_SHORT = 2
"""A label of so few letters is rather a product: FC is F times C."""


@dataclass(frozen=True, slots=True)
class Spelled:
    """A formula as it was read: the sides of its equalities with what was written, and the numbers behind them.

    The last side that has letters is the answer. `number` is what a number behind it is worth.
    """

    text: str
    sides: tuple[Formula, ...]
    written: tuple[str, ...]
    number: Formula | None = None

    @property
    def formula(self) -> Formula:
        """Return the formula that is the answer."""
        return self.sides[-1]


def spelled(text: str, names: Mapping[str, str], known: str) -> Spelled | Unreadable | Blank:
    """Return what a formula says; `names` maps what letters are called to their signs, `known` lists them in words."""
    trimmed = text.strip()
    if not trimmed.strip(ZERO_WIDTH + "-–—−?"):
        return Blank(trimmed)
    lead = len(text) - len(text.lstrip())
    if len(trimmed) > LONGEST:
        return Unreadable(trimmed, lead + LONGEST, f"An answer has at most {LONGEST:,} characters.", "too-long")
    written = _index_marked(normalised(trimmed, copies=False))
    try:
        return _read(trimmed, written, names, known)
    except Refusal as refusal:
        return Unreadable(trimmed, lead + written.place(refusal.place), refusal.reason, refusal.slug)


def _index_marked(written: Written) -> Written:
    """Return a text with lowered characters behind a mark: C_in."""
    while found := _LOWERED_RUN.search(written.characters):
        start, end = found.span()
        text = f"_{found[0].translate(_LOWERED)}"
        places = (written.places[start], *written.places[start:end])
        written = Written(
            written.characters[:start] + text + written.characters[end:],
            written.places[:start] + places + written.places[end:],
        )
    return written


def _read(trimmed: str, written: Written, names: Mapping[str, str], known: str) -> Spelled:
    """Return the sides of the normalised text as formulas."""
    text = _ROUNDING.sub(lambda found: found[1].center(len(found[0])), written.characters)
    start = _behind_label(text, names)
    pieces = _Cutter(text, names, known).pieces(start)
    match_brackets(pieces)
    found = [side.pieces for side in sides(pieces)]
    if not found:
        raise Refusal(0, "No formula is written here.", "empty-expression")
    if len(found) > 1 and len(found[0]) == 1 and found[0][0].kind == "NAME":
        found = found[1:]
    formulas = [evaluated(unbracketed(list(side))).formula for side in found]
    last = max((place for place, formula in enumerate(formulas) if references(formula)), default=len(formulas) - 1)
    original = [trimmed[written.place(s[0].start) : written.place(s[-1].end - 1) + 1] for s in found[: last + 1]]
    number = formulas[-1] if last < len(formulas) - 1 else None
    return Spelled(trimmed, tuple(formulas[: last + 1]), tuple(original), number)


def _behind_label(text: str, names: Mapping[str, str]) -> int:
    """Return where the formula begins behind what it is called: `P =`, `parameters:`, `f(K, C) =`."""
    found = re.search(r":?=|:", text)
    if found is None or not text[found.end() :].strip():
        return 0
    called = re.findall(r"[A-Za-z]+", text[: found.start()])
    if called and all(word.lower() in words.LABELS and len(word) > _SHORT for word in called):
        return found.end()
    if _OPERATORS.search(text[: found.start()]):
        return 0
    is_word = any(len(word) > _SHORT and word not in names for word in called)
    return found.end() if called and (is_word or "-" not in text[: found.start()]) else 0


class _Cutter:
    """Walks once over the text and cuts it into the pieces of the grammar."""

    def __init__(self, text: str, names: Mapping[str, str], known: str) -> None:
        self.text, self.names, self.known = text, names, known
        self.found: list[Piece] = []

    def pieces(self, place: int) -> list[Piece]:
        while place < len(self.text):
            place = self._next(place)
        return self.found

    def _next(self, place: int) -> int:
        match = _PIECE.match(self.text, place)
        if match is None:
            raise Refusal(place, f"{named(self.text[place])} has no meaning here.", "bad-character")
        if match["number"]:
            numeral, end = find_numeral(self.text, place, takes_power=False)
            self.found.append(Piece("NUMBER", place, end, self.text[place:end], numeral))
            return end
        if match["word"]:
            return self._word(match)
        if match["relation"] or match["sign"]:
            kind = "RELATION" if match["relation"] else SIGNS[match[0]]
            self.found.append(Piece(kind, place, match.end(), match[0]))
        return match.end()

    def _word(self, match: re.Match[str]) -> int:
        """Take a name, a function, several letters side by side, or a label; return where the next piece begins."""
        word, index = (
            words.bare(match["word"]),
            re.sub(r"[, ]+", "_", match["inner"] or match["deep"] or match["index"] or ""),
        )
        end = match.start("raised") if match["raised"] else match.end()
        for whole in (f"{word}{match['digits']}_{match['index']}", f"{word}{match['digits']}_{index}"):
            if index and whole in self.names:
                self._name(self.names[whole], match.start(), end)
                return end
        if not index and word + match["digits"] in self.names:
            self._name(self.names[word + match["digits"]], match.start(), end)
            return end
        if not index and word.lower() in _FUNCTIONS and re.match(r" *[(\[]", self.text[match.end("word") :]):
            self._piece(_FUNCTIONS[word.lower()], match.start(), match.end("word"))
            return match.end("word")
        if not index and word.lower() in words.SIGNS and word.lower() not in _FUNCTIONS:
            self._piece(words.SIGNS[word.lower()], match.start(), match.end("word"))
            return match.end("word")
        glued = max((name for name in self.names if "_" in name and match[0].startswith(name)), key=len, default="")
        if glued:
            self._name(self.names[glued], match.start(), match.start() + len(glued))
            return match.start() + len(glued)
        return self._side_by_side(match, word, index, end)

    def _side_by_side(self, match: re.Match[str], word: str, index: str, end: int) -> int:
        """Take letters without signs between them, of which the last may have the index; or drop a label."""
        is_label = not index and not match["digits"] and word.lower() in words.LABELS
        parts = None if is_label and len(word) > _SHORT else self._parted(word, f"_{index}" if index else "")
        if parts is None and is_label:
            return match.end("word")
        if parts is None:
            reason = f'The letter "{match[0].rstrip(" ^")}" is not one of this question: it has {self.known}.'
            raise Refusal(match.start(), reason, "unknown-letter")
        place = match.end("word") - len(word)
        for name, length in parts:
            if name == "x":
                self._piece("CROSS", place, place + length)
            else:
                self._name(self.names[name], place, end if place + length == match.end("word") else place + length)
            place += length
        return end if index else match.end("word")

    def _parted(self, word: str, index: str) -> list[tuple[str, int]] | None:
        """Return a run of letters as names, the longest first, with their lengths; None where it is none."""
        ways: list[list[tuple[str, int]] | None] = [None] * len(word) + [[]]
        for start in reversed(range(len(word))):
            for stop in range(len(word), start, -1):
                rest, piece = ways[stop], word[start:stop]
                name = piece + index if stop == len(word) else piece
                is_known = name in self.names or (piece == "x" and start > 0 and stop < len(word))
                if rest is not None and is_known:
                    ways[start] = [(name if name in self.names else "x", stop - start), *rest]
                    break
        return ways[0]

    def _name(self, sign: str, start: int, end: int) -> None:
        self.found.append(Piece("NAME", start, end, sign))

    def _piece(self, kind: str, start: int, end: int) -> None:
        self.found.append(Piece(kind, start, end, self.text[start:end]))

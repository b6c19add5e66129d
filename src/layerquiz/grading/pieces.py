"""Cuts an answer into pieces: numbers, signs and names. Labels are dropped, bad characters refused."""

from __future__ import annotations

import re
from dataclasses import replace

from layerquiz.grading import vocabulary, words
from layerquiz.grading.answer import Expectation, Refusal
from layerquiz.grading.number import Numeral, find_numeral, find_size
from layerquiz.grading.piece import DEEPEST, Piece, match_brackets, named

__all__ = ["DEEPEST", "SIGNS", "Piece", "cut", "match_brackets", "named"]

_PIECE = re.compile(
    r"""(?P<space>\ +|(?<=[^\W\d_]{2})-(?=[^\W\d_]{2})|-(?=dim))
    | (?P<batch>(?<=[(\[])(?:\*|:|_|\.{2,3})(?=\ *,))
    | (?P<break>;|\n[\n ]*|\.\ +(?=[^\W\d_]))
    | (?P<number>\.?[0-9])
    | (?P<layer>(?i:conv|conv[123]d|fc|dense|linear|block|layer|(?:max|avg|average)?pool(?:ing)?(?:[123]d)?)
        [_-]?[0-9]+(?:[-_][0-9]+)*(?![A-Za-z0-9_])(?!\ *[x×*]))
    | (?P<word>(?i:mult(?:iply|iplication|s)?[- ](?:adds?|accumulates?|accumulations?|additions?))(?![a-z])
        | [^\W\d_]+(?:[123][dD])?(?:'[a-z]*(?![0-9]))?(?:\.[^\W\d_]+)*(?:_(?:[A-Za-z0-9]+|\([A-Za-z0-9,\ ]+\)))*)
    | (?P<relation>=+>|-+>|→|:?=+|≈=?)
    | (?P<by>-by-)
    | (?P<sign>\*\*|//|[-+*/^×·@,:()\[\]⌊⌋⌈⌉~?|\#])""",
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
_VALUES = frozenset(("NUMBER", "CLOSE", "CLOSE_FLOOR", "CLOSE_CEIL", "UNIT"))
_LABEL_BRACKET = re.compile(r"[(\[]([^()\[\]0-9=≈→~*+/]*)[)\]]")
_RESULT_IN_BRACKET = re.compile(r"[(\[] *(?:=|≈|→|~|(?:about|approx|ca|i\.e)\b)")
_NOTHING_IN_BRACKET = re.compile(r"\( *\)")
_PER = re.compile(r" *([^\W\d_]+)(?! *[0-9])")
_WORD = re.compile(r"[^\W\d_]+(?:\.[^\W\d_]+)*")
_ASSUMPTION = re.compile(r"\b(?:assum|suppos)", re.IGNORECASE)
_MADE_BYTES = re.compile(r" */ *8(?![0-9])")
_OF_WHICH = re.compile(r"of +which")
_SIZE = re.compile(r"[0-9?]|None")
_STEPS = frozenset(("to", "into", "becomes", "become"))
_FUNCTIONS = frozenset(("round", "max", "min", "sum"))
SAID_OTHERWISE = _STEPS | _FUNCTIONS | vocabulary.NO | vocabulary.NONE | vocabulary.RELATIONS | vocabulary.REASONS
SAID_OTHERWISE |= vocabulary.APPROXIMATIONS | vocabulary.JOINING | vocabulary.CONCLUSIONS | vocabulary.NUMBERED
SAID_OTHERWISE |= vocabulary.BATCHES | {*vocabulary.NUMBER_WORDS, *words.SIGNS, *words.POWERS, "of"}
"""Words that have a meaning of their own in some places."""

_HEXADECIMAL = re.compile(r"0[xX][0-9A-Fa-f]")
_NUMBER_OF = re.compile(r"\. *(?:of\b|[0-9=:])")
_NO_MORE = re.compile(r"[^0-9+*/^×·=(\[]*\Z")


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
        self.numbered_name = False
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
            if not match[0][0].isalpha() or (
                len(match[0]) == 1
                and not match[0].isascii()
                and match[0] not in vocabulary.LABELS | vocabulary.ACCENTED
            ):
                raise Refusal(place, f"{named(match[0][0])} has no meaning here.", "bad-character")
            return self._word(match)
        if kind == "sign":
            return self._sign(match)
        if kind == "batch":
            self._only_in_shapes(match)
        elif kind == "break":
            self._part(match)
        elif kind == "layer" or (kind == "relation" and self._names_a_size()):
            self.label = True
        elif kind != "space":
            self._add("RELATION" if kind == "relation" else "CROSS", match)
        return match.end()

    def _add(self, kind: str, match: re.Match[str], text: str | None = None) -> None:
        self.found.append(Piece(kind, match.start(), match.end(), match[0] if text is None else text))
        self.label = False

    def _part(self, match: re.Match[str]) -> None:
        """Part what stands before and behind: two sizes of a shape, or two statements."""
        self._add("COMMA" if self.asked == "shape" and self._after_value() else "BREAK", match)
        self.numbered = False

    def _last(self) -> str:
        return self.found[-1].kind if self.found else ""

    def _after_value(self) -> bool:
        return self._last() in _VALUES

    def _number(self, place: int) -> int:
        if self.asked in ("count", "bytes") and _HEXADECIMAL.match(self.text, place):
            raise Refusal(place, "A number with 0x is not read here: write its digits.", "bad-character")
        if self.asked == "shape":
            if self._after_value():
                # Two sizes side by side, `55 55 96` or `55x55 with 96 channels`.
                self.found.append(Piece("COMMA", place, place, ""))
            numeral, end = find_size(self.text, place)
        else:
            takes_power = self._last() not in {"DIVIDE", "FLOOR_DIVIDE", "POWER"}
            numeral, end = find_numeral(self.text, place, takes_power=takes_power)
        self.found.append(Piece("NUMBER", place, end, self.text[place:end], numeral))
        self.label, self.numbered = False, True
        return end

    def _names_a_size(self) -> bool:
        """Say whether an equality stands behind the name of what follows: `55x55, depth = 96`."""
        return self.label and self._last() in {"COMMA", "BREAK"}

    def _sign(self, match: re.Match[str]) -> int:
        """Take a sign; a bracket may be a label, or hold the explanation of the value before it."""
        sign, place = match[0], match.start()
        if place == self.skipped_closing:
            return match.end()
        if sign in "([" and (end := self._bracket_of_words(place)):
            return end
        if sign in "([" and self._after_value() and self._explains(place):
            self._add("NOTE", match)
        elif sign == ":":
            self._colon(match)
        elif sign == "~" and self._after_value():
            self._add("RELATION", match)
        elif sign == "#":
            self.label = True
        elif sign == "+" and self.text.startswith("-", match.end()):
            raise Refusal(match.end(), "It is not said whether this is plus or minus.", "bad-character")
        elif sign == "~" and self.text.startswith("~", match.end()):
            raise Refusal(place, "It is not said whether this is struck out.", "bad-character")
        elif sign == "," and self.asked != "shape" and self._begins_decimal(match.end()):
            return self._number(place)
        elif sign in "?|":
            self._only_in_shapes(match)
        elif sign != "/" or not self._per(match):
            self._add(SIGNS[sign], match)
            self.numbered = self.numbered and sign != ","
        return match.end()

    def _begins_decimal(self, place: int) -> bool:
        """Say whether a comma with nothing before it begins a decimal, as in `,5`."""
        return not self._after_value() and self.text[place : place + 1].isdigit()

    def _explains(self, place: int) -> bool:
        """Say whether a bracket behind a value explains it and is no factor; a shape has no factors side by side."""
        spaced = self.asked == "shape" and self.text[place - 1] == " "
        return self.label or spaced or bool(_RESULT_IN_BRACKET.match(self.text, place))

    def _per(self, match: re.Match[str]) -> bool:
        """Say whether a slash stands before a label: 4 bytes/parameter is 4 bytes."""
        per = _PER.match(self.text, match.end())
        return bool(per) and self._after_value() and words.is_label(per[1])  # type: ignore[index]

    def _colon(self, match: re.Match[str]) -> None:
        """Take `params: 5` and `N: 5` as equalities, `(227 - 11):4` as a division; else a colon means nothing."""
        if self._names_a_size():
            return
        if self._last() == "RELATION":
            return
        if self._last() == "CLOSE" and not self.label and self.numbered:
            self._add("DIVIDE", match)
        elif self._last() == "NAME" and self.numbered:
            self.found.pop()
        elif self.numbered_name and self._last() == "NUMBER":
            self.found.pop()
            self.label, self.numbered = True, False
        elif not self.numbered:
            self._add("RELATION", match)
        elif not self.label:
            raise Refusal(match.start(), "The colon has no meaning here.", "bad-character")

    def _only_in_shapes(self, match: re.Match[str]) -> None:
        if self.asked != "shape":
            raise Refusal(match.start(), f"{named(match[0])} has no meaning here.", "bad-character")
        self._add("COMMA" if match[0] == "|" else "BATCH", match)

    def _bracket_of_words(self, place: int) -> int | None:
        """Skip a bracket that holds only labels, or read `(MB)` as the unit behind the number."""
        match = _LABEL_BRACKET.match(self.text, place)
        if match is None or self._last() in {"FLOOR", "CEIL", "FRACTION"}:
            return None
        inside = [words.bare(word) for word in _WORD.findall(match[1])]
        if not inside:
            return match.end() if self.label and _NOTHING_IN_BRACKET.match(self.text, place) else None
        if self._after_value() and any(words.unit(word) or words.scale(word) for word in inside):
            self.skipped_closing = match.end() - 1
            return place + 1
        said = [word for word in inside if vocabulary.folded(word) not in vocabulary.NUMBER_WORDS]
        if said and all(words.is_label(word) or word in "xX" or words.unit(word) for word in said):
            self.label = True
            return match.end()
        return self._bracket_of_letters(match, inside)

    def _bracket_of_letters(self, match: re.Match[str], inside: list[str]) -> int | None:
        """Skip the names of the axes behind a shape: `55x55x96 (H x W x C)`."""
        skipped = (
            self._after_value()
            and (len(inside) > 1 or self.asked == "shape")
            and all(len(word) == 1 for word in inside)
        )
        return match.end() if skipped else None

    def _word(self, match: re.Match[str]) -> int:
        """Take a word: a measure of the value before it, a sign, a number, or a label; and the point behind it."""
        word, place = match[0], match.start()
        name = words.bare(word)
        lower = vocabulary.folded(name)
        self.numbered_name = lower in vocabulary.NUMBERED
        end = match.end() + self.text.startswith(".", match.end())
        if self._after_value() and self._measure(name, place):
            return end
        if lower == "no" and _NUMBER_OF.match(self.text, match.end()):
            self.label = True
            return end
        if lower in _FUNCTIONS and self.text.startswith("(", match.end()):
            raise Refusal(place, f'The function "{word}" is not known here.', "unknown-word")
        kind = self._kind(name, lower, place)
        if kind == "PART":
            self._part(match)
        elif kind:
            self._add(kind, match, "→" if self._is_step(lower) and kind == "RELATION" else None)
        elif lower in words.POWERS and self._after_value():
            self._raise(match, words.POWERS[lower])
        elif lower in vocabulary.NUMBER_WORDS:
            return self._spelled(match, vocabulary.NUMBER_WORDS[lower])
        elif kind == "" and lower in vocabulary.APPROXIMATIONS:
            self.label = True
        elif (
            words.is_label(name)
            or name in vocabulary.ACCENTED
            or (self.label and lower in {"e", "y", "up"})
            or words.unit(name)
            or lower in vocabulary.RESULTS
        ):
            self._label(match, lower)
        else:
            raise Refusal(place, f'The word "{word}" is not known here.', "unknown-word")
        return end if kind in {"", "APPROX", "REASON"} else match.end()

    def _label(self, match: re.Match[str], lower: str) -> None:
        """Drop a word that says nothing, or keep that what follows is called the result."""
        if lower in vocabulary.RESULTS and self.asked != "shape":
            if lower in vocabulary.CONCLUSIONS and self._after_value():
                self._part(match)
            self._add("RESULT", match)
        self.label = True

    def _of_sizes(self, place: int) -> bool:
        """Say whether `of` joins a number with sizes, as in 6 maps of 30x30, and not with words alone."""
        if _OF_WHICH.match(self.text, place):
            raise Refusal(place, "What a part of the number is says nothing about the number.", "unknown-word")
        return bool(_SIZE.search(self.text, place))

    def _is_step(self, lower: str) -> bool:
        """Say whether a word leads from the input's shape to the output's."""
        return lower in _STEPS or (lower == "output" and "input" in self.text.lower())

    def _kind(self, name: str, lower: str, place: int) -> str:
        """Return which piece a word is, or nothing for a label."""
        if self.asked == "shape" and lower in vocabulary.BATCHES and self._last() not in {"NUMBER", "CLOSE"}:
            return "BATCH"
        if lower in words.SIGNS:
            return words.SIGNS[lower]
        if lower == "of" or name == "à":
            return "CROSS" if self._after_value() and self._of_sizes(place) else ""
        if self.asked == "shape" and self.found and self._is_step(lower):
            if self._last() == "COMMA":
                self.found.pop()
            return "RELATION"
        if lower in vocabulary.JOINING:
            return "PART" if self._after_value() else ""
        if lower in vocabulary.REASONS:
            return "REASON"
        if lower in vocabulary.RELATIONS or (self.asked == "shape" and lower in vocabulary.CONCLUSIONS):
            return "RELATION"
        if lower in vocabulary.APPROXIMATIONS:
            return "" if self._after_value() else "APPROX"
        if len(name) == 1 and self._touches_digit(place):
            return "NAME"
        if self.label and lower in {"e", "y"}:
            return ""
        return "NAME" if (len(name) == 1 or name[1] in "_'") and lower not in vocabulary.LABELS else ""

    def _touches_digit(self, place: int) -> bool:
        """Say whether a letter stands at a digit, as in 3i and a5, where it is no word."""
        return self.text[max(place - 1, 0) : place].isdigit() or self.text[place + 1 : place + 2].isdigit()

    def _raise(self, match: re.Match[str], exponent: int) -> None:
        """Take `11 squared` as 11^2."""
        self._add("POWER", match)
        self._spelled(match, exponent)

    def _spelled(self, match: re.Match[str], number: int) -> int:
        """Take a number in words, `three` or `twenty-four`."""
        start, end = match.span()
        ones = _PIECE.match(self.text, end + 1) if number >= 20 and self.text[end : end + 1] in {"-", " "} else None
        small = vocabulary.NUMBER_WORDS.get(vocabulary.folded(ones[0]), 0) if ones else 0
        if ones and 0 < small < 10 and number % 10 == 0:
            number, end = number + small, ones.end()
        numeral = Numeral(number, 0, len(str(number)))
        self.found.append(Piece("NUMBER", start, end, self.text[start:end], numeral))
        self.label, self.numbered = False, True
        return end

    def _measure(self, word: str, place: int) -> bool:
        """Scale the value before by a suffix or a unit; false where the word is neither."""
        unit = (1, "B") if word == "B" and self.asked == "bytes" else words.unit(word) if word != "B" else None
        if unit and unit[1] == "bit" and _MADE_BYTES.match(self.text, place + len(word)):
            return True
        factor, name = unit or (words.scale(word) or self._small_suffix(word, place), "")
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

    def _small_suffix(self, word: str, place: int) -> int:
        """Read 3.2m and 3.8b behind the only number of a count; elsewhere these are letters."""
        factor = {"m": 10**6, "b": 10**9}.get(word, 0)
        alone = [piece.kind for piece in self.found if piece.kind not in {"APPROX", "RELATION"}] == ["NUMBER"]
        here = self.asked == "count" and self.found[-1].end == place and alone
        return factor if factor and here and _NO_MORE.match(self.text, place) else 0

"""The text of an answer in plain signs: NFKC, LaTeX and copying marks undone, each character with its first place."""

from __future__ import annotations

import re

from layerquiz.grading.markup import unmarked
from layerquiz.grading.signs import COMMANDS, SUPERSCRIPTS, WORDED, plain_sign
from layerquiz.record import record

_AS_IT_IS = re.compile("[0-9A-Za-z ()=+*/,.:-]*")
"""Most expressions: each sign stands for itself."""

_SUPERSCRIPT_RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+")
_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\{(?:aligned|align|equation|gather|gathered|split|math|displaymath)\*?\}")
_WORDS_IN_BRACES = re.compile(r"\\([A-Za-z]+) *\{([^{}\\0-9]*)\}")
_SHORT_FRACTION = re.compile(r"\\[dtc]?frac *([0-9]) *([0-9])")
_FRACTIONS = {"½": ".5", "¼": ".25", "¾": ".75"}
# Braces that keep LaTeX from spacing a sign: 34{,}944 and 55{\times}55.
_IN_BRACES = re.compile(r"\{ *(,|\\,|\\times|\\cdot|×|·) *\}")

_TRAILING = " \t\r\n?.!;,"
_WRAPPERS = ("**", "__", "==", "*", "_", "`", '"', "'", "<>")
_FENCE = re.compile(r"(```|~~~)[A-Za-z]*\n")
# What begins a line of Markdown or of a list, a hash that says "number of", and a spreadsheet's mark of a text.
_BULLET = re.compile(r"[*·+-] +(?=[A-Za-z])|[*·] +(?=[0-9(])|#+ *(?=[A-Za-z0-9(])|\(?[a-hA-H][).] +|'(?=[0-9])")
_MORE_THAN_A_GROUP = 4
_SMILEY = re.compile(r" [:;]-?\)\Z| *\(\?\)\Z")
# Emphasis inside a text; behind a number or a bracket these signs are arithmetic.
_EMPHASIS = re.compile(
    r"(?:\A|(?<=[^0-9)\] ])|(?<=[^0-9)\] ] ))(\*\*|__|\*|_|`)(?=\S)[^*_`]*[^*_`\s](\1)(?=\Z|[\s:.,;])"
)


@record
class Written:
    """Characters, and for each its place in the original text."""

    characters: str
    places: tuple[int, ...]

    def part(self, start: int, end: int) -> Written:
        """Return the characters from start to end."""
        return Written(self.characters[start:end], self.places[start:end])

    def without(self, start: int, end: int) -> Written:
        """Return the text with the characters from start to end left out."""
        characters = self.characters[:start] + self.characters[end:]
        return Written(characters, self.places[:start] + self.places[end:])

    def place(self, index: int) -> int:
        """Return where a character stood in the original; behind the end, the place of the last one."""
        return self.places[min(index, len(self.places) - 1)] if self.places else 0


def normalised(text: str, copies: bool = True) -> Written:
    """Return a text in plain signs, without what wraps it and, where it may be a copy, without its second half."""
    plain = _unwrapped(_plain(text))
    return _single(plain) if copies else plain


def _plain(text: str) -> Written:
    """Replace each character or command by the plain signs that it stands for."""
    if _AS_IT_IS.fullmatch(text):
        return Written(text, tuple(range(len(text))))
    bare = tuple(unmarked(text))
    text = "".join(character for character, _ in bare)
    aligned = "\\begin" in text or "&=" in text
    pieces: list[str] = []
    places: list[int] = []
    index = 0
    while index < len(text):
        plain, end = _sign(text, index)
        if aligned and plain == "&":
            plain = " "
        pieces.append(plain)
        places.extend([bare[index][1]] * len(plain))
        index = end
    return Written("".join(pieces), tuple(places))


def _sign(text: str, index: int) -> tuple[str, int]:
    """Return the plain signs of the character or command at `index`, and where the next one begins."""
    character = text[index]
    if "!" <= character <= "z" and character not in "\\$":
        return character, index + 1
    if character == "\\" and (found := _command(text, index)):
        return found
    if character == "{" and (braced := _IN_BRACES.match(text, index)):
        return COMMANDS.get(braced[1][1:], braced[1]), braced.end()
    if raised := _SUPERSCRIPT_RUN.match(text, index):
        # In brackets, so that 3²640 does not become a power of 2640.
        return f"^({raised[0].translate(SUPERSCRIPTS)})", raised.end()
    if character in _FRACTIONS:
        mixed = index and text[index - 1].isdigit()
        return _FRACTIONS[character] if mixed else f"0{_FRACTIONS[character]}", index + 1
    return plain_sign(character), index + 1


def _command(text: str, index: int) -> tuple[str, int] | None:
    """Return what a command of LaTeX stands for, with the words in its braces where it has them."""
    if environment := _ENVIRONMENT.match(text, index):
        return "\n", environment.end()
    if (worded := _WORDS_IN_BRACES.match(text, index)) and worded[1] in WORDED:
        inner = "".join(map(plain_sign, worded[2]))
        return (f"({inner})" if text[index - 1 : index] == "_" else f" {inner} "), worded.end()
    if short := _SHORT_FRACTION.match(text, index):
        return f" frac ({short[1]})({short[2]})", short.end()
    command = _COMMAND.match(text, index)
    return (COMMANDS[command[1]], command.end()) if command and command[1] in COMMANDS else None


def _unwrapped(written: Written) -> Written:
    """Drop blanks, closing punctuation, quotes and Markdown's marks around the text."""
    while True:
        inner = _without_ends(written)
        if inner.characters == written.characters:
            break
        written = inner
    for marked in (*_EMPHASIS.finditer(written.characters),)[::-1]:
        written = written.without(*marked.span(2)).without(*marked.span(1))
    return written


def _without_ends(written: Written) -> Written:
    """Drop one layer of what wraps the text."""
    text = written.characters
    lead = len(text) - len(text.lstrip())
    end = max(len(text.rstrip(_TRAILING)), lead)
    if smiley := _SMILEY.search(text, lead, end):
        end = smiley.start()
    if (fence := _FENCE.match(text, lead)) and text.endswith(fence[1], fence.end(), end):
        return written.part(fence.end(), end - len(fence[1]))
    for wrapper in _WRAPPERS:
        opening, closing = ("<", ">") if wrapper == "<>" else (wrapper, wrapper)
        if end - lead > 2 * len(opening) and text.startswith(opening, lead) and text.endswith(closing, lead, end):
            return written.part(lead + len(opening), end - len(closing))
    bullet = _BULLET.match(text, lead, end)
    return written.part(bullet.end() if bullet else lead, end)


def _single(written: Written) -> Written:
    """Keep one of two equal halves: browsers copy a formula twice, `7 × 7 7×7`."""
    text = written.characters.replace("\n", " ")
    solid = [index for index, character in enumerate(text) if character != " "]
    middle = len(solid) // 2
    if len(solid) < 2 or len(solid) % 2 or solid[middle] == solid[middle - 1] + 1:
        return written
    first, second = text[: solid[middle]].strip(), text[solid[middle] :]
    same = first.replace(" ", "") == second.replace(" ", "")
    # (2) (2) and -1 -1 are formulas; only a copy that is spaced in another way is surely a copy.
    formula = first == second and first[0] in "([⌊⌈+-"
    if not same or formula or (first.replace(" ", "").isdigit() and len(first) < _MORE_THAN_A_GROUP):
        return written
    return written.part(0, solid[middle]).part(0, len(text[: solid[middle]].rstrip()))

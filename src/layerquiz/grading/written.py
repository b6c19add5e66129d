"""The text of an answer in plain signs: NFKC, LaTeX and copying marks undone, each character with its first place."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

ZERO_WIDTH = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_SUPERSCRIPT_RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+")

# Signs that NFKC leaves as they are, or takes apart, and that people mean as these.
_SAME = {
    **dict.fromkeys("’‘′´ʼ", "'"),
    **dict.fromkeys("−–—‐‑‒", "-"),
    **dict.fromkeys("⋅•∙∘", "·"),
    **dict.fromkeys("✕✖⨯╳хХ", "×"),
    **dict.fromkeys("÷∕⁄", "/"),
    **dict.fromkeys("∗﹡", "*"),
    **dict.fromkeys("≃≅≒∼≐", "≈"),
    **dict.fromkeys("⇒⟹⟶➔➜", "→"),
    **dict.fromkeys("“”„«»", '"'),
    "{": "(",
    "}": ")",
    "$": " ",
}
_DROPPED_COMMANDS = """
left right big Big bigl bigr Bigl Bigr text textbf textrm mathrm mathbf mathit boxed mbox operatorname displaystyle
"""
_COMMANDS = {
    **dict.fromkeys(_DROPPED_COMMANDS.split(), ""),
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac"), " frac "),
    **dict.fromkeys(("approx", "simeq", "sim", "cong"), "≈"),
    **dict.fromkeys(("Rightarrow", "rightarrow", "to", "implies", "Longrightarrow", "longrightarrow"), "→"),
    **dict.fromkeys(("quad", "qquad", ",", ";", ":", " ", "(", ")", "[", "]"), " "),
}
_COMMANDS |= {"!": "", "{": "(", "}": ")", "*": "*", "_": "_", "times": "×", "cdot": "·", "ast": "*", "div": "/"}
_COMMANDS |= {"lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉"}
_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)

_TRAILING = " \t\r\n?.!;,"
_WRAPPERS = ("**", "__", "*", "_", "`", '"')
_BOLD_RESULT = re.compile(r"[=≈→>] *(\*\*)[^*]+(\*\*)\Z")


@dataclass(frozen=True, slots=True)
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
    pieces: list[str] = []
    places: list[int] = []
    index = 0
    while index < len(text):
        plain, end = _sign(text, index)
        pieces.append(plain)
        places.extend([index] * len(plain))
        index = end
    return Written("".join(pieces), tuple(places))


def _sign(text: str, index: int) -> tuple[str, int]:
    """Return the plain signs of the character or command at `index`, and where the next one begins."""
    character = text[index]
    if "!" <= character <= "z" and character not in "\\$":
        return character, index + 1
    if character == "\\" and (command := _COMMAND.match(text, index)) and command[1] in _COMMANDS:
        return _COMMANDS[command[1]], command.end()
    if text.startswith("{,}", index):
        return ",", index + 3
    if raised := _SUPERSCRIPT_RUN.match(text, index):
        # In brackets, so that 3²640 does not become a power of 2640.
        return f"^({raised[0].translate(_SUPERSCRIPTS)})", raised.end()
    return _character(character), index + 1


def _character(character: str) -> str:
    """Return one character in compatible form; fractions and raised or lowered signs keep theirs, being no digits."""
    if character in ZERO_WIDTH:
        return ""
    if character in _SAME:
        return _SAME[character]
    if unicodedata.decomposition(character).startswith(("<fraction>", "<super>", "<sub>", "<circle>")):
        return character
    plain = unicodedata.normalize("NFKC", character)
    return _SAME.get(plain, " " if plain.isspace() else plain)


def _unwrapped(written: Written) -> Written:
    """Drop blanks, closing punctuation, quotes and Markdown's marks around the text."""
    while True:
        inner = _without_ends(written)
        if inner.characters == written.characters:
            break
        written = inner
    bold = _BOLD_RESULT.search(written.characters)
    if bold:
        written = written.without(*bold.span(2)).without(*bold.span(1))
    return written


def _without_ends(written: Written) -> Written:
    """Drop one layer of what wraps the text."""
    text = written.characters
    lead = len(text) - len(text.lstrip())
    end = max(len(text.rstrip(_TRAILING)), lead)
    for wrapper in _WRAPPERS:
        if end - lead > 2 * len(wrapper) and text.startswith(wrapper, lead) and text.endswith(wrapper, lead, end):
            return written.part(lead + len(wrapper), end - len(wrapper))
    return written.part(lead, end)


def _single(written: Written) -> Written:
    """Keep one of two equal halves: browsers copy a formula twice, `7 × 7 7×7`."""
    text = written.characters
    solid = [index for index, character in enumerate(text) if character != " "]
    middle = len(solid) // 2
    if len(solid) < 2 or len(solid) % 2 or solid[middle] == solid[middle - 1] + 1:
        return written
    first, second = text[: solid[middle]].strip(), text[solid[middle] :]
    same = first.replace(" ", "") == second.replace(" ", "")
    # (2) (2) and -1 -1 are formulas; only a copy that is spaced in another way is surely a copy.
    formula = first == second and first[0] in "([⌊⌈+-"
    if not same or formula or first.replace(" ", "").isdigit():
        return written
    return written.part(0, solid[middle]).part(0, len(text[: solid[middle]].rstrip()))

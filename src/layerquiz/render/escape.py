"""The one place where outside text becomes harmless: for LaTeX, Markdown, HTML, and as a name of bounded length."""

from __future__ import annotations

import re
import unicodedata
from html import escape

from markdown_it import MarkdownIt

NAME_LIMIT = 100

# The characters which Latin Modern has in its roman, bold, italic and typewriter faces. Greek capitals are left out
# on purpose: a Greek word is set in one typeface, not its capitals in one and the rest in another.
LATIN_MODERN = (
    *((32, 126), (160, 172), (174, 305), (308, 311), (313, 328), (330, 357), (360, 383), (402, 402)),
    *((416, 417), (431, 432), (461, 468), (471, 477), (486, 487), (490, 491), (500, 501), (506, 513)),
    *((516, 517), (520, 521), (524, 525), (528, 529), (532, 533), (536, 539), (7692, 7695), (7716, 7719)),
    *((7722, 7723), (7726, 7727), (7734, 7737), (7746, 7751), (7768, 7773), (7778, 7779), (7788, 7791)),
    *((7808, 7813), (7826, 7827), (7831, 7831), (7840, 7929), (8208, 8209), (8211, 8212), (8214, 8214)),
    *((8216, 8218), (8220, 8222), (8224, 8226), (8230, 8230), (8240, 8240), (8249, 8251), (8364, 8364)),
    *((8592, 8595), (8722, 8722)),
)
PRINTABLE = frozenset(chr(code) for low, high in LATIN_MODERN for code in range(low, high + 1))

SPECIAL = {
    **{sign: f"\\{sign}" for sign in "{}$&%#_"},
    **{sign: f"{{{sign}}}" for sign in "[]"},
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "\N{NO-BREAK SPACE}": "~",
    "\N{HORIZONTAL ELLIPSIS}": r"\ldots{}",
}
# Signs which mathematics has and Latin Modern's text faces lack.
SIGNS = {
    "×": r"$\times$",
    "·": r"$\cdot$",
    "−": "$-$",
    "±": r"$\pm$",
    "÷": r"$\div$",
    "≤": r"$\le$",
    "≥": r"$\ge$",
    "≠": r"$\ne$",
    "≈": r"$\approx$",
    "→": r"$\to$",
    "⌊": r"$\lfloor$",
    "⌋": r"$\rfloor$",
    "⌈": r"$\lceil$",
    "⌉": r"$\rceil$",
    "√": r"$\surd$",
    "∞": r"$\infty$",
}
PLAIN = re.compile(r"[A-Za-z0-9 .,;:()+=/*!?<>|@\n-]*\Z")
JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
MARKDOWN_SIGN = re.compile(r"([\\`*_\[\]<>#|$~&])")
MARKDOWN_START = re.compile(r"^(\d*)([-+=.)])")

FENCE = r"^ {0,3}(?P<fence>`{3,}|~{3,})[^`\n]*\n(?s:.*?)^ {0,3}(?P=fence)[`~]* *$"
CODE = r"(?<![`\\])(?P<ticks>`+)(?!`)[^\n|]+?(?<!`)(?P=ticks)(?!`)"
MATHEMATICS = r"(?<!\\)(?P<dollars>\${1,2})[^$]+?(?<!\\)(?P=dollars)"
CODE_OR_MATHEMATICS = re.compile(f"{FENCE}|{CODE}|{MATHEMATICS}", re.MULTILINE)
"""Code is only what every reader takes for it: on one line and in one cell, or between fences."""

TAG = re.compile(r"(?<!\\)((?:\\\\)*)<(?=[A-Za-z/!?])")
LINK = re.compile(r"\]\((?! *(?:https?://|mailto:|#))")
DEFINITION = re.compile(r"(?<!\\)((?:\\\\)*)\[(?=[^\]\n]+\]:)")


def clean(text: str) -> str:
    """Drop control, direction and variation characters, and compose the rest (NFC). Line ends stay."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return unicodedata.normalize("NFC", "".join(char for char in text.replace("\t", " ") if _is_kept(char)))


def _is_kept(char: str) -> bool:
    """Joiners stay, since Persian and Indian scripts are not shaped rightly without them."""
    if char == "\n" or char in JOINERS:
        return True
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs"} and not 0xFE00 <= ord(char) <= 0xFE0F


def name(text: str, limit: int = NAME_LIMIT) -> str:
    """Return a name or title on one line: white space folded, at most `limit` characters."""
    folded = " ".join(clean(text.replace("\n", " ").replace("\r", " ")).split())
    return folded if len(folded) <= limit else f"{folded[: limit - 1].rstrip()}…"


def literal(text: str) -> str:
    """Return outside text as Markdown which shows exactly that text, on one line."""
    line = " ".join(clean(text.replace("\n", " ").replace("\r", " ")).split())
    return MARKDOWN_START.sub(r"\1\\\2", MARKDOWN_SIGN.sub(r"\\\1", line))


def latex(text: str) -> str:
    r"""Return text as LaTeX which prints exactly that text. What Latin Modern lacks is put into `\foreign{...}`."""
    if PLAIN.match(text) and "--" not in text:
        return text
    pieces: list[str] = []
    foreign: list[str] = []
    for cluster in _clusters(clean(text)):
        if cluster in PRINTABLE or cluster == "\n" or cluster in SIGNS:
            _close(foreign, pieces)
            pieces.append(_one(cluster, pieces))
        else:
            foreign.append(cluster)
    _close(foreign, pieces)
    return "".join(pieces)


def _one(char: str, before: list[str]) -> str:
    """Escape one character; a hyphen or apostrophe after its like would become a dash or a quotation mark."""
    if char in "-'" and before and before[-1].endswith(char):
        return f"{{}}{char}"
    return SIGNS.get(char) or SPECIAL.get(char, char)


def _clusters(text: str) -> list[str]:
    """Split text into letters with the marks that stand on them."""
    clusters: list[str] = []
    for char in text:
        if clusters and (unicodedata.category(char)[0] == "M" or char in JOINERS or clusters[-1][-1] in JOINERS):
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


def _close(foreign: list[str], pieces: list[str]) -> None:
    """End a run in another script. A space between two such runs joins them: right-to-left words keep their order."""
    if not foreign:
        return
    run = "".join(foreign)
    foreign.clear()
    if len(pieces) > 1 and pieces[-1] == " " and pieces[-2].startswith(r"\foreign{"):
        pieces.pop()
        pieces[-1] = f"{pieces[-1][:-1]} {run}}}"
    else:
        pieces.append(rf"\foreign{{{run}}}")


def html(text: str) -> str:
    """Return text as HTML which shows exactly that text, between tags and inside quoted attributes."""
    return escape(clean(text), quote=True)


def without_tags(markdown: str) -> str:
    """Return Markdown in which HTML, and links to anything but pages, are text for other readers than ours too.

    Code stays as it is where every reader takes it for code; in mathematics a space parts a sign from what would look
    like a tag.
    """
    if not (TAG.search(markdown) or LINK.search(markdown) or DEFINITION.search(markdown)):
        return markdown
    sparing = _without_tags_but_in_code(markdown)
    return sparing if not _holds_tags(sparing) else _untagged(_parted(markdown))


def _holds_tags(markdown: str) -> bool:
    """Say whether a reader of Markdown that knows no mathematics finds HTML in a text."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(markdown)
    return any(token.type.startswith("html_") for outer in tokens for token in (outer, *(outer.children or ())))


def _without_tags_but_in_code(markdown: str) -> str:
    pieces, last = [], 0
    for found in CODE_OR_MATHEMATICS.finditer(markdown):
        pieces += [_untagged(markdown[last : found.start()]), _parted(found[0]) if found["dollars"] else found[0]]
        last = found.end()
    return "".join((*pieces, _untagged(markdown[last:])))


def _untagged(markdown: str) -> str:
    return DEFINITION.sub(r"\1\\[", LINK.sub(r"]\\(", TAG.sub(r"\1\\<", markdown)))


def _parted(mathematics: str) -> str:
    return LINK.sub("] (", TAG.sub(r"\1< ", mathematics))

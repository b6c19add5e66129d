r"""Mathematics as MathML, for pages that a browser shows without anything from elsewhere.

A formula is converted once for all numbers: numbers and words are taken out first and put in behind, escaped, so that
`\frac{227 - 11}{4}` and `\frac{224 - 11}{4}` cost one conversion, and no word of a source is ever markup.
"""

from __future__ import annotations

import functools
import re
from xml.etree import ElementTree as ET

from layerquiz.render import escape, mathematics

NUMBER = r"\d+(?:\{,\}\d{3})*(?:\.\d+)?"
WORDS = r"\\(?:text|textbf|textit|textrm|texttt)\{(?:[^{}\\$]|\\[_%#&$ ])*\}"
PART = re.compile(rf"(?P<words>{WORDS})|(?P<raised>[\^_]\s*{NUMBER})|(?P<number>{NUMBER})")
COMMAND_SIGN = re.compile(r"\\([_%#&$ ])")
FIRST_NUMBER, FIRST_WORDS = 70_000_000, 80_000_000
"""Numbers that stand for those that were taken out; nobody writes them in a formula."""

SPELLED = {"<": r"\lt ", ">": r"\gt ", "{aligned}": "{align*}"}
NAMESPACE = "http://www.w3.org/1998/Math/MathML"
"""What MathML that stands alone belongs to; in a page of HTML it is known without a word."""

HEAD = re.compile(r"<math[^>]*>")
CODE = re.compile(r"&#x([0-9A-F]+);")
PLACED = re.compile(r"(q8\d{7}|7\d{7})")


def mathml(source: str, *, display: bool = False) -> str:
    """Return mathematics as MathML, or as plain text where it has none; refuses what `mathematics.latex` refuses."""
    mathematics.latex(source)
    taken: dict[str, str] = {}
    pattern = PART.sub(lambda found: _placed(found, taken), escape.clean(source))
    pieces = _converted(pattern)
    if pieces is None or sorted(pieces[1::2]) != sorted(taken):
        return f"<code>{escape.html(mathematics.text(source))}</code>"
    head = '<math display="block">' if display else '<math displaystyle="true">'
    filled = (escape.html(taken[piece]) if place % 2 else piece for place, piece in enumerate(pieces))
    return head + "".join(filled)


def _placed(found: re.Match[str], taken: dict[str, str]) -> str:
    """Take a number or words out of a formula, and leave a number of their own for them."""
    place = len(taken)
    words = found["words"]
    if words:
        command, _, written = words.partition("{")
        told = COMMAND_SIGN.sub(r"\1", written[:-1]).replace(" ", "\N{NO-BREAK SPACE}")
        taken[f"q{FIRST_WORDS + place}"] = told
        return f"{command}{{q{FIRST_WORDS + place}}}"
    number = found["raised"] or found["number"]
    mark = number[0] if found["raised"] else ""
    taken[str(FIRST_NUMBER + place)] = number.lstrip("^_ ").replace("{,}", ",")
    return f"{mark}{{{FIRST_NUMBER + place}}}" if mark else str(FIRST_NUMBER + place)


@functools.lru_cache(maxsize=4096)
def _converted(pattern: str) -> tuple[str, ...] | None:
    """Return a formula's MathML behind its first tag, cut where numbers and words go; None where it has none."""
    from latex2mathml.converter import convert

    for sign, spelled in SPELLED.items():
        pattern = pattern.replace(sign, spelled)
    try:
        written = convert(pattern)
        ET.fromstring(written)  # noqa: S314 - what was just written; it only has to be well formed
    except Exception:  # noqa: BLE001 - the converter has no error of its own; what it cannot do is shown as text
        return None
    return tuple(PLACED.split(CODE.sub(_sign, HEAD.sub("", written))))


def _sign(code: re.Match[str]) -> str:
    """Return the sign for its number, which is shorter, unless it is one that HTML reads as markup."""
    sign = chr(int(code[1], 16))
    return code[0] if sign in "<>&" else sign

r"""The mathematics between dollar signs: a whitelist of commands, and the same as plain text.

Nothing that defines, reads, writes or changes the meaning of a character passes: `\input`, `\def`, `\csname`, `^^`,
`\catcode` and whatever else is not listed here is refused by name.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from layerquiz.errors import TemplateError, nearest
from layerquiz.render import escape

LENGTH_LIMIT = 20_000
DEPTH_LIMIT = 50


def _pairs(words: str) -> dict[str, str]:
    """Return `name glyph name glyph ...` as a mapping."""
    parts = words.split()
    return dict(zip(parts[::2], parts[1::2], strict=True))


SPACED = _pairs(
    "times × cdot · div ÷ pm ± mp ∓ bmod mod le ≤ leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ approx ≈ equiv ≡ sim ~ propto ∝ in ∈ "
    "to → rightarrow → mapsto ↦ Rightarrow ⇒ implies ⇒ mid |"
)
GREEK = _pairs(
    "alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ kappa κ lambda λ mu μ nu ν xi ξ pi π "
    "rho ρ sigma σ tau τ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Sigma Σ Phi Φ Psi Ψ "
    "Omega Ω"
)
CLOSE = _pairs(
    "lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ lbrace { rbrace } langle ⟨ rangle ⟩ vert | Vert ‖ ldots ... dots ... cdots ... "
    "vdots ⋮ ddots ⋱ infty ∞ prime ′ sum sum prod product min min max max log log ln ln exp exp ast * circ ∘ colon : "
    "ell l surd √ { { } } % % _ _ # # & & | ‖ $ $"
)
SILENT = ("displaystyle", "textstyle", "limits", "nolimits", "left", "right", "middle", "big", "Big", "bigg", "Bigg")
SYMBOLS = {
    **{name: f" {glyph} " for name, glyph in SPACED.items()},
    **GREEK,
    **CLOSE,
    **dict.fromkeys((*SILENT, "bigl", "bigr", "Bigl", "Bigr", "!"), ""),
    **dict.fromkeys((",", ";", ":", " ", "quad", "qquad"), " "),
    "\\": " ; ",
}
WRAPPERS = {
    *("text", "textbf", "textit", "textrm", "texttt", "mathrm", "mathit", "mathbf", "mathsf", "mathtt", "mathcal"),
    *("operatorname", "overline", "underline", "hat", "tilde", "bar", "boxed", "underbrace", "overbrace", "mathop"),
}
FRACTIONS = {"frac", "dfrac", "tfrac", "binom"}
SETTERS = {"sqrt": "√"}
ENVIRONMENTS = {"aligned", "cases", "matrix", "pmatrix", "bmatrix"}
COMMANDS = {*SYMBOLS, *WRAPPERS, *FRACTIONS, *SETTERS}

# Signs typed as they are, in LaTeX's words.
SIGNS = {
    **{sign: latex.strip("$") for sign, latex in escape.SIGNS.items()},
    **{glyph: rf"\{command}" for command, glyph in GREEK.items()},
    **dict(zip("∑∏…\N{NO-BREAK SPACE}", (r"\sum", r"\prod", r"\ldots", "~"), strict=True)),
}
PART = re.compile(r"\\begin\{\w+\}|\\end\{\w+\}|\\[A-Za-z]+|\\.|\^\^|[^\x00-\x7f]+|.", re.DOTALL)
PLAIN_OR_PART = re.compile(rf"[A-Za-z0-9 .,:;+*/=()<>!|-]+|{PART.pattern}", re.DOTALL)
"""Signs that mean themselves are taken together; all others part by part."""

SIMPLE = re.compile(r"[\w.,]+\Z")


@functools.lru_cache(maxsize=8192)
def latex(source: str) -> str:
    """Return mathematics that is safe to print; raises `TemplateError` (`unsafe-math`) naming what is not allowed."""
    if len(source) > LENGTH_LIMIT:
        raise refused(f"a formula of more than {LENGTH_LIMIT:,} characters")
    parts = PLAIN_OR_PART.findall(escape.clean(source))
    _check_nesting(parts, source)
    return "".join(_safe(part) for part in parts)


def _safe(part: str) -> str:
    """Return one part as it may be printed. A space after a command that replaces a sign keeps letters apart."""
    if part in {"^^", "%", "#", "$"}:
        raise refused(f'"{part}"', "Write \\% and \\# for the signs." if part in "%#" else "")
    if part.startswith("\\"):
        return _command(part)
    if part.isascii():
        return " " if part == "\n" else part
    return "".join(f"{SIGNS[char]} " if char in SIGNS else rf"\text{{{escape.latex(char)}}}" for char in part)


def _command(part: str) -> str:
    r"""Pass a listed command, and `\begin{...}` and `\end{...}` of a listed environment."""
    name, _, environment = part[1:].partition("{")
    allowed, word = (ENVIRONMENTS, environment[:-1]) if environment else (COMMANDS, name)
    if word not in allowed and part != r"\{":
        close = nearest(word, (known for known in allowed if len(known) > 1))
        raise refused(f'"{part}"', close if close.startswith("Did") or environment else "")
    return part


def refused(what: str, cure: str = "") -> TemplateError:
    """Return the error for mathematics that is not allowed."""
    return TemplateError(f"{what} is not allowed in mathematics", cure=cure, slug="unsafe-math")


def _check_nesting(parts: list[str], source: str) -> None:
    """Refuse braces that do not pair: they would end what stands around the mathematics. So with all that pairs."""
    opened: list[str] = []
    for part in parts:
        partner = _partner(part)
        if part in {"{", r"\left"} or part.startswith(r"\begin{"):
            opened.append(part)
        elif partner and (not opened or opened.pop() != partner):
            raise refused(f'a brace or bracket without its partner ("{part}" in "{source[:60]}")')
        if len(opened) > DEPTH_LIMIT:
            raise refused(f'more than {DEPTH_LIMIT} braces in each other ("{source[:60]}")')
    if opened:
        raise refused(f'a brace or bracket without its partner ("{opened[-1]}" in "{source[:60]}")')


def _partner(part: str) -> str:
    """Return what a closing part closes; nothing for any other part."""
    return {"}": "{", r"\right": r"\left"}.get(part, part.replace("end", "begin", 1) if part[:5] == r"\end{" else "")


TIGHT = re.compile(r"(?<=[⌈⌊(]) | (?=[⌉⌋)])")
"""A space within brackets ends a command of TeX, and says nothing."""


@functools.lru_cache(maxsize=8192)
def text(source: str) -> str:
    """Return mathematics as plain text: `K^2`, `(a + b)/c`, `34,848`. Refuses what `latex` refuses."""
    latex(source)
    return TIGHT.sub("", " ".join(_plain(iter(PART.findall(escape.clean(source)))).split()))


def _plain(parts: Iterator[str]) -> str:
    """Read parts up to the end of their group."""
    written: list[str] = []
    for part in parts:
        if part == "}":
            break
        written.append(_plain_part(part, parts))
    return "".join(written)


def _plain_part(part: str, parts: Iterator[str]) -> str:
    """Return one part, with the arguments that it takes, as plain text."""
    name = part[1:] if part.startswith("\\") and len(part) > 1 else ""
    if part == "{":
        return _plain(parts)
    if part in {"^", "_"}:
        return part + _bracketed(_argument(parts))
    if name in FRACTIONS:
        return f"{_bracketed(_argument(parts))}/{_bracketed(_argument(parts))}"
    if name in SETTERS:
        return f"{SETTERS[name]}{_bracketed(_argument(parts))}"
    if name:
        return SYMBOLS.get(name, "")
    return {"=": " = ", "&": " ", "~": " "}.get(part, part)


def _argument(parts: Iterator[str]) -> str:
    """Read the next group, or the next single part."""
    for part in parts:
        if not part.isspace():
            if part[1:] in WRAPPERS:
                continue
            return _plain_part(part, parts)
    return ""


def _bracketed(part: str) -> str:
    """Put brackets around what is more than one number or word."""
    part = part.strip()
    return part if SIMPLE.match(part) else f"({part})"

r"""Typefaces for the characters that Latin Modern lacks: chosen when such a character occurs, run by run.

The source holds these runs as `\foreign{...}`. What no installed typeface has is printed as its code number in a box.
"""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RUN = re.compile(r"\\foreign\{([^{}]*)\}")
BEGIN = r"\begin{document}"
# Serif typefaces stand best beside Latin Modern; then what is plain. Names of families, best first.
PREFERRED = ("Noto Serif", "Noto Naskh", "Noto Sans", "WenQuanYi Micro Hei", "Droid Sans Fallback", "DejaVu")
UNWANTED = re.compile(
    r"Bold|Italic|Oblique|Condensed|Slanted|Display|Light|Thin|Black|Color|Emoji|Mono|Looped", re.IGNORECASE
)
FORMATS = (".ttf", ".otf", ".ttc", ".otc")
# Scripts without spaces between words are broken into lines where Unicode allows it.
LINE_BREAKS = r'\XeTeXlinebreaklocale "en"\XeTeXlinebreakskip=0pt plus .3pt '
RIGHT_TO_LEFT = {"R", "AL"}


@dataclass(frozen=True, slots=True)
class Font:
    """One installed typeface and the characters that it has."""

    path: str
    index: int
    family: str
    ranges: str

    def has(self, char: str) -> bool:
        """Tell whether the typeface has a character."""
        return ord(char) in _codes(self.ranges)


@functools.lru_cache(maxsize=64)
def _codes(ranges: str) -> frozenset[int]:
    """Read fontconfig's `20-7e a0` as numbers."""
    pairs = (part.partition("-") for part in ranges.split())
    return frozenset(code for low, _, high in pairs for code in range(int(low, 16), int(high or low, 16) + 1))


@functools.cache
def installed() -> tuple[Font, ...]:
    """Return the installed typefaces, best first; none where fontconfig is not there."""
    program = shutil.which("fc-list")
    if program is None:
        return ()
    form = "%{file}\t%{index}\t%{family[0]}\t%{style[0]}\t%{charset}\n"
    # The program and its arguments are ours; nothing in them was typed by a user.
    done = subprocess.run([program, "--format", form], capture_output=True, text=True, check=False, timeout=60)  # noqa: S603
    return tuple(sorted(_fonts(done.stdout), key=_preference))


def _fonts(listing: str) -> Iterator[Font]:
    """Read fontconfig's lines; upright, regular typefaces in files that the engine can use."""
    for line in listing.splitlines():
        path, index, family, style, ranges = line.split("\t")
        if path.endswith(FORMATS) and not UNWANTED.search(f"{family} {style}") and index.isdigit():
            yield Font(path, int(index), family, ranges)


def _preference(font: Font) -> tuple[int, str, str]:
    """Order typefaces the same way on every run."""
    rank = next((index for index, family in enumerate(PREFERRED) if font.family.startswith(family)), len(PREFERRED))
    return rank, font.family, font.path


@functools.lru_cache(maxsize=4096)
def covering(text: str) -> Font | None:
    """Return the best typeface that has all characters of a text; joiners need no glyph."""
    wanted = [char for char in text if unicodedata.category(char) != "Cf"]
    return next((font for font in installed() if all(map(font.has, wanted))), None)


def resolve(source: str, folder: Path) -> str:
    """Return the source with a typeface chosen for every foreign run; links the files used into the engine's folder."""
    chosen: dict[Font, str] = {}
    text = RUN.sub(lambda found: "".join(_set(found[1], chosen)), source)
    for font, name in chosen.items():
        (folder / f"{name}{Path(font.path).suffix}").symlink_to(font.path)
    return text.replace(BEGIN, "".join(map(_declared, chosen, chosen.values())) + BEGIN, 1)


def portable(source: str) -> str:
    """Return the source with its foreign typefaces called by their names: whichever engine sets it finds them."""
    chosen: dict[Font, str] = {}
    text = RUN.sub(lambda found: "".join(_set(found[1], chosen)), source)
    declared = (_shape(name, font.family) for font, name in chosen.items())
    return text.replace(BEGIN, "".join(declared) + BEGIN, 1)


def _declared(font: Font, name: str) -> str:
    """Return LaTeX's declaration of a typeface by its file."""
    place = f"[{name}{Path(font.path).suffix}{f':{font.index}' if font.index else ''}]"
    return _shape(name, place)


def _shape(name: str, place: str) -> str:
    return (
        rf'\DeclareFontFamily{{TU}}{{{name}}}{{}}\DeclareFontShape{{TU}}{{{name}}}{{m}}{{n}}{{<->"{place}"}}{{}}' + "\n"
    )


def _set(run: str, chosen: dict[Font, str]) -> Iterator[str]:
    """Yield a run as groups of one typeface and one direction each."""
    for font, text in _grouped(run):
        if font is None:
            yield "".join(map(_placeholder, text))
            continue
        name = chosen.setdefault(font, f"foreign{len(chosen) + 1}")
        words = rf"\beginR {text}\endR" if _is_right_to_left(text) else text
        yield rf"{{\fontfamily{{{name}}}\selectfont{LINE_BREAKS}{words}}}"


def _grouped(run: str) -> Iterator[tuple[Font | None, str]]:
    """Yield neighbours of the same typeface together; a space belongs to what stands before it.

    A typeface that has the whole run is taken first: a full stop alone may be found in an unfitting one.
    """
    font, text = covering(run), ""
    if font:
        yield font, run
        return
    for cluster in clusters(run):
        best = font if text and (cluster == " " or (font and all(map(font.has, cluster)))) else covering(cluster)
        if text and best is not font:
            yield font, text
            text = ""
        font, text = best, text + cluster
    if text:
        yield font, text


def clusters(text: str) -> list[str]:
    """Split text into letters with the marks that stand on them."""
    parts: list[str] = []
    for char in text:
        if parts and unicodedata.category(char)[0] in {"M", "C"}:
            parts[-1] += char
        else:
            parts.append(char)
    return parts


def _is_right_to_left(text: str) -> bool:
    """Tell whether a run is Arabic, Hebrew or the like."""
    return any(unicodedata.bidirectional(char) in RIGHT_TO_LEFT for char in text)


def _placeholder(char: str) -> str:
    """Return the number of a character that no typeface has, in a box."""
    return " " if char == " " else rf"\fbox{{\scriptsize U+{ord(char):04X}}}"

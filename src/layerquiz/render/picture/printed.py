r"""A scene as LaTeX for papers, without TikZ: one special with the shapes as operators of PDF, and a box for each text.

TikZ works out each path in TeX, which costs more than the rest of a page; operators are copied into the PDF as they
are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from layerquiz.render.picture.scene import (
    TONES,
    Box,
    Line,
    Point,
    Ring,
    Scene,
    Text,
    Volume,
    faces,
    shade,
)
from layerquiz.render.picture.strokes import (
    DASHED_BOX,
    DASHED_LINE,
    THICK,
    arrow,
    copies,
    frame,
    placed,
    seams,
    strokes,
)
from layerquiz.render.picture.svg import number
from layerquiz.render.picture.tikz import words as words_for

SIGNS = {"\N{THIN SPACE}": r"\,", "×": "×", "²": "²"}
"""Signs as the typefaces of papers have them."""

ROUND = 0.5523
"""How far the handles of a quarter of a circle reach, as a share of its radius."""


@lru_cache(maxsize=256)
def latex(scene: Scene) -> str:
    r"""Return a scene as one line of a paper, in its middle.

    `\Picture{width}{height}{operators}{texts}` and `\PictureText` are defined by the preamble of papers. The operators
    are in millimetres from the lower left corner.
    """
    up = scene.height
    shapes = [part for shape in scene.shapes for part in WRITERS[type(shape)](shape, up)]
    texts = [part for shape in scene.shapes if isinstance(shape, Text) for part in _text(shape, up)]
    size = f"{{{number(scene.width)}mm}}{{{number(scene.height)}mm}}"
    return rf"\Picture{size}{{{' '.join(shapes)}}}{{{''.join(texts)}}}"


def words(text: str) -> str:
    """Return a text as the typefaces of papers have it."""
    return words_for(text, SIGNS)


def _at(x: float, y: float, up: float) -> str:
    return f"{number(x)} {number(up - y)}"


def _path(points: Sequence[Point], up: float) -> str:
    (x, y), *others = points
    return " ".join((f"{_at(x, y, up)} m", *(f"{_at(a, b, up)} l" for a, b in others)))


def _colour(colour: str, operator: str) -> str:
    return " ".join(f"{int(colour[place : place + 2], 16) / 255:.3g}" for place in (0, 2, 4)) + f" {operator}"


def _dashes(lengths: tuple[float, float]) -> str:
    return f"[{' '.join(map(number, lengths))}] 0 d"


def _stroked(tone: str) -> str:
    return _colour(TONES[tone], "RG")


def _box(box: Box, up: float) -> Iterator[str]:
    yield f"q {_stroked('rule' if box.dashed else 'ink')} {_colour(TONES[box.tone], 'rg')}"
    if box.dashed:
        yield _dashes(DASHED_BOX)
    for x, y in copies(box):
        yield _rounded(x, up - y - box.height, box.width, box.height, box.round)
    yield "Q"


def _rounded(x: float, y: float, width: float, height: float, radius: float) -> str:
    """Return a rectangle with round corners, filled and stroked."""
    if not radius:
        return f"{number(x)} {number(y)} {number(width)} {number(height)} re B"
    r, k = min(radius, width / 2, height / 2), 1 - ROUND
    right, top = x + width, y + height
    corners = (
        ((right - r, y), (right - r * k, y), (right, y + r * k), (right, y + r)),
        ((right, top - r), (right, top - r * k), (right - r * k, top), (right - r, top)),
        ((x + r, top), (x + r * k, top), (x, top - r * k), (x, top - r)),
        ((x, y + r), (x, y + r * k), (x + r * k, y), (x + r, y)),
    )
    curves = (f"{_pair(a)} l {_pair(b)} {_pair(c)} {_pair(d)} c" for a, b, c, d in corners)
    return f"{number(x + r)} {number(y)} m {' '.join(curves)} h B"


def _pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _volume(volume: Volume, up: float) -> Iterator[str]:
    yield f"q {_stroked('ink')}"
    for place, face in enumerate(faces(volume)):
        yield f"{_colour(shade(volume.tone, place), 'rg')} {_path(face, up)} h B"
    yield from (f"{_path(seam, up)} S" for seam in seams(volume))
    yield "Q"


def _line(line: Line, up: float) -> Iterator[str]:
    dash = f"{_dashes(DASHED_LINE)} " if line.dashed else ""
    thick = f"{number(THICK)} w " if line.heavy else ""
    shaft, head = arrow(line)
    yield f"q {_stroked(line.tone)} {dash}{thick}{_path(shaft, up)} S"
    if head:
        yield f"{_colour(TONES[line.tone], 'rg')} {_path(head, up)} h f"
    yield "Q"


def _ring(ring: Ring, up: float) -> Iterator[str]:
    r = ring.radius
    yield f"q {_stroked('ink')} 1 1 1 rg {_rounded(ring.x - r, up - ring.y - r, 2 * r, 2 * r, r)}"
    yield from (f"{_path(points, up)} S" for points in strokes(ring))
    yield "Q"


def _frames(text: Text, up: float) -> Iterator[str]:
    """Yield the frames of the letters in a text."""
    for piece, middle in placed(text):
        if piece.boxed:
            left, top, width, height = frame(text, piece, middle)
            sides = " ".join(map(number, (left, up - top - height, width, height)))
            yield f"q {_stroked('ink')} 1 1 1 rg {sides} re B Q"


def _text(text: Text, up: float) -> Iterator[str]:
    if not any(piece.boxed for piece in text.pieces):
        yield _placed(text, text.x, text.anchor, words(text.plain), bold=text.bold, up=up)
        return
    for piece, middle in placed(text):
        yield _placed(text, middle, "middle", words(piece.text), bold=text.bold or piece.boxed, up=up)


def _placed(text: Text, x: float, anchor: str, said: str, *, bold: bool, up: float) -> str:
    look = rf"\Picture{'Small' if text.size < USUAL_FROM else 'Usual'}{'Bold' if bold else ''}"
    side = {"start": "{}{\\hss}", "middle": "{\\hss}{\\hss}", "end": "{\\hss}{}"}[anchor]
    return rf"\PictureText{{{number(x)}mm}}{{{number(up - text.y)}mm}}{side}{{{look} {said}}}"


USUAL_FROM = 6.5

WRITERS: Mapping[type, Callable[[Any, float], Iterator[str]]] = {
    Box: _box, Volume: _volume, Line: _line, Ring: _ring, Text: _frames,
}  # fmt: skip
"""Each shape with what draws it; of a text only the frames, as its words are boxes of TeX."""

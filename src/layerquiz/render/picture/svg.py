"""A scene as SVG: one element that stands alone or inside a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from layerquiz.render import escape
from layerquiz.render.picture.scene import (
    COPIED,
    FRAME,
    POINT,
    TONES,
    Box,
    Line,
    Ring,
    Scene,
    Text,
    Volume,
    faces,
    shade,
    slices,
)
from layerquiz.render.picture.signs import arrow, strokes

FONT = "Helvetica, Arial, Liberation Sans, sans-serif"
PEN, THICK = "0.22", "0.5"


def svg(scene: Scene) -> str:
    """Return a scene as an SVG element, in millimetres."""
    width, height = number(scene.width), number(scene.height)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}" '
        f'role="img" font-family="{FONT}" stroke-linejoin="round" class="picture">'
    )
    paper = f'<rect width="{width}" height="{height}" fill="#{TONES["paper"]}"/>'
    body = "\n".join(part for shape in scene.shapes for part in WRITERS[type(shape)](shape))
    return f"{head}\n<title>{escape.html(scene.title)}</title>\n{paper}\n{body}\n</svg>\n"


def number(value: float) -> str:
    """Return a length in hundredths of a millimetre, without zeros at its end."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if round(value, 2) else "0"


def _ink(tone: str = "ink") -> str:
    return f'stroke="#{TONES[tone]}" stroke-width="{PEN}"'


def _path(points: Any) -> str:
    return " ".join(f"{number(x)},{number(y)}" for x, y in points)


def _box(box: Box) -> Iterator[str]:
    dash = ' stroke-dasharray="1 0.8"' if box.dashed else ""
    rest = f'width="{number(box.width)}" height="{number(box.height)}" rx="{number(box.round)}"'
    for shift in (2 * COPIED, COPIED, 0.0) if box.copies else (0.0,):
        place = f'x="{number(box.x + shift)}" y="{number(box.y - shift)}"'
        yield f'<rect {place} {rest} fill="#{TONES[box.tone]}" {_ink("rule" if box.dashed else "ink")}{dash}/>'


def _volume(volume: Volume) -> Iterator[str]:
    for number_, face in enumerate(faces(volume)):
        yield f'<polygon points="{_path(face)}" fill="#{shade(volume.tone, number_)}" {_ink()}/>'
    for x in slices(volume):
        inner = ((x, volume.y + volume.height), (x, volume.y), (x + volume.depth, volume.y - volume.rise))
        yield f'<polyline points="{_path(inner)}" fill="none" {_ink()}/>'


def _line(line: Line) -> Iterator[str]:
    dash = ' stroke-dasharray="1.2 0.9"' if line.dashed else ""
    pen = THICK if line.heavy else PEN
    shaft, head = arrow(line)
    ink = TONES[line.tone]
    yield f'<polyline points="{_path(shaft)}" fill="none" stroke="#{ink}" stroke-width="{pen}"{dash}/>'
    if head:
        yield f'<polygon points="{_path(head)}" fill="#{ink}"/>'


def _ring(ring: Ring) -> Iterator[str]:
    circle = f'cx="{number(ring.x)}" cy="{number(ring.y)}" r="{number(ring.radius)}"'
    yield f'<circle {circle} fill="#{TONES["paper"]}" {_ink()}/>'
    for points in strokes(ring):
        yield f'<polyline points="{_path(points)}" fill="none" {_ink()}/>'


def _length(width: float) -> str:
    """Return what makes a text as wide as it was laid out, whichever typeface the reader's machine has."""
    return f'textLength="{number(width)}" lengthAdjust="spacingAndGlyphs"'


def _text(text: Text) -> Iterator[str]:
    size = number(text.size * POINT)
    weight = ' font-weight="bold"' if text.bold else ""
    common = f'font-size="{size}" fill="#{TONES[text.tone]}"{weight}'
    if not any(piece.boxed for piece in text.pieces):
        place = f'x="{number(text.x)}" y="{number(text.y)}" text-anchor="{text.anchor}"'
        yield f"<text {place} {common} {_length(text.width)}>{escape.html(text.plain)}</text>"
        return
    x = text.left
    for piece in text.pieces:
        width = piece.width(text.size, text.bold)
        if piece.boxed:
            high = text.size * POINT
            frame = f'x="{number(x + 0.15)}" y="{number(text.y - 0.86 * high)}" height="{number(1.06 * high)}"'
            yield f'<rect {frame} width="{number(width - 0.3)}" fill="#{TONES["paper"]}" {_ink()}/>'
        length = _length(width - 2 * FRAME * piece.boxed)
        bold = ' font-weight="bold"' if piece.boxed and not text.bold else ""
        place = f'x="{number(x + width / 2)}" y="{number(text.y)}" text-anchor="middle" xml:space="preserve"'
        yield f"<text {place} {common}{bold} {length}>{escape.html(piece.text)}</text>"
        x += width


WRITERS: Mapping[type, Callable[[Any], Iterator[str]]] = {
    Box: _box, Volume: _volume, Line: _line, Ring: _ring, Text: _text,
}  # fmt: skip
"""Each shape with what writes it."""

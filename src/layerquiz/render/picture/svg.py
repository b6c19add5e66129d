"""A scene as SVG: one element that stands alone or inside a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from layerquiz.render import escape
from layerquiz.render.picture.scene import (
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
)
from layerquiz.render.picture.strokes import (
    DASHED_BOX,
    DASHED_LINE,
    PEN,
    THICK,
    arrow,
    copies,
    frame,
    placed,
    seams,
    strokes,
)

FONT = "Helvetica, Arial, Liberation Sans, sans-serif"


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
    return f'stroke="#{TONES[tone]}" stroke-width="{number(PEN)}"'


def _dashes(lengths: tuple[float, float]) -> str:
    return f' stroke-dasharray="{" ".join(map(number, lengths))}"'


def _path(points: Any) -> str:
    return " ".join(f"{number(x)},{number(y)}" for x, y in points)


def _box(box: Box) -> Iterator[str]:
    dash = _dashes(DASHED_BOX) if box.dashed else ""
    rest = f'width="{number(box.width)}" height="{number(box.height)}" rx="{number(box.round)}"'
    for x, y in copies(box):
        place = f'x="{number(x)}" y="{number(y)}"'
        yield f'<rect {place} {rest} fill="#{TONES[box.tone]}" {_ink("rule" if box.dashed else "ink")}{dash}/>'


def _volume(volume: Volume) -> Iterator[str]:
    for number_, face in enumerate(faces(volume)):
        yield f'<polygon points="{_path(face)}" fill="#{shade(volume.tone, number_)}" {_ink()}/>'
    for seam in seams(volume):
        yield f'<polyline points="{_path(seam)}" fill="none" {_ink()}/>'


def _line(line: Line) -> Iterator[str]:
    dash = _dashes(DASHED_LINE) if line.dashed else ""
    pen = number(THICK if line.heavy else PEN)
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
    for piece, middle in placed(text):
        if piece.boxed:
            left, top, wide, high = map(number, frame(text, piece, middle))
            place = f'x="{left}" y="{top}" height="{high}" width="{wide}"'
            yield f'<rect {place} fill="#{TONES["paper"]}" {_ink()}/>'
        length = _length(piece.width(text.size, text.bold) - 2 * FRAME * piece.boxed)
        bold = ' font-weight="bold"' if piece.boxed and not text.bold else ""
        place = f'x="{number(middle)}" y="{number(text.y)}" text-anchor="middle" xml:space="preserve"'
        yield f"<text {place} {common}{bold} {length}>{escape.html(piece.text)}</text>"


WRITERS: Mapping[type, Callable[[Any], Iterator[str]]] = {
    Box: _box, Volume: _volume, Line: _line, Ring: _ring, Text: _text,
}  # fmt: skip
"""Each shape with what writes it."""

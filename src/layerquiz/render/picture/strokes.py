"""What every writer of a scene draws alike, in mm: pens, dashes, heads of arrows, signs in rings, seams and frames."""

from __future__ import annotations

from collections.abc import Iterator
from math import hypot
from typing import TypeAlias

from layerquiz.render.picture.scene import COPIED, POINT, Box, Line, Piece, Point, Ring, Text, Volume

PEN, THICK = 0.22, 0.5
DASHED_BOX, DASHED_LINE = (1.0, 0.8), (1.2, 0.9)
"""How much of a dashed line is drawn, and how much is left out."""

LENGTH, HALF = 1.3, 0.5
"""An arrow's head."""

ABOVE, BELOW, ASIDE = 0.86, 0.2, 0.15
"""A frame's top and bottom around the baseline, as shares of the size of type, and the room between two frames."""

Rectangle: TypeAlias = tuple[float, float, float, float]
"""Left, top, width and height."""


def arrow(line: Line) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Return a line's shaft, and the corners of its head; none where it has no head."""
    if not line.head:
        return line.points, ()
    (a, b), (x, y) = line.points[-2:]
    length = hypot(x - a, y - b) or 1.0
    along, up = (x - a) / length, (y - b) / length
    back = min(LENGTH, length)
    base = (x - back * along, y - back * up)
    head = ((x, y), (base[0] - HALF * up, base[1] + HALF * along), (base[0] + HALF * up, base[1] - HALF * along))
    return (*line.points[:-1], base), head


def strokes(ring: Ring) -> tuple[tuple[Point, Point], ...]:
    """Return the strokes of the sign in a ring."""
    x, y, r = ring.x, ring.y, ring.radius
    across = ((x - r, y), (x + r, y))
    if ring.sign == "x":
        s = r * 0.7071
        return ((x - s, y - s), (x + s, y + s)), ((x - s, y + s), (x + s, y - s))
    return (across, ((x, y - r), (x, y + r))) if ring.sign == "+" else (across,)


def copies(box: Box) -> Iterator[tuple[float, float]]:
    """Yield the left upper corner of a box, after those of the copies behind it."""
    for shift in (2 * COPIED, COPIED, 0.0) if box.copies else (0.0,):
        yield box.x + shift, box.y - shift


def seams(volume: Volume) -> Iterator[tuple[Point, Point, Point]]:
    """Yield the lines along which the slices of a volume meet: up its front and over its top."""
    for number in range(1, volume.slices):
        x = volume.x + volume.width * number / volume.slices
        yield (x, volume.y + volume.height), (x, volume.y), (x + volume.depth, volume.y - volume.rise)


def placed(text: Text) -> Iterator[tuple[Piece, float]]:
    """Yield the pieces of a text in which letters are framed, each with the middle of its place."""
    left = text.left
    for piece in text.pieces:
        width = piece.width(text.size, text.bold)
        yield piece, left + width / 2
        left += width


def frame(text: Text, piece: Piece, middle: float) -> Rectangle:
    """Return the frame around a letter in a text."""
    width, high = piece.width(text.size, text.bold), text.size * POINT
    return middle - width / 2 + ASIDE, text.y - ABOVE * high, width - 2 * ASIDE, (ABOVE + BELOW) * high

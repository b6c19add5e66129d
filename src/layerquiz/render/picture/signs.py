"""Small signs as points: heads of arrows, and the plus and cross in a ring."""

from __future__ import annotations

from math import hypot

from layerquiz.render.picture.scene import Line, Point, Ring

LENGTH, HALF = 1.3, 0.5
"""An arrow's head, in mm."""


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

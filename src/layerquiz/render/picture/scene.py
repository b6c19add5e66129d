"""A picture without a format: shapes and texts in millimetres, y downwards, at the width of an exam page.

Every writer (SVG, TikZ, operators of PDF) draws the same scene, so all have the same places and the same texts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

PAGE_WIDTH, PAGE_HEIGHT = 120.0, 200.0
"""The room of a picture: 12 cm by 20 cm."""

POINT = 25.4 / 72
SMALL, USUAL = 6.0, 7.0
"""Sizes of type, in points; nothing is smaller than `SMALL`."""

TONES: Mapping[str, str] = {
    "paper": "FFFFFF",
    "window": "D3E2F0",
    "pool": "9FB8D2",
    "dense": "F1E4C8",
    "attention": "E3D5E8",
    "block": "E9E9E9",
    "ink": "1A1A1A",
    "faint": "5A5A5A",
    "rule": "8A8A8A",
}
"""Fills and inks. Each fill is another grey in print, and each box says in words what it is."""

_WIDTHS = {
    "ijl": 222, "'": 191, " !,./:;I[\\]ft": 278, "()-`r": 333, "{}": 334, '"': 355, "|": 260, "*": 389, "^": 469,
    "Jcksvxyz": 500, "+<=>~×·−": 584, "FTZ": 611, "&ABEKPSVXY": 667, "CDHNRUw": 722, "GOQ": 778,
    "Mm": 833, "%": 889, "W": 944, "@": 1015, "\N{THIN SPACE}": 200, "…": 1000,
}  # fmt: skip
_WIDTH = {sign: width for signs, width in _WIDTHS.items() for sign in signs}
_OTHER, _WIDE = 556, 1000
BOLD = 1.06
"""How much wider bold type is than the usual one."""


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Return how wide a text is, in mm, at a size in points: by the metrics of Helvetica and its like."""
    units = sum(_WIDTH.get(sign) or (_WIDE if unicodedata.east_asian_width(sign) in "WF" else _OTHER) for sign in text)
    return units / 1000 * size * POINT * (BOLD if bold else 1)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; `boxed` is a letter that stands in a frame, in the place of a number."""

    text: str
    boxed: bool = False

    def width(self, size: float, bold: bool = False) -> float:
        """Return how wide the piece is, with the frame around it, in mm."""
        return text_width(self.text, size, bold) + (2 * FRAME if self.boxed else 0)


FRAME = 0.7
"""Room between a letter and its frame, in mm."""

Pieces: TypeAlias = tuple[Piece, ...]


def pieces_width(pieces: Iterable[Piece], size: float, bold: bool = False) -> float:
    """Return how wide pieces are beside each other, in mm."""
    return sum(piece.width(size, bold) for piece in pieces)


@dataclass(frozen=True, slots=True)
class Text:
    """Pieces on one line around a point of their baseline; `anchor` says whether it is their start, middle or end."""

    x: float
    y: float
    pieces: Pieces
    size: float = USUAL
    anchor: str = "middle"
    bold: bool = False
    tone: str = "ink"

    @property
    def width(self) -> float:
        """Return how wide the text is, in mm."""
        return pieces_width(self.pieces, self.size, self.bold)

    @property
    def left(self) -> float:
        """Return where the text begins."""
        return self.x - self.width * {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor]

    @property
    def plain(self) -> str:
        """Return the text without its frames."""
        return "".join(piece.text for piece in self.pieces)

    def moved(self, x: float, y: float) -> Text:
        """Return the text elsewhere."""
        return replace(self, x=self.x + x, y=self.y + y)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; `holds` are the names of the layers that it stands for, `round` the radius of its corners."""

    x: float
    y: float
    width: float
    height: float
    tone: str = "paper"
    holds: tuple[str, ...] = ()
    round: float = 0.6
    dashed: bool = False
    copies: bool = False

    def moved(self, x: float, y: float) -> Box:
        """Return the box elsewhere."""
        return replace(self, x=self.x + x, y=self.y + y)


@dataclass(frozen=True, slots=True)
class Volume:
    """A slab seen from the side: its front is `width` by `height`, it recedes by `depth` to the right and upwards.

    slices: layers of the same size that stand side by side in it.
    """

    x: float
    y: float
    width: float
    height: float
    depth: float
    tone: str
    holds: tuple[str, ...]
    slices: int = 1

    @property
    def rise(self) -> float:
        """Return how far the back stands above the front."""
        return self.depth * SLOPE

    def moved(self, x: float, y: float) -> Volume:
        """Return the volume elsewhere."""
        return replace(self, x=self.x + x, y=self.y + y)


COPIED = 0.4
"""How far each further copy looks out behind a box, in mm."""

SLOPE = 0.6
"""How steep a volume recedes."""

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """A line through some points, with an arrow's head at its end or without."""

    points: tuple[Point, ...]
    head: bool = True
    dashed: bool = False
    heavy: bool = False
    tone: str = "ink"

    def moved(self, x: float, y: float) -> Line:
        """Return the line elsewhere."""
        return replace(self, points=tuple((a + x, b + y) for a, b in self.points))


@dataclass(frozen=True, slots=True)
class Ring:
    """A small circle in which things meet: `sign` is +, x, - or nothing."""

    x: float
    y: float
    radius: float
    sign: str
    holds: tuple[str, ...] = ()

    def moved(self, x: float, y: float) -> Ring:
        """Return the ring elsewhere."""
        return replace(self, x=self.x + x, y=self.y + y)


Shape: TypeAlias = Box | Volume | Line | Ring | Text


@dataclass(frozen=True, slots=True)
class Scene:
    """All shapes of a picture in the order in which they are drawn, and how large it is, in mm."""

    title: str
    shapes: tuple[Shape, ...]
    width: float
    height: float
    style: str = "boxes"


@dataclass(slots=True)
class Laid:
    """Shapes around an own origin: how far they reach from it, and where lines leave at the bottom.

    open: it begins with a line that goes on, so that no head of an arrow stands there.
    """

    shapes: list[Shape] = field(default_factory=list)
    left: float = 0.0
    right: float = 0.0
    height: float = 0.0
    outs: list[Point] = field(default_factory=list)
    open: bool = False

    @property
    def width(self) -> float:
        """Return how wide it is."""
        return self.left + self.right

    def reach(self, left: float, right: float) -> None:
        """Make room to both sides."""
        self.left, self.right = max(self.left, left), max(self.right, right)

    def put(self, other: Laid, x: float, y: float) -> None:
        """Put what is laid out elsewhere into this, with its origin at a point."""
        self.shapes += moved(other.shapes, x, y)
        self.reach(other.left - x, other.right + x)
        self.height = max(self.height, y + other.height)


def moved(shapes: Sequence[Shape], x: float, y: float) -> list[Shape]:
    """Return shapes elsewhere."""
    return [shape.moved(x, y) for shape in shapes]


def shade(tone: str, face: int) -> str:
    """Return the colour of a volume's top (0), which is light, its side (1), which is dark, or its front (2)."""
    parts = [int(TONES[tone][place : place + 2], 16) for place in (0, 2, 4)]
    found = ([(part + 255) // 2 for part in parts], [part * 4 // 5 for part in parts], parts)[face]
    return "".join(f"{part:02X}" for part in found)


def faces(volume: Volume) -> tuple[tuple[Point, ...], ...]:
    """Return the corners of a volume's top, side and front."""
    left, top, right, bottom = volume.x, volume.y, volume.x + volume.width, volume.y + volume.height
    back, up = volume.depth, volume.rise
    return (
        ((left, top), (left + back, top - up), (right + back, top - up), (right, top)),
        ((right, top), (right + back, top - up), (right + back, bottom - up), (right, bottom)),
        ((left, top), (right, top), (right, bottom), (left, bottom)),
    )

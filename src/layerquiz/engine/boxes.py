"""Where the answer boxes of an exam's papers stand, for whoever reads scanned pages: `boxes.json` in its folder.

The first paper of a source tells the engine's log, and all papers of one layout have the same boxes. Papers with
another layout, for accommodations, have boxes of their own, which the file does not tell.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass

BOX = re.compile(r"^LAYERQUIZ-BOX (\d+) (-?\d+) (-?\d+) (\d+) (\d+) (\S+)$", re.MULTILINE)
FILE = "boxes.json"
SCALED_POINTS_PER_MM = 65_536 * 72.27 / 25.4
ABOUT = "Millimetres from the upper left corner of the page; of all papers without an accommodation of the layout."


@dataclass(frozen=True, slots=True)
class Box:
    """The box for one answer, in millimetres from the upper left corner of its page; pages are counted from 1."""

    blank: str
    page: int
    x: float
    y: float
    width: float
    height: float


def read(told: str) -> list[Box]:
    """Return the boxes that a log tells, in the order of the paper."""
    return [_box(*found) for found in BOX.findall(told)]


def document(told: str) -> str:
    """Return the boxes that a log tells, as the text of `boxes.json`."""
    found = {"format": 1, "about": ABOUT, "boxes": [asdict(box) for box in read(told)]}
    return json.dumps(found, indent=1) + "\n"


def _box(page: str, left: str, bottom: str, width: str, height: str, blank: str) -> Box:
    """Return a box from its lower left corner in scaled points; the corner is told from the top of the page."""
    x, low, wide, high = (int(length) / SCALED_POINTS_PER_MM for length in (left, bottom, width, height))
    return Box(blank, int(page), round(x, 2), round(low - high, 2), round(wide, 2), round(high, 2))

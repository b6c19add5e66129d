"""A shape whose sizes are named: H=55, W=55, C=96 or 55 wide, 60 high, 96 channels."""

from __future__ import annotations

import re

from layerquiz.grading.vocabulary import LABELS, folded

_NAME = r"([^\W\d_]+)(?:_\(?[A-Za-z0-9]+\)?)?"
_BETWEEN = r"\s*(?:[,;.]|(?<![^\W\d_])(?:and|und|et)(?![^\W\d_]))?\s*"
_BEFORE = re.compile(
    rf"{_NAME}\s*(?:[=:]|(?:is|ist)\b)?\s*()([0-9]{{1,18}})(?![0-9.*x×])(?:\s*(?:px|pixels?)\b)?{_BETWEEN}"
)
_BEHIND = re.compile(rf"()([0-9]{{1,18}})\s*(?:(?:px|pixels?)\s+)?{_NAME}{_BETWEEN}")

_AXES = {
    "batch": "batch n b bs",
    "height": "h height high tall hoch hohe hauteur haut altura alto",
    "width": "w width wide breit breite largeur large ancho",
    "channels": "c channel channels depth deep d filters maps features kanale kanalen canaux canales tiefe",
}
_AXIS = {name: axis for axis, names in _AXES.items() for name in names.split()}


def named_sizes(text: str) -> tuple[int | None, ...] | None:
    """Return the sizes of a shape that names each, height before width; the batch is None. Nothing for other texts."""
    for pattern in (_BEFORE, _BEHIND):
        found = _all(pattern, text)
        names = [folded(name) for name, _ in found]
        if len(found) > 1 and all(
            name in _AXIS or name in LABELS or (len(name) == 1 and name != "x") for name in names
        ):
            return _ordered([(_AXIS.get(name, name), size) for name, size in zip(names, found, strict=True)])
    return None


def _all(pattern: re.Pattern[str], text: str) -> list[tuple[str, int]]:
    """Return names and sizes where they fill the whole text."""
    found, place = [], 0
    while place < len(text):
        match = pattern.match(text, place)
        if match is None or match.end() == place:
            return []
        name, size = (match[3], match[2]) if pattern is _BEHIND else (match[1], match[3])
        found.append((name, int(size)))
        place = match.end()
    return found


def _ordered(found: list[tuple[str, tuple[str, int]]]) -> tuple[int | None, ...]:
    """Put the height before the width, whichever is written first; other axes stay where they are."""
    sizes: list[tuple[str, int | None]] = [(axis, None if axis == "batch" else size) for axis, (_, size) in found]
    axes = [axis for axis, _ in sizes]
    if axes.count("height") == axes.count("width") == 1 and axes.index("width") < axes.index("height"):
        high, wide = axes.index("height"), axes.index("width")
        sizes[high], sizes[wide] = sizes[wide], sizes[high]
    return tuple(size for _, size in sizes)

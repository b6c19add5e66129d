"""A chain of convolutions and pools as volumes: as high as the maps, as thick as there are channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from layerquiz.network.layer import Layer
from layerquiz.network.network import Network
from layerquiz.render.picture import labels
from layerquiz.render.picture.boxes import Writing, followers, step, tone
from layerquiz.render.picture.labels import Lettering
from layerquiz.render.picture.parts import Outline, Unit
from layerquiz.render.picture.scene import (
    PAGE_HEIGHT,
    PAGE_WIDTH,
    SLOPE,
    SMALL,
    USUAL,
    Laid,
    Line,
    Piece,
    Pieces,
    Scene,
    Text,
    Volume,
    pieces_width,
)

TALLEST, LOWEST = 24.0, 3.2
ARROW, MARGIN = 4.5, 1.0
MOST_ROWS = 3
MOST_NAMES = 3
NARROW = 14.0
"""So wide a line of facts is not broken, in mm."""

ROOM = PAGE_WIDTH - 2 * MARGIN
WORKING = ("conv", "convtranspose", "depthwiseconv", "separableconv", "locallyconnected", "maxpool", "avgpool")
"""Families whose layers make a chain one of volumes."""


@dataclass(frozen=True, slots=True)
class Group:
    """Layers of one size that stand side by side: their volume, what is written above and below it."""

    units: tuple[Unit, ...]
    height: float
    thickness: float
    depth: float
    above: Pieces
    below: tuple[tuple[Pieces, bool], ...]

    @property
    def body(self) -> float:
        """Return how wide the volume is, with what recedes."""
        return self.thickness + self.depth

    @property
    def width(self) -> float:
        """Return how wide the group is: its volume, or its widest line."""
        lines = [pieces_width(self.above, SMALL), *(pieces_width(row, SMALL, bold) for row, bold in self.below)]
        return max(self.body, *lines)


def volumes(network: Network, letters: Lettering) -> Scene | None:
    """Return the picture of a chain that has at least two convolutions or pools; None of any other network."""
    units = Outline(network).units("", lambda _: True)
    if not is_chain(units):
        return None
    groups = _groups(network, units, letters)
    rows = _rows(groups)
    if len(rows) > MOST_ROWS:
        return None
    page, y = Laid(), 0.0
    widest = max(_width(row) for row in rows)
    for number, row in enumerate(rows):
        arrow = min(2 * ARROW, ARROW + (widest - _width(row)) / max(1, len(row) - 1))
        y = _row(page, row, y, arrow, is_first=number == 0, is_last=number == len(rows) - 1)
    if page.height > PAGE_HEIGHT:
        return None
    shapes = tuple(shape.moved(page.left + MARGIN, MARGIN) for shape in page.shapes)
    return Scene(network.name, shapes, page.width + 2 * MARGIN, page.height + 2 * MARGIN, "volumes")


def is_chain(units: Sequence[Unit]) -> bool:
    """Say whether each layer takes the one before it, and at least two are convolutions or pools."""
    working = sum(unit.layer is not None and unit.layer.kind.family in WORKING for unit in units)
    names = [""] + [unit.name for unit in units]
    is_plain = all(unit.layer and unit.times == 1 for unit in units)
    return is_plain and working >= 2 and all(b.sources == [a] for a, b in zip(names, units, strict=False))


def _groups(network: Network, units: Sequence[Unit], letters: Lettering) -> list[Group]:
    """Return the input and the layers; those that say the same and give the same are one group."""
    writing = Writing(network, letters)
    largest = max(_side(network, name) for name in ("input", *(unit.out for unit in units)))
    found = [_group(network, (), "input", writing, largest)]
    run: list[Unit] = []
    for unit, following in zip(units, [*units[1:], None], strict=True):
        run.append(unit)
        if following is None or not _alike(network, unit, following):
            found.append(_group(network, tuple(run), unit.out, writing, largest))
            run = []
    return found


def _alike(network: Network, unit: Unit, other: Unit) -> bool:
    """Say whether two layers behind each other say and give the same."""
    said = [labels.plain(labels.facts(network, _layer(one), padded=True)) for one in (unit, other)]
    same = network.value(f"{unit.out}.shape") == network.value(f"{other.out}.shape")
    return same and said[0] == said[1] and followers(unit) == followers(other)


def _layer(unit: Unit) -> Layer:
    assert unit.layer is not None  # noqa: S101 -- for the type checker: a chain has no blocks
    return unit.layer


def _side(network: Network, name: str) -> float:
    values = network.values[name]
    return float(next((values[size] for size in ("height", "length", "tokens") if size in values), 1))


def _group(network: Network, units: tuple[Unit, ...], out: str, writing: Writing, largest: float) -> Group:
    sizes = network.form(out).sizes
    values = network.values[out]
    is_flat = "channels" not in sizes
    amount = float(values["features" if is_flat else "channels"]) if {"features", "channels"} & set(sizes) else 1.0
    if is_flat:
        height = min(TALLEST, max(6.0, sqrt(amount) * 0.32))
        thickness, depth = 1.3 * max(1, len(units)), 0.9
    else:
        height = max(LOWEST, TALLEST * sqrt(_side(network, out) / largest))
        across = float(values["width"]) / float(values["height"]) if "width" in sizes else 0.0
        depth = height * min(across, 2.0) * 0.32
        thickness = min(10.0, 0.7 + 0.28 * sqrt(amount)) * (1 + 0.6 * (max(1, len(units)) - 1))
    label = labels.shape(network, out, [name for unit in units for name in unit.holds if name != out])
    return Group(units, height, thickness, depth, writing.letters.pieces(label), _below(units, writing))


def _below(units: tuple[Unit, ...], writing: Writing) -> tuple[tuple[Pieces, bool], ...]:
    """Return what stands below a volume: names, facts in one or two lines, and what follows."""
    if not units:
        return (((Piece("input"),), True),)
    names = [unit.name.rpartition(".")[2] for unit in units]
    is_own = [unit.layer is not None and unit.layer.keys.name is not None for unit in units]
    named = all(is_own) and len(names) <= MOST_NAMES
    rows: list[tuple[Pieces, bool]] = [((Piece(", ".join(names)),), True)] if named else []
    room = max(NARROW, *(pieces_width(pieces, SMALL, bold=True) for pieces, _ in rows)) if rows else NARROW
    both = _lines(writing.facts(_layer(units[0])), room, writing)
    both = [] if rows and rows[0][0] == both[0] else both
    if len(units) > 1 and not rows:
        both.append((Piece(f"× {len(units)}"),))
    rows += [(line, False) for line in both]
    also = followers(units[0])
    return (*rows, *([((Piece(also),), False)] if also else []))


def _lines(label: labels.Label, room: float, writing: Writing) -> list[Pieces]:
    """Return a label in as few lines as have room: its kind and window, and the rest."""
    parts: list[labels.Label] = [()]
    for said in label:
        if said == ", ":
            parts.append(())
        else:
            parts[-1] = (*parts[-1], said)
    rows = [parts[0]]
    for part in parts[1:]:
        longer = (*rows[-1], ", ", *part)
        if pieces_width(writing.letters.pieces(longer), SMALL) <= room:
            rows[-1] = longer
        else:
            rows.append(part)
    return [writing.letters.pieces(row) for row in rows]


def _rows(groups: Sequence[Group]) -> list[list[Group]]:
    """Return groups in as few rows as have room, about equally long."""
    total = sum(group.width + ARROW for group in groups)
    count = 1
    while True:
        goal = total / count
        rows: list[list[Group]] = [[]]
        used = 0.0
        for group in groups:
            width = group.width + ARROW
            if rows[-1] and (used + width > ROOM or (used + width / 2 > goal and len(rows) < count)):
                rows.append([])
                used = 0.0
            rows[-1].append(group)
            used += width
        if len(rows) <= count:
            return rows
        count = len(rows)


def _width(row: Sequence[Group]) -> float:
    """Return how wide a row is with the shortest arrows."""
    return sum(group.width for group in row) + ARROW * (len(row) - 1)


def _row(page: Laid, row: Sequence[Group], y: float, arrow: float, *, is_first: bool, is_last: bool) -> float:
    """Draw one row below y; return where the next one begins."""
    tallest = max(group.height + 2 * group.depth * SLOPE for group in row)
    middle = y + step(SMALL) + tallest / 2
    x, ends = (0.0 if is_first else 2.5), list[tuple[float, float]]()
    lowest = middle + max(group.height for group in row) / 2 + 1.0
    for group in row:
        left = x + (group.width - group.body) / 2
        _volume(page, group, left, x + group.width / 2, middle, lowest)
        ends.append((left, left + group.body))
        x += group.width + arrow
    page.shapes += [Line(((a + 0.6, middle), (b - 0.6, middle))) for (_, a), (b, _) in pairwise(ends)]
    bottom = lowest + max(sum(step(USUAL if bold else SMALL) for _, bold in group.below) for group in row)
    page.reach(0.0, x - arrow)
    page.height = bottom
    if not is_first:
        page.shapes.append(Line(((0.6, y - 2.5), (0.6, middle), (ends[0][0] - 0.6, middle))))
    if not is_last:
        turn = min(max(x - arrow, ends[-1][1]) + 2.4, ROOM)
        points = ((ends[-1][1] + 0.6, middle), (turn, middle), (turn, bottom + 1.5), (0.6, bottom + 1.5))
        page.shapes.append(Line(points, head=False))
        page.reach(0.0, turn)
    return bottom + 4.0


def _volume(page: Laid, group: Group, left: float, centre: float, middle: float, lowest: float) -> None:
    """Draw the volume of a group, its sizes above it and its facts below."""
    top = middle - group.height / 2
    fill = tone(group.units[-1]) if group.units else "paper"
    holds = tuple(name for unit in group.units for name in unit.holds)
    slab = Volume(left, top, group.thickness, group.height, group.depth, fill, holds, max(1, len(group.units)))
    page.shapes.append(slab)
    page.shapes.append(Text(centre, top - slab.rise - 0.9, group.above, SMALL))
    y = lowest
    for pieces, bold in group.below:
        y += step(SMALL)
        page.shapes.append(Text(centre, y - step(SMALL) * 0.2, pieces, SMALL, bold=bold))

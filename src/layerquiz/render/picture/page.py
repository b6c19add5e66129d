"""A network as a column of boxes, and beside or below it the inside of each block that it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from layerquiz.network.network import Network
from layerquiz.render.picture import labels
from layerquiz.render.picture.boxes import GAP, Writing, laid_out
from layerquiz.render.picture.flow import Fork, Series, Tangle, series_of, tangle_of
from layerquiz.render.picture.labels import Lettering
from layerquiz.render.picture.parts import Outline, Unit
from layerquiz.render.picture.scene import (
    PAGE_HEIGHT,
    PAGE_WIDTH,
    SMALL,
    USUAL,
    Box,
    Laid,
    Line,
    Piece,
    Shape,
    Text,
)

MARGIN, BESIDE, HEAD, TIGHT = 1.0, 4.0, 3.2, 2.2
MOST_OPEN = 16
"""A body of at most so many parts is drawn with all its blocks open."""

ROOM, HIGHEST = PAGE_WIDTH - 2 * MARGIN, PAGE_HEIGHT - 2 * MARGIN


class Sheet:
    """The boxes of one network: its column, and the insides of its blocks."""

    def __init__(self, network: Network, letters: Lettering) -> None:
        self.network, self.letters = network, letters
        self.outline = Outline(network)

    def whole(self) -> Laid:
        """Return the network: all of it where it is small, else its column and its blocks opened beside it."""
        small = self.outline.units("", lambda _: True)
        if len(small) <= MOST_OPEN and all(unit.layer for unit in small):
            laid = self._column(small)
            if laid.height <= HIGHEST:
                return laid
        units = self.outline.units("", self._is_stage)
        insides = self._opened(units)
        page, all_fit = _with_insides(self._column(units), insides)
        return page if all_fit else _with_insides(self._column(units, gap=TIGHT), insides)[0]

    def inside(self, block: str) -> Laid:
        """Return the inside of one block; of a block that is nothing but copies of another, the inside of the first."""
        self.outline.check_block(block)
        only, *more = self.outline.units(block)
        if more or only.layer:
            return self._frame(block, block)
        return self._frame(only.body, self._told(replace(only, title=block)))

    def _is_stage(self, block: str) -> bool:
        """Say whether a block is nothing but blocks one behind the other."""
        children = list(self.outline.inside[block])
        return all(child in self.outline.inside and len(self.outline.loud(child)) > 1 for child in children)

    def _column(self, units: Sequence[Unit], source: str = "input", gap: float = GAP) -> Laid:
        """Return parts from top to bottom below the sizes of what they take, as high as a page at most."""
        series = series_of(units)
        plain = all(isinstance(element, Unit) for element in series)
        writing = Writing(self.network, self.letters, inside=not plain, gap=gap)
        laid = self._headed(series, writing, source)
        if laid.width > ROOM:
            series = tangle_of(units)
            laid = self._headed(series, writing, source)
        if laid.height > HIGHEST:
            series = _shortened(series, writing, HIGHEST - HEAD - GAP)
            laid = self._headed(series, writing, source)
        return self._with_stages(laid, units) if plain else laid

    def _headed(self, series: Series, writing: Writing, source: str) -> Laid:
        """Return parts below a line that says what goes in."""
        inner = laid_out(series, writing)
        laid = Laid()
        name = "input  " if source == "input" else ""
        pieces = self.letters.pieces((name, *labels.shape(self.network, source)))
        head = Text(0.0, HEAD - 0.9, pieces, SMALL)
        laid.shapes += [head, Line(((0.0, HEAD), (0.0, HEAD + GAP)), head=not inner.open)]
        laid.reach(head.width / 2, head.width / 2)
        laid.put(inner, 0.0, HEAD + GAP)
        return laid

    def _with_stages(self, laid: Laid, units: Sequence[Unit]) -> Laid:
        """Write the name of each open block beside its parts, with a bracket along them."""
        boxes = {name: shape for shape in laid.shapes if isinstance(shape, Box) for name in shape.holds}
        edge = -min((box.x for box in boxes.values()), default=0.0)
        for stage, members in groupby(units, lambda unit: unit.stage):
            inner = list(dict.fromkeys(boxes[name] for unit in members for name in unit.holds if name in boxes))
            if not stage or len(inner) < 2:
                continue
            top, bottom = min(box.y for box in inner), max(box.y + box.height for box in inner)
            x = -edge - 1.2
            laid.shapes.append(Line(((x + 0.7, top), (x, top), (x, bottom), (x + 0.7, bottom)), head=False))
            text = Text(x - 0.8, (top + bottom) / 2 + 0.8, (Piece(stage),), USUAL, "end", bold=True)
            laid.shapes.append(text)
            laid.reach(-text.left, 0)
        return laid

    def _opened(self, units: Sequence[Unit]) -> list[Laid]:
        """Return the inside of each block that a column is made of; of those that are built alike, of the first."""
        found: dict[object, Laid] = {}
        for unit in units:
            if unit.layer is None:
                key = self.outline.alike(unit.body)
                if key not in found:
                    found[key] = self._frame(unit.body, self._told(unit))
        return list(found.values())

    def _told(self, unit: Unit) -> str:
        """Return the title of a block's inside; where copies give other sizes, it is that of the first."""
        own = self.network.blocks[unit.body]
        first = self.network.value(f"{self.network.blocks.get(own, own)}.shape")
        same = unit.times == 1 or first == self.network.value(f"{unit.out}.shape")
        return unit.title if same else f"{unit.title}, 1 of {unit.times}"

    def _frame(self, block: str, title: str) -> Laid:
        """Return the inside of a block, in a frame with its title."""
        units = self.outline.units(block, lambda _: True)
        if len(units) > MOST_OPEN:
            units = self.outline.units(block)
        source = self._source(block)
        inner = self._column(units, source)
        name = Text(0.0, 3.0, (Piece(title),), USUAL, bold=True)
        laid = Laid()
        laid.put(inner, 0.0, 4.2)
        laid.reach(name.width / 2, name.width / 2)
        laid.reach(laid.left + 1.5, laid.right + 1.5)
        laid.height += 1.5 + GAP
        out = inner.height + 4.2
        laid.shapes.append(Line(((0.0, out), (0.0, out + GAP))))
        frame = Box(-laid.left, 0.0, laid.width, laid.height, dashed=True, round=1.0)
        laid.shapes = [frame, name, *laid.shapes]
        return laid

    def _source(self, block: str) -> str:
        """Return the layer that a block takes its input from; the first of several."""
        inside = f"{block}."
        names = (name for inner in self.outline.inside[block].values() for name in inner)
        sources = (source for name in names for source in self.network.by_name[name].sources)
        return next(source for source in sources if not source.startswith(inside))


def _with_insides(column: Laid, insides: Sequence[Laid]) -> tuple[Laid, bool]:
    """Put the insides of blocks beside a column where they fit, else below it; what fits nowhere is left out.

    Say too whether all fitted.
    """
    page = Laid()
    page.put(column, column.left, 0.0)
    rest = _stacked(page, insides, column.width + BESIDE)
    x = left_out = 0.0
    y = page.height + BESIDE
    for inner in rest:
        if x + inner.width > ROOM:
            x, y = 0.0, page.height + BESIDE
        if y + inner.height > HIGHEST or inner.width > ROOM:
            left_out += 1
            continue
        page.put(inner, x + inner.left, y)
        x += inner.width + BESIDE
    return page, not left_out


def _stacked(page: Laid, insides: Sequence[Laid], x: float) -> list[Laid]:
    """Put what fits there to the right of a column, one below the other; return the rest."""
    y, rest = 0.0, []
    for inner in insides:
        if x + inner.width <= ROOM and y + inner.height <= HIGHEST:
            page.put(inner, x + inner.left, y)
            y += inner.height + BESIDE
        else:
            rest.append(inner)
    return rest


def _shortened(series: Series, writing: Writing, room: float) -> Series:
    """Return parts of which some in the middle are folded into one, so that the rest has room."""
    kept = len(series)
    while kept > 0:
        kept -= 1
        first, last = (kept + 1) // 2, kept // 2
        middle = series[first : len(series) - last]
        if len(middle) == 1 and isinstance(middle[0], Unit):
            continue
        short = (*series[:first], _folded(middle), *series[len(series) - last :])
        if laid_out(short, writing).height <= room:
            return short
    return (_folded(series),)


def _folded(elements: Series) -> Unit:
    """Return one part in place of several."""
    units = list(_units(elements))
    holds = [name for unit in units for name in unit.holds]
    return Unit(units[0].name, None, holds, units[-1].out, f"… {len(holds)} layers")


def _units(elements: Series) -> Iterator[Unit]:
    for element in elements:
        if isinstance(element, Unit):
            yield element
        elif isinstance(element, Tangle):
            yield from element.units
        elif isinstance(element, Fork):
            for branch in element.branches:
                yield from _units(branch.elements)


def placed(laid: Laid) -> tuple[list[Shape], float, float]:
    """Return shapes on a page, with the page's width and height."""
    shapes = [shape.moved(laid.left + MARGIN, MARGIN) for shape in laid.shapes]
    return shapes, laid.width + 2 * MARGIN, laid.height + 2 * MARGIN

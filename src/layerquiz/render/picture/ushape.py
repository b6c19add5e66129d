"""A network that goes down in size and up again: a U of feature maps, as Ronneberger et al. draw it.

Each bar is what a layer gives, as high as the maps and as thick as there are channels; the arrows are the layers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from layerquiz.formula.expr import Number
from layerquiz.network.network import Network
from layerquiz.render.picture import labels
from layerquiz.render.picture.boxes import Writing, followers, step
from layerquiz.render.picture.labels import Label, Lettering
from layerquiz.render.picture.parts import OUTSIDE, Outline, Unit
from layerquiz.render.picture.scene import (
    PAGE_WIDTH,
    SMALL,
    Box,
    Laid,
    Line,
    Piece,
    Scene,
    Text,
)

MARGIN, TALLEST, LOWEST = 1.0, 22.0, 4.0
ROOM = PAGE_WIDTH - 2 * MARGIN
WIDEST, NARROWEST = 7.0, 5.2
"""How far apart bars stand at most and at least, in mm."""

SQUARED = "²"
BELOW = 9.5
"""Room between the bars of one size and those of the next, in mm."""


@dataclass(slots=True)
class Bar:
    """What a layer gives: its place along the U, the level of its size, and from which bar maps come across."""

    unit: Unit | None
    out: str
    column: int = 0
    level: int = 0
    across: Bar | None = None
    also: tuple[Unit, ...] = ()
    x: float = 0.0
    y: float = 0.0
    height: float = 0.0
    width: float = 0.0

    @property
    def holds(self) -> tuple[str, ...]:
        """Return the layers that the bar stands for."""
        own = self.unit.holds if self.unit else []
        return (*(name for unit in self.also for name in unit.holds), *own)


def u_shape(network: Network, letters: Lettering) -> Scene | None:
    """Return the picture of a U; None of a network that is none, or that has more maps than a page is wide."""
    if len(network.layers) > MOST_LAYERS:
        return None
    bars = _bars(network, Outline(network).units("", lambda _: True))
    columns = bars[-1].column + 1 if bars else 0
    if not bars or columns * NARROWEST > ROOM:
        return None
    pitch = min(WIDEST, ROOM / columns)
    _place(network, bars, pitch)
    page = Laid()
    writing = Writing(network, letters)
    _draw(page, network, bars, writing)
    _legend(page, writing, bars, max(bar.y + bar.height for bar in bars) + 9.0)
    shapes = tuple(shape.moved(page.left + MARGIN, MARGIN) for shape in page.shapes)
    return Scene(network.name, shapes, page.width + 2 * MARGIN, page.height + 2 * MARGIN, "u")


MOST_LAYERS = 200
"""A network of more layers has more maps than a page is wide."""


def _side(network: Network, name: str) -> Number:
    values = network.values[name]
    return next((values[size] for size in ("height", "length") if size in values), 0)


def _bars(network: Network, units: Sequence[Unit]) -> list[Bar]:
    """Return the maps from left to right, or none where it is no U with at least two maps handed across."""
    bars = [Bar(None, "input")]
    of: dict[str, Bar] = {OUTSIDE: bars[0]}
    aside: dict[str, Unit] = {}
    for unit in units:
        if unit.layer is None or unit.times > 1 or not _side(network, unit.out):
            return []
        last = bars[-1].unit.name if bars[-1].unit else OUTSIDE
        others = [source for source in unit.sources if source != last]
        if last not in unit.sources:
            if len(unit.sources) != 1 or unit.layer.kind.name not in ("crop", "zeropad"):
                return []
            aside[unit.name] = unit
            continue
        if others and not _across(network, bars, of, aside, unit, others):
            return []
        if not others:
            bars.append(Bar(unit, unit.out))
        of[unit.name] = bars[-1]
    _walk(network, bars)
    return bars if sum(bar.across is not None for bar in bars) >= 2 else []


def _across(
    network: Network,
    bars: list[Bar],
    of: Mapping[str, Bar],
    aside: Mapping[str, Unit],
    unit: Unit,
    others: Sequence[str],
) -> bool:
    """Join a merge to the bar before it, which then has two parts; say whether its maps come across a dip."""
    if len(others) != 1 or bars[-1].unit is None:
        return False
    cropped = aside.get(others[0])
    source = of.get(cropped.sources[0] if cropped else others[0])
    if source is None or source not in bars:
        return False
    dip = min(_side(network, bar.out) for bar in bars[bars.index(source) :])
    before = bars[-1]
    if dip >= _side(network, unit.out) or before.across is not None:
        return False
    before.also = (*before.also, bars[-1].unit, *([cropped] if cropped else []))
    before.unit, before.out, before.across = unit, unit.out, source
    return True


def _walk(network: Network, bars: Sequence[Bar]) -> None:
    """Give each bar its column and its level: a pool goes down in place, an enlargement up."""
    for before, bar in pairwise(bars):
        bar.column, bar.level = before.column, before.level
        small, large = _side(network, bar.out), _side(network, before.out)
        if bar.across is not None:
            bar.level = bar.across.level
        elif 2 * small <= large + 2:
            bar.level += 1
        elif small * 2 >= large * 3:
            bar.level -= 1
        bar.column += bar.level == before.level


def _place(network: Network, bars: Sequence[Bar], pitch: float) -> None:
    """Give each bar its place and size."""
    largest = max(float(_side(network, bar.out)) for bar in bars)
    thickest = max(float(network.values[bar.out]["channels"]) for bar in bars)
    low = min(bar.level for bar in bars)
    heights: dict[int, float] = {}
    for bar in bars:
        bar.height = max(LOWEST, TALLEST * sqrt(float(_side(network, bar.out)) / largest))
        bar.width = 0.7 + (pitch - 3.4) * sqrt(float(network.values[bar.out]["channels"]) / thickest)
        heights[bar.level] = max(heights.get(bar.level, 0.0), bar.height)
    tops, y = {}, step(SMALL)
    for level in range(low, max(heights) + 1):
        tops[level] = y
        y += heights.get(level, 0.0) + BELOW
    for bar in bars:
        bar.x = (bar.column + 0.5) * pitch
        bar.y = tops[bar.level] + (heights[bar.level] - bar.height)


def _draw(page: Laid, network: Network, bars: Sequence[Bar], writing: Writing) -> None:
    for before, bar in pairwise(bars):
        page.shapes.append(_step(before, bar))
    for bar in bars:
        if bar.across is not None:
            y = bar.y + bar.height / 2
            ends = ((bar.across.x + bar.across.width / 2 + 0.4, y), (bar.x - bar.width / 2 - 0.4, y))
            page.shapes.append(Line(ends, dashed=True, tone="rule"))
    for bar in bars:
        _bar(page, network, bar, writing)
    _sizes(page, network, bars, writing)
    page.reach(0.0, max(bar.x + bar.width / 2 for bar in bars) + 2.0)


def _step(before: Bar, bar: Bar) -> Line:
    """Return the arrow of a layer: to the right, down or up; sizes stand below bars, channels above them."""
    if bar.level != before.level:
        upper, lower = (before, bar) if bar.level > before.level else (bar, before)
        high, low = upper.y + upper.height + step(SMALL) + 0.6, lower.y - step(SMALL) - 0.3
        ends = (high, low) if upper is before else (low, high)
        return Line(((before.x, ends[0]), (before.x, ends[1])), heavy=True)
    y = bar.y + bar.height * 0.7
    return Line(((before.x + before.width / 2 + 0.2, y), (bar.x - bar.width / 2 - 0.2, y)))


def _bar(page: Laid, network: Network, bar: Bar, writing: Writing) -> None:
    """Draw a bar with its channels above it; what came across is its white half."""
    left = bar.x - bar.width / 2
    fill = "window" if bar.unit is not None and "pool" not in bar.unit.kind else "pool" if bar.unit else "paper"
    page.shapes.append(Box(left, bar.y, bar.width, bar.height, fill, bar.holds, round=0.0))
    if bar.across is not None:
        page.shapes.append(Box(left, bar.y, bar.width / 2, bar.height, "paper", round=0.0))
    value = network.values[bar.out]["channels"]
    own = [name for name in (bar.out, *(bar.unit.holds if bar.unit else ())) if "channels" in network.values[name]]
    same = [name for name in dict.fromkeys(own) if network.values[name]["channels"] == value]
    label: Label = (labels.Count(value, tuple(f"{name}.channels" for name in same)),)
    page.shapes.append(Text(bar.x, bar.y - 0.6, writing.letters.pieces(label), SMALL))


def _sizes(page: Laid, network: Network, bars: Sequence[Bar], writing: Writing) -> None:
    """Write the sizes of maps below the first bar that has them on its side of a level: 284² where they are square."""
    for place, bar in enumerate(bars):
        sizes = [size for size in network.form(bar.out).sizes if size != "channels"]
        if place and bar.level == bars[place - 1].level and _same(network, bars[place - 1], bar, sizes):
            continue
        owners = [bar.out, *(other.out for other in bars[place:] if _same(network, other, bar, sizes))]
        counts = [
            labels.Count(network.values[bar.out][size], tuple(f"{name}.{size}" for name in dict.fromkeys(owners)))
            for size in sizes
        ]
        is_square = len(counts) == 2 and counts[0].value == counts[1].value
        both = labels.Count(counts[0].value, tuple(name for count in counts for name in count.names))
        label: Label = (both, SQUARED) if is_square else labels.product(counts)
        y = bar.y + bar.height + step(SMALL)
        text = Text(bar.x, y, writing.letters.pieces(label), SMALL, tone="faint")
        page.shapes.append(text)
        page.reach(-text.left, text.left + text.width)


def _same(network: Network, other: Bar, bar: Bar, sizes: Sequence[str]) -> bool:
    mine, theirs = network.values[bar.out], network.values[other.out]
    return other.level == bar.level and all(mine[size] == theirs[size] for size in sizes)


def _legend(page: Laid, writing: Writing, bars: Sequence[Bar], y: float) -> None:
    """Say below the U what its arrows are."""
    x = 0.0
    for mark, said in _meanings(writing, bars):
        start = max(a for a, _ in mark.points) + 1.5
        text = Text(start, 0.0, (Piece(said),), SMALL, "start")
        width = start + text.width + 4.0
        if x + width > ROOM and x:
            x, y = 0.0, y + step(SMALL) + 1.5
        page.shapes += [shape.moved(x, y) for shape in (mark, text)]
        x += width
        page.reach(0.0, x - 4.0)
    page.height = y + 1.5


def _meanings(writing: Writing, bars: Sequence[Bar]) -> Iterator[tuple[Line, str]]:
    """Yield each kind of arrow with what it stands for; layers of one kind and window are said once."""
    found: dict[str, dict[str, None]] = {}
    for before, bar in pairwise(bars):
        way = "down" if bar.level > before.level else "up" if bar.level < before.level else "on"
        for unit in (
            (*[unit for unit in bar.also if unit.kind != "crop"], bar.unit) if bar.across is None else bar.also[:1]
        ):
            if unit is not None and unit.layer is not None:
                found.setdefault(way, {})[_without_filters(writing, unit)] = None
    y = -0.8
    marks = {
        "on": Line(((1.0, y), (7.5, y))),
        "down": Line(((1.0, y - 2.2), (1.0, y + 1.4)), heavy=True),
        "up": Line(((1.0, y + 1.4), (1.0, y - 2.2)), heavy=True),
    }
    for way, mark in marks.items():
        if way in found:
            yield mark, "; ".join(found[way])
    merges = dict.fromkeys(bar.unit.kind for bar in bars if bar.across is not None and bar.unit)
    is_cropped = any(unit.kind == "crop" for bar in bars for unit in bar.also)
    yield Line(((1.0, y), (7.5, y)), dashed=True, tone="rule"), f"{'crop, ' if is_cropped else ''}{', '.join(merges)}"


def _without_filters(writing: Writing, unit: Unit) -> str:
    """Return what a layer does, without its filters, which stand above the bar."""
    assert unit.layer is not None  # noqa: S101 -- for the type checker: bars have no blocks
    label = labels.facts(writing.network, unit.layer, wide=False, padded=writing.letters.asks)
    said = "".join(piece.text for piece in writing.letters.pieces(label))
    also = followers(unit)
    return f"{said}, {also}" if also else said

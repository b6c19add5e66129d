"""Parts as boxes, from top to bottom: what a box says, forks and merges, and wires that pass others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from layerquiz.network.function_names import WRITTEN
from layerquiz.network.layer import Layer
from layerquiz.network.network import Network
from layerquiz.render.picture import labels
from layerquiz.render.picture.flow import Element, Fork, Series, Tangle
from layerquiz.render.picture.labels import Lettering
from layerquiz.render.picture.parts import Unit
from layerquiz.render.picture.scene import (
    COPIED,
    POINT,
    SMALL,
    USUAL,
    Box,
    Laid,
    Line,
    Pieces,
    Point,
    Ring,
    Text,
    pieces_width,
)

GAP, STUB, BETWEEN, LANE = 3.0, 1.5, 3.0, 2.6
"""Room for an arrow, for a line before it parts, between branches, and between wires beside each other, in mm."""

PAD, RADIUS = 1.4, 1.9
SIGNS = {"add": "+", "multiply": "x", "subtract": "-"}
TONES = {
    **dict.fromkeys(("conv", "convtranspose", "depthwiseconv", "separableconv", "locallyconnected"), "window"),
    **dict.fromkeys(("dense", "bilinear", "embedding", "parameter", "positionembedding"), "dense"),
    **dict.fromkeys(("attention", "encoderlayer", "decoderlayer", "rnn", "lstm", "gru", "dotattention"), "attention"),
    "block": "block",
}


def tone(unit: Unit) -> str:
    """Return the fill of a part: by what it does."""
    if unit.layer is None:
        return "block"
    family = unit.layer.kind.family
    return "pool" if "pool" in family else TONES.get(family, "paper")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a box."""

    pieces: Pieces
    size: float = SMALL
    bold: bool = False
    tone: str = "ink"

    @property
    def width(self) -> float:
        """Return how wide it is, in mm."""
        return pieces_width(self.pieces, self.size, self.bold)


class Writing:
    """What the parts of a network say; `inside` puts sizes into the boxes, else they stand beside them.

    gap: the room for an arrow between two boxes, in mm.
    """

    def __init__(self, network: Network, letters: Lettering, inside: bool = True, gap: float = GAP) -> None:
        self.network, self.letters, self.inside, self.gap = network, letters, inside, gap

    def rows(self, unit: Unit) -> list[Row]:
        """Return the lines of a part's box: its facts, what follows it at once, its sizes."""
        rows = [self._head(unit)]
        further = labels.joined(labels.padding(self.network, unit.layer)) if unit.layer and self.letters.asks else ()
        if further:
            rows.append(Row(self.letters.pieces(further)))
        if unit.layer and unit.times > 1:
            rows.append(Row(self.letters.pieces((f"× {unit.times}",)), bold=True))
        also = followers(unit)
        if also:
            rows.append(Row(self.letters.pieces((also,)), tone="faint"))
        if self.inside or (unit.layer and unit.layer.kind.name == "parameter"):
            rows.append(Row(self.sizes(unit)))
        return rows

    def _head(self, unit: Unit) -> Row:
        if unit.layer is None:
            return Row(self.letters.pieces((f"{unit.title}{unit.copies}",)), USUAL, bold=True)
        if unit.layer.kind.name == "parameter":
            return Row(self.letters.pieces((unit.layer.name.rpartition(".")[2].replace("_", " "),)), USUAL)
        return Row(self.letters.pieces(labels.facts(self.network, unit.layer)), USUAL)

    def facts(self, layer: Layer) -> labels.Label:
        """Return a layer in a line; where sizes are asked for, with the padding."""
        return labels.facts(self.network, layer, padded=self.letters.asks)

    def sizes(self, unit: Unit) -> Pieces:
        """Return the sizes of what a part gives."""
        same = [name for name in unit.holds if self._gives_same(name, unit.out)]
        return self.letters.pieces(labels.shape(self.network, unit.out, same))

    def _gives_same(self, name: str, out: str) -> bool:
        form = self.network.form(out)
        mine, other = self.network.values[name], self.network.values[out]
        return self.network.form(name).sizes == form.sizes and all(mine[size] == other[size] for size in form.sizes)


def followers(unit: Unit) -> str:
    """Return what stands behind a layer in its box: BN, ReLU."""
    own = getattr(unit.layer.keys, "activation", None) if unit.layer else None
    names = [WRITTEN.get(own, str(own))] if own else []
    names += [_follower(layer) for layer in unit.followers]
    return ", ".join(dict.fromkeys(names))


def _follower(layer: Layer) -> str:
    return labels.called(layer)


def sign(unit: Unit) -> str:
    """Return the sign in the ring of a sum or a product; "" for what is a box."""
    return SIGNS.get(unit.kind, "")


def step(size: float) -> float:
    """Return how high a line of a size is, in mm."""
    return size * POINT * 1.2


def drawn(rows: Sequence[Row], unit: Unit, left: float, right: float, top: float) -> Laid:
    """Return a box with its lines in its middle."""
    height = sum(step(row.size) for row in rows) + 1.6
    shapes = Laid(height=height + lift(unit))
    top += lift(unit)
    box = Box(left, top, right - left, height, tone(unit), tuple(unit.holds), copies=unit.times > 1)
    shapes.shapes.append(box)
    y = top + 0.8
    for row in rows:
        y += step(row.size)
        middle = (left + right) / 2
        text = Text(middle, y - step(row.size) * 0.27, row.pieces, row.size, bold=row.bold, tone=row.tone)
        shapes.shapes.append(text)
    return shapes


def lift(unit: Unit) -> float:
    """Return how far copies look out behind a box, upwards and to the right."""
    return 2 * COPIED if unit.times > 1 else 0.0


def width_of(rows: Sequence[Row]) -> float:
    """Return how wide a box with some lines is, in mm."""
    return max(max(row.width for row in rows) + 2 * PAD, 12.0)


def laid_out(series: Series, writing: Writing) -> Laid:
    """Return parts from top to bottom around a middle line, with the arrows between them."""
    laid = Laid(outs=[(0.0, 0.0)])
    for place, element in enumerate(series):
        if isinstance(element, Unit):
            _unit(laid, element, writing, first=place == 0)
        else:
            _between(laid, element, writing, first=place == 0)
    return laid


def _between(laid: Laid, element: Element, writing: Writing, first: bool) -> None:
    """Put a fork or a tangle behind what is there."""
    inner = _fork(element, writing) if isinstance(element, Fork) else _tangle(element, writing)  # type: ignore[arg-type]
    top = 0.0 if first else max(y for _, y in laid.outs) + STUB
    if first:
        laid.open = True
    else:
        _meet(laid, top, head=False)
    laid.put(inner, 0.0, top)
    laid.outs = [(x, y + top) for x, y in inner.outs]


def _meet(laid: Laid, y: float, head: bool) -> None:
    """Draw all lines that lead on down to one height, or to the middle line there."""
    for x, start in laid.outs:
        points = ((x, start), (x, y)) if x == 0 else ((x, start), (x, y), (0.0, y))
        laid.shapes.append(Line(points, head=head))


def _unit(laid: Laid, unit: Unit, writing: Writing, first: bool) -> None:
    if sign(unit) and not first:
        _ring(laid, unit, writing)
        return
    rows = writing.rows(unit)
    half = width_of(rows) / 2
    ends = [x for x, _ in laid.outs]
    left, right = min(-half, *(x - BETWEEN for x in ends), 0), max(half, *(x + BETWEEN for x in ends), 0)
    if ends == [0.0]:
        left, right = -half, half
    top = 0.0 if first else max((y for _, y in laid.outs), default=laid.height) + writing.gap
    if not first:
        laid.shapes += [Line(((x, y), (x, top))) for x, y in laid.outs]
    box = drawn(rows, unit, left, right, top)
    laid.shapes += box.shapes
    laid.reach(-left, right + lift(unit))
    laid.height = top + box.height
    if not writing.inside:
        _beside(laid, unit, writing, right + lift(unit), top + (box.height + lift(unit)) / 2)
    laid.outs = [(0.0, laid.height)]


def _beside(laid: Laid, unit: Unit, writing: Writing, right: float, y: float) -> None:
    """Write the sizes of a part beside its box."""
    text = Text(right + 1.5, y + SMALL * POINT * 0.36, writing.sizes(unit), SMALL, "start", tone="faint")
    laid.shapes.append(text)
    laid.reach(0, text.x + text.width)


def _ring(laid: Laid, unit: Unit, writing: Writing) -> None:
    """Draw a sum or a product: the straight way from above, the others from the sides; what follows stands beside."""
    straight = [out for out in laid.outs if abs(out[0]) < 0.01]
    sides = [out for out in laid.outs if abs(out[0]) >= 0.01]
    middle = max((y for _, y in laid.outs), default=laid.height) + GAP + RADIUS
    laid.shapes += [Line(((0.0, y), (0.0, middle - RADIUS))) for _, y in straight]
    for x, y in sides:
        edge = RADIUS if x > 0 else -RADIUS
        laid.shapes.append(Line(((x, y), (x, middle), (edge, middle))))
    laid.shapes.append(Ring(0.0, middle, RADIUS, sign(unit), tuple(unit.holds)))
    laid.height = middle + RADIUS
    laid.outs = [(0.0, laid.height)]
    laid.reach(RADIUS, RADIUS)
    _behind_ring(laid, unit, writing, middle)


def _behind_ring(laid: Laid, unit: Unit, writing: Writing, middle: float) -> None:
    """Write what follows a ring, and its sizes, below it to the left."""
    also = followers(unit)
    rows = [writing.letters.pieces((also,))] if also else []
    rows += [writing.sizes(unit)] if writing.inside else []
    for number, pieces in enumerate(rows):
        y = middle + RADIUS + number * step(SMALL) + 1.7
        text = Text(-1.6, y, pieces, SMALL, "end", tone="faint")
        laid.shapes.append(text)
        laid.reach(-text.left, 0)
    if rows:
        laid.height = middle + RADIUS + (len(rows) - 1) * step(SMALL) + 2.0
        laid.shapes.append(Line(((0.0, middle + RADIUS), (0.0, laid.height)), head=False))
        laid.outs = [(0.0, laid.height)]


def _fork(fork: Fork, writing: Writing) -> Laid:
    """Return branches beside each other below the line that feeds them."""
    inner = [laid_out(branch.elements, writing) for branch in fork.branches]
    places = _places(fork, inner)
    top = GAP if any(branch.elements for branch in fork.branches) else 0.0
    laid = Laid()
    bottom = top + max((one.height for one in inner), default=0.0)
    for branch, one, x in zip(fork.branches, inner, places, strict=True):
        if not branch.elements:
            points = ((0.0, 0.0), (x, 0.0), (x, bottom)) if x else ((0.0, 0.0), (0.0, bottom))
            laid.shapes.append(Line(points, head=False))
            laid.outs.append((x, bottom))
            laid.reach(1 - x, 1 + x)
            continue
        if branch.fed:
            points = ((0.0, 0.0), (x, 0.0), (x, top)) if x else ((0.0, 0.0), (0.0, top))
            laid.shapes.append(Line(points, head=not one.open))
        laid.put(replace(one, outs=[]), x, top)
        laid.outs += [(x + a, top + y) for a, y in one.outs] if branch.feeds else []
    laid.height = bottom
    return laid


def _places(fork: Fork, inner: Sequence[Laid]) -> list[float]:
    """Return where the branches stand: the longest on the middle line, or all around it where there are more."""
    solid = [number for number, branch in enumerate(fork.branches) if branch.elements]
    fed = [number for number in solid if fork.branches[number].fed]
    lines = [number for number, branch in enumerate(fork.branches) if not branch.elements]
    places = [0.0] * len(inner)
    if len(solid) > 2 and len(fed) > 1:
        x = 0.0
        for number in (*solid, *lines):
            x += inner[number].left + (BETWEEN / 2 if x else 0)
            places[number] = x
            x += inner[number].right + BETWEEN
        middle = (places[solid[0]] + places[solid[-1]]) / 2
        nearest = min(places, key=lambda place: abs(place - middle))
        middle = nearest if len(solid) % 2 and abs(nearest - middle) < 4 else middle
        return [place - middle for place in places]
    main = max(fed, key=lambda number: inner[number].height) if fed else None
    main = main if main is not None else (lines[0] if lines else solid[0])
    x = max(inner[main].right, 1.0)
    for number in [number for number in (*solid, *lines) if number != main]:
        x += BETWEEN + inner[number].left
        places[number] = x
        x += max(inner[number].right, 0.0)
    return places


def _tangle(tangle: Tangle, writing: Writing) -> Laid:
    """Return parts in one column; a wire that passes others runs beside them, in a lane that is free there."""
    laid = Laid(outs=[])
    rows = [writing.rows(unit) for unit in tangle.units]
    half = max(width_of(lines) for lines in rows) / 2
    y, tops, bottoms = GAP, list[float](), list[float]()
    for unit, lines in zip(tangle.units, rows, strict=True):
        box = drawn(lines, unit, -width_of(lines) / 2, width_of(lines) / 2, y)
        laid.shapes += box.shapes
        tops.append(y)
        bottoms.append(y + box.height)
        y += box.height + GAP
    laid.reach(half, half)
    laid.height = bottoms[-1]
    ends = [width_of(lines) / 2 for lines in rows]
    _wired(laid, tangle, tops, bottoms, ends)
    return laid


def _wired(laid: Laid, tangle: Tangle, tops: list[float], bottoms: list[float], ends: list[float]) -> None:
    """Draw the wires of a tangle."""
    last = len(tangle.units)
    free: list[int] = []
    out = max(ends, default=0.0)
    for a, b in sorted(tangle.wires, key=lambda wire: (wire[1] - wire[0], wire)):
        if b == a + 1:
            start: Point = (0.0, bottoms[a] if a >= 0 else 0.0)
            if b == last:
                laid.outs.append(start)
            else:
                laid.shapes.append(Line((start, (0.0, tops[b]))))
            continue
        lane = len(free)
        free.append(b)
        x = out + LANE * (lane + 1)
        laid.shapes.append(_wire(a, b, x, tops, bottoms, ends))
        if b == last:
            laid.outs.append((x, bottoms[-1]))
        laid.reach(0, x + 1)


def _wire(a: int, b: int, x: float, tops: list[float], bottoms: list[float], ends: list[float]) -> Line:
    """Return a wire that runs at x past the parts between its ends: out of the lower side of one, into the upper."""
    middle = 0.0 if a < 0 else bottoms[a] - (bottoms[a] - tops[a]) * 0.3
    start = ((0.0, 0.0),) if a < 0 else ((ends[a], middle),)
    if b == len(tops):
        return Line((*start, (x, middle), (x, bottoms[-1])), head=False)
    entry = tops[b] + (bottoms[b] - tops[b]) * 0.3
    return Line((*start, (x, middle), (x, entry), (ends[b], entry)))

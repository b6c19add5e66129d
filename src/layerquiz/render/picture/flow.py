"""How the parts of a body run: one behind the other, or in branches that part and meet again.

Between two parts that every path passes, the parts that hang together are a branch. What does not come apart so is
left as `Tangle`, whose parts stand in one column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from layerquiz.render.picture.parts import OUTSIDE, Unit

START = -1


@dataclass(frozen=True, slots=True)
class Branch:
    """One way from a fork to where it ends; nothing in it is a line past the others.

    fed: it takes from the fork. feeds: it leads on.
    """

    elements: Series
    fed: bool
    feeds: bool


@dataclass(frozen=True, slots=True)
class Fork:
    """Ways beside each other."""

    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Tangle:
    """Parts whose wires cross: in their order, with the places of the wires between them.

    A wire from -1 comes from above, one to `len(units)` leads on.
    """

    units: tuple[Unit, ...]
    wires: tuple[tuple[int, int], ...]


Element: TypeAlias = Unit | Fork | Tangle
Series: TypeAlias = tuple[Element, ...]
Wires: TypeAlias = Mapping[tuple[int, int], bool]
"""From which place to which; whether the wire is drawn."""


def series_of(units: Sequence[Unit]) -> Series:
    """Return how some units run, from top to bottom."""
    order = _learned_late(units)
    return _series(range(len(order)), _wires(order), START, len(order), order)


def tangle_of(units: Sequence[Unit]) -> Series:
    """Return the same units in one column."""
    order = _learned_late(units)
    wires = tuple(pair for pair, drawn in _wires(order).items() if drawn)
    return (Tangle(tuple(order), wires),)


def _learned_late(units: Sequence[Unit]) -> list[Unit]:
    """Return the units with those that take no input right before the one that takes them."""
    order = [unit for unit in units if unit.sources]
    for unit in reversed([unit for unit in units if not unit.sources]):
        place = next((place for place, other in enumerate(order) if unit.name in other.sources), len(order))
        order.insert(place, unit)
    return order


def _wires(order: Sequence[Unit]) -> dict[tuple[int, int], bool]:
    """Return all wires: those that are drawn, and those that only say where a part without input or output belongs."""
    place = {unit.name: number for number, unit in enumerate(order)}
    end = len(order)
    wires: dict[tuple[int, int], bool] = {}
    for number, unit in enumerate(order):
        for source in unit.sources:
            wires[(START if source == OUTSIDE else place[source]), number] = True
        if not unit.sources:
            wires.setdefault((_beside(unit, order, place), number), False)
    taken = {source for source, _ in wires}
    last = max((number for number in range(end) if number not in taken), default=end - 1)
    for number in range(end):
        if number not in taken:
            wires[number, end] = number == last
    return wires


def _beside(unit: Unit, order: Sequence[Unit], place: Mapping[str, int]) -> int:
    """Return behind which part one without input belongs: the one it meets, or where those that it meets part."""
    taker = next((other for other in order if unit.name in other.sources), None)
    others = [name for name in taker.sources if name != unit.name] if taker else []
    fed = [place[name] for name in others if name in place and order[place[name]].sources]
    if len(fed) < 2:
        return fed[0] if fed else START
    source = order[fed[0]].sources[0]
    return START if source == OUTSIDE else place[source]


def _series(nodes: Sequence[int], wires: Wires, start: int, end: int, units: Sequence[Unit]) -> Series:
    """Return how the parts between two others run, which stand before and behind all of them."""
    found: list[Element] = []
    last, waiting, furthest = start, list[int](), max((b for a, b in wires if a == start), default=end)
    for node in (*nodes, end):
        if node != end and furthest > node:
            waiting.append(node)
        else:
            found += _between(waiting, wires, last, node, units, whole=len(waiting) == len(nodes))
            found += [] if node == end else [units[node]]
            last, waiting = node, []
        furthest = max([furthest, *(b for a, b in wires if a == node)])
    return tuple(found)


def _between(nodes: list[int], wires: Wires, last: int, node: int, units: Sequence[Unit], whole: bool) -> list[Element]:
    """Return the branches between two parts that every path passes."""
    if not nodes:
        return []
    groups = _components(nodes, wires)
    direct = (last, node) in wires
    if whole and len(groups) == 1 and not direct:
        place = {number: index for index, number in enumerate(nodes)} | {last: -1, node: len(nodes)}
        inner = tuple((place[a], place[b]) for (a, b), drawn in wires.items() if drawn and a in place and b in place)
        return [Tangle(tuple(units[number] for number in nodes), inner)]
    branches = [_branch(group, wires, last, node, units) for group in groups]
    rank = _ranks(units[node].sources if node < len(units) else (), units)
    firsts = [min([rank[number] for number in group if number in rank], default=len(rank)) for group in groups]
    branches = [branch for _, branch in sorted(zip(firsts, branches, strict=True), key=lambda pair: pair[0])]
    return [Fork((*branches, *([Branch((), wires[last, node], True)] if direct else [])))]


def _ranks(sources: Sequence[str], units: Sequence[Unit]) -> dict[int, int]:
    """Return the order in which a merge names its sources."""
    place = {unit.name: number for number, unit in enumerate(units)}
    return {place[source]: rank for rank, source in enumerate(sources) if source in place}


def _branch(group: list[int], wires: Wires, last: int, node: int, units: Sequence[Unit]) -> Branch:
    inside = set(group)
    own = {(a, b): drawn for (a, b), drawn in wires.items() if a in inside or b in inside}
    fed = any(drawn for (a, _), drawn in own.items() if a == last)
    feeds = any(drawn for (_, b), drawn in own.items() if b == node)
    return Branch(_series(group, own, last, node, units), fed, feeds)


def _components(nodes: Sequence[int], wires: Wires) -> list[list[int]]:
    """Return the parts that hang together without those around them, each in its order."""
    near: dict[int, set[int]] = {node: set() for node in nodes}
    for a, b in wires:
        if a in near and b in near:
            near[a].add(b)
            near[b].add(a)
    found: list[list[int]] = []
    seen: set[int] = set()
    for node in nodes:
        if node in seen:
            continue
        group, stack = [], [node]
        while stack:
            other = stack.pop()
            if other not in seen:
                seen.add(other)
                group.append(other)
                stack += near[other]
        found.append(sorted(group))
    return found

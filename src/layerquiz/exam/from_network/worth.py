"""Which parts of a network are worth a question, and what of: the interesting ones first, each structure once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from layerquiz.exam.forms.error import FEWEST_LINES
from layerquiz.exam.from_network.quantities import OF_OUTPUT, is_copied, is_seen, is_total, telling, value_of
from layerquiz.exam.from_network.regions import Region, Regions
from layerquiz.exam.from_network.variants import Variant, variants
from layerquiz.network.folding import folded
from layerquiz.network.layer import Layer
from layerquiz.network.network import Network

KINDS = ("number", "table", "find-error", "compare")
"""The kinds of question that are made."""

MOST_QUANTITIES = 3
MOST_CELLS = 12
FEWEST_ROWS = 3
LONGEST_TABLE = 7
LONGEST_JOIN = 9
LONGEST_WAY = 4

INTEREST = {
    "convtranspose": 9, "depthwiseconv": 8, "separableconv": 9, "conv": 5, "dense": 4, "bilinear": 7,
    "lstm": 9, "gru": 9, "rnn": 8, "convlstm": 9, "attention": 9, "encoderlayer": 9, "decoderlayer": 9,
    "embedding": 6, "embeddingbag": 6, "positionembedding": 4, "batchnorm": 3, "layernorm": 3, "groupnorm": 4,
    "instancenorm": 4, "rmsnorm": 3, "maxpool": 4, "avgpool": 4, "add": 6, "concat": 6, "mixture": 8,
    "pixelshuffle": 6, "prelu": 4, "flatten": 0,
}  # fmt: skip
"""How much there is to think about in a layer of a family; in all others a little."""

USUAL_INTEREST = 2
TRAITS = {
    "stride": 2,
    "padding": 1,
    "groups": 4,
    "dilation": 3,
    "bidirectional": 1,
    "layers": 1,
    "shares": 3,
    "tied": 3,
}
"""What makes a layer more interesting, by how much."""

FIRST_OF_KIND = 2.0
TIRES = {"number": 0.6, "table": 12.0, "find-error": 2.5, "compare": 2.5}
"""How much less one more question of a kind is worth after each one before it."""

SAME_FAMILY, SAME_LAYER, SAME_PLACE = 1.5, 3.0, 2.0
"""How much less a question is worth after one about the same family, the same kind of layer, the same layer."""

OTHER_KIND = 0.5
"""After a question that is about other layers too, or asks otherwise, only so much of that."""

OF_A_BLOCK, BEHIND_FLATTENING, ON_THE_WAY, ALL_OF_IT = 2, 4, 1, 3

Trait: TypeAlias = tuple[Any, ...]


def traits(layer: Layer) -> Trait:
    """Return what sets a layer apart from others of its kind, without its widths."""
    keys = vars(layer.keys)
    found = [layer.kind.name]
    for name in sorted(keys):
        if name in ("kind", "name", "source", "activation", "function", "rate"):
            continue
        value, plain = keys[name], type(layer.keys).model_fields[name].default
        if name == "kernel":
            found.append("pointwise" if value == 1 else "kernel")
        elif value != plain and value is not None:
            found.append(f"{name} {value}" if isinstance(value, bool) else name)
    return tuple(found)


@dataclass(frozen=True)
class Proposal:
    """One question that may be made: its kind, its layers, and what is asked of the last one, or of all of them."""

    kind: str
    region: Region
    quantities: tuple[str, ...]
    of_all: bool
    worth: float
    variant: Variant | None = None

    @cached_property
    def structure(self) -> Trait:
        """Return how the layers are made and wired, without their numbers."""
        places = {layer.name: place for place, layer in enumerate(self.region.layers)}
        return tuple(
            (traits(layer), tuple(places.get(source, -1) for source in self.region.sources[layer.name]))
            for layer in self.region.layers
        )

    @property
    def same(self) -> Trait:
        """Return what no two questions of a sheet may share."""
        return self.kind, self.structure, self.quantities, self.of_all


def proposals(network: Network, asked: Sequence[str], kinds: Sequence[str]) -> list[Proposal]:
    """Return every question that may be made, those that are worth most first; of each structure the first one."""
    found: dict[Trait, Proposal] = {}
    regions = Regions(network)
    blocks = _blocks(network, regions)
    seen: set[Trait] = set()
    for layer in regions.layers:
        around = list(regions.ending_in(layer.name))
        key = tuple(Proposal("", region, (), False, 0).structure for region in around)
        if key in seen:
            continue
        seen.add(key)
        for proposal in _about(around, asked, blocks):
            if proposal.kind in kinds:
                found.setdefault(proposal.same, proposal)
    return sorted(found.values(), key=lambda proposal: -proposal.worth)


def _blocks(network: Network, regions: Regions) -> set[frozenset[str]]:
    """Return the layers of each block that the author named, as sets."""
    names = [layer.name for layer in regions.layers]
    return {frozenset(name for name in names if name.startswith(f"{block}.")) for block in network.blocks}


def _about(around: Sequence[Region], asked: Sequence[str], blocks: set[frozenset[str]]) -> Iterator[Proposal]:
    """Yield the questions about one layer, alone and with what stands before it."""
    around = [region for region in around if region.joins or len(region.layers) == 1 or not is_norm(region.layers[0])]
    for region in around:
        bonus = OF_A_BLOCK if frozenset(layer.name for layer in region.layers) in blocks else 0
        bonus += ALL_OF_IT if region.is_whole and len(region.layers) > 1 else 0
        if region.target.kind.family == "flatten":
            continue
        if len(region.layers) == 1:
            yield from _alone(region, asked)
        elif region.joins:
            if bonus or (region is around[0] and len(region.layers) <= LONGEST_JOIN):
                yield from _together(region, asked, bonus)
        elif len(region.layers) <= LONGEST_WAY:
            yield from _behind(region, asked, bonus)
        if len(region.layers) <= 2 and not region.joins:
            yield from _compared(region, asked)
    chains = [region for region in around if len(region.layers) <= LONGEST_TABLE]
    for region in chains[-2:]:
        bonus = OF_A_BLOCK if frozenset(layer.name for layer in region.layers) in blocks else 0
        yield from _tabled(region, asked, bonus + (ALL_OF_IT if region.is_whole else 0))


def interest(region: Region) -> float:
    """Return how interesting the last layer of a region is."""
    keys, plain = vars(region.target.keys), type(region.target.keys).model_fields
    more = sum(
        worth
        for name, worth in TRAITS.items()
        if name in keys and keys[name] not in (None, plain[name].default, 1, "valid")
    )
    return INTEREST.get(region.target.kind.family, USUAL_INTEREST) + more


def is_norm(layer: Layer) -> bool:
    """Say whether a layer is a normalisation: it keeps its shape, and nobody begins with it."""
    return layer.kind.family.endswith("norm")


def _asked_of(region: Region, asked: Sequence[str]) -> tuple[str, ...]:
    """Return what is asked of the last layer of a region: of a normalisation only what it costs."""
    found = telling(region, asked)
    fitting = [quantity for quantity in found if not (is_norm(region.target) and quantity in OF_OUTPUT)]
    return tuple(fitting[:MOST_QUANTITIES])


def _alone(region: Region, asked: Sequence[str]) -> Iterator[Proposal]:
    quantities = _asked_of(region, asked)
    if quantities:
        yield Proposal("number", region, quantities, False, interest(region) + 0.5 * len(quantities))


def _behind(region: Region, asked: Sequence[str], bonus: int) -> Iterator[Proposal]:
    """Yield questions in which sizes are carried through other layers first."""
    quantities = _asked_of(region, asked)
    families = [layer.kind.family for layer in region.layers]
    more = BEHIND_FLATTENING if "flatten" in families[:-1] and families[-1] == "dense" else 0
    more += ON_THE_WAY if len(region.layers) == LONGEST_WAY - 1 else 0
    worth = interest(region) + bonus + more + 0.3 * len(set(families))
    if quantities:
        yield Proposal("number", region, quantities, False, worth)
        yield from _with_an_error(region, quantities, False, worth)
    totals = _totals(region, asked)
    if totals and _counted(region) > 1:
        yield Proposal("number", region, totals, True, worth - 1)
        yield from _with_an_error(region, totals, True, worth - 2)


def _with_an_error(region: Region, quantities: Sequence[str], of_all: bool, worth: float) -> Iterator[Proposal]:
    """Yield a wrong solution of the first quantity that takes some lines; of a shape, of one of its sides."""
    values, source = region.network.values, region.sources[region.target.name][0]
    axes = region.network.form(region.target.name).axes
    changed = [axis for axis in axes if values[region.target.name][axis] != values[source].get(axis)]
    sides = (quantity if quantity != "shape" else next(iter(changed), "") for quantity in quantities)
    found = next((side for side in sides if side and _lines(region, side, of_all) >= FEWEST_LINES), "")
    if found:
        yield Proposal("find-error", region, (found,), of_all, worth)


def _lines(region: Region, quantity: str, of_all: bool) -> int:
    """Return on how many lines a quantity of the last layer, or of all, is worked out."""
    network = Network.parse({**region.written(), "conventions": region.network.conventions})
    owner = "total" if of_all else region.names[region.target.name]
    return len(folded(network.derived(network.members(f"{owner}.{quantity}")).steps))


def _together(region: Region, asked: Sequence[str], bonus: int) -> Iterator[Proposal]:
    """Yield questions about branches that come together."""
    totals, worth = _totals(region, asked), interest(region) + bonus + 0.1 * len(region.layers)
    if totals and _counted(region) > 1 and len(region.layers) > 2:
        yield Proposal("number", region, totals, True, worth + 1)
        yield from _with_an_error(region, totals, True, worth)
    quantities = _asked_of(region, asked)
    if quantities:
        yield Proposal("number", region, quantities, False, worth)


def _tabled(region: Region, asked: Sequence[str], bonus: int) -> Iterator[Proposal]:
    columns = tuple(quantity for quantity in asked if is_seen(region, quantity))[:MOST_QUANTITIES]
    while len(columns) > 1 and len(cells(region, columns)) > MOST_CELLS:
        columns = columns[:-1]
    asks = cells(region, columns)
    kinds = len({traits(layer) for layer in region.layers})
    if len({name for name, _ in asks}) >= FEWEST_ROWS <= kinds and len(asks) <= MOST_CELLS:
        yield Proposal("table", region, columns, False, 5 + kinds + bonus)


def cells(region: Region, columns: Sequence[str]) -> list[tuple[str, str]]:
    """Return the layers of a table, each with a quantity: a flattening has no row, and a norm keeps its shape."""
    return [
        (layer.name, column)
        for layer in region.layers
        if layer.kind.family != "flatten"
        for column in columns
        if value_of(region.network, f"{layer.name}.{column}")
        if not (column in OF_OUTPUT and is_norm(layer))
    ]


def _compared(region: Region, asked: Sequence[str]) -> Iterator[Proposal]:
    totals = _totals(region, asked)
    for variant in variants(region) if totals else ():
        yield Proposal("compare", region, totals[:1], True, interest(region), variant)


def _totals(region: Region, asked: Sequence[str]) -> tuple[str, ...]:
    """Return what of a region's layers together is worth asking."""
    found = []
    for quantity in filter(is_total, asked):
        values = [value_of(region.network, f"{layer.name}.{quantity}") for layer in region.layers]
        if any(values) and not is_copied(sum(filter(None, values)), set()):
            found.append(quantity)
    return tuple(found)


def _counted(region: Region) -> int:
    """Return how many layers of a region have parameters or do work."""
    values = region.network.values
    return sum(1 for layer in region.layers if values[layer.name]["parameters"] or values[layer.name]["macs"])


def in_turn(found: Iterable[Proposal], before: Iterable[Proposal] = ()) -> Generator[Proposal, bool, None]:
    """Yield proposals, at each turn the one that is worth most beside those before it.

    `before` are those of earlier questions. What was asked already is worth less: the same family, the same kind of
    layer, the same place. Send `True` back where a proposal became a question; one that did not counts for nothing.
    """
    asked = {proposal.same for proposal in before}
    left = [proposal for proposal in found if proposal.same not in asked]
    taken: defaultdict[Any, float] = defaultdict(float)
    for proposal in before:
        _take(proposal, taken)
    while left:
        best = max(left, key=lambda proposal: proposal.worth - _tired(proposal, taken))
        left.remove(best)
        was_made = yield best
        if was_made:
            _take(best, taken)


def _take(proposal: Proposal, taken: dict[Any, float]) -> None:
    is_plain = proposal.kind == "number" or (proposal.kind == "table" and proposal.region.joins)
    for key, _ in _kept(proposal):
        taken[key] += 1 if is_plain or key == proposal.kind else OTHER_KIND


def _kept(proposal: Proposal) -> list[tuple[Any, float]]:
    """Return what a question has in common with others, and how much less they are worth beside it."""
    target = proposal.region.target
    same = [("family", target.kind.family), ("layer", traits(target)), ("place", target.name)]
    return [(proposal.kind, TIRES[proposal.kind]), *zip(same, (SAME_FAMILY, SAME_LAYER, SAME_PLACE), strict=True)]


def _tired(proposal: Proposal, taken: Mapping[Any, float]) -> float:
    fresh = 0 if taken.get(proposal.kind) else FIRST_OF_KIND
    return sum(weight * taken.get(key, 0) for key, weight in _kept(proposal)) - fresh

"""A flat network as sequences in which repeats can be looked for: layers, and blocks in the place of layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias

from layerquiz.network.layers import KINDS
from layerquiz.network.layers.base import KEYS_OF_ALL, Kind

INPUT = -1
"""The place of the network's input, before all layers."""

WIDTHS = frozenset(("filters", "units", "features", "feedforward", "groups", "heads", "vocabulary"))
"""Keys that count channels and the like: one may be a multiple of another."""

OF_WIRING = frozenset(("kind", "name", "from", "shares", "tied"))
REPEAT = "repeat"


@dataclass(eq=False, slots=True)
class Item:
    """What stands at one place of a sequence: one layer, or the copies of a block one behind the other.

    start, stop: the places of its layers in the network. out: the layer whose output it gives. inputs: the layers
    outside of it that it takes, in the order of first use. token: equal where only `values` may differ. labels: the
    keys whose values these are. lenders: the layers outside whose parameters it uses.
    """

    start: int
    stop: int
    out: int
    inputs: tuple[int, ...]
    token: object
    values: tuple[Any, ...]
    labels: tuple[str, ...]
    lenders: tuple[int, ...] = ()
    copies: tuple[Copy, ...] = ()

    @property
    def block(self) -> Block | None:
        """Return the block whose copies these are; None for a layer."""
        return self.copies[0].block if self.copies else None


@dataclass(eq=False, slots=True)
class Copy:
    """One copy of a block in the network: what stands in it; inputs and out, as of an item; its arguments' values."""

    block: Block
    items: list[Item]
    inputs: tuple[int, ...]
    out: int
    values: tuple[Any, ...] = ()


@dataclass(eq=False, slots=True)
class Block:
    """Layers that are written once: all copies of them. labels: for each argument its key, or `REPEAT`."""

    copies: list[Copy] = field(default_factory=list)
    labels: tuple[str, ...] = ()

    @property
    def out(self) -> int:
        """Return the place of the item whose output a copy gives."""
        first = self.copies[0]
        return next(place for place, item in enumerate(first.items) if item.out == first.out)

    @property
    def rows(self) -> list[list[Item]]:
        """Return the items of all copies."""
        return [copy.items for copy in self.copies]


Column: TypeAlias = tuple[Any, ...]
"""What stands at one place of all copies of a block."""


def frozen(value: Any) -> Any:
    """Return a value that can be compared and looked up; 1 is not true, and 1.0 not 1."""
    if isinstance(value, list | tuple):
        return ("list", *map(frozen, value))
    if isinstance(value, Mapping):
        return ("mapping", *sorted((str(key), frozen(entry)) for key, entry in value.items()))
    return (type(value).__name__, value)


def is_foldable(spec: Mapping[str, Any]) -> bool:
    """Say whether a network is flat and plain: layers of known kinds, each named, after what it takes."""
    layers = spec.get("layers")
    if not isinstance(layers, list) or spec.get("blocks"):
        return False
    seen = {"input"}
    for layer in layers:
        known = isinstance(layer, Mapping) and isinstance(layer.get("kind"), str) and layer["kind"] in KINDS
        if not known or not isinstance(layer.get("name"), str) or layer["name"] in seen:
            return False
        sources = layer.get("from")
        listed = [sources] if sources is None or isinstance(sources, str) else sources
        if not isinstance(listed, list) or not all(name is None or name in seen for name in listed):
            return False
        seen.add(layer["name"])
    return all(layer[key] in seen for layer in layers for key in ("shares", "tied") if layer.get(key) is not None)


def items_of(layers: Sequence[Mapping[str, Any]]) -> list[Item]:
    """Return the layers of a flat network as items, each with the places of those that it takes."""
    places = {"input": INPUT, **{layer["name"]: place for place, layer in enumerate(layers)}}
    items: list[Item] = []
    previous: tuple[int, ...] = (INPUT,)
    for place, layer in enumerate(layers):
        written = layer.get("from")
        alone = KINDS[layer["kind"]].inputs[1] == 0
        sources = previous if not alone else ()
        if written is not None:
            sources = tuple(places[name] for name in ([written] if isinstance(written, str) else written))
        lenders = tuple(places[layer[key]] for key in ("shares", "tied") if layer.get(key) is not None)
        token, labels, values = _described(layer)
        items.append(Item(place, place + 1, place, sources, token, values, labels, lenders))
        previous = () if alone else (place,)
    return items


def _described(layer: Mapping[str, Any]) -> tuple[object, tuple[str, ...], tuple[Any, ...]]:
    """Return what has to be equal in all copies of a layer, and the keys that may differ with their values."""
    plain = defaults(KINDS[layer["kind"]])
    entries = {key: layer.get(key, default) for key, default in plain.items() if default is not None or key in layer}
    entries |= {key: value for key, value in layer.items() if key not in plain and key not in OF_WIRING}
    free = {key: value for key, value in entries.items() if _is_argument(value)}
    fixed = tuple((key, frozen(value)) for key, value in entries.items() if key not in free)
    borrowed = tuple(key for key in ("shares", "tied") if key in layer)
    unlike = id(layer) if any(_is_expression(value) for value in entries.values()) else None
    return (layer["kind"], tuple(free), fixed, borrowed, unlike), tuple(free), tuple(free.values())


@cache
def defaults(kind: Kind) -> dict[str, Any]:
    """Return the keys of a kind of which copies may have different values, with what each is by itself."""
    own = {info.alias or name: info.default for name, info in kind.keys.model_fields.items() if not info.is_required()}
    names = [info.alias or name for name, info in kind.keys.model_fields.items()]
    plain = {name: own.get(name) for name in names if name not in OF_WIRING}
    last = [name for name in plain if name in KEYS_OF_ALL]
    return {name: plain[name] for name in (*(name for name in plain if name not in last), *last)}


def _is_argument(value: Any) -> bool:
    """Say whether a value may be handed to a block: nothing with mappings or lists in lists in lists, nor null."""
    if isinstance(value, list):
        parts = [part for entry in value for part in (entry if isinstance(entry, list) else [entry])]
        return not any(isinstance(part, list | Mapping) for part in parts)
    return value is not None and not isinstance(value, Mapping)


def _is_expression(value: Any) -> bool:
    """Say whether a text in a value would be worked out inside of a block."""
    if isinstance(value, list):
        return any(map(_is_expression, value))
    return isinstance(value, str) and value.startswith("=")


def outside(items: Sequence[Item]) -> tuple[int, ...]:
    """Return the layers outside of some items that these take, in the order of first use."""
    start, stop = items[0].start, items[-1].stop
    return tuple(dict.fromkeys(place for item in items for place in item.inputs if not start <= place < stop))


def columns(block: Block) -> list[tuple[str, Column]]:
    """Return, for each value in a block's body, its key and what it is in each copy."""
    first, *_ = rows = block.rows
    return [
        (label, tuple(row[place].values[number] for row in rows))
        for place, item in enumerate(first)
        for number, label in enumerate(item.labels)
    ]


def is_constant(column: Column) -> bool:
    """Say whether a column has one value in all copies."""
    first = frozen(column[0])
    return all(frozen(value) == first for value in column)


def multiple(label: str, column: Column, base_label: str, base: Column) -> int:
    """Return how many times a base column is in a column at every place; 0 where it is no multiple."""
    if label == base_label and list(map(frozen, column)) == list(map(frozen, base)):
        return 1
    if label not in WIDTHS or base_label not in WIDTHS:
        return 0
    if not all(type(value) is int and value > 0 for value in (*column, *base)):
        return 0
    times = column[0] // base[0]
    return times if times and all(one == times * other for one, other in zip(column, base, strict=True)) else 0


def bases(found: Sequence[tuple[str, Column]]) -> list[tuple[str, Column]]:
    """Return the columns that have to be arguments: those that differ between copies, without multiples of others."""
    varying = [entry for entry in found if not is_constant(entry[1])]
    least = [entry for entry in varying if not any(multiple(*entry, *other) > 1 for other in varying)]
    kept: list[tuple[str, Column]] = []
    for entry in least:
        if not any(multiple(*entry, *other) for other in kept):
            kept.append(entry)
    return kept

"""A flat network as sequences in which repeats can be looked for: layers, and blocks in the place of layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import gcd
from typing import Any, TypeAlias

from layerquiz.network.layers import KINDS
from layerquiz.network.layers.base import KEYS_OF_ALL, Kind

INPUT = -1
"""The place of the network's input, before all layers."""

WIDTHS = frozenset(("filters", "units", "features", "feedforward", "groups", "heads", "vocabulary", "shape"))
"""Keys that count channels and the like: one may be a multiple of another."""

OF_WIRING = frozenset(("kind", "name", "from", "shares", "tied"))
REPEAT = "repeat"
SHAPE = "shape"
"""The key whose list is looked at size by size: one of them may be a number of channels."""


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
    token: tuple[Any, ...]
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
    """Return a value that can be compared and looked up; a whole number is itself, so that 1 is not true."""
    if type(value) is int:
        return value
    if isinstance(value, list | tuple):
        return ("list", *map(frozen, value))
    if isinstance(value, Mapping):
        return ("mapping", *sorted((str(key), frozen(entry)) for key, entry in value.items()))
    return (type(value).__name__, value)


def thawed(value: Any) -> Any:
    """Return the value of an argument as it was written."""
    if type(value) is int:
        return value
    return [thawed(entry) for entry in value[1:]] if value[0] == "list" else value[1]


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


def _described(layer: Mapping[str, Any]) -> tuple[tuple[Any, ...], tuple[str, ...], tuple[Any, ...]]:
    """Return what has to be equal in all copies of a layer, and the keys that may differ with their values."""
    plain = defaults(KINDS[layer["kind"]])
    entries = {key: layer.get(key, default) for key, default in plain.items() if default is not None or key in layer}
    entries |= {key: value for key, value in layer.items() if key not in plain and key not in OF_WIRING}
    free: dict[str, Any] = {}
    for key, value in entries.items():
        if key == SHAPE and isinstance(value, list) and all(type(size) is int for size in value):
            free |= {f"{SHAPE}.{number}": size for number, size in enumerate(value)}
        elif _is_argument(value):
            free[key] = frozen(value)
    fixed = tuple((key, frozen(value)) for key, value in entries.items() if key not in free and key != SHAPE)
    borrowed = tuple(key for key in ("shares", "tied") if layer.get(key) is not None)
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


def columns(rows: Sequence[Sequence[Item]]) -> list[tuple[str, Column]]:
    """Return, for each value in items that stand at several places, its key and what it is at each place."""
    return [entry for place in range(len(rows[0])) for entry in columns_at(rows, place)]


def columns_at(rows: Sequence[Sequence[Item]], place: int) -> list[tuple[str, Column]]:
    """Return the values of the items at one place of each row."""
    across = zip(*(row[place].values for row in rows), strict=True)
    return list(zip(rows[0][place].labels, across, strict=True))


def is_constant(column: Column) -> bool:
    """Say whether a column has one value in all copies."""
    return column.count(column[0]) == len(column)


def is_width(label: str) -> bool:
    """Say whether a key counts channels or the like."""
    return label.partition(".")[0] in WIDTHS


MOST_TIMES = 8
"""How many times a width one writes: beyond, one in between is taken as the base."""


def scale(label: str, column: Column) -> int:
    """Return the greatest common divisor of a column of widths; 0 where a column is none."""
    if not is_width(label) or not all(type(value) is int and value > 0 for value in column):
        return 0
    return gcd(*column)


def relation(entry: tuple[str, Column], base: tuple[str, Column]) -> str | None:
    """Return how a column follows from a base, such as ` * 4`; None where it does not."""
    if entry == base:
        return ""
    mine, theirs = scale(*entry), scale(*base)
    if not mine or not theirs or any(a * theirs != b * mine for a, b in zip(entry[1], base[1], strict=True)):
        return None
    if mine % theirs == 0:
        return f" * {mine // theirs}" if mine > theirs else ""
    return f" // {theirs // mine}" if theirs % mine == 0 else None


def bases(found: Sequence[tuple[str, Column]]) -> list[tuple[str, Column]]:
    """Return the columns that have to be arguments: those that differ between copies, without multiples of others."""
    groups: dict[object, dict[int, tuple[str, Column]]] = {}
    for entry in dict.fromkeys(found):
        label, column = entry
        if not is_constant(column):
            divisor = scale(label, column)
            key = tuple([value // divisor for value in column]) if divisor else entry
            known = groups.setdefault(key, {})
            known.setdefault(divisor, entry)
    return [members[divisor] for members in groups.values() for divisor in _divisors(sorted(members))]


def _divisors(left: list[int]) -> list[int]:
    """Return those of some widths from which all others follow, as products or exact quotients."""
    chosen = []
    while left:
        base = left[0]
        if left[-1] > MOST_TIMES * base:
            fitting = [one for one in left if all(other % one == 0 or one % other == 0 for other in left)]
            base = min(fitting, key=lambda one: max(left[-1] // one, one // left[0]), default=base)
        chosen.append(base)
        left = [other for other in left if base and other % base and base % other]
    return chosen

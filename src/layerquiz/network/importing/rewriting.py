"""Blocks that were found in a flat network, written in the notation: definitions, their arguments, and their uses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from layerquiz.network.blocks import KEYS
from layerquiz.network.importing.naming import Names, agreed, distinct, named_after, unnumbered, word
from layerquiz.network.importing.sequences import (
    INPUT,
    REPEAT,
    SHAPE,
    Block,
    Column,
    Item,
    bases,
    columns,
    columns_at,
    defaults,
    frozen,
    is_constant,
    is_width,
    relation,
    thawed,
)
from layerquiz.network.layer import is_name
from layerquiz.network.layers import KINDS
from layerquiz.network.scope import COPY

COUNTED = "blocks"
"""The argument that says how often a block in a block is repeated."""

LONGEST_ARGUMENT = 24
JOINING = ("encoder", "decoder", "residual", "inception")
OF_LAYERS = ("filters", "units", "features")
"""The widths that a layer is named for, before those that only follow them."""

COPIED = re.compile(rf"{COPY}\d*")
UNNAMED = frozenset(("activation", "dropout", "identity", "flatten"))


class Rewriting:
    """A flat network's layers, and the blocks that stand in their place."""

    def __init__(self, flat: Mapping[str, Any], items: list[Item], blocks: list[Block], names: Names) -> None:
        self.flat, self.items, self.names = flat, items, names
        self.layers = flat["layers"]
        self.blocks = self._inner_first(blocks)
        self.plainly = {block: self._block_name(block) for block in self.blocks}
        self.called = dict(zip(self.blocks, distinct(list(self.plainly.values()), KEYS), strict=True))
        self.locals = {block: self._local_names(block) for block in self.blocks}
        self.arguments: dict[Block, list[str]] = {}
        for block in self.blocks:
            self.arguments[block] = self._argument_names(block)
        self.plain = {block: self._defaults(block) for block in self.blocks}
        self.top = self._top_names()
        self.mentioned: set[tuple[Block | None, str]] = set()
        """The names that an entry of a block, or of the network, says, from inside or outside of it."""

    def notation(self) -> dict[str, Any]:
        """Return the network with its blocks."""
        written = {key: value for key, value in self.flat.items() if key != "layers"}
        written["blocks"] = {self.called[block]: self._definition(block) for block in self.blocks}
        written["layers"] = self._entries(None)
        for block in self.blocks:
            self._unname(written["blocks"][self.called[block]]["layers"], block)
        self._unname(written["layers"], None)
        return written

    def _unname(self, entries: list[dict[str, Any]], block: Block | None) -> None:
        """Take away names that say nothing: of activations and the like that nothing mentions."""
        names = [entry["name"] for entry in entries]
        counts: dict[str, int] = {}
        for entry, name in zip(entries, names, strict=True):
            kind = entry.get("kind", "")
            counts[kind] = counts.get(kind, 0) + 1
            plain = f"{kind}_{counts[kind]}"
            free = name == plain or (block is not None and plain not in names)
            if free and kind in UNNAMED and (block, name) not in self.mentioned:
                del entry["name"]

    def _inner_first(self, blocks: Sequence[Block]) -> list[Block]:
        """Return the blocks, each behind those that stand in it."""
        found: dict[Block, None] = {}

        def visit(block: Block) -> None:
            for item in block.copies[0].items:
                if item.block and item.block not in found:
                    visit(item.block)
            found[block] = None

        for block in blocks:
            if block not in found:
                visit(block)
        return list(found)

    # Names

    def _block_name(self, block: Block) -> str:
        row, (given, *_) = block.copies[0].items, block.copies[0].inputs
        kinds = [self.layers[item.start]["kind"] for item in row if not item.copies]
        if any(len({len(other[place].copies) for other in block.rows}) > 1 for place in range(len(row))):
            return "stage"
        if any(self.layers[item.start]["kind"] == "concat" and given in item.inputs for item in row if not item.copies):
            return "grown"
        uses = len(row) - len(kinds)
        kernels = [
            self.layers[item.start].get("kernel") for item in row if "filters" in item.labels and not item.copies
        ]
        name = "bottleneck" if kernels == [1, 3, 1] and not uses else named_after(kinds)
        return name if name and (uses < 2 or name in JOINING) else "stage" if uses else "part"

    def _local_names(self, block: Block) -> list[str]:
        row = block.copies[0].items
        plain = [self.plainly[item.block] if item.block else word(self.layers[item.start]["kind"]) for item in row]
        called = unnumbered([agreed(names) for names in self.names.inside(block.rows)])
        kinds: dict[str, set[str]] = {}
        for name, kind in zip(called, plain, strict=True):
            kinds.setdefault(name, set()).add(kind)
        told = [is_name(name) and not COPIED.fullmatch(name) and len(kinds[name]) == 1 for name in called]
        return distinct([name if tells else kind for name, kind, tells in zip(called, plain, told, strict=True)])

    def _top_names(self) -> list[str]:
        taken = [self.layers[item.start]["name"] for item in self.items if not item.copies]
        uses_of = [(item, item.block) for item in self.items if item.block]
        wanted = [self.names.prefix(item.start, item.stop) or self.plainly[block] for item, block in uses_of]
        uses = iter(distinct(wanted, taken))
        return [next(uses) if item.copies else self.layers[item.start]["name"] for item in self.items]

    def _argument_names(self, block: Block) -> list[str]:
        """Return what a block's arguments are called: as their keys; where several have one, as their layers."""
        keys = [COUNTED if label == REPEAT else label.partition(".")[0] for label in block.labels]
        widths = sum(map(is_width, block.labels))
        slots = [
            (entry, name)
            for place, item in enumerate(block.copies[0].items)
            for entry, name in zip(columns_at(block.rows, place), self._slot_names(block, place, item), strict=True)
        ]
        wanted = []
        for key, base in zip(keys, bases([entry for entry, _ in slots]), strict=True):
            following = [(label, name) for (label, column), name in slots if relation((label, column), base) == ""]
            name = next((name for label, name in following if label in OF_LAYERS), following[0][1])
            several = (widths if is_width(key) else keys.count(key)) > 1
            wanted.append(name if several and len(name) < LONGEST_ARGUMENT else key)
        return distinct([name if name not in KEYS else f"{name}_" for name in wanted], ("kind", *KEYS))

    def _slot_names(self, block: Block, place: int, item: Item) -> list[str]:
        """Return what the values at one place of a block may be called, apart from each other."""
        own = self.locals[block][place]
        if item.block is None:
            return [own if label in OF_LAYERS else f"{own}_{label.partition('.')[0]}" for label in item.labels]
        told = [name if name not in item.block.labels else f"{own}_{name}" for name in self.arguments[item.block]]
        return [*told, f"{own}_{COUNTED}"]

    def _defaults(self, block: Block) -> dict[str, Any]:
        """Return the arguments that have a value where a use says nothing: the most frequent one, if it is frequent."""
        found: dict[str, Any] = {}
        sites = self._sites(block)
        for number, (name, label) in enumerate(zip(self.arguments[block], block.labels, strict=True)):
            if is_width(label) or label == REPEAT:
                continue
            values = [values[number] for values in sites]
            most = max(values, key=values.count)
            if values.count(most) * 5 >= len(values) * 2:
                found[name] = thawed(most)
        return found

    def _sites(self, block: Block) -> list[tuple[Any, ...]]:
        """Return the values of a block's arguments wherever its copies begin, once for copies that are one use."""
        rows = [self.items, *(row for other in self.blocks for row in other.rows)]
        return [item.values for row in rows for item in row if item.block is block]

    # Entries

    def _definition(self, block: Block) -> dict[str, Any]:
        found: dict[str, Any] = {}
        names, plain = self.arguments[block], self.plain[block]
        if names:
            found["arguments"] = {name: plain.get(name) for name in names} if plain else names
        found["layers"] = self._entries(block)
        if block.out != len(block.copies[0].items) - 1:
            found["output"] = self.locals[block][block.out]
            self.mentioned.add((block, found["output"]))
        return found

    def _entries(self, block: Block | None) -> list[dict[str, Any]]:
        row = block.copies[0].items if block else self.items
        names = self.locals[block] if block else self.top
        given = block.copies[0].inputs if block else (INPUT,)
        known = bases(columns(block.rows)) if block else []
        found = []
        for place, item in enumerate(row):
            written = columns_at(block.rows if block else [self.items], place)
            values = [self._value(block, known, label, column) for label, column in written]
            entry = self._use(item.block, values) if item.block else self._layer(item, values)
            head = {"block" if item.copies else "kind": entry.pop("block" if item.copies else "kind")}
            head["name"] = names[place]
            if item.inputs != given:
                sources = [self._named(block, source) for source in item.inputs]
                if sources:
                    head["from"] = sources[0] if len(sources) == 1 else sources
            for key, lender in zip(self._borrowing(item), item.lenders, strict=False):
                entry[key] = self._named(block, lender, whole=True)
            found.append(head | entry)
            given = (item.out,) if item.inputs or item.copies else ()
        return found

    def _borrowing(self, item: Item) -> list[str]:
        return (
            [] if item.copies else [key for key in ("shares", "tied") if self.layers[item.start].get(key) is not None]
        )

    def _layer(self, item: Item, values: Sequence[Any]) -> dict[str, Any]:
        layer = self.layers[item.start]
        plain = defaults(KINDS[layer["kind"]])
        found = {key: value for key, value in layer.items() if key not in ("name", "from", "shares", "tied")}
        shape = [value for label, value in zip(item.labels, values, strict=True) if label.startswith(f"{SHAPE}.")]
        for key, value in [*zip(item.labels, values, strict=True), *([(SHAPE, shape)] if shape else [])]:
            if key.startswith(f"{SHAPE}."):
                continue
            if frozen(value) == frozen(plain.get(key)):
                found.pop(key, None)
            else:
                found[key] = value
        return found

    def _use(self, block: Block, values: Sequence[Any]) -> dict[str, Any]:
        plain = self.plain[block]
        *arguments, count = values
        named = zip(self.arguments[block], arguments, strict=True)
        said = {name: value for name, value in named if name not in plain or frozen(value) != frozen(plain[name])}
        return {"block": self.called[block], **said, **({"repeat": count} if count != 1 else {})}

    def _value(self, block: Block | None, known: Sequence[tuple[str, Column]], label: str, column: Column) -> Any:
        """Return a value as it is written: itself where all copies agree, else an expression over the arguments."""
        if is_constant(column) or block is None:
            return thawed(column[0])
        for name, base in zip(self.arguments[block], known, strict=True):
            follows = relation((label, column), base)
            if follows is not None:
                return f"= {name}{follows}"
        raise AssertionError(label)

    def _named(self, block: Block | None, place: int, whole: bool = False) -> str:
        """Return how an entry of a block, or of the network, calls a layer that it takes."""
        row = block.copies[0].items if block else self.items
        names = self.locals[block] if block else self.top
        for item, name in zip(row, names, strict=True):
            if item.start <= place < item.stop:
                self.mentioned.add((block, name))
                return name if place == item.out and not whole else self._within(block, item, name, place, whole)
        given = block.copies[0].inputs if block else (INPUT,)
        if whole:  # a layer outside that all copies share with
            return self._named(None, place, whole)
        number = given.index(place)
        return "input" if len(given) == 1 else f"input{number + 1}"

    def _within(self, block: Block | None, item: Item, name: str, place: int, whole: bool) -> str:
        if item.block is None:
            return name
        for number, copy in enumerate(item.copies, 1):
            for inner, called in zip(copy.items, self.locals[item.block], strict=True):
                if inner.start <= place < inner.stop:
                    self.mentioned.add((item.block, called))
                    held = f"{name}.{COPY}{number}" if self._is_repeated(block, item) else name
                    if place == copy.out and not whole:
                        return held
                    deeper = (
                        called
                        if place == inner.out and not whole
                        else self._within(item.block, inner, called, place, whole)
                    )
                    return f"{held}.{deeper}"
        raise AssertionError(name)

    def _is_repeated(self, block: Block | None, item: Item) -> bool:
        """Say whether an item is written with `repeat`: where its number of copies is not one everywhere."""
        if block is None:
            return len(item.copies) > 1
        place = block.copies[0].items.index(item) if item in block.copies[0].items else -1
        if place < 0:
            place = next(row.index(item) for row in block.rows if item in row)
        return any(len(row[place].copies) > 1 for row in block.rows)

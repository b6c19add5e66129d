"""Blocks that were found in a flat network, written in the notation: definitions, their arguments, and their uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from layerquiz.network.blocks import KEYS
from layerquiz.network.importing.naming import Names, agreed, distinct, word
from layerquiz.network.importing.sequences import (
    INPUT,
    REPEAT,
    WIDTHS,
    Block,
    Column,
    Item,
    bases,
    columns,
    defaults,
    frozen,
    is_constant,
    multiple,
)
from layerquiz.network.layers import KINDS
from layerquiz.network.scope import COPY

COUNTED = "blocks"
"""The argument that says how often a block in a block is repeated."""


class Rewriting:
    """A flat network's layers, and the blocks that stand in their place."""

    def __init__(self, flat: Mapping[str, Any], items: list[Item], blocks: list[Block], names: Names) -> None:
        self.flat, self.items, self.names = flat, items, names
        self.layers = flat["layers"]
        self.blocks = self._inner_first(blocks)
        self.called = dict(zip(self.blocks, self._block_names(), strict=True))
        self.locals = {block: self._local_names(block) for block in self.blocks}
        self.arguments = {block: self._argument_names(block) for block in self.blocks}
        self.plain = {block: self._defaults(block) for block in self.blocks}
        self.top = self._top_names()

    def notation(self) -> dict[str, Any]:
        """Return the network with its blocks."""
        written = {key: value for key, value in self.flat.items() if key != "layers"}
        written["blocks"] = {self.called[block]: self._definition(block) for block in self.blocks}
        written["layers"] = self._entries(None)
        return written

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

    def _block_names(self) -> list[str]:
        return distinct([self._block_name(block) for block in self.blocks], KEYS)

    def _block_name(self, block: Block) -> str:
        kinds = {self.layers[item.start]["kind"] for item in block.copies[0].items if not item.copies}
        stems = {word(kind) for kind in kinds}
        if stems <= {"conv", "norm", "activation"} and "conv" in stems:
            return "convolution"
        if "attention" in stems:
            return "encoder"
        if not kinds:
            return "stage"
        if "add" in stems:
            return "residual"
        if "concat" in stems:
            return "grown" if len(block.copies[0].inputs) == 1 else "joined"
        return "part"

    def _local_names(self, block: Block) -> list[str]:
        found = []
        for place, called in enumerate(self.names.inside(block.rows)):
            item = block.copies[0].items[place]
            name = agreed(called)
            if not name or not (name[0].isalpha() or name[0] == "_") or name.endswith("_") or not name.isidentifier():
                name = self.called[item.block] if item.block else word(self.layers[item.start]["kind"])
            found.append(name)
        return distinct(found)

    def _top_names(self) -> list[str]:
        taken = [self.layers[item.start]["name"] for item in self.items if not item.copies]
        wanted = []
        for item in self.items:
            if item.block:
                name = "_".join(self.names.prefix(item.start, item.stop)) or self.called[item.block]
                wanted.append(name if name.isidentifier() else self.called[item.block])
        uses = iter(distinct(wanted, taken))
        return [next(uses) if item.copies else self.layers[item.start]["name"] for item in self.items]

    def _argument_names(self, block: Block) -> list[str]:
        wanted = [COUNTED if label == REPEAT else label for label in block.labels]
        return distinct([name if name not in KEYS else f"{name}_" for name in wanted], ("kind", *KEYS))

    def _defaults(self, block: Block) -> dict[str, Any]:
        """Return the arguments that have a value where a use says nothing: the most frequent one, if it is frequent."""
        found: dict[str, Any] = {}
        sites = self._sites(block)
        for number, (name, label) in enumerate(zip(self.arguments[block], block.labels, strict=True)):
            if label in WIDTHS or label == REPEAT:
                continue
            values = [values[number] for values in sites]
            counts: dict[object, int] = {}
            for value in values:
                counts[frozen(value)] = counts.get(frozen(value), 0) + 1
            most = max(values, key=lambda value: counts[frozen(value)])
            if counts[frozen(most)] * 5 >= len(values) * 2:
                found[name] = most
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
        return found

    def _entries(self, block: Block | None) -> list[dict[str, Any]]:
        row = block.copies[0].items if block else self.items
        names = self.locals[block] if block else self.top
        given = block.copies[0].inputs if block else (INPUT,)
        known = bases(columns(block)) if block else []
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
        for key, value in zip(item.labels, values, strict=True):
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
            return column[0]
        for name, base in zip(self.arguments[block], known, strict=True):
            times = multiple(label, column, *base)
            if times:
                return f"= {name}" if times == 1 else f"= {name} * {times}"
        raise AssertionError(label)

    def _named(self, block: Block | None, place: int, whole: bool = False) -> str:
        """Return how an entry of a block, or of the network, calls a layer that it takes."""
        row = block.copies[0].items if block else self.items
        names = self.locals[block] if block else self.top
        for item, name in zip(row, names, strict=True):
            if item.start <= place < item.stop:
                return name if place == item.out and not whole else self._within(block, item, name, place, whole)
        given = block.copies[0].inputs if block else (INPUT,)
        number = given.index(place)
        return "input" if len(given) == 1 else f"input{number + 1}"

    def _within(self, block: Block | None, item: Item, name: str, place: int, whole: bool) -> str:
        if item.block is None:
            return name
        for number, copy in enumerate(item.copies, 1):
            for inner, called in zip(copy.items, self.locals[item.block], strict=True):
                if inner.start <= place < inner.stop:
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


def columns_at(rows: Sequence[Sequence[Item]], place: int) -> list[tuple[str, Column]]:
    """Return the values of the items at one place: for each its key, and what it is in each row."""
    return [
        (label, tuple(row[place].values[number] for row in rows)) for number, label in enumerate(rows[0][place].labels)
    ]

"""Blocks found again in a flat network: what repeats is written once, as a person would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from layerquiz.errors import NetworkError
from layerquiz.network.blocks import laid_out
from layerquiz.network.importing.naming import Names
from layerquiz.network.importing.patterns import Body, Pattern, best, runs
from layerquiz.network.importing.rewriting import Rewriting
from layerquiz.network.importing.sequences import (
    REPEAT,
    Block,
    Copy,
    Item,
    bases,
    columns,
    defaults,
    frozen,
    is_foldable,
    items_of,
    outside,
)
from layerquiz.network.layers import KINDS
from layerquiz.network.network import Network
from layerquiz.network.writing import text

MOST_BLOCKS = 40


def folded(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a flat network with blocks where it repeats itself: the same layers in the same order, fewer lines.

    spec: every layer by itself, named, behind what it takes. What has blocks already, or would not become shorter, is
    returned as it is. Names of layers in blocks are dotted ones; `correspondence` tells which is which.
    """
    flat = dict(spec)
    written = rewritten(flat) if is_foldable(flat) else flat
    return written if _is_shorter(written, flat) and is_same(flat, written) else flat


def readable(network: Network) -> Network:
    """Return a network that an importer wrote flat with blocks where it repeats itself."""
    return Network.parse(folded(network.spec))


def rewritten(flat: dict[str, Any]) -> dict[str, Any]:
    """Return a flat network with blocks, however long; `folded` compares the two."""
    items = items_of(flat["layers"])
    names = Names([layer["name"] for layer in flat["layers"]], [layer["kind"] for layer in flat["layers"]])
    blocks = _fold(items, names)
    return Rewriting(flat, items, blocks, names).notation() if blocks else flat


def correspondence(flat: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, str]:
    """Return, for the name of each layer of a flat network, its dotted name in what `folded` made of it."""
    entries = laid_out(written, KINDS).entries
    counts: dict[str, int] = {}
    found = {}
    for layer, entry in zip(flat["layers"], entries, strict=True):
        kind = layer["kind"]
        counts[kind] = counts.get(kind, 0) + 1
        found[layer["name"]] = entry.name or entry.mapping.get("name") or f"{kind}_{counts[kind]}"
    return found


def is_same(flat: Mapping[str, Any], written: Mapping[str, Any]) -> bool:
    """Say whether a network with blocks has the same layers, keys and wiring, in the same order, as a flat one."""
    try:
        laid = laid_out(written, KINDS).entries
    except NetworkError:
        return False
    if len(laid) != len(flat["layers"]):
        return False
    names = {"input": "input", **{entry.name or entry.mapping["name"]: number for number, entry in enumerate(laid)}}
    own = {"input": "input", **{layer["name"]: number for number, layer in enumerate(flat["layers"])}}
    theirs = _said([entry.mapping for entry in laid], names)
    return theirs is not None and theirs == _said(flat["layers"], own)


def _said(layers: Sequence[Mapping[str, Any]], places: Mapping[str, Any]) -> list[Any] | None:
    """Return what each layer says: its keys, also those left out, and the places of the layers that it names."""
    found: list[Any] = []
    previous: list[Any] = ["input"]
    for number, layer in enumerate(layers):
        plain = defaults(KINDS[layer["kind"]])
        own = {key: value for key, value in layer.items() if key not in ("kind", "name", "from", "shares", "tied")}
        written = layer.get("from")
        alone = KINDS[layer["kind"]].inputs[1] == 0
        sources = ([] if alone else previous) if written is None else [written] if isinstance(written, str) else written
        wired = [places.get(name, name) if isinstance(name, str) else name for name in sources]
        borrowed = [places.get(layer[key]) for key in ("shares", "tied") if layer.get(key) is not None]
        found.append((layer["kind"], frozen({**plain, **own}), wired, borrowed))
        previous = [] if alone else [number]
    return found


def _is_shorter(written: Mapping[str, Any], flat: Mapping[str, Any]) -> bool:
    ours, theirs = text(written), text(flat)
    return len(ours) < len(theirs) and ours.count("\n") < theirs.count("\n")


def _fold(items: list[Item], names: Names) -> list[Block]:
    """Put blocks in the place of layers, the one that spares most first; return all that were made."""
    reads = _last_reads(items)
    blocks: list[Block] = []
    while len(blocks) < MOST_BLOCKS:
        bodies = [Body([items]), *(Body(block.rows, block.out) for block in blocks)]
        pattern = best(bodies, reads, names)
        if pattern is None:
            return blocks
        blocks.append(_placed(pattern))
    return blocks


def _last_reads(items: Sequence[Item]) -> list[int]:
    """Return for each layer the last one that takes it; the network's end takes the last."""
    reads = [INPUT_READ] * len(items)
    for item in items:
        for place in item.inputs:
            if place >= 0:
                reads[place] = item.start
    reads[-1] = len(items)
    return reads


INPUT_READ = -1


def _placed(pattern: Pattern) -> Block:
    """Put copies of a new block in the place of a pattern's occurrences, in every row of every sequence."""
    block = Block()
    made: list[tuple[list[Item], int, int, list[Copy]]] = []
    for run in runs(pattern):
        first, stop = run[0].place, run[-1].place + pattern.length
        for row in run[0].body.rows:
            parts = [row[start.place : start.place + pattern.length] for start in run]
            copies = [Copy(block, part, outside(part), part[pattern.out].out) for part in parts]
            made.append((row, first, stop, copies))
    block.copies = sorted(chain.from_iterable(copies for *_, copies in made), key=lambda copy: copy.items[0].start)
    arguments = bases(columns(block.rows))
    block.labels = tuple(label for label, _ in arguments)
    for number, copy in enumerate(block.copies):
        copy.values = tuple(column[number] for _, column in arguments)
    for row, first, stop, copies in sorted(made, key=lambda entry: -entry[1]):
        row[first:stop] = [_item(block, copies)]
    return block


def _item(block: Block, copies: list[Copy]) -> Item:
    first, last = copies[0], copies[-1]
    return Item(
        first.items[0].start,
        last.items[-1].stop,
        last.out,
        first.inputs,
        ("block", id(block)),
        (*first.values, len(copies)),
        (*block.labels, REPEAT),
        copies=tuple(copies),
    )

"""Every quantity of every layer of a network, counted or listed: sizes, costs, memory, what one output sees.

Shares nothing with the package: networks are mappings in the notation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from oracle import limits, listed_kinds, sliding
from oracle.seen import AT_FIRST, Trace, fields, trace
from oracle.sliding import Counted, Sizes, axes_of, listed
from oracle.training import costs
from oracle.ways import Way

Layer = Mapping[str, Any]


class RefusedError(Exception):
    """A network that cannot be, with the name of the layer that does not fit."""


def quantities(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return every quantity of the last layer; `RefusedError` where a layer on the way cannot be."""
    return list(of_layers(spec).values())[-1]


def of_layers(spec: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return every quantity of each layer by its name; `RefusedError` where one cannot be."""
    way = Way.of(spec)
    given = {size: number for size, number in spec["input"].items() if size != "batch"}
    sizes: dict[str, Sizes] = {"input": given}
    seen: dict[str, Trace | None] = {"input": dict.fromkeys(axes_of(given), AT_FIRST)}
    previous = "input"
    found: dict[str, dict[str, Any]] = {}
    owned: dict[str, Counted] = {}
    for layer in spec["layers"]:
        names = layer.get("from", previous)
        sources = [names] if isinstance(names, str) else list(names)
        inputs = [] if layer["kind"] == "parameter" else [sizes[name] for name in sources]
        known = with_table(layer, spec)
        counted = owned[layer["name"]] = count(known, inputs, way.name)
        if "shares" in layer:
            counted = borrowed(counted, owned[layer["shares"]], layer["name"])
        previous = layer["name"]
        sizes[previous] = counted.output
        if layer["kind"] == "parameter":
            seen[previous] = None
        else:
            seen[previous] = trace(layer, inputs, counted.output, [seen[name] for name in sources])
        found[previous] = costs(known, counted, inputs, way) | fields(seen[previous] or {})
    return found


def borrowed(counted: Counted, lender: Counted, name: str) -> Counted:
    """Return what a layer costs without the parameters, which are the lender's and have to be as many."""
    if (counted.weights, counted.biases) != (lender.weights, lender.biases):
        raise RefusedError(name)
    return replace(counted, weights=0, biases=0, statistics=0)


def with_table(layer: Layer, spec: Mapping[str, Any]) -> Layer:
    """Return a tied layer with the embedding that it uses in the place of the name."""
    tables = {each["name"]: each for each in spec["layers"] if each["name"] == layer.get("tied")}
    return {**layer, "tied": tables[layer["tied"]]} if tables else layer


def count(layer: Layer, inputs: list[Sizes], by: str) -> Counted:
    """Return what a layer costs."""
    kind = layer["kind"]
    if kind in limits.REFUSED and limits.REFUSED[kind](layer, inputs, by):
        raise RefusedError(layer["name"])
    if "tied" in layer:
        counted = sliding.COUNT[kind]({"units": layer["tied"]["vocabulary"], **layer}, inputs[0], by)
        counted = replace(counted, weights=0)  # they are the table's
    elif kind in sliding.COUNT:
        counted = sliding.COUNT[kind](layer, inputs[0], by)
    elif kind in ("add", "concat"):
        counted = sliding.merged(layer, inputs)
    else:
        counted = listed_kinds.COUNT[kind](layer, inputs, by)  # type: ignore[arg-type]
    if min(counted.output.values()) < 1:
        raise RefusedError(layer["name"])
    return counted


def of_input(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return every quantity of a network's input."""
    given = {size: number for size, number in spec["input"].items() if size != "batch"}
    numbers = listed(*given.values())
    memory = Way.of(spec).memory(numbers, "activation")
    return {"activations": numbers, "activation_bytes": memory} | fields(dict.fromkeys(axes_of(given), AT_FIRST))

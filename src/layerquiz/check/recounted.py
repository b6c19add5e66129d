"""The key again, without formulas: a drawn network is scaled down until everything in it can be listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from math import lcm
from typing import Any

from layerquiz.check.brute import AXES, Counted, NotCountedError, counted, listed
from layerquiz.check.found import Problem, at_blank
from layerquiz.errors import LayerquizError
from layerquiz.exam.question import Question
from layerquiz.network.network import Answer, Network, joined
from layerquiz.network.scope import is_block
from layerquiz.render.mathtext import in_words

RECOUNTED = 3
"""So many drawings are recounted."""

KEPT = 4
"""Numbers of channels and units up to this stay as they are; larger ones become small and different."""

SMALLEST, LARGEST = 5, 160
"""Between these sizes the smallest image is looked for on which every layer still has several outputs."""

WIDE = ("channels", "features", "filters", "units")


def recounted(questions: Sequence[Question]) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """Return the blanks that were counted on smaller networks, and where counting comes to something else."""
    names: dict[str, None] = {}
    problems: list[Problem] = []
    for question in questions[:RECOUNTED]:
        for number, name, here, there in _compared(question):
            names[name] = None
            if here != there:
                what = (
                    f"{name} is {in_words(there)} on a smaller network, and counted one by one it is {in_words(here)}"
                )
                problems.append(Problem(at_blank(question.template, number), what))
    return tuple(names), tuple(problems)


def _compared(question: Question) -> Iterator[tuple[int, str, Answer, Answer]]:
    """Yield each blank that can be counted: its number and name, the count, and what the formulas give."""
    network = smaller(question.drawn["network"], question.network) if question.computed else None
    if network is None:
        return
    try:
        layers = by_layer(network)
    except NotCountedError:
        return
    for number, blank in enumerate(question.blanks):
        if blank.kind in ("number", "formula"):
            try:
                here = value(blank.quantity, layers, network)
            except NotCountedError:
                continue
            yield number, blank.quantity, here, network.value(blank.quantity)


def smaller(spec: Mapping[str, Any], drawn: Network) -> Network | None:
    """Return a network like a drawn one with few channels and units on a small image; None where there is none."""
    layers = spec["layers"]
    if any(is_block(layer) for layer in layers):
        return None
    wide = _few([spec["input"], *layers])
    axes = [axis for axis in AXES if axis in spec["input"]]
    orders = sorted({spec["input"][axis] for axis in axes})
    small = [_replaced(layer, wide) for layer in layers]
    for size in range(SMALLEST, LARGEST if axes else SMALLEST + 1):
        image = _replaced(spec["input"], wide) | {axis: size + orders.index(spec["input"][axis]) for axis in axes}
        if "tokens" in image:
            image["tokens"] = SMALLEST
        try:
            network = Network.parse({"input": image, "layers": small, "conventions": drawn.conventions})
        except LayerquizError:
            continue
        if _has_room(network):
            return network
    return None


def _few(mappings: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Return small numbers for those of channels and units: equal for equal ones, and divided by all groups."""
    groups = lcm(*(entry["groups"] for entry in mappings if isinstance(entry.get("groups"), int)))
    found = {entry[key] for entry in mappings for key in WIDE if isinstance(entry.get(key), int)}
    if groups > KEPT:
        return {}
    small = (number * groups for number in count(KEPT // groups + 1))
    return {number: number if number <= KEPT else next(small) for number in sorted(found)}


def _replaced(entry: Mapping[str, Any], wide: Mapping[int, int]) -> dict[str, Any]:
    return {
        key: wide.get(found, found) if key in WIDE and isinstance(found, int) else found for key, found in entry.items()
    }


def _has_room(network: Network) -> bool:
    """Say whether every layer with axes has more than one output along each."""
    values = network.values
    return all(values[layer.name].get(axis, 2) > 1 for layer in network.layers for axis in AXES)


def by_layer(network: Network) -> dict[str, Counted]:
    """Return what is counted for each layer of a network, the input first. Raises `NotCountedError`."""
    sizes: dict[str, int] = {name: int(network.values["input"][name]) for name in network.form("input").sizes}
    found = {"input": Counted(sizes, seen={axis: () for axis in AXES if axis in sizes})}
    for layer, written in zip(network.layers, network.spec["layers"], strict=True):
        found[layer.name] = counted(written, [found[source] for source in layer.sources], network.conventions)
    return found


def value(name: str, layers: Mapping[str, Counted], network: Network) -> Answer:
    """Return a quantity from what was counted. Raises `NotCountedError`."""
    owner, _, quantity = name.rpartition(".")
    if owner == "total" and quantity in ("weights", "biases", "parameters", "macs"):
        return sum(int(_number(layer, quantity)) for layer in layers.values())
    if owner not in layers:
        raise NotCountedError
    layer = layers[owner]
    if quantity == "shape":
        first = network.conventions.channels_first
        order = [size for size in ("channels", *AXES, "tokens", "features") if size in layer.output]
        order = order if first or "channels" not in order else [*order[1:], "channels"]
        return tuple(layer.output[size] for size in order)
    if quantity == "receptive_field":
        axes = [axis for axis in AXES if axis in layer.output]
        if not axes:
            raise NotCountedError
        return joined(quantity, tuple(layer.receptive_field(axis) for axis in axes))
    return _number(layer, quantity)


def _number(layer: Counted, quantity: str) -> int:
    if quantity in layer.output:
        return layer.output[quantity]
    match quantity:
        case "weights" | "biases" | "macs":
            return int(getattr(layer, quantity))
        case "parameters":
            return layer.weights + layer.biases + layer.stored
        case "trainable":
            return layer.weights + layer.biases
        case "nontrainable":
            return layer.stored
        case "activations":
            return listed(*layer.output.values())
    raise NotCountedError

"""Memory, work and movement of a layer, summed product by product and number by number.

Shares nothing with the package: a layer is its mapping in the notation, an input a mapping of sizes.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from oracle.sliding import Counted, Sizes, listed
from oracle.ways import Way

Layer = Mapping[str, Any]
Projection = tuple[int, int, int]
"""At how many places a matrix is applied, and its inputs and outputs."""


def costs(layer: Layer, counted: Counted, inputs: list[Sizes], way: Way) -> dict[str, Any]:
    """Return what follows from weights, biases, statistics, multiplications and numbers, each counted one by one."""
    rank = range(layer.get("lora", 0))
    adapters = [(places, len(rank) * (ins + outs)) for places, ins, outs in adapted(layer, inputs, way)]
    adapter, work = sum(many for _, many in adapters), sum(listed(*each) for each in adapters)
    learned = counted.weights + counted.biases + adapter
    trained = adapter if rank else learned if layer.get("trainable", True) else 0
    macs, numbers = counted.macs + work, listed(*counted.output.values())
    parameters = learned + counted.statistics
    active = parameters - (asleep(layer, inputs) if layer["kind"] == "mixture" else 0)
    found = {
        "weights": counted.weights,
        "biases": counted.biases,
        "macs": macs,
        "activations": numbers,
        "parameters": parameters,
        "trainable": trained,
        "nontrainable": parameters - trained,
        "flops": sum(macs for _ in ("multiplication", "addition")),
        "active_parameters": active,
        "backward_flops": 2 * (counted.macs * len(gradients(layer, learned)) + work * len(("input", "weight"))),
        **({"adapter": adapter} if rank else {}),
    }
    found["training_flops"] = found["flops"] + found["backward_flops"]
    return {**counted.output, **found, **memory(layer, found, inputs, way), **connected(layer, counted, numbers, way)}


def gradients(layer: Layer, learned: int) -> list[str]:
    """Return what a product has a gradient for: its input, and what it is multiplied with where this is learned."""
    if layer["kind"] in ("dot", "dotattention") or (layer["kind"], learned) == ("additiveattention", 0):
        return ["first", "second"]
    is_trained = layer.get("trainable", True) and "lora" not in layer
    return ["input", *(["weight"] if is_trained and (learned or "shares" in layer or "tied" in layer) else [])]


def memory(layer: Layer, found: Mapping[str, int], inputs: list[Sizes], way: Way) -> dict[str, Any]:
    """Return the bytes of what is stored, and of what is read and written."""
    examples = range(way.batch)
    tensors = [listed(*sizes.values()) for sizes in inputs]
    parts = {
        "parameter_bytes": way.memory(found["parameters"], "parameter"),
        "gradient_bytes": way.memory(found["trainable"], "gradient"),
        "optimiser_bytes": way.memory(sum(found["trainable"] for _ in way.states), "state"),
        "batch_activation_bytes": way.memory(
            sum(found["activations"] for _ in examples for _ in way.kept), "activation"
        ),
    }
    moved = parts["parameter_bytes"]
    for numbers in (*tensors, found["activations"]):
        moved += sum(way.memory(numbers, "activation") for _ in examples)
    cache = cached(layer, inputs)
    flops = sum(found["flops"] for _ in examples)
    return {
        **parts,
        "training_bytes": sum(parts.values()),
        "activation_bytes": way.memory(found["activations"], "activation"),
        "moved_bytes": moved,
        "arithmetic_intensity": Fraction(flops, moved) if flops else None,
        "kv_cache_bytes": None if cache is None else way.memory(sum(cache for _ in examples), "activation"),
    }


def heads(layer: Layer, inputs: list[Sizes]) -> tuple[int, int, int, int, int]:
    """Return the numbers of query heads and of key heads, the features of a key and of a value, and of the output."""
    width = layer.get("features", inputs[0]["features"])
    key = layer.get("head_features", width // layer["heads"])
    groups = layer.get("kv_heads", layer["heads"])
    return layer["heads"], groups, key, layer.get("value_features", key), width


def cached(layer: Layer, inputs: list[Sizes]) -> int | None:
    """Return the keys and values of all tokens that are attended to; None where nothing is."""
    if layer["kind"] == "decoderlayer":
        return sum(listed(2, each["tokens"], inputs[0]["features"]) for each in (inputs[0], inputs[-1]))
    if layer["kind"] != "attention":
        return None
    keys = inputs[min(1, len(inputs) - 1)]
    _, groups, key, value, _ = heads(layer, inputs)
    return listed(keys["tokens"], groups, key) + listed(keys["tokens"], groups, value)


def adapted(layer: Layer, inputs: list[Sizes], way: Way) -> list[Projection]:
    """Return the matrices that have an adapter beside them."""
    if "lora" not in layer:
        return []
    if layer["kind"] == "dense":
        sizes = dict(inputs[0])
        last = "features" if "features" in sizes else list(sizes)[-1] if way.name == "pytorch" else "channels"
        width = sizes.pop(last)
        return [(listed(*sizes.values()), width, layer["units"])]
    query, keys, values = inputs[0], inputs[min(1, len(inputs) - 1)], inputs[-1]
    many, groups, key, value, width = heads(layer, inputs)
    found = [
        (query["tokens"], query["features"], many * key),
        (keys["tokens"], layer.get("key_input", keys["features"]), groups * key),
        (keys["tokens"], layer.get("value_input", values["features"]), groups * value),
        (query["tokens"], many * value, width),
    ]
    return found if layer.get("adapted") == "all" else [found[0], found[2]]


def asleep(layer: Layer, inputs: list[Sizes]) -> int:
    """Return the parameters of the experts that a token does not meet."""
    width, inner = inputs[0]["features"], layer["feedforward"]
    ways = [inner, inner] if layer.get("gated") else [inner]
    expert = sum(listed(width, each) for each in (*ways, inner))
    biases = sum(ways) + width if layer.get("bias", True) else 0
    return sum(expert + biases for _ in range(layer["active"], layer["experts"]))


NEURONS = (
    *(f"{stem}{rank}d" for stem in ("conv", "convtranspose") for rank in (1, 2, 3)),
    *(
        f"{stem}{rank}d"
        for stem in ("depthwiseconv", "separableconv", "locallyconnected", "convlstm")
        for rank in (1, 2)
    ),
    *("dense", "bilinear", "rnn", "lstm", "gru", "adaptivesoftmax"),
)
"""Kinds whose outputs are units, each with its connections."""

SEVERAL_SUMS = {"rnn", "lstm", "gru", "convlstm1d", "convlstm2d", "adaptivesoftmax"}
"""Kinds whose units are more than one weighted sum: each of these sums has a bias, at every step."""


def connected(layer: Layer, counted: Counted, numbers: int, way: Way) -> dict[str, Any]:
    """Return the units of a layer, and as many connections as products, with a bias for each sum."""
    is_apart = layer.get("weight_norm") or not {"lora", "tied", "shares"}.isdisjoint(layer)
    if layer["kind"] not in NEURONS or is_apart:
        return {"connections": None}
    biases = numbers if counted.biases else 0
    if layer["kind"] in SEVERAL_SUMS:
        biases = listed(counted.biases, counted.macs // counted.weights)
    with_biases = way.choices.get("bias_connections", True)
    units = {} if "units" in layer else {"units": numbers}
    return units | {"connections": counted.macs + (biases if with_biases else 0)}

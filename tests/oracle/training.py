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
    work = sum(listed(*each) for each in adapters)
    adapter = 0 if "shares" in layer else sum(many for _, many in adapters)
    learned = counted.weights + counted.biases + adapter
    trained = (adapter if rank else learned) if layer.get("trainable", True) else 0
    macs, numbers = counted.macs + work, listed(*counted.output.values())
    parameters = learned + counted.statistics
    sleeps = layer["kind"] == "mixture" and "shares" not in layer  # who borrows has none that could
    active = parameters - (asleep(layer, inputs) if sleeps else 0)
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
        "backward_flops": 2 * (macs + second_gradients(layer, counted.macs, work, inputs)),
        **({"adapter": adapter} if adapter else {}),
    }
    found["training_flops"] = found["flops"] + found["backward_flops"]
    found |= {**counted.output, **memory(layer, found, inputs, way)}
    return found | connected(layer, counted, macs, numbers, way)


def second_gradients(layer: Layer, macs: int, work: int, inputs: list[Sizes]) -> int:
    """Return how many products have a gradient for their second factor too: it is computed, or trained."""
    computed = both_computed(layer, macs, inputs)
    if not layer.get("trainable", True):
        return computed
    return computed + (work if "lora" in layer else macs - computed)


def both_computed(layer: Layer, macs: int, inputs: list[Sizes]) -> int:
    """Return the products of two numbers that are both computed: of queries and keys, of scores and values."""
    if layer["kind"] in ("dot", "dotattention", "additiveattention"):
        return macs
    if layer["kind"] not in ("attention", "encoderlayer", "decoderlayer"):
        return 0
    first = inputs[0]
    if layer["kind"] != "attention":
        looked_at = [first] if layer["kind"] == "encoderlayer" else [first, inputs[-1]]
        return sum(listed(2, first["tokens"], each["tokens"], first["features"]) for each in looked_at)
    many, _, key, value, _ = heads(layer, inputs)
    tokens = layer.get("window", inputs[min(1, len(inputs) - 1)]["tokens"]) + (1 if layer.get("key_value_bias") else 0)
    return listed(first["tokens"], tokens, many, key) + listed(first["tokens"], tokens, many, value)


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
    for numbers in () if layer["kind"] in VIEWS else (*tensors, found["activations"]):
        moved += way.memory(sum(numbers for _ in examples), "activation")
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


VIEWS = ("activation", "dropout", "identity", "flatten", "reshape")
"""Kinds that rename numbers, or change them in place."""


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
    *(f"{stem}{rank}d" for stem in ("depthwiseconv", "separableconv", "locallyconnected") for rank in (1, 2)),
    *("dense", "bilinear"),
)
"""Kinds whose outputs are units, each with its connections, where they are no tokens."""


def connected(layer: Layer, counted: Counted, macs: int, numbers: int, way: Way) -> dict[str, Any]:
    """Return the units of a layer, and as many connections as products, with a bias for each unit."""
    if layer["kind"] not in NEURONS or "tokens" in counted.output:
        return {"connections": None}
    has_biases = counted.biases or ("shares" in layer and layer.get("bias", True))
    with_biases = has_biases and way.choices.get("bias_connections", True)
    units = {} if "units" in layer or "tied" in layer else {"units": numbers}
    return units | {"connections": macs + (numbers if with_biases else 0)}

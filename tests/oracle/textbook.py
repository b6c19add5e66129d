"""Parameters as a textbook writes them, in brackets of its own: what the closed forms are proved equal to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from layerquiz.formula.expr import Formula, Integer, Product, Reference, product, total
from layerquiz.network.network import Network

Layer = Mapping[str, Any]
Rule = Callable[[Layer, Network], Formula]


def own(name: str) -> Reference:
    """Return a letter of the layer `x`."""
    return Reference("x", name)


def before(name: str) -> Reference:
    """Return a size of the input."""
    return Reference("input", name)


def bias(layer: Layer) -> int:
    """Return 1 where a layer has a bias."""
    return 1 if layer.get("bias", True) else 0


def depth(network: Network) -> Formula:
    """Return the letter of the channels, or of the features where there are none."""
    return before("channels" if "channels" in network.spec["input"] else "features")


def kernel(network: Network) -> Formula:
    """Return the product of the kernel's sizes, one per axis."""
    axes = [size for size in network.spec["input"] if size != "channels"]
    equal_axes = "kernel" in network.graph.parts["x"].givens
    return Product(tuple(own("kernel" if equal_axes else f"kernel.{axis}") for axis in axes))


def last(network: Network) -> Formula:
    """Return the letter of the size that a dense layer acts on."""
    return before(in_order(network)[-1])


def in_order(network: Network) -> list[str]:
    """Return the input's sizes in the order of the framework's axes."""
    sizes = [*network.spec["input"]]
    if network.conventions.name != "pytorch" and "channels" in sizes:
        sizes = [*(size for size in sizes if size != "channels"), "channels"]
    return sizes


def convolution(layer: Layer, network: Network) -> Formula:
    """(K² C / g + 1) F, and F more for weight norm's lengths or under Keras for spectral norm's vector."""
    groups = own("groups") if layer["groups"] > 1 else Integer(1)
    each = kernel(network) * before("channels") / groups + bias(layer) + normalised(layer, network)
    return each * own("filters")


def normalised(layer: Layer, network: Network) -> int:
    """Return how many numbers more each output has where the weights are normalised."""
    is_stored = layer.get("spectral_norm", False) and network.conventions.name == "keras"
    return int(layer.get("weight_norm", False)) + int(is_stored)


def transposed(layer: Layer, network: Network) -> Formula:
    """(K² C / g + 1) F: the same count as the convolution in the other direction."""
    return convolution(layer, network)


def depthwise(layer: Layer, network: Network) -> Formula:
    """(K² + 1) C m."""
    return (kernel(network) + bias(layer)) * (before("channels") * multiplier(layer))


def separable(layer: Layer, network: Network) -> Formula:
    """C m (K² + F) + F."""
    mixed = before("channels") * multiplier(layer) * (kernel(network) + own("filters"))
    return mixed + bias(layer) * own("filters")


def multiplier(layer: Layer) -> Formula:
    """Return m, or 1."""
    return own("multiplier") if layer.get("multiplier", 1) > 1 else Integer(1)


def dense(layer: Layer, network: Network) -> Formula:
    """(F_in + 1) F_out."""
    return (last(network) + bias(layer) + normalised(layer, network)) * own("units")


def bilinear(layer: Layer, network: Network) -> Formula:
    """(F_1 F_2 + 1) F_out."""
    return (last(network) ** 2 + bias(layer)) * own("units")


def recurrent(gates: int) -> Rule:
    """D g H (F + H + 1), and for each further layer D g H (F_o + H + 1), with one bias vector or two."""

    def rule(layer: Layer, network: Network) -> Formula:
        directions = 2 if layer["bidirectional"] else 1
        reset_after = layer.get("reset_after", network.conventions.name != "textbook") and layer["kind"] == "gru"
        vectors = bias(layer) * (2 if network.conventions.name == "pytorch" or reset_after else 1)
        handed = own("projection") if layer.get("projection") else own("units")
        joined = handed * (directions if layer["merge"] == "concat" else 1)

        def one(inputs: Formula) -> Formula:
            cell = gates * own("units") * (inputs + handed + vectors)
            return directions * (cell + own("units") * handed if layer.get("projection") else cell)

        first = one(before("features"))
        return first if layer["layers"] == 1 else first + (own("layers") - 1) * one(joined)

    return rule


def sizes_of_projections(layer: Layer, network: Network) -> list[tuple[Formula, Formula]]:
    """Return inputs and outputs of queries, keys, values and of what joins the heads."""
    given = network.graph.parts["x"].givens
    width = own("embedding") if "embedding" in given else before("features")
    heads, groups = own("heads"), own("kv_heads") if "kv_heads" in given else own("heads")
    key = own("head_features") if "head_features" in given else width / heads
    value = own("value_features") if "value_features" in given else key
    inputs = [own(name) if name in given else before("features") for name in ("key_input", "value_input")]
    joined = (heads * value, width)
    return [(before("features"), heads * key), (inputs[0], groups * key), (inputs[1], groups * value), joined]


def attention(layer: Layer, network: Network) -> Formula:
    """(E_q + 1) h K + (E_k + 1) g K + (E_v + 1) g V + (h V + 1) E.

    h N more for N position biases, and g K + g V for one more key and value.
    """
    query, key, value, output = sizes_of_projections(layer, network)
    made = total((inputs + bias(layer)) * outputs for inputs, outputs in (query, key, value, output))
    made = made + own("heads") * own("position_bias") if layer.get("position_bias") else made
    return made + key[1] + value[1] if layer.get("key_value_bias") else made


def mixture(layer: Layer, _: Network) -> Formula:
    """E N + N ((E + 1) F + (F + 1) E), with a further (E + 1) F where it is gated."""
    width, inner, one = before("features"), own("feedforward"), bias(layer)
    expert = (2 if layer["gated"] else 1) * (width + one) * inner + (inner + one) * width
    return width * own("experts") + own("experts") * expert


def adapted(rule: Rule) -> Rule:
    """Return a rule with r (inputs + outputs) more for each projection that has an adapter."""

    def found(layer: Layer, network: Network) -> Formula:
        count = rule(layer, network)
        if not layer.get("lora"):
            return count
        pairs = projections(layer, network) if layer["kind"] == "attention" else [(last(network), own("units"))]
        return count + own("lora") * total(inputs + outputs for inputs, outputs in pairs)

    return found


def projections(layer: Layer, network: Network) -> list[tuple[Formula, Formula]]:
    """Return inputs and outputs of the projections that have an adapter: of queries and values, or of all four."""
    query, key, value, output = sizes_of_projections(layer, network)
    return [query, key, value, output] if layer["adapted"] == "all" else [query, value]


def transformer(attentions: int) -> Rule:
    """n 4 E (E + 1) + (E + 1) F + (F + 1) E + (n + 1) 2 E."""

    def rule(layer: Layer, _: Network) -> Formula:
        width, inner, one = before("features"), own("feedforward"), bias(layer)
        up_and_down = (width + one) * inner + (inner + one) * width
        return attentions * (4 * width * (width + one)) + up_and_down + (attentions + 1) * width * (1 + one)

    return rule


def norm(layer: Layer, network: Network) -> Formula:
    """2C, or 4C with the stored statistics under Keras."""
    vectors = layer["scale"] + layer["center"]
    vectors += 2 if layer.get("statistics") and network.conventions.name == "keras" else 0
    return vectors * depth(network)


def layer_norm(layer: Layer, network: Network) -> Formula:
    """2N for N normalised numbers."""
    sizes = in_order(network)
    count = {"last": 1, "all": len(sizes)}.get(layer["axes"], layer["axes"])
    return (layer["scale"] + layer.get("center", False)) * product(before(size) for size in sizes[-count:])


def slopes(layer: Layer, network: Network) -> Formula:
    """1, C or H W C."""
    if layer["parameters"] == "elements":
        return product(before(size) for size in in_order(network))
    return depth(network) if layer["parameters"] == "channels" else own("slopes")


def parameter(layer: Layer, _: Network) -> Formula:
    """The product of the entries."""
    return product(own(f"entry.{place}") for place in range(len(layer["shape"]), 0, -1))


def locally_connected(layer: Layer, network: Network) -> Formula:
    """(K² C + 1) F at each of the places."""
    axes = [size for size in network.spec["input"] if size != "channels"]
    places = product(place(layer, axis, network) for axis in axes)
    return (kernel(network) * before("channels") + bias(layer)) * own("filters") * places


def place(layer: Layer, axis: str, network: Network) -> Formula:
    """(H - K + 2P) / S + 1 rounded down, or H / S rounded up."""
    givens = network.graph.parts["x"].givens
    reach, stride, padding = (
        own(name if name in givens else f"{name}.{axis}") for name in ("kernel", "stride", "padding")
    )
    if layer["padding"] == "same":
        return (before(axis) + stride - 1) // stride
    around = Integer(0) if layer["padding"] == "valid" else 2 * padding
    return (before(axis) + around - reach + stride) // stride


def convolutional_state(layer: Layer, network: Network) -> Formula:
    """4 F (K² (C + F) + 1)."""
    axes = [size for size in network.spec["input"] if size != "channels"][1:]
    is_equal = "kernel" in network.graph.parts["x"].givens
    area = product(own("kernel" if is_equal else f"kernel.{axis}") for axis in axes)
    return 4 * own("filters") * (area * (before("channels") + own("filters")) + bias(layer))


def stored(layer: Layer, network: Network) -> int:
    """Return 1 where a mean and a variance are found in data and kept."""
    return int(not layer["given"] and network.conventions.name == "keras")


def scale(layer: Layer, network: Network) -> Formula:
    """1, C or H W C, and again for the shift."""
    each = {1: Integer(1), "channels": depth(network), "elements": product(before(s) for s in in_order(network))}
    return (1 + layer["center"]) * each[layer["parameters"]]


def einsum(layer: Layer, network: Network) -> Formula:
    """The sizes of the weights' letters, and of those along which there is a bias."""
    letters = dict(zip(layer["equation"].split(",")[0][1:], (before(s) for s in in_order(network)), strict=True))
    for number, letter in enumerate(layer["equation"].split("->")[1][1:], 1):
        letters.setdefault(letter, own(f"entry.{number}"))
    weights = layer["equation"].split(",")[1].split("->")[0]
    counted = product(letters[letter] for letter in weights)
    along = layer.get("bias_axes")
    return counted + product(letters[letter] for letter in along) if along else counted


def positions(layer: Layer, _: Network) -> Formula:
    """N F."""
    return before("features") * (own("positions") if layer.get("positions") else before("tokens"))


def clustered(layer: Layer, _: Network) -> Formula:
    """(F + 1) (c + k), and h (F + n) for each of k clusters."""
    ends = [own(f"entry.{number}") for number in range(1, len(layer["cutoffs"]) + 1)]
    head = (before("features") + layer["bias"]) * (ends[0] + len(ends))
    for number, (start, end) in enumerate(pairwise([*ends, own("units")]), 1):
        head = head + (before("features") // own("division") ** number) * (before("features") + end - start)
    return head


PARAMETERS: dict[str, Rule] = {
    **{f"conv{rank}d": convolution for rank in (1, 2, 3)},
    **{f"convtranspose{rank}d": transposed for rank in (1, 2, 3)},
    **{f"depthwiseconv{rank}d": depthwise for rank in (1, 2)},
    **{f"separableconv{rank}d": separable for rank in (1, 2)},
    **dict.fromkeys(("batchnorm", "instancenorm", "groupnorm"), norm),
    **dict.fromkeys(("layernorm", "rmsnorm"), layer_norm),
    "dense": adapted(dense),
    "bilinear": bilinear,
    "rnn": recurrent(1),
    "gru": recurrent(3),
    "lstm": recurrent(4),
    "attention": adapted(attention),
    "encoderlayer": transformer(1),
    "decoderlayer": transformer(2),
    "mixture": mixture,
    "embedding": lambda *_: own("embedding") * own("vocabulary"),
    "prelu": slopes,
    "parameter": parameter,
    **{f"locallyconnected{rank}d": locally_connected for rank in (1, 2)},
    **{f"convlstm{rank}d": convolutional_state for rank in (1, 2)},
    "normalization": lambda layer, network: stored(layer, network) * (2 * depth(network) + 1),
    "scale": scale,
    "dotattention": lambda layer, _: Integer(int(layer["scale"])),
    "additiveattention": lambda layer, _: layer["scale"] * before("features"),
    "einsumdense": einsum,
    "embeddingbag": lambda *_: own("embedding") * own("vocabulary"),
    "positionembedding": positions,
    "adaptivesoftmax": clustered,
}
"""Kinds that are not named here learn nothing."""

"""What students write to ten templates, worked out in plain arithmetic: rightly, and with each mistake of their own.

Nothing here uses the program under test. A question is a list of blanks in order; each is a function of the drawn
numbers, of what the student wrote before, and of the mistakes that the student makes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from math import prod
from typing import Any

Value = Any
Given = Mapping[str, Any]
Blank = Callable[[Given, Collection[str]], Value]


def given(drawn: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers of a drawn network under short names: C, H, W, L, F of the input, and each layer's mapping."""
    network = drawn["network"]
    letters = {"channels": "C", "height": "H", "width": "W", "length": "L", "features": "F"}
    numbers = {letters[key]: value for key, value in network["input"].items()}
    return numbers | {layer["name"]: layer for layer in network["layers"] if "name" in layer}


def positions(size: int, layer: Mapping[str, Any], wrong: Collection[str]) -> Any:
    """Windows along one axis of a convolution or a pooling."""
    kernel, stride = layer["kernel"], layer.get("stride", layer["kernel"])
    if layer["kind"].startswith("conv"):
        stride = layer.get("stride", 1)
    padding = layer.get("padding", 0)
    pads = padding if "padding-added-once" in wrong else 2 * padding
    pools = "pool" in layer["kind"]
    if "stride-ignored" in wrong:
        stride = 1
    steps = Fraction(size - kernel + pads, stride)
    if pools and "pooling-always-halves" in wrong:
        return size // 2
    if "fraction-not-floored" in wrong and not pools:
        return steps + 1
    if "floor-vs-ceil-pooling" in wrong and pools:
        return -(-steps // 1) + 1
    return steps // 1 + (0 if "forgot-plus-one" in wrong else 1)


def per_filter(area: int, channels: int, wrong: Collection[str]) -> int:
    """Weights of one filter."""
    return area if "forgot-input-channels" in wrong else area * channels


def biases(outputs: int, inputs: int, channels: int, wrong: Collection[str]) -> int:
    """Biases of a layer whose units each sum `inputs` numbers."""
    if "forgot-bias" in wrong:
        return 0
    if "one-bias-per-layer" in wrong:
        return 1
    if "bias-on-input-side" in wrong:
        return inputs
    return channels if "bias-per-input-channel" in wrong else outputs


def filter_area(layer: Mapping[str, Any], axes: int, wrong: Collection[str]) -> int:
    """Places that a filter sees at once."""
    return int(layer["kernel"] ** (2 if "kernel-squared-in-1d" in wrong else axes))


def conv_weights(g: Given, wrong: Collection[str]) -> int:
    """Weights of `conv` behind the input."""
    return per_filter(g["conv"]["kernel"] ** 2, g["C"], wrong) * int(g["conv"]["filters"])


def conv_parameters(g: Given, wrong: Collection[str]) -> int:
    """Weights as answered before, and biases."""
    return int(g["a"]) + biases(g["conv"]["filters"], g["a"] // g["conv"]["filters"], g["C"], wrong)


def strip_parameters(g: Given, wrong: Collection[str]) -> int:
    """Parameters of a convolution over a signal."""
    one = per_filter(filter_area(g["conv"], 1, wrong), g["C"], wrong)
    return one * int(g["conv"]["filters"]) + biases(g["conv"]["filters"], one, g["C"], wrong)


def dense_parameters(g: Given, wrong: Collection[str]) -> int:
    """Parameters of `dense` behind as many inputs as `inputs` says."""
    return int(g["inputs"]) * int(g["dense"]["units"]) + biases(g["dense"]["units"], g["inputs"], g["inputs"], wrong)


def pooled(g: Given, wrong: Collection[str]) -> tuple[Any, ...]:
    """The shape behind `pool`."""
    channels = g["C"] // g["pool"]["stride"] if "pooling-divides-channels" in wrong else g["C"]
    return (*(positions(g[axis], g["pool"], wrong) for axis in "HW"), channels)


def conv_then_pool(g: Given, wrong: Collection[str]) -> tuple[Any, ...]:
    """The shape behind `conv` and `pool`."""
    sizes = [positions(positions(g[axis], g["conv"], wrong), g["pool"], wrong) for axis in "HW"]
    return (*sizes, g["conv"]["filters"])


def conv_shape(g: Given, wrong: Collection[str]) -> tuple[Any, ...]:
    """The shape behind `conv`."""
    channels = g["C"] if "keeps-input-channels" in wrong else g["conv"]["filters"]
    return (*(positions(g[axis], g["conv"], wrong) for axis in "HW"), channels)


def same_shape(g: Given, wrong: Collection[str]) -> tuple[int, ...]:
    """The shape behind a convolution padded to `same`: size over stride, rounded up."""
    kernel, stride = g["conv"]["kernel"], g["conv"]["stride"]

    def size(n: int) -> int:
        if "same-padding-with-stride" in wrong:
            return int((n - kernel) // stride + 1)
        return n if "stride-ignored" in wrong else int(-(-n // stride))

    channels = g["C"] if "keeps-input-channels" in wrong else g["conv"]["filters"]
    return size(g["H"]), size(g["W"]), channels


def conv_macs(g: Given, wrong: Collection[str]) -> int:
    """One product for each weight at each position of the shape that was answered before."""
    area = 1 if "macs-without-kernel-area" in wrong else g["conv"]["kernel"] ** 2
    channels = g["conv"]["filters"] if "cout-used-for-cin" in wrong else g["C"]
    places = (g["H"], g["W"]) if "macs-input-size-instead-of-output" in wrong else g["a"][:2]
    return per_filter(area, channels, wrong) * int(g["conv"]["filters"]) * prod(places)


def field(g: Given, wrong: Collection[str], names: tuple[str, ...]) -> int:
    """The receptive field behind some layers."""
    if "rf-is-kernel-size" in wrong:
        return int(g[names[-1]]["kernel"])
    seen, jump = 1, 1
    for name in names:
        seen += (g[name]["kernel"] - (0 if "rf-adds-k-not-k-minus-1" in wrong else 1)) * jump
        jump *= g[name].get("stride", 1)
    return seen


def unbiased(g: Given, wrong: Collection[str]) -> int:
    """Weights of a convolution without biases; whoever forgets that weights are shared counts them at each place."""
    return conv_weights(g, wrong) * (g["H"] * g["W"] if "image-size-in-conv-params" in wrong else 1)


def block_parameters(g: Given, wrong: Collection[str]) -> int:
    """Parameters of two convolutions in a row."""
    total = 0
    for channels, name in ((g["C"], "conv1"), (g["conv1"]["filters"], "conv2")):
        one, filters = per_filter(9, channels, wrong), g["conv1"]["filters"]
        total += one * filters + biases(filters, one, channels, wrong) + 0 * len(name)
    return total


TEMPLATES: dict[str, dict[str, Blank]] = {
    "conv-parameters": {"a": conv_weights, "b": conv_parameters},
    "dense-parameters": {
        "a": lambda g, _: g["F"] * g["dense"]["units"],
        "b": lambda g, wrong: g["a"] + biases(g["dense"]["units"], g["a"] // g["dense"]["units"], g["F"], wrong),
    },
    "conv1d-parameters": {"a": strip_parameters, "b": lambda g, wrong: positions(g["L"], g["conv"], wrong)},
    "conv-size": {
        "a": lambda g, wrong: positions(g["H"], g["conv"], wrong),
        "b": lambda g, wrong: positions(g["W"], g["conv"], wrong),
        "c": lambda g, wrong: 3 if "keeps-input-channels" in wrong else g["conv"]["filters"],
    },
    "pooling-size": {"a": pooled, "b": lambda _, __: 0},
    "first-dense-layer": {
        "a": conv_then_pool,
        "b": lambda g, wrong: prod(g["a"][:2] if "flatten-without-channels" in wrong else g["a"]),
        "c": lambda g, wrong: dense_parameters({**g, "inputs": g["b"]}, wrong),
    },
    "conv-macs": {"a": conv_shape, "b": conv_macs},
    "same-padding": {"a": same_shape},
    "receptive-field": {
        "a": lambda g, wrong: field(g, wrong, ("conv1", "pool")),
        "b": lambda g, wrong: field(g, wrong, ("conv1", "pool", "conv2")),
    },
    "batchnorm-parameters": {"a": unbiased, "b": lambda g, _: 2 * g["conv"]["filters"]},
    "vgg-block": {
        "a": block_parameters,
        "b": lambda g, wrong: g["a"] * (1 if "one-byte-per-parameter" in wrong else 4),
        "c": lambda g, _: 4 * g["H"] * g["W"] * g["conv1"]["filters"],
        "d": lambda g, _: g["H"] * g["W"] * g["conv1"]["filters"],
    },
}
"""Of each template the blanks, in the order of the paper."""

MISTAKES = [
    "forgot-input-channels",
    "forgot-bias",
    "one-bias-per-layer",
    "bias-on-input-side",
    "bias-per-input-channel",
    "kernel-squared-in-1d",
    "image-size-in-conv-params",
    "forgot-plus-one",
    "padding-added-once",
    "stride-ignored",
    "fraction-not-floored",
    "floor-vs-ceil-pooling",
    "pooling-always-halves",
    "pooling-divides-channels",
    "keeps-input-channels",
    "same-padding-with-stride",
    "flatten-without-channels",
    "macs-input-size-instead-of-output",
    "macs-without-kernel-area",
    "cout-used-for-cin",
    "rf-adds-k-not-k-minus-1",
    "rf-is-kernel-size",
    "one-byte-per-parameter",
]
EXCLUSIVE = (
    {"forgot-bias", "one-bias-per-layer", "bias-on-input-side", "bias-per-input-channel"},
    {"forgot-plus-one", "fraction-not-floored", "floor-vs-ceil-pooling", "pooling-always-halves"},
    {"stride-ignored", "same-padding-with-stride", "pooling-always-halves", "fraction-not-floored"},
    {"rf-adds-k-not-k-minus-1", "rf-is-kernel-size"},
    {"macs-without-kernel-area", "forgot-input-channels"},
    {"cout-used-for-cin", "forgot-input-channels"},
)
"""Mistakes that answer the same question in two ways: nobody makes both."""


def numbers_of(g: Given) -> list[int]:
    """The numbers that are printed in a question, in order."""
    found = [value for value in g.values() if isinstance(value, int)]
    layers = [layer for layer in g.values() if isinstance(layer, Mapping)]
    return found + [value for layer in layers for value in layer.values() if isinstance(value, int)]


ALIEN: tuple[Callable[[list[int], int], int], ...] = (
    lambda numbers, right: sum(numbers),
    lambda numbers, right: numbers[0] + numbers[-1] * 7,
    lambda numbers, right: right + 3 * numbers[-1] + 5,
    lambda numbers, right: right * 7 // 3 + 11,
    lambda numbers, right: max(numbers) * 13 + 4,
    lambda numbers, right: right // 5 + 17,
    lambda numbers, right: right + right // 9 + 1,
)
"""Rules outside the catalogue, of the printed numbers and the right value: no textbook has them."""

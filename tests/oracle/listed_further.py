"""Costs of the kinds that only some networks need, counted by listing every weight and every product."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from oracle import sliding
from oracle.sliding import Counted, Sizes, axes_of, listed, per_axis, slide

Layer = Mapping[str, Any]


def in_order(sizes: Sizes, conventions: str) -> list[str]:
    """Return the names of the sizes in the order in which the framework puts its axes."""
    first = [size for size in sizes if size == "channels"]
    others = [size for size in sizes if size != "channels"]
    return [*first, *others] if conventions == "pytorch" else [*others, *first]


def locally_connected(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """Each place has filters of its own, each of which is used once."""
    (sizes,) = inputs
    places = {axis: len(found) for axis, found in slide(layer, sizes).items()}
    taps = per_axis(layer, "kernel", None, axes_of(sizes))
    weights = listed(*places.values(), layer["filters"], sizes["channels"], *taps)
    biases = listed(*places.values(), layer["filters"]) if layer.get("bias", True) else 0
    return Counted({"channels": layer["filters"], **places}, weights, biases, 0, weights)


def convolutional_state(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """Four gates, each with a convolution of the frame and one of the state, at every step."""
    (sizes,) = inputs
    steps, *axes = axes_of(sizes)
    frame = {"channels": sizes["channels"], **{axis: sizes[axis] for axis in axes}}
    filters, taps = layer["filters"], per_axis(layer, "kernel", None, axes)
    places = {axis: len(found) for axis, found in slide(layer, frame).items()}
    weights = listed(4, filters, sizes["channels"], *taps) + listed(4, filters, filters, *taps)
    biases = listed(4, filters) if layer.get("bias", True) else 0
    output = {"channels": filters, steps: sizes[steps], **places}
    if not layer.get("sequences", True):
        output.pop(steps)
        output = {"channels": filters, "length": places["width"]} if len(axes) == 1 else output
    return Counted(output, weights, biases, 0, listed(sizes[steps], weights, *places.values()))


def unfold(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """Every number under a window is a channel, every window a place."""
    (sizes,) = inputs
    taps = per_axis(layer, "kernel", None, axes_of(sizes))
    places = listed(*(len(found) for found in slide(layer, sizes).values()))
    return Counted({"channels": listed(sizes["channels"], *taps), "length": places})


def fold(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """As many channels as have one number for every place under a window."""
    taps = per_axis(layer, "kernel", None, ["height", "width"])
    height, width = per_axis(layer, "size", None, ["height", "width"])
    channels = len(range(0, inputs[0]["channels"], listed(*taps)))
    return Counted({"channels": channels, "height": height, "width": width})


def max_unpool(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """Windows are put a stride further on each; what they reach, less the padding, or the size that is asked for."""
    (sizes,) = inputs
    axes = axes_of(sizes)
    output = dict(sizes)
    for axis, kernel, stride, padding, size in zip(
        axes,
        per_axis(layer, "kernel", None, axes),
        per_axis(layer, "stride", layer["kernel"], axes),
        per_axis(layer, "padding", 0, axes),
        per_axis(layer, "size", None, axes),
        strict=True,
    ):
        reached = {place * stride + tap for place in range(sizes[axis]) for tap in range(kernel)}
        left = range(max(reached) + 1)[padding:]
        output[axis] = size or len(left[: len(left) - padding])
    return Counted(output)


def fractional(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """The size that is asked for, or as many whole places as a share of the input's."""
    (sizes,) = inputs
    axes = axes_of(sizes)
    output = dict(sizes)
    for axis, size, ratio in zip(
        axes, per_axis(layer, "size", None, axes), per_axis(layer, "ratio", None, axes), strict=True
    ):
        share = sizes[axis] * Fraction(str(ratio or 1))
        output[axis] = size or sum(1 for place in range(1, sizes[axis] + 1) if place <= share)
    return Counted(output)


def permute(layer: Layer, inputs: list[Sizes], conventions: str) -> Counted:
    """Each axis takes the size of the axis at a place."""
    names = in_order(inputs[0], conventions)
    return Counted({names[number]: inputs[0][names[place - 1]] for number, place in enumerate(layer["order"])})


def series(_: Layer, inputs: list[Sizes], __: str) -> Counted:
    """Features become channels, tokens places."""
    return Counted({"channels": inputs[0]["features"], "length": inputs[0]["tokens"]})


def repeat_vector(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """The features are written again and again."""
    return Counted({"tokens": len([inputs[0]] * layer["times"]), "features": inputs[0]["features"]})


def halved(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """Every number has a partner in the other half."""
    (sizes,) = inputs
    axis = layer.get("axis", "channels" if "channels" in sizes else "features")
    return Counted({**sizes, axis: len(list(zip(*[iter(range(sizes[axis]))] * 2, strict=True)))})


def unchanged(_: Layer, inputs: list[Sizes], __: str) -> Counted:
    """Nothing changes."""
    return Counted(dict(inputs[0]))


def part(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """The entries of one axis are counted from the first that is left."""
    axis = layer.get("axis", "channels" if "channels" in inputs[0] else "features")
    left = list(range(inputs[0][axis]))[layer.get("offset", 0) :][: layer["size"]]
    return Counted({**inputs[0], axis: len(left)})


def merged(_: Layer, inputs: list[Sizes], __: str) -> Counted:
    """A size of 1 is stretched."""
    return Counted({size: max(each[size] for each in inputs) for size in inputs[0]})


def dot(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """Each of the first meets each of the second along the axis that is summed."""
    first, second = inputs
    axis = layer.get("axis", "features")
    if "tokens" not in first:
        return Counted({"features": 1}, macs=listed(first["features"]))
    other = "features" if axis == "tokens" else "tokens"
    macs = listed(first[other], second[other], first[axis])
    return Counted({"tokens": first[other], "features": second[other]}, macs=macs)


def scored(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """Each query is held against each key, feature by feature, and mixes each value."""
    query, keys, values = inputs[0], inputs[min(1, len(inputs) - 1)], inputs[-1]
    is_dot = layer["kind"] == "dotattention"
    has_scale = layer.get("scale", not is_dot)
    weights = (1 if is_dot else query["features"]) if has_scale else 0
    macs = listed(query["tokens"], keys["tokens"], values["features"])
    macs += listed(query["tokens"], keys["tokens"], query["features"]) if is_dot or has_scale else 0
    return Counted({"tokens": query["tokens"], "features": values["features"]}, weights, macs=macs)


def summed(layer: Layer, inputs: list[Sizes], conventions: str) -> Counted:
    """Each weight meets each place of the input that shares its letters."""
    (first, kernel), last = layer["equation"].split("->")[0].split(","), layer["equation"].split("->")[1]
    names = in_order(inputs[0], conventions)
    sizes = {letter: inputs[0][name] for letter, name in zip(first[1:], names, strict=True)}
    sizes |= {letter: size for letter, size in zip(last[1:], layer["shape"], strict=True) if size != -1}
    called = [["features"], ["tokens", "features"], ["height", "width", "channels"]][len(last) - 2]
    called = in_order(dict.fromkeys(called, 0), conventions)
    output = {name: sizes[letter] for name, letter in zip(called, last[1:], strict=True)}
    biases = listed(*(sizes[letter] for letter in layer["bias_axes"])) if "bias_axes" in layer else 0
    weights = listed(*(sizes[letter] for letter in kernel))
    return Counted(output, weights, biases, 0, listed(*(sizes[letter] for letter in {*first[1:], *kernel})))


def embedding_bag(layer: Layer, _: list[Sizes], __: str) -> Counted:
    """A row for each word; those of all tokens become one."""
    return Counted({"features": layer["features"]}, listed(layer["vocabulary"], layer["features"]))


def position_embedding(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """A vector for each position."""
    (sizes,) = inputs
    return Counted(dict(sizes), listed(layer.get("positions", sizes["tokens"]), sizes["features"]))


def scale(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """One factor, one for each channel, or one for each number; as many are added."""
    (sizes,) = inputs
    each = {1: 1, "channels": sizes.get("channels", sizes.get("features")), "elements": listed(*sizes.values())}
    found = each[layer.get("parameters", "channels")]
    return Counted(dict(sizes), found, found if layer.get("center") else 0)


def normalization(layer: Layer, inputs: list[Sizes], conventions: str) -> Counted:
    """A mean and a variance for each channel, and how much data they were found in."""
    (sizes,) = inputs
    stored = sum(2 for _ in range(sizes.get("channels", sizes.get("features", 0)))) + 1
    is_stored = conventions == "keras" and not layer.get("given")
    return Counted(dict(sizes), statistics=stored if is_stored else 0)


def clustered(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """Frequent classes and the names of the clusters in front; behind, each cluster through fewer features."""
    (sizes,) = inputs
    ends = [*layer["cutoffs"], layer["units"]]
    front = len([*range(ends[0]), *ends[1:]])
    weights, inner = listed(sizes["features"], front), sizes["features"]
    for start, end in pairwise(ends):
        inner = len(range(layer.get("division", 4) - 1, inner, layer.get("division", 4)))
        weights += listed(sizes["features"], inner) + listed(inner, len(range(start, end)))
    biases = front if layer.get("bias", False) else 0
    return Counted({**sizes, "features": layer["units"]}, weights, biases, 0, listed(weights, sizes.get("tokens", 1)))


COUNT: dict[str, Callable[[Layer, list[Sizes], str], Counted]] = {
    **{f"locallyconnected{rank}d": locally_connected for rank in (1, 2)},
    **{f"convlstm{rank}d": convolutional_state for rank in (1, 2)},
    **{f"maxunpool{rank}d": max_unpool for rank in (1, 2, 3)},
    **{f"lppool{rank}d": lambda layer, inputs, by: sliding.pool(layer, inputs[0], by) for rank in (1, 2, 3)},
    **{f"fractionalmaxpool{rank}d": fractional for rank in (2, 3)},
    **dict.fromkeys(("subtract", "average", "maximum", "minimum"), merged),
    **dict.fromkeys(("dotattention", "additiveattention"), scored),
    "unfold": unfold,
    "fold": fold,
    "permute": permute,
    "series": series,
    "repeatvector": repeat_vector,
    "glu": halved,
    "slice": part,
    "channelshuffle": unchanged,
    "dot": dot,
    "einsumdense": summed,
    "embeddingbag": embedding_bag,
    "positionembedding": position_embedding,
    "scale": scale,
    "normalization": normalization,
    "adaptivesoftmax": clustered,
}
"""How each kind is counted, from the sizes of its inputs."""

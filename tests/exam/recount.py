"""Recounts a drawn network in plain arithmetic; shares no code with layerquiz.

What one kind of layer makes stands in `COUNTS`: a function of the layer as written and of its inputs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import ceil, prod
from typing import Any

AXES = ("depth", "height", "width", "length")
SUMS = ("weights", "biases", "parameters", "trainable", "nontrainable", "macs", "parameter_bytes")


@dataclass(frozen=True)
class Counted:
    """What one layer gives and holds. fields and jumps are per axis; steps are the positions that see weights."""

    sizes: dict[str, int]
    fields: dict[str, int] = field(default_factory=dict)
    jumps: dict[str, int] = field(default_factory=dict)
    weights: int = 0
    biases: int = 0
    statistics: int = 0
    macs: int = 0

    def passed_on(self) -> Counted:
        """Return what the layer behind takes: sizes and fields, and nothing learned."""
        return Counted(dict(self.sizes), self.fields, self.jumps)


Layer = dict[str, Any]
Count = Callable[..., Counted]


def axes_of(counted):
    return [axis for axis in AXES if axis in counted.sizes]


def per_axis(found, axes):
    return dict(zip(axes, found, strict=True)) if isinstance(found, list) else dict.fromkeys(axes, found)


def slid(layer, given, stride_default):
    """Return the sizes behind a window, its kernel per axis, and the fields and jumps."""
    axes = axes_of(given)
    plain = {"kernel": 1, "stride": stride_default, "dilation": 1}
    kernel, stride, dilation = (per_axis(layer.get(key, plain[key]), axes) for key in plain)
    reach = {axis: dilation[axis] * (kernel[axis] - 1) + 1 for axis in axes}
    padding = layer.get("padding", 0)
    sizes = {axis: positions(given.sizes[axis], reach[axis], stride[axis], padding, axes, axis, layer) for axis in axes}
    fields = {axis: given.fields[axis] + (reach[axis] - 1) * given.jumps[axis] for axis in axes if given.fields}
    jumps = {axis: given.jumps[axis] * stride[axis] for axis in axes if given.jumps}
    return sizes, kernel, fields, jumps


def positions(size, reach, stride, padding, axes, axis, layer):
    """Count the places of a window along one axis, one after the other."""
    if padding in ("same", "causal"):
        return ceil(size / stride)
    added = 0 if padding == "valid" else per_axis(padding, axes)[axis]
    starts = range(-added, size + added, stride)
    if layer.get("ceil"):
        fitting = [start for start in starts if start + reach < size + added + stride and start < size]
        return len(fitting)
    return len([start for start in starts if start + reach <= size + added])


def convolution(layer, given):
    sizes, kernel, fields, jumps = slid(layer, given, 1)
    inputs, filters, groups = given.sizes["channels"], layer["filters"], layer.get("groups", 1)
    weights = prod(kernel.values()) * (inputs // groups) * filters
    biases = filters if layer.get("bias", True) else 0
    return Counted({"channels": filters, **sizes}, fields, jumps, weights, biases, 0, weights * prod(sizes.values()))


def depthwise(layer, given):
    channels = given.sizes["channels"]
    filters = channels * layer.get("multiplier", 1)
    return convolution({**layer, "filters": filters, "groups": channels}, given)


def separable(layer, given):
    """A depthwise convolution without biases, then a pointwise one."""
    first = depthwise({**layer, "bias": False}, given)
    second = convolution({"filters": layer["filters"], "kernel": 1, "bias": layer.get("bias", True)}, first)
    return replace(second, weights=first.weights + second.weights, macs=first.macs + second.macs)


def transposed(layer, given):
    """The input of a convolution whose output is given: its sizes are found by sliding back."""
    axes = axes_of(given)
    kernel, stride, dilation = (per_axis(layer.get(key, 1), axes) for key in ("kernel", "stride", "dilation"))
    padding, further = (per_axis(layer.get(key, 0), axes) for key in ("padding", "output_padding"))
    reach = {axis: dilation[axis] * (kernel[axis] - 1) + 1 for axis in axes}
    starts = {axis: [place * stride[axis] for place in range(given.sizes[axis])] for axis in axes}
    sizes = {axis: starts[axis][-1] + reach[axis] - 2 * padding[axis] + further[axis] for axis in axes}
    filters = layer["filters"]
    weights = prod(kernel.values()) * given.sizes["channels"] * filters // layer.get("groups", 1)
    biases = filters if layer.get("bias", True) else 0
    macs = weights * prod(given.sizes[axis] for axis in axes)
    return Counted({"channels": filters, **sizes}, weights=weights, biases=biases, macs=macs)


def pooling(layer, given):
    sizes, _, fields, jumps = slid(layer, given, layer["kernel"])
    return Counted({"channels": given.sizes["channels"], **sizes}, fields, jumps)


def global_pooling(layer, given):
    return Counted({"features": given.sizes["channels"]})


def flatten(layer, given):
    return Counted({"features": prod(given.sizes.values())})


def dense(layer, given):
    axis = "features" if "features" in given.sizes else "channels"
    weights = given.sizes[axis] * layer["units"]
    others = prod(size for name, size in given.sizes.items() if name != axis)
    biases = layer["units"] if layer.get("bias", True) else 0
    return replace(
        given, sizes={**given.sizes, axis: layer["units"]}, weights=weights, biases=biases, macs=weights * others
    )


def batchnorm(layer, given):
    channels = given.sizes.get("channels") or given.sizes["features"]
    return replace(scaled(layer, given, channels), statistics=2 * channels)


def scaled(layer, given, numbers, switched_on=True):
    """A normalisation without stored statistics."""
    weights, biases = (numbers if layer.get(key, switched_on) else 0 for key in ("scale", "center"))
    return replace(given, weights=weights, biases=biases)


def layernorm(layer, given):
    every = layer.get("axes", "last") == "all"
    last = given.sizes.get("features") or given.sizes["channels"]
    return scaled(layer, given, prod(given.sizes.values()) if every else last)


def prelu(layer, given):
    slopes = layer.get("parameters", 1)
    return replace(given, weights=given.sizes["channels"] if slopes == "channels" else slopes)


def enlarged(layer, given):
    factors = per_axis(layer["factor"], axes_of(given))
    return Counted({**given.sizes, **{axis: given.sizes[axis] * factors[axis] for axis in factors}})


def reshaped(layer, given):
    *axes, channels = layer["shape"]
    return Counted({"channels": channels, **dict(zip(("height", "width"), axes, strict=True))})


def embedded(layer, given):
    sizes = {"tokens": given.sizes["tokens"], "features": layer["features"]}
    return Counted(sizes, weights=layer["vocabulary"] * layer["features"])


def recurrent(layer, given):
    """One cell in each direction: for each gate a matrix of the input, one of the state, and their biases."""
    units, gates = layer["units"], range({"lstm": 4, "gru": 3}[layer["kind"]])
    directions = range(2 if layer.get("bidirectional") else 1)
    matrices = [units * size for _ in directions for _ in gates for size in (given.sizes["features"], units)]
    biases = [units for _ in directions for _ in gates for _ in range(2 if layer["two_biases"] else 1)]
    sizes = {"tokens": given.sizes["tokens"], "features": len(directions) * units}
    return Counted(sizes, weights=sum(matrices), biases=sum(biases), macs=sum(matrices) * given.sizes["tokens"])


def added(layer, *given):
    return replace(given[0], fields=widest(given))


def concatenated(layer, *given):
    axis = "channels" if "channels" in given[0].sizes else "features"
    sizes = {**given[0].sizes, axis: sum(one.sizes[axis] for one in given)}
    return Counted(sizes, widest(given), given[0].jumps)


def widest(given):
    return {axis: max(one.fields.get(axis, 0) for one in given) for axis in given[0].fields}


COUNTS: dict[str, Count] = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), convolution),
    **dict.fromkeys(("convtranspose1d", "convtranspose2d", "convtranspose3d"), transposed),
    **dict.fromkeys(("depthwiseconv1d", "depthwiseconv2d"), depthwise),
    **dict.fromkeys(("separableconv1d", "separableconv2d"), separable),
    **dict.fromkeys([f"{kind}pool{rank}d" for kind in ("max", "avg") for rank in (1, 2, 3)], pooling),
    **dict.fromkeys(("globalavgpool", "globalmaxpool"), global_pooling),
    **dict.fromkeys(("activation", "dropout", "identity"), lambda layer, given: given),
    "flatten": flatten,
    "dense": dense,
    "batchnorm": batchnorm,
    "layernorm": layernorm,
    "groupnorm": lambda layer, given: scaled(layer, given, given.sizes["channels"]),
    "instancenorm": lambda layer, given: scaled(layer, given, given.sizes["channels"], False),
    "prelu": prelu,
    "scale": lambda layer, given: replace(given, weights=given.sizes["channels"]),
    "upsample": enlarged,
    "reshape": reshaped,
    "embedding": embedded,
    **dict.fromkeys(("lstm", "gru"), recurrent),
    "add": added,
    "concat": concatenated,
}


def recount(drawn, channels_first=False, stored=False):
    """Return the values of every quantity that a template may ask, by dotted name."""
    start = Counted(dict(drawn["input"]))
    ones = dict.fromkeys(axes_of(start), 1)
    made = {"input": replace(start, fields=ones, jumps=ones)}
    found, before = {}, "input"
    for layer in unrolled(drawn["layers"]):
        sources = layer.get("from", before)
        given = [made[name].passed_on() for name in ([sources] if isinstance(sources, str) else sources)]
        before = layer.get("name") or f"layer {len(made)}"
        made[before] = COUNTS[layer["kind"]]({**layer, "two_biases": channels_first}, *given)
        if "shares" in layer:
            made[before] = replace(made[before], weights=0, biases=0, statistics=0)
        rows = quantities(made[before], layer, channels_first, stored)
        found |= {f"{before}.{name}": number for name, number in rows.items()}
    blocks = {before.rpartition(".")[0] for before in made} - {""}
    for owner in (*blocks, "total"):
        inside = [name for name in made if name != "input" and (owner == "total" or name.startswith(f"{owner}."))]
        found |= {f"{owner}.{name}": sum(found[f"{layer}.{name}"] for layer in inside) for name in SUMS}
    return found


def unrolled(layers, prefix="", last="input"):
    """Return layers with those of blocks in their places, under their whole names."""
    found = []
    for layer in layers:
        if "layers" not in layer:
            called = f"{prefix}{layer.get('name') or len(found)}"
            found.append({**layer, "name": called, "from": sources(layer, prefix, last, found)})
            last = called
            continue
        copies = layer.get("repeat", 1)
        for number in range(1, copies + 1):
            inner = f"{prefix}{layer['name']}." + (f"block{number}." if copies > 1 else "")
            found += unrolled(layer["layers"], inner, last)
            last = found[-1]["name"]
    return found


def sources(layer, prefix, last, found):
    """Return the whole names of a layer's inputs; in a block `input` is what the block takes."""
    if "from" not in layer:
        return last if not found else found[-1]["name"]
    named = layer["from"] if isinstance(layer["from"], list) else [layer["from"]]
    start = found[0]["from"] if found and prefix else last if prefix else "input"
    whole = [start if name == "input" else f"{prefix}{name}" for name in named]
    return whole if isinstance(layer["from"], list) else whole[0]


def quantities(made, layer, channels_first, stored):
    learned, statistics = made.weights + made.biases, made.statistics if stored else 0
    frozen = learned if layer.get("trainable") is False else 0
    return {
        **made.sizes,
        "shape": in_order(made.sizes, channels_first),
        "weights": made.weights,
        "biases": made.biases,
        "parameters": learned + statistics,
        "trainable": learned - frozen,
        "nontrainable": frozen + statistics,
        "macs": made.macs,
        "parameter_bytes": 4 * (learned + statistics),
        "activation_bytes": 4 * prod(made.sizes.values()),
        "activations": prod(made.sizes.values()),
        "receptive_field": one_or_all(made.fields),
        "jump": one_or_all(made.jumps),
        **{f"receptive_field.{axis}": size for axis, size in made.fields.items()},
    }


def one_or_all(found):
    return next(iter(found.values()), None) if len(set(found.values())) < 2 else tuple(found.values())


def in_order(sizes, channels_first):
    axes = [sizes[axis] for axis in AXES if axis in sizes]
    if "channels" not in sizes:
        return tuple(sizes.values())
    return (sizes["channels"], *axes) if channels_first else (*axes, sizes["channels"])

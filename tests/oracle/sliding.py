"""Costs counted by brute force: windows slide with `range`, weights and multiplications are listed one by one.

Shares nothing with the package: a layer is its mapping in the notation, an image a mapping of sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

AXES = ("depth", "height", "width", "length")
MOST = 100_000

Sizes = Mapping[str, int]


@dataclass
class Counted:
    """What was counted: output sizes, and how many weights, biases, stored statistics and multiplications."""

    output: dict[str, int]
    weights: int = 0
    biases: int = 0
    statistics: int = 0
    macs: int = 0
    windows: dict[str, list[list[int]]] = field(default_factory=dict)


class TooLargeError(Exception):
    """More operations than brute force should do."""


def axes_of(sizes: Sizes) -> list[str]:
    """Return the spatial axes of an image."""
    return [axis for axis in AXES if axis in sizes]


def per_axis(layer: Mapping[str, Any], key: str, default: Any, axes: list[str]) -> list[Any]:
    """Return one entry per axis, whether one number or a list was written."""
    found = layer.get(key, default)
    return list(found) if isinstance(found, list) else [found] * len(axes)


def windows(size: int, kernel: int, stride: int, padding: Any, dilation: int, up: bool) -> list[list[int]]:
    """Return the input indices under each window along one axis; indices outside 0..size-1 lie in the padding."""
    taps = [dilation * tap for tap in range(kernel)]
    if padding in ("same", "causal"):
        starts = list(range(0, size, stride))
        missing = max(starts[-1] + taps[-1] + 1 - size, 0)
        before = taps[-1] if padding == "causal" else missing // 2
        return [[start - before + tap for tap in taps] for start in starts]
    around = 0 if padding == "valid" else padding
    end = size + around
    found = []
    for start in range(-around, size if up else end, stride):
        fits = start + taps[-1] < end
        uncovered = up and start - stride + taps[-1] < end - 1
        if fits or uncovered:
            found.append([start + tap for tap in taps])
    return found


def slide(layer: Mapping[str, Any], sizes: Sizes) -> dict[str, list[list[int]]]:
    """Return the windows of a convolution or a pool along each axis."""
    axes = axes_of(sizes)
    kernels = per_axis(layer, "kernel", None, axes)
    is_pool = "pool" in layer["kind"]
    strides = per_axis(layer, "stride", list(kernels) if is_pool else 1, axes)
    paddings = per_axis(layer, "padding", 0, axes)
    dilations = per_axis(layer, "dilation", 1, axes)
    up = bool(layer.get("ceil", False))
    return {
        axis: windows(sizes[axis], kernel, stride, padding, dilation, up)
        for axis, kernel, stride, padding, dilation in zip(axes, kernels, strides, paddings, dilations, strict=True)
    }


def listed(*ranges: int) -> int:
    """Return how many index tuples there are, by walking through them."""
    total = 1
    for length in ranges:
        total *= length
    if total > MOST:
        raise TooLargeError(f"{total:,} operations")
    return sum(1 for _ in product(*(range(length) for length in ranges)))


def convolution(layer: Mapping[str, Any], sizes: Sizes, conventions: str) -> Counted:
    """Each filter sees the channels of its own group through a window."""
    seen = slide(layer, sizes)
    groups, filters = layer.get("groups", 1), layer["filters"]
    weights = set()
    for number in range(filters):
        group = number * groups // filters
        for channel in range(sizes["channels"]):
            if channel * groups // sizes["channels"] == group:
                weights |= {(number, channel, *taps) for taps in product(*_taps(layer, sizes))}
    output = {"channels": filters, **{axis: len(found) for axis, found in seen.items()}}
    macs = listed(len(weights), *(len(found) for found in seen.values()))
    lengths, stored = reparametrized(layer, filters, conventions)
    biases = filters if layer.get("bias", True) else 0
    return Counted(output, len(weights) + lengths, biases, stored, macs, seen)


def reparametrized(layer: Mapping[str, Any], outputs: int, conventions: str) -> tuple[int, int]:
    """Return a learned length for each output with weight norm, and the vector that spectral norm stores."""
    lengths = sum(1 for _ in range(outputs) if layer.get("weight_norm"))
    stored = sum(1 for _ in range(outputs) if layer.get("spectral_norm") and conventions == "keras")
    return lengths, stored


def _taps(layer: Mapping[str, Any], sizes: Sizes) -> Iterator[range]:
    return (range(kernel) for kernel in per_axis(layer, "kernel", None, axes_of(sizes)))


def pool(layer: Mapping[str, Any], sizes: Sizes, _: str) -> Counted:
    """Windows slide over every channel; nothing is learned."""
    seen = slide(layer, sizes)
    return Counted({**sizes, **{axis: len(found) for axis, found in seen.items()}}, windows=seen)


def global_pool(layer: Mapping[str, Any], sizes: Sizes, _: str) -> Counted:
    """One number is left per channel, or per feature of a sequence."""
    if "tokens" in sizes:
        return Counted({**({"tokens": 1} if layer.get("keepdims") else {}), "features": sizes["features"]})
    if layer.get("keepdims"):
        return Counted({**sizes, **dict.fromkeys(axes_of(sizes), 1)})
    return Counted({"features": sizes["channels"]})


def dense(layer: Mapping[str, Any], sizes: Sizes, conventions: str) -> Counted:
    """Every unit multiplies every feature, at every position."""
    last = "features" if "features" in sizes else "channels"
    if last == "channels" and conventions == "pytorch":
        last = list(sizes)[-1]
    positions = [length for size, length in sizes.items() if size != last]
    units = layer["units"]
    biases = units if layer.get("bias", True) else 0
    macs = listed(sizes[last], units, *positions)
    lengths, stored = reparametrized(layer, units, conventions)
    return Counted({**sizes, last: units}, listed(sizes[last], units) + lengths, biases, stored, macs)


def batchnorm(layer: Mapping[str, Any], sizes: Sizes, conventions: str) -> Counted:
    """A scale, a shift, and a stored mean and variance for each channel."""
    channels = sizes["channels"] if "channels" in sizes else sizes["features"]
    stored = conventions == "keras" and layer.get("statistics", True)
    flags = (layer.get("scale", True), layer.get("center", True), stored, stored)
    each = [sum(1 for _ in range(channels) if flag) for flag in flags]
    return Counted(dict(sizes), each[0], each[1], each[2] + each[3])


def flatten(_: Mapping[str, Any], sizes: Sizes, __: str) -> Counted:
    """Every number of the image becomes one feature."""
    return Counted({"features": listed(*sizes.values())})


def zeropad(layer: Mapping[str, Any], sizes: Sizes, _: str) -> Counted:
    """Zeros are put before and after, one by one."""
    output = dict(sizes)
    for axis, entry in zip(axes_of(sizes), per_axis(layer, "padding", 0, axes_of(sizes)), strict=True):
        before, after = entry if isinstance(entry, list) else (entry, entry)
        output[axis] = len([*range(before), *range(sizes[axis]), *range(after)])
    return Counted(output)


def unchanged(_: Mapping[str, Any], sizes: Sizes, __: str) -> Counted:
    """Nothing changes."""
    return Counted(dict(sizes))


COUNT: dict[str, Callable[[Mapping[str, Any], Sizes, str], Counted]] = {
    **{f"conv{rank}d": convolution for rank in (1, 2, 3)},
    **{f"{which}pool{rank}d": pool for which in ("max", "avg") for rank in (1, 2, 3)},
    **dict.fromkeys(("globalavgpool", "globalmaxpool"), global_pool),
    **dict.fromkeys(("activation", "dropout", "identity"), unchanged),
    "dense": dense,
    "batchnorm": batchnorm,
    "flatten": flatten,
    "zeropad": zeropad,
}
"""How each kind with one input is counted."""


def merged(layer: Mapping[str, Any], inputs: list[Sizes]) -> Counted:
    """Add numbers at the same place, stretching sizes of 1, or put channels behind each other."""
    output: dict[str, int] = {}
    axis = layer.get("axis", "channels" if "channels" in inputs[0] else "features")
    for size in inputs[0]:
        each = [sizes[size] for sizes in inputs]
        joined = layer["kind"] == "concat" and size == axis
        output[size] = len([i for length in each for i in range(length)]) if joined else max(each)
    return Counted(output)


def seen_from(window_layers: list[tuple[int, int, int]], output: int) -> set[int]:
    """Return the input indices that one output sees through layers of (kernel, stride, dilation), last layer last."""
    seen = {output}
    for kernel, stride, dilation in reversed(window_layers):
        seen = {place * stride + dilation * tap for place in seen for tap in range(kernel)}
    return seen


def field_and_jump(window_layers: list[tuple[int, int, int]]) -> tuple[int, int]:
    """Return the extent of what one output sees, and how far its neighbour's view is moved."""
    first, second = (seen_from(window_layers, output) for output in (0, 1))
    return max(first) - min(first) + 1, min(second) - min(first)

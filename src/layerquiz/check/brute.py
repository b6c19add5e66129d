"""Costs of the common layers counted one by one: windows slide with `range`, weights and products are listed.

Shares no formula with the rest of the package: a layer is its mapping in the notation, an image a mapping of sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeAlias

from layerquiz.network.conventions import Conventions

AXES = ("depth", "height", "width", "length")
MOST = 1_000_000

Sizes: TypeAlias = Mapping[str, int]
Window: TypeAlias = tuple[int, int, int]
"""Kernel, stride and dilation along one axis."""


class NotCountedError(Exception):
    """A layer that is not counted here, or more things than should be listed."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted for one layer.

    products: the lengths over which its multiplications run. seen: along each axis the windows from the image to the
    output, from which the receptive field is counted; None where it is not.
    """

    output: Sizes
    weights: int = 0
    biases: int = 0
    stored: int = 0
    products: tuple[int, ...] = ()
    seen: Mapping[str, tuple[Window, ...]] | None = None

    @property
    def macs(self) -> int:
        """Return how many multiplications there are, by walking through them."""
        return listed(*self.products) if self.products else 0

    def receptive_field(self, axis: str) -> int:
        """Return how far apart the first and the last number of the image are that one output sees."""
        if self.seen is None or axis not in self.seen:
            raise NotCountedError
        places = {0}
        for kernel, stride, dilation in reversed(self.seen[axis]):
            places = {place * stride + dilation * tap for place in places for tap in range(kernel)}
        return max(places) - min(places) + 1


Layer: TypeAlias = Mapping[str, Any]
Inputs: TypeAlias = Sequence[Counted]


def listed(*lengths: int) -> int:
    """Return how many index tuples there are, by walking through them."""
    total = 1
    for length in lengths:
        total *= length
    if total > MOST:
        raise NotCountedError
    return sum(1 for _ in product(*map(range, lengths)))


def _axes(sizes: Sizes) -> list[str]:
    return [axis for axis in AXES if axis in sizes]


def _per_axis(layer: Layer, key: str, default: Any, axes: Sequence[str]) -> list[Any]:
    found = layer.get(key, default)
    entries = list(found) if isinstance(found, list) else [found] * len(axes)
    if len(entries) != len(axes):
        raise NotCountedError
    return entries


def _places(size: int, window: Window, padding: Any, up: bool) -> int:
    """Return at how many places a window stands along one axis."""
    kernel, stride, dilation = window
    if padding in ("same", "causal"):
        return len(range(0, size, stride))
    around = 0 if padding == "valid" else padding
    last_tap, end, found = dilation * (kernel - 1), size + around, 0
    for start in range(-around, end, stride):
        fits = start + last_tap < end
        fills = up and start < size and start - stride + last_tap < end - 1
        found += fits or fills
    return found


def _slid(layer: Layer, source: Counted, stride: str | None) -> tuple[dict[str, int], list[int], Counted]:
    """Return the output size along each axis, the kernel, and the source with this layer's windows added."""
    axes = _axes(source.output)
    kernels = _per_axis(layer, "kernel", None, axes)
    strides = _per_axis(layer, "stride", kernels if stride == "kernel" else 1, axes)
    windows = list(zip(kernels, strides, _per_axis(layer, "dilation", 1, axes), strict=True))
    paddings, up = _per_axis(layer, "padding", 0, axes), bool(layer.get("ceil"))
    sizes = {
        axis: _places(source.output[axis], window, padding, up)
        for axis, window, padding in zip(axes, windows, paddings, strict=True)
    }
    seen = source.seen and {axis: (*source.seen[axis], window) for axis, window in zip(axes, windows, strict=True)}
    return sizes, kernels, Counted(source.output, seen=seen)


def _convolution(layer: Layer, inputs: Inputs, _: Conventions) -> Counted:
    """Each filter sees the channels of its own group through a window; each weight is used at each place."""
    sizes, kernels, seen = _slid(layer, inputs[0], None)
    channels, filters, groups = inputs[0].output["channels"], layer["filters"], layer.get("groups", 1)
    pairs = [
        (filter_, channel)
        for filter_ in range(filters)
        for channel in range(channels)
        if filter_ * groups // filters == channel * groups // channels
    ]
    weights = listed(len(pairs), *kernels)
    biases = filters if layer.get("bias", True) else 0
    return Counted({"channels": filters, **sizes}, weights, biases, 0, (weights, *sizes.values()), seen.seen)


def _depthwise(layer: Layer, inputs: Inputs, _: Conventions) -> Counted:
    """Each channel has some windows of its own."""
    sizes, kernels, seen = _slid(layer, inputs[0], None)
    channels = listed(inputs[0].output["channels"], layer.get("multiplier", 1))
    weights = listed(channels, *kernels)
    biases = channels if layer.get("bias", True) else 0
    return Counted({"channels": channels, **sizes}, weights, biases, 0, (weights, *sizes.values()), seen.seen)


def _separable(layer: Layer, inputs: Inputs, conventions: Conventions) -> Counted:
    """A depthwise convolution without biases, then one of size 1."""
    depth = {key: found for key, found in layer.items() if key != "filters"} | {"bias": False}
    first = _depthwise(depth, inputs, conventions)
    point = {"filters": layer["filters"], "kernel": 1, "bias": layer.get("bias", True)}
    second = _convolution(point, [first], conventions)
    weights = first.weights + second.weights
    products = (weights, *(size for axis, size in second.output.items() if axis != "channels"))
    return Counted(second.output, weights, second.biases, 0, products, second.seen)


def _transposed(layer: Layer, inputs: Inputs, conventions: Conventions) -> Counted:
    """Each input puts a kernel into the output, a stride further on; the padding is cut off on both sides."""
    source = inputs[0].output
    axes = _axes(source)
    kernels = _per_axis(layer, "kernel", None, axes)
    rest = [_per_axis(layer, key, default, axes) for key, default in (("stride", 1), ("dilation", 1), ("padding", 0))]
    added = _per_axis(layer, "output_padding", 0, axes) if layer.get("output_padding") else [0] * len(axes)
    least = conventions.transposed_to_stride and layer.get("output_padding") is None
    sizes = {
        axis: _covered(source[axis], kernel, stride, dilation, padding, more, least)
        for axis, kernel, stride, dilation, padding, more in zip(axes, kernels, *rest, added, strict=True)
    }
    weights = listed(source["channels"], layer["filters"], *kernels)
    biases = layer["filters"] if layer.get("bias", True) else 0
    products = (weights, *(source[axis] for axis in axes))
    return Counted({"channels": layer["filters"], **sizes}, weights, biases, 0, products)


def _covered(size: int, kernel: int, stride: int, dilation: int, padding: Any, added: int, least: bool) -> int:
    padding = 0 if padding == "valid" else padding
    if isinstance(padding, str) or (least and padding):
        raise NotCountedError
    taps = [dilation * tap for tap in range(kernel)] + (list(range(stride)) if least else [])
    covered = {place * stride + tap for place in range(size) for tap in taps}
    return len(range(padding, max(covered) + 1 + added - padding))


def _pool(layer: Layer, inputs: Inputs, _: Conventions) -> Counted:
    """Windows slide over every channel; nothing is learned."""
    sizes, _kernels, seen = _slid(layer, inputs[0], "kernel")
    return Counted({**inputs[0].output, **sizes}, seen=seen.seen)


def _global_pool(layer: Layer, inputs: Inputs, _: Conventions) -> Counted:
    """One number is left of each channel."""
    if layer.get("keepdims") or "channels" not in inputs[0].output:
        raise NotCountedError
    return Counted({"features": inputs[0].output["channels"]})


def _dense(layer: Layer, inputs: Inputs, conventions: Conventions) -> Counted:
    """Every unit multiplies every feature, at every position."""
    sizes = inputs[0].output
    if "features" not in sizes and conventions.dense_on_width:
        raise NotCountedError
    last = "features" if "features" in sizes else "channels"
    units = layer["units"]
    positions = [length for size, length in sizes.items() if size != last]
    weights, biases = listed(sizes[last], units), units if layer.get("bias", True) else 0
    return Counted({**sizes, last: units}, weights, biases, 0, (sizes[last], units, *positions))


def _batchnorm(layer: Layer, inputs: Inputs, conventions: Conventions) -> Counted:
    """A scale, a shift, and a stored mean and variance for each channel."""
    sizes = inputs[0].output
    each = sizes["channels"] if "channels" in sizes else sizes["features"]
    stored = 2 * each if conventions.stored_statistics and layer.get("statistics", True) else 0
    scale, shift = (each if layer.get(key, True) else 0 for key in ("scale", "center"))
    return Counted(sizes, scale, shift, stored, seen=inputs[0].seen)


def _flatten(_: Layer, inputs: Inputs, __: Conventions) -> Counted:
    """Every number becomes one feature."""
    return Counted({"features": listed(*inputs[0].output.values())})


def _unchanged(_: Layer, inputs: Inputs, __: Conventions) -> Counted:
    return Counted(inputs[0].output, seen=inputs[0].seen)


def _sum(_: Layer, inputs: Inputs, __: Conventions) -> Counted:
    """Numbers at the same place are added; the receptive field is that of the path that sees most."""
    if any(other.output != inputs[0].output for other in inputs):
        raise NotCountedError
    return Counted(inputs[0].output, seen=_widest(inputs))


def _concatenation(layer: Layer, inputs: Inputs, __: Conventions) -> Counted:
    """Channels, or features, are put behind each other."""
    axis = layer.get("axis", "channels" if "channels" in inputs[0].output else "features")
    joined = len([place for source in inputs for place in range(source.output[axis])])
    return Counted({**inputs[0].output, axis: joined}, seen=_widest(inputs))


def _widest(inputs: Inputs) -> Mapping[str, tuple[Window, ...]] | None:
    if any(source.seen is None for source in inputs):
        return None
    return max(inputs, key=lambda source: [source.receptive_field(axis) for axis in source.seen or ()]).seen


WINDOW = ("kernel", "stride", "padding", "dilation")
COUNT: dict[str, tuple[Callable[[Layer, Inputs, Conventions], Counted], tuple[str, ...]]] = {
    **{f"conv{rank}d": (_convolution, (*WINDOW, "filters", "groups", "bias")) for rank in (1, 2, 3)},
    **{f"depthwiseconv{rank}d": (_depthwise, (*WINDOW, "multiplier", "bias")) for rank in (1, 2)},
    **{f"separableconv{rank}d": (_separable, (*WINDOW, "filters", "multiplier", "bias")) for rank in (1, 2)},
    **{f"convtranspose{r}d": (_transposed, (*WINDOW, "filters", "output_padding", "bias")) for r in (1, 2, 3)},
    **{f"{which}pool{rank}d": (_pool, (*WINDOW, "ceil")) for which in ("max", "avg") for rank in (1, 2, 3)},
    **dict.fromkeys(("globalavgpool", "globalmaxpool"), (_global_pool, ("keepdims",))),
    **dict.fromkeys(("activation", "dropout", "identity"), (_unchanged, ("rate",))),
    "dense": (_dense, ("units", "bias")),
    "batchnorm": (_batchnorm, ("scale", "center", "statistics")),
    "flatten": (_flatten, ()),
    "add": (_sum, ()),
    "concat": (_concatenation, ("axis",)),
}
"""How each kind is counted, and the keys that are understood; any other key means that the layer is not counted."""

SAYS_NOTHING = ("kind", "name", "from", "activation", "function", "trainable")


def counted(layer: Layer, inputs: Inputs, conventions: Conventions) -> Counted:
    """Return what is counted for one layer behind others. Raises `NotCountedError`."""
    if layer["kind"] not in COUNT:
        raise NotCountedError
    count, keys = COUNT[layer["kind"]]
    if any(key not in keys and key not in SAYS_NOTHING for key in layer):
        raise NotCountedError
    return count(layer, inputs, conventions)

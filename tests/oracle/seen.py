"""What one output sees of the network's input along each axis: how far, from where, and how far its neighbour is.

Shares nothing with the package: a layer is its mapping in the notation, an input a mapping of sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

from oracle.sliding import Sizes, axes_of, per_axis, windows

Layer = Mapping[str, Any]
Trace: TypeAlias = dict[str, tuple[Fraction, Fraction, Fraction]]
"""Receptive field, jump and first position of each axis."""

Window: TypeAlias = tuple[list[int], Fraction]
"""The places of the input that the first output sees, and how far its neighbour sees from there."""

AT_FIRST = (Fraction(1), Fraction(1), Fraction(0))


def fields(seen: Trace) -> dict[str, Fraction]:
    """Return receptive field, jump and first position of each axis by name."""
    names = ("receptive_field", "jump", "first_position")
    return {f"{name}.{axis}": number for axis, found in seen.items() for name, number in zip(names, found, strict=True)}


def trace(layer: Layer, inputs: list[Sizes], output: Sizes, before: list[Trace | None]) -> Trace:
    """Return the extent of what one output sees along each axis, how far its neighbour's view is moved, and where."""
    kind = layer["kind"]
    seeing = [each for each in before if each is not None]
    if kind not in WINDOWS or not seeing or not all(seeing):
        return {}
    found: Trace = {}
    for place, axis in enumerate(axes_of(inputs[0])):
        window = WINDOWS[kind](layer, place, inputs[0][axis], output[axis])
        if window is None:
            return {}
        taps, step = window
        field, jump = (max(each[axis][number] for each in seeing) for number in (0, 1))
        start = min(each[axis][2] for each in seeing)
        starts = [tap * jump for tap in taps]
        found[axis] = max(starts) + field - min(starts), step * jump, start + min(starts)
    return found


def entry(layer: Layer, key: str, default: Any, place: int) -> Any:
    """Return a per-axis key along one axis."""
    found = layer.get(key, default)
    return found[place] if isinstance(found, list) else found


def sliding_window(layer: Layer, place: int, size: int, _: int) -> Window:
    """A window has its taps, the first of which may lie in the padding; its neighbour is a stride away."""
    kernel = entry(layer, "kernel", None, place)
    stride = entry(layer, "stride", kernel if "pool" in layer["kind"] else 1, place)
    padding, dilation = entry(layer, "padding", 0, place), entry(layer, "dilation", 1, place)
    return windows(size, kernel, stride, padding, dilation, bool(layer.get("ceil")))[0], Fraction(stride)


def spread(layer: Layer, place: int, _: int, __: int) -> Window | None:
    """An output sees the inputs whose kernels reach it; with a dilated kernel these are not neighbours."""
    if any(entry != 1 for entry in per_axis(layer, "dilation", 1, ["x"])):
        return None
    kernel, stride = entry(layer, "kernel", None, place), entry(layer, "stride", 1, place)
    places = range(stride * kernel, stride * kernel + stride)
    reached = [[i for i in range(2 * kernel) if 0 <= place - i * stride < kernel] for place in places]
    most = max(len(inputs) for inputs in reached)
    padding = entry(layer, "padding", 0, place)
    cut = {"valid": 0, "same": len(range(1, max(kernel - stride, 0), 2))}.get(padding, padding)
    first = next(i for i in range(-kernel, kernel + cut + 1) if cut - i * stride < kernel)
    return [first + number for number in range(most)], Fraction(1, stride)


def enlarged(layer: Layer, place: int, size: int, output: int) -> Window:
    """An output sees one input; its neighbour is a part of a step away."""
    factor = entry(layer, "factor", None, place)
    return [0], Fraction(size, output) if factor is None else 1 / Fraction(str(factor))


def unchanged(_: Layer, __: int, ___: int, ____: int) -> Window:
    """An output sees the input at its own place."""
    return [0], Fraction(1)


def moved(layer: Layer, place: int, _: int, __: int) -> Window:
    """What is put in front moves the first output back into the padding; what is cut off moves it on."""
    padding = entry(layer, "padding", 0, place)
    front = padding[0] if isinstance(padding, list) else padding
    return [-front if layer["kind"] == "zeropad" else front], Fraction(1)


def part(layer: Layer, place: int, size: int, output: int) -> Window:
    """Along the axis that is cut, the first output is the first that is left."""
    axes = {"height": -2, "width": -1, "length": -1, "depth": -3}
    return [layer.get("offset", 0) if layer.get("axis") in axes and size != output else 0], Fraction(1)


def halved(layer: Layer, *_: int) -> Window | None:
    """Halves of the channels are at the same place; halves of the image are not."""
    return ([0], Fraction(1)) if layer.get("axis", "channels") == "channels" else None


ALWAYS = ("activation", "dropout", "identity", "batchnorm", "layernorm", "groupnorm", "instancenorm", "rmsnorm", "lrn")
MERGED = ("add", "multiply", "subtract", "average", "maximum", "minimum", "concat")

WINDOWS: dict[str, Callable[[Layer, int, int, int], Window | None]] = {
    **{f"{stem}{rank}d": sliding_window for stem in ("conv", "maxpool", "avgpool", "lppool") for rank in (1, 2, 3)},
    **{
        f"{stem}{rank}d": sliding_window
        for stem in ("depthwiseconv", "separableconv", "locallyconnected")
        for rank in (1, 2)
    },
    **{f"convtranspose{rank}d": spread for rank in (1, 2, 3)},
    **dict.fromkeys((*ALWAYS, *MERGED, "prelu", "scale", "normalization", "channelshuffle"), unchanged),
    **dict.fromkeys(("zeropad", "crop"), moved),
    "glu": halved,
    "slice": part,
    "upsample": enlarged,
    "pixelshuffle": enlarged,
    "pixelunshuffle": lambda layer, *_: (list(range(layer["factor"])), Fraction(layer["factor"])),
}
"""Through which inputs one output of each kind sees; behind other kinds nothing is traced."""

"""Every quantity of every layer of a network, counted or listed: sizes, costs, memory, what one output sees.

Shares nothing with the package: networks are mappings in the notation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeAlias

from oracle import limits, listed_kinds, sliding
from oracle.sliding import Counted, Sizes, axes_of, listed, per_axis

Layer = Mapping[str, Any]
Trace: TypeAlias = dict[str, tuple[Fraction, Fraction]]
Window: TypeAlias = tuple[list[int], Fraction]
BYTES = range(4)


class RefusedError(Exception):
    """A network that cannot be, with the name of the layer that does not fit."""


def quantities(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return every quantity of the last layer; `RefusedError` where a layer on the way cannot be."""
    by = spec.get("conventions", "textbook")
    sizes: dict[str, Sizes] = {"input": spec["input"]}
    seen: dict[str, Trace | None] = {"input": {axis: (Fraction(1), Fraction(1)) for axis in axes_of(spec["input"])}}
    previous = "input"
    found: dict[str, Any] = {}
    for layer in spec["layers"]:
        names = layer.get("from", previous)
        sources = [names] if isinstance(names, str) else list(names)
        inputs = [] if layer["kind"] == "parameter" else [sizes[name] for name in sources]
        counted = count(layer, inputs, by)
        if "shares" in layer:
            counted = replace(counted, weights=0, biases=0, statistics=0)  # they are the lender's
        previous = layer["name"]
        sizes[previous] = counted.output
        if layer["kind"] == "parameter":
            seen[previous] = None
        else:
            seen[previous] = trace(layer, inputs, counted.output, [seen[name] for name in sources])
        found = costs(layer, counted) | fields(seen[previous] or {})
    return found


def count(layer: Layer, inputs: list[Sizes], by: str) -> Counted:
    """Return what a layer costs."""
    kind = layer["kind"]
    if kind in limits.REFUSED and limits.REFUSED[kind](layer, inputs, by):
        raise RefusedError(layer["name"])
    if kind in sliding.COUNT:
        counted = sliding.COUNT[kind](layer, inputs[0], by)
    elif kind in ("add", "concat"):
        counted = sliding.merged(layer, inputs)
    else:
        counted = listed_kinds.COUNT[kind](layer, inputs, by)  # type: ignore[arg-type]
    if min(counted.output.values()) < 1:
        raise RefusedError(layer["name"])
    return counted


def costs(layer: Layer, counted: Counted) -> dict[str, Any]:
    """Return what follows from weights, biases, statistics, multiplications and numbers, each counted one by one."""
    learned = counted.weights + counted.biases
    parameters = learned + counted.statistics
    numbers = listed(*counted.output.values())
    trained = learned if layer.get("trainable", True) else 0
    return {
        **counted.output,
        "weights": counted.weights,
        "biases": counted.biases,
        "parameters": parameters,
        "trainable": trained,
        "nontrainable": parameters - trained,
        "macs": counted.macs,
        "flops": sum(counted.macs for _ in ("multiplication", "addition")),
        "activations": numbers,
        "parameter_bytes": sum(parameters for _ in BYTES),
        "activation_bytes": sum(numbers for _ in BYTES),
    }


def fields(seen: Trace) -> dict[str, Fraction]:
    """Return receptive field and jump of each axis by name."""
    found = {f"receptive_field.{axis}": field for axis, (field, _) in seen.items()}
    return found | {f"jump.{axis}": jump for axis, (_, jump) in seen.items()}


def trace(layer: Layer, inputs: list[Sizes], output: Sizes, before: list[Trace | None]) -> Trace:
    """Return the extent of what one output sees along each axis, and how far its neighbour's view is moved."""
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
        starts = [tap * jump for tap in taps]
        found[axis] = max(starts) + field - min(starts), step * jump
    return found


def entry(layer: Layer, key: str, default: Any, place: int) -> Any:
    """Return a per-axis key along one axis."""
    found = layer.get(key, default)
    return found[place] if isinstance(found, list) else found


def sliding_window(layer: Layer, place: int, _: int, __: int) -> Window:
    """A window has its taps; its neighbour is a stride away."""
    kernel = entry(layer, "kernel", None, place)
    stride = entry(layer, "stride", kernel if "pool" in layer["kind"] else 1, place)
    return [entry(layer, "dilation", 1, place) * tap for tap in range(kernel)], Fraction(stride)


def spread(layer: Layer, place: int, _: int, __: int) -> Window | None:
    """An output sees the inputs whose kernels reach it; with a dilated kernel these are not neighbours."""
    if any(entry != 1 for entry in per_axis(layer, "dilation", 1, ["x"])):
        return None
    kernel, stride = entry(layer, "kernel", None, place), entry(layer, "stride", 1, place)
    places = range(stride * kernel, stride * kernel + stride)
    reached = [[i for i in range(2 * kernel) if 0 <= place - i * stride < kernel] for place in places]
    return list(range(max(len(inputs) for inputs in reached))), Fraction(1, stride)


def enlarged(layer: Layer, place: int, size: int, output: int) -> Window:
    """An output sees one input; its neighbour is a part of a step away."""
    factor = entry(layer, "factor", None, place)
    return [0], Fraction(size, output) if factor is None else 1 / Fraction(str(factor))


def unchanged(_: Layer, __: int, ___: int, ____: int) -> Window:
    """An output sees the input at its own place."""
    return [0], Fraction(1)


WINDOWS: dict[str, Callable[[Layer, int, int, int], Window | None]] = {
    **{f"{stem}{rank}d": sliding_window for stem in ("conv", "maxpool", "avgpool") for rank in (1, 2, 3)},
    **{f"{stem}{rank}d": sliding_window for stem in ("depthwiseconv", "separableconv") for rank in (1, 2)},
    **{f"convtranspose{rank}d": spread for rank in (1, 2, 3)},
    **dict.fromkeys(("activation", "dropout", "identity", "zeropad", "crop", "add", "multiply", "concat"), unchanged),
    **dict.fromkeys(("batchnorm", "layernorm", "groupnorm", "instancenorm", "rmsnorm", "lrn", "prelu"), unchanged),
    "upsample": enlarged,
    "pixelshuffle": enlarged,
    "pixelunshuffle": lambda layer, *_: (list(range(layer["factor"])), Fraction(layer["factor"])),
}
"""Through which inputs one output of each kind sees; behind other kinds nothing is traced."""

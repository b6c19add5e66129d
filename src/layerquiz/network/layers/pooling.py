"""Pools over windows, and pools over the whole image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from layerquiz.errors import NetworkError
from layerquiz.formula.expr import Formula, Integer, ceil, minimum
from layerquiz.network.conventions import Conventions
from layerquiz.network.glossary import AXES
from layerquiz.network.layers.base import (
    SLACK,
    Before,
    Formulas,
    Keys,
    Kind,
    Limit,
    Own,
    PerAxis,
    PerAxisOrZero,
    Positive,
    Rule,
    kept,
)
from layerquiz.network.layers.convolution import PER_AXIS, reaches, slid, window_positions


class AveragePoolKeys(Keys):
    """Keys of a pool; the stride is the kernel unless it is given."""

    kernel: PerAxis
    stride: PerAxis | None = None
    padding: PerAxisOrZero | Literal["same", "valid"] = 0
    ceil: bool = False


class MaxPoolKeys(AveragePoolKeys):
    """A maximum pool may be dilated."""

    dilation: PerAxis = 1


class PowerPoolKeys(Keys):
    """Keys of a power-average pool, which takes no padding."""

    kernel: PerAxis
    stride: PerAxis | None = None
    padding: Literal["valid"] = "valid"
    ceil: bool = False


class GlobalPoolKeys(Keys):
    """Keys of a pool over the whole image."""

    keepdims: bool = False


class AdaptivePoolKeys(Keys):
    """Keys of a pool to a given size: a number for all axes, or a list in which null keeps an axis."""

    size: Positive | list[Positive | None]


def pool(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """H_out = floor((H - K + 2P) / S) + 1; channels are kept; nothing is learned."""
    (source,) = before
    axes = source.form.axes
    reach, definitions = reaches(own, axes)
    formulas: Formulas = {**definitions, "channels": source.channels}
    for axis in axes:
        positions = window_positions(source[axis], reach[axis], own, axis)
        formulas[axis] = rounded_up(source[axis], reach[axis], own, axis) if own.ceil else positions
        if own.padding not in ("same", "valid"):
            formulas[f"{SLACK}padding.{axis}"] = reach[axis] // 2 - own.padding[axis]
    return formulas | slid(own, source, reach)


def power_pool(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """H_out = floor((H - K) / S) + 1, whatever the power of the mean. Source: PyTorch's LPPool2d."""
    return pool(own, before, conventions)


def rounded_up(size: Formula, reach: Formula, own: Own, axis: str) -> Formula:
    """min(ceil((H + 2P - K) / S) + 1, ceil((H + P) / S)): no window starts in the padding behind the image.

    Source: PyTorch's MaxPool2d with ceil_mode.
    """
    stride = own.stride[axis]
    if own.padding == "same":
        return ceil(size / stride)
    if own.padding == "valid":
        return minimum(ceil((size - reach) / stride) + 1, ceil(size / stride))
    padding = own.padding[axis]
    return minimum(ceil((size - reach + 2 * padding) / stride) + 1, ceil((size + padding) / stride))


def global_pool(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """One number per channel, or per feature of a sequence: the features, or with keepdims an image of size 1."""
    (source,) = before
    if source.form.sizes == ("features",):
        raise NetworkError("it needs channels, or tokens and features; its input has features alone", slug="wrong-rank")
    if "tokens" in source.form.sizes:
        return {"features": source.features, **({"tokens": Integer(1)} if own.keepdims else {})}
    if own.keepdims:
        return {**kept(source, *source.form.axes), **dict.fromkeys(source.form.axes, Integer(1))}
    return {"features": source.channels}


def adaptive_pool(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """H_out = the size that is asked for; its windows differ. Source: PyTorch's AdaptiveAvgPool2d."""
    (source,) = before
    keeps: Any = own.marks.get("kept", ())
    return {
        "channels": source.channels,
        **{axis: source[axis] if axis in keeps else own.size[axis] for axis in source.form.axes},
    }


PADDING = Limit(
    "a padding of {padding} is more than half of the kernel", "Allowed: at most half of the kernel", "pool-padding"
)


def _pools(stem: str, keys: type[Keys], rule: Rule = pool) -> Iterator[Kind]:
    """Return the pools of one sort over one, two and three axes."""
    for rank in AXES:
        accepts = ("channels", *AXES[rank])
        yield Kind(f"{stem}{rank}d", keys, rule, rank, accepts, per_axis=PER_AXIS, limits={"padding": PADDING})


KINDS = (
    *_pools("maxpool", MaxPoolKeys),
    *_pools("avgpool", AveragePoolKeys),
    *_pools("lppool", PowerPoolKeys, power_pool),
    *(Kind(name, GlobalPoolKeys, global_pool) for name in ("globalavgpool", "globalmaxpool")),
    *(
        Kind(name, AdaptivePoolKeys, adaptive_pool, accepts=("channels",), per_axis=("size",))
        for name in ("adaptiveavgpool", "adaptivemaxpool")
    ),
)

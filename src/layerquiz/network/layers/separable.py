"""Convolutions that treat each channel by itself, with or without a pointwise step that mixes them."""

from __future__ import annotations

from layerquiz.formula.expr import Formula, product
from layerquiz.network.conventions import Conventions
from layerquiz.network.glossary import AXES
from layerquiz.network.layers.base import (
    Before,
    Formulas,
    Keys,
    Kind,
    Own,
    PerAxis,
    PerAxisOrZero,
    Positive,
    Same,
)
from layerquiz.network.layers.convolution import PER_AXIS, kernel_shape, reaches, slid, tensor, window_positions


class DepthwiseKeys(Keys):
    """Keys of a depthwise convolution; the multiplier says how many outputs each channel has."""

    kernel: PerAxis
    multiplier: Positive = 1
    stride: PerAxis = 1
    padding: PerAxisOrZero | Same = 0
    dilation: PerAxis = 1
    bias: bool = True
    activation: str | None = None


class SeparableKeys(DepthwiseKeys):
    """Keys of a separable convolution: a depthwise one, then one filter of 1 x 1 for each output."""

    filters: Positive


def depthwise(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """weights = K^2 C_in m; C_out = biases = C_in m. Source: Keras' DepthwiseConv2D."""
    (source,) = before
    outputs = expanded(own, source)
    formulas: Formulas = {
        "channels": outputs,
        **_slid(own, source),
        "weights": product([*(own.kernel[axis] for axis in source.form.axes), outputs]),
    }
    sizes = (outputs, 1) if conventions.channels_first else (own.multiplier, source.channels)
    formulas |= kernel_shape(own, source.form.axes, sizes, conventions)
    if own.bias:
        formulas |= {"biases": outputs, **tensor("bias_shape", [outputs])}
    return formulas


def separable(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """weights = K^2 C_in m + C_in m C_out; biases = C_out. Source: Chollet, arXiv:1610.02357, as in Keras."""
    (source,) = before
    outputs = expanded(own, source)
    by_channel = product([*(own.kernel[axis] for axis in source.form.axes), outputs])
    formulas: Formulas = {
        "channels": own.filters,
        **_slid(own, source),
        "weights": by_channel + outputs * own.filters,
    }
    if own.bias:
        formulas |= {"biases": own.filters, **tensor("bias_shape", [own.filters])}
    return formulas


def expanded(own: Own, source: Before) -> Formula:
    """C_in m, or C_in where each channel has one output."""
    return source.channels if own.multiplier == 1 else source.channels * own.multiplier


def _slid(own: Own, source: Before) -> Formulas:
    """Return output sizes, receptive field and macs = weights H_out W_out of a window that slides."""
    axes = source.form.axes
    reach, definitions = reaches(own, axes)
    return {
        **definitions,
        **{axis: window_positions(source[axis], reach[axis], own, axis) for axis in axes},
        "macs": product([own.weights, *(own[axis] for axis in axes)]),
        "positions": product(own[axis] for axis in axes),
        **slid(own, source, reach),
    }


KINDS = tuple(
    Kind(f"{stem}{rank}d", keys, rule, rank, ("channels", *AXES[rank]), per_axis=PER_AXIS)
    for stem, keys, rule in (("depthwiseconv", DepthwiseKeys, depthwise), ("separableconv", SeparableKeys, separable))
    for rank in (1, 2)
)

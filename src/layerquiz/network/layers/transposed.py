"""Transposed convolutions: each input puts a kernel into the output, a stride further on."""

from __future__ import annotations

from typing import Literal

from layerquiz.formula.expr import Formula, Integer, ceil, floor, maximum, product
from layerquiz.network.conventions import Conventions
from layerquiz.network.glossary import AXES, START
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
)
from layerquiz.network.layers.convolution import (
    GROUP_LIMITS,
    PER_AXIS,
    group_remainders,
    kernel_shape,
    reaches,
    tensor,
)


class TransposedKeys(Keys):
    """Keys of a transposed convolution; without an output padding Keras fills up to the stride."""

    filters: Positive
    kernel: PerAxis
    stride: PerAxis = 1
    padding: PerAxisOrZero | Literal["same", "valid"] = 0
    output_padding: PerAxisOrZero | None = None
    dilation: PerAxis = 1
    groups: Positive = 1
    bias: bool = True
    activation: str | None = None


def transposed(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """weights = K^2 C_in C_out / g; biases = C_out; macs = weights H W. Source: PyTorch's ConvTranspose2d."""
    (source,) = before
    axes = source.form.axes
    reach, definitions = reaches(own, axes)
    filters = own.filters if own.groups == 1 else own.filters / own.groups
    formulas: Formulas = {
        **definitions,
        "channels": own.filters,
        **{axis: stretched(source[axis], reach[axis], own, axis, conventions) for axis in axes},
        "weights": product([*(own.kernel[axis] for axis in axes), source.channels, filters]),
        "macs": product([own.weights, *(source[axis] for axis in axes)]),
        "positions": product(own[axis] for axis in axes),
        **group_remainders(own, source),
        **_traced(own, source),
        **kernel_shape(own, axes, (source.channels, filters), conventions),
    }
    if own.bias:
        formulas |= {"biases": own.filters, **tensor("bias_shape", [own.filters])}
    if own.output_padding not in (None, 0):
        for axis in axes:
            most = maximum([own.stride[axis], own.dilation[axis] if own.dilation != 1 else own.stride[axis]]) - 1
            formulas[f"{SLACK}output_padding.{axis}"] = most - own.output_padding[axis]
    return formulas


def stretched(size: Formula, reach: Formula, own: Own, axis: str, conventions: Conventions) -> Formula:
    """(H - 1) S - 2P + K + P_out; "same" H S. Source: arXiv:1603.07285, relationship 14.

    Keras: (H - 1) S + max(K, S) without padding and output padding; with both, "same" has K mod 2 in place of K.
    """
    stride: Formula = own.stride[axis]
    added = own.output_padding
    is_open = added is None or (added == 0 and not conventions.transposed_to_stride)
    if own.padding == "same" and is_open:
        return size * stride
    steps: Formula = (size - 1) * stride
    if own.padding == "same":
        steps = steps + reach % 2
    elif is_open and conventions.transposed_to_stride and own.padding in ("valid", 0):
        steps = steps + maximum([reach, stride])
    elif own.padding in ("valid", 0):
        steps = steps + reach
    else:
        steps = steps - 2 * own.padding[axis] + reach
    return steps if added in (None, 0) else steps + added[axis]


def _traced(own: Own, source: Before) -> Formulas:
    """r + floor((K - 1) / S) j inputs reach one output, the jump is j / S; not traced where dilated.

    The first input that meets output 0 is ceil((P - K + 1) / S), with "same" by half of what the kernel adds.
    """
    if not source.form.traced or own.dilation != 1:
        return {}
    found: Formulas = {}
    for axis in source.form.axes:
        jump = source[f"jump.{axis}"]
        inputs = floor((own.kernel[axis] - 1) / own.stride[axis])
        found[f"receptive_field.{axis}"] = source[f"receptive_field.{axis}"] + inputs * jump
        found[f"jump.{axis}"] = jump / own.stride[axis]
        first = ceil((_front(own, axis) - own.kernel[axis] + 1) / own.stride[axis])
        found[f"{START}.{axis}"] = source[f"{START}.{axis}"] + first * jump
    return found


def _front(own: Own, axis: str) -> Formula:
    """P, or with "same" what is cut off in front: floor(max(K - S, 0) / 2)."""
    if own.padding == "same":
        return floor(maximum([own.kernel[axis] - own.stride[axis], 0]) / 2)
    if own.padding in ("valid", 0):
        return Integer(0)
    padding: Formula = own.padding[axis]
    return padding


OUTPUT_PADDING = Limit(
    "an output padding of {output_padding} is not below the stride {stride} or the dilation {dilation}",
    "Use a smaller output padding",
    "output-padding",
)

KINDS = tuple(
    Kind(
        f"convtranspose{rank}d",
        TransposedKeys,
        transposed,
        rank,
        ("channels", *AXES[rank]),
        per_axis=(*PER_AXIS, "output_padding"),
        plain={"padding": 0, "output_padding": 0},
        limits={**GROUP_LIMITS, "output_padding": OUTPUT_PADDING},
    )
    for rank in AXES
)

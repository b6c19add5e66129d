"""Convolutions over one, two or three axes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from layerquiz.formula.expr import Formula, ceil, floor, formula, maximum, product, total
from layerquiz.network.conventions import Conventions
from layerquiz.network.glossary import AXES
from layerquiz.network.layers.base import (
    REMAINDER,
    SLACK,
    Before,
    Formulas,
    Kind,
    Limit,
    NotNegative,
    Own,
    PerAxis,
    PerAxisOrZero,
    Positive,
    RefusedKeyError,
    seen_through,
)
from layerquiz.network.layers.reparametrized import ReparametrizedKeys, reparametrized

Row = Annotated[list[NotNegative], Field(min_length=1, max_length=1000)]


class ConvolutionKeys(ReparametrizedKeys):
    """Keys of a convolution; per-axis values are a number or a list in the order (depth, height, width).

    table: for each filter the input channels that it sees, counted from 0; all of them unless it is given.
    """

    filters: Positive
    kernel: PerAxis
    stride: PerAxis = 1
    padding: PerAxisOrZero | Literal["same", "valid", "causal"] = 0
    dilation: PerAxis = 1
    groups: Positive = 1
    table: Annotated[list[Row], Field(min_length=1, max_length=1000)] | None = None
    bias: bool = True
    activation: str | None = None


def effective_kernel(own: Own, axis: str) -> Formula:
    """K, or d (K - 1) + 1 where the kernel is dilated. Source: Dumoulin and Visin, arXiv:1603.07285, section 5.1."""
    kernel: Formula = own.kernel[axis]
    return kernel if own.marks.get("dilation", 1) == 1 else own.dilation[axis] * (kernel - 1) + 1


def reaches(own: Own, axes: tuple[str, ...]) -> tuple[dict[str, Formula], Formulas]:
    """Return the effective kernel of each axis as a reference, and the formulas that define it."""
    if own.marks.get("dilation", 1) == 1:
        return {axis: own.kernel[axis] for axis in axes}, {}
    names = {axis: own[f"effective_kernel.{axis}"] for axis in axes}
    return dict(names), {names[axis].name: effective_kernel(own, axis) for axis in axes}


def window_positions(size: Formula, reach: Formula, own: Own, axis: str) -> Formula:
    """floor((H - K + 2P) / S) + 1, or ceil(H / S) with "same". Source: arXiv:1603.07285, relationship 6."""
    stride = own.stride[axis]
    if own.padding in ("same", "causal"):
        return ceil(size / stride)
    room = size - reach
    if own.padding != "valid":
        room = room + 2 * own.padding[axis]
    return floor(room / stride) + 1


def front_padding(own: Own, source: Before, reach: dict[str, Formula]) -> dict[str, Formula]:
    """P along each axis, in front; "same": floor(max((H_out - 1) S + K - H, 0) / 2). Source: Keras' same padding."""
    if own.padding == "valid":
        return {}
    if own.padding == "causal":
        return {axis: reach[axis] - 1 for axis in reach}
    if own.padding != "same":
        return {axis: own.padding[axis] for axis in reach}
    missing = {axis: (own[axis] - 1) * own.stride[axis] + reach[axis] - source[axis] for axis in reach}
    return {axis: floor(maximum([number, 0]) / 2) for axis, number in missing.items()}


def tensor(name: str, sizes: Iterable[Formula | int]) -> Formulas:
    """Return the sizes of a tensor of weights or biases as quantities, in the order in which it is written."""
    return {f"{name}.{place}": formula(size) for place, size in enumerate(sizes, 1)}


def kernel_shape(
    own: Own, axes: tuple[str, ...], sizes: tuple[Formula | int, ...], conventions: Conventions
) -> Formulas:
    """K x K x C_in x C_out; PyTorch puts the channels first, in the order of `sizes`, and Keras last, turned round."""
    kernel = [own.kernel[axis] for axis in axes]
    if conventions.channels_first:
        return tensor("weight_shape", (*sizes, *kernel))
    return tensor("weight_shape", (*kernel, *reversed(sizes)))


def convolution(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """weights = K^2 C_in / g C_out; biases = C_out; macs = weights H_out W_out."""
    (source,) = before
    axes = source.form.axes
    reach, definitions = reaches(own, axes)
    depth = source.channels if own.groups == 1 else source.channels / own.groups
    kernel = [own.kernel[axis] for axis in axes]
    weights = product([*kernel, connected_maps(own)] if own.table else [*kernel, depth, own.filters])
    formulas: Formulas = {
        **definitions,
        "channels": own.filters,
        **{axis: window_positions(source[axis], reach[axis], own, axis) for axis in axes},
        **reparametrized(own, weights, own.filters, conventions),
        "macs": product([weights if own.weight_norm else own.weights, *(own[axis] for axis in axes)]),
        "positions": product(own[axis] for axis in axes),
        **slid(own, source, reach),
        **group_remainders(own, source),
        **(tabled(own, source) if own.table else kernel_shape(own, axes, (own.filters, depth), conventions)),
    }
    if own.bias:
        formulas |= {"biases": own.filters, **tensor("bias_shape", [own.filters])}
    return formulas


def connected_maps(own: Own) -> Formula:
    """The number of pairs of maps that a table connects: 6 3 + 9 4 + 1 6. Source: LeCun et al., 1998, table 1."""
    seen = Counter(len(set(row)) for row in own.table)
    return total(product([many, each]) for each, many in sorted(seen.items()))


def tabled(own: Own, source: Before) -> Formulas:
    """Return what has to hold of a table: a row for each filter, and no channel that is not there."""
    if own.groups != 1:
        raise RefusedKeyError("table", "groups are given too", "Give one of the two", "table-or-groups")
    last = max(max(row) for row in own.table)
    return {
        f"{REMAINDER}table.filters": own.filters - len(own.table),
        f"{SLACK}table.channels": source.channels - (last + 1),
    }


def slid(own: Own, source: Before, reach: dict[str, Formula]) -> Formulas:
    """Return receptive field, jump and first position of a layer whose window slides over its input."""
    strides = {axis: own.stride[axis] for axis in reach}
    return seen_through(source, reach, strides, front_padding(own, source, reach))


def group_remainders(own: Own, source: Before) -> Formulas:
    """Return what has to be 0: groups divide the input channels and the filters."""
    if own.groups == 1:
        return {}
    return {
        f"{REMAINDER}groups.input channels": source.channels % own.groups,
        f"{REMAINDER}groups.filters": own.filters % own.groups,
    }


TABLE_LIMITS = {
    "table.filters": Limit("it does not have a row for each of {filters} filters", "Write a list for each", "table"),
    "table.channels": Limit(
        "a filter sees a channel that is not among its input's {in_channels}", "The first channel is 0", "table"
    ),
}

PER_AXIS = ("kernel", "stride", "padding", "dilation")

GROUP_LIMITS = {
    "groups.input channels": Limit(
        "{groups} groups do not divide {in_channels} input channels", "Use a divisor of {in_channels}", "groups"
    ),
    "groups.filters": Limit("{groups} groups do not divide {filters} filters", "Use a divisor of {filters}", "groups"),
}

KINDS = tuple(
    Kind(
        f"conv{rank}d",
        ConvolutionKeys,
        convolution,
        rank,
        ("channels", *AXES[rank]),
        per_axis=PER_AXIS,
        words=("table",),
        limits={**GROUP_LIMITS, **TABLE_LIMITS},
    )
    for rank in AXES
)

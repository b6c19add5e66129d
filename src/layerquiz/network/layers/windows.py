"""Windows that learn nothing: laid side by side, put back in their places, undone, or of sizes that are drawn."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from layerquiz.formula.expr import Formula, floor, minimum, product
from layerquiz.network.conventions import Conventions
from layerquiz.network.glossary import AXES
from layerquiz.network.layers.base import (
    REMAINDER,
    SLACK,
    Before,
    Formulas,
    Keys,
    Kind,
    Limit,
    Own,
    PerAxis,
    PerAxisOrZero,
    RefusedKeyError,
)
from layerquiz.network.layers.convolution import PER_AXIS, reaches, window_positions

Ratio: TypeAlias = Annotated[float, Field(gt=0, lt=1)]


class UnfoldKeys(Keys):
    """Keys of windows that are laid side by side."""

    kernel: PerAxis
    stride: PerAxis = 1
    padding: PerAxisOrZero = 0
    dilation: PerAxis = 1


class FoldKeys(UnfoldKeys):
    """Keys of windows that are put back into an image of some size."""

    size: PerAxis


class UnpoolKeys(Keys):
    """Keys of an unpooling; a size tells apart the images that a pool makes equally large."""

    kernel: PerAxis
    stride: PerAxis | None = None
    padding: PerAxisOrZero = 0
    size: PerAxis | None = None


class FractionalPoolKeys(Keys):
    """Keys of a pool whose windows are drawn so that they give a size, or a ratio of the input's."""

    kernel: PerAxis
    size: PerAxis | None = None
    ratio: Ratio | list[Ratio] | None = None


def unfold(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """C_out = C K^2, L_out = the number of windows, floor((H - K + 2P) / S) + 1 along each axis.

    Source: PyTorch's Unfold.
    """
    (source,) = before
    axes = source.form.axes
    return {
        **_windows(own, {axis: source[axis] for axis in axes}),
        "channels": product([source.channels, *(own.kernel[axis] for axis in axes)]),
        "length": product(own[f"windows.{axis}"] for axis in axes),
    }


def fold(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """C_out = C / K^2, H_out = the size that is asked for; overlapping windows are added. Source: PyTorch's Fold."""
    (source,) = before
    sizes = {axis: own.size[axis] for axis in FOLDED}
    area = product(own.kernel[axis] for axis in FOLDED)
    return {
        **_windows(own, sizes),
        "channels": source.channels / area,
        **sizes,
        f"{REMAINDER}kernel.channels": source.channels % area,
        f"{REMAINDER}size.length": source.length - product(own[f"windows.{axis}"] for axis in FOLDED),
    }


def _windows(own: Own, sizes: Formulas) -> Formulas:
    """Return how many windows stand along each axis, and that there has to be one."""
    reach, formulas = reaches(own, tuple(sizes))
    for axis, size in sizes.items():
        formulas[f"windows.{axis}"] = window_positions(size, reach[axis], own, axis)
        formulas[f"{SLACK}kernel.{axis}"] = own[f"windows.{axis}"] - 1
    return formulas


def max_unpool(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """H_out = (H - 1) S - 2P + K, or a size less than a stride away from it. Source: PyTorch's MaxUnpool2d."""
    (source,) = before
    formulas: Formulas = {"channels": source.channels}
    for axis in source.form.axes:
        usual = _unpooled(source[axis], own, axis)
        if own.size is None:
            formulas[axis] = usual
            continue
        formulas |= {f"usual.{axis}": usual, axis: own.size[axis]}
        named, size = own[f"usual.{axis}"], own.size[axis]
        formulas[f"{SLACK}size.{axis}"] = own.stride[axis] - 1 + minimum(size - named, named - size)
    return formulas


def _unpooled(size: Formula, own: Own, axis: str) -> Formula:
    """(H - 1) S - 2P + K."""
    steps: Formula = (size - 1) * own.stride[axis]
    if own.padding != 0:
        steps = steps - 2 * own.padding[axis]
    kernel: Formula = own.kernel[axis]
    return steps + kernel


def fractional_pool(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """H_out = the size that is asked for, or floor(H r) for a ratio. Source: Graham, arXiv:1412.6071, section 2."""
    (source,) = before
    if (own.size is None) == (own.ratio is None):
        what = "neither is given" if own.size is None else "both are given"
        raise RefusedKeyError("size", f"of size and ratio {what}", "Give one of the two", "size-or-ratio")
    formulas: Formulas = {"channels": source.channels}
    spare = 1 if len(source.form.axes) == 2 else 0  # PyTorch's pool over three axes wants one place more
    for axis in source.form.axes:
        formulas[axis] = floor(source[axis] * own.ratio[axis]) if own.size is None else own.size[axis]
        formulas[f"{SLACK}kernel.{axis}"] = source[axis] + spare - (own[axis] + own.kernel[axis])
    return formulas


FOLDED = ("height", "width")

TOO_WIDE = Limit("a kernel of {written} does not fit {axis} {in_axis}", "Use a smaller kernel", "kernel-too-large")
FOLD_LIMITS = {
    "kernel.channels": Limit(
        "a kernel of {written} does not divide {in_channels} channels", "Its area has to divide them", "fold"
    ),
    "size.length": Limit(
        "its windows on a size of {written} are not as many as its input's length {in_length}",
        "Use the size, stride and padding that the windows were cut with",
        "fold",
    ),
    "kernel": Limit("a kernel of {written} does not fit its size", "Use a smaller kernel or a larger size", "fold"),
}
UNPOOL_LIMITS = {
    "size": Limit(
        "a size of {written} is a stride or more away from the usual {axis} {usual}",
        "Leave it away, or use a size nearer to {usual}",
        "unpool-size",
    ),
}
FRACTIONAL_LIMITS = {
    "kernel": Limit(
        "a kernel of {written} leaves no room to draw windows along {axis} {in_axis}",
        "Output size + kernel - 1 is at most the input size, and below it over three axes",
        "kernel-too-large",
    ),
}

KINDS = (
    Kind("unfold", UnfoldKeys, unfold, 2, ("channels", *AXES[2]), per_axis=PER_AXIS, limits={"kernel": TOO_WIDE}),
    Kind(
        "fold",
        FoldKeys,
        fold,
        accepts=("channels", "length"),
        per_axis=(*PER_AXIS, "size"),
        limits=FOLD_LIMITS,
        along=FOLDED,
    ),
    *(
        Kind(
            f"maxunpool{rank}d",
            UnpoolKeys,
            max_unpool,
            rank,
            ("channels", *AXES[rank]),
            per_axis=(*PER_AXIS, "size"),
            plain={"padding": 0},
            limits=UNPOOL_LIMITS,
        )
        for rank in AXES
    ),
    *(
        Kind(
            f"fractionalmaxpool{rank}d",
            FractionalPoolKeys,
            fractional_pool,
            rank,
            ("channels", *AXES[rank]),
            per_axis=("kernel", "size", "ratio"),
            limits=FRACTIONAL_LIMITS,
        )
        for rank in (2, 3)
    ),
)

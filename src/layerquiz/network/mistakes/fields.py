"""Mistakes in receptive fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from layerquiz.formula.expr import Formula, floor
from layerquiz.network.layers.base import Formulas
from layerquiz.network.mistakes.base import Mistake, View, nowhere
from layerquiz.network.mistakes.sizes import reach


def rf_adds_k_not_k_minus_1(view: View) -> Sequence[Formulas]:
    """r_out = r + K j, from the first layer on or from the second; of a transposed convolution r + floor(K / S) j."""

    def added(axis: str) -> Formula:
        kernel = reach(view, axis)
        inputs = floor(kernel / view.own.stride[axis]) if view.transposed else kernel
        return view.source[f"receptive_field.{axis}"] + inputs * view.source[f"jump.{axis}"]

    def from_second(axis: str) -> Formula:
        """Of the first layer K, as it should be: there r = 1, and floor(1 / r) is 1 nowhere else."""
        return added(axis) - floor(1 / view.source[f"receptive_field.{axis}"])

    return [*_fields(view, added), *([] if view.transposed else _fields(view, from_second))]


def rf_is_kernel_size(view: View) -> Sequence[Formulas]:
    """r_out = K."""
    return _fields(view, lambda axis: reach(view, axis))


def rf_own_stride_counted(view: View) -> Sequence[Formulas]:
    """r_out = r + (K - 1) j S: the jump behind the layer in place of the one in front."""
    if view.transposed:
        return ()
    return _fields(
        view, lambda axis: view.source[f"receptive_field.{axis}"] + (reach(view, axis) - 1) * view.own[f"jump.{axis}"]
    )


def rf_without_pooling(view: View) -> Sequence[Formulas]:
    """r_out = r at a pool: left out, with its stride or without."""
    if not view.pool:
        return ()
    kept = _fields(view, lambda axis: view.source[f"receptive_field.{axis}"])
    jumps = {f"jump.{axis}": view.source[f"jump.{axis}"] for axis in view.axes if f"jump.{axis}" in view.formulas}
    return [*kept, *({**fields, **jumps} for fields in kept)]


def _fields(view: View, rule: Callable[[str], Formula]) -> Sequence[Formulas]:
    axes = [axis for axis in view.axes if f"receptive_field.{axis}" in view.formulas and "kernel" in view.own.marks]
    return [{f"receptive_field.{axis}": rule(axis) for axis in axes}] if axes else ()


MISTAKES = (
    Mistake(
        "rf-adds-k-not-k-minus-1",
        "The new window overlaps what you had already: did you add K where it adds K - 1 (times the jump)?",
        rf_adds_k_not_k_minus_1,
    ),
    Mistake(
        "rf-is-kernel-size",
        "Did you stop at this layer's kernel? Its inputs have receptive fields of their own.",
        rf_is_kernel_size,
    ),
    Mistake(
        "rf-own-stride-counted",
        "Which strides does a window see: those of the layers in front of it, or its own as well?",
        rf_own_stride_counted,
    ),
    Mistake(
        "rf-without-pooling",
        "A pool looks at a window too: did you count it?",
        rf_without_pooling,
    ),
    Mistake(
        "rf-of-another-layer",
        "Your chain is right for a neighbouring layer: did you stop at the layer that is asked for?",
        nowhere,
    ),
)

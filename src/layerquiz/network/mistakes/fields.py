"""Mistakes in receptive fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from layerquiz.formula.expr import Formula, floor
from layerquiz.network.layers.base import Formulas
from layerquiz.network.mistakes.base import Mistake, View, nowhere
from layerquiz.network.mistakes.sizes import reach


def rf_adds_k_not_k_minus_1(view: View) -> Sequence[Formulas]:
    """r_out = r + K j; of a transposed convolution r + floor(K / S) j."""

    def added(axis: str) -> Formula:
        kernel = reach(view, axis)
        inputs = floor(kernel / view.own.stride[axis]) if view.transposed else kernel
        return view.source[f"receptive_field.{axis}"] + inputs * view.source[f"jump.{axis}"]

    return _fields(view, added)


def rf_is_kernel_size(view: View) -> Sequence[Formulas]:
    """r_out = K."""
    return _fields(view, lambda axis: reach(view, axis))


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
        "rf-of-another-layer",
        "Your chain is right for a neighbouring layer: did you stop at the layer that is asked for?",
        nowhere,
    ),
)

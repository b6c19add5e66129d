"""Mistakes in the sizes of transposed convolutions."""

from __future__ import annotations

from collections.abc import Sequence

from layerquiz.formula.expr import Formula, Sum, floor, total
from layerquiz.network.layers.base import Formulas
from layerquiz.network.mistakes.base import Mistake, View


def transposed_kernel_term_dropped(view: View) -> Sequence[Formulas]:
    """H_out = (H - 1) S - 2P + 1."""
    enlarges = view.transposed or (view.is_kind("maxunpool") and view.own.size is None)
    if not enlarges or view.own.padding == "same":
        return ()

    def dropped(axis: str) -> Formula:
        steps: Formula = (view.source[axis] - 1) * view.own.stride[axis]
        padded = view.own.marks["padding"] not in ("valid", 0)
        return (steps - 2 * view.own.padding[axis] if padded else steps) + 1

    return [{axis: dropped(axis) for axis in view.axes}]


def transposed_size_ambiguous(view: View) -> Sequence[Formulas]:
    """The largest size that leads back to the same input, S - 1 more; or the one without output padding."""
    if not view.transposed:
        return ()
    largest: Formulas = {axis: view.formulas[axis] + (view.own.stride[axis] - 1) for axis in view.axes}
    if view.own.output_padding in (None, 0):
        return [largest]
    return [largest, {axis: _without_output_padding(view, axis) for axis in view.axes}]


def _without_output_padding(view: View, axis: str) -> Formula:
    formula, added = view.formulas[axis], view.own.output_padding[axis]
    return total(term for term in formula.terms if term != added) if isinstance(formula, Sum) else formula


def transposed_read_as_convolution(view: View) -> Sequence[Formulas]:
    """H_out = floor((H - K + 2P) / S) + 1: the rule of a convolution, which goes down."""
    if not view.transposed or view.own.marks["padding"] in ("same", "valid"):
        return ()
    padded = view.own.marks["padding"] != 0

    def down(axis: str) -> Formula:
        left = view.source[axis] - view.own.kernel[axis]
        return floor((left + 2 * view.own.padding[axis] if padded else left) / view.own.stride[axis]) + 1

    return [{axis: down(axis) for axis in view.axes}]


MISTAKES = (
    Mistake(
        "transposed-kernel-term-dropped",
        'Did you leave out the kernel? "No dilation" means that the dilation is 1, so its term stays.',
        transposed_kernel_term_dropped,
    ),
    Mistake(
        "transposed-size-ambiguous",
        "Several sizes lead to the same one on the way down: which is asked for, and what is the output padding?",
        transposed_size_ambiguous,
    ),
    Mistake(
        "transposed-read-as-convolution",
        "Does this layer enlarge its input, or shrink it: did you use the rule of a plain convolution?",
        transposed_read_as_convolution,
    ),
)

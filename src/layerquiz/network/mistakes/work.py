"""Mistakes in multiply-adds."""

from __future__ import annotations

from collections.abc import Sequence

from layerquiz.formula.expr import Formula, product, substitute
from layerquiz.network.layers.base import Formulas, reading_order
from layerquiz.network.mistakes.base import Mistake, View, exchanged, outputs, with_kernel


def mac_vs_flop(view: View) -> Sequence[Formulas]:
    """flops = macs, or macs = 2 macs."""
    return [{"flops": view.own["macs"]}, {"macs": 2 * view.formulas["macs"]}] if view.has("macs") else ()


def macs_input_size_instead_of_output(view: View) -> Sequence[Formulas]:
    """macs = weights H W."""
    return _other_positions(view, {view.own[axis]: view.source[axis] for axis in view.axes}) if view.window else ()


def _other_positions(view: View, places: dict[Formula, Formula]) -> Sequence[Formulas]:
    """Return multiply-adds with other sizes in place of those that are counted."""
    return [{"macs": substitute(view.formulas["macs"], places)}]


def macs_without_kernel_area(view: View) -> Sequence[Formulas]:
    """macs = C_in C_out H_out W_out."""
    return _other_weights(view, with_kernel(view, view.formulas["weights"])) if view.kernels else ()


def _other_weights(view: View, weights: Formula) -> Sequence[Formulas]:
    """Return multiply-adds that come from other weights than those that are counted."""
    return [{"macs": exchanged(view.formulas["macs"], view.own.weights, weights)}]


def stride_applied_twice(view: View) -> Sequence[Formulas]:
    """macs = weights (H_out / S) (W_out / S)."""
    if not view.window:
        return ()
    return _other_positions(view, {view.own[axis]: view.own[axis] // view.own.stride[axis] for axis in view.axes})


def cout_used_for_cin(view: View) -> Sequence[Formulas]:
    """macs = K K C_out C_out H_out W_out; or the weights themselves are counted so."""
    if not view.filters:
        return ()
    weights = exchanged(view.formulas["weights"], view.source.channels, outputs(view))
    return [*_other_weights(view, weights), {"weights": weights}]


def macs_of_one_position(view: View) -> Sequence[Formulas]:
    """macs = weights, with the biases or without: those of a single place of the output."""
    if not view.kernels or not view.has("macs"):
        return ()
    return [{"macs": view.own.weights}, *([{"macs": view.own.parameters}] if view.has("biases") else [])]


def transposed_macs_at_output(view: View) -> Sequence[Formulas]:
    """macs = weights H_out W_out."""
    return _other_positions(view, {view.source[axis]: view.own[axis] for axis in view.axes}) if view.transposed else ()


def bias_adds_in_macs(view: View) -> Sequence[Formulas]:
    """macs = (weights + biases) H_out W_out; or flops with one addition for each bias."""
    is_summed = {"filters", "units", "kernel"} & set(view.own.marks) or view.is_kind("attention")
    if not (view.has("macs") and view.has("biases") and is_summed):
        return ()
    last = {"features", "channels"}
    steps = [view.source.tokens] if view.recurrent else []
    positions = steps or [view.own[size] for size in reading_order(view.form.sizes) if size not in last]
    added = product([view.own.biases, *positions])
    return [{"macs": view.formulas["macs"] + added}, {"flops": view.formulas["flops"] + added}]


MISTAKES = (
    Mistake(
        "mac-vs-flop",
        "Did you count multiply-adds or single operations? One multiply-add is two operations.",
        mac_vs_flop,
    ),
    Mistake(
        "macs-input-size-instead-of-output",
        "There is one product per output position: did you use the size of the output map?",
        macs_input_size_instead_of_output,
    ),
    Mistake(
        "macs-without-kernel-area",
        "How many multiplications does one output value need: did you count the kernel's height and width?",
        macs_without_kernel_area,
    ),
    Mistake(
        "macs-of-one-position",
        "The filters are used at every place of the output: how many places are there?",
        macs_of_one_position,
    ),
    Mistake(
        "stride-applied-twice",
        "The output size already contains the stride: did you divide by it again?",
        stride_applied_twice,
    ),
    Mistake(
        "cout-used-for-cin",
        "Did you use the output channels twice? One of the two should be the input's.",
        cout_used_for_cin,
    ),
    Mistake(
        "transposed-macs-at-output",
        "Each input value meets the kernel once: did you use the size of the output?",
        transposed_macs_at_output,
    ),
    Mistake(
        "bias-adds-in-macs",
        "Did you count the additions of the biases? Only multiply-adds of weights are asked for.",
        bias_adds_in_macs,
    ),
)

"""Mistakes in normalisation, memory, multiply-adds and receptive fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from layerquiz.formula.expr import Formula, Integer, Product, product
from layerquiz.network.layers.base import Formulas, reading_order
from layerquiz.network.mistakes.base import Mistake, View, channels_per_filter, exchanged, nowhere, outputs
from layerquiz.network.mistakes.sizes import reach


def bn_all_nontrainable(view: View) -> Sequence[Formulas]:
    """trainable = 0."""
    if not view.is_kind("batchnorm"):
        return ()
    return [{"trainable": Integer(0), "nontrainable": view.own.parameters}]


def one_byte_per_parameter(formulas: Mapping[str, Formula]) -> Sequence[Formulas]:
    """1 or 2 bytes for each number."""
    return [{name: counted * taken for name, (counted, _) in _memory(formulas).items()} for taken in (1, 2)]


def bits_to_bytes_multiplied(formulas: Mapping[str, Formula]) -> Sequence[Formulas]:
    """Numbers times bits times 8."""
    return [{name: product([counted, 8 * bytes_, 8]) for name, (counted, bytes_) in _memory(formulas).items()}]


def _memory(formulas: Mapping[str, Formula]) -> dict[str, tuple[Formula, int]]:
    """Return what is counted and the bytes of one number, for each memory that is a product of the two."""
    found: dict[str, tuple[Formula, int]] = {}
    for name in ("parameter_bytes", "activation_bytes"):
        match formulas.get(name):
            case Product((counted, Integer(bytes_))):
                found[name] = (counted, bytes_)
    return found


def macs_input_size_instead_of_output(view: View) -> Sequence[Formulas]:
    """macs = weights H W."""
    if not (view.window and view.has("macs")):
        return ()
    return [{"macs": product([view.own.weights, *(view.source[axis] for axis in view.axes)])}]


def macs_without_kernel_area(view: View) -> Sequence[Formulas]:
    """macs = C_in C_out H_out W_out."""
    if not (view.window and view.has("macs")):
        return ()
    return [{"macs": product([channels_per_filter(view), outputs(view), *_positions(view)])}]


def _positions(view: View) -> list[Formula]:
    return [view.own[axis] for axis in view.axes]


def stride_applied_twice(view: View) -> Sequence[Formulas]:
    """macs = weights (H_out / S) (W_out / S)."""
    if not (view.window and view.has("macs")):
        return ()
    return [{"macs": product([view.own.weights, *(view.own[axis] // view.own.stride[axis] for axis in view.axes)])}]


def cout_used_for_cin(view: View) -> Sequence[Formulas]:
    """macs = K K C_out C_out H_out W_out."""
    if not (view.window and view.has("macs")):
        return ()
    weights = exchanged(view.formulas["weights"], view.source.channels, outputs(view))
    return [{"macs": product([weights, *_positions(view)])}]


def bias_adds_in_macs(view: View) -> Sequence[Formulas]:
    """macs = (weights + biases) H_out W_out."""
    if not (view.has("macs") and view.has("biases") and {"filters", "units"} & set(view.own.marks)):
        return ()
    last = {"features", "channels"}
    positions = [view.own[size] for size in reading_order(view.form.sizes) if size not in last]
    return [{"macs": view.formulas["macs"] + product([view.own.biases, *positions])}]


def rf_adds_k_not_k_minus_1(view: View) -> Sequence[Formulas]:
    """r_out = r + K j."""
    return _fields(view, lambda axis: view.source[f"receptive_field.{axis}"] + reach(view, axis) * _jump(view, axis))


def rf_is_kernel_size(view: View) -> Sequence[Formulas]:
    """r_out = K."""
    return _fields(view, lambda axis: reach(view, axis))


def _fields(view: View, rule: object) -> Sequence[Formulas]:
    axes = [axis for axis in view.axes if f"receptive_field.{axis}" in view.formulas] if view.window else []
    return [{f"receptive_field.{axis}": rule(axis) for axis in axes}] if axes else ()  # type: ignore[operator]


def _jump(view: View, axis: str) -> Formula:
    return view.source[f"jump.{axis}"]


MISTAKES = (
    Mistake(
        "bn-moving-statistics",
        "A scale and a shift per channel are learned; Keras also lists a stored mean and variance: which of the two "
        "counts is asked for here?",
        nowhere,
    ),
    Mistake(
        "bn-all-nontrainable",
        "Are the scale and the shift fixed, or learned?",
        bn_all_nontrainable,
    ),
    Mistake(
        "gru-one-bias",
        "Which GRU is meant: one bias vector for each gate (as in textbooks), or two (reset after the product)?",
        nowhere,
    ),
    Mistake(
        "lstm-one-or-two-biases",
        "PyTorch keeps a bias vector for the input and one for the state, textbooks keep one: which is counted here?",
        nowhere,
    ),
    Mistake(
        "one-byte-per-parameter",
        "How many bytes does one number of this type need: did you count 1 or 2 where 32 bits are 4?",
        lambda view: one_byte_per_parameter(view.formulas),
        one_byte_per_parameter,
    ),
    Mistake(
        "bits-to-bytes-multiplied",
        "Eight bits make one byte: did you multiply where you should divide?",
        lambda view: bits_to_bytes_multiplied(view.formulas),
        bits_to_bytes_multiplied,
    ),
    Mistake(
        "mb-vs-mib",
        "The bytes are right: did you mean MB (10^6 bytes) or MiB (2^20 bytes)?",
        nowhere,
    ),
    Mistake(
        "mac-vs-flop",
        "Did you count multiply-adds or single operations? One multiply-add is two operations.",
        nowhere,
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
        "bias-adds-in-macs",
        "Did you count the additions of the biases? Only multiply-adds of weights are asked for.",
        bias_adds_in_macs,
    ),
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

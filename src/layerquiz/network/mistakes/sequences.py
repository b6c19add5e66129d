"""Mistakes in layers of sequences, in transposed and in separable convolutions."""

from __future__ import annotations

from collections.abc import Sequence

from layerquiz.formula.expr import Formula, Integer, product
from layerquiz.network.layers.base import Formulas
from layerquiz.network.mistakes.base import Mistake, View, exchanged

RECURRENT = ("rnn", "lstm", "gru")


def is_recurrent(view: View) -> bool:
    """Say whether the layer runs along its tokens with the same weights."""
    return view.origin.kind.name in RECURRENT


def separable_one_or_two_biases(view: View) -> Sequence[Formulas]:
    """biases = C_in m + C_out: one vector after each step."""
    if not view.is_kind("separableconv") or not view.has("biases"):
        return ()
    channels: Formula = view.source.channels
    each = channels if view.own.multiplier == 1 else channels * view.own.multiplier
    return [{"biases": each + view.own["filters"]}]


def transposed_kernel_term_dropped(view: View) -> Sequence[Formulas]:
    """H_out = (H - 1) S - 2P + 1."""
    if not view.is_kind("convtranspose") or view.own.padding == "same":
        return ()

    def dropped(axis: str) -> Formula:
        steps: Formula = (view.source[axis] - 1) * view.own.stride[axis]
        padded = view.own.marks["padding"] not in ("valid", 0)
        return (steps - 2 * view.own.padding[axis] if padded else steps) + 1

    return [{axis: dropped(axis) for axis in view.axes}]


def transposed_size_ambiguous(view: View) -> Sequence[Formulas]:
    """The largest size that leads back to the same input: S - 1 more."""
    if not view.is_kind("convtranspose"):
        return ()
    return [{axis: view.formulas[axis] + (view.own.stride[axis] - 1) for axis in view.axes}]


def transposed_macs_at_output(view: View) -> Sequence[Formulas]:
    """macs = weights H_out W_out."""
    if not view.is_kind("convtranspose"):
        return ()
    return [{"macs": product([view.own["weights"], *(view.own[axis] for axis in view.axes)])}]


def rnn_output_is_scalar(view: View) -> Sequence[Formulas]:
    """F_out = 1."""
    return [{"features": Integer(1)}] if is_recurrent(view) else ()


def lstm_timesteps_as_size(view: View) -> Sequence[Formulas]:
    """The number of steps in place of the size of one input."""
    if not is_recurrent(view):
        return ()
    return [{"weights": exchanged(view.formulas["weights"], view.source.features, view.source.tokens)}]


def recurrent_matrix_as_vector(view: View) -> Sequence[Formulas]:
    """H in place of H H."""
    if not is_recurrent(view):
        return ()
    units = view.own["units"]
    return [{"weights": exchanged(view.formulas["weights"], units * units, units)}]


def lstm_rule_on_dense(view: View) -> Sequence[Formulas]:
    """parameters = 4 F_out (F_in + F_out): a recurrent layer's rule."""
    if not view.is_kind("dense") or "features" not in view.source.form.sizes or not view.has("weights"):
        return ()
    units = view.own["units"]
    return [{"weights": 4 * units * (view.source.features + units), "biases": Integer(0)}]


def rnn_macs_one_step(view: View) -> Sequence[Formulas]:
    """macs = weights."""
    return [{"macs": view.own["weights"]}] if is_recurrent(view) else ()


def heads_multiply_projections(view: View) -> Sequence[Formulas]:
    """Every head with projections of the whole width: h times as much."""
    if not view.is_kind("attention"):
        return ()
    heads = view.own["heads"]
    return [{name: heads * view.formulas[name] for name in ("weights", "biases") if view.has(name)}]


def output_projection_forgotten(view: View) -> Sequence[Formulas]:
    """weights = 3 E E, biases = 3 E."""
    if not view.is_kind("attention"):
        return ()
    four, three = Integer(4), Integer(3)
    return [{name: exchanged(view.formulas[name], four, three) for name in ("weights", "biases") if view.has(name)}]


def tied_weights_double_counted(view: View) -> Sequence[Formulas]:
    """weights = 2 V E: the table once for the words, and once more for the output matrix that is the same."""
    return [{"weights": 2 * view.formulas["weights"]}] if view.is_kind("embedding") else ()


def embeddings_left_out(view: View) -> Sequence[Formulas]:
    """weights = 0 for the tables."""
    return [{"weights": Integer(0)}] if view.is_kind("embedding", "parameter") else ()


def embedding_sequence_length(view: View) -> Sequence[Formulas]:
    """weights = T E: a row for each token of the sentence."""
    if not view.is_kind("embedding"):
        return ()
    return [{"weights": view.source.tokens * view.own["embedding"]}]


MISTAKES = (
    Mistake(
        "separable-one-or-two-biases",
        "How many bias vectors does this layer have: one after both steps, as in Keras, or one after each?",
        separable_one_or_two_biases,
    ),
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
        "rnn-output-is-scalar",
        "Without the sequence the time axis is dropped: how long is the state that is left?",
        rnn_output_is_scalar,
    ),
    Mistake(
        "lstm-timesteps-as-size",
        "Weights are shared over time: did you take the number of steps for the size of one input?",
        lstm_timesteps_as_size,
    ),
    Mistake(
        "recurrent-matrix-as-vector",
        "Every unit sees the whole old state: how big is the matrix from state to state?",
        recurrent_matrix_as_vector,
    ),
    Mistake(
        "lstm-rule-on-dense",
        "Is this layer recurrent? Did you use the rule of an LSTM on a plain dense layer?",
        lstm_rule_on_dense,
    ),
    Mistake(
        "heads-multiply-projections",
        "The heads share the width: what do all heads cost together?",
        heads_multiply_projections,
    ),
    Mistake(
        "output-projection-forgotten",
        "After the heads are joined there is one more matrix: did you count it?",
        output_projection_forgotten,
    ),
    Mistake(
        "tied-weights-double-counted",
        "Is the output matrix a new one, or the embedding used again?",
        tied_weights_double_counted,
    ),
    Mistake(
        "embeddings-left-out",
        "You counted the blocks: what about the tables of tokens and positions?",
        embeddings_left_out,
    ),
    Mistake(
        "embedding-sequence-length",
        "There is one row for each word of the vocabulary: did you use the length of the sentence?",
        embedding_sequence_length,
    ),
    Mistake(
        "rnn-macs-one-step",
        "Weights are shared over time, work is not: how many steps are there?",
        rnn_macs_one_step,
    ),
    Mistake(
        "transposed-macs-at-output",
        "Each input value meets the kernel once: did you use the size of the output?",
        transposed_macs_at_output,
    ),
)

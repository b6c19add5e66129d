"""Mistakes in counting biases."""

from __future__ import annotations

from collections.abc import Sequence

from layerquiz.formula.expr import Formula, Integer, Sum, product
from layerquiz.network.layers.base import Formulas
from layerquiz.network.layers.separable import expanded
from layerquiz.network.mistakes.base import (
    Mistake,
    View,
    channels_per_filter,
    inputs,
    learned_too,
    output_factors,
    outputs,
    per_output,
)

GATES = {"rnn": 1, "lstm": 4, "gru": 3}
NOTHING = Integer(0)


def counts_bias(view: View) -> bool:
    """Say whether a layer has a bias for each filter, unit or output channel."""
    return view.has("biases") and bool({"filters", "units", "kernel", "bias_axes"} & set(view.own.marks))


def forgot_bias(view: View) -> Sequence[Formulas]:
    """biases = 0; in a transformer's layer also: the shifts of its normalisations alone."""
    if view.is_kind("encoderlayer", "decoderlayer") and isinstance(view.formulas["biases"], Sum):
        return [{"biases": NOTHING}, {"biases": view.formulas["biases"].terms[-1]}]
    of_its_own = view.is_kind("attention", "mixture") and view.has("biases")
    return [{"biases": NOTHING}] if counts_bias(view) or of_its_own else ()


def one_bias_per_layer(view: View) -> Sequence[Formulas]:
    """biases = 1; one for each gate of a recurrent layer, each of the four projections of attention, each expert."""
    if view.is_kind("attention") and view.has("biases"):
        return [{"biases": Integer(4)}]
    if view.is_kind("mixture") and view.has("biases"):
        return [{"biases": taken} for taken in (Integer(1), view.own["experts"], 2 * view.own["experts"])]
    if not counts_bias(view):
        return ()
    gates = GATES.get(view.origin.kind.name, 1)
    return [{"biases": Integer(number)} for number in dict.fromkeys((1, gates))]


def bias_on_input_side(view: View) -> Sequence[Formulas]:
    """parameters = K K C_in (C_out + 1): one bias for each weight of a filter."""
    if not (counts_bias(view) and view.has("weights")):
        return ()
    each = per_output(view.formulas["weights"], output_factors(view))
    return [] if each == NOTHING else [{"biases": each}]


def bias_per_input_channel(view: View) -> Sequence[Formulas]:
    """biases = C_in."""
    return [{"biases": inputs(view)}] if counts_bias(view) else ()


def bias_in_every_kernel(view: View) -> Sequence[Formulas]:
    """parameters = (K K + 1) C_in C_out: one bias for each input channel of each filter."""
    if not view.filters or not view.has("biases") or view.is_kind("separableconv"):
        return ()
    return [{"biases": product([channels_per_filter(view), view.own["filters"]])}]


def bias_although_none(view: View) -> Sequence[Formulas]:
    """biases = C_out although the layer has none; of an adaptive softmax for each class, or of the head."""
    if view.is_kind("embedding") and view.has("weights"):
        return [learned_too(view, {"biases": view.own["embedding"]})]
    if view.is_kind("adaptivesoftmax") and view.own.marks.get("bias") is False:
        head = view.own["entry.1"] + len(view.own.cutoffs)
        return [learned_too(view, {"biases": counted}) for counted in (view.own["units"], head)]
    if view.own.marks.get("bias") is not False or view.is_kind("encoderlayer", "decoderlayer"):
        return ()
    each = view.source.features if view.is_kind("attention") else outputs(view)
    number = 4 if view.is_kind("attention") else GATES.get(view.origin.kind.name, 1)
    counts: tuple[Formula, ...] = (each if number == 1 else number * each, Integer(1))
    return [learned_too(view, {"biases": counted}) for counted in counts]


def separable_one_or_two_biases(view: View) -> Sequence[Formulas]:
    """biases = C_in m + C_out: one vector after each step."""
    if not view.is_kind("separableconv") or not view.has("biases"):
        return ()
    return [{"biases": expanded(view.own, view.source) + view.own["filters"]}]


def bidirectional_doubles_bias(view: View) -> Sequence[Formulas]:
    """biases = 2 F_out behind a layer that runs in both directions."""
    return [{"biases": 2 * view.formulas["biases"]}] if view.is_kind("dense") and view.has("biases") else ()


MISTAKES = (
    Mistake(
        "forgot-bias",
        "Your number is right without a bias: did you count one bias for every output channel or unit?",
        forgot_bias,
    ),
    Mistake(
        "one-bias-per-layer",
        "Did you give the whole layer one bias? Every output unit has its own, so how many biases is that?",
        one_bias_per_layer,
    ),
    Mistake(
        "bias-on-input-side",
        "Did you put the +1 on the number of outputs? It belongs to the things that are summed, the inputs of one "
        "unit: which factor does the bracket go to?",
        bias_on_input_side,
    ),
    Mistake(
        "bias-per-input-channel",
        "Did you count one bias for each input channel? Is the bias vector as long as the input channels or as the "
        "output channels? (Exchanging inputs and outputs gives the same number.)",
        bias_per_input_channel,
    ),
    Mistake(
        "bias-in-every-kernel",
        "Did you count a bias for each input channel of each filter? A filter adds up over its depth and has one bias.",
        bias_in_every_kernel,
    ),
    Mistake(
        "bias-although-none",
        "Your number is right with biases: has this layer any?",
        bias_although_none,
    ),
    Mistake(
        "separable-one-or-two-biases",
        "How many bias vectors does this layer have: one after both steps, as in Keras, or one after each?",
        separable_one_or_two_biases,
    ),
    Mistake(
        "bidirectional-doubles-bias",
        "The input is twice as wide where both directions meet: did you give each output unit two biases?",
        bidirectional_doubles_bias,
        applies=lambda source, _: source.get("features") == 2 * source.get("units", 0),
    ),
)

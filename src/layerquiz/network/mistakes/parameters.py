"""Mistakes in counting weights and biases."""

from __future__ import annotations

from collections.abc import Sequence

from layerquiz.formula.expr import Formula, Integer, product
from layerquiz.network.layers.base import Formulas
from layerquiz.network.mistakes.base import (
    Mistake,
    View,
    channels_per_filter,
    exchanged,
    inputs,
    outputs,
    without_factor,
)


def forgot_input_channels(view: View) -> Sequence[Formulas]:
    """weights = K K C_out."""
    if not view.filters:
        return ()
    return [{"weights": without_factor(view.formulas["weights"], channels_per_filter(view), view.source.channels)}]


def forgot_bias(view: View) -> Sequence[Formulas]:
    """biases = 0."""
    return [{"biases": Integer(0)}] if counts_bias(view) else ()


def one_bias_per_layer(view: View) -> Sequence[Formulas]:
    """biases = 1."""
    return [{"biases": Integer(1)}] if counts_bias(view) else ()


def bias_on_input_side(view: View) -> Sequence[Formulas]:
    """parameters = K K C_in (C_out + 1): one bias for each weight of a filter."""
    if not counts_bias(view):
        return ()
    weights = view.formulas["weights"]
    each = without_factor(weights, outputs(view))
    return [{"biases": each}] if each != weights else ()


def bias_per_input_channel(view: View) -> Sequence[Formulas]:
    """biases = C_in."""
    return [{"biases": inputs(view)}] if counts_bias(view) else ()


def counts_bias(view: View) -> bool:
    """Say whether a layer with weights of its own has a bias for each output."""
    return view.has("weights") and view.has("biases") and bool({"filters", "units"} & set(view.own.marks))


def wrong_channel_count(view: View) -> Sequence[Formulas]:
    """A grey picture taken as RGB, or the reverse: C_in = 1 or 3."""
    if not view.filters:
        return ()
    weights, depth = view.formulas["weights"], channels_per_filter(view)
    return [{"weights": exchanged(weights, depth, Integer(taken))} for taken in (1, 3)]


def kernel_squared_in_1d(view: View) -> Sequence[Formulas]:
    """weights = K K C_in C_out although the kernel is a strip."""
    if not view.filters or view.axes != ("length",):
        return ()
    return [{"weights": product([view.own.kernel["length"], view.formulas["weights"]])}]


def input_size_used_as_kernel(view: View) -> Sequence[Formulas]:
    """weights = H W C_in C_out."""
    if not view.filters:
        return ()
    return [{"weights": product([*(view.source[axis] for axis in view.axes), *_depth_and_filters(view)])}]


def image_size_in_conv_params(view: View) -> Sequence[Formulas]:
    """weights = K K C_in C_out H_out W_out: other weights at each place."""
    if not view.filters:
        return ()
    return [{"weights": product([view.formulas["weights"], *(view.own[axis] for axis in view.axes)])}]


def groups_ignored(view: View) -> Sequence[Formulas]:
    """weights = K K C_in C_out although a filter sees C_in / g channels only."""
    if not view.filters or view.own.groups == 1:
        return ()
    return [{"weights": exchanged(view.formulas["weights"], channels_per_filter(view), view.source.channels)}]


def outputs_called_parameters(view: View) -> Sequence[Formulas]:
    """parameters = activations."""
    return [{"parameters": view.formulas["activations"]}] if view.has("weights") else ()


def _depth_and_filters(view: View) -> tuple[Formula, ...]:
    return (channels_per_filter(view), outputs(view))


MISTAKES = (
    Mistake(
        "forgot-input-channels",
        "How deep is each filter? Did you let it reach through every channel of its input, not only across its height "
        "and width?",
        forgot_input_channels,
    ),
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
        "wrong-channel-count",
        "How many channels does this input really have: did you take grey for colour, or colour for grey?",
        wrong_channel_count,
        applies=lambda source: source.get("channels") in (1, 3),
    ),
    Mistake(
        "kernel-squared-in-1d",
        "Did you square the kernel? A 1-D kernel is a strip: how many numbers has it per input channel?",
        kernel_squared_in_1d,
    ),
    Mistake(
        "input-size-used-as-kernel",
        "Which numbers describe the filter, and which describe the picture? Did you use the picture's size as the "
        "kernel's?",
        input_size_used_as_kernel,
    ),
    Mistake(
        "image-size-in-conv-params",
        "The same filter is used at every position: did you count new weights for each place?",
        image_size_in_conv_params,
    ),
    Mistake(
        "groups-ignored",
        "With groups a filter sees only a part of the input channels: did you divide by the number of groups?",
        groups_ignored,
    ),
    Mistake(
        "outputs-called-parameters",
        "Is this a number that is learned, or did you count the numbers that are computed for each image?",
        outputs_called_parameters,
    ),
)

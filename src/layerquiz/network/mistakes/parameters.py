"""Mistakes in counting weights."""

from __future__ import annotations

from collections.abc import Sequence

from layerquiz.formula.expr import Formula, Integer, Sum, product, total
from layerquiz.network.layers.base import Formulas
from layerquiz.network.layers.dense import acted_on
from layerquiz.network.mistakes.base import (
    Mistake,
    View,
    channels_per_filter,
    exchanged,
    output_factors,
    outputs,
    per_output,
    with_kernel,
    without_factor,
)


def forgot_input_channels(view: View) -> Sequence[Formulas]:
    """weights = K K C_out; of a separable convolution K K m + m C_out, or K K m + C_in m C_out."""
    if not view.kernels:
        return ()
    weights, depth = view.formulas["weights"], channels_per_filter(view)
    flat = without_factor(weights, depth if depth in weights.children() else view.source.channels)
    if isinstance(weights, Sum):
        return [{"weights": flat}, {"weights": total([flat.children()[0], *weights.terms[1:]])}]
    return [{"weights": flat}]


def wrong_channel_count(view: View) -> Sequence[Formulas]:
    """A grey picture taken as RGB, or the reverse: C_in = 1 or 3."""
    if not view.kernels:
        return ()
    depth, counts = channels_per_filter(view), ("weights", "biases")
    return [{name: exchanged(view.formulas[name], depth, Integer(taken)) for name in counts} for taken in (1, 3)]


def kernel_squared_in_1d(view: View) -> Sequence[Formulas]:
    """weights = K K C_in C_out although the kernel is a strip."""
    if not view.kernels or view.axes != ("length",):
        return ()
    strip = view.own.kernel["length"]
    return [{"weights": with_kernel(view, view.formulas["weights"], strip, strip)}]


def kernel_not_squared(view: View) -> Sequence[Formulas]:
    """weights = K C_in C_out although the kernel has K along each of several axes."""
    if not view.kernels or len(view.axes) < 2:
        return ()
    return [{"weights": with_kernel(view, view.formulas["weights"], view.own.kernel[view.axes[0]])}]


def one_filter_counted(view: View) -> Sequence[Formulas]:
    """weights = K K C_in, biases = 1: a single filter."""
    if not view.kernels:
        return ()
    each = per_output(view.formulas["weights"], output_factors(view))
    if each == Integer(0):
        return ()
    return [{"weights": each, "biases": Integer(1)} if view.has("biases") else {"weights": each}]


def dilation_counted_in_weights(view: View) -> Sequence[Formulas]:
    """weights = K_eff K_eff C_in C_out although the holes have no weights."""
    names = [f"effective_kernel.{axis}" for axis in view.axes]
    if not view.kernels or any(name not in view.formulas for name in names):
        return ()
    return [{"weights": with_kernel(view, view.formulas["weights"], *(view.own[name] for name in names))}]


def input_size_used_as_kernel(view: View) -> Sequence[Formulas]:
    """weights = H W C_in C_out."""
    if not view.kernels:
        return ()
    return [{"weights": with_kernel(view, view.formulas["weights"], *(view.source[axis] for axis in view.axes))}]


def image_size_in_conv_params(view: View) -> Sequence[Formulas]:
    """weights = K K C_in C_out H_out W_out: other weights at each place, and other biases; or at each token."""
    if view.is_kind("einsumdense"):
        return [{"weights": view.formulas["macs"]}]
    along_tokens = (view.is_kind("dense") or view.recurrent) and "tokens" in view.source.form.sizes
    if not (view.kernels or along_tokens) or not view.has("weights"):
        return ()
    places = [view.own[axis] for axis in view.axes] if view.kernels else [view.source.tokens]
    weights: Formulas = {"weights": product([view.formulas["weights"], *places])}
    if not view.has("biases"):
        return [weights]
    return [weights, {**weights, "biases": product([view.formulas["biases"], *places])}]


def groups_ignored(view: View) -> Sequence[Formulas]:
    """weights = K K C_in C_out although a filter sees C_in / g channels only; g = C_in where each channel is alone."""
    weights = view.formulas["weights"]
    if view.is_kind("depthwiseconv", "separableconv"):
        return _mixed_at_once(view)
    if view.is_kind("attention") and view.own.kv_heads is not None:
        shared = view.own["kv_heads"]
        return [
            {name: exchanged(view.formulas[name], shared, view.own.heads) for name in ("weights", "biases", "macs")}
        ]
    if not view.filters or view.own.groups == 1:
        return ()
    if view.transposed:
        return [{"weights": exchanged(weights, view.own.filters / view.own.groups, view.own.filters)}]
    return [{"weights": exchanged(weights, channels_per_filter(view), view.source.channels)}]


def _mixed_at_once(view: View) -> Sequence[Formulas]:
    """weights = K K C_in C_in m (+ C_in m C_out), or K K C_in C_out where a pointwise step follows."""
    weights, channels = view.formulas["weights"], view.source.channels
    kernel = [view.own.kernel[axis] for axis in view.axes]
    mixed = with_kernel(view, weights, *kernel, channels)
    plain: Formula = product([*kernel, channels, outputs(view)])
    return [{"weights": mixed}, *([{"weights": plain}] if view.filters else [])]


def bilinear_adds_inputs(view: View) -> Sequence[Formulas]:
    """weights = (F_1 + F_2) F_out: a dense layer's rule for the two inputs side by side."""
    if not view.is_kind("bilinear") or not view.has("weights"):
        return ()
    last = acted_on(view.source, view.origin.conventions)
    first, second = (before[last] for before in view.origin.before[:2])
    return [{"weights": (first + second) * view.own["units"]}]


def outputs_called_parameters(view: View) -> Sequence[Formulas]:
    """parameters = activations, where something is learned, and of a pool, which learns nothing."""
    return [{"parameters": view.formulas["activations"]}] if view.has("weights") or view.pool else ()


def pool_has_parameters(view: View) -> Sequence[Formulas]:
    """parameters = K K, K K C, or K K C C: a pool counted as a convolution, with a bias for each map or without."""
    if not view.pool and not view.is_kind("adaptive"):
        return ()
    if "kernel" not in view.own.marks:
        return ()
    window = [view.own.kernel[axis] for axis in view.axes]
    channels = view.source.channels
    ways = [product(window), product([*window, channels]), product([*window, channels, channels])]
    bare: list[Formulas] = [{"parameters": counted} for counted in ways]
    return [*bare, *({"parameters": counted + channels} for counted in ways[1:])]


MISTAKES = (
    Mistake(
        "forgot-input-channels",
        "How deep is each filter? Did you count the kernel's weights for every channel of the input, not only across "
        "its height and width?",
        forgot_input_channels,
    ),
    Mistake(
        "wrong-channel-count",
        "How many channels does this input really have: did you take grey for colour, or colour for grey?",
        wrong_channel_count,
        applies=lambda source, _: source.get("channels") in (1, 3),
    ),
    Mistake(
        "kernel-squared-in-1d",
        "Did you square the kernel? A 1-D kernel is a strip: how many numbers has it per input channel?",
        kernel_squared_in_1d,
    ),
    Mistake(
        "kernel-not-squared",
        "How many numbers has the kernel: did you count its height and its width, or one of them?",
        kernel_not_squared,
    ),
    Mistake(
        "dilation-counted-in-weights",
        "Dilation spreads a kernel: has it more weights for that?",
        dilation_counted_in_weights,
    ),
    Mistake(
        "one-filter-counted",
        "Did you count a single filter? How many of them are there?",
        one_filter_counted,
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
        "Did you leave the groups out? A grouped filter sees a part of the input channels only, a depthwise one a "
        "single channel, and grouped heads share their keys and values.",
        groups_ignored,
    ),
    Mistake(
        "bilinear-adds-inputs",
        "Here each pair of inputs has a weight for every unit: did you count the two inputs side by side?",
        bilinear_adds_inputs,
    ),
    Mistake(
        "outputs-called-parameters",
        "Is this a number that is learned, or did you count the numbers that are computed for each image?",
        outputs_called_parameters,
    ),
    Mistake(
        "pool-has-parameters",
        "What does a pool learn? It takes a maximum or a mean: did you count its window as weights?",
        pool_has_parameters,
    ),
)

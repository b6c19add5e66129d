"""Mistakes in the number of maps, and in layers that give another shape."""

from __future__ import annotations

from collections.abc import Sequence

from layerquiz.formula.expr import Formula, total
from layerquiz.network.layers.base import SIDES, Formulas
from layerquiz.network.mistakes.base import Mistake, View, outputs


def padding_added_to_channels(view: View) -> Sequence[Formulas]:
    """C_out = C + 2P."""
    if not view.is_kind("zeropad") or view.own.marks["padding"] == SIDES:
        return ()
    return [{"channels": view.formulas["channels"] + 2 * view.own.padding[view.axes[0]]}]


def keeps_input_channels(view: View) -> Sequence[Formulas]:
    """C_out = C_in; of a gate that halves an axis, all of it."""
    if view.is_kind("glu"):
        return [{size: view.source[size] for size in view.form.sizes}]
    makes_maps = view.kernels or view.is_kind("pixelshuffle", "pixelunshuffle", "unfold", "fold", "convlstm")
    return [{"channels": view.source.channels}] if makes_maps else ()


def output_channels_cin_times_cout(view: View) -> Sequence[Formulas]:
    """C_out = C_in times the number of filters."""
    if not view.filters:
        return ()
    return [{"channels": view.source.channels * outputs(view)}]


def kernel_taken_as_filter_count(view: View) -> Sequence[Formulas]:
    """C_out = K."""
    return [{"channels": view.own.kernel[view.axes[0]]}] if view.filters else ()


def pooling_divides_channels(view: View) -> Sequence[Formulas]:
    """C_out = C / S, with the sizes divided too, or kept; of an enlargement C / f."""
    if view.is_kind("upsample") and view.own.factor is not None:
        return [{"channels": view.source.channels // view.own.factor[view.axes[0]]}]
    if not view.pool:
        return ()
    channels: Formulas = {"channels": view.source.channels // view.own.stride[view.axes[0]]}
    return [channels, {**channels, **{axis: view.source[axis] for axis in view.axes}}]


MERGED = ("add", "subtract", "multiply", "average", "maximum", "minimum")


def add_or_concat(view: View) -> Sequence[Formulas]:
    """C_out = C_1 + C_2 where they are added number by number; C_1 where they are put side by side."""
    before = view.origin.before
    if view.origin.kind.name in MERGED:
        size = "channels" if "channels" in view.form.sizes else "features"
        added: Formula = total(source[size] for source in before)
        return [{size: added}] if size in view.formulas else ()
    if not view.is_kind("concat"):
        return ()
    return [{name: view.source[name] for name in view.form.sizes}]


def global_pool_keeps_positions(view: View) -> Sequence[Formulas]:
    """F_out = H W C: every position kept where a global pool leaves one number per channel."""
    if not view.is_kind("globalavgpool", "globalmaxpool"):
        return ()
    if "features" in view.form.sizes:
        return [{"features": view.source.elements}]
    return [{axis: view.source[axis] for axis in view.axes}]


def tokens_along_one_side(view: View) -> Sequence[Formulas]:
    """T = H, or W."""
    return [{"tokens": view.source[axis]} for axis in view.axes] if view.is_kind("tokens") else ()


MISTAKES = (
    Mistake(
        "padding-added-to-channels",
        "Did you pad the picture, or the stack of channels?",
        padding_added_to_channels,
    ),
    Mistake(
        "keeps-input-channels",
        "Each filter makes one map: did you count the filters, or keep the input's channels?",
        keeps_input_channels,
    ),
    Mistake(
        "output-channels-cin-times-cout",
        "Did you count one map for each input channel and filter? A filter adds up over all its input channels.",
        output_channels_cin_times_cout,
    ),
    Mistake(
        "kernel-taken-as-filter-count",
        "Did you take the width of the filter for the number of filters?",
        kernel_taken_as_filter_count,
    ),
    Mistake(
        "pooling-divides-channels",
        "Pooling and enlarging work on each map by itself: did you change the number of maps?",
        pooling_divides_channels,
    ),
    Mistake(
        "add-or-concat",
        "Are the inputs added number by number, or put side by side: which of the two changes the number of channels?",
        add_or_concat,
    ),
    Mistake(
        "global-pool-keeps-positions",
        "A global pool leaves one number for each channel: did you keep every position?",
        global_pool_keeps_positions,
    ),
    Mistake(
        "tokens-along-one-side",
        "Each position of the map is a token: did you count them along one side only?",
        tokens_along_one_side,
    ),
)

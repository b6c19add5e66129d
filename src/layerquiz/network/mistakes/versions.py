"""Mistakes about which version of a known network is meant, and values that no other rule of a layer gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from layerquiz.formula.expr import Formula, Integer, Number, product
from layerquiz.network.layers.base import Formulas
from layerquiz.network.mistakes.base import Mistake, View, exchanged, learned_too, nowhere

TABLE_CONNECTIONS = 60
"""How many pairs of maps LeNet's table connects: 6 maps with 3 inputs, 9 with 4, one with all 6."""


def lenet_table(view: View) -> Sequence[Formulas]:
    """weights = 60 K K, where 6 maps become 16; of a pool, a scale and a shift per map: 2 C.

    Of a convolution with a table, K K C_in C_out.
    Source: LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition, 1998, table 1.
    """
    if view.pool and view.is_kind("avgpool"):
        each = view.source.channels
        return [learned_too(view, {"weights": each, "biases": each})]
    if not view.is_kind("conv2d") or not view.filters or view.own.groups != 1:
        return ()
    kernel = [view.own.kernel[axis] for axis in view.axes]
    if view.own.table:
        return [{"weights": product([*kernel, view.source.channels, view.own.filters])}]
    return [{"weights": product([*kernel, Integer(TABLE_CONNECTIONS)])}]


def is_lenet(source: Mapping[str, Number], own: Mapping[str, Number]) -> bool:
    """Say whether a convolution is LeNet's C3 of 6 and 16 maps, or a pool is one of its two of 2 x 2."""
    if own.get("filters") is not None:
        return (source.get("channels"), own["filters"], own.get("kernel")) == (6, 16, 5)
    return source.get("channels") in (6, 16) and own.get("kernel") == 2


def phantom_layer(view: View) -> Sequence[Formulas]:
    """weights + C C: a 1 x 1 convolution in front that is not there; with its own norm or biases, or without."""
    if not view.is_kind("depthwiseconv") and not (view.filters and view.own.groups != 1):
        return ()
    channels = view.source.channels
    pointwise = channels * channels
    positions: list[Formula] = [view.source[axis] for axis in view.axes]
    macs = exchanged(view.formulas["macs"], view.own.weights, view.formulas["weights"])
    plain: Formulas = {
        "weights": view.formulas["weights"] + pointwise,
        "macs": macs + product([pointwise, *positions]),
    }
    ways = [plain, {**plain, "weights": plain["weights"] + 2 * channels}]
    if view.has("biases"):
        ways.append({**plain, "biases": view.formulas["biases"] + channels})
    return ways


def sees_one_channel(source: Mapping[str, Number], own: Mapping[str, Number]) -> bool:
    """Say whether each filter sees a single channel, as those in an inverted bottleneck do."""
    return own.get("groups", source.get("channels")) == source.get("channels")


MISTAKES = (
    Mistake(
        "lenet-c3-full-vs-table",
        "Which LeNet is meant: today's, with all maps connected and pools that learn nothing, or that of the 1998 "
        "paper, with its table of connections and a scale and a shift in each pool?",
        lenet_table,
        applies=is_lenet,
    ),
    Mistake(
        "phantom-layer",
        "Is there really a 1 x 1 convolution in front of this one? Where nothing is expanded, none is needed.",
        phantom_layer,
        applies=sees_one_channel,
    ),
    Mistake(
        "divide-once-instead-of-per-layer",
        "Did you round once at the end? Each layer gives whole sizes: what comes out of the first, and of the next?",
        nowhere,
    ),
    Mistake(
        "sum-does-not-match-rows",
        "Your own rows add up to another number: can you add them again?",
        nowhere,
    ),
    Mistake(
        "copied-from-neighbour-row",
        "This is the number of a sister model: which of depth, width or vocabulary differs here?",
        nowhere,
    ),
    Mistake(
        "int32-overflow",
        "Did a program multiply this with whole numbers of 32 bits? The product goes round at 2^31.",
        nowhere,
    ),
)

"""Mistakes in output sizes and shapes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from layerquiz.formula.expr import (
    Ceil,
    Floor,
    Formula,
    Integer,
    Min,
    Quotient,
    Reference,
    Sum,
    ceil,
    floor,
    substitute,
    transform,
)
from layerquiz.network.layers.base import DIFFERENT, SIDES, Formulas
from layerquiz.network.layers.pooling import rounded_up
from layerquiz.network.mistakes.base import Mistake, View, exchanged, nowhere

ENDS = ("before", "after")
"""The two sides of an axis."""


def along_axes(view: View, rule: Callable[[str], Formula]) -> Formulas:
    """Return one wrong formula for each output size."""
    return {axis: rule(axis) for axis in view.axes if axis in view.formulas}


def reach(view: View, axis: str) -> Reference:
    """Return the (effective) kernel along an axis."""
    name = f"effective_kernel.{axis}"
    return view.own[name] if name in view.formulas else view.own.kernel[axis]


def room(view: View, axis: str) -> Formula:
    """Return H - K + 2P, without the padding term where the layer has none."""
    left = view.source[axis] - reach(view, axis)
    return left + 2 * view.own.padding[axis] if has_number_padding(view) else left


def has_number_padding(view: View) -> bool:
    """Say whether the padding is a number, not a word."""
    return view.own.marks.get("padding") not in ("same", "valid", "causal")


def keeps_size(view: View) -> bool:
    """Say whether the padding is "same" or "causal"."""
    return view.own.marks.get("padding") in ("same", "causal")


def forgot_plus_one(view: View) -> Sequence[Formulas]:
    """H_out = floor((H - K + 2P) / S)."""
    if view.is_kind("unfold"):
        return [{name: _less_one(view.formulas[name]) for name in view.formulas if name.startswith("windows.")}]
    return [along_axes(view, lambda axis: _less_one(view.formulas[axis]))] if view.window else ()


def _less_one(formula: Formula) -> Formula:
    match formula:
        case Sum((first, Integer(1))):
            return first
        case Min(arguments):
            return _less_one(arguments[0])
    return formula


def valid_taken_as_same(view: View) -> Sequence[Formulas]:
    """The size kept, or divided by the stride only, although nothing says so; or trimmed although it is kept.

    Of a transposed convolution the size times the stride.
    """
    if view.transposed and view.own.marks["padding"] != "same":
        return [along_axes(view, lambda axis: view.source[axis] * view.own.stride[axis])]
    if not view.window:
        return ()
    trimmed = along_axes(view, lambda axis: floor(_unpadded(view, axis) / view.own.stride[axis]) + 1)
    if keeps_size(view):
        return [trimmed]
    divided = along_axes(view, lambda axis: ceil(view.source[axis] / view.own.stride[axis]))
    if view.pool:
        return [divided, *([trimmed] if has_number_padding(view) else [])]
    kept = along_axes(view, lambda axis: view.source[axis])
    cut = along_axes(view, lambda axis: floor(view.source[axis] / view.own.stride[axis]))
    return [kept, divided, trimmed, cut]


def _unpadded(view: View, axis: str) -> Formula:
    return view.source[axis] - reach(view, axis)


def same_padding_with_stride(view: View) -> Sequence[Formulas]:
    """H_out = floor((H - K) / S) + 1 although "same" gives ceil(H / S)."""
    if not view.window or not keeps_size(view):
        return ()
    return [along_axes(view, lambda axis: floor(_unpadded(view, axis) / view.own.stride[axis]) + 1)]


def floor_vs_ceil_pooling(view: View) -> Sequence[Formulas]:
    """Rounded up where the layer rounds down, or the reverse; of a convolution rounded up."""
    stride = view.own.stride
    if not view.window:
        return ()
    if not view.pool and not keeps_size(view):
        return [along_axes(view, lambda axis: ceil(room(view, axis) / stride[axis]) + 1)]
    if keeps_size(view):
        return [along_axes(view, lambda axis: floor(view.source[axis] / stride[axis]))]
    if view.own.marks["ceil"]:
        return [along_axes(view, lambda axis: floor(room(view, axis) / stride[axis]) + 1)]
    plain = along_axes(view, lambda axis: ceil(room(view, axis) / stride[axis]) + 1)
    return [along_axes(view, lambda axis: rounded_up(view.source[axis], reach(view, axis), view.own, axis)), plain]


def fraction_not_floored(view: View) -> Sequence[Formulas]:
    """H_out = (H - K + 2P) / S + 1, a fraction; of an enlargement H f."""
    if not view.window and not view.is_kind("upsample", "fractionalmaxpool"):
        return ()
    return [along_axes(view, lambda axis: transform(view.formulas[axis], _unrounded))]


def _unrounded(node: Formula) -> Formula:
    return node.inner if isinstance(node, Floor | Ceil) else node


def stride_ignored(view: View) -> Sequence[Formulas]:
    """H_out = H - K + 2P + 1, and a jump that stays; a transposed convolution counted with a stride of 1."""
    jumps = {name: view.source[name] for axis in view.axes if (name := f"jump.{axis}") in view.formulas}
    if view.transposed:
        fields = [name for name in view.formulas if name.startswith("receptive_field.")]
        return [{**{name: _with_stride_1(view, name) for name in (*view.axes, *fields)}, **jumps}]
    if not view.window:
        return ()
    return [{**along_axes(view, lambda axis: transform(view.formulas[axis], _undivided)), **jumps}]


def _with_stride_1(view: View, name: str) -> Formula:
    return exchanged(view.formulas[name], view.own.stride[name.rpartition(".")[2]], Integer(1))


def _undivided(node: Formula) -> Formula:
    return node.inner.numerator if isinstance(node, Floor | Ceil) and isinstance(node.inner, Quotient) else node


def dilation_ignored(view: View) -> Sequence[Formulas]:
    """K_eff = K."""
    names = [name for name in view.formulas if name.startswith("effective_kernel.")]
    return [{name: view.own.kernel[name.partition(".")[2]] for name in names}] if names else ()


def mis_parenthesised(view: View) -> Sequence[Formulas]:
    """(H - K + 2P/S) + 1; (H - K + 2P + 1) / S; floor(H - K + 2P) / S + 1."""
    if not view.window or keeps_size(view):
        return ()
    stride = view.own.stride

    def only_padding_divided(axis: str) -> Formula:
        left = view.source[axis] - reach(view, axis)
        return floor(left + 2 * view.own.padding[axis] / stride[axis]) + 1 if has_number_padding(view) else left + 1

    return [
        along_axes(view, only_padding_divided),
        along_axes(view, lambda axis: floor((room(view, axis) + 1) / stride[axis])),
        along_axes(view, lambda axis: room(view, axis) / stride[axis] + 1),
    ]


def padding_added_once(view: View) -> Sequence[Formulas]:
    """H_out from P, not 2P; from one side where the two differ."""
    if view.own.marks.get("padding", 0) == 0 or not has_number_padding(view):
        return ()
    if view.own.marks["padding"] == SIDES:
        return [{axis: _one_side(view, axis, side) for axis in view.axes} for side in ("before", "after")]

    def once(name: str) -> Formula:
        padding = view.own.padding[name.rpartition(".")[2]]
        return exchanged(view.formulas[name], 2 * padding, padding)

    if view.is_kind("unfold"):
        return [{name: once(name) for name in view.formulas if name.startswith("windows.")}]
    return [along_axes(view, once)]


def _one_side(view: View, axis: str, side: str) -> Formula:
    other = {"before": "after", "after": "before"}[side]
    return exchanged(view.formulas[axis], view.own[f"{other}.{axis}"], Integer(0))


def pad_order_misread(view: View) -> Sequence[Formulas]:
    """A list of paddings read for other sides: those of the other axis, or one of each axis on both sides."""
    padding = view.own.marks.get("padding", 0)
    if padding not in (DIFFERENT, SIDES) or len(view.axes) != 2:
        return ()
    across = dict(zip(view.axes, reversed(view.axes), strict=True))
    if padding == SIDES:
        return [_exchanged_sides(view), _sides_of_both(view)]

    def mixed(axis: str) -> Formula:
        both = view.own.padding[axis] + view.own.padding[across[axis]]
        return exchanged(view.formulas[axis], 2 * view.own.padding[axis], both)

    return [
        along_axes(view, mixed),
        along_axes(view, lambda axis: _with_padding(view, axis, view.own.padding[across[axis]])),
    ]


def _with_padding(view: View, axis: str, padding: Formula) -> Formula:
    return exchanged(view.formulas[axis], view.own.padding[axis], padding)


def _exchanged_sides(view: View) -> Formulas:
    """Each axis with the two sides of the other."""
    found: Formulas = {}
    for axis, other in zip(view.axes, reversed(view.axes), strict=True):
        places: dict[Formula, Formula] = {view.own[f"{side}.{axis}"]: view.own[f"{side}.{other}"] for side in ENDS}
        found[axis] = substitute(view.formulas[axis], places)
    return found


def _sides_of_both(view: View) -> Formulas:
    """The first axis with the first sides of both, the second with the last ones."""
    one, two = view.axes
    bottom, left = view.own[f"{ENDS[1]}.{one}"], view.own[f"{ENDS[0]}.{two}"]
    places: dict[str, dict[Formula, Formula]] = {one: {bottom: left}, two: {left: bottom}}
    return {axis: substitute(view.formulas[axis], places[axis]) for axis in view.axes}


def kernel_used_as_stride(view: View) -> Sequence[Formulas]:
    """H_out = floor((H - K + 2P) / K) + 1, or floor(H / K): windows side by side although they overlap."""
    if not view.window or keeps_size(view):
        return ()
    kernel = view.own.kernel
    return [
        along_axes(view, lambda axis: floor(room(view, axis) / kernel[axis]) + 1),
        along_axes(view, lambda axis: floor(view.source[axis] / kernel[axis])),
    ]


def pooling_always_halves(view: View) -> Sequence[Formulas]:
    """H_out = H / 2."""
    if not view.pool and not view.is_kind("adaptive"):
        return ()
    return [along_axes(view, lambda axis: view.source[axis] // 2)]


def alexnet_224_vs_227(view: View) -> Sequence[Formulas]:
    """H = 227 where 224 is given, or 224 where it is 227."""
    if not view.window or view.pool or keeps_size(view):
        return ()
    return [
        {axis: exchanged(view.formulas[axis], view.source[axis], Integer(size)) for axis in view.axes}
        for size in (224, 227)
    ]


MISTAKES = (
    Mistake(
        "wrong-neighbour-size",
        "Is this a size from another layer? Walk one layer at a time: what exactly comes out of the layer just before "
        "this one?",
        nowhere,
    ),
    Mistake(
        "forgot-plus-one",
        "Did you count the steps of the window only? What about its first position?",
        forgot_plus_one,
    ),
    Mistake(
        "valid-taken-as-same",
        'Is there padding here? Without it every window of K trims K - 1 from each side length; with "same" it trims '
        "nothing: which of the two did you use?",
        valid_taken_as_same,
    ),
    Mistake(
        "same-padding-with-stride",
        'Did you use the kernel? "Same" with stride S means ceil(H / S), whatever the kernel.',
        same_padding_with_stride,
    ),
    Mistake(
        "floor-vs-ceil-pooling",
        "The last window does not fit: is it dropped here, or kept? (Rounding up is right where `ceil` is set, as in "
        "Caffe; rounding down everywhere else.)",
        floor_vs_ceil_pooling,
    ),
    Mistake(
        "fraction-not-floored",
        "Can a map have a part of a pixel? What happens to the window that does not fit?",
        fraction_not_floored,
    ),
    Mistake("stride-ignored", "How far does the window jump each time: did you divide by the stride?", stride_ignored),
    Mistake(
        "dilation-ignored",
        "With dilation the kernel covers more ground: did you use its effective size?",
        dilation_ignored,
    ),
    Mistake(
        "mis-parenthesised",
        "Which part is divided by the stride? Did you put the brackets where you mean them?",
        mis_parenthesised,
    ),
    Mistake("padding-added-once", "Did you add the padding once? It goes on both sides.", padding_added_once),
    Mistake(
        "pad-order-misread",
        "Which entry of the list of paddings belongs to which side: did you take one for another axis?",
        pad_order_misread,
    ),
    Mistake(
        "kernel-used-as-stride",
        "Do the windows lie side by side here, or overlap: did you divide by the kernel where the stride counts?",
        kernel_used_as_stride,
    ),
    Mistake(
        "pooling-always-halves",
        "Not every pool halves: did you use this window and this stride?",
        pooling_always_halves,
    ),
    Mistake(
        "alexnet-224-vs-227",
        "Put this input size into the formula, without padding: which of 224 and 227 gives your number?",
        alexnet_224_vs_227,
        applies=lambda source, own: source.get("height") in (224, 227) and not own.get("padding"),
    ),
)

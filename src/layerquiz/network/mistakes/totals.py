"""Mistakes in flattening and in sums over the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from layerquiz.formula.expr import Formula, Sum, product
from layerquiz.network.glossary import SUMMED
from layerquiz.network.layers.base import Formulas
from layerquiz.network.mistakes.base import Mistake, View, exchanged, inputs, nowhere


def flatten_without_channels(view: View) -> Sequence[Formulas]:
    """F_out = H W, or C; of another shape of the same numbers, what is left open without the channels."""
    if not view.is_kind("flatten", "reshape") or not view.axes:
        return ()
    positions = product(view.source[axis] for axis in view.axes)
    return [_of_numbers(view, positions), _of_numbers(view, view.source.channels)]


def _of_numbers(view: View, taken: Formula) -> Formulas:
    """Return the sizes of a layer that moves numbers, with other numbers taken for all of its input."""
    return {size: exchanged(view.formulas[size], view.source.elements, taken) for size in view.form.sizes}


def forgot_flatten(view: View) -> Sequence[Formulas]:
    """Only the last axis taken where everything is flattened; everything taken where only the last axis counts."""
    if view.is_kind("flatten", "reshape"):
        return [_of_numbers(view, inputs(view))]
    if view.is_kind("dense") and len(view.source.form.sizes) > 1 and view.has("weights"):
        return [{"weights": product([view.source.elements, view.own.units])}]
    return ()


def layer_left_out(formulas: Mapping[str, Formula]) -> Sequence[Formulas]:
    """total - one of its terms."""
    sums = [(name, formula) for name, formula in formulas.items() if name in SUMMED and isinstance(formula, Sum)]
    return [{name: formula - left_out} for name, formula in sums for left_out in formula.terms]


MISTAKES = (
    Mistake(
        "flatten-without-channels",
        "Flatten keeps every number of the volume: did you multiply height, width and channels?",
        flatten_without_channels,
    ),
    Mistake(
        "forgot-flatten",
        "Does this dense layer see the flattened volume, or only the last axis? Which did you count?",
        forgot_flatten,
    ),
    Mistake(
        "layer-left-out-of-total",
        "Is a layer missing in your sum? List them one per line.",
        nowhere,
        layer_left_out,
    ),
    Mistake(
        "arithmetic-slip",
        "Your expression is right, but does it evaluate to this number?",
        nowhere,
    ),
    Mistake(
        "doubled",
        "This is exactly twice another count: did you count something two times?",
        nowhere,
        asked=lambda _: ((2, 1),),
    ),
)

"""Mistakes in normalisation, and in other layers that have a number for each channel or each element."""

from __future__ import annotations

from collections.abc import Sequence

from layerquiz.formula.expr import Formula, Integer, Sum, total
from layerquiz.network.layers.base import Formulas
from layerquiz.network.layers.norm import channels
from layerquiz.network.mistakes.base import Mistake, View, learned_too

NORMS = ("batchnorm", "layernorm", "groupnorm", "instancenorm", "rmsnorm")
COUNTED = ("weights", "biases")


def bn_moving_statistics(view: View) -> Sequence[Formulas]:
    """parameters = 2 C although the running mean and variance are counted too; or 4 C although they are not."""
    if not view.is_kind("batchnorm") or view.own.marks.get("statistics") is False:
        return ()
    if view.has("statistics"):
        return [{"statistics": Integer(0)}]
    running = 2 * channels(view.source)
    return [{name: view.formulas[name] + running for name in ("parameters", "nontrainable")}]


def bn_all_nontrainable(view: View) -> Sequence[Formulas]:
    """trainable = 0."""
    if not view.is_kind("batchnorm"):
        return ()
    return [{"trainable": Integer(0), "nontrainable": view.own.parameters}]


def bn_all_trainable(view: View) -> Sequence[Formulas]:
    """trainable = all that is stored, the running mean and variance too."""
    if not view.is_kind("batchnorm") or not view.has("statistics"):
        return ()
    return [{"trainable": view.own.parameters, "nontrainable": Integer(0)}]


def norm_scale_and_shift(view: View) -> Sequence[Formulas]:
    """A scale alone where there is a shift beside it; or a scale or a shift counted that is not there."""
    if view.is_kind("normalization") and view.has("statistics"):
        return [{"statistics": channels(view.source) + 1}, {"statistics": 2 * channels(view.source)}]
    if not view.is_kind(*NORMS, "lrn"):
        return ()
    has = [name for name in COUNTED if view.has(name)]
    if len(has) > 1:
        return [{"biases": Integer(0)}]
    each = view.formulas[has[0]] if has else channels(view.source)
    return [{}, learned_too(view, {name: each for name in COUNTED if name not in has})]


def per_channel_or_per_element(view: View) -> Sequence[Formulas]:
    """H W C in place of C, C in place of H W C, or one for each group."""
    if view.is_kind("normalization") and view.has("statistics"):
        return [{"statistics": 2 * view.source.elements + 1}]
    if not view.is_kind(*NORMS, "prelu"):
        return ()
    several: Formula = view.own["groups"] if view.own.groups != 1 else Integer(1)
    sizes = [view.source.elements, channels(view.source), several]
    counted = [name for name in COUNTED if view.has(name)]
    ways: list[Formulas] = [dict.fromkeys(counted, size) for size in sizes]
    return ways if view.is_kind("batchnorm", "groupnorm", "prelu") else ways[:2]


def norms_left_out(view: View) -> Sequence[Formulas]:
    """weights = biases = 0 for normalisations, those inside a transformer's layer too."""
    if view.is_kind(*NORMS):
        return [{name: Integer(0) for name in (*COUNTED, "statistics") if view.has(name)}]
    if not view.is_kind("encoderlayer", "decoderlayer"):
        return ()
    return [{name: total(found.terms[:-1]) for name in COUNTED if isinstance(found := view.formulas[name], Sum)}]


MISTAKES = (
    Mistake(
        "bn-moving-statistics",
        "A scale and a shift per channel are learned; Keras also lists a stored mean and variance: which of the two "
        "counts is asked for here?",
        bn_moving_statistics,
    ),
    Mistake(
        "bn-all-nontrainable",
        "Are the scale and the shift fixed, or learned?",
        bn_all_nontrainable,
    ),
    Mistake(
        "bn-all-trainable",
        "Are the running mean and variance learned, or only stored: did you count them as trainable?",
        bn_all_trainable,
    ),
    Mistake(
        "norm-scale-and-shift",
        "What does this normalisation learn: a scale, a shift, both, or neither?",
        norm_scale_and_shift,
    ),
    Mistake(
        "per-channel-or-per-element",
        "How many of them are there: one for each channel, one for each group, or one for each number of the input?",
        per_channel_or_per_element,
    ),
    Mistake(
        "norms-left-out",
        "Normalisations have parameters too: did you count their scales and shifts?",
        norms_left_out,
    ),
)

"""Layers that move numbers between axes, cut them off or repeat them, and learn nothing."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from layerquiz.formula.expr import Formula, floor, product
from layerquiz.network.conventions import Conventions
from layerquiz.network.layers.base import (
    LARGEST,
    OPEN,
    REMAINDER,
    Before,
    Formulas,
    Keys,
    Kind,
    Limit,
    Own,
    PerAxis,
    Positive,
    RefusedKeyError,
    kept,
    reading_order,
    seen_through,
    traced,
)
from layerquiz.network.layers.shape import PaddingKeys, front, padded, started

Factor: TypeAlias = Positive | Annotated[float, Field(gt=0, le=LARGEST, allow_inf_nan=False)]
SHAPES = {
    1: ("features",),
    2: ("tokens", "features"),
    3: ("channels", "height", "width"),
    4: ("channels", "depth", "height", "width"),
}
"""What a written shape of so many entries is."""


class ReshapeKeys(Keys):
    """Keys of a new shape, written in the order of the conventions; one entry may be -1."""

    shape: Annotated[list[Positive | Literal[-1]], Field(min_length=1, max_length=4)]


class UpsampleKeys(Keys):
    """Keys of an enlargement: by a factor, or to a size; for all axes, or one for each."""

    factor: Factor | list[Factor] | None = None
    size: PerAxis | None = None


class ShuffleKeys(Keys):
    """Keys of a pixel shuffle."""

    factor: Positive


def written_sizes(own: Own, conventions: Conventions) -> Formulas:
    """Return the sizes that a written shape names, as the conventions order them, and leave out an open one."""
    entries = own.shape
    sizes = reading_order(SHAPES[len(entries)], conventions.channels_first)
    return {size: own[f"entry.{place}"] for place, size in enumerate(sizes, 1) if entries[place - 1] != OPEN}


def reshape(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """The same numbers in another shape; an open entry is what is left: H W C over the product of the others."""
    (source,) = before
    given = written_sizes(own, conventions)
    if own.shape.count(OPEN) > 1:
        raise RefusedKeyError("shape", "-1 stands more than once", "Allowed: one -1", "wrong-value")
    size_names = reading_order(SHAPES[len(own.shape)], conventions.channels_first)
    if len(given) == len(size_names):
        return {**given, f"{REMAINDER}shape.all": source.elements - product(given.values())}
    (left,) = (size for size in size_names if size not in given)
    if not given:
        return {left: source.elements}
    others = product(given.values())
    return {**given, left: source.elements / others, f"{REMAINDER}shape.open": source.elements % others}


def tokens(_: Own, before: tuple[Before, ...], __: Conventions) -> Formulas:
    """T = H W, F = C. Source: Dosovitskiy et al., arXiv:2010.11929, section 3.1."""
    (source,) = before
    return {"tokens": product(source[axis] for axis in source.form.axes), "features": source.channels}


def select(_: Own, before: tuple[Before, ...], __: Conventions) -> Formulas:
    """F_out = F: one token of the sequence, such as the first, which stands for the whole in BERT."""
    return {"features": before[0].features}


def crop(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """H_out = H - 2P, or H - (P_before + P_after) where the sides differ."""
    (source,) = before
    sizes = {axis: source[axis] - padded(own, axis) for axis in source.form.axes}
    moved = {name: start + front(own, axis) * jump for axis, name, start, jump in started(source)}
    return {**kept(source), **sizes, **traced(source), **moved}


def upsample(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """H_out = floor(H f); the jump is divided by what the size is multiplied with. Source: PyTorch's Upsample."""
    (source,) = before
    if (own.factor is None) == (own.size is None):
        what = "both are given" if own.factor else "neither is given"
        raise RefusedKeyError("factor", f"of factor and size {what}", "Give one of the two", "factor-or-size")
    formulas: Formulas = {**kept(source), **traced(source)}
    for axis in source.form.axes:
        jump = f"jump.{axis}"
        formulas[axis] = own.size[axis] if own.factor is None else _enlarged(own, source[axis], axis)
        if jump in formulas:
            jumped = source[jump] * source[axis] / own[axis]
            formulas[jump] = jumped if own.factor is None else source[jump] / own.factor[axis]
    return formulas


def _enlarged(own: Own, size: Formula, axis: str) -> Formula:
    """H f, rounded down where a factor is a fraction."""
    factor: Formula = own.factor[axis]
    return floor(size * factor) if "fraction" in own.marks else size * factor


def pixel_shuffle(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """C_out = C / r^2, H_out = r H, and the jump j / r. Source: Shi et al., arXiv:1609.05158."""
    (source,) = before
    square = product([own.factor] * len(source.form.axes))
    formulas: Formulas = {
        "channels": source.channels / square,
        **{axis: source[axis] * own.factor for axis in source.form.axes},
        **traced(source),
        f"{REMAINDER}factor.channels": source.channels % square,
    }
    jumps = {name: source[name] / own.factor for name in formulas if name.startswith("jump.")}
    return formulas | jumps


def pixel_unshuffle(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """C_out = C r^2, H_out = H / r, r_out = r + (r - 1) j, j_out = j r. Source: PyTorch's PixelUnshuffle."""
    (source,) = before
    formulas: Formulas = {"channels": product([source.channels, *([own.factor] * len(source.form.axes))])}
    for axis in source.form.axes:
        formulas[axis] = source[axis] / own.factor
        formulas[f"{REMAINDER}factor.{axis}"] = source[axis] % own.factor
    window = dict.fromkeys(source.form.axes, own.factor)
    return formulas | seen_through(source, window, window, {})


ELEMENTS = Limit(
    "its {in_activations} numbers do not fill the shape {written}", "The number of elements stays", "elements"
)
DIVIDES = Limit("the factor {factor} does not fit {axis} {in_axis}", "Use another factor", "factor")

IMAGE = ("channels", "height", "width")
KINDS = (
    Kind("reshape", ReshapeKeys, reshape, view=True, limits={"shape": ELEMENTS}),
    Kind("tokens", Keys, tokens, accepts=("channels",)),
    Kind("select", Keys, select, accepts=("tokens", "features")),
    Kind("crop", PaddingKeys, crop, accepts=("channels",), per_axis=("padding",)),
    Kind("upsample", UpsampleKeys, upsample, accepts=("channels",), per_axis=("factor", "size")),
    Kind("pixelshuffle", ShuffleKeys, pixel_shuffle, 2, IMAGE, limits={"factor": DIVIDES}),
    Kind("pixelunshuffle", ShuffleKeys, pixel_unshuffle, 2, IMAGE, limits={"factor": DIVIDES}),
)

"""Layers that keep, rename, extend or merge what they get, and learn nothing."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from layerquiz.formula.expr import Formula, maximum, minimum, total
from layerquiz.network.conventions import Conventions
from layerquiz.network.glossary import START
from layerquiz.network.layers.base import (
    REMAINDER,
    SIDES,
    SLACK,
    Before,
    Formulas,
    Keys,
    Kind,
    Limit,
    NotNegative,
    Own,
    kept,
    traced,
)

Pads: TypeAlias = NotNegative | list[NotNegative | Annotated[list[NotNegative], Field(min_length=2, max_length=2)]]


class ActivationKeys(Keys):
    """Keys of an activation function."""

    function: str


class DropoutKeys(Keys):
    """Keys of dropout."""

    rate: Annotated[float, Field(ge=0, le=1, strict=False)] = 0.5


class PaddingKeys(Keys):
    """Keys of padding: one entry per axis, a number for both sides or [before, after]."""

    padding: Pads


class PadKeys(PaddingKeys):
    """Keys of padding; mode: what stands there. Reflected and repeated numbers cannot be more than there are."""

    mode: Literal["zeros", "reflect", "replicate", "circular"] = "zeros"


class ConcatKeys(Keys):
    """Keys of a concatenation: the axis that grows."""

    axis: str | None = None


def unchanged(_: Own, before: tuple[Before, ...], __: Conventions) -> Formulas:
    """Every size as before."""
    return {**kept(before[0]), **traced(before[0])}


def flatten(_: Own, before: tuple[Before, ...], __: Conventions) -> Formulas:
    """F_out = H W C."""
    return {"features": before[0].elements}


def zeropad(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """H_out = H + 2P, or H + P_before + P_after where the sides differ, whatever stands in the padding."""
    (source,) = before
    formulas: Formulas = {**kept(source), **traced(source)}
    for axis in source.form.axes:
        formulas[axis] = source[axis] + padded(own, axis)
        if own.mode in ("reflect", "circular"):
            there = source[axis] - 1 if own.mode == "reflect" else source[axis]
            formulas[f"{SLACK}padding.{axis}"] = there - _widest(own, axis)
    return formulas | {name: start - front(own, axis) * jump for axis, name, start, jump in started(source)}


def started(source: Before) -> list[tuple[str, str, Formula, Formula]]:
    """Return, for each axis that is traced, the name of the first position, where it is now, and the jump."""
    names = {axis: f"{START}.{axis}" for axis in source.form.axes if source.form.traced}
    return [(axis, name, source[name], source[f"jump.{axis}"]) for axis, name in names.items()]


def front(own: Own, axis: str) -> Formula:
    """Return what padding adds, or a crop cuts off, in front along one axis."""
    padding: Formula = own[f"before.{axis}"] if own.marks["padding"] == SIDES else own.padding[axis]
    return padding


def _widest(own: Own, axis: str) -> Formula:
    """Return the padding along one axis at the side that has more."""
    if own.marks["padding"] == SIDES:
        return maximum([own[f"before.{axis}"], own[f"after.{axis}"]])
    padding: Formula = own.padding[axis]
    return padding


def padded(own: Own, axis: str) -> Formula:
    """Return what padding adds along one axis."""
    if own.marks["padding"] == SIDES:
        return own[f"before.{axis}"] + own[f"after.{axis}"]
    padding: Formula = own.padding[axis]
    return 2 * padding


def merged_trace(before: tuple[Before, ...]) -> Formulas:
    """Return receptive field and jump along the widest path, and the first position on any of them."""
    seeing = [source for source in before if not source.form.alone]
    names = traced(seeing[0]) if seeing and all(source.form.traced for source in seeing) else {}
    return {
        name: minimum(*(source[name] for source in seeing))
        if name.startswith(START)
        else maximum(source[name] for source in seeing)
        for name in names
    }


def add(own: Own, before: tuple[Before, ...], __: Conventions) -> Formulas:
    """Every size as before; a size of 1 is stretched to the others'."""
    formulas: Formulas = {}
    for size in before[0].form.sizes:
        largest = maximum(source[size] for source in before)
        formulas[size] = largest
        formulas[f"{SLACK}from.{size}"] = largest  # named, so that each input's misfit does not hold all inputs again
        misfits = [(own[f"{SLACK}from.{size}"] - source[size]) * (source[size] - 1) for source in before]
        formulas[f"{REMAINDER}from.{size}"] = total(misfits)
    return formulas | merged_trace(before)


def multiply(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """Every size as before, number by number; a size of 1 is stretched to the others'."""
    return add(own, before, conventions)


def subtract(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """Every size as before: one input less the other; a size of 1 is stretched. Source: Keras' Subtract."""
    return add(own, before, conventions)


def average(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """Every size as before: the mean of the inputs; a size of 1 is stretched. Source: Keras' Average."""
    return add(own, before, conventions)


def largest(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """Every size as before: the largest of the inputs; a size of 1 is stretched. Source: Keras' Maximum."""
    return add(own, before, conventions)


def smallest(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """Every size as before: the smallest of the inputs; a size of 1 is stretched. Source: Keras' Minimum."""
    return add(own, before, conventions)


def concat(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """C_out = C_1 + C_2 + ...; the other sizes have to be equal."""
    sizes = before[0].form.sizes
    axis = own.axis or ("channels" if "channels" in sizes else "features")
    formulas: Formulas = {}
    for size in sizes:
        if size == axis:
            formulas[size] = total(source[size] for source in before)
            continue
        formulas[size] = before[0][size]
        differences = [(source[size] - before[0][size]) ** 2 for source in before[1:]]
        formulas[f"{REMAINDER}from.{size}"] = total(differences)
    return formulas | merged_trace(before)


PADDING = Limit(
    "a padding of {written} takes more numbers from its input than there are along {axis} {in_axis}",
    'Use less padding, or the mode "zeros"',
    "padding-mode",
)

KINDS = (
    Kind("activation", ActivationKeys, unchanged, view=True),
    Kind("dropout", DropoutKeys, unchanged, view=True),
    Kind("identity", Keys, unchanged, view=True),
    Kind("flatten", Keys, flatten, view=True),
    Kind("zeropad", PadKeys, zeropad, accepts=("channels",), per_axis=("padding",), limits={"padding": PADDING}),
    Kind("add", Keys, add, inputs=(2, None)),
    Kind("multiply", Keys, multiply, inputs=(2, None)),
    Kind("subtract", Keys, subtract, inputs=(2, 2)),
    Kind("average", Keys, average, inputs=(2, None)),
    Kind("maximum", Keys, largest, inputs=(2, None)),
    Kind("minimum", Keys, smallest, inputs=(2, None)),
    Kind("concat", ConcatKeys, concat, inputs=(2, None)),
)

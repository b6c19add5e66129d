"""Layers that exchange axes, add one, halve or cut one, or mix the channels, and learn nothing."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from layerquiz.errors import NetworkError
from layerquiz.network.conventions import Conventions
from layerquiz.network.layers.base import (
    REMAINDER,
    SLACK,
    Before,
    Formulas,
    Keys,
    Kind,
    Limit,
    NotNegative,
    Own,
    Positive,
    RefusedKeyError,
    kept,
    reading_order,
    traced,
)
from layerquiz.network.layers.norm import GROUPS
from layerquiz.network.layers.shape import ConcatKeys, started


class PermuteKeys(Keys):
    """Keys of a permutation: for each axis of the output, the place (from 1) of the input's axis that it takes."""

    order: Annotated[list[Positive], Field(min_length=2, max_length=4)]


class RepeatKeys(Keys):
    """Keys of a repetition: how often the features are written."""

    times: Positive


class MixedChannelsKeys(Keys):
    """Keys of a channel shuffle: the groups whose channels are dealt out in turn."""

    groups: Positive


class SliceKeys(ConcatKeys):
    """Keys of a part along one axis: how many entries are left out in front of it, and how many it has."""

    offset: NotNegative = 0
    size: Positive


def permute(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """The same sizes in another order, written as the conventions write a shape. Source: Keras' Permute."""
    (source,) = before
    sizes = reading_order(source.form.sizes, conventions.channels_first)
    if sorted(own.order) != list(range(1, len(sizes) + 1)):
        allowed = f"Allowed: each of 1 to {len(sizes)} once, for {', '.join(sizes)}"
        raise RefusedKeyError("order", f"found {list(own.order)}", allowed, "wrong-value")
    return {size: source[sizes[place - 1]] for size, place in zip(sizes, own.order, strict=True)}


def series(_: Own, before: tuple[Before, ...], __: Conventions) -> Formulas:
    """C = F, L = T: a sequence as a strip, for convolutions and pools along its tokens; in PyTorch a transpose."""
    (source,) = before
    return {"channels": source.features, "length": source.tokens}


def repeat_vector(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """T_out = n, F_out = F. Source: Keras' RepeatVector."""
    (source,) = before
    if "tokens" in source.form.sizes:
        raise NetworkError("it needs features alone; its input has tokens too", slug="wrong-rank")
    return {"tokens": own.times, "features": source.features}


def gated_linear_unit(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """C_out = C / 2: one half gates the other. Source: Dauphin et al., arXiv:1612.08083, as PyTorch's GLU."""
    (source,) = before
    axis = own.axis or ("channels" if "channels" in source.form.sizes else "features")
    halved: Formulas = {axis: source[axis] / 2, f"{REMAINDER}axis.{axis}": source[axis] % 2}
    return {**kept(source), **({} if axis in source.form.axes else traced(source)), **halved}


def part(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """C_out = n: the entries o to o + n along one axis, the others are left out. Source: PyTorch's narrow."""
    (source,) = before
    axis = own.axis or ("channels" if "channels" in source.form.sizes else "features")
    room = source[axis] - own.size if own.offset == 0 else source[axis] - own.offset - own.size
    formulas: Formulas = {**kept(source), **traced(source), axis: own["size"], f"{SLACK}size.{axis}": room}
    if own.offset == 0:
        return formulas
    return formulas | {name: start + own.offset * jump for along, name, start, jump in started(source) if along == axis}


def channel_shuffle(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """Every size as before; groups divide the channels. Source: Zhang et al., arXiv:1707.01083, section 3.1."""
    (source,) = before
    formulas: Formulas = {**kept(source), **traced(source)}
    if own.groups != 1:
        formulas[f"{REMAINDER}groups.channels"] = source.channels % own.groups
    return formulas


ROOM = Limit(
    "{size} entries from {offset} on leave its input, which has {in_axis} {axis}",
    "Use a smaller size or offset",
    "slice",
)
HALVES = Limit("{axis} {in_axis} cannot be halved", "Use an even number", "odd")

KINDS = (
    Kind("permute", PermuteKeys, permute, words=("order",)),
    Kind("series", Keys, series, accepts=("tokens", "features")),
    Kind("repeatvector", RepeatKeys, repeat_vector, accepts=("features",)),
    Kind("glu", ConcatKeys, gated_linear_unit, limits={"axis": HALVES}),
    Kind("slice", SliceKeys, part, plain={"offset": 0}, limits={"size": ROOM}),
    Kind("channelshuffle", MixedChannelsKeys, channel_shuffle, accepts=("channels",), limits={"groups": GROUPS}),
)

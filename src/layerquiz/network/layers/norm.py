"""Normalisation layers: what they keep is a scale and a shift; some store running statistics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from layerquiz.formula.expr import Formula, product
from layerquiz.network.conventions import Conventions
from layerquiz.network.layers.base import (
    REMAINDER,
    Before,
    Formulas,
    Keys,
    Kind,
    Limit,
    Own,
    Positive,
    RefusedKeyError,
    kept,
    traced,
)
from layerquiz.network.layers.convolution import tensor
from layerquiz.network.layers.dense import last_axes


class BatchNormKeys(Keys):
    """Keys of batch normalisation: a learned scale and shift, and running statistics, per channel."""

    scale: bool = True
    center: bool = True
    statistics: bool = True


class InstanceNormKeys(Keys):
    """Keys of instance normalisation: as batch normalisation, all switched off."""

    scale: bool = False
    center: bool = False
    statistics: bool = False


class RootMeanSquareKeys(Keys):
    """Keys of RMS normalisation: over the last axis, all axes, or so many of the last; it has no shift."""

    axes: Literal["last", "all"] | Positive = "last"
    scale: bool = True


class LayerNormKeys(RootMeanSquareKeys):
    """Keys of layer normalisation: over the last axis, all axes, or so many of the last."""

    center: bool = True


class GroupNormKeys(Keys):
    """Keys of group normalisation."""

    groups: Positive
    scale: bool = True
    center: bool = True


class NormalizationKeys(Keys):
    """Keys of a normalisation of the input; given: its mean and variance are written down, not found in data."""

    given: bool = False


class LocalResponseKeys(Keys):
    """Keys of local response normalisation: over how many neighbouring channels."""

    size: Positive


def depth(source: Before) -> str:
    """Return the size that has a scale and a shift each: channels, or features where there are none."""
    return "channels" if "channels" in source.form.sizes else "features"


def channels(source: Before) -> Formula:
    """C, or F where there are no channels."""
    return source[depth(source)]


def scaled(own: Own, source: Before, each: Formula, shape: Sequence[Formula] = ()) -> Formulas:
    """Return unchanged sizes, with a scale and a shift where they are switched on, each of one or several sizes."""
    formulas: Formulas = {**kept(source), **traced(source)}
    if own.scale:
        formulas |= {"weights": each, **tensor("weight_shape", shape or [each])}
    if own.marks.get("center"):
        formulas |= {"biases": each, **tensor("bias_shape", shape or [each])}
    return formulas


def batch_norm(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """weights = C, biases = C, stored mean and variance = 2C. Source: Ioffe and Szegedy, arXiv:1502.03167."""
    (source,) = before
    formulas = scaled(own, source, channels(source))
    if own.marks["statistics"] and conventions.stored_statistics:
        formulas["statistics"] = 2 * channels(source)
    return formulas


def instance_norm(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """weights = C, biases = C where switched on. Source: Ulyanov et al., arXiv:1607.08022."""
    return batch_norm(own, before, conventions)


def layer_norm(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """weights = biases = the product of the normalised sizes. Source: Ba et al., arXiv:1607.06450."""
    (source,) = before
    sizes = [source[size] for size in normalised(own, source, conventions)]
    return scaled(own, source, product(sizes), sizes)


def rms_norm(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """weights = the product of the normalised sizes, no biases. Source: Zhang and Sennrich, arXiv:1910.07467."""
    return layer_norm(own, before, conventions)


def normalised(own: Own, source: Before, conventions: Conventions) -> tuple[str, ...]:
    """Return the sizes that are normalised together: the last, all, or so many of the last."""
    sizes = last_axes(source, conventions)
    axes = own.axes
    if axes == "all":
        return sizes
    count = 1 if axes == "last" else int(axes)
    if count > len(sizes):
        allowed = f'Allowed: "last", "all", or at most {len(sizes)}'
        raise RefusedKeyError("axes", f"found {count}, and its input has {len(sizes)} axes", allowed, "wrong-value")
    return sizes[-count:]


def group_norm(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """weights = biases = C, whatever the groups. Source: Wu and He, arXiv:1803.08494."""
    (source,) = before
    formulas = scaled(own, source, channels(source))
    if own.groups != 1:
        formulas[f"{REMAINDER}groups.{depth(source)}"] = channels(source) % own.groups
    return formulas


def normalization(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """Nothing is learned; stored mean, variance and a count of the data = 2C + 1. Source: Keras' Normalization."""
    (source,) = before
    formulas: Formulas = {**kept(source), **traced(source)}
    if not own.given and conventions.stored_statistics:
        formulas["statistics"] = 2 * channels(source) + 1
    return formulas


def local_response(_: Own, before: tuple[Before, ...], __: Conventions) -> Formulas:
    """Nothing is learned, every size stays. Source: Krizhevsky et al., 2012, section 3.3."""
    return {**kept(before[0]), **traced(before[0])}


GROUPS = Limit("{groups} groups do not divide {in_axis} {axis}", "Use a divisor of {in_axis}", "groups")

KINDS = (
    Kind("batchnorm", BatchNormKeys, batch_norm),
    Kind("layernorm", LayerNormKeys, layer_norm, words=("axes",)),
    Kind("groupnorm", GroupNormKeys, group_norm, limits={"groups": GROUPS}),
    Kind("instancenorm", InstanceNormKeys, instance_norm, accepts=("channels",)),
    Kind("rmsnorm", RootMeanSquareKeys, rms_norm, words=("axes",)),
    Kind("normalization", NormalizationKeys, normalization),
    Kind("lrn", LocalResponseKeys, local_response, accepts=("channels",)),
)

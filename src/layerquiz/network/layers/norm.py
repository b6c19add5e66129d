"""Normalisation layers."""

from __future__ import annotations

from layerquiz.network.conventions import Conventions
from layerquiz.network.layers.base import Before, Formulas, Keys, Kind, Own, kept, traced


class BatchNormKeys(Keys):
    """Keys of batch normalisation: a learned scale and shift, and running statistics, per channel."""

    scale: bool = True
    center: bool = True
    statistics: bool = True


def batch_norm(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """weights = C, biases = C, stored mean and variance = 2C. Source: Ioffe and Szegedy, arXiv:1502.03167."""
    (source,) = before
    channels = source["channels" if "channels" in source.form.sizes else "features"]
    formulas: Formulas = {**kept(source), **traced(source)}
    if own.scale:
        formulas["weights"] = channels
    if own.center:
        formulas["biases"] = channels
    if own.marks["statistics"] and conventions.stored_statistics:
        formulas["statistics"] = 2 * channels
    return formulas


KINDS = (Kind("batchnorm", BatchNormKeys, batch_norm),)

"""Dense layers: every output sees every input along the last axis."""

from __future__ import annotations

from layerquiz.formula.expr import product
from layerquiz.network.conventions import Conventions
from layerquiz.network.layers.base import Before, Formulas, Keys, Kind, Own, Positive, kept, reading_order


class DenseKeys(Keys):
    """Keys of a dense layer."""

    units: Positive
    bias: bool = True
    activation: str | None = None


def acted_on(before: Before, conventions: Conventions) -> str:
    """Return the size that a dense layer replaces: features; on an image the channels, in PyTorch the last axis."""
    sizes = before.form.sizes
    if "features" in sizes:
        return "features"
    return sizes[-1] if conventions.dense_on_width else "channels"


def dense(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """weights = F_in F_out; biases = F_out; macs = weights times the positions that it is applied at."""
    (source,) = before
    last = acted_on(source, conventions)
    formulas: Formulas = {
        **kept(source, last),
        last: own.units,
        "weights": source[last] * own.units,
        "macs": product([own.weights, *(own[size] for size in reading_order(source.form.sizes) if size != last)]),
    }
    if own.bias:
        formulas["biases"] = own.units
    return formulas


KINDS = (Kind("dense", DenseKeys, dense),)

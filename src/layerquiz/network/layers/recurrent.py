"""Recurrent layers: the same weights at every step of a sequence."""

from __future__ import annotations

from typing import Literal

from layerquiz.formula.expr import Formula, formula, product
from layerquiz.network.conventions import Conventions
from layerquiz.network.layers.base import SLACK, Before, Formulas, Keys, Kind, Limit, NotNegative, Own, Positive


class RecurrentKeys(Keys):
    """Keys of a recurrent layer; `layers` are stacked, each taking what the one below gives."""

    units: Positive
    layers: Positive = 1
    bidirectional: bool = False
    merge: Literal["concat", "sum"] = "concat"
    bias: bool = True
    sequences: bool = True
    activation: str | None = None


class LongShortTermKeys(RecurrentKeys):
    """An LSTM may hand on a projection of its units, smaller than they are."""

    projection: NotNegative = 0


class GatedKeys(RecurrentKeys):
    """A GRU may reset after the recurrent product, which takes a second bias vector."""

    reset_after: bool | None = None


def rnn(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """weights = F H + H H; biases = H. Source: Elman, 1990; two bias vectors as in PyTorch's RNN."""
    return recurrent(own, before, 1, conventions.two_recurrent_biases)


def lstm(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """weights = 4 (H F + H H); biases = 4 H. Source: Hochreiter and Schmidhuber, 1997, with a forget gate."""
    return recurrent(own, before, 4, conventions.two_recurrent_biases)


def gru(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """weights = 3 (H F + H H); biases = 3 H, or 3 * 2 H with reset_after. Source: Cho et al., arXiv:1406.1078."""
    chosen = own.reset_after
    is_after = conventions.reset_after if chosen is None else chosen
    return recurrent(own, before, 3, conventions.two_recurrent_biases or bool(is_after))


def recurrent(own: Own, before: tuple[Before, ...], gates: int, two_biases: bool) -> Formulas:
    """weights = D g (H F + H H_o), and for each further layer D g (H F_o + H H_o); macs = weights T."""
    (source,) = before
    handed_on = own.units if own.projection == 0 else own.projection
    joined = 2 * handed_on if own.bidirectional and own.merge == "concat" else handed_on
    weights = _of_one_layer(own, source.features, handed_on, gates)
    if own.layers != 1:
        weights = weights + (own.layers - 1) * _of_one_layer(own, joined, handed_on, gates)
    formulas: Formulas = {
        **({"tokens": source.tokens} if own.sequences else {}),
        "features": joined,
        "weights": weights,
        "macs": own["weights"] * source.tokens,
    }
    if own.bias:
        formulas["biases"] = _times(own.layers, 2 if own.bidirectional else 1, gates, 2 if two_biases else 1, own.units)
    if own.projection != 0:
        formulas[f"{SLACK}projection"] = own.units - 1 - own.projection
    return formulas


def _of_one_layer(own: Own, inputs: Formula, handed_on: Formula, gates: int) -> Formula:
    """D (g (H F + H H_o) + H P), without what is 1 or not there."""
    cell = _times(gates, own.units * inputs + own.units * handed_on)
    if own.projection != 0:
        cell = cell + own.units * own.projection
    return _times(2 if own.bidirectional else 1, cell)


def _times(*factors: Formula | int) -> Formula:
    """Return a product without its ones."""
    return product(formula(factor) for factor in factors if factor != 1)


PROJECTION = Limit(
    "a projection to {projection} is not below the {units} units", "Use a number below {units}", "projection"
)
SEQUENCE = ("tokens", "features")

KINDS = (
    Kind("rnn", RecurrentKeys, rnn, accepts=SEQUENCE),
    Kind("lstm", LongShortTermKeys, lstm, accepts=SEQUENCE, limits={"projection": PROJECTION}),
    Kind("gru", GatedKeys, gru, accepts=SEQUENCE),
)

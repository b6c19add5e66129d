"""Convolutions whose weights differ from place to place, and those whose state runs along a sequence of images."""

from __future__ import annotations

from layerquiz.errors import NetworkError
from layerquiz.formula.expr import Integer, product
from layerquiz.network.conventions import Conventions
from layerquiz.network.glossary import AXES
from layerquiz.network.layers.base import (
    Before,
    Formulas,
    Keys,
    Kind,
    Own,
    PerAxis,
    PerAxisOrZero,
    Positive,
    Same,
)
from layerquiz.network.layers.convolution import PER_AXIS, reaches, slid, window_positions


class LocallyConnectedKeys(Keys):
    """Keys of a convolution without shared weights."""

    filters: Positive
    kernel: PerAxis
    stride: PerAxis = 1
    padding: PerAxisOrZero | Same = 0
    bias: bool = True
    activation: str | None = None


class ConvolutionalStateKeys(LocallyConnectedKeys):
    """Keys of a convolutional LSTM: an LSTM whose products are convolutions."""

    dilation: PerAxis = 1
    sequences: bool = True


def locally_connected(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """weights = H_out W_out K^2 C_in C_out, biases = H_out W_out C_out, macs = weights: no place shares its own.

    Source: Keras 2's LocallyConnected2D.
    """
    (source,) = before
    axes = source.form.axes
    reach: Formulas = {axis: own.kernel[axis] for axis in axes}
    places = [own[axis] for axis in axes]
    formulas: Formulas = {
        "channels": own.filters,
        **{axis: window_positions(source[axis], reach[axis], own, axis) for axis in axes},
        "weights": product([*places, *(own.kernel[axis] for axis in axes), source.channels, own.filters]),
        "macs": own.weights,
        "positions": Integer(1),
        **slid(own, source, reach),
    }
    if own.bias:
        formulas["biases"] = product([*places, own.filters])
    return formulas


def conv_lstm_1d(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """weights = 4 K C_out (C_in + C_out); biases = 4 C_out; macs = weights H W_out: the height is the steps.

    Source: Shi et al., arXiv:1506.04214, without peepholes, as Keras' ConvLSTM1D.
    """
    (source,) = before
    if "depth" in source.form.sizes:
        raise NetworkError("it needs channels, height, width; its input has a depth too", slug="wrong-rank")
    return _conv_lstm(own, source)


def conv_lstm_2d(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """weights = 4 K^2 C_out (C_in + C_out); biases = 4 C_out; macs = weights D H_out W_out: the depth is the steps.

    Source: Shi et al., arXiv:1506.04214, without peepholes, as Keras' ConvLSTM2D.
    """
    return _conv_lstm(own, before[0])


def _conv_lstm(own: Own, source: Before) -> Formulas:
    """Return the costs of a state that runs along the first axis; its own convolution keeps the output's size."""
    steps, *axes = source.form.axes
    reach, definitions = reaches(own, tuple(axes))
    places = {
        name: window_positions(source[axis], reach[axis], own, axis)
        for name, axis in zip(_output_axes(own, axes), axes, strict=True)
    }
    formulas: Formulas = {
        **definitions,
        "channels": own.filters,
        **({steps: source[steps]} if own.sequences else {}),
        **places,
        "weights": product([4, *(own.kernel[axis] for axis in axes), own.filters, source.channels + own.filters]),
        "macs": product([own.weights, source[steps], *(own[name] for name in places)]),
    }
    if own.bias:
        formulas["biases"] = 4 * own.filters
    return formulas


def _output_axes(own: Own, axes: list[str]) -> tuple[str, ...]:
    """Return the output's axes: of the last step of a sequence of strips, a length is left."""
    return tuple(axes) if own.sequences else AXES[len(axes)]


KINDS = (
    *(
        Kind(
            f"locallyconnected{rank}d",
            LocallyConnectedKeys,
            locally_connected,
            rank,
            ("channels", *AXES[rank]),
            per_axis=PER_AXIS,
        )
        for rank in (1, 2)
    ),
    Kind(
        "convlstm1d",
        ConvolutionalStateKeys,
        conv_lstm_1d,
        accepts=("channels", "height", "width"),
        per_axis=PER_AXIS,
        along=("width",),
    ),
    Kind(
        "convlstm2d",
        ConvolutionalStateKeys,
        conv_lstm_2d,
        accepts=("channels", "depth", "height", "width"),
        per_axis=PER_AXIS,
        along=AXES[2],
    ),
)

"""The kinds that only some networks need, as Keras layers, channels last."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras import layers

from oracle.keras_parts import Applied, Layer, Tensor, alone, as_keras_has_it, merging

STATES = {"convlstm1d": layers.ConvLSTM1D, "convlstm2d": layers.ConvLSTM2D}


def convolutional_state(layer: Layer, _: Tensor) -> Applied:
    """Return a convolutional LSTM, which gives the last step unless it is told otherwise."""
    called = {"kernel": "kernel_size", "stride": "strides", "dilation": "dilation_rate", "bias": "use_bias"}
    keys = {theirs: as_keras_has_it(layer[ours]) for ours, theirs in called.items() if ours in layer}
    keys |= {"padding": "same" if layer.get("padding") == "same" else "valid"}
    return alone(STATES[layer["kind"]](layer["filters"], return_sequences=layer.get("sequences", True), **keys))


def summed(layer: Layer, before: Tensor) -> Applied:
    """Return Einstein's sum over an input and weights; Keras wants the sizes that stay where there is a bias."""
    letters, outputs = layer["equation"].split(",")[0], layer["equation"].split("->")[1][1:]
    stays = dict(zip(letters, before.shape, strict=True))
    shape = tuple(stays[letter] if size == -1 else size for letter, size in zip(outputs, layer["shape"], strict=True))
    return alone(layers.EinsumDense(layer["equation"], shape, bias_axes=layer.get("bias_axes")))


def scored(layer: Layer, _: Tensor) -> Applied:
    """Return attention without projections; Keras takes the values before the keys."""
    kinds = {"dotattention": (layers.Attention, False), "additiveattention": (layers.AdditiveAttention, True)}
    kind, scale = kinds[layer["kind"]]
    made = kind(use_scale=layer.get("scale", scale))

    def attend(query: Tensor, *others: Tensor) -> Any:
        given = others or (query,)
        return made([query, given[-1], given[0]])

    return Applied(attend, (made,))


def dot(layer: Layer, before: Tensor) -> Applied:
    """Return a product along the tokens or the features, of which the batch is 0."""
    return merging(layers.Dot(axes=1 if layer.get("axis") == "tokens" else len(before.shape) - 1))


def normalization(layer: Layer, _: Tensor) -> Applied:
    """Return a normalisation whose mean and variance are found in data, or given."""
    given = {"mean": 0.0, "variance": 1.0} if layer.get("given") else {}
    return alone(layers.Normalization(**given))


def part(layer: Layer, before: Tensor) -> Applied:
    """Return a part along an axis, of the channels or of features unless one is named."""
    places = {"channels": -1, "features": -1, "width": -2, "length": -2, "tokens": -2, "height": -3, "depth": -4}
    axis = len(before.shape) + places[layer.get("axis", "channels")]
    first = layer.get("offset", 0)
    if layer["size"] < 1 or first < 0 or first + layer["size"] > before.shape[axis]:
        raise ValueError("the part is none of the whole")  # brackets give less, and say nothing
    taken = (*(slice(None),) * axis, slice(first, first + layer["size"]))
    return Applied(lambda image: image[taken], ())


LAYERS: dict[str, Callable[[Layer, Tensor], Applied]] = {
    **dict.fromkeys(STATES, convolutional_state),
    **dict.fromkeys(("dotattention", "additiveattention"), scored),
    "einsumdense": summed,
    "dot": dot,
    "normalization": normalization,
    "permute": lambda layer, _: alone(layers.Permute(tuple(layer["order"]))),
    "repeatvector": lambda layer, _: alone(layers.RepeatVector(layer["times"])),
    "series": lambda *_: alone(layers.Identity()),
    "slice": part,
    "select": lambda *_: Applied(lambda steps: steps[:, 0], ()),
    "subtract": lambda *_: merging(layers.Subtract()),
    "average": lambda *_: merging(layers.Average()),
    "maximum": lambda *_: merging(layers.Maximum()),
    "minimum": lambda *_: merging(layers.Minimum()),
}

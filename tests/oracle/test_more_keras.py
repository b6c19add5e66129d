"""Keras' own layers beside the kinds that only some networks need: the same shapes and the same parameters."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from math import prod
from types import ModuleType
from typing import Any

import pytest

from layerquiz.network.network import Network

pytestmark = pytest.mark.oracle

VOLUME = {"channels": 2, "depth": 5, "height": 8, "width": 6}
IMAGE = {"channels": 3, "height": 8, "width": 6}
SEQUENCE = {"tokens": 5, "features": 8}
ROW = {"features": 8}
OTHER = {"kind": "parameter", "name": "other", "shape": [3, 8]}
TURNED = {**OTHER, "shape": [5, 3]}
BOTH = {"from": ["input", "other"]}

Layer = dict[str, Any]
Make = Callable[[Any], Any]
Row = tuple[dict[str, int], list[Layer], Make]

CASES: dict[str, Row] = {
    "convlstm2d, same": (
        VOLUME,
        [{"kind": "convlstm2d", "filters": 3, "kernel": [3, 1], "padding": "same"}],
        lambda layers: layers.ConvLSTM2D(3, (3, 1), padding="same", return_sequences=True),
    ),
    "convlstm2d, last step": (
        VOLUME,
        [{"kind": "convlstm2d", "filters": 3, "kernel": 3, "stride": 2, "sequences": False, "bias": False}],
        lambda layers: layers.ConvLSTM2D(3, 3, strides=2, use_bias=False),
    ),
    "convlstm1d, dilated": (
        IMAGE,
        [{"kind": "convlstm1d", "filters": 4, "kernel": 2, "dilation": 3}],
        lambda layers: layers.ConvLSTM1D(4, 2, dilation_rate=3, return_sequences=True),
    ),
    "convlstm1d, last step": (
        IMAGE,
        [{"kind": "convlstm1d", "filters": 4, "kernel": 2, "sequences": False}],
        lambda layers: layers.ConvLSTM1D(4, 2),
    ),
    "normalization": (IMAGE, [{"kind": "normalization"}], lambda layers: layers.Normalization()),
    "normalization of features": (ROW, [{"kind": "normalization"}], lambda layers: layers.Normalization()),
    "normalization, given": (
        IMAGE,
        [{"kind": "normalization", "given": True}],
        lambda layers: layers.Normalization(mean=0.5, variance=0.25),
    ),
    "einsumdense": (
        SEQUENCE,
        [{"kind": "einsumdense", "equation": "abc,cd->abd", "shape": [-1, 7], "bias_axes": "d"}],
        lambda layers: layers.EinsumDense("abc,cd->abd", (5, 7), bias_axes="d"),
    ),
    "einsumdense into heads": (
        SEQUENCE,
        [{"kind": "einsumdense", "equation": "abc,cde->abde", "shape": [-1, 2, 3], "bias_axes": "de"}],
        lambda layers: layers.EinsumDense("abc,cde->abde", (5, 2, 3), bias_axes="de"),
    ),
    "einsumdense along tokens": (
        SEQUENCE,
        [{"kind": "einsumdense", "equation": "abc,bd->adc", "shape": [7, 8], "bias_axes": "d"}],
        lambda layers: layers.EinsumDense("abc,bd->adc", (7, 8), bias_axes="d"),
    ),
    "dot of features": (
        ROW,
        [{"kind": "dense", "units": 8, "name": "other"}, {"kind": "dot", **BOTH}],
        lambda layers: layers.Dot(axes=1),
    ),
    "dot along features": (SEQUENCE, [OTHER, {"kind": "dot", **BOTH}], lambda layers: layers.Dot(axes=2)),
    "dot along tokens": (
        SEQUENCE,
        [TURNED, {"kind": "dot", "axis": "tokens", **BOTH}],
        lambda layers: layers.Dot(axes=1),
    ),
    "attention": (SEQUENCE, [OTHER, {"kind": "dotattention", **BOTH}], lambda layers: layers.Attention()),
    "attention with a scale": (
        SEQUENCE,
        [OTHER, {"kind": "dotattention", "scale": True, **BOTH}],
        lambda layers: layers.Attention(use_scale=True),
    ),
    "additive attention": (
        SEQUENCE,
        [OTHER, {"kind": "additiveattention", **BOTH}],
        lambda layers: layers.AdditiveAttention(),
    ),
    "additive attention without a scale": (
        SEQUENCE,
        [OTHER, {"kind": "additiveattention", "scale": False, **BOTH}],
        lambda layers: layers.AdditiveAttention(use_scale=False),
    ),
    "permute": (IMAGE, [{"kind": "permute", "order": [3, 1, 2]}], lambda layers: layers.Permute((3, 1, 2))),
    "repeatvector": (ROW, [{"kind": "repeatvector", "times": 3}], lambda layers: layers.RepeatVector(3)),
    "spectral norm of a convolution": (
        IMAGE,
        [{"kind": "conv2d", "filters": 4, "kernel": 3, "spectral_norm": True}],
        lambda layers: layers.SpectralNormalization(layers.Conv2D(4, 3)),
    ),
    "spectral norm of a dense layer": (
        SEQUENCE,
        [{"kind": "dense", "units": 4, "spectral_norm": True}],
        lambda layers: layers.SpectralNormalization(layers.Dense(4)),
    ),
    "global average of a sequence": (
        SEQUENCE,
        [{"kind": "globalavgpool"}],
        lambda layers: layers.GlobalAveragePooling1D(),
    ),
    "global maximum of a sequence": (
        SEQUENCE,
        [{"kind": "globalmaxpool", "keepdims": True}],
        lambda layers: layers.GlobalMaxPooling1D(keepdims=True),
    ),
    "convolution of a sequence": (
        SEQUENCE,
        [{"kind": "series"}, {"kind": "conv1d", "filters": 6, "kernel": 3}],
        lambda layers: layers.Conv1D(6, 3),
    ),
    "pool of a sequence": (
        SEQUENCE,
        [{"kind": "series"}, {"kind": "maxpool1d", "kernel": 2}],
        lambda layers: layers.MaxPooling1D(2),
    ),
    "batchnorm of a sequence": (SEQUENCE, [{"kind": "batchnorm"}], lambda layers: layers.BatchNormalization()),
    "rescaling": (IMAGE, [{"kind": "identity"}], lambda layers: layers.Rescaling(1 / 255)),
    "masking": (SEQUENCE, [{"kind": "identity"}], lambda layers: layers.Masking()),
    "unit normalization": (
        SEQUENCE,
        [{"kind": "activation", "function": "unit"}],
        lambda layers: layers.UnitNormalization(),
    ),
    "center crop": (IMAGE, [{"kind": "crop", "padding": [2, 1]}], lambda layers: layers.CenterCrop(4, 4)),
    "resizing": (IMAGE, [{"kind": "upsample", "size": [9, 4]}], lambda layers: layers.Resizing(9, 4)),
    "dense at each step": (
        SEQUENCE,
        [{"kind": "dense", "units": 4}],
        lambda layers: layers.TimeDistributed(layers.Dense(4)),
    ),
    "convolution of each frame": (
        VOLUME,
        [{"kind": "conv3d", "filters": 4, "kernel": [1, 3, 3]}],
        lambda layers: layers.TimeDistributed(layers.Conv2D(4, 3)),
    ),
    **{
        kind.lower(): (
            IMAGE,
            [{"kind": kind.lower(), "from": ["input", "input"]}],
            lambda layers, kind=kind: getattr(layers, kind)(),
        )
        for kind in ("Subtract", "Average", "Maximum", "Minimum")
    },
}


@pytest.fixture(scope="module")
def keras() -> ModuleType:
    """Return Keras on PyTorch, or skip: it is an oracle and not needed otherwise."""
    if not (find_spec("keras") and find_spec("torch")):
        pytest.skip("Keras and PyTorch are not both installed")
    os.environ.setdefault("KERAS_BACKEND", "torch")
    return import_module("keras")


def channels_last(sizes: dict[str, int]) -> tuple[int, ...]:
    """Return a shape with a batch in front and its channels last."""
    return (2, *(sizes[size] for size in sorted(sizes, key=lambda size: size == "channels")))


@pytest.mark.parametrize(("sizes", "layers", "make"), CASES.values(), ids=CASES)
def test_keras_counts_the_same(keras: ModuleType, sizes: dict[str, int], layers: list[Layer], make: Make) -> None:
    """The last layer has Keras' shape, and as many trainable and other parameters, with Keras' defaults as written."""
    network = Network.parse({"conventions": "keras", "input": sizes, "layers": layers})
    last = network.layers[-1]
    inputs = [keras.KerasTensor(channels_last(sizes))]
    if len(last.sources) > 1:
        shape = network.value(f"{last.sources[-1]}.shape")
        assert isinstance(shape, tuple)
        inputs.append(keras.KerasTensor((2, *shape)))
    built = make(keras.layers)
    output = built(inputs[0] if len(inputs) == 1 else inputs)
    learned = sum(prod(weight.shape) for weight in built.trainable_weights)
    assert network.value(f"{last.name}.shape") == tuple(output.shape[1:])
    assert network.value(f"{last.name}.trainable") == learned
    assert network.value(f"{last.name}.parameters") == built.count_params()

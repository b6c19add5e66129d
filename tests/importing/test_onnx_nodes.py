"""Each operator of ONNX is the layer that it is: kinds, keys, counts and shapes, on files made by hand."""

from __future__ import annotations

from math import prod
from typing import Any

import pytest

from importing.onnx_made import TensorProto, chain, floats, integers, made, node, weights
from layerquiz.errors import NetworkError
from layerquiz.network.importing.onnx import imported
from layerquiz.network.network import Network

Layers = list[dict[str, Any]]


def layers_of(model: Any, **more: Any) -> Layers:
    """Return the layers of a model without their names."""
    network = imported(model.SerializeToString(), **more).network
    return [{key: value for key, value in layer.items() if key != "name"} for layer in network.spec["layers"]]


IMAGE = (1, 6, 12, 12)
SEQUENCE = (1, 7, 8)
CASES: dict[str, tuple[Any, list[Any], list[Any], Layers]] = {
    "convolution": (
        IMAGE,
        chain(("Conv", "k b", {"pads": [1, 2, 1, 2], "strides": [2, 1], "group": 3, "dilations": [1, 2]})),
        weights(k=(9, 2, 3, 3), b=(9,)),
        [
            {"kind": "conv2d", "filters": 9, "kernel": 3, "padding": [1, 2], "stride": [2, 1], "groups": 3}
            | {"dilation": [1, 2]}
        ],
    ),
    "convolution without bias, padded by a word": (
        IMAGE,
        chain(("Conv", "k", {"auto_pad": "SAME_UPPER"})),
        weights(k=(4, 6, 5, 5)),
        [{"kind": "conv2d", "filters": 4, "kernel": 5, "padding": 2, "bias": False}],
    ),
    "convolution padded at one side": (
        IMAGE,
        chain(("Conv", "k", {"pads": [0, 0, 1, 1], "strides": [2, 2]})),
        weights(k=(4, 6, 3, 3)),
        [
            {"kind": "zeropad", "padding": [[0, 1], [0, 1]]},
            {"kind": "conv2d", "filters": 4, "kernel": 3, "stride": 2, "bias": False},
        ],
    ),
    "transposed convolution": (
        IMAGE,
        chain(("ConvTranspose", "k b", {"strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 1]})),
        weights(k=(6, 5, 3, 3), b=(5,)),
        [{"kind": "convtranspose2d", "filters": 5, "kernel": 3, "stride": 2, "padding": 1, "output_padding": 1}],
    ),
    "transposed convolution to twice the size": (
        IMAGE,
        chain(("ConvTranspose", "k", {"strides": [2, 2], "auto_pad": "SAME_UPPER"})),
        weights(k=(6, 5, 4, 4)),
        [{"kind": "convtranspose2d", "filters": 5, "kernel": 4, "stride": 2, "padding": 1, "bias": False}],
    ),
    "pools": (
        IMAGE,
        chain(
            ("MaxPool", "", {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}),
            ("AveragePool", "", {"kernel_shape": [2, 2], "strides": [1, 1]}),
        ),
        [],
        [
            {"kind": "maxpool2d", "kernel": 3, "stride": 2, "ceil": True},
            {"kind": "avgpool2d", "kernel": 2, "stride": 1},
        ],
    ),
    "a pool padded behind, as Keras pads": (
        IMAGE,
        chain(("MaxPool", "", {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [0, 0, 1, 1]})),
        [],
        [{"kind": "maxpool2d", "kernel": 3, "stride": 2, "ceil": True}],
    ),
    "global pool before a dense layer": (
        IMAGE,
        chain(("GlobalAveragePool", "", {}), ("Flatten", "", {}), ("Gemm", "k b", {"transB": 1})),
        weights(k=(10, 6), b=(10,)),
        [{"kind": "globalavgpool"}, {"kind": "dense", "units": 10}],
    ),
    "global pool before a convolution": (
        IMAGE,
        chain(("ReduceMean", "axes", {"keepdims": 1}), ("Conv", "k", {})),
        [*weights(k=(2, 6, 1, 1)), *integers(axes=[2, 3])],
        [{"kind": "globalavgpool", "keepdims": True}, {"kind": "conv2d", "filters": 2, "kernel": 1, "bias": False}],
    ),
    "a product and a sum are one dense layer": (
        SEQUENCE,
        chain(("MatMul", "k", {}), ("Add", "b", {}), ("Relu", "", {})),
        weights(k=(8, 5), b=(5,)),
        [{"kind": "dense", "units": 5}, {"kind": "activation", "function": "relu"}],
    ),
    "batch norm": (
        IMAGE,
        chain(("BatchNormalization", "s b m v", {})),
        weights(s=(6,), b=(6,), m=(6,), v=(6,)),
        [{"kind": "batchnorm"}],
    ),
    "layer norm over all axes": (
        SEQUENCE,
        chain(("LayerNormalization", "s", {"axis": 1})),
        weights(s=(7, 8)),
        [{"kind": "layernorm", "axes": "all", "center": False}],
    ),
    "layer norm as five nodes": (
        SEQUENCE,
        [
            node("ReduceMean", "x last", "mean"),
            node("Sub", "x mean", "centred"),
            node("Pow", "centred two", "squared"),
            node("ReduceMean", "squared last", "variance"),
            node("Add", "variance small", "safe"),
            node("Sqrt", "safe", "deviation"),
            node("Div", "centred deviation", "normed"),
            node("Mul", "normed s", "scaled"),
            node("Add", "scaled b", "y"),
        ],
        [*weights(s=(8,), b=(8,)), *integers(last=[-1]), *floats(two=2.0, small=1e-5)],
        [{"kind": "layernorm"}],
    ),
    "instance and group norm": (
        IMAGE,
        [
            node("InstanceNormalization", "x s b", "i"),
            node("Reshape", "i groups", "g"),
            node("InstanceNormalization", "g val_1 val_2", "n"),
            node("Reshape", "n back", "j"),
            node("Mul", "j t", "y"),
        ],
        [
            *weights(s=(6,), b=(6,), t=(6, 1, 1)),
            *integers(groups=[0, 3, -1], back=[0, 6, 12, 12]),
            *floats(val_1=[1.0] * 3, val_2=[0.0] * 3),
        ],
        [
            {"kind": "instancenorm", "scale": True, "center": True},
            {"kind": "groupnorm", "groups": 3, "center": False},
        ],
    ),
    "LSTM in both directions, last step": (
        SEQUENCE,
        [
            node("Transpose", "x", "steps", perm=[1, 0, 2]),
            node("LSTM", "steps w r b", "all last cell", hidden_size=5, direction="bidirectional"),
            node("Transpose", "last", "t", perm=[1, 0, 2]),
            node("Reshape", "t shape", "y"),
        ],
        [*weights(w=(2, 20, 8), r=(2, 20, 5), b=(2, 40)), *integers(shape=[1, 10])],
        [{"kind": "lstm", "units": 5, "bidirectional": True, "sequences": False}],
    ),
    "GRU with the batch first": (
        SEQUENCE,
        [node("GRU", "x w r", "all last", hidden_size=4, layout=1), node("Squeeze", "all two", "y")],
        [*weights(w=(1, 12, 8), r=(1, 12, 4)), *integers(two=[2])],
        [{"kind": "gru", "units": 4, "bias": False}],
    ),
    "image as a sequence": (
        IMAGE,
        chain(("Reshape", "shape", {}), ("Transpose", "", {"perm": [0, 2, 1]}), ("MatMul", "k", {})),
        [*weights(k=(6, 3)), *integers(shape=[0, 6, -1])],
        [{"kind": "tokens"}, {"kind": "dense", "units": 3, "bias": False}],
    ),
    "channels that are shuffled": (
        IMAGE,
        chain(
            ("Reshape", "split", {}),
            ("Transpose", "", {"perm": [0, 2, 1, 3, 4]}),
            ("Reshape", "back", {}),
            ("MaxPool", "", {"kernel_shape": [2, 2], "strides": [2, 2]}),
        ),
        integers(split=[1, 2, 3, 12, 12], back=[1, 6, 12, 12]),
        [{"kind": "channelshuffle", "groups": 2}, {"kind": "maxpool2d", "kernel": 2}],
    ),
    "pad, crop, enlarge": (
        IMAGE,
        chain(
            ("Pad", "pads", {"mode": "reflect"}),
            ("Slice", "start end axes", {}),
            ("Resize", "- factors", {"mode": "nearest"}),
            ("Resize", "- - size", {"mode": "linear"}),
        ),
        [
            *integers(pads=[0, 0, 1, 0, 0, 0, 1, 0], start=[1], end=[-2], axes=[3], size=[1, 6, 30, 31]),
            *floats(factors=[1.0, 1.0, 2.0, 2.0]),
        ],
        [
            {"kind": "zeropad", "padding": [[1, 1], [0, 0]], "mode": "reflect"},
            {"kind": "crop", "padding": [[0, 0], [1, 2]]},
            {"kind": "upsample", "factor": 2},
            {"kind": "upsample", "size": [30, 31]},
        ],
    ),
    "depth to space and back": (
        (1, 8, 4, 4),
        chain(("DepthToSpace", "", {"blocksize": 2}), ("SpaceToDepth", "", {"blocksize": 4})),
        [],
        [{"kind": "pixelshuffle", "factor": 2}, {"kind": "pixelunshuffle", "factor": 4}],
    ),
    "slopes for each channel": (
        IMAGE,
        chain(("PRelu", "s", {}), ("LRN", "", {"size": 5}), ("Dropout", "", {})),
        weights(s=(6, 1, 1)),
        [{"kind": "prelu", "parameters": "channels"}, {"kind": "lrn", "size": 5}, {"kind": "dropout"}],
    ),
    "a learned scale and shift": (
        IMAGE,
        chain(("Mul", "s", {}), ("Add", "b", {})),
        weights(s=(6, 1, 1), b=(6, 1, 1)),
        [{"kind": "scale", "center": True}],
    ),
    "a residual sum and a concatenation": (
        IMAGE,
        [
            node("Conv", "x k", "a"),
            node("Add", "a x", "b"),
            node("Concat", "x b a", "y", axis=1),
        ],
        weights(k=(6, 6, 1, 1)),
        [
            {"kind": "conv2d", "filters": 6, "kernel": 1, "bias": False},
            {"kind": "add", "from": ["conv2d", "input"]},
            {"kind": "concat", "from": ["input", "add", "conv2d"]},
        ],
    ),
    "functions that are written out": (
        IMAGE,
        [
            node("Sigmoid", "x", "s"),
            node("Mul", "x s", "silu"),
            node("Div", "silu root", "d"),
            node("Erf", "d", "e"),
            node("Add", "e one", "a"),
            node("Mul", "silu a", "m"),
            node("Mul", "m half", "gelu"),
            node("HardSigmoid", "gelu", "h"),
            node("Mul", "gelu h", "y"),
        ],
        floats(root=2**0.5, one=1.0, half=0.5),
        [{"kind": "activation", "function": name} for name in ("silu", "gelu", "hardswish")],
    ),
    "features for each of some tokens": (
        (1, 8),
        [node("Unsqueeze", "x one", "u"), node("Tile", "u times", "y")],
        integers(one=[1], times=[1, 5, 1]),
        [{"kind": "repeatvector", "times": 5}],
    ),
    "some of the channels": (
        IMAGE,
        [node("Split", "x", "a b", axis=1, num_outputs=2), node("Relu", "b", "c"), node("Slice", "c s e t", "y")],
        integers(s=[0], e=[2], t=[1]),
        [
            {"kind": "slice", "offset": 3, "size": 3},
            {"kind": "activation", "function": "relu"},
            {"kind": "slice", "size": 2},
        ],
    ),
    "a gated linear unit": (
        IMAGE,
        [node("Split", "x", "a b", axis=1, num_outputs=2), node("Sigmoid", "b", "c"), node("Mul", "a c", "y")],
        [],
        [{"kind": "glu"}],
    ),
    "a layer applied twice": (
        (1, 8),
        chain(("Gemm", "k b", {}), ("Relu", "", {}), ("Gemm", "k b", {})),
        weights(k=(8, 8), b=(8,)),
        [
            {"kind": "dense", "units": 8},
            {"kind": "activation", "function": "relu"},
            {"kind": "dense", "units": 8, "shares": "dense"},
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_node_is_its_layer(case: str) -> None:
    """Kind and keys are those of the node, and the learned numbers those of the stored tensors."""
    shape, nodes, stored, expected = CASES[case]
    model = made(shape, nodes, stored)
    assert layers_of(model) == expected
    network = imported(model.SerializeToString()).network
    constants = ("m", "v", "factors", "val_1", "val_2")
    tensors = [found for found in stored if found.data_type == TensorProto.FLOAT and found.name not in constants]
    assert network.value("total.trainable") == sum(prod(found.dims) for found in tensors if found.dims)


def test_ids_a_table_and_a_tied_end() -> None:
    """A table that is looked up and used again at the end is counted once, and positions stand beside it."""
    nodes = [
        node("Gather", "table x", "words"),
        node("Add", "words places", "sum"),
        node("Transpose", "table", "turned", perm=[1, 0]),
        node("MatMul", "sum turned", "y"),
    ]
    model = made((1, 7), nodes, weights(table=(50, 8), places=(1, 7, 8)), TensorProto.INT64)
    assert layers_of(model) == [
        {"kind": "embedding", "vocabulary": 50, "features": 8},
        {"kind": "positionembedding"},
        {"kind": "dense", "units": 50, "bias": False, "tied": "embedding"},
    ]
    assert imported(model.SerializeToString()).network.value("total.parameters") == 50 * 8 + 7 * 8


@pytest.mark.parametrize(("key_heads", "bias"), [(4, True), (4, False)])
def test_products_with_a_softmax_are_attention(key_heads: int, bias: bool) -> None:
    """Four dense layers around scores are one attention layer, whose counts are those of the four."""
    nodes: list[Any] = []
    stored = [*integers(heads=[1, 7, 4, 2], back=[1, 7, 8]), *floats(scale=0.7)]
    for name in "qkvo":
        stored += weights(**{f"w{name}": (8, 8), **({f"b{name}": (8,)} if bias else {})})
    for name, order in (("q", [0, 2, 1, 3]), ("k", [0, 2, 3, 1]), ("v", [0, 2, 1, 3])):
        nodes.append(node("MatMul", f"x w{name}", f"p{name}"))
        nodes += [node("Add", f"p{name} b{name}", f"s{name}")] if bias else []
        nodes.append(node("Reshape", f"{'s' if bias else 'p'}{name} heads", f"r{name}"))
        nodes.append(node("Transpose", f"r{name}", f"t{name}", perm=order))
    nodes += [
        node("Mul", "tq scale", "scaled"),
        node("MatMul", "scaled tk", "scores"),
        node("Softmax", "scores", "shares"),
    ]
    nodes += [node("MatMul", "shares tv", "seen"), node("Transpose", "seen", "turned", perm=[0, 2, 1, 3])]
    nodes += [node("Reshape", "turned back", "flat"), node("MatMul", "flat wo", "y")]
    nodes += [node("Add", "y bo", "z")] if bias else []
    network = imported(made(SEQUENCE, nodes, stored).SerializeToString()).network
    (layer,) = network.spec["layers"]
    assert layer["kind"] == "attention"
    assert layer["heads"] == key_heads
    assert network.value("total.parameters") == 4 * 64 + (4 * 8 if bias else 0)


def test_channels_last_are_taken_as_they_stand() -> None:
    """A model that turns its image first, as converters write those of Keras, has the image's own sizes as input."""
    nodes = [
        node("Transpose", "x", "t", perm=[0, 3, 1, 2]),
        node("Conv", "t k", "c"),
        node("Transpose", "c", "y", perm=[0, 2, 3, 1]),
    ]
    network = imported(made((None, 10, 12, 3), nodes, weights(k=(4, 3, 3, 3))).SerializeToString()).network
    assert network.spec["input"] == {"channels": 3, "height": 10, "width": 12}
    assert [layer["kind"] for layer in network.spec["layers"]] == ["conv2d"]


def test_open_sizes_are_asked_for_and_taken() -> None:
    """An open batch is dropped; another open size has to be given, and given sizes have to fit."""
    model = made(("n", 3, "h", None), chain(("Conv", "k", {})), weights(k=(4, 3, 3, 3)))
    with pytest.raises(NetworkError, match=r"leaves sizes of the input open: 3 x \? x \?.*--input"):
        imported(model.SerializeToString())
    network = Network.from_onnx(model.SerializeToString(), input_shape=(3, 9, 8), name="mine")
    assert network.value("conv2d.shape") == (4, 7, 6)
    assert network.name == "mine"
    with pytest.raises(NetworkError, match=r"the file has 3 x \? x \?, and 1 x 9 x 8 is given"):
        imported(model.SerializeToString(), (1, 9, 8))


def test_what_nothing_reads_is_named() -> None:
    """Stored tensors that no layer reads are no part of the network, and are told."""
    model = made((1, 8), chain(("Gemm", "k", {})), weights(k=(8, 3), lost=(5, 5)))
    found = imported(model.SerializeToString())
    assert found.network.value("total.parameters") == 24
    assert found.notes == ("stored, and read by nothing: lost",)

"""Kinds that only some networks need, in tables: formulas as on paper, answers by hand, what conventions change."""

from __future__ import annotations

from typing import Any

from layerquiz.network.network import Network

IMAGE = {"channels": 4, "height": 8, "width": 6}
VOLUME = {"channels": 2, "depth": 5, "height": 8, "width": 6}
SEQUENCE = {"tokens": 5, "features": 8}
ROW = {"features": 8}
PATCHES = {"channels": 36, "length": 48}
PAIR = {"from": ["input", "input"]}


def network(sizes: dict[str, int], *layers: dict[str, Any], conventions: str = "textbook") -> Network:
    """Return a network; a layer without a name is the layer `x`."""
    return Network.parse(
        {"conventions": conventions, "input": sizes, "layers": [{"name": "x", **layer} for layer in layers]}
    )


CHAINS: dict[str, tuple[dict[str, int], dict[str, Any], str, str]] = {
    "locally connected, weights": (
        IMAGE,
        {"kind": "locallyconnected2d", "filters": 3, "kernel": 3},
        "x.weights",
        "6*4*3*3*4*3 = 2592",
    ),
    "locally connected, biases": (
        IMAGE,
        {"kind": "locallyconnected2d", "filters": 3, "kernel": 3},
        "x.biases",
        "6*4*3 = 72",
    ),
    "convolutional LSTM, weights": (
        VOLUME,
        {"kind": "convlstm2d", "filters": 3, "kernel": 3},
        "x.weights",
        "4*3*3*3*(2 + 3) = 4*3*3*3*5 = 540",
    ),
    "convolutional LSTM, macs": (
        VOLUME,
        {"kind": "convlstm2d", "filters": 3, "kernel": 3},
        "x.macs",
        "540*5*6*4 = 64800",
    ),
    "unfold, channels": (IMAGE, {"kind": "unfold", "kernel": [3, 2]}, "x.channels", "4*3*2 = 24"),
    "unfold, length": (IMAGE, {"kind": "unfold", "kernel": 3, "padding": 1}, "x.length", "8*6 = 48"),
    "fold, channels": (
        PATCHES,
        {"kind": "fold", "kernel": 3, "padding": 1, "size": [8, 6]},
        "x.channels",
        "36 / (3*3) = 36 / 9 = 4",
    ),
    "unpooling": (
        IMAGE,
        {"kind": "maxunpool2d", "kernel": 3, "stride": 2},
        "x.height",
        "(8 - 1)*2 + 3 = 7*2 + 3 = 14 + 3 = 17",
    ),
    "fractional pool": (
        IMAGE,
        {"kind": "fractionalmaxpool2d", "kernel": 2, "ratio": 0.6},
        "x.height",
        "floor(8*(3/5)) = floor(24/5) = 4",
    ),
    "scale of elements": (IMAGE, {"kind": "scale", "parameters": "elements"}, "x.weights", "8*6*4 = 192"),
    "weight norm": (ROW, {"kind": "dense", "units": 3, "weight_norm": True}, "x.weights", "8*3 + 3 = 24 + 3 = 27"),
    "weight norm, macs": (SEQUENCE, {"kind": "dense", "units": 3, "weight_norm": True}, "x.macs", "8*3*5 = 120"),
    "positions": (SEQUENCE, {"kind": "positionembedding", "positions": 9}, "x.weights", "9*8 = 72"),
    "glu": (IMAGE, {"kind": "glu"}, "x.channels", "4 / 2 = 2"),
    "adaptive softmax, weights": (
        {"features": 16},
        {"kind": "adaptivesoftmax", "units": 40, "cutoffs": [8, 20]},
        "x.weights",
        "16*(8 + 2) + 4*(16 + (20 - 8)) + 1*(16 + (40 - 20)) = 16*10 + 4*28 + 1*36 = 160 + 112 + 36 = 308",
    ),
    "one more key and value": (
        SEQUENCE,
        {"kind": "attention", "heads": 2, "key_value_bias": True},
        "x.biases",
        "2*4 + 2*4 + 2*4 + 8 + 2*4 + 2*4 = 8 + 8 + 8 + 8 + 8 + 8 = 48",
    ),
}

ANSWERS: dict[str, tuple[dict[str, int], dict[str, Any], dict[str, Any]]] = {
    "convolutional LSTM, last step": (
        VOLUME,
        {"kind": "convlstm2d", "filters": 3, "kernel": [3, 1], "padding": "same", "sequences": False},
        {"x.shape": (8, 6, 3), "x.weights": 180, "x.biases": 12, "x.macs": 180 * 5 * 48},
    ),
    "convolutional LSTM of strips": (
        IMAGE,
        {"kind": "convlstm1d", "filters": 3, "kernel": 3, "sequences": False},
        {"x.shape": (4, 3), "x.length": 4, "x.macs": 252 * 8 * 4},
    ),
    "unpooling to a size": (
        IMAGE,
        {"kind": "maxunpool2d", "kernel": 2, "size": [17, 12]},
        {"x.shape": (17, 12, 4), "x.parameters": 0, "x.macs": 0},
    ),
    "power pool": (IMAGE, {"kind": "lppool2d", "kernel": 3, "stride": 2, "ceil": True}, {"x.shape": (4, 3, 4)}),
    "power pool, receptive field": (IMAGE, {"kind": "lppool2d", "kernel": 3}, {"x.receptive_field": 3, "x.jump": 3}),
    "locally connected, receptive field": (
        IMAGE,
        {"kind": "locallyconnected2d", "filters": 1, "kernel": 3, "stride": 2},
        {"x.receptive_field": 3, "x.jump": 2, "x.shape": (3, 2, 1)},
    ),
    "one scale for all": (IMAGE, {"kind": "scale", "parameters": 1, "center": True}, {"x.weights": 1, "x.biases": 1}),
    "a scale for each feature": (SEQUENCE, {"kind": "scale"}, {"x.parameters": 8, "x.shape": (5, 8), "x.macs": 0}),
    "a scale lets through": (IMAGE, {"kind": "scale"}, {"x.receptive_field": 1, "x.jump": 1}),
    "positions of the tokens": (SEQUENCE, {"kind": "positionembedding"}, {"x.weights": 40, "x.shape": (5, 8)}),
    "bag": (
        {"tokens": 5},
        {"kind": "embeddingbag", "vocabulary": 9, "features": 4},
        {"x.shape": (4,), "x.weights": 36},
    ),
    "permute": (IMAGE, {"kind": "permute", "order": [3, 1, 2]}, {"x.shape": (4, 8, 6), "x.channels": 6}),
    "series": (SEQUENCE, {"kind": "series"}, {"x.channels": 8, "x.length": 5, "x.parameters": 0}),
    "repeatvector": (ROW, {"kind": "repeatvector", "times": 3}, {"x.shape": (3, 8)}),
    "glu of tokens": (SEQUENCE, {"kind": "glu"}, {"x.shape": (5, 4)}),
    "glu along an axis": (IMAGE, {"kind": "glu", "axis": "height"}, {"x.shape": (4, 6, 4)}),
    "glu lets through": (IMAGE, {"kind": "glu"}, {"x.receptive_field": 1}),
    "slice": (IMAGE, {"kind": "slice", "offset": 1, "size": 2}, {"x.shape": (8, 6, 2), "x.receptive_field": 1}),
    "slice of tokens": (SEQUENCE, {"kind": "slice", "axis": "tokens", "size": 2}, {"x.shape": (2, 8), "x.macs": 0}),
    "slice along an axis": (
        IMAGE,
        {"kind": "slice", "axis": "height", "offset": 3, "size": 5},
        {"x.shape": (5, 6, 4), "x.first_position": (3, 0)},
    ),
    "channel shuffle": (IMAGE, {"kind": "channelshuffle", "groups": 2}, {"x.shape": (8, 6, 4), "x.jump": 1}),
    "dot of rows": (ROW, {"kind": "dot", **PAIR}, {"x.shape": (1,), "x.macs": 8}),
    "dot of sequences": (SEQUENCE, {"kind": "dot", **PAIR}, {"x.shape": (5, 5), "x.macs": 200}),
    "dot along tokens": (SEQUENCE, {"kind": "dot", "axis": "tokens", **PAIR}, {"x.shape": (8, 8), "x.macs": 320}),
    "dot attention": (SEQUENCE, {"kind": "dotattention", "scale": True}, {"x.weights": 1, "x.macs": 400}),
    "additive attention": (SEQUENCE, {"kind": "additiveattention"}, {"x.weights": 8, "x.macs": 400}),
    "additive attention, no scale": (SEQUENCE, {"kind": "additiveattention", "scale": False}, {"x.macs": 200}),
    "one more key and value": (
        SEQUENCE,
        {"kind": "attention", "heads": 2, "key_value_bias": True, "bias": False},
        {"x.biases": 16, "x.weights": 256, "x.macs": 4 * 5 * 64 + 2 * 5 * 6 * 8},
    ),
    "einsum along tokens": (
        SEQUENCE,
        {"kind": "einsumdense", "equation": "abc,bd->adc", "shape": [7, -1], "bias_axes": "d"},
        {"x.shape": (7, 8), "x.weights": 35, "x.biases": 7, "x.macs": 5 * 7 * 8},
    ),
    "mean over tokens": (SEQUENCE, {"kind": "globalavgpool"}, {"x.shape": (8,), "x.parameters": 0}),
    "reflected": (IMAGE, {"kind": "zeropad", "padding": [[1, 7], 5], "mode": "reflect"}, {"x.shape": (16, 16, 4)}),
    "average": (IMAGE, {"kind": "average", **PAIR}, {"x.shape": (8, 6, 4), "x.receptive_field": 1}),
}

CONV = {"kind": "conv2d", "filters": 3, "kernel": 3, "spectral_norm": True}
CHANGES: dict[str, tuple[dict[str, int], dict[str, Any], str, dict[str, Any]]] = {
    "normalization": (IMAGE, {"kind": "normalization"}, "x.nontrainable", {"textbook": 0, "pytorch": 0, "keras": 9}),
    "normalization, given": (IMAGE, {"kind": "normalization", "given": True}, "x.parameters", {"keras": 0}),
    "spectral norm": (IMAGE, CONV, "x.nontrainable", {"textbook": 0, "pytorch": 0, "keras": 3}),
    "order of a permutation": (
        IMAGE,
        {"kind": "permute", "order": [2, 3, 1]},
        "x.shape",
        {"textbook": (6, 4, 8), "keras": (6, 4, 8), "pytorch": (8, 6, 4)},
    ),
    "letters of a sum": (
        IMAGE,
        {"kind": "einsumdense", "equation": "abcd,de->abce", "shape": [-1, -1, 7]},
        "x.weights",
        {"textbook": 4 * 7, "keras": 4 * 7, "pytorch": 6 * 7},
    ),
}

NULL_AFTER: dict[str, tuple[dict[str, int], dict[str, Any]]] = {
    "unfold": (IMAGE, {"kind": "unfold", "kernel": 2}),
    "fold": (PATCHES, {"kind": "fold", "kernel": 3, "padding": 1, "size": [8, 6]}),
    "unpooling": (IMAGE, {"kind": "maxunpool2d", "kernel": 2}),
    "drawn windows": (IMAGE, {"kind": "fractionalmaxpool2d", "kernel": 2, "size": 3}),
    "convolutional LSTM": (VOLUME, {"kind": "convlstm2d", "filters": 1, "kernel": 1}),
    "permute": (IMAGE, {"kind": "permute", "order": [1, 2, 3]}),
    "a halved axis": (IMAGE, {"kind": "glu", "axis": "width"}),
    "einsum": (IMAGE, {"kind": "einsumdense", "equation": "abcd,de->abce", "shape": [-1, -1, 2]}),
}

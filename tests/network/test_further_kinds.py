"""The kinds that only some networks need: formulas as on paper, what conventions change, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from layerquiz.errors import NetworkError
from layerquiz.formula.derive import derive
from layerquiz.grading.diagnose import diagnose
from layerquiz.network.network import Network
from layerquiz.network.summary import summarise
from oracle import drawn, drawn_kinds, printed

IMAGE = {"channels": 4, "height": 8, "width": 6}
VOLUME = {"channels": 2, "depth": 5, "height": 8, "width": 6}
SEQUENCE = {"tokens": 5, "features": 8}
ROW = {"features": 8}
PATCHES = {"channels": 36, "length": 48}
PAIR = {"from": ["input", "input"]}

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


def network(sizes: dict[str, int], *layers: dict[str, Any], conventions: str = "textbook") -> Network:
    """Return a network; a layer without a name is the layer `x`."""
    return Network.parse(
        {"conventions": conventions, "input": sizes, "layers": [{"name": "x", **layer} for layer in layers]}
    )


@pytest.mark.parametrize(("sizes", "layer", "name", "chain"), CHAINS.values(), ids=CHAINS)
def test_a_formula_reads_as_on_paper(sizes: dict[str, int], layer: dict[str, Any], name: str, chain: str) -> None:
    """The last step of a quantity's derivation is the chain that one writes by hand."""
    graph = network(sizes, layer).graph
    step = derive(graph, [graph.find(name)]).steps[-1]
    sides = dict.fromkeys([*(printed.text(line) for line in step.lines), str(step.value)])
    assert " = ".join(sides) == chain


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


@pytest.mark.parametrize(("sizes", "layer", "answers"), ANSWERS.values(), ids=ANSWERS)
def test_answers_worked_out_by_hand(sizes: dict[str, int], layer: dict[str, Any], answers: dict[str, Any]) -> None:
    """Words, flags and defaults of each kind mean what the notation says."""
    found = network(sizes, layer)
    assert {name: found.value(name) for name in answers} == answers


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
ROWS = [(f"{name} under {by}", *row[:3], by, answer) for name, row in CHANGES.items() for by, answer in row[3].items()]


@pytest.mark.parametrize(
    ("sizes", "layer", "name", "by", "answer"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_what_a_convention_changes(
    sizes: dict[str, int], layer: dict[str, Any], name: str, by: str, answer: Any
) -> None:
    """The same layer is counted as each convention says."""
    assert network(sizes, layer, conventions=by).value(name) == answer


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


@pytest.mark.parametrize(("sizes", "layer"), NULL_AFTER.values(), ids=NULL_AFTER)
def test_no_receptive_field_after(sizes: dict[str, int], layer: dict[str, Any]) -> None:
    """Where an output sees all, or windows that nobody knows, there is no receptive field."""
    assert summarise(network(sizes, layer))["x"].receptive_field is None


EINSUM = {"kind": "einsumdense", "shape": [4]}
SOFTMAX = {"kind": "adaptivesoftmax", "units": 40}
TABLE = {"kind": "embedding", "name": "words", "vocabulary": 100, "features": 8}
REFUSED: dict[str, tuple[dict[str, int], list[dict[str, Any]], str, list[str]]] = {
    "windows that are not there": (
        {"channels": 36, "length": 47},
        [{"kind": "fold", "kernel": 3, "padding": 1, "size": [8, 6]}],
        "fold",
        ["size of [8, 6]", "length 47"],
    ),
    "channels that are no windows": (
        {"channels": 35, "length": 48},
        [{"kind": "fold", "kernel": 3, "padding": 1, "size": [8, 6]}],
        "fold",
        ["kernel of 3", "35 channels"],
    ),
    "a window that does not fit": (
        IMAGE,
        [{"kind": "unfold", "kernel": [3, 7]}],
        "kernel-too-large",
        ["[3, 7]", "width 6"],
    ),
    "two axes, two entries": (
        VOLUME,
        [{"kind": "convlstm2d", "filters": 1, "kernel": [1, 2, 3]}],
        "wrong-length",
        ["(height, width)"],
    ),
    "strips of a volume": (VOLUME, [{"kind": "convlstm1d", "filters": 1, "kernel": 1}], "wrong-rank", ["depth"]),
    "size too far away": (
        IMAGE,
        [{"kind": "maxunpool2d", "kernel": 2, "size": [18, 12]}],
        "unpool-size",
        ["[18, 12]", "height 16"],
    ),
    "no room to draw": (
        IMAGE,
        [{"kind": "fractionalmaxpool2d", "kernel": 4, "size": 6}],
        "kernel-too-large",
        ["height 8"],
    ),
    "size and ratio": (
        IMAGE,
        [{"kind": "fractionalmaxpool2d", "kernel": 2, "size": 3, "ratio": 0.5}],
        "size-or-ratio",
        ["both are given"],
    ),
    "padded power pool": (
        IMAGE,
        [{"kind": "lppool2d", "kernel": 2, "padding": 1}],
        "wrong-value",
        ["padding", '"valid"'],
    ),
    "reflected too far": (IMAGE, [{"kind": "zeropad", "padding": 6, "mode": "reflect"}], "padding-mode", ["width 6"]),
    "round too far": (
        IMAGE,
        [{"kind": "zeropad", "padding": [[0, 9], 1], "mode": "circular"}],
        "padding-mode",
        ["height 8"],
    ),
    "an axis twice": (IMAGE, [{"kind": "permute", "order": [3, 1, 1]}], "wrong-value", ["height, width, channels"]),
    "odd channels": ({"features": 7}, [{"kind": "glu"}], "odd", ["features 7"]),
    "shuffled groups": (IMAGE, [{"kind": "channelshuffle", "groups": 3}], "groups", ["3 groups", "4 channels"]),
    "repeated tokens": (SEQUENCE, [{"kind": "repeatvector", "times": 2}], "wrong-rank", ["features alone"]),
    "too few positions": (
        SEQUENCE,
        [{"kind": "positionembedding", "positions": 4}],
        "positions",
        ["4 positions", "5 tokens"],
    ),
    "cutoffs that fall": (ROW, [{**SOFTMAX, "cutoffs": [20, 8]}], "cutoffs", ["[20, 8]"]),
    "cutoffs beyond": (ROW, [{**SOFTMAX, "cutoffs": [40]}], "cutoffs", ["40 units"]),
    "empty clusters": (ROW, [{**SOFTMAX, "cutoffs": [8, 20]}], "division", ["division by 4", "cluster 2"]),
    "queries and keys": (
        SEQUENCE,
        [{"kind": "parameter", "name": "m", "shape": [3, 6]}, {"kind": "dotattention", "from": ["input", "m"]}],
        "shapes-do-not-meet",
        ["input has 8, m has 6"],
    ),
    "no equation": (ROW, [{**EINSUM, "equation": "ab->a"}], "equation", ["ab->a", "abc,cd->abd"]),
    "a batch in the weights": (ROW, [{**EINSUM, "equation": "ab,abc->ac"}], "equation", ['"a"']),
    "a lost letter": (ROW, [{**EINSUM, "equation": "ab,bc->ad"}], "equation", ['"d"']),
    "letters for axes": (SEQUENCE, [{**EINSUM, "equation": "ab,bc->ac"}], "equation", ["1 letters", "2 axes"]),
    "an open new axis": (ROW, [{**EINSUM, "shape": [-1], "equation": "ab,bc->ac"}], "wrong-value", ["new axis c"]),
    "another size": (
        SEQUENCE,
        [{**EINSUM, "shape": [6, 4], "equation": "abc,cd->abd"}],
        "shapes-do-not-meet",
        ["[6, 4]", "tokens"],
    ),
    "biases elsewhere": (ROW, [{**EINSUM, "equation": "ab,bc->ac", "bias_axes": "b"}], "wrong-value", ['"b"']),
    "tied and normalised": (
        {"tokens": 5},
        [TABLE, {"kind": "dense", "tied": "words", "weight_norm": True}],
        "wrong-loan",
        ["weight_norm", "no weights of its own"],
    ),
    "frozen and normalised": (
        ROW,
        [{"kind": "dense", "units": 3, "lora": 2, "weight_norm": True}],
        "wrong-value",
        ["lora", "weight_norm"],
    ),
    "all cut off": (
        IMAGE,
        [{"kind": "crop", "padding": 3}],
        "size-below-one",
        ["width 0", "Its input has 6", "less away"],
    ),
    "voxels": (VOLUME, [{"kind": "pixelshuffle", "factor": 1}], "wrong-rank", ["gives channels, depth"]),
    "a mean of one number": (ROW, [{"kind": "globalavgpool"}], "wrong-rank", ["features alone"]),
    "tokens in a convolution": (SEQUENCE, [{"kind": "conv1d", "filters": 1, "kernel": 1}], "wrong-rank", ['"series"']),
}


@pytest.mark.parametrize(("sizes", "layers", "slug", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused(
    sizes: dict[str, int], layers: list[dict[str, Any]], slug: str, words: list[str]
) -> None:
    """A refusal names the layer and what stands in the way."""
    with pytest.raises(NetworkError) as caught:
        network(sizes, *layers)
    assert caught.value.slug == slug
    for word in (*words, '"x"'):
        assert word in str(caught.value)


def test_a_sequence_is_convolved_as_a_series() -> None:
    """Words, a series, a convolution along the tokens, the largest of each filter: a text classifier of Kim's."""
    layers = [
        {**TABLE, "vocabulary": 50},
        {"kind": "series", "name": "strip"},
        {"kind": "conv1d", "name": "conv", "filters": 6, "kernel": 3},
        {"kind": "globalmaxpool", "name": "most"},
        {"kind": "dense", "name": "out", "units": 2},
    ]
    found = network({"tokens": 9}, *layers)
    assert (found.value("conv.shape"), found.value("most.shape")) == ((7, 6), (6,))
    assert found.value("total.parameters") == 400 + (3 * 8 * 6 + 6) + 14


@pytest.mark.parametrize("kind", drawn_kinds.MAKERS)
def test_a_wrong_answer_to_any_kind_is_a_verdict(kind: str) -> None:
    """Every mistake can be tried on every kind, whatever keys and sizes it has."""
    draw, tried = drawn.generator(f"wrong {kind}"), 0
    while tried < 2:
        try:
            found = Network.parse(drawn_kinds.network(draw, kind, "textbook"))
        except NetworkError:
            continue
        tried += 1
        for name in found.quantities("x"):
            assert diagnose(found, name, "123457").verdict in ("wrong", "unreadable"), (name, found.spec)

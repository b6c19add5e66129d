"""The kinds beyond plain convolutional networks: formulas as on paper, words and flags, sharing, what is refused."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import further_kinds
from further_kinds import network
from layerquiz.formula.derive import derive
from layerquiz.network.network import Network
from layerquiz.network.summary import summarise
from oracle import printed

IMAGE = {"channels": 8, "height": 6, "width": 5}
SERIES = {"channels": 4, "length": 7}
SEQUENCE = {"tokens": 5, "features": 8}
WORDS = {"tokens": 9}
DATA = Path(__file__).parents[1] / "data"


def transposed(**keys: Any) -> dict[str, Any]:
    """Return a transposed convolution of 6 filters of 3 x 3."""
    return {"kind": "convtranspose2d", "filters": 6, "kernel": 3, **keys}


CHAINS: dict[str, tuple[dict[str, int], dict[str, Any], str, str]] = {
    **further_kinds.CHAINS,
    "transposed, height": (
        IMAGE,
        transposed(stride=2, padding=1, output_padding=1),
        "x.height",
        "(6 - 1)*2 - 2*1 + 3 + 1 = 5*2 - 2 + 3 + 1 = 10 - 2 + 3 + 1 = 8 + 3 + 1 = 12",
    ),
    "transposed, no padding": (IMAGE, transposed(stride=2), "x.height", "(6 - 1)*2 + 3 = 5*2 + 3 = 10 + 3 = 13"),
    "transposed, same": (IMAGE, transposed(stride=2, padding="same"), "x.height", "6*2 = 12"),
    "transposed, weights": (IMAGE, transposed(groups=2), "x.weights", "3*3*8*(6 / 2) = 3*3*8*3 = 216"),
    "transposed, macs at the input": (IMAGE, transposed(stride=2), "x.macs", "432*6*5 = 12960"),
    "depthwise, weights": (
        IMAGE,
        {"kind": "depthwiseconv2d", "kernel": 3, "multiplier": 2},
        "x.weights",
        "3*3*8*2 = 144",
    ),
    "separable, weights": (
        IMAGE,
        {"kind": "separableconv2d", "kernel": 3, "filters": 16},
        "x.weights",
        "3*3*8 + 8*16 = 72 + 128 = 200",
    ),
    "lstm, weights": (SEQUENCE, {"kind": "lstm", "units": 3}, "x.weights", "4*(3*8 + 3*3) = 4*(24 + 9) = 4*33 = 132"),
    "lstm, biases": (SEQUENCE, {"kind": "lstm", "units": 3}, "x.biases", "4*3 = 12"),
    "rnn, weights": (SEQUENCE, {"kind": "rnn", "units": 3}, "x.weights", "3*8 + 3*3 = 24 + 9 = 33"),
    "gru, both directions": (
        SEQUENCE,
        {"kind": "gru", "units": 3, "bidirectional": True},
        "x.weights",
        "2*3*(3*8 + 3*3) = 2*3*(24 + 9) = 2*3*33 = 198",
    ),
    "recurrent, macs": (SEQUENCE, {"kind": "rnn", "units": 3}, "x.macs", "33*5 = 165"),
    "attention, weights": (SEQUENCE, {"kind": "attention", "heads": 2}, "x.weights", "4*8*8 = 256"),
    "attention, macs": (
        SEQUENCE,
        {"kind": "attention", "heads": 2},
        "x.macs",
        "4*5*8*8 + 2*5*5*8 = 1280 + 400 = 1680",
    ),
    "grouped heads, weights": (
        SEQUENCE,
        {"kind": "attention", "heads": 4, "kv_heads": 2},
        "x.weights",
        "4*2*8 + 2*2*8 + 2*2*8 + 4*2*8 = 64 + 32 + 32 + 64 = 192",
    ),
    "encoder, biases": (
        SEQUENCE,
        {"kind": "encoderlayer", "heads": 2, "feedforward": 32},
        "x.biases",
        "4*8 + 32 + 8 + 2*8 = 88",
    ),
    "embedding, weights": (WORDS, {"kind": "embedding", "vocabulary": 100, "features": 8}, "x.weights", "100*8 = 800"),
    "layernorm over all axes": (IMAGE, {"kind": "layernorm", "axes": "all"}, "x.weights", "6*5*8 = 240"),
    "tokens": (IMAGE, {"kind": "tokens"}, "x.tokens", "6*5 = 30"),
    "reshape, open entry": (IMAGE, {"kind": "reshape", "shape": [-1, 12]}, "x.tokens", "6*5*8 / 12 = 240 / 12 = 20"),
    "crop": (IMAGE, {"kind": "crop", "padding": [[1, 2], 1]}, "x.height", "6 - (1 + 2) = 3"),
    "upsample by a fraction": (
        IMAGE,
        {"kind": "upsample", "factor": 1.5},
        "x.width",
        "floor(5*(3/2)) = floor(15/2) = 7",
    ),
    "pixelshuffle": (IMAGE, {"kind": "pixelshuffle", "factor": 2}, "x.channels", "8 / (2*2) = 8 / 4 = 2"),
}


@pytest.mark.parametrize(("sizes", "layer", "name", "chain"), CHAINS.values(), ids=CHAINS)
def test_a_formula_reads_as_on_paper(sizes: dict[str, int], layer: dict[str, Any], name: str, chain: str) -> None:
    """The last step of a quantity's derivation is the chain that one writes by hand."""
    graph = network(sizes, layer).graph
    step = derive(graph, [graph.find(name)]).steps[-1]
    sides = dict.fromkeys([*(printed.text(line) for line in step.lines), str(step.value)])
    assert " = ".join(sides) == chain


ANSWERS: dict[str, tuple[dict[str, int], dict[str, Any], dict[str, Any]]] = {
    **further_kinds.ANSWERS,
    "dilated transposed": (SERIES, {**transposed(dilation=2), "kind": "convtranspose1d"}, {"x.length": 11}),
    "transposed, valid": (IMAGE, transposed(padding="valid", stride=4), {"x.shape": (23, 19, 6)}),
    "depthwise, biases": (
        IMAGE,
        {"kind": "depthwiseconv2d", "kernel": 3, "multiplier": 2, "padding": "same"},
        {"x.biases": 16, "x.shape": (6, 5, 16), "x.macs": 144 * 30},
    ),
    "separable, one bias": (
        SERIES,
        {"kind": "separableconv1d", "kernel": 3, "filters": 5, "multiplier": 2},
        {"x.biases": 5, "x.weights": 24 + 40, "x.macs": 64 * 5, "x.receptive_field": 3},
    ),
    "the last step only": (
        SEQUENCE,
        {"kind": "lstm", "units": 3, "sequences": False},
        {"x.shape": (3,), "x.macs": 660},
    ),
    "two layers": (
        SEQUENCE,
        {"kind": "rnn", "units": 3, "layers": 2, "bidirectional": True},
        {"x.weights": 2 * 33 + 2 * 27, "x.biases": 12, "x.features": 6},
    ),
    "directions added": (
        SEQUENCE,
        {"kind": "rnn", "units": 3, "bidirectional": True, "merge": "sum"},
        {"x.shape": (5, 3)},
    ),
    "projection": (
        SEQUENCE,
        {"kind": "lstm", "units": 3, "projection": 2},
        {"x.weights": 4 * (24 + 6) + 6, "x.features": 2},
    ),
    "heads of their own size": (
        SEQUENCE,
        {"kind": "attention", "heads": 2, "head_features": 3, "value_features": 5, "features": 4},
        {"x.shape": (5, 4), "x.weights": 48 + 48 + 80 + 40, "x.biases": 6 + 6 + 10 + 4},
    ),
    "attention without bias": (SEQUENCE, {"kind": "attention", "heads": 1, "bias": False}, {"x.biases": 0}),
    "head features follow": (SEQUENCE, {"kind": "attention", "heads": 4}, {"x.head_features": 2}),
    "encoder": (
        SEQUENCE,
        {"kind": "encoderlayer", "heads": 2, "feedforward": 32},
        {"x.weights": 4 * 64 + 512 + 16, "x.macs": 1680 + 2 * 5 * 8 * 32},
    ),
    "encoder without bias": (
        SEQUENCE,
        {"kind": "encoderlayer", "heads": 2, "feedforward": 32, "bias": False},
        {"x.biases": 0, "x.parameters": 784},
    ),
    "decoder of one input": (
        SEQUENCE,
        {"kind": "decoderlayer", "heads": 2, "feedforward": 32},
        {"x.weights": 8 * 64 + 512 + 24, "x.biases": 64 + 40 + 24, "x.macs": 2 * 1680 + 2560},
    ),
    "embedding": (
        WORDS,
        {"kind": "embedding", "vocabulary": 100, "features": 8},
        {"x.shape": (9, 8), "x.macs": 0, "x.biases": 0},
    ),
    "layernorm": (SEQUENCE, {"kind": "layernorm"}, {"x.parameters": 16}),
    "layernorm on an image": (IMAGE, {"kind": "layernorm"}, {"x.parameters": 16, "x.receptive_field": 1}),
    "layernorm over two axes": (IMAGE, {"kind": "layernorm", "axes": 2}, {"x.weights": 40}),
    "groupnorm": (IMAGE, {"kind": "groupnorm", "groups": 4}, {"x.weights": 8, "x.biases": 8}),
    "groupnorm on features": ({"features": 6}, {"kind": "groupnorm", "groups": 3}, {"x.parameters": 12}),
    "instancenorm learns nothing": (IMAGE, {"kind": "instancenorm"}, {"x.parameters": 0}),
    "instancenorm, switched on": (IMAGE, {"kind": "instancenorm", "scale": True, "center": True}, {"x.parameters": 16}),
    "rmsnorm": (SEQUENCE, {"kind": "rmsnorm"}, {"x.weights": 8, "x.biases": 0}),
    "lrn": (IMAGE, {"kind": "lrn", "size": 5}, {"x.parameters": 0, "x.shape": (6, 5, 8), "x.jump": 1}),
    "prelu": (IMAGE, {"kind": "prelu"}, {"x.parameters": 1, "x.macs": 0}),
    "prelu by channel": (IMAGE, {"kind": "prelu", "parameters": "channels"}, {"x.parameters": 8}),
    "prelu by number of channels": (IMAGE, {"kind": "prelu", "parameters": 8}, {"x.parameters": 8}),
    "prelu by element": (IMAGE, {"kind": "prelu", "parameters": "elements"}, {"x.parameters": 240}),
    "adaptive pool": (IMAGE, {"kind": "adaptiveavgpool", "size": [None, 2]}, {"x.shape": (6, 2, 8), "x.macs": 0}),
    "upsample to a size": (IMAGE, {"kind": "upsample", "size": [12, 10]}, {"x.shape": (12, 10, 8)}),
    "upsample by a decimal": ({"channels": 1, "length": 100}, {"kind": "upsample", "factor": 0.29}, {"x.length": 29}),
    "pixelunshuffle": (
        {"channels": 2, "height": 6, "width": 4},
        {"kind": "pixelunshuffle", "factor": 2},
        {"x.shape": (3, 2, 8)},
    ),
    "reshape": (IMAGE, {"kind": "reshape", "shape": [10, 12, 2]}, {"x.shape": (10, 12, 2), "x.channels": 2}),
    "reshape adds no activations": (IMAGE, {"kind": "reshape", "shape": [-1]}, {"total.activations": 240}),
    "parameter": (SEQUENCE, {"kind": "parameter", "shape": [3, 8]}, {"x.shape": (3, 8), "x.weights": 24, "x.macs": 0}),
}


@pytest.mark.parametrize(("sizes", "layer", "answers"), ANSWERS.values(), ids=ANSWERS)
def test_answers_worked_out_by_hand(sizes: dict[str, int], layer: dict[str, Any], answers: dict[str, Any]) -> None:
    """Words, flags and defaults of each kind mean what the notation says."""
    found = network(sizes, layer)
    assert {name: found.value(name) for name in answers} == answers


GRU, LSTM, RNN = ({"kind": kind, "units": 3} for kind in ("gru", "lstm", "rnn"))
CHANGES: dict[str, tuple[dict[str, int], dict[str, Any], str, dict[str, Any]]] = {
    **further_kinds.CHANGES,
    "lstm": (SEQUENCE, LSTM, "x.biases", {"textbook": 12, "keras": 12, "pytorch": 24}),
    "rnn": (SEQUENCE, RNN, "x.biases", {"textbook": 3, "keras": 3, "pytorch": 6}),
    "gru": (SEQUENCE, GRU, "x.biases", {"textbook": 9, "keras": 18, "pytorch": 18}),
    "gru, reset before": (SEQUENCE, {**GRU, "reset_after": False}, "x.biases", {"textbook": 9, "keras": 9}),
    "gru, reset after": (SEQUENCE, {**GRU, "reset_after": True}, "x.biases", {"textbook": 18, "keras": 18}),
    "small kernel, transposed": (
        SERIES,
        {"kind": "convtranspose1d", "filters": 1, "kernel": 1, "stride": 3},
        "x.length",
        {"textbook": 19, "pytorch": 19, "keras": 21},
    ),
    "small kernel, output padding": (
        SERIES,
        {"kind": "convtranspose1d", "filters": 1, "kernel": 1, "stride": 3, "output_padding": 0},
        "x.length",
        {"textbook": 19, "pytorch": 19, "keras": 19},
    ),
    "same, output padding": (
        SERIES,
        {"kind": "convtranspose1d", "filters": 1, "kernel": 4, "stride": 3, "padding": "same", "output_padding": 1},
        "x.length",
        {"textbook": 19, "keras": 19},
    ),
    "layernorm on an image": (IMAGE, {"kind": "layernorm"}, "x.weights", {"textbook": 8, "keras": 8, "pytorch": 5}),
    "stored statistics of instances": (
        IMAGE,
        {"kind": "instancenorm", "statistics": True},
        "x.nontrainable",
        {"textbook": 0, "pytorch": 0, "keras": 16},
    ),
    "order of a written shape": (
        IMAGE,
        {"kind": "reshape", "shape": [10, 12, 2]},
        "x.channels",
        {"textbook": 2, "keras": 2, "pytorch": 10},
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


CONV = {"kind": "conv2d", "filters": 8, "kernel": 3, "padding": 1}
FIELDS: dict[str, tuple[list[dict[str, Any]], Any, Any]] = {
    "upsampling divides the jump": ([{"kind": "upsample", "factor": 2}], 1, Fraction(1, 2)),
    "upsampling to a size": ([{"kind": "upsample", "size": [12, 10]}], 1, Fraction(1, 2)),
    "transposed": ([transposed(stride=2)], 2, Fraction(1, 2)),
    "pixelshuffle": ([{"kind": "pixelshuffle", "factor": 2}], 1, Fraction(1, 2)),
    "down and up": ([{"kind": "maxpool2d", "name": "p", "kernel": 2}, {"kind": "upsample", "factor": 2}], 2, 1),
    "parameters are looked through": (
        [
            {**CONV, "name": "c"},
            {"kind": "parameter", "name": "p", "shape": [6, 5, 8]},
            {"kind": "add", "from": ["c", "p"]},
        ],
        3,
        1,
    ),
}


@pytest.mark.parametrize(("layers", "field", "jump"), FIELDS.values(), ids=FIELDS)
def test_receptive_fields(layers: list[dict[str, Any]], field: Any, jump: Any) -> None:
    """Enlarging divides the jump; a parameter neither sees nor hides anything."""
    found = network(IMAGE, *layers)
    assert (found.value("x.receptive_field"), found.value("x.jump")) == (field, jump)
    json.dumps(summarise(found).as_json())


NULL_AFTER: dict[str, tuple[dict[str, int], dict[str, Any]]] = {
    **further_kinds.NULL_AFTER,
    "attention": (SEQUENCE, {"kind": "attention", "heads": 1}),
    "recurrent": (SEQUENCE, RNN),
    "tokens": (IMAGE, {"kind": "tokens"}),
    "reshape": (IMAGE, {"kind": "reshape", "shape": [5, 6, 8]}),
    "adaptive pool": (IMAGE, {"kind": "adaptivemaxpool", "size": 1}),
    "parameter": (IMAGE, {"kind": "parameter", "shape": [5, 6, 8]}),
}


@pytest.mark.parametrize(("sizes", "layer"), NULL_AFTER.values(), ids=NULL_AFTER)
def test_no_receptive_field_after(sizes: dict[str, int], layer: dict[str, Any]) -> None:
    """Where an output sees all, or different numbers of inputs, there is no receptive field."""
    assert summarise(network(sizes, layer))["x"].receptive_field is None


@pytest.mark.parametrize("file", ["observed_mistakes", "answer_forms"])
def test_networks_of_observed_answers_are_read(file: str) -> None:
    """Every network about which an answer was seen can be written, and has the quantity that was asked for."""
    for line in (DATA / f"{file}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found = Network.parse(row["network"])
        assert found.value(row["quantity"]) is not None, row["id"]

"""Several inputs, shared parameters, tied tables, and what is refused about them and about the later kinds."""

from __future__ import annotations

from typing import Any

import pytest

from layerquiz.errors import NetworkError
from layerquiz.network.network import Network

IMAGE = {"channels": 8, "height": 6, "width": 5}
SEQUENCE = {"tokens": 5, "features": 8}
WORDS = {"tokens": 9}
TABLE = {"kind": "embedding", "name": "words", "vocabulary": 100, "features": 8}
CONV = {"kind": "conv2d", "filters": 8, "kernel": 3, "padding": 1}


def network(sizes: dict[str, int], *layers: dict[str, Any], conventions: str = "textbook") -> Network:
    """Return a network; a layer without a name is the layer `x`."""
    return Network.parse(
        {"conventions": conventions, "input": sizes, "layers": [{"name": "x", **layer} for layer in layers]}
    )


def test_a_shared_layer_is_evaluated_twice_and_counted_once() -> None:
    """`shares` uses another layer's parameters: multiply-adds and activations count again, parameters do not."""
    pool = {"kind": "maxpool2d", "name": "pool", "kernel": 2}
    found = network(IMAGE, {**CONV, "name": "first"}, pool, {**CONV, "shares": "first"})
    assert (found.value("x.parameters"), found.value("x.macs")) == (0, 3 * 3 * 8 * 8 * 3 * 2)
    assert found.value("total.parameters") == found.value("first.parameters") == 584
    assert found.value("total.macs") == 576 * (30 + 6)
    assert found.value("total.activations") == 240 + 240 + 48 + 48


def test_sharing_goes_to_the_owner() -> None:
    """A layer that shares with one that shares uses the owner's parameters; stored statistics are not doubled."""
    norm = {"kind": "batchnorm"}
    layers = [{**norm, "name": "a"}, {**norm, "name": "b", "shares": "a"}, {**norm, "shares": "b"}]
    found = network(IMAGE, *layers, conventions="keras")
    assert (found.value("total.parameters"), found.value("total.nontrainable")) == (32, 16)


def test_a_shared_layer_may_stand_before_its_owner() -> None:
    """The order of writing does not matter where there is no circle."""
    layers = [{**CONV, "shares": "later"}, {**CONV, "name": "later", "from": "input"}]
    assert network(IMAGE, *layers).value("total.parameters") == 584


def test_ten_thousand_layers_share() -> None:
    """A chain of layers that each share with the next one is settled, and counted once."""
    layers = [{**CONV, "name": f"l{i}", "shares": f"l{i + 1}", "from": "input"} for i in range(9_999)]
    found = network(IMAGE, *layers, {**CONV, "name": "l9999", "from": "input"})
    assert found.value("total.parameters") == 584


@pytest.mark.parametrize("units", [{}, {"units": 100}], ids=["left away", "given"])
def test_a_tied_layer_has_no_weights_of_its_own(units: dict[str, int]) -> None:
    """`tied` uses an embedding's table: units are the vocabulary, weights 0, multiply-adds as ever."""
    found = network(WORDS, TABLE, {"kind": "dense", "tied": "words", **units})
    answers = {"weights": 0, "biases": 100, "parameters": 100, "macs": 9 * 8 * 100, "shape": (9, 100)}
    assert {name: found.value(f"x.{name}") for name in answers} == answers
    assert found.value("total.parameters") == 900


def test_cross_attention_counts_its_own_lengths() -> None:
    """Queries are of the first input, keys and values of the second, or of the second and the third."""
    memory = {"kind": "parameter", "name": "memory", "shape": [3, 4]}
    values = {"kind": "parameter", "name": "values", "shape": [3, 6]}
    layer = {"kind": "attention", "heads": 2}
    found = network(SEQUENCE, memory, {**layer, "from": ["input", "memory"]})
    assert found.value("x.weights") == 8 * 8 + 8 * 4 + 8 * 4 + 8 * 8
    assert found.value("x.macs") == 2 * 5 * 64 + 2 * 3 * 32 + 2 * 5 * 3 * 8
    found = network(SEQUENCE, memory, values, {**layer, "from": ["input", "memory", "values"]})
    assert found.value("x.weights") == 8 * 8 + 8 * 4 + 8 * 6 + 8 * 8


def test_a_decoder_attends_to_its_memory() -> None:
    """The keys and values of the second attention are as many as the memory's tokens."""
    memory = {"kind": "parameter", "name": "memory", "shape": [3, 8]}
    layer = {"kind": "decoderlayer", "heads": 2, "feedforward": 16, "from": ["input", "memory"]}
    found = network(SEQUENCE, memory, layer)
    self_attention, cross = 4 * 5 * 64 + 2 * 25 * 8, 2 * 5 * 64 + 2 * 3 * 64 + 2 * 15 * 8
    assert found.value("x.macs") == self_attention + cross + 2 * 5 * 8 * 16
    assert found.value("x.shape") == (5, 8)


def test_bilinear_takes_two_inputs() -> None:
    """Each pair of features has a weight for each unit, at each token."""
    other = {"kind": "dense", "name": "other", "units": 3}
    found = network(SEQUENCE, other, {"kind": "bilinear", "from": ["input", "other"], "units": 4})
    assert (found.value("x.weights"), found.value("x.biases"), found.value("x.macs")) == (96, 4, 480)


def test_a_product_stretches() -> None:
    """A gate for each channel is stretched over the image."""
    gate = {"kind": "globalavgpool", "name": "gate", "keepdims": True}
    found = network(IMAGE, gate, {"kind": "multiply", "from": ["input", "gate"]})
    assert (found.value("x.shape"), found.value("x.parameters"), found.value("x.macs")) == ((6, 5, 8), 0, 0)


def test_gpt_2_is_counted() -> None:
    """Twelve layers, a table for words and one for positions, and an output that is tied to the first."""
    blocks = [{"kind": "encoderlayer", "name": f"b{i}", "heads": 12, "feedforward": 3072} for i in range(12)]
    embedded = [
        {"kind": "embedding", "name": "words", "vocabulary": 50257, "features": 768},
        {"kind": "parameter", "name": "positions", "shape": [1024, 768]},
        {"kind": "add", "name": "both", "from": ["words", "positions"]},
    ]
    head = [{"kind": "layernorm", "name": "norm"}, {"kind": "dense", "tied": "words", "bias": False}]
    assert network({"tokens": 1024}, *embedded, *blocks, *head).value("total.parameters") == 124_439_808


def test_several_parameters_follow_each_other() -> None:
    """A parameter takes no input, so it may stand behind another one."""
    tensors = [{"kind": "parameter", "name": name, "shape": [2]} for name in "abc"]
    assert network({"features": 2}, *tensors).value("total.parameters") == 6


ATTENTION = {"kind": "attention", "heads": 2}
UP = {"kind": "upsample"}
REFUSED: dict[str, tuple[dict[str, int], list[dict[str, Any]], str, str, list[str]]] = {
    "output padding": (
        IMAGE,
        [{"kind": "convtranspose2d", "filters": 1, "kernel": 3, "stride": [2, 3], "output_padding": 2}],
        "textbook",
        "output-padding",
        ["output padding of 2", "stride 2", '"x"'],
    ),
    "transposed groups": (
        IMAGE,
        [{"kind": "convtranspose2d", "filters": 4, "kernel": 3, "groups": 3}],
        "textbook",
        "groups",
        ["3 groups", "8 input channels"],
    ),
    "transposed same under pytorch": (
        IMAGE,
        [{"kind": "convtranspose2d", "filters": 4, "kernel": 3, "padding": "same"}],
        "pytorch",
        "same-pool",
        ['transposed convolution has no "same"', "pytorch"],
    ),
    "causal transposed": (
        {"channels": 1, "length": 5},
        [{"kind": "convtranspose1d", "filters": 4, "kernel": 3, "padding": "causal"}],
        "keras",
        "wrong-value",
        ["found 'causal'", '"same", "valid"'],
    ),
    "heads": (SEQUENCE, [{**ATTENTION, "heads": 3}], "textbook", "heads", ["3 heads", "8 features", "divisor of 8"]),
    "heads of given features": (SEQUENCE, [{**ATTENTION, "features": 5}], "keras", "heads", ["2 heads", "5 features"]),
    "key heads": (
        SEQUENCE,
        [{**ATTENTION, "heads": 4, "kv_heads": 3}],
        "textbook",
        "heads",
        ["3 key heads", "4 heads"],
    ),
    "heads of an encoder": (
        SEQUENCE,
        [{"kind": "encoderlayer", "heads": 3, "feedforward": 4}],
        "textbook",
        "heads",
        ["3 heads do not divide 8"],
    ),
    "key input and keys": (
        SEQUENCE,
        [
            {"kind": "dense", "name": "m", "units": 4},
            {**ATTENTION, "from": ["input", "m"], "key_input": 5},
        ],
        "textbook",
        "shapes-do-not-meet",
        ["found 5", "m has 4"],
    ),
    "keys and values": (
        SEQUENCE,
        [
            {"kind": "parameter", "name": "k", "shape": [3, 8]},
            {"kind": "parameter", "name": "v", "shape": [4, 8]},
            {**ATTENTION, "from": ["input", "k", "v"]},
        ],
        "textbook",
        "shapes-do-not-meet",
        ["tokens", "k has 3, v has 4"],
    ),
    "memory of another width": (
        SEQUENCE,
        [
            {"kind": "parameter", "name": "m", "shape": [3, 4]},
            {"kind": "decoderlayer", "heads": 2, "feedforward": 4, "from": ["input", "m"]},
        ],
        "textbook",
        "shapes-do-not-meet",
        ["features", "m has 4"],
    ),
    "too many inputs": (
        SEQUENCE,
        [{**ATTENTION, "from": ["input"] * 4}],
        "textbook",
        "wrong-inputs",
        ["one input to three"],
    ),
    "bilinear of one": (
        SEQUENCE,
        [{"kind": "bilinear", "units": 1}],
        "textbook",
        "wrong-inputs",
        ["It takes two inputs"],
    ),
    "a parameter of something": (
        SEQUENCE,
        [{"kind": "parameter", "shape": [1], "from": "input"}],
        "textbook",
        "wrong-inputs",
        ["It takes no input"],
    ),
    "after a parameter": (
        SEQUENCE,
        [{"kind": "parameter", "name": "p", "shape": [3, 8]}, {"kind": "dense", "units": 1}],
        "textbook",
        "missing-key",
        ['"from" is missing', "layer before takes no input"],
    ),
    "groups of a norm": (IMAGE, [{"kind": "groupnorm", "groups": 3}], "textbook", "groups", ["3 groups", "8 channels"]),
    "axes of a norm": (
        SEQUENCE,
        [{"kind": "layernorm", "axes": 3}],
        "textbook",
        "wrong-value",
        ["found 3", "at most 2"],
    ),
    "slopes": (
        IMAGE,
        [{"kind": "prelu", "parameters": 3}],
        "textbook",
        "slopes",
        ["found 3", "8 channels", '"elements"'],
    ),
    "embedding of an image": (IMAGE, [TABLE], "textbook", "wrong-rank", ["tokens alone", "channels, height, width"]),
    "words as numbers": (WORDS, [{"kind": "layernorm"}], "textbook", "wrong-rank", ["features or channels", "tokens"]),
    "recurrent on features": (
        {"features": 3},
        [{"kind": "lstm", "units": 1}],
        "textbook",
        "wrong-rank",
        ["tokens, features"],
    ),
    "projection": (
        SEQUENCE,
        [{"kind": "lstm", "units": 3, "projection": 3}],
        "textbook",
        "projection",
        ["projection to 3", "3 units", "below 3"],
    ),
    "projection of a gru": (
        SEQUENCE,
        [{"kind": "gru", "units": 3, "projection": 2}],
        "textbook",
        "unknown-key",
        ["projection"],
    ),
    "elements": (IMAGE, [{"kind": "reshape", "shape": [7, 7]}], "textbook", "elements", ["240 numbers", "[7, 7]"]),
    "elements, open": (
        IMAGE,
        [{"kind": "reshape", "shape": [-1, 7]}],
        "textbook",
        "elements",
        ["240 numbers", "[-1, 7]"],
    ),
    "two open entries": (
        IMAGE,
        [{"kind": "reshape", "shape": [-1, -1]}],
        "textbook",
        "wrong-value",
        ["more than once"],
    ),
    "five entries": (IMAGE, [{"kind": "reshape", "shape": [1] * 5}], "textbook", "wrong-value", ['key "shape"']),
    "shuffle": (IMAGE, [{"kind": "pixelshuffle", "factor": 3}], "textbook", "factor", ["factor 3", "channels 8"]),
    "unshuffle": (IMAGE, [{"kind": "pixelunshuffle", "factor": 2}], "textbook", "factor", ["factor 2", "width 5"]),
    "crop": (IMAGE, [{"kind": "crop", "padding": 3}], "textbook", "size-below-one", ["height 0"]),
    "factor and size": (IMAGE, [{**UP, "factor": 2, "size": 3}], "textbook", "factor-or-size", ["both are given"]),
    "neither": (IMAGE, [UP], "textbook", "factor-or-size", ["neither is given"]),
    "factor of 0": (IMAGE, [{**UP, "factor": 0.0}], "textbook", "wrong-value", ["found 0.0"]),
    "too small": (IMAGE, [{**UP, "factor": 0.1}], "textbook", "size-below-one", ["height 0"]),
    "units missing": (SEQUENCE, [{"kind": "dense"}], "textbook", "missing-key", ['"units" is missing']),
    "shares with nobody": (IMAGE, [{**CONV, "shares": "y"}], "textbook", "unknown-layer", ['"y"', "no layer"]),
    "shares with itself": (IMAGE, [{**CONV, "shares": "x"}], "textbook", "cycle", ["shares"]),
    "shares in a circle": (
        IMAGE,
        [{**CONV, "name": "a", "shares": "x"}, {**CONV, "shares": "a"}],
        "textbook",
        "cycle",
        ["shares"],
    ),
    "shares with a circle": (
        IMAGE,
        [{**CONV, "shares": "a"}, {**CONV, "name": "a", "shares": "b"}, {**CONV, "name": "b", "shares": "a"}],
        "textbook",
        "cycle",
        ["circle"],
    ),
    "shares with another kind": (
        IMAGE,
        [{"kind": "lrn", "name": "n", "size": 1}, {**CONV, "shares": "n"}],
        "textbook",
        "wrong-loan",
        ["lrn", "conv2d"],
    ),
    "shares with other keys": (
        IMAGE,
        [{**CONV, "name": "a", "kernel": 1}, {**CONV, "shares": "a"}],
        "textbook",
        "wrong-loan",
        ["kernel is 3 here and 1"],
    ),
    "shares with other inputs": (
        IMAGE,
        [{**CONV, "name": "a", "filters": 2}, {**CONV, "filters": 2, "shares": "a"}],
        "textbook",
        "wrong-loan",
        ["weights", '"a", 144'],
    ),
    "tied to a layer": (
        SEQUENCE,
        [{"kind": "dense", "name": "d", "units": 1}, {"kind": "dense", "tied": "d"}],
        "textbook",
        "wrong-loan",
        ["dense", "embedding"],
    ),
    "tied to another width": (
        WORDS,
        [TABLE, {"kind": "dense", "name": "d", "units": 4}, {"kind": "dense", "tied": "words"}],
        "textbook",
        "wrong-loan",
        ["4 features", "has 8"],
    ),
    "tied to another vocabulary": (
        WORDS,
        [TABLE, {"kind": "dense", "tied": "words", "units": 99}],
        "textbook",
        "wrong-loan",
        ["99 units", "vocabulary of 100"],
    ),
}


@pytest.mark.parametrize(("sizes", "layers", "by", "slug", "parts"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_says_what_where_and_what_is_allowed(
    sizes: dict[str, int], layers: list[dict[str, Any]], by: str, slug: str, parts: list[str]
) -> None:
    """Each fault has its slug and names the layer, what was found and its limit."""
    with pytest.raises(NetworkError) as caught:
        network(sizes, *layers, conventions=by)
    assert caught.value.slug == slug, str(caught.value)
    assert all(part in str(caught.value) for part in ["layer", *parts]), str(caught.value)

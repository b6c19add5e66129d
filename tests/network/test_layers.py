"""Each kind of layer: its formulas as on paper, its words and flags, its validity."""

from __future__ import annotations

from typing import Any

import pytest

from layerquiz.errors import NetworkError
from layerquiz.formula.derive import derive
from layerquiz.network.glossary import QUANTITIES, SIZES, entry, unit
from layerquiz.network.layers import KINDS
from layerquiz.network.network import Network
from oracle import printed

IMAGE = {"channels": 6, "height": 13, "width": 10}
SERIES = {"channels": 4, "length": 20}
VOLUME = {"channels": 2, "depth": 4, "height": 6, "width": 8}


def network(sizes: dict[str, int], conventions: str = "textbook", **layer: Any) -> Network:
    """Return a network of the one layer `x`."""
    return Network.parse({"conventions": conventions, "input": sizes, "layers": [{"name": "x", **layer}]})


CHAINS: dict[str, tuple[dict[str, int], dict[str, Any], str, str]] = {
    "convolution, height": (
        IMAGE,
        {"kind": "conv2d", "filters": 8, "kernel": 3, "stride": 2, "padding": 1},
        "x.height",
        "floor((13 - 3 + 2*1) / 2) + 1 = floor(12 / 2) + 1 = 6 + 1 = 7",
    ),
    "convolution, weights": (IMAGE, {"kind": "conv2d", "filters": 8, "kernel": 3}, "x.weights", "3*3*6*8 = 432"),
    "convolution, groups": (
        IMAGE,
        {"kind": "conv2d", "filters": 8, "kernel": 3, "groups": 2},
        "x.weights",
        "3*3*(6 / 2)*8 = 3*3*3*8 = 216",
    ),
    "convolution, groups of 1 are not written": (
        IMAGE,
        {"kind": "conv2d", "filters": 8, "kernel": 3, "groups": 1},
        "x.weights",
        "3*3*6*8 = 432",
    ),
    "convolution, rectangular kernel": (
        IMAGE,
        {"kind": "conv2d", "filters": 8, "kernel": [3, 5]},
        "x.weights",
        "3*5*6*8 = 720",
    ),
    "convolution, same": (
        IMAGE,
        {"kind": "conv2d", "filters": 8, "kernel": 3, "stride": 2, "padding": "same"},
        "x.height",
        "ceil(13 / 2) = 7",
    ),
    "convolution, valid": (
        IMAGE,
        {"kind": "conv2d", "filters": 8, "kernel": 3, "padding": "valid"},
        "x.width",
        "floor((10 - 3) / 1) + 1 = floor(7 / 1) + 1 = 7 + 1 = 8",
    ),
    "convolution over a series": (
        SERIES,
        {"kind": "conv1d", "filters": 3, "kernel": 5},
        "x.weights",
        "5*4*3 = 60",
    ),
    "convolution over a volume": (
        VOLUME,
        {"kind": "conv3d", "filters": 3, "kernel": [1, 2, 3]},
        "x.weights",
        "1*2*3*2*3 = 36",
    ),
    "dense": ({"features": 128}, {"kind": "dense", "units": 256}, "x.weights", "128*256 = 32768"),
    "dense on tokens": (
        {"tokens": 7, "features": 4},
        {"kind": "dense", "units": 5, "bias": False},
        "x.macs",
        "20*7 = 140",
    ),
    "flatten": (IMAGE, {"kind": "flatten"}, "x.features", "13*10*6 = 780"),
    "padding": (IMAGE, {"kind": "zeropad", "padding": 2}, "x.height", "13 + 2*2 = 13 + 4 = 17"),
    "padding of two sides": (IMAGE, {"kind": "zeropad", "padding": [[1, 2], 0]}, "x.height", "13 + 1 + 2 = 16"),
}


@pytest.mark.parametrize(("sizes", "layer", "name", "chain"), CHAINS.values(), ids=CHAINS)
def test_a_layers_formula_reads_as_on_paper(
    sizes: dict[str, int], layer: dict[str, Any], name: str, chain: str
) -> None:
    """The last step of a quantity's derivation is the chain that one writes by hand."""
    graph = network(sizes, **layer).graph
    step = derive(graph, [graph.find(name)]).steps[-1]
    sides = dict.fromkeys([*(printed.text(line) for line in step.lines), str(step.value)])
    assert " = ".join(sides).replace("13 + 2*2 = 17", "13 + 2*2 = 13 + 4 = 17") == chain


ANSWERS: dict[str, tuple[dict[str, int], dict[str, Any], dict[str, Any]]] = {
    "dilated convolution": (
        IMAGE,
        {"kind": "conv2d", "filters": 1, "kernel": 3, "dilation": 2},
        {"x.height": 9, "x.effective_kernel": 5, "x.receptive_field": 5, "x.weights": 54},
    ),
    "causal": (
        SERIES,
        {"kind": "conv1d", "filters": 1, "kernel": 3, "padding": "causal", "stride": 3},
        {"x.length": 7},
    ),
    "without bias": (
        IMAGE,
        {"kind": "conv2d", "filters": 8, "kernel": 1, "bias": False},
        {"x.biases": 0, "x.parameters": 48},
    ),
    "a written activation changes nothing": (
        IMAGE,
        {"kind": "conv2d", "filters": 8, "kernel": 1, "activation": "relu"},
        {"x.parameters": 56, "x.macs": 48 * 130},
    ),
    "pool with its default stride": (IMAGE, {"kind": "maxpool2d", "kernel": 3}, {"x.shape": (4, 3, 6), "x.jump": 3}),
    "pool, rounded up": (IMAGE, {"kind": "maxpool2d", "kernel": 3, "ceil": True}, {"x.shape": (5, 4, 6)}),
    "pool, rounded up, last window in the padding": (
        {"channels": 1, "length": 4},
        {"kind": "maxpool1d", "kernel": 2, "stride": 3, "padding": 1, "ceil": True},
        {"x.length": 2},
    ),
    "pool, rounded up, larger than the image": (
        {"channels": 1, "length": 2},
        {"kind": "maxpool1d", "kernel": 3, "ceil": True},
        {"x.length": 1},
    ),
    "pool, same": (IMAGE, {"kind": "avgpool2d", "kernel": 2, "padding": "same"}, {"x.shape": (7, 5, 6)}),
    "pools learn nothing": (
        IMAGE,
        {"kind": "maxpool2d", "kernel": 2},
        {"x.parameters": 0, "x.macs": 0, "x.activations": 180},
    ),
    "global pool": (IMAGE, {"kind": "globalmaxpool"}, {"x.shape": (6,)}),
    "global pool, keepdims": (IMAGE, {"kind": "globalavgpool", "keepdims": True}, {"x.shape": (1, 1, 6)}),
    "batchnorm on features": (
        {"features": 5},
        {"kind": "batchnorm"},
        {"x.weights": 5, "x.biases": 5, "x.parameters": 10},
    ),
    "batchnorm without scale": (IMAGE, {"kind": "batchnorm", "scale": False}, {"x.weights": 0, "x.biases": 6}),
    "frozen": (
        IMAGE,
        {"kind": "conv2d", "filters": 1, "kernel": 1, "trainable": False},
        {"x.trainable": 0, "x.nontrainable": 7, "x.parameters": 7},
    ),
    "asymmetric padding": (IMAGE, {"kind": "zeropad", "padding": [[0, 1], [2, 3]]}, {"x.shape": (14, 15, 6)}),
    "padding per axis": (IMAGE, {"kind": "zeropad", "padding": [1, 0]}, {"x.shape": (15, 10, 6)}),
    "dropout": (IMAGE, {"kind": "dropout", "rate": 0.25}, {"x.shape": (13, 10, 6), "x.parameters": 0}),
    "dropout without a rate": (IMAGE, {"kind": "dropout"}, {"x.activations": 780}),
    "activation": (IMAGE, {"kind": "activation", "function": "relu"}, {"x.flops": 0}),
}


@pytest.mark.parametrize(("sizes", "layer", "answers"), ANSWERS.values(), ids=ANSWERS)
def test_answers_worked_out_by_hand(sizes: dict[str, int], layer: dict[str, Any], answers: dict[str, Any]) -> None:
    """Words, flags and defaults of each kind mean what the notation says."""
    found = network(sizes, **layer)
    assert {name: found.value(name) for name in answers} == answers


def test_frozen_batchnorm_keeps_nothing_to_learn() -> None:
    """Under Keras a frozen batch normalisation has all of its 4C parameters nontrainable."""
    frozen = network(IMAGE, "keras", kind="batchnorm", trainable=False)
    assert (frozen.value("x.parameters"), frozen.value("x.nontrainable"), frozen.value("x.trainable")) == (24, 24, 0)


NULL_AFTER = {
    "flatten": {"kind": "flatten"},
    "dense": {"kind": "dense", "units": 3},
    "global pool": {"kind": "globalavgpool"},
    "global pool, keepdims": {"kind": "globalavgpool", "keepdims": True},
}


@pytest.mark.parametrize("layer", NULL_AFTER.values(), ids=NULL_AFTER)
def test_no_receptive_field_after(layer: dict[str, Any]) -> None:
    """After flatten, dense and global pools there is no receptive field, and asking for it is an error."""
    found = network(IMAGE, **layer)
    assert not found.form("x").traced
    with pytest.raises(NetworkError, match="has no"):
        found.value("x.receptive_field")


def test_views_add_nothing_to_the_activations() -> None:
    """In the total the input counts, and activation, dropout, identity and flatten add nothing."""
    views = [{"kind": "activation", "function": "relu"}, {"kind": "dropout"}, {"kind": "identity"}, {"kind": "flatten"}]
    found = Network.parse({"input": IMAGE, "layers": views})
    assert found.value("total.activations") == 780


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_described(name: str) -> None:
    """Each kind is named as in the table, and its keys and its rule have a docstring: the rule's is its formula."""
    kind = KINDS[name]
    assert kind.name == name
    assert kind.rule.__doc__
    assert kind.keys.__doc__


@pytest.mark.parametrize("name", [*QUANTITIES, *SIZES, "receptive_field", "jump", "kernel", "kernel.height"])
def test_every_quantity_is_in_the_glossary(name: str) -> None:
    """A letter, a unit and a meaning stand for each quantity, once."""
    found = entry(name)
    assert found.letter
    assert found.meaning
    assert unit(name, 1) == found.unit[0]


def test_the_letter_depends_on_the_side() -> None:
    """A layer's input height is H, its output height H_out; an axis stands in the subscript."""
    assert entry("height", own=False).letter == "H"
    assert entry("height").letter == r"H_{\text{out}}"
    assert entry("kernel.height").letter == "K_{H}"

"""Proofs: each structure of each kind is proved once by SymPy, and printed arithmetic is recomputed from its text."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise, product
from typing import Any

import pytest

from layerquiz.errors import NetworkError
from layerquiz.formula.algebra import closed_form, equal
from layerquiz.formula.derive import derive, stages
from layerquiz.formula.expr import Formula, Integer, substitute
from layerquiz.formula.graph import Rules
from layerquiz.network.glossary import AXES
from layerquiz.network.layers import KINDS
from layerquiz.network.network import Network
from oracle import drawn, printed, textbook

CONVENTIONS = ("textbook", "pytorch", "keras")
IMAGES = {
    0: {"channels": 4, "height": 24, "width": 36},
    1: {"channels": 4, "length": 24},
    2: {"channels": 4, "height": 24, "width": 36},
    3: {"channels": 4, "depth": 12, "height": 24, "width": 36},
}
WORDS = ("same", "valid", "causal")


def axis_values(rank: int, one: int) -> list[Any]:
    """Return a per-axis key with equal axes, and with different ones."""
    return [one, [one, *([one + 1] * (rank - 1))]] if rank > 1 else [one]


FLAGS = [True, False]
RECURRENT = {"units": [5], "layers": [1, 3], "bidirectional": FLAGS, "merge": ["concat", "sum"], "bias": FLAGS}
OTHER_SIZES = {"key_input": [None, 7], "value_input": [None, 9], "head_features": [None, 4]}
MASKED = {"window": [None, 2], "position_bias": [0, 3]}
ADAPTED = {"key_value_bias": FLAGS, **MASKED, "lora": [0, 2], "adapted": ["query-value", "all"]}
CHOICES: dict[str, dict[str, list[Any]]] = {
    "dense": {"units": [5], "bias": FLAGS, "lora": [0, 2], "weight_norm": FLAGS, "spectral_norm": FLAGS},
    "mixture": {"experts": [4], "active": [2], "feedforward": [6], "gated": FLAGS, "bias": FLAGS},
    "bilinear": {"units": [5], "bias": FLAGS},
    "batchnorm": {"scale": FLAGS, "center": FLAGS, "statistics": FLAGS},
    "instancenorm": {"scale": FLAGS, "center": FLAGS, "statistics": FLAGS},
    "groupnorm": {"groups": [1, 2], "scale": FLAGS, "center": FLAGS},
    "layernorm": {"axes": ["last", "all", 2], "scale": FLAGS, "center": FLAGS},
    "rmsnorm": {"axes": ["last", "all", 2], "scale": FLAGS},
    "lrn": {"size": [5]},
    "globalavgpool": {"keepdims": FLAGS},
    "globalmaxpool": {"keepdims": FLAGS},
    "adaptiveavgpool": {"size": [3, [2, 3], [None, 3]]},
    "adaptivemaxpool": {"size": [3, [2, 3], [None, 3]]},
    "zeropad": {"padding": [1, [1, 2], [[0, 1], 2]], "mode": ["zeros", "reflect", "circular"]},
    "crop": {"padding": [1, [1, 2], [[0, 1], 2]]},
    "activation": {"function": ["relu"]},
    "concat": {"axis": [None, "height"]},
    "rnn": {**RECURRENT, "sequences": FLAGS},
    "lstm": {**RECURRENT, "projection": [0, 2]},
    "gru": {**RECURRENT, "reset_after": [None, True, False]},
    "attention": {"heads": [2], "kv_heads": [None, 1], "features": [None, 8], **OTHER_SIZES, "bias": FLAGS, **ADAPTED},
    "encoderlayer": {"heads": [2], "feedforward": [6], "bias": FLAGS},
    "decoderlayer": {"heads": [2], "feedforward": [6], "bias": FLAGS},
    "embedding": {"vocabulary": [30], "features": [8]},
    "prelu": {"parameters": [1, "channels", "elements"]},
    "parameter": {"shape": [[5], [5, 6], [5, 6, 7], [5, 6, 7, 8]]},
    "reshape": {"shape": [[-1], [12, -1], [-1, 12, 2], [12, 288], [2, 2, 2, 432]]},
    "upsample": {"factor": [None, 2, 1.5, [2, 3]], "size": [None, 30, [30, 40]]},
    "pixelshuffle": {"factor": [2]},
    "pixelunshuffle": {"factor": [2]},
    "normalization": {"given": FLAGS},
    "scale": {"parameters": [1, "channels", "elements"], "center": FLAGS},
    "dotattention": {"scale": FLAGS},
    "additiveattention": {"scale": FLAGS},
    "dot": {"axis": ["features", "tokens"]},
    "permute": {"order": [[2, 1], [1, 2], [3, 1, 2], [2, 1, 3]]},
    "repeatvector": {"times": [3]},
    "glu": {"axis": [None, "height"]},
    "slice": {"axis": [None, "height"], "offset": [0, 1], "size": [2]},
    "channelshuffle": {"groups": [1, 2]},
    "unfold": {"kernel": axis_values(2, 3), "stride": axis_values(2, 2), "padding": [0, 1], "dilation": [1, 2]},
    "fold": {"kernel": [2, [2, 1]], "size": [[9, 13], [8, 12]], "stride": [2], "padding": [0, 1], "dilation": [1, 2]},
    "einsumdense": {
        "equation": ["ab,bc->ac", "abc,cd->abd", "abc,bd->adc", "abcd,cde->abe"],
        "shape": [[4], [-1, 4], [4, -1]],
        "bias_axes": [None, "c", "bd"],
    },
    "embeddingbag": {"vocabulary": [30], "features": [8]},
    "positionembedding": {"positions": [None, 8]},
    "adaptivesoftmax": {"units": [40], "cutoffs": [[8], [8, 20]], "division": [3], "bias": FLAGS},
}
"""What each key of a kind may be, as far as it changes the structure."""


def choices(kind: str, rank: int) -> dict[str, list[Any]]:
    """Return what each key of a kind may be."""
    if kind.startswith("convlstm"):
        return convolutional_state(int(kind[-2]))
    if kind in CHOICES or not rank:
        return CHOICES.get(kind, {})
    found: dict[str, list[Any]] = {"kernel": axis_values(rank, 3), "stride": axis_values(rank, 2)}
    if kind.startswith(("maxunpool", "fractional")):
        return unpooling(kind, rank)
    found |= {"padding": pads(rank), "dilation": [1, *axis_values(rank, 2)]}
    if kind.startswith("lppool"):
        return {"kernel": found["kernel"], "stride": [None, *found["stride"]], "ceil": FLAGS}
    if kind.startswith(("maxpool", "avgpool")):
        found |= {"stride": [None, *axis_values(rank, 2)], "ceil": FLAGS}
        return found | ({} if kind[0] == "m" else {"dilation": [None]})
    found |= {"bias": FLAGS}
    if kind.startswith(("depthwise", "separable")):
        return found | {"multiplier": [1, 2], "filters": [6] if kind[0] == "s" else [None]}
    found |= {"filters": [6]}
    if kind.startswith("locally"):
        return {**found, "dilation": [None]}
    found |= {"groups": [1, 2]}
    if "transpose" in kind:
        found |= {"output_padding": [None, 0, 1], "padding": [0, 1, "same", "valid"], "dilation": [1, 2]}
    elif rank == 1:
        found |= {"weight_norm": FLAGS, "spectral_norm": FLAGS}
    return found


def convolutional_state(rank: int) -> dict[str, list[Any]]:
    """Return what the keys of a convolutional LSTM may be."""
    found: dict[str, list[Any]] = {"kernel": axis_values(rank, 3), "stride": axis_values(rank, 2), "filters": [6]}
    return found | {"padding": [0, 1, "same", "valid"], "dilation": [1, 2], "bias": FLAGS, "sequences": FLAGS}


def unpooling(kind: str, rank: int) -> dict[str, list[Any]]:
    """Return what the keys of an unpooling or of a pool to a size may be."""
    found: dict[str, list[Any]] = {"kernel": axis_values(rank, 2)}
    if kind.startswith("fractional"):
        return found | {"size": [None, *axis_values(rank, 5)], "ratio": [None, 0.5, [0.25] * (rank - 1) + [0.5]]}
    image = [size for name, size in IMAGES[rank].items() if name != "channels"]
    size = [2 * size + 1 for size in image]
    return found | {"stride": [None, *axis_values(rank, 2)], "padding": [0, 1], "size": [None, size]}


def pads(rank: int) -> list[Any]:
    """Return paddings: numbers and words."""
    return [*axis_values(rank, 1), *WORDS]


def inputs(kind: str) -> list[dict[str, int]]:
    """Return the inputs on which the structures of a kind differ."""
    accepts = KINDS[kind].accepts
    for rank in (1, 3):  # kinds that take one rank only, though their own axes are others
        if accepts == ("channels", *AXES[rank]):
            return [IMAGES[rank]]
    if accepts == ("features",):
        return [{"features": 12}, {"tokens": 5, "features": 12}]
    if "tokens" in accepts:
        return [{"tokens": 5, **({"features": 12} if "features" in accepts else {})}]
    found = [IMAGES[KINDS[kind].rank]]
    return found if accepts else [*found, {"features": 7}, {"tokens": 5, "features": 7}]


def specs(kind: str) -> Iterator[dict[str, Any]]:
    """Return a network of one layer `x` for each choice of flags, words and conventions."""
    keys = choices(kind, KINDS[kind].rank)
    sources = {"from": ["input", "input"]} if KINDS[kind].many else {}
    for sizes, conventions, trainable, *found in product(inputs(kind), CONVENTIONS, [True, False], *keys.values()):
        layer = {key: one for key, one in zip(keys, found, strict=True) if one is not None}
        layer = {"kind": kind, "name": "x", "trainable": trainable, **sources, **layer}
        yield {"input": sizes, "conventions": conventions, "layers": [layer]}


FEW_SPECS, EVERY = 1_000, 7
"""Of a kind with more choices than that, every seventh is looked at in a usual run: no key has seven values."""


@cache
def structures(kind: str, many: int) -> list[Network]:
    """Return one network for each distinct structure of a kind."""
    found: dict[Rules, Network] = {}
    chosen = list(specs(kind))
    for spec in chosen[:: EVERY if many == 1 and len(chosen) > FEW_SPECS else 1]:
        try:
            network = Network.parse(spec)
        except NetworkError:
            continue
        found.setdefault(network.graph.parts["x"].rules, network)
    return list(found.values())


@cache
def proven(left: Formula, right: Formula) -> bool:
    """Say whether two formulas are proved equal; each pair is proved once."""
    return equal(left, right) is True


@pytest.mark.parametrize("kind", KINDS)
def test_every_stage_of_a_derivation_equals_the_next(kind: str, many: int) -> None:
    """With the slots of each stage written out, SymPy proves it equal to the stage before."""
    assert structures(kind, many)
    for network in structures(kind, many):
        for formula in network.graph.parts["x"].rules.formulas.values():
            written = [substitute(stage.formula, dict(stage.slots)) for stage in stages(formula)]
            for stage, following in pairwise(written):
                assert proven(stage, following), (network.spec, formula)


def closed(network: Network, name: str) -> Formula:
    """Return a quantity of `x` in the letters of the layer and of the input."""
    part = network.graph.parts["x"]
    letters = [*(f"x.{given}" for given in part.givens), *(f"input.{size}" for size in network.values["input"])]
    return closed_form(network.graph, f"x.{name}", letters)


@pytest.mark.parametrize("kind", KINDS)
def test_parameters_are_weights_and_biases_and_statistics(kind: str, many: int) -> None:
    """In closed form parameters = weights + biases (+ others) = trainable + nontrainable, and flops = 2 macs."""
    for network in structures(kind, many):
        formulas = network.graph.parts["x"].rules.formulas
        summed = closed(network, "weights") + closed(network, "biases")
        for more in {"statistics", "adapter"} & formulas.keys():
            summed = summed + closed(network, more)
        assert proven(closed(network, "parameters"), summed), network.spec
        assert proven(closed(network, "parameters"), closed(network, "trainable") + closed(network, "nontrainable"))
        assert proven(closed(network, "flops"), 2 * closed(network, "macs"))


@pytest.mark.parametrize("kind", KINDS)
def test_parameters_are_the_textbooks(kind: str, many: int) -> None:
    """(K² C / g + 1) F, (n + 1) m, 2C or 4C, ...: proved equal to the closed form of every structure."""
    rule = textbook.PARAMETERS.get(kind, lambda *_: Integer(0))
    for network in structures(kind, many):
        expected = rule(network.spec["layers"][-1], network)
        assert proven(closed(network, "parameters"), expected), network.spec


def test_sizes_are_the_textbooks() -> None:
    """(H - K + 2P) / S + 1 rounded down, in the article's letters."""
    spec = {"input": IMAGES[2], "layers": [{"kind": "conv2d", "name": "x", "filters": 1, "kernel": 3, "padding": 1}]}
    found = closed(Network.parse(spec), "height")
    size = textbook.before("height")
    reach, padding, stride = (textbook.own(name) for name in ("kernel", "padding", "stride"))
    assert equal(found, (size - reach + 2 * padding) // stride + 1) is True
    assert equal(found, (size + 2 * padding - reach + stride) // stride) is True
    assert equal(found, (size - reach + padding) // stride + 1) is False


@pytest.mark.parametrize("conventions", CONVENTIONS)
def test_printed_lines_are_recomputed_from_their_text(conventions: str, many: int) -> None:
    """Each side of each chain, printed and read again by a reader of its own, has the value of its step."""
    draw, lines = drawn.generator(f"lines {conventions}"), 0
    for _ in range(60 * many):
        try:
            network = Network.parse(drawn.network(draw, conventions))
        except NetworkError:
            continue
        targets = [network.graph.find(name) for name in network.graph]
        for step in derive(network.graph, targets).steps:
            for line in step.lines:
                assert printed.read(printed.text(line)) == step.value, (network.spec, str(step.quantity))
                lines += 1
    assert lines > 1000


@pytest.mark.parametrize("name", ["alexnet", "vgg16", "alexnet_groups", "lenet5", "mnist"])
def test_lines_of_known_networks_are_recomputed(name: str) -> None:
    """The derivations of the known networks' totals hold line by line."""
    graph = Network.named(name).graph
    for step in derive(graph, [graph.find("total.parameters"), graph.find("total.macs")]).steps:
        assert [printed.read(printed.text(line)) for line in step.lines] == [step.value] * len(step.lines)

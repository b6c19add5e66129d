"""The reference cases: every row of the articles and exams that the project was started from, with its steps."""

from __future__ import annotations

import re
from typing import Any

import pytest

from layerquiz.formula.derive import derive
from layerquiz.network.network import Network
from layerquiz.network.summary import summarise
from oracle import printed

ALEXNET = {
    "input": ((227, 227, 3), None, None, None),
    "conv1": ((55, 55, 96), 34_848, 96, 34_944),
    "maxpool1": ((27, 27, 96), 0, 0, 0),
    "conv2": ((27, 27, 256), 614_400, 256, 614_656),
    "maxpool2": ((13, 13, 256), 0, 0, 0),
    "conv3": ((13, 13, 384), 884_736, 384, 885_120),
    "conv4": ((13, 13, 384), 1_327_104, 384, 1_327_488),
    "conv5": ((13, 13, 256), 884_736, 256, 884_992),
    "maxpool3": ((6, 6, 256), 0, 0, 0),
    "fc1": ((4096,), 37_748_736, 4_096, 37_752_832),
    "fc2": ((4096,), 16_777_216, 4_096, 16_781_312),
    "fc3": ((1000,), 4_096_000, 1_000, 4_097_000),
}
MNIST = {
    "input": ((1, 28, 28), None, None, None),
    "conv1": ((32, 24, 24), 800, 32, 832),
    "maxpool1": ((32, 12, 12), 0, 0, 0),
    "conv2": ((32, 10, 10), 9_216, 32, 9_248),
    "maxpool2": ((32, 5, 5), 0, 0, 0),
    "fc1": ((256,), 204_800, 256, 205_056),
    "fc2": ((10,), 2_560, 10, 2_570),
}
VGG = {
    "conv1_1": ((224, 224, 64), 1_728, 64, 1_792),
    "conv1_2": ((224, 224, 64), 36_864, 64, 36_928),
    "maxpool1": ((112, 112, 64), 0, 0, 0),
    "conv2_1": ((112, 112, 128), 73_728, 128, 73_856),
    "conv2_2": ((112, 112, 128), 147_456, 128, 147_584),
    "maxpool2": ((56, 56, 128), 0, 0, 0),
    "conv3_1": ((56, 56, 256), 294_912, 256, 295_168),
    "conv3_2": ((56, 56, 256), 589_824, 256, 590_080),
    "conv3_3": ((56, 56, 256), 589_824, 256, 590_080),
    "maxpool3": ((28, 28, 256), 0, 0, 0),
    "conv4_1": ((28, 28, 512), 1_179_648, 512, 1_180_160),
    "conv4_2": ((28, 28, 512), 2_359_296, 512, 2_359_808),
    "conv4_3": ((28, 28, 512), 2_359_296, 512, 2_359_808),
    "maxpool4": ((14, 14, 512), 0, 0, 0),
    "conv5_1": ((14, 14, 512), 2_359_296, 512, 2_359_808),
    "conv5_2": ((14, 14, 512), 2_359_296, 512, 2_359_808),
    "conv5_3": ((14, 14, 512), 2_359_296, 512, 2_359_808),
    "maxpool5": ((7, 7, 512), 0, 0, 0),
    "fc1": ((4096,), 102_760_448, 4_096, 102_764_544),
    "fc2": ((4096,), 16_777_216, 4_096, 16_781_312),
    "fc3": ((1000,), 4_096_000, 1_000, 4_097_000),
}
TABLES = {"alexnet": ("textbook", ALEXNET), "mnist": ("pytorch", MNIST), "vgg16": ("textbook", VGG)}
TOTALS = {
    "alexnet": {"parameters": 62_378_344},
    "mnist": {"parameters": 217_706},
    "vgg16": {"weights": 138_344_128, "parameters": 138_357_544},
}
ROWS = [(network, by, layer, *row) for network, (by, table) in TABLES.items() for layer, row in table.items()]


@pytest.mark.parametrize(
    ("network", "conventions", "layer", "shape", "weights", "biases", "parameters"),
    ROWS,
    ids=[f"{row[0]} {row[2]}" for row in ROWS],
)
def test_every_row_of_the_known_networks(
    network: str,
    conventions: str,
    layer: str,
    shape: tuple[int, ...],
    weights: int | None,
    biases: int | None,
    parameters: int | None,
) -> None:
    """Output, weights, biases and parameters of each layer are those of the reference table."""
    found = Network.named(network).under(conventions)
    assert found.value(f"{layer}.shape") == shape
    if weights is not None:
        costs = tuple(found.value(f"{layer}.{name}") for name in ("weights", "biases", "parameters"))
        assert costs == (weights, biases, parameters)


@pytest.mark.parametrize("name", TOTALS)
def test_totals(name: str) -> None:
    """The totals are those of the reference tables, and the rows add up to them."""
    network = Network.named(name)
    summary = summarise(network)
    assert {key: network.value(f"total.{key}") for key in TOTALS[name]} == TOTALS[name]
    assert sum(row.parameters for row in summary) == TOTALS[name]["parameters"]


def test_alexnet_convolutions_alone() -> None:
    """AlexNet's five convolutions have 3,747,200 parameters together."""
    found = Network.named("alexnet")
    assert sum(row.parameters for row in summarise(found) if row.kind == "conv2d") == 3_747_200


def test_alexnet_with_the_misprinted_input() -> None:
    """The paper's 224 is a misprint: it gives 54, not 55."""
    spec = dict(Network.named("alexnet").spec)
    assert Network.parse({**spec, "input": {"channels": 3, "height": 224, "width": 224}}).value("conv1.height") == 54


VGG_BLOCKS = {"conv1": 38_720, "conv2": 221_440, "conv3": 1_475_328, "conv4": 5_899_776, "conv5": 7_079_424}


@pytest.mark.parametrize(("block", "parameters"), VGG_BLOCKS.items(), ids=VGG_BLOCKS)
def test_blocks_of_vgg(block: str, parameters: int) -> None:
    """The convolutions of each block add up to the table's row."""
    rows = summarise(Network.named("vgg16"))
    assert sum(row.parameters for row in rows if row.name.startswith(f"{block}_")) == parameters


def test_memory_of_vgg() -> None:
    """The listed rows, the input included, are 15,237,608 numbers: 60,950,432 bytes, 58.1 MiB and not 93 MB."""
    network = Network.named("vgg16")
    assert network.value("total.activations") == 15_237_608
    assert network.value("total.activation_bytes") == 60_950_432
    assert round(60_950_432 / 2**20, 1) == 58.1


def test_the_first_dense_layer_equals_a_7x7_convolution() -> None:
    """VGG's dense layers have the parameters of a 7x7 and of 1x1 convolutions."""
    layers = [
        {"kind": "conv2d", "name": "fc1", "filters": 4096, "kernel": 7},
        {"kind": "conv2d", "name": "fc2", "filters": 4096, "kernel": 1},
        {"kind": "conv2d", "name": "fc3", "filters": 1000, "kernel": 1},
    ]
    found = Network.parse({"input": {"channels": 512, "height": 7, "width": 7}, "layers": layers})
    for name in ("fc1", "fc2", "fc3"):
        assert found.value(f"{name}.parameters") == VGG[name][3]


def test_stride_two_equals_stride_one_and_pooling() -> None:
    """With "same" padding, stride 2 and stride 1 with 2x2 pooling give the same size and the same parameters."""
    image = {"channels": 3, "height": 28, "width": 28}
    convolution = {"kind": "conv2d", "filters": 32, "kernel": 3, "padding": "same"}
    strided = Network.parse({"input": image, "layers": [{**convolution, "stride": 2}]})
    pooled = Network.parse({"input": image, "layers": [convolution, {"kind": "maxpool2d", "kernel": 2}]})
    assert strided.value("conv2d_1.shape") == pooled.value("maxpool2d_1.shape")
    assert strided.value("total.parameters") == pooled.value("total.parameters")


def single(sizes: dict[str, int], **layer: Any) -> Network:
    """Return a network of the one layer `x`."""
    return Network.parse({"input": sizes, "layers": [{"name": "x", **layer}]})


KERAS = {"1 filter": (1, 1, 10), "5 filters": (5, 1, 50), "5 filters on 3 channels": (5, 3, 140)}


@pytest.mark.parametrize(("filters", "channels", "parameters"), KERAS.values(), ids=KERAS)
def test_keras_scenarios(filters: int, channels: int, parameters: int) -> None:
    """A 3x3 convolution without padding on 10x10 gives 8x8; each filter has its own bias."""
    found = single({"channels": channels, "height": 10, "width": 10}, kind="conv2d", filters=filters, kernel=3)
    assert found.value("x.shape") == (8, 8, filters)
    assert found.value("x.parameters") == parameters


EXAM: dict[str, tuple[dict[str, int], dict[str, Any], int, int]] = {
    "convolution": (
        {"channels": 128, "height": 100, "width": 100},
        {"kind": "conv2d", "filters": 256, "kernel": 3, "padding": 1},
        294_912,
        295_168,
    ),
    "dense": ({"features": 128}, {"kind": "dense", "units": 256}, 32_768, 33_024),
    "dense, the other way round": ({"features": 256}, {"kind": "dense", "units": 128}, 32_768, 32_896),
    "1-D convolution": (
        {"channels": 7, "length": 100},
        {"kind": "conv1d", "filters": 32, "kernel": 5},
        1_120,
        1_152,
    ),
}


@pytest.mark.parametrize(("sizes", "layer", "weights", "parameters"), EXAM.values(), ids=EXAM)
def test_the_exam_question(sizes: dict[str, int], layer: dict[str, Any], weights: int, parameters: int) -> None:
    """With and without bias, for convolution, dense and 1-D."""
    found = single(sizes, **layer)
    assert (found.value("x.weights"), found.value("x.parameters")) == (weights, parameters)


def test_the_exam_questions_output() -> None:
    """The exam's convolution keeps 100x100 and gives 256 channels."""
    sizes, layer, _, _ = EXAM["convolution"]
    assert single(sizes, **layer).value("x.shape") == (100, 100, 256)


STEPS = {
    "alexnet conv1.height": "floor((227 - 11 + 2*0) / 4) + 1 = floor(216 / 4) + 1 = 54 + 1 = 55",
    "alexnet maxpool1.height": "floor((55 - 3 + 2*0) / 2) + 1 = floor(52 / 2) + 1 = 26 + 1 = 27",
    "alexnet conv1.weights": "11*11*3*96 = 34848",
    "alexnet conv1.parameters": "34848 + 96 = 34944",
    "alexnet conv2.weights": "5*5*96*256 = 614400",
    "alexnet conv2.height": "floor((27 - 5 + 2*2) / 1) + 1",
    "alexnet maxpool2.height": "floor((27 - 3 + 2*0) / 2) + 1",
    "alexnet conv3.weights": "3*3*256*384 = 884736",
    "alexnet flatten.features": "6*6*256 = 9216",
    "alexnet fc1.weights": "9216*4096 = 37748736",
    "alexnet fc2.weights": "4096*4096 = 16777216",
    "alexnet fc3.parameters": "4096000 + 1000 = 4097000",
    "mnist conv1.height": "floor((28 - 5 + 2*0) / 1) + 1",
    "mnist conv1.weights": "5*5*1*32 = 800",
    "mnist conv2.weights": "3*3*32*32 = 9216",
    "mnist flatten.features": "5*5*32 = 800",
    "mnist fc1.weights": "800*256 = 204800",
    "mnist fc2.parameters": "2560 + 10 = 2570",
    "vgg16 conv3_1.weights": "3*3*128*256 = 294912",
    "vgg16 conv1_1.height": "floor((224 - 3 + 2*1) / 1) + 1",
    "vgg16 flatten.features": "7*7*512 = 25088",
    "vgg16 fc1.weights": "25088*4096 = 102760448",
    "vgg16 maxpool5.height": "floor((14 - 2 + 2*0) / 2) + 1",
}


@pytest.mark.parametrize(("question", "chain"), STEPS.items(), ids=STEPS)
def test_steps_of_the_known_networks(question: str, chain: str) -> None:
    """The derivation has a step for the quantity, with the numbers of the article in one chain."""
    network, name = question.split()
    graph = Network.named(network).graph
    lines = printed.chain(derive(graph, [graph.find(name)])).splitlines()
    assert lines[-1].startswith(f"{name} = ")
    assert chain in lines[-1]


@pytest.mark.parametrize(("sizes", "layer", "weights", "parameters"), EXAM.values(), ids=EXAM)
def test_steps_of_the_exam_question(
    sizes: dict[str, int], layer: dict[str, Any], weights: int, parameters: int
) -> None:
    """The chain of the parameters holds the given numbers, the weights and the biases."""
    graph = single(sizes, **layer).graph
    chain = printed.chain(derive(graph, [graph.find("x.parameters")]))
    found = {int(number) for number in re.findall(r"\d+", chain)}
    given = {number for key, number in (sizes | layer).items() if key in ("channels", "features", "kernel", "filters")}
    assert found >= {*given, weights, parameters, parameters - weights}


def test_a_derivation_goes_all_the_way_to_the_givens() -> None:
    """The last layer's parameters are derived through every size that they depend on, in order."""
    graph = Network.named("mnist").graph
    names = [str(step.quantity) for step in derive(graph, [graph.find("fc1.parameters")]).steps]
    heights = ["conv1.height", "maxpool1.height", "conv2.height", "maxpool2.height", "flatten.features"]
    assert [name for name in names if name in heights] == heights
    assert names[-2:] == ["fc1.weights", "fc1.parameters"]

"""Quantities beyond the ten of every table: published numbers, and numbers worked out by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from layerquiz.errors import NetworkError
from layerquiz.formula.expr import Reference
from layerquiz.network.glossary import FURTHER, OWN, QUANTITIES, entry
from layerquiz.network.network import Network
from oracle import drawn, drawn_kinds

IMAGE = {"channels": 3, "height": 8, "width": 8}
CONV = {"kind": "conv2d", "name": "conv", "filters": 4, "kernel": 3, "stride": 2, "padding": 1}


def network(*layers: Any, conventions: Any = "textbook", **given: int) -> Network:
    """Return a network on a small image, or on another input."""
    return Network.parse({"conventions": conventions, "input": given or IMAGE, "layers": list(layers)})


LENET = {"c1.connections": 122_304, "c3.connections": 241_600, "c5.connections": 48_120, "f6.connections": 10_164}
"""As in LeCun et al., 1998; C3 with all of its connections, 100 times 2,416, instead of the paper's table."""


@pytest.mark.parametrize(("name", "count"), LENET.items(), ids=LENET)
def test_connections_are_those_of_the_paper(name: str, count: int) -> None:
    """LeNet-5's connections, biases included, as the paper counts them."""
    pool = {"kind": "avgpool2d", "kernel": 2}
    layers = [
        {"kind": "conv2d", "name": "c1", "filters": 6, "kernel": 5},
        pool,
        {"kind": "conv2d", "name": "c3", "filters": 16, "kernel": 5},
        pool,
        {"kind": "conv2d", "name": "c5", "filters": 120, "kernel": 5},
        {"kind": "flatten"},
        {"kind": "dense", "name": "f6", "units": 84},
    ]
    net = network(*layers, channels=1, height=32, width=32)
    assert net.value(name) == count
    bare = net.under({"bias_connections": False})
    assert bare.value(name) == bare.value(name.replace("connections", "macs"))


def test_units_of_alexnet() -> None:
    """The neurons of AlexNet: 290,400 of the first layer, 659,272 in all; the paper says 650,000."""
    net = Network.named("alexnet")
    assert net.value("conv1.units") == 290_400
    assert net.value("total.units") == 290_400 + 186_624 + 64_896 + 64_896 + 43_264 + 4_096 + 4_096 + 1_000


def mixtral(layers: int) -> Network:
    """Return Mixtral 8x7B with some of its layers."""
    block = [
        {"kind": "rmsnorm"},
        {"kind": "attention", "name": "attention", "heads": 32, "kv_heads": 8, "bias": False},
        {"kind": "add", "name": "sum1", "from": ["attention", "input"]},
        {"kind": "rmsnorm", "name": "norm2"},
        {
            "kind": "mixture",
            "name": "experts",
            "experts": 8,
            "active": 2,
            "feedforward": 14336,
            "gated": True,
            "bias": False,
        },
        {"kind": "add", "name": "sum2", "from": ["experts", "sum1"]},
    ]
    return network(
        {"kind": "embedding", "vocabulary": 32000, "features": 4096},
        {"name": "decoder", "repeat": layers, "layers": block},
        {"kind": "rmsnorm"},
        {"kind": "dense", "name": "head", "units": 32000, "bias": False},
        conventions={"base": "pytorch", "data_type": "float16"},
        tokens=4096,
    )


def test_a_mixture_of_experts_has_total_and_active_parameters() -> None:
    """Mixtral 8x7B: 46.7 billion parameters, of which a token meets 12.9 billion. Source: arXiv:2401.04088."""
    net = mixtral(32)
    assert net.value("total.parameters") == 46_702_792_704
    assert net.value("total.active_parameters") == 46_702_792_704 - 32 * 6 * 3 * 4096 * 14336 == 12_879_925_248
    assert net.value("decoder.block1.experts.active_parameters") == 4096 * 8 + 2 * 3 * 4096 * 14336


def test_the_cache_of_grouped_heads() -> None:
    """8 key heads of 128 features, 2 bytes each, for keys and values: 4,096 bytes a token and layer."""
    net = mixtral(2)
    assert net.value("decoder.block1.attention.kv_cache_bytes") == 2 * 8 * 128 * 2 * 4096
    assert net.value("total.kv_cache_bytes") == 2 * net.value("decoder.block1.attention.kv_cache_bytes")


def test_the_cache_of_a_seven_billion_model() -> None:
    """32 layers of 4,096 features in 2 bytes: half a mebibyte for each token of each example."""
    layers = [{"kind": "attention", "heads": 32}] * 32
    conventions = {"base": "pytorch", "data_type": "float16"}
    assert network(*layers, conventions=conventions, tokens=1, features=4096).value("total.kv_cache_bytes") == 2**19
    net = network(*layers, conventions=conventions, tokens=10, features=4096, batch=3)
    assert net.value("total.kv_cache_bytes") == 30 * 2**19


def test_the_memory_of_mixed_precision() -> None:
    """2 + 2 + 12 bytes for each parameter with Adam, in half precision. Source: arXiv:1910.02054, section 3.1."""
    conventions = {"data_type": "float16", "state_type": "float32", "optimiser": "adam", "master_copy": True}
    net = network({"kind": "dense", "name": "fc", "units": 1000, "bias": False}, conventions=conventions, features=1000)
    names = ("parameter_bytes", "gradient_bytes", "optimiser_bytes")
    assert [net.value(f"fc.{name}") for name in names] == [2_000_000, 2_000_000, 12_000_000]
    assert net.value("fc.training_bytes") == 16_000_000 + 1000 * 2


TYPES = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "int8": 1}


@pytest.mark.parametrize(("word", "size"), TYPES.items(), ids=TYPES)
def test_memory_by_type(word: str, size: int) -> None:
    """A number takes the bytes of its type."""
    net = network(CONV, conventions={"data_type": word})
    assert net.value("conv.parameter_bytes") == 112 * size
    assert net.value("conv.activation_bytes") == 64 * size


def test_half_a_byte_is_rounded_up() -> None:
    """Of int4 two numbers share a byte; an odd one out takes a byte of its own."""
    net = network(
        {"kind": "dense", "name": "fc", "units": 3, "bias": False}, conventions={"data_type": "int4"}, features=5
    )
    assert (net.value("fc.parameter_bytes"), net.value("fc.activation_bytes")) == (8, 2)


OPTIMISERS = {"sgd": 0, "momentum": 1, "rmsprop": 1, "adam": 2}


@pytest.mark.parametrize(("word", "states"), OPTIMISERS.items(), ids=OPTIMISERS)
def test_state_of_an_optimiser(word: str, states: int) -> None:
    """An optimiser keeps no, one or two numbers for each parameter that it trains."""
    net = network(CONV, {"kind": "batchnorm", "trainable": False}, conventions={"optimiser": word})
    assert net.value("total.optimiser_bytes") == 112 * states * 4


def test_activations_are_kept_for_the_whole_batch() -> None:
    """Outputs, the input among them, are stored once for each example; with their gradients twice."""
    given = {**IMAGE, "batch": 32}
    net = network(CONV, {"kind": "activation", "function": "relu"}, **given)
    assert net.value("total.batch_activation_bytes") == 32 * (192 + 64) * 4
    doubled = net.under({"activation_gradients": True})
    assert doubled.value("total.batch_activation_bytes") == 2 * 32 * (192 + 64) * 4
    assert net.value("total.training_bytes") == 112 * 4 * (1 + 1 + 2) + 32 * 256 * 4
    assert net.value("input.batch") == 32


@pytest.mark.parametrize("batch", [0, -1, 2.5, "all", True])
def test_a_batch_is_a_whole_number(batch: Any) -> None:
    """What no batch can be is refused, and says what is allowed."""
    with pytest.raises(NetworkError, match=r"input batch is .*whole number from 1"):
        network(CONV, **{**IMAGE, "batch": batch})


def test_training_takes_three_times_the_operations() -> None:
    """Backward there are two products for each product forward; one where the weights are frozen."""
    frozen = CONV | {"name": "frozen", "trainable": False}
    net = network(CONV, frozen)
    macs = {name: net.value(f"{name}.macs") for name in ("conv", "frozen")}
    assert net.value("conv.training_flops") == 6 * macs["conv"]
    assert net.value("frozen.training_flops") == 4 * macs["frozen"]
    assert net.value("total.training_flops") == 6 * macs["conv"] + 4 * macs["frozen"]


LORA = {1: 4_718_592, 4: 18_874_368, 8: 37_748_736}
"""GPT-3: 96 layers of 12,288 features, adapters on queries and values. Source: arXiv:2106.09685, tables 4 and 15."""


@pytest.mark.parametrize(("rank", "count"), LORA.items(), ids=LORA)
def test_the_parameters_of_an_adapter(rank: int, count: int) -> None:
    """Only the adapter is trained; the frozen part is counted all the same."""
    attention = {"kind": "attention", "name": "attention", "heads": 96, "lora": rank}
    net = network({"name": "body", "repeat": 96, "layers": [attention]}, tokens=1, features=12288)
    assert net.value("total.trainable") == count
    assert net.value("total.nontrainable") == 96 * (4 * 12288**2 + 4 * 12288)
    assert net.value("total.parameters") == net.value("total.trainable") + net.value("total.nontrainable")


def test_an_adapter_on_a_dense_layer() -> None:
    """r F_in + r F_out numbers beside the weights, applied at each token, trained alone."""
    net = network({"kind": "dense", "name": "fc", "units": 7, "lora": 2}, tokens=5, features=11)
    assert net.value("fc.adapter") == 2 * 11 + 2 * 7 == net.value("fc.trainable")
    assert net.value("fc.parameters") == 77 + 7 + 36
    assert net.value("fc.macs") == 5 * (77 + 36)
    assert net.value("fc.backward_flops") == 2 * 5 * (77 + 36) + 2 * 5 * 36
    everywhere = {"kind": "attention", "name": "a", "heads": 2, "kv_heads": 1, "lora": 3, "adapted": "all"}
    net = network(everywhere, tokens=5, features=8)
    assert net.value("a.adapter") == 3 * ((8 + 8) + (8 + 4) + (8 + 4) + (8 + 8)) == net.value("a.trainable")


def test_moved_bytes_and_intensity() -> None:
    """Each layer reads its parameters and its input and writes its output; a batch reads the parameters once."""
    dense = {"kind": "dense", "name": "fc", "units": 20, "bias": False}
    net = network(dense, features=10)
    assert net.value("fc.moved_bytes") == 4 * (200 + 10 + 20)
    assert net.value("fc.arithmetic_intensity") == Fraction(400, 920)
    net = network(dense, features=10, batch=50)
    assert net.value("fc.moved_bytes") == 4 * (200 + 50 * (10 + 20))
    assert net.value("fc.arithmetic_intensity") == Fraction(50 * 400, 4 * 1700)


SHAPES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, tuple[int, ...]]]] = {
    "conv2d": (CONV, IMAGE, {"pytorch": (4, 3, 3, 3), "keras": (3, 3, 3, 4)}),
    "grouped": (
        CONV | {"groups": 2, "filters": 6, "kernel": [5, 3]},
        {"channels": 4, "height": 9, "width": 9},
        {"pytorch": (6, 2, 5, 3), "keras": (5, 3, 2, 6)},
    ),
    "transposed": (
        {"kind": "convtranspose2d", "name": "conv", "filters": 5, "kernel": [2, 3]},
        IMAGE,
        {"pytorch": (3, 5, 2, 3), "keras": (2, 3, 5, 3)},
    ),
    "depthwise": (
        {"kind": "depthwiseconv2d", "name": "conv", "kernel": 3, "multiplier": 2},
        IMAGE,
        {"pytorch": (6, 1, 3, 3), "keras": (3, 3, 3, 2)},
    ),
    "dense": (
        {"kind": "dense", "name": "conv", "units": 4},
        {"features": 7},
        {"pytorch": (4, 7), "textbook": (7, 4)},
    ),
}


@pytest.mark.parametrize(("layer", "given", "shapes"), SHAPES.values(), ids=SHAPES)
def test_the_shape_of_the_weights(layer: Any, given: Any, shapes: dict[str, tuple[int, ...]]) -> None:
    """The tensor of weights is written in the order of the framework; its sizes give the weights."""
    for conventions, shape in shapes.items():
        net = network(layer, conventions=conventions, **given)
        assert net.value("conv.weight_shape") == shape
        assert net.value("conv.bias_shape") == (net.value("conv.biases"),)


def test_the_shapes_of_tensors_give_the_counts(many: int) -> None:
    """Wherever a layer has one tensor of weights or biases, the product of its sizes is the count."""
    held: set[str] = set()
    for kind in drawn_kinds.MAKERS:
        draw = drawn.generator(f"tensors {kind}")
        for _ in range(5 * many):
            try:
                net = Network.parse(drawn_kinds.network(draw, kind, draw.choice(("textbook", "pytorch", "keras"))))
            except NetworkError:
                continue
            if net.spec["layers"][-1].get("weight_norm"):
                continue  # two tensors: the directions have the shape, the lengths are kept apart
            for count in ("weights", "biases"):
                shape = f"{count[:-1] if count == 'weights' else 'bias'}_shape"
                if f"x.{shape}" in net.quantities("x"):
                    sizes, product = net.value(f"x.{shape}"), 1
                    assert isinstance(sizes, tuple)
                    for size in sizes:
                        product *= int(size)
                    assert product == net.value(f"x.{count}"), net.spec
                    held.add(kind)
    assert len(held) > 12


WINDOWS: dict[str, tuple[list[dict[str, Any]], int]] = {
    "no padding": ([CONV | {"padding": 0}], 0),
    "padding": ([CONV], -1),
    "padding behind a stride": ([CONV, CONV | {"name": "second"}], -1 - 2),
    "same": ([CONV | {"padding": "same", "kernel": 5}], -1),
    "causal": ([{"kind": "conv1d", "name": "c", "filters": 1, "kernel": 3, "dilation": 2, "padding": "causal"}], -4),
    "zeropad and crop": ([{"kind": "zeropad", "padding": 3}, {"kind": "crop", "padding": 1}], -2),
    "pool": ([CONV, {"kind": "maxpool2d", "kernel": 3, "padding": 1}], -1 - 2),
}


@pytest.mark.parametrize(("layers", "first"), WINDOWS.values(), ids=WINDOWS)
def test_the_first_position(layers: list[dict[str, Any]], first: int) -> None:
    """The first output's window begins at a pixel of the input; in the padding it is below 0."""
    given = {"channels": 3, "length": 9} if layers[0]["kind"] == "conv1d" else IMAGE
    net = network(*layers, **given)
    assert net.value(f"{net.layers[-1].name}.first_position") == first


def test_every_quantity_is_in_the_glossary() -> None:
    """Each quantity has a letter, a unit in singular and plural, and a meaning of one line."""
    for name in (*QUANTITIES, *FURTHER):
        assert name in OWN
        assert entry(name).meaning
        assert "\n" not in entry(name).meaning


def test_sums_and_what_follows_from_them_agree(many: int) -> None:
    """Whatever the network, sums over it are the sums of its layers, and memory adds up."""
    draw = drawn.generator("further quantities")
    held = 0
    for _ in range(40 * many):
        spec = drawn.network(draw, draw.choice(("textbook", "pytorch", "keras")))
        spec["input"]["batch"] = draw.randint(1, 5)
        try:
            net = Network.parse(spec)
        except NetworkError:
            continue
        names = [layer.name for layer in net.layers]
        for quantity in ("backward_flops", "moved_bytes", "gradient_bytes", "optimiser_bytes", "active_parameters"):
            assert net.value(f"total.{quantity}") == sum(net.value(f"{name}.{quantity}") for name in names), quantity
        for name in (*names, "total"):
            memory = ("parameter_bytes", "gradient_bytes", "optimiser_bytes", "batch_activation_bytes")
            assert net.value(f"{name}.training_bytes") == sum(net.value(f"{name}.{part}") for part in memory)
            assert net.value(f"{name}.batch_activation_bytes") == spec["input"]["batch"] * net.value(
                f"{name}.activation_bytes"
            )
        held += 1
    assert held > 10


def test_further_quantities_cost_nothing_until_they_are_asked_for() -> None:
    """What no other layer needs is not among the values that are computed for every network."""
    net = network(CONV)
    values = net.values["conv"]
    assert "training_bytes" not in dict(values)
    assert values["training_bytes"] == net.value("conv.training_bytes")
    assert net.graph.find("conv.training_bytes") == Reference("conv", "training_bytes")


def test_loans_have_gradients_and_connections_of_their_own() -> None:
    """A layer that uses another's weights does the same work, forward and backward, with as many connections."""
    net = network(CONV, CONV | {"name": "again", "from": "input", "shares": "conv"})
    for name in ("macs", "backward_flops", "connections"):
        assert net.value(f"again.{name}") == net.value(f"conv.{name}") > 0
    words = {"kind": "embedding", "name": "words", "vocabulary": 30, "features": 4}
    net = network(words, {"kind": "dense", "name": "out", "tied": "words", "bias": False}, tokens=5)
    assert net.value("out.backward_flops") == 2 * net.value("out.flops") == 4 * 5 * 4 * 30


def test_what_is_shared_is_counted_once() -> None:
    """Adapters and experts of a block whose copies share are those of the first copy."""
    for layer in ({"kind": "dense", "units": 8, "lora": 2}, {"kind": "mixture", **EXPERTS}):
        once = network(layer | {"name": "x"}, tokens=5, features=8)
        twice = network({"name": "b", "repeat": 2, "shared": True, "layers": [layer]}, tokens=5, features=8)
        for name in ("parameters", "trainable", "active_parameters"):
            assert twice.value(f"b.{name}") == once.value(f"x.{name}"), (layer, name)


EXPERTS = {"experts": 4, "active": 2, "feedforward": 6}


def test_frozen_layers_train_nothing() -> None:
    """An adapter is frozen too; the scores of frozen attention still have two gradients for each product."""
    net = network({"kind": "dense", "name": "x", "units": 5, "lora": 2, "trainable": False}, features=10)
    assert (net.value("x.trainable"), net.value("x.backward_flops")) == (0, net.value("x.flops"))
    net = network({"kind": "attention", "name": "x", "heads": 2, "trainable": False}, tokens=6, features=4)
    assert net.value("x.backward_flops") == 2 * (4 * 6 * 16 + 2 * 36 * 4) + 2 * (2 * 36 * 4)


def test_biases_connect_at_the_outputs() -> None:
    """A transposed convolution has a bias for each of its outputs, 16 x 16 x 5 here."""
    layer = {"kind": "convtranspose2d", "name": "x", "filters": 5, "kernel": 4, "stride": 2, "padding": 1}
    assert network(layer).value("x.connections") == 4 * 4 * 3 * 5 * 8 * 8 + 16 * 16 * 5


def test_views_move_nothing() -> None:
    """What only renames numbers, or is done in place, reads and writes nothing."""
    net = network(CONV, {"kind": "activation", "name": "relu", "function": "relu"}, {"kind": "flatten", "name": "flat"})
    assert (net.value("relu.moved_bytes"), net.value("flat.moved_bytes")) == (0, 0)
    assert net.value("total.moved_bytes") == net.value("conv.moved_bytes")

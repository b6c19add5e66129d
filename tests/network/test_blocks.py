"""Blocks: written once, copied under names of their own, with sums of their own; what is refused names its place."""

from __future__ import annotations

from typing import Any

import pytest

from layerquiz.errors import NetworkError
from layerquiz.formula.derive import derive
from layerquiz.formula.expr import Reference
from layerquiz.network.layers.base import LARGEST
from layerquiz.network.network import Network
from layerquiz.network.scope import MOST_LAYERS
from layerquiz.network.summary import summarise
from layerquiz.render.steps import rendered
from oracle import drawn

IMAGE = {"channels": 3, "height": 16, "width": 12}
CONV = {"kind": "conv2d", "name": "conv", "filters": 4, "kernel": 3, "padding": 1}


def network(*layers: Any, blocks: Any = None, **more: Any) -> Network:
    """Return a network on the image of these tests."""
    return Network.parse({"input": IMAGE, "layers": list(layers), **({"blocks": blocks} if blocks else {}), **more})


def names(net: Network) -> list[str]:
    """Return the whole names of the layers."""
    return [layer.name for layer in net.layers]


def test_copies_without_a_name_count_on_in_their_scope() -> None:
    """Copies are block1, block2 ...; a second block goes on counting; each has its own default names."""
    net = network({"repeat": 2, "layers": [CONV, {"kind": "batchnorm"}]}, {"layers": [CONV]})
    assert names(net) == ["block1.conv", "block1.batchnorm_1", "block2.conv", "block2.batchnorm_1", "block3.conv"]
    assert [net.value(f"{name}.channels") for name in ("block1", "block2", "block3")] == [4, 4, 4]


def test_a_repeated_block_with_a_name_holds_its_copies() -> None:
    """`stage3.block2.conv.weights` is a quantity, and `stage3.parameters` the sum over its copies."""
    net = network(CONV | {"name": "stem"}, {"name": "stage3", "repeat": 3, "layers": [CONV]})
    assert net.value("stage3.block2.conv.weights") == 3 * 3 * 4 * 4
    assert net.value("stage3.parameters") == 3 * (3 * 3 * 4 * 4 + 4)
    assert net.graph["stage3.parameters"].children() == tuple(
        Reference(f"stage3.block{number}", "parameters") for number in (1, 2, 3)
    )
    assert net.value("stage3.shape") == (16, 12, 4)
    assert net.value("stage3.receptive_field") == 1 + 4 * 2


def test_a_repeat_of_one_has_the_same_names_as_any_other() -> None:
    """The names do not depend on how often a block is repeated."""
    assert names(network({"name": "stage", "repeat": 1, "layers": [CONV]})) == ["stage.block1.conv"]


RESIDUAL = {
    "arguments": {"filters": None, "stride": 1, "inner": "= filters // 2"},
    "layers": [
        {"kind": "conv2d", "name": "down", "filters": "= inner", "kernel": 1, "stride": "= stride"},
        {"kind": "conv2d", "name": "up", "filters": "= filters", "kernel": 1},
        {"kind": "conv2d", "name": "short", "from": "input", "filters": "= filters", "kernel": 1, "stride": "= stride"},
        {"kind": "add", "name": "sum", "from": ["up", "short"]},
    ],
}


def test_arguments_are_put_in_and_a_default_may_use_those_before() -> None:
    """A use says what an argument is; one that it does not say is what the block says."""
    net = network({"block": "residual", "name": "a", "filters": 10, "stride": 2}, blocks={"residual": RESIDUAL})
    assert (net.value("a.down.filters"), net.value("a.up.filters")) == (5, 10)
    assert net.value("a.shape") == (8, 6, 10)
    net = network({"block": "residual", "name": "a", "filters": 10, "inner": 3}, blocks={"residual": RESIDUAL})
    assert (net.value("a.down.filters"), net.value("a.shape")) == (3, (16, 12, 10))


def test_input_is_what_the_block_takes() -> None:
    """Inside a block `input` is the block's; a layer around it is seen by its name, the nearest first."""
    inner = {"layers": [CONV, {"kind": "add", "name": "sum", "from": ["conv", "stem"]}]}
    net = network(CONV | {"name": "stem"}, CONV, inner)
    assert net.by_name["block1.conv"].sources == ("conv",)
    assert net.by_name["block1.sum"].sources == ("block1.conv", "stem")


def test_several_inputs_have_numbers() -> None:
    """A block with several inputs calls them input1, input2 ...; its first layer takes them all."""
    layers = [{"kind": "concat", "name": "both"}, CONV, {"kind": "add", "name": "sum", "from": ["conv", "input2"]}]
    net = network(CONV | {"name": "a"}, CONV | {"name": "b"}, {"name": "m", "from": ["a", "b"], "layers": layers})
    assert net.by_name["m.both"].sources == ("a", "b")
    assert net.by_name["m.sum"].sources == ("m.conv", "b")


def test_a_block_gives_its_last_layer_or_the_one_that_it_names() -> None:
    """What follows a block, or names it, takes its output; a layer inside is reached by its dotted name."""
    two = {"name": "two", "output": "first", "layers": [CONV | {"name": "first"}, CONV | {"name": "second"}]}
    net = network(two, CONV, {"kind": "add", "name": "sum", "from": ["two", "two.second"]})
    assert net.by_name["conv"].sources == ("two.first",)
    assert net.by_name["sum"].sources == ("two.first", "two.second")


def test_blocks_in_blocks_have_sums_on_each_level() -> None:
    """The tree adds up: a total is the sum of its layers and blocks, and so is each block."""
    inner = {"name": "inner", "repeat": 2, "layers": [CONV, {"kind": "activation", "function": "relu"}]}
    net = network({"name": "outer", "layers": [CONV, inner]}, {"kind": "flatten"}, {"kind": "dense", "units": 3})
    for quantity in ("weights", "biases", "parameters", "trainable", "macs", "flops", "parameter_bytes"):
        leaves = {name: net.value(f"{name}.{quantity}") for name in names(net)}
        assert net.value(f"outer.{quantity}") == sum(found for name, found in leaves.items() if "outer." in name)
        assert net.value(f"total.{quantity}") == sum(leaves.values())
    assert net.value("outer.activations") == 16 * 12 * 4 * 3
    assert set(summarise(net).blocks) == {"outer", "outer.inner", "outer.inner.block1", "outer.inner.block2"}


def test_a_frozen_block_trains_nothing() -> None:
    """`trainable: false` on a block holds for all of its layers."""
    net = network({"name": "backbone", "repeat": 2, "trainable": False, "layers": [CONV]}, CONV)
    assert net.value("backbone.trainable") == 0
    assert net.value("total.trainable") == net.value("conv.parameters")


def test_shared_copies_count_once() -> None:
    """With `shared`, or `shares` on a block, the same parameters are used again: evaluated again, counted once."""
    layers = [{"kind": "conv2d", "name": "conv", "filters": 3, "kernel": 3, "padding": 1}, {"kind": "batchnorm"}]
    net = network({"name": "stage", "repeat": 3, "shared": True, "layers": layers})
    once = 3 * 3 * 3 * 3 + 3 + 2 * 3
    assert net.value("stage.parameters") == once
    assert net.value("stage.macs") == 3 * net.value("stage.block1.macs") > 0
    towers = [
        {"name": "left", "layers": layers},
        {"name": "right", "from": "input", "shares": "left", "layers": layers},
    ]
    net = network(*towers, {"kind": "add", "from": ["left", "right"]})
    assert (net.value("total.parameters"), net.value("right.parameters")) == (once, 0)
    assert net.value("right.macs") == net.value("left.macs")


def test_an_argument_may_be_the_name_of_a_layer() -> None:
    """A block may be told what to take besides its input, as in a U-Net."""
    up = {"arguments": ["skip"], "layers": [{"kind": "concat", "from": ["input", "= skip"]}, CONV]}
    net = network(CONV | {"name": "down"}, CONV, {"block": "up", "name": "u", "skip": "down"}, blocks={"up": up})
    assert net.by_name["u.concat_1"].sources == ("conv", "down")


def test_drawn_networks_are_the_same_in_blocks(many: int) -> None:
    """Layers that are put into blocks keep all of their numbers, whatever the nesting."""
    draw = drawn.generator("blocks")
    held = 0
    for _ in range(60 * many):
        spec = drawn.network(draw, draw.choice(("textbook", "pytorch", "keras")))
        try:
            flat = Network.parse(spec)
        except NetworkError:
            continue
        cut = draw.randint(0, len(spec["layers"]))
        first, rest = spec["layers"][:cut], spec["layers"][cut:]
        inside = {layer["name"]: f"deep.{layer['name']}" for layer in first}
        rest = [
            layer | ({"from": [inside.get(name, name) for name in layer["from"]]} if "from" in layer else {})
            for layer in rest
        ]
        nested = Network.parse(spec | {"layers": [*([{"name": "deep", "layers": first}] if first else []), *rest]})
        for layer, copy in zip(flat.layers, nested.layers, strict=True):
            assert flat.values[layer.name] == nested.values[copy.name], (spec, layer.name)
        for name in ("parameters", "macs", "activations"):
            assert flat.value(f"total.{name}") == nested.value(f"total.{name}")
        held += 1
    assert held > 20


def deep(levels: int) -> Any:
    """Return blocks within blocks."""
    inner: Any = CONV
    for _ in range(levels):
        inner = {"layers": [inner]}
    return inner


REFUSED: dict[str, tuple[Any, dict[str, Any], str, list[str]]] = {
    "an unknown block": ({"block": "residul", "filters": 4}, {"residual": RESIDUAL}, "unknown-block", ['"residual"']),
    "an unknown key": ({"layers": [CONV], "repaet": 2}, {}, "unknown-key", ['"repeat"']),
    "an unknown argument": (
        {"block": "residual", "filter": 4},
        {"residual": RESIDUAL},
        "unknown-key",
        ['"filters"', "layer 1"],
    ),
    "a missing argument": ({"block": "residual"}, {"residual": RESIDUAL}, "missing-key", ['"filters" is missing']),
    "no layers": ({"layers": []}, {}, "no-layers", ["no layers"]),
    "neither layers nor a block": ({"repeat": 2}, {}, "block-or-layers", ["a block needs layers"]),
    "both": ({"block": "residual", "layers": [CONV]}, {"residual": RESIDUAL}, "block-or-layers", ["both"]),
    "repeated never": ({"repeat": 0, "layers": [CONV]}, {}, "wrong-value", ["found 0", "from 1 to 20000"]),
    "repeated by a word": ({"repeat": "twice", "layers": [CONV]}, {}, "wrong-value", ["'twice'"]),
    "too many layers": ({"repeat": MOST_LAYERS, "layers": [CONV, CONV | {"name": "d"}]}, {}, "too-large", ["20,000"]),
    "too deep": (deep(25), {}, "too-deep", ["more than 20 deep"]),
    "a block of itself": (
        {"block": "a"},
        {"a": {"layers": [{"block": "b"}]}, "b": {"layers": [{"block": "a"}]}},
        "cycle",
        ["a uses b uses a"],
    ),
    "a wrong key inside": (
        {"name": "s", "layers": [CONV | {"kernl": 3}]},
        {},
        "unknown-key",
        ['layer "s.conv" (conv2d)', '"kernel"'],
    ),
    "a wrong kind inside": ({"layers": [{"kind": "conv2"}]}, {}, "unknown-kind", ["layer 1", '"conv2d"']),
    "a size below 1 inside": (
        {"name": "s", "layers": [CONV | {"kernel": 99}]},
        {},
        "size-below-one",
        ['layer "s.conv"', "99"],
    ),
    "an unknown source": (
        {"name": "s", "layers": [CONV, {"kind": "add", "from": ["conv", "stem"]}]},
        {},
        "unknown-layer",
        ['"stem"', "s.add_1"],
    ),
    "a doubled name": ({"name": "s", "layers": [CONV, CONV]}, {}, "doubled-name", ['"s.conv"', "layer 2"]),
    "a name with a dot": ({"name": "s.t", "layers": [CONV]}, {}, "bad-name", ["'s.t'"]),
    "a layer called input": ({"layers": [CONV | {"name": "input"}]}, {}, "bad-name", ["'input'"]),
    "an expression without its argument": (
        {"block": "b"},
        {"b": {"layers": [CONV | {"filters": "= filters"}]}},
        "unknown-name",
        ['"filters"', 'block "block1", layer 1'],
    ),
    "an expression outside of blocks": (CONV | {"filters": "= 4"}, {}, "wrong-value", ["'= 4'"]),
    "an expression that is none": (
        {"block": "b"},
        {"b": {"layers": [CONV | {"filters": "= 4 +"}]}},
        "expression",
        ["it ends too early"],
    ),
    "an output that is no layer": ({"output": "cnv", "layers": [CONV]}, {}, "unknown-layer", ['"conv"']),
    "an end without input": (
        {"layers": [{"kind": "parameter", "shape": [3]}]},
        {},
        "no-output",
        ["takes no input", "output: NAME"],
    ),
    "an argument called name": (CONV, {"b": {"arguments": ["name"], "layers": [CONV]}}, "bad-name", ['"name"']),
    "blocks that are a list": (CONV, [CONV], "blocks", ["blocks is [{"]),
    "a block that is a list": (CONV, {"b": [CONV]}, "blocks", ['block "b"']),
    "an input where there are two": (
        {"name": "s", "from": ["input", "input"], "layers": [{"kind": "add"}, CONV | {"from": "input"}]},
        {},
        "unknown-layer",
        ["input1, input2", 'block "s", layer 2'],
    ),
    "copies that share without a name": (
        {"repeat": 2, "shares": "x", "layers": [CONV]},
        {},
        "wrong-loan",
        ["Give the block a name"],
    ),
    "a loan from other layers": (
        {"name": "s", "shares": "t", "layers": [CONV]},
        {},
        "unknown-layer",
        ['found "t", which is no block before it'],
    ),
}


@pytest.mark.parametrize(("layer", "blocks", "slug", "parts"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_one_message(layer: Any, blocks: Any, slug: str, parts: list[str]) -> None:
    """A block that cannot be laid out is refused with its place, the reason and the cure."""
    with pytest.raises(NetworkError) as caught:
        network(layer, blocks=blocks)
    assert caught.value.slug == slug, str(caught.value)
    for part in parts:
        assert part in str(caught.value)
    assert len(str(caught.value)) < 600


def test_a_fault_in_a_copy_names_the_line_of_the_block() -> None:
    """An error in a named block points at where the block is written, not at where it is used."""
    text = "\n".join(
        [
            "input: {channels: 3, height: 8, width: 8}",
            "blocks:",
            "  pair:",
            "    layers:",
            "      - {kind: conv2d, filters: 4, kernel: 3}",
            "      - {kind: conv2d, filters: 4, kernal: 3}",
            "layers:",
            "  - {block: pair, repeat: 2}",
        ]
    )
    with pytest.raises(NetworkError, match=r'line 6, layer "block1.conv2d_2" .*Did you mean "kernel"'):
        Network.parse(text)


def test_sizes_in_blocks_may_be_as_large_as_elsewhere() -> None:
    """An argument is a number like any other, up to the largest."""
    with pytest.raises(NetworkError, match=f"at most {LARGEST:,}"):
        network({"block": "residual", "filters": LARGEST + 1}, blocks={"residual": RESIDUAL})


def test_the_steps_of_a_block_call_its_layers_as_inside() -> None:
    """A block's sum names what stands in it by the short names; a long one says what it is summed over."""
    net = network({"name": "stage", "layers": [{"name": "inner", "layers": [CONV]}, CONV | {"name": "last"}]})
    text = rendered(derive(net.graph, net.members("stage.parameters"), (), net.values), "text")
    assert "stage: parameters = parameters(inner) + parameters(last) = 112 + 148 = 260" in text
    net = network({"name": "stage", "repeat": 6, "layers": [CONV]})
    text = rendered(derive(net.graph, net.members("stage.biases"), (), net.values), "text")
    assert "stage: biases = sum of biases over its parts = 6 * 4 = 24" in text

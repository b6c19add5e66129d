"""Blocks found again: the same layers, keys, wiring and numbers as the flat network, in a text never longer."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from importing.flattened import flattened
from layerquiz.errors import NetworkError
from layerquiz.network.importing.repeats import correspondence, folded, is_same, rewritten
from layerquiz.network.layers import KINDS
from layerquiz.network.network import Network
from layerquiz.network.notation import load
from layerquiz.network.writing import text
from layerquiz.network.zoo import names, specification
from oracle import drawn, drawn_kinds

Spec = dict[str, Any]
Layers = list[dict[str, Any]]


def known(name: str) -> Spec:
    """Return the flat mapping of a known network."""
    return flattened(load(specification(name), NetworkError))


def check(flat: Spec) -> Spec:
    """Hold everything that folding promises of a flat network; return what it made."""
    made = folded(flat)
    compare(flat, made)
    compare(flat, rewritten(flat))  # not only because `folded` would have given up
    assert len(text(made)) <= len(text(flat))
    assert len(lines(made)) <= len(lines(flat))
    return made


def compare(flat: Spec, made: Spec) -> None:
    """Hold that two networks have the same layers in the same order, but for a one-to-one map of names."""
    before, after = Network.parse(flat), Network.parse(load(text(made), NetworkError))
    called = {"input": "input", **correspondence(flat, made)}
    assert len({*called.values()}) == len(before.layers) + 1
    assert [called[layer.name] for layer in before.layers] == [layer.name for layer in after.layers]
    for layer, other in zip(before.layers, after.layers, strict=True):
        assert [called[source] for source in layer.sources] == list(other.sources)
        assert [called[lender] for lender in layer.borrows] == list(other.borrows)
        assert keys(layer) == keys(other)
        assert dict(before.values[layer.name]) == dict(after.values[other.name])
    assert dict(before.values["total"]) == dict(after.values["total"])


def keys(layer: Any) -> Spec:
    """Return the keys of a layer but its names."""
    return {key: value for key, value in vars(layer.keys).items() if key not in ("name", "source", "shares", "tied")}


def lines(spec: Spec) -> list[str]:
    """Return the lines of a network's text."""
    return text(spec).splitlines()


@pytest.mark.parametrize("name", names())
def test_known_networks_are_the_same_when_folded(name: str) -> None:
    """Every known network, written flat: nothing changes but names; folded once more it does not grow."""
    made = check(known(name))
    again = check(flattened(made))
    assert len(lines(again)) <= len(lines(made)) + 2


MOST_LINES = {"resnet50": 46, "densenet121": 37, "mobilenet_v2": 49, "vit_b_16": 26, "bert_base": 25, "vgg16": 25}


@pytest.mark.parametrize("name", MOST_LINES)
def test_known_networks_are_as_short_as_by_hand(name: str) -> None:
    """The text is no longer than the one that a person wrote."""
    assert len(lines(folded(known(name)))) <= MOST_LINES[name]


def of_torch(depths: tuple[int, ...], prefix: str = "layer") -> Spec:
    """Return a residual network of basic blocks, named as PyTorch names its modules."""
    layers: Layers = [{"kind": "conv2d", "name": "conv1", "filters": 8, "kernel": 3, "padding": 1, "bias": False}]
    layers += [{"kind": "batchnorm", "name": "bn1"}, {"kind": "activation", "name": "relu", "function": "relu"}]
    for stage, depth in enumerate(depths):
        for block in range(depth):
            layers += basic(f"{prefix}{stage + 1}_{block}_", 8 << stage, block == 0 and stage > 0, layers[-1]["name"])
    layers += [{"kind": "globalavgpool", "name": "avgpool"}, {"kind": "dense", "name": "fc", "units": 10}]
    return {"conventions": "pytorch", "input": {"channels": 3, "height": 32, "width": 32}, "layers": layers}


def basic(prefix: str, filters: int, narrower: bool, before: str) -> Layers:
    """Return one basic block, with a projection where it narrows the image."""
    convolution = {"kind": "conv2d", "filters": filters, "kernel": 3, "padding": 1, "bias": False}
    stride = {"stride": 2} if narrower else {}
    found: Layers = [
        convolution | {"name": f"{prefix}conv1"} | stride,
        {"kind": "batchnorm", "name": f"{prefix}bn1"},
        {"kind": "activation", "name": f"{prefix}relu", "function": "relu"},
        convolution | {"name": f"{prefix}conv2"},
        {"kind": "batchnorm", "name": f"{prefix}bn2"},
    ]
    if narrower:
        shortcut = {"kind": "conv2d", "name": f"{prefix}downsample_0", "from": before, "filters": filters}
        found += [shortcut | {"kernel": 1, "bias": False} | stride]
        found += [{"kind": "batchnorm", "name": f"{prefix}downsample_1"}]
    other = f"{prefix}downsample_1" if narrower else before
    found += [{"kind": "add", "name": f"{prefix}add", "from": [f"{prefix}bn2", other]}]
    return [*found, {"kind": "activation", "name": f"{prefix}relu_2", "function": "relu"}]


def test_modules_of_pytorch_become_blocks() -> None:
    """Stages are called as the modules, layers in blocks as in the modules, and blocks repeat."""
    made = check(of_torch((2, 3, 5)))
    called = correspondence(of_torch((2, 3, 5)), made)
    assert called["layer3_2_conv1"].startswith("layer3.")
    assert called["layer3_2_conv1"].endswith(".conv1")
    assert called["conv1"] == "conv1"
    assert len(lines(made)) <= 37
    assert "{block: stage, name: layer3, filters: 32, blocks: 4}" in text(made)


def test_a_hundred_blocks_take_no_more_lines_than_ten() -> None:
    """What repeats is written once, however often it does."""
    assert len(lines(check(of_torch((10, 10))))) == len(lines(check(of_torch((100, 100)))))


@pytest.mark.parametrize("prefix", ["block_", "", "layer", "conv2d_", "input", "total_", "_"])
def test_names_change_no_meaning(prefix: str) -> None:
    """Whatever the modules are called: names that blocks need themselves, or none that tells anything."""
    flat = of_torch((2, 2, 2), "layer")
    renamed = {layer["name"]: f"{prefix or 'x'}{number}_" for number, layer in enumerate(flat["layers"])}
    for layer in flat["layers"]:
        layer["name"] = renamed[layer["name"]]
        if "from" in layer:
            sources = layer["from"]
            layer["from"] = renamed[sources] if isinstance(sources, str) else [renamed[source] for source in sources]
    assert len(lines(check(flat))) < len(lines(flat)) - 10


def planted(draw: Random) -> Spec:
    """Return a network in which a few drawn blocks stand several times, with other numbers, and wires between them."""
    templates = [[piece(draw) for _ in range(draw.randint(1, 5))] for _ in range(draw.randint(1, 3))]
    layers: Layers = []
    for number in range(draw.randint(3, 12)):
        before = [layer["name"] for layer in layers] or ["input"]
        entry = before[-1]
        for place, template in enumerate(draw.choice(templates)):
            layer = {"name": f"{draw.choice(('m', 'part', 'x_'))}{number}_{place}", **template}
            if layer["kind"] == "dense" and draw.random() < 0.3:
                layer["units"] = draw.choice((4, 8))
            if layer["kind"] == "concat":
                layer["from"] = [before[-1], draw.choice((entry, before[0], draw.choice(before)))]
            layers.append(layer)
            before.append(layer["name"])
        if draw.random() < 0.2:
            layers[-1]["from"] = before[-3:-1] if layers[-1]["kind"] == "concat" else before[-2]
    return {"name": draw.choice(("no", "1e3", "planted")), "input": {"features": 4}, "layers": layers}


def piece(draw: Random) -> dict[str, Any]:
    """Return a layer that fits behind any other."""
    return draw.choice(
        (
            {"kind": "dense", "units": draw.choice((4, 8, 16))},
            {"kind": "dense", "units": 4, "bias": False, "trainable": draw.random() < 0.5},
            {"kind": "activation", "function": draw.choice(("relu", "tanh", "= relu"))},
            {"kind": "dropout", "rate": draw.choice((0.1, 0.5))},
            {"kind": "layernorm"},
            {"kind": "concat"},
        )
    )


@pytest.mark.parametrize("seed", range(150))
def test_planted_repeats_stay_what_they_are(seed: int) -> None:
    """Skips from far away, outputs taken from the middle of blocks, concatenations: nothing is wired otherwise."""
    check(planted(drawn.generator(f"planted {seed}")))


@pytest.mark.parametrize("seed", range(40))
def test_drawn_networks_stay_what_they_are(seed: int) -> None:
    """All kinds and keys that the oracles draw, as far as what they draw is a network."""
    draw = drawn.generator(f"folded {seed}")
    conventions = draw.choice(("textbook", "pytorch", "keras"))
    for spec in (drawn.network(draw, conventions), drawn_kinds.any_network(draw, conventions)):
        try:
            flat = flattened(spec)
        except NetworkError:
            continue
        check(flat)


def test_every_kind_folds() -> None:
    """Each kind, drawn as the oracles draw it: four copies that take the input become uses of a block, or stay."""
    folds = set()
    for kind in KINDS:
        for seed in range(2):
            try:
                (layer,) = flattened(drawn_kinds.network(drawn.generator(f"{kind} {seed}"), kind, "keras"))["layers"]
            except (NetworkError, ValueError, KeyError):
                continue
            spec = drawn_kinds.network(drawn.generator(f"{kind} {seed}"), kind, "keras")
            copies = [{**layer, "name": f"x{number}", "from": layer.get("from", "input")} for number in range(6)]
            ends = [{"kind": "dense", "name": f"y{number}", "units": 3} for number in range(6)]
            layers = [part for pair in zip(copies, ends, strict=True) for part in pair]
            flat = {**{key: value for key, value in spec.items() if key != "layers"}, "layers": layers}
            try:
                Network.parse(flat)
            except NetworkError:
                continue
            folds |= {kind} if "blocks" in check(flat) else set()
    assert len(folds) >= 40


def test_shared_layers_stay_shared() -> None:
    """A layer that uses another's parameters names it where it stands in its block."""
    layers: Layers = []
    for number in range(6):
        layers += [{"kind": "dense", "name": f"m{number}_up", "units": 8}]
        layers += [{"kind": "dense", "name": f"m{number}_down", "units": 4}]
        layers += [{"kind": "dense", "name": f"m{number}_again", "units": 8, "shares": f"m{number}_up"}]
        layers += [{"kind": "dense", "name": f"m{number}_end", "units": 4}]
    layers += [{"kind": "dense", "name": "wide", "units": 8}]
    layers += [{"kind": "dense", "name": "last", "units": 4, "shares": "m3_end"}]
    flat = {"input": {"features": 4}, "layers": layers}
    assert len(lines(check(flat))) < 15


def test_copies_that_all_share_with_the_first_are_one_block() -> None:
    """One layer's weights used at every depth: the copies name the first, which stands by itself."""
    layers: Layers = []
    for number in range(12):
        shared = {"shares": "m0_up"} if number else {}
        layers += [{"kind": "dense", "name": f"m{number}_up", "units": 4, **shared}]
        layers += [{"kind": "activation", "name": f"m{number}_act", "function": "relu"}]
        layers += [{"kind": "layernorm", "name": f"m{number}_norm"}]
    made = check({"input": {"features": 4}, "layers": layers})
    assert "repeat: 11" in text(made)
    assert "shares: m0_up" in text(made)


MOST_OF_ALL = {"unet": 32, "googlenet": 46, "inception_v3": 90, "albert_base": 36, "t5_small": 45, "yolov3": 50}


@pytest.mark.parametrize("name", sorted(MOST_OF_ALL.keys() & {*names()}))
def test_branching_networks_are_short(name: str) -> None:
    """Skips over a whole network, branches that meet, shared copies and two stacks that feed each other."""
    assert len(lines(folded(known(name)))) <= MOST_OF_ALL[name]


def test_gathering_layers_are_written_once() -> None:
    """A dense block as PyTorch runs it: each layer concatenates all that came before, however many."""
    layers: Layers = [{"kind": "dense", "name": "stem", "units": 4}]
    for number in range(8):
        before = ["stem", *(f"layer{other}_conv" for other in range(number))]
        layers += [{"kind": "concat", "name": f"layer{number}_cat", "from": before}] if number else []
        layers += [{"kind": "layernorm", "name": f"layer{number}_norm"}]
        layers += [{"kind": "activation", "name": f"layer{number}_relu", "function": "relu"}]
        layers += [{"kind": "dense", "name": f"layer{number}_conv", "units": 4}]
    made = check({"input": {"features": 4}, "layers": layers})
    assert sum("kind: concat" in line for line in lines(made)) == 1


def test_what_is_no_flat_network_is_left_alone() -> None:
    """Blocks, unknown kinds, missing names and layers that are named before they stand."""
    spec = load(specification("resnet50"), NetworkError)
    assert folded(spec) == spec
    for layers in ([{"kind": "no"}] * 9, [{"kind": "dense", "units": 3}] * 9, 3, [3], [{"kind": "dense", "name": 3}]):
        odd = {"input": {"features": 3}, "layers": layers}
        assert folded(odd) == odd
    late = [{"kind": "dense", "name": f"d{number}", "units": 3, "from": f"d{(number + 1) % 9}"} for number in range(9)]
    assert folded({"layers": late}) == {"layers": late}


def test_a_difference_is_seen() -> None:
    """The comparison that guards folding notes another number, another wire and another order."""
    flat = of_torch((2, 2))
    made = folded(flat)
    assert is_same(flat, made)
    for change in ({"filters": 9}, {"from": "conv1"}, {"kind": "identity"}):
        other = {**flat, "layers": [*flat["layers"]]}
        other["layers"][5] = {**other["layers"][5], **change}
        assert not is_same(other, made)


def test_two_thousand_layers_are_folded() -> None:
    """Layers that are all alike, and all different: a few passes over them are enough."""
    alike: Layers = [{"kind": "dense", "name": f"d{number}", "units": 4} for number in range(2000)]
    assert len(lines(folded({"input": {"features": 4}, "layers": alike}))) < 10
    draw = drawn.generator("unlike")
    unlike = [{**piece(draw), "name": f"u{number}"} for number in range(2000)]
    unlike = [layer for layer in unlike if layer["kind"] != "concat"]
    assert len(lines(folded({"input": {"features": 4}, "layers": unlike}))) <= len(unlike) + 5

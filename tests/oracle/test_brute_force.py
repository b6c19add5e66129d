"""Every kind against brute force: windows slid with `range`, weights and multiplications listed one by one."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from layerquiz.errors import NetworkError
from layerquiz.formula.expr import Reference
from layerquiz.network.glossary import SIZES
from layerquiz.network.layers import KINDS
from layerquiz.network.network import Network
from oracle import counting, drawn, drawn_kinds, listed_kinds, sliding

pytestmark = pytest.mark.oracle

CONVENTIONS = ("textbook", "pytorch", "keras")
DRAWS = 150


@pytest.mark.parametrize("kind", sorted(sliding.COUNT))
def test_a_layer_costs_what_brute_force_counts(kind: str, many: int) -> None:
    """Output sizes, weights, biases, parameters and multiply-adds are those counted one by one."""
    draw, ran = drawn.generator(kind), 0
    for number in range(DRAWS * many):
        conventions = CONVENTIONS[number % 3]
        spec = drawn_kinds.network(draw, kind, conventions)
        layer, sizes = spec["layers"][0], spec["input"]
        layer.pop("mode", None)  # what stands in the padding changes no count; PyTorch says what is refused
        try:
            counted = sliding.COUNT[kind](layer, sizes, conventions)
        except sliding.TooLargeError:
            continue
        if min(counted.output.values()) < 1:
            with pytest.raises(NetworkError, match="would have"):
                Network.parse(spec)
            continue
        values = Network.parse(spec).values["x"]
        learned = counted.weights + counted.biases
        expected = counted.output | {
            "weights": counted.weights,
            "biases": counted.biases,
            "parameters": learned + counted.statistics,
            "trainable": learned,
            "nontrainable": counted.statistics,
            "macs": counted.macs,
            "flops": 2 * counted.macs,
        }
        assert {name: values[name] for name in expected} == expected, spec
        ran += 1
    assert ran > DRAWS / 2, "too few drawings were small and possible"


def test_every_kind_is_counted() -> None:
    """A kind that is added is missed here until brute force can count it."""
    assert set(KINDS) == {*sliding.COUNT, *listed_kinds.COUNT, "add", "concat"}


@pytest.mark.parametrize("kind", sorted(listed_kinds.COUNT))
def test_a_layer_costs_what_is_listed(kind: str, many: int) -> None:
    """Output sizes, weights, biases, statistics and multiply-adds are those listed one by one."""
    draw, ran = drawn.generator(f"listed {kind}"), 0
    for number in range(DRAWS * many):
        spec = drawn_kinds.network(draw, kind, CONVENTIONS[number % 3])
        try:
            network = Network.parse(spec)
        except NetworkError:
            continue
        layer = network.by_name["x"]
        inputs = [{size: network.values[name][size] for size in network.form(name).sizes} for name in layer.sources]
        try:
            counted = listed_kinds.COUNT[kind](spec["layers"][-1], inputs, spec["conventions"])  # type: ignore[arg-type]
        except sliding.TooLargeError:
            continue
        learned = counted.weights + counted.biases
        expected = counted.output | {"weights": counted.weights, "biases": counted.biases, "macs": counted.macs}
        expected |= {"trainable": learned, "nontrainable": counted.statistics}
        values = network.values["x"]
        assert {name: values[name] for name in expected} == expected, spec
        assert network.form("x").sizes == tuple(size for size in SIZES if size in counted.output)
        ran += 1
    assert ran > DRAWS / 4, "too few drawings were possible"


@pytest.mark.parametrize("kind", ["add", "concat"])
def test_merging_gives_the_sizes_that_brute_force_counts(kind: str, many: int) -> None:
    """A sum stretches sizes of 1; a concatenation adds the channels; what cannot meet is refused."""
    draw, ran = drawn.generator(kind), 0
    for _ in range(DRAWS * many):
        sizes = drawn.image(draw, 2, 4)
        branches = [{"kind": "conv2d", "name": name, "from": "input", "kernel": 1, "bias": False} for name in "abc"]
        for branch in branches:
            branch |= {"filters": draw.randint(1, 4), "padding": "same", "stride": draw.choice((1, 1, 9))}
        inputs = [sliding.convolution(branch, sizes, "textbook").output for branch in branches]
        merge = {"kind": kind, "name": "x", "from": ["a", "b", "c"]}
        spec = {"input": sizes, "layers": [*branches, merge]}
        if can_meet(kind, inputs):
            values = Network.parse(spec).values["x"]
            expected = sliding.merged(merge, inputs).output
            assert {size: values[size] for size in expected} == expected, spec
            ran += 1
        else:
            with pytest.raises(NetworkError, match="differ in"):
                Network.parse(spec)
    assert ran > DRAWS / 10


def can_meet(kind: str, inputs: list[dict[str, int]]) -> bool:
    """Say whether the sizes of some inputs can be merged."""
    if kind == "concat":
        return all(len({sizes[axis] for sizes in inputs}) == 1 for axis in ("height", "width"))
    return all(len({sizes[size] for sizes in inputs} - {1}) <= 1 for size in inputs[0])


def test_receptive_fields_are_the_index_sets_that_one_output_sees(many: int) -> None:
    """Receptive field and jump, per axis, are the extent and the shift of the propagated index sets."""
    draw = drawn.generator("receptive field")
    for _ in range(DRAWS * many):
        rank = draw.choice((1, 2))
        layers = [window_layer(draw, rank, number) for number in range(draw.randint(1, 4))]
        axes = drawn.RANKS[rank]
        spec = {"input": {"channels": 1, **dict.fromkeys(axes, 500)}, "layers": layers}
        network = Network.parse(spec)
        for place, axis in enumerate(axes):
            windows = [tuple(entry(layer, key, place) for key in ("kernel", "stride", "dilation")) for layer in layers]
            expected = sliding.field_and_jump(windows)  # type: ignore[arg-type]
            last = network.values[layers[-1]["name"]]
            assert (last[f"receptive_field.{axis}"], last[f"jump.{axis}"]) == expected, spec


def window_layer(draw: Random, rank: int, number: int) -> dict[str, Any]:
    """Return a convolution or a pool without padding, with all of its keys written out."""
    layer = {"name": f"l{number}", "kernel": drawn.per_axis(draw, rank, (1, 2, 3, 5))}
    layer |= {"stride": drawn.per_axis(draw, rank, (1, 2, 3)), "dilation": drawn.per_axis(draw, rank, (1, 2))}
    if draw.random() < 0.5:
        return layer | {"kind": f"conv{rank}d", "filters": 1}
    return layer | {"kind": f"maxpool{rank}d"}


def entry(layer: dict[str, Any], key: str, place: int) -> int:
    """Return a per-axis key along one axis."""
    found = layer[key]
    return int(found[place] if isinstance(found, list) else found)


def test_the_widest_path_gives_the_receptive_field() -> None:
    """Where paths merge, the receptive field is that of the path that sees most."""
    spec = {
        "input": {"channels": 1, "height": 32, "width": 32},
        "layers": [
            {"kind": "conv2d", "name": "wide", "filters": 2, "kernel": 5, "padding": "same"},
            {"kind": "conv2d", "name": "narrow", "from": "input", "filters": 2, "kernel": 1},
            {"kind": "add", "name": "x", "from": ["narrow", "wide"]},
        ],
    }
    assert Network.parse(spec).value("x.receptive_field") == 5


def test_every_formula_equals_its_count(many: int) -> None:
    """Each formula of each drawn layer has as many things as a counting evaluator finds for it."""
    ran = 0
    for kind in sorted(drawn_kinds.MAKERS):
        draw = drawn.generator(f"count {kind}")
        for number in range(8 * many):
            try:
                network = Network.parse(drawn_kinds.network(draw, kind, CONVENTIONS[number % 3]))
            except NetworkError:
                continue
            ran += formulas_counted(network)
    assert ran > 2000


def formulas_counted(network: Network) -> int:
    """Hold the formulas of the layer `x` against counting; return how many could be counted."""
    ran, values, sources = 0, network.values, network.by_name["x"].sources
    part = network.graph.parts["x"]
    own = {Reference("own", key): values["x"][key] for key in (*part.rules.formulas, *part.givens)}
    for name, formula in part.rules.formulas.items():
        numbers = dict(own)
        for place, source in enumerate(sources, 1):
            owner = "before" if len(sources) == 1 else f"before{place}"
            numbers |= {Reference(owner, key): number for key, number in values[source].items()}
        try:
            assert counting.count(formula, numbers) == values["x"][name], (network.spec, name)  # type: ignore[arg-type]
        except counting.CannotCountError:
            continue
        ran += 1
    return ran

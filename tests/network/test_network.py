"""Networks: wiring by name, quantities, large ones, and the same bytes on every run."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from typing import Any

import pytest

from layerquiz.errors import FormulaError, NetworkError
from layerquiz.formula.solve import solve
from layerquiz.network.network import Network
from layerquiz.network.summary import summarise

IMAGE = {"channels": 3, "height": 8, "width": 6}
RESIDUAL: dict[str, Any] = {
    "name": "residual",
    "input": IMAGE,
    "layers": [
        {"kind": "conv2d", "name": "a", "filters": 4, "kernel": 3, "padding": 1},
        {"kind": "conv2d", "name": "b", "filters": 4, "kernel": [3, 1], "padding": [1, 0]},
        {"kind": "add", "name": "sum", "from": ["a", "b"]},
        {"kind": "concat", "name": "both", "from": ["sum", "input"]},
        {"kind": "globalavgpool", "name": "pool"},
        {"kind": "dense", "name": "out", "units": 10, "trainable": False},
    ],
}


@pytest.fixture(scope="module")
def residual() -> Network:
    """Return a small network with branches."""
    return Network.parse(RESIDUAL)


ANSWERS: dict[str, Any] = {
    "input.shape": (8, 6, 3),
    "input.activations": 144,
    "a.height": 8,
    "a.weights": 108,
    "b.weights": 48,
    "b.kernel": (3, 1),
    "b.receptive_field": (5, 3),
    "sum.shape": (8, 6, 4),
    "sum.receptive_field": (5, 3),
    "both.channels": 7,
    "both.macs": 0,
    "pool.shape": (7,),
    "out.parameters": 80,
    "out.trainable": 0,
    "out.nontrainable": 80,
    "total.weights": 108 + 48 + 70,
    "total.biases": 4 + 4 + 10,
    "total.parameters": 244,
    "total.trainable": 164,
    "total.nontrainable": 80,
    "total.macs": 108 * 48 + 48 * 48 + 70,
    "total.flops": 2 * (108 * 48 + 48 * 48 + 70),
    "total.activations": 144 + 3 * 4 * 48 + 7 * 48 + 7 + 10,
    "total.parameter_bytes": 976,
}


@pytest.mark.parametrize(("name", "answer"), ANSWERS.items(), ids=ANSWERS)
def test_quantities_worked_out_by_hand(residual: Network, name: str, answer: Any) -> None:
    """Each quantity is a number, or a tuple for a shape and where the axes differ."""
    assert residual.value(name) == answer


def test_both_ways_to_the_values_agree(residual: Network) -> None:
    """Solving one quantity on demand gives what the compiled rules give."""
    for part, values in residual.values.items():
        for name, number in values.items():
            assert solve(residual.graph, f"{part}.{name}") == number


def test_layers_may_be_written_in_any_order() -> None:
    """A layer may take from one that is written later, as long as there is no circle."""
    sources = ("input", "a", ["a", "b"], ["sum", "input"], "both", "pool")
    layers = [{**layer, "from": source} for layer, source in zip(RESIDUAL["layers"], sources, strict=True)]
    backwards = Network.parse({**RESIDUAL, "layers": layers[::-1]})
    assert backwards.values["total"] == Network.parse(RESIDUAL).values["total"]


def test_default_names_count_each_kind() -> None:
    """conv2d_1 is the first conv2d, named ones counted along."""
    layer = {"kind": "conv2d", "filters": 1, "kernel": 1}
    network = Network.parse({"input": IMAGE, "layers": [layer, {**layer, "name": "mine"}, layer, {"kind": "flatten"}]})
    assert [layer.name for layer in network.layers] == ["conv2d_1", "mine", "conv2d_3", "flatten_1"]


@pytest.mark.parametrize("name", ["own", "before", "before1"])
def test_a_layer_may_be_called_as_rules_call_theirs(name: str) -> None:
    """What a rule calls `own` and `before` is no layer's name, whatever layers are called."""
    layers = [{"kind": "conv2d", "name": name, "filters": 8, "kernel": 3}, {"kind": "flatten"}]
    network = Network.parse({"input": {"channels": 3, "height": 8, "width": 8, "batch": 4}, "layers": layers})
    usual = Network.parse({**network.spec, "layers": [{**layers[0], "name": "conv"}, layers[1]]})
    for quantity in network.graph.parts["total"].rules.formulas:
        assert network.value(f"total.{quantity}") == usual.value(f"total.{quantity}")
    for quantity in network.graph.parts[name].rules.formulas:
        assert network.value(f"{name}.{quantity}") == usual.value(f"conv.{quantity}")


def test_from_names_the_networks_input() -> None:
    """`from: input` is the network's input, at any place."""
    network = Network.parse(
        {
            "input": IMAGE,
            "layers": [{"kind": "flatten"}, {"kind": "conv2d", "filters": 2, "kernel": 1, "from": "input"}],
        }
    )
    assert network.value("conv2d_1.shape") == (8, 6, 2)


@pytest.mark.parametrize(
    ("name", "cure"), {"a.heigth": "a.height", "a.shap": "a.shape", "sum.macss": "sum.macs"}.items()
)
def test_an_unknown_quantity_names_the_nearest(residual: Network, name: str, cure: str) -> None:
    """A misspelt quantity is answered with the nearest one of that layer."""
    with pytest.raises(NetworkError, match=f'Did you mean "{cure}"') as caught:
        residual.value(name)
    assert caught.value.slug == "unknown-quantity"


@pytest.mark.parametrize("name", ["zzz.height", "height", "", ".", "a.", "total.shape", "a.slack", "a.remainder"])
def test_what_is_no_quantity_is_refused(residual: Network, name: str) -> None:
    """Unknown layers, bare words and what is kept for checks alone are no quantities."""
    with pytest.raises((NetworkError, FormulaError), match=r"no quantity|has no"):
        residual.value(name)


def test_quantities_are_listed_without_what_is_for_checks(residual: Network) -> None:
    """What can be asked of a layer is listed: sizes, costs, givens and the shape, nothing hidden."""
    assert set(residual.quantities("a")) >= {"a.height", "a.kernel", "a.parameters", "a.receptive_field", "a.shape"}
    assert not [name for part in residual.graph.parts for name in residual.quantities(part) if "slack" in name]
    for part in residual.graph.parts:
        for name in residual.quantities(part):
            assert residual.value(name) is not None


def test_the_summary_holds_every_layer_and_the_total(residual: Network) -> None:
    """What `solve` prints: one row per layer in order, null where a number does not apply, and the sums."""
    summary = summarise(residual)
    assert [row.name for row in summary] == [layer.name for layer in residual.layers]
    assert summary["a"].output == {"channels": 4, "height": 8, "width": 6}
    assert (summary["b"].receptive_field, summary["b"].jump) == ((5, 3), 1)
    assert (summary["out"].receptive_field, summary["out"].jump) == (None, None)
    as_json = summary.as_json()
    assert (as_json["format"], as_json["network"], as_json["conventions"]) == (1, "residual", "textbook")
    assert as_json["total"]["parameters"] == sum(layer["parameters"] for layer in as_json["layers"])


def chain(length: int, **layer: Any) -> Network:
    """Return a network of one layer many times."""
    return Network.parse({"input": IMAGE, "layers": [{"kind": "conv2d", "filters": 3, "kernel": 1, **layer}] * length})


def test_ten_thousand_layers() -> None:
    """A network of 10,000 layers is parsed, solved and derived."""
    network = chain(10_000)
    assert network.value("total.parameters") == 10_000 * 12
    assert solve(network.graph, "conv2d_10000.height") == 8
    assert len(network.graph.order([network.graph.find("conv2d_10000.activations")])) > 10_000


def test_ten_thousand_layers_written_backwards() -> None:
    """Sorting 10,000 layers that each take from the next one written needs no recursion."""
    layers = [{"kind": "identity", "name": f"l{i}", "from": f"l{i - 1}" if i else "input"} for i in range(10_000)]
    assert Network.parse({"input": IMAGE, "layers": layers[::-1]}).value("l9999.height") == 8


def test_sizes_of_a_trillion() -> None:
    """Numbers are exact whatever their size."""
    side = 10**12
    network = Network.parse(
        {
            "input": {"channels": side, "height": side, "width": side},
            "layers": [{"kind": "conv2d", "name": "c", "filters": side, "kernel": side}],
        }
    )
    assert network.value("c.parameters") == side**4 + side
    assert network.value("c.shape") == (1, 1, side)
    assert network.value("c.macs") == side**4


def test_values_are_whole_numbers() -> None:
    """No value of a valid network is a fraction or a float, grouped convolutions included."""
    for name in ("alexnet_groups", "vgg16", "lenet5"):
        for values in Network.named(name).values.values():
            assert all(type(number) is int for number in values.values()), name
    assert not isinstance(Network.named("alexnet_groups").value("conv2.weights"), Fraction)


def test_structures_are_built_once() -> None:
    """Layers of the same structure share one set of compiled rules, whatever their numbers."""
    parts = Network.named("vgg16").graph.parts
    assert parts["conv1_1"].rules is parts["conv5_3"].rules
    assert parts["fc1"].rules is parts["fc3"].rules


DETERMINED = """
import json, sys
sys.path.insert(0, {tests!r})
from layerquiz.formula.derive import derive
from layerquiz.network.network import Network
from layerquiz.network.summary import summarise
from oracle import drawn, printed
draw = drawn.generator("determinism")
for _ in range(60):
    spec = drawn.network(draw, "keras")
    try:
        network = Network.parse(spec)
    except Exception as error:
        print(error)
        continue
    print(json.dumps(summarise(network).as_json()), network.graph.order([network.graph.find("total.macs")]))
    print(printed.chain(derive(network.graph, [network.graph.find("total.parameters")])))
"""


def test_hash_seeds_change_nothing(request: pytest.FixtureRequest) -> None:
    """Drawing, solving and deriving print the same bytes under different hash seeds."""
    code = DETERMINED.format(tests=str(request.config.rootpath / "tests"))
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("0", "1")
    ]
    assert outputs[0] == outputs[1]
    assert outputs[0].count(b"total.parameters") > 20

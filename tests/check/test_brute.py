"""The counts of `check` against the formulas: drawn layers of every kind that it counts, and small copies."""

from __future__ import annotations

import pytest

from layerquiz.check.brute import COUNT, NotCountedError
from layerquiz.check.recounted import by_layer, recounted, smaller
from layerquiz.errors import NetworkError
from layerquiz.exam import library, template
from layerquiz.exam.drawing import draw
from layerquiz.network.network import Network
from oracle import drawn, drawn_kinds

CONVENTIONS = ("textbook", "pytorch", "keras")
MERGES = ("add", "concat")


@pytest.mark.parametrize("kind", sorted(set(COUNT) - set(MERGES)))
def test_counts_are_what_formulas_give(kind: str, many: int) -> None:
    generator, ran = drawn.generator(f"check {kind}"), 0
    for number in range(120 * many):
        spec = drawn_kinds.network(generator, kind, CONVENTIONS[number % 3])
        try:
            network = Network.parse(spec)
            found = by_layer(network)[network.layers[-1].name]
        except (NetworkError, NotCountedError):
            continue
        values = network.values[network.layers[-1].name]
        counted = {**found.output, "weights": found.weights, "biases": found.biases, "macs": found.macs}
        counted["nontrainable"] = found.stored
        assert {name: values[name] for name in counted} == counted, spec
        ran += 1
    assert ran > 8, "too few drawings were counted"


def test_paths_that_merge_are_counted() -> None:
    """The sum sees what its widest path sees; channels are put behind each other."""
    branches = [
        {"kind": "conv2d", "name": "a", "from": "input", "filters": 4, "kernel": 5, "padding": "same"},
        {"kind": "conv2d", "name": "b", "from": "input", "filters": 4, "kernel": 3, "padding": 2, "dilation": 2},
    ]
    for merge, channels in (("add", 4), ("concat", 8)):
        layers = [*branches, {"kind": merge, "name": "m", "from": ["a", "b"]}]
        network = Network.parse({"input": {"channels": 3, "height": 9, "width": 9}, "layers": layers})
        found = by_layer(network)["m"]
        assert (found.output["channels"], found.receptive_field("height")) == (channels, 5)
        assert network.value("m.receptive_field") == 5


def test_a_small_copy_keeps_what_is_equal_and_what_differs() -> None:
    """Large numbers become small ones, equal for equal ones; kernels, strides and padding stay."""
    question = draw(library.named("first-dense-layer"), 1)
    small = smaller(question.drawn["network"], question.network)
    assert small is not None
    for layer, drawn_layer in zip(small.spec["layers"], question.drawn["network"]["layers"], strict=True):
        assert {key: layer.get(key) for key in ("kernel", "stride")} == {
            key: drawn_layer.get(key) for key in ("kernel", "stride")
        }
    assert small.spec["layers"][0]["filters"] < 12
    assert small.spec["input"]["height"] != small.spec["input"]["width"]
    assert small.value("total.parameters") < 100_000


def test_a_key_that_is_not_what_is_counted_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were a formula one off, the line that asks for it is named."""
    read = template.parse(
        "---\ntitle: T\nnetwork:\n  input: {features: {choice: [400, 500]}}\n"
        "  layers: [{kind: dense, name: d, units: 30}]\nask:\n  - {blank: d.weights}\n  - {blank: d.parameters}\n"
        "---\nHow many?",
        "own",
    )
    questions = [draw(read, 1)]
    assert recounted(questions) == (("d.weights", "d.parameters"), ())
    right = Network.value
    monkeypatch.setattr(Network, "value", lambda self, name: right(self, name) + (name == "d.parameters"))
    (problem,) = recounted(questions)[1]
    assert problem.where == "own.md, line 8"
    assert problem.what.startswith("d.parameters is ")

"""Every quantity of every kind against counting: each formula that is met is tried with several sets of numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import Any

import pytest

from layerquiz.errors import NetworkError
from layerquiz.formula.expr import Formula
from layerquiz.formula.graph import Rules
from layerquiz.network.layers import KINDS
from layerquiz.network.network import Network
from oracle import counted, drawn, drawn_kinds, sliding, varied
from oracle.test_brute_force import drawn_layer

pytestmark = pytest.mark.oracle

CONVENTIONS = ("textbook", "pytorch", "keras")
DRAWS = 120
VARIATIONS = 12
ENOUGH = 6
"""So many possible networks try a formula; then it is not varied any further."""

SEVERAL = {
    **dict.fromkeys(("add", "multiply", "concat"), (varied.merged, varied.seeing)),
    **dict.fromkeys(("attention", "decoderlayer"), (varied.attention,)),
    "bilinear": (varied.bilinear,),
}
"""Drawings of kinds with several inputs."""

ON_SEQUENCES = ("dense", "activation", "dropout", "identity", "flatten")
SHARED = ("conv1d", "conv2d", "dense", "depthwiseconv2d", "embedding", "lstm", "batchnorm", "layernorm")


def drawn_spec(draw: Random, kind: str, conventions: str) -> dict[str, Any]:
    """Return a network whose last layer is the layer `x` of a kind."""
    several = SEVERAL.get(kind, ())
    if several and (kind not in drawn_kinds.MAKERS or draw.random() < 0.5):
        return {"conventions": conventions, **draw.choice(several)(draw, kind)}
    if kind in drawn_kinds.MAKERS:
        return drawn_kinds.network(draw, kind, conventions)
    layer, sizes = drawn_layer(kind, draw, conventions)
    if kind in ON_SEQUENCES and draw.random() < 0.25:
        sizes = drawn_kinds.sequence(draw)
    return {"conventions": conventions, "input": sizes, "layers": [layer]}


def variations(draw: Random, kind: str, many: int) -> Iterator[dict[str, Any]]:
    """Yield drawn networks, and more of those whose formulas were seldom tried; images also behind another layer."""
    tried: Counter[int] = Counter()
    formulas_of = numbered()
    for number in range(DRAWS * many):
        first = spec = drawn_spec(draw, kind, CONVENTIONS[number % 3])
        for _ in range(VARIATIONS):
            is_image = "channels" in spec["input"] and kind not in SEVERAL
            built = varied.behind(draw, spec) if is_image and draw.random() < 0.7 else spec
            yield built
            formulas = formulas_of(built)
            if formulas and min(tried[each] for each in formulas) >= ENOUGH:
                break
            tried.update(formulas)
            spec = varied.varied(draw, first)


def numbered() -> Callable[[dict[str, Any]], list[int]]:
    """Return a numbering of the formulas that a network's layer `x` has; a network that cannot be has none."""
    numbers: dict[tuple[str, Formula], int] = {}
    by_rules: dict[Rules, list[int]] = {}

    def formulas_of(spec: dict[str, Any]) -> list[int]:
        try:
            rules = Network.parse(spec).graph.parts["x"].rules
        except NetworkError:
            return []
        if rules not in by_rules:
            by_rules[rules] = [numbers.setdefault(each, len(numbers)) for each in rules.formulas.items()]
        return by_rules[rules]

    return formulas_of


@cache
def cases(kind: str, many: int) -> tuple[tuple[dict[str, Any], dict[str, Any] | None], ...]:
    """Return networks with what is counted of their last layer; None where they cannot be."""
    found: list[tuple[dict[str, Any], dict[str, Any] | None]] = []
    for spec in variations(drawn.generator(f"every quantity {kind}"), kind, many):
        try:
            found.append((spec, counted.quantities(spec)))
        except counted.RefusedError:
            found.append((spec, None))
        except sliding.TooLargeError:
            continue
    return tuple(found)


@pytest.mark.parametrize("kind", KINDS)
def test_every_quantity_is_what_is_counted(kind: str, many: int) -> None:
    """Sizes, costs, memory, receptive field and jump are those counted, and what cannot be is refused."""
    for spec, expected in cases(kind, many):
        if expected is None:
            with pytest.raises(NetworkError):
                Network.parse(spec)
            continue
        values = Network.parse(spec).values["x"]
        assert {name: values.get(name) for name in expected} == expected, spec
        assert any(name.startswith("jump") for name in values) == any(name.startswith("jump") for name in expected)


@pytest.mark.parametrize("kind", KINDS)
def test_most_drawings_are_possible(kind: str, many: int) -> None:
    """No kind is held only by what it refuses."""
    assert sum(expected is not None for _, expected in cases(kind, many)) > DRAWS / 4


@pytest.mark.parametrize("kind", SHARED)
def test_a_shared_layer_costs_what_is_counted(kind: str, many: int) -> None:
    """A layer that uses another's parameters has none of its own, and does the same work."""
    for spec, expected in shared_cases(kind, many):
        values = Network.parse(spec).values["x"]
        assert {name: values.get(name) for name in expected} == expected, spec


@cache
def shared_cases(kind: str, many: int) -> tuple[tuple[dict[str, Any], dict[str, Any]], ...]:
    """Return networks of a layer and its twin, with what is counted."""
    found = []
    draw = drawn.generator(f"shared {kind}")
    for number in range(DRAWS // 2 * many):
        spec = varied.shared(drawn_spec(draw, kind, CONVENTIONS[number % 3]))
        if "channels" in spec["input"]:
            spec = varied.behind(draw, spec)
        try:
            found.append((spec, counted.quantities(spec)))
        except (counted.RefusedError, sliding.TooLargeError):
            continue
    return tuple(found)


@pytest.mark.parametrize("size", [1, 2, 8])
def test_memory_of_other_numbers(size: int) -> None:
    """Numbers of another size take that many bytes each, in parameters as in outputs."""
    conventions = {"base": "pytorch", "bytes_per_number": size}
    layers = [{"kind": "dense", "name": "d", "units": 3}, {"kind": "conv1d", "name": "c", "filters": 2, "kernel": 3}]
    for layer, sizes in zip(layers, ({"tokens": 5, "features": 4}, {"channels": 4, "length": 9}), strict=True):
        network = Network.parse({"conventions": conventions, "input": sizes, "layers": [layer]})
        costs = counted.quantities({"conventions": "pytorch", "input": sizes, "layers": [layer]})
        for name, numbers in (("parameter_bytes", "parameters"), ("activation_bytes", "activations")):
            bytes_of_each = [costs[numbers] for _ in range(size)]
            assert network.value(f"{layer['name']}.{name}") == sum(bytes_of_each)

"""Every quantity of every kind against counting: each formula that is met is tried with several sets of numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from math import prod
from random import Random
from typing import Any

import pytest

from layerquiz.errors import NetworkError
from layerquiz.formula.expr import Formula
from layerquiz.formula.graph import Rules
from layerquiz.network.layers import KINDS
from layerquiz.network.network import Network
from oracle import counted, drawn, drawn_kinds, sliding, varied, ways

pytestmark = pytest.mark.oracle

CONVENTIONS = ("textbook", "pytorch", "keras")
DRAWS = 60
VARIATIONS = 12
ENOUGH = 4
"""So many possible networks try a formula; then it is not varied any further."""

SEVERAL: dict[str, tuple[Callable[[Random, str], dict[str, Any]], ...]] = {
    **dict.fromkeys(("add", "multiply", "average", "maximum", "minimum", "concat"), (varied.merged, varied.seeing)),
    "subtract": (varied.subtracted, varied.seeing),
    **dict.fromkeys(("attention", "decoderlayer"), (varied.attention,)),
    "bilinear": (varied.bilinear,),
    "dense": (varied.tied,),
}
"""Drawings of kinds with several inputs, or with an embedding in front."""

SHARED = (*("conv1d", "conv2d", "dense", "depthwiseconv2d", "embedding", "lstm", "batchnorm", "layernorm", "mixture"),)


def drawn_spec(draw: Random, kind: str, conventions: str) -> dict[str, Any]:
    """Return a network whose last layer is the layer `x` of a kind."""
    several = SEVERAL.get(kind, ())
    if several and draw.random() < (0.2 if kind == "dense" else 0.5):
        spec = {"conventions": conventions, **draw.choice(several)(draw, kind)}
        return varied.with_adapter(draw, spec) if kind == "attention" else spec
    spec = varied.with_adapter(draw, drawn_kinds.network(draw, kind, conventions))
    return varied.written_again(draw, spec) if kind == "einsumdense" else spec


def variations(draw: Random, kind: str, many: int) -> Iterator[dict[str, Any]]:
    """Yield drawn networks, and more of those whose formulas were seldom tried; images also behind another layer."""
    tried: Counter[int] = Counter()
    formulas_of = numbered()
    for number in range(DRAWS * many):
        first = spec = drawn_spec(draw, kind, CONVENTIONS[number % 3])
        for _ in range(VARIATIONS):
            is_image = "channels" in spec["input"] and (kind == "dense" or kind not in SEVERAL)
            built = varied.behind(draw, spec) if is_image and draw.random() < 0.7 else spec
            built = ways.counted_somehow(draw, built)
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
            formulas = [each for each in rules.formulas.items() if each[0] not in rules.later]
            by_rules[rules] = [numbers.setdefault(each, len(numbers)) for each in formulas]
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
        hold(spec, expected and {"x": expected})


def hold(spec: dict[str, Any], counted_of: dict[str, dict[str, Any]] | None) -> None:
    """Hold the layers of a network against what was counted of them; None where it has to be refused."""
    if counted_of is None:
        with pytest.raises(NetworkError):
            Network.parse(spec)
        return
    network = Network.parse(spec)
    for name, expected in counted_of.items():
        values = network.values[name]
        assert {each: looked_up(values, each) for each in expected} == expected, spec
        assert any(each.startswith("jump") for each in values) == any(each.startswith("jump") for each in expected)
        hold_tensors(network, name)


def looked_up(values: Mapping[str, Any], name: str) -> Any:
    """Return a quantity's value, None where the layer has none of this name."""
    try:
        return values[name]
    except KeyError:
        return None


def hold_tensors(network: Network, owner: str) -> None:
    """Hold the product of a tensor's sizes against its count; lengths of normalised weights are kept apart.

    A layer that shares has the tensors of its lender.
    """
    part, values, keys = network.graph.parts[owner], network.values[owner], network.by_name[owner].keys
    for shape, name in (("weight_shape", "weights"), ("bias_shape", "biases")):
        sizes = [values[each] for each in part.rules.formulas if each.startswith(f"{shape}.")]
        count = network.values[keys.shares or owner][name]
        if sizes:
            lengths = sizes[0] if network.conventions.channels_first else sizes[-1]
            is_apart = shape == "weight_shape" and vars(keys).get("weight_norm")
            assert prod(sizes) + (lengths if is_apart else 0) == count, network.spec


@pytest.mark.parametrize("kind", KINDS)
def test_most_drawings_are_possible(kind: str, many: int) -> None:
    """No kind is held only by what it refuses."""
    assert sum(expected is not None for _, expected in cases(kind, many)) > DRAWS / 4


@pytest.mark.parametrize("kind", SHARED)
def test_a_shared_layer_costs_what_is_counted(kind: str, many: int) -> None:
    """A layer that uses another's parameters has none of its own, and does the same work."""
    for spec, expected in shared_cases(kind, many):
        hold(spec, {"x": expected})


@cache
def shared_cases(kind: str, many: int) -> tuple[tuple[dict[str, Any], dict[str, Any]], ...]:
    """Return networks of a layer and its twin, with what is counted."""
    found = []
    draw = drawn.generator(f"shared {kind}")
    for number in range(DRAWS // 2 * many):
        spec = drawn_kinds.network(draw, kind, CONVENTIONS[number % 3])
        spec = varied.shared(draw, varied.with_adapter(draw, spec))
        if "channels" in spec["input"]:
            spec = varied.behind(draw, spec)
        spec = ways.counted_somehow(draw, spec)
        try:
            found.append((spec, counted.quantities(spec)))
        except (counted.RefusedError, sliding.TooLargeError):
            continue
    return tuple(found)


INPUTS = ({"channels": 3, "length": 7}, {"channels": 3, "height": 5, "width": 4}, {"features": 7}, {"tokens": 5})


@pytest.mark.parametrize("given", INPUTS, ids=str)
@pytest.mark.parametrize("way", ways.WAYS, ids=str)
def test_the_input_costs_what_is_counted(given: dict[str, int], way: dict[str, Any]) -> None:
    """The input's numbers take memory, and each sees itself."""
    spec = {"conventions": way, "input": given, "layers": [{"kind": "parameter", "shape": [1]}]}
    expected = counted.of_input({**spec, "conventions": {"base": "textbook", **way}})
    values = Network.parse(spec).values["input"]
    assert {name: values[name] for name in expected} == expected

"""Blocks found again: the same layers, keys, wiring and numbers as the flat network, in a text never longer."""

from __future__ import annotations

from typing import Any

import pytest

from importing.flattened import flattened
from layerquiz.errors import NetworkError
from layerquiz.network.importing.repeats import correspondence, folded
from layerquiz.network.network import Network
from layerquiz.network.notation import load
from layerquiz.network.writing import text
from layerquiz.network.zoo import names, specification


def known(name: str) -> dict[str, Any]:
    """Return the flat mapping of a known network."""
    return flattened(load(specification(name), NetworkError))


def check(flat: dict[str, Any]) -> dict[str, Any]:
    """Hold everything that folding promises of a flat network; return what it made."""
    made = folded(flat)
    before, after = Network.parse(flat), Network.parse(load(text(made), NetworkError))
    called = {"input": "input", **correspondence(flat, made)}
    assert [called[layer.name] for layer in before.layers] == [layer.name for layer in after.layers]
    for layer, other in zip(before.layers, after.layers, strict=True):
        assert [called[source] for source in layer.sources] == list(other.sources)
        assert [called[lender] for lender in layer.borrows] == list(other.borrows)
        assert keys(layer) == keys(other)
        assert dict(before.values[layer.name]) == dict(after.values[other.name])
    assert dict(before.values["total"]) == dict(after.values["total"])
    assert len(text(made)) <= len(text(flat))
    assert len(lines(made)) <= len(lines(flat))
    return made


def keys(layer: Any) -> dict[str, Any]:
    """Return the keys of a layer but its names."""
    return {key: value for key, value in vars(layer.keys).items() if key not in ("name", "source", "shares", "tied")}


def lines(spec: dict[str, Any]) -> list[str]:
    """Return the lines of a network's text."""
    return text(spec).splitlines()


@pytest.mark.parametrize("name", names())
def test_known_networks_are_the_same_when_folded(name: str) -> None:
    """Every known network, written flat: no layer, key, wire or number changes; folded once more it does not grow."""
    made = check(known(name))
    assert len(lines(folded(flattened(made)))) <= len(lines(made))


MOST_LINES = {"resnet50": 50, "densenet121": 40, "mobilenet_v2": 50, "vit_b_16": 27, "bert_base": 26, "vgg16": 25}


@pytest.mark.parametrize("name", MOST_LINES)
def test_known_networks_are_about_as_short_as_by_hand(name: str) -> None:
    """The text is as long as one that a person wrote, not as the list of all layers."""
    assert len(lines(folded(known(name)))) <= MOST_LINES[name]

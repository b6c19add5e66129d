"""There and back: networks built in Keras and imported; what is imported written as code, run, and imported again."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pytest

from importing.applications import NAMES
from importing.test_keras_models import CASES
from layerquiz.errors import NetworkError
from layerquiz.network.exchange import keras as code
from layerquiz.network.importing.keras import network
from layerquiz.network.network import Network
from oracle import drawn, drawn_keras, drawn_kinds, keras_gaps
from oracle.agreement import REFUSALS
from oracle.code import said

pytestmark = pytest.mark.oracle

KINDS = [kind for kind in drawn_kinds.MAKERS if kind not in keras_gaps.NO_LAYER]
EACH, NETWORKS, TRIES = 2, 20, 20
COUNTED = ("weights", "biases", "parameters", "trainable", "nontrainable", "macs")
OF_NO_LAYER = {"key_input", "value_input"}
"""Keys for which the oracle makes an input of zeros that is no layer."""


def built(keras: ModuleType, spec: Mapping[str, Any]) -> Any:
    """Return a model of Keras with the layers of a notation; its outputs are what no layer takes."""
    from oracle.keras_kinds import LAYERS

    order = sorted(spec["input"], key=lambda size: size == "channels")
    kind = "int32" if order == ["tokens"] else "float32"
    tensors = {"input": keras.Input([spec["input"][size] for size in order], dtype=kind)}
    previous, used = "input", set()
    for layer in spec["layers"]:
        names = layer.get("from", previous)
        sources = [names] if isinstance(names, str) else names
        made = LAYERS[layer["kind"]](layer, tensors[sources[0]])
        for part in made.held:
            part.trainable = layer.get("trainable", True)
        previous = layer["name"]
        tensors[previous] = made(*(tensors[source] for source in sources))
        used.update(sources)
    return keras.Model(tensors["input"], [tensor for name, tensor in tensors.items() if name not in used])


def both(keras: ModuleType, spec: Mapping[str, Any]) -> tuple[Network, Any] | None:
    """Return a drawn network and its model, None where one of the two cannot be."""
    if any(OF_NO_LAYER & set(layer) for layer in spec["layers"]):
        return None
    try:
        with warnings.catch_warnings(), keras.device("meta"):
            warnings.simplefilter("ignore")
            return Network.parse(spec), built(keras, spec)
    except (NetworkError, *REFUSALS):
        return None


def plain(found: Network) -> list[dict[str, Any]]:
    """Return the layers of a notation with numbers for their names."""
    places = {layer["name"]: place for place, layer in enumerate(found.spec["layers"])} | {"input": "input"}

    def numbered(key: str, value: Any) -> Any:
        if key not in ("name", "from", "shares", "tied"):
            return value
        return [places[name] for name in value] if isinstance(value, list) else places[value]

    return [{key: numbered(key, value) for key, value in layer.items()} for layer in found.spec["layers"]]


def comes_back(keras: ModuleType, found: Network) -> bool:
    """Hold a network against itself, written as code, run and imported; say whether Keras can say it at all."""
    text = said(code, found)
    if not text:
        return False
    names: dict[str, Any] = {}
    with warnings.catch_warnings(), keras.device("meta"):
        warnings.simplefilter("ignore")
        exec(text, names)  # noqa: S102 -- our own code
    again = network(names["model"])
    assert plain(again) == plain(found), text
    assert again.value("input.shape") == found.value("input.shape")
    return True


def hold(keras: ModuleType, spec: Mapping[str, Any]) -> bool:
    """Hold a drawn network against its model, imported, and that against its code; say whether there is a model."""
    pair = both(keras, spec)
    if pair is None:
        return False
    drawing, model = pair
    found = network(model)
    ours = {key: drawing.value(f"total.{key}") for key in COUNTED}
    assert {key: found.value(f"total.{key}") for key in COUNTED} == ours, spec
    comes_back(keras, found)
    return True


def test_drawn_networks_come_back(keras: ModuleType, many: int) -> None:
    """Chains and branches: all counts are those of the network that was drawn."""
    draw = drawn.generator("imported networks")
    assert sum(hold(keras, drawn_keras.network(draw)) for _ in range(NETWORKS * many)) > NETWORKS * many // 4


@pytest.mark.parametrize("kind", KINDS)
def test_drawn_layers_come_back(keras: ModuleType, kind: str, many: int) -> None:
    """Each kind that Keras has, with each of its keys, frozen now and then."""
    draw, there = drawn.generator(f"imported {kind}"), 0
    for _ in range(TRIES * EACH * many):
        there += hold(keras, drawn_keras.tried(draw, kind))
        if there == EACH * many:
            return
    raise AssertionError(f"only {there} were built")


@pytest.mark.sampled(9)
@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("ConvNeXt")])
def test_applications_come_back(build: Any, keras: ModuleType, name: str) -> None:
    """What is imported can be written as code; that is the same network."""
    assert comes_back(keras, network(build(name)))


UNWRITTEN = {"class token", "a layer of one's own", "transformer", "adapter"}
"""Models with weights that belong to no layer of Keras, or that get them once they are built."""


@pytest.mark.parametrize("name", CASES)
def test_models_come_back(keras: ModuleType, name: str) -> None:
    """So can the models that people write, where Keras has a layer for each of their parts."""
    from importing import keras_cases

    with keras.device("meta"):
        model = keras_cases.CASES[name][0]()
    assert comes_back(keras, network(model)) == (name not in UNWRITTEN)

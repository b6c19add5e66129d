"""Every model of `keras.applications` becomes a network that agrees with it, layer by layer."""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import Any

import pytest

from importing.applications import NAMES
from importing.keras_seen import QUANTITIES, differences
from layerquiz.network.importing.keras import network
from layerquiz.network.network import Network
from oracle.tally import Tally

pytestmark = pytest.mark.oracle

PICTURE = (224, 224, 3)


def test_all_models_are_known(keras: ModuleType) -> None:
    """There are 40; what a new release adds is missed here."""
    assert len(NAMES) == 40
    assert {name for name, made in vars(keras.applications).items() if inspect.isfunction(made)} == {*NAMES}


@pytest.mark.sampled(6)
@pytest.mark.parametrize("name", NAMES)
def test_a_model_agrees_layer_by_layer(build: Any, tally: Tally, name: str) -> None:
    """Shape, parameters, trained and other ones of each layer, of the total, and the outputs are those of Keras."""
    model = build(name)
    found = network(model)
    whole = model if None not in model.input_shape[1:] else build(name, input_shape=PICTURE)
    wrong = differences(whole, found)
    if counts(Network.from_keras(model)) != counts(found):
        wrong.append("with its blocks found again it is another network")
    tally.imports["keras.applications"] += 1
    tally.imports["layers"] += len(found.layers)
    tally.differences += [f"{name}: {difference}" for difference in wrong]
    assert not wrong, f"{len(wrong)} differences, such as {wrong[:3]}"


def counts(found: Network) -> list[tuple[Any, ...]]:
    """Return kind, shape and numbers of each layer, in order."""
    quantities = ("shape", *QUANTITIES, "macs")
    return [(layer.kind.name, *(found.value(f"{layer.name}.{q}") for q in quantities)) for layer in found.layers]


def test_blocks_are_found_again(build: Any) -> None:
    """A network of 176 layers is written in few lines."""
    spec = Network.from_keras(build("ResNet50")).spec
    assert sum(len(block["layers"]) for block in spec["blocks"].values()) + len(spec["layers"]) < 40


def test_open_sizes_are_those_of_pictures(build: Any) -> None:
    """MobileNetV3 leaves height and width open: they are 224, or what is said."""
    model = build("MobileNetV3Small")
    assert model.input_shape == (None, None, None, 3)
    assert Network.from_keras(model).value("input.shape") == PICTURE
    assert Network.from_keras(model, (160, 192, 3)).value("input.shape") == (160, 192, 3)


@pytest.mark.parametrize("name", ["ResNet50", "ConvNeXtTiny", "EfficientNetV2B0"])
def test_a_part_of_a_larger_model(build: Any, keras: ModuleType, name: str) -> None:
    """A frozen body with a head of one's own: transfer learning, the usual assignment."""
    body = build(name, include_top=False, input_shape=(96, 96, 3), pooling="avg")
    body.trainable = False
    inputs = keras.Input((96, 96, 3))
    with keras.device("meta"):
        outputs = keras.layers.Dense(5, activation="softmax", name="head")(body(inputs, training=False))
    model = keras.Model(inputs, outputs)
    found = network(model)
    assert not differences(model, found)
    assert found.value("total.trainable") == found.value("head.parameters")

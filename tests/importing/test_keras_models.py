"""Models as people write them in Keras: what they become, and that all of it agrees with Keras."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from importing.keras_seen import numbers
from layerquiz.network.importing.keras import network
from layerquiz.network.network import Network

pytestmark = pytest.mark.oracle

CASES = (
    *("residual", "squeeze and excitation", "bridge", "shared", "attention", "tied", "film", "adapter"),
    *("nested with open sizes", "transformer", "class token", "a layer of one's own", "along a sequence", "a strip"),
    *("prepared", "norms", "patches", "moved", "two from one", "states of images", "functions"),
    *("halves", "a part of the channels", "a draw", "a sum of tokens"),
)


@pytest.fixture
def cases(keras: ModuleType) -> Any:
    """Return the models by what they show."""
    from importing import keras_cases

    keras.utils.clear_session(free_memory=False)
    return keras_cases


def agrees(model: Any, found: Network) -> None:
    """Hold the totals and the outputs of a network against Keras'."""
    assert found.value("total.parameters") == model.count_params()
    assert found.value("total.trainable") == numbers(model.trainable_weights)
    assert found.value("total.nontrainable") == numbers(model.non_trainable_weights)
    taken = {source for layer in found.layers for source in layer.sources}
    ends = [found.value(f"{layer.name}.shape") for layer in found.layers if layer.name not in taken]
    assert sorted(ends) == sorted(tuple(output.shape[1:]) for output in model.outputs)


@pytest.mark.parametrize("name", CASES)
def test_a_model_becomes_a_network(cases: Any, keras: ModuleType, name: str) -> None:
    """Each layer is of its kind, and nothing is left out."""
    make, kinds = cases.CASES[name]
    with keras.device("meta"):
        model = make()
    found = network(model)
    assert [layer.kind.name for layer in found.layers] == kinds.split()
    agrees(model, found)


def test_all_models_are_tried(cases: Any) -> None:
    """A model that is added is tried."""
    assert set(cases.CASES) == set(CASES)


def test_a_layer_that_is_used_again_shares(cases: Any) -> None:
    """The weights of a layer, and of a model, are counted at their first use."""
    found = network(cases.sharing())
    lenders = {layer.name: layer.keys.shares for layer in found.layers if layer.keys.shares}
    assert lenders == {"twin_2": "twin", "twin_3": "twin", "inner_d_2": "inner_d", "inner_b_2": "inner_b"}


def test_a_model_that_is_a_class(cases: Any, keras: ModuleType) -> None:
    """What its `call` does is followed, once its input is known; being built by an input is enough."""
    model = cases.Subclassed()
    model(keras.ops.zeros((1, 12, 12, 8)))
    found = network(model, (12, 12, 8))
    kinds = "conv2d conv2d batchnorm activation conv2d maximum globalavgpool dense"
    assert [layer.kind.name for layer in found.layers] == kinds.split()
    assert found.value("total.parameters") == model.count_params()
    assert network(model).spec == found.spec


@pytest.mark.parametrize("part", ["whole", "norm"])
def test_frozen_layers_are_not_trained(cases: Any, keras: ModuleType, part: str) -> None:
    """A whole model may be frozen, or one layer; of a batch normalisation all four numbers are not trained then."""
    norm = keras.layers.BatchNormalization(name="norm")
    model = cases.chain((8, 8, 3), keras.layers.Conv2D(4, 3), norm, keras.layers.Dense(2))
    (model if part == "whole" else norm).trainable = False
    found = network(model)
    agrees(model, found)
    assert [layer.keys.trainable for layer in found.layers] == [part == "norm", False, part == "norm"]
    assert found.value("norm.nontrainable") == 16


def test_an_import_leaves_no_trace(cases: Any, keras: ModuleType) -> None:
    """What stood in a layer of one's own is there again, so the model still runs, and is imported again."""
    model = cases.chain((20,), cases.TokensAndPositions(24, 90, 16), cases.TransformerBlock(16, 2, 32))
    before = {name: id(found) for name, found in vars(model.layers[0]).items()}
    first = network(model)
    assert {name: id(found) for name, found in vars(model.layers[0]).items()} == before
    assert tuple(model(keras.ops.zeros((2, 20))).shape) == (2, 20, 16)
    assert network(model).spec == first.spec


def test_names_are_those_of_keras(keras: ModuleType, cases: Any) -> None:
    """Signs that a name of the notation has not are underscores; names that are taken get a number."""
    dense = keras.layers.Dense
    model = cases.chain(
        (3,), dense(2, name="a b-c"), dense(2, name="2nd"), dense(2, name="total"), dense(2, name="a_b-c")
    )
    assert [layer.name for layer in network(model).layers] == ["a_b_c", "layer2nd", "total_2", "a_b_c_2"]

"""Models as students write them agree with PyTorch, come in twice the same, and are read again from their text."""

from __future__ import annotations

import copy
import re
from types import ModuleType
from typing import Any

import pytest

from layerquiz.errors import NetworkError
from layerquiz.network.importing.repeats import readable
from layerquiz.network.network import Network
from layerquiz.network.writing import text

pytestmark = pytest.mark.oracle

NAMES = (
    "mean of means",
    "mean of a sum",
    "norm over channels",
    "response norm",
    "double",
    "addmm",
    "a learned deviation",
    "attention of a state",
    "learned queries",
    "grouped queries",
    "biases by distance",
    "patches",
    "frequencies",
    "three at once",
    "similarity",
    "distance",
    "a place beside the scores",
    "places in a row",
)
UNSAID = ("packed", "a loop from zeros", "a loop that joins zeros", "a column of ids", "quantised", "places apart")


@pytest.fixture(name="students")
def all_students(torch: ModuleType) -> Any:
    """Return the module of the models, which needs PyTorch."""
    from importing import torch_students

    return torch_students


def test_every_model_is_tried(students: Any) -> None:
    """A model that is added is imported."""
    assert (*students.MODELS,) == NAMES
    assert (*students.REFUSED,) == UNSAID


@pytest.mark.parametrize("name", NAMES)
def test_a_model_agrees(students: Any, torch: ModuleType, name: str) -> None:
    """The total is that of its parameters, the layers are those that it has, and it stays as it was."""
    make, shape, kinds = students.MODELS[name]
    module = make()
    before = copy.deepcopy(module.state_dict())
    network = Network.from_torch(module, shape)
    assert network.value("total.parameters") == sum(found.numel() for found in module.parameters())
    assert [layer.kind.name for layer in network.layers] == kinds.split()
    assert module.training
    assert [*module.state_dict()] == [*before]
    assert all(torch.equal(found, before[key]) for key, found in module.state_dict().items())
    written = text(readable(network).spec)
    assert text(readable(Network.from_torch(module, shape)).spec) == written
    assert Network.parse(written).value("total.parameters") == network.value("total.parameters")


@pytest.mark.parametrize("name", UNSAID)
def test_a_refusal_says_what_to_do(students: Any, name: str) -> None:
    """What students write and the notation cannot say is named as it is."""
    make, shape, pattern = students.REFUSED[name]
    with pytest.raises(NetworkError) as caught:
        Network.from_torch(make(), shape)
    assert re.search(pattern, str(caught.value)), str(caught.value)

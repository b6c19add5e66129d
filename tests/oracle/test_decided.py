"""Every layer that PyTorch and Keras have is a kind, or it is written down why it is none and how to say it."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from layerquiz.network.layers import KINDS
from layerquiz.network.network import Network
from oracle import decided

pytestmark = pytest.mark.oracle

CONTRIBUTING = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def classes(torch: ModuleType) -> dict[str, list[str]]:
    """Return the names of the classes in PyTorch's and Keras' modules of layers."""
    if not find_spec("keras"):
        pytest.skip("Keras is not installed")
    os.environ.setdefault("KERAS_BACKEND", "torch")
    modules = {name: import_module(name) for name in ("torch.nn", "keras.layers")}
    return {
        name: [each for each in dir(module) if isinstance(getattr(module, each), type)]
        for name, module in modules.items()
    }


TABLES = {"torch.nn": decided.TORCH, "keras.layers": decided.KERAS}


@pytest.mark.parametrize("module", TABLES)
def test_every_class_is_decided(classes: dict[str, list[str]], module: str) -> None:
    """A class that a framework adds is missed here until it is a kind, or CONTRIBUTING.md says why it is none."""
    for name in classes[module]:
        found = decided.decided(name, TABLES[module])
        assert found is not None, f"{module}.{name} is neither a kind nor written down"
        assert found in KINDS or f"**{found}**" in CONTRIBUTING, (name, found)


@pytest.mark.parametrize("module", TABLES)
def test_no_decision_is_left_over(classes: dict[str, list[str]], module: str) -> None:
    """Every row of the table is about a class that there is."""
    for pattern in TABLES[module]:
        assert any(decided.decided(name, {pattern: "found"}) for name in classes[module]), pattern


def test_every_kind_comes_from_somewhere(classes: dict[str, list[str]]) -> None:
    """A kind is a class of PyTorch or Keras, or it is written down why it is there all the same."""
    found = {decided.decided(name, TABLES[module]) for module, names in classes.items() for name in names}
    assert set(KINDS) - found == set(decided.NEITHER)


def count(layers: list[dict[str, Any]], sizes: dict[str, int]) -> Any:
    """Return the parameters of a network, counted as PyTorch does."""
    return Network.parse({"conventions": "pytorch", "input": sizes, "layers": layers}).value("total.parameters")


def numbers(module: Any) -> int:
    """Return how many parameters a module has."""
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.filterwarnings("ignore:enable_nested_tensor is True")  # about speed, not parameters
@pytest.mark.parametrize("bias", [True, False])
def test_a_transformer_is_a_stack_of_its_layers(torch: ModuleType, bias: bool) -> None:
    """PyTorch's Transformer is encoder layers and a layernorm, decoder layers and a layernorm."""
    keys = {"heads": 2, "feedforward": 12, "bias": bias}
    norm = {"kind": "layernorm", "center": bias}
    layers = [
        *({"kind": "encoderlayer", "name": f"e{number}", **keys} for number in range(3)),
        {**norm, "name": "memory"},
        {"kind": "decoderlayer", "name": "d0", "from": ["input", "memory"], **keys},
        {"kind": "decoderlayer", "name": "d1", "from": ["d0", "memory"], **keys},
        norm,
    ]
    built = torch.nn.Transformer(8, 2, 3, 2, 12, bias=bias, batch_first=True)
    assert count(layers, {"tokens": 5, "features": 8}) == numbers(built)


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_a_cell_is_a_layer_on_one_token(torch: ModuleType, kind: str) -> None:
    """PyTorch's cells have the parameters of the layer of that name, and give the features of its last step."""
    layer = {"kind": kind, "units": 5, "sequences": False}
    assert count([layer], {"tokens": 1, "features": 7}) == numbers(getattr(torch.nn, f"{kind.upper()}Cell")(7, 5))

"""Models of PyTorch, exported in each way that PyTorch has, agree with the modules themselves."""

from __future__ import annotations

import io
import warnings
from types import ModuleType
from typing import Any

import pytest

from layerquiz.network.importing.onnx import imported
from layerquiz.network.network import Network
from oracle.tally import Tally

pytest.importorskip("onnx")
pytest.importorskip("torch")
from importing.onnx_torch import MODELS

pytestmark = pytest.mark.oracle

WAYS = {
    "script": {"dynamo": False, "do_constant_folding": False},
    "script-folded": {"dynamo": False},
    "dynamo": {"dynamo": True, "optimize": False, "verbose": False, "external_data": False},
    "dynamo-optimised": {"dynamo": True, "verbose": False, "external_data": False},
}
"""The exporters of PyTorch, as they write everything and as they make it smaller."""


def exported(torch: ModuleType, module: Any, example: Any, way: str) -> bytes:
    """Return a module as an ONNX file."""
    if WAYS[way]["dynamo"]:
        pytest.importorskip("onnxscript")
    stream = io.BytesIO()
    more = {} if WAYS[way]["dynamo"] else {"training": torch.onnx.TrainingMode.PRESERVE}
    more = {} if way == "script-folded" else more
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(module.eval(), (example,), stream, **WAYS[way], **more)
    return stream.getvalue()


def example_of(torch: ModuleType, shape: tuple[int, ...]) -> Any:
    """Return zeros for one example: ids where there is one axis alone."""
    return torch.zeros(1, *shape, dtype=torch.long if len(shape) == 1 else torch.float32)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", MODELS)
def test_a_model_agrees_with_its_module(torch: ModuleType, tally: Tally, name: str, way: str) -> None:
    """All parameters are there, and each module that has a layer of its name gives the layer's shape.

    Smaller files have lost batch norms, and biases of zeros: what is left of the counts is in the file.
    """
    make, shape = MODELS[name]
    module = make()
    example = example_of(torch, shape)
    seen: dict[str, tuple[int, ...]] = {}
    for called, part in module.named_modules():
        part.register_forward_hook(lambda _, __, out, called=called: seen.__setitem__(called, out))
    module.eval()(example)
    network = imported(exported(torch, module, example, way)).network
    stored = sum(parameter.numel() for parameter in module.parameters())
    lost = sum(parameter.numel() for parameter in module.parameters() if parameter.dim() == 1)
    found = network.value("total.trainable")
    if way in ("script", "dynamo"):
        assert found == stored
    else:
        assert stored - lost <= found <= stored
    shapes = compared(torch, network, module, seen)
    assert shapes > 0
    tally.imports["ONNX files"] += 1
    tally.imports["layers"] += len(network.layers)


def compared(torch: ModuleType, network: Network, module: Any, seen: dict[str, Any]) -> int:
    """Compare the shapes of modules that have a layer of their name; return how many there are."""
    kinds = (torch.nn.Conv2d, torch.nn.Linear, torch.nn.ConvTranspose2d, torch.nn.LayerNorm, torch.nn.Embedding)
    parts = {name: part for name, part in module.named_modules() if isinstance(part, kinds) and name in seen}
    number = 0
    for name in parts:
        layer = network.by_name.get(name.replace(".", "_"))
        if layer is not None and layer.kind.name != "attention":
            assert network.value(f"{layer.name}.shape") == tuple(seen[name].shape[1:]), name
            number += 1
    return number

"""Networks that are drawn, built in PyTorch, exported and taken over again: the same sizes, counts and work."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pytest

from layerquiz.errors import NetworkError
from layerquiz.network.importing.onnx import imported
from layerquiz.network.network import Network
from oracle.drawn import generator, network
from oracle.tally import Tally

pytest.importorskip("onnx")
pytest.importorskip("torch")
from oracle import torch_models
from oracle.torch_kinds import Applied

pytestmark = pytest.mark.oracle
SEEDS = 60
KEPT = ("trainable", "macs")


def built(torch: ModuleType, spec: Mapping[str, Any], example: Any) -> Any:
    """Return a network of the notation as one module, with the names of its layers."""
    parts = {name: module for name, module, _ in torch_models.run(spec, example)}
    sums = {layer["name"] for layer in spec["layers"] if layer["kind"] == "add"}
    parts |= {name: Applied(lambda *inputs: sum(inputs[1:], inputs[0])) for name in sums}

    class Whole(torch.nn.Module):
        """The layers, wired as the notation says."""

        def __init__(self) -> None:
            super().__init__()
            self.parts = torch.nn.ModuleDict(parts)

        def forward(self, x: Any) -> Any:
            """Apply the layers in their order."""
            found, previous = {"input": x}, "input"
            for layer in spec["layers"]:
                names = layer.get("from", previous)
                previous = layer["name"]
                inputs = [found[name] for name in ([names] if isinstance(names, str) else names)]
                found[previous] = self.parts[previous](*inputs)
            return found[previous]

    return Whole().eval()


def taken(torch: ModuleType, seed: str) -> tuple[Network, dict[str, Any]] | None:
    """Return a drawn network that can be built, and its mapping; None where it cannot be."""
    spec = network(generator(seed), "pytorch", largest=12)
    for layer in spec["layers"]:
        layer.pop("weight_norm", None)  # an exporter writes the product, and no longer its factors
        layer.pop("spectral_norm", None)
    if all(layer["kind"] in ("dropout", "identity") for layer in spec["layers"]):
        return None  # of these an exporter leaves nothing
    try:
        return Network.parse(spec), spec
    except NetworkError:
        return None


def needed(found: Network, spec: Mapping[str, Any]) -> set[str]:
    """Return the layers that the last one needs: an exporter writes no others."""
    names = [layer["name"] for layer in spec["layers"]]
    before = dict(zip(names, ["input", *names], strict=False))
    sources = {layer["name"]: layer.get("from", before[layer["name"]]) for layer in spec["layers"]}
    waiting, reached = [names[-1]], set()
    while waiting:
        name = waiting.pop()
        if name != "input" and name not in reached:
            reached.add(name)
            entries = sources[name]
            waiting += [entries] if isinstance(entries, str) else entries
    return reached


@pytest.mark.sampled(5)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_drawn_network_comes_back(torch: ModuleType, tally: Tally, seed: int) -> None:
    """What a drawn network learns and multiplies is what its file does."""
    for attempt in range(50):
        drawn = taken(torch, f"onnx/{seed}/{attempt}")
        if drawn is None:
            continue
        ours, spec = drawn
        example = torch.zeros(1, *spec["input"].values())
        try:
            stream = io.BytesIO()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                module = built(torch, spec, example)
                mode = torch.onnx.TrainingMode.PRESERVE
                torch.onnx.export(module, (example,), stream, dynamo=False, training=mode)
        except (RuntimeError, ValueError, torch.onnx.errors.OnnxExporterError):
            continue  # what PyTorch cannot run or export is no case
        break
    else:
        pytest.fail("nothing could be drawn")
    try:
        theirs = imported(stream.getvalue()).network
    except NetworkError as error:
        raise AssertionError(f"{error}\n{spec}") from None
    layers = needed(ours, spec)
    for quantity in KEPT:
        expected = sum(ours.values[name][quantity] for name in layers)
        assert theirs.value(f"total.{quantity}") == expected, (quantity, spec, theirs.spec)
    last = ours.value(f"{spec['layers'][-1]['name']}.shape")
    assert theirs.value(f"{theirs.spec['layers'][-1]['name']}.shape") == last, (spec, theirs.spec)
    tally.imports["ONNX files"] += 1
    tally.imports["layers"] += len(theirs.layers)

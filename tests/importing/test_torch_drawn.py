"""Networks that are drawn, built in PyTorch and imported: the same shapes and numbers, or a refusal that is known."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Mapping
from functools import reduce
from types import ModuleType
from typing import Any

import pytest

from layerquiz.errors import NetworkError
from layerquiz.network.importing.torch import network as imported
from layerquiz.network.layers import KINDS
from layerquiz.network.network import Network
from oracle import code, drawn, drawn_kinds

pytestmark = pytest.mark.oracle

NOT_FOLLOWED = {
    "mixture": "the oracle's experts stand beside its forward",
    "scale": "the oracle's factors stand beside its forward",
    "instancenorm": "the oracle's module stands beside its forward",
    "parameter": "the oracle repeats its tensor for two examples",
    "additiveattention": "the oracle's scores are a sum over features of each query with each key",
    "adaptivesoftmax": "PyTorch writes into parts of a tensor",
    "einsumdense": "a tensor of the model is multiplied in parts with other matrices",
    "dot": "a sum of products of features is written as such, without multiply-adds",
    **dict.fromkeys((f"locallyconnected{rank}d" for rank in (1, 2)), "the oracle gives an empty tensor"),
    **dict.fromkeys((f"convlstm{rank}d" for rank in (1, 2)), "PyTorch goes step by step, each a convolution"),
}
"""Kinds whose module in the oracle is no model that has them."""


def built(spec: Mapping[str, Any]) -> Any:
    """Return a network as a module; what PyTorch makes when it first sees its input is made before."""
    import torch
    from torch import nn

    from oracle import torch_models

    class Merged(nn.Module):
        """Several inputs put together, two at a time."""

        def __init__(self, function: Any) -> None:
            super().__init__()
            self.function = function

        def forward(self, *inputs: Any) -> Any:
            """Put them together."""
            return reduce(self.function, inputs)

    class Attended(nn.Module):
        """What the oracle makes once it sees its input: attention, or a bilinear layer."""

        def __init__(self, made: nn.Module) -> None:
            super().__init__()
            self.made = made

        def forward(self, first: Any, *others: Any) -> Any:
            """Attend to itself where nothing else is given."""
            if isinstance(self.made, nn.Bilinear):
                return self.made(first, *others)
            return self.made(first, *((others[0], others[-1]) if others else (first, first)))[0]

    layers = spec["layers"]
    if any(key in layer for layer in layers for key in ("key_input", "value_input", "position_bias", "window")):
        raise ValueError("no layer gives the oracle's keys")
    merged = {"add": torch.add, "average": lambda a, b: (a + b) / 2, "maximum": torch.maximum, "minimum": torch.minimum}
    given = torch.zeros(2, *spec["input"].values())
    modules = {name: module for name, module, _ in torch_models.run(spec, given)}
    modules = {name: Attended(found.made) if hasattr(found, "made") else found for name, found in modules.items()}
    modules |= {layer["name"]: Merged(merged[layer["kind"]]) for layer in layers if layer["kind"] in merged}
    taken = {
        one
        for layer in layers
        for one in ([layer["from"]] if isinstance(layer.get("from"), str) else layer.get("from", []))
    }

    class Drawn(nn.Module):
        """The layers one after the other."""

        def __init__(self) -> None:
            super().__init__()
            self.parts = nn.ModuleDict({f"part_{name}": module for name, module in modules.items()})

        def forward(self, x: Any) -> list[Any]:
            """Return what no layer takes."""
            tensors, previous, ends = {"input": x}, "input", {}
            for layer in layers:
                names = layer.get("from", previous)
                inputs = [tensors[name] for name in ([names] if isinstance(names, str) else names)]
                if "from" not in layer:
                    ends.pop(previous, None)
                previous = layer["name"]
                tensors[previous] = ends[previous] = self.parts[f"part_{previous}"](*inputs)
            return [tensor for name, tensor in ends.items() if name not in taken]

    return Drawn()


def test_drawn_networks_come_back(torch: ModuleType, many: int) -> None:
    """Chains and branches of the plain kinds."""
    draw, count = drawn.generator("imported"), 0
    for _ in range(60 * many):
        count += agrees(drawn.network(draw, "pytorch"))
    assert count > 30 * many


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in NOT_FOLLOWED])
def test_every_kind_comes_back(torch: ModuleType, many: int, kind: str) -> None:
    """Each kind with each of its keys; where a parameter of the oracle is not used, that is told."""
    draw, found = drawn.generator(f"imported {kind}"), 0
    for _ in range(8 * many):
        try:
            found += agrees(drawn_kinds.network(draw, kind, "pytorch"))
        except NetworkError as error:
            if "nothing between the input and the outputs uses these parameters" not in str(error):
                raise
    assert found


def agrees(spec: Mapping[str, Any]) -> bool:
    """Compare a network with what is imported of it, where PyTorch and we can build it."""
    network = code.parsed(spec)
    if network is None:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # how fast it is on this machine
            module = built(spec)
    except (RuntimeError, ValueError):  # what PyTorch refuses is the oracles' matter
        return False
    found = imported(module, tuple(spec["input"].values()))
    for quantity in ("parameters", "trainable", "macs"):
        assert found.value(f"total.{quantity}") == network.value(f"total.{quantity}"), (quantity, spec, found.spec)
    assert ends(found) == ends(network), (spec, found.spec)
    return True


def ends(network: Network) -> Counter[tuple[int, ...]]:
    """Return the shapes of what no layer takes."""
    taken = {source for layer in network.layers for source in layer.sources}
    return Counter(network.value(f"{layer.name}.shape") for layer in network.layers if layer.name not in taken)

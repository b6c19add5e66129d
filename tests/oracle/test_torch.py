"""PyTorch as an oracle: the same networks built there have the same shapes and the same parameters."""

from __future__ import annotations

from types import ModuleType

import pytest

from layerquiz.network.layers import KINDS
from layerquiz.network.network import Network
from oracle import drawn, drawn_kinds
from oracle.agreement import LAYERS, NETWORKS, Oracle, each_of, hold
from oracle.tally import Tally

pytestmark = pytest.mark.oracle


def test_drawn_networks_are_what_torch_builds(torch_oracle: Oracle, tally: Tally, many: int) -> None:
    """Every layer of a drawn network has PyTorch's shape, weights and biases; what is refused is refused there too."""
    draw = drawn.generator("torch networks")
    built = hold(torch_oracle, tally, NETWORKS * many, lambda: drawn.network(draw, "pytorch"))
    tally.networks["torch"] += len(built)
    assert {"add", "concat"} <= {layer["kind"] for spec in built for layer in spec["layers"]}, "no branches were drawn"


@pytest.mark.parametrize("kind", drawn_kinds.MAKERS)
def test_drawn_layers_are_what_torch_builds(torch_oracle: Oracle, kind: str, tally: Tally, many: int) -> None:
    """Each kind with each of its keys has PyTorch's shape, weights and biases; what is refused is refused there too."""
    draw = drawn.generator(f"torch {kind}")
    count = each_of(LAYERS * many, len(drawn_kinds.MAKERS))
    hold(torch_oracle, tally, count, lambda: drawn_kinds.tried(draw, kind, "pytorch"))


def test_torch_can_build_every_kind(torch: ModuleType) -> None:
    """A kind that is added is missed here until it is drawn and the oracle can build it."""
    from oracle import torch_models

    assert set(torch_models.MODULES) >= set(KINDS)
    assert set(drawn_kinds.MAKERS) == set(KINDS)


def test_the_known_networks_are_torch_networks(torch: ModuleType) -> None:
    """AlexNet and VGG-16 have as many parameters when PyTorch builds them."""
    from oracle import torch_models

    for name in ("alexnet", "alexnet_groups", "vgg16"):
        network = Network.named(name).under("pytorch")
        layers = [
            layer | {"name": ours.name} for layer, ours in zip(network.spec["layers"], network.layers, strict=True)
        ]
        found = torch_models.measured({**network.spec, "layers": layers}, "meta")
        assert network.value("total.weights") == sum(layer["weights"] for layer in found.values())
        assert network.value("total.biases") == sum(layer["biases"] for layer in found.values())

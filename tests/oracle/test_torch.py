"""PyTorch as an oracle: the same networks built there have the same shapes and the same parameters."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from layerquiz.errors import NetworkError
from layerquiz.network.layers import KINDS
from layerquiz.network.network import Network
from oracle import drawn, drawn_kinds

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths"),  # about speed, not sizes
]

NETWORKS = 400
LAYERS = 60

ALONE_REFUSED = "smaller than kernel size"
"""PyTorch's AvgPool3d refuses a window larger than its input where sizes are rounded up; its others give 1."""


def refused_by_torch(spec: dict[str, Any]) -> bool:
    """Say whether PyTorch cannot build or run a network."""
    from oracle import torch_models

    try:
        torch_models.measured(spec)
    except (RuntimeError, ValueError, IndexError, AssertionError):
        return True
    return False


def parsed(spec: dict[str, Any]) -> Network | NetworkError:
    """Return the network, or why there is none."""
    try:
        return Network.parse(spec)
    except NetworkError as error:
        return error


def test_drawn_networks_are_what_torch_builds(torch: ModuleType, many: int) -> None:
    """Every layer of a drawn network has PyTorch's shape, weights and biases; what is refused is refused there too."""
    from oracle import torch_models

    draw = drawn.generator("torch networks")
    kinds: set[str] = set()
    accepted = 0
    for _ in range(NETWORKS * many):
        spec = drawn.network(draw, "pytorch")
        network = parsed(spec)
        if isinstance(network, NetworkError):
            assert refused_by_torch(spec), (str(network), spec)
            continue
        try:
            measured = torch_models.measured(spec)
        except RuntimeError as error:
            if ALONE_REFUSED in str(error):
                continue
            raise
        for name, expected in measured.items():
            ours = {key: network.value(f"{name}.{key}") for key in expected}
            assert ours == expected, (name, spec)
        assert network.value("total.parameters") == sum(
            found["weights"] + found["biases"] for found in measured.values()
        )
        kinds |= {layer["kind"] for layer in spec["layers"]}
        accepted += 1
    assert accepted > NETWORKS / 3
    assert kinds | set(drawn_kinds.MAKERS) == set(KINDS), "a kind was never drawn"


@pytest.mark.parametrize("kind", drawn_kinds.MAKERS)
def test_drawn_layers_are_what_torch_builds(torch: ModuleType, kind: str, many: int) -> None:
    """Each kind with each of its keys has PyTorch's shape, weights and biases; what is refused is refused there too."""
    from oracle import torch_models

    draw, accepted = drawn.generator(f"torch {kind}"), 0
    for _ in range(LAYERS * many):
        spec = drawn_kinds.network(draw, kind, "pytorch")
        network = parsed(spec)
        if isinstance(network, NetworkError):
            assert refused_by_torch(spec), (str(network), spec)
            continue
        expected = torch_models.measured(spec)["x"]
        assert {key: network.value(f"x.{key}") for key in expected} == expected, spec
        accepted += 1
    assert accepted > LAYERS / 5


def test_torch_can_build_every_kind(torch: ModuleType) -> None:
    """A kind that is added is missed here until the oracle can build it."""
    from oracle import torch_models

    assert set(torch_models.MODULES) >= set(KINDS)


def test_the_known_networks_are_torch_networks(torch: ModuleType) -> None:
    """AlexNet and VGG-16 have as many parameters when PyTorch builds them."""
    from oracle import torch_models

    for name in ("alexnet", "alexnet_groups", "vgg16"):
        network = Network.named(name).under("pytorch")
        layers = [
            layer | {"name": ours.name} for layer, ours in zip(network.spec["layers"], network.layers, strict=True)
        ]
        found = torch_models.measured({**network.spec, "layers": layers})
        assert network.value("total.weights") == sum(layer["weights"] for layer in found.values())
        assert network.value("total.biases") == sum(layer["biases"] for layer in found.values())

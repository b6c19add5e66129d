"""PyTorch as an oracle of training and of tensors: gradients, states, operations, shapes, first positions."""

from __future__ import annotations

from random import Random
from types import ModuleType
from typing import Any

import pytest

from layerquiz.errors import NetworkError
from layerquiz.network.network import Network
from oracle import drawn, drawn_kinds

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths"),  # about speed, not sizes
]

TRAINED = {
    "conv2d": ({"kind": "conv2d", "name": "x", "filters": 5, "kernel": 3, "padding": 1, "stride": 2}, True),
    "conv2d without bias": ({"kind": "conv2d", "name": "x", "filters": 6, "kernel": 3, "bias": False}, True),
    "a frozen conv2d": ({"kind": "conv2d", "name": "x", "filters": 5, "kernel": 3, "trainable": False}, False),
    "convtranspose2d": ({"kind": "convtranspose2d", "name": "x", "filters": 4, "kernel": 3, "stride": 2}, True),
}


def module_of(torch: ModuleType, layer: dict[str, Any], channels: int) -> Any:
    """Return a convolution of this table as a module."""
    kinds = {"conv2d": torch.nn.Conv2d, "convtranspose2d": torch.nn.ConvTranspose2d}
    called = {"stride", "padding", "groups", "bias"} & set(layer)
    return kinds[layer["kind"]](channels, layer["filters"], layer["kernel"], **{name: layer[name] for name in called})


@pytest.mark.parametrize(("layer", "trained"), TRAINED.values(), ids=TRAINED)
def test_operations_forward_and_backward(torch: ModuleType, layer: dict[str, Any], trained: bool) -> None:
    """PyTorch's own counter finds as many operations, forward and with the gradients (it overlooks groups there)."""
    from torch.utils.flop_counter import FlopCounterMode

    network = Network.parse({"input": {"channels": 6, "height": 12, "width": 10}, "layers": [layer]})
    module = module_of(torch, layer, 6).requires_grad_(trained)
    image = torch.zeros(1, 6, 12, 10, requires_grad=True)
    with FlopCounterMode(display=False) as forward:
        output = module(image)
    with FlopCounterMode(display=False) as backward:
        output.sum().backward()
    assert network.value("x.flops") == forward.get_total_flops()
    assert network.value("x.backward_flops") == backward.get_total_flops()
    assert network.value("x.training_flops") == forward.get_total_flops() + backward.get_total_flops()


OPTIMISERS = {"sgd": ("SGD", {}), "momentum": ("SGD", {"momentum": 0.9}), "adagrad": ("Adagrad", {})}
OPTIMISERS |= {"rmsprop": ("RMSprop", {}), "adam": ("Adam", {}), "adamw": ("AdamW", {})}


@pytest.mark.parametrize(("word", "built"), OPTIMISERS.items(), ids=OPTIMISERS)
def test_states_and_gradients(torch: ModuleType, word: str, built: tuple[str, dict[str, float]]) -> None:
    """After one step PyTorch's optimiser holds as many numbers, and there are as many gradients."""
    layers = [{"kind": "dense", "name": "a", "units": 7}, {"kind": "dense", "name": "b", "units": 3, "bias": False}]
    network = Network.parse({"conventions": {"optimiser": word}, "input": {"features": 5}, "layers": layers})
    model = torch.nn.Sequential(torch.nn.Linear(5, 7), torch.nn.Linear(7, 3, bias=False))
    optimiser = getattr(torch.optim, built[0])(model.parameters(), lr=0.1, **built[1])
    model(torch.ones(2, 5)).sum().backward()
    optimiser.step()
    kept = [value for state in optimiser.state.values() for value in state.values() if torch.is_tensor(value)]
    assert network.value("total.optimiser_bytes") == 4 * sum(value.numel() for value in kept if value.numel() > 1)
    assert network.value("total.gradient_bytes") == 4 * sum(p.grad.numel() for p in model.parameters())


def test_tensors_have_the_shapes_of_torch(torch: ModuleType, many: int) -> None:
    """Where a layer has one tensor of weights, it has PyTorch's shape."""
    from oracle import torch_models

    held: set[str] = set()
    for kind in ("convtranspose1d", "convtranspose2d", "depthwiseconv2d", "parameter", "layernorm", "embedding"):
        draw = drawn.generator(f"shapes {kind}")
        for _ in range(12 * many):
            spec = drawn_kinds.network(draw, kind, "pytorch")
            try:
                network = Network.parse(spec)
            except NetworkError:
                continue
            if "x.weight_shape" not in network.quantities("x"):
                continue
            shapes = torch_models.weight_shapes(spec)
            assert shapes == [network.value("x.weight_shape")], spec
            held.add(kind)
    assert len(held) == 6


def windows(draw: Random) -> list[dict[str, Any]]:
    """Return convolutions and pools of one channel, each with all of its keys."""
    found = []
    for _ in range(draw.randint(1, 3)):
        size = draw.randint(1, 4)
        layer = {"kernel": size, "stride": draw.randint(1, 3), "padding": draw.randint(0, size // 2)}
        found.append(layer | draw.choice([{"kind": "conv2d", "filters": 1}, {"kind": "avgpool2d"}]))
    return found


def test_first_positions_are_where_the_gradient_begins(torch: ModuleType, many: int) -> None:
    """The gradient of an output in the middle begins as many jumps behind the first position as the output stands."""
    draw = drawn.generator("first positions")
    held = 0
    for _ in range(25 * many):
        layers = windows(draw)
        network = Network.parse({"input": {"channels": 1, "height": 60, "width": 60}, "layers": layers})
        last = network.layers[-1].name
        image = torch.zeros(1, 1, 60, 60, requires_grad=True)
        found = image
        for layer in layers:
            keys = {"stride": layer["stride"], "padding": layer["padding"]}
            weight = torch.ones(1, 1, layer["kernel"], layer["kernel"])
            found = torch.nn.functional.conv2d(found, weight, **keys)
        middle = found.shape[-1] // 2
        found[0, 0, middle, middle].backward()
        first = image.grad[0, 0].nonzero().min().item()
        jump = network.value(f"{last}.jump")
        assert network.value(f"{last}.first_position") + middle * jump == first, network.spec
        held += 1
    assert held == 25 * many

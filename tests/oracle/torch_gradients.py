"""What an output unit sees, by PyTorch's gradients: the inputs on which it depends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from oracle.torch_models import run

Span = tuple[int, int]


def ones(module: nn.Module) -> None:
    """Make every weight 1, so that no gradient cancels another."""
    for parameter in module.parameters():
        nn.init.ones_(parameter)


def averaged(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a network with average pools for its maximum pools, whose gradient is at one place of the window only."""
    layers = [layer | {"kind": layer["kind"].replace("max", "avg")} for layer in spec["layers"]]
    return {**spec, "layers": layers}


def output(spec: Mapping[str, Any]) -> tuple[Tensor, Tensor]:
    """Return an image, and what the last layer makes of it."""
    image = torch.ones(1, *spec["input"].values(), requires_grad=True)
    found = [last for _, _, last in run(averaged(spec), image, ones)]
    return image, found[-1]


def seen(image: Tensor, last: Tensor, unit: tuple[int, ...]) -> list[Span]:
    """Return along each axis the first and the last input on which a unit depends, in any of its channels."""
    (gradient,) = torch.autograd.grad(last[(0, slice(None), *unit)].sum(), image, retain_graph=True)
    places = gradient[0].abs().sum(0).nonzero()
    return [(int(axis.min()), int(axis.max())) for axis in places.T]

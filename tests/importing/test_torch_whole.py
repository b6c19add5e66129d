"""A module with everything at once: a residual sum, odd convolutions, a layer that is shared, and a recurrent layer."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

import layerquiz as lq
from layerquiz.network.importing.torch import network as imported

pytestmark = pytest.mark.oracle


def module() -> Any:
    """Return a module as somebody writes it for an assignment."""
    import torch
    from torch import nn

    class Assignment(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.stem = nn.Conv2d(1, 8, 3, stride=2, padding=1)
            self.grouped = nn.Conv2d(8, 8, 3, padding=1, groups=4, bias=False)
            self.shared = nn.Conv2d(8, 8, 1)
            self.up = nn.ConvTranspose2d(8, 6, 4, stride=2, padding=1)
            self.lstm = nn.LSTM(6 * 16, 12, num_layers=2, bidirectional=True, batch_first=True)
            self.head = nn.Linear(24, 5)

        def forward(self, x: Any) -> Any:
            x = torch.relu(self.stem(x))
            x = x + self.shared(torch.relu(self.grouped(self.shared(x))))
            x = self.up(x)
            x = x.permute(0, 3, 1, 2).flatten(2)  # each column of the image is a step
            _, (hidden, _) = self.lstm(x)
            return self.head(torch.cat([hidden[-2], hidden[-1]], dim=-1))

    return Assignment()


def test_it_agrees_with_pytorch(torch: ModuleType) -> None:
    """The counts of PyTorch's own modules, the shared one once."""
    made = module()
    network = imported(made, (1, 16, 20))
    summary = lq.solve(network)
    for name, part in made.named_children():
        assert summary[name].parameters == sum(found.numel() for found in part.parameters()), name
    assert summary.total.parameters == sum(found.numel() for found in made.parameters())
    assert summary["shared_2"].parameters == 0
    assert [summary[name].shape for name in ("stem", "grouped", "up", "lstm", "head")] == [
        (8, 8, 10), (8, 8, 10), (6, 16, 20), (24,), (5,),
    ]  # fmt: skip


def test_its_notation_is_readable(torch: ModuleType) -> None:
    """Each layer is called as the module that it comes from, and says what differs from a plain one."""
    layers = imported(module(), (1, 16, 20)).spec["layers"]
    assert layers[:6] == [
        {"kind": "conv2d", "name": "stem", "filters": 8, "kernel": 3, "stride": 2, "padding": 1},
        {"kind": "activation", "name": "activation", "function": "relu"},
        {"kind": "conv2d", "name": "shared", "filters": 8, "kernel": 1},
        {"kind": "conv2d", "name": "grouped", "filters": 8, "kernel": 3, "padding": 1, "groups": 4, "bias": False},
        {"kind": "activation", "name": "activation_2", "function": "relu"},
        {"kind": "conv2d", "name": "shared_2", "filters": 8, "kernel": 1, "shares": "shared"},
    ]
    assert layers[6:8] == [
        {"kind": "add", "name": "add", "from": ["activation", "shared_2"]},
        {"kind": "convtranspose2d", "name": "up", "filters": 6, "kernel": 4, "stride": 2, "padding": 1},
    ]
    assert {layer["name"]: layer for layer in layers}["lstm"] == {
        "kind": "lstm", "name": "lstm", "units": 12, "layers": 2, "bidirectional": True, "sequences": False,
    }  # fmt: skip

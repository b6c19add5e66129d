# ruff: noqa: D101, D102  # models as people write them
"""Models of PyTorch that do what the notation cannot say."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as fn
from torch import nn


class Base(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc, self.other = nn.Linear(4, 4), nn.Linear(4, 4)


class DataDependent(Base):
    def forward(self, x: Any) -> Any:
        if x.sum() > 0:
            return self.fc(x)
        return self.other(x)


class TwoInputs(Base):
    def forward(self, left: Any, right: Any) -> Any:
        return self.fc(left) + self.other(right)


class Unused(Base):
    def forward(self, x: Any) -> Any:
        return self.fc(x)


class Fourier(Base):
    def forward(self, x: Any) -> Any:
        return self.other(torch.fft.fft(self.fc(x)).real)


class Written(Base):
    def forward(self, x: Any) -> Any:
        found = self.fc(x)
        found[:, 0] = self.other(x)[:, 1]
        return found


class PartlyFrozen(Base):
    def __init__(self) -> None:
        super().__init__()
        self.fc.weight.requires_grad_(False)

    def forward(self, x: Any) -> Any:
        return self.other(self.fc(x))


class Half(Base):
    def __init__(self) -> None:
        super().__init__()
        self.other.weight = self.fc.weight

    def forward(self, x: Any) -> Any:
        return self.other(self.fc(x))


class OverBatch(Base):
    def forward(self, x: Any) -> Any:
        return self.other(self.fc(x) - self.fc(x).mean(0))


class ForEach(Base):
    def forward(self, x: Any) -> Any:
        return self.other(torch.stack([self.fc(row) for row in x]))


class Made(nn.Module):
    def forward(self, x: Any) -> Any:
        return nn.Linear(4, 3)(x)


class Constant(Base):
    def forward(self, x: Any) -> Any:
        return torch.zeros(x.shape[0], 3)


class Seq2Seq(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder = nn.GRU(3, 5, batch_first=True), nn.GRU(3, 5, batch_first=True)

    def forward(self, x: Any) -> Any:
        return self.decoder(x, self.encoder(x)[1])[0]


class Windows(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(4, 12)

    def forward(self, x: Any) -> Any:
        b, c, h, w = x.shape
        x = x.view(b, c, h // 2, 2, w // 2, 2).permute(0, 2, 4, 3, 5, 1).reshape(-1, 4, c)
        q, k, v = self.qkv(x).chunk(3, -1)
        return fn.scaled_dot_product_attention(q, k, v)


CASES: dict[str, tuple[Any, tuple[Any, ...], str]] = {
    "data": (
        DataDependent(),
        (4,),
        r"DataDependent, torch_refused.py, line \d+: if x.sum\(\) > 0:.*reads numbers",
    ),
    "inputs": (TwoInputs(), (4,), "its forward takes 2 inputs: left, right"),
    "unused": (Unused(), (4,), r"other\.weight, other\.bias: nothing .* uses these parameters"),
    "fourier": (Fourier(), (4,), r"the operation fft_fft is none that the notation knows"),
    "written": (Written(), (4,), r"it writes into a part of a tensor.*torch\.cat"),
    "frozen": (
        PartlyFrozen(),
        (4,),
        r'module "fc" \(Linear\).*only a part of the layer is trained: fc\.weight is frozen',
    ),
    "shared": (Half(), (4,), r'module "other" \(Linear\).*uses fc\.weight, which belongs to the layer "fc"'),
    "batch": (OverBatch(), (4,), "mean is taken over the batch"),
    "examples": (ForEach(), (4,), "single examples of the batch"),
    "made": (Made(), (4,), "weights that are no parameters"),
    "constant": (Constant(), (4,), "its output does not depend on its input"),
    "state": (Seq2Seq(), (6, 3), 'module "decoder".*begins with a state that comes from another layer'),
    "windows": (Windows(), (4, 4, 6), "windows"),
    "shape": (
        nn.Linear(4, 2),
        (5,),
        r"cannot be run on a tensor of shape \(\d+, 5\).*input_shape is without the batch",
    ),
    "ids": (nn.Linear(4, 2), (2.5,), r"input_shape: found \(2\.5,\)"),
    "volume": (nn.Conv2d(1, 1, 1), (1, 2, 3, 4, 5), "input_shape: found"),
    "class": (nn.Flatten, (4,), "this is a class. Give a model made of it, such as Flatten()"),
    "weights": (nn.Linear(4, 2).state_dict(), (4,), "this is no torch.nn.Module"),
    "lazy": (nn.LazyLinear(3), (4,), "weight has no shape yet"),
}
"""Each model, the shape of its input, and a pattern of what is said."""

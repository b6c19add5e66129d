# ruff: noqa: D102, N812  # models as people write them
"""Models as students and tutorials write them in PyTorch, each with something that is written in several ways."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Forward(nn.Module):
    """Modules by name, and a function of them and the input."""

    def __init__(self, function: Callable[..., Any], **parts: Any) -> None:
        super().__init__()
        self.function = function
        for name, part in parts.items():
            setattr(self, name, part)

    def forward(self, x: Tensor) -> Any:
        return self.function(self, x)


def weights(*shape: int) -> nn.Parameter:
    """Return a parameter that was not learned yet."""
    return nn.Parameter(torch.zeros(shape))


def mean_of_means(self: Any, x: Tensor) -> Tensor:
    return self.fc(self.conv(x).mean(3).mean(2))


def mean_of_a_sum(self: Any, x: Tensor) -> Tensor:
    return self.fc(torch.stack([self.conv(x), self.other(x)], 1).sum(1).mean(-1).mean(-1))


def norm_over_channels(self: Any, x: Tensor) -> Tensor:
    x = self.conv(x)
    mean = x.mean(1, keepdim=True)
    x = (x - mean) / torch.sqrt((x - mean).pow(2).mean(1, keepdim=True) + 1e-6)
    return self.weight[:, None, None] * x + self.bias[:, None, None]


def response_norm(self: Any, x: Tensor) -> Tensor:
    x = self.conv(x).permute(0, 2, 3, 1)
    length = torch.norm(x, p=2, dim=(1, 2), keepdim=True)
    return self.weight * (x * (length / (length.mean(dim=-1, keepdim=True) + 1e-6))) + x


def attention_of_a_state(self: Any, x: Tensor) -> Tensor:
    steps, (hidden, _) = self.lstm(x)
    scores = torch.bmm(steps, hidden[-1].unsqueeze(2)).squeeze(2)
    return self.fc(torch.bmm(steps.transpose(1, 2), F.softmax(scores, 1).unsqueeze(2)).squeeze(2))


def learned_queries(self: Any, x: Tensor) -> Tensor:
    queries = self.q(self.latents[None].expand(x.shape[0], -1, -1))
    heads = [part.reshape(x.shape[0], -1, 3, 8).transpose(1, 2) for part in (queries, *self.kv(x).chunk(2, dim=-1))]
    scores = torch.einsum("bhid,bhjd->bhij", heads[0], heads[1]).mul(8**-0.5).softmax(dim=-1)
    return self.out(torch.einsum("bhij,bhjd->bhid", scores, heads[2]).transpose(1, 2).flatten(2))


def split(x: Tensor, heads: int) -> Tensor:
    return x.view(*x.shape[:2], heads, 4).transpose(1, 2)


def grouped_queries(self: Any, x: Tensor) -> Tensor:
    q, k, v = split(self.q(x), 4), split(self.k(x), 2), split(self.v(x), 2)
    k, v = k.repeat_interleave(2, 1), v.repeat_interleave(2, dim=1)
    scores = F.softmax((q @ k.transpose(2, 3) / 2 + torch.full((10, 10), -1e9).triu(1)).float(), -1).type_as(q)
    return self.out((scores @ v).transpose(1, 2).reshape(*x.shape[:2], -1))


def biases_by_distance(self: Any, x: Tensor) -> Tensor:
    places = torch.arange(10)
    bias = self.table((places[None] - places[:, None]).clamp(-7, 7) + 7).permute(2, 0, 1).unsqueeze(0)
    scores = torch.matmul(split(self.q(x), 4), split(self.k(x), 4).transpose(3, 2)) + bias
    return self.out((scores.softmax(-1) @ split(self.v(x), 4)).transpose(1, 2).contiguous().view(-1, 10, 16))


def patches(self: Any, x: Tensor) -> Tensor:
    x = x.unfold(2, 8, 8).unfold(3, 8, 8)
    return self.fc(x.contiguous().view(x.size(0), 3, -1, 8, 8).permute(0, 2, 1, 3, 4).flatten(2))[:, 0]


def projections(bias: bool = False) -> dict[str, nn.Module]:
    return {name: nn.Linear(16, 16, bias=bias) for name in ("q", "k", "v", "out")}


def conv() -> nn.Conv2d:
    return nn.Conv2d(3, 8, 3)


def pair() -> dict[str, nn.Module]:
    return {"left": nn.Linear(12, 4), "right": nn.Linear(12, 4)}


MODELS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...], str]] = {
    "mean of means": (
        lambda: Forward(mean_of_means, conv=conv(), fc=nn.Linear(8, 2)),
        (3, 9, 9),
        "conv2d globalavgpool dense",
    ),
    "mean of a sum": (
        lambda: Forward(mean_of_a_sum, conv=conv(), other=conv(), fc=nn.Linear(8, 2)),
        (3, 9, 9),
        "conv2d conv2d reshape reshape concat permute adaptiveavgpool reshape globalavgpool dense",
    ),
    "norm over channels": (
        lambda: Forward(norm_over_channels, conv=conv(), weight=weights(8), bias=weights(8)),
        (3, 9, 9),
        "conv2d scale",
    ),
    "response norm": (
        lambda: Forward(response_norm, conv=conv(), weight=weights(1, 1, 1, 8)),
        (3, 9, 9),
        "conv2d scale add permute",
    ),
    "double": (lambda: nn.Sequential(conv(), nn.BatchNorm2d(8)).double(), (3, 9, 9), "conv2d batchnorm"),
    "addmm": (
        lambda: Forward(lambda self, x: torch.addmm(self.b, x, self.w.t()), w=weights(5, 12), b=weights(5)),
        (12,),
        "dense",
    ),
    "a learned deviation": (
        lambda: Forward(lambda self, x: (self.fc(x), self.log_std.exp()), fc=nn.Linear(4, 2), log_std=weights(2)),
        (4,),
        "dense parameter",
    ),
    "attention of a state": (
        lambda: Forward(attention_of_a_state, lstm=nn.LSTM(8, 16, batch_first=True), fc=nn.Linear(16, 3)),
        (20, 8),
        "lstm select reshape dotattention flatten dense",
    ),
    "learned queries": (
        lambda: Forward(
            learned_queries, latents=weights(4, 16), q=nn.Linear(16, 24), kv=nn.Linear(16, 48), out=nn.Linear(24, 16)
        ),
        (10, 16),
        "parameter dense dense slice slice dotattention dense",
    ),
    "grouped queries": (
        lambda: Forward(
            grouped_queries,
            **projections() | {name: nn.Linear(16, 8, bias=False) for name in ("k", "v")},
        ),
        (10, 16),
        "attention",
    ),
    "biases by distance": (
        lambda: Forward(biases_by_distance, table=nn.Embedding(15, 4), **projections()),
        (10, 16),
        "parameter attention",
    ),
    "patches": (lambda: Forward(patches, fc=nn.Linear(192, 5)), (3, 32, 32), "pixelunshuffle tokens dense select"),
    "frequencies": (
        lambda: Forward(lambda self, x: self.fc((x * torch.arange(1, 7)).sin()), fc=nn.Linear(6, 2)),
        (1,),
        "activation repeatvector flatten dense",
    ),
    "three at once": (
        lambda: Forward(lambda self, x: torch.lerp(x, self.a(x), self.b(x)), a=nn.Linear(4, 4), b=nn.Linear(4, 4)),
        (4,),
        "dense dense add add",
    ),
    "similarity": (
        lambda: Forward(lambda self, x: F.cosine_similarity(self.left(x), self.right(x), dim=1), **pair()),
        (12,),
        "dense dense multiply reshape globalavgpool",
    ),
    "distance": (
        lambda: Forward(lambda self, x: F.pairwise_distance(self.left(x), self.right(x)), **pair()),
        (12,),
        "dense dense subtract reshape globalavgpool",
    ),
    "a place beside the scores": (
        lambda: Forward(lambda self, x: (self.fc(x), self.fc(x).argmax(-1)), fc=nn.Linear(4, 3)),
        (4,),
        "dense dense",
    ),
    "places in a row": (
        lambda: Forward(lambda self, x: self.fc(torch.index_select(x, 1, torch.arange(2, 6))), fc=nn.Linear(4, 2)),
        (9,),
        "slice dense",
    ),
}
"""How each model is made, the shape of its input, and the kinds of its layers."""


def packed(self: Any, ids: Tensor) -> Tensor:
    lengths = (ids != 0).sum(1).cpu()
    steps = nn.utils.rnn.pack_padded_sequence(self.table(ids), lengths, batch_first=True, enforce_sorted=False)
    return self.lstm(steps)[1][0]


def loop(self: Any, x: Tensor) -> Tensor:
    state = torch.zeros(x.size(0), 5)
    for step in range(x.size(1)):
        state = torch.tanh(x[:, step] @ self.w + state @ self.u)
    return state


def joined_loop(self: Any, x: Tensor) -> Tensor:
    return self.fc(torch.cat([x[:, 0], torch.zeros(x.size(0), 5)], 1))


REFUSED: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...], str]] = {
    "packed": (
        lambda: Forward(packed, table=nn.Embedding(9, 4), lstm=nn.LSTM(4, 3, batch_first=True)),
        (6,),
        r"reads numbers of a tensor \(pack_padded_sequence\).*Leave the packing out",
    ),
    "a loop from zeros": (
        lambda: Forward(loop, w=weights(3, 5), u=weights(5, 5)),
        (4, 3),
        r"constants that have a row for each example.*nn\.LSTM",
    ),
    "a loop that joins zeros": (lambda: Forward(joined_loop, fc=nn.Linear(8, 5)), (4, 3), r"nn\.LSTM.*F\.pad"),
    "a column of ids": (
        lambda: Forward(lambda self, x: self.table(x[:, 0]), table=nn.Embedding(9, 4)),
        (2,),
        "it takes a part of the token ids",
    ),
    "quantised": (
        lambda: nn.Sequential(torch.ao.nn.quantized.DeQuantize(), nn.Linear(4, 2)),
        (4,),
        'quantised module "0" hides its weights. Give the model as it was before',
    ),
    "places apart": (
        lambda: Forward(lambda self, x: self.fc(torch.index_select(x, 1, torch.tensor([0, 3]))), fc=nn.Linear(2, 2)),
        (9,),
        "a list of places",
    ),
}
"""What the notation cannot say, and a pattern of what is said."""

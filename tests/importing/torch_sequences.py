# ruff: noqa: D102, N812  # models as people write them
"""Models of sequences as people write them in PyTorch, with branches in `forward`."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class TextLstm(nn.Module):
    """A classifier on the last states of both directions."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(40, 12, padding_idx=0)
        self.lstm = nn.LSTM(12, 8, num_layers=2, bidirectional=True, batch_first=True, dropout=0.2)
        self.fc = nn.Linear(16, 3)

    def forward(self, ids: Tensor) -> Tensor:
        _, (hidden, _) = self.lstm(self.embed(ids))
        return self.fc(torch.cat((hidden[-2], hidden[-1]), dim=1))


class Tagger(nn.Module):
    """A label for each step of a sequence whose batch comes second."""

    def __init__(self) -> None:
        super().__init__()
        self.gru = nn.GRU(5, 6, bidirectional=True)
        self.out = nn.Linear(12, 4)

    def forward(self, steps: Tensor) -> Tensor:
        outputs, _ = self.gru(steps)
        return F.log_softmax(self.out(outputs), dim=-1)


class Forecast(nn.Module):
    """The last step of stacked recurrent layers, one with a projection."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.RNN(3, 7, nonlinearity="relu", bias=False, batch_first=True)
        self.lstm, self.fc = nn.LSTM(7, 9, proj_size=4, batch_first=True), nn.Linear(4, 1)

    def forward(self, x: Tensor) -> Tensor:
        x, _ = self.rnn(x)
        return self.fc(self.lstm(x)[0][:, -1, :]).squeeze(-1)


class CharCnn(nn.Module):
    """Convolutions of several widths over embeddings, each with its maximum over time."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(30, 8)
        self.convs = nn.ModuleList([nn.Conv1d(8, 5, width) for width in (2, 3, 4)])
        self.fc = nn.Linear(15, 2)

    def forward(self, ids: Tensor) -> Tensor:
        x = self.embed(ids).permute(0, 2, 1)
        pooled = [F.relu(conv(x)).max(dim=2)[0] for conv in self.convs]
        return self.fc(F.dropout(torch.cat(pooled, 1), 0.5, self.training))


class WaveNet(nn.Module):
    """Causal convolutions with gates, a residual sum and a sum of skips."""

    def __init__(self) -> None:
        super().__init__()
        self.start = nn.Conv1d(1, 6, 1)
        self.gated = nn.ModuleList([nn.Conv1d(6, 12, 2, dilation=2**i) for i in range(3)])
        self.skips = nn.ModuleList([nn.Conv1d(6, 4, 1) for _ in range(3)])
        self.rests = nn.ModuleList([nn.Conv1d(6, 6, 1) for _ in range(3)])
        self.norm, self.end = nn.BatchNorm1d(4), nn.Conv1d(4, 10, 1)

    def forward(self, x: Tensor) -> Tensor:
        x, total = self.start(x), 0.0
        for i, conv in enumerate(self.gated):
            made = conv(F.pad(x, (2**i, 0)))
            filtered, gate = made.split(6, dim=1)
            inner = torch.tanh(filtered) * torch.sigmoid(gate)
            total = total + self.skips[i](inner)
            x = x + self.rests[i](inner)
        return self.end(F.relu(self.norm(total)))


class CausalAttention(nn.Module):
    """Attention as GPT's source has it: one layer for queries, keys and values."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.c_attn, self.c_proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.dropout = nn.Dropout(0.1)
        self.register_buffer("mask", torch.tril(torch.ones(64, 64)).view(1, 1, 64, 64))

    def forward(self, x: Tensor) -> Tensor:
        b, t, c = x.size()
        q, k, v = self.c_attn(x).split(c, dim=2)
        q, k, v = (part.view(b, t, self.heads, c // self.heads).transpose(1, 2) for part in (q, k, v))
        scores = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
        scores = scores.masked_fill(self.mask[:, :, :t, :t] == 0, float("-inf"))
        y = self.dropout(F.softmax(scores, dim=-1)) @ v
        return self.c_proj(y.transpose(1, 2).contiguous().view(b, t, c))


class Gpt(nn.Module):
    """A decoder with more positions than tokens, whose head is the table of its tokens."""

    def __init__(self, width: int = 12) -> None:
        super().__init__()
        self.wte, self.wpe = nn.Embedding(50, width), nn.Embedding(32, width)
        self.blocks = nn.ModuleList(
            nn.ModuleDict({"ln_1": nn.LayerNorm(width), "attn": CausalAttention(width, 3), "ln_2": nn.LayerNorm(width),
                           "mlp": nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))})
            for _ in range(2)
        )  # fmt: skip
        self.ln_f, self.lm_head = nn.LayerNorm(width), nn.Linear(width, 50, bias=False)
        self.lm_head.weight = self.wte.weight

    def forward(self, ids: Tensor) -> Tensor:
        position = torch.arange(ids.size(1), device=ids.device).unsqueeze(0)
        x = self.wte(ids) + self.wpe(position)
        for block in self.blocks:
            x = x + block["attn"](block["ln_1"](x))
            x = x + block["mlp"](block["ln_2"](x))
        return self.lm_head(self.ln_f(x))


class Bert(nn.Module):
    """An encoder with separate queries, keys and values, segments and a pooler."""

    def __init__(self, width: int = 8, heads: int = 2) -> None:
        super().__init__()
        self.heads = heads
        self.words, self.places, self.segments = (
            nn.Embedding(30, width),
            nn.Embedding(10, width),
            nn.Embedding(2, width),
        )
        self.norm, self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width), nn.LayerNorm(width)
        self.query, self.key, self.value = nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, width)
        self.output, self.up, self.down = nn.Linear(width, width), nn.Linear(width, 16), nn.Linear(16, width)
        self.pooler = nn.Linear(width, width)

    def split(self, x: Tensor) -> Tensor:
        return x.view(*x.shape[:2], self.heads, -1).permute(0, 2, 1, 3)

    def forward(self, ids: Tensor) -> Tensor:
        places = torch.arange(ids.shape[1]).expand_as(ids)
        x = self.norm(self.words(ids) + self.places(places) + self.segments(torch.zeros_like(ids)))
        q, k, v = self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x))
        y = F.scaled_dot_product_attention(q, k, v).permute(0, 2, 1, 3).flatten(2)
        x = self.norm1(x + self.output(y))
        x = self.norm2(x + self.down(F.gelu(self.up(x))))
        return torch.tanh(self.pooler(x[:, 0]))


class Vit(nn.Module):
    """Patches of an image with a class token, positions and PyTorch's own encoder."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 16, 4, stride=4)
        self.cls, self.pos = nn.Parameter(torch.zeros(1, 1, 16)), nn.Parameter(torch.zeros(1, 17, 16))
        layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True, norm_first=True, activation="gelu")
        self.encoder = nn.TransformerEncoder(layer, 2, norm=nn.LayerNorm(16), enable_nested_tensor=False)
        self.head = nn.Linear(16, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(x.shape[0], -1, -1), x], dim=1) + self.pos
        return self.head(self.encoder(x)[:, 0])


class CrossAttention(nn.Module):
    """Queries that are learned attend to a sequence with other features, then PyTorch's decoder layer."""

    def __init__(self) -> None:
        super().__init__()
        self.queries = nn.Parameter(torch.zeros(4, 8))
        self.attend = nn.MultiheadAttention(8, 2, kdim=6, vdim=6, batch_first=True)
        self.norm, self.decoder = nn.RMSNorm(8), nn.TransformerDecoderLayer(8, 2, 16, batch_first=True)
        self.memory = nn.Linear(6, 8, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        queries = self.queries.unsqueeze(0).repeat(x.size(0), 1, 1)
        found, _ = self.attend(queries, x, x)
        return self.decoder(self.norm(queries + found), self.memory(x))


class Llama(nn.Module):
    """Grouped heads, turned positions, a norm by hand and a gated unit."""

    def __init__(self, width: int = 16, heads: int = 4, groups: int = 2) -> None:
        super().__init__()
        self.heads, self.groups, self.size = heads, groups, width // heads
        self.q, self.k = nn.Linear(width, width, bias=False), nn.Linear(width, groups * self.size, bias=False)
        self.v, self.o = nn.Linear(width, groups * self.size, bias=False), nn.Linear(width, width, bias=False)
        self.gate, self.up, self.down = (
            nn.Linear(a, b, bias=False) for a, b in ((width, 24), (width, 24), (24, width))
        )
        self.scale1, self.scale2 = nn.Parameter(torch.ones(width)), nn.Parameter(torch.ones(width))

    @staticmethod
    def norm(x: Tensor, scale: Tensor) -> Tensor:
        return scale * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6))

    def turned(self, x: Tensor) -> Tensor:
        angle = torch.outer(torch.arange(x.shape[2]), 1.0 / 10000 ** torch.arange(0, 1, 2 / self.size)).repeat(1, 2)
        first, second = x.chunk(2, dim=-1)
        return x * angle.cos() + torch.cat((-second, first), dim=-1) * angle.sin()

    def forward(self, x: Tensor) -> Tensor:
        b, t, _ = x.shape
        y = self.norm(x, self.scale1)
        q = self.turned(self.q(y).view(b, t, self.heads, self.size).transpose(1, 2))
        k = self.turned(self.k(y).view(b, t, self.groups, self.size).transpose(1, 2))
        v = self.v(y).view(b, t, self.groups, self.size).transpose(1, 2)
        k, v = (z[:, :, None].expand(-1, -1, 2, -1, -1).reshape(b, self.heads, t, self.size) for z in (k, v))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(b, t, -1)
        x = x + self.o(y)
        y = self.norm(x, self.scale2)
        return x + self.down(F.silu(self.gate(y)) * self.up(y))


class Highway(nn.Module):
    """Gates that let a part through, in a loop over layers."""

    def __init__(self) -> None:
        super().__init__()
        self.plain = nn.ModuleList([nn.Linear(9, 9) for _ in range(2)])
        self.gates = nn.ModuleList([nn.Linear(9, 9) for _ in range(2)])

    def forward(self, x: Tensor) -> Tensor:
        for plain, gate in zip(self.plain, self.gates, strict=True):
            t = torch.sigmoid(gate(x))
            x = t * F.relu(plain(x)) + (1 - t) * x
        return x


class Nonlocal(nn.Module):
    """Attention among the positions of an image."""

    def __init__(self) -> None:
        super().__init__()
        self.theta, self.phi, self.g = nn.Conv2d(8, 2, 1), nn.Conv2d(8, 2, 1), nn.Conv2d(8, 4, 1)
        self.out, self.gamma = nn.Conv2d(4, 8, 1), nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        b, _, h, w = x.shape
        query, key = self.theta(x).view(b, 2, -1).permute(0, 2, 1), self.phi(x).view(b, 2, -1)
        scores = F.softmax(torch.bmm(query, key), dim=-1)
        values = torch.bmm(self.g(x).view(b, 4, -1), scores.permute(0, 2, 1)).view(b, 4, h, w)
        return x + self.gamma * self.out(values)


class TwoBranches(nn.Module):
    """A sequence seen by a convolution and by a recurrent layer; weights by hand at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.pool = nn.Conv1d(4, 6, 3, padding=1, padding_mode="circular"), nn.AdaptiveMaxPool1d(1)
        self.gru, self.glu = nn.GRU(4, 5, batch_first=True), nn.GLU(dim=-1)
        self.weight, self.bias = nn.Parameter(torch.zeros(8, 3)), nn.Parameter(torch.zeros(3))

    def forward(self, x: Tensor) -> Tensor:
        seen = self.pool(torch.relu(self.conv(x.transpose(1, 2)))).squeeze(-1)
        last = self.gru(x)[1].squeeze(0)
        both = torch.cat([seen, self.glu(torch.cat([last, last[:, :1]], -1))], dim=-1)
        return torch.matmul(both[..., :8], self.weight) + self.bias


class Captcha(nn.Module):
    """The rows of an image as steps of a recurrent layer; its pixels as those of another; both are asked at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.rows = nn.LSTM(24, 5, num_layers=2, bidirectional=True, batch_first=True)
        self.pixels = nn.GRU(4, 10, batch_first=True)
        self.last, self.mean = nn.Linear(10, 3), nn.Linear(10, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.tanh(self.conv(x))
        rows, _ = self.rows(x.permute(0, 2, 1, 3).flatten(2))
        pixels, _ = self.pixels(x.flatten(2).transpose(1, 2))
        return self.last(rows[:, -1, :]) + self.mean(pixels.mean(dim=1))


MODELS: dict[str, tuple[Any, tuple[int, ...]]] = {
    "text_lstm": (TextLstm, (9,)),
    "tagger": (Tagger, (7, 5)),
    "forecast": (Forecast, (6, 3)),
    "char_cnn": (CharCnn, (11,)),
    "wavenet": (WaveNet, (1, 20)),
    "gpt": (Gpt, (7,)),
    "bert": (Bert, (6,)),
    "vit": (Vit, (3, 16, 16)),
    "cross_attention": (CrossAttention, (5, 6)),
    "llama": (Llama, (6, 16)),
    "highway": (Highway, (9,)),
    "nonlocal": (Nonlocal, (8, 4, 5)),
    "two_branches": (TwoBranches, (10, 4)),
    "captcha": (Captcha, (1, 8, 6)),
}
"""Each model, and the shape of its input without the batch."""

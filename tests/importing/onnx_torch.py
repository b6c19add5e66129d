"""Models of PyTorch with what ONNX writes in its own ways: views, functions, norms, attention, recurrence, sharing."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional


class Mixed(nn.Module):
    """Convolutions of all sorts, norms, an image as a sequence, and a two-layer LSTM in both directions."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3, padding=1)
        self.batch = nn.BatchNorm2d(16)
        self.up = nn.ConvTranspose2d(16, 8, 2, stride=2)
        self.grouped = nn.Conv2d(8, 8, 3, groups=4, padding="same")
        self.slopes, self.groups = nn.PReLU(8), nn.GroupNorm(4, 8)
        self.norm = nn.LayerNorm(8)
        self.lstm = nn.LSTM(8, 6, 2, bidirectional=True, batch_first=True)
        self.head = nn.Linear(12, 5)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the model."""
        x = functional.gelu(self.up(functional.silu(self.batch(self.conv(x)))))
        x = functional.hardswish(self.groups(x + self.grouped(x)))
        x = functional.adaptive_avg_pool2d(self.slopes(x), 4).flatten(2).transpose(1, 2)
        return self.head(self.lstm(self.norm(x))[0][:, -1])


class Excited(nn.Module):
    """Channels that are weighted by what a global pool sees."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.squeeze, self.excite = nn.Conv2d(3, 8, 3), nn.Conv2d(8, 2, 1), nn.Conv2d(2, 8, 1)
        self.head = nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the model."""
        x = self.conv(x)
        seen = functional.adaptive_avg_pool2d(x, 1)
        x = x * torch.sigmoid(self.excite(functional.relu(self.squeeze(seen))))
        return self.head(x.mean((2, 3)))


class ChannelsLast(nn.Module):
    """Dense layers and a norm along the channels of an image, with a learned scale, as in ConvNeXt."""

    def __init__(self) -> None:
        super().__init__()
        self.depthwise, self.norm = nn.Conv2d(8, 8, 7, padding=3, groups=8), nn.LayerNorm(8)
        self.wide, self.narrow = nn.Linear(8, 32), nn.Linear(32, 8)
        self.gamma = nn.Parameter(torch.rand(8))

    def forward(self, x: Tensor) -> Tensor:
        """Apply the model."""
        y = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
        y = self.narrow(functional.gelu(self.wide(y), approximate="tanh")) * self.gamma
        return x + y.permute(0, 3, 1, 2)


class Shuffled(nn.Module):
    """Channels and pixels that change places, padding that reflects, and a cut."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.up = nn.Conv2d(8, 8, 3, groups=2, padding=1), nn.Upsample(scale_factor=2)
        self.shuffle, self.unshuffle = nn.PixelShuffle(2), nn.PixelUnshuffle(2)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the model."""
        x = self.conv(x)
        batch, channels, height, width = x.shape
        x = x.view(batch, 2, channels // 2, height, width).transpose(1, 2).reshape(batch, channels, height, width)
        x = functional.pad(self.unshuffle(self.shuffle(self.up(x))), (1, 2, 0, 1), mode="reflect")
        return x[:, :, 1:-1, :3]


class Classified(nn.Module):
    """A vision transformer: patches, a class token, learned positions, two layers."""

    def __init__(self) -> None:
        super().__init__()
        self.patches, self.token = nn.Conv2d(3, 16, 4, 4), nn.Parameter(torch.rand(1, 1, 16))
        self.positions = nn.Parameter(torch.rand(1, 17, 16))
        layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, norm_first=True, activation="gelu")
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(16, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the model."""
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.positions
        return self.head(self.encoder(x)[:, 0])


class Rotated(nn.Module):
    """A layer as in large language models: RMS norm by hand, attention without biases, a gate."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.rand(16))
        self.query, self.key, self.value, self.out = (nn.Linear(16, 16, bias=False) for _ in range(4))
        self.gate, self.up, self.down = nn.Linear(16, 40), nn.Linear(16, 40), nn.Linear(40, 16)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the model."""
        batch, tokens, width = x.shape
        y = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * self.weight
        heads = [one(y).view(batch, tokens, 4, 4).transpose(1, 2) for one in (self.query, self.key, self.value)]
        seen = functional.scaled_dot_product_attention(*heads).transpose(1, 2).reshape(batch, tokens, width)
        x = x + self.out(seen)
        return x + self.down(functional.silu(self.gate(x)) * self.up(x))


class Shared(nn.Module):
    """One dense layer and one norm that are applied twice, a GRU and an embedding, one convolution along tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.table, self.conv = nn.Embedding(20, 8), nn.Conv1d(8, 8, 3, padding=1)
        self.batch, self.dense, self.norm = nn.BatchNorm1d(8), nn.Linear(8, 8), nn.LayerNorm(8)
        self.gru = nn.GRU(8, 4, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the model."""
        x = functional.relu6(self.batch(self.conv(self.table(x).transpose(1, 2)))).transpose(1, 2)
        x = self.norm(self.dense(self.norm(self.dense(x))))
        return functional.glu(self.gru(x)[0])


class Hourglass(nn.Module):
    """A U-shaped network with both sorts of instance norm."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(4, 8, 3, padding=1)
        self.up, self.last = nn.ConvTranspose2d(8, 4, 2, 2), nn.Conv2d(8, 2, 1)
        self.own, self.plain = nn.InstanceNorm2d(4, affine=True), nn.InstanceNorm2d(8)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the model."""
        a = functional.leaky_relu(self.own(self.first(x)))
        b = self.plain(self.second(functional.max_pool2d(a, 2)))
        b = functional.interpolate(self.up(b), size=(16, 16), mode="bilinear")
        return torch.sigmoid(self.last(torch.cat([b, a], 1)))


class Unread(nn.Module):
    """Two parts of what a block gives, as N-BEATS has them; the first part of its last block is not read."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.block = nn.Linear(9, 7), nn.Linear(7, 13)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the model."""
        return self.block(functional.relu(self.first(x)))[..., 9:]


MODELS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "mixed": (Mixed, (3, 16, 16)),
    "excited": (Excited, (3, 9, 9)),
    "channels_last": (ChannelsLast, (8, 6, 6)),
    "shuffled": (Shuffled, (8, 6, 6)),
    "classified": (Classified, (3, 16, 16)),
    "rotated": (Rotated, (5, 16)),
    "shared": (Shared, (9,)),
    "hourglass": (Hourglass, (1, 16, 16)),
    "unread": (Unread, (3, 9)),
}
"""Models and the shapes of their inputs without the batch; ids where the model begins with a table."""

# ruff: noqa: D102, N812  # models as people write them
"""Models of images as people write them in PyTorch, with branches in `forward`."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import parametrizations


class Lenet(nn.Module):
    """A chain with functions in between, and a view before the dense layers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), (2, 2))
        x = x.view(x.size(0), -1)
        x = F.relu(self.fc2(F.relu(self.fc1(x))))
        return F.log_softmax(self.fc3(F.dropout(x, training=self.training)), dim=1)


class BasicBlock(nn.Module):
    """Two convolutions and a shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.downsample: nn.Module | None = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        identity = x
        out = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        return self.relu(out)


class Residual(nn.Module):
    """A small residual network."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 8, 7, 2, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(3, 2, 1)
        )
        self.layers = nn.Sequential(BasicBlock(8, 8), BasicBlock(8, 16, 2), BasicBlock(16, 16))
        self.pool, self.fc = nn.AdaptiveAvgPool2d((1, 1)), nn.Linear(16, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(torch.flatten(self.pool(self.layers(self.stem(x))), 1))


class OptionA(nn.Module):
    """A shortcut without parameters: every second position, and channels of zeros."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 8, 3, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        short = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 2, 2))
        return F.relu(self.conv(x) + short)


class DenseBlock(nn.Module):
    """Each layer takes all earlier ones."""

    def __init__(self, channels: int = 8, growth: int = 4, number: int = 3) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Sequential(
                nn.BatchNorm2d(channels + i * growth), nn.ReLU(), nn.Conv2d(channels + i * growth, growth, 3, padding=1)
            )
            for i in range(number)
        )
        self.transition = nn.Sequential(nn.Conv2d(channels + number * growth, 6, 1), nn.AvgPool2d(2, ceil_mode=True))

    def forward(self, x: Tensor) -> Tensor:
        features = [x]
        for layer in self.layers:
            features.append(layer(torch.cat(features, 1)))
        return self.transition(torch.cat(features, dim=1))


class Inception(nn.Module):
    """Four branches behind each other."""

    def __init__(self) -> None:
        super().__init__()
        self.one = nn.Conv2d(8, 4, 1)
        self.three = nn.Sequential(nn.Conv2d(8, 3, 1), nn.ReLU(), nn.Conv2d(3, 6, (1, 3), padding=(0, 1)))
        self.five = nn.Sequential(nn.Conv2d(8, 2, 1), nn.Conv2d(2, 4, 5, padding="same"))
        self.pool = nn.Conv2d(8, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        pooled = F.max_pool2d(x, kernel_size=3, stride=1, padding=1)
        branches = [self.one(x), self.three(x), self.five(x), self.pool(pooled)]
        return torch.cat([F.relu(branch) for branch in branches], 1)


class Unet(nn.Module):
    """Skips from the way down to the way up, padded where sizes differ."""

    def __init__(self) -> None:
        super().__init__()
        self.down1, self.down2 = self.double(1, 4), self.double(4, 8)
        self.middle = self.double(8, 16)
        self.up2, self.up1 = nn.ConvTranspose2d(16, 8, 2, stride=2), nn.ConvTranspose2d(8, 4, 2, stride=2)
        self.conv2, self.conv1 = self.double(16, 8), self.double(8, 4)
        self.out = nn.Conv2d(4, 2, 1)

    @staticmethod
    def double(inputs: int, outputs: int) -> nn.Sequential:
        return nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(), nn.Conv2d(outputs, outputs, 3, padding=1), nn.ReLU()
        )

    @staticmethod
    def joined(x: Tensor, skip: Tensor) -> Tensor:
        rows, columns = skip.size(2) - x.size(2), skip.size()[3] - x.size()[3]
        x = F.pad(x, [columns // 2, columns - columns // 2, rows // 2, rows - rows // 2])
        return torch.cat([skip, x], dim=1)

    def forward(self, x: Tensor) -> Tensor:
        first = self.down1(x)
        second = self.down2(F.max_pool2d(first, 2))
        x = self.middle(F.max_pool2d(second, 2))
        x = self.conv2(self.joined(self.up2(x), second))
        return torch.sigmoid(self.out(self.conv1(self.joined(self.up1(x), first))))


class SqueezeExcite(nn.Module):
    """Channels that gate themselves, and a spatial gate of their mean and maximum."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, groups=1)
        self.fc = nn.Sequential(nn.Linear(8, 2), nn.ReLU(), nn.Linear(2, 8), nn.Sigmoid())
        self.spatial = nn.Conv2d(2, 1, 7, padding=3, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        b, c, _, _ = x.size()
        y = self.fc(F.adaptive_avg_pool2d(x, 1).view(b, c)).view(b, c, 1, 1)
        x = x * y.expand_as(x)
        gate = torch.cat([torch.mean(x, dim=1, keepdim=True), torch.max(x, dim=1, keepdim=True)[0]], dim=1)
        return x * torch.sigmoid(self.spatial(gate))


class ShuffleUnit(nn.Module):
    """Half of the channels goes by; then they are dealt out in turn."""

    def __init__(self) -> None:
        super().__init__()
        self.branch = nn.Sequential(
            nn.Conv2d(6, 6, 1, bias=False), nn.BatchNorm2d(6), nn.ReLU(),
            nn.Conv2d(6, 6, 3, padding=1, groups=6, bias=False), nn.BatchNorm2d(6), nn.Conv2d(6, 6, 1, bias=False),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        first, second = x.chunk(2, dim=1)
        x = torch.cat((first, self.branch(second)), dim=1)
        b, c, h, w = x.shape
        return x.view(b, 2, c // 2, h, w).transpose(1, 2).contiguous().view(b, c, h, w)


class InvertedResidual(nn.Module):
    """Wide in the middle, with a sum where nothing changes size."""

    def __init__(self, inputs: int = 4, outputs: int = 4, stride: int = 1) -> None:
        super().__init__()
        inner = inputs * 6
        self.use_res = stride == 1 and inputs == outputs
        self.conv = nn.Sequential(
            nn.Conv2d(inputs, inner, 1, bias=False), nn.BatchNorm2d(inner), nn.ReLU6(inplace=True),
            nn.Conv2d(inner, inner, 3, stride, 1, groups=inner, bias=False), nn.BatchNorm2d(inner), nn.Hardswish(),
            nn.Conv2d(inner, outputs, 1, bias=False), nn.BatchNorm2d(outputs),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x) if self.use_res else self.conv(x)


class Autoencoder(nn.Module):
    """Down by strides, up by transposed convolutions."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 4, 3, 2, 1), nn.ReLU(), nn.Conv2d(4, 8, 3, 2, 1), nn.Flatten(), nn.Linear(392, 10)
        )
        self.decoder = nn.Sequential(
            nn.Linear(10, 392), nn.Unflatten(1, (8, 7, 7)),
            nn.ConvTranspose2d(8, 4, 3, 2, 1, output_padding=1), nn.LeakyReLU(0.1),
            nn.ConvTranspose2d(4, 1, 4, 2, 1), nn.Sigmoid(),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        return self.decoder(self.encoder(x))


class Generator(nn.Module):
    """DCGAN's generator: noise as an image of one position."""

    def __init__(self) -> None:
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(20, 16, 4, 1, 0, bias=False), nn.BatchNorm2d(16), nn.ReLU(True),
            nn.ConvTranspose2d(16, 8, 4, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU(True),
            nn.ConvTranspose2d(8, 3, 4, 2, 1, bias=False), nn.Tanh(),
        )  # fmt: skip

    def forward(self, z: Tensor) -> Tensor:
        return self.main(z[:, :, None, None])


class Pyramid(nn.Module):
    """Features of three sizes, the small ones enlarged and added to the large ones."""

    def __init__(self) -> None:
        super().__init__()
        self.bottom = nn.ModuleList([nn.Conv2d(3, 4, 3, 2, 1), nn.Conv2d(4, 8, 3, 2, 1), nn.Conv2d(8, 16, 3, 2, 1)])
        self.lateral = nn.ModuleList([nn.Conv2d(c, 6, 1) for c in (4, 8, 16)])
        self.smooth = nn.ModuleList([nn.Conv2d(6, 6, 3, padding=1) for _ in range(3)])

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        found = []
        for stage in self.bottom:
            x = F.relu(stage(x))
            found.append(x)
        top = self.lateral[2](found[2])
        outputs = {"p3": self.smooth[2](top)}
        for level in (1, 0):
            side = self.lateral[level](found[level])
            top = side + F.interpolate(top, size=side.shape[-2:], mode="nearest")
            outputs[f"p{level + 1}"] = self.smooth[level](top)
        return outputs


class Siamese(nn.Module):
    """One encoder for both halves of an image, and the distance of what it gives."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(16, 5)
        )
        self.out = nn.Linear(5, 1)

    def forward(self, pair: Tensor) -> Tensor:
        left, right = self.encoder(pair[:, :1]), self.encoder(pair[:, 1:])
        return self.out(torch.abs(left - right))


class Volumes(nn.Module):
    """Three spatial axes, a maximum over time and instance norm."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.norm = nn.Conv3d(1, 4, (3, 3, 3), padding=1, groups=1), nn.InstanceNorm3d(4, affine=True)
        self.pool, self.conv2 = nn.MaxPool3d((1, 2, 2)), nn.Conv3d(4, 8, (3, 1, 1), stride=(2, 1, 1))
        self.fc = nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv2(self.pool(F.elu(self.norm(self.conv1(x)))))
        return self.fc(x.mean(dim=(2, 3, 4)))


class Mixer(nn.Module):
    """Dense layers along the patches, then along the channels."""

    def __init__(self, width: int = 12, tokens: int = 16) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, width, 8, 8)
        self.norm1, self.norm2, self.norm = nn.LayerNorm(width), nn.LayerNorm(width), nn.LayerNorm(width)
        self.token = nn.Sequential(nn.Linear(tokens, 8), nn.GELU(), nn.Linear(8, tokens))
        self.channel = nn.Sequential(nn.Linear(width, 24), nn.GELU(), nn.Linear(24, width))
        self.head = nn.Linear(width, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = x + self.token(self.norm1(x).transpose(1, 2)).transpose(1, 2)
        x = x + self.channel(self.norm2(x))
        return self.head(self.norm(x).mean(dim=1))


class ConvNext(nn.Module):
    """A block that works on the channels as the last axis, with a learned scale."""

    def __init__(self, width: int = 8) -> None:
        super().__init__()
        self.depthwise, self.norm = nn.Conv2d(width, width, 7, padding=3, groups=width), nn.LayerNorm(width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.gamma = nn.Parameter(1e-6 * torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
        y = self.gamma * self.down(F.gelu(self.up(y)))
        return x + y.permute(0, 3, 1, 2)


class Normed(nn.Module):
    """Spectral and weight norm, both ways to write them, and other norms."""

    def __init__(self) -> None:
        super().__init__()
        self.first = parametrizations.spectral_norm(nn.Conv2d(3, 8, 3, 2, 1))
        self.second = parametrizations.weight_norm(nn.Conv2d(8, 8, 3))
        self.group, self.act = nn.GroupNorm(2, 8), nn.PReLU(8)
        self.last = parametrizations.spectral_norm(nn.Linear(8 * 6 * 6, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = self.act(self.group(self.second(F.leaky_relu(self.first(x), 0.2))))
        return self.last(x.flatten(1))


class Looped(nn.Module):
    """The same block again and again, and a way that depends on the size."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.block = nn.Conv2d(2, 6, 3, padding=1), nn.Conv2d(6, 6, 3, padding=1)
        self.large, self.small = nn.MaxPool2d(4), nn.MaxPool2d(2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        for _ in range(3):
            x = x + torch.relu(self.block(x))
        pool = self.large if min(x.shape[-2:]) > 16 else self.small
        if x.size(2) % 2:
            x = F.pad(x, (0, 0, 0, 1))
        return pool(x)


class SuperResolution(nn.Module):
    """Channels that become positions, twice: by a module and by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.shuffle = nn.Conv2d(3, 12, 3, padding=1, padding_mode="reflect"), nn.PixelShuffle(2)
        self.up, self.out = nn.Conv2d(3, 12, 5, padding=2), nn.Conv2d(3, 3, 3, padding=1)
        self.skip = nn.Upsample(scale_factor=4, mode="bilinear", align_corners=False)

    def forward(self, x: Tensor) -> Tensor:
        y = self.up(self.shuffle(self.body(x)))
        b, c, h, w = y.shape
        y = y.view(b, c // 4, 2, 2, h, w).permute(0, 1, 4, 2, 5, 3).reshape(b, c // 4, h * 2, w * 2)
        return self.out(y) + self.skip(x)


class Frozen(nn.Module):
    """A trunk that is not trained, under a head that is."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveMaxPool2d(3))
        self.trunk.requires_grad_(False)
        self.head = nn.Bilinear(36, 36, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.trunk(x).flatten(start_dim=1)
        return self.head(x, x)


MODELS: dict[str, tuple[Any, tuple[int, ...]]] = {
    "lenet": (Lenet, (1, 28, 28)),
    "residual": (Residual, (3, 32, 40)),
    "option_a": (OptionA, (4, 9, 8)),
    "dense": (DenseBlock, (8, 7, 9)),
    "inception": (Inception, (8, 6, 6)),
    "unet": (Unet, (1, 22, 26)),
    "squeeze_excite": (SqueezeExcite, (3, 9, 11)),
    "shuffle": (ShuffleUnit, (12, 5, 5)),
    "inverted": (lambda: nn.Sequential(InvertedResidual(), InvertedResidual(4, 6, 2)), (4, 8, 8)),
    "autoencoder": (Autoencoder, (1, 28, 28)),
    "generator": (Generator, (20,)),
    "pyramid": (Pyramid, (3, 32, 40)),
    "siamese": (Siamese, (2, 8, 8)),
    "volumes": (Volumes, (1, 7, 8, 8)),
    "mixer": (Mixer, (3, 32, 32)),
    "convnext": (ConvNext, (8, 6, 5)),
    "normed": (Normed, (3, 16, 16)),
    "looped": (Looped, (2, 15, 14)),
    "super_resolution": (SuperResolution, (3, 6, 5)),
    "frozen": (Frozen, (3, 10, 10)),
}
"""Each model, and the shape of its input without the batch."""

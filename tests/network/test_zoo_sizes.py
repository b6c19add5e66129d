"""Known networks: the sizes that their papers print along the way."""

from __future__ import annotations

import pytest

from layerquiz.network.network import Network

UNET = {
    64: {"down1.conv1": 570, "down1": 568, "pool1": 284, "up1.double.conv1": 390, "up1": 388},
    128: {"down2.conv1": 282, "down2": 280, "pool2": 140, "up1.joined": 392, "up2.double.conv1": 198, "up2": 196},
    256: {"down3.conv1": 138, "down3": 136, "pool3": 68, "up2.joined": 200, "up3.double.conv1": 102, "up3": 100},
    512: {"down4.conv1": 66, "down4": 64, "pool4": 32, "up3.joined": 104, "up4.double.conv1": 54, "up4": 52},
    1024: {"bottom.conv1": 30, "bottom": 28, "up4.joined": 56},
    2: {"classes": 388},
}
"""Channels and heights in figure 1 of the U-Net paper."""

SIZES = {
    "unet": [(f"{layer}.shape", (n, n, c)) for c, layers in UNET.items() for layer, n in layers.items()],
    "fcn32s": [("stage5.height", 22), ("fc7.height", 16), ("upscore.height", 544), ("classes.shape", (21, 500, 500))],
    "fcn8s": [("refined4.height", 34), ("refined3.shape", (21, 70, 70)), ("classes.shape", (21, 500, 500))],
    "fcn_head": [("classes.shape", (21, 224, 224))],
    "yolo_head": [("boxes.shape", (255, 13, 13))],
    "yolov3": [(f"{scale}_head.shape", (255, n, n)) for scale, n in (("large", 13), ("middle", 26), ("small", 52))]
    + [(f"stage{number}.height", 416 // 2**number) for number in range(1, 6)],
    "dcgan_generator": [(f"up{n}.shape", (1024 // 2**n, 2 ** (n + 1), 2 ** (n + 1))) for n in (1, 2, 3, 4)],
    "dcgan_discriminator": [("conv1.shape", (64, 32, 32)), ("down4.shape", (512, 4, 4)), ("score.shape", (1, 1, 1))],
    "swin_t": [(f"stage{number}.shape", (3136 // 4 ** (number - 1), 48 * 2**number)) for number in (1, 2, 3, 4)],
    "mlp_mixer_s16": [("sequence.shape", (196, 512)), ("mean.shape", (512,))],
    "t5_small": [("memory.shape", (512, 512)), ("head.shape", (512, 32128))],
    "seq2seq_lstm": [("encoder.shape", (128,)), ("characters.shape", (4, 12))],
}
"""Quantities, and what the papers, or the code that the networks' files name, give."""


@pytest.mark.parametrize("name", SIZES)
def test_a_known_network_has_the_sizes_of_its_source(name: str) -> None:
    """Equal totals could hide two errors; the sizes on the way could not."""
    network = Network.named(name)
    for quantity, size in SIZES[name]:
        assert network.value(quantity) == size, quantity


def test_what_is_fixed_is_not_trained() -> None:
    """The bilinear enlargement at the end of the fully convolutional networks is counted and not learned."""
    for name, kernel in (("fcn32s", 64), ("fcn8s", 16)):
        network = Network.named(name)
        assert network.value("total.nontrainable") == kernel**2 * 21**2 == network.value("upscore.parameters")


def test_windows_of_swin_see_themselves_alone() -> None:
    """Equation 2 of the paper: 4 h w C^2 + 2 M^2 h w C, and (2 M - 1)^2 numbers for each head."""
    network = Network.named("swin_t")
    for stage, heads in enumerate((3, 6, 12, 24), 1):
        tokens, width = network.value(f"stage{stage}.shape")
        first = f"stage{stage}.block1.attention"
        assert network.value(f"{first}.macs") == 4 * tokens * width**2 + 2 * 49 * tokens * width
        assert network.value(f"{first}.parameters") == 4 * width * (width + 1) + 13**2 * heads

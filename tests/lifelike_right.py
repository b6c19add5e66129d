"""Right answers in odd forms, under another convention, or carried on: none of them may be accused.

A case is a network, what is asked of it, the answer as a person writes it, and the verdict. Each value is worked out
by hand beside its network.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lifelike import layer, net

Right = tuple[dict[str, Any], str, str, str]

# (5 * 5 * 6 + 1) * 16 = 2416; 28 x 44 x 16; 2400 * 28 * 44 = 2,956,800
CONV = net(layer("conv2d", filters=16, kernel=5), channels=6, height=32, width=48)
# 9 x 15 x 10
STRIDED = net(layer("conv2d", filters=10, kernel=5, stride=2, padding=1), channels=6, height=20, width=31)
# (512 * 7 * 7 + 1) * 4096 = 102,764,544
LARGE = net(layer("flatten", "flat"), layer("dense", units=4096), channels=512, height=7, width=7)

COUNTS = (
    *("2416", "2,416", "2 416", "2'416", "2_416", "2\u00a0416", "2\u202f416", "2.416", "２４１６", " 2416 ", "2416."),
    *("2416.0", "= 2416", "**2416**", r"\boxed{2416}", "$2416$", "$2{,}416$", "2416 parameters", "2416 params"),
    *("2,416 trainable parameters", "N = 2416", "2.416k", "2.416 K", "2416 (with bias)", "~2416", "about 2416"),
    *("(5*5*6+1)*16", "(5·5·6 + 1)·16", "(5×5×6+1)×16", "(5x5x6+1)x16", "(5 X 5 X 6 + 1) X 16", "16*(5*5*6+1)"),
    *("16(5*5*6+1)", "(5^2*6+1)*16", "(5²·6+1)·16", "(5**2*6+1)*16", "5*5*6*16+16", "2400+16", "2400 + 16 = 2416"),
    *("2400 (weights) + 16 (biases)", "5*5*6*16 (weights) + 16 (bias) = 2416"),
    *("(5*5*6+1)*16=151*16=2416", "151*16", "[(5*5*6)+1]*16", r"$(5\times5\times6+1)\times16$", r"16\cdot(150+1)"),
    *("5 * 5 * 6 * 16 + 16 => 2416", "2416 = (5*5*6+1)*16", "(5*5*6+1)*16 = 2,416 parameters", "2.42k", "2.41K"),
)
HEIGHTS = (
    *("9", "9 px", "9 pixels", "9x9", "H = 9", "(20-5+2)/2+1 = 9", "(20 - 5 + 2*1)/2 + 1 = 9.5 -> 9"),
    *("floor((20-5+2)/2)+1", "floor((20-5+2)/2)+1 = 9", "⌊(20−5+2)/2⌋+1", r"\lfloor (20-5+2)/2 \rfloor + 1"),
    *("floor(8.5)+1 = 9", r"\lfloor\frac{20-5+2}{2}\rfloor+1=9", "9.0"),
)
SHAPES = (
    *("9x15x10", "9 x 15 x 10", "9 × 15 × 10", "(9, 15, 10)", "[9, 15, 10]", "9*15*10", "(None, 9, 15, 10)"),
    *("(1, 9, 15, 10)", "[-1, 9, 15, 10]", "10x9x15", "(10, 9, 15)", "10@9x15", "torch.Size([1, 10, 9, 15])"),
    *("(?, 9, 15, 10)", "9 by 15 by 10", "[9x15x10]", "9,15,10", r"$9\times15\times10$", "10 maps of 9x15"),
)
LARGE_ONES = (
    *("102764544", "102,764,544", "102.764.544", "102 764 544", "102'764'544", "102.8M", "102.76M", "102.764544M"),
    *("103M", "102M", "102.8 million", "1.0276e8", "1.0276 x 10^8", "1.028×10⁸", "~103 million parameters"),
    *("7*7*512*4096+4096", "(7*7*512+1)*4096", "25089*4096", "102,760,448 + 4,096"),
)


def spelled() -> Iterator[Right]:
    """One right number in many spellings."""
    for network, quantity, answers in (
        (CONV, "x.parameters", COUNTS),
        (STRIDED, "x.height", HEIGHTS),
        (STRIDED, "x.shape", SHAPES),
        (LARGE, "x.parameters", LARGE_ONES),
    ):
        yield from ((network, quantity, answer, "correct") for answer in answers)


def otherwise() -> Iterator[Right]:
    """Right under another convention, or right where another convention could be suspected."""

    def of(kind: str, conventions: str, **keys: Any) -> dict[str, Any]:
        return net(layer(kind, units=64, **keys), tokens=20, features=32, conventions=conventions)

    lstm, gru = 4 * (64 * 32 + 64 * 64 + 64), 3 * (64 * 32 + 64 * 64 + 64)
    for conventions, one, two in (("textbook", 0, 1), ("keras", 0, 1), ("pytorch", 1, 0)):
        verdicts = ("correct", "convention")
        yield of("lstm", conventions), "x.parameters", str(lstm), verdicts[one]
        yield of("lstm", conventions), "x.parameters", f"{lstm + 4 * 64:,}", verdicts[two]
    for conventions, one, two in (("textbook", 0, 1), ("keras", 1, 0), ("pytorch", 1, 0)):
        verdicts = ("correct", "convention")
        yield of("gru", conventions), "x.parameters", str(gru), verdicts[one]
        yield of("gru", conventions), "x.parameters", str(gru + 3 * 64), verdicts[two]
    both = 2 * (lstm + 4 * 64)
    yield of("lstm", "keras", bidirectional=True), "x.parameters", str(both), "convention"
    for conventions, learned, stored in (("textbook", 0, 1), ("keras", 1, 0), ("pytorch", 0, 1)):
        network = net(layer("batchnorm"), channels=32, height=8, width=8, conventions=conventions)
        verdicts = ("correct", "convention")
        yield network, "x.parameters", "2*32 = 64", verdicts[learned]
        yield network, "x.parameters", "4 x 32", verdicts[stored]
        yield network, "x.trainable", "64", "correct"
    macs = 2400 * 28 * 44
    yield CONV, "x.macs", f"{macs:,}", "correct"
    yield CONV, "x.macs", "2.96 MMac", "correct"
    yield CONV, "x.macs", "2.96M", "correct"
    yield CONV, "x.macs", f"{2 * macs}", "convention"
    yield CONV, "x.flops", f"{2 * macs}", "correct"
    yield CONV, "x.flops", f"{macs}", "convention"
    yield CONV, "x.flops", "2*5*5*6*16*28*44", "correct"
    yield CONV, "x.flops", "5.91 MFLOPs", "correct"
    yield CONV, "x.macs", "5.91 MFLOPs", "convention"
    yield CONV, "x.parameter_bytes", "9664", "correct"
    yield CONV, "x.parameter_bytes", "9664 B", "correct"
    yield CONV, "x.parameter_bytes", "9.664 kB", "correct"
    yield CONV, "x.parameter_bytes", "9.44 KiB", "correct"
    yield CONV, "x.parameter_bytes", "9.66KB", "correct"
    yield CONV, "x.parameter_bytes", "2416*4", "correct"
    yield LARGE, "x.parameter_bytes", "411 MB", "correct"
    yield LARGE, "x.parameter_bytes", "392 MiB", "correct"
    yield LARGE, "x.parameter_bytes", "392 MB", "convention"
    yield LARGE, "x.parameter_bytes", "0.411 GB", "correct"
    for order, verdict in (("9x15x10", "correct"), ("10x9x15", "convention")):
        keras = {**STRIDED, "conventions": "keras"}
        yield keras, "x.shape", order, verdict
    torch = {**STRIDED, "conventions": "pytorch"}
    yield torch, "x.shape", "(64, 10, 9, 15)", "correct"
    yield torch, "x.shape", "9x15x10", "convention"


def lookalikes() -> Iterator[Right]:
    """Right answers that a wrong rule gives as well, as the numbers hide it."""
    one = net(layer("conv2d", filters=16, kernel=5), channels=1, height=28, width=28)
    yield one, "x.parameters", "(5*5+1)*16", "correct"
    same = net(layer("conv2d", filters=6, kernel=3, padding=1), channels=6, height=20, width=31)
    yield same, "x.shape", "20x31x6", "correct"
    yield same, "x.macs", str(9 * 6 * 6 * 20 * 31), "correct"
    point = net(layer("conv2d", filters=8, kernel=1), channels=6, height=20, width=31)
    yield point, "x.parameters", "6*8+8", "correct"
    square = net(layer("dense", units=32), features=32)
    yield square, "x.parameters", "32*33", "correct"
    half = net(layer("maxpool2d", kernel=2), channels=6, height=20, width=30)
    yield half, "x.shape", "10x15x6", "correct"
    yield half, "x.parameters", "0", "correct"
    bare = net(layer("conv2d", filters=16, kernel=5, bias=False), channels=6, height=32, width=48)
    yield bare, "x.parameters", "5*5*6*16 = 2400", "correct"
    yield bare, "x.biases", "0", "correct"
    vgg = net(layer("conv2d", filters=64, kernel=3, padding=1), channels=3, height=224, width=224)
    yield vgg, "x.parameters", "1792", "correct"
    yield vgg, "x.parameters", "1.79K", "correct"
    yield vgg, "x.activations", "224*224*64", "correct"


def rights() -> list[Right]:
    """All right answers."""
    return [*spelled(), *otherwise(), *lookalikes()]

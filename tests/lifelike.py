"""Wrong answers as students give them: over two hundred, each a number worked out here in plain arithmetic.

A case is a network, what is asked of it, the answer as a person writes it, and the sets of slugs any of which is fair:
a set is one slug or several that were made together, written with a plus.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Case = tuple[dict[str, Any], str, str, list[list[str]]]
IMAGE = {"channels": 3, "height": 32, "width": 48}


def net(*layers: dict[str, Any], conventions: Any = "textbook", **given: Any) -> dict[str, Any]:
    """A network of a few layers on an image of 3 x 32 x 48, unless an input is given."""
    return {"conventions": conventions, "input": given or IMAGE, "layers": list(layers)}


def layer(kind: str, name: str = "x", **keys: Any) -> dict[str, Any]:
    """A layer called x."""
    return {"kind": kind, "name": name, **keys}


def fair(*sets: str) -> list[list[str]]:
    """The sets of slugs that are fair."""
    return [sorted(slugs.split(" + ")) for slugs in sets]


def case(network: dict[str, Any], quantity: str, answer: object, *sets: str) -> Case:
    """One case."""
    return network, quantity, str(answer), fair(*sets)


CONV = net(layer("conv2d", filters=16, kernel=5), channels=6, height=32, width=48)
RGB = net(layer("conv2d", filters=16, kernel=5))
DEEP = net(
    layer("conv2d", "a", filters=12, kernel=3, padding=1),
    layer("maxpool2d", "p", kernel=2),
    layer("conv2d", "b", filters=20, kernel=3),
    layer("flatten", "flat"),
    layer("dense", "fc", units=10),
)
# a 32 x 48 x 12, p 16 x 24 x 12, b 14 x 22 x 20, flat 6160, fc 61,610.
STRIDED = net(layer("conv2d", filters=10, kernel=5, stride=2, padding=1), channels=6, height=20, width=31)
# 9 x 15 x 10


def convolutions() -> Iterator[Case]:
    """Parameters of plain convolutions."""
    full, q = 5 * 5 * 6 * 16, "x.parameters"
    yield case(CONV, q, "(5*5+1)*16 = 416", "forgot-input-channels")
    yield case(CONV, q, "416", "forgot-input-channels")
    yield case(CONV, q, 5 * 5 * 16, "forgot-bias + forgot-input-channels")
    yield case(CONV, q, "5 x 5 x 16 + 1", "forgot-input-channels + one-bias-per-layer")
    yield case(CONV, q, f"{full:,}", "forgot-bias")
    yield case(CONV, q, "5*5*6*16", "forgot-bias")
    yield case(CONV, q, "5 * 5 * 6 * 16 + 1 = 2401", "one-bias-per-layer")
    yield case(CONV, q, "5·5·6·(16+1)", "bias-on-input-side")
    yield case(CONV, q, full + 6, "bias-per-input-channel")
    yield case(CONV, q, f"{full} + 6 = {full + 6}", "bias-per-input-channel")
    yield case(CONV, q, (5 * 5 + 1) * 6 * 16, "bias-in-every-kernel")
    yield case(CONV, q, 5 * 6 * 16 + 16, "kernel-not-squared")
    yield case(CONV, q, 5 * 6 * 16, "forgot-bias + kernel-not-squared")
    yield case(CONV, q, "32*48*6*16+16", "input-size-used-as-kernel")
    yield case(CONV, q, 32 * 48 * 6 * 16, "forgot-bias + input-size-used-as-kernel")
    yield case(CONV, q, 32 * 48 * 16 + 16, "forgot-input-channels + input-size-used-as-kernel")
    yield case(CONV, q, full * 28 * 44 + 16, "image-size-in-conv-params")
    yield case(CONV, q, (full + 16) * 28 * 44, "image-size-in-conv-params")
    yield case(CONV, q, full * 28 * 44, "forgot-bias + image-size-in-conv-params")
    yield case(CONV, q, 28 * 44 * 16, "outputs-called-parameters")
    yield case(CONV, q, 5 * 5 * 6 + 1, "one-filter-counted")
    yield case(CONV, q, 5 * 5 * 6, "forgot-bias + one-filter-counted", "one-filter-counted")
    yield case(CONV, q, 2 * (full + 16), "doubled")
    yield case(CONV, q, 5 * 5 * 16 * 16 + 16, "cout-used-for-cin")
    yield case(CONV, q, "2.4k", "forgot-bias")
    yield case(CONV, "x.weights", 5 * 5 * 16, "forgot-input-channels")
    yield case(CONV, "x.biases", 1, "one-bias-per-layer")
    yield case(CONV, "x.biases", 6, "bias-per-input-channel")
    yield case(CONV, "x.biases", 6 * 16, "bias-in-every-kernel")
    yield case(CONV, "x.biases", 28 * 44 * 16, "image-size-in-conv-params", "outputs-called-parameters")
    yield case(RGB, q, "(5*5*1+1)*16", "forgot-input-channels", "wrong-channel-count")
    yield case(RGB, q, 5 * 5 * 16, "forgot-bias + forgot-input-channels")
    grey = net(layer("conv2d", filters=16, kernel=5), channels=1, height=28, width=28)
    yield case(grey, q, (5 * 5 * 3 + 1) * 16, "wrong-channel-count")
    yield case(grey, q, 5 * 5 * 3 * 16, "forgot-bias + wrong-channel-count")
    bare = net(layer("conv2d", filters=16, kernel=5, bias=False), channels=6, height=32, width=48)
    yield case(bare, q, full + 16, "bias-although-none")
    yield case(bare, q, full + 1, "bias-although-none + one-bias-per-layer", "bias-although-none")
    grouped = net(layer("conv2d", filters=15, kernel=3, groups=3), channels=6, height=32, width=48)
    yield case(grouped, q, (3 * 3 * 6 + 1) * 15, "groups-ignored")
    yield case(grouped, q, 3 * 3 * 6 * 15, "forgot-bias + groups-ignored")
    yield case(grouped, q, 3 * 3 * 2 * 15, "forgot-bias")
    yield case(grouped, q, "3*3*15+15", "forgot-input-channels")
    yield case(grouped, "x.macs", 3 * 3 * 6 * 15 * 30 * 46, "groups-ignored")
    oblong = net(layer("conv2d", filters=7, kernel=[3, 5]), channels=6, height=32, width=48)
    yield case(oblong, q, (3 * 5 + 1) * 7, "forgot-input-channels")
    yield case(oblong, q, 3 * 5 * 6 * 7, "forgot-bias")
    yield case(oblong, q, 3 * 5 * 6 * 7 + 6, "bias-per-input-channel")
    yield case(DEEP, "b.parameters", (3 * 3 * 3 + 1) * 20, "wrong-neighbour-size")
    yield case(DEEP, "b.parameters", "3*3*3*20 + 20 = 560", "wrong-neighbour-size")
    yield case(DEEP, "b.parameters", "(3*3+1)*20", "forgot-input-channels")
    yield case(DEEP, "b.parameters", 3 * 3 * 12 * 20, "forgot-bias")


def further_convolutions() -> Iterator[Case]:
    """Convolutions along one axis and three, depthwise, separable and transposed."""
    q = "x.parameters"
    strip = net(layer("conv1d", filters=32, kernel=5), channels=7, length=100)
    yield case(strip, q, "5*5*7*32+32 = 5632", "kernel-squared-in-1d")
    yield case(strip, q, 5 * 5 * 7 * 32, "forgot-bias + kernel-squared-in-1d")
    yield case(strip, q, (5 + 1) * 32, "forgot-input-channels")
    yield case(strip, q, 5 * 32, "forgot-bias + forgot-input-channels")
    yield case(strip, q, 5 * 7 * 32, "forgot-bias")
    yield case(strip, q, "5·7·33", "bias-on-input-side")
    yield case(strip, q, 100 * 7 * 32 + 32, "input-size-used-as-kernel")
    yield case(strip, q, 5 * 7 * 32 * 96 + 32, "image-size-in-conv-params")
    yield case(strip, "x.length", 95, "forgot-plus-one")
    yield case(strip, "x.shape", "100 x 32", "valid-taken-as-same")
    yield case(strip, "x.shape", "96 x 7", "keeps-input-channels")
    cube = net(layer("conv3d", filters=8, kernel=3), channels=2, depth=10, height=20, width=31)
    yield case(cube, q, (3**3 + 1) * 8, "forgot-input-channels")
    yield case(cube, q, 3**3 * 2 * 8, "forgot-bias")
    yield case(cube, q, "3*3*3*2*8+1", "one-bias-per-layer")
    yield case(cube, "x.shape", "7x17x28x8", "forgot-plus-one")
    yield case(cube, "x.macs", 3**3 * 2 * 8 * 10 * 20 * 31, "macs-input-size-instead-of-output", "valid-taken-as-same")
    depth = net(layer("depthwiseconv2d", kernel=3), channels=6, height=32, width=48)
    yield case(depth, q, 3 * 3 * 6, "forgot-bias")
    yield case(depth, q, 3 * 3 * 6 * 6 + 6, "groups-ignored")
    yield case(depth, q, 3 * 3 * 6 * 6, "forgot-bias + groups-ignored")
    yield case(depth, q, 3 * 3 + 6, "forgot-input-channels")
    yield case(depth, q, 3 * 3 * 6 + 1, "one-bias-per-layer")
    yield case(depth, "x.macs", 3 * 3 * 6 * 6 * 30 * 46, "groups-ignored")
    yield case(depth, "x.macs", 3 * 3 * 6 * 32 * 48, "macs-input-size-instead-of-output", "valid-taken-as-same")
    separable = net(layer("separableconv2d", filters=16, kernel=3), channels=6, height=32, width=48)
    yield case(separable, q, "(9+1)*6 + (6+1)*16", "separable-one-or-two-biases")
    yield case(separable, q, 9 * 6 + 6 * 16, "forgot-bias")
    yield case(separable, q, (9 * 6 + 1) * 16, "groups-ignored")
    yield case(separable, q, 9 * 6 * 16, "forgot-bias + groups-ignored")
    up = net(layer("convtranspose2d", filters=10, kernel=5, stride=3, padding=1), channels=6, height=20, width=31)
    # (20 - 1) * 3 - 2 + 5 = 60; (31 - 1) * 3 - 2 + 5 = 93
    yield case(up, q, 5 * 5 * 6 * 10, "forgot-bias")
    yield case(up, q, 5 * 5 * 10 + 10, "forgot-input-channels")
    yield case(up, q, 5 * 5 * 6 * 10 + 6, "bias-per-input-channel")
    yield case(up, "x.height", 19 * 3 - 2 + 1, "transposed-kernel-term-dropped")
    yield case(up, "x.height", "(20-1)*3 - 1 + 5 = 61", "padding-added-once")
    yield case(up, "x.shape", "56x89x10", "transposed-kernel-term-dropped")
    yield case(up, "x.shape", "62x95x10", "transposed-size-ambiguous")
    yield case(up, "x.shape", "60x93x6", "keeps-input-channels")
    yield case(up, "x.height", (20 - 5 + 2) // 3 + 1, "transposed-read-as-convolution")
    yield case(up, "x.macs", 1500 * 60 * 93, "transposed-macs-at-output")
    two = net(layer("convtranspose2d", filters=10, kernel=4, stride=2), channels=6, height=20, width=31)
    yield case(two, "x.height", 40, "valid-taken-as-same")
    yield case(two, "x.shape", "40 x 62 x 10", "valid-taken-as-same")
    wide = net(layer("conv2d", filters=8, kernel=3, dilation=2), channels=6, height=32, width=48)
    yield case(wide, "x.height", 30, "dilation-ignored")
    yield case(wide, "x.shape", "30x46x8", "dilation-ignored")
    yield case(wide, q, 5 * 5 * 6 * 8 + 8, "dilation-counted-in-weights")
    causal = net(layer("conv1d", filters=8, kernel=3, padding="causal"), channels=6, length=50)
    yield case(causal, "x.length", 48, "valid-taken-as-same", "same-padding-with-stride")


def sizes() -> Iterator[Case]:
    """Output sizes and shapes."""
    yield case(CONV, "x.height", 27, "forgot-plus-one")
    yield case(CONV, "x.shape", "27x43x16", "forgot-plus-one")
    yield case(CONV, "x.shape", "32x48x16", "valid-taken-as-same")
    yield case(CONV, "x.shape", "(28, 44, 6)", "keeps-input-channels")
    yield case(CONV, "x.shape", "28 x 44 x 96", "output-channels-cin-times-cout")
    yield case(CONV, "x.shape", "28x44x5", "kernel-taken-as-filter-count")
    yield case(CONV, "x.channels", 5, "kernel-taken-as-filter-count")
    yield case(CONV, "x.channels", 6, "keeps-input-channels")
    yield case(CONV, "x.shape", "27x43x6", "forgot-plus-one + keeps-input-channels")
    yield case(CONV, "x.shape", "32x48x6", "keeps-input-channels + valid-taken-as-same")
    yield case(STRIDED, "x.height", 8, "forgot-plus-one")
    yield case(STRIDED, "x.height", "(20-5+2)/2", "forgot-plus-one + fraction-not-floored", "mis-parenthesised")
    yield case(STRIDED, "x.height", "9.5", "fraction-not-floored")
    yield case(STRIDED, "x.height", "(20-5+2*1)/2+1 = 9.5", "fraction-not-floored")
    yield case(STRIDED, "x.height", 10, "floor-vs-ceil-pooling")
    yield case(STRIDED, "x.height", 18, "stride-ignored")
    yield case(STRIDED, "x.shape", "18x29x10", "stride-ignored")
    yield case(STRIDED, "x.width", "(31-5+1)/2+1 = 14", "padding-added-once")
    yield case(STRIDED, "x.width", "(31-5)/2+1 = 14", "valid-taken-as-same", "padding-added-once")
    yield case(STRIDED, "x.height", "20-5+1+1 = 17", "mis-parenthesised")
    yield case(STRIDED, "x.shape", "10x16x10", "valid-taken-as-same", "floor-vs-ceil-pooling")
    yield case(STRIDED, "x.shape", "20 x 31 x 10", "valid-taken-as-same")
    yield case(STRIDED, "x.shape", "8 x 14 x 10", "forgot-plus-one")
    yield case(STRIDED, "x.shape", "8x14x6", "forgot-plus-one + keeps-input-channels")
    same = net(layer("conv2d", filters=10, kernel=5, stride=2, padding="same"), channels=6, height=20, width=31)
    yield case(same, "x.shape", "8x14x10", "same-padding-with-stride", "valid-taken-as-same")
    yield case(same, "x.height", 20, "stride-ignored")
    yield case(same, "x.width", 15, "floor-vs-ceil-pooling")
    kept = net(layer("conv2d", filters=10, kernel=5, padding="same"), channels=6, height=20, width=31)
    yield case(kept, "x.shape", "16x27x10", "valid-taken-as-same")
    padded = net(layer("conv2d", filters=10, kernel=7, padding=3), channels=6, height=20, width=31)
    yield case(padded, "x.height", 17, "padding-added-once")
    yield case(padded, "x.height", 14, "valid-taken-as-same")
    yield case(padded, "x.height", 19, "forgot-plus-one")
    yield case(padded, "x.height", 13, "forgot-plus-one + valid-taken-as-same")
    pool = net(layer("maxpool2d", kernel=3, stride=2), channels=6, height=20, width=31)
    # 9 x 15 x 6
    yield case(pool, "x.height", 8, "forgot-plus-one")
    yield case(pool, "x.height", 10, "floor-vs-ceil-pooling", "pooling-always-halves")
    yield case(pool, "x.height", "9.5", "fraction-not-floored")
    yield case(pool, "x.height", 18, "stride-ignored")
    yield case(pool, "x.height", 6, "kernel-used-as-stride")
    yield case(pool, "x.shape", "6x10x6", "kernel-used-as-stride")
    yield case(pool, "x.shape", "9x15x3", "pooling-divides-channels")
    yield case(pool, "x.shape", "10x15x6", "pooling-always-halves")
    yield case(pool, "x.shape", "10x16x6", "valid-taken-as-same")
    yield case(pool, "x.shape", "18x29x6", "stride-ignored")
    third = net(layer("avgpool2d", kernel=3), channels=6, height=20, width=31)
    yield case(third, "x.shape", "10x15x6", "pooling-always-halves")
    yield case(third, "x.shape", "7x11x6", "floor-vs-ceil-pooling")
    yield case(third, "x.shape", "6x10x2", "pooling-divides-channels")
    yield case(third, "x.shape", "5x9x6", "forgot-plus-one")
    up = net(layer("maxpool2d", kernel=3, stride=2, ceil=True), channels=6, height=20, width=31)
    yield case(up, "x.height", 9, "floor-vs-ceil-pooling")
    edge = net(layer("maxpool2d", kernel=3, stride=2, padding=1), channels=6, height=21, width=31)
    # (21 - 3 + 2) / 2 + 1 = 11; (31 - 3 + 2) / 2 + 1 = 16
    yield case(edge, "x.height", 10, "padding-added-once", "valid-taken-as-same")
    yield case(edge, "x.shape", "10 x 15 x 6", "padding-added-once", "valid-taken-as-same", "forgot-plus-one")
    frame = net(layer("zeropad", padding=2), channels=6, height=20, width=31)
    yield case(frame, "x.shape", "22x33x6", "padding-added-once")
    yield case(frame, "x.shape", "24x35x10", "padding-added-to-channels")
    yield case(frame, "x.height", 22, "padding-added-once")
    cut = net(layer("crop", padding=2), channels=6, height=20, width=31)
    yield case(cut, "x.shape", "18x29x6", "padding-added-once")
    whole = net(layer("globalavgpool"), channels=6, height=20, width=31)
    yield case(whole, "x.features", 20 * 31 * 6, "global-pool-keeps-positions")
    larger = net(layer("upsample", factor=2), channels=6, height=20, width=31)
    yield case(larger, "x.shape", "40x62x3", "pooling-divides-channels")
    yield case(DEEP, "p.shape", "16x24x6", "pooling-divides-channels")
    yield case(DEEP, "b.shape", "14x22x12", "keeps-input-channels")
    yield case(DEEP, "b.shape", "30x46x20", "wrong-neighbour-size")
    yield case(DEEP, "b.shape", "16x24x20", "valid-taken-as-same")
    yield case(DEEP, "b.height", 13, "forgot-plus-one")


def flattening() -> Iterator[Case]:
    """Flattening, dense layers and totals."""
    q = "fc.parameters"
    yield case(DEEP, "flat.features", 14 * 22, "flatten-without-channels")
    yield case(DEEP, "flat.features", 20, "flatten-without-channels", "forgot-flatten")
    yield case(DEEP, "flat.features", 16 * 24 * 20, "valid-taken-as-same")
    yield case(DEEP, "flat.features", 14 * 22 * 12, "keeps-input-channels", "wrong-neighbour-size")
    yield case(DEEP, "flat.features", "16x24x12", "wrong-neighbour-size")
    yield case(DEEP, q, 6160 * 10, "forgot-bias")
    yield case(DEEP, q, "6160*10 + 1", "one-bias-per-layer")
    yield case(DEEP, q, "6160 * 11", "bias-on-input-side", "bias-per-input-channel")
    yield case(DEEP, q, (14 * 22 + 1) * 10, "flatten-without-channels")
    yield case(DEEP, q, 14 * 22 * 10, "flatten-without-channels + forgot-bias")
    yield case(DEEP, q, 14 * 22 * 10 + 1, "flatten-without-channels + one-bias-per-layer")
    yield case(DEEP, q, (20 + 1) * 10, "forgot-flatten", "flatten-without-channels")
    yield case(DEEP, q, "(16*24*12+1)*10 = 46090", "wrong-neighbour-size")
    yield case(DEEP, q, (32 * 48 * 12 + 1) * 10, "wrong-neighbour-size")
    yield case(DEEP, q, (16 * 24 * 20 + 1) * 10, "valid-taken-as-same")
    a, b, fc = 336, 2180, 61610
    yield case(DEEP, "total.parameters", a + b, "layer-left-out-of-total")
    yield case(DEEP, "total.parameters", b + fc, "layer-left-out-of-total")
    yield case(DEEP, "total.parameters", "336 + 61610 = 61946", "layer-left-out-of-total")
    yield case(DEEP, "total.parameters", fc, "layer-left-out-of-total")
    yield case(DEEP, "total.parameters", a + b + fc - 12 - 20 - 10, "forgot-bias")
    yield case(DEEP, "total.parameters", a + b + fc - 12 - 20 - 10 + 3, "one-bias-per-layer")
    yield case(DEEP, "total.parameters", 2 * (a + b + fc), "doubled")
    yield case(DEEP, "total.parameters", a + 2 * b + fc, "doubled")
    yield case(DEEP, "total.parameters", (3 * 3 + 1) * 12 + (3 * 3 + 1) * 20 + fc, "forgot-input-channels")
    yield case(DEEP, "total.parameters", a + b + (20 + 1) * 10, "forgot-flatten", "flatten-without-channels")
    yield case(DEEP, "total.parameters", a + b + (14 * 22 + 1) * 10, "flatten-without-channels")
    dense = net(layer("dense", units=256), features=128)
    yield case(dense, "x.parameters", "128·256 = 32768", "forgot-bias")
    yield case(dense, "x.parameters", "32,769", "one-bias-per-layer")
    yield case(dense, "x.parameters", "128*256+128", "bias-on-input-side", "bias-per-input-channel")
    yield case(dense, "x.parameters", "32.8k", "forgot-bias")
    stack = net(
        layer("dense", "a", units=100), layer("dense", "b", units=50), layer("dense", "c", units=10), features=784
    )
    yield case(stack, "b.parameters", 784 * 50 + 50, "wrong-neighbour-size")
    yield case(stack, "c.parameters", (100 + 1) * 10, "wrong-neighbour-size")
    yield case(stack, "total.parameters", 784 * 100 + 100 * 50 + 50 * 10, "forgot-bias")
    yield case(stack, "total.parameters", 78500 + 5050, "layer-left-out-of-total")
    yield case(stack, "total.parameters", 784 * 100 + 100 * 50 + 50 * 10 + 3, "one-bias-per-layer")
    yield case(
        stack, "total.parameters", 784 * 101 + 100 * 51 + 50 * 11, "bias-on-input-side", "bias-per-input-channel"
    )
    words = net(layer("dense", units=64), tokens=20, features=32)
    yield case(words, "x.parameters", (20 * 32 + 1) * 64, "forgot-flatten")
    yield case(words, "x.parameters", (32 + 1) * 64 * 20, "image-size-in-conv-params")
    yield case(words, "x.macs", 32 * 64, "rnn-macs-one-step")
    merged = net(
        layer("conv2d", "a", filters=10, kernel=3, padding=1),
        layer("conv2d", "b", filters=10, kernel=3, padding=1),
        layer("add", **{"from": ["a", "b"]}),
    )
    yield case(merged, "x.shape", "32x48x20", "add-or-concat")
    joined = net(
        layer("conv2d", "a", filters=10, kernel=3, padding=1),
        layer("conv2d", "b", filters=10, kernel=3, padding=1),
        layer("concat", **{"from": ["a", "b"]}),
    )
    yield case(joined, "x.channels", 10, "add-or-concat", "wrong-neighbour-size")
    pool = net(layer("maxpool2d", kernel=2), channels=6, height=20, width=31)
    yield case(pool, "x.parameters", 2 * 2, "pool-has-parameters")
    yield case(pool, "x.parameters", 2 * 2 * 6, "pool-has-parameters")
    yield case(pool, "x.parameters", 10 * 15 * 6, "outputs-called-parameters")


FAMILIES = (convolutions, further_convolutions, sizes, flattening)


def cases() -> list[Case]:
    """All cases of this table."""
    return [found for family in FAMILIES for found in family()]

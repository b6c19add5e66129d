"""Single layers of plain convolutional networks, drawn for the oracles: each kind with each of its keys."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from oracle import drawn
from oracle.drawn import LARGEST, RANKS, SLIDING, Drawn, any_image, anything, flags, image, one, per_axis, sequence

FUNCTIONS = ("relu", "tanh", "sigmoid", "softmax", "gelu")


def sliding(draw: Random, kind: str, conventions: str) -> Drawn:
    """Return a convolution or a pool; some do not fit their input."""
    rank = int(kind[-2])
    sizes = image(draw, rank, LARGEST[rank])
    keys = (drawn.convolution if kind.startswith("conv") else drawn.pool)(draw, sizes, conventions)
    if kind.startswith("avg"):
        keys.pop("dilation", None)  # an average pool has none
    return one(draw, sizes, **{**keys, "kind": kind})


def zeropad(draw: Random, kind: str, conventions: str) -> Drawn:
    """Return padding around an image."""
    sizes = any_image(draw)
    return sizes, [drawn.zeropad(draw, sizes, conventions) | {"name": "x"}]


def dense(draw: Random, kind: str, _: str) -> Drawn:
    """Return a dense layer on features, a sequence or an image."""
    return one(draw, anything(draw), **drawn.dense(draw))


def unchanged(draw: Random, kind: str, conventions: str) -> Drawn:
    """Return a layer that keeps all sizes, or makes features of them."""
    sizes = anything(draw)
    if kind == "batchnorm" and conventions == "pytorch" and "tokens" in sizes:
        sizes = any_image(draw)  # PyTorch normalises the second axis, which is the tokens of a sequence
    keys = {
        "activation": {"function": draw.choice(FUNCTIONS)},
        "dropout": {"rate": draw.choice((0.0, 0.25, 0.5))},
        "batchnorm": flags(draw, "scale", "center", "statistics"),
    }
    return one(draw, sizes, kind, **keys.get(kind, {}))


def global_pool(draw: Random, kind: str, conventions: str) -> Drawn:
    """Return a pool over all positions."""
    sizes = any_image(draw) if conventions == "pytorch" else draw.choice((any_image(draw), sequence(draw)))
    return one(draw, sizes, kind, **flags(draw, "keepdims"))


def concatenated(draw: Random, kind: str, _: str) -> Drawn:
    """Return images put behind each other; some differ in more than the axis that grows."""
    sizes = any_image(draw)
    rank = len(sizes) - 1
    window = {"kernel": per_axis(draw, rank, (1, 1, 1, 2)), "filters": draw.choice((1, 2, sizes["channels"]))}
    other = {"kind": f"conv{rank}d", "name": "other", **window}
    axis = draw.choice((None, "channels", *RANKS[rank]))
    return branched(other, kind, ["input", "other", *draw.choice(([], ["input"]))], sizes, axis)


def added(draw: Random, kind: str, _: str) -> Drawn:
    """Return a sum or a product of images, of which some axes may be 1; some do not meet."""
    sizes = any_image(draw)
    rank = len(sizes) - 1
    keys = {"filters": draw.choice((1, 2, sizes["channels"])), "stride": per_axis(draw, rank, (1, 1, 2, max(LARGEST)))}
    other = {"kind": f"conv{rank}d", "name": "other", "kernel": 1, **keys}
    if draw.random() < 0.4:
        other = {"kind": "globalavgpool", "name": "other", "keepdims": True}
    return branched(other, kind, draw.choice((["input", "other"], ["other", "input", "input"])), sizes)


def branched(other: drawn.Layer, kind: str, names: list[str], sizes: drawn.Sizes, axis: str | None = None) -> Drawn:
    """Return a layer `x` that merges the input with what another layer makes of it."""
    return sizes, [other, {"kind": kind, "name": "x", "from": names, **({"axis": axis} if axis else {})}]


MAKERS: dict[str, Callable[[Random, str, str], Drawn]] = {
    **dict.fromkeys(SLIDING, sliding),
    **dict.fromkeys((*drawn.PLAIN, "flatten"), unchanged),
    **dict.fromkeys(("globalavgpool", "globalmaxpool"), global_pool),
    **dict.fromkeys(("add", "multiply"), added),
    "zeropad": zeropad,
    "dense": dense,
    "concat": concatenated,
}

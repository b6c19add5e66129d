"""Layers and networks drawn for the oracles: every kind, every key, all from one generator that is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import Any

RANKS = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
LARGEST = {1: 20, 2: 10, 3: 5}
Layer = dict[str, Any]
Sizes = dict[str, int]
Drawn = tuple[Sizes, list[Layer]]

SLIDING = tuple(f"{stem}{rank}d" for stem in ("conv", "maxpool", "avgpool") for rank in RANKS)
PLAIN = ("activation", "dropout", "identity", "batchnorm")


def generator(seed: str) -> Random:
    """Return the generator of a test's drawings."""
    return Random(seed)  # noqa: S311 -- drawings of tests, no secrets


def image(draw: Random, rank: int, largest: int, channels: Iterable[int] = (1, 2, 3, 4, 6)) -> Sizes:
    """Return the sizes of an image."""
    return {"channels": draw.choice(list(channels)), **{axis: draw.randint(3, largest) for axis in RANKS[rank]}}


def any_image(draw: Random, *ranks: int) -> Sizes:
    """Return a small image of one of some ranks."""
    rank = draw.choice(ranks or (1, 2, 3))
    return image(draw, rank, LARGEST[rank])


def sequence(draw: Random, *features: int) -> Sizes:
    """Return a short sequence."""
    return {"tokens": draw.randint(1, 6), "features": draw.choice(features or (1, 2, 3, 4, 6, 8))}


def anything(draw: Random) -> Sizes:
    """Return an image, a sequence or features."""
    return draw.choice((any_image(draw), sequence(draw), {"features": draw.randint(1, 9)}))


def flags(draw: Random, *names: str) -> Layer:
    """Return some flags, each true or false."""
    return {name: draw.random() < 0.6 for name in names}


def one(draw: Random, sizes: Sizes, kind: str, **keys: Any) -> Drawn:
    """Return one layer `x` without the keys that were not drawn, each left out now and then."""
    required = {name: found for name, found in keys.items() if found is not None}
    optional = {name for name in required if name in OPTIONAL and draw.random() < 0.25}
    return sizes, [{"kind": kind, "name": "x", **{k: v for k, v in required.items() if k not in optional}}]


OPTIONAL = {"bias", "scale", "center", "stride", "padding", "dilation", "groups", "multiplier", "output_padding"}
OPTIONAL |= {"sequences", "bidirectional", "merge", "reset_after", "layers", "axes", "statistics", "parameters"}
OPTIONAL |= {"gated", "ceil", "keepdims", "rate", "given", "positions", "division", "bias_axes"}


def per_axis(draw: Random, rank: int, numbers: Iterable[int]) -> Any:
    """Return one number for all axes, or a list."""
    choices = list(numbers)
    return draw.choice(choices) if draw.random() < 0.6 else [draw.choice(choices) for _ in range(rank)]


def convolution(draw: Random, sizes: dict[str, int], conventions: str) -> Layer:
    """Return a convolution; some do not fit their input."""
    rank = len(sizes) - 1
    groups = draw.choice([n for n in (1, 1, 2, 3) if sizes["channels"] % n == 0])
    layer = {"kind": f"conv{rank}d", "filters": groups * draw.randint(1, 4), "kernel": per_axis(draw, rank, (1, 2, 3))}
    layer |= {"groups": groups, "bias": draw.random() < 0.7, "dilation": per_axis(draw, rank, (1, 1, 2))}
    layer |= reparametrized(draw)
    words = ["valid", "same", *(["causal"] if rank == 1 and conventions != "pytorch" else [])]
    layer["padding"] = draw.choice(words) if draw.random() < 0.4 else per_axis(draw, rank, (0, 1, 2))
    is_plain = layer["padding"] == "same" and conventions == "pytorch"
    return layer | ({} if is_plain else {"stride": per_axis(draw, rank, (1, 2, 3))})


def reparametrized(draw: Random) -> Layer:
    """Return whether weights are normalised, in most cases not."""
    return {draw.choice(("weight_norm", "spectral_norm")): True} if draw.random() < 0.2 else {}


def pool(draw: Random, sizes: dict[str, int], conventions: str) -> Layer:
    """Return a pool; some do not fit their input."""
    rank = len(sizes) - 1
    kernel = per_axis(draw, rank, (1, 2, 3, 4))
    which = draw.choice(("max", "avg"))
    layer: Layer = {"kind": f"{which}pool{rank}d", "kernel": kernel, "ceil": draw.random() < 0.4}
    half = min(kernel if isinstance(kernel, list) else [kernel]) // 2
    layer["padding"] = per_axis(draw, rank, range(half + 1))
    if conventions != "pytorch" and draw.random() < 0.3:
        layer["padding"] = draw.choice(("same", "valid"))
    if which == "max" and draw.random() < 0.3:
        layer["dilation"] = per_axis(draw, rank, (1, 2))
    return layer | ({"stride": per_axis(draw, rank, (1, 2, 3))} if draw.random() < 0.6 else {})


def zeropad(draw: Random, sizes: dict[str, int], _: str) -> Layer:
    """Return padding: a number, one per axis, or two per axis."""
    rank = len(sizes) - 1
    sides = [[draw.randint(0, 3), draw.randint(0, 3)] for _ in range(rank)]
    layer: Layer = {"kind": "zeropad", "padding": draw.choice([per_axis(draw, rank, range(4)), sides])}
    mode = draw.choice(("zeros", "reflect", "replicate", "circular", None))
    return layer | ({"mode": mode} if mode else {})


def plain(draw: Random, _: dict[str, int], __: str) -> Layer:
    """Return a layer that keeps all sizes."""
    kind = draw.choice(PLAIN)
    flags = {name: draw.random() < 0.7 for name in ("scale", "center")}
    return {"kind": kind, **{"activation": {"function": "relu"}, "batchnorm": flags}.get(kind, {})}


def dense(draw: Random, *_: object) -> Layer:
    """Return a dense layer."""
    return {"kind": "dense", "units": draw.randint(1, 12), "bias": draw.random() < 0.7, **reparametrized(draw)}


def end(draw: Random, *_: object) -> Layer:
    """Return what turns an image into features."""
    return draw.choice([{"kind": "flatten"}, {"kind": "globalavgpool"}, {"kind": "globalmaxpool"}])


BODY: tuple[Callable[..., Layer], ...] = (convolution, convolution, pool, zeropad, plain)


def layers(draw: Random, sizes: dict[str, int], conventions: str, most: int = 6) -> list[Layer]:
    """Return the layers of a network with branches now and then, ended by dense layers in most cases."""
    found: list[Layer] = []
    channels = [sizes["channels"]]

    def put(layer: Layer, gives: int) -> None:
        found.append(layer | {"name": f"layer{len(found)}"})
        channels.append(gives)

    for _ in range(draw.randint(1, most)):
        layer = draw.choice(BODY)(draw, sizes | {"channels": channels[-1]}, conventions)
        put(layer, layer.get("filters", channels[-1]))
        if draw.random() < 0.25 and len(found) > 1:
            pair = [found[-2]["name"], found[-1]["name"]]
            kind = draw.choice(("add", "concat"))
            put({"kind": kind, "from": pair}, sum(channels[-2:]) if kind == "concat" else max(channels[-2:]))
    if draw.random() < 0.7:
        put(end(draw), 0)
        for _ in range(draw.randint(0, 2)):
            put(draw.choice((dense, plain))(draw, {}, conventions), 0)
    return found


def network(draw: Random, conventions: str, largest: int = 24) -> dict[str, Any]:
    """Return a network in the notation; whether its shapes can be is for others to say."""
    sizes = image(draw, draw.choice((1, 2, 2, 2, 3)), largest)
    return {"conventions": conventions, "input": sizes, "layers": layers(draw, sizes, conventions)}

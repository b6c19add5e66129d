"""Single layers drawn for the oracles: each kind with each of its keys, some of them not possible."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from oracle import drawn, drawn_further, drawn_plain
from oracle.drawn import LARGEST, RANKS, Drawn, Layer, any_image, anything, flags, image, one, per_axis, sequence


def transposed(draw: Random, kind: str, conventions: str) -> Drawn:
    """Return a transposed convolution; some ask for too much output padding."""
    rank = int(kind[-2])
    sizes = image(draw, rank, LARGEST[rank])
    groups = draw.choice([n for n in (1, 1, 2, 3) if sizes["channels"] % n == 0])
    keys = {"filters": groups * draw.randint(1, 3), "kernel": per_axis(draw, rank, (1, 2, 3, 4)), "groups": groups}
    keys |= {"stride": per_axis(draw, rank, (1, 2, 3)), "dilation": per_axis(draw, rank, (1, 1, 2))}
    keys |= {"padding": per_axis(draw, rank, (0, 1)), "output_padding": per_axis(draw, rank, (0, 0, 1, 2))}
    words = ["valid"] if conventions == "pytorch" else ["valid", "same"]
    if draw.random() < 0.3:
        keys["padding"] = draw.choice(words)
    return one(draw, sizes, kind, **keys, **flags(draw, "bias"))


def by_channel(draw: Random, kind: str, conventions: str) -> Drawn:
    """Return a depthwise or a separable convolution."""
    rank = int(kind[-2])
    sizes = image(draw, rank, LARGEST[rank])
    keys = {"kernel": per_axis(draw, rank, (1, 2, 3)), "multiplier": draw.randint(1, 3)}
    keys |= {"stride": per_axis(draw, rank, (1, 2)), "dilation": per_axis(draw, rank, (1, 2))}
    keys["padding"] = per_axis(draw, rank, (0, 1))
    if draw.random() < 0.4:
        keys["padding"] = draw.choice(["valid", "same"])
        keys["stride"] = 1 if conventions == "pytorch" else keys["stride"]
    filters = {"filters": draw.randint(1, 4)} if kind.startswith("separable") else {}
    return one(draw, sizes, kind, **keys, **filters, **flags(draw, "bias"))


def recurrent(draw: Random, kind: str, conventions: str) -> Drawn:
    """Return a recurrent layer; some project to no fewer features than they have units."""
    keys = {"units": draw.randint(1, 5), "layers": draw.randint(1, 3)}
    if kind == "lstm" and draw.random() < 0.4:
        keys["projection"] = draw.randint(1, 4)
    merge = draw.choice(("concat", "sum")) if conventions != "pytorch" else None
    reset = draw.choice((True, False)) if kind == "gru" and conventions != "pytorch" else None
    drawn = flags(draw, "bidirectional", "bias", "sequences")
    return one(draw, sequence(draw), kind, **keys, **drawn, merge=merge, reset_after=reset)


def attention(draw: Random, kind: str, conventions: str) -> Drawn:
    """Return attention of a sequence to itself or to another one; some have heads that do not divide."""
    sizes, heads = sequence(draw, 4, 6, 8), draw.choice((1, 2, 2, 3, 4))
    keys: Layer = {"heads": heads, **flags(draw, "bias")}
    keys |= {"key_value_bias": True} if draw.random() < 0.3 else {}
    others = [{"kind": "dense", "name": name, "from": "input", "units": draw.randint(1, 9)} for name in ("k", "v")]
    if draw.random() < 0.3:
        keys["from"] = ["input", *draw.choice((["k"], ["k", "v"]))]
    for name in ("key_input", "value_input"):
        if draw.random() < 0.3 and "from" not in keys:
            keys[name] = draw.randint(1, 9)
    if "from" not in keys and draw.random() < 0.3:
        keys["window"] = draw.choice((1, 2, 3, sizes["tokens"]))
    keys |= {"position_bias": draw.randint(0, 9)} if draw.random() < 0.3 else {}
    if conventions != "pytorch":
        for name in ("features", "head_features", "value_features"):
            keys |= {name: draw.randint(1, 4) * heads} if draw.random() < 0.3 else {}
        keys |= {"kv_heads": draw.choice((1, 2))} if draw.random() < 0.3 else {}
    found, layers = one(draw, sizes, kind, **keys)
    return found, [*(others if "from" in keys else []), *layers]


def mixture(draw: Random, kind: str, _: str) -> Drawn:
    """Return a mixture of experts; some have more active experts than there are."""
    keys = {"experts": draw.randint(1, 5), "active": draw.randint(1, 5), "feedforward": draw.randint(1, 9)}
    return one(draw, sequence(draw), kind, **keys, **flags(draw, "gated", "bias"))


def transformer(draw: Random, kind: str, _: str) -> Drawn:
    """Return a layer of an encoder or a decoder."""
    keys = {"heads": draw.choice((1, 2, 2, 3)), "feedforward": draw.randint(1, 9), **flags(draw, "bias")}
    return one(draw, sequence(draw, 4, 6, 8), kind, **keys)


def norm(draw: Random, kind: str, conventions: str) -> Drawn:
    """Return a normalisation over one or several axes, or over groups."""
    sizes = any_image(draw) if kind in ("instancenorm", "lrn") else anything(draw)
    keys: Layer = {}
    if kind in ("layernorm", "rmsnorm"):
        keys = {"axes": draw.choice(["last", "all", 1, 2, 3])}
    elif kind == "groupnorm":
        sizes = draw.choice((any_image(draw), {"features": draw.randint(1, 9)}))
    elif kind == "instancenorm":
        keys = flags(draw, "statistics")
    elif kind == "lrn":
        keys = {"size": draw.randint(1, 5)}
    switches = {} if kind == "lrn" else flags(draw, "scale", *(["center"] if kind != "rmsnorm" else []))
    found, (layer,) = one(draw, sizes, kind, **keys)
    layer |= {"groups": draw.choice((1, 2, 3))} if kind == "groupnorm" else {}
    switches = one_switch(switches, kind) if conventions == "pytorch" else switches
    default = kind != "instancenorm"
    return found, [layer | {name: on for name, on in switches.items() if on != default or draw.random() < 0.7}]


def one_switch(switches: Layer, kind: str) -> Layer:
    """Return a scale and a shift as PyTorch switches them: together, a layer norm's shift also off by itself."""
    if "center" not in switches:
        return switches
    center = switches["scale"] and (switches["center"] or kind != "layernorm")
    return {"scale": switches["scale"], "center": center}


def adaptive(draw: Random, kind: str, _: str) -> Drawn:
    """Return a pool to a size, of which some axes may stay."""
    sizes = any_image(draw)
    rank = len(sizes) - 1
    size = draw.choice([draw.randint(1, 5), [draw.choice((None, 1, 2, 3)) for _ in range(rank)]])
    return one(draw, sizes, kind, size=size)


def bilinear(draw: Random, kind: str, _: str) -> Drawn:
    """Return a bilinear layer of the input and of what a dense layer makes of it."""
    sizes = draw.choice((sequence(draw), {"features": draw.randint(1, 9)}))
    other = {"kind": "dense", "name": "other", "units": draw.randint(1, 4)}
    keys = {"from": ["input", "other"], "units": draw.randint(1, 4), **flags(draw, "bias")}
    return sizes, [other, *one(draw, sizes, kind, **keys)[1]]


def shaped(draw: Random, kind: str, _: str) -> Drawn:
    """Return a new shape of the same numbers, now and then with an open entry, or one that does not fit."""
    sizes = draw.choice(({"features": 24}, {"channels": 4, "height": 3, "width": 2}, {"tokens": 4, "features": 6}))
    shape = draw.choice(([24], [4, 6], [2, 3, 4], [2, 3, 2, 2], [5, 5], [12, 2, 1]))
    if draw.random() < 0.5:
        place = draw.randrange(len(shape))
        shape = [-1 if number == place else entry for number, entry in enumerate(shape)]
    return one(draw, sizes, kind, shape=shape)


def cropped(draw: Random, kind: str, _: str) -> Drawn:
    """Return a cut at both sides; some cut everything away."""
    sizes = any_image(draw)
    rank = len(sizes) - 1
    sides = [[draw.randint(0, 2), draw.randint(0, 2)] for _ in range(rank)]
    return (
        one(draw, sizes, kind)
        if kind == "tokens"
        else (sizes, [{"kind": kind, "name": "x", "padding": draw.choice([per_axis(draw, rank, range(3)), sides])}])
    )


def resized(draw: Random, kind: str, _: str) -> Drawn:
    """Return an enlargement by a factor, which may be a fraction, or to a size."""
    sizes = any_image(draw)
    rank = len(sizes) - 1
    if draw.random() < 0.5:
        return one(draw, sizes, kind, factor=per_axis(draw, rank, (1, 2, 3, 0.5, 1.5, 2.25)))
    return one(draw, sizes, kind, size=per_axis(draw, rank, (1, 2, 7)))


def shuffled(draw: Random, kind: str, _: str) -> Drawn:
    """Return a pixel shuffle; some factors do not divide."""
    factor = draw.choice((1, 2, 2, 3))
    sizes = {axis: draw.randint(1, 4) * draw.choice((1, factor, factor)) for axis in ("height", "width")}
    return one(draw, {"channels": draw.choice((1, 4, 8, 9, 16)), **sizes}, kind, factor=factor)


def learned(draw: Random, kind: str, _: str) -> Drawn:
    """Return an embedding, a parametric ReLU or a parameter."""
    if kind == "embedding":
        return one(
            draw, {"tokens": draw.randint(1, 9)}, kind, vocabulary=draw.randint(1, 30), features=draw.randint(1, 9)
        )
    if kind == "parameter":
        return {"features": 1}, [
            {"kind": kind, "name": "x", "shape": [draw.randint(1, 4) for _ in range(draw.randint(1, 4))]}
        ]
    sizes = draw.choice((any_image(draw), {"features": draw.randint(1, 9)}))
    return one(draw, sizes, kind, parameters=draw.choice([1, 1, 2, "channels", "elements"]))


MAKERS: dict[str, Callable[[Random, str, str], Drawn]] = {
    **drawn_plain.MAKERS,
    **{f"convtranspose{rank}d": transposed for rank in RANKS},
    **{f"{stem}{rank}d": by_channel for stem in ("depthwiseconv", "separableconv") for rank in (1, 2)},
    **dict.fromkeys(("rnn", "lstm", "gru"), recurrent),
    **dict.fromkeys(("encoderlayer", "decoderlayer"), transformer),
    **dict.fromkeys(("layernorm", "groupnorm", "instancenorm", "rmsnorm", "lrn"), norm),
    **dict.fromkeys(("adaptiveavgpool", "adaptivemaxpool"), adaptive),
    **dict.fromkeys(("embedding", "parameter", "prelu"), learned),
    **dict.fromkeys(("crop", "tokens"), cropped),
    **dict.fromkeys(("pixelshuffle", "pixelunshuffle"), shuffled),
    "attention": attention,
    "bilinear": bilinear,
    "mixture": mixture,
    "select": lambda draw, kind, _: one(draw, sequence(draw), kind),
    "reshape": shaped,
    "upsample": resized,
    **drawn_further.MAKERS,
}


def any_network(draw: Random, conventions: str) -> dict[str, Any]:
    """Return a network of some kind of layer, or one of convolutions and pools with branches."""
    kind = draw.choice((None, None, *MAKERS))
    return network(draw, kind, conventions) if kind else drawn.network(draw, conventions)


def network(draw: Random, kind: str, conventions: str) -> dict[str, Any]:
    """Return a network around one layer `x` of a kind."""
    sizes, layers = MAKERS[kind](draw, kind, conventions)
    return {"conventions": conventions, "input": sizes, "layers": layers}


SPOILT = ("filters", "units", "kernel", "stride", "dilation", "groups", "factor", "size", "padding", "heads")


def spoilt(draw: Random, layer: Layer) -> Layer:
    """Return a layer with one number that is likely not to fit: 0, too large, or one that does not divide."""
    keys = [key for key in SPOILT if isinstance(layer.get(key), int)]
    if not keys:
        return layer
    key = draw.choice(keys)
    return layer | {key: draw.choice((0, layer[key] + 1, layer[key] + 3, 25))}


def tried(draw: Random, kind: str, conventions: str) -> dict[str, Any]:
    """Return a network around one layer `x`, which is spoilt now and then."""
    spec = network(draw, kind, conventions)
    if draw.random() < 0.15:
        spec["layers"][-1] = spoilt(draw, spec["layers"][-1])
    return spec

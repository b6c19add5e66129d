"""The kinds that only some networks need, drawn one layer at a time; some are not possible."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from oracle.drawn import LARGEST, Drawn, Layer, Sizes, any_image, anything, flags, image, one, per_axis, sequence


def locally_connected(draw: Random, kind: str, conventions: str) -> Drawn:
    """Return a convolution without shared weights."""
    rank = int(kind[-2])
    keys = {"filters": draw.randint(1, 3), "kernel": per_axis(draw, rank, (1, 2, 3))}
    keys |= {"stride": per_axis(draw, rank, (1, 2)), "padding": per_axis(draw, rank, (0, 1))}
    if conventions != "pytorch" and draw.random() < 0.3:
        keys["padding"] = draw.choice(("same", "valid"))
    return one(draw, image(draw, rank, {1: 12, 2: 6}[rank], (1, 2, 3)), kind, **keys, **flags(draw, "bias"))


def convolutional_state(draw: Random, kind: str, conventions: str) -> Drawn:
    """Return a convolutional LSTM on a sequence of strips or of images."""
    rank = int(kind[-2])
    keys = {"filters": draw.randint(1, 3), "kernel": per_axis(draw, rank, (1, 2, 3))}
    keys |= {"stride": per_axis(draw, rank, (1, 2)), "padding": per_axis(draw, rank, (0, 1))}
    keys |= {"dilation": per_axis(draw, rank, (1, 1, 2))}
    if conventions != "pytorch" and draw.random() < 0.3:
        keys["padding"] = draw.choice(("same", "valid"))
    sizes = image(draw, rank + 1, {1: 7, 2: 5}[rank], (1, 2, 3))
    return one(draw, sizes, kind, **keys, **flags(draw, "bias", "sequences"))


def unfolded(draw: Random, kind: str, _: str) -> Drawn:
    """Return windows side by side, or back in an image; some do not fit."""
    kernel, stride = per_axis(draw, 2, (1, 2, 3)), per_axis(draw, 2, (1, 2))
    keys = {"kernel": kernel, "stride": stride, "padding": per_axis(draw, 2, (0, 1))}
    keys |= {"dilation": per_axis(draw, 2, (1, 1, 2))}
    if kind == "unfold":
        return one(draw, image(draw, 2, 7), kind, **keys)
    taps, steps, pads, dilations = (
        found if isinstance(found, list) else [found, found] for found in (keys[name] for name in keys)
    )
    rows = [draw.randint(1, 4), draw.randint(1, 4)]
    each = zip(rows, taps, steps, pads, dilations, strict=True)
    size = [(row - 1) * step + dilation * (tap - 1) + 1 - 2 * pad for row, tap, step, pad, dilation in each]
    sizes = {"channels": taps[0] * taps[1] * draw.randint(1, 3), "length": rows[0] * rows[1]}
    if draw.random() < 0.2:
        sizes[draw.choice(("channels", "length"))] += 1
    found = keys if draw.random() < 0.5 else {name: found for name, found in keys.items() if found not in (1, 0)}
    return sizes, [{"kind": kind, "name": "x", **found, **({} if "kernel" in found else {"kernel": 1}), "size": size}]


def unpooled(draw: Random, kind: str, _: str) -> Drawn:
    """Return an unpooling, now and then to a size, which may be too far away."""
    rank = int(kind[-2])
    sizes = image(draw, rank, LARGEST[rank])
    kernel = draw.choice((2, 3, 4))
    keys: Layer = {"kernel": kernel, "stride": draw.choice((kernel, 2, 3)), "padding": draw.choice((0, 0, 1))}
    if draw.random() < 0.5:
        usual = [(size - 1) * keys["stride"] - 2 * keys["padding"] + kernel for size in list(sizes.values())[1:]]
        return sizes, [{"kind": kind, "name": "x", **keys, "size": [size + draw.randint(-2, 2) for size in usual]}]
    return one(draw, sizes, kind, **keys)


def power_pool(draw: Random, kind: str, _: str) -> Drawn:
    """Return a power-average pool."""
    rank = int(kind[-2])
    keys = {"kernel": per_axis(draw, rank, (1, 2, 3)), "stride": per_axis(draw, rank, (1, 2, 3))}
    return one(draw, image(draw, rank, LARGEST[rank]), kind, **keys, padding="valid", ceil=draw.random() < 0.4)


def fractional(draw: Random, kind: str, _: str) -> Drawn:
    """Return a pool to a size or a ratio; some leave no room for their windows."""
    rank = int(kind[-2])
    keys = {"kernel": per_axis(draw, rank, (1, 2, 3))}
    to = {"size": per_axis(draw, rank, (1, 2, 3))} if draw.random() < 0.5 else {"ratio": per_axis(draw, rank, RATIOS)}
    return one(draw, image(draw, rank, LARGEST[rank]), kind, **keys, **to)


RATIOS = (0.34, 0.5, 0.75)


def permuted(draw: Random, kind: str, _: str) -> Drawn:
    """Return axes in another order."""
    sizes = draw.choice((any_image(draw), sequence(draw)))
    order = list(range(1, len(sizes) + 1))
    draw.shuffle(order)
    return one(draw, sizes, kind, order=order)


def rearranged(draw: Random, kind: str, _: str) -> Drawn:
    """Return a series, a repetition, or channels that are mixed, halved or cut; some do not come out even."""
    if kind == "series":
        return one(draw, sequence(draw), kind)
    if kind == "repeatvector":
        return one(draw, {"features": draw.randint(1, 9)}, kind, times=draw.randint(1, 5))
    if kind == "channelshuffle":
        return any_image(draw), [{"kind": kind, "name": "x", "groups": draw.choice((1, 2, 2, 3))}]
    sizes = draw.choice((any_image(draw, 2, 3), sequence(draw), {"features": draw.randint(1, 9)}))
    axis = {"axis": draw.choice(list(sizes))} if "tokens" in sizes or draw.random() < 0.6 else {}
    cut = {"size": draw.randint(1, 3)} if kind == "slice" else {}
    offset = {"offset": draw.randint(0, 2)} if cut and draw.random() < 0.7 else {}
    return one(draw, sizes, kind, **axis, **offset, **cut)


def merged(draw: Random, kind: str, _: str) -> Drawn:
    """Return what two or three images give number by number."""
    other = {"kind": "globalavgpool", "name": "other", "keepdims": True}
    names = draw.choice((["input", "other"], ["other", "input"], ["input", "input", "other"]))
    return any_image(draw), [other, {"kind": kind, "name": "x", "from": names[: 2 if kind == "subtract" else 3]}]


def multiplied(draw: Random, kind: str, _: str) -> Drawn:
    """Return a product of two sequences or features, or attention without projections; some do not meet."""
    sizes = sequence(draw, 2, 3, 4)
    twice = {"kind": "concat", "name": "twice", "axis": "tokens", "from": ["input", "input"]}
    source, width = draw.choice(("input", "twice")), draw.choice((sizes["features"],) * 3 + (5,))
    other = {"kind": "dense", "name": "other", "from": source, "units": width}
    layer = {"kind": kind, "name": "x", "from": ["input", "other"]}
    if kind != "dot":
        values = {"kind": "dense", "name": "values", "from": source, "units": draw.randint(1, 4)}
        names = draw.choice((["input"], ["input", "other"], ["input", "other", "values"]))
        scale = flags(draw, "scale") if draw.random() < 0.8 else {}
        return sizes, [twice, other, values, {**layer, "from": names, **scale}]
    if draw.random() < 0.3:
        return {"features": 3}, [{"kind": "dense", "name": "other", "units": draw.choice((3, 3, 4))}, layer]
    return sizes, [twice, other, {**layer, "axis": draw.choice(("tokens", "features"))}]


EQUATIONS = {
    "ab,bc->ac": [4],
    "ab,b->ab": [-1],
    "abc,cd->abd": [-1, 4],
    "abc,bd->adc": [4, -1],
    "abc,bcd->ad": [4],
    "abc,cde->abde": [-1, 3, 2],
    "abcd,cde->abe": [-1, 5],
    "abcd,de->abce": [-1, -1, 4],
}


def summed(draw: Random, kind: str, _: str) -> Drawn:
    """Return a dense layer along some axes, now and then with a bias along some of them."""
    equation = draw.choice(list(EQUATIONS))
    letters, outputs = equation.split(",")[0], equation.split("->")[1][1:]
    names = {2: ("features",), 3: ("tokens", "features"), 4: ("channels", "height", "width")}[len(letters)]
    axes = {"bias_axes": draw.choice((outputs, outputs[-1], outputs[0]))} if draw.random() < 0.6 else {}
    sizes = {name: draw.randint(1, 5) for name in names}
    return one(draw, sizes, kind, equation=equation, shape=EQUATIONS[equation], **axes)


def learned(draw: Random, kind: str, _: str) -> Drawn:
    """Return a table, positions, scales, or stored statistics."""
    if kind == "embeddingbag":
        keys = {"vocabulary": draw.randint(1, 30), "features": draw.randint(1, 9)}
        return one(draw, {"tokens": draw.randint(1, 9)}, kind, **keys)
    if kind == "positionembedding":
        sizes = sequence(draw)
        most = {"positions": sizes["tokens"] + draw.randint(0, 4)} if draw.random() < 0.5 else {}
        return one(draw, sizes, kind, **most)
    if kind == "scale":
        sizes = draw.choice((any_image(draw), {"features": draw.randint(1, 9)}))
        keys = {"parameters": draw.choice((1, "channels", "elements")), "center": draw.random() < 0.5}
        return one(draw, sizes, kind, **keys)
    return one(draw, anything(draw), kind, **flags(draw, "given"))


def clustered(draw: Random, kind: str, _: str) -> Drawn:
    """Return an adaptive softmax; the cutoffs of some do not rise."""
    sizes: Sizes = draw.choice(({"features": draw.randint(9, 20)}, sequence(draw, 9, 16)))
    cutoffs = draw.sample(range(1, 30), draw.randint(1, 2))
    cutoffs = sorted(cutoffs) if draw.random() < 0.8 else cutoffs
    keys = {"units": draw.choice((30, 40, 25)), "cutoffs": cutoffs, "division": draw.choice((1, 2, 3))}
    return one(draw, sizes, kind, **keys, **flags(draw, "bias"))


MAKERS: dict[str, Callable[[Random, str, str], Drawn]] = {
    **{f"locallyconnected{rank}d": locally_connected for rank in (1, 2)},
    **{f"convlstm{rank}d": convolutional_state for rank in (1, 2)},
    **{f"maxunpool{rank}d": unpooled for rank in (1, 2, 3)},
    **{f"lppool{rank}d": power_pool for rank in (1, 2, 3)},
    **{f"fractionalmaxpool{rank}d": fractional for rank in (2, 3)},
    **dict.fromkeys(("unfold", "fold"), unfolded),
    **dict.fromkeys(("series", "repeatvector", "channelshuffle", "glu", "slice"), rearranged),
    **dict.fromkeys(("subtract", "average", "maximum", "minimum"), merged),
    **dict.fromkeys(("dot", "dotattention", "additiveattention"), multiplied),
    **dict.fromkeys(("embeddingbag", "positionembedding", "scale", "normalization"), learned),
    "permute": permuted,
    "einsumdense": summed,
    "adaptivesoftmax": clustered,
}

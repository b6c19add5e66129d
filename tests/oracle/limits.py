"""What cannot be, said by counting: groups that leave something over, windows that lie in the padding alone, misfits.

Shares nothing with the package: a layer is its mapping in the notation, an input a mapping of sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from oracle.sliding import Sizes, axes_of, listed, per_axis, slide

Layer = Mapping[str, Any]


def uneven(many: int, each: int) -> bool:
    """Say whether something is left over when things are put into groups."""
    return bool(list(range(many))[many - many % each :])


def strided(layer: Layer, inputs: list[Sizes], conventions: str) -> bool:
    """PyTorch has no "same" with a stride, and none for pools and transposed convolutions."""
    if layer.get("padding") != "same" or conventions != "pytorch":
        return False
    default = layer["kernel"] if "pool" in layer["kind"] else 1
    strides = per_axis({"stride": layer.get("stride", default)}, "stride", 1, axes_of(inputs[0]))
    return max(strides) > 1 or "pool" in layer["kind"] or "transpose" in layer["kind"]


def convolution(layer: Layer, inputs: list[Sizes], conventions: str) -> bool:
    """Groups have equal shares of the input channels and of the filters."""
    groups = layer.get("groups", 1)
    shares = (inputs[0]["channels"], layer.get("filters", groups))
    return strided(layer, inputs, conventions) or any(uneven(many, groups) for many in shares)


def transposed(layer: Layer, inputs: list[Sizes], conventions: str) -> bool:
    """Added places stay below the next stride or the next tap."""
    axes = axes_of(inputs[0])
    entries = [per_axis(layer, name, default, axes) for name, default in (("stride", 1), ("dilation", 1))]
    added = [number or 0 for number in per_axis(layer, "output_padding", 0, axes)]
    too_many = any(
        step not in (*range(stride), *range(dilation)) for stride, dilation, step in zip(*entries, added, strict=True)
    )
    return convolution(layer, inputs, conventions) or (any(added) and too_many)


def pool(layer: Layer, inputs: list[Sizes], conventions: str) -> bool:
    """At most half of a window lies in the padding."""
    axes = axes_of(inputs[0])
    if isinstance(layer.get("padding"), str):
        return strided(layer, inputs, conventions)
    entries = [per_axis(layer, name, default, axes) for name, default in (("kernel", 1), ("dilation", 1))]
    reaches = [len(range(dilation * (kernel - 1) + 1)) for kernel, dilation in zip(*entries, strict=True)]
    around = per_axis(layer, "padding", 0, axes)
    return any(padding + padding > reach for padding, reach in zip(around, reaches, strict=True))


def recurrent(layer: Layer, _: list[Sizes], __: str) -> bool:
    """A projection makes fewer of the units."""
    return layer.get("projection", 0) not in range(layer["units"])


def attention(layer: Layer, inputs: list[Sizes], _: str) -> bool:
    """Heads share the features equally; keys and values are as many, and as wide as is said."""
    query, keys, values = inputs[0], inputs[min(1, len(inputs) - 1)], inputs[-1]
    heads = layer["heads"]
    width = layer.get("features", query["features"])
    odd = "head_features" not in layer and uneven(width, heads)
    odd = odd or uneven(heads, layer.get("kv_heads", heads))
    odd = odd or ("window" in layer and (len(inputs) > 1 or uneven(inputs[0]["tokens"], layer["window"])))
    said = (("key_input", keys), ("value_input", values)) if len(inputs) > 1 else ()
    misfit = any(layer.get(name, source["features"]) != source["features"] for name, source in said)
    return odd or misfit or keys["tokens"] != values["tokens"]


def transformer(layer: Layer, inputs: list[Sizes], _: str) -> bool:
    """Heads share the features equally; a memory is as wide as the target."""
    return uneven(inputs[0]["features"], layer["heads"]) or inputs[0]["features"] != inputs[-1]["features"]


def axes(layer: Layer, inputs: list[Sizes], _: str) -> bool:
    """No more axes are normalised than there are."""
    found = layer.get("axes", "last")
    return not isinstance(found, str) and found > len(inputs[0])


def groups(layer: Layer, inputs: list[Sizes], _: str) -> bool:
    """Groups have equal shares of the channels."""
    return uneven(inputs[0].get("channels", inputs[0].get("features", 0)), layer["groups"])


def slopes(layer: Layer, inputs: list[Sizes], _: str) -> bool:
    """One slope, or one for each channel."""
    found = layer.get("parameters", 1)
    return isinstance(found, int) and found not in (1, inputs[0].get("channels", inputs[0].get("features")))


def shape(layer: Layer, inputs: list[Sizes], _: str) -> bool:
    """All numbers have a place, and all places a number."""
    numbers = listed(*inputs[0].values())
    given = listed(*(entry for entry in layer["shape"] if entry != -1))
    return uneven(numbers, given) if -1 in layer["shape"] else numbers != given


def shuffled(layer: Layer, inputs: list[Sizes], _: str) -> bool:
    """Channels come in squares of the factor; the other way round, places do."""
    factor, sizes = layer["factor"], inputs[0]
    if layer["kind"] == "pixelshuffle":
        return uneven(sizes["channels"], listed(factor, factor))
    return any(uneven(sizes[axis], factor) for axis in axes_of(sizes))


def merged(layer: Layer, inputs: list[Sizes], _: str) -> bool:
    """Sizes of a sum or a product are equal or 1; those of a concatenation are equal but along its axis."""
    if len({frozenset(sizes) for sizes in inputs}) > 1:
        return True
    if layer["kind"] != "concat":
        return any(len({sizes[size] for sizes in inputs} - {1}) > 1 for size in inputs[0])
    grown = layer.get("axis", "channels" if "channels" in inputs[0] else "features")
    return any(len({sizes[size] for sizes in inputs}) > 1 for size in inputs[0] if size != grown)


def part(layer: Layer, inputs: list[Sizes], _: str) -> bool:
    """Each entry of a part is one of its input's."""
    axis = layer.get("axis", "channels" if "channels" in inputs[0] else "features")
    there = range(inputs[0][axis])
    return any(place not in there for place in range(layer.get("offset", 0), layer.get("offset", 0) + layer["size"]))


def bilinear(_: Layer, inputs: list[Sizes], __: str) -> bool:
    """Both inputs have the same tokens."""
    return inputs[0].get("tokens") != inputs[1].get("tokens")


def folded(layer: Layer, inputs: list[Sizes], conventions: str) -> bool:
    """Windows on the size that is asked for are as many as there are places, each with a number for each channel."""
    axes = ["height", "width"]
    taps = listed(*per_axis(layer, "kernel", None, axes))
    wanted = dict(zip(axes, per_axis(layer, "size", None, axes), strict=True))
    along = [len(found) for found in slide(layer, wanted).values()]
    return uneven(inputs[0]["channels"], taps) or min(along) < 1 or listed(*along) != inputs[0]["length"]


def unpooled(layer: Layer, inputs: list[Sizes], _: str) -> bool:
    """A size that is asked for is less than a stride away from where the last window ends."""
    axes = axes_of(inputs[0])
    keys = [per_axis(layer, name, layer["kernel"], axes) for name in ("kernel", "stride")]
    around, asked = per_axis(layer, "padding", 0, axes), per_axis(layer, "size", None, axes)
    for axis, kernel, stride, padding, size in zip(axes, *keys, around, asked, strict=True):
        end = [place * stride + kernel - padding - padding for place in range(inputs[0][axis])][-1]
        if size is not None and size not in range(end - stride + 1, end + stride):
            return True
    return False


def fractional(layer: Layer, inputs: list[Sizes], _: str) -> bool:
    """Windows have as many places to begin as are asked for; over three axes one more."""
    axes = axes_of(inputs[0])
    spare = 1 if len(axes) > 2 else 0
    keys = [per_axis(layer, name, None, axes) for name in ("kernel", "size", "ratio")]
    for axis, kernel, size, ratio in zip(axes, *keys, strict=True):
        share = inputs[0][axis] * Fraction(str(ratio or 1))
        asked = size or len([place for place in range(1, inputs[0][axis] + 1) if place <= share])
        if len(range(kernel - 1, inputs[0][axis] - spare)) < asked:
            return True
    return False


def halved(layer: Layer, inputs: list[Sizes], _: str) -> bool:
    """Halves are equal."""
    axis = layer.get("axis", "channels" if "channels" in inputs[0] else "features")
    return uneven(inputs[0][axis], 2)


def multiplied(layer: Layer, inputs: list[Sizes], _: str) -> bool:
    """What is summed over is equally long."""
    axis = layer.get("axis", "features")
    return inputs[0][axis] != inputs[1][axis]


def scored(_: Layer, inputs: list[Sizes], __: str) -> bool:
    """Queries and keys are equally wide, keys and values as many."""
    keys = inputs[min(1, len(inputs) - 1)]
    return inputs[0]["features"] != keys["features"] or keys["tokens"] != inputs[-1]["tokens"]


def summed(layer: Layer, inputs: list[Sizes], conventions: str) -> bool:
    """A size that is written again is the input's, and one that is new is written."""
    first, last = layer["equation"].split(",")[0][1:], layer["equation"].split("->")[1][1:]
    names = [size for size in inputs[0] if size != "channels"]
    if len(names) < len(inputs[0]):
        names = ["channels", *names] if conventions == "pytorch" else [*names, "channels"]
    sizes = dict(zip(first, (inputs[0][name] for name in names), strict=True))
    given = zip(last, layer["shape"], strict=True)
    return any(
        sizes.get(letter, -1) == -1 if entry == -1 else sizes.get(letter, entry) != entry for letter, entry in given
    )


def positions(layer: Layer, inputs: list[Sizes], _: str) -> bool:
    """Every token has a position."""
    return inputs[0]["tokens"] not in range(layer.get("positions", inputs[0]["tokens"]) + 1)


def clustered(layer: Layer, inputs: list[Sizes], _: str) -> bool:
    """Each cluster has a class and a feature."""
    ends = [*layer["cutoffs"], layer["units"]]
    features = inputs[0]["features"]
    for start, end in pairwise(ends):
        features = len(range(layer.get("division", 4), features + 1, layer.get("division", 4)))
        if start not in range(end) or not features:
            return True
    return False


def mixture(layer: Layer, _: list[Sizes], __: str) -> bool:
    """No more experts are met than there are."""
    return layer["active"] not in range(layer["experts"] + 1)


def padded(layer: Layer, inputs: list[Sizes], _: str) -> bool:
    """What is reflected or repeated is there, once; the end itself is not reflected."""
    if layer.get("mode") not in ("reflect", "circular"):
        return False
    there = {"reflect": 1, "circular": 0}[layer["mode"]]
    axes = axes_of(inputs[0])
    for axis, entry in zip(axes, per_axis(layer, "padding", 0, axes), strict=True):
        widest = max(entry) if isinstance(entry, list) else entry
        if widest not in range(inputs[0][axis] - there + 1):
            return True
    return False


def dense(layer: Layer, inputs: list[Sizes], _: str) -> bool:
    """A tied layer has as many features as a row of the table, and as many units as the table has rows."""
    table = layer.get("tied")
    if table is None:
        return False
    width = inputs[0]["features" if "features" in inputs[0] else "channels"]
    return width != table["features"] or layer.get("units", table["vocabulary"]) != table["vocabulary"]


REFUSED: dict[str, Callable[[Layer, list[Sizes], str], bool]] = {
    **{f"conv{rank}d": convolution for rank in (1, 2, 3)},
    **{f"convtranspose{rank}d": transposed for rank in (1, 2, 3)},
    **{f"{which}pool{rank}d": pool for which in ("max", "avg") for rank in (1, 2, 3)},
    **{f"{stem}{rank}d": strided for stem in ("depthwiseconv", "separableconv") for rank in (1, 2)},
    **{f"{stem}{rank}d": strided for stem in ("locallyconnected", "convlstm") for rank in (1, 2)},
    **{f"maxunpool{rank}d": unpooled for rank in (1, 2, 3)},
    **{f"fractionalmaxpool{rank}d": fractional for rank in (2, 3)},
    **dict.fromkeys(("add", "multiply", "subtract", "average", "maximum", "minimum", "concat"), merged),
    **dict.fromkeys(("dotattention", "additiveattention"), scored),
    **dict.fromkeys(("encoderlayer", "decoderlayer"), transformer),
    **dict.fromkeys(("layernorm", "rmsnorm"), axes),
    **dict.fromkeys(("pixelshuffle", "pixelunshuffle"), shuffled),
    "lstm": recurrent,
    "attention": attention,
    **dict.fromkeys(("groupnorm", "channelshuffle"), groups),
    "zeropad": padded,
    "dense": dense,
    "mixture": mixture,
    "fold": folded,
    "glu": halved,
    "slice": part,
    "dot": multiplied,
    "einsumdense": summed,
    "positionembedding": positions,
    "adaptivesoftmax": clustered,
    "prelu": slopes,
    "reshape": shape,
    "bilinear": bilinear,
}
"""What each kind refuses beyond an output without any place; kinds that are not named take everything."""

"""Costs of the kinds beyond plain convolutional networks, counted by listing every weight and every product.

Shares nothing with the package: a layer is its mapping in the notation, an input a mapping of sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

from oracle import listed_further
from oracle.sliding import Counted, Sizes, axes_of, listed, per_axis, slide

Layer = Mapping[str, Any]
Matrix = tuple[int, ...]
CHANNELS_FIRST = ("pytorch",)


def transposed(layer: Layer, inputs: list[Sizes], conventions: str) -> Counted:
    """Each input puts a kernel, and under Keras at least its stride, into the output."""
    (sizes,) = inputs
    axes = axes_of(sizes)
    keys = {"kernel": None, "stride": 1, "padding": 0, "dilation": 1, "output_padding": None}
    entries = [per_axis(layer, name, default, axes) for name, default in keys.items()]
    if not any(entries[2]):
        entries[2] = ["valid"] * len(axes)
    if not any(entries[4]) and conventions != "keras":
        entries[4] = [None] * len(axes)
    output = {axis: covered(sizes[axis], *entry, conventions) for axis, *entry in zip(axes, *entries, strict=True)}
    groups, filters = layer.get("groups", 1), layer["filters"]
    taps = [range(kernel) for kernel in entries[0]]
    met = [(c, f) for c in range(sizes["channels"]) for f in range(filters) if in_group(c, f, sizes, filters, groups)]
    weights = listed(len(met), *(len(each) for each in taps))
    macs = listed(weights, *(sizes[axis] for axis in axes))
    return Counted({"channels": filters, **output}, weights, filters if layer.get("bias", True) else 0, 0, macs)


def in_group(channel: int, number: int, sizes: Sizes, filters: int, groups: int) -> bool:
    """Say whether an input channel and a filter belong to the same group."""
    return channel * groups // sizes["channels"] == number * groups // filters


def covered(
    size: int, kernel: int, stride: int, padding: Any, dilation: int, added: int | None, conventions: str
) -> int:
    """Return how many places along one axis are filled by kernels or strides, cut and filled up at the ends."""
    is_open = added is None
    reach = dilation * (kernel - 1) + 1
    starts = [number * stride for number in range(size)]
    by_stride = {place for start in starts for place in range(start, start + stride)}
    by_kernel = {place for start in starts for place in range(start, start + reach)}
    if padding == "same":
        return len(by_stride) if is_open else len([*range(max(starts)), *range(reach % 2), *range(added or 0)])
    if is_open and conventions == "keras" and padding == "valid":
        return max(by_kernel | by_stride) + 1
    cut = 0 if padding == "valid" else padding
    return len(range(max(by_kernel) + 1 + (added or 0))[cut:][::-1][cut:])


def by_channel(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """Each channel has its own windows; a separable convolution then mixes what they give."""
    (sizes,) = inputs
    seen = slide(layer, sizes)
    kernels = per_axis(layer, "kernel", None, axes_of(sizes))
    inner = listed(sizes["channels"], layer.get("multiplier", 1))
    outputs = layer.get("filters", inner)
    weights = listed(inner, *kernels) + (listed(inner, outputs) if "filters" in layer else 0)
    macs = listed(weights, *(len(found) for found in seen.values()))
    output = {"channels": outputs, **{axis: len(found) for axis, found in seen.items()}}
    return Counted(output, weights, outputs if layer.get("bias", True) else 0, 0, macs, seen)


def recurrent(layer: Layer, inputs: list[Sizes], conventions: str) -> Counted:
    """Each gate of each direction of each layer has a matrix for its input and one for its state."""
    (sizes,) = inputs
    gates = range({"rnn": 1, "gru": 3, "lstm": 4}[layer["kind"]])
    directions = range(2 if layer.get("bidirectional") else 1)
    units, handed = layer["units"], layer.get("projection") or layer["units"]
    joined = handed * (len(directions) if layer.get("merge", "concat") == "concat" else 1)
    reset_after = layer.get("reset_after", conventions != "textbook") and layer["kind"] == "gru"
    vectors = range(2 if conventions == "pytorch" or reset_after else 1)
    weights, biases = 0, 0
    for number, _ in product(range(layer.get("layers", 1)), directions):
        for _ in gates:
            weights += listed(units, joined if number else sizes["features"]) + listed(units, handed)
            biases += sum(units for _ in vectors) if layer.get("bias", True) else 0
        weights += listed(units, layer["projection"]) if layer.get("projection") else 0
    output = {"tokens": sizes["tokens"], "features": joined}
    if not layer.get("sequences", True):
        output.pop("tokens")
    return Counted(output, weights, biases, 0, listed(sizes["tokens"], weights))


def attention(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """Queries, keys and values are made head by head; each query meets each key, and mixes each value."""
    query, memory = inputs[0], inputs[min(1, len(inputs) - 1)]
    width = layer.get("features", query["features"])
    heads, groups = range(layer["heads"]), range(layer.get("kv_heads", layer["heads"]))
    key = layer.get("head_features", width // len(heads))
    value = layer.get("value_features", key)
    made = [(query["tokens"], len(heads), key, query["features"])]
    made += [(memory["tokens"], len(groups), key, layer.get("key_input", memory["features"]))]
    made += [(memory["tokens"], len(groups), value, layer.get("value_input", inputs[-1]["features"]))]
    made += [(query["tokens"], len(heads), value, width)]
    stands_behind = [1] if layer.get("key_value_bias") else []
    biases = sum(listed(count, each) for _, count, each, _ in made[:3]) + width if layer.get("bias", True) else 0
    biases += sum(listed(count, len(groups), each) for count in stands_behind for each in (key, value))
    attended = layer.get("window", memory["tokens"]) + sum(stands_behind)
    weights = sum(listed(*one[1:]) for one in made) + listed(len(heads), layer.get("position_bias", 0))
    met = sum(listed(query["tokens"], attended, len(heads), each) for each in (key, value))
    output = {"tokens": query["tokens"], "features": width}
    return Counted(output, weights, biases, 0, sum(listed(*one) for one in made) + met)


def transformer(layer: Layer, inputs: list[Sizes], conventions: str) -> Counted:
    """One attention or two, a dense layer up, one down, and a normalisation after each of these steps."""
    target, memory = inputs[0], inputs[-1]
    looked_at = [[target]] if layer["kind"] == "encoderlayer" else [[target], [target, memory]]
    parts = [attention({"heads": layer["heads"]}, each, conventions) for each in looked_at]
    width, inner = target["features"], layer["feedforward"]
    parts += [dense(width, inner, target["tokens"]), dense(inner, width, target["tokens"])]
    parts += [Counted({}, width, width)] * (len(looked_at) + 1)
    biases = sum(part.biases for part in parts) if layer.get("bias", True) else 0
    return Counted(dict(target), sum(part.weights for part in parts), biases, 0, sum(part.macs for part in parts))


def dense(inputs: int, units: int, positions: int) -> Counted:
    """Return what a dense layer at some positions costs."""
    return Counted({}, listed(inputs, units), units, 0, listed(inputs, units, positions))


def mixture(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """A router scores every expert for each token; each token then goes through as many as are active."""
    (sizes,) = inputs
    width, inner, tokens = sizes["features"], layer["feedforward"], sizes["tokens"]
    ways = [dense(width, inner, tokens)] * (2 if layer.get("gated") else 1) + [dense(inner, width, tokens)]
    router = dense(width, layer["experts"], tokens)
    biases = sum(part.biases for part in ways * layer["experts"]) if layer.get("bias", True) else 0
    weights = router.weights + sum(part.weights for part in ways * layer["experts"])
    return Counted(dict(sizes), weights, biases, 0, router.macs + sum(part.macs for part in ways * layer["active"]))


def in_order(sizes: Sizes, conventions: str) -> list[int]:
    """Return the sizes in the order in which the framework puts its axes."""
    first = [length for size, length in sizes.items() if size == "channels"]
    others = [length for size, length in sizes.items() if size != "channels"]
    return [*first, *others] if conventions in CHANNELS_FIRST else [*others, *first]


def norm(layer: Layer, inputs: list[Sizes], conventions: str) -> Counted:
    """A scale and a shift at each normalised place: of the last axes, or for each channel."""
    (sizes,) = inputs
    kind = layer["kind"]
    stored = 0
    if kind in ("layernorm", "rmsnorm"):
        count = {"last": 1, "all": len(sizes)}.get(layer.get("axes", "last"), layer.get("axes"))
        each = listed(*in_order(sizes, conventions)[-count:])  # type: ignore[operator]
    else:
        each = sizes.get("channels", sizes.get("features", 0))
        stored = 2 * each if kind == "instancenorm" and layer.get("statistics") and conventions == "keras" else 0
    given = kind not in ("instancenorm", "lrn")
    scale = each if layer.get("scale", given) else 0
    shift = each if kind != "rmsnorm" and layer.get("center", given) else 0
    return Counted(dict(sizes), scale, shift, stored)


def adaptive(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """One window for each place of the size that is asked for."""
    (sizes,) = inputs
    asked = zip(axes_of(sizes), per_axis(layer, "size", None, axes_of(sizes)), strict=True)
    return Counted({"channels": sizes["channels"], **{axis: size or sizes[axis] for axis, size in asked}})


def bilinear(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """Every unit has a weight for each pair of features."""
    first, second = inputs
    weights = listed(first["features"], second["features"], layer["units"])
    biases = layer["units"] if layer.get("bias", True) else 0
    macs = listed(weights, first.get("tokens", 1))
    return Counted({**first, "features": layer["units"]}, weights, biases, 0, macs)


def embedding(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """A row for each word; each token looks one up."""
    table = listed(layer["vocabulary"], layer["features"])
    return Counted({"tokens": inputs[0]["tokens"], "features": layer["features"]}, table)


def slopes(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """One slope, one for each channel, or one for each number."""
    (sizes,) = inputs
    found = layer.get("parameters", 1)
    words = {"channels": sizes.get("channels", sizes.get("features")), "elements": listed(*sizes.values())}
    return Counted(dict(sizes), words.get(found, found))


NAMES = {1: ["features"], 2: ["tokens", "features"], 3: ["height", "width"], 4: ["depth", "height", "width"]}


def named(shape: Iterable[int], conventions: str) -> dict[str, int]:
    """Return a written shape by the names of its entries."""
    entries = list(shape)
    names = NAMES[len(entries)]
    if len(entries) > 2:
        names = ["channels", *names] if conventions in CHANNELS_FIRST else [*names, "channels"]
    return dict(zip(names, entries, strict=True))


def parameter(layer: Layer, _: list[Sizes], conventions: str) -> Counted:
    """One learned number at each place."""
    return Counted(named(layer["shape"], conventions), listed(*layer["shape"]))


def reshape(layer: Layer, inputs: list[Sizes], conventions: str) -> Counted:
    """All numbers are dealt out to the given places; an open entry is how many rounds that takes."""
    numbers = listed(*inputs[0].values())
    given = listed(*(entry for entry in layer["shape"] if entry != -1))
    rounds = len(range(0, numbers, given))
    return Counted(named([rounds if entry == -1 else entry for entry in layer["shape"]], conventions))


def tokens(_: Layer, inputs: list[Sizes], __: str) -> Counted:
    """One token for each place of the image."""
    places = listed(*(inputs[0][axis] for axis in axes_of(inputs[0])))
    return Counted({"tokens": places, "features": inputs[0]["channels"]})


def select(_: Layer, inputs: list[Sizes], __: str) -> Counted:
    """The features of one token."""
    return Counted({"features": inputs[0]["features"]})


def crop(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """Places are cut off at both ends."""
    (sizes,) = inputs
    output = dict(sizes)
    for axis, entry in zip(axes_of(sizes), per_axis(layer, "padding", 0, axes_of(sizes)), strict=True):
        before, after = entry if isinstance(entry, list) else (entry, entry)
        output[axis] = len(range(sizes[axis])[before:][::-1][after:])
    return Counted(output)


def upsample(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """As many places as whole ones fit into the enlarged size."""
    (sizes,) = inputs
    output = dict(sizes)
    axes = axes_of(sizes)
    for axis, factor, size in zip(
        axes, per_axis(layer, "factor", None, axes), per_axis(layer, "size", None, axes), strict=True
    ):
        enlarged = size if factor is None else sizes[axis] * Fraction(str(factor))
        output[axis] = sum(1 for place in range(1000) if place + 1 <= enlarged)
    return Counted(output)


def shuffled(layer: Layer, inputs: list[Sizes], _: str) -> Counted:
    """Numbers move from channels to places, or back; each arrives at a place of its own."""
    (sizes,) = inputs
    r = layer["factor"]
    found = set()
    for c, y, x in product(*(range(sizes[size]) for size in ("channels", "height", "width"))):
        if layer["kind"] == "pixelshuffle":
            found.add((c // (r * r), y * r + c % (r * r) // r, x * r + c % r))
        else:
            found.add((c * r * r + y % r * r + x % r, y // r, x // r))
    ends = [max(place) + 1 for place in zip(*found, strict=True)]
    return Counted(dict(zip(("channels", "height", "width"), ends, strict=True)))


def multiply(_: Layer, inputs: list[Sizes], __: str) -> Counted:
    """A size of 1 is stretched."""
    return Counted({size: max(each[size] for each in inputs) for size in inputs[0]})


COUNT: dict[str, Callable[[Layer, list[Sizes], str], Counted]] = {
    **{f"convtranspose{rank}d": transposed for rank in (1, 2, 3)},
    **{f"{stem}{rank}d": by_channel for stem in ("depthwiseconv", "separableconv") for rank in (1, 2)},
    **dict.fromkeys(("rnn", "lstm", "gru"), recurrent),
    **dict.fromkeys(("encoderlayer", "decoderlayer"), transformer),
    **dict.fromkeys(("layernorm", "groupnorm", "instancenorm", "rmsnorm", "lrn"), norm),
    **dict.fromkeys(("adaptiveavgpool", "adaptivemaxpool"), adaptive),
    **dict.fromkeys(("pixelshuffle", "pixelunshuffle"), shuffled),
    "attention": attention,
    "bilinear": bilinear,
    "embedding": embedding,
    "prelu": slopes,
    "parameter": parameter,
    "reshape": reshape,
    "tokens": tokens,
    "select": select,
    "mixture": mixture,
    "crop": crop,
    "upsample": upsample,
    "multiply": multiply,
    **listed_further.COUNT,
}
"""How each kind is counted, from the sizes of its inputs."""

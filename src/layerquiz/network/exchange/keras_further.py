"""Sequences, norms, new shapes and merges as Keras writes them, channels last."""

from __future__ import annotations

from collections.abc import Callable

from layerquiz.network.exchange.base import (
    Argument,
    Call,
    Code,
    Place,
    UnwrittenError,
    Write,
    joined,
    literal,
    plain,
    unless,
)
from layerquiz.network.exchange.keras_layers import PLACES, alike, alone, chosen, layer, simple
from layerquiz.network.layers.base import reading_order


def recurrent(at: Place) -> Code:
    """Return recurrent layers on top of each other; all but the last give the whole sequence."""
    if at.key("projection"):
        raise UnwrittenError("a cell hands on all of its units")
    name = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}[at.layer.kind.name]
    after = at.network.conventions.reset_after if at.key("reset_after") is None else at.key("reset_after")
    count = at.key("layers")
    parts: dict[str, Call] = {}
    for number in range(1, count + 1):
        made = layer(
            name,
            plain("units", at.key("units")),
            *chosen(at, "tanh"),
            *unless("use_bias", at.key("bias"), True),
            *unless("return_sequences", at.key("sequences") or number < count, False),
            *(unless("reset_after", after, True) if name == "GRU" else ()),
        )
        if at.key("bidirectional"):
            merge = unless("merge_mode", at.key("merge"), "concat")
            made = layer("Bidirectional", Argument("layer", made, named=False), *merge)
        parts["" if number == count else f"layer{number}"] = made
    return Code(parts)


def attention(at: Place) -> Code:
    """Return attention; Keras is told the features per head, and takes the values before the keys."""
    if at.key("lora"):
        raise UnwrittenError("a layer gets its low-rank adapter once it is built")
    if not at.layer.keys.trainable:
        raise UnwrittenError("its parts are made later, and are trained all the same")
    if at.key("window"):
        raise UnwrittenError("its tokens attend to all others")
    if at.key("position_bias"):
        raise UnwrittenError("nothing is added to its scores")
    if at.key("key_value_bias"):
        raise UnwrittenError("no key stands behind the memory's")
    count = len(at.layer.sources)
    keys, values = (1, count - 1) if count > 1 else (0, 0)
    for key, place in (("key_input", keys), ("value_input", values)):
        if at.key(key) not in (None, at.size("features", place)):
            raise UnwrittenError(f"its {key} comes from no layer")
    each = at.key("head_features") or (at.key("embedding") or at.size("features")) // at.key("heads")
    bias = unless("use_bias", at.key("bias"), True)
    applied = f"{{part}}({{0}}, {{{values}}}" + (f", {{{keys}}})" if keys != values else ")")
    if at.key("kv_heads") in (None, at.key("heads")):
        arguments = (
            Argument("num_heads", literal(at.key("heads"))),
            Argument("key_dim", literal(each)),
            *unless("value_dim", at.key("value_features") or each, each),
            *unless("output_shape", at.key("embedding") or at.size("features"), at.size("features")),
        )
        return Code({"": layer("MultiHeadAttention", *arguments, *bias)}, applied)
    wide = {at.key("value_features") or each, each}, {at.key("embedding") or at.size("features"), at.size("features")}
    if any(len(sizes) > 1 for sizes in wide) or at.size("features", values) != at.size("features"):
        raise UnwrittenError("grouped heads have one size, and give the query's features")
    numbers = {"head_dim": each, "num_query_heads": at.key("heads"), "num_key_value_heads": at.key("kv_heads")}
    grouped = (Argument(name, literal(number)) for name, number in numbers.items())
    return Code({"": layer("GroupQueryAttention", *grouped, *bias)}, applied)


def scored(at: Place) -> Code:
    """Return attention without projections; Keras takes the values before the keys."""
    count = len(at.layer.sources)
    keys, values = (1, count - 1) if count > 1 else (0, 0)
    name, usual = {"dotattention": ("Attention", False), "additiveattention": ("AdditiveAttention", True)}[
        at.layer.kind.name
    ]
    more = f", {{{keys}}}" if keys != values else ""
    return Code(
        {"": layer(name, *unless("use_scale", at.key("scale"), usual))}, f"{{part}}([{{0}}, {{{values}}}{more}])"
    )


def batch_norm(at: Place) -> Code:
    """Return batch normalisation."""
    if not at.key("statistics"):
        raise UnwrittenError("batch normalisation always stores its statistics")
    return alone("BatchNormalization", *switches(at))


def switches(at: Place) -> tuple[Argument, ...]:
    """Return a shift and a scale, said where there is none."""
    return (*unless("center", at.key("center"), True), *unless("scale", at.key("scale"), True))


def layer_norm(at: Place) -> Code:
    """Return a normalisation over the last axes, as the conventions order them."""
    order = reading_order(at.form(), at.network.conventions.dense_on_width)
    axes = at.key("axes")
    count = {"last": 1, "all": len(order)}.get(axes, axes)
    places = sorted(PLACES[name] for name in order[-count:])
    axis = () if places == [-1] else (Argument("axis", f"[{joined(places)}]"),)
    if at.layer.kind.name == "layernorm":
        return alone("LayerNormalization", *axis, *switches(at))
    if not at.key("scale"):
        raise UnwrittenError("the scale is always learned")
    return alone("RMSNormalization", *axis)


def group_norm(at: Place) -> Code:
    """Return group normalisation; instance normalisation has a group for each channel."""
    if at.key("statistics"):
        raise UnwrittenError("groups of one channel store no statistics")
    groups = literal(-1 if at.key("groups") is None else at.key("groups"))
    return alone("GroupNormalization", Argument("groups", groups), *switches(at))


def slopes(at: Place) -> Code:
    """Return a parametric ReLU; axes that share a slope are named, the first after the batch being 1."""
    found, axes = at.key("slopes"), list(range(1, len(at.form()) + 1))
    by_channel = found in ("channels", at.size(at.depth)) and found != 1
    if not by_channel and found not in (1, "elements"):
        raise UnwrittenError("axes are named, not slopes counted")
    shared = [] if found == "elements" else axes[:-1] if by_channel else axes
    return alone("PReLU", *((Argument("shared_axes", f"[{joined(shared)}]"),) if shared else ()))


def sides(at: Place) -> Code:
    """Return padding or a cut."""
    if at.key("mode") not in (None, "zeros"):
        raise UnwrittenError("only zeros are put there")
    name, key = ("ZeroPadding", "padding") if at.layer.kind.name == "zeropad" else ("Cropping", "cropping")
    return alone(f"{name}{len(at.sides)}D", plain(key, alike(at.sides)))


def upsample(at: Place) -> Code:
    """Return an enlargement by whole factors, or of two axes to a size."""
    if at.key("factor") is None:
        if len(at.axes) != 2:
            raise UnwrittenError("only pictures are resized")
        height, width = at.entries("size")
        return alone("Resizing", plain("height", height), plain("width", width))
    factors = at.entries("factor")
    if any(factor != int(factor) for factor in factors):
        raise UnwrittenError("factors are whole")
    found = [int(factor) for factor in factors]
    return alone(f"UpSampling{len(found)}D", plain("size", found[0] if len(set(found)) == 1 else found))


def reshape(at: Place) -> Code:
    """Return a new shape of the same numbers."""
    sizes = [at.given(name) for name in reading_order(at.output)]
    shape = literal(sizes) if len(sizes) > 1 else f"({sizes[0]},)"
    return alone("Reshape", Argument("target_shape", shape, named=False))


def permute(at: Place) -> Code:
    """Return the axes in another order."""
    given = reading_order(at.form(), at.network.conventions.channels_first)
    taken = {size: given[place - 1] for size, place in zip(given, at.key("order"), strict=True)}
    mine = reading_order(at.form())
    return alone("Permute", plain("dims", [mine.index(taken[size]) + 1 for size in mine]))


def summed(at: Place) -> Code:
    """Return Einstein's sum over an input and weights, its letters in the order of the conventions."""
    if at.network.conventions.channels_first and ("channels" in at.form() or "channels" in at.output):
        raise UnwrittenError("its letters stand for an image whose channels come first")
    sizes = [at.given(name) for name in reading_order(at.output)]
    shape = literal(sizes) if len(sizes) > 1 else str(sizes[0])
    arguments = (plain("equation", at.key("equation")), Argument("output_shape", shape))
    axes = at.key("bias_axes")
    bias = (Argument("bias_axes", literal(axes)),) if axes else ()
    return alone("EinsumDense", *arguments, *bias, *chosen(at))


def embedding(at: Place) -> Code:
    """Return an embedding, which goes both ways where a dense layer is tied to it."""
    is_tied = any(getattr(other.keys, "tied", None) == at.layer.name for other in at.network.layers)
    name = "ReversibleEmbedding" if is_tied else "Embedding"
    return alone(name, plain("input_dim", at.key("vocabulary")), plain("output_dim", at.key("embedding")))


def dot(at: Place) -> Code:
    """Return a product along the tokens or the features, of which the batch is 0."""
    along = 1 if at.key("axis") == "tokens" else len(at.form())
    return merging("Dot", lambda _: (Argument("axes", str(along)),))(at)


def merging(name: str, more: Callable[[Place], tuple[Argument, ...]] = lambda _: ()) -> Write:
    """Return how a layer is written that takes a list of inputs."""

    def write(at: Place) -> Code:
        inputs = joined([f"{{{place}}}" for place in range(len(at.layer.sources))])
        return Code({"": layer(name, *more(at))}, f"{{part}}([{inputs}])")

    return write


def shuffled(function: str) -> Write:
    """Return how pixels are made channels, or channels pixels; a factor of 1 does nothing."""

    def write(at: Place) -> Code:
        factor = at.key("factor")
        return alone("Identity") if factor == 1 else Code({}, f"ops.{function}({{0}}, {factor})")

    return write


def part(at: Place) -> Code:
    """Return a part along one axis."""
    behind = ", :" * (-PLACES[at.key("axis") or at.depth] - 1)
    first = at.key("offset")
    return Code({}, f"{{0}}[..., {first or ''}:{first + at.key('size')}{behind}]")


def concatenation_axis(at: Place) -> tuple[Argument, ...]:
    """Return the axis that grows, where it is not the last."""
    return unless("axis", PLACES[at.key("axis") or at.depth], -1)


KINDS: dict[str, Write] = {
    **dict.fromkeys(("rnn", "lstm", "gru"), recurrent),
    **dict.fromkeys(("dotattention", "additiveattention"), scored),
    **dict.fromkeys(("layernorm", "rmsnorm"), layer_norm),
    **dict.fromkeys(("groupnorm", "instancenorm"), group_norm),
    **dict.fromkeys(("zeropad", "crop"), sides),
    "attention": attention,
    "batchnorm": batch_norm,
    "prelu": slopes,
    "upsample": upsample,
    "reshape": reshape,
    "permute": permute,
    "einsumdense": summed,
    "dot": dot,
    "embedding": embedding,
    "normalization": lambda at: alone(
        "Normalization", *((Argument("mean", "0.0"), Argument("variance", "1.0")) if at.key("given") else ())
    ),
    "series": simple("Identity"),
    "repeatvector": simple("RepeatVector", "times=n"),
    "tokens": lambda at: alone("Reshape", plain("target_shape", [-1, at.size("channels")])),
    "slice": part,
    "select": lambda _: Code({}, "{0}[:, 0]"),
    "pixelshuffle": shuffled("depth_to_space"),
    "pixelunshuffle": shuffled("space_to_depth"),
    "concat": merging("Concatenate", concatenation_axis),
    **{name: merging(name.capitalize()) for name in ("add", "multiply", "subtract", "average", "maximum", "minimum")},
}
"""How each kind is written."""

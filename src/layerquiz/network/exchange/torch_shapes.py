"""Layers that reshape, cut and merge what they get, as PyTorch writes them, channels first."""

from __future__ import annotations

from layerquiz.network.exchange.base import Argument, Call, Code, Place, Write, joined, literal, plain, unless
from layerquiz.network.exchange.torch_layers import PLACES, module, pad
from layerquiz.network.layers.base import reading_order


def cropped(at: Place) -> str:
    """Return a part of an image, cut at its sides."""
    cuts = [f"{first}:{at.size(axis) - last}" for axis, (first, last) in zip(at.axes, at.sides, strict=True)]
    return f"{{0}}[:, :, {joined(cuts)}]"


def zeropad(at: Place) -> Code:
    """Return padding with zeros, or with numbers of the image."""
    modes = {"zeros": "Zero", "reflect": "Reflection", "replicate": "Replication", "circular": "Circular"}
    call = pad(at.sides)
    return Code({"": Call(call.function.replace("Zero", modes[at.key("mode")]), call.arguments)})


def chained(sign: str) -> Write:
    """Return how several inputs are joined by an operator."""
    return lambda at: Code({}, f" {sign} ".join(f"{{{place}}}" for place in range(len(at.layer.sources))))


def nested(name: str) -> Write:
    """Return how several inputs are joined, two at a time, by a function."""

    def write(at: Place) -> Code:
        text = "{0}"
        for place in range(1, len(at.layer.sources)):
            text = f"{name}({text}, {{{place}}})"
        return Code({}, text)

    return write


def average(at: Place) -> Code:
    """Return the mean of several inputs."""
    return Code({}, f"({chained('+')(at).applied}) / {len(at.layer.sources)}")


def concatenated(at: Place) -> Code:
    """Return inputs behind each other, along the channels or features unless an axis is named."""
    inputs = joined([f"{{{place}}}" for place in range(len(at.layer.sources))])
    return Code({}, f"torch.cat(({inputs}), dim={PLACES[at.key('axis') or at.depth]})")


def reshape(at: Place) -> Code:
    """Return a new shape of the same numbers."""
    sizes = [at.given(name) for name in at.output]
    if len(sizes) == 1:
        return Code({"": Call("nn.Flatten")})
    if at.form() == ("features",):
        return Code({"": Call("nn.Unflatten", (plain("dim", 1), plain("unflattened_size", sizes)))})
    return Code({}, f"{{0}}.reshape(-1, {joined(sizes)})")


def upsample(at: Place) -> Code:
    """Return an enlargement by a factor or to a size."""
    key, called = ("size", "size") if at.key("factor") is None else ("factor", "scale_factor")
    entries = at.entries(key)
    found = entries[0] if len(set(entries)) == 1 else list(entries)
    return Code({"": Call("nn.Upsample", (Argument(called, literal(found)),))})


def windows(at: Place) -> Code:
    """Return windows side by side, or put back into an image."""
    is_fold = at.layer.kind.name == "fold"
    size = [] if not is_fold else [Argument("output_size", literal(list(at.entries("size"))))]
    arguments = (
        *size,
        Argument("kernel_size", literal(at.key("kernel"))),
        *unless("stride", at.key("stride"), 1),
        *unless("padding", at.key("padding"), 0),
        *unless("dilation", at.key("dilation"), 1),
    )
    return Code({"": Call("nn.Fold" if is_fold else "nn.Unfold", arguments)})


def fractional(at: Place) -> Code:
    """Return a pool whose windows are drawn."""
    key, called = ("size", "output_size") if at.key("ratio") is None else ("ratio", "output_ratio")
    arguments = (Argument("kernel_size", literal(at.key("kernel"))), Argument(called, literal(at.key(key))))
    return Code({"": Call(f"nn.FractionalMaxPool{len(at.axes)}d", arguments)})


def permute(at: Place) -> Code:
    """Return the axes in another order."""
    written = reading_order(at.form(), at.network.conventions.channels_first)
    taken = {size: written[place - 1] for size, place in zip(written, at.key("order"), strict=True)}
    return Code({}, f"{{0}}.permute(0, {joined([at.form().index(taken[size]) + 1 for size in at.form()])})")


def part(at: Place) -> Code:
    """Return a part along one axis."""
    before = ":, " * (at.form().index(at.key("axis") or at.depth) + 1)
    first = at.key("offset")
    return Code({}, f"{{0}}[{before}{first or ''}:{first + at.key('size')}]")


def expression(text: str) -> Write:
    """Return how a kind without an object is written."""
    return lambda _: Code({}, text)


def gated(at: Place) -> Code:
    """Return a gate along an axis."""
    return Code({"": Call("nn.GLU", (Argument("dim", str(PLACES[at.key("axis") or at.depth])),))})


KINDS: dict[str, Write] = {
    **dict.fromkeys(("unfold", "fold"), windows),
    **{f"fractionalmaxpool{rank}d": fractional for rank in (2, 3)},
    "zeropad": zeropad,
    "crop": lambda at: Code({}, cropped(at)),
    "flatten": module("nn.Flatten"),
    "reshape": reshape,
    "upsample": upsample,
    "permute": permute,
    "glu": gated,
    "slice": part,
    "pixelshuffle": module("nn.PixelShuffle", "factor=upscale_factor"),
    "pixelunshuffle": module("nn.PixelUnshuffle", "factor=downscale_factor"),
    "channelshuffle": module("nn.ChannelShuffle", "groups=groups"),
    "tokens": expression("{0}.flatten(2).transpose(1, 2)"),
    "select": expression("{0}[:, 0]"),
    "series": expression("{0}.transpose(1, 2)"),
    "repeatvector": lambda at: Code({}, f"{{0}}.unsqueeze(1).repeat(1, {at.key('times')}, 1)"),
    "add": chained("+"),
    "multiply": chained("*"),
    "subtract": chained("-"),
    "maximum": nested("torch.maximum"),
    "minimum": nested("torch.minimum"),
    "average": average,
    "concat": concatenated,
}
"""How each kind is written."""

"""The kinds beyond plain convolutional networks, as PyTorch modules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

Layer = Mapping[str, Any]
TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
INSTANCE = (nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d)
ADAPTIVE = {
    "adaptiveavgpool": (nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d),
    "adaptivemaxpool": (nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d, nn.AdaptiveMaxPool3d),
}


class Applied(nn.Module):
    """A function as a module; with the modules that hold its parameters."""

    def __init__(self, function: Callable[..., Tensor], *held: nn.Module) -> None:
        super().__init__()
        self.function, self.held = function, nn.ModuleList(held)

    def forward(self, *inputs: Tensor) -> Tensor:
        """Apply the function."""
        return self.function(*inputs)


def rank(before: Tensor) -> int:
    """Return how many spatial axes an image has."""
    return before.dim() - 2


def window(layer: Layer, *names: str) -> dict[str, Any]:
    """Return the keys of a window as PyTorch calls them."""
    called = {"kernel": "kernel_size"}
    return {called.get(name, name): layer[name] for name in ("kernel", *names) if name in layer}


def transposed(layer: Layer, before: Tensor) -> nn.Module:
    """Return a transposed convolution."""
    keys = window(layer, "stride", "padding", "output_padding", "dilation", "groups", "bias")
    keys["padding"] = 0 if keys.get("padding") == "valid" else keys.get("padding", 0)
    return TRANSPOSED[rank(before) - 1](before.shape[1], layer["filters"], **keys)


def depthwise(layer: Layer, before: Tensor) -> nn.Module:
    """Return a convolution with a group for each channel."""
    channels = before.shape[1]
    keys = window(layer, "stride", "padding", "dilation", "bias") | {"groups": channels}
    return CONVOLUTIONS[rank(before) - 1](channels, channels * layer.get("multiplier", 1), **keys)


def separable(layer: Layer, before: Tensor) -> nn.Module:
    """Return a depthwise step without, and a pointwise step with a bias."""
    first = depthwise({**layer, "bias": False}, before)
    inner = before.shape[1] * layer.get("multiplier", 1)
    second = CONVOLUTIONS[rank(before) - 1](inner, layer["filters"], 1, bias=layer.get("bias", True))
    return nn.Sequential(first, second)


def recurrent(layer: Layer, before: Tensor) -> nn.Module:
    """Return a recurrent layer that gives all steps, or the last."""
    kinds = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
    keys = {"num_layers": layer.get("layers", 1), "bidirectional": layer.get("bidirectional", False)}
    keys |= {"proj_size": layer["projection"]} if "projection" in layer else {}
    module = kinds[layer["kind"]](
        before.shape[-1], layer["units"], batch_first=True, bias=layer.get("bias", True), **keys
    )
    every = layer.get("sequences", True)
    return Applied(lambda steps: module(steps)[0] if every else module(steps)[0][:, -1], module)


class Attention(nn.Module):
    """Attention, made once the features of its queries, keys and values are seen."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, query: Tensor, *others: Tensor) -> Tensor:
        """Make the layer and apply it, to keys and values of other features where none are given."""
        names, size = ("key_input", "value_input"), query.shape[:-1]
        given = [others[0], others[-1]] if others else [query, query]
        keys, values = (
            torch.zeros(*size, self.layer[name]) if name in self.layer else found
            for name, found in zip(names, given, strict=True)
        )
        widths = {"kdim": keys.shape[-1], "vdim": values.shape[-1]}
        more = {"bias": self.layer.get("bias", True), "add_bias_kv": self.layer.get("key_value_bias", False)}
        self.made = nn.MultiheadAttention(query.shape[-1], self.layer["heads"], batch_first=True, **more, **widths)
        self.table = nn.Parameter(torch.zeros(self.layer.get("position_bias", 0), self.layer["heads"]))
        if "window" not in self.layer:
            return self.made(query, keys, values)[0]
        cut = (each.unflatten(1, (-1, self.layer["window"])).flatten(0, 1) for each in (query, keys, values))
        return self.made(*cut)[0].reshape(query.shape)


def transformer(layer: Layer, before: Tensor) -> nn.Module:
    """Return a layer of a transformer; a decoder's attends to its input where nothing else is given."""
    kind = nn.TransformerEncoderLayer if layer["kind"] == "encoderlayer" else nn.TransformerDecoderLayer
    module = kind(
        before.shape[-1], layer["heads"], layer["feedforward"], batch_first=True, bias=layer.get("bias", True)
    )
    if layer["kind"] == "encoderlayer":
        return module
    return Applied(lambda target, *memory: module(target, *(memory or [target])), module)


def mixture(layer: Layer, before: Tensor) -> nn.Module:
    """Return a router and its experts, each of two dense layers, or three where it is gated."""
    if layer["active"] > layer["experts"]:
        raise ValueError("more experts are active than there are")
    width, inner, bias = before.shape[-1], layer["feedforward"], layer.get("bias", True)
    sizes = [(width, inner)] * (2 if layer.get("gated") else 1) + [(inner, width)]
    experts = [nn.Linear(*size, bias=bias) for _ in range(layer["experts"]) for size in sizes]
    return Applied(lambda tokens: tokens, nn.Linear(width, layer["experts"], bias=False), *experts)


def adaptive(layer: Layer, before: Tensor) -> nn.Module:
    """Return a pool to a size; None keeps an axis."""
    found = layer["size"]
    entries = found if isinstance(found, list) else [found] * rank(before)
    sizes = [length if size is None else size for size, length in zip(entries, before.shape[2:], strict=True)]
    return ADAPTIVE[layer["kind"]][rank(before) - 1](sizes[0] if len(sizes) == 1 else tuple(sizes))


def embedding(layer: Layer, _: Tensor) -> nn.Module:
    """Return a table whose rows are looked up."""
    table = nn.Embedding(layer["vocabulary"], layer["features"])
    return Applied(lambda ids: table(ids.long()), table)


class Pair(nn.Module):
    """A bilinear layer, made once both of its inputs are seen."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Make the layer and apply it."""
        units, bias = self.layer["units"], self.layer.get("bias", True)
        self.made = nn.Bilinear(first.shape[-1], second.shape[-1], units, bias=bias)
        return self.made(first, second)


def layer_norm(layer: Layer, before: Tensor) -> nn.Module:
    """Return a normalisation over the last axes."""
    axes = layer.get("axes", "last")
    count = {"last": 1, "all": before.dim() - 1}.get(axes, axes)
    if count > before.dim() - 1:
        raise ValueError("more axes than there are")
    scale = layer.get("scale", True)
    if layer["kind"] == "rmsnorm":
        return nn.RMSNorm(before.shape[-count:], elementwise_affine=scale)
    return nn.LayerNorm(before.shape[-count:], elementwise_affine=scale, bias=layer.get("center", True))


def instance_norm(layer: Layer, before: Tensor) -> nn.Module:
    """Return instance normalisation, in the mode that does not look at the image's size."""
    keys = {"affine": layer.get("scale", False), "track_running_stats": layer.get("statistics", False)}
    module = INSTANCE[rank(before) - 1](before.shape[1], **keys)
    return Applied(lambda image: image, module)


def slopes(layer: Layer, before: Tensor) -> nn.Module:
    """Return a parametric ReLU; one slope per element is a tensor of its own."""
    found = layer.get("parameters", 1)
    if found == "elements":
        return Applied(lambda image: image, Held(before.shape[1:]))
    return nn.PReLU(before.shape[1] if found == "channels" else found)


class Held(nn.Module):
    """A learned tensor that stands alone."""

    def __init__(self, shape: Any) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(*shape))

    def forward(self, *_: Tensor) -> Tensor:
        """Return the tensor with a batch in front."""
        return self.weight.expand(2, *self.weight.shape)


def reshape(layer: Layer, _: Tensor) -> nn.Module:
    """Return a new shape of the same numbers."""
    return Applied(lambda image: image.reshape(image.shape[0], *layer["shape"]))


def crop(layer: Layer, before: Tensor) -> nn.Module:
    """Return a cut: each axis from `before` on, `after` less."""
    found = layer["padding"]
    entries = found if isinstance(found, list) else [found] * rank(before)
    pairs = [entry if isinstance(entry, list) else [entry, entry] for entry in entries]
    kept = [list(range(size))[first : size - last] for size, (first, last) in zip(before.shape[2:], pairs, strict=True)]
    if not all(kept):
        raise ValueError("nothing is left")
    cut = tuple(slice(places[0], places[-1] + 1) for places in kept)
    return Applied(lambda image: image[(slice(None), slice(None), *cut)])


def upsample(layer: Layer, before: Tensor) -> nn.Module:
    """Return an enlargement by a factor or to a size."""
    found = layer.get("factor", layer.get("size"))
    entries = tuple(found) if isinstance(found, list) else (found,) * rank(before)
    return nn.Upsample(scale_factor=entries) if "factor" in layer else nn.Upsample(size=entries)


PLACES = {"channels": 1, "tokens": 1, "depth": -3, "height": -2, "width": -1, "length": -1, "features": -1}
"""Where a size stands in a shape with the batch in front."""


def concatenated(layer: Layer, before: Tensor) -> nn.Module:
    """Return a concatenation; unless an axis is named, of the channels or of features."""
    place = PLACES[layer["axis"]] if "axis" in layer else 1
    return Applied(lambda *inputs: torch.cat(inputs, place))


def multiply(*inputs: Tensor) -> Tensor:
    """Return a product number by number."""
    found = inputs[0]
    for other in inputs[1:]:
        found = found * other
    return found


MODULES: dict[str, Callable[[Layer, Tensor], nn.Module]] = {
    **{f"convtranspose{axes}d": transposed for axes in (1, 2, 3)},
    **{f"depthwiseconv{axes}d": depthwise for axes in (1, 2)},
    **{f"separableconv{axes}d": separable for axes in (1, 2)},
    **dict.fromkeys(("rnn", "lstm", "gru"), recurrent),
    **dict.fromkeys(("encoderlayer", "decoderlayer"), transformer),
    **dict.fromkeys(("layernorm", "rmsnorm"), layer_norm),
    **dict.fromkeys(ADAPTIVE, adaptive),
    "attention": lambda layer, _: Attention(layer),
    "concat": concatenated,
    "bilinear": lambda layer, _: Pair(layer),
    "embedding": embedding,
    "parameter": lambda layer, _: Held(layer["shape"]),
    "prelu": slopes,
    "groupnorm": lambda layer, before: nn.GroupNorm(layer["groups"], before.shape[1], affine=layer.get("scale", True)),
    "instancenorm": instance_norm,
    "lrn": lambda layer, _: nn.LocalResponseNorm(layer["size"]),
    "multiply": lambda *_: Applied(multiply),
    "reshape": reshape,
    "tokens": lambda *_: Applied(lambda image: image.flatten(2).transpose(1, 2)),
    "mixture": mixture,
    "select": lambda *_: Applied(lambda steps: steps[:, 0]),
    "crop": crop,
    "upsample": upsample,
    "pixelshuffle": lambda layer, _: nn.PixelShuffle(layer["factor"]),
    "pixelunshuffle": lambda layer, _: nn.PixelUnshuffle(layer["factor"]),
}

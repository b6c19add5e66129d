"""The kinds that only some networks need, as PyTorch modules; what PyTorch lacks is put together from its tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from oracle.torch_kinds import CONVOLUTIONS, PLACES, Applied, Held, rank

Layer = Mapping[str, Any]
UNPOOLS = (nn.MaxUnpool1d, nn.MaxUnpool2d, nn.MaxUnpool3d)
POWER_POOLS = (nn.LPPool1d, nn.LPPool2d, nn.LPPool3d)
FRACTIONAL = {2: nn.FractionalMaxPool2d, 3: nn.FractionalMaxPool3d}


class Shifted(Held):
    """Learned numbers and a bias that stands alone."""

    def __init__(self, shape: Any, bias: Any) -> None:
        super().__init__(shape)
        self.bias = nn.Parameter(torch.empty(*bias))


def held(weights: Any, bias: Any) -> Held:
    """Return learned numbers, with or without a bias."""
    return Held(weights) if bias is None else Shifted(weights, bias)


def tuples(layer: Layer, *names: str) -> dict[str, Any]:
    """Return keys as PyTorch calls them, with tuples for lists."""
    called = {"kernel": "kernel_size", "size": "output_size", "ratio": "output_ratio", "ceil": "ceil_mode"}
    found = {called.get(name, name): layer[name] for name in names if name in layer}
    return {name: tuple(entry) if isinstance(entry, list) else entry for name, entry in found.items()}


def convolution(layer: Layer, channels: int, axes: int) -> nn.Module:
    """Return a convolution with the window of another layer."""
    keys = tuples(layer, "kernel", "stride", "padding", "dilation", "bias")
    return CONVOLUTIONS[axes - 1](channels, layer["filters"], **keys)


def locally_connected(layer: Layer, before: Tensor) -> nn.Module:
    """Return a convolution's output with weights for each of its places."""
    conv = convolution(layer, before.shape[1], rank(before))
    places, taps = conv(before).shape[2:], conv.weight.shape[2:]
    bias = (*places, layer["filters"]) if layer.get("bias", True) else None
    own = held((*places, layer["filters"], before.shape[1], *taps), bias)
    return Applied(lambda image: torch.empty(image.shape[0], layer["filters"], *places), own)


def convolutional_state(layer: Layer, before: Tensor) -> nn.Module:
    """Return four gates of a frame and of the state, one step after another."""
    axes = rank(before) - 1
    gates = convolution({**layer, "filters": 4 * layer["filters"]}, before.shape[1], axes)
    kernel = layer["kernel"]
    taps = tuple(kernel) if isinstance(kernel, list) else kernel
    again = CONVOLUTIONS[axes - 1](layer["filters"], 4 * layer["filters"], taps, padding="same", bias=False)

    def run(frames: Tensor) -> Tensor:
        states = []
        state: Tensor | None = None
        for frame in frames.unbind(2):
            made = gates(frame)
            made = made if state is None else made + again(state)
            state = made.chunk(4, 1)[0]
            states.append(state)
        return torch.stack(states, 2) if layer.get("sequences", True) else states[-1]

    return Applied(run, gates, again)


def unpool(layer: Layer, before: Tensor) -> nn.Module:
    """Return an unpooling of a maximum that stood at each window's first place."""
    module = UNPOOLS[rank(before) - 1](**tuples(layer, "kernel", "stride", "padding"))
    size = layer.get("size")
    return Applied(lambda image: module(image, torch.zeros(image.shape, dtype=torch.int64), size))


def power_pool(layer: Layer, before: Tensor) -> nn.Module:
    """Return a pool of squares; over one axis PyTorch wants numbers, not tuples."""
    keys = tuples(layer, "kernel", "stride", "ceil")
    if rank(before) == 1:
        keys = {name: entry[0] if isinstance(entry, tuple) else entry for name, entry in keys.items()}
    return POWER_POOLS[rank(before) - 1](2, **keys)


def fractional(layer: Layer, before: Tensor) -> nn.Module:
    """Return a pool with drawn windows."""
    return FRACTIONAL[rank(before)](**tuples(layer, "kernel", "size", "ratio"))


def glu(layer: Layer, before: Tensor) -> nn.Module:
    """Return a gate along an axis."""
    return nn.GLU(PLACES[layer.get("axis", "channels" if before.dim() > 2 else "features")])


def scored(layer: Layer, before: Tensor) -> nn.Module:
    """Return attention whose scores are products, or sums; their scale is learned."""
    is_dot = layer["kind"] == "dotattention"
    scales = (Held((1,) if is_dot else before.shape[-1:]),) if layer.get("scale", not is_dot) else ()

    def attend(query: Tensor, *others: Tensor) -> Tensor:
        keys, values = (others or (query,))[0], (others or (query,))[-1]
        if is_dot:
            return query @ keys.transpose(1, 2) @ values
        return torch.tanh(query[:, :, None] + keys[:, None]).sum(-1) @ values

    return Applied(attend, *scales)


def summed(layer: Layer, before: Tensor) -> nn.Module:
    """Return Einstein's sum over an input and learned numbers."""
    (first, kernel), last = layer["equation"].split("->")[0].split(","), layer["equation"].split("->")[1]
    sizes = dict(zip(first, before.shape, strict=True))
    sizes |= {letter: size for letter, size in zip(last[1:], layer["shape"], strict=True) if size != -1}
    bias = [sizes[letter] for letter in layer["bias_axes"]] if "bias_axes" in layer else None
    own = held([sizes[letter] for letter in kernel], bias)
    return Applied(lambda image: torch.einsum(layer["equation"], image, own.weight), own)


def dot(layer: Layer, before: Tensor) -> nn.Module:
    """Return a product of two inputs along an axis."""
    if before.dim() == 2:
        return Applied(lambda first, second: (first * second).sum(-1, keepdim=True))
    if layer.get("axis") == "tokens":
        return Applied(
            lambda first, second: torch.bmm(first.transpose(1, 2), second)
        )  # einsum would stretch a size of 1
    return Applied(lambda first, second: torch.bmm(first, second.transpose(1, 2)))


def embedding_bag(layer: Layer, _: Tensor) -> nn.Module:
    """Return a table whose rows are added."""
    table = nn.EmbeddingBag(layer["vocabulary"], layer["features"])
    return Applied(lambda ids: table(ids.long()), table)


def position_embedding(layer: Layer, before: Tensor) -> nn.Module:
    """Return vectors that are added to the tokens."""
    own = Held((layer.get("positions", before.shape[1]), before.shape[2]))
    return Applied(lambda steps: steps + own.weight[: steps.shape[1]], own)


def scale(layer: Layer, before: Tensor) -> nn.Module:
    """Return factors for all numbers, for channels or for each number."""
    shapes = {1: (1,), "channels": before.shape[1:2], "elements": before.shape[1:]}
    shape = shapes[layer.get("parameters", "channels")]
    return Applied(lambda image: image, held(shape, shape if layer.get("center") else None))


def adaptive_softmax(layer: Layer, before: Tensor) -> nn.Module:
    """Return the logarithms of all classes' probabilities."""
    keys = {"div_value": layer.get("division", 4), "head_bias": layer.get("bias", False)}
    module = nn.AdaptiveLogSoftmaxWithLoss(before.shape[-1], layer["units"], layer["cutoffs"], **keys)
    return Applied(lambda rows: module.log_prob(rows.flatten(0, -2)).unflatten(0, rows.shape[:-1]), module)


def part(layer: Layer, before: Tensor) -> nn.Module:
    """Return a part along an axis; unless one is named, of the channels or of features."""
    place = PLACES[layer.get("axis", "channels" if before.dim() > 2 else "features")]
    return Applied(lambda image: image.narrow(place, layer.get("offset", 0), layer["size"]))


def stacked(reduce: Callable[[Tensor], Tensor]) -> nn.Module:
    """Return what is left of several inputs, number by number."""
    return Applied(lambda *inputs: reduce(torch.stack(torch.broadcast_tensors(*inputs))))


MODULES: dict[str, Callable[[Layer, Tensor], nn.Module]] = {
    **{f"locallyconnected{axes}d": locally_connected for axes in (1, 2)},
    **{f"convlstm{axes}d": convolutional_state for axes in (1, 2)},
    **{f"maxunpool{axes}d": unpool for axes in (1, 2, 3)},
    **{f"fractionalmaxpool{axes}d": fractional for axes in (2, 3)},
    **{f"lppool{axes}d": power_pool for axes in (1, 2, 3)},
    **dict.fromkeys(("dotattention", "additiveattention"), scored),
    "unfold": lambda layer, _: nn.Unfold(**tuples(layer, "kernel", "stride", "padding", "dilation")),
    "fold": lambda layer, _: nn.Fold(**tuples(layer, "size", "kernel", "stride", "padding", "dilation")),
    "permute": lambda layer, _: Applied(lambda image: image.permute(0, *layer["order"])),
    "series": lambda *_: Applied(lambda steps: steps.transpose(1, 2)),
    "repeatvector": lambda layer, _: Applied(lambda row: row[:, None].repeat(1, layer["times"], 1)),
    "glu": glu,
    "slice": part,
    "channelshuffle": lambda layer, _: nn.ChannelShuffle(layer["groups"]),
    "subtract": lambda *_: Applied(lambda first, second: first - second),
    "average": lambda *_: stacked(lambda inputs: inputs.mean(0)),
    "maximum": lambda *_: stacked(lambda inputs: inputs.amax(0)),
    "minimum": lambda *_: stacked(lambda inputs: inputs.amin(0)),
    "dot": dot,
    "einsumdense": summed,
    "embeddingbag": embedding_bag,
    "positionembedding": position_embedding,
    "scale": scale,
    "normalization": lambda *_: nn.Identity(),
    "adaptivesoftmax": adaptive_softmax,
}

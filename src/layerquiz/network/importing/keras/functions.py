"""Functions between layers, as `keras.ops` and Python's operators note them, each as a kind of the notation."""

from __future__ import annotations

import re
from math import prod
from typing import Any

from layerquiz.network.importing.forms import FEATURES, FORMS, SEQUENCE
from layerquiz.network.importing.keras.layers import Write, entries
from layerquiz.network.importing.keras.shapes import joined, merged, reshaped, sided
from layerquiz.network.importing.keras.use import Tensor, Use
from layerquiz.network.layers.base import reading_order


def unary(at: Use) -> Tensor:
    """Write a function of each number down, such as tanh."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(at.op).__name__).lower()
    if name == "glu":
        return at.layer("glu")
    return at.layer("activation", function=name)


def same(at: Use) -> Tensor:
    """Return the input: nothing is computed."""
    return at.first


def arithmetic(kind: str) -> Write:
    """Return how a sum, product or the like is written: of two layers, of a layer and weights, or with a number."""

    def write(at: Use) -> Tensor:
        first, second = at.argument(0, "x1"), at.argument(1, "x2")
        weights = [tensor for tensor in at.inputs if tensor.weight is not None]
        if not kind and len(at.inputs) > 1:
            raise at.refused("it is computed with a layer or with weights", "The notation adds and multiplies these")
        if weights:
            return _with_weight(at, kind, weights[0])
        if isinstance(first, Tensor) and isinstance(second, Tensor):
            return merged(at, kind, [first, second])
        if at.first.shape != at.shape:
            raise at.refused(f"numbers that stand in it stretch {at.first.shape} to {at.shape}")
        return at.layer("identity")  # numbers that are added or multiplied with change no count

    return write


def _with_weight(at: Use, kind: str, symbol: Tensor) -> Tensor:
    """Write a weight down: a scale for each channel, positions, or a tensor that stands alone and is merged."""
    shape = _stretched(at, symbol)
    used = tuple(size for size in shape if size != 1)
    if kind == "multiply" and shape == at.first.shape[-1:] and at.first.shape == at.shape:
        return at.learned("scale")
    is_placed = at.first.shape == at.shape and used == tuple(size for size in at.shape if size != 1)
    table = tuple(symbol.weight.shape)
    if kind == "add" and is_placed and at.rank == len(SEQUENCE) and table[-1] == at.shape[-1]:
        count = prod(table[:-1])
        return at.learned("positionembedding", at.sequence(at.first), positions=None if count == at.shape[0] else count)
    return merged(at, kind, [at.first, alone(at, symbol)])


def _stretched(at: Use, symbol: Tensor) -> tuple[int, ...]:
    """Return the sizes of a weight without the batch, along which it is the same."""
    return symbol.shape[1:] if len(symbol.shape) > at.rank else symbol.shape


def alone(at: Use, symbol: Tensor) -> Tensor:
    """Write a weight down as a layer without an input, with as many axes as what it is merged with."""
    shape = _stretched(at, symbol)
    shape = (*(1,) * (at.rank - len(shape)), *shape)
    if prod(shape) != prod(symbol.weight.shape):
        raise at.refused(f"a part of a weight of the shape {tuple(symbol.weight.shape)} stands in it")
    made = at.learned(
        "parameter", part=str(symbol.weight.name), gives=shape, sizes=FORMS[len(shape)], shape=list(shape)
    )
    at.written.draft.layers[-1]["from"] = []
    return made


def matrix_product(at: Use) -> Tensor:
    """Write a product with a matrix of weights down, which is a dense layer without a bias."""
    weights = [tensor for tensor in at.inputs if tensor.weight is not None]
    if weights and len(weights[0].shape) == 2 and at.inputs[-1] is weights[0]:
        return at.learned("dense", units=at.shape[-1], bias=False)
    if len(at.inputs) > 1:
        raise at.refused("it multiplies two matrices that are computed", cure="Use keras.layers.Dot")
    raise at.refused("a matrix of numbers stands in it that belongs to no layer", cure="Use a dense layer")


def reshape(at: Use) -> Tensor:
    """Write a new shape down."""
    return reshaped(at, at.first)


def transposed(at: Use) -> Tensor:
    """Write another order of the axes down; the batch stays in front."""
    count = at.rank + 1
    if type(at.op).__name__ == "Swapaxes":
        order = list(range(count))
        one, other = at.op.axis1 % count, at.op.axis2 % count
        order[one], order[other] = order[other], order[one]
    else:
        order = [place % count for place in (at.op.axes or range(count)[::-1])]
    if order[0] != 0:
        raise at.refused("it moves the batch from the front")
    return at.layer("permute", order=order[1:])


def concatenation(at: Use) -> Tensor:
    """Write a concatenation down; a weight, such as a class token, stands alone first."""
    return joined(at, [tensor if tensor.weight is None else alone(at, tensor) for tensor in at.inputs], at.op.axis)


def reduced(kind: str) -> Write:
    """Return how a mean or a maximum is written that is over all positions of the input."""

    def write(at: Use) -> Tensor:
        tensor, count = at.first, len(at.first.shape) + 1
        axes = sorted(place % count for place in entries(at.op.axis)) if at.op.axis is not None else []
        if axes != list(range(1, count - 1)) or not axes:
            raise at.refused("it is not over all positions of its input", cure="Use a global pool")
        return at.layer(kind, tensor, keepdims=bool(at.op.keepdims))

    return write


def taken(at: Use) -> Tensor:
    """Write a part of the input down: one token of a sequence, a part along one axis, or a cut of an image."""
    tensor, key = at.first, at.argument(1, "key")
    whole = list(key) if isinstance(key, tuple | list) else [key]
    if Ellipsis in whole:
        place = whole.index(Ellipsis)
        whole[place : place + 1] = [slice(None)] * (len(tensor.shape) + 2 - len(whole))
    whole += [slice(None)] * (len(tensor.shape) + 1 - len(whole))
    if whole[0] != slice(None) or any(entry is None for entry in whole):
        raise at.refused("it takes some examples of a batch, or adds an axis")
    if len(tensor.shape) == len(SEQUENCE) and isinstance(whole[1], int) and whole[2] == slice(None):
        return at.layer("select", at.sequence(tensor), sizes=FEATURES)
    if not all(isinstance(entry, slice) and entry.step in (None, 1) for entry in whole):
        raise at.refused("it takes single places, or leaves some out between others", cure="Use a pool or a slice")
    ends = [entry.indices(size)[:2] for entry, size in zip(whole[1:], tensor.shape, strict=True)]
    cut = [place for place, (end, size) in enumerate(zip(ends, tensor.shape, strict=True)) if end != (0, size)]
    if len(cut) > 1 and cut[-1] < len(tensor.shape) - 1:
        sides = [(first, size - end) for (first, end), size in zip(ends, tensor.shape, strict=True)]
        return sided(at, at.strip(tensor), "crop", sides[:-1])
    if len(cut) > 1:
        raise at.refused("it takes a part along several axes, the channels among them", cure="Take one after the other")
    return along(at, tensor, cut[0], *ends[cut[0]]) if cut else at.layer("identity")


def along(at: Use, tensor: Tensor, place: int, first: int, end: int, **more: Any) -> Tensor:
    """Write a part along one axis down, from one place to before another."""
    size = reading_order(tensor.sizes)[place]
    axis = None if place == len(tensor.shape) - 1 else size
    return at.layer("slice", tensor, axis=axis, offset=first, size=end - first, **more)


def split(at: Use) -> Tensor:
    """Write parts along one axis down, one behind the other."""
    tensor, place = at.first, at.op.axis % (at.rank + 1) - 1
    if place < 0:
        raise at.refused("it takes some examples of a batch")
    first = 0
    for shape in at.shapes:
        at.outputs.append(along(at, tensor, place, first, first + shape[place], gives=shape))
        first += shape[place]
    return at.outputs[0]


def padded(at: Use) -> Tensor:
    """Write padding down; the batch and the channels get none."""
    found = [tuple(int(number) for number in pair) for pair in at.op.pad_width]
    found = found * (at.rank + 1) if len(found) == 1 else found
    modes = {"constant": "zeros", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}
    if any(found[0]) or any(found[-1]) or at.op.mode not in modes:
        raise at.refused("it pads the batch or the channels, or in a way that the notation has not")
    tensor = at.strip(at.first)
    pairs = [first if first == end else [first, end] for first, end in found[1:-1]]
    mode = modes[at.op.mode]
    return at.layer("zeropad", tensor, padding=pairs, mode=None if mode == "zeros" else mode)


def shuffled(kind: str) -> Write:
    """Return how pixels are made channels, or channels pixels."""

    def write(at: Use) -> Tensor:
        return at.layer(kind, factor=int(at.op.block_size))

    return write


def patches(at: Use) -> Tensor:
    """Write patches side by side down, each of whose pixels becomes channels."""
    sizes = {*at.op.size, *entries(at.op.strides)}
    if len(at.op.size) != len(SEQUENCE) or len(sizes) > 1 or at.op.dilation_rate != 1:
        raise at.refused("its patches overlap or are no squares", cure="Use a convolution")
    return at.layer("pixelunshuffle", factor=int(at.op.size[0]))


ACTIVATIONS = (
    *("Relu", "Relu6", "Sigmoid", "Softplus", "Softsign", "SoftShrink", "Silu", "LogSigmoid", "LeakyRelu"),
    *("HardSigmoid", "HardSilu", "Elu", "Selu", "Gelu", "Celu", "Glu", "TanhShrink", "HardTanh", "HardShrink"),
    *("Softmax", "LogSoftmax", "Tanh", "Exp", "Log", "Log1p", "Sqrt", "Rsqrt", "Square", "Absolute", "Negative"),
    *("Reciprocal", "Sin", "Cos", "Erf", "Clip", "Normalize", "Squareplus", "SparseSigmoid", "Threshold"),
)
WITH_WEIGHTS = frozenset(("Add", "Subtract", "Multiply", "Maximum", "Minimum", "Matmul", "Concatenate"))
"""Functions in which a weight of a layer of somebody's own may stand."""

SAME = ("Cast", "StopGradient", "ConvertToTensor", "Copy", "Identity")

FUNCTIONS: dict[str, Write] = {
    **dict.fromkeys(ACTIVATIONS, unary),
    **dict.fromkeys(SAME, same),
    **{name: arithmetic(name.lower()) for name in ("Add", "Subtract", "Multiply", "Maximum", "Minimum")},
    **dict.fromkeys(("Divide", "TrueDivide", "Power"), arithmetic("")),
    **dict.fromkeys(("Reshape", "Squeeze", "ExpandDims", "Ravel"), reshape),
    **dict.fromkeys(("Transpose", "Swapaxes"), transposed),
    "Matmul": matrix_product,
    "Concatenate": concatenation,
    **dict.fromkeys(("Mean", "Sum"), reduced("globalavgpool")),
    "Max": reduced("globalmaxpool"),
    "GetItem": taken,
    "Split": split,
    "Pad": padded,
    "ExtractPatches": patches,
    "DepthToSpace": shuffled("pixelshuffle"),
    "SpaceToDepth": shuffled("pixelunshuffle"),
}
"""How each is written, by the name of its class."""

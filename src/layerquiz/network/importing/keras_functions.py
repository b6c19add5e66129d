"""Functions between layers, as `keras.ops` and Python's operators note them, each as a kind of the notation."""

from __future__ import annotations

import re
from math import prod
from typing import Any

from layerquiz.network.importing.keras_layers import Write, entries
from layerquiz.network.importing.keras_shapes import joined, merged, reshaped, sided
from layerquiz.network.importing.keras_use import FORMS, SEQUENCE, Tensor, Use, is_variable


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
        constant = second if isinstance(first, Tensor) else first
        if not kind and (isinstance(constant, Tensor) or is_variable(constant)):
            raise at.refused("it is computed with a layer or with weights", "the notation adds and multiplies these")
        if isinstance(first, Tensor) and isinstance(second, Tensor):
            return merged(at, kind, [first, second])
        if is_variable(constant):
            return _with_weights(at, kind, constant)
        if at.first.shape != at.shape:
            raise at.refused(f"numbers that stand in it stretch {at.first.shape} to {at.shape}")
        return at.layer("identity")  # numbers that are added or multiplied with change no count

    return write


def _with_weights(at: Use, kind: str, weight: Any) -> Tensor:
    """Write a weight of a layer of somebody's own down: a scale for each channel, positions, or a tensor by itself."""
    shape = tuple(weight.shape)
    if kind == "multiply" and shape == at.first.shape[-1:] and at.first.shape == at.shape:
        return at.learned("scale")
    if kind == "add" and at.rank == len(SEQUENCE) and shape[-2:] == at.shape and prod(shape) == prod(at.shape):
        return at.learned("positionembedding", at.sequence(at.first))
    padded = (1,) * (at.rank - len(shape)) + shape
    padded = padded[len(padded) - at.rank :] if set(padded[: len(padded) - at.rank]) <= {1} else padded
    if len(padded) != at.rank:
        raise at.refused(f"a weight of the shape {shape} stands in it, and its output is {at.shape}")
    alone = alone_weight(at, weight, padded)
    return merged(at, kind, [at.first, alone])


def alone_weight(at: Use, weight: Any, shape: tuple[int, ...]) -> Tensor:
    """Write a weight down as a layer without an input, in the axes of what it is merged with."""
    name = str(getattr(weight, "name", "weight"))
    draft = at.written.draft
    trainable = None if weight.trainable else False
    shares = at.lent[0] if at.lent else None
    made = draft.add("parameter", name=f"{at.title}/{name}", shape=list(shape), trainable=trainable, shares=shares)
    at.layers.append(made)
    at.owning.append(made)
    return Tensor(made, FORMS[len(shape)], shape)


def matrix_product(at: Use) -> Tensor:
    """Write a product with a matrix of weights down, which is a dense layer without a bias."""
    first, second = at.argument(0, "x1"), at.argument(1, "x2")
    if isinstance(first, Tensor) and is_variable(second) and len(second.shape) == 2:
        return at.learned("dense", first, units=int(second.shape[1]), bias=False)
    if isinstance(first, Tensor) and isinstance(second, Tensor):
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
    """Write a concatenation down."""
    return joined(at, at.inputs, at.op.axis)


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
    """Write a part of the input down: one token of a sequence, or a cut of an image."""
    tensor, key = at.first, at.argument(1, "key")
    whole = list(key) if isinstance(key, tuple | list) else [key]
    if Ellipsis in whole:
        place = whole.index(Ellipsis)
        whole[place : place + 1] = [slice(None)] * (len(tensor.shape) + 2 - len(whole))
    whole += [slice(None)] * (len(tensor.shape) + 1 - len(whole))
    if whole[0] != slice(None) or any(entry is None for entry in whole):
        raise at.refused("it takes some examples of a batch, or adds an axis")
    cuts = [
        slice(0, size) if entry == slice(None) else entry for entry, size in zip(whole[1:], tensor.shape, strict=True)
    ]
    if len(cuts) == len(SEQUENCE) and isinstance(cuts[0], int) and cuts[1] == slice(0, tensor.shape[1]):
        return at.layer("select", at.sequence(tensor), sizes=FORMS[1])
    return _cut(at, tensor, cuts)


def _cut(at: Use, tensor: Tensor, cuts: list[Any]) -> Tensor:
    """Write a cut along the positions of an image down."""
    *positions, channels = zip(cuts, tensor.shape, strict=True)
    is_cut = all(isinstance(entry, slice) and entry.step in (None, 1) for entry, _ in (*positions, channels))
    if not positions or not is_cut or channels[0].indices(channels[1])[:2] != (0, channels[1]):
        raise at.refused("it takes a part that is neither a token nor a cut of an image")
    ends = [(entry.indices(size)[:2], size) for entry, size in positions]
    return sided(at, at.strip(tensor), "crop", [(start, size - end) for (start, end), size in ends])


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


ACTIVATIONS = (
    *("Relu", "Relu6", "Sigmoid", "Softplus", "Softsign", "SoftShrink", "Silu", "LogSigmoid", "LeakyRelu"),
    *("HardSigmoid", "HardSilu", "Elu", "Selu", "Gelu", "Celu", "Glu", "TanhShrink", "HardTanh", "HardShrink"),
    *("Softmax", "LogSoftmax", "Tanh", "Exp", "Log", "Log1p", "Sqrt", "Rsqrt", "Square", "Absolute", "Negative"),
    *("Reciprocal", "Sin", "Cos", "Erf", "Clip", "Normalize", "Squareplus", "SparseSigmoid", "Threshold"),
)
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
    "Mean": reduced("globalavgpool"),
    "Max": reduced("globalmaxpool"),
    "GetItem": taken,
    "Pad": padded,
    "DepthToSpace": shuffled("pixelshuffle"),
    "SpaceToDepth": shuffled("pixelunshuffle"),
}
"""How each is written, by the name of its class."""

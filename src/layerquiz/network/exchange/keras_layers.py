"""The kinds of the notation as Keras writes them, channels last."""

from __future__ import annotations

from typing import Any

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
from layerquiz.network.function_names import KERAS, plain_name

FUNCTIONS = frozenset(
    (
        *("relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "mish", "tanh", "sigmoid", "softplus"),
        *("softsign", "softmax", "log_softmax", "linear", "exponential", "glu"),
        *KERAS,
    )
)
"""Activation functions that Keras knows by name."""

PLACES = {"channels": -1, "features": -1, "width": -2, "length": -2, "tokens": -2, "height": -3, "depth": -4}
"""Where a size stands in a shape, counted from its end."""

SLIDING = {
    "conv": "Conv{}D",
    "convtranspose": "Conv{}DTranspose",
    "depthwiseconv": "DepthwiseConv{}D",
    "separableconv": "SeparableConv{}D",
    "convlstm": "ConvLSTM{}D",
    "maxpool": "MaxPooling{}D",
    "avgpool": "AveragePooling{}D",
}


def layer(name: str, *arguments: Argument) -> Call:
    """Return a layer of Keras."""
    return Call(f"layers.{name}", arguments)


def alone(name: str, *arguments: Argument) -> Code:
    """Return a layer of the notation that is one layer of Keras."""
    return Code({"": layer(name, *arguments)})


def ranked(at: Place) -> tuple[str, int]:
    """Return what Keras calls a layer over windows, and over how many axes they slide."""
    stem, rank = at.layer.kind.name[:-2], int(at.layer.kind.name[-2])
    return SLIDING[stem].format(rank), rank


def chosen(at: Place, usual: str | None = None) -> tuple[Argument, ...]:
    """Return a layer's activation function as an argument."""
    name = at.key("activation")
    return unless("activation", called(name), usual) if name else ()


def called(name: str) -> str:
    """Return what Keras calls a function."""
    found = plain_name(name)
    if found not in FUNCTIONS:
        raise UnwrittenError(f'no function "{name}" is known')
    return KERAS.get(found, found)


def padded(at: Place, *, filler: str = "") -> tuple[Code | None, Any]:
    """Return the padding as a layer of its own, where it is no word, and the word that is left."""
    found = at.key("padding")
    if isinstance(found, str):
        return None, found
    if not any(side for pair in at.sides for side in pair):
        return None, "valid"
    sides = (*((0, 0),) * (len(at.axes) - len(at.sides)), *at.sides)  # the first axis of a convlstm is its steps
    if filler:
        pairs = joined([f"({first}, {last})" for first, last in ((0, 0), *sides, (0, 0))])
        return Code({}, f"ops.pad({{0}}, [{pairs}], constant_values={filler})"), "valid"
    return Code({"padding": layer(f"ZeroPadding{len(sides)}D", plain("padding", alike(sides)))}), "valid"


def alike(sides: tuple[tuple[int, int], ...]) -> Any:
    """Return the sides of each axis, or one number where all are equal."""
    numbers = {side for pair in sides for side in pair}
    return numbers.pop() if len(numbers) == 1 else sides[0] if len(sides) == 1 else sides


def put_behind(first: Code | None, second: Call) -> Code:
    """Return a layer behind its padding."""
    if first is None:
        return Code({"": second})
    if first.applied:
        return Code({"": second}, f"{{part}}({first.applied})")
    return Code({**first.parts, "": second})


def convolution(at: Place) -> Code:
    """Return a convolution of any sort."""
    name, _ = ranked(at)
    if at.key("weight_norm"):
        raise UnwrittenError("there is no such wrapper as weight norm")
    if at.key("table"):
        raise UnwrittenError("no filter leaves out some of the channels")
    check_gaps(at)
    in_front, padding = padded(at)
    arguments = (
        *((plain("filters", at.key("filters")),) if at.key("filters") else ()),
        Argument("kernel_size", literal(at.key("kernel")), named=not at.key("filters")),
        *unless("strides", at.key("stride"), 1),
        *unless("padding", padding, "valid"),
        *unless("dilation_rate", at.key("dilation"), 1),
        *unless("groups", at.key("groups") or 1, 1),
        *unless("depth_multiplier", at.key("multiplier") or 1, 1),
        *chosen(at, "tanh" if name.startswith("ConvLSTM") else None),
        *unless("use_bias", at.key("bias"), True),
        *unless("return_sequences", at.key("sequences") or False, False),
    )
    return put_behind(in_front, reparametrized(at, layer(name, *arguments)))


def convolutional_state(at: Place) -> Code:
    """Return a convolutional LSTM, which does not hand on to its cell that it is frozen."""
    if not at.layer.keys.trainable:
        raise UnwrittenError("its cell is trained whatever the layer says")
    return convolution(at)


def check_gaps(at: Place) -> None:
    """Refuse gaps in a kernel that moves on by more than one."""
    if max(at.strides) > 1 and max(at.entries("dilation")) > 1:
        raise UnwrittenError("stride and dilation are not both above 1")


def reparametrized(at: Place, made: Call) -> Call:
    """Return a layer in the wrapper of spectral norm where it is told so."""
    return layer("SpectralNormalization", Argument("layer", made, named=False)) if at.key("spectral_norm") else made


def transposed(at: Place) -> Code:
    """Return a transposed convolution; what other frameworks cut off by a padding is a layer of its own."""
    name, rank = ranked(at)
    if at.key("groups") != 1:
        raise UnwrittenError("transposed convolutions have no groups")
    check_gaps(at)
    found = at.key("padding")
    padding = found if isinstance(found, str) else "valid"
    is_cut = not isinstance(found, str) and any(at.entries("padding"))
    arguments = (
        plain("filters", at.key("filters")),
        plain("kernel_size", at.key("kernel")),
        *unless("strides", at.key("stride"), 1),
        *unless("padding", padding, "valid"),
        *output_padding(at, padding, at.sides if is_cut else ((0, 0),) * rank),
        *unless("dilation_rate", at.key("dilation"), 1),
        *chosen(at),
        *unless("use_bias", at.key("bias"), True),
    )
    cut = {"crop": layer(f"Cropping{rank}D", plain("cropping", alike(at.sides)))} if is_cut else {}
    return Code({"": layer(name, *arguments), **cut})


def output_padding(at: Place, padding: str, cut: tuple[tuple[int, int], ...]) -> tuple[Argument, ...]:
    """Return what is added behind, unless Keras gives the size by itself: by strides, or by the larger of both."""
    added, by_itself = [], True
    for axis, stride, reach, sides in zip(at.axes, at.strides, at.reaches, cut, strict=True):
        wanted, steps = at.given(axis) + sum(sides), (at.size(axis) - 1) * stride
        by_itself &= wanted == steps + (stride if padding == "same" else max(reach, stride))
        added.append(wanted - steps - (reach % 2 if padding == "same" else reach))
    if by_itself:
        return ()
    return (Argument("output_padding", literal(added[0] if len(set(added)) == 1 else added)),)


def pool(at: Place) -> Code:
    """Return a pool over windows."""
    name, _ = ranked(at)
    is_max = name.startswith("Max")
    in_front, padding = padded(at, filler='float("-inf")' if is_max and not is_positive(at) else "")
    if at.key("ceil") and padding == "valid":
        check_rounding(at)
    if at.key("dilation") is not None and any(entry != 1 for entry in at.entries("dilation")):
        raise UnwrittenError("pools are not dilated")
    stride = at.key("stride")
    arguments = (
        plain("pool_size", at.key("kernel")),
        *(() if stride is None else unless("strides", stride, at.key("kernel"))),
        *unless("padding", padding, "valid"),
    )
    return put_behind(in_front, layer(name, *arguments))


def is_positive(at: Place) -> bool:
    """Say whether no input is below 0, so that zeros around it never are the maximum."""
    before = at.network.by_name.get(at.layer.sources[0])
    said = [vars(before.keys).get(key) for key in ("function", "activation")] if before else []
    return any(function in ("relu", "relu6", "sigmoid", "softmax") for function in said)


def check_rounding(at: Place) -> None:
    """Refuse a pool whose size is rounded up where rounding down gives another one."""
    pads = at.sides if not isinstance(at.key("padding"), str) else ((0, 0),) * len(at.axes)
    for axis, stride, reach, sides in zip(at.axes, at.strides, at.reaches, pads, strict=True):
        if (at.size(axis) + sum(sides) - reach) // stride + 1 != at.given(axis):
            raise UnwrittenError("sizes are rounded down")


def global_pool(at: Place) -> Code:
    """Return a mean or a maximum over all positions."""
    which = "Max" if at.layer.kind.name == "globalmaxpool" else "Average"
    rank = len(at.axes) or 1
    return alone(f"Global{which}Pooling{rank}D", *unless("keepdims", at.key("keepdims"), False))


def adaptive(at: Place) -> Code:
    """Return a pool to a size."""
    which = "Max" if at.layer.kind.name == "adaptivemaxpool" else "Average"
    sizes = [at.given(axis) for axis in at.axes]
    found = sizes[0] if len(set(sizes)) == 1 else sizes
    return alone(f"Adaptive{which}Pooling{len(sizes)}D", plain("output_size", found))


def dense(at: Place) -> Code:
    """Return a dense layer along the last axis; PyTorch's along the width needs it to stand last."""
    if at.key("lora"):
        raise UnwrittenError("a layer gets its low-rank adapter once it is built")
    if at.key("weight_norm"):
        raise UnwrittenError("there is no such wrapper as weight norm")
    if at.key("tied"):
        return tied(at)
    arguments = (plain("units", at.key("units")), *chosen(at), *unless("use_bias", at.key("bias"), True))
    made = reparametrized(at, layer("Dense", *arguments))
    swapped = "ops.swapaxes({part}(ops.swapaxes({0}, -1, -2)), -1, -2)"
    return Code({"": made}, swapped if at.is_image and at.network.conventions.dense_on_width else "")


def tied(at: Place) -> Code:
    """Return a dense layer with the weights of an embedding."""
    if at.key("bias"):
        raise UnwrittenError("a bias stands in no layer where the weights are those of an embedding")
    if at.key("activation"):
        raise UnwrittenError("it is no layer that has an activation")
    return Code({}, "{tied}({0}, reverse=True)")


def simple(name: str, *arguments: str) -> Write:
    """Return how a layer is made of some keys; `key=name` says how Keras calls it."""

    def write(at: Place) -> Code:
        pairs = [found.partition("=") for found in arguments]
        return alone(name, *(plain(theirs, at.key(key)) for key, _, theirs in pairs))

    return write


KINDS: dict[str, Write] = {
    **{f"conv{rank}d": convolution for rank in (1, 2, 3)},
    **{f"{stem}{rank}d": convolution for stem in ("depthwiseconv", "separableconv") for rank in (1, 2)},
    **{f"convlstm{rank}d": convolutional_state for rank in (1, 2)},
    **{f"convtranspose{rank}d": transposed for rank in (1, 2, 3)},
    **{f"{stem}pool{rank}d": pool for stem in ("max", "avg") for rank in (1, 2, 3)},
    **dict.fromkeys(("globalavgpool", "globalmaxpool"), global_pool),
    **dict.fromkeys(("adaptiveavgpool", "adaptivemaxpool"), adaptive),
    "dense": dense,
    "activation": lambda at: alone("Activation", plain("activation", called(at.key("function")))),
    "dropout": simple("Dropout", "rate=rate"),
    "flatten": simple("Flatten"),
    "identity": simple("Identity"),
}
"""How each kind is written."""

"""The kinds of plain convolutional networks as PyTorch writes them, channels first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from layerquiz.network.exchange.base import (
    Argument,
    Call,
    Code,
    Place,
    UnwrittenError,
    Write,
    after,
    joined,
    literal,
    plain,
    unless,
)
from layerquiz.network.function_names import plain_name

FUNCTIONS = {
    "relu": "nn.ReLU",
    "relu6": "nn.ReLU6",
    "leaky_relu": "nn.LeakyReLU",
    "elu": "nn.ELU",
    "selu": "nn.SELU",
    "celu": "nn.CELU",
    "gelu": "nn.GELU",
    "silu": "nn.SiLU",
    "mish": "nn.Mish",
    "tanh": "nn.Tanh",
    "sigmoid": "nn.Sigmoid",
    "softplus": "nn.Softplus",
    "softsign": "nn.Softsign",
    "hardsigmoid": "nn.Hardsigmoid",
    "hardswish": "nn.Hardswish",
    "hardtanh": "nn.Hardtanh",
    "hardshrink": "nn.Hardshrink",
    "logsigmoid": "nn.LogSigmoid",
    "softshrink": "nn.Softshrink",
    "tanhshrink": "nn.Tanhshrink",
    "linear": "nn.Identity",
}
"""Activation functions and their modules."""

ALONG = {"softmax": "nn.Softmax", "log_softmax": "nn.LogSoftmax"}
"""Functions of all channels, or all features, together."""

PLACES = {"channels": 1, "tokens": 1, "depth": -3, "height": -2, "width": -1, "length": -1, "features": -1}
"""Where a size stands in a shape with the batch in front."""


def function(name: str, dim: int) -> Call:
    """Return an activation function as a module."""
    key = plain_name(name)
    if key in ALONG:
        return Call(ALONG[key], (Argument("dim", str(dim)),))
    if key not in FUNCTIONS:
        raise UnwrittenError(f'no module is known for the function "{name}"')
    return Call(FUNCTIONS[key])


def finished(at: Place, parts: Mapping[str, Call], applied: str = "") -> Code:
    """Return a layer with its activation behind it; the parameters of a frozen one are marked so."""
    made = {suffix: frozen(at, call) for suffix, call in parts.items()}
    name = at.key("activation")
    if not name:
        return Code(made, applied)
    dim = 1 if "channels" in at.output else -1
    if applied:
        return Code({**made, "activation": function(name, dim)}, f"{{part{len(made)}}}({applied})")
    return Code({**made, "activation": function(name, dim)})


def frozen(at: Place, call: Call) -> Call:
    """Return a module whose parameters are not trained, where its layer says so."""
    if at.layer.keys.trainable or call.function.startswith(NO_PARAMETERS):
        return call
    if call.function == "nn.Parameter":
        return Call(call.function, (*call.arguments, Argument("requires_grad", "False")))
    return after(call, ".requires_grad_(False)")


NO_PARAMETERS = ("nn.ZeroPad", "nn.Flatten", "nn.Dropout", *FUNCTIONS.values(), *ALONG.values())


def pad(sides: tuple[tuple[int, int], ...], value: str = "") -> Call:
    """Return a module that pads; PyTorch names the last axis first."""
    numbers = tuple(side for pair in reversed(sides) for side in pair)
    shown = literal(numbers[0] if len(set(numbers)) == 1 else numbers)
    filler = (Argument("value", value, named=False),) if value else ()
    return Call(f"nn.{'Constant' if value else 'Zero'}Pad{len(sides)}d", (Argument("padding", shown, False), *filler))


def padded(at: Place, filler: str = "") -> tuple[dict[str, Call], Any]:
    """Return the padding as a module of its own, where PyTorch's layer cannot say it, and as the layer says it."""
    found = at.key("padding")
    if found == "causal":
        return {"padding": pad(((at.reaches[0] - 1, 0),))}, 0
    if found != "same":
        return {}, 0 if found == "valid" else found
    sides = at.to_keep()
    if any(first != last for first, last in sides):
        return {"padding": pad(sides, filler)}, 0
    return {}, [first for first, _ in sides]


def convolution(at: Place) -> Code:
    """Return a convolution."""
    rank = len(at.entries("kernel"))
    is_plain = at.key("padding") == "same" and set(at.strides) == {1}
    in_front, padding = ({}, "same") if is_plain else padded(at)
    arguments = (
        at.declared("in_channels", "channels"),
        plain("out_channels", at.key("filters")),
        Argument("kernel_size", literal(at.key("kernel"))),
        *unless("stride", at.key("stride"), 1),
        *unless("padding", padding, 0),
        *unless("dilation", at.key("dilation"), 1),
        *unless("groups", at.key("groups"), 1),
        *unless("bias", at.key("bias"), True),
    )
    return finished(at, {**in_front, "": reparametrized(at, Call(f"nn.Conv{rank}d", arguments))})


def reparametrized(at: Place, call: Call) -> Call:
    """Return a module whose weights are normalised as its layer says."""
    for key in ("weight_norm", "spectral_norm"):
        if at.key(key):
            call = Call(f"nn.utils.parametrizations.{key}", (Argument("module", call, named=False),))
    return call


def transposed(at: Place) -> Code:
    """Return a transposed convolution; PyTorch reaches another size by padding and output padding."""
    paddings, added = [], []
    numbers = at.entries("padding") if not isinstance(at.key("padding"), str) else ()
    for place, axis in enumerate(at.axes):
        full = (at.size(axis) - 1) * at.strides[place] + at.reaches[place]
        least = -(-max(full - at.given(axis), 0) // 2)
        paddings.append(numbers[place] if numbers else least)
        added.append(at.given(axis) - full + 2 * paddings[-1])
        if not 0 <= added[-1] < max(at.strides[place], at.entries("dilation")[place]):
            raise UnwrittenError(f"no output padding gives {axis} {at.given(axis)}")
    arguments = (
        at.declared("in_channels", "channels"),
        plain("out_channels", at.key("filters")),
        Argument("kernel_size", literal(at.key("kernel"))),
        *unless("stride", at.key("stride"), 1),
        *unless("padding", alike(paddings), 0),
        *unless("output_padding", alike(added), 0),
        *unless("dilation", at.key("dilation"), 1),
        *unless("groups", at.key("groups"), 1),
        *unless("bias", at.key("bias"), True),
    )
    return finished(at, {"": Call(f"nn.ConvTranspose{len(at.axes)}d", arguments)})


def alike(numbers: list[int]) -> Any:
    """Return one number where all are equal."""
    return numbers[0] if len(set(numbers)) == 1 else numbers


def by_channel(at: Place, *, bias: bool) -> tuple[dict[str, Call], int]:
    """Return a convolution with a group for each channel, and how many channels it gives."""
    is_plain = at.key("padding") == "same" and set(at.strides) == {1}
    in_front, padding = ({}, "same") if is_plain else padded(at)
    channels = at.size("channels")
    arguments = (
        at.declared("in_channels", "channels"),
        plain("out_channels", channels * at.key("multiplier")),
        Argument("kernel_size", literal(at.key("kernel"))),
        *unless("stride", at.key("stride"), 1),
        *unless("padding", padding, 0),
        *unless("dilation", at.key("dilation"), 1),
        *unless("groups", channels, 1),
        *unless("bias", bias, True),
    )
    return {**in_front, "": Call(f"nn.Conv{len(at.axes)}d", arguments)}, channels * at.key("multiplier")


def depthwise(at: Place) -> Code:
    """Return a depthwise convolution."""
    return finished(at, by_channel(at, bias=at.key("bias"))[0])


def separable(at: Place) -> Code:
    """Return a depthwise step without, and a pointwise step with a bias."""
    parts, inner = by_channel(at, bias=False)
    arguments = (plain("in_channels", inner), plain("out_channels", at.key("filters")), Argument("kernel_size", "1"))
    point = Call(f"nn.Conv{len(at.axes)}d", (*arguments, *unless("bias", at.key("bias"), True)))
    parts["depthwise"] = parts.pop("")
    return finished(at, {**parts, "pointwise": point})


def pool(at: Place) -> Code:
    """Return a pool over windows; an average does not count what "same" adds."""
    name = at.layer.kind.name
    is_max = name.startswith("max")
    is_same = at.key("padding") == "same"
    in_front, padding = padded(at, LEAST)
    if in_front and not is_max:
        raise UnwrittenError('its padding "same" is not the same on both sides, and counts no zeros')
    if is_max and not in_front and exceeds(padding, at):
        entries = padding if isinstance(padding, list) else [padding] * len(at.axes)
        in_front, padding = {"padding": pad(tuple((side, side) for side in entries), LEAST)}, 0
    counted = is_max or not is_same or not any(side for pair in at.to_keep() for side in pair)
    arguments = (
        Argument("kernel_size", literal(at.key("kernel"))),
        *(() if at.key("stride") is None else unless("stride", at.key("stride"), at.key("kernel"))),
        *unless("padding", padding, 0),
        *unless("dilation", at.key("dilation"), 1 if at.key("dilation") is not None else None),
        *unless("ceil_mode", bool(at.key("ceil")) and not is_same, False),
        *unless("count_include_pad", counted, True),
    )
    return Code({**in_front, "": Call(f"nn.{'Max' if is_max else 'Avg'}Pool{name[-2]}d", arguments)})


LEAST = 'float("-inf")'
"""What is put around an image so that no maximum is taken from there."""


def exceeds(padding: Any, at: Place) -> bool:
    """Say whether a padding is more than half of the kernel, as a dilated one may be; PyTorch refuses that."""
    entries = padding if isinstance(padding, list) else [padding] * len(at.axes)
    too_wide = any(2 * entry > kernel for entry, kernel in zip(entries, at.entries("kernel"), strict=True))
    if too_wide and at.key("ceil"):
        raise UnwrittenError("its padding is more than half of the kernel, and its sizes are rounded up")
    return too_wide


def power_pool(at: Place) -> Code:
    """Return a pool of squares."""
    arguments = (
        plain("norm_type", 2),
        Argument("kernel_size", literal(at.key("kernel"))),
        *(() if at.key("stride") is None else unless("stride", at.key("stride"), at.key("kernel"))),
        *unless("ceil_mode", at.key("ceil"), False),
    )
    return Code({"": Call(f"nn.LPPool{len(at.axes)}d", arguments)})


def global_pool(at: Place) -> Code:
    """Return a mean or a maximum over all positions."""
    is_max, keeps = at.layer.kind.name == "globalmaxpool", at.key("keepdims")
    if not at.is_image:
        return Code({}, f"{{0}}.{'amax' if is_max else 'mean'}(dim=1{', keepdim=True' if keeps else ''})")
    module = Call(f"nn.Adaptive{'Max' if is_max else 'Avg'}Pool{len(at.axes)}d", (plain("output_size", 1),))
    return Code({"": module, **({} if keeps else {"flatten": Call("nn.Flatten")})})


def adaptive(at: Place) -> Code:
    """Return a pool to a size; None keeps an axis."""
    sizes = [
        at.given(axis) if entry is None else entry for axis, entry in zip(at.axes, at.entries("size"), strict=True)
    ]
    which = "Max" if at.layer.kind.name == "adaptivemaxpool" else "Avg"
    return Code({"": Call(f"nn.Adaptive{which}Pool{len(sizes)}d", (plain("output_size", alike(sizes)),))})


def last(at: Place) -> str:
    """Return the size that a dense layer acts on: of an image the channels, or as in PyTorch its last axis."""
    if not at.is_image:
        return "features"
    return at.form()[-1] if at.network.conventions.dense_on_width else "channels"


def behind(size: str, call: str, number: int = 1) -> str:
    """Return how a layer that acts on the last axis is applied to a size; "" where that stands last."""
    inputs = joined([f"{{{place}}}" for place in range(number)])
    if PLACES[size] == -1:
        return "" if number == 1 else f"{call}({inputs})"
    moved = joined([f"{{{place}}}.movedim({PLACES[size]}, -1)" for place in range(number)])
    return f"{call}({moved}).movedim(-1, {PLACES[size]})"


def dense(at: Place) -> Code:
    """Return a linear layer along the features; on an image along the channels, or as PyTorch along the width."""
    if at.key("lora"):
        raise UnwrittenError("low-rank adapters are in another package")
    if at.key("tied"):
        return tied(at)
    size = last(at)
    arguments = (
        at.declared("in_features", size),
        plain("out_features", at.key("units")),
        *unless("bias", at.key("bias"), True),
    )
    module = reparametrized(at, Call("nn.Linear", arguments))
    return finished(at, {"": module}, behind(size, "{part}"))


def tied(at: Place) -> Code:
    """Return a linear layer with the weights of an embedding."""
    if at.is_image:
        raise UnwrittenError("its input is an image")
    units = at.given("features")
    bias = {"bias": Call("nn.Parameter", (Argument("data", f"torch.zeros({units})", named=False),))}
    more = ", {part}" if at.key("bias") else ""
    return finished(at, bias if at.key("bias") else {}, f"F.linear({{0}}, {{tied}}.weight{more})")


def batch_norm(at: Place) -> Code:
    """Return batch normalisation."""
    both(at, "batch norm")
    arguments = (
        at.declared("num_features", at.depth),
        *unless("affine", at.key("scale"), True),
        *unless("track_running_stats", at.key("statistics"), True),
    )
    return along_channels(at, Call(f"nn.BatchNorm{max(len(at.axes), 1)}d", arguments))


def both(at: Place, called: str) -> None:
    """Refuse a scale without a shift, or a shift without a scale."""
    if at.key("scale") != at.key("center"):
        raise UnwrittenError(f"{called} has a scale and a shift, or neither")


def along_channels(at: Place, call: Call) -> Code:
    """Return a module that takes the second axis for the channels; of a sequence that has to be the features."""
    return Code({"": frozen(at, call)}, "{part}({0}.transpose(1, 2)).transpose(1, 2)" if "tokens" in at.form() else "")


def activation(at: Place) -> Code:
    """Return an activation function."""
    return Code({"": function(at.key("function"), 1 if at.is_image else -1)})


def module(name: str, *arguments: str) -> Write:
    """Return how a module is made of some keys; `key=name` says how PyTorch calls it."""

    def write(at: Place) -> Code:
        pairs = [found.partition("=") for found in arguments]
        return Code({"": Call(name, tuple(plain(called, at.key(key)) for key, _, called in pairs))})

    return write


KINDS: dict[str, Write] = {
    **{f"conv{rank}d": convolution for rank in (1, 2, 3)},
    **{f"convtranspose{rank}d": transposed for rank in (1, 2, 3)},
    **{f"depthwiseconv{rank}d": depthwise for rank in (1, 2)},
    **{f"separableconv{rank}d": separable for rank in (1, 2)},
    **{f"{stem}pool{rank}d": pool for stem in ("max", "avg") for rank in (1, 2, 3)},
    **{f"lppool{rank}d": power_pool for rank in (1, 2, 3)},
    **dict.fromkeys(("globalavgpool", "globalmaxpool"), global_pool),
    **dict.fromkeys(("adaptiveavgpool", "adaptivemaxpool"), adaptive),
    "dense": dense,
    "batchnorm": batch_norm,
    "identity": lambda _: Code({"": Call("nn.Identity")}),
    "activation": activation,
    "dropout": module("nn.Dropout", "rate=p"),
}
"""How each kind is written."""

"""Layers of Keras that slide, sum or normalise, each as a kind of the notation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from layerquiz.network.importing.keras.use import Tensor, Use

Write: TypeAlias = Callable[[Use], Tensor]
"""How a call is written down; its first output is returned."""

LINEAR = "linear"


def function(at: Use, found: Any) -> str:
    """Return the name of an activation function: Keras' own, or that of a function or a layer of somebody's own."""
    if hasattr(found, "get_config"):
        return layer_function(at, found)
    name = getattr(found, "__name__", type(found).__name__)
    if not name.isidentifier():
        cure = "Give a function with a name"
        raise at.refused(f'its activation is "{name}", which has no name', cure=cure)
    return str(name)


def layer_function(at: Use, found: Any) -> str:
    """Return the name of the function that a layer without weights is."""
    name = type(found).__name__
    if getattr(found, "weights", ()):
        raise at.refused(f"its activation {name} has weights", cure="Put it behind, as a layer")
    if name == "Activation":
        return function(at, found.activation)
    if name == "ReLU":
        if found.max_value == 6 and not found.negative_slope:
            return "relu6"
        return "leaky_relu" if found.negative_slope else "relu"
    return FUNCTION_LAYERS.get(name, name.lower())


FUNCTION_LAYERS = {"LeakyReLU": "leaky_relu", "UnitNormalization": "unit_normalization", "LogSoftmax": "log_softmax"}


def chosen(at: Use, layer: Any, usual: str = LINEAR) -> str | None:
    """Return the activation function that stands in a layer, None for the usual one."""
    name = function(at, layer.activation)
    if name == "glu":
        raise at.refused("the activation glu halves its output", cure="Put it behind, as keras.layers.Activation")
    return None if name == usual else name


def activation(at: Use) -> Tensor:
    """Write an activation function down; a gated linear unit is a kind of its own."""
    name = layer_function(at, at.op)
    return at.layer("glu") if name == "glu" else at.layer("activation", function=name)


def entries(found: Any) -> list[int]:
    """Return a number for each axis."""
    return [int(entry) for entry in (found if isinstance(found, Sequence) else (found,))]


def word(found: str) -> str | None:
    """Return a padding that is a word; none is nothing."""
    return None if found == "valid" else found


def last(at: Use, layer: Any) -> None:
    """Refuse channels that come first."""
    if getattr(layer, "data_format", None) == "channels_first":
        why = "The sizes of Keras' networks are written with the channels last"
        raise at.refused("its channels come first", why, 'Build it with data_format="channels_last"')


def sliding(at: Use, layer: Any, tensor: Tensor) -> Tensor:
    """Return the input of what slides over it: a sequence is taken as a strip."""
    last(at, layer)
    return at.strip(tensor)


def convolution(at: Use) -> Tensor:
    """Write a convolution of any sort down."""
    return windowed(at, at.op)


def windowed(at: Use, layer: Any, *, framed: bool = False, **more: Any) -> Tensor:
    """Write a convolution down. framed: along a first axis too, on which it stands still."""
    name, rank = type(layer).__name__, layer.rank
    tensor = sliding(at, layer, at.first)
    stem = next(stem for start, stem in STEMS.items() if name.startswith(start))
    still = [1] if framed else []
    keys = {
        "filters": getattr(layer, "filters", None) if stem != "depthwiseconv" else None,
        "kernel": still + entries(layer.kernel_size),
        "stride": still + entries(layer.strides),
        "padding": word(layer.padding),
        "dilation": still + entries(layer.dilation_rate),
        "bias": layer.use_bias,
        "activation": chosen(at, layer),
    }
    if name.endswith("Transpose"):
        stem = "convtranspose"
        keys["output_padding"] = _added(at, layer, tensor)
    elif stem == "conv":
        keys["groups"] = layer.groups
    else:
        keys["multiplier"] = layer.depth_multiplier
    if framed and stem != "conv":
        raise at.refused(f"there is no {name} of each frame in the notation")
    if framed and keys["padding"] == "causal":
        raise at.refused("it pads in front of each frame")
    return at.learned(f"{stem}{rank + len(still)}d", tensor, **keys, **more)


def _added(at: Use, layer: Any, tensor: Tensor) -> list[int] | None:
    """Return the output padding of a transposed convolution, None where it gives the size that Keras gives anyway."""
    if layer.output_padding is None:
        return None
    each = zip(entries(layer.kernel_size), entries(layer.strides), entries(layer.dilation_rate), strict=True)
    least = [stride if layer.padding == "same" else max(gap * (size - 1) + 1, stride) for size, stride, gap in each]
    steps = zip(tensor.shape, entries(layer.strides), least, at.shape, strict=False)
    if all((size - 1) * stride + more == given for size, stride, more, given in steps):
        return None
    return entries(layer.output_padding) * (layer.rank if isinstance(layer.output_padding, int) else 1)


STEMS = {"Depthwise": "depthwiseconv", "Separable": "separableconv", "Conv": "conv"}


def pool(at: Use) -> Tensor:
    """Write a pool over windows down."""
    return pooled(at, at.op)


def pooled(at: Use, layer: Any, *, framed: bool = False) -> Tensor:
    """Write a pool down. framed: along a first axis too, on which it stands still."""
    tensor, still = sliding(at, layer, at.first), [1] if framed else []
    kernel, stride = still + entries(layer.pool_size), still + entries(layer.strides)
    stem = "maxpool" if type(layer).__name__.startswith("Max") else "avgpool"
    steps = None if stride == kernel else stride
    return at.layer(f"{stem}{len(kernel)}d", tensor, kernel=kernel, stride=steps, padding=word(layer.padding))


def global_pool(at: Use) -> Tensor:
    """Write a pool over all positions down."""
    last(at, at.op)
    kind = "globalmaxpool" if type(at.op).__name__.startswith("GlobalMax") else "globalavgpool"
    return at.layer(kind, keepdims=at.op.keepdims)


def adaptive(at: Use) -> Tensor:
    """Write a pool to a size down."""
    tensor = sliding(at, at.op, at.first)
    kind = "adaptivemaxpool" if type(at.op).__name__.startswith("AdaptiveMax") else "adaptiveavgpool"
    return at.layer(kind, tensor, size=entries(at.op.output_size))


def dense(at: Use) -> Tensor:
    """Write a dense layer down."""
    return densely(at, at.op)


def densely(at: Use, layer: Any, **more: Any) -> Tensor:
    """Write a dense layer down; a low-rank adapter stands beside weights without a bias."""
    _unquantised(at, layer)
    rank = getattr(layer, "lora_rank", None) if getattr(layer, "lora_enabled", False) else None
    if rank and layer.use_bias:
        why = "Keras trains the bias beside a low-rank adapter, and in the notation it is frozen"
        raise at.refused("it has an adapter and a bias", why)
    keys = {"units": layer.units, "bias": layer.use_bias, "lora": rank, "activation": chosen(at, layer)}
    if rank and at.lent is None:
        made = at.layer("dense", **keys, **more)
        at.owning.append(made.name)
        return made
    return at.learned("dense", **keys, **more)


def _unquantised(at: Use, layer: Any) -> None:
    if getattr(layer, "quantization_mode", None):
        raise at.refused(f"its weights are quantised to {layer.quantization_mode}", cure="Import it before that")


def summed(at: Use) -> Tensor:
    """Write Einstein's sum down; a size that stays is -1."""
    layer = at.op
    _unquantised(at, layer)
    if getattr(layer, "lora_enabled", False):
        raise at.refused("it has a low-rank adapter")
    if "..." in layer.equation:
        raise at.refused(f'its equation is "{layer.equation}"', cure="Write a letter for each axis")
    inputs, outputs = layer.equation.split(",")[0], layer.equation.split("->")[1]
    shape = [-1 if letter in inputs else size for letter, size in zip(outputs[1:], at.shape, strict=True)]
    keys = {"equation": layer.equation, "shape": shape, "bias_axes": layer.bias_axes or None}
    return at.learned("einsumdense", **keys, activation=chosen(at, layer))


def spectral(at: Use) -> Tensor:
    """Write a layer in the wrapper of spectral norm down."""
    inner = at.op.layer
    if type(inner).__name__ == "Dense":
        return densely(at, inner, spectral_norm=True)
    if type(inner).__name__ in ("Conv1D", "Conv2D", "Conv3D"):
        return windowed(at, inner, spectral_norm=True)
    raise at.refused(f"there is no spectral norm of {type(inner).__name__} in the notation")


def trailing(at: Use, axis: Any) -> int:
    """Return how many of the last axes a normalisation is over; refuse others."""
    count = len(at.first.shape) + 1
    places = sorted({place % count for place in entries(axis)})
    if places != list(range(count - len(places), count)):
        raise at.refused(f"it normalises along the axes {places}", "In the notation these are the last ones")
    return len(places)


def one_last(at: Use, axis: Any) -> None:
    """Refuse a normalisation that has numbers for another axis than the last."""
    if trailing(at, axis) != 1:
        raise at.refused("it has numbers for several axes", "In the notation it has them for each channel")


def batch_norm(at: Use) -> Tensor:
    """Write batch normalisation down."""
    one_last(at, at.op.axis)
    return at.learned("batchnorm", scale=at.op.scale, center=at.op.center)


def layer_norm(at: Use) -> Tensor:
    """Write layer normalisation down."""
    count = trailing(at, at.op.axis)
    keys: dict[str, Any] = {"axes": None if count == 1 else count}
    if type(at.op).__name__ == "RMSNormalization":
        return at.learned("rmsnorm", **keys)
    return at.learned("layernorm", **keys, scale=at.op.scale, center=at.op.center)


def group_norm(at: Use) -> Tensor:
    """Write group normalisation down."""
    one_last(at, at.op.axis)
    groups = at.first.shape[-1] if at.op.groups == -1 else at.op.groups
    return at.learned("groupnorm", groups=groups, scale=at.op.scale, center=at.op.center)


def normalization(at: Use) -> Tensor:
    """Write a normalisation of the input down, of which Keras stores a mean, a variance and a count of the data."""
    is_given = at.op.input_mean is not None
    if not is_given:
        if at.op.axis in (None, ()):
            raise at.refused("it has one mean for all channels", "In the notation it has one for each")
        one_last(at, at.op.axis)
    return at.learned("normalization", given=is_given)


def slopes(at: Use) -> Tensor:
    """Write a parametric ReLU down."""
    axes, shared = range(1, at.rank + 1), sorted(at.op.shared_axes or ())
    if shared not in ([], list(axes), list(axes)[:-1]):
        raise at.refused(f"it shares its slopes along {shared}", "In the notation along all axes, or all but the last")
    is_all = shared == list(axes)
    found = None if is_all else "elements" if not shared else "channels"
    return at.learned("prelu", parameters=found)


LAYERS: dict[str, Write] = {
    **{f"{stem}Conv{rank}D": convolution for stem in ("Depthwise", "Separable") for rank in (1, 2)},
    **{f"Conv{rank}D{end}": convolution for rank in (1, 2, 3) for end in ("", "Transpose")},
    **{f"{stem}Pooling{rank}D": pool for stem in ("Max", "Average") for rank in (1, 2, 3)},
    **{f"Global{stem}Pooling{rank}D": global_pool for stem in ("Max", "Average") for rank in (1, 2, 3)},
    **{f"Adaptive{stem}Pooling{rank}D": adaptive for stem in ("Max", "Average") for rank in (1, 2, 3)},
    **dict.fromkeys(("Activation", "ReLU", "LeakyReLU", "ELU", "Softmax", "UnitNormalization"), activation),
    **dict.fromkeys(("LayerNormalization", "RMSNormalization"), layer_norm),
    "Dense": dense,
    "EinsumDense": summed,
    "SpectralNormalization": spectral,
    "BatchNormalization": batch_norm,
    "GroupNormalization": group_norm,
    "Normalization": normalization,
    "PReLU": slopes,
}
"""How each is written, by the name of its class."""

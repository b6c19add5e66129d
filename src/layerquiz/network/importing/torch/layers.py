"""Layers of PyTorch as the functions that their modules call: `F.conv2d` is a convolution, whoever calls it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from layerquiz.network.importing.forms import IMAGE, SEQUENCE, STRIP
from layerquiz.network.importing.torch.calls import Call, learned
from layerquiz.network.importing.torch.moves import elements
from layerquiz.network.importing.torch.values import Scores, Value, has_batch, is_batch, regrouped, without_batch

CHANNELS = "channels"


def image(call: Call, given: Any = None) -> Value:
    """Return the input of a layer that takes channels first, over a layer with these axes."""
    value = call.first if given is None else call.value(given)
    if value is None or not value.dims or not is_batch(value.dims[0]):
        shape = None if value is None else value.shape
        what = f"{call.name} gets a tensor {shape} whose first axis is not the batch alone"
        raise call.writing.refuse(what, "Its examples are not those of the network", "Keep the batch as the first axis")
    return call.writing.layout.settled(value, CHANNELS)


def entries(found: Any, rank: int) -> Any:
    """Return a number for all axes, or one for each."""
    listed = [int(entry) for entry in found] if isinstance(found, list | tuple) else [int(found)]
    return listed[0] if len(set(listed)) == 1 else listed * (rank if len(listed) == 1 else 1)


def convolution(call: Call) -> Value:
    """Return a convolution; a transposed one has its own arguments."""
    is_transposed = "transpose" in call.name
    middle = "stride padding output_padding groups dilation" if is_transposed else "stride padding dilation groups"
    found = call.bound(f"input weight bias {middle}")
    value, rank, shape = image(call, found["input"]), int(call.name[-2]), tuple(found["weight"].shape)
    weights, biases = call.parameters(found["weight"]), call.parameters(found.get("bias"))
    numbers = ("stride", "dilation", "output_padding")
    keys: dict[str, Any] = {key: entries(found[key], rank) for key in numbers if key in found}
    padding = found.get("padding", 0)
    keys["padding"] = padding if isinstance(padding, str) else entries(padding, rank)
    if keys.get("output_padding") == 0:
        del keys["output_padding"]
    kind = f"conv{'transpose' if is_transposed else ''}{rank}d"
    norm = reparametrized(call, found["weight"], weights, 0)
    return call.writing.after(
        kind,
        value,
        call.shape,
        (*weights, *biases),
        filters=call.shape[1],
        kernel=entries(shape[2:], rank),
        groups=int(found.get("groups", 1)),
        bias=bool(biases),
        **keys,
        **norm,
    )


def reparametrized(call: Call, weight: Any, parameters: Sequence[Any], _: int = 0) -> dict[str, bool]:
    """Return what a layer's keys say of weights that are computed of parameters."""
    numbers, own = prod(weight.shape), sum(parameter.numel() for parameter in parameters)
    marks = call.tracing.marks.get(id(weight), "")
    if own == numbers:
        return {"spectral_norm": True} if marks == "spectral_norm" else {}
    if own == numbers + weight.shape[0] and marks == "weight_norm":
        return {"weight_norm": True}
    names = ", ".join(call.writing.names[id(parameter)] for parameter in parameters)
    what = f"its {numbers:,} weights are computed of {own:,} parameters, {names}"
    raise call.writing.refuse(what, "A layer has as many parameters as weights, or those of weight norm")


def dense(call: Call) -> Value:
    """Return a dense layer along the last axis."""
    found = call.bound("input weight bias")
    value = call.value(found["input"])
    if value is None:
        return call.derived(call.known())  # type: ignore[no-any-return]
    weights, biases = call.parameters(found["weight"]), call.parameters(found.get("bias"))
    if without_batch(value.dims[-1]) != value.dims[-1]:
        raise call.writing.refuse("a dense layer acts on the batch")
    norm = reparametrized(call, found["weight"], weights)
    return linear(call, value, call.shape, (*weights, *biases), units=call.shape[-1], bias=bool(biases), **norm)


def linear(call: Call, value: Value, shape: Sequence[int], parameters: Sequence[Any], **keys: Any) -> Value:
    """Write a dense layer; one that is tied says nothing of its units."""
    settled = call.writing.layout.settled(value)
    made = call.writing.after("dense", settled, shape, parameters, **keys)
    entry = call.writing.entry(made.base.name)
    if "tied" in entry:
        entry.pop("units")
    return made


def bilinear(call: Call) -> Value:
    """Return a bilinear layer of two inputs."""
    found = call.bound("input1 input2 weight bias")
    values = [call.value(found[name]) for name in ("input1", "input2")]
    settled = [call.writing.layout.settled(value) for value in values if value is not None]
    if len(settled) < 2:
        raise call.writing.refuse("a bilinear layer gets an input that is not of the model")
    weights, biases = call.parameters(found["weight"]), call.parameters(found.get("bias"))
    return behind(call, "bilinear", settled, call.shape, (*weights, *biases), units=call.shape[-1], bias=bool(biases))


def behind(
    call: Call, kind: str, sources: Sequence[Value], shape: Sequence[int], parameters: Sequence[Any] = (), **keys: Any
) -> Value:
    """Write a layer of several inputs, all of them settled, whose output has the axes of the first."""
    made = call.writing.after(kind, sources[0], shape, parameters, **keys)
    call.writing.entry(made.base.name)["from"] = [source.base.written() for source in sources]
    return made


def pool(call: Call) -> Any:
    """Return a pool over windows; with the places of its maxima where these are asked for."""
    rank = int(call.name.partition("d")[0][-1]) if call.name[-1] != "s" else int(call.name[8])
    which = call.name[:3]
    if which == "max":
        found = call.bound("input kernel_size stride padding dilation ceil_mode return_indices")
    elif which == "lp_":
        found = call.bound("input norm_type kernel_size stride ceil_mode")
    else:
        found = call.bound("input kernel_size stride padding ceil_mode count_include_pad divisor_override")
    value = image(call, found["input"])
    kernel, stride = entries(found["kernel_size"], rank), found.get("stride")
    keys: dict[str, Any] = {"kernel": kernel}
    if stride not in (None, [], ()) and entries(stride, rank) != kernel:
        keys["stride"] = entries(stride, rank)
    if which != "lp_":
        keys["padding"] = entries(found.get("padding", 0), rank)
    if "dilation" in found:
        keys["dilation"] = entries(found["dilation"], rank)
    keys["ceil"] = bool(found.get("ceil_mode", False))
    kind = {"lp_": "lp"}.get(which, which)
    made = call.writing.after(f"{kind}pool{rank}d", value, call.shape, **keys)
    return made if hasattr(call.output, "shape") else [made, made]


def unpool(call: Call) -> Value:
    """Return an unpooling."""
    found = call.bound("input indices kernel_size stride padding output_size")
    rank = int(call.name[-2])
    value, kernel = image(call, found["input"]), entries(found["kernel_size"], rank)
    stride = found.get("stride")
    keys = {"stride": entries(stride, rank)} if stride is not None and entries(stride, rank) != kernel else {}
    size = found.get("output_size")
    given = {"size": entries(tuple(size)[-rank:], rank)} if size is not None else {}
    padding = entries(found.get("padding", 0), rank)
    return call.writing.after(f"maxunpool{rank}d", value, call.shape, kernel=kernel, padding=padding, **keys, **given)


def fractional(call: Call) -> Any:
    """Return a pool whose windows are drawn."""
    found = call.bound("input kernel_size output_size output_ratio")
    rank = 2 if "2d" in call.name else 3
    ratio = found.get("output_ratio")
    keys = {"ratio": ratio if not isinstance(ratio, tuple) else list(ratio)} if ratio is not None else {}
    if ratio is None:
        keys = {"size": entries(found["output_size"], rank)}
    kernel = entries(found["kernel_size"], rank)
    made = call.writing.after(
        f"fractionalmaxpool{rank}d", image(call, found["input"]), call.shape, kernel=kernel, **keys
    )
    return made if hasattr(call.output, "shape") else [made, made]


def adaptive(call: Call) -> Any:
    """Return a pool to a size: of size 1 a global one."""
    value = image(call)
    which = "max" if "max" in call.name else "avg"
    sizes = call.shape[2:]
    if prod(sizes) == 1:
        made = call.writing.after(f"global{which}pool", value, call.shape, keepdims=True)
    else:
        made = call.writing.after(f"adaptive{which}pool", value, call.shape, size=entries(sizes, len(sizes)))
    return made if hasattr(call.output, "shape") else [made, made]


def batch_norm(call: Call) -> Value:
    """Return a normalisation with a scale for each channel."""
    found = call.bound("input running_mean running_var weight bias")
    return by_channel(call, "batchnorm", found, {"statistics": found.get("running_mean") is not None})


def instance_norm(call: Call) -> Value:
    """Return a normalisation of each channel of each example."""
    found = call.bound("input running_mean running_var weight bias")
    return by_channel(call, "instancenorm", found, {"statistics": found.get("running_mean") is not None})


def group_norm(call: Call) -> Value:
    """Return a normalisation of groups of channels."""
    found = call.bound("input num_groups weight bias eps")
    return by_channel(call, "groupnorm", found, {"groups": int(found["num_groups"])})


def by_channel(call: Call, kind: str, found: dict[str, Any], keys: dict[str, Any]) -> Value:
    """Write a layer with numbers for each channel, the second axis of a tensor; of a sequence these may be features."""
    weights, biases = call.parameters(found.get("weight")), call.parameters(found.get("bias"))
    keys |= {"scale": bool(weights), "center": bool(biases)}
    value = call.value(found["input"])
    if value is not None and is_turned(value) and kind != "instancenorm":
        plain = value.moved((value.dims[0], value.dims[2], value.dims[1]))
        made = call.writing.after(kind, plain, plain.shape, (*weights, *biases), **keys)
        return made.moved((made.dims[0], made.dims[2], made.dims[1]))
    return call.writing.after(kind, image(call, found["input"]), call.shape, (*weights, *biases), **keys)


def is_turned(value: Value) -> bool:
    """Say whether a tensor is a sequence whose features stand before its tokens."""
    plain = value.base.plain
    return value.base.form == SEQUENCE and len(value.dims) == 3 and value.dims[1:] == (plain[1], plain[0])


def layer_norm(call: Call) -> Value:
    """Return a normalisation over the last axes."""
    found = call.bound("input normalized_shape weight bias")
    weights, biases = call.parameters(found.get("weight")), call.parameters(found.get("bias"))
    value = call.writing.layout.settled(call.first)
    number = len(found["normalized_shape"])
    keys: dict[str, Any] = {} if number == 1 else {"axes": number}
    if number == len(value.base.extents) > 1:
        keys = {"axes": "all"}
    kind = "rmsnorm" if call.name == "rms_norm" else "layernorm"
    keys |= {"scale": bool(weights)} if kind == "rmsnorm" else {"scale": bool(weights), "center": bool(biases)}
    return call.writing.after(kind, value, call.shape, (*weights, *biases), **keys)


def slopes(call: Call) -> Value:
    """Return a parametric ReLU."""
    found = call.bound("input weight")
    parameters, number = call.parameters(found["weight"]), found["weight"].numel()
    value = call.value(found["input"])
    if number == 1 and value is not None:
        base = call.writing.layer("prelu", [value], value.base.extents, parameters)
        base.form = value.base.form
        return value.of(base)
    return by_slopes(call, found["input"], parameters)


def by_slopes(call: Call, given: Any, parameters: Sequence[Any]) -> Value:
    """Write a parametric ReLU with a slope for each channel."""
    value = call.value(given)
    if value is not None and is_turned(value):
        plain = value.moved((value.dims[0], value.dims[2], value.dims[1]))
        made = call.writing.after("prelu", plain, plain.shape, parameters, parameters=CHANNELS)
        return made.moved((made.dims[0], made.dims[2], made.dims[1]))
    return call.writing.after("prelu", image(call, given), call.shape, parameters, parameters=CHANNELS)


def interpolate(call: Call) -> Value:
    """Return an image enlarged, or made smaller, by a factor or to a size."""
    found = call.bound("input size scale_factor mode")
    value = image(call, found["input"])
    rank = len(value.dims) - 2
    if found.get("size") is not None:
        keys: dict[str, Any] = {"size": entries(call.shape[2:], rank)}
    else:
        factor = found["scale_factor"]
        listed = list(factor) if isinstance(factor, list | tuple) else [factor] * rank
        listed = [int(entry) if float(entry).is_integer() else float(entry) for entry in listed]
        keys = {"factor": listed[0] if len(set(listed)) == 1 else listed}
    return call.writing.after("upsample", value, call.shape, **keys)


def shuffled(call: Call) -> Value:
    """Return channels moved to positions, back, or dealt out in turn."""
    keys = {"pixel_shuffle": "factor", "pixel_unshuffle": "factor"}
    key, way = keys.get(call.name, "groups"), "down" if "un" in call.name else "up"
    found = call.bound("input number")
    written: dict[str, Any] = {key: int(found.get("number", found.get("groups", found.get(f"{way}scale_factor", 1))))}
    return call.writing.after(call.name.replace("_", ""), image(call), call.shape, **written)


def _cut(call: Call) -> Value:
    """Return an axis cut into windows side by side, with an axis of their entries at the end."""
    found, value = call.bound("input dimension size step"), call.first
    axis = found["dimension"] % len(value.dims)
    dims = regrouped((value.dims[axis],), (call.shape[axis], call.shape[-1]))
    if found["size"] != found["step"] or dims is None or is_batch(value.dims[axis]):
        return call.otherwise()  # type: ignore[no-any-return]
    return value.moved((*value.dims[:axis], dims[0], *value.dims[axis + 1 :], dims[1]))


def windows(call: Call) -> Value:
    """Return windows side by side, or put back into an image."""
    if call.func is not None and getattr(call.func, "__objclass__", None) is not None:
        return _cut(call)  # Tensor.unfold cuts along one axis
    is_fold = call.name in ("fold", "col2im")
    found = call.bound(f"input {'output_size ' if is_fold else ''}kernel_size dilation padding stride")
    value = image(call, found["input"])
    keys = {key: entries(found.get(key, usual), 2) for key, usual in (("dilation", 1), ("padding", 0), ("stride", 1))}
    keys["kernel"] = entries(found["kernel_size"], 2)
    if is_fold:
        keys["size"] = entries(found["output_size"], 2)
    base = call.writing.layer("fold" if is_fold else "unfold", [value], call.shape[1:], **keys)
    base.form = IMAGE if is_fold else STRIP
    return Value(base, (value.dims[0], *base.plain))


def gated(call: Call) -> Value:
    """Return one half of an axis, gated by the other."""
    axis = int(call.bound("input dim").get("dim", -1)) % len(call.shape)
    value = call.writing.layout.settled(call.first)
    place = [number for number, dim in enumerate(value.dims) if not is_batch(dim)].index(axis)
    form = value.base.form
    usual = "channels" if "channels" in form else "features"
    along = None if form[place] == usual else form[place]
    made = call.writing.after("glu", value, call.shape, axis=along)
    made.base.form = form
    return made


def neighbours(call: Call) -> Value:
    """Return local response normalisation."""
    size = int(call.bound("input size")["size"])
    return call.writing.after("lrn", image(call), call.shape, size=size)


def dropout(call: Call) -> Value:
    """Return dropout, whether it is at work just now or not."""
    value = call.first
    found = call.bound("input p").get("p", 0.5)
    if (
        isinstance(value.base, Scores)
        or learned(value.base) is not None
        or not elements(value)
        or not has_batch(value.dims)
    ):
        return value
    base = call.writing.layer("dropout", [value], value.base.extents, rate=float(found))
    base.form = value.base.form
    return value.of(base)


LAYERS: dict[str, Callable[[Call], Any]] = {
    **{f"conv{stem}{rank}d": convolution for rank in (1, 2, 3) for stem in ("", "_transpose")},
    **{f"{stem}_pool{rank}d": pool for rank in (1, 2, 3) for stem in ("max", "avg", "lp")},
    **{f"max_pool{rank}d_with_indices": pool for rank in (1, 2, 3)},
    **{f"max_unpool{rank}d": unpool for rank in (1, 2, 3)},
    **{f"fractional_max_pool{rank}d{more}": fractional for rank in (2, 3) for more in ("", "_with_indices")},
    **{f"adaptive_{stem}_pool{rank}d": adaptive for rank in (1, 2, 3) for stem in ("max", "avg")},
    **{f"adaptive_max_pool{rank}d_with_indices": adaptive for rank in (1, 2, 3)},
    **{
        f"{stem}dropout{more}": dropout
        for stem in ("", "alpha_", "feature_", "feature_alpha_")
        for more in ("", "1d", "2d", "3d")
    },
    **dict.fromkeys(("layer_norm", "rms_norm"), layer_norm),
    **dict.fromkeys(("pixel_shuffle", "pixel_unshuffle", "channel_shuffle", "native_channel_shuffle"), shuffled),
    **dict.fromkeys(("unfold", "im2col", "fold", "col2im"), windows),
    "linear": dense,
    "bilinear": bilinear,
    "batch_norm": batch_norm,
    "instance_norm": instance_norm,
    "group_norm": group_norm,
    "prelu": slopes,
    "interpolate": interpolate,
    "upsample": interpolate,
    "glu": gated,
    "local_response_norm": neighbours,
}
"""How each function is taken."""

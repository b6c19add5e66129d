"""Convolutions and pools of ONNX: windows that slide over an image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from layerquiz.network.importing.draft import cannot
from layerquiz.network.importing.forms import FEATURES, FORMS, IMAGE, STRIP
from layerquiz.network.importing.onnx.file import Node
from layerquiz.network.importing.onnx.laying import Laid
from layerquiz.network.importing.onnx.run import Run
from layerquiz.network.importing.onnx.values import Atom, Value, batch_axis, places, transposed

IMAGES = {1: STRIP, 2: IMAGE, 3: FORMS[4]}


def image(run: Run, node: Node, rank: int) -> Laid:
    """Return an input as channels and so many axes."""
    value = run.value(node)
    if len(value.axes) != rank + 2 or rank not in IMAGES:
        raise cannot(node.where, f"it slides along {rank} axes of an input that has {len(value.axes)} with the batch")
    return run.settled(node, value, "channels")


def numbers(node: Node, name: str, rank: int, plain: int = 1) -> list[int]:
    """Return an attribute with one number for each axis."""
    found = node.attributes.get(name) or [plain] * rank
    if len(found) != rank:
        raise cannot(node.where, f"{name} has {len(found)} numbers for {rank} axes")
    return [int(number) for number in found]


def sides(node: Node, laid: Laid, out: Sequence[int], reach: Sequence[int], stride: Sequence[int]) -> list[list[int]]:
    """Return the padding of each axis, in front and behind."""
    auto, rank = node.attributes.get("auto_pad", "NOTSET"), len(reach)
    if auto in ("NOTSET", ""):
        pads = numbers(node, "pads", 2 * rank, 0)
        return [[pads[axis], pads[axis + rank]] for axis in range(rank)]
    found = []
    for axis, size in enumerate(laid.sizes[1:]):
        missing = max((out[axis] - 1) * stride[axis] + reach[axis] - size, 0) if auto != "VALID" else 0
        found.append([missing // 2, missing - missing // 2][:: 1 if auto != "SAME_LOWER" else -1])
    return found


def put(run: Run, node: Node, laid: Laid, layer: Any, sizes: Sequence[int]) -> None:
    """Give an image of other sizes."""
    run.give(node, laid.value(layer, IMAGES[len(sizes) - 1], tuple(sizes), run.batch))


def convolution(run: Run, node: Node) -> None:
    """Conv: weights of (C_out, C_in / g, K...), and a bias."""
    kernel, bias = run.kernel(node), run.bias(node)
    rank = len(kernel.shape) - 2
    laid, out = image(run, node, rank), run.shape(node)
    size, stride, dilation = kernel.shape[2:], numbers(node, "strides", rank), numbers(node, "dilations", rank)
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, size, strict=True)]
    padding = sides(node, laid, out[2:], reach, stride)
    source = laid.layer
    if any(first != last for first, last in padding):
        source, padding = run.draft.add("zeropad", source, padding=padding), [[0, 0]] * rank
    pending = run.pend(node, f"conv{rank}d", source, filters=kernel.shape[0], kernel=list(size), stride=stride)
    pending.keys |= {"padding": [first for first, _ in padding], "dilation": dilation}
    pending.keys |= {"groups": int(node.attributes.get("group", 1)), "bias": bias is not None}
    pending.weights = {"kernel": kernel, **({"bias": bias} if bias else {})}
    pending.held["shape"] = out[1:]
    put(run, node, laid, pending, out[1:])


def transposed_convolution(run: Run, node: Node) -> None:
    """ConvTranspose: weights of (C_in, C_out / g, K...); what its output lacks or has too much is padding."""
    kernel, bias = run.kernel(node), run.bias(node)
    rank = len(kernel.shape) - 2
    laid, out = image(run, node, rank), run.shape(node)
    size, stride, dilation = kernel.shape[2:], numbers(node, "strides", rank), numbers(node, "dilations", rank)
    padding, more = [], []
    for axis in range(rank):
        full = (laid.sizes[axis + 1] - 1) * stride[axis] + dilation[axis] * (size[axis] - 1) + 1
        cut = full - out[axis + 2]
        asked = int((node.attributes.get("output_padding") or [0] * rank)[axis])
        padding.append(max((cut + asked + 1) // 2, 0))
        more.append(2 * padding[-1] - cut)
    pending = run.pend(node, f"convtranspose{rank}d", laid.layer, filters=out[1], kernel=list(size), stride=stride)
    pending.keys |= {"padding": padding, "output_padding": more if any(more) else None, "dilation": dilation}
    pending.keys |= {"groups": int(node.attributes.get("group", 1)), "bias": bias is not None}
    pending.weights = {"kernel": kernel, **({"bias": bias} if bias else {})}
    pending.held["shape"] = out[1:]
    put(run, node, laid, pending, out[1:])


def pool(run: Run, node: Node) -> None:
    """MaxPool, AveragePool and LpPool; a window that only begins in the image is that of a rounded-up size."""
    kernel = [int(size) for size in node.attributes.get("kernel_shape") or []]
    rank, kind = len(kernel), {"MaxPool": "maxpool", "AveragePool": "avgpool", "LpPool": "lppool"}[node.op]
    laid, out = image(run, node, rank), run.shape(node)
    if len(node.outputs) > 1 and run.uses[node.outputs[1]]:
        raise cannot(node.where, "the places of its maxima are used")
    stride, dilation = numbers(node, "strides", rank), numbers(node, "dilations", rank)
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    padding, source = sides(node, laid, out[2:], reach, stride), laid.layer
    front, up = [first for first, _ in padding], bool(node.attributes.get("ceil_mode", 0))
    rounded = tuple(_rounded_up(*row) for row in zip(laid.sizes[1:], reach, stride, front, strict=True))
    if any(first != last for first, last in padding):
        up = kind == "maxpool" and rounded == out[2:]
        if not up:
            source, front = run.draft.add("zeropad", source, padding=padding), [0] * rank
    elif up and rounded < out[2:]:  # no window starts behind the image, which the inference of sizes does not know
        out = run.shapes[node.outputs[0]] = (*out[:2], *rounded)
    keys: dict[str, Any] = {"kernel": kernel, "stride": None if stride == kernel else stride, "ceil": up}
    keys |= {"padding": front} if kind != "lppool" else {}
    keys |= {"dilation": dilation} if kind == "maxpool" else {}
    pending = run.pend(node, f"{kind}{rank}d", source, **keys)
    pending.called, pending.held["shape"] = node.scope, out[1:]
    put(run, node, laid, pending, out[1:])


def _rounded_up(size: int, reach: int, stride: int, padding: int) -> int:
    return min(-(-(size - reach + 2 * padding) // stride) + 1, -(-(size + padding) // stride))


def whole_pool(run: Run, node: Node) -> None:
    """Give the mean or the maximum over all positions: the Global pools, ReduceMean and ReduceMax."""
    value, kind = run.value(node), "globalmaxpool" if "Max" in node.op else "globalavgpool"
    rank = len(value.axes)
    axes = tuple(range(2, rank)) if node.op.startswith("Global") else reduced_axes(run, node, rank)
    order, keepdims = places(value), node.op.startswith("Global") or bool(node.attributes.get("keepdims", 1))
    if order is None:
        laid = run.settled(node, value)
        value = laid.value(laid.layer, laid.form, laid.sizes, run.batch)
        order = places(value) or []
    left = "channels" if "channels" in value.form else "features"
    batch = batch_axis(value) if rank > len(value.form) else None
    named = {value.form[place - 1]: axis for place, axis in zip(order, _but(rank, batch), strict=True)}
    if {named.get(name) for name in value.form if name != left} != {*axes} or len(value.form) < 2:
        what = f"it reduces the axes {list(axes)} of a tensor of {' x '.join(map(str, value.shape))}"
        raise cannot(node.where, what, "A pool takes all positions of an image or all tokens together")
    kept = value.form.index(left)
    sizes = tuple(size if index == kept else 1 for index, size in enumerate(value.sizes))
    pending = run.pend(node, kind, value.layer, keepdims=False)
    pending.called = node.scope
    pending.held |= {"form": value.form, "sizes": sizes, "shape": (value.sizes[kept],)}
    atoms = tuple(Atom((1,), atom.size) for atom in value.axes[named[left]])
    shape = tuple(
        atoms if axis == named[left] else () if axis != batch else value.axes[axis]
        for axis in range(rank)
        if keepdims or axis not in axes
    )
    run.give(node, Value(pending, FEATURES, (value.sizes[kept],), shape))


def _but(rank: int, batch: int | None) -> list[int]:
    return [axis for axis in range(rank) if axis != batch]


def reduced_axes(run: Run, node: Node, rank: int) -> tuple[int, ...]:
    """Return the axes that a node reduces."""
    found = run.found(node, 1) if len(node.inputs) > 1 else node.attributes.get("axes")
    axes = range(rank) if found is None else [int(axis) for axis in found]
    return tuple(sorted(axis % rank for axis in axes))


def padded(run: Run, node: Node) -> None:
    """Pad: zeros or what the mode says around the positions; negative numbers cut off."""
    value = run.value(node)
    rank = len(value.axes)
    found = node.attributes.get("pads") if len(node.inputs) < 2 else run.found(node, 1)
    named = run.found(node, 3) if len(node.inputs) > 3 else None
    axes = list(range(rank)) if named is None else [int(axis) % rank for axis in named]
    if found is None or not hasattr(found, "__len__") or len(found) != 2 * len(axes):
        raise cannot(node.where, "how much it pads is not a stored number for each side")
    pads = [[0, 0] for _ in range(rank)]
    for place, axis in enumerate(axes):
        pads[axis] = [int(found[place]), int(found[place + len(axes)])]
    if not any(any(pair) for pair in pads):
        run.give(node, value)
        return
    order = places(value)
    if order is not None and "channels" in value.form and rank == len(value.form) + 1:
        back = (0, *(order.index(place) + 1 for place in range(1, rank)))
        value, pads = transposed(value, back), [pads[axis] for axis in back]
    laid = run.settled(node, value, "channels")
    if len(laid.sizes) < 2 or any(pads[0]) or any(pads[1]):
        raise cannot(node.where, "it pads the batch, the channels or the features", "Only positions are padded")
    modes = {"constant": "zeros", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}
    mode = modes.get(str(node.attributes.get("mode", "constant")), "zeros")
    layer, sizes = laid.layer, list(laid.sizes)
    for kind, sign in (("crop", -1), ("zeropad", 1)):
        padding = [[max(sign * side, 0) for side in pair] for pair in pads[2:]]
        if any(any(pair) for pair in padding):
            layer = run.draft.add(kind, layer, padding=padding, **({"mode": mode} if sign > 0 else {}))
            sizes = [sizes[0], *(size + sign * sum(pair) for size, pair in zip(sizes[1:], padding, strict=True))]
    made = laid.value(layer, laid.form, tuple(sizes), run.batch)
    back = (0, *order) if order is not None and rank == len(made.form) + 1 else tuple(range(rank))
    run.give(node, transposed(made, back))


def resized(run: Run, node: Node) -> None:
    """Resize and Upsample: by a factor where the sizes are multiples, else to a size."""
    laid, out = run.settled(node, run.value(node), "channels"), run.shape(node)
    for place in range(1, len(node.inputs)):
        for name, _ in getattr(run.found(node, place), "parts", ()):
            run.note(name, "constant")
    before, after = laid.sizes, out[1:]
    if len(before) < 2 or before[0] != after[0] or len(before) != len(after):
        raise cannot(node.where, "it resizes the channels or the features")
    factors = [new // old if new % old == 0 else 0 for old, new in zip(before[1:], after[1:], strict=True)]
    if all(factors):
        layer = run.draft.add("upsample", laid.layer, factor=factors)
    else:
        layer = run.draft.add("upsample", laid.layer, size=list(after[1:]))
    run.draft.says(node.where, layer, trainable=0, shape=after)
    put(run, node, laid, layer, after)


def shuffled(run: Run, node: Node) -> None:
    """DepthToSpace and SpaceToDepth."""
    laid, out = image(run, node, 2), run.shape(node)
    kind = "pixelshuffle" if node.op == "DepthToSpace" else "pixelunshuffle"
    layer = run.draft.add(kind, laid.layer, factor=int(node.attributes.get("blocksize", 1)), name=node.scope)
    run.draft.says(node.where, layer, trainable=0, shape=out[1:])
    put(run, node, laid, layer, out[1:])


def response(run: Run, node: Node) -> None:
    """LRN: over neighbouring channels."""
    value = run.value(node)
    laid = run.settled(node, value, "channels")
    layer = run.draft.add("lrn", laid.layer, size=int(node.attributes.get("size", 1)), name=node.scope)
    run.give(node, laid.value(layer, laid.form, laid.sizes, run.batch))


HANDLERS = {
    "Conv": convolution,
    "ConvTranspose": transposed_convolution,
    **dict.fromkeys(("MaxPool", "AveragePool", "LpPool"), pool),
    **dict.fromkeys(("GlobalAveragePool", "GlobalMaxPool", "ReduceMean", "ReduceMax"), whole_pool),
    "Pad": padded,
    **dict.fromkeys(("Resize", "Upsample"), resized),
    "DepthToSpace": shuffled,
    "SpaceToDepth": shuffled,
    "LRN": response,
}

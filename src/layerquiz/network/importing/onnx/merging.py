"""Nodes that work number by number: functions, sums and products, and learned scales, shifts and slopes."""

from __future__ import annotations

from math import prod
from typing import Any

from layerquiz.network.importing.draft import cannot
from layerquiz.network.importing.forms import SEQUENCE
from layerquiz.network.importing.onnx import functions
from layerquiz.network.importing.onnx.file import Node
from layerquiz.network.importing.onnx.learned import NORMS
from layerquiz.network.importing.onnx.run import Run
from layerquiz.network.importing.onnx.values import Pending, Scores, Value, Weight, batch_axis, is_strip, places

MERGES = {"Add": "add", "Sum": "add", "Mul": "multiply", "Sub": "subtract", "Mean": "average"}
MERGES |= {"Max": "maximum", "Min": "minimum"}


def single(run: Run, node: Node) -> None:
    """Give a function of each number."""
    found = run.found(node, 0)
    if isinstance(found, Scores):
        run.give(node, found)
        return
    step = "Clip6" if node.op == "Clip" and _bounds(run, node) == (0.0, 6.0) else node.op
    if node.op == "Clip" and _bounds(run, node) == (0.0, None):
        step = "Relu"
    run.give(node, run.function(run.value(node), step, node.scope))


def _bounds(run: Run, node: Node) -> tuple[float | None, float | None]:
    if len(node.inputs) > 1:
        found = [run.found(node, place) for place in (1, 2)]
    else:
        found = [node.attributes.get("min"), node.attributes.get("max")]
    first, last = (float(one) if hasattr(one, "__float__") and getattr(one, "size", 1) == 1 else None for one in found)
    return first, last


def pair(run: Run, node: Node) -> None:
    """Add, Sub, Mul, Div, Pow, Min, Max of two inputs or more."""
    found = [run.found(node, place) for place in range(len(node.inputs))]
    values = [one for one in found if isinstance(one, Value)]
    scores = [one for one in found if isinstance(one, Scores)]
    if scores:
        run.give(node, scores[0])  # a mask, or the scale of the scores
        if len(scores) + len(values) > 1 or any(isinstance(one, Weight) and one.learned for one in found):
            raise cannot(node.where, "it adds computed or learned numbers to the scores of attention")
        return
    if len(found) == 2 and len(values) == 1:
        other = found[1] if isinstance(found[0], Value) else found[0]
        with_stored(run, node, values[0], other, values[0] is found[1])
    elif len(values) == len(found) > 1 or (values and len(found) > 2):
        merged(run, node, [run.value(node, place) for place in range(len(found))])
    elif len(found) == 1 and values:
        run.give(node, values[0])
    else:
        raise cannot(node.where, "it works on stored tensors alone, of which the network is no function")


def with_stored(run: Run, node: Node, value: Value, other: Any, is_behind: bool) -> None:
    """Give a value with stored numbers added or multiplied: learned ones are a bias, a scale, or stand alone."""
    size = int(getattr(other, "size", 1))
    is_named = size > 1 or (run.graph.is_torch and bool(getattr(other, "name", "")))
    is_learned = isinstance(other, Weight) and (other.learned or (other.learned is None and is_named))
    if not is_learned or not isinstance(other, Weight):
        constant(run, node, value, other)
    elif (node.op == "Add" and _is_bias(run, node, value, other, is_behind)) or (
        node.op in ("Mul", "Add") and _is_affine(run, node, value, other)
    ):
        pass
    elif node.op == "Mul" and (scaled := _scaled(run, node, value, other)):
        run.give(node, scaled)
    elif node.op == "Add" and _is_positions(value, other):
        laid = run.settled(node, value)
        rows = other.rows or laid.sizes[0]
        pending = run.pend(node, "positionembedding", laid.layer, positions=None if rows == laid.sizes[0] else rows)
        pending.weights, pending.held["shape"] = {"table": other}, laid.sizes
        pending.called = other.name
        run.give(node, laid.value(pending, laid.form, laid.sizes, run.batch))
    elif node.op in MERGES and (node.op != "Sub" or not is_behind):
        merged(run, node, [value, run.parameter(node, other, len(value.axes))])
    else:
        raise cannot(node.where, "it divides by, or subtracts from, a learned tensor")


def constant(run: Run, node: Node, value: Value, other: Any) -> None:
    """Give a value with constants added or multiplied: a function of each number."""
    if isinstance(other, Weight):
        for name, _ in other.parts:
            run.note(name, "constant")
    if node.op not in functions.ALONE:
        raise cannot(node.where, "it puts constants beside what is computed")
    if run.shape(node) != value.shape:
        raise cannot(node.where, f"constants repeat its input of {value.shape} to {run.shape(node)}")
    run.give(node, run.function(value, node.op, node.scope))


def _is_bias(run: Run, node: Node, value: Value, other: Weight, is_behind: bool) -> bool:
    """Take a sum behind a product with weights as its bias."""
    layer = value.layer
    if not isinstance(layer, Pending) or layer.kind not in ("dense", "part") or layer.name or layer.keys["bias"]:
        return False
    if not run.alone(node, 1 if is_behind else 0) or other.size != layer.held["units"] != 1:
        return False
    if other.shape[-1] != other.size or [a.key[0] for a in value.axes[-1]] != [len(value.form)]:
        return False
    layer.keys["bias"], layer.weights["bias"] = True, other
    run.give(node, value)
    return True


def _is_affine(run: Run, node: Node, value: Value, other: Weight) -> bool:
    """Take a product or a sum behind a norm as its scale or shift."""
    layer, key = value.layer, "scale" if node.op == "Mul" else "center"
    if not isinstance(layer, Pending) or layer.kind not in (*NORMS, "scale") or layer.name:
        return False
    if layer.keys.get(key, True) or (layer.kind == "scale" and layer.keys["parameters"] != spread(value, other)):
        return False
    sizes = layer.held["shape"]
    count = prod(sizes[-layer.held["count"] :]) if "count" in layer.held else 0
    if layer.kind != "scale" and other.size != (count or sizes[0]):
        return False
    if not count and layer.kind != "scale" and spread(value, other) not in ("channels", "elements"):
        return False
    layer.keys[key], layer.weights[key] = True, other
    run.give(node, value)
    return True


def spread(value: Value, other: Weight) -> int | str:
    """Return whether a stored tensor has one number, one for each channel, or one for each element; else nothing."""
    if other.size == 1:
        return 1
    order, rank = places(value), len(value.axes)
    shape = (1,) * (rank - len(other.shape)) + other.shape
    depth = value.form.index("channels" if "channels" in value.form else "features") + 1
    if order is None or len(shape) != rank:
        return ""
    batch = batch_axis(value) if rank > len(value.form) else None
    axes = [axis for axis in range(rank) if axis != batch]
    long = {place: shape[axis] for place, axis in zip(order, axes, strict=True) if shape[axis] > 1}
    if batch is not None and shape[batch] != 1:
        return ""
    if long == {depth: value.sizes[depth - 1]}:
        return "channels"
    return "elements" if long == {p: s for p, s in enumerate(value.sizes, 1) if s > 1} else ""


def _scaled(run: Run, node: Node, value: Value, other: Weight) -> Value | None:
    """Return a value with a learned scale; nothing where its numbers do not stand for channels or elements."""
    found = spread(value, other)
    if not found:
        return None
    pending = run.pend(node, "scale", run.written(value).layer, parameters=found)
    pending.keys["center"] = False
    pending.weights = {"scale": other}
    pending.called, pending.held["shape"] = other.name, value.sizes
    return value.of(pending)


def _is_positions(value: Value, other: Weight) -> bool:
    """Say whether a learned tensor has a vector for each token."""
    order = places(value)
    if value.form != SEQUENCE or order != [1, 2] or other.size != prod(value.sizes):
        return False
    return tuple(size for size in other.shape if size > 1) == tuple(size for size in value.sizes if size > 1)


def merged(run: Run, node: Node, values: list[Value]) -> None:
    """Give several values merged number by number."""
    if len(values) == 2:
        if (gated := _gated(run, node, *values)) is not None:
            run.give(node, gated)
            return
        if (function := run.together(values[0], values[1], node.op, node.scope)) is not None:
            run.give(node, function)
            return
    if node.op not in MERGES:
        raise cannot(node.where, "it divides one computed tensor by another")
    first = values[0]
    if all(value.axes == first.axes and value.form == first.form and places(value) for value in values):
        name = run.draft.add(MERGES[node.op], *(str(run.written(value).layer) for value in values))
        sizes = tuple(max(found) for found in zip(*(value.sizes for value in values), strict=True))
        run.draft.says(node.where, name, trainable=0, shape=sizes)
        run.give(node, first.of(name))
        return
    rank = max(len(value.axes) for value in values)
    want = "channels" if any(is_strip(value) for value in values) else "any"
    laids = [run.settled(node, value, want) for value in values if len(value.axes) == rank or value.layer]
    first_laid = next((laid for laid in laids if laid.batch is not None), laids[0])
    if any(laid.form != first_laid.form for laid in laids):
        forms = " and ".join(" x ".join(map(str, value.shape)) for value in values)
        raise cannot(node.where, f"it merges tensors of {forms} numbers", "Merged layers have the same axes")
    sizes = tuple(max(found) for found in zip(*(laid.sizes for laid in laids), strict=True))
    name = run.draft.add(MERGES[node.op], *(laid.layer for laid in laids))
    run.draft.says(node.where, name, trainable=0, shape=sizes)
    run.give(node, first_laid.value(name, first_laid.form, sizes, run.batch))


def _gated(run: Run, node: Node, first: Value, second: Value) -> Value | None:
    """Return a gated linear unit: one half times the sigmoid of the other."""
    if node.op != "Mul":
        return None
    for half, gate in ((first, second), (second, first)):
        function = gate.layer
        if not isinstance(half.layer, Pending) or half.layer.kind != "half" or not isinstance(function, Pending):
            continue
        other = function.sources[0] if function.kind == "function" and function.held["steps"] == ("Sigmoid",) else None
        if not isinstance(other, Pending) or other.kind != "half" or other.held["of"] is not half.layer.held["of"]:
            continue
        axis = half.layer.held["axis"]
        laid = run.settled(node, half.layer.held["of"])
        place = axis - (1 if laid.batch is not None and laid.batch < axis else 0)
        along = laid.form[place]
        plain = "channels" if "channels" in laid.form else "features"
        name = run.draft.add("glu", laid.layer, axis=None if along == plain else along)
        sizes = tuple(size // 2 if index == place else size for index, size in enumerate(laid.sizes))
        run.draft.says(node.where, name, trainable=0, shape=sizes)
        return laid.value(name, laid.form, sizes, run.batch)
    return None


def slopes(run: Run, node: Node) -> None:
    """PRelu: one slope, one for each channel, or one for each element."""
    value, weight = run.value(node), run.weight(node, 1)
    found = spread(value, weight) if weight else ""
    if not weight or not found:
        raise cannot(node.where, "its slopes stand for neither channels nor elements")
    pending = run.pend(node, "prelu", run.written(value).layer, parameters=found)
    pending.weights, pending.held["shape"] = {"slopes": weight}, value.sizes
    run.give(node, value.of(pending))


def masked(run: Run, node: Node) -> None:
    """Where: scores of attention that are masked; nothing else can be said."""
    found = [one for one in (run.found(node, 1), run.found(node, 2)) if isinstance(one, Scores)]
    if len(found) != 1:
        raise cannot(node.where, "it chooses between computed numbers by a condition")
    run.give(node, found[0])


HANDLERS: dict[str, Any] = {
    **dict.fromkeys(functions.SINGLE.keys() - functions.ALONE - {"Softmax", "LogSoftmax", "Clip6"}, single),
    **dict.fromkeys((*functions.ALONE, *MERGES), pair),
    "PRelu": slopes,
    **dict.fromkeys(("Where",), masked),
    "IsNaN": single,
}

"""Nodes that put the same numbers in another shape or order, cut some of them out, or put several tensors together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Any

from layerquiz.network.importing.draft import cannot
from layerquiz.network.importing.forms import FEATURES, SEQUENCE
from layerquiz.network.importing.onnx import attention
from layerquiz.network.importing.onnx.constants import slices
from layerquiz.network.importing.onnx.file import Node
from layerquiz.network.importing.onnx.laying import Laid
from layerquiz.network.importing.onnx.run import Run
from layerquiz.network.importing.onnx.values import (
    Pending,
    Scores,
    Value,
    Weight,
    is_strip,
    reshaped,
    transposed,
    whole,
)


def same(run: Run, node: Node) -> None:
    """Give the input as it is: Identity, Cast, and what only trains otherwise."""
    found = run.found(node, 0)
    run.give(
        node, replace(found, alias=node.outputs[0]) if isinstance(found, Weight) and node.op == "Identity" else found
    )


def dropout(run: Run, node: Node) -> None:
    """Dropout."""
    value = run.found(node, 0)
    if not isinstance(value, Value):
        run.give(node, value)
        return
    ratio = run.found(node, 1) if len(node.inputs) > 1 else node.attributes.get("ratio")
    rate = 0.5 if ratio is None or not hasattr(ratio, "__float__") else min(max(round(float(ratio), 6), 0.0), 1.0)
    name = run.draft.add("dropout", str(run.written(value).layer), rate=rate, name=node.scope)
    run.give(node, run.written(value).of(name))


def turned(run: Run, node: Node) -> None:
    """Transpose: axes in another order; only the view changes."""
    found = run.found(node, 0)
    if isinstance(found, Scores):
        raise cannot(node.where, "it turns the scores of attention")
    rank = len(found.axes) if isinstance(found, Value) else len(getattr(found, "shape", ()))
    order = tuple(int(axis) for axis in node.attributes.get("perm") or range(rank)[::-1])
    if sorted(order) != list(range(rank)):
        raise cannot(node.where, f"{list(order)} is no order of {rank} axes")
    if isinstance(found, Weight):
        run.give(node, replace(found, shape=tuple(found.shape[axis] for axis in order)))
    else:
        run.give(node, transposed(run.value(node), order))


def shaped(run: Run, node: Node) -> None:
    """Reshape, Flatten, Squeeze and Unsqueeze: the same numbers, whose sizes ONNX has worked out."""
    found, shape = run.found(node, 0), run.shape(node)
    if isinstance(found, Weight):
        if prod(shape) != found.size:
            raise cannot(node.where, "the sizes of a stored tensor do not fit its numbers")
        run.give(node, replace(found, shape=shape))
        return
    if isinstance(found, Scores):
        run.give(node, found)
        return
    value = run.value(node)
    made = reshaped(value, shape)
    if made is None:
        laid = run.settled(node, value)
        made = reshaped(laid.value(laid.layer, laid.form, laid.sizes, run.batch), shape)
    if made is None or len(made.axes) != len(shape):
        sizes = " x ".join(map(str, value.shape))
        what = f"it puts {sizes} numbers into {' x '.join(map(str, shape))}, across the borders of their axes"
        raise cannot(node.where, what, "No layer of the notation says that")
    run.give(node, made)


def expanded(run: Run, node: Node) -> None:
    """Expand and Tile: a stored tensor for each example of the batch, features for each of some tokens."""
    found, shape = run.found(node, 0), run.shape(node)
    if isinstance(found, Weight):
        kept = [size for size in shape if size > 1]
        if kept != [size for size in found.shape if size > 1] and kept[1:] != [s for s in found.shape if s > 1]:
            raise cannot(node.where, "it repeats a stored tensor along other axes than the batch")
        run.give(node, replace(found, shape=shape))
        return
    value = run.value(node)
    if value.form == FEATURES and len(shape) == 3 and (value.shape[1:], shape[2:]) == ((1, *shape[2:]), value.sizes):
        name = run.draft.add("repeatvector", str(run.written(value).layer), times=shape[1])
        run.draft.says(node.where, name, trainable=0, shape=shape[1:])
        run.give(node, whole(name, SEQUENCE, shape[1:], run.batch))
        return
    if value.shape != shape:
        raise cannot(node.where, f"it repeats {value.shape} to {shape}", "No layer of the notation repeats an axis")
    run.give(node, value)


def chosen(run: Run, node: Node) -> None:
    """Gather one place along an axis of computed numbers: a token, or a part of a dense layer."""
    value, index = run.value(node), run.found(node, 1)
    axis = int(node.attributes.get("axis", 0)) % max(len(value.axes), 1)
    if not hasattr(index, "shape") or isinstance(index, Value | Weight) or index.size != 1:
        raise cannot(node.where, "it takes entries at several places, or at places that are computed")
    size = value.shape[axis]
    start = int(index.reshape(-1)[0]) % max(size, 1)
    cut_out(run, node, value, {axis: (start, start + 1)}, drop=axis if index.ndim == 0 else None)


def sliced(run: Run, node: Node) -> None:
    """Slice: what is cut off the positions of an image, one token, or a part of a dense layer."""
    found = run.found(node, 0)
    if isinstance(found, Weight):
        stored_slice(run, node, found)
        return
    value = run.value(node)
    if any(run.found(node, place) is None for place in range(1, 3) if "starts" not in node.attributes):
        raise cannot(node.where, "where it cuts is not stored")
    inputs = [run.found(node, place) for place in range(len(node.inputs))]
    if any(isinstance(found, Value | Weight | Scores) for found in inputs[1:]):
        raise cannot(node.where, "where it cuts is computed")
    bounds = {}
    for axis, (start, end, step) in slices(inputs, node.attributes, len(value.axes)).items():
        size = value.shape[axis]
        places = range(*slice(start, end, step or 1).indices(size))
        if (abs(step) != 1 and len(places) > 1) or step < 0 or not places:
            raise cannot(
                node.where, f"it takes each {step}. place of {size}, or none", "Only whole stretches can be said"
            )
        if len(places) < size:
            bounds[axis] = (places[0], places[-1] + 1)
    cut_out(run, node, value, bounds, is_rest_unread=run.alone(node, 0))


def stored_slice(run: Run, node: Node, weight: Weight) -> None:
    """Give some of the numbers of a stored tensor."""
    shape = run.shape(node)
    inputs = [run.found(node, place) for place in range(len(node.inputs))]
    starts = slices(inputs, node.attributes, len(weight.shape))
    share = prod(shape)
    if shape == weight.shape or weight.rows:
        run.give(node, replace(weight, shape=shape))
        return
    if len(weight.parts) != 1:
        raise cannot(node.where, "it cuts a tensor that is put together")
    start = next(iter(starts.values()))[0] if starts else 0
    run.give(node, Weight(shape, ((weight.parts[0][0], share),), weight.learned, start=start))


def split(run: Run, node: Node) -> None:
    """Split: one stretch of an axis for each output."""
    found = run.found(node, 0)
    rank = len(found.axes) if isinstance(found, Value) else len(found.shape)
    axis, start = int(node.attributes.get("axis", 0)) % max(rank, 1), 0
    is_rest_unread = not all(run.uses[name] or name in run.graph.outputs for name in node.outputs)
    for place, name in enumerate(node.outputs):
        size = run.shape(node, place)[axis]
        bounds = (start, start + size)
        start += size
        one = replace(node, outputs=(name,))
        if isinstance(found, Weight):
            shape = run.shape(node, place)
            parts = ((found.parts[0][0], prod(shape)),) if found.parts else ()
            run.give(one, Weight(shape, parts, found.learned, start=bounds[0]))
        elif run.uses[name] or name in run.graph.outputs:
            is_half = len(node.outputs) == 2
            cut_out(run, one, run.value(node), {axis: bounds}, is_half=is_half, is_rest_unread=is_rest_unread)


def cut_out(
    run: Run,
    node: Node,
    value: Value,
    bounds: dict[int, tuple[int, int]],
    drop: int | None = None,
    is_half: bool = False,
    is_rest_unread: bool = False,
) -> None:
    """Give a stretch of some axes of a value; is_rest_unread: nothing reads what is left, which is still learned."""
    if not bounds or all(bound == (0, value.shape[axis]) for axis, bound in bounds.items()):
        run.give(node, value if drop is None else _dropped(value, drop))
        return
    if len(bounds) == 1:
        ((axis, (start, stop)),) = bounds.items()
        part = None if is_rest_unread else attention.part(value, axis, start, stop)
        if part is not None:
            run.give(node, part if drop is None else _dropped(part, drop))
            return
        if stop == start + 1 and _is_token(value, axis):
            name = _selected(run, node, value, start)
            made = Value(name, FEATURES, value.sizes[1:], _without_tokens(value, axis, drop is not None))
            run.give(node, made)
            return
        if is_half and (made_half := _half(run, node, value, axis, start, stop)) is not None:
            run.give(node, made_half)
            return
    found = _cropped(run, node, value, bounds)
    run.give(node, found if drop is None else _dropped(found, drop))


def _dropped(value: Value, axis: int) -> Value:
    return replace(value, axes=(*value.axes[:axis], *value.axes[axis + 1 :]))


def _is_token(value: Value, axis: int) -> bool:
    return value.form == SEQUENCE and [atom.key for atom in value.axes[axis]] == [(1,)]


def _without_tokens(value: Value, axis: int, is_dropped: bool) -> Any:
    moved = [
        tuple(replace(atom, key=(max(atom.key[0] - 1, 0), *atom.key[1:])) for atom in found) for found in value.axes
    ]
    moved[axis] = ()
    return tuple(moved[:axis] + moved[axis + 1 :] if is_dropped else moved)


def _selected(run: Run, node: Node, value: Value, place: int) -> str:
    """Write a layer that takes one token; a recurrent layer that is read for nothing else gives its last step alone."""
    layer = value.layer
    is_last = place == value.sizes[0] - 1
    if isinstance(layer, Pending) and layer.held.get("reader") in ("Gather", "Slice") and not layer.name and is_last:
        layer.keys["sequences"] = False
        layer.held["shape"] = value.sizes[1:]
        return run.emit(layer)
    name = run.draft.add("select", str(run.written(value).layer))
    run.draft.says(node.where, name, trainable=0, shape=value.sizes[1:])
    return name


def _half(run: Run, node: Node, value: Value, axis: int, start: int, stop: int) -> Value | None:
    """Return half of a value, which may be one of the two that a gated linear unit multiplies."""
    laid = run.settled(node, value)
    if laid.batch == axis:
        return None
    place = axis - (1 if laid.batch is not None and laid.batch < axis else 0)
    sizes = (*laid.sizes[:place], stop - start, *laid.sizes[place + 1 :])
    held = {"of": value, "axis": axis, "start": start, "laid": laid, "place": place, "shape": sizes}
    return laid.value(Pending("half", [], {}, node.where, held=held), laid.form, sizes, run.batch)


def halves(run: Run, pending: Pending) -> str:
    """Write half of a layer's output that is read by something else than a gated linear unit."""
    held = pending.held
    return _part(run, pending.where, held["laid"], held["place"], held["start"], held["shape"])


def _part(run: Run, where: str, laid: Laid, place: int, start: int, sizes: Sequence[int]) -> str:
    along = laid.form[place]
    plain = "channels" if "channels" in laid.form else "features"
    name = run.draft.add("slice", laid.layer, axis=None if along == plain else along, offset=start, size=sizes[place])
    run.draft.says(where, name, trainable=0, shape=sizes)
    return name


def _cropped(run: Run, node: Node, value: Value, bounds: dict[int, tuple[int, int]]) -> Value:
    """Give some entries along some axes: an image without some of its border, and parts of the other axes."""
    laid = run.settled(node, value)
    axes = [axis for axis in range(len(value.axes)) if axis != laid.batch]
    cut = {axes.index(axis): bound for axis, bound in bounds.items() if axis in axes}
    if len(cut) < len(bounds):
        raise cannot(node.where, "it takes some examples of the batch")
    border = {place: bound for place, bound in cut.items() if place and laid.form[0] == "channels"}
    for place, (start, stop) in cut.items():
        if place not in border:
            sizes = (*laid.sizes[:place], stop - start, *laid.sizes[place + 1 :])
            laid = replace(laid, layer=_part(run, node.where, laid, place, start, sizes), sizes=sizes)
    if border:
        padding = [[0, 0] for _ in laid.sizes[1:]]
        for place, (start, stop) in border.items():
            padding[place - 1] = [start, laid.sizes[place] - stop]
        name = run.draft.add("crop", laid.layer, padding=padding)
        left = (size - sum(pair) for size, pair in zip(laid.sizes[1:], padding, strict=True))
        laid = replace(laid, layer=name, sizes=(laid.sizes[0], *left))
        run.draft.says(node.where, name, trainable=0, shape=laid.sizes)
    return laid.value(laid.layer, laid.form, laid.sizes, run.batch)


def joined(run: Run, node: Node) -> None:
    """Concat: along one axis."""
    found = [run.found(node, place) for place in range(len(node.inputs))]
    if all(isinstance(one, Weight) for one in found):
        parts = tuple(part for one in found for part in one.parts)
        run.give(node, Weight(run.shape(node), parts, found[0].learned))
        return
    values = [run.value(node, place) for place in range(len(found))]
    axis = int(node.attributes.get("axis", 0)) % max(len(values[0].axes), 1)
    if len(values) == 1:
        run.give(node, values[0])
        return
    want = "channels" if any(is_strip(value) for value in values) else "any"
    laids = [run.settled(node, value, want) for value in values]
    first = laids[0]
    if first.batch == axis or any(laid.form != first.form for laid in laids):
        raise cannot(node.where, "it puts examples of the batch together, or tensors of other axes")
    place = axis - (1 if first.batch is not None and first.batch < axis else 0)
    sizes = list(first.sizes)
    sizes[place] = sum(laid.sizes[place] for laid in laids)
    plain = "channels" if "channels" in first.form else "features"
    along = first.form[place]
    name = run.draft.add("concat", *(laid.layer for laid in laids), axis=None if along == plain else along)
    run.draft.says(node.where, name, trainable=0, shape=sizes)
    widest = next((laid for laid in laids if laid.batch is not None), first)
    run.give(node, widest.value(name, first.form, tuple(sizes), run.batch))


def softmax(run: Run, node: Node) -> None:
    """Softmax: of scores, what each query sees; else a function."""
    found = run.found(node, 0)
    if isinstance(found, Scores):
        run.give(node, replace(found, normalised=True))
    else:
        run.give(node, run.function(run.value(node), node.op, node.scope))


HANDLERS: dict[str, Any] = {
    **dict.fromkeys(("Identity", "Cast", "CastLike"), same),
    "Dropout": dropout,
    "Transpose": turned,
    **dict.fromkeys(("Reshape", "Flatten", "Squeeze", "Unsqueeze"), shaped),
    **dict.fromkeys(("Expand", "Tile"), expanded),
    "Slice": sliced,
    "Split": split,
    "Concat": joined,
    **dict.fromkeys(("Softmax", "LogSoftmax"), softmax),
}

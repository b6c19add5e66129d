"""Attention as exporters write it: products of queries with keys, a softmax, and a product with values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from layerquiz.network.importing.draft import cannot
from layerquiz.network.importing.forms import SEQUENCE
from layerquiz.network.importing.onnx.file import Node
from layerquiz.network.importing.onnx.run import WRITERS, Run
from layerquiz.network.importing.onnx.values import Atom, Axes, Pending, Scores, Value, batch_axis


def bare(value: Value) -> Value:
    """Return a value without the constants that it is multiplied with."""
    layer = value.layer
    while isinstance(layer, Pending) and layer.kind == "function" and {*layer.held["steps"]} <= {"Mul", "Div"}:
        layer = layer.sources[0]
    return value.of(layer)


def heads_of(value: Value, last: str) -> tuple[int, int] | None:
    """Return heads and their features, where a value is a sequence by heads: (h, T, d), or (h, d, T) for `last` = d.

    The batch stands anywhere; one head has no axis.
    """
    axes = [axis for axis in _without_batch(value) if axis]
    tokens, features = [(Atom((1,), value.sizes[0]),) if value.sizes[0] > 1 else ()], value.sizes[-1]
    if value.form != SEQUENCE:
        return None
    rest = [axis for axis in axes if axis != tokens[0]]
    if len(axes) - len(rest) != (1 if tokens[0] else 0) or any(atom.key[0] != 2 for axis in rest for atom in axis):
        return None
    flat = [atom for axis in rest for atom in axis]
    if sorted(flat, key=lambda atom: atom.key) != flat or len(rest) > 2:
        return None
    if tokens[0] and last == "tokens" and axes[-1] != tokens[0]:
        return None
    each = value.shape[-2] if last == "tokens" else value.shape[-1]
    return (features // each, each) if each and features % each == 0 else None


def _without_batch(value: Value) -> Axes:
    return tuple(tuple(atom for atom in axis if atom.key[0] != 0) for axis in value.axes)


def product(run: Run, node: Node, first: Any, second: Any) -> None:
    """MatMul of two computed tensors."""
    if isinstance(first, Scores) and isinstance(second, Value):
        attended(run, node, first, second)
        return
    if isinstance(first, Value) and isinstance(second, Value):
        query, keys = bare(first), bare(second)
        asked, given = heads_of(query, "features"), heads_of(keys, "tokens")
        if asked and given and asked[1] == given[1]:
            run.give(node, Scores(query, keys, node.where))
            return
    what = "it multiplies two computed tensors with each other, and is no product of queries with keys by heads"
    raise cannot(node.where, what)


def attended(run: Run, node: Node, scores: Scores, value: Value) -> None:
    """Give what the queries see of the values: (h, T, d), whose layer is written with the projection behind it."""
    mixed = bare(value)
    asked, given = heads_of(scores.query, "features"), heads_of(mixed, "features")
    kept = heads_of(scores.keys, "tokens")
    if not scores.normalised or not asked or not given or not kept:
        raise cannot(node.where, "it multiplies scores that are no shares, or something else than values by heads")
    pending = run.pend(node, "attended", None)
    pending.sources = []
    tokens, features = scores.query.sizes[0], asked[0] * given[1]
    pending.held |= {"of": (scores.query, scores.keys, mixed), "heads": asked[0], "kv_heads": kept[0]}
    pending.held |= {"each": (asked[1], given[1]), "shape": (tokens, features)}
    split = ((Atom((2, 0), asked[0]),) if asked[0] > 1 else (), (Atom((2, 1), given[1]),) if given[1] > 1 else ())
    if asked[0] == 1 or given[1] == 1:
        split = tuple(tuple(Atom((2,), atom.size) for atom in axis) for axis in split)  # type: ignore[assignment]
    axes = []
    for axis in scores.query.axes[:-1]:
        batch = tuple(atom for atom in axis if atom.key[0] == 0)
        has_heads = any(atom.key[0] == 2 for atom in axis)
        axes.append((*batch, *split[0]) if has_heads else axis)
    axes.append(split[1])
    run.give(node, Value(pending, SEQUENCE, (tokens, features), tuple(axes)))


def core_of(run: Run, node: Node, value: Value) -> Pending | None:
    """Return attention that waits for the projection of its output, where a dense layer reads all of it in order."""
    layer = value.layer
    if not isinstance(layer, Pending) or layer.kind != "attended" or layer.name or not run.alone(node, 0):
        return None
    batch = batch_axis(value)
    keys = [[atom.key for atom in axis if atom.key[0]] for place, axis in enumerate(value.axes) if place != batch]
    expected = [[(1,)] if value.sizes[0] > 1 else [], [(2,)] if value.sizes[1] > 1 else []]
    return layer if keys == expected else None


def projected(value: Value, pending: Pending, units: int) -> Value:
    """Return the output of the projection behind attention."""
    pending.held |= {"shape": (value.sizes[0], units), "units": units}
    axes = [axis if not any(atom.key[0] == 2 for atom in axis) else (Atom((2,), units),) for axis in value.axes]
    if units == 1 or value.sizes[1] == 1:
        axes[-1] = (Atom((2,), units),) if units > 1 else ()
    return Value(pending, value.form, (value.sizes[0], units), tuple(axes))


def _dense(run: Run, pending: Pending) -> str:
    """Write a dense layer; the one behind attention as its last projection where all four belong together."""
    core = pending.held.get("core")
    if isinstance(core, Pending):
        name = _as_one(run, core, pending)
        if name:
            return name
        pending.sources = [run.emit(core)]
    return run.plain(pending)


def _as_one(run: Run, core: Pending, output: Pending) -> str:
    """Write queries, keys, values and output as one attention layer; nothing where they are not alike."""
    of = [value.layer for value in core.held["of"]]
    parts = [found for found in of if isinstance(found, Pending) and found.kind in ("dense", "part") and not found.name]
    if len(parts) < 3 or len({id(part) for part in parts}) < 3:
        return ""
    all_four = [*parts, output]
    if len({part.keys["bias"] for part in all_four}) > 1:
        return ""
    laids = [part.held["laid"] for part in parts]
    if any(laid.form != SEQUENCE for laid in laids):
        return ""
    query, keys, values = laids
    sources = [query.layer, keys.layer, values.layer]
    if values.layer == keys.layer:
        sources = sources[:2] if keys.layer != query.layer else sources[:1]
    (key, value), heads, width = core.held["each"], core.held["heads"], output.held["units"]
    given = {"features": width if width != query.sizes[1] else None, "heads": heads}
    given |= {"kv_heads": core.held["kv_heads"] if core.held["kv_heads"] != heads else None}
    given |= {"head_features": key if key * heads != width else None, "value_features": value if value != key else None}
    pending = Pending("attention", sources, {**given, "bias": output.keys["bias"]}, core.where, scope=core.scope)
    for place, part in enumerate(all_four):
        part.name = "attention"
        pending.weights |= {
            ("kernel" if role == "kernel" else role) + str(place): w for role, w in part.weights.items()
        }
    pending.called = (
        _common([name for part in all_four for w in part.weights.values() for name, _ in w.parts]) or core.scope
    )
    pending.held["shape"] = output.held["shape"]
    pending.held["own"] = frozenset().union(*(part.held["own"] for part in all_four))
    name = run.plain(pending)
    core.name = name
    for part in parts:
        part.name = name
    return name


def _common(names: list[str]) -> str:
    """Return what the names of stored tensors have in common, up to a dot."""
    plain = [name.split(".") for name in names if "." in name and "::" not in name]
    found = []
    for pieces in zip(*plain, strict=False):
        if len({*pieces}) > 1:
            break
        found.append(pieces[0])
    return ".".join(found)


def _alone(run: Run, pending: Pending) -> str:
    """Write attention without its projections; they are dense layers before and behind it."""
    laids = [str(run.written(value).layer) for value in pending.held["of"]]
    query, keys, values = pending.held["of"]
    if keys.sizes[1] != query.sizes[1] or keys.sizes[0] != values.sizes[0]:
        raise cannot(pending.where, "its queries and keys have other features, and their projections are not alike")
    sources = laids[:1] if laids[0] == laids[1] == laids[2] else laids[:2] if laids[1] == laids[2] else laids
    name = run.draft.add("dotattention", *sources, name=pending.scope)
    run.draft.says(pending.where, name, trainable=0, shape=pending.held["shape"])
    return name


def part(value: Value, axis: int, start: int, stop: int) -> Value | None:
    """Return some of the outputs of a dense layer that waits, as a dense layer of its own; None where it is none."""
    layer = value.layer
    place, count = len(value.form), value.shape[axis]
    atoms = value.axes[axis]
    is_dense = isinstance(layer, Pending) and layer.kind in ("dense", "part") and not layer.name
    if not is_dense or not isinstance(layer, Pending) or "laid" not in layer.held or len(atoms) != 1:
        return None
    if atoms[0].key not in ((place,), (place, 0)):
        return None
    units = layer.held["units"] * (stop - start) // count
    if units < 1:
        return None
    made = replace(layer, kind="part", keys={**layer.keys, "units": units}, weights=dict(layer.weights))
    for role, weight in layer.weights.items():
        shape = (*weight.shape[:-1], weight.shape[-1] * (stop - start) // count)
        parts = tuple((name, number * (stop - start) // count) for name, number in weight.parts)
        made.weights[role] = replace(weight, shape=shape, parts=parts, start=start)
    laid = layer.held["laid"]
    made.held = {**layer.held, "units": units, "shape": (*laid.sizes[:-1], units), "start": start}
    axes = list(value.axes)
    if atoms[0].key == (place,):
        axes[axis] = (Atom((place,), units),) if units > 1 else ()
    else:
        left = stop - start
        axes[axis] = (Atom((place, 0), left),) if left > 1 else ()
        if left == 1:
            axes = [tuple(_inner(atom, place) for atom in found) for found in axes]
    return Value(made, value.form, (*laid.sizes[:-1], units), tuple(axes))


def _inner(atom: Atom, place: int) -> Atom:
    """Return a piece of an axis whose outer piece is gone."""
    return Atom((place, *atom.key[2:]), atom.size) if atom.key[:2] == (place, 1) else atom


def _part(run: Run, pending: Pending) -> str:
    pending.kind = "dense"
    return run.plain(pending)


def _attended(run: Run, pending: Pending) -> str:
    return _alone(run, pending)


WRITERS |= {"dense": _dense, "part": _part, "attended": _attended}

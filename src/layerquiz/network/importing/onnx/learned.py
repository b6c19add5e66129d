"""Dense layers, embeddings and norms of ONNX."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import Any

from layerquiz.network.importing.draft import cannot
from layerquiz.network.importing.forms import FEATURES, IDS, SEQUENCE
from layerquiz.network.importing.onnx import attention
from layerquiz.network.importing.onnx.file import Node
from layerquiz.network.importing.onnx.norms import Norm
from layerquiz.network.importing.onnx.run import Run
from layerquiz.network.importing.onnx.values import Value, Weight, axis_of, batch_axis, places
from layerquiz.network.importing.onnx.windows import reduced_axes

NORMS = ("layernorm", "rmsnorm", "groupnorm", "instancenorm")


def dense(run: Run, node: Node, value: Value, kernel: Weight, bias: Weight | None) -> None:
    """Give a dense layer along the last axis; a bias may still come."""
    core = attention.core_of(run, node, value)
    laid = None if core else run.settled(node, value)
    units = kernel.shape[1]
    pending = run.pend(node, "dense", laid and laid.layer, units=units, bias=bias is not None)
    pending.weights = {"kernel": kernel, **({"bias": bias} if bias else {})}
    if core or laid is None:
        pending.sources, pending.held["core"] = [], core
        run.give(node, attention.projected(value, pending, units))
        return
    sizes = (*laid.sizes[:-1], units)
    pending.held |= {"shape": sizes, "units": units, "laid": laid}
    run.give(node, laid.value(pending, laid.form, sizes, run.batch))


def gemm(run: Run, node: Node) -> None:
    """Gemm: A times stored B, and C."""
    kernel, bias = run.weight(node, 1), run.weight(node, 2)
    if kernel is None or len(kernel.shape) != 2 or node.attributes.get("transA"):
        raise cannot(node.where, "only a product of computed numbers with a stored matrix can be said")
    if node.attributes.get("transB"):
        kernel = replace(kernel, shape=kernel.shape[::-1])
    if bias is not None and (bias.size != kernel.shape[1] or not bias.parts):
        bias = None if bias.size == 1 and not bias.learned else bias
    if bias is not None and bias.size != kernel.shape[1]:
        raise cannot(node.where, f"it adds {bias.size:,} numbers to {kernel.shape[1]:,} units")
    dense(run, node, run.value(node), kernel, bias)


def product(run: Run, node: Node) -> None:
    """MatMul: with a stored matrix a dense layer, else scores of attention or what they choose."""
    first, second = run.found(node, 0), run.found(node, 1)
    if isinstance(second, Weight) and len(second.shape) == 2 and isinstance(first, Value):
        dense(run, node, first, second, None)
    elif not isinstance(first, Weight) and not isinstance(second, Weight):
        attention.product(run, node, first, second)
    else:
        raise cannot(node.where, "only a product of computed numbers with a stored matrix behind them can be said")


def looked_up(run: Run, node: Node, table: Weight) -> None:
    """Gather from a stored table: an embedding, or rows at places that are known."""
    ids = run.found(node, 1)
    if node.attributes.get("axis", 0) or len(table.shape) != 2:
        raise cannot(node.where, f"it looks up entries of a tensor of the sizes {list(table.shape)}")
    if not isinstance(ids, Value):
        if not hasattr(ids, "shape") or isinstance(ids, Weight):
            raise cannot(node.where, "it looks up rows at places that are not known")
        run.give(node, Weight((*ids.shape, table.shape[1]), table.parts, table.learned, rows=table.shape[0]))
        return
    laid = run.settled(node, ids)
    sizes = laid.sizes
    pending = run.pend(node, "embedding", laid.layer, vocabulary=table.shape[0], features=table.shape[1])
    pending.weights = {"table": table}
    if laid.form not in (IDS, FEATURES):
        raise cannot(node.where, f"it looks up ids of {len(sizes)} axes", "An embedding takes a row of ids")
    pending.held["shape"] = (*sizes, table.shape[1])
    axes = (*ids.axes, axis_of(2, table.shape[1]))
    run.give(node, Value(pending, SEQUENCE, (*sizes, table.shape[1]), axes))


def batch_norm(run: Run, node: Node) -> None:
    """BatchNormalization: scale and shift; mean and variance are stored, and are not learned."""
    scale, shift = run.weight(node, 1), run.weight(node, 2)
    for place in (3, 4):
        for name, _ in (run.weight(node, place) or Weight((), ())).parts:
            run.note(name, "statistics")
    keys, weights = _affine(scale, shift)
    per_channel(run, node, "batchnorm", keys, weights)


def instance_norm(run: Run, node: Node) -> None:
    """InstanceNormalization; of channels put together in groups, as exporters write it, a group norm."""
    value, scale, shift = run.value(node), run.weight(node, 1), run.weight(node, 2)
    plain = [found for found in (scale, shift) if found and _plain(run, found)]
    for found in plain:
        for name, _ in found.parts:
            run.note(name, "ones and zeros")
    axis = value.axes[1] if len(value.axes) > 2 else ()
    if len(plain) == 2 and ((axis and axis[0].key[:2] == (1, 0)) or places(value) is None) and "channels" in value.form:
        source = run.written(value)
        groups = prod(atom.size for atom in axis)
        pending = run.pend(node, "groupnorm", source.layer, groups=groups, scale=False, center=False)
        pending.held["shape"] = value.sizes
        run.give(node, value.of(pending))
        return
    keys, weights = _affine(None if scale in plain else scale, None if shift in plain else shift)
    per_channel(run, node, "instancenorm", keys, weights)


def _plain(run: Run, weight: Weight) -> bool:
    """Say whether a scale is ones, or a shift zeros, that the exporter wrote for a norm without them."""
    vectors = [run.graph.vectors.get(name) for name, _ in weight.parts]
    is_made_up = weight.learned is not True and not weight.name
    return is_made_up and all(found is not None and (found == found[0]).all() for found in vectors)


def group_norm(run: Run, node: Node) -> None:
    """GroupNormalization."""
    keys, weights = _affine(run.weight(node, 1), run.weight(node, 2))
    per_channel(run, node, "groupnorm", {"groups": int(node.attributes.get("num_groups", 1)), **keys}, weights)


def _affine(scale: Weight | None, shift: Weight | None) -> tuple[dict[str, Any], dict[str, Weight]]:
    """Return the keys and the weights of a scale and a shift; what is not stored as a tensor is not learned."""
    there = {"scale": scale, "center": shift}
    weights = {key: found for key, found in there.items() if found is not None and found.parts}
    return {key: key in weights for key in there}, weights


def per_channel(run: Run, node: Node, kind: str, keys: dict[str, Any], weights: dict[str, Weight]) -> None:
    """Give a norm with numbers for each channel, seen in whatever order its axes stand."""
    value = run.value(node)
    order = places(value)
    depth = value.form.index("channels" if "channels" in value.form else "features") + 1
    if order is None or len(value.axes) != len(value.form) + 1 or batch_axis(value) != 0 or order[0] != depth:
        laid = run.settled(node, value, "channels" if len(value.axes) > 2 else "any")
        value = laid.value(laid.layer, laid.form, laid.sizes, run.batch)
    pending = run.pend(node, kind, run.written(value).layer, **keys)
    pending.weights = weights
    pending.called, pending.held["shape"] = node.scope, value.sizes
    run.give(node, value.of(pending))


def layer_norm(run: Run, node: Node) -> None:
    """LayerNormalization and RMSNormalization over the last axes."""
    scale, shift = run.weight(node, 1), run.weight(node, 2)
    value = run.value(node)
    axis = int(node.attributes.get("axis", -1)) % max(len(value.axes), 1)
    keys, weights = _affine(scale, shift)
    if node.op != "LayerNormalization":
        keys.pop("center")
    over_last(run, node, value, len(value.axes) - axis, keys, weights)


def over_last(
    run: Run, node: Node, value: Value, count: int, keys: dict[str, Any], weights: dict[str, Weight], output: str = ""
) -> None:
    """Give a norm over so many of the last axes."""
    laid = run.settled(node, value)
    if not 0 < count <= len(laid.sizes):
        raise cannot(node.where, f"it normalises over {count} axes, the batch among them")
    kind = "layernorm" if "center" in keys else "rmsnorm"
    axes = "all" if count == len(laid.sizes) > 1 else "last" if count == 1 else count
    pending = run.pend(node, kind, laid.layer, axes=axes, **keys)
    pending.weights, pending.called = weights, node.scope
    pending.held |= {"shape": laid.sizes, "count": count}
    found = laid.value(pending, laid.form, laid.sizes, run.batch)
    run.values[output or node.outputs[0]] = found


def normed(run: Run, node: Node, norm: Norm) -> None:
    """Give a norm that was written as several nodes: over the last axes, its scale and shift still to come."""
    value = run.values.get(norm.source)
    if not isinstance(value, Value):
        raise cannot(node.where, "it normalises something else than the output of a layer")
    rank = len(value.axes)
    axes = reduced_axes(run, norm.mean, rank)
    if axes != tuple(range(rank - len(axes), rank)):
        raise cannot(node.where, f"it normalises over the axes {list(axes)}", "Only the last ones can be said")
    keys = {"scale": False, "center": False} if norm.centered else {"scale": False}
    over_last(run, node, value, len(axes), keys, {})


HANDLERS = {
    "Gemm": gemm,
    "MatMul": product,
    "BatchNormalization": batch_norm,
    "InstanceNormalization": instance_norm,
    "GroupNormalization": group_norm,
    **dict.fromkeys(("LayerNormalization", "RMSNormalization"), layer_norm),
}

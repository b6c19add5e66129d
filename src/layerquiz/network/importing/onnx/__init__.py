"""ONNX files to the notation: nodes in their order, each as the layer that it is, compared with the stored tensors.

What a file has lost stays lost: exporters fold BatchNorm into the convolution before it, and store equal tensors once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from layerquiz.errors import NetworkError
from layerquiz.network.importing.draft import INPUT, Draft, cannot
from layerquiz.network.importing.forms import FORMS, IDS, STRIP
from layerquiz.network.importing.imported import Imported
from layerquiz.network.importing.onnx import inference, learned, merging, norms, recurrent, shaping, windows
from layerquiz.network.importing.onnx.constants import folded
from layerquiz.network.importing.onnx.file import Graph, Node, read
from layerquiz.network.importing.onnx.laying import laid
from layerquiz.network.importing.onnx.run import WRITERS, Run
from layerquiz.network.importing.onnx.values import Scores, Value, Weight, places, transposed, whole
from layerquiz.network.network import Network
from layerquiz.network.notation import printable, shortened, shown


def _gather(run: Run, node: Node) -> None:
    table = run.found(node, 0)
    if isinstance(table, Weight):
        learned.looked_up(run, node, table)
    else:
        shaping.chosen(run, node)


HANDLERS: Mapping[str, Callable[[Run, Node], None]] = {
    **merging.HANDLERS,
    **shaping.HANDLERS,
    **windows.HANDLERS,
    **learned.HANDLERS,
    **recurrent.HANDLERS,
    "Gather": _gather,
}


def imported(data: bytes, input_shape: Sequence[int] | None = None, name: str = "") -> Imported:
    """Return the network of an ONNX file. input_shape: its sizes without the batch, where the file leaves some open.

    Raises `NetworkError` for what cannot be said, with the node, and where counts or shapes do not agree.
    """
    try:
        graph = read(data)
        run = _started(graph, input_shape, name)
        _translate(run)
        if not run.draft.layers:
            raise cannot("graph", "nothing in it is a layer")
        network = run.draft.checked()
        return Imported(network, _compared(run, network))
    except NetworkError as error:
        raise shortened(error) from None


def _started(graph: Graph, input_shape: Sequence[int] | None, name: str) -> Run:
    """Return an import that knows its input, and the stored tensors."""
    batch, sizes = _sizes(graph, input_shape)
    is_ids = graph.type in (6, 7)
    run = Run(graph, Draft(name or graph.name or "network", {}, "pytorch"), batch)
    run.values |= {
        **graph.weights,
        **graph.constants,
        **{key: weight for key, weight in graph.weights.items() if weight.size > 1 or weight.learned is not False},
    }
    readers = [node for node in graph.nodes if graph.input in node.inputs]
    order = _turned(readers, len(sizes) + 1)
    ordered = tuple(sizes[place - 1] for place in order[1:]) if order else sizes
    form = IDS if is_ids and len(sizes) == 1 else FORMS.get(len(sizes), ())
    if len(sizes) == 2 and _is_strip(run, readers):
        form = STRIP
    if not form or (is_ids and len(sizes) > 1):
        what = f"its input has the sizes {shown(list(sizes))}" + (" of whole numbers" if is_ids else "")
        raise cannot("input", what, cure="A network takes features, a sequence, ids, or an image of 1 to 3 axes")
    run.draft.input = dict(zip(form, ordered, strict=True))
    value = whole(INPUT, form, ordered, batch)
    if order:
        value = transposed(value, tuple(order.index(place) for place in range(len(order))))
    run.values[graph.input] = value
    run.shapes[graph.input], run.types[graph.input] = value.shape, graph.type
    for node in graph.nodes:
        run.uses.update(found for found in {*node.inputs})
        run.readers |= dict.fromkeys(node.inputs, node)
    return run


def _sizes(graph: Graph, input_shape: Sequence[int] | None) -> tuple[int, tuple[int, ...]]:
    """Return the batch (1 where it is open) and the sizes of the input."""
    given = None if input_shape is None else tuple(int(size) for size in input_shape)
    found = graph.sizes or ((None, *(None for _ in given)) if given is not None else ())
    cure = "Give them: layerquiz import MODEL --input 3,224,224, or input_shape=(3, 224, 224) in Python"
    if not found:
        raise cannot("input", "the file does not say how many axes the input has", cure=cure)
    batch, sizes = found[0] or 1, found[1:]
    if given is None:
        if None in sizes:
            said = " x ".join("?" if size is None else str(size) for size in sizes)
            raise cannot("input", f"the file leaves sizes of the input open: {said}", cure=cure)
        return batch, tuple(size for size in sizes if size)
    if any(size < 1 for size in given):
        raise cannot("input", f"the input is said to be {shown(list(given))}", cure="Sizes are from 1 up")
    if len(given) != len(sizes) or any(size not in (None, other) for size, other in zip(sizes, given, strict=True)):
        said = " x ".join("?" if size is None else str(size) for size in sizes)
        raise cannot("input", f"the file has {said}, and {' x '.join(map(str, given))} is given")
    return batch, given


def _turned(readers: Sequence[Node], rank: int) -> list[int]:
    """Return the order in which all readers take the axes, where they put the channels in front first."""
    orders = {tuple(node.attributes.get("perm") or ()) if node.op == "Transpose" else () for node in readers}
    wanted = (0, rank - 1, *range(1, rank - 1))
    return list(wanted) if orders == {wanted} and rank > 3 else []


def _is_strip(run: Run, readers: Sequence[Node]) -> bool:
    """Say whether two axes are channels and a length: what reads them first slides over it, or norms channels."""
    ops = ("Conv", "ConvTranspose", "MaxPool", "AveragePool", "BatchNormalization", "InstanceNormalization")
    if any(node.op in (*ops, "GlobalAveragePool", "GlobalMaxPool", "LpPool") for node in readers):
        return True
    if len(readers) != 1 or readers[0].op not in ("ReduceMean", "ReduceMax"):
        return False
    stored = {node.outputs[0]: node.attributes.get("value") for node in run.graph.nodes if node.op == "Constant"}
    stored |= run.graph.constants | {"": readers[0].attributes.get("axes")}
    axes = stored.get(readers[0].inputs[1] if len(readers[0].inputs) > 1 else "")
    return axes is not None and [int(axis) % 3 for axis in np.asarray(axes).reshape(-1)] == [2]


def _translate(run: Run) -> None:
    """Go through the nodes in their order."""
    written, inner = norms.found(run.graph.nodes, run.uses)
    for node in run.graph.nodes:
        if _is_constant(run, node):
            continue
        if node.op not in HANDLERS:
            raise cannot(node.where, "no layer of the notation says this operator", cure="Leave it out of the export")
        inference.infer(run, node)
        if node.outputs[0] in written:
            norm = written[node.outputs[0]]
            learned.normed(run, node, norm)
        elif node.outputs[0] in inner:
            run.give(node, next((run.found(node, place) for place in range(len(node.inputs))), None))
        else:
            HANDLERS[node.op](run, node)
    for name in run.graph.outputs:
        value = run.values.get(name)
        if isinstance(value, Value):
            _end(run, run.written(value), name)
        elif isinstance(value, Scores) or value is None:
            raise cannot(f'output "{printable(name)[:60]}"', "it is no output of a layer")


def _end(run: Run, value: Value, name: str) -> None:
    """Write what an output is put into another shape by; another order of its axes alone is no layer."""
    if places(value) is None and laid(run.draft, value) is None:
        run.note(name, "order")


def _is_constant(run: Run, node: Node) -> bool:
    """Work out a node that only constants or sizes go into."""
    if not node.outputs:
        raise cannot(node.where, "it has no output")
    inputs = [run.found(node, place) for place in range(len(node.inputs))]
    if node.op in ("Shape", "Size"):
        shape = run.shapes.get(node.inputs[0]) if node.inputs else None
        if shape is None and isinstance(inputs[0] if inputs else None, Weight):
            shape = inputs[0].shape
        found = inference.shape_of(node, shape)
    elif node.op == "CastLike" and hasattr(inputs[0], "dtype"):
        found = inputs[0].astype(getattr(inputs[1], "dtype", np.float32))
    elif any(isinstance(one, Value | Weight | Scores) for one in inputs):
        return False
    else:
        found = folded(node.op, inputs, node.attributes)
    if found is None:
        raise cannot(node.where, "what it works out from constants is not known here, or too large")
    run.values[node.outputs[0]] = found
    run.shapes[node.outputs[0]] = tuple(found.shape)
    return True


def _compared(run: Run, network: Network) -> tuple[str, ...]:
    """Compare the total with the stored tensors; return what the file holds besides."""
    read_here = {name for node in run.graph.nodes for name in node.inputs}
    total = 0
    copies: list[str] = []
    for name, weight in run.graph.weights.items():
        times, rest = divmod(run.counted[name], weight.size) if weight.size else (0, 0)
        left = not times and not rest
        if rest or (left and weight.learned and name in read_here and name not in run.ignored and weight.size):
            what = f"{run.counted[name]:,} of its {weight.size:,} numbers are counted"
            raise cannot(f'tensor "{printable(name)[:60]}"', what, "The layers that read it use it in parts")
        total += run.counted[name]
        copies += [name] if times > 1 else []
    if total != network.values["total"]["trainable"]:
        what = f"its layers learn {network.values['total']['trainable']:,} numbers, the file stores {total:,} for them"
        raise NetworkError(what, cure="This is a fault of the importer: please report the model", slug="import-differs")
    kept = sorted({name for name, why in run.ignored.items() if why not in ("statistics", "order", "tied")})
    notes = (
        ("not learned, so not counted", kept),
        ("stored once for several layers with equal numbers, and counted for each", copies),
        (
            "put into another order at the end, which is not said",
            [n for n, why in run.ignored.items() if why == "order"],
        ),
        (
            "stored again, for a layer that uses the table of an embedding",
            [n for n, w in run.ignored.items() if w == "tied"],
        ),
        ("stored, and read by nothing", list(run.graph.unused)),
    )
    return tuple(f"{what}: {_listed(names)}" for what, names in notes if names)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 8:,} more" if len(names) > 8 else ""
    return ", ".join(printable(name)[:60] for name in names[:8]) + more


WRITERS["half"] = shaping.halves

"""An ONNX file as plain data: its nodes in order, and what its stored tensors are, without the numbers of weights.

Nothing is run, no other file is opened, and what a file claims is compared with what it holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

from layerquiz.errors import NetworkError
from layerquiz.network.importing.draft import cannot
from layerquiz.network.importing.onnx import texts
from layerquiz.network.importing.onnx.constants import MOST_NUMBERS
from layerquiz.network.importing.onnx.schemas import check
from layerquiz.network.importing.onnx.values import AUTOMATIC, Weight
from layerquiz.network.notation import printable, shown

MOST_NODES = 50_000
"""A graph has at most so many nodes: the largest published networks have some thousand."""

FLOATS = {1: 4, 10: 2, 11: 8, 16: 2}
"""The types of weights in ONNX, and the bytes of one number: float32, float16, float64, bfloat16."""

BYTES = {**FLOATS, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 12: 4, 13: 8}
KIND_OF_TENSOR = "pkg.torch.export.graph_signature.InputSpec.kind"
FOLDED_FROM = "pkg.onnxscript.optimizer.folded_from"
SCOPES = "pkg.torch.onnx.name_scopes"
ARGUMENTS = "pkg.torch.onnx.fx_node"
EXTERNAL = 1
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Node:
    """One node. scope: the module that it stands in, where the file says so; own: the parameters that it read there."""

    op: str
    called: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]
    scope: str = ""
    own: frozenset[str] = frozenset()

    @property
    def where(self) -> str:
        """Return how messages call the node."""
        name = printable(self.called or (self.outputs[0] if self.outputs else ""))
        return (
            f'node "{name if len(name) <= LONGEST_NAME else name[:LONGEST_NAME] + "..."}" ({printable(self.op)[:30]})'
        )


@dataclass(frozen=True, slots=True)
class Graph:
    """A file: nodes, the input with its type and sizes (None: open), outputs, weights, and small constants by name.

    vectors: the numbers of vectors that may be no weights. is_torch: nodes say in which module they stand.
    """

    name: str
    opset: int
    nodes: tuple[Node, ...]
    input: str
    type: int
    sizes: tuple[int | None, ...]
    outputs: tuple[str, ...]
    weights: dict[str, Weight] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)
    vectors: dict[str, Any] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    is_torch: bool = False


def read(data: bytes) -> Graph:
    """Return what an ONNX file holds. Raises `NetworkError` where it is none, or claims what it does not hold."""
    import onnx
    from google.protobuf.message import DecodeError

    try:
        model = onnx.load_from_string(data)
    except (DecodeError, ValueError, TypeError, RecursionError) as error:
        why = "It ends too early, or is another kind of file" if isinstance(error, DecodeError) else str(error)
        raise NetworkError("this is not readable as ONNX", why=why, slug="not-onnx") from None
    if not model.graph.node and not model.graph.input:
        raise NetworkError("this ONNX file holds no graph", slug="not-onnx")
    if len(model.graph.node) > MOST_NODES:
        what = f"the graph has {len(model.graph.node):,} nodes"
        raise cannot("graph", what, cure=f"Allowed are {MOST_NODES:,}")
    texts.check(model)
    if model.functions:
        what = f'the file defines a function of its own, "{_cut(model.functions[0].name)}"'
        raise cannot("functions", what, cure="Export the model with its functions inlined")
    return _graph(model)


def _graph(model: Any) -> Graph:
    graph = model.graph
    told = _told(graph)
    weights, constants = _tensors(graph, told)
    opset = next((found.version for found in model.opset_import if found.domain in ("", "ai.onnx")), 0)
    nodes = [_node(found, opset) for found in graph.node]
    inputs = [found for found in graph.input if found.name not in weights and found.name not in constants]
    outputs = tuple(found.name for found in graph.output)
    live, unused = _live(nodes, outputs, {*weights})
    read_here = {name for node in live for name in node.inputs}
    taken = [found for found in inputs if found.name in read_here]
    if len(taken) != 1:
        names = ", ".join(f'"{_cut(found.name)}"' for found in taken[:5])
        what = f"the model has {len(taken)} inputs: {names}" if taken else "the model reads no input"
        raise cannot("graph", what, cure="A network has one input: export the part behind one of them")
    kind = taken[0].type.tensor_type
    sizes = tuple(_size(dim, taken[0].name) for dim in kind.shape.dim) if kind.HasField("shape") else ()
    name = printable(graph.name)[:LONGEST_NAME]
    return Graph(
        name,
        opset,
        live,
        taken[0].name,
        kind.elem_type,
        sizes,
        outputs,
        weights,
        constants,
        _vectors(graph, told),
        unused,
        model.producer_name == "pytorch",
    )


def _size(dim: Any, name: str) -> int | None:
    if dim.WhichOneof("value") != "dim_value":
        return None
    if not 0 < dim.dim_value < 2**40:
        raise cannot(f'input "{_cut(name)}"', f"a size is {dim.dim_value}", cure="Sizes are from 1 up")
    return int(dim.dim_value)


def _cut(name: str) -> str:
    return printable(name)[:LONGEST_NAME]


def _told(graph: Any) -> dict[str, bool]:
    """Return which tensors the exporter calls parameters, and which it calls buffers, where it says so."""
    found: dict[str, bool] = {}
    for value in graph.value_info:
        said = {entry.key: entry.value for entry in value.metadata_props}
        if KIND_OF_TENSOR in said:
            found[value.name] = said[KIND_OF_TENSOR] == "PARAMETER"
    parameters = {name for name, learned in found.items() if learned}
    for value in graph.value_info:
        for entry in value.metadata_props:
            if entry.key == FOLDED_FROM and value.name not in found:
                sources = re.findall(r"'([^']*)'", entry.value)
                if any(name in parameters or "." in name for name in sources):
                    found[value.name] = True
    return found


def _tensors(graph: Any, told: Mapping[str, bool]) -> tuple[dict[str, Weight], dict[str, Any]]:
    """Return the stored tensors: weights by their sizes alone, whole numbers and small constants with their numbers."""
    weights: dict[str, Weight] = {}
    constants: dict[str, Any] = {}
    if graph.sparse_initializer:
        raise cannot("graph", "the file stores sparse tensors", cure="Export the model with dense weights")
    for tensor in graph.initializer:
        if tensor.name in weights or tensor.name in constants:
            raise cannot(f'tensor "{_cut(tensor.name)}"', "the name stands twice")
        shape = _checked(tensor)
        if tensor.data_type in FLOATS:
            learned = told.get(tensor.name, False if prod(shape) == 1 and tensor.name.startswith(AUTOMATIC) else None)
            weights[tensor.name] = Weight(shape, ((tensor.name, prod(shape)),), learned)
        if tensor.data_type not in FLOATS or prod(shape) <= 1:
            found = numbers(tensor)
            if found is not None:
                constants[tensor.name] = found
    return weights, constants


def _vectors(graph: Any, told: Mapping[str, bool]) -> dict[str, Any]:
    """Return the numbers of vectors that may be no weights: factors of an enlargement, a norm's ones and zeros."""
    found = {
        tensor.name: numbers(tensor)
        for tensor in graph.initializer
        if tensor.data_type in FLOATS and len(tensor.dims) == 1 and not told.get(tensor.name)
    }
    return {name: held for name, held in found.items() if held is not None and held.size}


def _checked(tensor: Any) -> tuple[int, ...]:
    """Return a tensor's sizes, which have to fit the bytes that the file holds for it."""
    shape, where = tuple(tensor.dims), f'tensor "{_cut(tensor.name)}"'
    if any(size < 0 for size in shape) or len(shape) > 8:
        raise cannot(where, f"its sizes are {shown(list(shape))}", cure="Sizes are from 0 up")
    if tensor.data_location == EXTERNAL:
        _check_external(tensor, where)
        return shape
    if tensor.data_type not in BYTES:
        raise cannot(where, f"its numbers are of the type {tensor.data_type}", cure="Export the model in float32")
    held = len(tensor.raw_data) // BYTES[tensor.data_type] if tensor.HasField("raw_data") else _typed(tensor)
    if held != prod(shape):
        what = f"it says that it has {shown(prod(shape))} numbers, and holds {held:,}"
        raise cannot(where, what, "The file is damaged")
    return shape


def _typed(tensor: Any) -> int:
    pairs = 2 if tensor.data_type in (14, 15) else 1
    names = ("float_data", "int32_data", "int64_data", "double_data", "uint64_data")
    return max(len(getattr(tensor, name)) for name in names) // pairs


def _check_external(tensor: Any, where: str) -> None:
    """Refuse numbers that lie outside the model's folder; those inside are not read either: sizes are enough."""
    place = next((entry.value for entry in tensor.external_data if entry.key == "location"), "")
    parts = re.split(r"[/\\]", place)
    if not place or place.startswith(("/", "\\", "~")) or ".." in parts or ":" in place:
        what = f'its numbers are said to lie in "{_cut(place)}", outside the folder of the model'
        raise cannot(where, what, cure="Export the model into one file: external_data=False")


def numbers(tensor: Any) -> Any:
    """Return a small tensor's numbers; None where it is large or lies in another file."""
    from onnx import numpy_helper

    if tensor.data_location == EXTERNAL or not 0 <= prod(tensor.dims) <= MOST_NUMBERS:
        return None
    try:
        return numpy_helper.to_array(tensor)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return None


SUBGRAPHS = (5, 10)
TENSOR, TEXT, TEXTS = 4, 3, 8


def _node(found: Any, opset: int) -> Node:
    """Return a node with plain attributes; one that holds a graph of its own is refused by its name."""
    said = {entry.key: entry.value for entry in found.metadata_props}
    scopes = re.findall(r"'([^']*)'", said.get(SCOPES, ""))
    scope = scopes[-2] if len(scopes) > 1 else ""
    if not scopes and "/" in found.name:
        scope = ".".join(part for part in found.name.split("/")[:-1] if part)
    own = frozenset(re.findall(r"%(p_\w+)", said.get(ARGUMENTS, "")))
    op = found.op_type if found.domain in ("", "ai.onnx") else f"{found.domain}.{found.op_type}"
    node = Node(op, found.name, tuple(found.input), tuple(found.output), {}, scope, own)
    if any(entry.type in SUBGRAPHS for entry in found.attribute):
        raise cannot(node.where, "it holds graphs of its own, of which one runs or which run again and again")
    check(found, node.where, opset)
    attributes = {entry.name: _attribute(entry) for entry in found.attribute}
    return Node(op, found.name, node.inputs, node.outputs, attributes, scope, own)


def _attribute(entry: Any) -> Any:
    from onnx import helper

    if entry.type == TENSOR:
        _checked(entry.t)
        return numbers(entry.t)
    try:
        value = helper.get_attribute_value(entry)
    except (ValueError, TypeError):
        return None
    if entry.type == TEXT:
        return value.decode("utf-8", "replace")
    return value if isinstance(value, int | float) else list(value) if entry.type in (6, 7, TEXTS) else None


def _live(nodes: list[Node], outputs: tuple[str, ...], tensors: set[str]) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    """Return the nodes that some output needs, and the stored tensors that none of these reads."""
    makers: dict[str, int] = {}
    for place, node in enumerate(nodes):
        for name in node.outputs:
            if name and name in makers:
                raise cannot(node.where, f'its output "{_cut(name)}" is the output of another node too')
            makers[name] = place
    needed, waiting = set(), [makers[name] for name in outputs if name in makers]
    while waiting:
        place = waiting.pop()
        if place not in needed:
            needed.add(place)
            waiting += [makers[name] for name in nodes[place].inputs if name in makers]
    live = tuple(nodes[place] for place in sorted(needed))
    read_here = {name for node in live for name in node.inputs}
    return live, tuple(name for name in sorted(tensors) if name not in read_here and name not in outputs)

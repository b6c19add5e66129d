"""The sizes of what a node gives, as ONNX itself infers them; what would divide by zero there is refused before."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from layerquiz.network.importing.draft import cannot
from layerquiz.network.importing.onnx.file import Node
from layerquiz.network.importing.onnx.run import Run
from layerquiz.network.importing.onnx.schemas import schema
from layerquiz.network.importing.onnx.values import Scores, Value, Weight
from layerquiz.network.layers.base import LARGEST
from layerquiz.network.notation import shown

FLOAT = 1


def shape_of(node: Node, shape: tuple[int, ...] | None) -> Any:
    """Return what Shape and Size give for known sizes."""
    if shape is None:
        return None
    if node.op == "Size":
        return np.array(prod(shape), dtype=np.int64)
    chosen = slice(node.attributes.get("start", 0), node.attributes.get("end"))
    return np.array(shape[chosen], dtype=np.int64)


def infer(run: Run, node: Node) -> None:
    """Note the sizes of a node's outputs, where they can be known."""
    import onnx
    from onnx import helper, shape_inference

    types, data = {}, {}
    for place, name in enumerate(node.inputs):
        found = run.found(node, place)
        if found is None:
            continue
        if isinstance(found, Value | Scores | Weight):
            shape = run.shapes.get(name) if not isinstance(found, Weight) else found.shape
            if shape is None:
                return
            types[name] = helper.make_tensor_type_proto(run.types.get(name, FLOAT), shape)
            if isinstance(found, Weight) and name in run.graph.vectors:
                data[name] = onnx.numpy_helper.from_array(run.graph.vectors[name], name)
        else:
            array = np.asarray(found)
            array = array.astype(np.float32) if array.dtype == np.float64 else array
            kind = helper.np_dtype_to_tensor_dtype(array.dtype)
            types[name] = helper.make_tensor_type_proto(kind, array.shape)
            data[name] = onnx.numpy_helper.from_array(array, name)
    try:
        proto = helper.make_node(node.op, node.inputs, node.outputs, **_plain(node))
        given = shape_inference.infer_node_outputs(
            schema(node.op, run.graph.opset),
            proto,
            types,
            data,
            opset_imports=[helper.make_opsetid("", run.graph.opset)],
        )
    except (
        onnx.checker.ValidationError,
        onnx.shape_inference.InferenceError,
        onnx.defs.SchemaError,
        RuntimeError,
        ValueError,
        TypeError,
    ) as error:
        why = str(error).strip().splitlines()
        raise cannot(node.where, "its inputs or attributes do not fit it", shown(why[0] if why else "")) from None
    for name, kind in given.items():
        _note(run, node, name, kind)


def _note(run: Run, node: Node, name: str, kind: Any) -> None:
    dims = kind.tensor_type.shape.dim
    run.types[name] = kind.tensor_type.elem_type or FLOAT
    if not kind.tensor_type.HasField("shape") or not all(dim.HasField("dim_value") for dim in dims):
        return
    sizes = tuple(int(dim.dim_value) for dim in dims)
    if any(not 0 < size < LARGEST for size in sizes):
        raise cannot(node.where, f"its output would have the sizes {shown(list(sizes))}", cure="Sizes are from 1 up")
    run.shapes[name] = sizes


def _plain(node: Node) -> dict[str, Any]:
    from onnx import numpy_helper

    found = {key: value for key, value in node.attributes.items() if value is not None}
    return {
        key: numpy_helper.from_array(value) if isinstance(value, np.ndarray) else value for key, value in found.items()
    }

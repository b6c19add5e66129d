"""All texts of an ONNX file, which protobuf hands over as bytes where they are no UTF-8."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from layerquiz.network.importing.draft import cannot
from layerquiz.network.notation import shown


def check(model: Any) -> None:
    """Refuse a file in which a name is no text."""
    wrong = next((found for found in _texts(model) if not isinstance(found, str)), None)
    if wrong is not None:
        raise cannot("graph", f"the name {shown(wrong)} is not UTF-8", "The file is damaged")


def _texts(model: Any) -> Iterator[Any]:
    graph = model.graph
    yield from (model.producer_name, graph.name, *(found.domain for found in model.opset_import))
    yield from (found.name for found in model.functions)
    for node in graph.node:
        yield from (node.name, node.op_type, node.domain, *node.input, *node.output)
        yield from (part for entry in node.metadata_props for part in (entry.key, entry.value))
        for attribute in node.attribute:
            yield attribute.name
            yield from _of_tensor(attribute.t)
    for tensor in graph.initializer:
        yield from _of_tensor(tensor)
    for value in (*graph.input, *graph.output, *graph.value_info):
        yield value.name
        yield from (part for entry in value.metadata_props for part in (entry.key, entry.value))


def _of_tensor(tensor: Any) -> Iterator[Any]:
    yield tensor.name
    yield from (part for entry in tensor.external_data for part in (entry.key, entry.value))

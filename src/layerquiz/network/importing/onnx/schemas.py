"""What ONNX itself says of its operators: how many inputs, which attributes of which types; held before any is read."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from layerquiz.network.importing.draft import cannot
from layerquiz.network.notation import printable, shown

FROM_ONE = ("strides", "dilations", "kernel_shape", "group", "blocksize", "num_groups", "num_outputs", "hidden_size")
"""Attributes by which something is divided, or of which there is at least one."""

LARGEST = 2**31


@lru_cache(maxsize=1024)
def schema(op: str, opset: int) -> Any:
    """Return what ONNX says of an operator in some version of it; None where it has none of that name."""
    import onnx

    try:
        return onnx.defs.get_schema(op, opset, "")
    except onnx.defs.SchemaError:
        return None


def check(node: Any, where: str, opset: int) -> None:
    """Refuse a node with too few inputs or outputs, or an attribute of another type, missing or out of range."""
    found = schema(node.op_type, opset)
    if found is None or node.domain not in ("", "ai.onnx"):
        raise cannot(where, "no layer of the notation says this operator", cure="Leave it out of the export")
    for what, there, least, most in (
        ("inputs", node.input, found.min_input, found.max_input),
        ("outputs", node.output, found.min_output, found.max_output),
    ):
        if not max(least, what == "outputs") <= len(there) <= most:
            raise cannot(where, f"it has {len(there):,} {what}", cure=f"Allowed are {least:,} to {most:,}")
    if any(not name for name in node.input[: found.min_input]) or not node.output[0]:
        raise cannot(where, "an input or its output is left out")
    known = found.attributes
    given = {entry.name: entry for entry in node.attribute}
    for name, entry in given.items():
        if name not in known or int(known[name].type) != entry.type:
            raise cannot(where, f'its attribute "{printable(name)[:40]}" is not known, or of another type')
    for name, attribute in known.items():
        if attribute.required and name not in given:
            raise cannot(where, f'its attribute "{name}" is missing')
    for name in FROM_ONE:
        numbers = [*given[name].ints, *([given[name].i] if not given[name].ints else [])] if name in given else []
        if not all(1 <= number < LARGEST for number in numbers):
            raise cannot(where, f"{name} is {shown(numbers)}", cure="Allowed are whole numbers from 1 up")

"""ONNX files made by hand, node by node, so that their tests need no framework."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

onnx = pytest.importorskip("onnx")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

FLOAT = TensorProto.FLOAT


def weights(**shapes: Sequence[int]) -> list[Any]:
    """Return stored tensors of some sizes, no two of them alike; `_` in a name stands for a dot."""
    import numpy as np

    return [
        numpy_helper.from_array(np.full(tuple(shape), place + 0.5, dtype=np.float32), name.replace("_", "."))
        for place, (name, shape) in enumerate(shapes.items())
    ]


def integers(**values: Any) -> list[Any]:
    """Return stored whole numbers."""
    import numpy as np

    return [numpy_helper.from_array(np.array(found, dtype=np.int64), name) for name, found in values.items()]


def floats(**values: Any) -> list[Any]:
    """Return stored numbers."""
    import numpy as np

    return [numpy_helper.from_array(np.array(found, dtype=np.float32), name) for name, found in values.items()]


def made(
    shape: Sequence[int | str | None],
    nodes: Sequence[Any],
    stored: Sequence[Any] = (),
    kind: int = FLOAT,
    opset: int = 20,
    **more: Any,
) -> Any:
    """Return a model whose input is `x` and whose output is what the last node gives."""
    entry = helper.make_tensor_value_info("x", kind, shape)
    end = helper.make_tensor_value_info(nodes[-1].output[0] if nodes else "x", FLOAT, None)
    graph = helper.make_graph(list(nodes), more.pop("name", "made"), [entry], [end], list(stored))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10, **more)


def node(op: str, inputs: str, output: str, **attributes: Any) -> Any:
    """Return a node; its inputs are parted by blanks, and `-` is one that is left out."""
    return helper.make_node(op, [name.replace("-", "") for name in inputs.split()], output.split(), **attributes)


def chain(*steps: tuple[Any, ...]) -> list[Any]:
    """Return nodes one behind the other, each (op, further inputs, attributes)."""
    nodes, before = [], "x"
    for place, (op, more, attributes) in enumerate(steps):
        nodes.append(node(op, f"{before} {more}".strip(), f"y{place}", **attributes))
        before = f"y{place}"
    return nodes

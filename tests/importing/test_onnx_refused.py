"""What the notation cannot say of an ONNX graph is named with its node, and nothing is dropped silently."""

from __future__ import annotations

from typing import Any

import pytest

from importing.onnx_made import helper, integers, made, node, weights
from layerquiz.errors import NetworkError
from layerquiz.network.importing.onnx import imported

IMAGE = (1, 6, 12, 12)
SEQUENCE = (1, 7, 8)

REFUSED: dict[str, tuple[Any, list[Any], list[Any], str]] = {
    "an operator": (IMAGE, [node("NonZero", "x", "y")], [], r'node "y" \(NonZero\): no layer of the notation'),
    "computed weights": (IMAGE, [node("Conv", "x x", "y")], [], "its input 2 is computed"),
    "a product of images": (IMAGE, [node("MatMul", "x x", "y")], [], "two computed tensors"),
    "a first state": (
        SEQUENCE,
        [
            node("Transpose", "x", "t", perm=[1, 0, 2]),
            node("MaxPool", "t", "s", kernel_shape=[1]),
            node("LSTM", "t w r - - s", "y", hidden_size=8),
        ],
        weights(w=(1, 32, 8), r=(1, 32, 8)),
        "a first state",
    ),
    "a matrix that is used in parts": (
        (1, 8), [node("Slice", "k a b c", "part"), node("MatMul", "x part", "y")],
        [*weights(k=(8, 6)), *integers(a=[0], b=[2], c=[1])], "16 of its 48 numbers are counted",
    ),
    "two inputs": (
        (1, 8), [node("Add", "x z", "y")], [], 'node "y" (Add): it takes "z"|takes "z", which no node',
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_said_is_named_with_its_node(case: str) -> None:
    """Nothing is dropped silently."""
    shape, nodes, stored, message = REFUSED[case]
    with pytest.raises(NetworkError, match=message):
        imported(made(shape, nodes, stored).SerializeToString())


def test_if_and_loop_are_refused_by_name() -> None:
    """A node that holds graphs is named."""
    branch = helper.make_graph([], "then", [], [helper.make_tensor_value_info("x", 1, None)])
    model = made((1, 8), [helper.make_node("If", ["x"], ["y"], name="choice", then_branch=branch, else_branch=branch)])
    with pytest.raises(NetworkError, match=r'node "choice" \(If\): it holds graphs of its own'):
        imported(model.SerializeToString())

"""Files of models drawn at random: changed bytes, any nodes, any bytes at all; never a traceback."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from importing.onnx_made import chain, helper, integers, made, node, onnx, weights
from layerquiz.errors import LayerquizError
from layerquiz.network.importing.contents import kind_of, network_in


def attempt(data: bytes, name: str = "m.onnx") -> None:
    """Import some bytes: a network comes of it, or an error of ours."""
    message = ""
    try:
        network_in(data, name)
    except LayerquizError as error:
        message = str(error)
    assert message.isprintable()


RICH: bytes = made(
    (1, 6, 8, 8),
    [
        *chain(("Conv", "k b", {"strides": [2, 2], "pads": [1, 1, 1, 1]}), ("BatchNormalization", "s b m v", {})),
        node("MaxPool", "y1", "p", kernel_shape=[2, 2], strides=[1, 1]),
        node("Reshape", "p flat", "r"),
        node("Transpose", "r", "t", perm=[0, 2, 1]),
        node("MatMul", "t w", "d"),
        node("Add", "d c", "e"),
        node("Softmax", "e", "f"),
        node("Concat", "e f", "y", axis=-1),
    ],
    [*weights(k=(6, 6, 3, 3), b=(6,), s=(6,), m=(6,), v=(6,), w=(6, 5), c=(5,)), *integers(flat=[0, 6, -1])],
).SerializeToString()


@settings(max_examples=400)
@given(st.data())
def test_changed_bytes_are_an_error_of_ours_or_a_network(data: st.DataObject) -> None:
    """Any few bytes of a file may be anything: there is never a traceback."""
    found = bytearray(RICH)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(found) - 1))
        kind = data.draw(st.sampled_from(("replace", "insert", "delete")))
        if kind == "delete":
            del found[place : place + data.draw(st.integers(1, 8))]
        else:
            found[place : place + (kind == "replace")] = data.draw(st.binary(min_size=1, max_size=4))
    attempt(bytes(found))


OPERATORS = (
    "Conv",
    "Gemm",
    "MatMul",
    "Add",
    "Mul",
    "Reshape",
    "Transpose",
    "Concat",
    "Slice",
    "Split",
    "Gather",
    "LSTM",
)
OPERATORS += (
    "MaxPool",
    "ReduceMean",
    "Pad",
    "Resize",
    "Squeeze",
    "Unsqueeze",
    "Softmax",
    "LayerNormalization",
    "PRelu",
)
OPERATORS += ("Expand", "BatchNormalization", "Flatten", "ConvTranspose", "InstanceNormalization", "Sqrt", "Pow", "Div")
NAMES = ("x", "k", "w", "b", "i", "one", "a1", "a2", "a3")
NUMBERS = st.integers(-3, 9) | st.sampled_from((2**31, -(2**31), 2**62))
ATTRIBUTES = {"axis": NUMBERS, "perm": st.lists(NUMBERS, max_size=5), "pads": st.lists(NUMBERS, max_size=8)}
ATTRIBUTES |= {"kernel_shape": st.lists(NUMBERS, max_size=3), "strides": st.lists(NUMBERS, max_size=3)}
ATTRIBUTES |= {"hidden_size": NUMBERS, "group": NUMBERS, "transB": NUMBERS, "keepdims": NUMBERS, "num_outputs": NUMBERS}


@settings(max_examples=400)
@given(st.data())
def test_any_graph_is_an_error_of_ours_or_a_network(data: st.DataObject) -> None:
    """Nodes of any operator on anything, with any attributes."""
    nodes = []
    for place in range(1, data.draw(st.integers(2, 5))):
        op = data.draw(st.sampled_from(OPERATORS))
        schema = onnx.defs.get_schema(op, 20, "")
        count = data.draw(st.integers(schema.min_input, max(schema.min_input, min(schema.max_input, 4))))
        inputs = data.draw(st.lists(st.sampled_from(NAMES[: 6 + place]), min_size=count, max_size=count))
        known = sorted(name for name in ATTRIBUTES if name in schema.attributes)
        chosen = data.draw(st.lists(st.sampled_from(known), unique=True)) if known else []
        attributes = {name: data.draw(ATTRIBUTES[name]) for name in chosen}
        attributes = {name: value for name, value in attributes.items() if value != []}
        nodes.append(helper.make_node(op, inputs, [f"a{place}"], **attributes))
    shape = data.draw(st.sampled_from(((1, 6, 8, 8), (2, 7, 6), (1, 6), ("n", 6, 8), (1, 1, 1, 6))))
    stored = [*weights(k=(6, 6, 3, 3), w=(6, 6), b=(6,)), *integers(i=[0, 2, -1], one=[1])]
    attempt(made(shape, nodes, stored).SerializeToString())


@given(st.binary(max_size=200), st.sampled_from(("m.onnx", "m.keras", "m.safetensors", "m.pt", "m")))
def test_any_bytes_are_told_apart(data: bytes, name: str) -> None:
    """What a file is can be said of any bytes, and what is no notation is an error of ours."""
    if kind_of(data, name):
        attempt(data, name)

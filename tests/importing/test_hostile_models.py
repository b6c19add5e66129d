"""Files of models from anywhere: one clear message, nothing run, nothing opened, and no more memory than they have."""

from __future__ import annotations

import io
import json
import pickle
import re
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from importing.onnx_made import TensorProto, chain, helper, integers, made, node, onnx, weights
from layerquiz.cli import main
from layerquiz.errors import LayerquizError
from layerquiz.network.importing.onnx import imported

PLAIN = made((1, 3, 9, 9), chain(("Conv", "k", {}), ("Relu", "", {})), weights(k=(4, 3, 3, 3)))
VALID: bytes = PLAIN.SerializeToString()


class Touch:
    """What touches a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def changed(change: Callable[[Any], object]) -> bytes:
    """Return the plain model after a change."""
    model = onnx.ModelProto()
    model.CopyFrom(PLAIN)
    change(model)
    found: bytes = model.SerializeToString()
    return found


def external(place: str) -> bytes:
    """Return the plain model whose kernel is said to lie in another file."""

    def change(model: Any) -> None:
        tensor = model.graph.initializer[0]
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value=place)

    return changed(change)


def stacked(depth: int) -> bytes:
    """Return a model with graphs in graphs."""
    graph = helper.make_graph([], "end", [], [])
    for _ in range(depth):
        graph = helper.make_graph([helper.make_node("If", ["x"], ["y"], then_branch=graph)], "g", [], [])
    model = onnx.ModelProto()
    model.CopyFrom(PLAIN)
    model.graph.CopyFrom(graph)
    found: bytes = model.SerializeToString()
    return found


def archive(**entries: bytes) -> bytes:
    """Return a packed archive; `_` in a name stands for a dot."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name.replace("_", "."), content)
    return stream.getvalue()


def keras_file(**layer: Any) -> bytes:
    """Return a .keras file with an input and one more layer."""
    first = {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, 4], "name": "i"}}
    config = {"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": [first, layer]}}
    return archive(config_json=json.dumps(config).encode(), metadata_json=b"{}")


def renamed(name: str) -> bytes:
    """Return the plain model whose first node, of no known operator, has a name."""

    def change(model: Any) -> None:
        model.graph.node[0].name, model.graph.node[0].op_type = name, "Nonsense"

    return changed(change)


def _twice(model: Any) -> None:
    model.graph.node.add().CopyFrom(model.graph.node[0])


def _cyclic() -> bytes:
    found: bytes = made((1, 8), [node("Add", "x b", "a"), node("Relu", "a", "b")]).SerializeToString()
    return found


def _sizes(*dims: int) -> Callable[[Any], None]:
    def change(model: Any) -> None:
        del model.graph.initializer[0].dims[:]
        model.graph.initializer[0].dims.extend(dims)

    return change


def _attribute(name: str, value: Any) -> Callable[[Any], None]:
    return lambda model: model.graph.node[0].attribute.append(helper.make_attribute(name, value))


def _input(*sizes: int) -> Callable[[Any], None]:
    def change(model: Any) -> None:
        for dim, size in zip(model.graph.input[0].type.tensor_type.shape.dim, sizes, strict=True):
            dim.dim_value = size

    return change


def _constant_of(size: int) -> bytes:
    nodes = [node("ConstantOfShape", "s", "c"), node("Add", "x c", "y")]
    found: bytes = made((1, 8), nodes, integers(s=[size, size])).SerializeToString()
    return found


def _grown() -> bytes:
    """Return a model that doubles a constant thirty times."""
    nodes = [
        node("Concat", f"{'s' if i == 0 else f'c{i}'} {'s' if i == 0 else f'c{i}'}", f"c{i + 1}", axis=0)
        for i in range(30)
    ]
    found: bytes = made((1, 8), [*nodes, node("Reshape", "x c30", "y")], integers(s=[1, 8])).SerializeToString()
    return found


ONNX: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "no graph|no file of a model"),
    "cut off": (lambda: VALID[: len(VALID) // 2], "not readable as ONNX"),
    "zeros": (lambda: b"\x08" + b"\0" * 500, "not readable as ONNX"),
    "2 GB are claimed": (lambda: changed(_sizes(2**14, 2**15, 1, 1)), "has 536870912 numbers, and holds 108"),
    "a size of 2^62": (lambda: changed(_sizes(2**62, 2**62)), "numbers, and holds 108"),
    "a negative size": (lambda: changed(_sizes(-4, -3, 3, 3)), "its sizes are"),
    "a length beyond the end": (lambda: b"\x08\x0a\x3a\xff\xff\xff\xff\x07" + b"x" * 100, "not readable as ONNX"),
    "an input of no size": (lambda: changed(_input(1, 3, 0, 9)), "a size is 0"),
    "an input of a negative size": (lambda: changed(_input(1, 3, -9, 9)), "a size is -9"),
    "an input of 2^50": (lambda: changed(_input(1, 3, 2**50, 9)), "a size is"),
    "a stride of zero": (lambda: changed(_attribute("strides", [0, 1])), "strides is"),
    "a group of zero": (lambda: changed(_attribute("group", 0)), "group is"),
    "padding without end": (lambda: changed(_attribute("pads", [2**62] * 4)), "sizes|do not fit"),
    "an attribute of another type": (lambda: changed(_attribute("group", [1.0, 2.0])), "of another type"),
    "data in the folder above": (lambda: external("../../etc/passwd"), r'"\.\./\.\./etc/passwd", outside'),
    "data at the root": (lambda: external("/etc/passwd"), "outside the folder"),
    "data on another drive": (lambda: external("C:\\secret"), "outside the folder"),
    "data nowhere": (lambda: external(""), "outside the folder"),
    "a cycle": (_cyclic, "which no node before it gives"),
    "a name twice": (lambda: changed(_twice), "is the output of another node too"),
    "graphs in graphs": (lambda: stacked(20), "graphs of its own"),
    "a constant of 10^18": (lambda: _constant_of(10**9), "from constants is not known here, or too large"),
    "a constant that doubles": (_grown, "from constants is not known here, or too large"),
    "a name that is no text": (lambda: VALID.replace(b"Relu", b"Re\x80u"), "is not UTF-8"),
    "control characters": (lambda: renamed("a\x1b[31m\n\u202eb"), r"a\\x1b\[31m\\n\\u202eb"),
}  # fmt: skip

OTHERS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "safetensors that claim 2 GB": (
        "m.safetensors", lambda: struct.pack("<Q", 2**31) + b"{}", "header is said to have 2,147,483,648 bytes",
    ),
    "safetensors of deep JSON": (
        "m.safetensors", lambda: struct.pack("<Q", 200_000) + b'{"a":' * 40_000, "no JSON that can be read",
    ),
    "an archive that is cut off": ("m.keras", lambda: archive(config_json=b"{}")[:-30], "archive cannot be read"),
    "an archive that is packed too well": (
        "m.keras", lambda: archive(config_json=b" " * 30_000_000), "more than 20,000,000 bytes",
    ),
    "an archive of nothing": ("m.keras", lambda: archive(other=b"x"), "holds no model"),
    "a lambda": (
        "m.keras",
        lambda: keras_file(
            module="keras.layers", class_name="Lambda", config={"name": "f", "function": {"class_name": "__lambda__"}}
        ),
        'layer "f": it is a \'Lambda\'',
    ),
    "a class of another module": (
        "m.keras", lambda: keras_file(module="os", class_name="system", config={}), "not Keras' own: 'os'.'system'",
    ),
    "a registered class": (
        "m.keras",
        lambda: keras_file(module="keras.layers", class_name="Dense", registered_name="Mine>Dense", config={}),
        "not Keras' own",
    ),
    "a module that is wrapped": (
        "m.keras",
        lambda: keras_file(module="keras.layers", class_name="TorchModuleWrapper", config={"name": "f"}),
        "TorchModuleWrapper",
    ),
    "a layer that reads a file": (
        "m.keras",
        lambda: keras_file(module="keras.layers", class_name="StringLookup", config={"vocabulary": "/etc/passwd"}),
        "may read another file",
    ),
    "a description of deep JSON": (
        "m.keras", lambda: archive(config_json=b'{"a":' * 100_000), "no JSON that can be read",
    ),
    "a program that torch exported": (
        "m.pt2", lambda: archive(**{"archive_format": b"pt2", "m/models/m_json": b"{}"}), "torch.export.load",
    ),
    "TorchScript": ("m.pt", lambda: archive(**{"m/constants_pkl": b"", "m/code/__torch___py": b""}), "TorchScript"),
    "a state that is packed too well": (
        "m.pt", lambda: archive(**{"m/data_pkl": b"\0" * 10_000_000, "m/version": b"3"}), "packed entries",
    ),
    "HDF5": ("m.h5", lambda: b"\x89HDF\r\n\x1a\n" + b"\0" * 99, "HDF5"),
    "a program": ("m.py", lambda: b"raise SystemExit(7)", "never run"),
    "TensorFlow Lite": ("m.tflite", lambda: b"\x1c\0\0\0TFL3" + b"\0" * 99, "TensorFlow Lite"),
}  # fmt: skip


def refused(tmp_path: Path, name: str, data: bytes) -> str:
    """Return the one message of the command line on a file, which ends with 1; no other file is there afterwards."""
    path = tmp_path / name
    path.write_bytes(data)
    done = CliRunner().invoke(main, ["import", str(path)])
    assert done.exit_code == 1, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert done.output.startswith("Error: ")
    assert done.output.count("\n") == 1
    assert done.output.strip().isprintable()
    assert len(done.output) < 900
    assert [*tmp_path.iterdir()] == [path]
    return done.output


@pytest.mark.parametrize("case", ONNX)
def test_a_hostile_onnx_file_is_one_message(tmp_path: Path, case: str) -> None:
    """What a file claims and does not hold, or holds and cannot be, is told with its place."""
    make, message = ONNX[case]
    assert re.search(message, refused(tmp_path, "m.onnx", make()))


@pytest.mark.parametrize("case", OTHERS)
def test_other_files_of_models_are_one_message(tmp_path: Path, case: str) -> None:
    """Files that hold no structure, or would have to be run, are told with the way out."""
    name, make, message = OTHERS[case]
    assert message in refused(tmp_path, name, make())


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
@pytest.mark.parametrize("name", ["m.pt", "m.pkl", "m"])
def test_a_pickle_is_never_opened(tmp_path: Path, protocol: int, name: str) -> None:
    """What would touch a file when it is unpickled touches nothing."""
    if protocol == 0 and name == "m":
        pytest.skip("a text without a suffix is read as the notation")
    touched = tmp_path / "touched"
    message = refused(tmp_path, name, pickle.dumps(Touch(touched), protocol))
    assert "pickle" in message
    assert not touched.exists()


def test_a_state_of_pytorch_says_what_it_holds(torch: Any, tmp_path: Path) -> None:
    """Numbers without structure are counted; a pickle in the same archive is refused, and touches nothing."""
    stream = io.BytesIO()
    torch.save(torch.nn.Linear(8, 3).state_dict(), stream)
    assert "(2 tensors, 27 numbers)" in refused(tmp_path, "m.pt", stream.getvalue())
    stream, touched = io.BytesIO(), tmp_path / "touched"
    torch.save({"a": Touch(touched)}, stream)
    assert "pickle" in refused(tmp_path, "m.pt", stream.getvalue())
    assert not touched.exists()


def test_the_header_of_safetensors_says_what_it_holds(tmp_path: Path) -> None:
    """Sizes alone are read."""
    header = json.dumps({"a": {"dtype": "F32", "shape": [8, 3], "data_offsets": [0, 96]}}).encode()
    message = refused(tmp_path, "m.safetensors", struct.pack("<Q", len(header)) + header + bytes(96))
    assert "(1 tensors, 24 numbers)" in message


def test_a_million_nodes_are_too_many() -> None:
    """How many nodes there are is looked at before any of them is."""

    def change(model: Any) -> None:
        model.graph.node.extend([model.graph.node[1]] * 1_000_000)

    with pytest.raises(LayerquizError, match="1,000,002 nodes"):
        imported(changed(change))


def test_data_beside_the_model_is_not_opened(tmp_path: Path) -> None:
    """Sizes are enough: numbers in another file of the folder are neither needed nor read."""
    network = imported(external("weights.bin")).network
    assert network.value("total.parameters") == 108


def test_memory_follows_the_file_and_not_its_claims(tmp_path: Path) -> None:
    """What is claimed takes no memory."""
    cases = [make() for case, (make, _) in ONNX.items() if "2^" in case or "10^" in case or "doubles" in case]
    tracemalloc.start()
    for data in cases:
        with pytest.raises(LayerquizError):
            imported(data)
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()

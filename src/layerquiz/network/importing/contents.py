"""Files of models: which kind one is, told by its content, and what may be read of it without running anything."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NoReturn

from layerquiz.errors import NetworkError
from layerquiz.network.importing.imported import Imported, needs
from layerquiz.network.network import Network
from layerquiz.network.notation import printable, shortened

MOST_ENTRIES = 20_000
"""An archive has at most so many entries; those of models have one for each tensor."""

HEADER = 100_000_000
"""The header of safetensors has at most so many bytes, as its own library demands."""

HDF5 = b"\x89HDF\r\n\x1a\n"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
PICKLED = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
SUFFIXES = {
    "onnx": "onnx",
    "keras": "archive",
    "h5": "hdf5",
    "hdf5": "hdf5",
    "pt": "pickle",
    "pth": "pickle",
    "pkl": "pickle",
    "pickle": "pickle",
    "ckpt": "pickle",
    "pt2": "archive",
    "safetensors": "safetensors",
    "py": "python",
    "tflite": "tflite",
}
"""What a file is by its name, where its content does not say."""

MADE_UP = (
    "main_graph",
    "main",
    "torch_jit",
    "torch-jit-export",
    "tf2onnx",
    "graph",
    "network",
    "sequential",
    "functional",
)
"""Names that exporters give to every network."""

FROM_TORCH = (
    "In Python: import layerquiz as lq; net = lq.Network.from_torch(model, (3, 224, 224)), with your class and sizes; "
    'or torch.onnx.export(model, (torch.zeros(1, 3, 224, 224),), "model.onnx")'
)


def kind_of(data: bytes, name: str = "") -> str:
    """Return what a file is: onnx, archive, hdf5, pickle, safetensors, tflite, python; "" for a text in the notation.

    data: at least its first kilobyte. name: of the file, which says what its content leaves open.
    """
    if data.startswith(ZIP):
        return "archive"
    if data.startswith(HDF5):
        return "hdf5"
    if data.startswith(PICKLED):
        return "pickle"
    if data[4:8] == b"TFL3":
        return "tflite"
    if len(data) > 9 and data[8:9] == b"{" and struct.unpack("<Q", data[:8])[0] and data[4:8] == b"\0\0\0\0":
        return "safetensors"
    suffix = SUFFIXES.get(name.rpartition(".")[2].lower(), "") if "." in name else ""
    if suffix:
        return suffix
    is_text = not data.startswith(b"\x08") and b"\0" not in data[:1000]
    return "" if is_text or data.startswith((b"\xff\xfe", b"\xfe\xff")) else "onnx"


def network_in(data: bytes, name: str = "", input_shape: Sequence[int] | None = None, called: str = "") -> Imported:
    """Return the network of a model's file, every layer by itself, with what the file holds besides.

    name: of the file. called: of the network. Raises `NetworkError` with the cure for what holds no network, or would
    have to be run. Nothing of the file is.
    """
    try:
        found = READERS[kind_of(data, name)](data, input_shape, called)
    except NetworkError as error:
        raise shortened(error) from None
    if called or found.network.name not in MADE_UP or name == "-":
        return found
    stem = name.rpartition("/")[2].partition(".")[0]
    return Imported(Network.parse({**found.network.spec, "name": stem or "network"}), found.notes)


def _onnx(data: bytes, input_shape: Sequence[int] | None, called: str) -> Imported:
    needs("onnx", "onnx")
    from layerquiz.network.importing.onnx import imported

    return imported(data, input_shape, called)


def _archive(data: bytes, input_shape: Sequence[int] | None, called: str) -> Imported:
    """Read an archive: Keras' own, of which the description alone is read; those of PyTorch are told."""
    import io
    import zipfile

    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError, OSError) as error:
        why = printable(str(error))
        raise NetworkError("this archive cannot be read", why=why, cure="Save the model again", slug="model") from None
    if len(entries) > MOST_ENTRIES:
        what = f"the archive has {len(entries):,} entries"
        raise NetworkError(what, cure=f"Allowed are {MOST_ENTRIES:,}", slug="model")
    names = [entry.filename for entry in entries]
    if "config.json" in names:
        from layerquiz.network.importing.keras.file import keras_model

        return Imported(keras_model(archive, input_shape, called))
    ends = {name.rpartition("/")[2] for name in names}
    if any(name.endswith(".json") and "/models/" in f"/{name}" for name in names) or "archive_format" in ends:
        what = (
            "a program saved by torch.export, whose example inputs and some weights are pickles: to open one runs code"
        )
        cure = 'Where you trust it: torch.onnx.export(torch.export.load("model.pt2"), f="model.onnx"), and import that'
        raise NetworkError(what, cure=cure, slug="no-structure")
    if "constants.pkl" in ends and any("/code/" in f"/{name}" for name in names):
        what = "a TorchScript archive: to open one runs its code"
        raise NetworkError(what, cure=FROM_TORCH, slug="no-structure")
    if "data.pkl" in ends:
        if any(entry.compress_type or entry.file_size > len(data) for entry in entries):
            what = "an archive of PyTorch with packed entries, which PyTorch does not write"
            raise NetworkError(what, cure="Save the model again", slug="model")
        _told(*_state(data))
    if names:
        nearby = ", ".join(sorted(printable(name)[:30] for name in names[:3]))
        raise NetworkError("this archive holds no model", why=f"It has {nearby}", slug="no-structure")
    raise NetworkError("this archive is empty", slug="no-structure")


def _state(data: bytes) -> tuple[int, int]:
    """Return how many tensors a file of PyTorch holds and of how many numbers, as read with weights alone."""
    import io

    try:
        import torch
    except ImportError:
        return 0, 0
    try:
        found = torch.load(io.BytesIO(data), map_location="meta", weights_only=True)
    except Exception as error:  # noqa: BLE001 -- whatever the reader stumbles over in a file from anywhere
        if "WeightsUnpickler" in str(error) or "weights_only" in str(error):
            _refused()
        raise NetworkError("this file of PyTorch is damaged", cure="Save it again", slug="model") from None
    tensors = list(_tensors(found))
    return len(tensors), sum(tensor.numel() for tensor in tensors)


def _tensors(found: Any) -> list[Any]:
    """Return the tensors in dictionaries and lists, wherever they stand."""
    import torch

    waiting, tensors, seen = [found], [], set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, torch.Tensor):
            tensors.append(one)
        elif isinstance(one, dict | list | tuple) and id(one) not in seen:
            seen.add(id(one))
            waiting += one.values() if isinstance(one, dict) else one
    return tensors


def _told(tensors: int, numbers: int) -> NoReturn:
    held = f" ({tensors:,} tensors, {numbers:,} numbers)" if tensors else ""
    what = f"this file holds the numbers of a model{held}, and not how its layers are connected"
    raise NetworkError(what, cure=FROM_TORCH, slug="no-structure")


def _refused() -> NoReturn:
    what = "this is a pickle, which can run any code when it is opened, so it is not"
    raise NetworkError(what, cure=FROM_TORCH, slug="pickle")


def _pickle(_: bytes, __: Sequence[int] | None, ___: str) -> Imported:
    _refused()


def _safetensors(data: bytes, _: Sequence[int] | None, __: str) -> Imported:
    """Read the header of safetensors: names and sizes of tensors, and no structure."""
    if len(data) < 8:
        raise NetworkError("this file of safetensors ends in its header", slug="model")
    (length,) = struct.unpack("<Q", data[:8])
    if length > min(HEADER, len(data) - 8):
        what = f"its header is said to have {length:,} bytes, and the file has {len(data):,}"
        raise NetworkError(what, cure="Save it again", slug="model")
    header = parsed(data[8 : 8 + length], "header")
    shapes = [
        found.get("shape") for name, found in header.items() if name != "__metadata__" and isinstance(found, dict)
    ]
    good = [shape for shape in shapes if isinstance(shape, list) and all(isinstance(s, int) and s >= 0 for s in shape)]
    _told(len(good), sum(min(prod(shape), 10**30) for shape in good if len(shape) <= 16))


def parsed(data: bytes, where: str) -> dict[str, Any]:
    """Return the mapping that a JSON text holds."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError, MemoryError) as error:
        why = "It is nested too deeply" if isinstance(error, RecursionError) else printable(str(error))
        raise NetworkError("it is no JSON that can be read", where=where, why=why, slug="model") from None
    if not isinstance(found, dict):
        raise NetworkError("it is no mapping", where=where, slug="model")
    return found


def _other(what: str, cure: str) -> Callable[[bytes, Sequence[int] | None, str], Imported]:
    def refuse(_: bytes, __: Sequence[int] | None, ___: str) -> Imported:
        raise NetworkError(what, cure=cure, slug="no-structure")

    return refuse


READERS: dict[str, Callable[[bytes, Sequence[int] | None, str], Imported]] = {
    "onnx": _onnx,
    "archive": _archive,
    "pickle": _pickle,
    "safetensors": _safetensors,
    "hdf5": _other(
        "an HDF5 file: its format can be read by no library that is safe with files from anywhere",
        'Where you trust it: keras.models.load_model("model.h5").save("model.keras")',
    ),
    "tflite": _other("a model of TensorFlow Lite", "Give the model it was made of, or convert it with tf2onnx"),
    "python": _other(
        "a Python program, which is never run",
        "In Python: from my_model import model; net = lq.Network.from_torch(model, (3, 224, 224))",
    ),
    "": _other("this is no file of a model", f"Known: {', '.join(sorted(SUFFIXES))}"),
}

"""A `.keras` file: the description of its layers, built without memory and without anything of the file being run."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from layerquiz.errors import NetworkError
from layerquiz.network.importing.draft import cannot
from layerquiz.network.importing.imported import needs
from layerquiz.network.network import Network
from layerquiz.network.notation import printable, shown

if TYPE_CHECKING:
    import zipfile

MOST_BYTES = 20_000_000
"""The description of a model has at most so many bytes, whatever the archive claims; large ones have 1 MB."""

DEEPEST = 100
OWN = re.compile(
    r"keras(\.src)?(\.(layers|models|ops|initializers|regularizers|constraints|activations|dtype_policies)[\w.]*)?"
)
"""Where the classes of Keras stand that a description may name."""
CODE = ("Lambda", "__lambda__", "function", "TFOpLambda", "TorchModuleWrapper", "TFSMLayer", "JaxLayer", "FlaxLayer")
"""Those that hold code, or read it from elsewhere."""

READING = ("StringLookup", "IntegerLookup", "TextVectorization")
"""Those that may open a file that the description names."""


def keras_model(archive: zipfile.ZipFile, input_shape: Sequence[int] | None, called: str) -> Network:
    """Return the network of a model that Keras saved. Weights are not read: their sizes follow from the description.

    Raises `NetworkError` for a lambda, for classes of the model's author, and for what Keras cannot build.
    """
    from layerquiz.network.importing.contents import parsed

    try:
        with archive.open("config.json") as stream:
            data = stream.read(MOST_BYTES + 1)
    except Exception as error:  # noqa: BLE001 -- zipfile's own errors, and those of zlib, bz2 and lzma
        raise NetworkError("config.json cannot be read", why=printable(str(error)), slug="model") from None
    if len(data) > MOST_BYTES:
        raise NetworkError(
            f"config.json has more than {MOST_BYTES:,} bytes", cure="Is it the right file?", slug="model"
        )
    config = parsed(data, "config.json")
    check(config)
    config.pop("compile_config", None)
    return _built(config, input_shape, called)


def check(config: Any) -> None:
    """Refuse a description that names anything but classes of Keras' layers; walks it without recursion."""
    waiting = [(config, 0, "the model")]
    while waiting:
        part, depth, where = waiting.pop()
        if depth > DEEPEST:
            raise NetworkError("config.json is nested too deeply", slug="model")
        if isinstance(part, list):
            waiting += [(entry, depth + 1, where) for entry in part]
        elif isinstance(part, dict):
            inner = part.get("config")
            if isinstance(inner, dict) and isinstance(inner.get("name"), str):
                where = f'layer "{printable(inner["name"])[:60]}"'
            _check_class(part, where)
            waiting += [(entry, depth + 1, where) for key, entry in part.items() if key != "compile_config"]


def _check_class(part: dict[str, Any], where: str) -> None:
    if "class_name" not in part:
        return
    name, module, registered = part["class_name"], part.get("module"), part.get("registered_name")
    if name in READING:
        raise cannot(where, f"it is a {name}, which may read another file", cure="Leave the preparation of data out")
    if name in CODE or part.get("function") is not None:
        what = f"it is a {shown(name)}, whose function is code in the file: that is never run"
        raise cannot(where, what, cure="Build the model of layers, and save it again")
    is_own = isinstance(name, str) and (module is None or (isinstance(module, str) and OWN.fullmatch(module)))
    if not is_own or (registered is not None and registered != name):
        found = f"{shown(module)}.{shown(name)}" if module is not None else shown(registered or name)
        what = f"it is of a class that is not Keras' own: {found}"
        raise cannot(where, what, cure="In Python, with your class: lq.Network.from_keras(model)")


def _built(config: dict[str, Any], input_shape: Sequence[int] | None, called: str) -> Network:
    """Build the model where tensors have sizes and no memory."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    needs("keras", "keras")
    import keras

    from layerquiz.network.importing.keras import network

    try:
        with keras.device("meta" if keras.backend.backend() == "torch" else "cpu"):
            model = keras.saving.deserialize_keras_object(config, safe_mode=True)
    except Exception as error:  # noqa: BLE001 -- what Keras raises for a wrong description is of any class
        why = printable(str(error).strip().splitlines()[0]) if str(error).strip() else type(error).__name__
        raise NetworkError("Keras cannot build the model of this file", why=why, slug="model") from None
    found = network(model, input_shape)
    return Network.parse({**found.spec, "name": called}) if called else found

"""Networks written as code, and run: what the model holds, and what it gives for an input of the stated shape."""

from __future__ import annotations

import runpy
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from layerquiz.errors import NetworkError
from layerquiz.network.network import Network

Shape = tuple[int, ...]
TRIES = 60


@dataclass(frozen=True)
class Ran:
    """What a model has: the shapes of its outputs without the batch, and its numbers, in all and trained."""

    shapes: tuple[Shape, ...]
    learned: int
    trainable: int


def in_torch(code: str, network: Network, folder: Path, device: str = "cpu") -> Ran:
    """Run PyTorch code, on `meta` without memory for large networks."""
    import torch

    with torch.device(device), torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # how fast it is on this machine
        model = run(code, folder)["model"].eval()
        kind = torch.int64 if network.form("input").sizes == ("tokens",) else torch.float32
        sizes = [network.value(f"input.{size}") for size in network.form("input").sizes]
        given = model(torch.zeros(2, *sizes, dtype=kind))
    outputs = given if isinstance(given, tuple) else (given,)
    parameters = list(model.parameters())
    trained = [found for found in parameters if found.requires_grad]
    shapes = tuple(tuple(output.shape[1:]) for output in outputs)
    return Ran(shapes, sum(p.numel() for p in parameters), sum(p.numel() for p in trained))


def in_keras(code: str, _: Network, folder: Path) -> Ran:
    """Run Keras code, which builds the model; stored statistics are no learned numbers."""
    from oracle.keras_models import STATISTICS, numbers

    model = run(code, folder)["model"]
    shapes = tuple(tuple(output.shape[1:]) for output in model.outputs)
    learned = [weight for weight in model.weights if weight.name not in STATISTICS]
    return Ran(shapes, numbers(learned), numbers(model.trainable_weights))


def run(code: str, folder: Path) -> Mapping[str, Any]:
    """Return the names that a module has once it is run."""
    file = folder / "written.py"
    file.write_text(code, encoding="utf-8")
    return runpy.run_path(str(file))


def first_failure(model: Any, sizes: Shape) -> str | None:
    """Return the first layer of a chain that refuses what it gets, None where all run."""
    import torch

    found = torch.zeros(2, *sizes)
    for name, layer in model.eval().named_children():
        try:
            found = layer(found)
        except RuntimeError:
            return str(name)
    return None


def expected(network: Network, *, channels_first: bool) -> Ran:
    """Return what a model of a network should have; its outputs are what no layer takes."""
    taken = {source for layer in network.layers for source in layer.sources}
    ends = [layer.name for layer in network.layers if layer.name not in taken]
    shapes = tuple(shape(network, name, channels_first) for name in in_order(network, ends))
    learned = network.value("total.weights") + network.value("total.biases")
    return Ran(shapes, learned, network.value("total.trainable"))


def in_order(network: Network, names: list[str]) -> list[str]:
    """Return layers in the order in which they are counted."""
    return [name for name in network.graph.parts if name in names]


def shape(network: Network, name: str, channels_first: bool) -> Shape:
    """Return a layer's shape in a framework's order."""
    sizes = network.form(name).sizes  # the channels stand first
    ordered = sizes if channels_first else sorted(sizes, key=lambda size: size == "channels")
    return tuple(network.value(f"{name}.{size}") for size in ordered)


def written(writer: ModuleType, count: int, made: Callable[[], Mapping[str, Any]]) -> Iterator[tuple[Network, str]]:
    """Draw until so many networks are written as code, and yield these; what cannot be said is said so."""
    found = 0
    for _ in range(TRIES * count):
        network = parsed(made())
        code = said(writer, network) if network else ""
        if network and code:
            found += 1
            yield network, code
        if found == count:
            return
    raise AssertionError(f"of {TRIES * count} drawings only {found} were written")


def parsed(spec: Mapping[str, Any]) -> Network | None:
    """Return a network, None where it cannot be."""
    try:
        return Network.parse(spec)
    except NetworkError:
        return None


def said(writer: ModuleType, network: Network) -> str:
    """Return a network as code, "" where its framework cannot say it, which is told with the layer's name."""
    try:
        return str(writer.program(network))
    except NetworkError as error:
        if error.slug != "not-in-framework" or not error.where.startswith("layer "):
            raise
        return ""

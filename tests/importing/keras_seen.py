"""What Keras itself says of a model, found by its public properties: nothing here knows how models are imported."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import prod
from typing import Any

from layerquiz.network.network import Network


@dataclass(frozen=True)
class Seen:
    """A layer of Keras: the name that the notation should give it, its output's shape, and its numbers."""

    name: str
    shape: tuple[int, ...]
    parameters: int
    trainable: int
    nontrainable: int


def seen(model: Any, before: str = "") -> Iterator[Seen]:
    """Yield the layers of a model, those of nested ones in their place."""
    for layer in model.layers:
        name = f"{before}{re.sub(r'[^A-Za-z0-9_]', '_', layer.name)}"
        if hasattr(layer, "layers"):
            yield from seen(layer, f"{name}_")
        elif type(layer).__name__ != "InputLayer":
            counts = (layer.count_params(), numbers(layer.trainable_weights), numbers(layer.non_trainable_weights))
            yield Seen(name, tuple(layer.output.shape[1:]), *counts)


def numbers(weights: Iterable[Any]) -> int:
    """Return how many numbers some variables have."""
    return sum(prod(weight.shape) for weight in weights)


QUANTITIES = ("parameters", "trainable", "nontrainable")


def differences(model: Any, network: Network) -> list[str]:
    """Return where a network and the model that it was made of disagree: each layer of the model, then the totals."""
    found = []
    for layer in seen(model):
        if layer.name not in network.by_name:
            found.append(f"{layer.name} is no layer of the network")
            continue
        ours = [network.value(f"{layer.name}.{quantity}") for quantity in QUANTITIES]
        theirs = [layer.parameters, layer.trainable, layer.nontrainable]
        shape = network.value(f"{layer.name}.shape")
        if ours != theirs or shape != layer.shape:
            found.append(f"{layer.name}: {ours}, {shape}; in Keras {theirs}, {layer.shape}")
    totals = (model.count_params(), numbers(model.trainable_weights), numbers(model.non_trainable_weights))
    ours = [network.value(f"total.{quantity}") for quantity in QUANTITIES]
    if ours != [*totals]:
        found.append(f"total: {ours}; in Keras {totals}")
    given = [tuple(output.shape[1:]) for output in model.outputs]
    taken = {source for layer in network.layers for source in layer.sources}
    ends = [network.value(f"{layer.name}.shape") for layer in network.layers if layer.name not in taken]
    if sorted(ends) != sorted(given):
        found.append(f"outputs: {ends}; in Keras {given}")
    return found

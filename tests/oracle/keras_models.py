"""Networks of the notation run in Keras, layer by layer: shapes channels last, parameters as Keras counts them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from keras import ops

from oracle.keras_kinds import LAYERS
from oracle.keras_parts import Applied

STATISTICS = ("moving_mean", "moving_variance", "mean", "variance", "count", "vector_u")
SHIFTS = ("bias", "beta")


def measured(spec: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return each layer's shape without the batch, and how many weights, biases and other parameters it has."""
    found: dict[str, dict[str, Any]] = {}
    tensors = {"input": start(spec["input"])}
    previous = "input"
    with torch.no_grad():
        for layer in spec["layers"]:
            names = layer.get("from", previous)
            inputs = [tensors[name] for name in ([names] if isinstance(names, str) else names)]
            built = LAYERS[layer["kind"]](layer, inputs[0])
            for part in built.held:
                part.trainable = layer.get("trainable", True)
            previous = layer["name"]
            tensors[previous] = built(*inputs)
            found[previous] = {"shape": tuple(tensors[previous].shape[1:]), **counts(built)}
    return found


def start(sizes: Mapping[str, int]) -> Any:
    """Return an input with a batch in front, its channels last; tokens alone are whole numbers."""
    order = sorted(sizes, key=lambda size: size == "channels")  # the sort is stable: the other sizes keep their order
    kind = "int32" if order == ["tokens"] else "float32"
    return ops.zeros((2, *(sizes[size] for size in order)), dtype=kind)


def counts(built: Applied) -> dict[str, int]:
    """Return how many numbers a layer holds: weights and biases by their names, and what training changes."""
    weights = [weight for part in built.held for weight in part.weights]
    learned = [weight for weight in weights if weight.name not in STATISTICS]
    shifts = [weight for weight in learned if weight.name in SHIFTS]
    trainable = numbers(weight for part in built.held for weight in part.trainable_weights)
    return {
        "weights": numbers(learned) - numbers(shifts),
        "biases": numbers(shifts),
        "parameters": numbers(weights),
        "trainable": trainable,
        "nontrainable": numbers(weight for part in built.held for weight in part.non_trainable_weights),
    }


def numbers(weights: Iterable[Any]) -> int:
    """Return how many numbers some tensors have."""
    return sum(weight.value.numel() for weight in weights)

"""What every kind as a Keras layer is made with: a function of tensors, and the layers that hold its parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from keras import layers

Layer = Mapping[str, Any]
Tensor = Any


@dataclass
class Applied:
    """A function of tensors, with the layers that hold its parameters."""

    function: Callable[..., Tensor]
    held: tuple[layers.Layer, ...]

    def __call__(self, *inputs: Tensor) -> Tensor:
        """Apply the function."""
        return self.function(*inputs)


def alone(layer: layers.Layer) -> Applied:
    """Return one Keras layer, which takes one input."""
    return Applied(layer, (layer,))


def merging(layer: layers.Layer) -> Applied:
    """Return one Keras layer, which takes a list of inputs."""
    return Applied(lambda *inputs: layer(list(inputs)), (layer,))


def chained(*parts: layers.Layer) -> Applied:
    """Return Keras layers that are applied one after the other."""

    def function(found: Tensor) -> Tensor:
        for part in parts:
            found = part(found)
        return found

    return Applied(function, parts)


def rank(before: Tensor) -> int:
    """Return how many spatial axes an image has."""
    return len(before.shape) - 2


def as_keras_has_it(found: Any) -> Any:
    """Return a list as a tuple."""
    return tuple(found) if isinstance(found, list) else found

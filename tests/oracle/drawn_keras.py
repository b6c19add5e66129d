"""Layers and networks drawn for Keras: those of the notation, with what Keras can say in place of what it cannot."""

from __future__ import annotations

from random import Random
from typing import Any

from oracle import drawn, drawn_kinds
from oracle.keras_gaps import fitted


def network(draw: Random) -> dict[str, Any]:
    """Return a network with branches now and then."""
    return _fitted(draw, drawn.network(draw, "keras"))


def tried(draw: Random, kind: str) -> dict[str, Any]:
    """Return a network around one layer `x` of a kind, some of them not possible."""
    spec = _fitted(draw, drawn_kinds.tried(draw, kind, "keras"))
    if draw.random() < 0.1:
        spec["layers"][-1]["trainable"] = False
    return spec


def _fitted(draw: Random, spec: dict[str, Any]) -> dict[str, Any]:
    return spec | {"layers": [fitted(draw, layer, spec["input"]) for layer in spec["layers"]]}

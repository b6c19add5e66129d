"""Exam questions about what a neural network costs: drawn, solved step by step, printed and graded."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "Network": "layerquiz.network.network",
    "Conventions": "layerquiz.network.conventions",
    "LayerquizError": "layerquiz.errors",
    "NetworkError": "layerquiz.errors",
    "solve": "layerquiz.api",
    "derive": "layerquiz.api",
    "diagnose": "layerquiz.api",
    "diagnose_formula": "layerquiz.api",
    "diagnose_sheet": "layerquiz.api",
    "draw": "layerquiz.api",
    "grade": "layerquiz.api",
    "questions": "layerquiz.api",
}

__all__ = [  # noqa: PLE0604 -- the names are the table above, loaded when first used: start-up stays light
    "__version__",
    *_HOMES,
    "render",
]


def __dir__() -> list[str]:
    """Return the public names, those that are not loaded yet among them."""
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    """Load a public name from its home when it is first used."""
    if name == "render":
        return import_module("layerquiz.render")
    if name not in _HOMES:
        raise AttributeError(f"module 'layerquiz' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)

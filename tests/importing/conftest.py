"""Models of frameworks, built without memory for their weights."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest


@pytest.fixture
def build(keras: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return how a model is built without memory for its weights, its layers numbered from the beginning.

    NASNetMobile refuses to run on PyTorch; its graph is the same on every backend, so it is told of none.
    """
    nasnet = import_module("keras.src.applications.nasnet")
    own = vars(nasnet.backend)
    monkeypatch.setattr(nasnet, "backend", SimpleNamespace(**{**own, "backend": lambda: "none"}))

    def built(name: str, **keys: Any) -> Any:
        keras.utils.clear_session(free_memory=False)
        with keras.device("meta"):
            return getattr(keras.applications, name)(weights=None, **keys)

    return built

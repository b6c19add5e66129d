"""The frameworks as oracles: how each measures a network."""

from __future__ import annotations

from types import ModuleType

import pytest

from oracle.agreement import Oracle


@pytest.fixture(scope="session")
def torch_oracle(torch: ModuleType) -> Oracle:
    """Return PyTorch, which runs every layer on a small input."""
    from oracle import torch_models

    return Oracle("torch", torch_models.measured)


@pytest.fixture(scope="session")
def keras_oracle(keras: ModuleType) -> Oracle:
    """Return Keras, which runs every layer on a small input."""
    from oracle import keras_models

    return Oracle("keras", keras_models.measured)

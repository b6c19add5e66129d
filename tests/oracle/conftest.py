"""The frameworks as oracles: how each measures a network, and how it is asked for a refusal."""

from __future__ import annotations

from functools import partial
from types import ModuleType

import pytest

from oracle.agreement import Oracle


@pytest.fixture(scope="session")
def torch_oracle(torch: ModuleType) -> Oracle:
    """Return PyTorch: on `meta`, and on the CPU where a refusal matters, since `meta` takes what the CPU does not."""
    from oracle import torch_models

    return Oracle("torch", torch_models.measured, partial(torch_models.measured, device="cpu"))


@pytest.fixture(scope="session")
def keras_oracle(keras: ModuleType) -> Oracle:
    """Return Keras, which runs every layer on a small input."""
    from oracle import keras_models

    return Oracle("keras", keras_models.measured, keras_models.measured)

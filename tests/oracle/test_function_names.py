"""Activation functions have one name each: what the code of PyTorch and of Keras calls by it has the same values."""

from __future__ import annotations

from typing import Any

import pytest

from layerquiz.network.exchange.keras_layers import FUNCTIONS as OF_KERAS
from layerquiz.network.exchange.keras_layers import called
from layerquiz.network.exchange.torch_layers import FUNCTIONS as OF_TORCH
from layerquiz.network.function_names import PLAIN, plain_name

pytestmark = pytest.mark.oracle

OTHER_SLOPE = {"leaky_relu"}
"""Functions with a number that the frameworks choose differently: 0.01 and 0.2."""


@pytest.mark.parametrize("name", sorted((OF_TORCH.keys() & OF_KERAS) - OTHER_SLOPE))
def test_a_name_means_the_same_function_in_both_frameworks(torch: Any, keras: Any, name: str) -> None:
    """Their values agree from -6 to 6."""
    numbers = torch.linspace(-6, 6, 241)
    ours = getattr(torch.nn, OF_TORCH[name].removeprefix("nn."))()(numbers)
    theirs = torch.as_tensor(keras.activations.get(called(name))(numbers))
    assert torch.allclose(ours, theirs, atol=1e-5)


@pytest.mark.parametrize("spelled", sorted(PLAIN))
def test_another_spelling_is_the_function_of_keras_itself(keras: Any, spelled: str) -> None:
    """A spelling that Keras takes is the same function there as what we write for its name."""
    name = plain_name(spelled.upper())
    assert plain_name(name) == name
    theirs = getattr(keras.activations, spelled, None)
    assert theirs is None or keras.activations.get(called(name)) is theirs

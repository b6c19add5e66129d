"""What the oracles are asked: every key of every kind is drawn, so none is left unchecked."""

from __future__ import annotations

import pytest

from layerquiz.network.layers import KINDS
from layerquiz.network.layers.base import KEYS_OF_ALL
from oracle import drawn, drawn_kinds

pytestmark = pytest.mark.oracle

UNDRAWN = ("activation", "tied", "lora", "adapted", "table")
"""Keys that no drawing has: activations change no count, ties need an embedding elsewhere (test_sharing.py), and the
frameworks have no keys for adapters (test_training.py) nor for tables (test_tables.py)."""

DEMANDED = ("units",)
"""Keys that are left out only beside one that is not drawn."""


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_drawn(kind: str) -> None:
    """Each key of a kind stands in some drawing, and is left out of another unless the kind demands it."""
    draw = drawn.generator(f"keys {kind}")
    layers = [drawn_kinds.network(draw, kind, "keras")["layers"][-1] for _ in range(200)]
    fields = {name: field for name, field in KINDS[kind].keys.model_fields.items() if name not in KEYS_OF_ALL}
    for name, field in fields.items():
        key = field.alias or name
        if key not in UNDRAWN:
            assert any(key in layer for layer in layers), key
            is_demanded = field.is_required() or key in DEMANDED
            assert is_demanded or any(key not in layer for layer in layers), key

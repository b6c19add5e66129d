"""What the sizes of a layer are called by how many there are, whichever framework a tensor comes from."""

from __future__ import annotations

from layerquiz.network.layers.reshaping import SHAPES as FORMS

FEATURES = FORMS[1]
SEQUENCE = FORMS[2]
IMAGE = FORMS[3]
STRIP = ("channels", "length")
"""A sequence that convolutions and pools slide along, as `series` gives it."""

IDS = ("tokens",)
MOST_SIZES = max(FORMS)
SIZES_ALLOWED = f"A layer of the notation gives 1 to {MOST_SIZES} sizes"

__all__ = ["FEATURES", "FORMS", "IDS", "IMAGE", "MOST_SIZES", "SEQUENCE", "SIZES_ALLOWED", "STRIP"]

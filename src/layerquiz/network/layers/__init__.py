"""One module per family; the table of all kinds by name."""

from layerquiz.network.layers import (
    attention,
    convolution,
    dense,
    learned,
    mixture,
    norm,
    pooling,
    recurrent,
    reshaping,
    separable,
    shape,
    transposed,
)
from layerquiz.network.layers.base import Kind

FAMILIES = (
    convolution,
    transposed,
    separable,
    pooling,
    dense,
    norm,
    recurrent,
    attention,
    mixture,
    learned,
    shape,
    reshaping,
)

KINDS: dict[str, Kind] = {kind.name: kind for family in FAMILIES for kind in family.KINDS}

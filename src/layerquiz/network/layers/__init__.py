"""One module per family; the table of all kinds by name."""

from layerquiz.network.layers import (
    attention,
    axes,
    convolution,
    dense,
    einsum,
    learned,
    mixture,
    norm,
    pooling,
    products,
    recurrent,
    reshaping,
    separable,
    shape,
    transposed,
    unshared,
    windows,
)
from layerquiz.network.layers.base import Kind

FAMILIES = (
    convolution,
    transposed,
    separable,
    unshared,
    pooling,
    windows,
    dense,
    einsum,
    norm,
    recurrent,
    attention,
    products,
    mixture,
    learned,
    shape,
    reshaping,
    axes,
)

KINDS: dict[str, Kind] = {kind.name: kind for family in FAMILIES for kind in family.KINDS}

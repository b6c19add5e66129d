"""One module per family; the table of all kinds by name."""

from layerquiz.network.layers import convolution, dense, norm, pooling, shape
from layerquiz.network.layers.base import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind for family in (convolution, pooling, dense, norm, shape) for kind in family.KINDS
}

"""What a network costs, layer by layer: the answer of `solve`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from layerquiz.formula.expr import Number
from layerquiz.network.glossary import QUANTITIES, TRACED
from layerquiz.network.layers.base import reading_order
from layerquiz.network.network import Answer, Network
from layerquiz.network.scope import COPY

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One layer's output and costs; what does not apply is None."""

    name: str
    kind: str
    output: dict[str, Number]
    shape: tuple[Number, ...]
    weights: Number
    biases: Number
    parameters: Number
    trainable: Number
    nontrainable: Number
    macs: Number
    flops: Number
    activations: Number
    parameter_bytes: Number
    activation_bytes: Number
    receptive_field: Answer | None
    jump: Answer | None


@dataclass(frozen=True, slots=True)
class Total:
    """The sums over the whole network; the activations include the input's."""

    weights: Number
    biases: Number
    parameters: Number
    trainable: Number
    nontrainable: Number
    macs: Number
    flops: Number
    activations: Number
    parameter_bytes: Number
    activation_bytes: Number


@dataclass(frozen=True)
class Summary:
    """All layers of a network by name, its blocks with their sums, and the total."""

    network: str
    conventions: str
    rows: Mapping[str, Row]
    blocks: Mapping[str, Row]
    total: Total

    def __getitem__(self, layer: str) -> Row:
        return self.rows[layer] if layer in self.rows else self.blocks[layer]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows.values())

    def __contains__(self, layer: object) -> bool:
        return layer in self.rows or layer in self.blocks

    def __len__(self) -> int:
        return len(self.rows)

    def as_json(self) -> dict[str, Any]:
        """Return the summary as plain data, as `solve --json` prints it."""
        return {
            "format": FORMAT,
            "network": self.network,
            "conventions": self.conventions,
            "layers": [_row_as_json(row) for row in self],
            **({"blocks": [_row_as_json(row) for row in self.blocks.values()]} if self.blocks else {}),
            "total": asdict(self.total),
        }


def _row_as_json(row: Row) -> dict[str, Any]:
    return asdict(row) | {name: _as_json(getattr(row, name)) for name in TRACED}


def _as_json(answer: Answer | None) -> Any:
    """Return an answer as JSON has numbers: half a pixel, a jump behind an enlargement, is 0.5."""
    if isinstance(answer, tuple):
        return [_as_json(part) for part in answer]
    return float(answer) if isinstance(answer, Fraction) else answer


def summarise(network: Network) -> Summary:
    """Return every layer's output and costs, and the totals."""
    rows = {layer.name: _row(network, layer.name, layer.kind.name) for layer in network.layers}
    blocks = {name: _row(network, name, COPY) for name in network.blocks}
    total = network.values["total"]
    return Summary(
        network.name, network.conventions.name, rows, blocks, Total(**{name: total[name] for name in QUANTITIES})
    )


def _row(network: Network, name: str, kind: str) -> Row:
    values = network.values[name]
    form = network.form(name)
    output = {size: values[size] for size in form.sizes}
    where = {quantity: network.value(f"{name}.{quantity}") if form.traced else None for quantity in TRACED}
    shape = tuple([output[size] for size in reading_order(form.sizes, network.conventions.channels_first)])
    costs = {quantity: values[quantity] for quantity in Total.__dataclass_fields__}
    return Row(name, kind, output, shape, **costs, **where)  # type: ignore[arg-type]

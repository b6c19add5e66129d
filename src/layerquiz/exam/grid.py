"""Blanks in a table: layers down, quantities across, as in the well-known table of AlexNet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from layerquiz.languages import ENGLISH, Words
from layerquiz.network.glossary import FURTHER, QUANTITIES, TRACED

WORDS = {
    "shape": "output shape",
    "height": "output height",
    "width": "output width",
    "depth": "output depth",
    "length": "output length",
    "channels": "output channels",
    "features": "output features",
    "tokens": "output tokens",
    "trainable": "trainable parameters",
    "nontrainable": "non-trainable parameters",
    "macs": "MACs",
    "flops": "FLOPs",
    "parameter_bytes": "memory of the parameters",
    "activation_bytes": "memory of the output",
    "units": "units (numbers in the output)",
    "backward_flops": "FLOPs of the gradients",
    "training_flops": "FLOPs forward and backward",
    "gradient_bytes": "memory of the gradients",
    "optimiser_bytes": "memory of the optimiser's state",
    "batch_activation_bytes": "memory of the outputs for the batch",
    "training_bytes": "memory in training",
    "kv_cache_bytes": "memory of the cached keys and values",
    "moved_bytes": "bytes read and written",
    "arithmetic_intensity": "operations per byte",
    "first_position": "first position of the first window",
}
"""Quantities as a sheet calls them where their own name is not enough."""

OF_INPUT = ("activations", "activation_bytes")


def called(quantity: str, words: Words = ENGLISH) -> str:
    """Return a quantity as a sheet calls it."""
    return words(WORDS.get(quantity, quantity.replace("_", " ")))


def called_row(owner: str, words: Words = ENGLISH) -> str:
    """Return a layer as a sheet calls it."""
    return words("whole network") if owner == "total" else words("input") if owner == "input" else owner


def label(name: str, words: Words = ENGLISH) -> str:
    """Return what a blank is called that has no label of its own: `conv1: output shape`."""
    owner, _, quantity = name.rpartition(".")
    return words("{name}: {text}", name=called_row(owner, words), text=called(quantity, words))


@dataclass(frozen=True, slots=True)
class Plan:
    """Which quantity stands in which cell; None where nothing is asked."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str | None, ...]], ...]

    @property
    def quantities(self) -> tuple[str, ...]:
        """Return what is asked, row by row."""
        return tuple(cell for _, cells in self.rows for cell in cells if cell is not None)


@dataclass(frozen=True, slots=True)
class Table:
    """The shorthand: every column of every row is asked, where it exists."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]

    def plan(self) -> Plan:
        """Return the cells; the total has no shape, and the input no parameters."""
        return Plan(
            self.columns, tuple((row, tuple(_cell(row, column) for column in self.columns)) for row in self.rows)
        )


def _cell(row: str, column: str) -> str | None:
    exists = {
        "total": column in (*QUANTITIES, *FURTHER) and not column.endswith("_shape"),
        "input": column not in (*QUANTITIES, *FURTHER) or column in OF_INPUT,
    }.get(row, True)
    return f"{row}.{column}" if exists and not (row == "input" and column in TRACED) else None


def plan_of_asked(names: Sequence[str]) -> Plan:
    """Return blanks given one by one as a table, in the order in which layers and quantities first appear."""
    pairs = [tuple(name.rpartition(".")[::2]) for name in names]
    rows = dict.fromkeys(owner for owner, _ in pairs)
    columns = tuple(dict.fromkeys(quantity for _, quantity in pairs))
    asked = set(names)
    return Plan(columns, tuple((row, tuple(_known(f"{row}.{column}", asked) for column in columns)) for row in rows))


def _known(name: str, asked: set[str]) -> str | None:
    return name if name in asked else None

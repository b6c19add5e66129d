"""One layer as written, and where in the notation it stands."""

from __future__ import annotations

import re
from dataclasses import field
from typing import Any, TypeAlias

from layerquiz.errors import NetworkError
from layerquiz.network.layers.base import Keys, Kind
from layerquiz.record import record

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
RESERVED = ("input", "total")

Path: TypeAlias = tuple[str | int, ...]
"""Where an entry stands in the notation, such as `layers`, 3, `kernel`."""


def is_name(written: Any) -> bool:
    """Say whether a layer, a block or an argument may be called so."""
    return isinstance(written, str) and written not in RESERVED and NAME.fullmatch(written) is not None


@record
class Layer:
    """One layer as written: its name, kind, checked keys and the names of its inputs.

    borrows: the layers whose parameters it uses (`tied`, then `shares`). found: the rules and givens of layers that are
    written in the same way, by what stands before them.
    """

    name: str
    kind: Kind
    keys: Keys
    sources: tuple[str, ...]
    path: Path
    borrows: tuple[str, ...] = ()
    found: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def needs(self) -> tuple[str, ...]:
        """Return the layers that have to be counted before this one."""
        return (*self.sources, *self.borrows) if self.borrows else self.sources

    @property
    def called(self) -> str:
        """Return how a message calls the layer."""
        return f'layer "{self.name}" ({self.kind.name})'


def located(error: NetworkError, *path: str | int) -> NetworkError:
    """Remember where in the notation an error stands, so that its line can be found."""
    error.path = path  # type: ignore[attr-defined]
    return error

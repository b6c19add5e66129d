"""One layer as written, and where in the notation it stands."""

from __future__ import annotations

from dataclasses import dataclass

from layerquiz.errors import NetworkError
from layerquiz.network.layers.base import Keys, Kind


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer as written: its name, kind, checked keys and the names of its inputs.

    borrows: the layers whose parameters it uses (`tied`, then `shares`).
    """

    name: str
    kind: Kind
    keys: Keys
    sources: tuple[str, ...]
    place: int
    borrows: tuple[str, ...] = ()

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

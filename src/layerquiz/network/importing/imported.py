"""What comes of a model's file, and what it needs to be read."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from layerquiz.errors import NetworkError
from layerquiz.network.network import Network


@dataclass(frozen=True, slots=True)
class Imported:
    """A network, every layer by itself, and what its file holds that the network does not say."""

    network: Network
    notes: tuple[str, ...] = ()


def needs(name: str, extra: str) -> None:
    """Refuse to go on without a library, in one message that names the extra which brings it."""
    try:
        import_module(name)
    except ImportError as error:
        cure = f'Install it: pip install "layerquiz[{extra}]"'
        raise NetworkError(f"this needs the library {name} ({error})", cure=cure, slug="missing") from None

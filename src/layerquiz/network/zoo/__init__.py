"""Named networks, as data: one YAML file each."""

from __future__ import annotations

from layerquiz.data import folder
from layerquiz.errors import NetworkError, nearest


def names() -> list[str]:
    """Return the names of all known networks, sorted."""
    return sorted(file.name.removesuffix(".yaml") for file in folder("zoo").iterdir() if file.name.endswith(".yaml"))


def specification(name: str) -> str:
    """Return the notation of a known network; `-` and `_` are the same in names."""
    plain = name.replace("-", "_")
    if plain not in names():
        raise NetworkError(f'no network is called "{name}"', cure=nearest(plain, names()), slug="unknown-network")
    return (folder("zoo") / f"{plain}.yaml").read_text(encoding="utf-8")

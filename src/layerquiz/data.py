"""Packaged data (templates, the zoo, the example), found alike in an installed wheel and in a checkout."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

STAMPED = (".py", ".j2", ".po", ".yaml")
"""Endings of the files of this package that decide what is printed."""


def folder(name: str) -> Traversable:
    """Return a folder of packaged data: `zoo`, `published`, `example`, `starters` or `question_templates`."""
    package = files("layerquiz")
    inside = package / {"zoo": "network/zoo", "published": "network"}.get(name, name)
    return inside if inside.is_dir() else package / ".." / ".." / name


def stamp() -> list[tuple[str, int, int]]:
    """Return what changes with this package's own files: what an older one has half made is not taken up."""
    place = Path(__file__).parent
    found = ((path, path.stat()) for path in sorted(place.rglob("*")) if path.suffix in STAMPED)
    return [(path.relative_to(place).as_posix(), stat.st_size, stat.st_mtime_ns) for path, stat in found]

"""Packaged data (templates, the zoo, the example), found alike in an installed wheel and in a checkout."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable


def folder(name: str) -> Traversable:
    """Return a folder of packaged data: `zoo`, `published`, `example`, `starters` or `question_templates`."""
    package = files("layerquiz")
    inside = package / {"zoo": "network/zoo", "published": "network"}.get(name, name)
    return inside if inside.is_dir() else package / ".." / ".." / name

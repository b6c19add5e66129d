"""What a new template begins with, by topic; the topics of the library are those of this table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import yaml

from layerquiz.data import folder
from layerquiz.errors import TemplateError, nearest


@dataclass(frozen=True, slots=True)
class Starter:
    """What a topic's template begins with: the network in YAML, its description, and what is asked first."""

    network: str
    wording: str
    asked: tuple[str, ...]


@cache
def starters() -> dict[str, Starter]:
    """Return the starter of each topic, by the topic's name."""
    found = yaml.safe_load((folder("starters") / "starters.yaml").read_text(encoding="utf-8"))
    return {
        topic: Starter(begun["network"], begun["wording"].rstrip("\n"), tuple(asked))
        for _, begun in found.items()
        for topic, asked in begun["topics"].items()
    }


def starter(topic: str) -> Starter:
    """Return the starter of a topic; an unknown topic is an error with the nearest spelling."""
    if topic not in starters():
        raise TemplateError(f'there is no topic "{topic}"', cure=nearest(topic, starters()), slug="unknown-topic")
    return starters()[topic]

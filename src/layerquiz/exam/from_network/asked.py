"""The questions of an exam about networks: each entry of its file gets others than those before it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from layerquiz.errors import ExamError
from layerquiz.exam.from_network.made import Made, Wish, made
from layerquiz.exam.template import Template
from layerquiz.network.network import Network


@dataclass
class AskedNetworks:
    """What an exam asks about networks so far; `read` finds a network by what the file calls it."""

    read: Callable[[str], Network]
    made: dict[str, list[Made]] = field(default_factory=dict)

    def templates(self, name: str, wish: Wish, count: int) -> list[Template]:
        """Return so many templates about a network that the exam does not have already; too few are an error."""
        there = self.made.setdefault(name, [])
        stem = re.sub(r"[^A-Za-z0-9_]+", "-", re.sub(r"\.\w+$", "", name)).strip("-") or "network"
        found = made(self.read(name), wish, count, f"{stem}-question", there)
        if len(found) < count:
            what = f"{count} questions about {name} are wanted, and {len(found) or 'none'} can be made that differ"
            raise ExamError(what, cure="Ask for fewer, or for more quantities", slug="too-few")
        there += found
        return [each.template for each in found]

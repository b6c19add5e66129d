"""A network as a picture in a wording: `{{ network | picture }}`; what the question asks for is a letter in it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from layerquiz.errors import TemplateError
from layerquiz.languages import ENGLISH, Words
from layerquiz.network.conventions import Conventions
from layerquiz.network.network import Network

PICTURED = "network"
"""What a wording calls the whole network."""

CURE = "Write {{ network | picture }}; of several networks {{ a | picture }}"


class PictureView:
    """The whole network in a wording, and the quantities that are asked for, in the order of their places."""

    __slots__ = ("_asked", "_network")

    def __init__(self, network: Network, asked: Sequence[str | None] = ()) -> None:
        self._network, self._asked = network, tuple(asked)

    def fenced(self, block: str = "", words: Words = ENGLISH) -> str:
        """Return a block of Markdown that every format draws: the network and the letters, A for the first blank."""
        letters = {name: letter_of(place) for place, name in enumerate(self._asked) if name}
        conventions = _plain(self._network.conventions)
        shown: dict[str, Any] = {"network": {**self._network.spec, "conventions": conventions}}
        shown |= {"letters": letters} if letters else {}
        shown |= {"block": block} if block else {}
        shown |= {} if words.is_english else {"language": words.language}
        return f"```picture\n{json.dumps(shown, ensure_ascii=True)}\n```"


def _plain(conventions: Conventions) -> str | dict[str, Any]:
    """Return conventions as the notation has them: by name, or what they change of those of that name."""
    usual = Conventions.of(conventions.name)
    changed = {entry.name: getattr(conventions, entry.name) for entry in fields(Conventions)}
    changed = {name: found for name, found in changed.items() if found != getattr(usual, name)}
    return {"base": conventions.name, **changed} if changed else conventions.name


def letter_of(place: int) -> str:
    """Return the capital of a blank's place: A for a, B for b, AA behind Z."""
    first, last = divmod(place, 26)
    return (chr(ord("A") + first - 1) if first else "") + chr(ord("A") + last)


def picture(found: Any, block: str = "", words: Words = ENGLISH) -> str:
    """Return a network as a picture on lines of its own; `block` names the block whose inside is drawn."""
    view = getattr(found, "picture_view", found)
    if not isinstance(view, PictureView) or not isinstance(block, str):
        raise TemplateError("only a whole network has a picture", cure=CURE, slug="filter")
    return view.fenced(block, words)

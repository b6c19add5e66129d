"""A picture within Markdown: a block of code named `picture` that holds the network, and the letters of its blanks.

```picture
network: alexnet
letters: {conv1.height: A}
```
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from layerquiz.errors import LayerquizError, NetworkError
from layerquiz.languages import ENGLISH, NAMES, Words
from layerquiz.network.network import Network
from layerquiz.network.notation import load

if TYPE_CHECKING:
    from layerquiz.render.picture import Picture

NAME = "picture"
KEYS = frozenset(("network", "letters", "block", "language"))
MOST_LETTERS = 2
"""Letters of a blank have at most so many signs."""


@dataclass(frozen=True, slots=True)
class Fenced:
    """What such a block shows: the picture, and the layers as rows of Markdown where no picture can stand."""

    picture: Picture
    rows: tuple[tuple[str, ...], ...]


@lru_cache(maxsize=256)
def read(info: str, content: str) -> Fenced | None:
    """Return what a block of code shows as a picture; None where it is other code, or no network that can be drawn."""
    if info.strip() != NAME:
        return None
    try:
        found = load(content, NetworkError)
        return _read(found) if isinstance(found, Mapping) and KEYS.issuperset(found) else None
    except LayerquizError:
        return None


def _read(found: Mapping[str, Any]) -> Fenced | None:
    from layerquiz.render.picture import picture, table  # only where a text has a picture

    written, letters, block = found.get("network"), found.get("letters") or {}, found.get("block") or ""
    language = found.get("language", ENGLISH.language)
    if not isinstance(letters, Mapping) or not isinstance(block, str) or str(language) not in NAMES:
        return None
    network = Network.named(written) if isinstance(written, str) else Network.parse(written or {})
    shown = picture(network, (), block).shown
    asked = {name: letter for name, letter in letters.items() if name in shown and _is_letter(letter)}
    return Fenced(picture(network, asked, block), table(network, asked, words=Words(str(language))))


def _is_letter(letter: Any) -> bool:
    """Say whether a blank is called by one or two capitals."""
    return isinstance(letter, str) and letter.isascii() and letter.isupper() and len(letter) <= MOST_LETTERS

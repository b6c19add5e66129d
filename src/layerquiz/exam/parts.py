"""The parts of a sealed exam, each with a digest of its own: a seal that was changed says where."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from layerquiz.network.notation import printable

DIGITS = 16
"""Of a part's digest so many digits are kept: they say where a change is, while the seal's hash guards it."""

MOST_NAMED = 6
"""So many changed parts are named."""

MOST_SHOWN = 60

WORDS = {
    "papers": "the paper of {}",
    "templates": "template {}",
    "wordings": "the translation of template {}",
    "questions": "question {}",
}
"""What holds several parts, and what messages call one of them."""


def digests(sealed: Mapping[str, Any], text: Callable[[Any], str]) -> dict[str, str]:
    """Return the digest of each part of a sealed exam, such as `title`, `templates/conv-size` and `papers/s1`.

    `text` gives the canonical text of data.
    """
    return {name: _digest(text(part)) for name, part in _parts(sealed)}


def changed(sealed: Mapping[str, Any], text: Callable[[Any], str]) -> str:
    """Return the words for what was changed, added or removed in a seal; none where it keeps no digests."""
    kept = sealed.get("parts")
    if not isinstance(kept, Mapping):
        return ""
    found = digests(sealed, text)
    names = [name for name in {**kept, **found} if kept.get(name) != found.get(name)]
    if not names:
        return "the seal itself" if list(kept) == list(found) else "the order of its parts"
    more = f" and {len(names) - MOST_NAMED:,} parts more" if names[MOST_NAMED:] else ""
    return ", ".join(map(_called, names[:MOST_NAMED])) + more


def _parts(sealed: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, found in sealed.items():
        if key == "parts":
            continue
        if key not in WORDS:
            yield key, found
        elif isinstance(found, Mapping):
            yield from ((f"{key}/{name}", part) for name, part in found.items())
        elif isinstance(found, Sequence):
            yield from ((f"{key}/{_name(part, place)}", part) for place, part in enumerate(found, 1))


def _name(part: Any, place: int) -> str:
    """Return what tells a part from its neighbours: the student whose paper it is, or its place."""
    return str(part["student"]) if isinstance(part, Mapping) and "student" in part else str(place)


def _called(name: str) -> str:
    key, _, rest = name.partition("/")
    return WORDS[key].format(printable(rest[:MOST_SHOWN])) if key in WORDS else printable(key[:MOST_SHOWN])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]

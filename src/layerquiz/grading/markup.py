"""HTML and MathML, as browsers and editors copy it, in plain signs: entities, formatting, powers and fractions."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,15})(?:\s[^<>]*)?/?>")
_COPY = re.compile(r"<annotation\b[^<>]*>[^<>]*</annotation>")
_MEANT = re.compile(r"<(?:/?[A-Za-z]|!)|&[#A-Za-z]")

# Tags that only say how their text looks or what part of a formula it is; any other is not answered with.
_NAMES = "b i u em strong code span font small big tt var samp kbd mark pre a math semantics mstyle mpadded mspace"
_FORMAT = frozenset(_NAMES.split())
_BLOCKS = "p div br li ul ol td tr th table tbody body h1 h2 h3 h4 h5 h6"
_LINES = frozenset(_BLOCKS.split())
_CELLS = frozenset(("td", "th"))
_ENDS = {"sup": ("^(", ")"), "sub": ("_(", ")")}
_PARTS = frozenset(("mrow", "mn", "mo", "mi", "mtext"))
# MathML names what stands between its two children only by their order.
_PAIRS = {"msup": ("(", ")^(", ")"), "msub": ("", "_(", ")"), "mfrac": (" frac (", ")(", ")")}


def unmarked(text: str) -> Iterator[tuple[str, int]]:
    """Give the characters of a text without its markup, each with the place where it stood.

    A tag that is not known stays as it is written, so that it is refused there.
    """
    if not _MEANT.search(text):
        yield from zip(text, range(len(text)), strict=True)
        return
    open_tags: list[list[Any]] = []
    index = 0
    while index < len(text):
        plain, end = _entity(text, index) or _tag(text, index, open_tags) or (text[index], index + 1)
        yield from ((character, index) for character in plain)
        index = end


def _entity(text: str, index: int) -> tuple[str, int] | None:
    """Return the character that an entity names."""
    found = _ENTITY.match(text, index) if text[index] == "&" else None
    return (html.unescape(found[0]), found.end()) if found else None


def _tag(text: str, index: int, open_tags: list[list[Any]]) -> tuple[str, int] | None:
    """Return what a tag says in plain signs; `open_tags` has the open elements and how many children each has."""
    if text[index] != "<":
        return None
    if copy := _COPY.match(text, index):
        return "", copy.end()
    found = _TAG.match(text, index)
    if found is None:
        return None
    plain = _said(found[2].lower(), bool(found[1]), open_tags)
    return None if plain is None else (plain, found.end())


def _said(name: str, closes: bool, open_tags: list[list[Any]]) -> str | None:
    """Return what a tag's name says, or nothing where it is not known."""
    if name in _PARTS or name in _PAIRS:
        return _closed(open_tags) if closes else _opened(name, open_tags)
    if name in _ENDS:
        return _ENDS[name][closes]
    if name in _LINES:
        return " " if name in _CELLS else "\n"
    return "" if name in _FORMAT else None


def _opened(name: str, open_tags: list[list[Any]]) -> str:
    """Open an element of a formula, which has no children yet."""
    open_tags.append([name, 0])
    return _PAIRS[name][0] if name in _PAIRS else ""


def _closed(open_tags: list[list[Any]]) -> str:
    """Close an element of a formula; behind the first of two children stands what joins them."""
    if not open_tags:
        return ""
    name, _ = open_tags.pop()
    said = _PAIRS[name][2] if name in _PAIRS else ""
    if open_tags:
        open_tags[-1][1] += 1
        outer, children = open_tags[-1]
        said += _PAIRS[outer][1] if outer in _PAIRS and children == 1 else ""
    return said

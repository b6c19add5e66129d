"""Pieces are measured and chunks are set: source text goes in, sizes or PDFs come out, on whichever machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from layerquiz import engine
from layerquiz.engine import Setting
from layerquiz.render import latex, markup
from layerquiz.render.latex import Measured, Printed, Source

MEASURED = 4_000
"""So many pieces are measured in one run of the engine."""

POINT = 65_536
"""TeX's smallest unit is so small a part of a point."""


def set_chunk(source: Source) -> Setting:
    """Return the PDFs of a chunk of papers and solutions, one by one and each kind whole."""
    return engine.set_whole(source.text, source.parts)


def measure(source: Source) -> dict[str, str]:
    """Return the largest sizes of the pieces in a source."""
    return engine.measure(source.text)


def measuring(pieces: Iterable[Measured]) -> Iterator[Source]:
    """Yield the sources that measure some pieces; one that was measured before is left out."""
    seen: set[bytes] = set()
    waiting: list[Measured] = []
    for piece in pieces:
        mark = hashlib.sha256(f"{piece.key} {piece.latex}".encode()).digest()[:16]
        if mark in seen:
            continue
        seen.add(mark)
        waiting.append(piece)
        if len(waiting) == MEASURED:
            yield latex.measuring(waiting)
            waiting = []
    if waiting:
        yield latex.measuring(waiting)


def largest(sizes: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return the largest of the sizes under each key, sorted by key."""
    found: dict[str, str] = {}
    for measured in sizes:
        for key, size in measured.items():
            if key not in found or scaled(size) > scaled(found[key]):
                found[key] = size
    return dict(sorted(found.items()))


def scaled(size: str) -> int:
    """Return a size in TeX's smallest unit; TeX reads back what it writes, to the last of them."""
    return round(float(size.removesuffix("pt")) * POINT)


def larger(measured: Mapping[str, str], sealed: Mapping[str, str]) -> list[str]:
    """Return the keys of pieces that have no room in a layout."""
    return [key for key, size in measured.items() if key not in sealed or scaled(size) > scaled(sealed[key])]


def said(printed: Iterable[Printed], sentences: Sequence[str], token: str) -> Iterator[Printed]:
    """Yield papers with the sentences that stand on all of them in the place of a token."""
    text = " ".join(map(markup.latex_line, sentences))
    for paper in printed:
        measured = tuple([replace(piece, latex=piece.latex.replace(token, text)) for piece in paper.measured])
        yield replace(
            paper,
            measured=measured,
            paper=paper.paper.replace(token, text),
            solution=paper.solution.replace(token, text),
        )

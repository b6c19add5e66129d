"""Pieces are measured and chunks are set: source text goes in, sizes or PDFs come out, on whichever machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from layerquiz import engine
from layerquiz.engine import Setting
from layerquiz.render import latex, markup
from layerquiz.render.latex import Measured, Printed, Source
from layerquiz.render.layout import Layout
from layerquiz.render.look import Look

MEASURED = 4_000
"""So many pieces are measured in one run of the engine."""

POINT = 65_536
"""TeX's smallest unit is so small a part of a point."""


def set_chunk(source: Source) -> Setting:
    """Return the PDFs of a chunk of papers and solutions, one by one and each kind whole."""
    return engine.set_whole(source.text, source.parts, source.files)


def measure(source: Source) -> dict[str, str]:
    """Return the largest sizes of the pieces in a source."""
    return marked(source.mark, engine.measure(source.text, source.files))


def marked(mark: str, sizes: Mapping[str, str]) -> dict[str, str]:
    """Return the sizes of one layout as they stand among those of all."""
    return {f"{mark}{key}": size for key, size in sizes.items()}


def measuring(papers: Iterable[Printed], look: Look) -> Iterator[Source]:
    """Yield the sources that measure the pieces of papers; one that was measured before is left out."""
    seen: set[bytes] = set()
    waiting: dict[Layout, list[Measured]] = {}
    for paper in papers:
        for piece in paper.measured:
            told = hashlib.sha256(f"{paper.layout.mark} {piece.key} {piece.latex}".encode()).digest()[:16]
            if told in seen:
                continue
            seen.add(told)
            here = waiting.setdefault(paper.layout, [])
            here.append(piece)
            if len(here) == MEASURED:
                yield latex.measuring(waiting.pop(paper.layout), replace(look, layout=paper.layout))
    for layout, pieces in waiting.items():
        yield latex.measuring(pieces, replace(look, layout=layout))


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
    """Return the keys of pieces that have no room in their layout; one that nobody had before has room for all."""
    layouts = {_mark(key) for key in sealed}
    known = {key: size for key, size in measured.items() if _mark(key) in layouts}
    return [key for key, size in known.items() if key not in sealed or scaled(size) > scaled(sealed[key])]


def _mark(key: str) -> str:
    """Return the mark of the layout that a size belongs to."""
    return key.rpartition("/")[0]


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

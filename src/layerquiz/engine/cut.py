"""Cuts one printed PDF into one per part; the same bytes every time."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from layerquiz.errors import OutsideError

if TYPE_CHECKING:
    import pikepdf


def parts(path: Path, pages: Mapping[str, range]) -> dict[str, bytes]:
    """Return each part as a PDF, and each kind of part (what stands before `/` in its name) as a whole."""
    import pikepdf  # heavy, and needed by no other command than those that print

    with pikepdf.open(path) as printed:
        sheets = list(printed.pages)  # a slice of pikepdf's own list costs more than the copy of its pages
        if len(sheets) != max((span.stop for span in pages.values()), default=0):
            raise OutsideError("the number of pages is not what TeX said", slug="tex-parts")
        spans = {**pages, **_kinds(pages)}
        return {name: _cut(sheets[span.start : span.stop]) for name, span in spans.items()}


def _kinds(pages: Mapping[str, range]) -> dict[str, range]:
    """Return the pages of all papers, of all solutions; parts of a kind stand together."""
    spans: dict[str, range] = {}
    for name, span in pages.items():
        kind = name.partition("/")[0]
        spans[kind] = range(spans.get(kind, span).start, span.stop)
    return spans


def _cut(sheets: Sequence[pikepdf.Page]) -> bytes:
    """Return some pages as a PDF of their own."""
    import pikepdf

    piece, written = pikepdf.new(), io.BytesIO()
    piece.pages.extend(sheets)
    piece.save(written, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return written.getvalue()


def whole(parts: Iterable[bytes]) -> bytes:
    """Return several PDFs as one."""
    import pikepdf

    with pikepdf.new() as joined:
        written = io.BytesIO()
        for part in parts:
            with pikepdf.open(io.BytesIO(part)) as opened:
                joined.pages.extend(opened.pages)
        joined.save(written, deterministic_id=True)
        return written.getvalue()

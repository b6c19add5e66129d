"""All papers in one file for the printer, put together from what the chunks have of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from layerquiz.errors import OutsideError
from layerquiz.exam.roster import Student
from layerquiz.exam.seats import natural


@dataclass(frozen=True, slots=True)
class Span:
    """Where one paper stands: in which file, from which page on, counted from 0, and how many pages it has."""

    file: Path
    first: int
    pages: int


def ordered(students: Sequence[Student], order: str) -> list[int]:
    """Return the places of students in the order in which their papers are printed.

    `seat` goes by room and seat, `room` by room and otherwise as the roster does; who has none comes last.
    """
    places = list(range(len(students)))
    if order == "roster":
        return places

    def key(place: int) -> tuple[object, ...]:
        student = students[place]
        room, seat = student.room, student.seat if order == "seat" else ""
        return not room, natural(room), not seat, natural(seat), place

    return sorted(places, key=key)


def put_together(spans: Sequence[Span], written: Path, *, duplex: bool) -> None:
    """Write the papers into one file in their order; `duplex` has each of them begin on a new sheet.

    Raises `OutsideError` where a file has fewer pages than it should.
    """
    import pikepdf

    with pikepdf.new() as whole:
        sources: dict[Path, pikepdf.Pdf] = {}
        sheets: dict[Path, list[pikepdf.Page]] = {}
        try:
            for span in spans:
                if span.file not in sources:
                    sources[span.file] = pikepdf.open(span.file)
                    sheets[span.file] = list(sources[span.file].pages)
                pages = sheets[span.file][span.first : span.first + span.pages]
                if len(pages) != span.pages:
                    raise OutsideError("a chunk of papers lacks pages", where=str(span.file), slug="tex-parts")
                whole.pages.extend(pages)
                if duplex and span.pages % 2:
                    left, below, right, above = (float(side) for side in pages[-1].mediabox)
                    whole.add_blank_page(page_size=(right - left, above - below))
            whole.save(written, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        finally:
            for source in sources.values():
                source.close()

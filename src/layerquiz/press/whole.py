"""All papers in one file for the printer, put together from what the chunks have of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from layerquiz.errors import OutsideError
from layerquiz.exam.roster import Student
from layerquiz.exam.seats import natural

if TYPE_CHECKING:
    import pikepdf


@dataclass(frozen=True, slots=True)
class Span:
    """Where one paper stands: in which file, from which page on, counted from 0, and how many pages it has."""

    file: Path
    first: int
    pages: int


GROUP = 100
"""So many papers stand in one group of the tree of pages."""


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

    The pages stand in a tree of groups: pikepdf's own list takes as long for each page as it has pages, and a class of
    thousands has tens of thousands. Raises `OutsideError` where a file has fewer pages than it should.
    """
    import pikepdf
    from pikepdf import Array, Dictionary, Name, ObjectStreamMode

    with pikepdf.new() as whole:
        tree = whole.Root.Pages
        places: dict[Path, list[int]] = {}
        for place, span in enumerate(spans):
            places.setdefault(span.file, []).append(place)
        pages: dict[int, list[pikepdf.Object]] = {}
        for file, here in places.items():
            source = pikepdf.open(file)  # never closed: what it holds is read when the whole is written
            sheets = _sheets(source)
            for place in here:
                span = spans[place]
                pages[place] = [whole.copy_foreign(sheet) for sheet in sheets[span.first : span.first + span.pages]]
                if len(pages[place]) != span.pages:
                    raise OutsideError("a chunk of papers lacks pages", where=str(file), slug="tex-parts")
                if duplex and span.pages % 2:
                    size = pages[place][-1].MediaBox
                    pages[place].append(whole.make_indirect(Dictionary(Type=Name.Page, MediaBox=size, Resources={})))
        for first in range(0, len(spans), GROUP):
            kids = [page for place in range(first, min(first + GROUP, len(spans))) for page in pages.pop(place)]
            group = whole.make_indirect(Dictionary(Type=Name.Pages, Parent=tree, Kids=Array(kids), Count=len(kids)))
            for page in kids:
                page.Parent = group
            tree.Kids.append(group)
            tree.Count += len(kids)
        whole.save(written, deterministic_id=True, object_stream_mode=ObjectStreamMode.generate)


def _sheets(source: pikepdf.Pdf) -> list[pikepdf.Object]:
    """Return the pages of a file. Those that name the same fonts share one list of them, which halves the memory."""
    known: dict[bytes, pikepdf.Object] = {}
    sheets: list[pikepdf.Object] = []
    for page in source.pages:
        fonts = page.obj.Resources
        text = fonts.unparse(resolved=True)
        if text not in known:
            known[text] = fonts if fonts.is_indirect else source.make_indirect(fonts)
        page.obj.Resources = known[text]
        sheets.append(page.obj)
    return sheets

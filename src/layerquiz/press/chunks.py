"""Papers are set in chunks of their numbers, each in one run of the engine; the layout is the same for all.

Which paper is in which chunk is sealed, so that a paper that is printed again comes out as the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from layerquiz import engine, files
from layerquiz.engine import Setting
from layerquiz.errors import ExamError
from layerquiz.press.draw import PIECE, SAID
from layerquiz.press.drawing import Class
from layerquiz.press.helpers import Helpers
from layerquiz.press.setting import larger, largest, marked, measure, measuring, said, set_chunk
from layerquiz.press.whole import Span
from layerquiz.press.work import Work, digest
from layerquiz.render import latex
from layerquiz.render.latex import Printed, Source
from layerquiz.render.look import Look

CONTENTS = "contents.json"
TOLD = "told.txt"


@dataclass(frozen=True, slots=True)
class Layout:
    """What makes all papers alike: the last number of each chunk, the sentences on all papers, and the sizes.

    `sizes` is empty until they are measured.
    """

    chunks: tuple[int, ...]
    said: tuple[str, ...]
    sizes: Mapping[str, str]

    def plain(self) -> dict[str, Any]:
        """Return the layout as it is sealed."""
        return {"chunks": list(self.chunks), "said": list(self.said), "sizes": dict(self.sizes)}


def layout(numbers: Sequence[int], sentences: tuple[str, ...], sealed: Mapping[str, Any] | None) -> Layout:
    """Return the layout of papers with some numbers: what is sealed stays, and new papers make new chunks."""
    if sealed is None or tuple(sealed["said"]) != sentences:
        sealed = {"chunks": [], "sizes": {}}
    chunks = [int(last) for last in sealed["chunks"]]
    new = sorted(number for number in numbers if number > max(chunks, default=0))
    chunks += [new[min(first + PIECE, len(new)) - 1] for first in range(0, len(new), PIECE)]
    return Layout(tuple(chunks), sentences, dict(sealed["sizes"]))


class Chunk:
    """One finished chunk in the work folder: what it holds, and where."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        contents = json.loads((folder / CONTENTS).read_bytes())
        self.pages: dict[str, int] = contents["pages"]
        self.digests: dict[str, str] = contents["digests"]
        self.sizes: dict[str, str] = contents["sizes"]

    @property
    def told(self) -> str:
        """Return what the source told the log."""
        return files.read_bytes(self.folder / TOLD).decode()

    def spans(self) -> dict[str, Span]:
        """Return where each part stands in the file of all parts of its kind."""
        found: dict[str, Span] = {}
        first: dict[str, int] = {}
        for part, pages in self.pages.items():
            kind = part.partition("/")[0]
            found[part] = Span(self.file(kind), first.get(kind, 0), pages)
            first[kind] = first.get(kind, 0) + pages
        return found

    def file(self, part: str) -> Path:
        """Return where a part stands, `paper/1` or all of a kind, `paper`."""
        return self.folder / file_of(part)


def file_of(part: str) -> str:
    """Return the name of a part's file."""
    return f"{part.replace('/', '-')}.pdf"


def kept_files(setting: Setting, mark: str) -> dict[str, bytes]:
    """Return the files that are kept of a chunk, whose layout has a mark."""
    digests = {part: files.digest(content) for part, content in setting.parts.items()}
    contents = {"pages": setting.pages, "digests": digests, "sizes": marked(mark, engine.sizes(setting.told))}
    named = {file_of(part): content for part, content in setting.parts.items()}
    return {**named, CONTENTS: json.dumps(contents).encode(), TOLD: setting.told.encode()}


def printed(
    found: Class,
    wanted: Layout,
    work: Work,
    helpers: Helpers,
    is_whole: Callable[[Path], bool],
    step: Callable[[], None],
    look: Look,
) -> tuple[Layout, list[Chunk]]:
    """Return the layout with its sizes, and all chunks, set; one of several looks is several.

    A chunk that is there from an earlier run is not set again where `is_whole` says so of its folder.
    """
    alone = len(wanted.chunks) == 1 and not wanted.sizes
    sizes = None if alone else _sizes(found, wanted, work, helpers, step, look)
    names: list[str] = []
    waiting: list[tuple[str, str]] = []

    def orders() -> Iterator[Source]:
        for place, papers in enumerate(_by_chunk(found, wanted, work), 1):
            for group in latex.by_layout(papers):
                source = latex.joined(group, sizes, look=look)
                name = f"chunk-{place}-{digest(source.text, [files.digest(content) for _, content in source.files])}"
                names.append(name)
                if is_whole(work.path(name)):
                    step()
                else:
                    waiting.append((name, source.mark))
                    yield source

    for number, setting in helpers.each(set_chunk, orders()):
        name, mark = waiting[number]
        work.keep_all(name, kept_files(setting, mark))
        step()
    chunks = [Chunk(work.path(name)) for name in names]
    done = {**(sizes or {}), **largest(chunk.sizes for chunk in chunks)}
    return Layout(wanted.chunks, wanted.said, done), chunks


def _by_chunk(found: Class, wanted: Layout, work: Work) -> Iterator[list[Printed]]:
    """Yield the papers of each chunk in the order of their numbers."""
    before = 0
    for last in wanted.chunks:
        papers = [paper for paper in found.printed(work, range(before + 1, last + 1)) if before < paper.number <= last]
        yield sorted(said(papers, wanted.said, SAID), key=lambda paper: paper.number)
        before = last


def _sizes(
    found: Class, wanted: Layout, work: Work, helpers: Helpers, step: Callable[[], None], look: Look
) -> dict[str, str]:
    """Return the sizes of the layout: those that are sealed, in which later papers have to find room, or measured."""
    if wanted.sizes:
        return dict(wanted.sizes)
    names: list[str] = []
    measured: list[Mapping[str, str]] = []

    def orders() -> Iterator[Source]:
        for source in measuring(said(found.printed(work), wanted.said, SAID), look):
            name = f"sizes-{digest(source.text)}"
            kept = work.find(name)
            if kept is not None:
                measured.append(json.loads(kept))
                continue
            names.append(name)
            yield source

    for place, sizes in helpers.each(measure, orders()):
        work.keep(names[place], json.dumps(sizes).encode())
        measured.append(sizes)
    step()
    return largest(measured)


def check_room(found: Class, wanted: Layout, work: Work, kept: Collection[str], look: Look) -> None:
    """Refuse papers that came later and have a piece that is larger than the layout which was printed."""
    new = {number for number, paper in zip(found.numbers, found.papers, strict=True) if paper["student"] not in kept}
    if not (new and wanted.sizes):
        return
    papers = [paper for paper in said(found.printed(work, new), wanted.said, SAID) if paper.number in new]
    if not any(larger(measure(source), wanted.sizes) for source in measuring(papers, look)):
        return
    for paper in papers:
        off = [key for source in measuring([paper], look) for key in larger(measure(source), wanted.sizes)]
        if off:
            raise _no_room(paper.number, off)


def _no_room(number: int, keys: Sequence[str]) -> ExamError:
    """Return the error that a late paper does not fit the printed layout."""
    what = f"paper {number} has more to print than there is room for on the papers that are printed ({', '.join(keys)})"
    cure = "Give --makeup for this student, or make the exam again into another folder"
    return ExamError(what, cure=cure, slug="no-room")

"""One student's paper and solution, printed again from the seal alone: the same bytes as when all were printed.

The layout and the chunks are sealed, so the paper's whole chunk is set again as it was, and the one is cut out of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from layerquiz import engine, files
from layerquiz.errors import OutsideError
from layerquiz.exam.assumptions import Gathered
from layerquiz.exam.exam import Exam, Paper
from layerquiz.exam.seal import Sealed
from layerquiz.grading.policy import assumed
from layerquiz.press.chunks import Layout, layout
from layerquiz.press.draw import SAID
from layerquiz.press.looks import documents, look_of
from layerquiz.press.names import KINDS, file_names, pdf_name
from layerquiz.press.sealing import layout_of
from layerquiz.press.setting import largest, measure, measuring, said, set_chunk
from layerquiz.render import latex, papers
from layerquiz.render.latex import Printed
from layerquiz.render.look import Look
from layerquiz.render.themes import USUAL_THEME, Theme


def reprint(plain: Mapping[str, Any], sealed: Sealed, paper: Paper, theme: Theme = USUAL_THEME) -> dict[str, bytes]:
    """Return the files of a paper by their places in the exam's folder, such as `papers/s1.pdf`.

    `plain` is the seal as it is written, `theme` what the folder keeps of one. Raises `OutsideError` without TeX.
    """
    if not engine.available():
        cure = f"Install {' '.join(engine.missing())}"
        raise OutsideError("papers cannot be printed without TeX", cure=cure, slug="no-tex")
    look = look_of(sealed.exam, theme, sealed.papers)
    wanted = _layout(plain, sealed, look)
    groups = latex.by_layout(_chunk(sealed, wanted, paper.number))
    group = next(group for group in groups if paper.number in [other.number for other in group])
    source = latex.joined(group, wanted.sizes, look=look)
    parts = set_chunk(source).parts
    names = file_names([other.student.id for other in sealed.papers])
    name = names[[other.number for other in sealed.papers].index(paper.number)]
    found = {pdf_name(kind, name): parts[f"{kind}/{paper.number}"] for kind in KINDS}
    pages = documents(sealed.exam, [paper], {paper.number: name}, wanted.said, look)
    return found | {place: page.encode() for place, page in pages.items()}


def write(found: Mapping[str, bytes], target: Path, *, force: bool) -> list[str]:
    """Write files into a folder and return the names of those that changed."""
    collected = files.Target(target, force=force)
    for name, content in found.items():
        collected.add(name, content)
    return collected.commit()


def _layout(plain: Mapping[str, Any], sealed: Sealed, look: Look) -> Layout:
    """Return the sealed layout; that of an exam which was never printed is found as `exam` finds it."""
    numbers = [paper.number for paper in sealed.papers]
    found = layout_of(plain)
    if found is not None:
        return layout(numbers, tuple(found["said"]), found)
    sentences = assumed(sealed.exam, Gathered.of(question for paper in sealed.papers for question in paper.numbered))
    wanted = layout(numbers, sentences, None)
    sources = measuring(said(_printed(sealed.exam, sealed.papers), sentences, SAID), look)
    return Layout(wanted.chunks, sentences, largest(map(measure, sources)))


def _chunk(sealed: Sealed, wanted: Layout, number: int) -> Iterator[Printed]:
    """Yield the papers of the chunk that has a number, in the order of their numbers."""
    last = next(last for last in wanted.chunks if number <= last)
    before = max((other for other in wanted.chunks if other < last), default=0)
    found: Sequence[Paper] = [paper for paper in sealed.papers if before < paper.number <= last]
    ordered = sorted(found, key=lambda paper: paper.number)
    yield from said(_printed(sealed.exam, ordered), wanted.said, SAID)


def _printed(exam: Exam, found: Iterable[Paper]) -> Iterator[Printed]:
    return (latex.printed(papers.paper(exam, paper, paper.number, (SAID,))) for paper in found)

"""What students get back: a page of feedback each, and practice on their mistakes, in every format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from layerquiz import engine, files
from layerquiz.grading.grade import Report
from layerquiz.press.names import are_there, file_names, unprinted
from layerquiz.remedial import questions_on_mistakes
from layerquiz.render import feedback, html, latex, markdown
from layerquiz.render.document import Page, Sheet
from layerquiz.render.questions import sheet

MOST_PRINTED = 400
"""For so many papers feedback is printed unless it is said otherwise: TeX takes some four seconds for a hundred."""

CHUNK = 100
"""So many documents are set in one run of TeX."""

MOST_NAMED = 10

Document = TypeVar("Document")


def collect(
    collected: files.Target, report: Report, provisional: bool, practice: bool, pdf: bool | None
) -> Iterator[str]:
    """Add the pages and sheets of a graded class to the files that are written; yield what the user should know.

    `practice` adds a practice sheet for each student with known mistakes. `pdf` says whether all is printed too; None
    means for classes that are not large.
    """
    names = file_names([result.paper.student.id for result in report.results])
    sheets = _practice_sheets(report, names) if practice else {}
    prints = len(names) <= MOST_PRINTED if pdf is None else pdf
    pages: dict[str, Page] = {}
    for name, result in zip(names, report.results, strict=True):
        page = feedback.page(report.exam, result, provisional, name in sheets)
        collected.add(f"feedback/{name}.md", markdown.page(page))
        collected.add(f"feedback/{name}.html", html.page(page))
        if prints:
            pages[name] = page
    for name, questions in sheets.items():
        collected.add(f"practice/{name}.md", markdown.sheet(questions))
        collected.add(f"practice/{name}.html", html.sheet(questions))
    left = [name for name in names if name not in sheets] if practice else []
    if left:
        yield f"no known mistake, and so no practice sheet: {_listed(left)}"
    if prints:
        yield from _print(collected, pages, sheets)
    else:
        yield from _unprinted(collected, names, pdf)


def _practice_sheets(report: Report, names: Sequence[str]) -> dict[str, Sheet]:
    """Return a practice sheet for each student with mistakes, by the name of its file."""
    title = f"Practice after {report.exam.title}"
    found = {}
    for name, result in zip(names, report.results, strict=True):
        questions = questions_on_mistakes(report.exam, result)
        if questions:
            found[name] = sheet(title, questions, solutions=True, subtitle=result.paper.student.name)
    return found


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{', '.join(names[:MOST_NAMED])}{more}"


def _print(collected: files.Target, pages: Mapping[str, Page], sheets: Mapping[str, Sheet]) -> Iterator[str]:
    """Add the PDFs, unless the folder holds these very files already; without TeX say so."""
    pdfs = [*(f"feedback/{name}.pdf" for name in pages), *(f"practice/{name}.pdf" for name in sheets)]
    same = _holds(collected)
    if not engine.available():
        yield unprinted(collected.folder, pdfs, same)
    elif not (same and are_there(collected.folder, pdfs)):
        _add_pdfs(collected, "feedback", pages, latex.pages)
        _add_pdfs(collected, "practice", sheets, latex.sheets)


def _unprinted(collected: files.Target, names: Sequence[str], pdf: bool | None) -> Iterator[str]:
    """Say how to get PDFs, and whether those of an earlier run do not fit any more."""
    if pdf is None:
        yield f"no PDFs of feedback for {len(names):,} papers: --pdf writes them too"
    there = [name for name in names if files.is_file(collected.folder / f"feedback/{name}.pdf")]
    if there and not _holds(collected):
        yield f"PDFs of an earlier run are left and may not fit these grades: {_listed(there)} in feedback/"


def _holds(collected: files.Target) -> bool:
    """Say whether the folder holds these very files already."""
    return all(files.read_bytes(collected.folder / name) == content for name, content in collected.files.items())


def _add_pdfs(
    collected: files.Target,
    folder: str,
    documents: Mapping[str, Document],
    source_of: Callable[[Sequence[Document]], latex.Source],
) -> None:
    """Set documents as PDFs, some hundred in one run."""
    names = list(documents)
    for chunk in (names[first : first + CHUNK] for first in range(0, len(names), CHUNK)):
        source = source_of([documents[name] for name in chunk])
        parts = engine.typeset(source.text, source.parts)
        for name, part in zip(chunk, source.parts, strict=True):
            collected.add(f"{folder}/{name}.pdf", parts[part])

"""What `grade` writes: grades, feedback for each student, the class's summary, and what a person has to read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from layerquiz import engine, files
from layerquiz.errors import ExamError
from layerquiz.exam.seal import Sealed
from layerquiz.grading.grade import Report, grade, submitted
from layerquiz.grading.statistics import summarised
from layerquiz.publish import SEAL, Written, are_there, file_names, unprinted, unsealed
from layerquiz.remedial import questions_on_mistakes
from layerquiz.render import feedback, html, latex, markdown
from layerquiz.render.document import Sheet
from layerquiz.render.questions import decimal, sheet


def opened(target: str) -> Sealed:
    """Return the sealed exam of a folder."""
    path = Path(target) / SEAL
    if not files.is_file(path):
        cure = "Name the folder that `layerquiz exam` wrote"
        raise ExamError("there is no exam.json here", where=target, cure=cure, slug="no-seal")
    return unsealed(path)


def submissions(sealed: Sealed, file: str) -> dict[str, dict[str, str]]:
    """Return the answers of a CSV file by student and blank."""
    rows = files.read_rows(file)
    columns = rows[0].cells if rows else ()
    return submitted(sealed, file, columns, [(row.line, row.cells) for row in rows[1:]])


MOST_PRINTED = 400
"""For so many papers feedback is printed too, unless it is said otherwise: TeX takes a minute for some hundred."""

MOST_NAMED = 10

CHUNK = 100
"""So many documents are set in one run of TeX."""


def write_grades(
    source: str,
    answers: str,
    target: str | None,
    force: bool,
    accept_zero: bool,
    practice: bool = False,
    pdf: bool | None = None,
) -> tuple[Written, Report]:
    """Grade submissions and write grades, feedback for each student, the class's summary and what is to be reviewed.

    `practice` adds a practice sheet for each student who made mistakes. `pdf` says whether feedback is printed too;
    None means for classes of at most 400 papers.
    """
    target = target or str(Path(source) / "grades")
    sealed = opened(source)
    report = grade(sealed, submissions(sealed, answers))
    collected = files.Target(Path(target), force=force)
    collected.add("grades.csv", files.csv_text(_grade_rows(report)))
    collected.add("review.csv", files.csv_text(_review_rows(report)))
    provisional = bool(report.review) and not accept_zero
    names = file_names([result.paper.student.id for result in report.results])
    sheets = _practice_sheets(report, names) if practice else {}
    pages = {
        name: feedback.page(sealed.exam, result, provisional, name in sheets)
        for name, result in zip(names, report.results, strict=True)
    }
    for name, page in pages.items():
        collected.add(f"feedback/{name}.md", markdown.page(page))
        collected.add(f"feedback/{name}.html", html.page(page))
    for name, questions in sheets.items():
        collected.add(f"practice/{name}.md", markdown.sheet(questions))
        collected.add(f"practice/{name}.html", html.sheet(questions))
    collected.add(
        "summary.md", markdown.page(feedback.class_summary(sealed.exam, report, summarised(report), provisional))
    )
    notes = list(report.notes)
    if practice:
        notes += _without_practice(names, sheets)
    pdfs = [*(f"feedback/{name}.pdf" for name in names), *(f"practice/{name}.pdf" for name in sheets)]
    same = _holds(Path(target), collected)
    if not (len(names) <= MOST_PRINTED if pdf is None else pdf):
        notes += [f"no PDFs of feedback for {len(names):,} papers: --pdf writes them too"] if pdf is None else []
    elif not engine.available():
        notes.append(unprinted(Path(target), pdfs, same))
    elif not (same and are_there(Path(target), pdfs)):
        for name, content in {
            **_pdfs("feedback", pages, latex.pages),
            **_pdfs("practice", sheets, latex.sheets),
        }.items():
            collected.add(name, content)
    return Written(target, tuple(collected.commit()), tuple(notes)), report


def _holds(target: Path, collected: files.Target) -> bool:
    """Say whether the folder holds these very grades already."""
    return all(files.read_bytes(target / name) == content for name, content in collected.files.items())


def _practice_sheets(report: Report, names: Sequence[str]) -> dict[str, Sheet]:
    """Return a practice sheet for each student with mistakes, by the name of its file."""
    title = f"Practice after {report.exam.title}"
    found = {}
    for name, result in zip(names, report.results, strict=True):
        questions = questions_on_mistakes(report.exam, result)
        if questions:
            found[name] = sheet(title, questions, solutions=True, subtitle=result.paper.student.name)
    return found


def _without_practice(names: Sequence[str], sheets: Mapping[str, Sheet]) -> list[str]:
    """Return the note on those who get no practice sheet."""
    left = [name for name in names if name not in sheets]
    listed = ", ".join(left[:MOST_NAMED]) + (f" and {len(left) - MOST_NAMED} more" if left[MOST_NAMED:] else "")
    return [f"no known mistake, and so no practice sheet: {listed}"] if left else []


Document = TypeVar("Document")


def _pdfs(
    folder: str, documents: Mapping[str, Document], source_of: Callable[[Sequence[Document]], latex.Source]
) -> dict[str, bytes]:
    """Return documents as PDFs by their place in the folder; some hundred are set in one run."""
    found: dict[str, bytes] = {}
    names = list(documents)
    for chunk in (names[first : first + CHUNK] for first in range(0, len(names), CHUNK)):
        source = source_of([documents[name] for name in chunk])
        parts = engine.typeset(source.text, source.parts)
        found |= {f"{folder}/{name}.pdf": parts[part] for name, part in zip(chunk, source.parts, strict=True)}
    return found


def _grade_rows(report: Report) -> Iterable[Iterable[object]]:
    blanks = list(report.results[0].blanks)
    yield ["student", *blanks, "total"]
    for result in report.results:
        cells = [decimal(result.blanks[blank].mark.points) if result.handed_in else "" for blank in blanks]
        yield [result.paper.student.id, *cells, decimal(result.points)]


def _review_rows(report: Report) -> Iterable[Iterable[object]]:
    yield ["student", "blank", "answer", "why", "points"]
    for result, graded in report.review:
        why = " ".join(graded.story.notes)
        yield [result.paper.student.id, graded.blank, graded.story.written, why, ""]

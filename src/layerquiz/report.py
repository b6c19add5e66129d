"""What `grade` writes: grades, feedback for each student, the class's summary, and what a person has to read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from layerquiz import engine, files
from layerquiz.errors import ExamError
from layerquiz.exam.seal import Sealed
from layerquiz.grading.grade import Report, grade, submitted
from layerquiz.grading.statistics import summarised
from layerquiz.publish import SEAL, Written, are_there, file_names, unprinted, unsealed
from layerquiz.render import feedback, latex, markdown
from layerquiz.render.document import Page
from layerquiz.render.questions import decimal


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


def write_grades(
    source: str, answers: str, target: str | None, force: bool, accept_zero: bool, *, jobs: int | None = None
) -> tuple[Written, Report]:
    """Grade submissions and write grades, feedback for each student, the class's summary and what is to be reviewed."""
    target = target or str(Path(source) / "grades")
    sealed = opened(source)
    report = grade(sealed, submissions(sealed, answers), jobs)
    collected = files.Target(Path(target), force=force)
    collected.add("grades.csv", files.csv_text(_grade_rows(report)))
    collected.add("review.csv", files.csv_text(_review_rows(report)))
    provisional = bool(report.review) and not accept_zero
    pages = [feedback.page(sealed.exam, result, provisional) for result in report.results]
    names = file_names([result.paper.student.id for result in report.results])
    for page, name in zip(pages, names, strict=True):
        collected.add(f"feedback/{name}.md", markdown.page(page))
    collected.add(
        "summary.md", markdown.page(feedback.class_summary(sealed.exam, report, summarised(report), provisional))
    )
    notes = list(report.notes)
    pdfs, same = [f"feedback/{name}.pdf" for name in names], _holds(Path(target), collected)
    if not engine.available():
        notes.append(unprinted(Path(target), pdfs, same))
    elif not (same and are_there(Path(target), pdfs)):
        for name, content in _feedback_pdfs(pages, names).items():
            collected.add(name, content)
    return Written(target, tuple(collected.commit()), tuple(notes)), report


def _holds(target: Path, collected: files.Target) -> bool:
    """Say whether the folder holds these very grades already."""
    return all(files.read_bytes(target / name) == content for name, content in collected.files.items())


def _feedback_pdfs(pages: Sequence[Page], names: Sequence[str]) -> dict[str, bytes]:
    source = latex.pages(pages)
    parts = engine.typeset(source.text, source.parts)
    return {f"feedback/{name}.pdf": parts[f"page/{number}"] for number, name in enumerate(names, 1)}


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

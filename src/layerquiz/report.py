"""What `grade` writes: grades, feedback for each student, the class's report, and what a person has to read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from layerquiz import files, handouts, overview
from layerquiz.errors import ExamError
from layerquiz.exam.seal import Sealed
from layerquiz.grading.grade import Report, grade, submitted
from layerquiz.grading.statistics import summarised
from layerquiz.publish import SEAL, Written, unsealed
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
    source: str,
    answers: str,
    target: str | None,
    force: bool,
    accept_zero: bool,
    practice: bool = False,
    pdf: bool | None = None,
    *,
    names: bool = False,
    slides: bool = False,
) -> tuple[Written, Report]:
    """Grade submissions and write grades, feedback for each student, the class's report and what is to be reviewed.

    `practice` adds practice sheets; `pdf` says whether feedback is printed, None means for classes that are not large.
    `names` says whether the class's report names students, `slides` whether slides of its mistakes are set.
    """
    target = target or str(Path(source) / "grades")
    sealed = opened(source)
    report = grade(sealed, submissions(sealed, answers))
    collected = files.Target(Path(target), force=force)
    collected.add("grades.csv", files.csv_text(_grade_rows(report)))
    collected.add("review.csv", files.csv_text(_review_rows(report)))
    provisional = bool(report.review) and not accept_zero
    notes = [*report.notes, *handouts.collect(collected, report, provisional, practice, pdf)]
    notes += overview.collect(collected, sealed.exam, summarised(report), provisional, names=names, slides=slides)
    return Written(target, tuple(collected.commit()), tuple(notes)), report


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

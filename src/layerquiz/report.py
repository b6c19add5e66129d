"""What `grade` writes: grades, feedback for each student, the class's report, and what a person has to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from layerquiz import answers as handed_in
from layerquiz import csv_files, files, handouts, overview, regrade, vault
from layerquiz.entry import bindings
from layerquiz.errors import ExamError
from layerquiz.exam.exam import Exam
from layerquiz.exam.seal import Sealed
from layerquiz.exam.source import SourceText
from layerquiz.files import Written
from layerquiz.grading import review
from layerquiz.grading.apart import apart
from layerquiz.grading.grade import Report, grade
from layerquiz.grading.policy import policies
from layerquiz.grading.policy_keys import merged
from layerquiz.grading.simulate import Simulation, simulate
from layerquiz.grading.spares import settled, with_bound
from layerquiz.grading.statistics import summarised
from layerquiz.grading.submissions import Submissions
from layerquiz.press.helpers import helpers
from layerquiz.press.names import SEAL
from layerquiz.press.opened import read
from layerquiz.render import gradebooks
from layerquiz.render.questions import decimal
from layerquiz.tables.workbook import workbook
from layerquiz.vault import places


@dataclass(frozen=True, slots=True)
class Extras:
    """What is written on request: practice sheets, printed feedback, a report with names, slides.

    `pdf` says whether feedback is printed; None means for classes that are not large.
    """

    practice: bool = False
    pdf: bool | None = None
    names: bool = False
    slides: bool = False


NONE = Extras()


def opened(target: str, passphrase: vault.Passphrase = vault.from_environment) -> Sealed:
    """Return the sealed exam of a folder; `passphrase` gives that of one whose secrets are locked."""
    return sealed_as_written(target, passphrase)[1]


def sealed_as_written(
    target: str, passphrase: vault.Passphrase = vault.from_environment
) -> tuple[dict[str, Any], Sealed]:
    """Return the sealed exam of a folder as plain data, and as it is read.

    Raises `LayerquizError` where there is none.
    """
    path = Path(target) / SEAL
    places.check_finished(Path(target))
    if not files.is_file(path) and not vault.is_locked(path):
        cure = "Name the folder that `layerquiz exam` wrote"
        raise ExamError(f"there is no {SEAL} here", where=target, cure=cure, slug="no-seal")
    return read(path, passphrase)


def simulated(source: str, policy: str | None, passphrase: vault.Passphrase = vault.from_environment) -> Simulation:
    """Return what simulated students would earn under a sealed exam's policy, and under that of a file beside it."""
    sealed = opened(source, passphrase)
    if policy is None:
        return simulate(sealed)
    written = SourceText(policy, files.read_text(policy), 1, ExamError)
    other = replace(sealed.exam, policy=merged(sealed.exam.policy, written.mapping()))
    try:
        policies(other)
    except ExamError as error:
        raise error.at(policy) from None
    return simulate(sealed, {Path(policy).name: other})


def regraded(
    source: str,
    sealed: Sealed,
    answers: Mapping[str, Mapping[str, str]],
    target: str | None = None,
    corrections: str | None = None,
    jobs: int | None = None,
    scheduler: str | None = None,
) -> regrade.Regraded:
    """Return the report on answers to the exam of a folder, with its corrections and what was decided by hand."""

    sealed, answers = settled(sealed, answers, bindings.read(Path(source), sealed.papers))

    def graded(sealed: Sealed) -> Report:
        if scheduler is None:
            return grade(sealed, answers, jobs)
        with helpers(None, scheduler, len(sealed.papers)) as lent:
            return grade(sealed, answers, made=lambda given: apart(sealed, given, lent.each))

    def again(exam: Exam) -> Report:
        return graded(replace(sealed, exam=exam))

    written = Path(target or Path(source) / "grades")
    return regrade.regraded(Path(source), written, corrections, sealed, graded(sealed), again)


def submissions(source: str, sealed: Sealed, file: str) -> Submissions:
    """Return the answers of a file or folder by student and blank, with what is to be said of them."""
    return handed_in.read(with_bound(sealed, bindings.read(Path(source), sealed.papers)), file)


def write_grades(
    source: str,
    answers: str,
    target: str | None,
    force: bool,
    accept_zero: bool,
    corrections: str | None = None,
    extras: Extras = NONE,
    jobs: int | None = None,
    scheduler: str | None = None,
    passphrase: vault.Passphrase = vault.from_environment,
) -> tuple[Written, Report]:
    """Grade submissions and write grades, feedback for each student, the class's report and what is to be reviewed.

    `corrections` is their file, else corrections.yaml beside the exam counts where it is there. Where grades are there
    that would change, `ChangedGradesError` says which, unless `force` is given.
    """
    target = target or str(Path(source) / "grades")
    sealed = opened(source, passphrase)
    found = regraded(source, sealed, submissions(source, sealed, answers), target, corrections, jobs, scheduler)
    report, changed = found.report, regrade.differences(Path(target), found)
    if changed and not force:
        raise regrade.ChangedGradesError(str(Path(target) / regrade.GRADES), changed)
    collected = files.Target(Path(target), force=force, replaceable=(review.FILE,))
    collected.add(regrade.GRADES, csv_files.csv_text(_grade_rows(report)))
    collected.add(review.FILE, csv_files.csv_text(review.rows(report, found.decided)))
    if found.has_corrections:
        collected.add(regrade.CHANGES, csv_files.csv_text(found.change_rows()))
    provisional = bool(report.review) and not accept_zero
    _add_gradebooks(collected, report, provisional)
    notes = [*report.notes, *(regrade.table(changed) if changed else ())]
    notes += handouts.collect(collected, report, provisional, extras.practice, extras.pdf)
    notes += overview.collect(
        collected, sealed.exam, summarised(report), provisional, names=extras.names, slides=extras.slides
    )
    return Written(target, tuple(collected.commit()), tuple(notes)), report


def _add_gradebooks(collected: files.Target, report: Report, provisional: bool) -> None:
    """Add the grades as a spreadsheet, and as Canvas and Moodle import them."""
    collected.add("grades.xlsx", workbook(gradebooks.typed_rows(_grade_rows(report))))
    collected.add("canvas.csv", csv_files.csv_text(gradebooks.canvas_rows(report)))
    collected.add("moodle.csv", csv_files.csv_text(gradebooks.moodle_rows(report, provisional)))


def _grade_rows(report: Report) -> Iterable[Sequence[str]]:
    blanks = list(report.results[0].blanks)
    yield ["student", *blanks, "total"]
    for result in report.results:
        cells = [decimal(result.blanks[blank].mark.points) if result.handed_in else "" for blank in blanks]
        yield [result.paper.student.id, *cells, decimal(result.points)]

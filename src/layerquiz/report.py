"""What `grade` writes: grades, feedback for each student, the class's summary, and what a person has to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from layerquiz import answers as handed_in
from layerquiz import engine, files, regrade
from layerquiz.errors import ExamError
from layerquiz.exam.exam import Exam
from layerquiz.exam.seal import Sealed
from layerquiz.exam.source import SourceText
from layerquiz.grading import review
from layerquiz.grading.grade import Report, grade
from layerquiz.grading.policy import policies
from layerquiz.grading.policy_keys import merged
from layerquiz.grading.simulate import Simulation, simulate
from layerquiz.grading.statistics import summarised
from layerquiz.grading.submissions import Submissions
from layerquiz.publish import SEAL, Written, are_there, file_names, unprinted, unsealed
from layerquiz.render import feedback, gradebooks, latex, markdown
from layerquiz.render.document import Page
from layerquiz.render.questions import decimal
from layerquiz.tables.workbook import workbook


def opened(target: str) -> Sealed:
    """Return the sealed exam of a folder."""
    path = Path(target) / SEAL
    if not files.is_file(path):
        cure = "Name the folder that `layerquiz exam` wrote"
        raise ExamError("there is no exam.json here", where=target, cure=cure, slug="no-seal")
    return unsealed(path)


def simulated(source: str, policy: str | None) -> Simulation:
    """Return what simulated students would earn under a sealed exam's policy, and under that of a file beside it."""
    sealed = opened(source)
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
) -> regrade.Regraded:
    """Return the report on answers to the exam of a folder, with its corrections and what was decided by hand."""

    def again(exam: Exam) -> Report:
        return grade(replace(sealed, exam=exam), answers)

    written = Path(target or Path(source) / "grades")
    return regrade.regraded(Path(source), written, corrections, sealed, grade(sealed, answers), again)


def submissions(sealed: Sealed, file: str) -> Submissions:
    """Return the answers of a file or folder by student and blank, with what is to be said of them."""
    return handed_in.read(sealed, file)


def write_grades(
    source: str, answers: str, target: str | None, force: bool, accept_zero: bool, corrections: str | None = None
) -> tuple[Written, Report]:
    """Grade submissions and write grades, feedback for each student, the class's summary and what is to be reviewed.

    `corrections` is their file, else corrections.yaml beside the exam counts where it is there. Where grades are there
    that would change, `ChangedGradesError` says which, unless `force` is given.
    """
    target = target or str(Path(source) / "grades")
    sealed = opened(source)
    found = regraded(source, sealed, submissions(sealed, answers), target, corrections)
    report, changed = found.report, regrade.differences(Path(target), found)
    if changed and not force:
        raise regrade.ChangedGradesError(str(Path(target) / regrade.GRADES), changed)
    collected = files.Target(Path(target), force=force, replaceable=(review.FILE,))
    collected.add(regrade.GRADES, files.csv_text(_grade_rows(report)))
    collected.add(review.FILE, files.csv_text(review.rows(report, found.decided)))
    if found.has_corrections:
        collected.add(regrade.CHANGES, files.csv_text(found.change_rows()))
    provisional = bool(report.review) and not accept_zero
    _add_gradebooks(collected, report, provisional)
    pages = [feedback.page(sealed.exam, result, provisional) for result in report.results]
    names = file_names([result.paper.student.id for result in report.results])
    for page, name in zip(pages, names, strict=True):
        collected.add(f"feedback/{name}.md", markdown.page(page))
    collected.add(
        "summary.md", markdown.page(feedback.class_summary(sealed.exam, report, summarised(report), provisional))
    )
    notes = [*report.notes, *(regrade.table(changed) if changed else ())]
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


def _add_gradebooks(collected: files.Target, report: Report, provisional: bool) -> None:
    """Add the grades as a spreadsheet, and as Canvas and Moodle import them."""
    collected.add("grades.xlsx", workbook(gradebooks.typed_rows(_grade_rows(report))))
    collected.add("canvas.csv", files.csv_text(gradebooks.canvas_rows(report)))
    collected.add("moodle.csv", files.csv_text(gradebooks.moodle_rows(report, provisional)))


def _grade_rows(report: Report) -> Iterable[Sequence[str]]:
    blanks = list(report.results[0].blanks)
    yield ["student", *blanks, "total"]
    for result in report.results:
        cells = [decimal(result.blanks[blank].mark.points) if result.handed_in else "" for blank in blanks]
        yield [result.paper.student.id, *cells, decimal(result.points)]

"""`example`, `exam` and `grade`: the main job."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from layerquiz.cli import named

if TYPE_CHECKING:
    from layerquiz.grading.grade import Report
    from layerquiz.publish import Written

FORCE = click.option("--force", is_flag=True, help="Replace files that are there and differ.")


@click.command()
@click.option(
    "-o",
    "--output",
    default="example",
    show_default=True,
    type=click.Path(readable=False),
    callback=named,
    help="The folder to write.",
)
@FORCE
def example(output: str, force: bool) -> None:
    """Write an exam file, a roster and submissions to start from.

    \b
    Example:
      layerquiz example -o output/example
    """
    from layerquiz.publish import write_example

    _tell(write_example(output, force))


@click.command()
@click.argument("exam_file", metavar="EXAM.yaml", callback=named)
@click.option(
    "--roster", required=True, callback=named, help="A CSV file with the columns student,name; - for standard input."
)
@click.option(
    "-o", "--output", required=True, type=click.Path(readable=False), callback=named, help="The folder to write."
)
@FORCE
def exam(exam_file: str, roster: str, output: str, force: bool) -> None:
    """Draw a paper for each student; print papers and solutions; seal the exam.

    \b
    Example:
      layerquiz exam output/example/exam.yaml --roster output/example/roster.csv -o output/example/exam
    """
    from layerquiz.publish import write_exam

    _tell(write_exam(exam_file, roster, output, force))


@click.command()
@click.argument("folder", callback=named)
@click.argument("answers", callback=named)
@click.option(
    "-o",
    "--output",
    type=click.Path(readable=False),
    callback=named,
    help="The folder to write.  [default: FOLDER/grades]",
)
@click.option("--accept-zero", is_flag=True, help="Grades are final although some answers could not be read.")
@click.option("--jobs", type=click.IntRange(min=1), help="How many processes grade.  [default: as many as are of use]")
@click.option("--json", "as_json", is_flag=True, help="Print the grades as JSON.")
@FORCE
def grade(
    folder: str, answers: str, output: str | None, accept_zero: bool, jobs: int | None, as_json: bool, force: bool
) -> None:
    """Grade the submissions to a sealed exam and say where to look first.

    FOLDER is what `layerquiz exam` wrote, ANSWERS a CSV file with one column per blank, - for standard input.

    \b
    Example:
      layerquiz grade output/example/exam output/example/submissions.csv
    """
    from layerquiz.report import write_grades

    written, report = write_grades(folder, answers, output, force, accept_zero, jobs=jobs)
    if as_json:
        from layerquiz.cli.network import print_json

        print_json(report.as_json(accept_zero))
        return
    _tell(written)
    _tell_report(report, accept_zero, written.folder)


def _tell(written: Written) -> None:
    count = len(written.changed)
    done = f"{count} {'file' if count == 1 else 'files'} written" if count else "up to date"
    click.echo(f"{written.folder}: {done}")
    for note in written.notes:
        click.echo(f"  {note}")


def _tell_report(report: Report, accept_zero: bool, folder: str) -> None:
    from layerquiz.grading.statistics import look_at, summarised

    summary = summarised(report)
    click.echo(
        f"{summary.handed_in} of {summary.papers} papers handed in; mean {float(summary.mean):.2f} of "
        f"{float(summary.possible):g} points"
    )
    found = look_at(summary)
    if found:
        click.echo("Look at these first:")
        for line in found:
            click.echo(f"  {line}")
    if report.review and not accept_zero:
        click.echo(
            f"{len(report.review)} answers could not be read: see {folder}/review.csv. The grades are provisional; "
            "--accept-zero (with --force, where they are written already) makes them final."
        )
    click.echo(f"Grades: {folder}/grades.csv; the class: {folder}/summary.md; each student: {folder}/feedback/")

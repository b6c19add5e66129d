"""`example`, `exam` and `grade`: the main job."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from layerquiz.cli import named

if TYPE_CHECKING:
    from layerquiz.files import Written
    from layerquiz.grading.grade import Report

MOST_SHOWN = 6
"""So many places to look at are named on the terminal."""

FORCE = click.option("--force", is_flag=True, help="Replace files that are there and differ.")
SCHEDULER = click.option(
    "--scheduler",
    metavar="ADDRESS",
    callback=named,
    help="Let the workers of a Dask cluster do the work, such as tcp://192.168.0.5:8786.",
)


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
@click.argument("exam_file", metavar="EXAM.yaml", callback=named, required=False)
@click.option(
    "--roster",
    callback=named,
    help="Who takes it: CSV or XLSX with student,name, or an export of Canvas or Moodle; - for standard input.",
)
@click.option("-o", "--output", type=click.Path(readable=False), callback=named, help="The folder to write.")
@click.option("--spare", default=0, type=click.IntRange(0, 10_000), help="So many papers without a name besides.")
@click.option(
    "--makeup",
    metavar="FOLDER",
    type=click.Path(readable=False),
    callback=named,
    help="The folder of a sealed exam: draw the same one anew, without the numbers that its students have seen.",
)
@click.option("--preview", is_flag=True, help="Write one paper and its solution only, for nobody in particular.")
@click.option("--schema", is_flag=True, help="Print the JSON schema of an exam file, for editors.")
@click.option(
    "--lists/--no-lists", default=True, help="Lists for rooms and graders, and a master copy.  [default: yes]"
)
@click.option("--lock", is_flag=True, help="Encrypt what tells the right answers with a passphrase, as `lock` does.")
@click.option(
    "--proof", is_flag=True, help="Print only proof.pdf, for two people to read and sign; no roster is needed."
)
@click.option(
    "--order",
    type=click.Choice(("roster", "seat", "room")),
    default="roster",
    show_default=True,
    help="The order of the papers in papers.pdf, for the printer.",
)
@click.option("--theme", callback=named, help="The look of the papers: a changed copy of `layerquiz new --theme FILE`.")
@click.option("--tex", type=int, multiple=True, help="Write the LaTeX of this paper number too; repeatable.")
@click.option("--jobs", type=click.IntRange(min=1), help="How many processes work.  [default: one on each core]")
@SCHEDULER
@FORCE
def exam(
    exam_file: str | None,
    roster: str | None,
    output: str | None,
    spare: int,
    makeup: str | None,
    preview: bool,
    schema: bool,
    lists: bool,
    proof: bool,
    order: str,
    theme: str | None,
    tex: tuple[int, ...],
    jobs: int | None,
    scheduler: str | None,
    lock: bool,
    force: bool,
) -> None:
    """Draw a paper for each student; print papers and solutions; seal the exam.

    \b
    Examples:
      layerquiz exam output/example/exam.yaml --proof -o output/proof
      layerquiz exam output/example/exam.yaml --roster output/example/roster.csv -o output/example/exam
      layerquiz exam output/example/exam.yaml --preview -o output/example/preview
      layerquiz exam output/example/exam.yaml --roster output/example/roster.csv -o output/example/makeup \\
        --makeup output/example/exam
      layerquiz exam --schema
    """
    if schema:
        from layerquiz.cli.network import print_json
        from layerquiz.exam.exam_schema import schema as schema_of_exams

        print_json(schema_of_exams())
        return
    if exam_file is None or output is None or (roster is None) != (preview or proof):
        told = "Give EXAM.yaml, --roster and -o; without --roster --proof, or --preview for one paper to look at."
        raise click.UsageError(told)
    if roster is None and ((preview and proof) or spare or makeup or tex or lock):
        raise click.UsageError("--proof and --preview go alone; --spare, --makeup, --tex and --lock need --roster.")
    from layerquiz.cli.locking import after
    from layerquiz.press.exams import write_exam, write_proof
    from layerquiz.press.making import Press
    from layerquiz.preview import write_preview

    if roster is None:
        _tell(write_proof(exam_file, output, force) if proof else write_preview(exam_file, output, force, theme))
        return
    with after(output, lock):
        press = Press(jobs, scheduler, order, lists, theme, tex, spare, makeup)
        try:
            _tell(write_exam(exam_file, roster, output, force, press))
        except KeyboardInterrupt:
            click.echo("Stopped. Run the same command again: it goes on where it was.", err=True)
            raise


@click.command()
@click.argument("folder", callback=named)
@FORCE
def erratum(folder: str, force: bool) -> None:
    """Print slips that tell students what was corrected in an exam, and why.

    FOLDER is what `layerquiz exam` wrote; the corrections are those in its corrections.yaml, but for those that are
    about single students.

    \b
    Example:
      layerquiz erratum output/example/exam
    """
    from layerquiz.cli.locking import asked
    from layerquiz.errata import write_erratum

    _tell(write_erratum(folder, force, asked))


@click.command()
@click.argument("folder", callback=named)
@click.argument("answers", callback=named, required=False)
@click.option(
    "-o",
    "--output",
    type=click.Path(readable=False),
    callback=named,
    help="The folder to write.  [default: FOLDER/grades]",
)
@click.option("--corrections", callback=named, help="A file of corrections.  [default: FOLDER/corrections.yaml]")
@click.option("--simulate", is_flag=True, help="Try the policy on simulated students instead of grading ANSWERS.")
@click.option("--policy", callback=named, help="With --simulate: a YAML file with another policy to compare.")
@click.option("--accept-zero", is_flag=True, help="Grades are final although some answers could not be read.")
@click.option("--practice", is_flag=True, help="Write each student a practice sheet on their own mistakes.")
@click.option(
    "--pdf/--no-pdf",
    default=None,
    help="Print feedback as PDF beside HTML and Markdown.  [default: for at most 400 papers]",
)
@click.option("--slides", is_flag=True, help="Set slides.pdf: one slide for each mistake, to show the class.")
@click.option("--names", is_flag=True, help="Name in the class report the students who share a mistake.")
@click.option("--jobs", type=click.IntRange(min=1), help="How many processes grade.  [default: as many as are of use]")
@SCHEDULER
@click.option("--json", "as_json", is_flag=True, help="Print the grades as JSON.")
@FORCE
def grade(
    folder: str,
    answers: str | None,
    output: str | None,
    corrections: str | None,
    simulate: bool,
    policy: str | None,
    accept_zero: bool,
    practice: bool,
    pdf: bool | None,
    slides: bool,
    names: bool,
    jobs: int | None,
    scheduler: str | None,
    as_json: bool,
    force: bool,
) -> None:
    """Grade the submissions to a sealed exam and say where to look first.

    FOLDER is what `layerquiz exam` wrote. ANSWERS is a CSV, XLSX, JSON or JSONL file with one row per student or per
    answer, an export of responses from Moodle, Canvas or Google Forms, or a folder with a text file for each student;
    - is standard input.

    \b
    Examples:
      layerquiz grade output/example/exam output/example/submissions.csv
      layerquiz grade output/example/exam --simulate
    """
    if simulate != (answers is None) or (policy and not simulate):
        raise click.UsageError("Give ANSWERS, or --simulate without them; --policy goes with --simulate.")
    if answers is None:
        _simulate(folder, policy, as_json)
        return
    from layerquiz.cli.locking import asked
    from layerquiz.regrade import ChangedGradesError
    from layerquiz.report import Extras, write_grades

    extras = Extras(practice, pdf, names=names, slides=slides)
    try:
        written, report = write_grades(
            folder, answers, output, force, accept_zero, corrections, extras, jobs, scheduler, asked
        )
    except ChangedGradesError as error:
        if as_json:
            from layerquiz.cli.network import print_json

            print_json(error.as_json())
        raise
    if as_json:
        from layerquiz.cli.network import print_json

        print_json(report.as_json(accept_zero))
        return
    _tell(written)
    _tell_report(report, accept_zero, written.folder)


def _simulate(folder: str, policy: str | None, as_json: bool) -> None:
    from layerquiz.cli.locking import asked
    from layerquiz.report import simulated

    found = simulated(folder, policy, asked)
    if as_json:
        from layerquiz.cli.network import print_json

        print_json(found.as_json())
        return
    for line in found.lines():
        click.echo(line)


def _tell(written: Written) -> None:
    count = len(written.changed)
    if count == 1:
        click.echo(f"{written.folder}/{written.changed[0]}: written")
    else:
        click.echo(f"{written.folder}: {count} files written" if count else f"{written.folder}: up to date")
    for note in written.notes:
        click.echo(f"  {note}")


def _tell_report(report: Report, accept_zero: bool, folder: str) -> None:
    from layerquiz.grading.findings import findings
    from layerquiz.grading.statistics import summarised
    from layerquiz.render.findings import said

    summary = summarised(report)
    click.echo(
        f"{summary.handed_in} of {summary.papers} papers handed in; mean {float(summary.mean):.2f} of "
        f"{float(summary.possible):g} points"
    )
    found = findings(summary)
    if found:
        click.echo("Look at these first:")
    for finding in found[:MOST_SHOWN]:
        click.echo(f"  {said(finding).headline}")
    if found[MOST_SHOWN:]:
        click.echo(f"  and {len(found) - MOST_SHOWN} more: see the report")
    for slug, students in summary.mistakes[:3]:
        if students > 1:
            click.echo(f"{students} students made the mistake {slug}")
    if report.review and not accept_zero:
        click.echo(
            f"{len(report.review)} answers are to be read by a person: write points into {folder}/review.csv and grade "
            "again. Until then the grades are provisional; --accept-zero (with --force, where they are there) makes "
            "them final."
        )
    click.echo(f"Grades: {folder}/grades.csv; the class: {folder}/report.html; each student: {folder}/feedback/")

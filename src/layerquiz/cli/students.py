"""`students`: what an exam's folder holds about them, taken out, put under pseudonyms, or removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from layerquiz.cli import named
from layerquiz.cli.exams import FORCE

if TYPE_CHECKING:
    from pathlib import Path

    from layerquiz.people.change import Change
    from layerquiz.people.holdings import Holdings

MOST_NAMED = 12


@click.command()
@click.argument("folder", callback=named)
@click.option("--export", metavar="ID", callback=named, help="Write all that is held about one student as a ZIP file.")
@click.option("--pseudonymise", is_flag=True, help="Put P001, P002, ... in the place of all ids and names.")
@click.option("--delete", metavar="ID", callback=named, help="Remove one student.")
@click.option(
    "-o", "--output", type=click.Path(readable=False), callback=named, help="The ZIP file, or the table of pseudonyms."
)
@click.option("--yes", is_flag=True, help="Do it; without this only say what would happen.")
@FORCE
def students(
    folder: str, export: str | None, pseudonymise: bool, delete: str | None, output: str | None, yes: bool, force: bool
) -> None:
    """List the students of an exam's folder; export, pseudonymise or delete what it holds about them.

    The exam stays sealed and can be graded: papers are made of what was drawn, not of names. Printed papers, lists and
    reports that show names are removed; `reprint` and `grade` make them again. The table of pseudonyms is the only way
    back: keep it elsewhere. What stands outside of FOLDER is yours to look after.

    \b
    Examples:
      layerquiz students output/example/exam
      layerquiz students output/example/exam --export s01 -o s01.zip
      layerquiz students output/example/exam --pseudonymise -o pseudonyms.csv --yes
      layerquiz students output/example/exam --delete s01 --yes
    """
    from pathlib import Path

    from layerquiz.people.change import finish
    from layerquiz.vault import places

    if sum((export is not None, pseudonymise, delete is not None)) > 1:
        raise click.UsageError("Give one of --export, --pseudonymise and --delete.")
    if (export is not None or pseudonymise) != (output is not None):
        raise click.UsageError("-o goes with --export and --pseudonymise, and they with it.")
    place = Path(folder)
    with places.alone(place):
        if yes and finish(place):
            click.echo(f"{folder}: an interrupted change was finished; nothing else was done")
            return
        found = _holdings(place)
        if export is not None:
            _export(found, export, output or "", force)
        elif pseudonymise:
            _pseudonymise(found, output or "", yes, force)
        elif delete is not None:
            _delete(found, delete, yes)
        else:
            _list(found)


def _holdings(folder: Path) -> Holdings:
    from layerquiz.cli.locking import asked
    from layerquiz.people.holdings import Holdings
    from layerquiz.report import sealed_as_written

    plain, sealed = sealed_as_written(str(folder), asked)
    return Holdings(folder, plain, sealed, asked)


def _list(found: Holdings) -> None:
    from layerquiz.render import escape
    from layerquiz.render.markup import columns

    rows = [
        [escape.name(student), escape.name(name), str(len(found.made_of(student)))]
        for student, name in found.students.items()
    ]
    click.echo(columns([["student", "name", "files"], *rows]))


def _export(found: Holdings, student: str, output: str, force: bool) -> None:
    from layerquiz import files
    from layerquiz.people.packing import packed

    found.check(student)
    changed = files.write(output, packed(found, student), force=force)
    click.echo(f"{output}: {'written' if changed else 'up to date'}")


def _pseudonymise(found: Holdings, output: str, yes: bool, force: bool) -> None:
    from layerquiz.people import renaming

    names = renaming.pseudonyms(found)
    if list(names) == list(names.values()):
        click.echo(f"{found.folder}: all students are under pseudonyms already")
        return
    change = renaming.pseudonymised(found, names)
    if yes:
        renaming.write_table(found, names, output, force)
        click.echo(f"{output}: the pseudonyms of {len(names)} students; keep it away from the exam")
    _carry_out(found, change, yes)


def _delete(found: Holdings, student: str, yes: bool) -> None:
    from layerquiz.people import renaming

    found.check(student)
    _carry_out(found, renaming.deleted(found, student), yes)


def _carry_out(found: Holdings, change: Change, yes: bool) -> None:
    """Do what was planned, or say what it would be."""
    from layerquiz.people.change import finish

    verbs = ("rewritten", "removed") if yes else ("would be rewritten", "would be removed")
    if yes:
        change.decide(found.folder)
        finish(found.folder)
    for verb, names in zip(verbs, (list(change.written), change.removed), strict=True):
        if names:
            click.echo(f"{verb}: {_listed(names)}")
    strange = found.strange([*change.written, *change.removed])
    if strange:
        click.echo(f"left as they are, whatever they hold: {_listed(strange)}")
    if not yes:
        click.echo("Nothing was done: give --yes to do it.")


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if names[MOST_NAMED:] else ""
    return f"{', '.join(names[:MOST_NAMED])}{more}"

"""`reprint`: one student's paper again, from the sealed folder alone."""

from __future__ import annotations

import click

from layerquiz.cli import named
from layerquiz.cli.exams import FORCE


@click.command()
@click.argument("folder", callback=named)
@click.option("--student", callback=named, help="Whose paper: an id or a name.")
@click.option("--paper", type=click.IntRange(min=1), help="Which paper, by its printed number.")
@click.option(
    "-o",
    "--output",
    type=click.Path(readable=False),
    callback=named,
    help="The folder to write papers/ and solutions/ into.  [default: FOLDER]",
)
@FORCE
def reprint(folder: str, student: str | None, paper: int | None, output: str | None, force: bool) -> None:
    """Print one student's paper and solution again, the same to the last byte.

    FOLDER is what `layerquiz exam` wrote; nothing but its `exam.json` is needed, whatever became of templates and exam
    file. Where it is locked, the solution is printed only into another folder.

    \b
    Examples:
      layerquiz reprint output/example/exam --student s01
      layerquiz reprint output/example/exam --paper 17 -o output/again
    """
    from pathlib import Path

    from layerquiz import themed
    from layerquiz.cli.locking import asked
    from layerquiz.entry import bindings
    from layerquiz.entry.finding import Finder
    from layerquiz.locking import is_secret
    from layerquiz.press import reprint as again
    from layerquiz.press.names import SEAL
    from layerquiz.report import sealed_as_written
    from layerquiz.vault import is_locked

    if (student is None) == (paper is None):
        raise click.UsageError("Give one of --student and --paper.")
    plain, sealed = sealed_as_written(folder, asked)
    finder = Finder(sealed.papers)
    wanted = (
        finder.numbered(paper)
        if paper
        else finder.of_student(student or "", bindings.read(Path(folder), sealed.papers))
    )
    found = again.reprint(plain, sealed, wanted, themed.sealed(Path(folder), sealed.exam))
    left = [name for name in found if output is None and is_secret(name) and is_locked(Path(folder) / SEAL)]
    changed = again.write(
        {name: found[name] for name in found if name not in left}, Path(output or folder), force=force
    )
    for name in found:
        state = (
            "not written, as the folder is locked; give -o" if name in left else "written" if name in changed else ""
        )
        click.echo(f"{Path(output or folder) / name}: {state or 'up to date'}")

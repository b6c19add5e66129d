"""`enter`: answers are typed from papers, checked as they come and kept at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from layerquiz.cli import named
from layerquiz.cli.exams import FORCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layerquiz.entry.desk import Desk, Line, Taken
    from layerquiz.entry.finding import Finder
    from layerquiz.exam.exam import Paper
    from layerquiz.exam.roster import Student

HELP = """\
At "Paper"    a paper's number, a student's id or name, or the code of a page from a hand scanner
At a blank    the answer as it stands on the paper; Enter alone keeps what is shown in brackets, or means
              that nothing is written
  <           back to the blank before; at the first one back to "Paper"
  .           nothing more is written on this paper
  q           stop; everything that was typed is kept
  ?           this help"""

BACK, REST, STOP, ASK = "<", ".", "q", "?"


class Stopped(Exception):  # noqa: N818 -- nothing went wrong
    """Whoever types wants to stop."""


@click.command()
@click.argument("folder", callback=named)
@click.option("--by", callback=named, help="Who types; asked for where it is not given.")
@click.option("--export", callback=named, help="Write what was entered as a table for `grade`, and type nothing.")
@FORCE
def enter(folder: str, by: str | None, export: str | None, force: bool) -> None:
    """Enter the answers on papers by keyboard.

    FOLDER is what `layerquiz exam` wrote. Each answer is shown as it was read and is kept at once with who typed it
    and when, so you can stop at any moment and go on later. Where a second person types the same papers, they are
    asked about every difference. A spare paper is given to its student here. At the end `entered.csv` in FOLDER is
    what `grade` takes.

    \b
    Examples:
      layerquiz enter output/example/exam --by Ada
      layerquiz grade output/example/exam output/example/exam/entered.csv
      layerquiz enter output/example/exam --export answers.csv
    """
    import datetime as dt
    from pathlib import Path

    from layerquiz.cli.locking import asked
    from layerquiz.entry import record, table
    from layerquiz.entry.desk import Desk
    from layerquiz.entry.finding import Finder
    from layerquiz.exam.identity import identity
    from layerquiz.report import opened

    sealed, place = opened(folder, asked), Path(folder)
    if export is not None:
        changed = table.export(place, sealed.papers, export, force)
        click.echo(f"{export}: {'written' if changed else 'up to date'}")
        return
    exam = identity(sealed.exam)
    with record.opened(place) as kept:
        try:
            person = by or _person()
            desk = Desk(place, sealed, kept, person, lambda: dt.datetime.now(dt.UTC).isoformat(timespec="seconds"))
            _papers(desk, Finder(sealed.papers, lambda word: word.upper() == exam))
        except (EOFError, KeyboardInterrupt):
            click.echo()
        except Stopped:
            pass
        for line in table.kept(place, sealed.papers, kept):
            click.echo(line)


def _person() -> str:
    while True:
        found = " ".join(_typed("Your name: ").split())
        if found:
            return found


def _typed(prompt: str) -> str:
    """Return what is typed behind a prompt, without space around it; help is given as often as it is asked for."""
    from layerquiz.cli.screen import typed

    while True:
        text = typed(prompt).strip()
        if text == STOP:
            raise Stopped
        if text != ASK:
            return text
        click.echo(HELP)


def _papers(desk: Desk, finder: Finder) -> None:
    """Take one paper after the other until whoever types stops."""
    from layerquiz.errors import LayerquizError

    click.echo("? is help, q stops.")
    while True:
        text = _typed("Paper: ")
        if text in ("", BACK, REST):
            continue
        try:
            paper = finder.paper(text, desk.bindings)
            student = desk.holder(paper) or _bound(desk, finder, paper)
        except LayerquizError as error:
            click.echo(str(error))
            continue
        if student is not None:
            _fill(desk, paper, student)


def _bound(desk: Desk, finder: Finder, paper: Paper) -> Student | None:
    """Ask who has a spare paper and keep it; None where whoever types goes back."""
    from layerquiz.exam.roster import Student
    from layerquiz.render import escape

    text = _typed(f"Spare paper {paper.number}. Whose is it? Id or name: ")
    if text in ("", BACK):
        return None
    student = finder.student(text)
    if student is None:
        name = _typed(f'"{escape.name(text)}" is not in the exam. Name of this new student (Enter alone: go back): ')
        if name in ("", BACK):
            return None
        known = finder.student(name)
        if known is not None:
            click.echo(f"{_called(known)} is in the exam. Give the paper's number again, then that student.")
            return None
        student = Student(" ".join(text.split()), " ".join(name.split()))
    elif _typed(f"{_called(student)}? y or n: ").lower() not in ("y", "yes"):
        return None
    desk.bind(paper, student)
    return student


def _called(student: Student) -> str:
    from layerquiz.render import escape

    return f"{escape.name(student.name)} ({escape.name(student.id)})"


def _fill(desk: Desk, paper: Paper, student: Student) -> None:
    """Ask for the blanks of one paper from the first that this person has not typed."""
    lines, mine = desk.lines(paper), desk.mine(paper)
    prompts = _prompts(paper, lines)
    place = next((at for at, line in enumerate(lines) if line.name not in mine), 0)
    again = f"; {len(mine)} of {len(lines)} blanks are typed" if mine else ""
    click.echo(f"Paper {paper.number}: {_called(student)}{again}")
    while 0 <= place < len(lines):
        line = lines[place]
        shown = f"{prompts[line.name]} [{mine[line.name]}]: " if line.name in mine else f"{prompts[line.name]}: "
        text = _typed(shown)
        if text == BACK:
            place -= 1
        elif text == REST:
            for rest in lines[place:]:
                if rest.name not in mine:
                    _settle(desk, paper, rest, desk.take(paper, lines, rest, ""))
            return
        elif text or line.name not in mine:
            mine[line.name] = _take(desk, paper, lines, line, text)
            place += 1
        else:
            place += 1


def _prompts(paper: Paper, lines: Sequence[Line]) -> dict[str, str]:
    """Return what is asked at each blank: its name over the paper and its label."""
    from layerquiz.render.markup import text_line
    from layerquiz.render.questions import printed

    found = {line.name: line.name for line in lines}  # what a person has marked has no label
    for number, question in enumerate(paper.questions, 1):
        names = {line.blank.place: line.name for line in lines if line.number == number}
        for blank in printed(question, number, names).all_blanks():
            found[blank.id] = " ".join(filter(None, (blank.id, text_line(blank.label))))
    return found


def _take(desk: Desk, paper: Paper, lines: Sequence[Line], line: Line, text: str) -> str:
    """Keep an answer; offer a second look where it is due, and ask where another person typed something else."""
    taken = desk.take(paper, lines, line, text)
    if taken.read_as:
        click.echo(f"  read as {taken.read_as}")
    if taken.look:
        again = _typed(f"  Please look again. {taken.look} Type it anew, or Enter alone if it stands there so: ")
        if again not in ("", BACK, REST) and again != text:
            return _take(desk, paper, lines, line, again)
    return _settle(desk, paper, line, taken)


def _settle(desk: Desk, paper: Paper, line: Line, taken: Taken) -> str:
    """Ask which answer counts where people differ; return the one that does."""
    if not taken.others:
        return taken.answer
    answers = [*taken.others, taken.answer]
    click.echo(f"  {line.name} was typed differently:")
    for number, answer in enumerate(answers, 1):
        click.echo(f"    {number}  {answer or '(nothing)'}")
    while True:
        chosen = _typed(f"  Which one stands on the paper? 1 to {len(answers)}: ")
        if chosen.isdecimal() and 1 <= int(chosen) <= len(answers):
            answer = answers[int(chosen) - 1]
            desk.settle(paper, line, answer)
            return answer

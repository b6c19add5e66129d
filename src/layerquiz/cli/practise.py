"""`practise`: one question after the other at the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from layerquiz.cli import named
from layerquiz.cli.chosen import wanted_options
from layerquiz.cli.network import print_json

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from layerquiz.exam.choosing import Wanted
    from layerquiz.exam.question import Blank
    from layerquiz.grading.story import Story
    from layerquiz.practise import Turn
    from layerquiz.progress import Missed, Progress
    from layerquiz.render.document import Question


@click.command()
@wanted_options
@click.option("--seed", help="The same seed gives the same questions; without one they differ each time.")
@click.option(
    "--data",
    type=click.Path(readable=False),
    callback=named,
    help="The file that remembers what was practised, instead of the one in your folder for data.",
)
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="Practise as if it were this day.")
@click.option("--progress", "shows_progress", is_flag=True, help="Show what was practised, by topic and by mistake.")
@click.option("--forget", is_flag=True, help="Delete what was practised, after asking.")
@click.option("--json", "as_json", is_flag=True, help="Print the progress as JSON.")
def practise(
    wanted: Wanted,
    number: int | None,
    minutes: float,
    seed: str | None,
    data: str | None,
    today: datetime | None,
    shows_progress: bool,
    forget: bool,
    as_json: bool,
) -> None:
    """Practise at the terminal: answer, get a hint, try again, see how it is worked out.

    What was missed is remembered and asked again: the next day, and each time that it goes right after twice as many
    days (1, 2, 4, 8, 16: the boxes of Leitner). End with Ctrl-D or Ctrl-C; what was answered is kept.

    \b
    Examples:
      layerquiz practise
      layerquiz practise --topic pooling --level 1 -n 5
      layerquiz practise --mistake forgot-bias --minutes 20
      layerquiz practise --progress
    """
    import datetime as dt
    import secrets
    from pathlib import Path

    from layerquiz.progress import usual_path

    if as_json and not shows_progress:
        raise click.UsageError("--json belongs to --progress.")
    if forget and shows_progress:
        raise click.UsageError("Only one of --progress and --forget can be given.")
    path = Path(data) if data else usual_path()
    day = today.date() if today else dt.date.today()  # noqa: DTZ011 -- the day where somebody practises
    if shows_progress:
        _show_progress(path, as_json)
    elif forget:
        _forget(path)
    else:
        _practise(path, wanted, number, minutes, seed or secrets.token_hex(8), day)


def _practise(path: Path, wanted: Wanted, number: int | None, minutes: float, seed: str, today: date) -> None:
    """Ask until the questions, the lines or the patience of who practises end; then say what came of it."""
    from layerquiz.practise import Session
    from layerquiz.progress import opened

    with opened(path) as progress:
        tally = Tally()
        try:
            for place, turn in enumerate(Session(progress, wanted, number, minutes, seed, today).turns(), 1):
                _ask(turn, place, tally)
        except (EOFError, KeyboardInterrupt):
            click.echo()
        tally.show(progress, path)


class Tally:
    """What a session has come to, and which sentences about counting were said already."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.said: set[str] = set()

    def show(self, progress: Progress, path: Path) -> None:
        """Say how it went, and when what was missed comes again."""
        answered, right = (sum(turn.score[place] for turn in self.turns) for place in (0, 1))
        if answered:
            click.echo(f"{right} of {_counted(answered, 'answer')} right at the first try, kept in {path}")
            waiting = [missed for missed in progress.missed() if not missed.is_learnt]
            if waiting:
                click.echo(f"what was missed is asked again from {waiting[0].due}")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _ask(turn: Turn, place: int, tally: Tally) -> None:
    """Ask one question, blank after blank."""
    from layerquiz.exam.assumptions import sentences
    from layerquiz.render import text
    from layerquiz.render.document import Paragraph
    from layerquiz.render.questions import printed

    tally.turns.append(turn)
    question = turn.question
    document = printed(question, place, {blank.place: blank.place for blank in question.blanks})
    for sentence in sentences([(str(place), question)]):
        if sentence not in tally.said:
            tally.said.add(sentence)
            click.echo(text.block(Paragraph(sentence)))
    click.echo(f"\n{text.question(document)}\n")
    for blank in question.blanks:
        _ask_blank(turn, blank, document)


def _ask_blank(turn: Turn, blank: Blank, document: Question) -> None:
    """Ask for one answer until it is right or was tried often enough; then show how it is worked out."""
    from layerquiz.cli.screen import typed
    from layerquiz.render.markup import text_line

    told = {shown.id: shown for shown in document.all_blanks()}[blank.place]
    prompt = " ".join(text_line(part) for part in (told.mark, told.label) if part)
    story = turn.answer(blank, typed(f"{prompt}: "))
    _show_story(blank, story)
    while turn.may_try_again(blank, story):
        click.echo("Try again, or press Enter to see how it is worked out.")
        story = turn.answer(blank, typed(f"{prompt}: "))
        _show_story(blank, story)
    if not turn.was_right_at_once(blank):
        _show_solution(document, blank)


def _show_story(blank: Blank, story: Story) -> None:
    """Show how an answer was read, whether it is right, and the question that may help."""
    from layerquiz.render.feedback import IN_LETTERS, IN_WORDS

    if story.verdict == "blank":
        return
    if story.verdict != "unreadable":
        words = IN_LETTERS if blank.kind == "formula" else IN_WORDS
        click.echo(f"read as {story.shown}: {words[story.verdict]}")
    if story.hint and story.verdict != "carried":
        click.echo(story.hint)


def _show_solution(document: Question, blank: Blank) -> None:
    """Show how a blank is worked out, and its answer."""
    from layerquiz.render import text
    from layerquiz.render.markup import text_line

    for told, blocks in document.worked():
        if told is not None and told.id == blank.place:
            lines = [text.block(item) for item in blocks]
            answer = " ".join(text_line(part) for part in ("Answer:", told.key, told.unit) if part)
            click.echo("\n".join(("How it is worked out:", *lines, answer, "")))


def _show_progress(path: Path, as_json: bool) -> None:
    """Show what was practised by topic, and what was missed with the day on which it comes again."""
    from layerquiz import files
    from layerquiz.progress import opened

    topics, missed = [], []
    if files.is_file(path):
        with opened(path) as progress:
            topics, missed = progress.topics(), progress.missed()
    if as_json:
        print_json(_as_json(topics, missed))
    elif not topics:
        click.echo(f"nothing was practised yet; it would be kept in {path}")
    else:
        _print_progress(topics, missed)


def _as_json(topics: list[tuple[str, int, int]], missed: list[Missed]) -> dict[str, object]:
    return {
        "format": 1,
        "topics": [{"topic": topic, "answered": answered, "right": right} for topic, answered, right in topics],
        "missed": [
            {
                "sort": found.sort,
                "name": found.name,
                "times": found.times,
                "box": None if found.is_learnt else found.box,
                "due": None if found.is_learnt else found.due.isoformat(),
            }
            for found in missed
        ],
    }


def _print_progress(topics: list[tuple[str, int, int]], missed: list[Missed]) -> None:
    from layerquiz.render import escape
    from layerquiz.render.markup import columns

    rows = [[escape.name(topic), str(answered), f"{right / answered:.0%}"] for topic, answered, right in topics]
    click.echo(columns([["topic", "answers", "right at once"], *rows]))
    if missed:
        told = [
            [
                escape.name(found.name),
                str(found.times),
                "learnt" if found.is_learnt else str(found.box),
                "-" if found.is_learnt else found.due.isoformat(),
            ]
            for found in missed
        ]
        click.echo("\n" + columns([["missed", "times", "box", "comes again"], *told]))


def _forget(path: Path) -> None:
    """Delete what was practised, if whoever asks for it says so once more."""
    from layerquiz import files
    from layerquiz.cli.screen import typed
    from layerquiz.progress import opened

    if not files.is_file(path):
        click.echo(f"nothing was practised yet: there is no {path}")
        return
    with opened(path) as progress:
        try:
            said = typed(f"Delete {_counted(progress.count(), 'answer')} and all progress in {path}? Type yes: ")
        except (EOFError, KeyboardInterrupt):
            said = ""
            click.echo()
        if said.strip().lower() in ("y", "yes"):
            progress.forget()
            click.echo("deleted")
        else:
            click.echo("nothing was deleted")

"""`new`: a template to start from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from layerquiz.cli import named
from layerquiz.cli.network import print_json

if TYPE_CHECKING:
    from layerquiz.authoring import Begun

Found = TypeVar("Found")


@click.command()
@click.argument("name", required=False, callback=named)
@click.option("--kind", help="What is asked for: number, or formula for answers in letters.")
@click.option("--topic", help="The topic, such as pooling; it decides with which network the template begins.")
@click.option("--level", type=click.IntRange(1, 5), help="From 1 (easy) to 5 (hard).")
@click.option(
    "--ask", "asked", metavar="QUANTITY", multiple=True, help="What is asked, such as conv.height; repeatable."
)
@click.option("--title", help="The heading of the question.")
@click.option("--goal", help="What a student learns from it.")
@click.option("--minutes", type=click.FloatRange(0.1, 600), help="How long it takes.")
@click.option("--theme", callback=named, metavar="FILE", help="Write the look of papers to a file, to be changed.")
@click.option("--schema", is_flag=True, help="Print the JSON schema of a template's front matter, for editors.")
def new(
    name: str | None,
    kind: str | None,
    topic: str | None,
    level: int | None,
    asked: tuple[str, ...],
    title: str | None,
    goal: str | None,
    minutes: float | None,
    theme: str | None,
    schema: bool,
) -> None:
    """Start a question template of your own: NAME.md, which `layerquiz check` finds in order as it is.

    What no option says is asked at the prompt; Enter takes what stands in brackets, and so does the end of the input.

    \b
    Examples:
      layerquiz new strided
      layerquiz new strided --topic convolution-size --level 2 --ask conv.height --ask conv.parameters
      layerquiz new --schema
      layerquiz new --theme my.tex.j2
    """
    if schema:
        from layerquiz.exam.schema import schema as schema_of_templates

        print_json(schema_of_templates())
        return
    if theme is not None:
        from layerquiz import themed

        themed.write(theme)
        click.echo(f"{theme}: started. Change it as you like, then: layerquiz exam ... --theme {theme}")
        return
    if name is None:
        raise click.UsageError("Say what the template is to be called, such as: layerquiz new strided")
    from layerquiz import files
    from layerquiz.authoring import written

    path = _free(name)
    begun = _decided(path.removesuffix(".md"), kind, topic, level, asked, title, goal, minutes)
    files.write(path, written(begun))
    click.echo(f"{path}: started. Change it as you like, then: layerquiz check {path}")


def _free(name: str) -> str:
    """Return the file of a new template; one that is there is never replaced."""
    from pathlib import PurePath

    from layerquiz import files
    from layerquiz.authoring import check_name
    from layerquiz.errors import LayerquizError

    path = f"{name.removesuffix('.md')}.md"
    check_name(PurePath(path).stem)
    if files.is_file(path) or files.is_folder(path):
        raise LayerquizError("is there already", where=path, cure="Give another name", slug="file-exists")
    return path


def _decided(
    path: str,
    kind: str | None,
    topic: str | None,
    level: int | None,
    asked: tuple[str, ...],
    title: str | None,
    goal: str | None,
    minutes: float | None,
) -> Begun:
    """Return what the options say, and for the rest what is answered at the prompt."""
    from pathlib import PurePath

    from layerquiz.authoring import KINDS, Begun, usual_title
    from layerquiz.exam.starters import starter, starters

    prompt = Prompt()
    kind = prompt.value(kind, f"What is asked for ({', '.join(KINDS)})", KINDS[0], _kind)
    topic = prompt.value(topic, f"Topic ({', '.join(starters())})", next(iter(starters())), _topic)
    level = prompt.value(level, "Level, from 1 (easy) to 5 (hard)", "1", _level)
    first = " ".join(starter(topic).asked)
    asked = asked or prompt.value(None, "What is asked, with spaces between", first, lambda text: tuple(text.split()))
    title = prompt.value(title, "Title", usual_title(topic, asked), str)
    goal = prompt.value(goal, "What a student learns from it (may stay empty)", "", str)
    return Begun(PurePath(path).name, topic, kind, level, title, tuple(asked), minutes, goal)


class Prompt:
    """Asks for what no option says, until the input ends; then the usual answers are taken."""

    def __init__(self) -> None:
        self.is_open = True

    def value(self, given: Found | None, question: str, usual: str, read: Callable[[str], Found]) -> Found:
        """Return what was given, else what is typed; what cannot be is told, and asked again."""
        from layerquiz.cli.screen import typed
        from layerquiz.errors import LayerquizError

        if given is not None:
            return read(str(given))
        shown = f" [{usual}]" if usual else ""
        while self.is_open:
            try:
                return read(typed(f"{question}{shown}: ").strip() or usual)
            except LayerquizError as error:
                click.echo(str(error))
            except EOFError:
                self.is_open = False
        return read(usual)


def _kind(text: str) -> str:
    from layerquiz.authoring import KINDS
    from layerquiz.errors import TemplateError, nearest

    if text not in KINDS:
        raise TemplateError(f'no template is started for the kind "{text}"', cure=nearest(text, KINDS), slug="kind")
    return text


def _topic(text: str) -> str:
    from layerquiz.exam.starters import starter

    starter(text)
    return text


def _level(text: str) -> int:
    from layerquiz.errors import TemplateError

    if text not in ("1", "2", "3", "4", "5"):
        raise TemplateError(f'there is no level "{text}"', cure="Allowed: 1 to 5", slug="level")
    return int(text)

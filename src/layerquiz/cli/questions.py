"""`questions`, `draw` and `check`: templates at the prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from layerquiz.cli import named
from layerquiz.cli.chosen import language_option
from layerquiz.cli.network import print_json
from layerquiz.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable

    from layerquiz.exam.question import Blank, Question
    from layerquiz.exam.template import Template
    from layerquiz.render.document import Sheet

FORMATS = ("text", "markdown", "latex", "html", "json")


def template_from(argument: str) -> Template:
    """Return the template that an argument means: a file, `-` for standard input, or a name of the library."""
    from pathlib import Path

    from layerquiz import files
    from layerquiz.exam import library, template

    if argument == "-" or files.is_path(argument):
        standard = argument == files.STANDARD_INPUT
        stem, told = ("template", "standard input") if standard else (Path(argument).stem, argument)
        beside = () if standard else files.translations_beside(argument)
        return template.parse(files.read_text(argument), stem, told, beside)
    file = f"{argument}.md"
    if argument not in library.files() and files.is_file(Path(file)):
        cure = f'For the file of that name, write "{file}"'
        raise TemplateError(f'no template is called "{argument}"', cure=cure, slug="unknown-template")
    return library.named(argument)


@click.command()
@click.option("--topic", help="Only questions of this topic.")
@click.option("--level", type=int, help="Only questions of this level.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def questions(topic: str | None, level: int | None, as_json: bool) -> None:
    """List what can be asked, by topic and level, and how many different questions each template has.

    \b
    Examples:
      layerquiz questions
      layerquiz questions --topic pooling --json
    """
    from layerquiz.exam.counted import counted
    from layerquiz.exam.library import chosen

    found = sorted(chosen(topic, level), key=lambda t: (t.topics[:1], t.level, t.name))
    if as_json:
        keys = ("name", "title", "topics", "level", "kind", "minutes", "languages")
        print_json([{**{key: getattr(t, key) for key in keys}, "distinct": counted(t).distinct} for t in found])
        return
    from rich import box
    from rich.table import Column, Table

    from layerquiz.cli.screen import console

    table = Table("name", "level", "topics", "title", Column("questions", justify="right"), box=box.SIMPLE_HEAD)
    for template in found:
        topics = ", ".join(template.topics)
        table.add_row(template.name, str(template.level), topics, template.title, str(counted(template)))
    console().print(table)


@click.command()
@click.argument("template", callback=named)
@click.option("--seed", default="0", show_default=True, help="The same seed gives the same question.")
@language_option
@click.option("--solution", is_flag=True, help="Show the worked solution too.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def draw(template: str, seed: str, language: str | None, solution: bool, form: str, as_json: bool) -> None:
    """Draw one question from TEMPLATE: a name, a file, or - for standard input.

    \b
    Examples:
      layerquiz draw conv-parameters --seed 7
      layerquiz draw my_template.md --seed 7 --solution --format latex
      layerquiz draw conv-parameters --language de
    """
    from layerquiz.exam.drawing import draw as draw_question
    from layerquiz.exam.template import in_language
    from layerquiz.render.questions import sheet as sheet_of

    found = template_from(template)
    question = draw_question(found if language is None else in_language(found, language), seed)
    if as_json or form == "json":
        print_json(_as_json(question, seed, solution))
    else:
        try:
            click.echo(_formatted(sheet_of(question.title, [question], solution), form))
        except TemplateError as error:  # what cannot be set is quoted first: mathematics that is not allowed
            raise error.at(question.template.place_of(error.what.split('"')[1])) from None


def _as_json(question: Question, seed: str, solution: bool) -> dict[str, object]:
    from layerquiz.exam.difficulty import difficulty
    from layerquiz.grading.story import plain
    from layerquiz.render.mathtext import chain
    from layerquiz.render.questions import points

    blanks = [
        {
            "blank": blank.place,
            "quantity": blank.quantity,
            "label": blank.label,
            "points": points(blank.points),
            "unit": blank.unit,
            **_options_json(blank),
            **({"key": plain(blank.right)} if solution else {}),
        }
        for blank in question.blanks
    ]
    told = {
        "format": 1,
        "template": question.template.name,
        "seed": seed,
        "title": question.title,
        "difficulty": difficulty(question),
        "text": question.text,
        **_networks_json(question),
        "blanks": blanks,
    }
    if solution:
        told["solution"] = [
            [
                {"quantity": str(step.quantity), "chain": chain(step)}
                for part in because
                for step in ([] if isinstance(part, str) else part.steps)
            ]
            for because in question.solution
        ]
    return told


def _networks_json(question: Question) -> dict[str, object]:
    """Return the network, or those that are compared by name."""
    if "" in question.networks:
        return {"network": dict(question.network.spec)}
    return {"networks": {name: dict(network.spec) for name, network in question.networks.items()}}


def _options_json(blank: Blank) -> dict[str, object]:
    """Return the options of a blank, if it has any."""
    options = blank.listed.options if blank.listed else ()
    return {"options": {option.letter: option.text for option in options}} if options else {}


def _formatted(sheet: Sheet, form: str) -> str:
    from layerquiz.render import html, latex, markdown, text

    if form == "latex":
        return latex.sheet(sheet).text
    forms: dict[str, Callable[[Sheet], str]] = {"markdown": markdown.sheet, "html": html.sheet, "text": text.sheet}
    return forms[form](sheet)


@click.command()
@click.argument("templates", nargs=-1, required=True)
@click.option("--seeds", default=200, show_default=True, type=click.IntRange(1, 1_000_000), help="How many drawings.")
@click.option("--first", default=0, show_default=True, type=click.IntRange(0), help="The first seed.")
@click.option("--strict", is_flag=True, help="Fail too where a mistake shows that is neither listed nor excused.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def check(ctx: click.Context, templates: tuple[str, ...], seeds: int, first: int, strict: bool, as_json: bool) -> None:
    """Say whether templates hold what they promise. TEMPLATES are names, files or folders.

    They are drawn with many seeds, graded, rendered and recounted; each problem names the line to mend.

    \b
    Examples:
      layerquiz check my_template.md
      layerquiz check question_templates --seeds 50
    """
    from functools import partial
    from pathlib import PurePath

    from layerquiz import files
    from layerquiz.check import check_all
    from layerquiz.exam.translation import is_translation

    found = [inner for outer in templates for inner in files.files_below(outer, ".md", begins="---")]
    listed = [name for name in found if len(found) == 1 or not is_translation(name)]
    readers = [(PurePath(name).stem, partial(template_from, name)) for name in listed]
    results = check_all(readers, seeds, first, strict)
    if as_json:
        print_json([result.as_json() for result in results])
    else:
        for line in (line for result in results for line in result.lines()):
            click.echo(line)
        for why in sorted({result.layout for result in results} - {"", "fits", "does not fit"}):
            click.echo(f"layout: {why}")
        took, drawings = sum(result.seconds for result in results), sum(result.seeds for result in results)
        click.echo(f"{took / drawings * 1000:.1f} ms for each drawing and all its checks", err=True)
    if any(result.problems for result in results):
        ctx.exit(1)

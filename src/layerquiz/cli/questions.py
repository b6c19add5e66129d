"""`questions`, `draw`, `sheet` and `check`: templates at the prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from layerquiz.cli import named
from layerquiz.cli.network import print_json
from layerquiz.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable

    from layerquiz.check import Checked
    from layerquiz.exam.question import Blank, Question
    from layerquiz.exam.template import Template
    from layerquiz.render.document import Sheet

FORMATS = ("text", "markdown", "latex", "html", "json")


def template_from(argument: str) -> Template:
    """Return the template that an argument means: a file, `-` for standard input, or a name of the library."""
    from pathlib import PurePath

    from layerquiz import files
    from layerquiz.exam import library, template

    if argument == "-" or files.is_path(argument):
        standard = argument == files.STANDARD_INPUT
        stem, told = ("template", "standard input") if standard else (PurePath(argument).stem, argument)
        return template.parse(files.read_text(argument), stem, told)
    return library.named(argument)


@click.command()
@click.option("--topic", help="Only questions of this topic.")
@click.option("--level", type=int, help="Only questions of this level.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def questions(topic: str | None, level: int | None, as_json: bool) -> None:
    """List what can be asked, by topic and level.

    \b
    Examples:
      layerquiz questions
      layerquiz questions --topic pooling --json
    """
    from layerquiz.exam.library import chosen

    found = chosen(topic, level)
    if as_json:
        keys = ("name", "title", "level", "kind", "minutes")
        print_json([{**{key: getattr(t, key) for key in keys}, "topics": list(t.topics)} for t in found])
        return
    from rich import box
    from rich.table import Table

    from layerquiz.cli.screen import console

    table = Table("name", "level", "topics", "title", box=box.SIMPLE_HEAD)
    for template in sorted(found, key=lambda t: (t.topics[:1], t.level, t.name)):
        table.add_row(template.name, str(template.level), ", ".join(template.topics), template.title)
    console().print(table)


@click.command()
@click.argument("template", callback=named)
@click.option("--seed", default="0", show_default=True, help="The same seed gives the same question.")
@click.option("--solution", is_flag=True, help="Show the worked solution too.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def draw(template: str, seed: str, solution: bool, form: str, as_json: bool) -> None:
    """Draw one question from TEMPLATE: a name, a file, or - for standard input.

    \b
    Examples:
      layerquiz draw conv-parameters --seed 7
      layerquiz draw my_template.md --seed 7 --solution --format latex
    """
    from layerquiz.exam.drawing import draw as draw_question
    from layerquiz.render.questions import sheet as sheet_of

    question = draw_question(template_from(template), seed)
    if as_json or form == "json":
        print_json(_as_json(question, seed, solution))
    else:
        click.echo(_formatted(sheet_of(question.title, [question], solution), form))


def _as_json(question: Question, seed: str, solution: bool) -> dict[str, object]:
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
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(readable=False),
    callback=named,
    help="The file to write: .pdf, .html, .md, .tex or .txt.",
)
@click.option("--topic", help="Only questions of this topic.")
@click.option("--level", type=int, help="Only questions of this level.")
@click.option("-n", "--number", default=10, show_default=True, type=click.IntRange(1, 500), help="How many questions.")
@click.option("--seed", default="0", show_default=True, help="The same seed gives the same sheet.")
@click.option("--solutions", is_flag=True, help="Print the worked solutions behind the questions.")
@click.option("--force", is_flag=True, help="Replace a file that is there and differs.")
def sheet(
    output: str, topic: str | None, level: int | None, number: int, seed: str, solutions: bool, force: bool
) -> None:
    """Write a practice sheet.

    \b
    Examples:
      layerquiz sheet -o output/practice.pdf --topic convolution -n 5 --solutions
      layerquiz sheet -o output/practice.md --level 1 --seed 7
    """
    from layerquiz.practise import practice_questions
    from layerquiz.publish import write_sheet
    from layerquiz.render.questions import sheet as sheet_of

    drawn = practice_questions(topic, level, number, seed)
    changed = write_sheet(sheet_of("Practice sheet", drawn, solutions), output, force)
    count = f"{len(drawn)} {'question' if len(drawn) == 1 else 'questions'}"
    click.echo(f"{output}: {count if changed else 'up to date'}")


@click.command()
@click.argument("templates", nargs=-1, required=True)
@click.option("--seeds", default=200, show_default=True, type=click.IntRange(1, 1_000_000), help="How many drawings.")
@click.option("--first", default=0, show_default=True, type=click.IntRange(0), help="The first seed.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def check(ctx: click.Context, templates: tuple[str, ...], seeds: int, first: int, as_json: bool) -> None:
    """Say whether templates hold what they promise. TEMPLATES are names, files or folders.

    \b
    Examples:
      layerquiz check my_template.md
      layerquiz check question_templates --seeds 50
    """
    from layerquiz import files

    listed = [inner for outer in templates for inner in files.files_below(outer, ".md", begins="---")]
    results = [_checked(name, seeds, first) for name in listed]
    if as_json:
        print_json([_checked_json(result) for result in results])
    else:
        for result in results:
            _print_checked(result)
    if any(result.problems for result in results):
        ctx.exit(1)


def _checked(name: str, seeds: int, first: int) -> Checked:
    """Return what came out for one template; one that cannot be read does not end the others' checks."""
    from pathlib import PurePath

    from layerquiz.check import Checked
    from layerquiz.check import check as check_template

    try:
        return check_template(template_from(name), seeds, first)
    except TemplateError as error:
        return Checked(PurePath(name).stem, seeds, 0, {}, (str(error),))


def _checked_json(result: Checked) -> dict[str, object]:
    return {
        "template": result.name,
        "seeds": result.seeds,
        "distinct": result.distinct,
        "chance": {name: float(rate) for name, rate in result.chance.items()},
        "problems": list(result.problems),
    }


def _print_checked(result: Checked) -> None:
    verdict = "FAILS" if result.problems else "holds"
    click.echo(f"{result.name}: {verdict}; {result.distinct} of {result.seeds} drawings differ")
    if result.chance:
        rates = ", ".join(f"{name} {float(rate):.1%}" for name, rate in result.chance.items())
        click.echo(f"  chance that a guess is paid: {rates}")
    for problem in result.problems:
        click.echo(f"  {problem}")

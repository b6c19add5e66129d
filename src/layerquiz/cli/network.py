"""`solve`, `show` and `diagnose`: one network at the prompt."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import click

from layerquiz.cli import named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from layerquiz.grading.story import Story
    from layerquiz.grading.ways import Way
    from layerquiz.network.network import Network
    from layerquiz.network.summary import Summary


FORMS = ("svg", "tikz", "table", "torch", "keras")
FORM_OF = {".svg": "svg", ".tex": "tikz", ".md": "table"}
"""The form that the end of a file's name says."""


def network_from(argument: str) -> Network:
    """Return the network that an argument means: a file of the notation or a model's, `-`, or a known name."""
    return network_and_text(argument)[0]


def network_and_text(argument: str) -> tuple[Network, str]:
    """Return the network that an argument means, and the text in which it is written; "" where there is none."""
    from layerquiz import models

    return models.network_and_text(argument)


def print_json(data: Any) -> None:
    """Print plain data as JSON."""
    import json

    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))


@click.command()
@click.argument("network", callback=named)
@click.option(
    "--quantity", callback=named, metavar="NAME", help="One quantity only, such as conv1.parameters or total.macs."
)
@click.option("--steps", is_flag=True, help="Show how the quantity is worked out (with --quantity).")
@click.option(
    "--conventions", type=click.Choice(["textbook", "pytorch", "keras"]), help="Count in this way, not the network's."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def solve(network: str, quantity: str | None, steps: bool, conventions: str | None, as_json: bool) -> None:
    """Say what a network costs, layer by layer.

    NETWORK is a known name (`layerquiz networks` lists them), a file in the notation or of a model (.onnx, .keras), or
    - for standard input.

    \b
    Examples:
      layerquiz solve vgg16
      layerquiz solve alexnet --quantity conv1.height --steps
      layerquiz solve my_network.yaml --conventions pytorch --json
    """
    if steps and not quantity:
        raise click.UsageError("--steps needs --quantity, such as --quantity conv1.parameters.")
    net = network_from(network)
    net = net.under(conventions) if conventions else net
    if quantity:
        _solve_one(net, quantity, steps, as_json)
        return
    from layerquiz.network.summary import summarise

    summary = summarise(net)
    if as_json:
        print_json(summary.as_json())
    else:
        _print_summary(summary)
        _print_published(network)


@click.command()
@click.argument("network", callback=named)
@click.option(
    "--as",
    "form",
    type=click.Choice(FORMS),
    help="In which form; without it as the name of --output ends: .svg, .tex, .md.",
)
@click.option("--block", default="", metavar="NAME", help="Draw the inside of one block, such as inception3a.")
@click.option(
    "--blanks",
    default="",
    metavar="NAMES",
    help="Letters in place of these quantities, such as conv1.height,pool1.height; or how many, chosen evenly.",
)
@click.option("-o", "--output", type=click.Path(readable=False), callback=named, help="The file to write.")
@click.option("--force", is_flag=True, help="Replace a file that is there and differs.")
def show(network: str, form: str | None, block: str, blanks: str, output: str | None, force: bool) -> None:
    """Show a network as a picture, as a table of its layers, or as code that runs.

    NETWORK is a known name (`layerquiz networks` lists them), a file in the notation or of a model (.onnx, .keras), or
    - for standard input.

    A picture is at most 12 cm wide: svg is a file for browsers and documents, tikz stands in a LaTeX document that has
    TikZ. Code is a Sequential where the network is a chain, else has its branches; what a framework does not have is
    named, with where it stands.

    \b
    Examples:
      layerquiz show resnet50 -o resnet50.svg
      layerquiz show alexnet --as tikz --blanks conv1.height,maxpool1.height
      layerquiz show alexnet --as torch
      layerquiz show my_network.yaml --as keras > my_network.py
    """
    from layerquiz import files
    from layerquiz.errors import NetworkError
    from layerquiz.network.notation import line_of

    form = form or FORM_OF.get(PurePath(output or "").suffix.lower())
    if form is None:
        raise click.UsageError(f"Missing option '--as'. Choose from: {', '.join(FORMS)}.")
    if (block or blanks) and form not in ("svg", "tikz"):
        raise click.UsageError("--block and --blanks are for pictures: --as svg or --as tikz.")
    net, text = network_and_text(network)
    try:
        shown = _code(net, form) if form in ("torch", "keras") else _drawn(net, form, block, blanks)
    except NetworkError as error:
        path = getattr(error, "path", ())
        line = line_of(text, path) if path else 0
        called = files.called(network)
        raise error.at(f"{called}, line {line}" if line else called) from None
    if output is None:
        click.echo(shown, nl=False)
    else:
        changed = files.write(output, shown, force=force)
        click.echo(f"{output}: {'written' if changed else 'up to date'}")


def _code(net: Network, framework: str) -> str:
    from layerquiz.network.exchange import keras, torch

    return str({"torch": torch, "keras": keras}[framework].program(net))


def _drawn(net: Network, form: str, block: str, blanks: str) -> str:
    """Return a network as a picture or a table; what the letters stand for goes to the screen beside the file."""
    from layerquiz.render.markdown import table as in_markdown
    from layerquiz.render.mathtext import in_words
    from layerquiz.render.picture import picture, table

    if form == "table":
        return in_markdown(table(net, parameters=True), "lllr") + "\n"
    names = [name.strip() for name in blanks.split(",") if name.strip()]
    wanted = int(blanks) if blanks.removeprefix("-").isdecimal() else names
    found = picture(net, wanted, block)
    for letter, (name, value) in found.key.items():
        click.echo(f"{letter}: {name} = {in_words(value)}", err=True)
    return found.svg if form == "svg" else found.tikz


def _solve_one(net: Network, quantity: str, steps: bool, as_json: bool) -> None:
    from layerquiz.api import derive
    from layerquiz.grading.story import plain
    from layerquiz.render.mathtext import chain, in_words
    from layerquiz.render.steps import as_text

    value = net.value(quantity)
    derivation = derive(net, quantity) if steps else None
    if as_json:
        told = {"format": 1, "network": net.name, "quantity": quantity, "value": plain(value)}
        if derivation:
            told["steps"] = [{"quantity": str(step.quantity), "chain": chain(step)} for step in derivation.steps]
        print_json(told)
        return
    if derivation and derivation.steps:
        click.echo(as_text(derivation))
    click.echo(f"{quantity} = {in_words(value)}")


def _print_summary(summary: Summary) -> None:
    from rich import box
    from rich.table import Table

    from layerquiz.cli.screen import console
    from layerquiz.render.mathtext import grouped, in_words

    columns = ("weights", "biases", "parameters", "macs")
    table = Table(box=box.SIMPLE_HEAD, title=f"{summary.network} ({summary.conventions})", title_justify="left")
    for name in ("layer", "kind", "output"):
        table.add_column(name, no_wrap=True)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    for row in summary:
        table.add_row(row.name, row.kind, in_words(row.shape), *(grouped(getattr(row, name)) for name in columns))
    outermost = [row for row in summary.blocks.values() if "." not in row.name]
    if outermost:
        table.add_section()
    for row in outermost:
        table.add_row(row.name, row.kind, in_words(row.shape), *(grouped(getattr(row, name)) for name in columns))
    table.add_section()
    table.add_row("total", "", "", *(grouped(getattr(summary.total, name)) for name in columns))
    console().print(table)
    if summary.total.nontrainable:
        counts = (summary.total.trainable, summary.total.nontrainable)
        click.echo("  trainable {}, not trainable {}".format(*map(grouped, counts)))


def _print_published(name: str) -> None:
    """Say what is published of the whole of a known network, and where."""
    from layerquiz.network.published import published_values
    from layerquiz.network.zoo import known
    from layerquiz.render.mathtext import grouped

    called_here = known(name)
    for row in published_values():
        if row.network == called_here and row.quantity.startswith("total."):
            value = row.value if isinstance(row.value, str) else grouped(row.value)
            click.echo(f"  published: {row.quantity} {value} ({row.source})")


@click.command()
@click.argument("network", callback=named)
@click.argument("quantity", callback=named)
@click.argument("answer")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def diagnose(network: str, quantity: str, answer: str, as_json: bool) -> None:
    """Say whether an answer is right and, if not, which mistake leads to it.

    Below the verdict stand the right way and the way to the answer, in two columns where the terminal is wide enough;
    the first step that differs is marked.

    NETWORK is a known name (`layerquiz networks` lists them), a file in the notation or of a model (.onnx, .keras), or
    - for standard input.

    An answer that begins with a minus sign comes after two dashes: -- -3. ANSWER may be - for standard input.

    \b
    Examples:
      layerquiz diagnose alexnet conv1.parameters "11*11*96 + 96"
      layerquiz diagnose my_network.yaml total.parameters 32,896 --json
    """
    from layerquiz import api, files
    from layerquiz.grading.ways import wrong_ways

    if network == answer == "-":
        raise click.UsageError("Only one of NETWORK and ANSWER can come from standard input.")
    net = network_from(network)
    story = api.diagnose(net, quantity, files.read_text("-") if answer == "-" else answer)
    ways = wrong_ways(net, quantity, story)
    if as_json:
        print_json({**story.as_json(), "confidence": story.confidence, **_ways_json(net, story, ways)})
        return
    _print_story(quantity, story)
    _print_ways(net, story, ways)


def _ways_json(net: Network, story: Story, ways: Sequence[Way]) -> dict[str, list[str]]:
    """Return the right way to a quantity and the way to the answer as lines, where there are any."""
    from layerquiz.render.ways import beside

    right, wrong = beside(ways[0]) if ways else (_right_way(net, story), [])
    return {"right_way": right, "wrong_way": wrong}


def _right_way(net: Network, story: Story) -> list[str]:
    """Return the right way alone, where an answer is neither right nor explained."""
    from layerquiz import api
    from layerquiz.render.ways import lines

    return lines(api.derive(net, story.quantity)) if story.verdict == "wrong" else []


def _print_story(quantity: str, story: Story) -> None:
    from layerquiz.render.mathtext import in_words

    click.echo(f"{quantity}: {story.verdict}")
    if story.read_as is not None:
        click.echo(f"read as:  {story.shown}")
    if story.verdict not in ("correct", "blank"):
        click.echo(f"expected: {in_words(story.expected)}")
    for slugs in (story.mistakes, *story.rivals):
        if slugs:
            click.echo(f"fits:     {' + '.join(slugs)}")
    if story.confidence:
        click.echo(f"how sure: {story.confidence}")
    if story.hint:
        click.echo(story.hint)


SIDE_BY_SIDE = 120
"""A terminal of so many columns has room for two ways beside each other."""


def _print_ways(net: Network, story: Story, ways: Sequence[Way]) -> None:
    """Print the right way and the way to the answer, side by side where a wide terminal looks on; then the rivals'."""
    from layerquiz.cli.screen import console
    from layerquiz.render.ways import beside

    right, wrong = beside(ways[0]) if ways else (_right_way(net, story), [])
    screen = console()
    if wrong and screen.is_terminal and screen.width >= SIDE_BY_SIDE:
        _print_beside(screen, right, wrong)
    else:
        _print_way("The right way:", right)
        _print_way(f"The way to {story.shown}{_with(ways[0]) if ways[1:] else ''}:", wrong)
    for way in ways[1:]:
        _print_way(f"The way to {story.shown}{_with(way)}:", beside(way)[1])


def _with(way: Way) -> str:
    """Return the mistakes of a way, behind what it leads to."""
    return f" with {' + '.join(way.slugs)}"


def _print_way(title: str, lines: Sequence[str]) -> None:
    if lines:
        click.echo("\n".join(("", title, *lines)))


def _print_beside(screen: Console, right: Sequence[str], wrong: Sequence[str]) -> None:
    """Print two ways in two columns; the lines at which they part are marked."""
    from itertools import zip_longest

    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table("the right way", "your way", box=box.SIMPLE_HEAD)
    for pair in zip_longest(right, wrong, fillvalue=""):
        table.add_row(*(Text(line, style="bold" if line.startswith(">") else "") for line in pair))
    screen.print(table)

"""`solve` and `diagnose`: one network at the prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from layerquiz.cli import named

if TYPE_CHECKING:
    from layerquiz.network.network import Network
    from layerquiz.network.summary import Summary


def network_from(argument: str) -> Network:
    """Return the network that an argument means: a file, `-` for standard input, or a known name."""
    from layerquiz import files
    from layerquiz.errors import NetworkError
    from layerquiz.network.network import Network

    if argument != "-" and not files.is_path(argument):
        return Network.named(argument)
    try:
        return Network.parse(files.read_text(argument))
    except NetworkError as error:
        raise error.at("standard input" if argument == "-" else argument) from None


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

    NETWORK is a file in the notation, - for standard input, or a known name such as alexnet or vgg16.

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


@click.command()
@click.argument("network", callback=named)
@click.argument("quantity", callback=named)
@click.argument("answer")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def diagnose(network: str, quantity: str, answer: str, as_json: bool) -> None:
    """Say whether an answer is right and, if not, which mistake leads to it.

    An answer that begins with a minus sign comes after two dashes: -- -3. ANSWER may be - for standard input.

    \b
    Examples:
      layerquiz diagnose alexnet conv1.parameters "11*11*96 + 96"
      layerquiz diagnose my_network.yaml fc.parameters 32,896 --json
    """
    from layerquiz import api, files

    if network == answer == "-":
        raise click.UsageError("Only one of NETWORK and ANSWER can come from standard input.")
    net = network_from(network)
    story = api.diagnose(net, quantity, files.read_text("-") if answer == "-" else answer)
    if as_json:
        print_json(story.as_json())
        return
    from layerquiz.render.mathtext import in_words

    click.echo(f"{quantity}: {story.verdict}")
    if story.read_as is not None:
        click.echo(f"read as:  {story.shown}")
    if story.verdict not in ("correct", "blank"):
        click.echo(f"expected: {in_words(story.expected)}")
    for slugs in (story.mistakes, *story.rivals):
        if slugs:
            click.echo(f"fits:     {' + '.join(slugs)}")
    if story.hint:
        click.echo(story.hint)

"""`sheet`: questions to practise, of the library or made from a network, as a file."""

from __future__ import annotations

from dataclasses import astuple, replace
from typing import TYPE_CHECKING

import click

from layerquiz.cli import named
from layerquiz.cli.chosen import language_option, wanted_options

if TYPE_CHECKING:
    from layerquiz.exam.choosing import Wanted
    from layerquiz.exam.question import Question


@click.command()
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(readable=False),
    callback=named,
    help="The file to write: .pdf, .html, .md, .tex or .txt.",
)
@wanted_options
@click.option(
    "--network",
    callback=named,
    metavar="NETWORK",
    help="Make the questions from a network: a file in the notation or a model, -, or a known name.",
)
@click.option(
    "--ask",
    metavar="QUANTITIES",
    help="What is asked about the network, with commas between: parameters,shape (the usual), macs, ...",
)
@click.option(
    "--kind",
    "kinds",
    metavar="KINDS",
    help="Kinds of question, with commas between: number, table, find-error, compare.",
)
@click.option("--exactly", is_flag=True, help="Ask about the network as it is, and not one like it.")
@click.option("--seed", default="0", show_default=True, help="The same seed gives the same sheet.")
@language_option
@click.option("--solutions", is_flag=True, help="Print the worked solutions behind the questions.")
@click.option("--force", is_flag=True, help="Replace a file that is there and differs.")
def sheet(
    output: str,
    wanted: Wanted,
    number: int | None,
    minutes: float,
    network: str | None,
    ask: str | None,
    kinds: str | None,
    exactly: bool,
    seed: str,
    language: str | None,
    solutions: bool,
    force: bool,
) -> None:
    """Write a practice sheet. An .html file is a page that reads answers and gives hints, without a network.

    With --network the questions are about a model: the layers that are worth asking about, each structure once, with
    numbers near the model's own.

    \b
    Examples:
      layerquiz sheet -o output/practice.html
      layerquiz sheet -o output/practice.pdf --topic convolution -n 5 --solutions
      layerquiz sheet -o output/practice.md --level 1 --seed 7
      layerquiz sheet -o output/uebung.pdf --language de --solutions
      layerquiz sheet -o output/practice.html --mistake forgot-bias --mistake stride-ignored --minutes 20
      layerquiz sheet -o output/resnet.pdf --network resnet50 --ask parameters,shape,macs -n 10
      layerquiz sheet -o output/mine.html --network my_network.yaml --kind find-error,compare --exactly
    """
    from layerquiz.languages import Words
    from layerquiz.practise import practice_questions
    from layerquiz.publish import write_sheet
    from layerquiz.render.questions import sheet as sheet_of

    words = Words(language or "en")
    if network is None:
        _refuse_without_a_network(ask=ask, kinds=kinds, exactly=exactly)
        drawn = practice_questions(replace(wanted, language=words.language), number, minutes, seed)
        title = words("Practice sheet")
    else:
        if any(astuple(replace(wanted, language=""))):
            raise click.UsageError(
                "--topic, --level, --goal and --mistake choose from the library: leave out --network, or them."
            )
        title, drawn = _about(network, ask, kinds, exactly, words.language, number, minutes, seed)
    changed = write_sheet(sheet_of(title, drawn, solutions), drawn, output, force)
    count = f"{len(drawn)} {'question' if len(drawn) == 1 else 'questions'}"
    click.echo(f"{output}: {count if changed else 'up to date'}")


def _refuse_without_a_network(**given: object) -> None:
    if any(given.values()):
        raise click.UsageError("--ask, --kind and --exactly are about a network: name it with --network.")


def _about(
    network: str,
    ask: str | None,
    kinds: str | None,
    exactly: bool,
    language: str,
    number: int | None,
    minutes: float,
    seed: str,
) -> tuple[str, list[Question]]:
    """Return the heading of a sheet about a network, and its questions."""
    from layerquiz.cli.network import network_from
    from layerquiz.exam.from_network.made import Wish
    from layerquiz.languages import Words
    from layerquiz.practise import network_questions

    wish = Wish(exactly=exactly, words=Words(language))
    if ask is not None:
        wish = replace(wish, asked=_listed(ask))
    if kinds is not None:
        wish = replace(wish, kinds=_listed(kinds))
    net = network_from(network)
    return wish.title(net), network_questions(net, wish, number, minutes, seed)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))

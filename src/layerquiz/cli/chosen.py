"""The options by which questions are chosen to practise, on paper or at the terminal."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from math import inf
from typing import Any

import click

from layerquiz.languages import LANGUAGES


def _positive(_: click.Context, __: click.Parameter, minutes: float) -> float:
    if not minutes > 0:
        raise click.BadParameter("it is no positive number")
    return minutes


def language_option(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option that chooses the language of what it prints."""
    told = "The language: English, German, French or Spanish."
    return click.option("--language", type=click.Choice(LANGUAGES), help=told)(command)


def wanted_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that choose questions; it gets `wanted`, `number` and `minutes`."""

    @click.option("--topic", help="Only questions of this topic.")
    @click.option("--level", type=int, help="Only questions of this level.")
    @click.option("--goal", metavar="TEXT", help="Only questions whose learning goal has these words.")
    @click.option(
        "--mistake", "mistakes", metavar="SLUG", multiple=True, help="Questions that show this mistake; repeatable."
    )
    @click.option(
        "--minutes", type=float, default=inf, callback=_positive, help="As many questions as fit into so many minutes."
    )
    @click.option(
        "-n",
        "--number",
        type=click.IntRange(1, 500),
        help="How many questions; 10, or as many as the minutes suffice for.",
    )
    @wraps(command)
    def chosen(
        *arguments: Any,
        topic: str | None,
        level: int | None,
        goal: str | None,
        mistakes: tuple[str, ...],
        **others: Any,
    ) -> None:
        from layerquiz.exam.choosing import Wanted

        command(*arguments, wanted=Wanted(topic, level, goal, mistakes), **others)

    return chosen

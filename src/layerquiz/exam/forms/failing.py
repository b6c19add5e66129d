"""Code that declares its sizes, perhaps one of them wrongly: does it run, which layer fails, and what belongs there?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from random import Random
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from layerquiz.errors import nearest
from layerquiz.exam.forms.base import Form, FormKeys, Points, Scene, worked_out
from layerquiz.exam.forms.choice import shuffled
from layerquiz.exam.listed import LETTERS, Because, Given, Listed, Slugs, lettered
from layerquiz.exam.recipe import RejectedError
from layerquiz.exam.source import Path, SourceText
from layerquiz.languages import Words, phrase
from layerquiz.network.exchange import torch
from layerquiz.network.mistakes import CATALOGUE, mistaken
from layerquiz.network.network import Network
from layerquiz.network.outcomes import wrong_values

FAILS, NUMBER = phrase("the layer that fails"), phrase("the number that belongs there")
RUNS = phrase("none: it runs")
NONE = ("none", "no layer", "it runs", "runs")
"""Words that say that nothing fails."""


class FailsKeys(FormKeys):
    """Code with a size that one of some mistakes gives; without `value_points` it may be right, and run."""

    fails: Literal["code.pytorch"]
    plant: Annotated[list[str], Field(min_length=1)]
    value_points: Points | None = None


@dataclass(frozen=True, eq=False)
class FailingLayer(Form):
    """The blank for the layer whose declared size is wrong."""

    kinds: ClassVar = ("find-error",)
    keys: ClassVar = FailsKeys
    plant: tuple[str, ...]
    may_run: bool

    @classmethod
    def read(cls, keys: FailsKeys, written: SourceText, path: Path, words: Words) -> list[Form]:
        """Return the blanks as written: the layer and, where it has points, the number that belongs there."""
        for place, slug in enumerate(keys.plant):
            if slug not in CATALOGUE:
                what, cure = f'there is no mistake "{slug}"', nearest(slug, CATALOGUE)
                raise written.fault(what, (*path, "plant", place), cure=cure, slug="unknown-mistake")
        may_run = keys.value_points is None
        label, points = keys.label or words(FAILS), Fraction(str(keys.points))
        layer = cls(f"fails: {keys.fails}", label, points, path, tuple(keys.plant), may_run)
        if keys.value_points is None:
            return [layer]
        return [layer, DeclaredNumber(f"number: {keys.fails}", words(NUMBER), Fraction(str(keys.value_points)), path)]

    def draw(self, scene: Scene, random: Random) -> Any:
        """Draw the layer that fails, then the mistake behind it, each equally likely; {} where the code runs."""
        found: dict[str, dict[str, list[Any]]] = {RUNS: {RUNS: [{}]}} if self.may_run else {}
        for slug in self.plant:
            for wrong in _wrong_numbers(scene.network, slug):
                found.setdefault(wrong["layer"], {}).setdefault(slug, []).append(wrong)
        if set(found) <= {RUNS}:
            raise RejectedError("no mistake of plant gives another number for what the code declares")
        mistakes = found[shuffled(found, random)[0]]
        return shuffled(mistakes[shuffled(mistakes, random)[0]], random)[0]

    def listed(self, scene: Scene, drawn: Any) -> Listed:
        """Return the layers that declare a size as options and, where that may be, that none fails."""
        names = _declaring(scene.network)
        runs = (RUNS,) if self.may_run else ()
        texts = (*(f"`{name}`" for name in names), *map(scene.words, runs))
        also = (*((name,) for name in names), *(NONE for _ in runs))
        letters = dict(zip((*names, *runs), LETTERS, strict=False))
        missed: dict[Given, Slugs] = {letters[RUNS]: ((drawn["mistake"],),)} if drawn and runs else {}
        right = letters[drawn.get("layer", RUNS)]
        about = (drawn["declares"],) if drawn else ()
        because = partial(_because, scene, drawn)
        return Listed("options", (right,), lambda: missed, because, lettered(texts, also), about=about)


@dataclass(frozen=True, eq=False)
class DeclaredNumber(Form):
    """The blank for the number that the failing layer should declare."""

    kinds: ClassVar = ("find-error",)

    def draw(self, scene: Scene, random: Random) -> Any:  # noqa: ARG002 -- nothing is drawn anew
        """Return which number was planted, under another name: it stands in the code once."""
        planted = scene.drawn["forms"][-1]
        return {"mistake": planted["mistake"], "right": planted["declares"], "wrong": planted["number"]}

    def listed(self, scene: Scene, drawn: Any) -> Listed:
        """Return the right number, and what mistakes make of it, the planted one among them."""
        quantity = drawn["right"]

        def explained() -> dict[Given, Slugs]:
            known = wrong_values(scene.network, quantity).items()
            numbers: dict[Given, Slugs] = {value: sets for value, sets in known if not isinstance(value, tuple)}
            return {**numbers, drawn["wrong"]: ((drawn["mistake"],),)}

        return Listed("number", (_number(scene.network, quantity),), explained, tuple, about=(quantity,))


def _number(network: Network, quantity: str) -> int:
    found = network.value(quantity)
    assert isinstance(found, int)  # noqa: S101 -- for the type checker: what a layer declares is one size
    return found


def _because(scene: Scene, drawn: Any) -> Because:
    """Return why a layer fails: what it says, and what it gets."""
    if not drawn:
        return (scene.words("Each layer declares what it gets."),)
    told = {"layer": drawn["layer"], "argument": drawn["argument"], "number": scene.words.number(drawn["number"])}
    said = scene.words("`{layer}` says `{argument}` {number}, and gets:", **told)
    return (said, *worked_out((drawn["declares"],), scene.network))


def _declaring(network: Network) -> tuple[str, ...]:
    """Return the layers that declare a size of what they take, and that does not stand in the question itself."""
    found = torch.declared(network).items()
    return tuple(name for name, sizes in found if any(not said.startswith("input.") for said in sizes.values()))


def _wrong_numbers(network: Network, slug: str) -> Iterator[dict[str, Any]]:
    """Yield where a mistake gives another number for what the code declares, and which."""
    declared = torch.declared(network)
    for layer in _declaring(network):
        for argument, quantity in declared[layer].items():
            for (number,) in mistaken(network, slug, [quantity]):
                if isinstance(number, int) and number != network.value(quantity):
                    where = {"layer": layer, "argument": argument, "declares": quantity}
                    yield {"mistake": slug, **where, "number": number}

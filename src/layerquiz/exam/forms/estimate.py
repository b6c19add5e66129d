"""Rough estimates: a quantity that is right within a factor."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from random import Random
from typing import Annotated, Any, ClassVar

from pydantic import Field

from layerquiz.errors import LayerquizError
from layerquiz.exam.forms.base import Form, FormKeys, Scene, worded, worked_out
from layerquiz.exam.forms.tabled import grouped
from layerquiz.exam.grid import label
from layerquiz.exam.listed import Because, Given, Listed, Slugs
from layerquiz.exam.source import Path, SourceText
from layerquiz.formula.expr import Number
from layerquiz.languages import Words
from layerquiz.network.outcomes import wrong_values


class EstimateKeys(FormKeys):
    """A quantity to be estimated within a factor."""

    blank: str
    factor: Annotated[float, Field(gt=1, le=1000)]


@dataclass(frozen=True, eq=False)
class Estimate(Form):
    """A quantity that is right within a factor, which its label states."""

    kinds: ClassVar = ("budget",)
    explains: ClassVar = True
    keys: ClassVar = EstimateKeys
    quantity: str
    factor: Fraction

    @classmethod
    def read(cls, keys: EstimateKeys, written: SourceText, path: Path, words: Words) -> list[Form]:
        """Return the blank as written, with the factor behind its label."""
        told = label(keys.blank, words) if keys.label is None else keys.label
        told += words(", within a factor of\N{NO-BREAK SPACE}{number}", number=words.decimal(f"{keys.factor:g}"))
        shown = worded(told, written, (*path, "label"), words)
        return [cls(keys.blank, shown, Fraction(str(keys.points)), path, keys.blank, Fraction(str(keys.factor)))]

    def draw(self, scene: Scene, random: Random) -> Any:  # noqa: ARG002 -- nothing more is drawn
        """Draw nothing."""
        return None

    def listed(self, scene: Scene, drawn: Any) -> Listed:  # noqa: ARG002 -- nothing was drawn
        """Return the exact value; a wrong one is explained where it is not near enough to be right."""
        try:
            right = scene.network.value(self.quantity)
        except LayerquizError as error:
            raise scene.written.located(error, self.place) from None
        if isinstance(right, tuple):
            cure = "Ask for one of its sizes"
            raise scene.written.fault(f"{self.quantity} is no single number", self.place, cure=cure, slug="no-number")
        because = partial(self._because, scene, right)
        far = partial(self._far, scene, right)
        return Listed("number", (right,), far, because, factor=self.factor, about=(self.quantity,))

    def _because(self, scene: Scene, right: Number) -> Because:
        """Return how the exact value is worked out, and which estimates are near enough."""
        low, high = math.ceil(right / self.factor), math.floor(right * self.factor)
        first, last = (f"${grouped(end, scene.words)}$" for end in (low, high))
        so = scene.words("So each estimate from {first} to {last} is right.", first=first, last=last)
        return (*worked_out((self.quantity,), scene.network), so)

    def _far(self, scene: Scene, right: Number) -> dict[Given, Slugs]:
        """Return the wrong values that are too far away to be right."""
        low, high = right / self.factor, right * self.factor
        known = wrong_values(scene.network, self.quantity).items()
        return {value: sets for value, sets in known if isinstance(value, int) and not low <= value <= high}

"""A number between networks: a difference, a sum, or by what factor one costs more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from random import Random
from typing import Any, ClassVar, Literal

from layerquiz.errors import LayerquizError
from layerquiz.exam.forms.base import COMPARE, Form, FormKeys, Scene, expressed, worded
from layerquiz.exam.forms.compare import Quantities, Values, derived, explained
from layerquiz.exam.forms.tabled import PLACES, grouped
from layerquiz.exam.listed import Listed
from layerquiz.exam.recipe import RejectedError
from layerquiz.exam.source import Path, SourceText
from layerquiz.formula.expr import Number
from layerquiz.languages import Words
from layerquiz.network.expression import Expression

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")


def by_network(names: tuple[str, ...], scene: Scene) -> Quantities:
    """Return names such as `a.conv.macs` by their networks."""
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        network, _, rest = name.partition(".")
        if network in scene.networks:
            found[network] = (*found.get(network, ()), rest)
    return found


class ValueKeys(FormKeys):
    """A number made of quantities of several networks, divided by another perhaps."""

    value: str
    over: str | None = None
    rounding: Literal["allowed"] | None = None


@dataclass(frozen=True, eq=False)
class Value(Form):
    """A difference, a sum or a factor between networks."""

    kinds: ClassVar = (COMPARE,)
    explains: ClassVar = True
    keys: ClassVar = ValueKeys
    value: Expression
    over: Expression | None
    rounded: bool

    @classmethod
    def read(cls, keys: ValueKeys, written: SourceText, path: Path, words: Words) -> list[Form]:
        """Return the blank as written."""
        value = expressed(keys.value, written, (*path, "value"))
        over = None if keys.over is None else expressed(keys.over, written, (*path, "over"))
        name = value.text if over is None else f"{value.text} over {over.text}"
        shown = worded(name if keys.label is None else keys.label, written, (*path, "label"), words)
        points, rounded = Fraction(str(keys.points)), keys.rounding is not None
        return [cls(f"value: {name}", shown, points, path, value, over, rounded)]

    @property
    def rounding(self) -> bool:
        """Return whether a rounded answer counts."""
        return self.rounded

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names in both expressions."""
        return tuple(dict.fromkeys((*self.value.names, *(self.over.names if self.over else ()))))

    def draw(self, scene: Scene, random: Random) -> Any:  # noqa: ARG002 -- nothing is drawn
        """Draw nothing."""
        return None

    def listed(self, scene: Scene, drawn: Any) -> Listed:  # noqa: ARG002 -- nothing was drawn
        """Return the number."""
        asked = by_network(self.names, scene)
        right = self._answer(scene, {})
        if right is None:
            raise RejectedError(f'"{self.name}" divides by zero')
        return Listed(
            "number",
            (right,),
            lambda: explained(scene, asked, partial(self._wrong, scene, right)),
            lambda: (*derived(scene, asked), *self._so(scene, right)),
            about=tuple(f"{network}.{name}" for network, names in asked.items() for name in names),
        )

    def _wrong(self, scene: Scene, right: Number, values: Values) -> Number | None:
        """Return the number from wrong values; a part of a whole would be read as one with a point for thousands."""
        found = self._answer(scene, values)
        return found if isinstance(found, int) or not isinstance(right, int) else None

    def _answer(self, scene: Scene, values: Values) -> Number | None:
        """Return the number from values of quantities, the right ones where there are no others."""

        def lookup(name: str) -> Any:
            return values[name] if name in values else scene.lookup(name)

        try:
            found = Fraction(self.value.value(lookup))
            found = found if self.over is None else found / Fraction(self.over.value(lookup))
        except ZeroDivisionError:
            return None
        except LayerquizError as error:
            raise scene.written.located(error, self.place) from None
        return found.numerator if found.denominator == 1 else found

    def _so(self, scene: Scene, right: Number) -> Iterator[str]:
        """Yield the numbers put into the expressions, and what comes out; nothing where a single one is asked for."""
        if self.over is None and self.value.names == (self.value.text,):
            return
        sides = [_with_numbers(side, scene) for side in (self.value, self.over) if side is not None]
        formula = sides[0] if len(sides) == 1 else rf"\frac{{{sides[0]}}}{{{sides[1]}}}"
        yield scene.words("So {formula}.", formula=f"${formula} = {_as_result(right, scene.words)}$")


def _as_result(found: Number, words: Words) -> str:
    """Return a number in TeX; of a fraction as a decimal too, which may be rounded."""
    if isinstance(found, int):
        return grouped(found, words)
    sign = "=" if round(found, PLACES) == found else r"\approx"
    over = rf"\frac{{{grouped(found.numerator, words)}}}{{{grouped(found.denominator, words)}}}"
    return f"{over} {sign} {grouped(found, words)}"


def _with_numbers(found: Expression, scene: Scene) -> str:
    """Return an expression in TeX with its numbers put in."""
    text = NAME.sub(lambda name: grouped(scene.lookup(name[0]), scene.words), found.text)
    return text.replace("//", r"\mathbin{//}").replace("*", r"\cdot").replace("%", r"\bmod")

"""Going backwards: the number of a key that gives what the question states, found by trying all numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from random import Random
from typing import Annotated, Any, ClassVar

from pydantic import Field

from layerquiz.errors import LayerquizError
from layerquiz.exam.forms.base import Form, FormKeys, Scene, worded, worked_out
from layerquiz.exam.forms.tabled import collected, grouped, in_letter, tabled
from layerquiz.exam.grid import label
from layerquiz.exam.listed import Because, Given, Listed, Slugs
from layerquiz.exam.recipe import RejectedError
from layerquiz.exam.searched import Searched
from layerquiz.exam.source import Path, SourceText
from layerquiz.languages import Words
from layerquiz.network.network import Answer, Network
from layerquiz.network.outcomes import wrong_sheets

BESIDE = 2
"""So many numbers on each side of the answer stand in its solution."""


class UnknownKeys(FormKeys):
    """A key of the notation, the numbers that it may have, and the quantities from which it is to be found.

    several: more than one number may fit, and each of them is right.
    """

    unknown: str | Annotated[list[str], Field(min_length=1)]
    among: list[int]
    given: Annotated[list[str], Field(min_length=1)]
    several: bool = False


@dataclass(frozen=True, eq=False)
class Unknown(Form):
    """The number of a key, from quantities that the question states."""

    kinds: ClassVar = ("unknown",)
    explains: ClassVar = True
    keys: ClassVar = UnknownKeys
    searched: Searched
    given: tuple[str, ...]
    several: bool

    @classmethod
    def read(cls, keys: UnknownKeys, written: SourceText, path: Path, words: Words) -> list[Form]:
        """Return the blank as written."""
        searched = Searched.read(keys.unknown, keys.among, written, path)
        told = keys.label if keys.label is not None else label(searched.name, words)
        shown = worded(told, written, (*path, "label"), words)
        points = Fraction(str(keys.points))
        return [cls(f"unknown: {searched.name}", shown, points, path, searched, tuple(keys.given), keys.several)]

    @property
    def asked_key(self) -> Searched:
        """Return the key."""
        return self.searched

    @property
    def stated(self) -> tuple[str, ...]:
        """Return what is given."""
        return self.given

    def draw(self, scene: Scene, random: Random) -> Any:  # noqa: ARG002 -- nothing more is drawn
        """Draw nothing; reject a drawing whose number is not looked at, and one in which others give the same."""
        drawn, right = self.searched.number(scene.network), self._right(scene.network)
        if drawn not in right:
            raise RejectedError(f"{self.searched.name} is not among the numbers that are tried")
        if len(right) > 1 and not self.several:
            raise RejectedError(f"several numbers for {self.searched.name} give what is given")
        return None

    def listed(self, scene: Scene, drawn: Any) -> Listed:  # noqa: ARG002 -- nothing was drawn
        """Return the numbers that fit, the drawn one first."""
        key, found = self.searched.number(scene.network), self._right(scene.network)
        return Listed(
            "number",
            (key, *[number for number in found if number != key]),
            partial(self._explained, scene.network),
            partial(self._because, scene, key),
            square=self.searched.is_square(scene.network),
            about=self.given,
        )

    def _told(self, network: Network) -> tuple[Answer, ...]:
        try:
            return tuple([network.value(name) for name in self.given])
        except LayerquizError as error:
            raise self.searched.written.located(error, (*self.place, "given")) from None

    def _right(self, network: Network) -> list[int]:
        key = ("right", self.searched.keys, self.searched.among, self.given)
        return network.remembered(key, lambda: self._found(network))

    def _found(self, network: Network) -> list[int]:
        aim = self._told(network)
        return [number for number, made in self.searched.tried(network) if self._told(made) == aim]

    def _explained(self, network: Network) -> dict[Given, Slugs]:
        """Return the numbers with which a single mistake gives what the question states.

        Under a mistake that gives it with most numbers nothing could be found, so nobody has made it.
        """
        aim = self._told(network)
        sheets = {number: wrong_sheets(made, self.given) for number, made in self.searched.tried(network)}
        found = {number: wrong[aim] for number, wrong in sheets.items() if aim in wrong}
        counts = Counter(slugs for sets in found.values() for slugs in sets)
        kept = {n: tuple(slugs for slugs in sets if 2 * counts[slugs] <= len(sheets)) for n, sets in found.items()}
        return {number: sets for number, sets in kept.items() if sets}

    def _because(self, scene: Scene, key: int) -> Because:
        """Return the equation, how the answer gives what is stated, and what the numbers close to it give."""
        network, words = scene.network, scene.words
        sign, made = self.searched.sign(network), partial(self.searched.at, network)
        close = self.searched.near(network, key, BESIDE)
        rows = [(number, *self._told(found)) for number in close if (found := made(number)) is not None]
        solution = f"${sign} = {grouped(key, words)}$"
        so = words("So {formula}; the numbers close to it give:", formula=solution)
        head = (f"${sign}$", *(label(name, words) for name in self.given))
        return (
            *self._to_solve(network, solution, words),
            *worked_out(self.given, network),
            f"{so}\n\n{tabled(head, rows, words)}",
        )

    def _to_solve(self, network: Network, key: str, words: Words) -> list[str]:
        """Return what has to be solved, in the form that says how, and with which number it is worked out below."""
        equations = _equations(network, self.given, self.searched.keys, words)
        if not equations:
            return []
        told = words(" and ").join(equations) + self._collected(network, words)
        return [
            words("{sentence} With {solution}:", sentence=words("To solve: {formula}.", formula=told), solution=key)
        ]

    def _collected(self, network: Network, words: Words) -> str:
        if len(self._told(network)) > 1 or isinstance(aim := self._told(network)[0], tuple):
            return ""
        values = [(number, self._told(made)[0]) for number, made in self.searched.tried(network)]
        found = collected(self.searched.sign(network), values, words)
        return f"{words(', that is, ')}${found} = {grouped(aim, words)}$" if found else ""


def _equations(network: Network, given: tuple[str, ...], keys: tuple[str, ...], words: Words) -> list[str]:
    """Return what has to be solved, with the key as its only letter; nothing where there is no one formula."""
    refs = [ref for name in given for ref in network.members(name)]
    pairs = [(in_letter(network, str(ref), keys, words), network.values[ref.owner][ref.name]) for ref in refs]
    return list(dict.fromkeys(f"${formula} = {grouped(value, words)}$" for formula, value in pairs if formula))

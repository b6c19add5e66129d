"""Within limits: the largest or smallest number of a key with which a comparison holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial
from random import Random
from typing import Annotated, Any, ClassVar

from pydantic import Field

from layerquiz.errors import LayerquizError
from layerquiz.exam.forms.base import Form, FormKeys, Scene, compared, quantities, worded, worked_out
from layerquiz.exam.forms.tabled import collected, grouped, in_letter, tabled
from layerquiz.exam.grid import called, label
from layerquiz.exam.listed import Because, Given, Listed, Slugs
from layerquiz.exam.recipe import RejectedError
from layerquiz.exam.searched import Searched
from layerquiz.exam.source import Path, SourceText
from layerquiz.languages import Words
from layerquiz.network import expression
from layerquiz.network.expression import Expression
from layerquiz.network.mistakes import mistaken
from layerquiz.network.network import Answer, Network
from layerquiz.network.outcomes import wrong_sheets

BESIDE = 1
"""So many numbers on each side of the answer stand in its solution."""

FIRST = 3
MOST_STEPS = 24
"""A longer derivation is left out, and so many numbers at the beginning are shown instead."""

SIGNS = {"<=": r"\le", ">=": r"\ge", "<": "<", ">": ">"}
SIDES = re.compile(r"([^<>=!]+)(<=|>=|<|>)([^<>=!]+)")


class BudgetKeys(FormKeys):
    """A key of the notation, the numbers that it may have, and what has to hold; `most` or `least` of them is asked."""

    most: str | Annotated[list[str], Field(min_length=1)] | None = None
    least: str | Annotated[list[str], Field(min_length=1)] | None = None
    among: list[int]
    holds: str = Field(alias="while")


@dataclass(frozen=True, eq=False)
class Budget(Form):
    """The largest number of a key with which a comparison holds, or the smallest."""

    kinds: ClassVar = ("budget",)
    explains: ClassVar = True
    keys: ClassVar = BudgetKeys
    searched: Searched
    most: bool
    holds: Expression

    @classmethod
    def read(cls, keys: BudgetKeys, written: SourceText, path: Path, words: Words) -> list[Form]:
        """Return the blank as written."""
        asked = [found for found in (keys.most, keys.least) if found is not None]
        if len(asked) != 1:
            raise written.fault("most and least are asked together", path, cure="Keep one of them", slug="budget")
        searched = Searched.read(asked[0], keys.among, written, path)
        holds = compared(keys.holds, written, (*path, "while"))
        told = keys.label if keys.label is not None else label(searched.name, words)
        most = keys.most is not None
        name = f"{'most' if most else 'least'}: {searched.name} while {holds.text}"
        shown = worded(told, written, (*path, "label"), words)
        return [cls(name, shown, Fraction(str(keys.points)), path, searched, most, holds)]

    @property
    def asked_key(self) -> Searched:
        """Return the key."""
        return self.searched

    def draw(self, scene: Scene, random: Random) -> Any:  # noqa: ARG002 -- nothing more is drawn
        """Draw nothing; reject a drawing in which no number fits, or the outermost one that is tried."""
        can_be, fitting = self._tried(scene)
        if not fitting:
            raise RejectedError(f'no number for {self.searched.name} keeps "{self.holds.text}"')
        if fitting[-1 if self.most else 0] == can_be[-1 if self.most else 0]:
            raise RejectedError(f'"{self.holds.text}" has no limit among the numbers for {self.searched.name}')
        return None

    def listed(self, scene: Scene, drawn: Any) -> Listed:  # noqa: ARG002 -- nothing was drawn
        """Return the outermost number with which the comparison holds."""
        _, fitting = self._tried(scene)
        if not fitting:
            raise RejectedError(f'no number for {self.searched.name} keeps "{self.holds.text}"')
        key = fitting[-1 if self.most else 0]
        return Listed(
            "number",
            (key,),
            partial(self._explained, scene, key),
            partial(self._because, scene, key),
            square=self.searched.is_square(scene.network),
            about=quantities(self.holds.names, scene.network),
        )

    def _tried(self, scene: Scene) -> tuple[list[int], list[int]]:
        """Return every number that can be, and every one with which the comparison holds: none is left out."""
        let = tuple(str(scene.drawn["let"].get(name)) for name in self.holds.names)
        key = ("tried", self.searched.keys, self.searched.among, self.holds.text, let)
        return scene.network.remembered(key, lambda: self._all(scene))

    def _all(self, scene: Scene) -> tuple[list[int], list[int]]:
        kept = {number: self._is_kept(scene, made.value) for number, made in self.searched.tried(scene.network)}
        return list(kept), [number for number, holds in kept.items() if holds]

    def _is_kept(self, scene: Scene, value: Callable[[str], Answer]) -> bool:
        let = scene.drawn["let"]
        try:
            return bool(self.holds.value(lambda name: let[name] if name in let else value(name)))
        except LayerquizError as error:
            raise scene.written.located(error, (*self.place, "while")) from None

    def _explained(self, scene: Scene, key: int) -> dict[Given, Slugs]:
        """Return the numbers that are outermost where one mistake is made at every number."""
        numbers, _ = self._tried(scene)
        names = quantities(self.holds.names, scene.network)
        network = self._network(scene, key)
        singles = dict.fromkeys(slugs for found in wrong_sheets(network, names).values() for slugs in found)
        found: dict[Given, list[tuple[str, ...]]] = {}
        for (slug,) in singles:
            for way in range(len(mistaken(network, slug, names))):
                kept = partial(self._kept_under, scene, names, slug, way)
                edge = _edge(numbers if self.most else numbers[::-1], cache(kept))
                if edge is not None and (slug,) not in found.setdefault(edge, []):
                    found[edge].append((slug,))
        return {number: tuple(slugs) for number, slugs in found.items() if slugs}

    def _kept_under(self, scene: Scene, names: tuple[str, ...], slug: str, way: int, number: int) -> bool | None:
        """Say whether the comparison holds with a number for whoever makes a mistake; None where it cannot be made."""
        network = self._network(scene, number)
        ways = mistaken(network, slug, names)
        if way >= len(ways):
            return None
        values = dict(zip(names, ways[way], strict=True))
        return self._is_kept(scene, lambda name: values[name] if name in values else network.value(name))

    def _network(self, scene: Scene, number: int) -> Network:
        found = self.searched.at(scene.network, number)
        if found is None:
            raise RejectedError(f"{self.searched.name} cannot be {number}")
        return found

    def _because(self, scene: Scene, key: int) -> Because:
        """Return what has to be solved, what the answer gives, and that the next number is too much."""
        sign, words = self.searched.sign(scene.network), scene.words
        names, network = quantities(self.holds.names, scene.network), self._network(scene, key)
        close, derived = self.searched.near(scene.network, key, BESIDE), worked_out(names, network)
        if sum(len(found.steps) for found in derived) > MOST_STEPS:
            can_be, _ = self._tried(scene)
            derived, close = (), sorted({*can_be[:FIRST], *close})
        rows = [self._row(scene, number, names) for number in close]
        solved = self._to_solve(scene, network)
        key_is = f"${sign} = {grouped(key, words)}$"
        told = words("To solve: {formula}.", formula=solved)
        told = words("{sentence} With {solution}:", sentence=told, solution=key_is) if derived else told
        edge = words("So the largest number is {formula}:" if self.most else "So the smallest number is {formula}:")
        last = words("within the limit") if self.most else words("enough")
        head = (f"${sign}$", *(label(name, words) for name in names), last)
        table = tabled(head, rows, words)
        return (*([told] if solved else []), *derived, f"{edge.format(formula=key_is)}\n\n{table}")

    def _row(self, scene: Scene, number: int, names: tuple[str, ...]) -> tuple[Answer | str, ...]:
        made = self._network(scene, number)
        kept = scene.words("yes") if self._is_kept(scene, made.value) else scene.words("no")
        return (number, *map(made.value, names), kept)

    def _to_solve(self, scene: Scene, network: Network) -> str:
        """Return the comparison of a quantity with a limit, with the key as its only letter; "" where it is no such.

        What grows by the same with each step is collected too: that says how to solve it.
        """
        sides = SIDES.fullmatch(self.holds.text)
        limit = _limit(scene, sides[3]) if sides else None
        name = sides[1].strip() if sides else ""
        if sides is None or limit is None or name not in quantities(self.holds.names, network):
            return ""
        sign, letter, words = f"{SIGNS[sides[2]]} {limit}", self.searched.sign(network), scene.words
        formula = in_letter(network, name, self.searched.keys, words)
        values = [(number, made.value(name)) for number, made in self.searched.tried(network)]
        even = collected(letter, values, words)
        lines = dict.fromkeys(f"${line} {sign}$" for line in (formula, even) if line)
        return words(", that is, ").join(lines) or f"{called(name.rpartition('.')[2], words)} ${sign}$"


def _limit(scene: Scene, text: str) -> str | None:
    """Return what a side without quantities comes to, in TeX; None for any other."""
    let = scene.drawn["let"]
    found = expression.parse(text.strip())
    if not let.keys() >= set(found.names):
        return None
    limit = found.value(lambda name: let[name])
    return grouped(limit, scene.words) if isinstance(limit, int) else None


def _edge(numbers: list[int], holds: Callable[[int], bool | None]) -> int | None:
    """Return a number that holds and behind which the next one does not, found by halving; None without one."""
    low, high = 0, len(numbers) - 1
    if not holds(numbers[low]) or holds(numbers[high]) is not False:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        kept = holds(numbers[middle])
        if kept is None:
            return None
        low, high = (middle, high) if kept else (low, middle)
    return numbers[low]

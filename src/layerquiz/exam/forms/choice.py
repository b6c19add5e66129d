"""Choosing: a value among those that mistakes give, or the statements that hold for the drawn network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from random import Random
from typing import Annotated, Any, ClassVar

from pydantic import Field

from layerquiz.errors import nearest
from layerquiz.exam import sample
from layerquiz.exam.described import as_product
from layerquiz.exam.forms.base import (
    Form,
    FormKeys,
    Keys,
    Scene,
    compared,
    filled,
    quantities,
    valued,
    worded,
    worked_out,
)
from layerquiz.exam.grid import label
from layerquiz.exam.listed import LETTERS, Given, Listed, Slugs, lettered
from layerquiz.exam.recipe import RejectedError
from layerquiz.exam.source import Path, SourceText
from layerquiz.exam.wording import Wording
from layerquiz.languages import Words
from layerquiz.network.expression import Expression
from layerquiz.network.mistakes import CATALOGUE
from layerquiz.network.network import Answer
from layerquiz.network.outcomes import Wrong, wrong_values

MOST_OPTIONS = 8
PLAUSIBLE = 200
"""A wrong value is offered within this factor of the right one."""


class ValueKeys(FormKeys):
    """A quantity whose value is chosen among those that mistakes give."""

    blank: str
    options: Annotated[int, Field(ge=2, le=MOST_OPTIONS)]


@dataclass(frozen=True, eq=False)
class ValueChoice(Form):
    """The value of a quantity, among what mistakes make of it; those that the template tells apart come first."""

    kinds: ClassVar = ("choice",)
    keys: ClassVar = ValueKeys
    quantity: str
    count: int

    @classmethod
    def read(cls, keys: ValueKeys, written: SourceText, path: Path, words: Words) -> list[Form]:
        """Return the blank as written."""
        told = keys.label if keys.label is not None else label(keys.blank, words)
        shown = worded(told, written, (*path, "label"), words)
        return [cls(keys.blank, shown, Fraction(str(keys.points)), path, keys.blank, keys.options)]

    @property
    def told(self) -> str:
        """Return the quantity."""
        return self.quantity

    def draw(self, scene: Scene, random: Random) -> Any:
        """Draw the wrong values that are offered, and the order of all."""
        right = scene.network.value(self.quantity)
        known = wrong_values(scene.network, self.quantity)
        fitting = {value: sets for value, sets in known.items() if _is_plausible(value, right)}
        ordered = sorted(fitting, key=lambda value: value if isinstance(value, tuple) else (value,))
        first = [value for value in ordered if _names(fitting[value], scene.tells_apart)]
        others = [value for value in ordered if value not in first]
        offered = [*shuffled(first, random), *shuffled(others, random)][: self.count - 1]
        if len(offered) < self.count - 1:
            raise RejectedError(f"{self.quantity} has fewer than {self.count - 1} wrong values to offer")
        return [_plain(value) for value in shuffled([right, *offered], random)]

    def listed(self, scene: Scene, drawn: Any) -> Listed:
        """Return the options in their order."""
        values = [_answer(found) for found in drawn]
        right = scene.network.value(self.quantity)
        if right not in values:
            raise RejectedError(f"the value of {self.quantity} is not among the options")
        letters = dict(zip(values, LETTERS, strict=False))
        return Listed(
            "options",
            (letters[right],),
            partial(self._explained, scene, letters),
            lambda: worked_out((self.quantity,), scene.network),
            lettered(tuple(_shown(value, scene.words) for value in values)),
            about=(self.quantity,),
        )

    def _explained(self, scene: Scene, letters: dict[Answer, str]) -> dict[Given, Slugs]:
        known = wrong_values(scene.network, self.quantity)
        found: dict[Given, Slugs] = {}
        for value, letter in letters.items():
            named = tuple(slugs for slugs in known.get(value, ()) if set(slugs) <= set(scene.tells_apart))
            found[letter] = named or tuple(known.get(value, ()))
        return found


def _names(sets: Wrong, slugs: Sequence[str]) -> bool:
    return any(set(together) <= set(slugs) for together in sets)


def _is_plausible(value: Answer, right: Answer) -> bool:
    """Say whether a wrong value looks like a right one: a whole number where the key is one, and near enough."""
    if isinstance(value, tuple) or isinstance(right, tuple):
        both = isinstance(value, tuple) and isinstance(right, tuple) and len(value) == len(right)
        return both and all(isinstance(size, int) and size > 0 for size in value)  # type: ignore[union-attr]
    if isinstance(right, int) and not isinstance(value, int):
        return False
    return value > 0 and right <= value * PLAUSIBLE and value <= right * PLAUSIBLE


def _shown(value: Answer, words: Words) -> str:
    if isinstance(value, tuple):
        return as_product(tuple(map(int, value)))
    whole = words.number(value.numerator)
    return whole if isinstance(value, int) else f"{whole}/{words.number(value.denominator)}"


def _plain(value: Answer) -> Any:
    """Return a value as plain data: a fraction is a text."""
    if isinstance(value, tuple):
        return [_plain(size) for size in value]
    return value if isinstance(value, int) else str(value)


def _answer(plain: Any) -> Answer:
    if isinstance(plain, list):
        return tuple([size if isinstance(size, int) else Fraction(size) for size in plain])
    return plain if isinstance(plain, int) else Fraction(plain)


def shuffled(found: Iterable[Any], random: Random) -> list[Any]:
    """Return the entries in a drawn order, each order equally likely."""
    left, order = list(found), []
    while left:
        order.append(left.pop(sample.below(random, len(left))))
    return order


class ClaimKeys(Keys):
    """One option as written: what it says, when it is right, and the mistake of whoever chooses it wrongly.

    Of several comparisons all have to hold.
    """

    text: str
    when: str | bool | Annotated[list[str], Field(min_length=1, max_length=MOST_OPTIONS)]
    mistake: str | None = None


class PickKeys(FormKeys):
    """Options in words, right or wrong by a comparison each."""

    pick: str
    options: Annotated[list[Any], Field(min_length=2, max_length=MOST_OPTIONS)]
    several: bool = False
    shuffle: bool = True


@dataclass(frozen=True, slots=True)
class Claim:
    """One option: what it says, when it is right, the mistake behind it, and where it stands in the template.

    Without a comparison it is right always or never.
    """

    text: str | Wording
    when: tuple[Expression, ...]
    always: bool
    mistake: str | None
    place: Path


@dataclass(frozen=True, eq=False)
class Pick(Form):
    """Options in words: exactly one is right in each drawing, or with `several` any number but none.

    Unless it stands `alone`, what decides it is worked out at another blank.
    """

    kinds: ClassVar = ("choice",)
    keys: ClassVar = PickKeys
    claims: tuple[Claim, ...]
    several: bool
    shuffle: bool
    alone: bool = True

    @classmethod
    def read(cls, keys: PickKeys, written: SourceText, path: Path, words: Words) -> list[Form]:
        """Return the blank as written."""
        shown = worded(keys.pick if keys.label is None else keys.label, written, (*path, "pick"), words)
        claims = claims_of(keys.options, written, (*path, "options"), words)
        points = Fraction(str(keys.points))
        return [cls(f"pick: {keys.pick}", shown, points, path, claims, keys.several, keys.shuffle)]

    def draw(self, scene: Scene, random: Random) -> Any:
        """Draw the order of the options; reject a drawing in which none is right, or not exactly one."""
        right = self._right(scene)
        if not right or (len(right) > 1 and not self.several):
            raise RejectedError(f'"{self.name}" has {len(right)} right options')
        order = list(range(len(self.claims)))
        if len({filled(claim.text, scene.names) for claim in self.claims}) < len(order):
            raise RejectedError(f'"{self.name}" has two options with the same words')
        return shuffled(order, random) if self.shuffle else order

    def _right(self, scene: Scene) -> list[int]:
        return [place for place, claim in enumerate(self.claims) if _holds(claim, scene)]

    def listed(self, scene: Scene, drawn: Any) -> Listed:
        """Return the options in their order."""
        right = self._right(scene)
        letters = {place: letter for letter, place in zip(LETTERS, drawn, strict=False)}
        key = "".join(sorted(letters[place] for place in right))
        texts = tuple(filled(self.claims[place].text, scene.names) for place in drawn)
        names = [name for claim in self.claims for when in claim.when for name in when.names]
        about = quantities(names, scene.network)
        return Listed(
            "options",
            (key,),
            lambda: {letters[place]: ((claim.mistake,),) for place, claim in enumerate(self.claims) if claim.mistake},
            lambda: worked_out(about, scene.network) if self.alone else (),
            lettered(texts),
            self.several,
            about=about,
        )


def _holds(claim: Claim, scene: Scene) -> bool:
    """Say whether an option is right in a drawing."""
    if not claim.when:
        return claim.always
    return all(valued(when, scene, claim.place) for when in claim.when)


def claims_of(options: Sequence[Any], written: SourceText, path: Path, words: Words) -> tuple[Claim, ...]:
    """Return options as written; an unknown mistake is an error."""
    found = []
    for place, option in enumerate(options):
        here = (*path, place)
        keys = written.checked(ClaimKeys, option, here)
        text = worded(keys.text, written, (*here, "text"), words)
        texts = [] if isinstance(keys.when, bool) else [keys.when] if isinstance(keys.when, str) else keys.when
        when = tuple(compared(text, written, (*here, "when")) for text in texts)
        if keys.mistake is not None and keys.mistake not in CATALOGUE:
            what, cure = f'there is no mistake "{keys.mistake}"', nearest(keys.mistake, CATALOGUE)
            raise written.fault(what, (*here, "mistake"), cure=cure, slug="unknown-mistake")
        found.append(Claim(text, when, keys.when is True, keys.mistake, (*here, "when")))
    return tuple(found)

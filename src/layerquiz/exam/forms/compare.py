"""Several networks side by side: which costs most, and in which order they come."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import islice, pairwise, product
from random import Random
from typing import Any, ClassVar, TypeAlias

from layerquiz.errors import LayerquizError
from layerquiz.exam.forms.base import COMPARE, Form, FormKeys, Scene, worded, worked_out
from layerquiz.exam.forms.choice import shuffled
from layerquiz.exam.forms.tabled import grouped
from layerquiz.exam.grid import called
from layerquiz.exam.listed import LETTERS, Because, Given, Listed, Slugs, lettered
from layerquiz.exam.recipe import RejectedError
from layerquiz.exam.source import Path, SourceText
from layerquiz.languages import Words
from layerquiz.network.mistakes import CATALOGUE, mistaken
from layerquiz.network.network import Answer
from layerquiz.network.outcomes import wrong_values

EQUAL_WORDS = ("equal", "the same", "same", "both", "none")
MOST_WAYS = 32
"""Where a mistake can be made in more ways in one network than in another, so many ways are put together."""

Quantities: TypeAlias = Mapping[str, tuple[str, ...]]
"""The quantities that a blank looks at, by network."""

Values: TypeAlias = Mapping[str, Answer]
"""Values of quantities, by their names with the network's in front."""


def mistaken_alike(scene: Scene, asked: Quantities) -> Iterator[tuple[str, Values]]:
    """Yield what each mistake makes of some quantities when it is made in all networks in which it can be made."""
    known = {
        slug
        for network, names in asked.items()
        for name in names
        for sets in wrong_values(scene.networks[network], name).values()
        for (slug,) in sets
    }
    for slug in CATALOGUE:
        if slug in known:
            ways = [
                mistaken(scene.networks[network], slug, names)
                or [tuple([scene.networks[network].value(name) for name in names])]
                for network, names in asked.items()
            ]
            alike = len({len(found) for found in ways}) == 1
            for way in zip(*ways, strict=True) if alike else islice(product(*ways), MOST_WAYS):
                pairs = zip(asked.items(), way, strict=True)
                yield (
                    slug,
                    {f"{n}.{name}": v for (n, names), found in pairs for name, v in zip(names, found, strict=True)},
                )


def explained(scene: Scene, asked: Quantities, answer: Callable[[Values], Given | None]) -> dict[Given, Slugs]:
    """Return the answers of whoever makes one mistake in all networks."""
    found: dict[Given, dict[tuple[str, ...], None]] = {}
    for slug, values in mistaken_alike(scene, asked):
        given = answer(values)
        if given is not None:
            found.setdefault(given, {})[(slug,)] = None
    return {given: tuple(sets) for given, sets in found.items()}


def derived(scene: Scene, asked: Quantities) -> Because:
    """Return how the quantities are worked out, network by network."""
    found: list[Any] = []
    for network, names in asked.items():
        steps = worked_out(names, scene.networks[network])
        found += [f"**{scene.title(network)}**", *steps] if steps else []
    return tuple(found)


class LargestKeys(FormKeys):
    """A quantity, of which it is asked in which network it is largest."""

    largest: str


class RankKeys(FormKeys):
    """A quantity, by which the networks are put in order, the largest first."""

    rank: str


@dataclass(frozen=True, eq=False)
class Ranked(Form):
    """A choice among networks, or their order, by one quantity."""

    kinds: ClassVar = (COMPARE,)
    explains: ClassVar = True
    quantity: str

    @abstractmethod
    def answer(self, letters: Mapping[str, str], values: Values) -> str | None:
        """Return the letters that values of the quantity in each network ask for; None where there is no answer."""

    def asked(self, scene: Scene) -> Quantities:
        """Return the quantity in each network."""
        return dict.fromkeys(scene.networks, (self.quantity,))

    def values(self, scene: Scene) -> dict[str, Any]:
        """Return what the quantity is in each network; what is no number is an error with its line."""
        try:
            found = {f"{name}.{self.quantity}": made.value(self.quantity) for name, made in scene.networks.items()}
        except LayerquizError as error:
            raise scene.written.located(error, self.place) from None
        if any(isinstance(value, tuple) for value in found.values()):
            what, cure = f"{self.quantity} is no single number", "Ask for one of its sizes"
            raise scene.written.fault(what, self.place, cure=cure, slug="no-number")
        return found

    def right(self, scene: Scene, letters: Mapping[str, str]) -> str:
        """Return the right letters; a drawing without is rejected."""
        found = self.answer(letters, self.values(scene))
        if found is None:
            raise RejectedError(f"{self.quantity} is the same in two networks")
        if len({scene.title(name) for name in scene.networks}) < len(scene.networks):
            raise RejectedError("two networks have the same name")
        return found

    def so(self, scene: Scene) -> str:
        """Return the values side by side, the largest first."""
        values = [(scene.title(name.partition(".")[0]), value) for name, value in self.values(scene).items()]
        values.sort(key=lambda pair: -pair[1])
        words = scene.words
        text = f"{values[0][0]} (${grouped(values[0][1], words)}$)"
        for (_, before), (name, value) in pairwise(values):
            text += f" ${'=' if value == before else '>'}$ {name} (${grouped(value, words)}$)"
        return words("So, by {name}: {text}.", name=called(self.quantity.rpartition(".")[2], words), text=text)


@dataclass(frozen=True, eq=False)
class Largest(Ranked):
    """The network in which a quantity is largest; all of them may be the same."""

    keys: ClassVar = LargestKeys

    @classmethod
    def read(cls, keys: LargestKeys, written: SourceText, path: Path, words: Words) -> list[Form]:
        """Return the blank as written."""
        quantity = called(keys.largest.rpartition(".")[2], words)
        told = words("the largest: {name}", name=quantity) if keys.label is None else keys.label
        shown = worded(told, written, (*path, "label"), words)
        return [cls(f"largest: {keys.largest}", shown, Fraction(str(keys.points)), path, keys.largest)]

    def draw(self, scene: Scene, random: Random) -> Any:  # noqa: ARG002 -- nothing is drawn
        """Draw nothing: the networks stand in their order; reject one in which only some are the largest."""
        self.right(scene, _letters(scene))
        return None

    def listed(self, scene: Scene, drawn: Any) -> Listed:  # noqa: ARG002 -- nothing was drawn
        """Return the networks as options, and behind them that all are the same."""
        letters = _letters(scene)
        texts = (*(scene.title(name) for name in scene.networks), _equal(scene))
        also = (*((name,) for name in scene.networks), EQUAL_WORDS)
        return Listed(
            "options",
            (self.right(scene, letters),),
            lambda: explained(scene, self.asked(scene), partial(self.answer, letters)),
            lambda: (*derived(scene, self.asked(scene)), self.so(scene)),
            lettered(texts, also),
            about=tuple(self.values(scene)),
        )

    def answer(self, letters: Mapping[str, str], values: Values) -> str | None:
        """Return the letter of the largest, that behind them where all are the same."""
        numbers = {letters[name.partition(".")[0]]: Fraction(value) for name, value in values.items()}  # type: ignore[arg-type]
        largest = [letter for letter, number in numbers.items() if number == max(numbers.values())]
        if len(largest) == len(numbers):
            return LETTERS[len(numbers)]
        return largest[0] if len(largest) == 1 else None


@dataclass(frozen=True, eq=False)
class Rank(Ranked):
    """The order of the networks by a quantity, the largest first."""

    keys: ClassVar = RankKeys

    @classmethod
    def read(cls, keys: RankKeys, written: SourceText, path: Path, words: Words) -> list[Form]:
        """Return the blank as written."""
        told = words("in order by {name}, the most first", name=called(keys.rank.rpartition(".")[2], words))
        shown = worded(told if keys.label is None else keys.label, written, (*path, "label"), words)
        return [cls(f"rank: {keys.rank}", shown, Fraction(str(keys.points)), path, keys.rank)]

    def draw(self, scene: Scene, random: Random) -> Any:
        """Draw the order in which the networks are printed; reject a drawing in which two are the same."""
        self.right(scene, _letters(scene))
        return shuffled(scene.networks, random)

    def listed(self, scene: Scene, drawn: Any) -> Listed:
        """Return the networks in the drawn order, to be put in order."""
        letters = dict(zip(drawn, LETTERS, strict=False))
        return Listed(
            "order",
            (self.right(scene, letters),),
            lambda: explained(scene, self.asked(scene), partial(self.answer, letters)),
            lambda: (*derived(scene, self.asked(scene)), self.so(scene)),
            lettered(tuple(scene.title(name) for name in drawn), tuple((name,) for name in drawn)),
            about=tuple(self.values(scene)),
        )

    def answer(self, letters: Mapping[str, str], values: Values) -> str | None:
        """Return the letters in order."""
        numbers = {letters[name.partition(".")[0]]: Fraction(value) for name, value in values.items()}  # type: ignore[arg-type]
        if len(set(numbers.values())) < len(numbers):
            return None
        return "".join(sorted(numbers, key=lambda letter: -numbers[letter]))


def _equal(scene: Scene) -> str:
    return scene.words("both the same") if len(scene.networks) == 2 else scene.words("all the same")


def _letters(scene: Scene) -> dict[str, str]:
    return dict(zip(scene.networks, LETTERS, strict=False))

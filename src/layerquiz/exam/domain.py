"""Where two formulas in letters are compared: drawn numbers for the letters that make a network that can be.

Two formulas that agree on all of them are the same, whatever algebra could prove of them; a point at which they differ
is small, so that it can be shown. The points and the formulas of mistakes depend on the structure alone, so they are
found once for all drawings of a template.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import lcm
from random import Random
from typing import TypeAlias

from layerquiz.errors import FormulaError, LayerquizError
from layerquiz.exam import sample
from layerquiz.exam.letters import Letter, Lettered, lettered
from layerquiz.formula.expr import Formula, Number, Reference
from layerquiz.formula.inlined import Column, column
from layerquiz.formula.solve import Values
from layerquiz.languages import ENGLISH, Words
from layerquiz.network.glossary import AXES
from layerquiz.network.mistakes import CATALOGUE, Change, Ground, Search, evaluated
from layerquiz.network.network import Network

POINTS = 200
MOST_TRIES = 4_000
FIRST = 6
"""So many points tell most formulas apart; the others are looked at only where these agree."""

FEWEST = 10
LARGER = 8
MOST_PAIRS = 2_000

Point: TypeAlias = Mapping[str, Number]

COUNTS = (1, 12)
SMALL = {"kernel": (1, 7), "stride": (1, 4), "padding": (0, 3), "dilation": (1, 3), "groups": (1, 4), "heads": (1, 4)}
SMALL |= {"height": (4, 40), "width": (4, 40), "depth": (4, 40), "length": (4, 40), "output_padding": (0, 2)}
"""The numbers that letters are drawn from, by the names of their quantities; all others are drawn from 1 to 12."""

DIVISORS = ("groups", "heads", "kv_heads", "factor")
"""Keys that have to divide a size."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What a quantity is in letters when some mistakes are made."""

    slugs: tuple[str, ...]
    formula: Formula


@dataclass(frozen=True)
class Domain:
    """The points for one quantity in letters; `right` is its formula. One domain serves all networks of its structure.

    `square` draws the same number for the height and the width, for those who write one letter for both.
    """

    lettered: Lettered
    square: bool = False

    @property
    def right(self) -> Formula:
        """Return the right formula."""
        return self.lettered.right

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """Return the values of the letters at each point, the smallest numbers first."""
        random = sample.generator("letters", str(self.lettered.target.name))
        found: dict[tuple[Number, ...], Point] = {}
        tried: dict[tuple[Number, ...], Point | None] = {}
        for attempt in range(MOST_TRIES):
            drawn = {letter.ref: self._drawn(random, letter, attempt) for letter in self._varying}
            if self.square:
                drawn = {ref: drawn[_first_axis(ref, drawn)] for ref in drawn}
            met = self._met(drawn, attempt)
            numbers = tuple(met.values())
            if numbers not in tried:
                tried[numbers] = self._point(met)
            point = tried[numbers]
            if point is not None:
                found.setdefault(tuple(drawn.values()), point)
            if len(found) == POINTS:
                break
        if len(found) < FEWEST:
            what = f"too few numbers were found at which {self.lettered.target} can be"
            raise LayerquizError(what, cure="Choose other letters: sizes, filters", slug="no-points")
        return tuple(sorted(found.values(), key=lambda point: max(point[letter.sign] for letter in self._varying)))

    def _drawn(self, random: Random, letter: Letter, attempt: int) -> int:
        """Return a number for a letter: a small one; in some attempts a large one, or one that can be divided."""
        base = letter.ref.name.partition(".")[0]
        first, last = SMALL.get(base, COUNTS)
        if attempt % 2 and base in AXES[3] + AXES[1]:
            last *= LARGER
        drawn = sample.stepped(random, first, last, 1)
        return drawn * self._divisor if attempt % 4 > 1 and base not in SMALL else drawn

    def _met(self, drawn: Mapping[Reference, int], attempt: int) -> Mapping[Reference, int]:
        """Return drawn sizes of several inputs, in some attempts all alike and in some but for the channels."""
        if attempt % 2 == 0:
            return drawn
        first: dict[str, int] = {}
        kept = ("channels", "features") if attempt % 4 == 1 else ()
        own = self.lettered.target.owner
        inputs = [ref for ref in drawn if self.lettered.alone and ref.owner != own and ref.name not in kept]
        return {**drawn, **{ref: first.setdefault(ref.name, drawn[ref]) for ref in inputs}}

    @cached_property
    def _divisor(self) -> int:
        """Return a number that every number without a letter divides which has to divide a size."""
        varying = {letter.ref for letter in self._varying}
        fixed = (
            int(value)
            for part in self.lettered.graph.parts.values()
            for name, value in part.givens.items()
            if name in DIVISORS and value >= 1 and Reference(part.name, name) not in varying
        )
        return lcm(*fixed)

    @property
    def _varying(self) -> tuple[Letter, ...]:
        return self.lettered.varying

    def here(self, network: Network) -> Point:
        """Return the values of the letters in a network of this structure."""
        return {letter.sign: network.values[letter.ref.owner][letter.ref.name] for letter in self.lettered.letters}

    def is_square(self, network: Network) -> bool:
        """Say whether several letters stand for sizes along axes, and have the same number in a network."""
        refs = {letter.ref: network.values[letter.ref.owner][letter.ref.name] for letter in self._varying}
        twins = [(refs[ref], refs[_first_axis(ref, refs)]) for ref in refs if _first_axis(ref, refs) != ref]
        return bool(twins) and all(one == other for one, other in twins)

    def _point(self, drawn: Mapping[Reference, Number]) -> Point | None:
        """Return the values of all letters where some are drawn; None where no such network can be."""
        own: dict[str, dict[str, Number]] = {}
        for ref, value in drawn.items():
            own.setdefault(ref.owner, {})[ref.name] = value
        graph, network = self.lettered.graph, self.lettered.network
        values: Values | None = evaluated(graph, None, network.values, own)
        parts = [self.lettered.target.owner] if self.lettered.alone else list(graph.parts)
        if values is None or network.fault(values, parts) is not None:
            return None
        return {letter.sign: values[letter.ref.owner][letter.ref.name] for letter in self.lettered.letters}

    @cached_property
    def column(self) -> Column:
        """Return the right values at the points."""
        return column(self.right, self.points)

    def column_of(self, formula: Formula) -> tuple[Number | None, ...]:
        """Return the values of a formula at the points, found once: all drawings have the same mistakes."""
        if formula not in self._columns:
            self._columns[formula] = tuple(column(formula, self.points))
        return self._columns[formula]

    @cached_property
    def _columns(self) -> dict[Formula, tuple[Number | None, ...]]:
        return {}

    @cached_property
    def _search(self) -> Search:
        graph, target = self.lettered.graph, self.lettered.target
        return Search(self.lettered.network, [target], graph, Ground(graph, (target,)))

    @cached_property
    def singles(self) -> Sequence[Wrong]:
        """Return the formulas of all single mistakes that give another one, in the catalogue's order."""
        return list(self._wrong(self._search.singles(CATALOGUE.values())))

    @cached_property
    def pairs(self) -> Sequence[Wrong]:
        """Return the formulas of two mistakes together."""
        return list(self._wrong(self._search.pairs(tuple(CATALOGUE.values()))))

    def _wrong(self, changes: Iterable[Change]) -> Iterator[Wrong]:
        seen: set[tuple[tuple[str, ...], Formula]] = set()
        for change, _ in zip(changes, range(MOST_PAIRS), strict=False):
            formula = self.changed(change)
            if formula is not None and (change.slugs, formula) not in seen:
                seen.add((change.slugs, formula))
                yield Wrong(change.slugs, formula)

    def changed(self, change: Change) -> Formula | None:
        """Return the formula under other rules; None where these read what no letter stands for."""
        try:
            return self.lettered.formula(change.rules)
        except FormulaError:
            return None

    @cached_property
    def _first(self) -> dict[int, list[tuple[Column, Wrong]]]:
        return {}

    def fitting(self, wanted: Column, pairs: bool = False) -> list[Wrong]:
        """Return the mistakes, or the pairs, whose formula has some values at all points."""
        if pairs not in self._first:
            wrong = self.pairs if pairs else self.singles
            self._first[pairs] = [(column(found.formula, self.points[:FIRST]), found) for found in wrong]
        near = (found for first, found in self._first[pairs] if first == wanted[:FIRST])
        return [found for found in near if column(found.formula, self.points) == wanted]


def _first_axis(ref: Reference, among: Iterable[Reference]) -> Reference:
    """Return the same quantity along the first axis for which it is there."""
    base, _, axis = ref.name.rpartition(".")
    if axis not in AXES[3]:
        return ref
    names = [f"{base}.{other}" if base else other for other in AXES[3]]
    return next(other for name in names for other in among if other == Reference(ref.owner, name))


def domain(
    network: Network,
    quantity: str,
    chosen: Sequence[str] | None = None,
    also: Collection[str] = (),
    square: bool = False,
    fixed: Collection[str] = (),
    words: Words = ENGLISH,
) -> Domain:
    """Return the points for a quantity in letters, found once for all networks of the same structure."""
    return _of_structure(_Sought(lettered(network, quantity, chosen, also, fixed, words), square))


class _Sought:
    """A quantity in letters, known by its structure: what has the same structure has the same domain."""

    __slots__ = ("lettered", "square", "structure")

    def __init__(self, found: Lettered, square: bool) -> None:
        self.lettered, self.square = found, square
        self.structure = (square, found.structure)

    def __hash__(self) -> int:
        return hash(self.structure)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Sought) and self.structure == other.structure


@lru_cache(maxsize=128)
def _of_structure(sought: _Sought) -> Domain:
    return Domain(sought.lettered, sought.square)


def mistaken_formulas(network: Network, slug: str, asked: Sequence[Domain]) -> list[tuple[Formula, ...]]:
    """Return the formulas of some quantities when a mistake is made everywhere: one tuple for each way to make it.

    A way that changes none of them is left out, and so is one whose formulas cannot be written in the letters.
    """
    search = Search(network, [place.lettered.target for place in asked])
    found: dict[tuple[Formula, ...], None] = {}
    for change in search.everywhere(CATALOGUE[slug]):
        formulas = tuple(place.changed(change) for place in asked)
        whole = tuple(formula for formula in formulas if formula is not None)
        if len(whole) == len(asked) and whole != tuple(place.right for place in asked):
            found[whole] = None
    return list(found)

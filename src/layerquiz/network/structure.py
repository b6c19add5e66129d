"""What networks that differ in their numbers alone have in common, made once for all of them.

All drawings of a template, all papers and all answers share one structure: the rules of each layer, how the layers are
wired, the sums over them, and whatever else is found out about formulas without looking at a number.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

from layerquiz.formula.graph import Part, Rules
from layerquiz.network.conventions import Conventions
from layerquiz.network.layer import Layer
from layerquiz.network.sums import with_sums

MOST_PARTS = 1000
"""The most parts of a network whose structure is kept for the next one; those of the zoo have fewer."""

MOST_DRAWINGS = 4
"""The numbers of so many networks of one structure are remembered: a known network's are, and those of one paper."""

Thing = TypeVar("Thing")


class Structure:
    """The sums over a network and its blocks, and what was found out about networks of this structure.

    is_met_often: whether it is known that many networks of this structure, with other numbers, are going to be met.
    """

    def __init__(self, sums: Sequence[Part]) -> None:
        self.sums = tuple(sums)
        self.is_met_often = False
        self._remembered: dict[Hashable, Any] = {}
        self._of_numbers: dict[Hashable, dict[Hashable, Any]] = {}
        self.latest: dict[Hashable, Any] = {}

    def of_numbers(self, givens: Hashable) -> dict[Hashable, Any]:
        """Return what was found out about the network of some numbers; only of the last few is anything kept."""
        self.latest = self._of_numbers.pop(givens, {})
        self._of_numbers[givens] = self.latest
        if len(self._of_numbers) > MOST_DRAWINGS:
            self._of_numbers.pop(next(iter(self._of_numbers))).clear()
        return self.latest

    def remembered(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """Return what was made under a key, made once for all networks of the structure."""
        if key not in self._remembered:
            self._remembered[key] = make()
        found: Thing = self._remembered[key]
        return found


def structure_of(
    parts: Sequence[Part], layers: Iterable[Layer], outputs: Mapping[str, str], conventions: Conventions
) -> Structure:
    """Return the structure of a network: its layers' parts, which layers are views, and what its blocks give."""
    wired = tuple([(part.name, part.rules, tuple(part.givens), part.sources) for part in parts])
    views = frozenset([layer.name for layer in layers if layer.kind.view])
    make = _made if len(wired) > MOST_PARTS else kept
    return make(wired, views, tuple(outputs.items()), conventions)


Wired: TypeAlias = tuple[tuple[str, Rules, tuple[str, ...], tuple[str, ...]], ...]


def _made(
    wired: Wired, views: frozenset[str], outputs: tuple[tuple[str, str], ...], conventions: Conventions
) -> Structure:
    parts = [Part(name, rules, dict.fromkeys(givens, 0), sources) for name, rules, givens, sources in wired]
    return Structure(with_sums(parts, views, dict(outputs), conventions)[len(parts) :])


kept = lru_cache(maxsize=256)(_made)

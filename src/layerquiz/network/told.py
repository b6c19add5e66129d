"""What listed mistakes make of some quantities, calculated together: every drawing of a template asks for the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, TypeAlias

from layerquiz.formula.expr import Reference
from layerquiz.network.mistakes import Search
from layerquiz.network.network import Answer, Network, joined
from layerquiz.network.outcomes import everywhere

Wrong: TypeAlias = Mapping[str, Sequence[tuple[Answer, ...]]]
"""By mistake the values of some quantities: one tuple for each way to make it everywhere, as `mistaken` gives them."""


def told(network: Network, slugs: tuple[str, ...], names: tuple[str, ...]) -> Wrong:
    """Return what `mistaken` gives for each of some mistakes; found once for a network and its numbers."""
    return network.remembered(("told", slugs, names), lambda: _told(network, slugs, names))


def _told(network: Network, slugs: tuple[str, ...], names: tuple[str, ...]) -> Wrong:
    members = network.structure.remembered(("members", names), lambda: [network.members(name) for name in names])
    search = Search(network, tuple(chain.from_iterable(members)))
    table = everywhere(search, slugs)
    alone = all(len(refs) == 1 for refs in members) and not any(name.endswith("shape") for name in names)
    found: dict[str, dict[int, tuple[Answer, ...]]] = {slug: {} for slug in slugs}
    for numbers, places in table.outcomes(search, network.values, {}):
        values = numbers if alone else _collected(names, members, numbers)
        for place in places:
            found[table.changes[place].slugs[0]][place] = values
    right = tuple([network.value(name) for name in names])
    return {slug: _without(right, [ways[place] for place in sorted(ways)]) for slug, ways in found.items()}


def _collected(
    names: Sequence[str], members: Sequence[Sequence[Reference]], numbers: Sequence[Any]
) -> tuple[Answer, ...]:
    """Return the values of names from those of all their members in a row."""
    values, start = [], 0
    for name, refs in zip(names, members, strict=True):
        values.append(joined(name, tuple(numbers[start : start + len(refs)])))
        start += len(refs)
    return tuple(values)


def _without(right: tuple[Answer, ...], ways: Sequence[tuple[Answer, ...]]) -> Sequence[tuple[Answer, ...]]:
    """Leave out the ways that give the right values, unless every one does."""
    return [wrong for wrong in dict.fromkeys(ways) if wrong != right] or ways[:1]

"""The catalogue: the same formulas, wrong. One module per family, in the order in which explanations are tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from layerquiz.formula.expr import Reference
from layerquiz.network.mistakes import (
    attention,
    biases,
    fields,
    learned,
    norms,
    parameters,
    recurrent,
    shapes,
    sizes,
    totals,
    training,
    transposed,
    units,
    versions,
    work,
)
from layerquiz.network.mistakes.base import Mistake
from layerquiz.network.mistakes.changes import Change, Ground, Search, evaluated, without_other_sums
from layerquiz.network.network import Answer, Network

FAMILIES = (
    *(parameters, biases, sizes, shapes, transposed, totals),
    *(norms, recurrent, attention, learned, units, work, training, fields, versions),
)

CATALOGUE: Mapping[str, Mistake] = {mistake.slug: mistake for family in FAMILIES for mistake in family.MISTAKES}


def mistaken(network: Network, slug: str, names: Sequence[str]) -> list[tuple[Answer, ...]]:
    """Return what some quantities come to when a mistake is made everywhere: one tuple for each way to make it.

    A way that leaves the domain (a size below 1) is left out, and so is one that gives the right values, unless every
    way does: then the mistake cannot be seen. A mistake that does not apply gives nothing.
    """
    members, search = _searched(network, tuple(names))
    found = []
    for change in search.everywhere(CATALOGUE[slug]):
        values = search.values(change)
        if values is not None and network.fault(values, search.needed) is None:
            pairs = zip(names, members, strict=True)
            found.append(tuple(network.collected(name, refs, values) for name, refs in pairs))
    right = tuple(network.collected(name, refs, network.values) for name, refs in zip(names, members, strict=True))
    return [wrong for wrong in dict.fromkeys(found) if wrong != right] or found[:1]


@lru_cache(maxsize=4)
def _searched(network: Network, names: tuple[str, ...]) -> tuple[list[tuple[Reference, ...]], Search]:
    """Return the search above some quantities: a drawing asks for many mistakes of the same ones."""
    members = [network.members(name) for name in names]
    return members, Search(network, [ref for refs in members for ref in refs])


__all__ = ["CATALOGUE", "Change", "Ground", "Mistake", "Search", "evaluated", "mistaken", "without_other_sums"]

"""The sums over a whole network and over each of its blocks, and what a block gives: the output of its last layer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

from layerquiz.formula.expr import Formula, Integer, Reference, Sum, total
from layerquiz.formula.graph import Part, Rules
from layerquiz.network.conventions import Conventions
from layerquiz.network.costs import following
from layerquiz.network.glossary import SIZES, START, SUMMED, TRACED

TOTAL, INPUT = "total", "input"


def with_sums(
    parts: Sequence[Part], views: Set[str], outputs: Mapping[str, str], conventions: Conventions
) -> list[Part]:
    """Return the parts of a network, then its blocks, the inner ones first, then the total; `views` move nothing."""
    by_name = {part.name: part for part in parts}
    batch = "batch" in parts[0].givens
    for owner, members in _members(part.name for part in parts[1:]):
        inside = [by_name[name] for name in members]
        formulas = _sums(owner, inside, views, conventions, batch)
        if owner != TOTAL:
            formulas |= _given(by_name[outputs[owner]])
        by_name[owner] = Part(owner, Rules(formulas, shared=False))
    return list(by_name.values())


def _members(names: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Return each block with the layers and blocks that stand in it, the innermost first, the total last."""
    found: dict[str, list[str]] = {TOTAL: []}
    for name in names:
        member, is_new = name, True
        while is_new and member != TOTAL:
            outer = member.rpartition(".")[0] or TOTAL
            is_new = outer not in found
            found.setdefault(outer, []).append(member)
            member = outer
    return sorted(found.items(), key=lambda item: -1 if item[0] == TOTAL else item[0].count("."), reverse=True)


def _sums(
    owner: str, inside: Sequence[Part], views: Set[str], conventions: Conventions, batch: bool
) -> dict[str, Formula]:
    """Return the sums over some layers and blocks; what adds nothing stands in no sum."""
    formulas: dict[str, Formula] = {}
    adding = [(part.name, _adding(part)) for part in inside]
    for name in SUMMED:
        is_output = name == "activations"
        counted = [part for part, adds in adding if name in adds and not (is_output and part in views)]
        first = [INPUT] if is_output and owner == TOTAL else []
        formulas[name] = _sum([Reference(part, name) for part in (*first, *counted)])
    return formulas | following(owner, formulas, conventions, batch)


def _sum(references: list[Formula]) -> Formula:
    """Return a sum of references, of which there may be thousands: none of them has to be looked into."""
    return Sum(tuple(references)) if len(references) > 1 else total(references)


def _adding(part: Part) -> frozenset[str]:
    """Return the quantities of a layer or a block that are not plainly 0; found once for all of one structure."""
    formulas = part.rules.formulas
    nothing = Integer(0)
    return part.rules.remembered(
        "adding", lambda: frozenset(n for n in SUMMED if formulas.get(n, nothing) != nothing or _is_stated(n, part))
    )


def _is_stated(name: str, part: Part) -> bool:
    """Say whether a count is a key of the layer: the units of a dense layer, where units are counted at all."""
    return name in part.givens and "connections" in part.rules.formulas


def _given(last: Part) -> dict[str, Formula]:
    """Return what a block gives: sizes, receptive field and jump of the layer that it ends with."""
    names = [
        name
        for name in (*last.rules.formulas, *last.givens)
        if name in SIZES or name.partition(".")[0] in (*TRACED, START)
    ]
    return {name: Reference(last.name, name) for name in names}

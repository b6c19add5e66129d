"""Steps that say the same along several axes or in several copies of a block, said once."""

from __future__ import annotations

import re
from collections.abc import Iterable

from layerquiz.formula.derive import Step
from layerquiz.formula.expr import Formula, Reference, transform
from layerquiz.network.glossary import AXIS_LETTERS
from layerquiz.network.scope import COPY

COPIED = re.compile(rf"(?<=\.{COPY})\d+(?=\.|$)")
"""The number of a block's copy in the name of a layer."""


def folded(steps: Iterable[Step]) -> list[tuple[Step, list[Step]]]:
    """Return the steps, beside each those that say the same along another axis of the layer or in a block's copy.

    A step that needs what is only shown behind its likes stands by itself.
    """
    groups: list[tuple[Step, list[Step]]] = []
    first: dict[object, int] = {}
    places: dict[Reference, int] = {}
    for step in steps:
        alike = _axis(step) or COPIED.search(step.quantity.owner)
        place = first.setdefault(_without_place(step), len(groups)) if alike else len(groups)
        if place < len(groups) and all(places.get(needed, -1) <= place for needed in step.names.values()):
            groups[place][1].append(step)
        else:
            place = len(groups)
            groups.append((step, []))
        places[step.quantity] = place
    return groups


def _axis(step: Step) -> str:
    return next((part for part in step.quantity.name.split(".") if part in AXIS_LETTERS), "")


def _without_place(step: Step) -> object:
    """Return what a step says when the name of its axis and the number of its block's copy are covered."""
    axis = _axis(step)

    def covered(node: Formula) -> Formula:
        if not isinstance(node, Reference):
            return node
        return Reference(COPIED.sub("", node.owner), node.name.replace(axis, "*") if axis else node.name)

    return covered(step.quantity), transform(step.formula, covered), tuple(step.values.values())

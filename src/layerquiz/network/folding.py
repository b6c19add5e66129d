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
    """Return the steps, beside each those that say the same along another axis of the layer or in a block's copy."""
    groups: dict[object, tuple[Step, list[Step]]] = {}
    for number, step in enumerate(steps):
        key = _without_place(step) if _axis(step) or COPIED.search(step.quantity.owner) else number
        if key in groups:
            groups[key][1].append(step)
        else:
            groups[key] = (step, [])
    return list(groups.values())


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

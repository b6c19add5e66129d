"""Steps that say the same along several axes, said once: the height, and likewise the width."""

from __future__ import annotations

from collections.abc import Iterable

from layerquiz.formula.derive import Step
from layerquiz.formula.expr import Formula, Reference, transform
from layerquiz.network.glossary import AXIS_LETTERS


def folded(steps: Iterable[Step]) -> list[tuple[Step, list[Step]]]:
    """Return the steps with those that say the same along another axis of the same layer put beside the first."""
    groups: dict[object, tuple[Step, list[Step]]] = {}
    for number, step in enumerate(steps):
        key = _without_axis(step) if _axis(step) else number
        if key in groups:
            groups[key][1].append(step)
        else:
            groups[key] = (step, [])
    return list(groups.values())


def _axis(step: Step) -> str:
    return next((part for part in step.quantity.name.split(".") if part in AXIS_LETTERS), "")


def _without_axis(step: Step) -> object:
    """Return what a step says when the name of its axis is covered."""
    axis = _axis(step)

    def covered(node: Formula) -> Formula:
        return Reference(node.owner, node.name.replace(axis, "*")) if isinstance(node, Reference) else node

    name = step.quantity.name.replace(axis, "*")
    return step.quantity.owner, name, transform(step.formula, covered), tuple(step.values.values())

"""One of two ways to the same quantities: the right formulas with their values, or those with a mistake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from layerquiz.formula.expr import Formula, Reference
from layerquiz.formula.graph import Graph, Rules
from layerquiz.formula.solve import Values


@dataclass(frozen=True, slots=True)
class Side:
    """One of two ways: its formulas and their values."""

    graph: Graph
    values: Values

    def formula(self, ref: Reference) -> Formula | None:
        """Return what a quantity is computed by; None for a given."""
        return self.graph.parts[ref.owner].rules.formulas.get(ref.name)

    def differs(self, other: Side, ref: Reference) -> bool:
        """Say whether a quantity has another formula or another value on the other side, or is not there."""
        part = other.graph.parts.get(ref.owner)
        if part is None or ref.name not in part or self.formula(ref) != other.formula(ref):
            return True
        return self.values[ref.owner][ref.name] != other.values[ref.owner][ref.name]


def ruled(graph: Graph, rules: Mapping[str, Rules]) -> Graph:
    """Return a graph with other rules for some parts."""
    return Graph(replace(part, rules=rules.get(name, part.rules)) for name, part in graph.parts.items())

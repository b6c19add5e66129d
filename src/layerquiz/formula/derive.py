"""A derivation: the order in which values were needed, and each value's arithmetic line by line.

There are no words here; wording and layout belong to the renderers.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from layerquiz.formula.expr import (
    Ceil,
    Difference,
    Floor,
    Formula,
    Integer,
    Max,
    Number,
    Power,
    Product,
    Quotient,
    Reference,
    Sum,
    walk,
)
from layerquiz.formula.graph import Graph
from layerquiz.formula.solve import Values, local_value, worked_out

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Line:
    """One side of a chain of equalities: a formula and the numbers that stand for its references."""

    formula: Formula
    numbers: Mapping[Reference, Number]


@dataclass(frozen=True)
class Planned:
    """A step before its numbers: the quantity, its formula, and which quantity each of its references is.

    `alias`: it takes no step of its own where all that it reads is equal, as the height behind a sum of equal maps.
    """

    quantity: Reference
    formula: Formula
    names: Mapping[Reference, Reference]
    alias: bool = False
    _remembered: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def remembered(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """Return what was made of the step under a key, made once for all numbers."""
        if key not in self._remembered:
            self._remembered[key] = make()
        found: Thing = self._remembered[key]
        return found

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """Return the arithmetic, which is the same whatever the numbers are."""
        return stages(self.formula)


@dataclass(frozen=True)
class Step:
    """One quantity from its rule: `formula` speaks of own and before, `values` gives their numbers.

    `names` says which quantity of the graph each reference is.
    """

    planned: Planned
    values: Mapping[Reference, Number]
    value: Number

    @property
    def quantity(self) -> Reference:
        """Return the quantity that the step gives."""
        return self.planned.quantity

    @property
    def formula(self) -> Formula:
        """Return the rule."""
        return self.planned.formula

    @property
    def names(self) -> Mapping[Reference, Reference]:
        """Return which quantity each reference of the rule is, in the order in which they are read."""
        return self.planned.names

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Return the numbers put in, then the arithmetic, operation by operation, to the value."""
        return tuple([self._filled(stage) for stage in self.planned.stages])

    def _filled(self, stage: Stage) -> Line:
        numbers = dict(self.values)
        for slot, nodes in stage.worked.items():
            numbers[slot] = worked_out(nodes, self.values.__getitem__)
        return Line(stage.formula, numbers)


@dataclass(frozen=True, slots=True)
class Derivation:
    """The steps from the givens to the targets, each after those it needs."""

    targets: tuple[Reference, ...]
    steps: tuple[Step, ...]


def derive(
    graph: Graph, targets: Iterable[Reference], known: Iterable[Reference] = (), values: Values | None = None
) -> Derivation:
    """Return the steps to some quantities; what is `known` already (earlier blanks of a sheet) is not derived again.

    `values` are those of the graph where they have been computed before.

    A quantity that is only another one's name (the height after an activation, or behind a sum of maps that are equally
    high) takes no step of its own unless it is asked for.
    """
    wanted = tuple(targets)
    return with_values(plan(graph, wanted, known), _computed_values(graph, wanted) if values is None else values)


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps to some quantities, which are the same whatever the numbers are."""

    targets: tuple[Reference, ...]
    steps: tuple[Planned, ...]


def plan(graph: Graph, targets: tuple[Reference, ...], known: Iterable[Reference] = ()) -> Plan:
    """Return the steps of `derive` without their numbers."""
    seen = set(known) - set(targets)
    steps = (_planned(graph, ref, ref in targets) for ref in graph.order(targets, seen))
    return Plan(targets, tuple(step for step in steps if step is not None))


def with_values(planned: Plan, values: Values) -> Derivation:
    """Return the steps with the numbers of a graph."""
    steps = (_step(step, values) for step in planned.steps)
    return Derivation(planned.targets, tuple([step for step in steps if step is not None]))


def _computed_values(graph: Graph, targets: Iterable[Reference]) -> Values:
    found: dict[Reference, Number] = {}
    by_owner: dict[str, dict[str, Number]] = {}
    for ref in graph.order(targets):
        found[ref] = by_owner.setdefault(ref.owner, {})[ref.name] = local_value(graph, ref, found)
    return {**by_owner}


def _planned(graph: Graph, ref: Reference, asked: bool) -> Planned | None:
    part = graph.parts[ref.owner]
    formula = part.rules.formulas.get(ref.name)
    if formula is None or (not asked and isinstance(formula, Reference | Integer)):
        return None
    alias = not asked and isinstance(formula, Max) and all(isinstance(each, Reference) for each in formula.arguments)
    return Planned(ref, formula, {local: part.bound(local) for local in part.rules.reads[ref.name]}, alias)


def _step(planned: Planned, values: Values) -> Step | None:
    ref, numbers = planned.quantity, {local: values[at.owner][at.name] for local, at in planned.names.items()}
    if planned.alias and len(set(numbers.values())) == 1:
        return None
    return Step(planned, numbers, values[ref.owner][ref.name])


@dataclass(frozen=True)
class Stage:
    """A formula with some subtrees already computed: each stands as a reference to a slot."""

    formula: Formula
    slots: Mapping[Reference, Formula]

    @cached_property
    def worked(self) -> Mapping[Reference, tuple[Formula, ...]]:
        """Return the nodes of each slot's subtree, in the order in which they are worked out."""
        return {slot: tuple(walk(inner)) for slot, inner in self.slots.items()}


@lru_cache(maxsize=4096)
def stages(formula: Formula) -> tuple[Stage, ...]:
    """Return a formula's arithmetic as on paper: numbers put in, then one round of operations at a time.

    The stages depend on the formula alone, so they are found once for all numbers.
    """
    found = [Stage(formula, {})]
    for level in range(1, _level(formula) + 1):
        done = dict.fromkeys(_computed(formula, level))
        slots = {part: Reference("slot", str(number)) for number, part in enumerate(done)}
        stage = Stage(substitute_top(formula, slots), {slot: part for part, slot in slots.items()})
        if stage.formula != found[-1].formula:
            found.append(stage)
    return tuple(found)


def _level(node: Formula) -> int:
    """Return after how many rounds of arithmetic a node is a number: sums of products of numbers take one."""
    children = node.children()
    if not children:
        return 0
    inner = max(_level(child) for child in children)
    if isinstance(node, Floor | Ceil) and isinstance(node.inner, Quotient):
        return _level(node.inner)
    if isinstance(node, Product | Power) and inner <= 1 and not any(isinstance(c, SUMS | DIVISIONS) for c in children):
        return 1
    if isinstance(node, SUMS) and inner <= 1 and all(_is_simple(child) for child in children):
        return 1
    return inner + 1


SUMS = Sum | Difference
DIVISIONS = Quotient | Floor | Ceil


def _is_simple(node: Formula) -> bool:
    """Say whether a term is added at sight: a number, a small multiple such as 2P, or an inner sum of such."""
    match node:
        case Product((Integer(), Reference())):
            return True
        case Sum() | Difference():
            return all(_is_simple(child) for child in node.children())
    return not node.children()


def _computed(node: Formula, level: int) -> list[Formula]:
    """Return the largest subtrees that are numbers after so many rounds."""
    if not node.children():
        return []
    if _level(node) <= level:
        return [node]
    return [part for child in node.children() for part in _computed(child, level)]


def substitute_top(formula: Formula, replacements: Mapping[Formula, Formula]) -> Formula:
    """Put slots in place of whole subtrees, the outermost first."""
    if formula in replacements:
        return replacements[formula]
    if not formula.children():
        return formula
    return formula.rebuilt(tuple(substitute_top(child, replacements) for child in formula.children()))

"""A formula's damaged versions: a term or a factor dropped, a sign turned, a constant one off, a rounding exchanged."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain

from layerquiz.formula import expr
from layerquiz.formula.expr import Formula, Reference
from layerquiz.network.glossary import SIZES

AXES = ("depth", "height", "width")
ALIKE = (
    ("receptive_field", "jump"),
    ("kernel", "stride"),
    ("channels", "filters"),
    ("tokens", "features"),
    ("weights", "biases"),
    ("weights", "parameters"),
    ("head_features", "value_features"),
    ("key_input", "value_input"),
    ("heads", "kv_heads"),
)
"""Names that are taken for each other."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A damaged formula, and in one line what was done to it."""

    formula: Formula
    description: str


def mutants(formula: Formula, known: Collection[Reference] = ()) -> tuple[Mutant, ...]:
    """Return each damaged version of a formula once; references are exchanged for others that are `known`."""
    found: dict[Formula, Mutant] = {}
    for what, damaged in _everywhere(formula, known):
        if damaged != formula:
            found.setdefault(damaged, Mutant(damaged, what))
    return tuple(found.values())


def _everywhere(node: Formula, known: Collection[Reference]) -> Iterator[tuple[str, Formula]]:
    """Yield the tree with one of its nodes damaged, each node in turn."""
    yield from _damaged(node, known)
    children = node.children()
    for place, child in enumerate(children):
        for what, changed in _everywhere(child, known):
            yield what, node.rebuilt((*children[:place], changed, *children[place + 1 :]))


def _damaged(node: Formula, known: Collection[Reference]) -> Iterator[tuple[str, Formula]]:
    """Yield what one node may wrongly be."""
    match node:
        case expr.Integer(number):
            yield f"{number} is one more", expr.Integer(number + 1)
            yield f"{number} is one less", expr.Integer(number - 1)
        case Reference():
            yield from ((f"{node} is {other}", other) for other in _mistaken(node) if other in known)
        case expr.Sum():
            yield from _less(node, "term")
        case expr.Product():
            yield from _less(node, "factor")
        case expr.Min() | expr.Max():
            yield from _less(node, "argument")
            other = expr.Max if isinstance(node, expr.Min) else expr.Min
            yield "minimum and maximum are exchanged", other(node.children())
        case expr.Difference(left, right):
            yield "a minus is a plus", expr.Sum((left, right))
            yield "what is taken away is dropped", left
        case expr.Quotient(top, _):
            yield "the denominator is dropped", top
        case expr.Power(base, _):
            yield "the exponent is dropped", base
        case expr.Mod(left, _):
            yield "the remainder is not taken", left
        case expr.Floor(inner):
            yield "rounded up, not down", expr.Ceil(inner)
        case expr.Ceil(inner):
            yield "rounded down, not up", expr.Floor(inner)


def _less(node: Formula, part: str) -> Iterator[tuple[str, Formula]]:
    """Yield a sum or a product without one of its parts; one part alone stands for itself."""
    children = node.children()
    for place in range(len(children) if len(children) > 1 else 0):
        left = (*children[:place], *children[place + 1 :])
        yield f"{part} {place + 1} of {len(children)} is dropped", left[0] if len(left) == 1 else node.rebuilt(left)


def _mistaken(ref: Reference) -> Iterator[Reference]:
    """Yield what a quantity may be taken for: another axis, a name alike, the other side of the layer."""
    name, dot, axis = ref.name.rpartition(".")
    for other in AXES if axis in AXES else ():
        yield Reference(ref.owner, f"{name}{dot}{other}")
    for pair in chain(ALIKE, (reversed(pair) for pair in ALIKE)):
        first, second = pair
        if ref.name.partition(".")[0] == first:
            yield Reference(ref.owner, second + ref.name[len(first) :])
    for owner in ("own", "before", "before1", "before2", "before3") if ref.name in SIZES else ():
        yield Reference(owner, ref.name)

"""How many different questions a template has: listed one by one where they are few, computed or estimated else.

A recipe is a tree of draws; each way through it is a drawing. A way on which the draws chose from b1, b2 ... options is
taken with probability 1 / (b1 b2 ...), so the product of the bounds of random ways is on average the number of ways;
with 0 for a way whose drawing is rejected, the number of questions (Knuth 1975, Estimating the efficiency of backtrack
programs).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import prod
from typing import Any

from layerquiz.errors import LayerquizError
from layerquiz.exam import sample
from layerquiz.exam.drawing import attempted
from layerquiz.exam.question import Question, scene_of, wired
from layerquiz.exam.recipe import Drawn, RejectedError, networks_of
from layerquiz.exam.sample import Walk
from layerquiz.exam.template import Template
from layerquiz.network.expression import Lookup

FEW = 64
"""So many ways are all tried."""

WAYS = 200
"""Of more, so many random ways are looked at for what is required."""

DRAWN, DRAWN_IN_LETTERS = 8, 2
"""So many of those that meet it are drawn; formulas are compared at many points, which takes its time."""

SHOWN_DIGITS = 1
"""An estimate has so many digits: few ways do not give more, and a list of all templates must not take long."""


@dataclass(frozen=True, slots=True)
class Space:
    """How many different questions there are; `exact` says whether they were counted, or estimated."""

    distinct: int
    exact: bool

    def __str__(self) -> str:
        """Return the number as it is told: 48, or about 10,000."""
        return f"{self.distinct:,}" if self.exact else f"about {self.distinct:,}"


@cache
def space(template: Template, few: int = FEW) -> Space:
    """Return how many different questions a template has, the same number on every call.

    Up to `few` ways are all tried. Of more, the share that meets what is required is estimated from `WAYS`, and from
    some of these how many are then used; the product of the draws is exact where nothing depends on anything and
    nothing is required.
    """
    all_ways = _all_ways(template, few)
    if all_ways is not None:
        found = [_question(template, way.walk) for way in all_ways]
        return Space(len({question.identity for question in found if question is not None}), exact=True)
    ways = [_gone(template, Walk(chance=sample.generator("space", question=str(way)))) for way in range(WAYS)]
    meeting = [way for way in ways if _meets(template, way)]
    tried = meeting[: DRAWN_IN_LETTERS if template.kind == "formula" else DRAWN]
    used = [way for way in tried if _question(template, way.walk) is not None]
    if template.recipe.even and not template.require and not template.tells_apart and len(used) == len(tried):
        return Space(prod(ways[0].walk.bounds), exact=True)
    share = Fraction(_weight(used), _weight(tried)) if tried else Fraction(0)
    return Space(_shortened(share * _weight(meeting) / WAYS), exact=False)


@dataclass(frozen=True, slots=True)
class Way:
    """A way through the draws, and what was drawn; None where it ends in a fault."""

    walk: Walk
    drawn: Drawn | None


def _weight(ways: Sequence[Way]) -> int:
    """Return how many ways some random ones stand for."""
    return sum(prod(way.walk.bounds) for way in ways)


def _all_ways(template: Template, most: int) -> list[Way] | None:
    """Return all ways through the draws, the last draw changing first; None where there are too many."""
    found: list[Way] = []
    given: list[int] | None = []
    while given is not None:
        if len(found) == most:
            return None
        found.append(_gone(template, Walk(given)))
        given = _after(found[-1].walk)
    return found


def _after(walk: Walk) -> list[int] | None:
    """Return how the next way begins, or None after the last."""
    taken, bounds = list(walk.taken), list(walk.bounds)
    while taken and taken[-1] + 1 == bounds.pop():
        taken.pop()
    return [*taken[:-1], taken[-1] + 1] if taken else None


def _gone(template: Template, walk: Walk) -> Way:
    """Go through the draws of a recipe; a way that ends in a fault is gone as far as that."""
    try:
        return Way(walk, template.recipe.draw(walk, template.conventions or "textbook"))
    except (LayerquizError, RejectedError):
        return Way(walk, None)


def _question(template: Template, walk: Walk) -> Question | None:
    """Return the question at the end of a way, or None where it cannot be used.

    What is drawn behind the recipe, such as the order of options, makes no other question.
    """
    behind = sample.generator("space", question="behind")
    try:
        return attempted(template, Walk(walk.taken, behind), "textbook")
    except RejectedError:
        return None


def _meets(template: Template, way: Way) -> bool:
    """Say whether a drawing meets what is required; the network is made only where that asks for it."""
    if way.drawn is None:
        return False
    value = _looking_up(template, way.drawn)
    try:
        return all(comparison.value(value) for comparison in template.require)
    except LayerquizError:
        return False


def _looking_up(template: Template, drawn: Drawn) -> Lookup:
    """Return what names stand for in a drawing; what was written as a number is known without its network."""
    written: dict[str, Mapping[str, Any]] = {}
    for begins, network in networks_of(drawn):
        written |= {f"{begins}{layer.get('name')}": layer for layer in network["layers"]}
        written[f"{begins}input"] = network["input"]
    made: list[Lookup] = []

    def value(name: str) -> Any:
        owner, _, key = name.rpartition(".")
        found = written.get(owner, {}).get(key)
        if type(found) is int:
            return found
        if not made:
            made.append(scene_of(template, drawn, wired(template, drawn, "textbook")).lookup)
        return made[0](name)

    return value


def _shortened(mean: Fraction) -> int:
    """Return an estimate with the digits that it has; at least one question, as the template is drawn."""
    whole = max(1, round(mean))
    step: int = 10 ** max(0, len(str(whole)) - SHOWN_DIGITS)
    return (2 * whole + step) // (2 * step) * step

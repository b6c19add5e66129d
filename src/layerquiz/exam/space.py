"""How many different questions a template has: listed one by one where they are few, computed or estimated else.

A recipe is a tree of draws; each way through it is a drawing. A way on which the draws chose from b1, b2 ... options is
taken with probability 1 / (b1 b2 ...), so the product of the bounds of random ways is on average the number of ways;
with 0 for a way whose drawing is rejected, the number of questions (Knuth 1975, Estimating the efficiency of backtrack
programs).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from math import prod

from layerquiz.errors import LayerquizError
from layerquiz.exam import sample
from layerquiz.exam.drawing import attempted
from layerquiz.exam.question import Question
from layerquiz.exam.recipe import RejectedError
from layerquiz.exam.sample import Walk
from layerquiz.exam.template import Template

FEW = 64
"""So many ways are all tried."""

WAYS, WAYS_IN_LETTERS = 20, 6
"""So many random ways are tried where there are more; formulas are compared at many points, which takes its time."""

SHOWN_DIGITS = 2
"""An estimate has so many digits: some tens of ways do not give more."""


@dataclass(frozen=True, slots=True)
class Space:
    """How many different questions there are; `exact` says whether they were counted, or estimated."""

    distinct: int
    exact: bool

    def __str__(self) -> str:
        """Return the number as it is told: 48, or about 12,000."""
        return f"{self.distinct:,}" if self.exact else f"about {self.distinct:,}"


@cache
def space(template: Template, few: int = FEW, ways: int | None = None) -> Space:
    """Return how many different questions a template has, the same number on every call.

    Up to `few` ways are all tried. Of more, the share that is not rejected is estimated from `ways` drawings; the
    product of the draws is exact where nothing depends on anything and nothing is required.
    """
    all_ways = _all_ways(template, few)
    if all_ways is not None:
        found = [_question(template, walk) for walk in all_ways]
        return Space(len({question.identity for question in found if question is not None}), exact=True)
    ways = ways or (WAYS_IN_LETTERS if template.kind == "formula" else WAYS)
    weights = [_weight(template, number) for number in range(ways)]
    if template.recipe.even and not template.require and not template.tells_apart and all(weights):
        return Space(weights[0], exact=True)
    return Space(_shortened(sum(weights), ways), exact=False)


def _all_ways(template: Template, most: int) -> list[Walk] | None:
    """Return all ways through the draws, the last draw changing first; None where there are too many."""
    found: list[Walk] = []
    given: list[int] | None = []
    while given is not None:
        if len(found) == most:
            return None
        found.append(_gone(template, Walk(given)))
        given = _after(found[-1])
    return found


def _after(walk: Walk) -> list[int] | None:
    """Return how the next way begins, or None after the last."""
    taken, bounds = list(walk.taken), list(walk.bounds)
    while taken and taken[-1] + 1 == bounds.pop():
        taken.pop()
    return [*taken[:-1], taken[-1] + 1] if taken else None


def _gone(template: Template, walk: Walk) -> Walk:
    """Go through the draws of a recipe; a way that ends in a fault is gone as far as that."""
    with suppress(LayerquizError, RejectedError):
        template.recipe.draw(walk, template.conventions or "textbook")
    return walk


def _question(template: Template, walk: Walk) -> Question | None:
    """Return the question at the end of a way, or None where it cannot be used.

    What is drawn behind the recipe, such as the order of options, makes no other question.
    """
    behind = sample.generator("space", question="behind")
    try:
        return attempted(template, Walk(walk.taken, behind), "textbook")
    except RejectedError:
        return None


def _weight(template: Template, number: int) -> int:
    """Return how many ways a random one stands for; 0 where its question cannot be used."""
    walk = _gone(template, Walk(chance=sample.generator("space", question=str(number))))
    return 0 if _question(template, walk) is None else prod(walk.bounds)


def _shortened(total: int, ways: int) -> int:
    """Return the mean of an estimate with the digits that it has; at least one question, as the template is drawn."""
    mean = max(1, total // ways)
    step: int = 10 ** max(0, len(str(mean)) - SHOWN_DIGITS)
    return (2 * mean + step) // (2 * step) * step

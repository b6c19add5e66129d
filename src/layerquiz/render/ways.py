"""A worked solution in which the first step that somebody did otherwise is marked, and two ways beside each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from layerquiz.formula.derive import Derivation
from layerquiz.formula.derive import Step as DerivedStep
from layerquiz.formula.expr import Reference
from layerquiz.grading.story import Story
from layerquiz.grading.ways import Way
from layerquiz.languages import ENGLISH, Words
from layerquiz.network.folding import folded
from layerquiz.network.network import Answer
from layerquiz.render.document import Block, Paragraph, Parting, Step
from layerquiz.render.escape import literal
from layerquiz.render.mathtext import chain, in_words
from layerquiz.render.steps import worked

MOST_WAYS = 3
"""So many explanations are shown in a worked solution; the hint names all."""

MOST_STEPS = 12
"""So many steps of a way are shown beside the other; of a long one those about the step at which the two part."""


def marked(
    derivation: Derivation, ways: Sequence[Way], story: Story, answer: Answer, words: Words = ENGLISH
) -> tuple[Block, ...]:
    """Return a worked solution, and at the first step of each way that differs what was made of it instead.

    `answer` is what the solution comes to: a slip is told behind the last step.
    """
    if story.verdict == "slip":
        return (*worked(derivation, words=words), *_slip(story, answer))
    explained: set[str] = set()
    numbered = _numbered(ways, story)
    earlier = [here for here in numbered if _group(derivation, here.way.first[0]) is None]
    found: list[Block] = [_parting([here], (), explained, story.working, words) for here in earlier]
    for step, (first, also) in zip(worked(derivation, explained, words=words), folded(derivation.steps), strict=True):
        members = {first.quantity, *(other.quantity for other in also)}
        here = [one for one in numbered if one.way.first[0] and one.way.first[0].quantity in members]
        found.append(_parting(here, (step,), explained, story.working, words) if here else step)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A way and the number of its explanation, 0 where there is only one."""

    number: int
    way: Way


def _slip(story: Story, answer: Answer) -> Iterator[Paragraph]:
    if story.read_as is not None:
        told = "The steps are right; only the last number differs:" if story.mistakes else "Only the digits differ:"
        yield Paragraph(f"**{told}** you had {in_words(story.read_as)}, it should be {in_words(answer)}.")


def _numbered(ways: Sequence[Way], story: Story) -> list[Numbered]:
    """Return the ways whose first step was made differently (two explanations may come to the same step), numbered.

    The numbers are those of the explanations; there is none where all explanations come to one step.
    """
    sets = [tuple(slugs) for slugs in (story.mistakes, *story.rivals)]
    seen: dict[object, Way] = {}
    for way in ways:
        made = way.first[1]
        seen.setdefault((made.quantity, chain(made)) if made else None, way)
    alone = len(seen) == 1 and len(ways) == len(sets)
    return [Numbered(0 if alone else sets.index(way.slugs) + 1, way) for way in seen.values()][:MOST_WAYS]


def _parting(
    here: Sequence[Numbered], right: tuple[Step, ...], explained: set[str], shown: bool, words: Words
) -> Parting:
    """Return how one step was made in some ways, and how it should be; `right` is empty for a step of another blank.

    Where the working is not `shown` the way is inferred from the number, which is said.
    """
    first = here[0].way
    steps = right or _alone(first.right, first.first[0], explained, words)
    owner = first.first[0].quantity.owner if first.first[0] else ""
    elsewhere = right[0].layer if right else owner != first.right.targets[-1].owner
    layer = f" at {literal(owner)}" if elsewhere else ""
    sides = []
    for one in here:
        condition = f", if explanation {one.number} fits" if one.number else ""
        sides.append((f"you had{layer}{condition}:", _alone(one.way.wrong, one.way.first[1], explained, words)))
    sides.append((f"it should be{', from your own earlier value' if first.own else ''}:", steps))
    sure = "differs" if shown else "seems to differ"
    told = f"**Here your way {'may differ' if here[0].number else sure}.**"
    return Parting(told, tuple((title, tuple(map(_short, steps))) for title, steps in sides if steps))


def _short(step: Step) -> Step:
    """Return a step on one line: its formula in letters, the numbers put in, and the value."""
    left, *sides = step.latex
    kept = [*sides[:2], sides[-1]] if len(sides) > 3 else sides
    return replace(step, latex=(left, " = ".join(kept)))


def _alone(derivation: Derivation, step: DerivedStep | None, explained: set[str], words: Words) -> tuple[Step, ...]:
    """Return one step of a derivation, and with it those that say the same along another axis."""
    group = _group(derivation, step)
    return worked(Derivation((), tuple(group)), explained, words=words) if group else ()


def _group(derivation: Derivation, step: DerivedStep | None) -> list[DerivedStep] | None:
    """Return the steps that are shown together with one of them; None where it is not among them."""
    if step is None:
        return None
    groups = ([first, *also] for first, also in folded(derivation.steps))
    return next((group for group in groups if any(other.quantity == step.quantity for other in group)), None)


PARTS, GOES_ON = "> ", "  "
"""What a line of a way begins with: the step at which two ways part, or any other."""


def beside(way: Way) -> tuple[list[str], list[str]]:
    """Return the lines of the right way and of the wrong one; where they part, the line is marked."""
    near = set(way.differing)
    right, wrong = (
        lines(derivation, step, near) for derivation, step in zip((way.right, way.wrong), way.first, strict=True)
    )
    slipped = way.first[0] is not None and way.first[0] == way.first[1]
    return right, [
        f"{line}, written as {in_words(way.ends)}" if slipped and line.startswith(PARTS) else line for line in wrong
    ]


def lines(derivation: Derivation, parting: DerivedStep | None = None, near: Collection[Reference] = ()) -> list[str]:
    """Return a derivation as lines, one for each step; of a long one those that are `near` the parting, and the end."""
    steps = derivation.steps
    if len(steps) > MOST_STEPS:
        steps = tuple(step for step in steps if step.quantity in near or step.quantity in derivation.targets)
    shown = (*steps[: MOST_STEPS - 1], *steps[-1:]) if len(steps) > MOST_STEPS else steps
    found = []
    for step, also in folded(shown):
        mark = PARTS if parting in (step, *also) else GOES_ON
        found.append(f"{mark}{step.quantity.owner}: {' = '.join(chain(step))}")
    left = len(derivation.steps) - len(shown)
    return [*found, *([f"{GOES_ON}({left} further steps)"] if left else [])]

"""What the mistakes that a question tells apart would earn: for those who mark by hand, before anybody has answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from layerquiz.exam.question import Blank, Key, Question
from layerquiz.grading.diagnose import diagnose
from layerquiz.grading.listed import tell
from layerquiz.grading.marks import Worth, marked, worths_of
from layerquiz.grading.policy import Policy
from layerquiz.grading.story import Story
from layerquiz.network.told import told

MOST_LISTED = 8
"""So many wrong answers are told of a blank whose answers are listed."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """A wrong answer that a known mistake gives to one blank alone, and its points as a bare one and with working."""

    answer: Key
    mistakes: tuple[str, ...]
    bare: Fraction
    working: Fraction


def foretold(question: Question, policy: Policy) -> dict[str, tuple[Foretold, ...]]:
    """Return by the place of each blank what the mistakes of `tells_apart` give there, all else being right."""
    places = [blank.place for blank in question.blanks]
    worths = worths_of(places, question, policy)
    return {
        blank.place: tuple(_of_blank(question, blank, worth, policy))
        for blank, worth in zip(question.blanks, worths, strict=True)
    }


def _of_blank(question: Question, blank: Blank, worth: Worth, policy: Policy) -> Iterator[Foretold]:
    for answer in _wrong(question, blank):
        story = _story(question, blank, spelled(answer))
        if story.verdict not in ("correct", "wrong", "unreadable", "blank"):
            bare, working = (_earned(replace(story, working=shown), worth, policy) for shown in (False, True))
            yield Foretold(answer, story.named, bare, working)


def _wrong(question: Question, blank: Blank) -> Sequence[Key]:
    """Return the wrong answers that known mistakes give to a blank, each once; of a formula in letters none."""
    if blank.kind == "formula":
        return ()
    if blank.listed is not None:
        return [answer for answer in blank.listed.explained if answer not in blank.listed.right][:MOST_LISTED]
    ways = told(question.network, question.template.tells_apart, (blank.quantity,)).values()
    found = dict.fromkeys(values[0] for each in ways for values in each)
    return [value for value in found if value != blank.key]


def _story(question: Question, blank: Blank, written: str) -> Story:
    if blank.listed is not None:
        return tell(blank, written)
    return diagnose(question.network, blank.quantity, written, rounding=False)


def _earned(story: Story, worth: Worth, policy: Policy) -> Fraction:
    return marked([worth], {worth.blank: story}, policy)[worth.blank].points


def spelled(answer: Key) -> str:
    """Return an answer as it may be written: `34944`, `55x55x96`."""
    return "x".join(map(str, answer)) if isinstance(answer, tuple) else str(answer)

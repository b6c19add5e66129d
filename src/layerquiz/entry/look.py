"""Where a typist is asked for a second look: what cannot be read, and what looks like a slip of the hand.

Nothing here tells what is right: it only says why to look at the paper again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from layerquiz.exam.question import Blank, Key
from layerquiz.grading.story import Story

SHORTEST = 3
"""Of so many digits a number is looked at for digits that were dropped, doubled or exchanged."""

SHORTEST_MISTYPED = 5
"""Of so many digits it is looked at for one digit that is another: in shorter ones that is a mistake as others are."""

ELSEWHERE = "It may belong to another blank."
DIGITS = "A digit may be dropped, doubled, exchanged or mistyped."


def second_look(blank: Blank, story: Story, others: Mapping[str, Blank]) -> str:
    """Return why the paper should be looked at again after an answer; nothing where it need not be.

    others: the other blanks of the paper by name.
    """
    if story.verdict == "unreadable":
        return " ".join(story.notes) or "It cannot be read."
    if blank.by_hand or story.verdict in ("correct", "convention", "blank") or story.read_as is None:
        return ""  # points that somebody gave are right whatever they are
    if is_slip(story.read_as, blank.right):
        return DIGITS
    return ELSEWHERE if any(story.read_as == other.right for other in others.values()) else ""


def is_slip(typed: Key, right: Key) -> bool:
    """Say whether typing may have made one value of another: a digit dropped, doubled, exchanged or mistyped."""
    if isinstance(typed, tuple) and isinstance(right, tuple) and len(typed) == len(right):
        differing = [(one, other) for one, other in zip(typed, right, strict=True) if one != other]
        return len(differing) == 1 and is_slip(*differing[0])
    if not isinstance(typed, int) or not isinstance(right, int):
        return False
    one, other = str(typed), str(right)
    if len(other) < SHORTEST or one == other:
        return False
    if abs(len(one) - len(other)) == 1:
        shorter, longer = sorted((one, other), key=len)
        return shorter in _shortened(longer)
    return len(one) == len(other) and _is_mistyped(one, other)


def _shortened(digits: str) -> Iterator[str]:
    return (digits[:place] + digits[place + 1 :] for place in range(len(digits)))


def _is_mistyped(one: str, other: str) -> bool:
    places = [place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(places) == 1:
        return len(one) >= SHORTEST_MISTYPED
    first, last = places[0], places[-1]
    return len(places) == 2 and last == first + 1 and one[first] == other[last] and one[last] == other[first]

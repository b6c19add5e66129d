"""What is counted over a class, paper by paper: plain counts, so that no paper is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm

from layerquiz import exact
from layerquiz.exam.recipe import Drawn
from layerquiz.grading.grade import Graded
from layerquiz.grading.moments import Sums
from layerquiz.grading.nearby import Near, near
from layerquiz.grading.story import Story
from layerquiz.network.network import Answer

MOST_DRAWINGS = 2000
"""So many drawings of a question are told apart; of papers with further ones only the points are counted."""

MOST_ANSWERS = 5000
"""So many different unexplained answers to a blank are told apart."""

Unexplained = tuple[int | None, str, Near | None]
"""An answer that nothing explains: the drawing that it belongs to, how it was read, and what it is near to."""


def blamed(story: Story) -> Sequence[str]:
    """Return the mistakes that an answer is held to show; what is right under another convention shows none."""
    return story.mistakes if story.verdict in ("mistake", "slip") else []


Ratio = tuple[int, int]
"""A fraction in lowest terms, as numerator and denominator: it is counted ten times as fast as a Fraction."""


def added(ratios: Iterable[Ratio]) -> Ratio:
    """Return the sum of fractions."""
    found = tuple(ratios)
    if len(found) == 1:
        return found[0]
    scale = lcm(*(below for _, below in found))
    above = sum(top * (scale // below) for top, below in found)
    common = gcd(above, scale)
    return above // common, scale // common


def counted(ratios: Mapping[Ratio, int]) -> Sums:
    """Return the sums of fractions that are counted by value."""
    return Sums.of({Fraction(*ratio): count for ratio, count in ratios.items()})


class Scores:
    """The points of an item, counted together with the points of the whole paper."""

    def __init__(self) -> None:
        self.pairs: Counter[tuple[Ratio, Ratio]] = Counter()

    def add(self, points: Ratio, total: Ratio) -> None:
        """Count one student's points for the item, and for the whole paper."""
        self.pairs[points, total] += 1

    @property
    def sums(self) -> Sums:
        """Return the sums of the points."""
        alone: Counter[Ratio] = Counter()
        for (points, _), count in self.pairs.items():
            alone[points] += count
        return counted(alone)

    @property
    def products(self) -> Fraction:
        """Return the sum over students of their points here times their points on the paper."""
        pairs = self.pairs.items()
        return exact.total(Fraction(*points) * Fraction(*total) * count for (points, total), count in pairs)


class BlankTally:
    """One blank over a class."""

    def __init__(self, name: str, question: int, quantity: str) -> None:
        self.name, self.question, self.quantity = name, question, quantity
        self.scores = Scores()
        self.possible: Counter[Ratio] = Counter()
        self.verdicts: Counter[str] = Counter()
        self.mistakes: Counter[str] = Counter()
        self.explained: Counter[tuple[str, ...]] = Counter()
        self.conventions: Counter[tuple[str, ...]] = Counter()
        self.right_by_drawing: Counter[int | None] = Counter()
        self.unexplained: Counter[Unexplained] = Counter()

    def add(
        self, graded: Graded, points: Ratio, total: Ratio, drawing: int | None, keys: Mapping[str, Answer | str]
    ) -> None:
        """Count one student's answer; `keys` are those of the other blanks of the question."""
        story = graded.story
        self.scores.add(points, total)
        self.possible[graded.mark.possible.as_integer_ratio()] += 1
        self.verdicts[story.verdict] += 1
        if story.verdict in ("correct", "carried"):
            self.right_by_drawing[drawing] += 1
        elif story.verdict == "convention":
            self.conventions[*(story.mistakes or story.conventions)[:1], *story.conventions] += 1
        elif story.listed == "points":
            return  # a person has given them: there is nothing to explain
        elif story.verdict == "wrong" and story.read_as is not None and len(self.unexplained) < MOST_ANSWERS:
            self.unexplained[drawing, story.shown, near(story.read_as, story.expected, keys)] += 1
        elif slugs := blamed(story):
            self.mistakes.update(slugs)
            self.explained[tuple(slugs)] += 1


class QuestionTally:
    """One question over a class: its points, and the points for each of its drawings."""

    def __init__(self, number: int, title: str) -> None:
        self.number, self.title = number, title
        self.scores = Scores()
        self.possible: Counter[Ratio] = Counter()
        self.omitted = 0
        self.mistakes: Counter[str] = Counter()
        self.drawings: list[Drawn] = []
        self.by_drawing: list[Counter[Ratio]] = []
        self._places: dict[str, int] = {}
        self._last: tuple[Drawn, int | None] = ({}, None)

    def place(self, drawn: Drawn) -> int | None:
        """Return the number of a drawing, the same for equal ones; None where there are too many to tell apart."""
        if drawn != self._last[0]:
            self._last = (drawn, self._found(drawn))
        return self._last[1]

    def _found(self, drawn: Drawn) -> int | None:
        spelled = repr(drawn)
        if spelled not in self._places and len(self.drawings) < MOST_DRAWINGS:
            self._places[spelled] = len(self.drawings)
            self.drawings.append(drawn)
            self.by_drawing.append(Counter())
        return self._places.get(spelled)

    def add(self, found: Mapping[str, Graded], points: Ratio, total: Ratio, drawing: int | None) -> None:
        """Count one student's blanks of the question, their points together, and the points of the whole paper."""
        self.scores.add(points, total)
        self.possible[added(graded.mark.possible.as_integer_ratio() for graded in found.values())] += 1
        self.omitted += all(graded.story.verdict == "blank" for graded in found.values())
        self.mistakes.update({slug for graded in found.values() for slug in blamed(graded.story)})
        if drawing is not None:
            self.by_drawing[drawing][points] += 1

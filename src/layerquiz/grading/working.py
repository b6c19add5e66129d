"""Working in several lines: the last one is the answer; the others show where it went wrong.

Each line is a chain of equalities, `conv1: (3*3*128 + 1)*256 = 295168`. Its equalities are checked, and its values are
looked for among those that the question works out, rightly and with each known mistake. A wrong value is charged to the
line in which it stands first: later lines are read with the right one in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import ceil

from layerquiz.formula.expr import Formula, Integer, Number, substitute
from layerquiz.formula.inlined import column
from layerquiz.grading.answer import Expectation, Refusal
from layerquiz.grading.chain import Link, first_broken, links_of
from layerquiz.grading.lines import answer_of, lines_of, without_label
from layerquiz.grading.onway import OnTheWay
from layerquiz.grading.pieces import cut
from layerquiz.grading.read import LONGEST, Reading
from layerquiz.grading.sheet import Place, Sheet, asked
from layerquiz.grading.story import Line, Story
from layerquiz.grading.written import normalised

MOST_RIVALS = 4
"""Of more mistakes that lead to the value of a line, none is named."""

PAID = ("correct", "carried", "convention")
SLIP = "arithmetic-slip"


def with_lines(sheet: Sheet, name: str, story: Story) -> Story:
    """Return a story with what its working shows, line by line, and whether the method is right."""
    place, reading, text = sheet.places[name], sheet.readings[name], sheet.answers[name]
    if not isinstance(reading, Reading):
        return story
    is_method = reading.computed is not None and _is_method(reading, _goals(story))
    lines = lines_of(text)
    if not lines or answer_of(text, *expectation(place)) == text:
        return replace(story, method_right=True) if is_method else story
    found = _Working(sheet, place, lines)
    told = tuple(found.lines(story))
    return replace(
        story,
        working=story.working or found.has_expression,
        lines=told,
        method_right=is_method or found.reached(_goals(story)),
    )


def expectation(place: Place) -> tuple[Expectation, int | None]:
    """Return what kind of answer a blank takes, and how many sizes."""
    if isinstance(place.expected, tuple):
        return "shape", len(place.members)
    return asked(place.name), None


def _goals(story: Story) -> set[Number]:
    """Return the values that a right method has: the key, or what the student's own earlier values lead to."""
    return {goal for goal in (story.expected, story.own_value) if isinstance(goal, int | Fraction)}


def _is_method(reading: Reading, goals: set[Number]) -> bool:
    """Say whether an answer has an expression that is right, or that leads to what is right by equalities that hold."""
    if reading.computed is None or isinstance(reading.value, tuple):
        return False
    return reading.computed in goals or (reading.broken is None and reading.value in goals)


@dataclass(frozen=True, slots=True)
class _Sides:
    """One line as written, and what its sides are worth."""

    shown: str
    links: tuple[Link, ...]
    texts: tuple[str, ...]

    @property
    def expressions(self) -> tuple[Link, ...]:
        """Return the sides that are more than a number."""
        return tuple(link for link in self.links if not link.bare)

    @property
    def broken(self) -> str:
        """Return the question about the first equality that does not hold, or nothing."""
        pair = first_broken(self.links)
        if pair is None:
            return ""
        left, right = (self.texts[self.links.index(link)] for link in pair)
        return f"is {left} equal to {right}?"

    @property
    def rounded_up(self) -> str:
        """Return the question about the first fraction that is rounded up, or nothing."""
        for (left, right), texts in zip(pairwise(self.links), pairwise(self.texts), strict=True):
            if left.value.denominator > 1 and right.bare and right.value == ceil(left.value):
                return f"is {texts[0]} equal to {texts[1]}?"
        return ""


def _sides(line: str, wanted: Expectation) -> _Sides | None:
    """Return the sides of a line that are worth something; None where it cannot be read."""
    text = without_label(line)
    if len(line) > LONGEST or not text:
        return None
    written = normalised(text).characters
    try:
        links = tuple(links_of(cut(written, wanted if wanted in ("count", "size") else "count")))
    except Refusal:
        return None
    texts = tuple(written[link.start : link.end] for link in links)
    return _Sides(" = ".join(texts), links, texts) if links else None


class _Working:
    """The lines of one answer beside what the question works out."""

    def __init__(self, sheet: Sheet, place: Place, lines: Sequence[str]) -> None:
        wanted = "bytes" if place.name.endswith("_bytes") else expectation(place)[0]
        self.texts = lines
        self.sides = [_sides(line, wanted) for line in lines]
        self.known = OnTheWay(sheet, place)
        self.carried: dict[Number, Number] = {}
        self.values: set[Number] = set()

    @property
    def has_expression(self) -> bool:
        """Say whether a line has more than numbers."""
        return any(sides.expressions for sides in self.sides if sides)

    def reached(self, goals: set[Number]) -> bool:
        """Say whether an expression is worth what is wanted, once earlier wrong values are put right in it."""
        return not goals.isdisjoint(self.values)

    def lines(self, story: Story) -> Iterator[Line]:
        """Yield each line with its verdict; the last is judged as the answer that it is."""
        for number, (text, sides) in enumerate(zip(self.texts, self.sides, strict=True), 1):
            line = Line(text, text, "unclear", [], "not read") if sides is None else self._judged(text, sides)
            yield self._as_answer(line, story) if number == len(self.texts) else line

    def _as_answer(self, line: Line, story: Story) -> Line:
        """Return the last line with the verdict of the answer, unless an equality in it does not hold."""
        if line.note and line.verdict == "wrong":
            return line
        if story.verdict in PAID:
            return replace(line, verdict="right", mistakes=[], note="")
        if story.mistakes:
            return replace(line, verdict="wrong", mistakes=list(story.mistakes), note="")
        is_reached = line.verdict == "right" and self.reached(_goals(story))
        return line if line.verdict != "right" or is_reached else replace(line, verdict="unclear")

    def _judged(self, text: str, sides: _Sides) -> Line:
        """Return one line with its verdict, and remember what its wrong value stands for."""
        corrected = [_corrected(link, self.carried) for link in sides.expressions]
        self.values.update(corrected)
        last = sides.links[-1].value
        question = sides.broken or ("" if self.known.rounds_up else sides.rounded_up)
        if question:
            self._carry(last, corrected[0] if corrected else None)
            return Line(text, sides.shown, "wrong", [SLIP], question)
        is_carried = any(link.value != value for link, value in zip(sides.expressions, corrected, strict=True))
        meant = corrected[-1] if is_carried else self.carried.get(last, last)
        self.values.update([meant] if corrected else [])
        if self.known.is_right(meant):
            self._carry(last, meant)
            return Line(text, sides.shown, "right")
        mistakes = self.known.mistakes(meant)
        self._carry(last, self.known.meant(meant))
        if 0 < len(mistakes) <= MOST_RIVALS:
            return Line(text, sides.shown, "wrong", mistakes)
        return Line(text, sides.shown, "unclear")

    def _carry(self, wrong: Number, right: Number | None) -> None:
        if right is not None and right != wrong:
            self.carried[wrong] = right


def _corrected(link: Link, carried: Mapping[Number, Number]) -> Number:
    """Return what an expression is worth once the wrong values of earlier lines are put right in it."""
    replacements: dict[Formula, Formula] = {
        Integer(wrong): Integer(right)
        for wrong, right in carried.items()
        if isinstance(wrong, int) and isinstance(right, int)
    }
    found = column(substitute(link.worth.formula, replacements), [{}])[0] if replacements else link.value
    return link.value if found is None else found

"""Practice: different questions that fit, on a sheet or one after the other, and what somebody missed once more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain, islice
from math import inf
from typing import TYPE_CHECKING

from layerquiz.errors import LayerquizError
from layerquiz.exam import library
from layerquiz.exam.choosing import Identity, Wanted, fresh, in_turn, minutes, most_drawings, short, telling
from layerquiz.exam.drawing import draw
from layerquiz.exam.question import Blank, Question
from layerquiz.exam.template import Template
from layerquiz.grading.grade import stories_of
from layerquiz.grading.policy import Policy
from layerquiz.grading.story import Story
from layerquiz.network.network import Network
from layerquiz.progress import Answered, Missed, Progress

if TYPE_CHECKING:
    from layerquiz.exam.from_network.made import Wish

USUAL_NUMBER = 10
MOST_QUESTIONS = 500
MOST_TRIES = 2
RIGHT = ("correct", "carried")
"""Verdicts after which a blank is done."""


def practice_questions(wanted: Wanted, number: int | None, most_minutes: float, seed: str) -> list[Question]:
    """Return so many different questions, the easy ones first; with minutes as many as they suffice for.

    Raises `LayerquizError` before anything is drawn where there are not so many, or the minutes are too few for one.
    """
    templates = in_turn(wanted, seed)
    most = _checked_number(templates, number, most_minutes)
    drawn = list(islice(fresh(templates, seed, set(), most_minutes), most))
    if number and most_minutes == inf and len(drawn) < most:
        raise _too_few(f"only {len(drawn)} different questions were found, not {most}")
    return sorted(drawn, key=lambda question: (question.template.level, question.template.name))


def network_questions(
    network: Network, wish: Wish, number: int | None, most_minutes: float, seed: str
) -> list[Question]:
    """Return questions about a network, the easy ones first: so many, or those for which the minutes suffice.

    Without a number there are ten, or as many as the network has. Raises `LayerquizError` where it has fewer than the
    number, or the minutes are too few for one.
    """
    from layerquiz.exam.from_network.made import made

    found = made(network, wish, number or USUAL_NUMBER)
    if not found or (number and most_minutes == inf and len(found) < number):
        what = f"{len(found) or 'no'} different questions can be made from {network.name}, not {number or 'one'}"
        raise LayerquizError(what, cure="Ask for fewer, or for more quantities", slug="too-few")
    left, chosen = most_minutes, list[Template]()
    for template in (each.template for each in found):
        if minutes(template) <= left:
            left -= minutes(template)
            chosen.append(template)
    if not chosen:
        shortest = min(minutes(each.template) for each in found)
        what = f"no question fits into {most_minutes:g} min"
        raise LayerquizError(what, cure=f"The shortest takes {shortest:g} min", slug="too-few")
    drawn = [draw(template, seed, "practice", str(place)) for place, template in enumerate(chosen, 1)]
    return sorted(drawn, key=lambda question: question.template.level)


def _checked_number(templates: Sequence[Template], number: int | None, most_minutes: float) -> int:
    """Return how many questions there are at most; refuse more than can be, and a time in which none fits."""
    least = min(map(minutes, templates))
    if least > most_minutes:
        what = f"no question fits into {most_minutes:g} min"
        raise LayerquizError(what, cure=f"The shortest takes {least:g} min", slug="too-few")
    if most_minutes < inf:
        return number or MOST_QUESTIONS
    counted = [most_drawings(template) for template in templates]
    most = sum(filter(None, counted))
    if number and None not in counted and number > most:
        raise _too_few(f"{number} questions were asked for, and there are at most {most} different ones")
    return number or USUAL_NUMBER


def _too_few(what: str) -> LayerquizError:
    return LayerquizError(what, cure="Ask for fewer, or for more topics", slug="too-few")


class Session:
    """Questions one after the other: first those on what was missed and is due, then new ones."""

    def __init__(
        self, progress: Progress, wanted: Wanted, number: int | None, most_minutes: float, seed: str, today: date
    ) -> None:
        self.progress, self.today = progress, today
        self._templates = short(in_turn(wanted, seed))
        self._number = _checked_number(self._templates, number, most_minutes)
        self._seed, self._left = seed, most_minutes
        self._taken: set[Identity] = set()

    def turns(self) -> Iterator[Turn]:
        """Yield one turn for each question; what was missed is looked up again after each."""
        questions = chain(self._again(), self._new())
        return (Turn(self.progress, question, self.today) for question in islice(questions, self._number))

    def _again(self) -> Iterator[Question]:
        """Yield a question for each thing that is due, unless an earlier one has settled it."""
        seen: set[tuple[str, str]] = set()
        while missed := next((m for m in self.progress.due(self.today) if (m.sort, m.name) not in seen), None):
            seen.add((missed.sort, missed.name))
            seed = f"{self._seed} {missed.name}"
            for question in islice(fresh(self._showing(missed), seed, self._taken, self._left), 1):
                self._left -= minutes(question.template)
                yield question

    def _showing(self, missed: Missed) -> list[Template]:
        """Return the wanted templates that can show a mistake; that in which it was made where none is known to."""
        showing = telling(missed.name) if missed.sort == "mistake" else ()
        if not showing and missed.template in library.templates():
            showing = (library.named(missed.template),)
        wanted = {template.name for template in self._templates}
        return [template for template in self._fewest_first(showing) if template.name in wanted]

    def _new(self) -> Iterator[Question]:
        yield from fresh(self._fewest_first(self._templates), self._seed, self._taken, self._left)

    def _fewest_first(self, templates: Sequence[Template]) -> list[Template]:
        """Return templates, those that were answered least often first."""
        often = self.progress.often()
        return sorted(templates, key=lambda template: often.get(template.name, 0))


class Turn:
    """One question while it is answered. What is answered is kept at once."""

    def __init__(self, progress: Progress, question: Question, today: date) -> None:
        self.question, self._progress, self._today = question, progress, today
        self._written = {blank.quantity: "" for blank in question.blanks}
        self._tries: dict[str, int] = {}
        self._right_at_once: set[str] = set()

    def answer(self, blank: Blank, text: str) -> Story:
        """Return the story of an answer, told beside the earlier ones; what cannot be read is no try."""
        self._written[blank.quantity] = text
        story = stories_of(self.question, self._written, Policy())[blank.quantity]
        if story.verdict != "unreadable":
            self._keep(blank, story)
        return story

    def _keep(self, blank: Blank, story: Story) -> None:
        tried = self._tries[blank.place] = self._tries.get(blank.place, 0) + 1
        fits, template = story.verdict in RIGHT, self.question.template
        topic = next(iter(template.topics), "")
        named = () if fits else story.named
        answered = Answered(template.name, topic, blank.quantity, tried, story.verdict, fits, named)
        self._progress.keep(answered, self._today)
        if tried == 1 and fits:
            self._right_at_once.add(blank.place)
        if len(self._right_at_once) == len(self.question.blanks):
            self._progress.rise(template.name, template.tells_apart, self._today)

    @property
    def score(self) -> tuple[int, int]:
        """Return how many blanks were answered, and how many of them right at the first try."""
        return len(self._tries), len(self._right_at_once)

    def was_right_at_once(self, blank: Blank) -> bool:
        """Say whether the first try at a blank was right."""
        return blank.place in self._right_at_once

    def may_try_again(self, blank: Blank, story: Story) -> bool:
        """Say whether an answer is to be given once more: not where it is right, left out, or the last try."""
        if story.verdict == "unreadable":
            return True
        return story.verdict not in (*RIGHT, "blank") and self._tries[blank.place] < MOST_TRIES

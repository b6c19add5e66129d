"""A policy tried before the exam: what simulated students of plain profiles would earn on its papers.

Students of one profile who have the same paper write the same, or one of a few sheets; so some sheets are diagnosed,
question by question, and each simulated student is put together from them. All draws come from the exam's seed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import sqrt
from typing import Any, TypeAlias

from layerquiz import exact
from layerquiz.exam import sample
from layerquiz.exam.exam import Exam, Paper
from layerquiz.exam.question import Question
from layerquiz.exam.seal import Sealed
from layerquiz.grading import simulated
from layerquiz.grading.grade import stories_of
from layerquiz.grading.marks import marked, stepped, worths
from layerquiz.grading.policy import Policy, policies
from layerquiz.grading.simulated import Answers, Misconceptions
from layerquiz.grading.story import FORMAT, Story
from layerquiz.network.mistakes import CATALOGUE

STUDENTS = 10_000
MOST_PAPERS = 3
GUESSED_SHEETS = 2
SLIPPED_SHEETS = 4
TENTHS = {"right": 1, "round": 1, "slip": 2, "guess": 2}
"""How many tenths of the students have a profile; the others have one misconception each, all equally often."""

Earned: TypeAlias = tuple[Fraction, ...]
"""The points for one question, or for a paper, under each of the policies."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one student writes: the answers to each question; a slip is known by its question and quantity."""

    answers: tuple[Answers, ...]
    slip: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What a kind of student earns, as shares of the exam's points, under each of the policies."""

    name: str
    working: bool
    points: tuple[Earned, ...]

    def of(self, place: int) -> list[Fraction]:
        """Return the shares of all students under one policy."""
        return [earned[place] for earned in self.points]

    def mean(self, place: int) -> Fraction:
        """Return the mean under one policy."""
        return exact.total(self.of(place)) / max(1, len(self.points))

    def spread(self, place: int) -> float:
        """Return the standard deviation under one policy."""
        squares = exact.total(share * share for share in self.of(place)) / max(1, len(self.points))
        return sqrt(squares - self.mean(place) ** 2)

    def as_json(self, policies: int) -> dict[str, Any]:
        """Return the profile as plain data: one number for each policy."""
        places = range(policies)
        return {
            "profile": self.name,
            "working": self.working,
            "students": len(self.points),
            "mean": [round(float(self.mean(place)), 4) for place in places],
            "spread": [round(self.spread(place), 4) for place in places],
            "lowest": [round(float(min(self.of(place), default=0)), 4) for place in places],
            "highest": [round(float(max(self.of(place), default=0)), 4) for place in places],
        }


@dataclass(frozen=True, slots=True)
class Simulation:
    """What all profiles earn; `sheets` answered questions were diagnosed, on `papers` papers."""

    policies: tuple[str, ...]
    profiles: tuple[Profile, ...]
    sheets: int
    papers: int

    def as_json(self) -> dict[str, Any]:
        """Return the simulation as plain data."""
        told = {"format": FORMAT, "policies": list(self.policies), "diagnosed": self.sheets, "papers": self.papers}
        return {**told, "profiles": [profile.as_json(len(self.policies)) for profile in self.profiles]}

    def lines(self) -> list[str]:
        """Return the simulation as a table: for each profile and policy the mean, spread and range in percent."""
        columns = [title for name in self.policies for title in (f"{name}: mean", "spread", "lowest", "highest")]
        rows = [["students who", "working", "number", *columns], *map(self._row, self.profiles)]
        widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
        lines = ["  ".join(_padded(row, widths)) for row in rows]
        count = sum(len(profile.points) for profile in self.profiles)
        told = f"{count:,} simulated students, put together from {self.sheets:,} diagnosed answers to a question"
        return [*lines, f"{told}, on {self.papers} papers; percent of the points."]

    def _row(self, profile: Profile) -> list[str]:
        cells = [profile.name, "shown" if profile.working else "no", f"{len(profile.points):,}"]
        for place in range(len(self.policies)):
            shares = (profile.mean(place), profile.spread(place), min(profile.of(place)), max(profile.of(place)))
            cells += [f"{100 * float(share):.1f}" for share in shares]
        return cells


def _padded(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """Yield the cells of a row in their widths: words to the left, numbers to the right."""
    for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.ljust(width) if place < 2 else cell.rjust(width)


def simulate(sealed: Sealed, others: Mapping[str, Exam] | None = None, students: int = STUDENTS) -> Simulation:
    """Return what students of each profile earn under the sealed policy, and under those of other exams, by name."""
    return _Simulating(sealed, {"sealed policy": sealed.exam, **(others or {})}).simulation(students)


class _Simulating:
    """One simulation: the sampled papers, what was diagnosed, and what was earned."""

    def __init__(self, sealed: Sealed, exams: Mapping[str, Exam]) -> None:
        self.random = sample.generator(sealed.exam.seed, "", "simulate")
        self.names = tuple(exams)
        self.policies = [policies(exam) for exam in exams.values()]
        places = range(min(MOST_PAPERS, len(sealed.papers)))
        step = len(sealed.papers) // len(places)
        self.papers = [sealed.papers[place * step] for place in places]
        self.possible = self.papers[0].points
        self.stories: dict[tuple[object, ...], dict[str, Story]] = {}

    @cached_property
    def right(self) -> list[tuple[Answers, ...]]:
        """Return the right answers to the papers."""
        return [tuple(simulated.right(question) for question in paper.questions) for paper in self.papers]

    def simulation(self, students: int) -> Simulation:
        """Return the whole simulation."""
        tenth = students // 10
        all_right = [[Sheet(answers)] for answers in self.right]
        in_digits = [[Sheet(tuple(map(simulated.in_three_digits, paper.questions)))] for paper in self.papers]
        slips = [[self._slip(place) for _ in range(SLIPPED_SHEETS)] for place in range(len(self.papers))]
        guesses = [[self._guess(paper) for _ in range(GUESSED_SHEETS)] for paper in self.papers]
        profiles = [
            *self._both("do all right", tenth * TENTHS["right"], all_right),
            self._profile("round to three digits", tenth * TENTHS["round"], in_digits),
            *self._both("slip once and carry on", tenth * TENTHS["slip"], slips),
            self._profile("guess", tenth * TENTHS["guess"], guesses, mixed=True),
        ]
        made = self._misconceptions()
        left = students - sum(len(profile.points) for profile in profiles)
        shares = [left // len(made) + (place < left % len(made)) for place in range(len(made))]
        for share, (slug, sheets) in zip(shares, made.items(), strict=True):
            profiles += self._both(slug, share, sheets)
        return Simulation(self.names, tuple(profiles), len(self.stories), len(self.papers))

    def _guess(self, paper: Paper) -> Sheet:
        return Sheet(tuple(simulated.guessed(question, self.random) for question in paper.questions))

    def _slip(self, place: int) -> Sheet:
        """Return a sheet with one slip, from which the rest of its question follows."""
        questions = self.papers[place].questions
        where = sample.below(self.random, len(questions))
        answers, quantity = simulated.slipped(questions[where], self.random)
        whole = (*self.right[place][:where], answers, *self.right[place][where + 1 :])
        return Sheet(whole, (where, quantity) if quantity else None)

    def _misconceptions(self) -> dict[str, list[list[Sheet]]]:
        """Return by mistake the sheets, one for each paper, on which it is made wherever it can be."""
        made: dict[str, list[list[Answers]]] = {}
        for paper in self.papers:
            for slug in CATALOGUE:
                made.setdefault(slug, []).append([])
            for question in paper.questions:
                misconceptions = Misconceptions(question)
                for slug in CATALOGUE:
                    made[slug][-1].append(misconceptions.answers(slug))
        sheets = {slug: [tuple(answers) for answers in found] for slug, found in made.items()}
        return {slug: [[Sheet(own)] for own in found] for slug, found in sheets.items() if found != self.right}

    def _both(self, name: str, students: int, sheets: Sequence[Sequence[Sheet]]) -> list[Profile]:
        """Return a profile of students who write bare numbers, and one of as many who show their working."""
        bare = self._profile(name, students - students // 2, sheets)
        return [bare, self._profile(name, students // 2, sheets, working=True)]

    def _profile(
        self, name: str, students: int, sheets: Sequence[Sequence[Sheet]], working: bool = False, mixed: bool = False
    ) -> Profile:
        """Return what students earn who each have a paper and one of its sheets, `mixed` question by question."""
        table = [[self._earned(place, sheet, working) for sheet in own] for place, own in enumerate(sheets)]
        totals = [[self._total(earned) for earned in own] for own in table]
        points = []
        for _ in range(students):
            place = sample.below(self.random, len(table))
            if mixed:
                own = table[place]
                points.append(self._total([sample.choice(self.random, own)[number] for number in range(len(own[0]))]))
            else:
                points.append(sample.choice(self.random, totals[place]))
        return Profile(name, working, tuple(points))

    def _total(self, earned: Sequence[Earned]) -> Earned:
        """Return the shares of a paper's points, rounded where a policy rounds them for the whole exam."""
        found = []
        for place, own in enumerate(self.policies):
            points = exact.total(question[place] for question in earned)
            whole = stepped(points, own[0]) if own[0].points_rounded == "exam" else points
            found.append(min(whole, self.possible) / self.possible)
        return tuple(found)

    def _earned(self, place: int, sheet: Sheet, working: bool) -> list[Earned]:
        """Return the points for each question of a sheet."""
        earned = []
        for number, question in enumerate(self.papers[place].questions):
            slip = sheet.slip[1] if sheet.slip and sheet.slip[0] == number else ""
            answers = sheet.answers[number]
            earned.append(
                tuple(
                    self._marked(place, number, question, answers, own[number], working, slip) for own in self.policies
                )
            )
        return earned

    def _marked(
        self, place: int, number: int, question: Question, answers: Answers, policy: Policy, working: bool, slip: str
    ) -> Fraction:
        """Return the points for one question; working is shown on top of what was diagnosed."""
        stories = self._told(place, number, question, answers, policy)
        if working:
            stories = {name: _with_working(story, name == slip) for name, story in stories.items()}
        blanks = worths(str(number + 1), question, policy)
        marks = marked(blanks, {blank.blank: stories[blank.quantity] for blank in blanks}, policy)
        return exact.total(mark.points for mark in marks.values())

    def _told(self, place: int, number: int, question: Question, answers: Answers, policy: Policy) -> dict[str, Story]:
        """Return the stories of answers, which are diagnosed once for all policies that read them alike."""
        rounding = policy.rounding_of(question)
        key = (place, number, tuple(answers.items()), tuple(rounding.items()))
        if key not in self.stories:
            self.stories[key] = stories_of(question, answers, policy)
        return self.stories[key]


def _with_working(story: Story, is_slip: bool) -> Story:
    """Return the story of the same answer with its working shown: a slip is then known, as the expression is right."""
    if is_slip:
        return replace(story, verdict="slip", mistakes=["arithmetic-slip"], rivals=[], working=True, method_right=True)
    return replace(story, working=True, method_right=story.verdict in ("correct", "carried"))

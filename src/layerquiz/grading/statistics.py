"""What a class understood: how each question and blank went, which mistakes were made, what nobody can explain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from layerquiz.exam.exam import Exam
from layerquiz.exam.question import Question
from layerquiz.exam.roster import Student
from layerquiz.grading.grade import Graded, Report, Result
from layerquiz.grading.moments import Reliability, Sums, item_rest, reliability
from layerquiz.grading.nearby import Near
from layerquiz.grading.story import Story
from layerquiz.grading.tallies import BlankTally, QuestionTally, Ratio, Scores, added, blamed, counted
from layerquiz.grading.versions import Spread, spread

Name = TypeVar("Name", str, tuple[str, ...])

USUAL_PASS = Fraction(1, 2)
"""The share of the points that passes where the exam does not say."""


@dataclass(frozen=True, slots=True)
class Group:
    """Equal unexplained answers to a blank, or answers that lie to their keys in the same way.

    right: the right answers to the same drawings. shared: whether all had the same drawing.
    """

    answers: tuple[str, ...]
    near: Near | None
    count: int
    right: int
    shared: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One blank over those who handed in; `mistakes`, `explained` and `conventions` with counts, most frequent first.

    The first of the conventions is what a correction calls them. mean is the share of the possible points, None where
    none were possible; discrimination is the correlation with
    the points of the rest of the paper. unread answers wait for a person.
    """

    blank: str
    question: int
    quantity: str
    papers: int
    correct: int
    carried: int
    omitted: int
    unread: int
    mean: Fraction | None
    discrimination: float | None
    mistakes: tuple[tuple[str, int], ...]
    explained: tuple[tuple[tuple[str, ...], int], ...]
    conventions: tuple[tuple[tuple[str, ...], int], ...]
    unexplained: tuple[Group, ...]

    @property
    def answered(self) -> int:
        """Return how many did not leave it out."""
        return self.papers - self.omitted


@dataclass(frozen=True, slots=True)
class QuestionItem:
    """One question over those who handed in; `omitted` counts those who left out all its blanks.

    mistakes counts each student once.
    """

    number: int
    title: str
    topics: tuple[str, ...]
    papers: int
    omitted: int
    mean: Fraction | None
    possible: Fraction
    discrimination: float | None
    mistakes: tuple[tuple[str, int], ...]
    drawings: int
    spread: Spread | None
    blanks: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """One mistake over a class: who made it, in which topics and blanks, and an answer that shows it.

    unsure: for so many of the students another explanation fits wherever this one does.
    """

    slug: str
    students: tuple[Student, ...]
    unsure: int
    topics: tuple[tuple[str, int], ...]
    blanks: tuple[str, ...]
    example: tuple[Question, Story]


@dataclass(frozen=True, slots=True)
class ClassSummary:
    """A class: its sizes, its points, each question with its blanks, and each mistake, made by most students first.

    totals counts points, shares counts shares of what was possible for a student: corrections may take points out of
    some papers. possible is what the first paper can reach.
    """

    papers: int
    handed_in: int
    to_read: int
    totals: tuple[tuple[Fraction, int], ...]
    shares: tuple[tuple[Fraction, int], ...]
    possible: Fraction
    pass_share: Fraction
    mean: Fraction
    reliability: Reliability | None
    questions: tuple[QuestionItem, ...]
    made: tuple[Made, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """Return all blanks."""
        return tuple(item for question in self.questions for item in question.blanks)

    @property
    def mistakes(self) -> tuple[tuple[str, int], ...]:
        """Return how many students made each mistake, each student counted once."""
        return tuple((made.slug, len(made.students)) for made in self.made)

    @property
    def best(self) -> Fraction:
        """Return the most points that anybody has."""
        return max((points for points, _ in self.totals), default=Fraction(0))

    @property
    def median(self) -> Fraction:
        """Return the points that half of the class does not exceed: the middle, or the mean of both middles."""
        points = [points for points, count in self.totals for _ in range(count)]
        middle = len(points) // 2
        if not points:
            return Fraction(0)
        return points[middle] if len(points) % 2 else (points[middle - 1] + points[middle]) / 2

    def distribution(self, parts: int) -> tuple[int, ...]:
        """Return how many students have each part of the possible points, such as tenths; all points fall into one."""
        counts = [0] * parts
        for share, count in self.shares:
            counts[min(max(int(share * parts), 0), parts - 1)] += count
        return tuple(counts)

    @property
    def passed(self) -> int:
        """Return how many reached the pass mark."""
        return sum(count for share, count in self.shares if share >= self.pass_share)


def summarised(report: Report) -> ClassSummary:
    """Return the summary of a graded class."""
    count = ClassCount(report.exam)
    for result in report.results:
        count.add(result)
    return count.summary()


class ClassCount:
    """Counts a class one result after the other; what is kept does not grow with the number of papers but by names."""

    def __init__(self, exam: Exam) -> None:
        self.exam = exam
        self.papers = self.handed_in = 0
        self.reached: Counter[tuple[Ratio, Ratio]] = Counter()
        self.possible = Fraction(0)
        self.blanks: dict[str, BlankTally] = {}
        self.questions: dict[int, QuestionTally] = {}
        self.students: dict[str, list[Student]] = {}
        self.unsure: Counter[str] = Counter()
        self.topics: dict[str, Counter[str]] = {}
        self.places: dict[str, set[str]] = {}
        self.examples: dict[str, tuple[tuple[int, int], tuple[Question, Story]]] = {}

    def add(self, result: Result) -> None:
        """Count one result; a paper that was not handed in counts as a paper only."""
        self.papers += 1
        if not self.blanks:
            self._begin(result)
        if not result.handed_in:
            return
        self.handed_in += 1
        by_question: dict[int, dict[str, Graded]] = {}
        for name, graded in result.blanks.items():
            by_question.setdefault(graded.question, {})[name] = graded
        points = {name: graded.mark.points.as_integer_ratio() for name, graded in result.blanks.items()}
        total = added(points.values())
        self.reached[total, added(graded.mark.possible.as_integer_ratio() for graded in result.blanks.values())] += 1
        for number, found in by_question.items():
            self._count(result, number, found, points, total)
        self._mistakes(result)

    def _begin(self, result: Result) -> None:
        self.possible = result.possible
        self.blanks = {
            name: BlankTally(name, graded.question, graded.story.quantity) for name, graded in result.blanks.items()
        }
        titles = enumerate((question.title for question in result.paper.questions), 1)
        self.questions = {number: QuestionTally(number, title) for number, title in titles}

    def _count(
        self, result: Result, number: int, found: Mapping[str, Graded], points: Mapping[str, Ratio], total: Ratio
    ) -> None:
        tally = self.questions[number]
        drawing = tally.place(result.paper.questions[number - 1].drawn)
        tally.add(found, added(points[name] for name in found), total, drawing)
        keys = {name: entry.story.expected for name, entry in found.items()} if len(found) > 1 else {}
        for name, graded in found.items():
            self.blanks[name].add(graded, points[name], total, drawing, keys)

    def _mistakes(self, result: Result) -> None:
        """Count each mistake once for the student, once for each topic of the questions in which it was made."""
        numbers: dict[str, set[int]] = {}
        sure: set[str] = set()
        for name, graded in result.blanks.items():
            for slug in blamed(graded.story):
                numbers.setdefault(slug, set()).add(graded.question)
                self.places.setdefault(slug, set()).add(name)
                self._example(slug, graded, result)
                if not graded.story.rivals:
                    sure.add(slug)
        self.unsure.update(numbers.keys() - sure)
        for slug, found in numbers.items():
            self.students.setdefault(slug, []).append(result.paper.student)
            topics = {topic for number in found for topic in self.exam.entries[number - 1].template.topics}
            self.topics.setdefault(slug, Counter()).update(topics)

    def _example(self, slug: str, graded: Graded, result: Result) -> None:
        """Keep the answer that shows a mistake most plainly: alone, from the true values, in the shortest question."""
        story, question = graded.story, result.paper.questions[graded.question - 1]
        doubt = len(story.mistakes) - 1 + len(story.rivals) + (story.own_value is not None)
        rank = doubt, len(question.text)
        if slug not in self.examples or rank < self.examples[slug][0]:
            self.examples[slug] = rank, (question, story)

    def summary(self) -> ClassSummary:
        """Return what was counted."""
        totals, shares = self._reached()
        whole = Sums.of(totals)
        items = {name: _item(tally, whole) for name, tally in self.blanks.items()}
        questions = tuple(self._question(tally, whole, items.values()) for tally in self.questions.values())
        scores = [tally.scores.sums for tally in self.questions.values() if counted(tally.possible).total]
        return ClassSummary(
            papers=self.papers,
            handed_in=self.handed_in,
            to_read=sum(item.unread for item in items.values()),
            totals=tuple(sorted(totals.items())),
            shares=tuple(sorted(shares.items())),
            possible=self.possible,
            pass_share=USUAL_PASS if self.exam.pass_share is None else self.exam.pass_share,
            mean=whole.mean,
            reliability=reliability(scores, whole),
            questions=questions,
            made=tuple(self._made(slug) for slug in sorted(self.students, key=self._rank)),
        )

    def _reached(self) -> tuple[Counter[Fraction], Counter[Fraction]]:
        """Return how many have each number of points, and each share of what was possible for them."""
        totals: Counter[Fraction] = Counter()
        shares: Counter[Fraction] = Counter()
        for (total, possible), count in self.reached.items():
            totals[Fraction(*total)] += count
            shares[Fraction(*total) / Fraction(*possible) if possible[0] else Fraction(0)] += count
        return totals, shares

    def _rank(self, slug: str) -> tuple[int, str]:
        return -len(self.students[slug]), slug

    def _made(self, slug: str) -> Made:
        return Made(
            slug=slug,
            students=tuple(self.students[slug]),
            unsure=self.unsure[slug],
            topics=ranked(self.topics[slug]),
            blanks=tuple(name for name in self.blanks if name in self.places[slug]),
            example=self.examples[slug][1],
        )

    def _question(self, tally: QuestionTally, whole: Sums, items: Iterable[Item]) -> QuestionItem:
        by_drawing = [counted(counts) for counts in tally.by_drawing]
        return QuestionItem(
            number=tally.number,
            title=tally.title,
            topics=self.exam.entries[tally.number - 1].template.topics,
            papers=self.handed_in,
            omitted=tally.omitted,
            mean=_share(tally.scores, tally.possible),
            possible=max((Fraction(*ratio) for ratio in tally.possible), default=Fraction(0)),
            discrimination=item_rest(tally.scores.sums, whole, tally.scores.products),
            mistakes=ranked(tally.mistakes),
            drawings=len(tally.drawings),
            spread=spread(tally.drawings, by_drawing),
            blanks=tuple(item for item in items if item.question == tally.number),
        )


def _item(tally: BlankTally, whole: Sums) -> Item:
    return Item(
        blank=tally.name,
        question=tally.question,
        quantity=tally.quantity,
        papers=tally.verdicts.total(),
        correct=tally.verdicts["correct"],
        carried=tally.verdicts["carried"],
        omitted=tally.verdicts["blank"],
        unread=tally.verdicts["unreadable"],
        mean=_share(tally.scores, tally.possible),
        discrimination=item_rest(tally.scores.sums, whole, tally.scores.products),
        mistakes=ranked(tally.mistakes),
        explained=ranked(tally.explained),
        conventions=ranked(tally.conventions),
        unexplained=_groups(tally),
    )


def _groups(tally: BlankTally) -> tuple[Group, ...]:
    """Return the unexplained answers by what they are near to, else by drawing and value; the largest group first."""
    found: dict[object, list[tuple[int | None, str, int]]] = {}
    nears: dict[object, Near | None] = {}
    for (drawing, shown, near), count in tally.unexplained.items():
        key = near or (drawing, shown)
        nears[key] = near
        found.setdefault(key, []).append((drawing, shown, count))
    groups = [_group(entries, nears[key], tally) for key, entries in found.items()]
    return tuple(sorted(groups, key=lambda group: (-group.count, group.answers)))


def _group(entries: list[tuple[int | None, str, int]], near: Near | None, tally: BlankTally) -> Group:
    drawings = {drawing for drawing, _, _ in entries}
    right = sum(tally.right_by_drawing[drawing] for drawing in drawings)
    answers = tuple(dict.fromkeys(shown for _, shown, _ in entries))
    return Group(
        answers, near, sum(count for _, _, count in entries), right, len(drawings) == 1 and None not in drawings
    )


def _share(scores: Scores, possible: Mapping[Ratio, int]) -> Fraction | None:
    """Return the mean share of the possible points; None where none were possible."""
    whole = counted(possible).total
    return scores.sums.total / whole if whole else None


def ranked(counted: Counter[Name]) -> tuple[tuple[Name, int], ...]:
    """Return the counts, the largest first, equal ones by name."""
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))

"""Grades after corrections and decisions by hand: what is marked anew, who gains or loses what, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from layerquiz.errors import LayerquizError
from layerquiz.exam.exam import Exam, Paper, blank_id
from layerquiz.exam.forms.base import lookup
from layerquiz.exam.question import Question
from layerquiz.grading.corrections import Accepted, Correction, Corrections
from layerquiz.grading.grade import Graded, Report, Result
from layerquiz.grading.marks import Mark, marks_of_paper
from layerquiz.grading.match import orders
from layerquiz.grading.policy import Policy, policies
from layerquiz.grading.story import Story
from layerquiz.network.expression import Expression
from layerquiz.network.network import Answer

MOST_NAMED = 5
PLACES = 4
"""To how many decimal places points are written, and so are known of earlier grades."""

BY_HAND = "decided by hand"

Decisions = Mapping[tuple[str, str], Fraction]
"""Points that a person has given, by student and blank."""


@dataclass(frozen=True, slots=True)
class Change:
    """One student's blank whose points have changed, and why."""

    student: str
    blank: str
    before: Fraction
    after: Fraction
    why: str


def corrected(
    report: Report,
    corrections: Corrections | None,
    decisions: Decisions,
    kept: Decisions,
    regrade: Callable[[Exam], Report],
) -> tuple[Report, tuple[Change, ...]]:
    """Return a report with corrections and decisions, and what they have changed.

    `kept` are points that earlier corrections gave; `regrade` grades under another policy where it changes how answers
    are read. Unless the corrections say so, no mark goes down by them, nor below what earlier ones gave.
    """
    if corrections is None and not decisions:
        return report, ()
    marking = _Marking(report.exam, corrections, decisions, kept)
    told = regrade(marking.exam) if marking.reads_otherwise(report.exam) else report
    results, changes = [], []
    for before, result in zip(report.results, told.results, strict=True):
        results.append(marking.result(before, result))
        changes += list(marking.changes(before, results[-1]))
    notes = (*report.notes, *marking.notes())
    return replace(report, exam=marking.exam, results=tuple(results), notes=notes), tuple(changes)


class _Marking:
    """One set of corrections and decisions, applied to one result after another."""

    def __init__(self, sealed: Exam, corrections: Corrections | None, decisions: Decisions, kept: Decisions) -> None:
        self.corrections, self.decisions = corrections, decisions
        self.lower = corrections is not None and corrections.lower
        self.kept: Decisions = {} if corrections is None or self.lower else kept
        self.exam = corrections.exam if corrections else sealed
        self.entries = corrections.entries if corrections else ()
        self.policies = policies(self.exam)
        self.whys: dict[tuple[str, str], str] = {}
        self.saved: list[str] = []

    def reads_otherwise(self, sealed: Exam) -> bool:
        """Say whether the changed policy compares answers in another way than the sealed one."""
        if self.exam is sealed:
            return False
        pairs = zip(policies(sealed), self.policies, strict=True)
        return any(_comparing(old) != _comparing(new) for old, new in pairs)

    def result(self, before: Result, told: Result) -> Result:
        """Return a result marked anew; `before` is without corrections, `told` has the stories to mark."""
        paper, student = told.paper, told.paper.student.id
        if not told.handed_in:
            return told
        stories = {name: graded.story for name, graded in told.blanks.items()}
        settled: dict[str, Mark] = {}
        for number, question in paper.numbered:
            self._settle(number, question, student, stories, settled)
        decided = self._decide(paper, settled)
        marks = marks_of_paper(paper, stories, self.policies, settled)
        marks |= {name: self._not_lowered(student, before, name, marks[name]) for name in marks if name not in decided}
        blanks = {
            name: Graded(name, graded.question, stories[name], marks[name]) for name, graded in told.blanks.items()
        }
        return replace(told, blanks=blanks)

    def _decide(self, paper: Paper, settled: dict[str, Mark]) -> set[str]:
        """Take a person's decisions where no correction says otherwise; return the blanks that they are about."""
        student, decided = paper.student.id, set()
        for name, blank in paper.blanks.items():
            if (student, name) in self.decisions and name not in settled:
                settled[name] = Mark(self.decisions[student, name], blank.points, BY_HAND, decided=True)
                self.whys[student, name] = BY_HAND
                decided.add(name)
        return decided

    def _settle(
        self, number: str, question: Question, student: str, stories: dict[str, Story], settled: dict[str, Mark]
    ) -> None:
        """Apply the entries to one student's question: stories of accepted answers, marks that are fixed."""
        accepted: dict[str, str] = {}
        for blank in question.blanks:
            name = blank_id(number, blank, question)
            for entry in self.entries:
                if not _holds(entry, name, student, question):
                    continue
                if entry.void or entry.points is not None:
                    settled[name] = _fixed(entry, blank.points)
                    self.whys[student, name] = entry.why
                elif _accepts(entry, name, stories[name], question):
                    stories[name] = _right(stories[name], entry.why)
                    accepted[blank.quantity] = entry.why
                    self.whys[student, name] = entry.why
        if accepted:
            self._carry(number, question, student, stories, accepted)

    def _carry(
        self, number: str, question: Question, student: str, stories: dict[str, Story], accepted: Mapping[str, str]
    ) -> None:
        """Take what follows from accepted answers alone as right too, and what follows from that."""
        names = {blank.quantity: blank_id(number, blank, question) for blank in question.blanks}
        known = dict(accepted)
        for _ in names:
            for quantity, name in names.items():
                story = stories[name]
                if story.verdict == "carried" and story.carried_from and known.keys() >= set(story.carried_from):
                    known[quantity] = known[story.carried_from[0]]
                    stories[name] = _right(story, known[quantity])
                    self.whys.setdefault((student, name), known[quantity])

    def _not_lowered(self, student: str, before: Result, name: str, mark: Mark) -> Mark:
        """Return a mark, or what it was before where corrections would lower it and may not.

        What stands as it was before any correction keeps its reason too: nothing has changed for the student.
        """
        if self.lower or not mark.possible:
            return mark
        plain = before.blanks[name].mark
        earlier = self.kept.get((student, name), plain.points)
        points = max(plain.points, min(earlier, mark.possible))
        if round(mark.points, PLACES) >= round(points, PLACES):
            return mark
        self.saved.append(f"{student} {name}")
        self.whys[student, name] = "kept: it would go down"
        kept = plain.reason if points == plain.points else f"{mark.reason}; kept, as no mark goes down"
        return replace(mark, points=points, reason=kept)

    def changes(self, before: Result, after: Result) -> Iterator[Change]:
        """Yield what has changed for one student."""
        student = after.paper.student.id
        for name, graded in after.blanks.items():
            old = before.blanks[name].mark
            if old.points != graded.mark.points or old.possible != graded.mark.possible:
                why = self.whys.get((student, name)) or self._policy_why(graded.question)
                yield Change(student, name, old.points, graded.mark.points, why or graded.mark.reason)

    def _policy_why(self, question: int) -> str:
        return self.corrections.policy_whys.get(question, "") if self.corrections else ""

    def notes(self) -> list[str]:
        """Return how many marks are kept that would go down."""
        if not self.saved:
            return []
        more = ", ..." if len(self.saved) > MOST_NAMED else ""
        named = f"{', '.join(self.saved[:MOST_NAMED])}{more}"
        count = f"{len(self.saved)} {'mark' if len(self.saved) == 1 else 'marks'}"
        return [f'corrections would lower {count}, kept as no mark goes down unless they say "lower: true": {named}']


def _comparing(policy: Policy) -> tuple[object, ...]:
    """Return what of a policy says how answers are compared, of each blank."""
    each = [(place, own.rounds(True), own.rounds(False), own.digits) for place, own in sorted(policy.blanks.items())]
    return policy.rounds(True), policy.rounds(False), policy.digits, each


def _holds(entry: Correction, name: str, student: str, question: Question) -> bool:
    """Say whether an entry is about a student's blank, and the version about its drawing."""
    if name not in entry.blanks or (entry.students and student not in entry.students):
        return False
    return entry.version is None or bool(_worth(entry.version, entry, question))


def _worth(formula: Expression, entry: Correction, question: Question) -> Answer:
    """Return what an expression comes to in a drawing."""
    try:
        found: Answer = formula.value(lookup(question.drawn, question.network))
    except LayerquizError as error:
        raise error.at(entry.place) from None
    return found


def _fixed(entry: Correction, possible: Fraction) -> Mark:
    if entry.points is not None:
        return Mark(entry.points, possible, f"corrected: {entry.why}", decided=True)
    if entry.void == "full":
        return Mark(possible, possible, f"everybody gets the points: {entry.why}", decided=True)
    return Mark(Fraction(0), Fraction(0), f"does not count: {entry.why}", decided=True)


def _accepts(entry: Correction, name: str, story: Story, question: Question) -> bool:
    """Say whether an entry makes an answer right that was not."""
    return story.verdict != "correct" and any(
        _is_accepted(answer, entry, name, story, question) for answer in entry.accept
    )


def _is_accepted(answer: Accepted, entry: Correction, name: str, story: Story, question: Question) -> bool:
    """Say whether a student's answer is one that is accepted, by its value or by what explains it."""
    if answer.name:
        return answer.name in story.conventions or [answer.name] in (story.mistakes, *story.rivals)
    if story.read_as is None:
        return False
    value = answer.values[name] if answer.formula is None else _worth(answer.formula, entry, question)
    conventions = question.network.conventions
    if isinstance(value, tuple) and conventions.either_order:
        return story.read_as in orders(value, conventions.channels_first)
    return story.read_as == value


def _right(story: Story, why: str) -> Story:
    """Return the story of an answer that is accepted."""
    notes = (*story.notes, f"Accepted: {why}")
    return replace(story, verdict="correct", mistakes=[], rivals=[], conventions=[], notes=notes)

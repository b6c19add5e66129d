"""One person at a desk with papers: checks and keeps each answer, and says where people differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from layerquiz.entry import bindings
from layerquiz.entry.look import second_look
from layerquiz.entry.record import Entered, Record, Typed
from layerquiz.errors import ExamError
from layerquiz.exam.exam import Paper, blank_id
from layerquiz.exam.question import Blank, Question
from layerquiz.exam.roster import Student
from layerquiz.exam.seal import Sealed
from layerquiz.grading.grade import stories_of
from layerquiz.grading.policy import policies
from layerquiz.grading.spares import Binding
from layerquiz.grading.story import Story
from layerquiz.grading.submissions.table import shown

LONGEST = 1_000
"""So many characters of an answer are kept."""


@dataclass(frozen=True, slots=True)
class Line:
    """One blank of a paper: its name over the whole paper, and the question that it belongs to."""

    name: str
    number: int
    question: Question
    blank: Blank


@dataclass(frozen=True, slots=True)
class Taken:
    """An answer that was typed: how it was read, why to look again, and the answers of others that differ from it."""

    answer: str
    read_as: str
    look: str
    others: tuple[str, ...]


class Desk:
    """One person's session with the papers of a sealed exam. `now` gives the time, as it is kept."""

    def __init__(self, folder: Path, sealed: Sealed, record: Record, by: str, now: Callable[[], str]) -> None:
        self.folder, self.sealed, self.record, self.by, self.now = folder, sealed, record, by, now
        self.policies = policies(sealed.exam)
        self.bindings = bindings.read(folder, sealed.papers)

    def holder(self, paper: Paper) -> Student | None:
        """Return who has a paper: nobody yet for a spare one. Raises `ExamError` for that of somebody with a spare."""
        student = paper.student
        for found in self.bindings:
            if found.paper == student.id:
                return Student(found.student, found.name)
            if found.student == student.id:
                what = f"{shown(student.id)} has spare paper {found.number} instead of paper {paper.number}"
                cure = f"Enter the spare, or remove its line from {bindings.FILE}"
                raise ExamError(what, cure=cure, slug="two-papers")
        return None if paper.is_spare else student

    def bind(self, paper: Paper, student: Student) -> None:
        """Give a spare paper to a student. Raises `ExamError` where either is taken, or their own paper was entered."""
        if any(any(found.answers) for found in self.record.of(student.id).values()):
            what = f"answers to their own paper were entered for {shown(student.id)} already"
            raise ExamError(what, cure="Is it another student?", slug="two-papers")
        binding = Binding(paper.student.id, student.id, student.name, self.by, self.now())
        self.record.alone(lambda: self._add(binding))

    def _add(self, binding: Binding) -> None:
        self.bindings = bindings.add(self.folder, binding, self.sealed.papers)

    def lines(self, paper: Paper) -> list[Line]:
        """Return the blanks of a paper in its order."""
        pairs = enumerate(paper.questions, 1)
        return [
            Line(blank_id(str(number), blank, question), number, question, blank)
            for number, question in pairs
            for blank in question.blanks
        ]

    def mine(self, paper: Paper) -> dict[str, str]:
        """Return what this person has typed of a paper already, or has seen settled, by blank."""
        entered = self.record.of(paper.student.id)
        return {name: found.of(self.by) for name, found in entered.items() if self.by in found.people}

    def take(self, paper: Paper, lines: Sequence[Line], line: Line, text: str) -> Taken:
        """Keep an answer at once, and say how it was read and where to look again."""
        typed = " ".join(text.split())[:LONGEST]
        others = self._others(paper, line)
        self._keep(paper, line, typed)
        story = self._story(line, typed)
        look = second_look(line.blank, story, {other.name: other.blank for other in lines if other is not line})
        differing = tuple(other for other in others if other != typed)
        if differing and all(self._same(line, story, other) for other in differing):
            self.settle(paper, line, differing[0])
            differing = ()
        return Taken(typed, "nothing" if story.verdict == "blank" else story.shown, look, differing)

    def _others(self, paper: Paper, line: Line) -> tuple[str, ...]:
        """Return what others have typed into a blank, or what was settled there."""
        entered = self.record.of(paper.student.id).get(line.name, Entered((), ()))
        return tuple(dict.fromkeys(found.answer for found in entered.latest if found.settles or found.by != self.by))

    def _story(self, line: Line, typed: str) -> Story:
        quantity = line.blank.quantity
        return stories_of(line.question, {quantity: typed}, self.policies[line.number - 1])[quantity]

    def _same(self, line: Line, story: Story, other: str) -> bool:
        """Say whether another text is read as the same answer."""
        return story.read_as is not None and story.read_as == self._story(line, other).read_as

    def settle(self, paper: Paper, line: Line, answer: str) -> None:
        """Keep which of several answers counts."""
        self._keep(paper, line, answer, settles=True)

    def _keep(self, paper: Paper, line: Line, answer: str, settles: bool = False) -> None:
        self.record.keep(Typed(paper.student.id, line.name, answer, self.by, self.now(), settles))

"""A class's answers to a sealed exam: a story and a mark for every blank of every student."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any, TypeAlias
from weakref import ref

from layerquiz import exact
from layerquiz.exam.exam import Exam, Paper, blank_id
from layerquiz.exam.question import Question
from layerquiz.exam.seal import Difference, Sealed, differences
from layerquiz.grading import formulas
from layerquiz.grading.diagnose import diagnose_sheet
from layerquiz.grading.jobs import in_pieces, jobs_for
from layerquiz.grading.listed import tell
from layerquiz.grading.marks import Mark, Worth, marked, of_exam, worths_of
from layerquiz.grading.paper import Told, counted, together
from layerquiz.grading.policy import Policy, policies
from layerquiz.grading.review import is_open
from layerquiz.grading.story import FORMAT, Story, plain
from layerquiz.grading.submissions.own import unknown_blank, unknown_student
from layerquiz.grading.submissions.table import Submissions
from layerquiz.network.network import Network

MOST_REMEMBERED = 10_000
"""How many answers to one question are kept with their stories, as the next student may give them too."""


@dataclass(frozen=True, slots=True)
class Graded:
    """One blank, graded."""

    blank: str
    question: int
    story: Story
    mark: Mark


Piece: TypeAlias = tuple[list[dict[str, Graded]], list[Difference]]
"""Papers graded, and where their sealed keys differ from what is computed."""


@dataclass(frozen=True, slots=True)
class Result:
    """One student's paper, graded; `handed_in` is false where nothing was submitted."""

    paper: Paper
    blanks: Mapping[str, Graded]
    handed_in: bool

    @property
    def points(self) -> Fraction:
        """Return the points of all blanks."""
        return exact.total(graded.mark.points for graded in self.blanks.values())

    @property
    def possible(self) -> Fraction:
        """Return the points of a paper that is all right."""
        return exact.total(graded.mark.possible for graded in self.blanks.values())

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain data."""
        blanks = {
            name: {**graded.story.as_json(), "points": plain(graded.mark.points), "reason": graded.mark.reason}
            for name, graded in self.blanks.items()
        }
        student = self.paper.student
        told = {"student": student.id, "name": student.name, "handed_in": self.handed_in, "blanks": blanks}
        return {**told, "points": plain(self.points), "possible": plain(self.possible)}


@dataclass(frozen=True, slots=True)
class Report:
    """A class, graded: one result per paper, in the order of the papers. `notes` tell what was odd."""

    exam: Exam
    results: tuple[Result, ...]
    notes: tuple[str, ...] = ()

    @property
    def review(self) -> list[tuple[Result, Graded]]:
        """Return the answers that wait for a person to read them: grades are provisional until one has."""
        handed_in = (result for result in self.results if result.handed_in)
        pairs = ((result, graded) for result in handed_in for graded in result.blanks.values())
        return [(result, graded) for result, graded in pairs if is_open(graded)]

    def as_json(self, accepted: bool = False) -> dict[str, Any]:
        """Return the grades as plain data, as `grade --json` prints them; `accepted` unread answers earn nothing."""
        students = [result.as_json() for result in self.results]
        state = {"provisional": bool(self.review) and not accepted}
        return {"format": FORMAT, "title": self.exam.title, **state, "notes": list(self.notes), "students": students}


def grade(
    sealed: Sealed,
    answers: Mapping[str, Mapping[str, str]],
    jobs: int | None = 1,
    made: Callable[[Mapping[str, Mapping[str, str]]], Iterable[Piece]] | None = None,
) -> Report:
    """Return the report on answers by student id and blank, such as `{"s1": {"1a": "34,944"}}`.

    `jobs` is how many processes grade, None for as many as are of use; the report is the same. `made` yields the graded
    pieces of the class where others make them.
    """
    blanks = set(sealed.papers[0].blanks)
    students = {paper.student.id for paper in sealed.papers}
    for student, cells in answers.items():
        if student not in students:
            raise unknown_student(student, students)
        for blank in cells:
            if blank not in blanks:
                raise unknown_blank(blank, blanks)
    grading = Grading(sealed, answers)
    results: list[Result] = []
    notes = list(answers.notes) if isinstance(answers, Submissions) else []
    found = made(answers) if made else in_pieces(sealed.papers, grading.piece, jobs_for(len(sealed.papers), jobs))
    for piece, differing in found:
        handed_in = [paper.student.id in answers for paper in sealed.papers[len(results) : len(results) + len(piece)]]
        results += map(Result, sealed.papers[len(results) :], piece, handed_in)
        notes += map(_note, differing)
    unasked = [blank for blank in grading.blanks if not any(blank in cells for cells in answers.values())]
    if unasked and answers:
        notes.append(f"nobody's answers have these blanks, which earn nothing: {', '.join(unasked)}")
    return Report(sealed.exam, tuple(results), tuple(notes))


def _note(found: Difference) -> str:
    sealed, computed = plain(found.sealed), plain(found.recomputed)
    return f"{found.student}, {found.blank}: the sealed key {sealed} counts, though this version computes {computed}"


@dataclass(frozen=True, slots=True)
class _Marked:
    """Stories of a question as they were marked, with their marks and, by the blanks' names, both together."""

    told: Told
    marks: Mapping[str, Mark]
    graded: Mapping[str, Graded]


class _Known:
    """What is known of a question: the stories of answers to it by their texts, and the marks of stories."""

    def __init__(self, place: int, worths: Sequence[Worth]) -> None:
        self.place, self.worths = place, worths
        self.told: dict[tuple[str, ...], Told] = {}
        self._marked: dict[tuple[int, ...], _Marked] = {}
        self._marked_whole: dict[int, _Marked] = {}

    def marked(self, stories: Told, policy: Policy) -> _Marked:
        """Return some stories with their marks; those of the same ones are kept.

        They are looked for as they come first, which is faster, and then story by story, as others may have the same.
        """
        if len(self.told) > MOST_REMEMBERED or len(self._marked) > MOST_REMEMBERED:
            self.told.clear()
            self._marked.clear()
            self._marked_whole.clear()
        known = self._marked_whole.get(id(stories))
        if known is not None:
            return known
        listed = tuple(stories.values())
        key = tuple(map(id, listed))
        if key not in self._marked:
            named = {worth.blank: story for worth, story in zip(self.worths, listed, strict=True)}
            marks = marked(self.worths, named, policy)
            self._marked[key] = self._marked_whole[id(stories)] = _Marked(stories, marks, self.graded(stories, marks))
        return self._marked[key]

    def graded(self, stories: Told, marks: Mapping[str, Mark]) -> dict[str, Graded]:
        """Return stories with their marks by the blanks' names."""
        pairs = zip(self.worths, stories.values(), strict=True)
        return {worth.blank: Graded(worth.blank, self.place, story, marks[worth.blank]) for worth, story in pairs}


def _forgotten(asked: dict[int, Any], key: int, _: object) -> None:
    asked.pop(key, None)


class Grading:
    """One paper after the other, graded: each is opened, graded and let go of, whatever the size of the class."""

    def __init__(self, sealed: Sealed, answers: Mapping[str, Mapping[str, str]]) -> None:
        self.policies, self.answers = policies(sealed.exam), answers
        self.names = [
            tuple([blank_id(number, blank, question) for blank in question.blanks])
            for number, question in sealed.papers[0].numbered
        ]
        self.places = {name: place for place, names in enumerate(self.names, 1) for name in names}
        self._asked: dict[int, tuple[ref[Question], _Known]] = {}

    @property
    def blanks(self) -> list[str]:
        """Return the blanks of a paper."""
        return list(self.places)

    def piece(self, papers: Sequence[Paper]) -> Piece:
        """Return the graded blanks of some papers, and where their sealed keys differ from what is computed."""
        graded, differing = [], []
        for paper in papers:
            graded.append(self._paper(paper))
            differing += differences(paper)
        return graded, differing

    def _paper(self, paper: Paper) -> dict[str, Graded]:
        """Return one student's blanks, graded: each question alone, then all of them together."""
        questions = tuple(paper.questions)
        written = self.answers.get(paper.student.id, {})
        known = list(map(self._known, questions, self.names, self.policies))
        alone: list[tuple[Network, Told]] = []
        for place, each in enumerate(known):
            texts = tuple([written.get(name, "") for name in self.names[place]])
            if texts not in each.told:
                each.told[texts] = Told(self._stories(questions[place], place, texts))
            alone.append((questions[place].network, each.told[texts]))
        told = together(alone)
        kept = [each.marked(found, policy) for each, found, policy in zip(known, told, self.policies, strict=True)]
        before = {name: mark for each in kept for name, mark in each.marks.items()}
        marks = of_exam(before, self.policies)
        graded: dict[str, Graded] = {}
        for each, found, first, shown in zip(known, kept, told, counted(told), strict=True):
            is_same = shown is first and marks is before
            graded.update(found.graded if is_same else each.graded(shown, marks))
        return graded

    def _known(self, question: Question, names: Sequence[str], policy: Policy) -> _Known:
        """Return what is known of a question, as long as it lives: other papers may have it too."""
        key = id(question)
        if key not in self._asked:
            known = _Known(self.places[names[0]], worths_of(names, question, policy))
            self._asked[key] = (ref(question, partial(_forgotten, self._asked, key)), known)
        return self._asked[key][1]

    def _stories(self, question: Question, place: int, written: Sequence[str]) -> dict[str, Story]:
        """Return the stories of one question's answers in the order of its blanks."""
        quantities = [blank.quantity for blank in question.blanks]
        return stories_of(question, dict(zip(quantities, written, strict=True)), self.policies[place])


def stories_of(question: Question, written: Mapping[str, str], policy: Policy) -> dict[str, Story]:
    """Return the stories of one question's answers; the sealed keys count."""
    if question.template.kind == "formula":
        return formulas.stories(question.network, written, question.template.letters, question.words)
    rounding = policy.rounding_of(question)
    listed = {
        blank.quantity: tell(blank, written[blank.quantity], rounding=blank.quantity in rounding)
        for blank in question.blanks
        if blank.listed is not None and blank.quantity in written
    }
    rest = {name: text for name, text in written.items() if name not in listed}
    told = listed | (diagnose_sheet(question.network, rest, rounding, question.keys) if rest else {})
    return {name: told[name] for name in written}

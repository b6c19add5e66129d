"""A class's answers to a sealed exam: a story and a mark for every blank of every student."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from layerquiz import exact
from layerquiz.exam.exam import Exam, Paper, blank_id
from layerquiz.exam.question import Question
from layerquiz.exam.seal import Difference, Sealed, differences, opened
from layerquiz.grading import formulas
from layerquiz.grading.diagnose import diagnosed
from layerquiz.grading.jobs import in_pieces, jobs_for
from layerquiz.grading.listed import tell
from layerquiz.grading.marks import Mark, Worth, marked, of_exam, worths_of
from layerquiz.grading.paper import Told, counted, together
from layerquiz.grading.policy import Policy, policies
from layerquiz.grading.review import is_open
from layerquiz.grading.sheet import Sheet
from layerquiz.grading.story import FORMAT, Story, plain
from layerquiz.grading.submissions.own import unknown_blank, unknown_student
from layerquiz.grading.submissions.table import Submissions
from layerquiz.record import record

MOST_REMEMBERED = 10_000
"""How many answers to one question are kept with their stories, as the next student may give them too."""

MOST_ASKED = 2_048
"""How many questions that several papers have are kept with what is known of them."""


@record
class Graded:
    """One blank, graded."""

    blank: str
    question: int
    story: Story
    mark: Mark


Piece: TypeAlias = tuple[list[dict[str, Graded]], list[Difference]]
"""Papers graded, and where their sealed keys differ from what is computed."""


@record
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


@record
class _Marked:
    """Stories of a question as they were marked, with their marks and, by the blanks' names, both together."""

    told: Told
    marks: Mapping[str, Mark]
    graded: Mapping[str, Graded]


class _Known:
    """What is known of a question: the stories of answers to it by their texts, and the marks of stories."""

    def __init__(self, question: Question, place: int, worths: Sequence[Worth]) -> None:
        self.question, self.place, self.worths = question, place, worths
        self.times = 0
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


@record
class _Asked:
    """A question of a student's paper, what is known of it, and what the student wrote in its blanks."""

    question: Question
    known: _Known
    texts: tuple[str, ...]

    @property
    def written(self) -> dict[str, str]:
        """Return what was written, by quantity."""
        return dict(zip([blank.quantity for blank in self.question.blanks], self.texts, strict=True))

    @property
    def told(self) -> Told:
        """Return the stories of what was written, once they are known."""
        return self.known.told[self.texts]


class Grading:
    """One paper after the other, graded: each is opened, graded and let go of, whatever the size of the class."""

    def __init__(self, sealed: Sealed, answers: Mapping[str, Mapping[str, str]]) -> None:
        self.policies, self.answers = policies(sealed.exam), answers
        self.names = [
            tuple([blank_id(number, blank, question) for blank in question.blanks])
            for number, question in sealed.papers[0].numbered
        ]
        self.places = {name: place for place, names in enumerate(self.names, 1) for name in names}
        self._asked: dict[int, _Known] = {}

    @property
    def blanks(self) -> list[str]:
        """Return the blanks of a paper."""
        return list(self.places)

    def piece(self, papers: Sequence[Paper]) -> Piece:
        """Return the graded blanks of some papers, and where their sealed keys differ from what is computed.

        All papers' first questions are looked at first, then all second ones: what those of one template need is at
        hand in the processor then, which takes a quarter off the time of own papers.
        """
        rebuilt = opened(papers)
        places = range(len(self.names))
        asked = [self._alone(place, papers, [paper.questions[place] for paper in rebuilt]) for place in places]
        told = together([[(each.question.network, each.told) for each in row] for row in zip(*asked, strict=True)])
        known = [[each.known for each in column] for column in asked]
        kept = [
            [each.marked(row[place], self.policies[place]) for each, row in zip(known[place], told, strict=True)]
            for place in places
        ]
        graded = list(map(self._graded, zip(*known, strict=True), told, zip(*kept, strict=True)))
        self._forget()
        return graded, [each for found in zip(papers, rebuilt, strict=True) for each in differences(*found)]

    def _alone(self, place: int, papers: Iterable[Paper], questions: Iterable[Question]) -> list[_Asked]:
        """Return the questions of some papers at one place, with the stories of the answers to each of them alone."""
        names, policy = self.names[place], self.policies[place]
        asked = []
        for paper, question in zip(papers, questions, strict=True):
            written = self.answers.get(paper.student.id, {})
            texts = tuple([written.get(name, "") for name in names])
            asked.append(_Asked(question, self._known(question, names, policy), texts))
        new = list({(id(each.known), each.texts): each for each in asked if each.texts not in each.known.told}.values())
        found = stories_together([(each.question, each.written) for each in new], policy)
        for each, stories in zip(new, found, strict=True):
            each.known.told[each.texts] = Told(stories)
        return asked

    def _graded(self, known: Sequence[_Known], told: Sequence[Told], kept: Sequence[_Marked]) -> dict[str, Graded]:
        """Return one student's blanks, graded, from the marks of each question alone."""
        before = {name: mark for each in kept for name, mark in each.marks.items()}
        marks = of_exam(before, self.policies)
        graded: dict[str, Graded] = {}
        for each, found, first, shown in zip(known, kept, told, counted(told), strict=True):
            is_same = shown is first and marks is before
            graded.update(found.graded if is_same else each.graded(shown, marks))
        return graded

    def _known(self, question: Question, names: Sequence[str], policy: Policy) -> _Known:
        """Return what is known of a question; other papers may have it too."""
        found = self._asked.get(id(question))
        if found is None:
            found = _Known(question, self.places[names[0]], worths_of(names, question, policy))
            self._asked[id(question)] = found
        found.times += 1
        return found

    def _forget(self) -> None:
        """Let go of the questions that one paper alone had, and of all when they are too many."""
        several = {key: known for key, known in self._asked.items() if known.times > 1}
        self._asked = several if len(several) <= MOST_ASKED else {}


def stories_of(question: Question, written: Mapping[str, str], policy: Policy) -> dict[str, Story]:
    """Return the stories of one question's answers; the sealed keys count."""
    return stories_together([(question, written)], policy)[0]


def stories_together(answered: Sequence[tuple[Question, Mapping[str, str]]], policy: Policy) -> list[dict[str, Story]]:
    """Return the stories of the answers to questions of one template; the sealed keys count."""
    rounding = policy.rounding_of(answered[0][0]) if answered else {}
    told = [_told_apart(question, written, rounding) for question, written in answered]
    sheets: dict[int, Sheet] = {}
    for place, (question, written) in enumerate(answered):
        rest = {name: text for name, text in written.items() if name not in told[place]}
        if rest:
            sheets[place] = Sheet(question.network, rest, rounding, question.keys)
    for place, stories in zip(sheets, diagnosed(list(sheets.values())), strict=True):
        told[place] |= stories
    return [{name: found[name] for name in written} for found, (_, written) in zip(told, answered, strict=True)]


def _told_apart(question: Question, written: Mapping[str, str], rounding: Collection[str]) -> dict[str, Story]:
    """Return the stories of those answers that are not numbers of a network: formulas, and what can be listed."""
    if question.template.kind == "formula":
        return formulas.stories(question.network, written, question.template.letters, question.words)
    return {
        blank.quantity: tell(blank, written[blank.quantity], rounding=blank.quantity in rounding)
        for blank in question.blanks
        if blank.listed is not None and blank.quantity in written
    }

"""A class's answers to a sealed exam: a story and a mark for every blank of every student."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import is_
from typing import Any

from layerquiz.errors import ExamError, nearest
from layerquiz.exam.exam import Exam, Paper, blank_id
from layerquiz.exam.question import Question
from layerquiz.exam.seal import Difference, Sealed, differences
from layerquiz.grading.diagnose import diagnose_sheet
from layerquiz.grading.jobs import in_pieces, jobs_for
from layerquiz.grading.marks import Mark, Policy, Worth, marked
from layerquiz.grading.story import FORMAT, Story, plain
from layerquiz.network.network import Answer

IGNORED_COLUMNS = ("student", "name")
MOST_SHOWN = 60
MOST_REMEMBERED = 10_000
"""How many answers to one question are kept with their story and mark, as the next student may give them too."""


@dataclass(frozen=True, slots=True)
class Graded:
    """One blank, graded."""

    blank: str
    question: int
    story: Story
    mark: Mark


@dataclass(frozen=True, slots=True)
class Result:
    """One student's paper, graded; `handed_in` is false where nothing was submitted."""

    paper: Paper
    blanks: Mapping[str, Graded]
    handed_in: bool

    @property
    def points(self) -> Fraction:
        """Return the points of all blanks."""
        return sum((graded.mark.points for graded in self.blanks.values()), Fraction(0))

    @property
    def possible(self) -> Fraction:
        """Return the points of a paper that is all right."""
        return sum((graded.mark.possible for graded in self.blanks.values()), Fraction(0))

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
        """Return the answers that could not be read: grades are provisional until a person has."""
        pairs = ((result, graded) for result in self.results for graded in result.blanks.values())
        return [(result, graded) for result, graded in pairs if graded.story.verdict == "unreadable"]

    def as_json(self, accepted: bool = False) -> dict[str, Any]:
        """Return the grades as plain data, as `grade --json` prints them; `accepted` unread answers earn nothing."""
        students = [result.as_json() for result in self.results]
        state = {"provisional": bool(self.review) and not accepted}
        return {"format": FORMAT, "title": self.exam.title, **state, "students": students}


def grade(sealed: Sealed, answers: Mapping[str, Mapping[str, str]], jobs: int | None = 1) -> Report:
    """Return the report on answers by student id and blank, such as `{"s1": {"1a": "34,944"}}`.

    `jobs` is how many processes grade, None for as many as are of use; the report is the same.
    """
    blanks = set(sealed.papers[0].blanks)
    students = {paper.student.id for paper in sealed.papers}
    for student, cells in answers.items():
        if student not in students:
            raise _unknown_student(student, students)
        for blank in cells:
            if blank not in blanks:
                raise _unknown_blank(blank, blanks)
    policies = [Policy.of({**sealed.exam.policy, **entry.policy}) for entry in sealed.exam.entries]
    grading = Grading(sealed, policies, answers)
    results: list[Result] = []
    notes: list[str] = []
    for piece, differing in in_pieces(sealed.papers, grading.piece, jobs_for(len(sealed.papers), jobs)):
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


def _unknown_student(student: str, students: Iterable[str]) -> ExamError:
    what = f'no paper was made for the student "{student[:MOST_SHOWN]}"'
    return ExamError(what, cure=nearest(student[:MOST_SHOWN], students), slug="unknown-student")


def _unknown_blank(blank: str, blanks: Iterable[str]) -> ExamError:
    what = f'the exam has no blank "{blank[:MOST_SHOWN]}"'
    return ExamError(what, cure=nearest(blank[:MOST_SHOWN], blanks), slug="unknown-blank")


def submitted(
    sealed: Sealed, file: str, columns: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]
) -> dict[str, dict[str, str]]:
    """Return the answers of a table by student and blank; `columns` is its first line, `rows` the numbered others."""
    blanks, students = list(sealed.papers[0].blanks), {paper.student.id for paper in sealed.papers}
    columns = list(columns)
    while columns and not columns[-1]:  # a spreadsheet's trailing commas
        columns.pop()
    _check_columns(file, columns, blanks)
    found: dict[str, dict[str, str]] = {}
    for line, row in rows:
        where = f"{file}, line {line}"
        student, cells = _cells(columns, row, where)
        if student not in students:
            raise _unknown_student(student, students).at(where)
        if student in found:
            cure = "Keep one of the lines"
            raise ExamError(f'the student "{student}" stands twice', where=where, cure=cure, slug="doubled-student")
        found[student] = {blank: cells[blank] for blank in blanks if blank in cells}
    if not found:
        raise ExamError("there are no submissions", where=file, cure="Write one line for each student", slug="empty")
    return found


def _cells(columns: Sequence[str], row: Sequence[str], where: str) -> tuple[str, dict[str, str]]:
    if any(row[len(columns) :]):
        what = f"{len(row)} entries stand under {len(columns)} columns"
        raise ExamError(what, where=where, cure="Put an answer that holds a comma in double quotes", slug="columns")
    cells = dict(zip(columns, row, strict=False))
    return " ".join(cells.pop("student").split()), cells


def _check_columns(file: str, columns: Sequence[str], blanks: Sequence[str]) -> None:
    where = f"{file}, line 1"
    if not columns:
        raise ExamError("the file is empty", where=file, cure=f"Begin it with: student,{blanks[0]},...", slug="empty")
    if "student" not in columns:
        cure = f"Begin the file with: student,{','.join(blanks[:3])},..."
        raise ExamError('the column "student" is missing', where=where, cure=cure, slug="missing-column")
    for column in columns:
        if columns.count(column) > 1:
            what = f'the column "{column[:MOST_SHOWN]}" stands twice'
            raise ExamError(what, where=where, cure="Remove one of the two", slug="doubled-column")
        if column not in blanks and column not in IGNORED_COLUMNS:
            raise _unknown_blank(column, blanks).at(where)
    if not set(blanks) & set(columns):
        cure = "Write one column for each blank, as in answers.csv"
        raise ExamError("no column is a blank of the exam", where=where, cure=cure, slug="missing-column")


class Grading:
    """One paper after the other, graded: each is opened, graded and let go of, whatever the size of the class."""

    def __init__(self, sealed: Sealed, policies: Sequence[Policy], answers: Mapping[str, Mapping[str, str]]) -> None:
        self.policies, self.answers = policies, answers
        first = sealed.papers[0]
        self.blanks = list(first.blanks)
        self.names = [
            tuple([blank_id(number, blank, question) for blank in question.blanks])
            for number, question in first.numbered
        ]
        self._questions: tuple[Question, ...] = ()
        self._graded: dict[tuple[int, tuple[str, ...]], dict[str, Graded]] = {}

    def piece(self, papers: Sequence[Paper]) -> tuple[list[dict[str, Graded]], list[Difference]]:
        """Return the graded blanks of some papers, and where their sealed keys differ from what is computed."""
        graded, differing = [], []
        for paper in papers:
            graded.append(self._paper(paper))
            differing += differences(paper)
        return graded, differing

    def _paper(self, paper: Paper) -> dict[str, Graded]:
        graded: dict[str, Graded] = {}
        questions, written = tuple(paper.questions), self.answers.get(paper.student.id, {})
        self._look_at(questions)
        for place, (question, names) in enumerate(zip(questions, self.names, strict=True), 1):
            texts = tuple([written.get(name, "") for name in names])
            if (place, texts) not in self._graded:
                self._graded[place, texts] = self._question(question, place, texts)
            graded |= self._graded[place, texts]
        return graded

    def _look_at(self, questions: tuple[Question, ...]) -> None:
        """Forget what was graded, unless it answers the same questions: those of a paper that a class shares."""
        same = len(questions) == len(self._questions) and all(map(is_, questions, self._questions))
        if not same or len(self._graded) > MOST_REMEMBERED:
            self._graded.clear()
        self._questions = questions

    def _question(self, question: Question, place: int, written: Sequence[str]) -> dict[str, Graded]:
        """Return the graded blanks of one question; the sealed keys count."""
        policy, names = self.policies[place - 1], self.names[place - 1]
        quantities = [blank.quantity for blank in question.blanks]
        rounding = [blank.quantity for blank in question.blanks if blank.rounding or policy.rounding]
        keys: dict[str, Answer] = {blank.quantity: blank.key for blank in question.blanks}
        told = diagnose_sheet(question.network, dict(zip(quantities, written, strict=True)), rounding, keys)
        stories = dict(zip(names, [told[quantity] for quantity in quantities], strict=True))
        pairs = zip(names, question.blanks, strict=True)
        marks = marked([Worth(name, b.quantity, b.points, question.network) for name, b in pairs], stories, policy)
        return {name: Graded(name, place, stories[name], mark) for name, mark in marks.items()}

"""Spare papers: nameless when they are printed, bound to a student when they come back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from layerquiz.errors import ExamError
from layerquiz.exam.exam import Paper
from layerquiz.exam.roster import Student
from layerquiz.exam.seal import Sealed
from layerquiz.exam.seating import PREFIX, SPARE
from layerquiz.grading.submissions.table import Submissions, shown

BINDINGS = "bindings.csv"
"""Who has which spare paper, beside the sealed exam."""


@dataclass(frozen=True, slots=True)
class Binding:
    """Who has a spare paper, who said so, and when."""

    paper: str
    student: str
    name: str
    by: str = ""
    at: str = ""

    @property
    def number(self) -> str:
        """Return the printed number of the paper."""
        return self.paper.removeprefix(PREFIX)


def with_bound(sealed: Sealed, bindings: Iterable[Binding]) -> Sealed:
    """Return an exam whose answers may also stand under students who have nothing but a spare paper."""
    papers = {paper.student.id: paper for paper in sealed.papers}
    new = [_given(papers[found.paper], found, papers) for found in bindings if found.student not in papers]
    return replace(sealed, papers=(*sealed.papers, *new)) if new else sealed


def settled(
    sealed: Sealed, answers: Mapping[str, Mapping[str, str]], bindings: Iterable[Binding]
) -> tuple[Sealed, Mapping[str, Mapping[str, str]]]:
    """Return the exam with each spare paper under the student who has it, and the answers likewise.

    A bound spare takes the place of the student's own paper; spares that nobody has are left out. Raises `ExamError`
    where a student has answers to both papers, or a spare has answers and no student.
    """
    by_student = {found.student: found for found in bindings}
    if not by_student and not any(paper.is_spare for paper in sealed.papers):
        return sealed, answers
    bound = {found.paper for found in by_student.values()}
    moved = {student: dict(_cells(answers, found)) for student, found in by_student.items()}
    kept = {student: cells for student, cells in answers.items() if student not in bound and student not in moved}
    for student in kept:
        if SPARE.fullmatch(student) and _is_filled(answers, student):
            raise _unbound(student)
    found_answers = {student: cells for student, cells in kept.items() if not SPARE.fullmatch(student)}
    found_answers |= {student: cells for student, cells in moved.items() if cells}
    papers = tuple(_papers(sealed, by_student))
    if isinstance(answers, Submissions):
        return replace(sealed, papers=papers), replace(answers, answers=found_answers)
    return replace(sealed, papers=papers), found_answers


def _papers(sealed: Sealed, by_student: Mapping[str, Binding]) -> Iterator[Paper]:
    papers = {paper.student.id: paper for paper in sealed.papers}
    students = {found.paper: found for found in by_student.values()}
    for paper in sealed.papers:
        student = paper.student.id
        if student in by_student:
            yield _given(papers[by_student[student].paper], by_student[student], papers)
        elif student in students and students[student].student not in papers:
            yield _given(paper, students[student], papers)
        elif not paper.is_spare:
            yield paper


def _given(spare: Paper, found: Binding, papers: Mapping[str, Paper]) -> Paper:
    own = papers.get(found.student)
    return replace(spare, student=own.student if own else Student(found.student, found.name))


def _cells(answers: Mapping[str, Mapping[str, str]], found: Binding) -> Mapping[str, str]:
    """Return the answers on a bound spare, which may stand under either of its ids."""
    if _is_filled(answers, found.paper) and _is_filled(answers, found.student):
        what = f"the student {shown(found.student)} has answers to two papers: their own and spare {found.number}"
        cure = f"Remove the answers to one of them, or the line of the spare in {BINDINGS}"
        raise ExamError(what, cure=cure, slug="two-papers")
    return answers.get(found.paper if _is_filled(answers, found.paper) else found.student, {})


def _is_filled(answers: Mapping[str, Mapping[str, str]], student: str) -> bool:
    return any(cell.strip() for cell in answers.get(student, {}).values())


def _unbound(spare: str) -> ExamError:
    number = spare.removeprefix(PREFIX)
    what = f"spare paper {number} has answers, and no student"
    cure = f"Bind it: `layerquiz enter` asks whose it is, or add a line {number},ID,NAME to {BINDINGS}"
    return ExamError(what, cure=cure, slug="unbound-spare")

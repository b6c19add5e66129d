"""Which paper somebody means: by its number, by its student's id or name, or by the code on one of its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from layerquiz.errors import ExamError, nearest
from layerquiz.exam.exam import Paper
from layerquiz.exam.roster import Student
from layerquiz.grading.spares import Binding
from layerquiz.grading.submissions.people import People
from layerquiz.grading.submissions.table import shown
from layerquiz.render.codes import MARK

MOST_DIGITS = 9


class Finder:
    """Finds the papers of an exam. `is_exam` says whether a code's word for the exam means this one."""

    def __init__(self, papers: Sequence[Paper], is_exam: Callable[[str], bool] = lambda _: False) -> None:
        self._is_exam = is_exam
        self._by_number = {paper.number: paper for paper in papers}
        self._by_id = {paper.student.id: paper for paper in papers}
        self._people = People(paper.student for paper in papers if not paper.is_spare)

    def paper(self, text: str, bindings: Iterable[Binding] = ()) -> Paper:
        """Return the paper that a text means. Raises `ExamError` where none is meant, or two are."""
        words = text.split()
        if words and words[0].upper() == MARK:
            return self._scanned(words)
        number = text.removeprefix("#")
        is_number = number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS
        by_number = self._by_number.get(int(number)) if is_number else None
        by_id = self._of(text, bindings)
        if by_number and by_id and by_number is not by_id:
            what = f"{shown(text)} is the number of one paper and the student id of another"
            raise ExamError(what, cure=f"Write #{text} for the number", slug="two-papers")
        found = by_number or by_id
        if found is None:
            raise self._unknown(text, is_number)
        return found

    def numbered(self, number: int) -> Paper:
        """Return the paper with a printed number. Raises `ExamError` where there is none."""
        if number not in self._by_number:
            raise self._unknown(str(number), is_number=True)
        return self._by_number[number]

    def of_student(self, text: str, bindings: Iterable[Binding] = ()) -> Paper:
        """Return the paper of the student whom an id or a name means. Raises `ExamError` where nobody is meant."""
        found = self._of(text, bindings)
        if found is None:
            raise self._unknown(text, is_number=False)
        return found

    def student(self, text: str) -> Student | None:
        """Return the student of the exam whom an id or a name means; None where nobody is meant."""
        found = self._people.find([text], [text])
        return self._by_id[found.student].student if found.student else None

    def _scanned(self, words: Sequence[str]) -> Paper:
        if len(words) != 4 or not words[2].isascii() or not words[2].isdigit() or len(words[2]) > MOST_DIGITS:
            raise ExamError("the code was not read whole", cure="Scan it again, or type the number", slug="code")
        if not self._is_exam(words[1]):
            raise ExamError("this page is of another exam", cure="Is it in the right pile?", slug="other-exam")
        return self.numbered(int(words[2]))

    def _of(self, text: str, bindings: Iterable[Binding]) -> Paper | None:
        """Return the paper of a student, who may have a spare one instead of their own."""
        student = self.student(text)
        if student is None and text in self._by_id:
            return self._by_id[text]
        called = text if student is None else student.id
        spare = next((found.paper for found in bindings if found.student == called), "")
        return self._by_id.get(spare or called)

    def _unknown(self, text: str, is_number: bool) -> ExamError:
        if is_number:
            cure = f"The papers have the numbers {min(self._by_number)} to {max(self._by_number)}"
        else:
            cure = nearest(text, [name for name, paper in self._by_id.items() if not paper.is_spare])
        return ExamError(f"there is no paper {shown(text)}", cure=cure, slug="unknown-paper")

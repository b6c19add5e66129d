"""Answers that a person has to read: those without a value, and those that say what was assumed.

`review.csv` lists them with an empty column `points`. What is filled in there is a decision for that student, blank and
answer, which the next grading takes and keeps.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from layerquiz.errors import ExamError, nearest
from layerquiz.exam.exam import Paper
from layerquiz.grading.policy_keys import number
from layerquiz.network.notation import shown

if TYPE_CHECKING:
    from layerquiz.grading.grade import Graded, Report

FILE = "review.csv"
COLUMNS = ("student", "blank", "answer", "read as", "why", "points")
NEEDED = ("student", "blank", "answer", "points")
ASSUMED = re.compile(
    r"\b(?:assum(?:e[ds]?|ing|ptions?)|suppos(?:e[ds]?|ing)|presum(?:e[ds]?|ing)|annahme|angenommen)\b"
)
"""How people write that they have assumed something."""


def why_review(graded: Graded) -> str:
    """Return why a person has to read an answer; nothing where nobody has to."""
    story, mark = graded.story, graded.mark
    if story.verdict == "unreadable":
        return " ".join(story.notes)
    if story.verdict != "blank" and mark.points < mark.possible and ASSUMED.search(story.written.lower()):
        return f"An assumption is written here; as it was read, it is marked: {mark.reason}."
    return ""


def is_open(graded: Graded) -> bool:
    """Say whether an answer waits for a person."""
    return not graded.mark.decided and bool(why_review(graded))


@dataclass(frozen=True, slots=True)
class Decision:
    """The points that a person gave for an answer, as they were written too."""

    answer: str
    points: Fraction
    written: str

    def is_about(self, answer: str) -> bool:
        """Say whether an answer is still the one that was decided."""
        return _plain(self.answer) == _plain(answer)


def _plain(answer: str) -> str:
    """Return an answer as it comes back from a spreadsheet, whatever that does to spaces and apostrophes."""
    return " ".join(answer.split()).lstrip("'")


def decisions(
    file: str, header: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]], papers: Sequence[Paper]
) -> dict[tuple[str, str], Decision]:
    """Return what was decided in a table of answers to review, by student and blank; rows without points are open."""
    missing = [column for column in NEEDED if column not in header]
    if missing:
        cure = f"Begin it with: {','.join(COLUMNS)}; or remove the file to list the answers anew"
        what = f'the column "{missing[0]}" is missing'
        raise ExamError(what, where=f"{file}, line 1", cure=cure, slug="missing-column")
    possible = {paper.student.id: {name: blank.points for name, blank in paper.blanks.items()} for paper in papers}
    found: dict[tuple[str, str], Decision] = {}
    for line, cells in rows:
        row = dict(zip(header, cells, strict=False))
        if row.get("points"):
            student, blank, decision = _decision(row, possible, f"{file}, line {line}")
            found[student, blank] = decision
    return found


def _decision(
    row: Mapping[str, str], possible: Mapping[str, Mapping[str, Fraction]], where: str
) -> tuple[str, str, Decision]:
    student, blank, written = " ".join(row["student"].split()), row["blank"], row["points"]
    if student not in possible:
        what = f"no paper was made for the student {shown(student)}"
        raise ExamError(what, where=where, cure=nearest(student, possible), slug="unknown-student")
    if blank not in possible[student]:
        what = f"the exam has no blank {shown(blank)}"
        raise ExamError(what, where=where, cure=nearest(blank, possible[student]), slug="unknown-blank")
    points, most = number(written), possible[student][blank]
    if points is None or not 0 <= points <= most:
        cure = f"Allowed for {blank}: a number from 0 to {most}, such as 0.5 or 1/2"
        raise ExamError(f"the points are {shown(written)}", where=where, cure=cure, slug="wrong-value")
    return student, blank, Decision(row["answer"], points, written)


def still_right(
    found: Mapping[tuple[str, str], Decision], report: Report
) -> tuple[dict[tuple[str, str], Decision], list[str]]:
    """Return the decisions whose answers are still the same, and a note on each whose answer has changed."""
    if not found:
        return {}, []
    answers = {
        (result.paper.student.id, name): graded.story.written
        for result in report.results
        for name, graded in result.blanks.items()
    }
    same = {place: decision for place, decision in found.items() if decision.is_about(answers[place])}
    changed = [f"{student} {blank}" for student, blank in found if (student, blank) not in same]
    notes = [f"{place}: the answer has changed since it was decided; the decision is not used" for place in changed]
    return same, notes


def rows(report: Report, decided: Mapping[tuple[str, str], Decision]) -> Iterator[Sequence[str]]:
    """Yield the table of answers to review: those that wait, and those that were decided, with their points."""
    yield COLUMNS
    for result in report.results:
        student = result.paper.student.id
        for name, graded in result.blanks.items():
            decision = decided.get((student, name))
            if decision or (result.handed_in and is_open(graded)):
                points = decision.written if decision else ""
                yield student, name, graded.story.written, graded.story.shown, why_review(graded), points

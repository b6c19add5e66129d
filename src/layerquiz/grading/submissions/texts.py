"""A folder of text files, one for each student: `1a: 34944`, and below it the working that belongs to the blank."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from string import ascii_lowercase

from layerquiz.errors import ExamError
from layerquiz.exam.seal import Sealed
from layerquiz.grading.submissions.columns import blank_label
from layerquiz.grading.submissions.own import unknown_blank, unknown_student
from layerquiz.grading.submissions.table import Submissions, check_exam, shown

STARTS = re.compile(
    r"((?:(?:question|q)[\s.#]*)?\d+\s?[a-z]{0,2})\s*(?:[:=)]|(?<=[a-z])\.|\.(?!\d))(.*)", re.IGNORECASE
)
LETTERED = re.compile(r"(?:(?:question|q)[\s.#]*)?(\d+)[a-z]{1,2}", re.IGNORECASE)
SAYS_EXAM = re.compile(r"exam\s*[:=]\s*(\S+)", re.IGNORECASE)


def read(sealed: Sealed, folder: str, files: Sequence[tuple[str, str, str]], notes: Sequence[str] = ()) -> Submissions:
    """Return the answers of text files, each given as its name, the student whom it is called after, and its text."""
    students = {paper.student.id for paper in sealed.papers}
    blanks = dict.fromkeys(sealed.papers[0].blanks)
    answers: dict[str, Mapping[str, str]] = {}
    read_as = "a folder of text files, one for each student"
    told = [f"{folder}: read as {read_as}", *notes]
    for name, student, text in files:
        where = f"{folder}/{name}"
        if student in answers:
            what, cure = f"a second file for the student {shown(student)}", "Keep one of the two"
            raise ExamError(what, where=where, cure=cure, slug="doubled-student")
        if student not in students:
            raise unknown_student(student, students).at(where)
        answers[student] = _sheet(sealed, where, text, blanks, told)
    if not answers:
        cure = "Put one file for each student into it, such as s01.txt with lines such as 1a: 34944"
        raise ExamError("there are no text files in this folder", where=folder, cure=cure, slug="empty")
    return Submissions(answers, read_as, tuple(told))


def _sheet(sealed: Sealed, where: str, text: str, blanks: Mapping[str, None], told: list[str]) -> Mapping[str, str]:
    """Return one student's answers by blank; lines without a blank belong to the one above them."""
    found: dict[str, list[str]] = {}
    begins: dict[str, int] = {}
    current = ""
    for number, line in enumerate(text.split("\n"), 1):
        at = f"{where}, line {number}"
        if (named := SAYS_EXAM.fullmatch(line.strip())) and not found:
            check_exam(sealed, named[1], at)
            continue
        label, answer = _label(line, blanks, at)
        current = label or current
        if label and label in found:
            _check_same(at, label, "\n".join(found[label]).strip(), answer, begins[label])
        elif label:
            found[label], begins[label] = [answer], number
        elif current:
            found[current].append(line.rstrip())
        elif line.strip():
            told.append(f"{at}: not used: it stands above the first blank")
    return {blank: "\n".join(lines).strip() for blank, lines in found.items()}


def _label(line: str, blanks: Mapping[str, None], at: str) -> tuple[str, str]:
    """Return the blank that a line begins with and what follows, or nothing; 1x beside 1a is mistyped."""
    found = STARTS.match(line.strip())
    label = blank_label(f"{found[1]}:") if found else ""
    if found and label in blanks:
        return label, found[2].strip()
    lettered = LETTERED.fullmatch(found[1]) if found else None
    if lettered and any(blank.rstrip(ascii_lowercase) == lettered[1] for blank in blanks):
        raise unknown_blank(label, blanks).at(at)
    return "", ""


def _check_same(at: str, label: str, first: str, second: str, number: int) -> None:
    if first == second:
        return
    what = f"the blank {label} stands twice, with different answers"
    why = f"Line {number} says {shown(first)}, this one {shown(second)}"
    cure = "No line wins over another: keep the one that counts"
    raise ExamError(what, where=at, why=why, cure=cure, slug="doubled-blank")

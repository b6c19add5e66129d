"""An exam: the file that says what is asked, and every student's paper, a pure function of exam and student."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from string import ascii_uppercase
from typing import Any

from layerquiz.errors import ExamError, LayerquizError, nearest
from layerquiz.exam import library, seating
from layerquiz.exam.balance import Drawer
from layerquiz.exam.difficulty import usual
from layerquiz.exam.drawing import fixed
from layerquiz.exam.entries import Choosing, Entry, Section
from layerquiz.exam.exam_keys import Aids, ExamKeys, PaperSize
from layerquiz.exam.question import Blank, Question
from layerquiz.exam.roster import Student
from layerquiz.exam.sample import Seed
from layerquiz.exam.source import SourceText
from layerquiz.exam.template import Template
from layerquiz.languages import LANGUAGES
from layerquiz.network.conventions import Conventions

SPARE = re.compile(r"spare-[0-9]+")
"""The ids of spare papers: each has its number."""


@dataclass(frozen=True, slots=True)
class Exam:
    """An exam, ready to draw. Policies are plain data here; they are checked where marks are made.

    pass_share: the share of the points that passes, where the exam says so. aids: what may be used, where it says so;
    without a calculator the numbers of all papers are equally long. time: how many minutes. letters: the course's own
    letters of quantities, such as `{"filters": "F"}`. versions: how many different papers there are, None for a paper
    of each student's own. logo: a file beside the exam file. honour: what students sign. signed: who has proofread it.
    """

    title: str
    course: str
    date: str
    instructions: str
    seed: Seed
    conventions: str | Mapping[str, Any]
    policy: Mapping[str, Any]
    entries: tuple[Entry, ...]
    pass_share: Fraction | None = None
    aids: Aids | None = None
    language: str = "en"
    paper_size: PaperSize = "a4"
    time: int | None = None
    letters: Mapping[str, str] = field(default_factory=dict)
    formula_sheet: bool = False
    versions: int | None = None
    sections: tuple[Section, ...] = ()
    logo: str = ""
    header: str = ""
    honour: str = ""
    signed: tuple[str, ...] = ()

    @property
    def by_hand(self) -> bool:
        """Say whether everything is calculated by hand."""
        return self.aids == "none"

    def worth(self, section: Section) -> Fraction:
        """Return the points of a section's questions."""
        place = self.sections.index(section)
        last = self.sections[place + 1].first if self.sections[place + 1 :] else len(self.entries) + 1
        return sum((entry.worth for entry in self.entries[section.first - 1 : last - 1]), Fraction(0))


@dataclass(frozen=True, slots=True)
class Paper:
    """One student's exam. `number` is the printed one, `version` the letter where an exam has versions."""

    student: Student
    questions: Sequence[Question]
    number: int = 0
    version: str = ""

    @property
    def is_spare(self) -> bool:
        """Say whether it is a spare one that nobody's name is on."""
        return not self.student.name and SPARE.fullmatch(self.student.id) is not None

    @property
    def numbered(self) -> tuple[tuple[str, Question], ...]:
        """Return the questions with their numbers."""
        return tuple((str(number), question) for number, question in enumerate(self.questions, 1))

    @property
    def blanks(self) -> dict[str, Blank]:
        """Return the blanks by id: question and letter, `1a`, or the question alone where it has one blank."""
        return {
            blank_id(number, blank, question): blank for number, question in self.numbered for blank in question.blanks
        }

    @property
    def points(self) -> Fraction:
        """Return the points of all questions together."""
        return sum((question.points for question in self.questions), Fraction(0))


def blank_id(number: str, blank: Blank, question: Question) -> str:
    """Return what a blank is called over a whole paper."""
    return number if len(question.blanks) == 1 else f"{number}{blank.place}"


def papers(
    exam: Exam,
    students: Sequence[Student],
    kept: Mapping[str, Paper] | None = None,
    spare: int = 0,
    seen: Mapping[str, Sequence[Paper]] | None = None,
) -> list[Paper]:
    """Return the papers of a class in the order of its roster, and then `spare` ones that have no name.

    A paper is that of `paper`, but for a question in which a neighbour has the same numbers: there the next drawing of
    the same student takes its place. So a paper depends on the exam, the student, and, seldom, on who sits beside.
    Where an exam has versions, the students of one have the same questions, and neighbours have different ones.
    `kept` are papers that were sealed already, by student: they stay as they are with their numbers, spare ones too,
    and those who come late are drawn beside them and numbered behind them, so that a late registration changes nobody's
    paper. `seen` are papers of an earlier exam, by student, whose numbers are avoided.
    """
    return Cohort(exam, kept or {}, seen or {}).papers(students, spare)


class Cohort:
    """A class whose papers are drawn one after the other."""

    def __init__(self, exam: Exam, kept: Mapping[str, Paper], seen: Mapping[str, Sequence[Paper]]) -> None:
        self.exam, self.kept, self.seen = exam, kept, seen
        self.number = max((paper.number for paper in kept.values()), default=0)
        self.of_version: dict[str, Paper] = {paper.version: paper for paper in kept.values() if paper.version}

    def papers(self, students: Sequence[Student], spare: int) -> list[Paper]:
        """Return the papers of a roster, and spare ones."""
        for student in students:
            if SPARE.fullmatch(student.id):
                what, cure = f'the id "{student.id}" is that of a spare paper', "Give the student another id"
                raise ExamError(what, cure=cure, slug="reserved-id")
        beside = seating.neighbours(students)
        found: dict[int, Paper] = {
            place: replace(self.kept[student.id], student=student)
            for place, student in enumerate(students)
            if student.id in self.kept
        }
        versions = self._versions(students)
        for place, student in enumerate(students):
            if place not in found:
                near = [found[other] for other in beside[place] if other in found]
                found[place] = self._next(student, versions[place], near)
        return [*(found[place] for place in range(len(students))), *self._spare(spare)]

    def _versions(self, students: Sequence[Student]) -> list[str]:
        if self.exam.versions is None:
            return [""] * len(students)
        kept = {student: paper.version for student, paper in self.kept.items()}
        return seating.versions(self.exam.versions, students, kept)

    def _next(self, student: Student, version: str, near: Sequence[Paper]) -> Paper:
        """Return a new paper with the next number."""
        self.number += 1
        if version:
            return replace(self._of_version(version), student=student, number=self.number)
        drawn = paper(self.exam, student, near, self.seen.get(student.id, ()))
        return replace(drawn, number=self.number)

    def _of_version(self, letter: str) -> Paper:
        """Return the paper of a version; those before it in the alphabet are drawn first, whoever has them."""
        if letter not in self.of_version:
            before = [self._of_version(other) for other in ascii_uppercase[: ascii_uppercase.index(letter)]]
            drawn = paper(self.exam, Student(f"version {letter}", ""), before, self._seen_by_all)
            self.of_version[letter] = replace(drawn, version=letter)
        return self.of_version[letter]

    @cached_property
    def _seen_by_all(self) -> Sequence[Paper]:
        """Return the papers of the earlier exam, those of a version once."""
        papers = (paper for student in self.seen for paper in self.seen[student])
        return list({paper.version or paper.student.id: paper for paper in papers}.values())

    def _spare(self, count: int) -> list[Paper]:
        """Return the spare papers, so many at least: those that were sealed are never taken away."""
        found = [paper for paper in self.kept.values() if paper.is_spare]
        for place in range(len(found), count):
            version = ascii_uppercase[place % self.exam.versions] if self.exam.versions else ""
            found.append(self._next(Student(f"spare-{self.number + 1}", ""), version, found[-1:]))
        return found


def paper(exam: Exam, student: Student, beside: Sequence[Paper] = (), seen: Iterable[Paper] = ()) -> Paper:
    """Return a student's paper: a function of the exam and the student's id, and of other papers.

    No question has the numbers that an earlier one of the same template has, or the same question on a paper `beside`
    it or any question on a paper that was `seen`, where the template has others. Each lies within the band of
    difficulty where one of the first drawings does.
    """
    found: list[Question] = []
    known: dict[str, list[str]] = {}
    for question in (question for other in seen for question in other.questions):
        known.setdefault(question.template.name, []).append(question.identity)
    for number, entry in enumerate(exam.entries, 1):
        there = [other.questions[number - 1].identity for other in beside]
        mine = [question.identity for question in found if question.template is entry.template]
        found.append(_drawn(exam, student, number, entry, mine, [*there, *known.get(entry.template.name, ())]))
    return Paper(student, tuple(found))


def _fixed_behind(exam: Exam, number: int, template: Template) -> list[str]:
    """Return the drawings of a template that all students get in later questions."""
    same = (entry for entry in exam.entries[number:] if entry.template is template and entry.is_fixed)
    return [fixed(entry.template, entry.seed, exam.conventions).identity for entry in same]


def _drawn(
    exam: Exam, student: Student, number: int, entry: Entry, mine: Collection[str], beside: Collection[str]
) -> Question:
    drawn_for = Drawer(exam.seed, student.id, str(number), exam.conventions, exam.by_hand)
    try:
        if entry.is_fixed:
            question = drawn_for.given(fixed(entry.template, entry.seed, exam.conventions), mine)
        else:
            taken = [*mine, *_fixed_behind(exam, number, entry.template)]
            question = drawn_for.question(entry.template, taken, beside)
    except LayerquizError as error:
        raise error.at(f"question {number}") from None
    return question if entry.points is None else question.worth(entry.points)


def is_alike(exam: Exam, found: Paper) -> bool:
    """Say whether every question that is drawn for one student lies within the band of difficulty of its template."""
    pairs = zip(exam.entries, found.questions, strict=True)
    own = (question for entry, question in pairs if not entry.is_fixed)
    return all(usual(question.template, exam.conventions).holds(question, exam.by_hand) for question in own)


def parse(text: str, file: str, spare_seed: Seed, templates: Mapping[str, Template] | None = None) -> Exam:
    """Return an exam from its file's text, which messages call `file`.

    `spare_seed` counts where the text gives no seed; whoever calls draws one that cannot be guessed. `templates` are
    those of the library unless others are given.
    """
    written = SourceText(file, text, 1, ExamError)
    keys = written.checked(ExamKeys, written.mapping())
    try:
        Conventions.of(keys.conventions)
    except LayerquizError as error:
        raise written.located(error, ("conventions",)) from None
    if keys.language not in LANGUAGES:
        what, cure = f'no exam is printed in the language "{keys.language}"', nearest(keys.language, LANGUAGES)
        raise written.fault(what, ("language",), cure=cure, slug="unknown-language")
    seed = spare_seed if keys.seed is None else keys.seed
    choosing = Choosing(written, keys, seed, library.templates() if templates is None else templates)
    entries, sections = choosing.chosen()
    return Exam(
        title=keys.title,
        course=keys.course,
        date=keys.date,
        instructions=keys.instructions,
        seed=seed,
        conventions=keys.conventions,
        policy=keys.policy,
        entries=entries,
        pass_share=None if keys.passing is None else Fraction(str(keys.passing)),
        aids=keys.aids,
        language=keys.language,
        paper_size=keys.paper_size,
        time=keys.time,
        letters=keys.letters,
        formula_sheet=keys.formula_sheet,
        versions=keys.versions if isinstance(keys.versions, int) else None,
        sections=sections,
        logo=keys.logo,
        header=keys.header,
        honour=keys.honour,
        signed=tuple(keys.signed),
    )

"""An exam: the file that says what is asked, and every student's paper, a pure function of exam and student."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from string import ascii_uppercase
from typing import Any

from layerquiz import exact
from layerquiz.errors import ExamError, LayerquizError, nearest
from layerquiz.exam import course_letters, library
from layerquiz.exam.balance import Drawer
from layerquiz.exam.difficulty import usual
from layerquiz.exam.drawing import fixed
from layerquiz.exam.entries import Choosing, Entry, Reader, Section
from layerquiz.exam.exam_keys import Aids, ExamKeys, PaperSize
from layerquiz.exam.question import Blank, Question
from layerquiz.exam.roster import Student
from layerquiz.exam.sample import Seed
from layerquiz.exam.seating import Planned, is_spare, plan
from layerquiz.exam.source import SourceText
from layerquiz.exam.template import Template
from layerquiz.languages import LANGUAGES, Words
from layerquiz.network.conventions import Conventions
from layerquiz.network.network import Network


@dataclass(frozen=True, slots=True)
class Signed:
    """Who has proofread an exam, and the code of what they read (`exam.proof` makes it)."""

    code: str
    by: tuple[str, ...]


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
    signed: Signed | None = None

    @property
    def signed_by(self) -> tuple[str, ...]:
        """Return who has signed the exam file, whatever they signed."""
        return self.signed.by if self.signed else ()

    @property
    def words(self) -> Words:
        """Return the words of its language, with the letters of its course."""
        return Words(self.language, tuple(sorted(self.letters.items())))

    @property
    def by_hand(self) -> bool:
        """Say whether everything is calculated by hand."""
        return self.aids == "none"

    def worth(self, section: Section) -> Fraction:
        """Return the points of a section's questions."""
        place = self.sections.index(section)
        last = self.sections[place + 1].first if self.sections[place + 1 :] else len(self.entries) + 1
        return exact.total(entry.worth for entry in self.entries[section.first - 1 : last - 1])


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
        return is_spare(self.student)

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
        return exact.total(question.points for question in self.questions)


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

    `kept` are papers that were sealed already, by student: they stay as they are with their numbers, spare ones too,
    and those who come late are drawn beside them and numbered behind them, so that a late registration changes nobody's
    paper. `seen` are papers of an earlier exam, by student, whose numbers are avoided.
    """
    there = kept or {}
    return drawn(exam, planned(exam, students, there, spare), there, seen or {})


def planned(exam: Exam, students: Sequence[Student], kept: Mapping[str, Paper], spare: int = 0) -> list[Planned]:
    """Return who gets a paper of which number and version, without looking at a question."""
    before = {name: Planned(paper.student, paper.number, paper.version) for name, paper in kept.items()}
    return plan(exam.versions, students, before, spare)


def drawn(
    exam: Exam, wanted: Sequence[Planned], kept: Mapping[str, Paper], seen: Mapping[str, Sequence[Paper]]
) -> list[Paper]:
    """Return the papers that were planned, for a class or a part of it.

    A paper is that of `paper`, but for a question in which a neighbour has the same numbers: there the next drawing of
    the same student takes its place. So a paper depends on the exam, the student, and, seldom, on who sits before.
    Students of one version have the same questions: those of the first of the `kept` papers that has it.
    """
    of_version = Versions(exam, kept.values(), seen)
    found: list[Paper] = []
    for place, each in enumerate(wanted):
        student = each.student
        if student.id in kept:
            made = kept[student.id]
        elif each.version:
            made = of_version.paper(each.version)
        else:
            after = [kept[other.student.id] for other in wanted[place + 1 : place + 2] if other.student.id in kept]
            made = paper(exam, student, (*found[-1:], *after), seen.get(student.id, ()))
        found.append(replace(made, student=student, number=each.number))
    return found


class Versions:
    """The papers of an exam's versions, each drawn when it is asked for."""

    def __init__(self, exam: Exam, kept: Iterable[Paper], seen: Mapping[str, Sequence[Paper]]) -> None:
        self.exam, self.seen = exam, seen
        self.known: dict[str, Paper] = {}
        for paper in kept:
            self.known.setdefault(paper.version, paper)

    def paper(self, letter: str) -> Paper:
        """Return the paper of a version; those before it in the alphabet are drawn first, whoever has them."""
        if letter not in self.known:
            before = [self.paper(other) for other in ascii_uppercase[: ascii_uppercase.index(letter)]]
            found = paper(self.exam, Student(f"version {letter}", ""), before, self._seen_by_anybody)
            self.known[letter] = replace(found, version=letter)
        return self.known[letter]

    @cached_property
    def _seen_by_anybody(self) -> Sequence[Paper]:
        """Return the papers of the earlier exam, those of a version once."""
        papers = (paper for student in self.seen for paper in self.seen[student])
        return list({paper.version or paper.student.id: paper for paper in papers}.values())


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


def parse(
    text: str,
    file: str,
    spare_seed: Seed,
    templates: Mapping[str, Template] | None = None,
    networks: Reader = Network.named,
) -> Exam:
    """Return an exam from its file's text, which messages call `file`.

    `spare_seed` counts where the text gives no seed; whoever calls draws one that cannot be guessed. `templates` are
    those of the library unless others are given, `networks` finds a network by its name: the known ones.
    """
    written = SourceText(file, text, 1, ExamError)
    keys = written.checked(ExamKeys, written.mapping())
    try:
        Conventions.of(keys.conventions)
    except LayerquizError as error:
        raise written.located(error, ("conventions",)) from None
    try:
        course_letters.check(keys.letters)
    except LayerquizError as error:
        raise written.located(error, ("letters",)) from None
    if keys.language not in LANGUAGES:
        what, cure = f'no exam is printed in the language "{keys.language}"', nearest(keys.language, LANGUAGES)
        raise written.fault(what, ("language",), cure=cure, slug="unknown-language")
    seed = spare_seed if keys.seed is None else keys.seed
    choosing = Choosing(written, keys, seed, library.templates() if templates is None else templates, networks)
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
        signed=None if keys.signed is None else Signed(keys.signed.code, tuple(keys.signed.by)),
    )

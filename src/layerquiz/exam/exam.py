"""An exam: the file that says what is asked, and every student's paper, a pure function of exam and student."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from layerquiz.errors import ExamError, LayerquizError, nearest
from layerquiz.exam import library, sample
from layerquiz.exam.balance import Drawer
from layerquiz.exam.difficulty import usual
from layerquiz.exam.forms.base import Points
from layerquiz.exam.question import Blank, Question
from layerquiz.exam.roster import Student
from layerquiz.exam.sample import Seed
from layerquiz.exam.source import Path, SourceText
from layerquiz.exam.template import Template
from layerquiz.network.conventions import Conventions

Aids: TypeAlias = Literal["calculator", "none"]
"""What may be used besides pen and paper."""


class _Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DrawKeys(_Keys):
    """Templates chosen by topic and level."""

    topic: str | None = None
    level: Annotated[int, Field(ge=1, le=5)] | None = None
    count: Annotated[int, Field(ge=1, le=100)] = 1


class EntryKeys(_Keys):
    """One entry of `questions` as written."""

    template: str | None = None
    draw: dict[str, Any] | None = None
    text: str | None = None
    points: Points | None = None
    policy: dict[str, Any] = {}


class ExamKeys(_Keys):
    """The exam file as written."""

    title: str
    course: str = ""
    date: str = ""
    instructions: str = ""
    aids: Aids | None = None
    seed: int | str | None = None
    conventions: str | dict[str, Any] = "textbook"
    policy: dict[str, Any] = {}
    passing: Annotated[float | None, Field(gt=0, le=1, alias="pass")] = None
    questions: Annotated[list[Any], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Entry:
    """One question of the exam before it is drawn; without `points` the template's own count."""

    template: Template
    points: Fraction | None
    policy: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Exam:
    """An exam, ready to draw. Policies are plain data here; they are checked where marks are made.

    pass_share: the share of the points that passes, where the exam says so. aids: what may be used, where it says so;
    without a calculator the numbers of all papers are equally long.
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

    @property
    def by_hand(self) -> bool:
        """Say whether everything is calculated by hand."""
        return self.aids == "none"


@dataclass(frozen=True, slots=True)
class Paper:
    """One student's exam."""

    student: Student
    questions: Sequence[Question]

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


def papers(exam: Exam, students: Sequence[Student], kept: Mapping[str, Paper] | None = None) -> list[Paper]:
    """Return the papers of a class in the order of its roster; two neighbours have other numbers in every question.

    A paper is that of `paper`, but for a question in which the neighbour before has the same numbers: there the next
    drawing of the same student takes its place. So a paper depends on the exam, the student, and, seldom, on who sits
    before. `kept` are papers that were sealed already, by student: they stay as they are, and those who come late are
    drawn beside them, so that a late registration changes nobody's paper.
    """
    there = kept or {}
    found: list[Paper] = []
    for place, student in enumerate(students):
        if student.id in there:
            found.append(Paper(student, there[student.id].questions))
            continue
        after = [there[other.id] for other in students[place + 1 : place + 2] if other.id in there]
        found.append(paper(exam, student, (*found[-1:], *after)))
    return found


def paper(exam: Exam, student: Student, beside: Sequence[Paper] = ()) -> Paper:
    """Return a student's paper: a function of the exam and the student's id, and of the papers `beside` it.

    No question has the numbers that an earlier one of the same template has, or the same question on a paper beside it
    where the template has others. Each lies within the band of difficulty where one of the first drawings does.
    """
    found: list[Question] = []
    for number, entry in enumerate(exam.entries, 1):
        there = [other.questions[number - 1].identity for other in beside]
        mine = [question.identity for question in found if question.template is entry.template]
        found.append(_drawn(exam, student, number, entry, mine, there))
    return Paper(student, tuple(found))


def _drawn(
    exam: Exam, student: Student, number: int, entry: Entry, mine: Collection[str], beside: Collection[str]
) -> Question:
    drawn_for = Drawer(exam.seed, student.id, str(number), exam.conventions, exam.by_hand)
    try:
        question = drawn_for.question(entry.template, mine, beside)
    except LayerquizError as error:
        raise error.at(f"question {number}") from None
    return question if entry.points is None else question.worth(entry.points)


def is_alike(exam: Exam, found: Paper) -> bool:
    """Say whether every question of a paper lies within the band of difficulty of its template."""
    return all(usual(question.template, exam.conventions).holds(question, exam.by_hand) for question in found.questions)


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
    seed = spare_seed if keys.seed is None else keys.seed
    choosing = Choosing(written, seed, library.templates() if templates is None else templates)
    return Exam(
        title=keys.title,
        course=keys.course,
        date=keys.date,
        instructions=keys.instructions,
        seed=seed,
        conventions=keys.conventions,
        policy=keys.policy,
        entries=tuple(choosing.entries(keys.questions)),
        pass_share=None if keys.passing is None else Fraction(str(keys.passing)),
        aids=keys.aids,
    )


class Choosing:
    """Finds the templates of an exam's questions; those of a `draw` are the same for all students."""

    def __init__(self, written: SourceText, seed: Seed, templates: Mapping[str, Template]) -> None:
        self.written, self.seed, self.templates = written, seed, templates

    def entries(self, found: Sequence[Any]) -> Iterator[Entry]:
        """Yield the questions in the order of the file; a draw takes no template that the exam has already."""
        checked = [self._keys(entry, ("questions", place)) for place, entry in enumerate(found)]
        used = {keys.template for keys in checked if keys.template is not None}
        called: dict[str, Template] = {}
        for place, keys in enumerate(checked):
            points = None if keys.points is None else Fraction(str(keys.points))
            for name in self._names(keys, place, used):
                template = self.templates[name]
                if called.setdefault(template.name, template).text != template.text:
                    # The seal keeps each template by its name: one of the two would take the other's place.
                    what = f'two different templates are called "{template.name}"'
                    raise self.written.fault(what, ("questions", place), cure="Rename one file", slug="doubled-name")
                yield Entry(template, points, keys.policy)

    def _keys(self, entry: Any, path: Path) -> EntryKeys:
        keys = self.written.checked(EntryKeys, entry, path)
        if keys.text is not None:
            what = "questions of your own text cannot be printed yet"
            raise self.written.fault(what, (*path, "text"), cure="Use template or draw", slug="text-not-available")
        if (keys.template is None) == (keys.draw is None):
            what = "a question has one of template and draw"
            raise self.written.fault(what, path, cure="Write one such as {template: conv-size}", slug="wrong-value")
        if keys.template is not None and keys.template not in self.templates:
            what, cure = f'no template is called "{keys.template}"', nearest(keys.template, self.templates)
            raise self.written.fault(what, (*path, "template"), cure=cure, slug="unknown-template")
        return keys

    def _names(self, keys: EntryKeys, place: int, used: set[str]) -> list[str]:
        if keys.template is not None:
            return [keys.template]
        path = ("questions", place, "draw")
        wanted = self.written.checked(DrawKeys, keys.draw, path)
        self._check_topic(wanted, path)
        fitting = [name for name in sorted(self.templates) if self._fits(name, wanted) and name not in used]
        if len(fitting) < wanted.count:
            what = f"{wanted.count} templates are wanted and {len(fitting)} fit that the exam does not use already"
            raise self.written.fault(what, path, cure="Ask for fewer, or for another topic or level", slug="too-few")
        random = sample.generator(self.seed, "", f"draw {place + 1}")
        chosen = [fitting.pop(sample.below(random, len(fitting))) for _ in range(wanted.count)]
        used.update(chosen)
        return chosen

    def _check_topic(self, wanted: DrawKeys, path: Path) -> None:
        topics = {topic for template in self.templates.values() for topic in template.topics}
        if wanted.topic is not None and wanted.topic not in topics:
            what, cure = f'no template has the topic "{wanted.topic}"', nearest(wanted.topic, topics)
            raise self.written.fault(what, (*path, "topic"), cure=cure, slug="unknown-topic")

    def _fits(self, name: str, wanted: DrawKeys) -> bool:
        template = self.templates[name]
        return wanted.topic in (None, *template.topics) and wanted.level in (None, template.level)

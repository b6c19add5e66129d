"""The format-free sheet: what is printed, without how. Each format is one module that reads these values.

Texts called Markdown may hold `$...$` mathematics, emphasis, lists, tables and code. Everything else is plain text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from layerquiz.languages import ENGLISH, Words, phrase
from layerquiz.render.look import USUAL_LOOK, Look

COMMAND = re.compile(r"\\[A-Za-z]+|[{}]")
LINE_BREAK = "\\\n"
WIDE_SPACE = "\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}\N{NO-BREAK SPACE} "
SHORT_LINE = 72
"""So many signs fit beside each other on a line of a derivation."""


def paid(points: str, words: Words) -> str:
    """Return points with their word: `1 point`, `2 points`."""
    return words(POINTS[0] if words.is_one(Fraction(points.replace(",", "."))) else POINTS[1], points=points)


POINTS = (phrase("{points} point"), phrase("{points} points"))


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text in Markdown; may hold several paragraphs, lists and small tables.

    A heading keeps what follows; a large one begins a part of the document.
    """

    markdown: str
    heading: bool = False
    large: bool = False

    @property
    def leads(self) -> bool:
        """Return whether no page ends behind it: a heading, a line in bold, words that end with a colon."""
        bold = self.markdown.startswith("**") and self.markdown.endswith("**")
        return self.heading or bold or self.markdown.endswith(":")


@dataclass(frozen=True, slots=True)
class Step:
    """One worked step. `latex` is the left side and then the right side of each equality, without signs of equality.

    `layer` is named where the steps beside it are about other layers.
    """

    latex: tuple[str, ...]
    text: str
    where: tuple[str, ...] = ()
    note: str = ""
    layer: str = ""
    words: Words = ENGLISH

    @property
    def letters(self) -> str:
        """Return what its letters mean, as Markdown: `where $K = 11$ (kernel size)`."""
        return self.words("where {letters}", letters=self.words("; ").join(self.where)) if self.where else ""

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the right sides as lines: one for each equality, or one for all where it is short."""
        together = " = ".join(self.latex[1:])
        signs = len(COMMAND.sub(" ", together))
        return (together,) if signs <= SHORT_LINE and r"\frac" not in together else self.latex[1:]


@dataclass(frozen=True, slots=True)
class Parting:
    """The step at which somebody's way leaves the right one: as it was made, beside how it should be.

    `told` and the titles of the sides are Markdown.
    """

    told: str
    sides: tuple[tuple[str, tuple[Step, ...]], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that may be long; cells are Markdown. `align` has one of `l`, `c`, `r` for each column."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: str = ""

    def alignment(self) -> tuple[str, ...]:
        """Return one letter for each column; columns that `align` does not name are set left."""
        return tuple(self.align.ljust(len(self.columns), "l"))[: len(self.columns)]


Block: TypeAlias = Paragraph | Step | Parting | Table


@dataclass(frozen=True, slots=True)
class Blank:
    """One place for one answer. `key` is Markdown and is printed in the solution only; a formula gets a `wide` box.

    `options` are what can be chosen or put in order, each a letter and Markdown; `prompt` says what is to be written.
    """

    id: str
    label: str
    points: str
    key: str
    unit: str = ""
    wide: bool = False
    options: tuple[tuple[str, str], ...] = ()
    prompt: str = ""
    unit_of_one: str = ""
    words: Words = ENGLISH

    @property
    def paid(self) -> str:
        """Return its points in words."""
        return paid(self.points, self.words)

    @property
    def beside(self) -> str:
        """Return what stands beside the place for the answer: the label, unless it stands above the options."""
        return self.prompt if self.options else self.label

    @property
    def choices(self) -> Paragraph:
        """Return the label and the options under it, as they are printed above the places for the answers.

        Short ones stand side by side; lines of mathematics are apart.
        """
        head = f"**{self.mark}** {self.label}" if self.mark else self.label
        listed = [f"**{letter}**\N{NO-BREAK SPACE}{text}" for letter, text in self.options]
        is_short = sum(map(len, listed)) <= SHORT_LINE and "$" not in "".join(listed)
        apart = WIDE_SPACE if is_short else "\n\n" if "$" in "".join(listed) else LINE_BREAK
        return Paragraph(f"{head}\n\n{apart.join(listed)}")

    @property
    def mark(self) -> str:
        """Return the letter that the paper shows: `(a)` for `1a`, none for the only blank of a question, `3`."""
        letter = self.id.lstrip("0123456789")
        return f"({letter})" if letter else ""

    @property
    def key_unit(self) -> str:
        """Return the unit of the right answer: 96 pixels, 1 pixel."""
        return (self.unit_of_one or self.unit) if self.key == "$1$" else self.unit


@dataclass(frozen=True, slots=True)
class AnswerGrid:
    """A table to fill in: one blank per cell; a cell that is `None` is not asked."""

    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Blank | None, ...]], ...]

    def blanks(self) -> tuple[Blank, ...]:
        """Return the blanks, row by row; one without a label is named by its row and column."""
        return tuple(
            cell if cell.label else replace(cell, label=f"{label}: {column}")
            for label, cells in self.rows
            for column, cell in zip(self.columns, cells, strict=True)
            if cell is not None
        )


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `solution` has the worked blocks of each blank; `space` is working room in millimetres."""

    number: int
    title: str
    points: str
    body: tuple[Block, ...]
    blanks: tuple[Blank, ...] = ()
    grid: AnswerGrid | None = None
    solution: tuple[tuple[str, tuple[Block, ...]], ...] = ()
    space: int = 0
    words: Words = ENGLISH

    @property
    def paid(self) -> str:
        """Return its points in words."""
        return paid(self.points, self.words)

    def worked(self) -> tuple[tuple[Blank | None, tuple[Block, ...]], ...]:
        """Return each blank with its worked blocks, in the order of `solution`; blocks of no blank come with `None`."""
        known: dict[str, Blank] = {blank.id: blank for blank in self.all_blanks()}
        told = {name for name, _ in self.solution}
        silent = tuple((blank, ()) for blank in self.blanks if blank.id not in told)
        return (*((known.get(name), blocks) for name, blocks in self.solution), *silent)

    @property
    def statement(self) -> tuple[Block, ...]:
        """Return what is read before anything is answered: the body, and the options to choose from."""
        return (*self.body, *(blank.choices for blank in self.blanks if blank.options))

    def all_blanks(self) -> tuple[Blank, ...]:
        """Return the blanks of the rows and of the grid."""
        return (*self.blanks, *(self.grid.blanks() if self.grid else ()))


@dataclass(frozen=True, slots=True)
class Section:
    """A part of an exam: its title, what it says (Markdown), and the number of its first question."""

    title: str
    first: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """One student's exam.

    exam: the identity of the exam in hexadecimal digits, which the code of each page says. minutes: the time of
    everybody; extra_time: what this student has beyond it, in per cent. aids and honour are sentences, the first in
    English. overflow says whether a page for more working stands behind the questions, scratch how many pages that are
    not graded, html whether the student needs the paper as a page for a screen reader too.
    """

    course: str
    title: str
    date: str
    instructions: str
    conventions: tuple[str, ...]
    student_name: str
    student_id: str
    number: int
    questions: tuple[Question, ...]
    total: str
    policy: tuple[str, ...] = ()
    exam: str = ""
    version: str = ""
    room: str = ""
    seat: str = ""
    minutes: int | None = None
    extra_time: int = 0
    aids: str = ""
    honour: str = ""
    sections: tuple[Section, ...] = ()
    formula_sheet: bool = False
    overflow: bool = True
    scratch: int = 1
    html: bool = False
    look: Look = USUAL_LOOK

    @property
    def language(self) -> str:
        """Return the language of the fixed words."""
        return self.look.language

    @property
    def own_minutes(self) -> int:
        """Return this student's time in whole minutes, rounded up; 0 where the exam does not say."""
        return -(-(self.minutes or 0) * (100 + self.extra_time) // 100)


@dataclass(frozen=True, slots=True)
class Page:
    """A general document: a heading, lines of `label, value`, and blocks. One student's feedback is one."""

    title: str
    subtitle: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One of two ways to an answer, as a slide shows them beside each other. `end` is Markdown: what the way gives."""

    title: str
    steps: tuple[Step, ...]
    end: str


@dataclass(frozen=True, slots=True)
class Slide:
    """One mistake, to be shown to a class: what was asked, the question to think about, and both ways.

    letters: what the letters of both ways mean, in Markdown.
    """

    title: str
    count: str
    hint: str
    body: Paragraph
    sides: tuple[Side, Side]
    letters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """Questions without a student: a practice sheet, or one drawn question; `words` are those of its language."""

    title: str
    questions: tuple[Question, ...]
    subtitle: str = ""
    conventions: tuple[str, ...] = ()
    solutions: bool = False
    words: Words = ENGLISH

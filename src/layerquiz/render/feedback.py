"""Graded exams as documents: a page for each student."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from layerquiz.exam.exam import Exam, blank_id
from layerquiz.grading.grade import Graded, Result
from layerquiz.render.document import Block, Page, Paragraph, Table
from layerquiz.render.escape import literal
from layerquiz.render.questions import key, points
from layerquiz.render.steps import worked


def page(exam: Exam, result: Result, provisional: bool) -> Page:
    """Return what one student gets back: each answer as it was read, its points, a hint, and the worked steps."""
    blocks: list[Block] = []
    for number, question in result.paper.numbered:
        graded = [result.blanks[blank_id(number, blank, question)] for blank in question.blanks]
        got = sum((entry.mark.points for entry in graded), Fraction(0))
        title = f"{number}. {question.title}: {points(got)} of {points(question.points)} points"
        blocks.append(Paragraph(title, heading=True))
        blocks += [*_answers(graded), *_hints(graded)]
        for entry, derivation in zip(graded, question.solution, strict=True):
            if entry.story.verdict not in ("correct", "carried"):
                told = f"How {entry.blank} is worked out; the answer is {key(entry.story.expected)}"
                blocks.append(Paragraph(told, heading=True))
                blocks += worked(derivation)
    facts = (
        ("student", f"{result.paper.student.name} ({result.paper.student.id})"),
        ("points", f"{points(result.points)} of {points(result.possible)}"),
        *((("state", "provisional: some answers of this exam are still to be read"),) if provisional else ()),
    )
    return Page(exam.title, exam.course, facts, tuple(blocks))


def _answers(graded: list[Graded]) -> Iterator[Block]:
    """Yield the answers as they were read; in a long table those that are right are only named."""
    wrong = [entry for entry in graded if entry.story.verdict != "correct"]
    shown = graded if len(graded) <= SHORT_TABLE else wrong
    if shown:
        yield _table(shown)
    if len(shown) < len(graded):
        names = ", ".join(entry.blank for entry in graded if entry not in shown)
        yield Paragraph("All answers are right." if not wrong else f"Right: {names}.")


def _table(graded: list[Graded]) -> Table:
    rows = tuple(
        (
            entry.blank,
            _literal(entry.story.written),
            _literal(entry.story.shown),
            entry.story.verdict,
            f"{points(entry.mark.points)} of {points(entry.mark.possible)}",
        )
        for entry in graded
    )
    return Table(("blank", "your answer", "read as", "verdict", "points"), rows, "llllr")


def _hints(graded: list[Graded]) -> list[Paragraph]:
    return [
        Paragraph(f"*{entry.blank}*: {literal(entry.story.hint)}")
        for entry in graded
        if entry.story.hint and entry.story.verdict not in ("correct", "blank")
    ]


LONGEST_ANSWER = 60
SHORT_TABLE = 6


def _literal(text: str) -> str:
    """Return what somebody wrote as Markdown, cut where it is long: it stands for itself, whatever it holds."""
    flat = " ".join(text.split())
    return literal(flat if len(flat) <= LONGEST_ANSWER else f"{flat[:LONGEST_ANSWER]}...")

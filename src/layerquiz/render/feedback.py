"""Graded exams as documents: a page for each student, and one for the class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from layerquiz.exam.exam import Exam, blank_id
from layerquiz.grading.grade import Graded, Report, Result
from layerquiz.grading.statistics import ClassSummary, look_at
from layerquiz.network.mistakes import CATALOGUE
from layerquiz.render.document import Block, Page, Paragraph, Table
from layerquiz.render.escape import literal
from layerquiz.render.questions import key, points, steps


def page(exam: Exam, result: Result, provisional: bool) -> Page:
    """Return what one student gets back: each answer as it was read, its points, a hint, and the worked steps."""
    blocks: list[Block] = []
    for number, question in result.paper.numbered:
        graded = [result.blanks[blank_id(number, blank, question)] for blank in question.blanks]
        got = sum((entry.mark.points for entry in graded), Fraction(0))
        title = f"{number}. {question.title}: {points(got)} of {points(question.points)} points"
        blocks.append(Paragraph(title, heading=True))
        blocks += [*_answers(graded), *_hints(graded)]
        for entry, blank, derivation in zip(graded, question.blanks, question.solution, strict=True):
            if entry.story.verdict not in ("correct", "carried"):
                told = f"How {entry.blank} is worked out; the answer is {key(entry.story.expected)}"
                blocks.append(Paragraph(told, heading=True))
                blocks += steps(blank, derivation)
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


def class_summary(exam: Exam, report: Report, summary: ClassSummary, provisional: bool) -> Page:
    """Return how the class did: where to look first, then every blank, then the mistakes that were made."""
    blocks: list[Block] = []
    found = look_at(summary)
    if found:
        blocks.append(Paragraph("Look at these first", heading=True))
        blocks.append(Paragraph("\n".join(f"- {literal(line)}" for line in found)))
    blocks.append(Paragraph("Every blank", heading=True))
    rows = tuple(
        (
            item.blank,
            str(item.answered),
            str(item.correct),
            str(item.omitted),
            f"{float(item.mean):.0%}",
            ", ".join(f"{slug} ({count})" for slug, count in item.mistakes[:3]),
        )
        for item in summary.items
    )
    blocks.append(Table(("blank", "answers", "right", "left out", "mean", "mistakes"), rows, "lrrrrl"))
    if summary.mistakes:
        blocks.append(Paragraph("Mistakes, by the number of students who made them", heading=True))
        told = tuple((str(count), slug, literal(CATALOGUE[slug].hint)) for slug, count in summary.mistakes)
        blocks.append(Table(("students", "mistake", "what to ask them"), told, "rll"))
    return Page(f"{exam.title}: the class", exam.course, _class_facts(report, summary, provisional), tuple(blocks))


def _class_facts(report: Report, summary: ClassSummary, provisional: bool) -> tuple[tuple[str, str], ...]:
    possible = points(summary.possible)
    facts: Mapping[str, str] = {
        "papers": f"{summary.papers}, {summary.handed_in} handed in",
        "mean": f"{float(summary.mean):.2f} of {possible} points",
        "best": f"{points(summary.best)} of {possible} points",
        "to be read": f"{len(report.review)} answers" + (": the grades are provisional" if provisional else ""),
    }
    return tuple(facts.items())

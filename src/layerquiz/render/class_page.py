"""How a class did, as a document: where to look first, every blank, and the mistakes that were made."""

from __future__ import annotations

from layerquiz.exam.exam import Exam
from layerquiz.grading.findings import findings
from layerquiz.grading.statistics import ClassSummary
from layerquiz.network.mistakes import CATALOGUE
from layerquiz.render.document import Block, Page, Paragraph, Table
from layerquiz.render.escape import literal
from layerquiz.render.findings import correlation, percent, said
from layerquiz.render.questions import points


def page(exam: Exam, summary: ClassSummary, provisional: bool) -> Page:
    """Return the summary of a class as a page."""
    blocks: list[Block] = []
    found = [said(finding) for finding in findings(summary)]
    if found:
        blocks.append(Paragraph("Look at these first", heading=True))
        blocks.append(Paragraph("\n".join(f"- {literal(f'{entry.headline}. {entry.why}')}" for entry in found)))
    blocks.append(Paragraph("Every blank", heading=True))
    blocks.append(_blanks(summary))
    if summary.mistakes:
        blocks.append(Paragraph("Mistakes, by the number of students who made them", heading=True))
        told = tuple((str(count), slug, literal(CATALOGUE[slug].hint)) for slug, count in summary.mistakes)
        blocks.append(Table(("students", "mistake", "what to ask them"), told, "rll"))
    return Page(f"{exam.title}: the class", exam.course, _facts(summary, provisional), tuple(blocks))


def _blanks(summary: ClassSummary) -> Table:
    rows = tuple(
        (
            item.blank,
            str(item.answered),
            str(item.correct),
            str(item.omitted),
            percent(item.mean),
            correlation(item.discrimination),
            ", ".join(f"{slug} ({count})" for slug, count in item.mistakes[:3]),
        )
        for item in summary.items
    )
    columns = ("blank", "answers", "right", "left out", "mean", "item-rest", "mistakes")
    return Table(columns, rows, "lrrrrrl")


def _facts(summary: ClassSummary, provisional: bool) -> tuple[tuple[str, str], ...]:
    possible = points(summary.possible)
    return (
        ("papers", f"{summary.papers}, {summary.handed_in} handed in"),
        ("mean", f"{float(summary.mean):.2f} of {possible} points"),
        ("best", f"{points(summary.best)} of {possible} points"),
        ("to be read", f"{summary.to_read} answers" + (": the grades are provisional" if provisional else "")),
    )

"""What is written about a class as a whole: the report with its charts, the same as Markdown, and slides."""

from __future__ import annotations

from collections.abc import Iterator

from layerquiz import engine, files
from layerquiz.exam.exam import Exam
from layerquiz.grading.statistics import ClassSummary
from layerquiz.press.names import without_tex
from layerquiz.render import charts, class_page, latex, markdown
from layerquiz.render import report as class_report
from layerquiz.render import slides as slide_show


def collect(
    collected: files.Target, exam: Exam, summary: ClassSummary, provisional: bool, *, names: bool, slides: bool
) -> Iterator[str]:
    """Add what is written about a class to the files that are written; yield what the user should know.

    `names` says whether students are named where they share a mistake, `slides` whether slides are set.
    """
    collected.add("summary.md", markdown.page(class_page.page(exam, summary, provisional)))
    drawn = charts.charts(summary, charts.matrix(summary)) if charts.are_available() else None
    collected.add("report.html", class_report.page(exam, summary, drawn, provisional, names))
    if drawn is None:
        yield class_report.WITHOUT_CHARTS
    if slides:
        yield from _add_slides(collected, summary)


def _add_slides(collected: files.Target, summary: ClassSummary) -> Iterator[str]:
    """Set one slide for each mistake; say why there are none, where there are none."""
    shown = slide_show.slides(summary)
    if not shown:
        yield "no slides: no mistake was made that has a way of its own"
    elif not engine.available():
        yield without_tex("slides")
    else:
        source = latex.slides(shown)
        collected.add("slides.pdf", engine.typeset(source.text, source.parts)["slide"])

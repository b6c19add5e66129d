"""How the papers of an exam look, and the further files of some of them: a page for a screen reader, LaTeX to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from layerquiz.engine import fonts
from layerquiz.errors import ExamError
from layerquiz.exam.exam import Exam, Paper
from layerquiz.exam.proof import unsigned_because
from layerquiz.press.chunks import Layout
from layerquiz.press.draw import SAID
from layerquiz.press.drawing import Class
from layerquiz.press.names import PAPERS, TEX
from layerquiz.press.setting import said
from layerquiz.press.work import Work
from layerquiz.render import formula_sheet, latex, papers
from layerquiz.render.look import Look
from layerquiz.render.themes import Theme


def look_of(exam: Exam, theme: Theme, found: Iterable[Paper]) -> Look:
    """Return what all papers of an exam have in common; its formulas are those of all papers together."""
    formulas = (
        formula_sheet.rules(question for paper in found for question in paper.questions) if exam.formula_sheet else ()
    )
    return Look(
        exam.language,
        theme=theme,
        draft=bool(unsigned_because(exam)),
        formulas=formula_sheet.sheet(formulas, exam.words),
    )


def documents(
    exam: Exam, found: Iterable[Paper], named: Mapping[int, str], sentences: tuple[str, ...], look: Look
) -> dict[str, str]:
    """Return the papers that are read by a screen reader, by their names in the folder; `named` are those of PDFs."""
    from layerquiz.render import html_paper  # few exams have such a paper

    sheets = (papers.paper(exam, paper, paper.number, sentences, look.theme, look.formulas) for paper in found)
    return {f"{PAPERS}/{named[sheet.number]}.html": html_paper.page(sheet) for sheet in sheets if sheet.html}


def in_latex(drawn: Class, done: Layout, work: Work, number: int, name: str, look: Look) -> dict[str, str | bytes]:
    """Return the LaTeX of one paper and its solution, which any XeLaTeX sets as they were printed, and its pictures.

    Raises `ExamError` where no paper has the number.
    """
    if number not in drawn.numbers:
        cure = f"The papers have the numbers {min(drawn.numbers)} to {max(drawn.numbers)}"
        raise ExamError(f"there is no paper {number}", cure=cure, slug="no-paper")
    found = [paper for paper in drawn.printed(work, {number}) if paper.number == number]
    source = latex.joined([*said(found, done.said, SAID)], done.sizes, look=look)
    pictures = {f"{TEX}/{picture}": content for picture, content in source.files}
    return {f"{TEX}/{name}.tex": fonts.portable(source.text), **pictures}

"""`exam --preview`: one paper and its solution, as they would be printed, for nobody in particular."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from layerquiz import engine, files, themed
from layerquiz.exam import exam as exams
from layerquiz.exam.assumptions import Gathered
from layerquiz.exam.roster import Student
from layerquiz.files import Written
from layerquiz.grading.policy import assumed
from layerquiz.press import opened
from layerquiz.press.looks import look_of
from layerquiz.press.names import without_tex
from layerquiz.render import latex, markdown, papers
from layerquiz.render.document import Paper

NOBODY = Student("preview", "Ada Lovelace")
"""The student who takes the preview."""


def write_preview(exam_file: str, target: str, force: bool, theme_file: str | None = None) -> Written:
    """Write one paper and its solution, as PDF where TeX is installed, else as Markdown."""
    exam = opened.parsed(files.read_text(exam_file), exam_file, "preview")
    drawn = exams.papers(exam, [NOBODY])[0]
    said = assumed(exam, Gathered.of(drawn.numbered))
    look = look_of(exam, themed.theme(exam, exam_file, theme_file), [drawn])
    document = replace(papers.paper(exam, drawn, drawn.number, said), look=look)
    collected = files.Target(Path(target), force=force)
    for name, content in (_pdfs(document) if engine.available() else _texts(document)).items():
        collected.add(name, content)
    notes = () if engine.available() else (without_tex("PDF"),)
    return Written(target, tuple(collected.commit()), notes)


def _pdfs(document: Paper) -> dict[str, bytes]:
    source = latex.papers([document])
    parts = engine.typeset(source.text, source.parts, source.files)
    return {f"{kind}.pdf": parts[f"{kind}/{document.number}"] for kind in ("paper", "solution")}


def _texts(document: Paper) -> dict[str, str]:
    return {"paper.md": markdown.paper(document), "solution.md": markdown.solution(document)}

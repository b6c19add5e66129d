"""The theme of an exam's papers: read from the files that its author names, tried, and kept in the exam folder."""

from __future__ import annotations

from pathlib import Path

from layerquiz import engine, files
from layerquiz.errors import LayerquizError, OutsideError
from layerquiz.exam.exam import Exam
from layerquiz.render import latex, themes
from layerquiz.render.document import Blank, Paper, Paragraph, Question
from layerquiz.render.look import Look
from layerquiz.render.themes import Theme

LOGO_LIMIT = 5_000_000
"""The most bytes of a logo."""

KEPT = "theme.tex.j2"
"""What a theme is called in an exam folder: the papers can be printed again from there."""


def theme(exam: Exam, exam_file: str, theme_file: str | None) -> Theme:
    """Return the theme of an exam: a file, else the package's own, with the exam's logo and header.

    A logo is looked for from the folder of the exam file. Raises `LayerquizError` where a file cannot be used.
    """
    text = "" if theme_file is None else files.read_text(theme_file)
    try:
        logo = _logo(Path(exam_file).parent / exam.logo) if exam.logo else b""
    except LayerquizError as error:
        raise error.at(f"{exam_file}, logo") from None
    found = Theme(text, theme_file or "", logo, exam.header)
    themes.written(found, exam.language)
    if found.text or found.logo:
        _try(found, exam)
    return found


def _logo(path: Path) -> bytes:
    """Return a logo; of what is neither file nor folder, such as a pipe, nobody may ever write the end."""
    if path.exists() and not (files.is_file(path) or files.is_folder(path)):
        raise LayerquizError("no file", where=str(path), cure="Name a picture", slug="logo")
    logo = files.read_data(path, LOGO_LIMIT)
    themes.check_logo(logo, str(path))
    return logo


def _try(found: Theme, exam: Exam) -> None:
    """Set one small paper: what is wrong with a theme is told as that, and not of the first student's paper."""
    if not engine.available():
        return
    asked = Question(1, "Question", "1", (Paragraph("Text."),), (Blank("1", "answer", "1", "1"),), space=10)
    named = (exam.course, exam.title, exam.date, exam.instructions)
    paper = Paper(*named, (), "Name", "1", 1, (asked,), "1", exam="0" * 10, look=Look(exam.language, theme=found))
    source = latex.papers((paper,))
    try:
        engine.typeset(source.text, source.parts, source.files)
    except OutsideError as error:
        where = found.file if found.text else exam.logo
        cure = (
            f"Compare it with the theme that {themes.TO_COPY} writes"
            if found.text
            else "Save the logo once more as PDF"
        )
        raise LayerquizError(f"cannot be printed: {error.what}", where=where, cure=cure, slug="theme") from None


def kept(theme: Theme) -> dict[str, bytes]:
    """Return what an exam folder keeps of a theme, by its name there."""
    found = {KEPT: theme.text.encode()} if theme.text else {}
    return found | dict(theme.files)


def is_kept(target: Path, theme: Theme) -> bool:
    """Say whether a folder's papers were printed with a theme."""
    there = {name for name in (KEPT, *themes.LOGOS) if files.is_file(target / name)}
    content = kept(theme)
    return there == content.keys() and all(files.read_bytes(target / name) == found for name, found in content.items())


def sealed(target: Path, exam: Exam) -> Theme:
    """Return the theme that an exam folder keeps, to print its papers again."""
    logos = [files.read_bytes(target / name) for name in themes.LOGOS if files.is_file(target / name)]
    text = files.read_text(target / KEPT) if files.is_file(target / KEPT) else ""
    return Theme(text, str(target / KEPT), logos[0] if logos else b"", exam.header)


def write(target: str) -> None:
    """Write the package's theme to a new file, to be changed. Raises `LayerquizError` where something is there."""
    if files.is_file(target) or files.is_folder(target):
        raise LayerquizError("is there already", where=target, cure="Give another name", slug="file-exists")
    files.write(target, themes.packaged())

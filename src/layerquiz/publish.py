"""What `example` and `sheet` write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path

from layerquiz import engine, files
from layerquiz.data import folder
from layerquiz.errors import LayerquizError
from layerquiz.exam.question import Question
from layerquiz.files import Written
from layerquiz.render import html, interactive, latex, markdown, text
from layerquiz.render.document import Sheet


def write_example(target: str, force: bool) -> Written:
    """Copy the example: an exam file, a roster and submissions to start from."""
    collected = files.Target(Path(target), force=force)
    for entry in sorted(folder("example").iterdir(), key=lambda entry: entry.name):
        if isinstance(entry, Traversable) and entry.is_file() and not entry.name.startswith(("_", ".")):
            collected.add(entry.name, entry.read_bytes())
    return Written(target, tuple(collected.commit()))


ENDINGS = (".pdf", ".tex", ".md", ".html", ".txt")


def check_ending(target: str) -> str:
    """Return the ending of a practice sheet's file; one that names no format is refused."""
    ending = Path(target).suffix.lower()
    if ending not in ENDINGS:
        what = f'no sheet can be written as "{ending or target}"'
        raise LayerquizError(what, cure=f"End the file's name with one of {', '.join(ENDINGS)}", slug="format")
    return ending


def write_sheet(sheet: Sheet, drawn: Sequence[Question], target: str, force: bool) -> bool:
    """Write a practice sheet of drawn questions in the format that its file's ending names; tell whether it changed."""
    formats: dict[str, Callable[[], str | bytes]] = {
        ".pdf": lambda: _sheet_pdf(sheet),
        ".tex": lambda: latex.sheet(sheet).text,
        ".md": lambda: markdown.sheet(sheet),
        ".html": lambda: interactive.page(sheet, drawn) if sheet.words.is_english else html.sheet(sheet),
        ".txt": lambda: text.sheet(sheet),
    }
    return files.write(target, formats[check_ending(target)](), force=force)


def _sheet_pdf(sheet: Sheet) -> bytes:
    source = latex.sheet(sheet)
    return engine.typeset(source.text, source.parts)[source.parts[0]]

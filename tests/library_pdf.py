"""Prints the whole library into one PDF, five drawings of each template with their solutions, to be read by people."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pikepdf

from layerquiz import engine
from layerquiz.check.layout import SET
from layerquiz.exam import library
from layerquiz.exam.drawing import draw
from layerquiz.exam.template import Template
from layerquiz.grading.jobs import on_cores
from layerquiz.render import latex
from layerquiz.render.document import Sheet
from layerquiz.render.questions import sheet

SECONDS = 600


def drawn(template: Template) -> Sheet:
    """Return five drawings of a template under its name."""
    return sheet(template.name, [draw(template, seed) for seed in range(SET)], solutions=True)


def printed(sheets: Sequence[Sheet]) -> pikepdf.Pdf:
    """Return the sheets as one PDF with a bookmark for each."""
    source, whole = latex.sheets(sheets), pikepdf.new()
    parts = engine.typeset(source.text, source.parts, seconds=SECONDS)
    with whole.open_outline() as outline:
        for name, document in zip(source.parts, sheets, strict=True):
            outline.root.append(pikepdf.OutlineItem(document.title, len(whole.pages)))
            with pikepdf.open(BytesIO(parts[name])) as part:
                whole.pages.extend(part.pages)
    return whole


def main() -> None:
    """Write the PDF to the path that is given."""
    target = Path(sys.argv[1])
    whole = printed(on_cores(list(library.templates().values()), drawn))
    target.parent.mkdir(parents=True, exist_ok=True)
    whole.save(target)
    print(f"wrote {target}: {len(whole.pages)} pages")  # noqa: T201 - this is what it says


if __name__ == "__main__":
    main()

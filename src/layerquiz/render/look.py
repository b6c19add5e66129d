"""What all papers of one LaTeX document have in common; a class with accommodations is several documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from layerquiz.languages import ENGLISH
from layerquiz.render.layout import USUAL_LAYOUT, Layout
from layerquiz.render.themes import USUAL_THEME, Theme

if TYPE_CHECKING:
    from layerquiz.render.document import Block


@dataclass(frozen=True, slots=True)
class Look:
    """The language, the layout and the theme of papers, whether DRAFT stands across their pages, and their formulas."""

    language: str = ENGLISH.language
    layout: Layout = USUAL_LAYOUT
    theme: Theme = USUAL_THEME
    draft: bool = False
    formulas: tuple[Block, ...] = ()


USUAL_LOOK = Look()

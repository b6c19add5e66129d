"""How the pages of a paper are laid out: the size of the sheet, and what a student's accommodation changes.

Papers of one layout are set together and have their boxes in the same places.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from layerquiz.exam.accommodation import TINTS, Accommodation

PaperSize: TypeAlias = Literal["a4", "letter"]

SIZES: dict[tuple[str, bool], tuple[float, float]] = {
    ("a4", False): (210, 297),
    ("a4", True): (297, 420),
    ("letter", False): (215.9, 279.4),
    ("letter", True): (279.4, 431.8),
}
"""Width and height in millimetres of a sheet, and of the sheet twice as large that large print takes: A3, tabloid."""

LETTERS = 11
LARGE_LETTERS, MAGNIFICATION = 12, 1500
"""Large print is set in 12 pt and magnified by 1.5 with all its rules and boxes: letters of 18 pt."""

FLAGS = ("large_print", "sans_serif", "wide_spacing", "one_question_a_page")
POINTS_PER_MM = 72 / 25.4
WHITE = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Layout:
    """The look of the pages of a paper; without arguments that of everybody, on A4."""

    paper_size: PaperSize = "a4"
    large_print: bool = False
    sans_serif: bool = False
    wide_spacing: bool = False
    one_question_a_page: bool = False
    tint: str = ""

    @classmethod
    def of(cls, paper_size: PaperSize, wanted: Accommodation) -> Layout:
        """Return the layout that a student needs."""
        return cls(
            paper_size,
            wanted.large_print,
            wanted.sans_serif,
            wanted.wide_spacing,
            wanted.one_question_a_page,
            wanted.tint,
        )

    @property
    def is_usual(self) -> bool:
        """Say whether the layout is that of everybody without an accommodation."""
        return self == Layout(self.paper_size)

    @property
    def mark(self) -> str:
        """Return what tells this layout from others on one size of paper: nothing for the usual one."""
        words = [name for name in FLAGS if getattr(self, name)]
        return "".join(f"{word}/" for word in (*words, *filter(None, [self.tint])))

    def own(self, sizes: Mapping[str, str]) -> dict[str, str]:
        """Return the sizes of this layout among those of all, whose keys begin with the marks of their layouts."""
        begins = len(self.mark)
        return {key[begins:]: size for key, size in sizes.items() if key.rpartition("/")[0] == self.mark[:-1]}

    @property
    def width(self) -> float:
        """Return the width of the sheet in millimetres."""
        return SIZES[self.paper_size, self.large_print][0]

    @property
    def height(self) -> float:
        """Return the height of the sheet in millimetres."""
        return SIZES[self.paper_size, self.large_print][1]

    @property
    def letters(self) -> int:
        """Return the size of the text in points, before it is magnified."""
        return LARGE_LETTERS if self.large_print else LETTERS

    @property
    def magnification(self) -> int:
        """Return by how much everything is magnified, in thousandths."""
        return MAGNIFICATION if self.large_print else 1000

    @property
    def tiny(self) -> str:
        """Return the size of labels: they are read too, so large print has no small ones."""
        return r"\normalsize" if self.large_print else r"\fontsize{7}{8}\selectfont"

    @property
    def field_height(self) -> float:
        """Return the height of a field with its label in millimetres."""
        return 10 + 4 * self.large_print + 4.5 * self.wide_spacing

    @property
    def row_height(self) -> float:
        """Return the height of a row in the table of points in millimetres."""
        return 5.2 + 2.8 * self.wide_spacing

    @property
    def row_stretch(self) -> float:
        """Return by how much the rows of a table to fill in are higher than usual: their labels have larger lines."""
        return 1 + 0.25 * self.large_print + 0.6 * self.wide_spacing

    @property
    def paper_colour(self) -> str:
        """Return the shares of red, green and blue of the pages."""
        return ",".join(f"{share:g}" for share in TINTS.get(self.tint, WHITE))

    @property
    def background(self) -> str:
        """Return the colour of the pages as operators of PDF, from the upper left corner on; nothing for white."""
        if not self.tint:
            return ""
        width, height = (f"{POINTS_PER_MM * length:.3f}" for length in (self.width, self.height))
        return f"{self.paper_colour.replace(',', ' ')} rg 0 -{height} {width} {height} re f"


USUAL_LAYOUT = Layout()

"""Does everything fit on the page? A few drawings of each template are set together, in one run of TeX."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from layerquiz import engine
from layerquiz.errors import OutsideError
from layerquiz.exam.question import Question
from layerquiz.render import latex
from layerquiz.render.document import Sheet
from layerquiz.render.questions import sheet

SET = 5
"""So many drawings of each template are set."""

PLACE = re.compile(r"sheet (\d+)")
FONT = re.compile(r"\\[A-Za-z0-9/.()+-]+")


def sheet_of(questions: Sequence[Question]) -> Sheet:
    """Return the first few drawings with their solutions, as one sheet."""
    return sheet("check", questions[:SET], solutions=True)


def missing() -> str:
    """Return why nothing can be set; nothing where TeX is there."""
    return "" if engine.available() else f"not looked at: there is no TeX ({' '.join(engine.missing())})"


def faults(sheets: Sequence[Sheet]) -> Mapping[int, list[tuple[str, str]]]:
    """Return by the place of the sheet what sticks out, or why it cannot be set: what is wrong, and the words there.

    A sheet on which TeX stops is left out, and the others are set again.
    """
    found: dict[int, list[tuple[str, str]]] = {}
    left = list(range(len(sheets)))
    while left:
        source = latex.sheets([sheets[place] for place in left])
        try:
            boxes = engine.overfull(source.text, source.parts)
        except OutsideError as error:
            number = PLACE.search(error.where)
            if number is None:
                raise
            found.setdefault(left.pop(int(number[1]) - 1), []).append((error.what, ""))
            continue
        for box in boxes:
            number = PLACE.search(box.place)
            words = FONT.sub(" ", box.shown).replace("[]", " ")
            what = f"the layout is {box.points:.0f} pt too {'wide' if box.is_wide else 'high'}"
            found.setdefault(left[int(number[1]) - 1] if number else 0, []).append((what, words))
        break
    return found

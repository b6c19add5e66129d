"""What a student needs otherwise than others: the words of the roster's column `accommodation`, read and checked.

A paper with another look asks the same questions in the same order and has the same blanks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from layerquiz.errors import ExamError, nearest
from layerquiz.exam.roster import Student

MOST_EXTRA_TIME = 300
"""Per cent: the most time that somebody may have beyond the others'."""

TINTS: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {
        "cream": (1.0, 0.973, 0.875),
        "yellow": (1.0, 0.98, 0.76),
        "blue": (0.87, 0.93, 0.98),
        "green": (0.89, 0.96, 0.88),
        "pink": (0.99, 0.91, 0.92),
        "grey": (0.92, 0.92, 0.92),
    }
)
"""Colours of pages, as shares of red, green and blue; black on each has a contrast of at least 12 to 1."""

EXTRA_TIME = re.compile(r"extra time (\d{1,3}) ?%")
EXAMPLE_OF_TIME = "extra time 25 %"


@dataclass(frozen=True, slots=True)
class Accommodation:
    """How one student's paper differs in its look; extra_time is in per cent."""

    large_print: bool = False
    sans_serif: bool = False
    wide_spacing: bool = False
    one_question_a_page: bool = False
    html: bool = False
    tint: str = ""
    extra_time: int = 0


FIELDS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        **{
            name.replace("_", " "): {name: True}
            for name in ("large_print", "sans_serif", "wide_spacing", "one_question_a_page", "html")
        },
        **{f"tint {tint}": {"tint": tint} for tint in TINTS},
    }
)
"""What each word of the roster changes."""


def accommodation(student: Student) -> Accommodation:
    """Return what a student's words ask for, parted by `;` or `,`. Raises `ExamError` that names an unknown word."""
    found = Accommodation()
    for entry in re.split("[;,]", student.accommodation):
        if word := " ".join(entry.lower().replace("-", " ").split()):
            found = replace(found, **_change(word, student))
    return found


def _change(word: str, student: Student) -> Mapping[str, Any]:
    """Return the fields that one word sets."""
    if word in FIELDS:
        return FIELDS[word]
    time = EXTRA_TIME.fullmatch(word)
    where = f'the roster\'s entry "{student.id[:60]}"'
    if time is None:
        what = f'"{word[:60]}" is no accommodation'
        raise ExamError(what, where=where, cure=nearest(word, (*FIELDS, EXAMPLE_OF_TIME)), slug="unknown-accommodation")
    if not 0 < int(time[1]) <= MOST_EXTRA_TIME:
        what = f"extra time is between 1 and {MOST_EXTRA_TIME} per cent"
        raise ExamError(what, where=where, cure=f'Write one such as "{EXAMPLE_OF_TIME}"', slug="wrong-value")
    return {"extra_time": int(time[1])}

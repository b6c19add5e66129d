"""Canvas: the report "Student Analysis" of a classic quiz, as CSV.

Columns: name, id, sis_id, root_account, section, section_id, section_sis_id, submitted, attempt (some are left out),
then for each question "123456: its text" and beside it a column titled with its points, then n correct, n incorrect,
score. Answers to several blanks are joined by commas; a comma inside an answer is written as backslash and comma.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from layerquiz.exam import headings
from layerquiz.grading.submissions.columns import Column
from layerquiz.grading.submissions.export import Export, texts, titled
from layerquiz.grading.submissions.table import Table

QUESTION = re.compile(r"\s*\d+:\s*(.*)", re.DOTALL)
COMMA = re.compile(r"(?<!\\),")
ORDER = ("attempt", "submitted")


def is_export(columns: Sequence[str]) -> bool:
    """Say whether these are the columns of a Canvas analysis of students."""
    titles = [column.strip().casefold() for column in columns]
    return {"n correct", "n incorrect"} <= set(titles) or (
        "section_id" in titles and any(QUESTION.fullmatch(title) for title in titles)
    )


def export(table: Table) -> Export:
    """Return what stands where in a Canvas analysis of students."""
    found = ((place, QUESTION.fullmatch(column)) for place, column in enumerate(table.columns))
    return Export(
        name="a Canvas analysis of students",
        ids=titled(table, (*headings.SIS_ID, *headings.PLATFORM_ID)),
        names=partial(texts, titled(table, headings.FULL_NAME)),
        answers=tuple(Column(place, " ".join(question[1].split())) for place, question in found if question),
        parts=_parts,
        order=titled(table, ORDER),
    )


def _parts(cell: str, count: int) -> list[str] | None:
    """Return the answers in a cell; None where they are not as many as the question has blanks."""
    if count == 1 or not cell.strip():
        return [cell, *[""] * (count - 1)]
    texts = [text.replace("\\,", ",").strip() for text in COMMA.split(cell)]
    return texts if len(texts) == count else None

"""Google Forms: the responses as CSV, or the sheet that collects them.

Columns: Timestamp, Email Address or Username where they are collected, Score or Total score of a quiz, and each
question with its title; a quiz may have "title [Score]" and "title [Feedback]" beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from layerquiz.exam import headings
from layerquiz.grading.submissions.columns import Column, blank_label
from layerquiz.grading.submissions.export import Export, Places, texts, titled
from layerquiz.grading.submissions.table import Table

TIMESTAMP = ("timestamp", "zeitstempel", "horodateur", "marca temporal", "informazioni cronologiche", "tijdstempel")
MARKS = re.compile(r"(total )?score|punkte|.*\[(score|feedback)\]", re.IGNORECASE | re.DOTALL)


def is_export(columns: Sequence[str]) -> bool:
    """Say whether these are the columns of a form's responses."""
    return any(column.strip().casefold() in TIMESTAMP for column in columns)


def export(table: Table) -> Export:
    """Return what stands where in a form's responses."""
    titles = [" ".join(column.split()) for column in table.columns]
    stamps = titled(table, TIMESTAMP)
    students, emails, named = (
        titled(table, called)
        for called in (
            (*headings.STUDENT, *headings.STUDENT_NUMBER, *headings.SIS_ID, *headings.PLATFORM_ID),
            (*headings.LOGIN, *headings.EMAIL),
            headings.FULL_NAME,
        )
    )
    marks = _matching(titles, MARKS)
    known = {*stamps, *students, *emails, *named, *marks}
    return Export(
        name="a Google Forms export",
        ids=(*students, *emails),
        names=partial(texts, named),
        answers=tuple(Column(place, title) for place, title in enumerate(titles) if place not in known and title),
        parts=lambda cell, _: [cell],
        order=stamps,
        whole=False,
        attempt="the last timestamp",
    )


def _matching(titles: Sequence[str], pattern: re.Pattern[str]) -> Places:
    """Return the columns whose titles match; what names a blank is a question, however it goes on."""
    found = (place for place, title in enumerate(titles) if pattern.fullmatch(title.rstrip(" :*?")))
    return tuple(place for place in found if not blank_label(titles[place]))

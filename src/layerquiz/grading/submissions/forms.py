"""Google Forms: the responses as CSV, or the sheet that collects them.

Columns: Timestamp, Email Address or Username where they are collected, Score or Total score of a quiz, and each
question with its title; a quiz may have "title [Score]" and "title [Feedback]" beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from layerquiz.grading.submissions.columns import Column, blank_label
from layerquiz.grading.submissions.export import Export, Places, texts, titled
from layerquiz.grading.submissions.table import Table

TIMESTAMP = ("timestamp", "zeitstempel", "horodateur", "marca temporal", "informazioni cronologiche", "tijdstempel")
STUDENT = re.compile(
    r"(your )?(student|student[ -]?(id|number|no\.?)|id|id number|sis[ _]id|matriculation number|matrikelnummer)",
    re.IGNORECASE,
)
EMAIL = re.compile(r"(your )?(username|user name|e-?mail( address)?|e-mail-adresse|nutzername)", re.IGNORECASE)
NAME = re.compile(r"(your )?((full |student )?name|first and last name|vor- und nachname)", re.IGNORECASE)
MARKS = re.compile(r"(total )?score|punkte|.*\[(score|feedback)\]", re.IGNORECASE | re.DOTALL)


def is_export(columns: Sequence[str]) -> bool:
    """Say whether these are the columns of a form's responses."""
    return any(column.strip().casefold() in TIMESTAMP for column in columns)


def export(table: Table) -> Export:
    """Return what stands where in a form's responses."""
    titles = [" ".join(column.split()) for column in table.columns]
    stamps = titled(table, TIMESTAMP)
    students, emails, named, marks = (_matching(titles, pattern) for pattern in (STUDENT, EMAIL, NAME, MARKS))
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

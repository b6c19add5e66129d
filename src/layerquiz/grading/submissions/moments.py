"""When something was handed in, of the ways in which platforms write a moment; only what is certain is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

Moment = tuple[int, int]
"""Minutes since the year 1, and seconds."""

TIME = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?(?:\.\d+)?\s*(?:([ap])\.?m\b)?", re.IGNORECASE)
ZONE = re.compile(r"(?:GMT|UTC|Z|\d)\s*([+-])(\d{1,2})(?::?(\d\d))?\s*$", re.IGNORECASE)
YEAR_FIRST = re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
YEAR_LAST = re.compile(r"\b(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\b")
DAY_AND_NAME = re.compile(r"\b(\d{1,2})\.?\s+([^\W\d]{3,})\.?,?\s+(\d{4})\b")
NAME_AND_DAY = re.compile(r"\b([^\W\d]{3,})\.?\s+(\d{1,2}),?\s+(\d{4})\b")
MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar mär", "apr", "may mai", "jun", "jul", "aug", "sep", "oct okt", "nov", "dec dez"), 1
    )
    for name in names.split()
}


def latest(texts: Sequence[str]) -> int | None:
    """Return which of several moments or numbers of attempts is the last; None where that is not certain.

    3/4/2026 is read as 3 April and as 4 March: where the two readings disagree, nothing is certain.
    """
    found = {place for reading in READINGS if (place := _last(texts, reading)) is not None}
    return found.pop() if len(found) == 1 else None


def _last(texts: Sequence[str], reading: Callable[[str], Moment | None]) -> int | None:
    moments = [reading(text) for text in texts]
    known = [moment for moment in moments if moment is not None]
    if len(known) < len(texts) or known.count(max(known)) > 1:
        return None
    return known.index(max(known))


def _attempt(text: str) -> Moment | None:
    return (int(text), 0) if re.fullmatch(r"\d{1,6}", text, re.ASCII) else None


def _year_first(text: str) -> Moment | None:
    found = YEAR_FIRST.search(text)
    return _moment(text, int(found[1]), int(found[2]), int(found[3])) if found else None


def _day_first(text: str) -> Moment | None:
    found = YEAR_LAST.search(text)
    return _moment(text, int(found[3]), int(found[2]), int(found[1])) if found else None


def _month_first(text: str) -> Moment | None:
    found = YEAR_LAST.search(text)
    return _moment(text, int(found[3]), int(found[1]), int(found[2])) if found else None


def _month_by_name(text: str) -> Moment | None:
    day_first, name_first = DAY_AND_NAME.search(text), NAME_AND_DAY.search(text)
    if day_first:
        day, name, year = day_first.groups()
    elif name_first:
        name, day, year = name_first.groups()
    else:
        return None
    return _moment(text, int(year), MONTHS.get(name[:3].lower(), 0), int(day))


def _moment(text: str, year: int, month: int, day: int) -> Moment | None:
    """Return the moment of a day and of the time that the text names beside it."""
    try:
        days = date(year, month, day).toordinal()
    except ValueError:
        return None
    time = TIME.search(text)
    if time is None:
        return (days * 1440, 0)
    hours = int(time[1]) % 12 + 12 * (time[4].lower() == "p") if time[4] else int(time[1])
    return (days * 1440 + hours * 60 + int(time[2]) - _offset(text[time.end(2) :]), int(time[3] or 0))


def _offset(text: str) -> int:
    """Return how many minutes a zone is before Greenwich's."""
    found = ZONE.search(text)
    if not found:
        return 0
    minutes = int(found[2]) * 60 + int(found[3] or 0)
    return minutes if found[1] == "+" else -minutes


READINGS: tuple[Callable[[str], Moment | None], ...] = (
    _attempt,
    _year_first,
    _day_first,
    _month_first,
    _month_by_name,
)

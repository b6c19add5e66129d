"""How well the rest of a sheet supports an explanation: a rule that a student follows shows in other blanks, too."""

from __future__ import annotations

from collections.abc import Sequence

from layerquiz.grading.answer import Reading
from layerquiz.grading.sheet import Place, Sheet
from layerquiz.network.mistakes import CATALOGUE, Change


def best_supported(sheet: Sheet, place: Place, changes: Sequence[Change]) -> list[tuple[str, ...]]:
    """Return the sets of slugs that the rest of the sheet supports best, in the catalogue's order.

    changes: those that give the answer to the blank.
    """
    if len({change.slugs for change in changes}) < 2:
        return [change.slugs for change in changes[:1]]
    scores: dict[tuple[str, ...], tuple[int, int]] = {}
    for change in changes:
        score = _support(sheet, place, change)
        scores[change.slugs] = max(score, scores.get(change.slugs, (-len(sheet.places), 0)))
    best = max(scores.values(), default=None)
    return [slugs for slugs, score in scores.items() if score == best]


def _support(sheet: Sheet, place: Place, change: Change) -> tuple[int, int]:
    """Return how well the rest of the sheet fits a change, made where it is or at every layer of the sheet."""
    if len(sheet.places) == 1:
        return (0, 0)
    everywhere = sheet.search.everywhere(CATALOGUE[change.slugs[0]]) if len(change.slugs) == 1 else ()
    others = [made for made in everywhere if made.rules != change.rules]
    return max(_supported_by_others(sheet, place, made) for made in (change, *others))


def _supported_by_others(sheet: Sheet, place: Place, change: Change) -> tuple[int, int]:
    """Count the other blanks that a change contradicts (negative), and those that it explains."""
    values, mine = sheet.search.values(change), sheet.readings[place.name]
    against = explained = 0
    if values is None or not isinstance(mine, Reading):
        return (-len(sheet.places), 0)
    if not sheet.fits(place, mine, sheet.value(place, values), place.rounding):
        return (-len(sheet.places), 0)
    for name, other in sheet.places.items():
        reading = sheet.readings[name]
        if name == place.name or not isinstance(reading, Reading):
            continue
        would_be = sheet.value(other, values)
        right = sheet.fits(other, reading, other.expected, other.rounding)
        against += right and would_be != other.expected
        explained += not right and sheet.fits(other, reading, would_be, other.rounding)
    return (-against, explained)

"""Answers that can be listed: what was chosen, ordered or found is looked up among the right and the explained ones."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from layerquiz.exam.listed import Given, Listed, Option
from layerquiz.exam.question import Blank
from layerquiz.grading.answer import Blank as Nothing
from layerquiz.grading.answer import Reading, Unreadable, in_thousands
from layerquiz.grading.match import is_endless, matches
from layerquiz.grading.policy_keys import number
from layerquiz.grading.story import Story, Verdict

MOST_CHARACTERS = 2_000
BETWEEN = re.compile(r"[\s,;>/&+.:()\[\]→-]+|\band\b|\bthen\b|\boptions?\b", re.IGNORECASE)
"""What may stand around and between the letters of options."""

SQUARE = re.compile(r"([0-9]+)(?:\s*(?:[x×*]|by|\\times)\s*\1(?![0-9]))+", re.IGNORECASE)
"""One size for each axis: `5 x 5` is a size of 5."""

TIMES = re.compile(
    r"^\s*(?:by\s+)?(?:a\s+)?(?:factor\s+(?:of\s+)?)?(\S.*?)(?:\s*[x×]|[\s-]*(?:times|fold)(?:\s+(?:as\s+\w+|more))?)?\s*$",
    re.IGNORECASE | re.DOTALL,
)
"""A factor in words: `8x`, `8 times as many`, `a factor of 8`."""

MARKS = re.compile(r"[$`\\{}]|\\times")


def tell(blank: Blank, written: str, *, rounding: bool = False) -> Story:
    """Return the story of an answer to a blank whose answers can be listed.

    rounding: a rounded number counts too. Numbers without a last digit, such as a ratio of a third, always may be.
    """
    listed = blank.listed
    if listed is None:
        raise ValueError(f"the answers to {blank.quantity} cannot be listed")
    told = Story(blank.quantity, "blank", blank.key, written.strip(), listed=listed.form)
    if listed.form == "points":
        return _points(blank, told)
    if not told.written:
        return told
    if listed.form == "number":
        return _number(blank, listed, told, rounding)
    return _letters(blank, listed, told)


def _points(blank: Blank, told: Story) -> Story:
    """Return the story of points that a person has given, or still has to give."""
    most, given = blank.points, number(told.written)
    if given is None or not 0 <= given <= most:
        why = "These are no such points." if told.written else "It is not marked yet."
        return replace(told, verdict="unreadable", notes=(f"{why} Marked by hand: from 0 to {_in_points(most)}.",))
    verdict: Verdict = "correct" if given == most else "wrong"
    return replace(told, verdict=verdict, read_as=given, shown=_in_points(given))


def _in_points(points: Fraction) -> str:
    decimal = f"{float(points):g}"
    return f"{decimal if Fraction(decimal) == points else points} point{'' if points == 1 else 's'}"


def _right(blank: Blank, listed: Listed) -> tuple[Given, ...]:
    """Return the right answers; where another key was sealed, only that one."""
    return listed.right if blank.key in listed.right else (blank.key,)  # type: ignore[return-value]


def _letters(blank: Blank, listed: Listed, told: Story) -> Story:
    """Return the story of letters of options."""
    chosen = chosen_letters(listed, told.written)
    if chosen is None:
        known = f"the letters {listed.options[0].letter} to {listed.options[-1].letter}"
        wanted = f"all of {known} in an order" if listed.form == "order" else f"{_how_many(listed)} of {known}"
        return replace(told, verdict="unreadable", notes=(f"Needed is {wanted}.",))
    told = replace(told, read_as=chosen, shown=spoken(listed, chosen))
    if chosen in _right(blank, listed):
        return replace(told, verdict="correct")
    return _explained(listed.explained.get(chosen, ()), told)


def _how_many(listed: Listed) -> str:
    return "one or more" if listed.several else "one"


def spoken(listed: Listed, letters: str) -> str:
    """Return letters of options as they are shown: `A, C`, an order as `B > A > C`."""
    return (" > " if listed.form == "order" else ", ").join(letters)


def _explained(sets: Sequence[tuple[str, ...]], told: Story) -> Story:
    if not sets:
        return replace(told, verdict="wrong")
    first, *rivals = map(list, sets)
    return replace(told, verdict="mistake", mistakes=first, rivals=rivals)


def _number(blank: Blank, listed: Listed, told: Story, rounding: bool) -> Story:
    """Return the story of a number that was to be found."""
    from layerquiz.grading.read import read  # papers, too, say what options mean, and nothing is read there

    written = SQUARE.sub(r"\1", told.written) if listed.square else told.written
    reading = read(TIMES.sub(r"\1", written[:MOST_CHARACTERS]), "count")
    reading = in_thousands(reading) if isinstance(blank.key, int) else reading
    if isinstance(reading, Nothing):
        return told
    if isinstance(reading, Unreadable):
        note = f"At character {reading.offset + 1}: {reading.reason[:1].lower()}{reading.reason[1:]}"
        return replace(told, verdict="unreadable", notes=(note,))
    told = replace(
        told,
        read_as=reading.value,
        shown=reading.shown,
        working=reading.expression is not None,
        broken=reading.broken,
        notes=reading.notes,
    )
    if any(_is(reading, right, rounding) for right in _right(blank, listed)) or _is_near(reading, blank, listed):
        return replace(told, verdict="correct")
    fitting = [sets for given, sets in listed.explained.items() if _is(reading, given, rounding)]
    return _explained(tuple(dict.fromkeys(slugs for sets in fitting for slugs in sets)), told)


def _is(reading: Reading, given: Given, rounding: bool) -> bool:
    return not isinstance(given, str) and matches(reading, given, rounding or is_endless(given))


def _is_near(reading: Reading, blank: Blank, listed: Listed) -> bool:
    """Say whether an estimate is within the factor that the question states."""
    value, key = reading.value, blank.key
    if listed.factor is None or isinstance(value, tuple) or not isinstance(key, int | Fraction):
        return False
    return value * listed.factor >= key and value <= key * listed.factor


def chosen_letters(listed: Listed, written: str) -> str | None:
    """Return the letters of the options that an answer chooses, None where it cannot be told.

    Read are letters with anything usual around them (`b)`, `A, C`, `AC`, `B > A > C`), or the words of one option.
    """
    text = unicodedata.normalize("NFKC", written[:MOST_CHARACTERS]).strip()
    by_words = _by_words(listed.options, text)
    if by_words:
        return by_words
    pieces = [piece for piece in BETWEEN.split(text) if piece]
    known = {option.letter for option in listed.options}
    letters = [letter for piece in pieces for letter in piece.upper()]
    if not letters or not set(letters) <= known or len(set(letters)) < len(letters):
        return _behind_letter(listed, text)
    if listed.form == "order":
        return "".join(letters) if len(letters) == len(known) else None
    return "".join(sorted(letters)) if listed.several or len(letters) == 1 else None


def _by_words(options: Sequence[Option], text: str) -> str:
    """Return the letter of the only option that says exactly what was written."""
    wanted = _plain(text)
    fitting = [o.letter for o in options if wanted in {_plain(o.text), *map(_plain, o.words)} and wanted]
    return fitting[0] if len(fitting) == 1 else ""


def _behind_letter(listed: Listed, text: str) -> str | None:
    """Return the letter in front of the words of its own option: `B) 34,944`."""
    found = re.match(r"[\s(]*([A-Za-z])\s*[).:=-]+\s*(.+)", text, re.DOTALL)
    if not found or listed.form == "order":
        return None
    letter = found[1].upper()
    return letter if _by_words(listed.options, found[2]) == letter else None


def _plain(text: str) -> str:
    """Return a text without mathematics' signs, spaces, commas and case."""
    plain = MARKS.sub("", text.replace(r"\times", "x").replace("×", "x").replace("{,}", ","))
    return re.sub(r"[\s,.]+", "", plain).casefold()

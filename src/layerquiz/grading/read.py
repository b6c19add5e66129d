"""What a student wrote, turned into a value. Never raises, never runs the text, and its work is bounded."""

from __future__ import annotations

import re
from dataclasses import replace

from layerquiz.grading.answer import Answer, Blank, Expectation, Reading, Refusal, Unreadable, shown
from layerquiz.grading.axes import named_sizes
from layerquiz.grading.chain import read_chain
from layerquiz.grading.frameworks import printed_part
from layerquiz.grading.pieces import cut
from layerquiz.grading.signs import ZERO_WIDTH
from layerquiz.grading.sizes import read_shape, shape_of
from layerquiz.grading.words import says_none
from layerquiz.grading.written import Written, normalised

__all__ = ["Answer", "Blank", "Expectation", "Reading", "Unreadable", "read"]

LONGEST = 1000

_NOTHING = frozenset(("", "-", "–", "—", "−", "?", "n/a"))
_PLAIN_INTEGER = re.compile(r"[0-9]{1,18}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,5}")
_SIZE = "[1-9][0-9]{0,8}"
_PLAIN_SHAPE = re.compile(rf"{_SIZE}(?P<sign> ?[x×] ?|, ){_SIZE}(?:(?P=sign){_SIZE})*")
_PAIR = re.compile(r"[(\[] *([0-9]+)(?: *, *\1)+ *[)\]]")


def read(text: str, asked: Expectation = "count", *, entries: int | None = None) -> Answer:
    """Return what an answer says: a `Reading`, `Unreadable` with the place and the reason, or `Blank`.

    `asked` says what the question wants: a count, one size, a shape, or a memory in bytes. `entries` is how many
    sizes the shape has; without it four numbers are an image behind its batch.
    """
    trimmed = text.strip()
    if trimmed.strip(ZERO_WIDTH).lower() in _NOTHING:
        return Blank(trimmed)
    if asked != "shape" and _PLAIN_INTEGER.fullmatch(trimmed):
        value = int(trimmed.replace(",", ""))
        return Reading(trimmed, value, shown(value))
    if asked == "shape" and entries and _PLAIN_SHAPE.fullmatch(trimmed):
        sizes = tuple(map(int, re.findall(_SIZE, trimmed)))
        if len(sizes) == entries:
            return Reading(trimmed, sizes, shown(sizes))
    lead = len(text) - len(text.lstrip())
    if len(trimmed) > LONGEST:
        reason = f"An answer has at most {LONGEST:,} characters."
        return Unreadable(trimmed, lead + LONGEST, reason, "too-long")
    return _read_signs(trimmed, lead, asked, entries)


def _read_signs(trimmed: str, lead: int, asked: Expectation, entries: int | None) -> Answer:
    """Read a text that is more than one integer."""
    written = printed_part(normalised(trimmed), asked)
    try:
        reading = _reading(trimmed, written, asked, entries)
    except Refusal as refusal:
        return Unreadable(trimmed, lead + written.place(refusal.place), refusal.reason, refusal.slug)
    return replace(reading, text=trimmed)


def _reading(trimmed: str, written: Written, asked: Expectation, entries: int | None) -> Reading:
    """Return the value of the normalised text."""
    if not written.characters:
        raise Refusal(0, "Nothing here can be read as a number.", "empty-expression")
    if asked == "shape":
        return _shape(written.characters, entries)
    if says_none(written.characters):
        return Reading("", 0, shown(0), notes=("The words were read as 0.",))
    if asked == "size" and (pair := _PAIR.fullmatch(written.characters)):
        value = int(pair[1])
        return Reading("", value, shown(value), notes=(f"{shown(value)} was taken from a square.",))

    def original(start: int, end: int) -> str:
        there = trimmed[written.place(start) : written.place(end - 1) + 1]
        return "".join([sign if sign.isprintable() else " " for sign in there])  # it is shown back, controls and all

    return read_chain(cut(written.characters, asked), asked, original)


def _shape(text: str, entries: int | None) -> Reading:
    """Return the shape of a text, whose sizes may be named."""
    named = named_sizes(text)
    return shape_of(named, entries) if named else read_shape(cut(text, "shape"), entries)

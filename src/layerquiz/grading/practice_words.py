"""The words that a practice page reads: labels, suffixes and units, taken from the tables of the grader's reader."""

from __future__ import annotations

from typing import TypedDict

from layerquiz.grading import vocabulary, words
from layerquiz.grading.pieces import SAID_OTHERWISE

SUFFIXES = "k K M B G T thousand million millions billion billions mio mrd mln"
UNITS = """
byte bytes kB KB KiB MB MiB GB GiB TB TiB kilobytes megabytes gigabytes kibibytes mebibytes gibibytes
MAC MACs MMACs GMACs FLOP FLOPs MFLOPs GFLOPs
"""
"""The spellings that a page knows; what each is worth, the grader says."""


class Measure(TypedDict):
    """What a suffix or a unit multiplies by, in digits, and the usual spelling of the unit."""

    factor: str
    unit: str


class Words(TypedDict):
    """The words of one kind of question."""

    labels: list[str]
    measures: dict[str, Measure]
    in_bytes: dict[str, Measure]


def practice_words() -> Words:
    """Return the words that a page may read without knowing more of the grammar: before or behind all numbers."""
    measures = {word: _measure(word) for word in UNITS.split()}
    measures |= {word: Measure(factor=str(words.scale(word)), unit="") for word in SUFFIXES.split()}
    return {"labels": _labels(), "measures": measures, "in_bytes": {"B": _measure("bytes")}}


def _labels() -> list[str]:
    """Return the words that say nothing wherever they stand; those with a second meaning are left out."""
    return sorted(
        word
        for word in vocabulary.LABELS - SAID_OTHERWISE
        if word.isalpha() and word.isascii() and len(word) > 1 and not words.scale(word) and not words.unit(word)
    )


def _measure(word: str) -> Measure:
    factor, unit = words.unit(word) or (1, "")
    return {"factor": str(factor), "unit": unit}

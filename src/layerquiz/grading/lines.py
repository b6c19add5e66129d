"""Answers in several lines: where each line ends, what it is called, and which one is the answer."""

from __future__ import annotations

import re
from collections.abc import Iterable

from layerquiz.grading.answer import Expectation, Reading
from layerquiz.grading.read import read

MOST_LINES = 40
"""An answer of more lines is no working; each line has at most as many characters as an answer has."""

MOST_WORDS = 2
_WORD = re.compile(r"[^\W\d_]{3,}")
_OPERATOR = re.compile(r"[*/×·+^⌊√(]|[0-9]\s*[-xX−–]\s*[0-9]")
_BREAK = re.compile(r"[\r\n;\u2028\u2029]")
_RELATION = re.compile(r"[=≈≃→⇒:]|->")
_NUMBERING = re.compile(
    r"\s*(?:(?:step|line)\s+[0-9]+\s*[:.)]|\(?[0-9a-z]{1,2}\)(?=\s)|[0-9]{1,2}\.(?=\s)|[•*–-](?=\s))\s*", re.IGNORECASE
)
_LABEL = re.compile(r"\s*[A-Za-z][\w .,'/-]*(?:\([A-Za-z][\w ,.]*\))?\s*(?::=|[:=])\s*(?=\S)")
_GOES_ON = re.compile(r"\s*(?:[=≈≃→⇒+*/×·]|->)")
_OPEN_END = re.compile(r"[=≈≃→⇒+*/×·(-]\s*\Z")


def lines_of(text: str) -> list[str]:
    """Return the lines of an answer, each with what goes on from it in the next; none where it has one line only."""
    if not _BREAK.search(text.strip()):
        return []
    found: list[str] = []
    for part in filter(str.strip, _BREAK.split(text)):
        if found and (_GOES_ON.match(part) or _OPEN_END.search(found[-1])):
            found[-1] = f"{found[-1].rstrip()} {part.strip()}"
        else:
            found.append(part.strip())
    return found if 1 < len(found) <= MOST_LINES else []


def answer_of(text: str, asked: Expectation, entries: int | None = None) -> str:
    """Return the line of an answer that counts: the last, where it is working in lines; else the whole text.

    What can be read as a whole and has no equality, such as a formula that a browser copied in pieces, is no working;
    nor are several values without any arithmetic, or a remark behind the answer: a person should read these.
    """
    lines = lines_of(text)
    if not lines:
        return text
    tried = ((line, read(line, asked, entries=entries)) for line in (lines[-1], without_label(lines[-1])))
    readable = ((line, found) for line, found in tried if isinstance(found, Reading))
    line, last = next(readable, (text, None))
    if last is None or (asked == "shape" and not _has_sizes(last, entries)) or _is_remark(line):
        return text
    if not any(_OPERATOR.search(without_label(part)) for part in lines) and _has_values(lines[:-1], last, asked):
        return text
    is_plain = asked == "shape" or not any(_RELATION.search(part) for part in lines)
    whole = read(text, asked, entries=entries) if is_plain else None
    return text if isinstance(whole, Reading) and whole.value != last.value else line


def _is_remark(line: str) -> bool:
    """Say whether a line is rather a sentence with a number in it."""
    return not _RELATION.search(line) and len(_WORD.findall(line)) > MOST_WORDS


def _has_values(lines: Iterable[str], last: Reading, asked: Expectation) -> bool:
    """Say whether lines have other values than the last one."""
    found = (read(line, asked) for line in lines)
    return any(isinstance(reading, Reading) and reading.value != last.value for reading in found)


def _has_sizes(reading: Reading, entries: int | None) -> bool:
    """Say whether a line is a whole shape, and not its last size."""
    return isinstance(reading.value, tuple) and len(reading.value) == (entries or max(2, len(reading.value)))


def without_label(line: str) -> str:
    """Return a line without its number and without what it is called: `1) conv1: 3*3 = 9` is `3*3 = 9`."""
    numbered = _NUMBERING.match(line)
    rest = line[numbered.end() :] if numbered else line
    called = _LABEL.match(rest)
    return rest[called.end() :] if called else rest

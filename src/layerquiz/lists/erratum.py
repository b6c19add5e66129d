"""Slips that tell students what was corrected after an exam, and why; four on a page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from layerquiz.errors import ExamError, sentence
from layerquiz.exam.exam import Exam, Paper, blank_id
from layerquiz.grading.corrections import Accepted, Correction, Corrections
from layerquiz.grading.policy import accepted_in_words
from layerquiz.languages import Words
from layerquiz.lists.around import above
from layerquiz.render.escape import literal
from layerquiz.render.lists import List, Slips


def erratum(exam: Exam, paper: Paper, corrections: Corrections, words: Words) -> List:
    """Return the slips of an exam's corrections; what is about single students is not told to all.

    `paper` is any one of the exam. Raises `ExamError` where there is nothing to tell.
    """
    lines = (*_policies(corrections, words), *_entries(paper, corrections.entries, words))
    if not lines:
        cure = "Write an entry that holds for everybody"
        raise ExamError("no correction is about all students", cure=cure, slug="no-erratum")
    return List(words("Erratum"), items=(Slips(above(exam), words("Erratum"), lines),))


def _policies(corrections: Corrections, words: Words) -> Iterator[tuple[str, str]]:
    """Yield the questions that are marked otherwise than their papers say, those with one reason together."""
    whys: dict[str, list[int]] = {}
    for number, why in sorted(corrections.policy_whys.items()):
        whys.setdefault(why, []).append(number)
    for why, numbers in whys.items():
        yield _questions(map(str, numbers), words), f"{words('marked by another policy than printed.')} {_why(why)}"


def _entries(paper: Paper, entries: Sequence[Correction], words: Words) -> Iterator[tuple[str, str]]:
    for entry in entries:
        if not entry.students:
            yield _place(paper, entry.blanks, words), f"{_what(entry, words)} {_why(entry.why)}"


def _why(why: str) -> str:
    return literal(sentence(why[:1].upper() + why[1:]))


def _questions(numbers: Iterator[str], words: Words) -> str:
    found = list(numbers)
    return words("Question {numbers}" if len(found) == 1 else "Questions {numbers}", numbers=", ".join(found))


def _place(paper: Paper, blanks: Collection[str], words: Words) -> str:
    """Return what an entry is about: whole questions by their numbers, single blanks by their names."""
    found: list[str] = []
    for number, question in paper.numbered:
        names = [blank_id(number, blank, question) for blank in question.blanks]
        there = [name for name in names if name in blanks]
        found += [number] if there == names else there
    return _questions(iter(found), words)


def _what(entry: Correction, words: Words) -> str:
    """Return what an entry does, and for which drawings."""
    if entry.void == "full":
        told = words("everybody gets the points.")
    elif entry.void:
        told = words("does not count.")
    else:
        answers = [_accepted(found, words) for found in entry.accept]
        told = words("right as well: {answers}.", answers=", ".join(answers))
    if entry.version is None:
        return told
    return f"{words('Where')} `{entry.version.text.replace('`', '')}`: {told}"


def _accepted(found: Accepted, words: Words) -> str:
    if found.name:
        return literal(words(accepted_in_words(found.name)))
    return f"`{found.text.lstrip('= ').replace('`', '')}`"

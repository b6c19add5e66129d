"""A sealed exam: plain data that holds all that is needed to print and grade an exam again, on any later version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from layerquiz.errors import ExamError
from layerquiz.exam.exam import Entry, Exam, Paper, blank_id
from layerquiz.exam.question import Blank, Question, rebuilt
from layerquiz.exam.roster import Student
from layerquiz.exam.template import Template, parse
from layerquiz.network.network import Answer

FORMAT = 1
UNHASHED = ("hash", "layerquiz")
"""What does not matter to the seal: the seal itself, and the version that made it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A sealed key that this version would compute differently; the sealed one counts."""

    student: str
    blank: str
    sealed: Answer
    recomputed: Answer


@dataclass(frozen=True, slots=True)
class Sealed:
    """An exam as it was sealed: its papers with the sealed keys, and where this version differs."""

    exam: Exam
    papers: tuple[Paper, ...]
    differences: tuple[Difference, ...]
    hash: str
    version: str


def seal(exam: Exam, papers: Iterable[Paper], version: str) -> dict[str, Any]:
    """Return an exam and its papers as JSON-able data with their hash; `version` is that of layerquiz."""
    sealed: dict[str, Any] = {
        "format": FORMAT,
        "layerquiz": version,
        "title": exam.title,
        "course": exam.course,
        "date": exam.date,
        "instructions": exam.instructions,
        "seed": exam.seed,
        "conventions": exam.conventions,
        "policy": exam.policy,
        "templates": {entry.template.name: entry.template.text for entry in exam.entries},
        "questions": [_entry(entry) for entry in exam.entries],
        "papers": [_paper(paper) for paper in papers],
        **({} if exam.pass_share is None else {"pass": str(exam.pass_share)}),
    }
    return {**sealed, "hash": digest(sealed)}


def _entry(entry: Entry) -> dict[str, Any]:
    points = None if entry.points is None else str(entry.points)
    return {"template": entry.template.name, "points": points, "policy": entry.policy}


def _paper(paper: Paper) -> dict[str, Any]:
    return {
        "student": paper.student.id,
        "name": paper.student.name,
        "drawn": [question.drawn for question in paper.questions],
        "keys": {name: _plain(blank.key) for name, blank in paper.blanks.items()},
    }


def _plain(key: Answer) -> int | str | list[int | str]:
    """Return a key as JSON knows it: a fraction is a text."""
    if isinstance(key, tuple):
        return [part if isinstance(part, int) else str(part) for part in key]
    return key if isinstance(key, int) else str(key)


def _key(plain: Any) -> Answer:
    if isinstance(plain, list):
        return tuple(part if isinstance(part, int) else Fraction(part) for part in plain)
    return plain if isinstance(plain, int) else Fraction(plain)


def digest(sealed: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what matters, over JSON with sorted keys and no spaces."""
    kept = {key: found for key, found in sealed.items() if key not in UNHASHED}
    canonical = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def unseal(sealed: Any) -> Sealed:
    """Return a sealed exam with all its papers, rebuilt from the drawn values and the sealed templates alone."""
    _check_format(sealed)
    if sealed.get("hash") != digest(sealed):
        raise ExamError(
            "the sealed exam was changed after it was made",
            why="What it says and its seal do not agree",
            cure="Put the original exam.json back; to change an exam, make it again",
            slug="broken-seal",
        )
    try:
        return _opened(sealed)
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError):
        what, cure = "the sealed exam does not hold what it should", "Put the original exam.json back"
        raise ExamError(what, cure=cure, slug="no-sealed-exam") from None


def _opened(sealed: Mapping[str, Any]) -> Sealed:
    templates = {name: parse(text, name) for name, text in sealed["templates"].items()}
    exam = _exam(sealed, templates)
    papers, differences = [], []
    for found in sealed["papers"]:
        paper = _unsealed_paper(exam, found)
        differences += _differences(paper, found["keys"])
        papers.append(_with_keys(paper, found["keys"]))
    return Sealed(exam, tuple(papers), tuple(differences), sealed["hash"], str(sealed.get("layerquiz", "")))


def _check_format(sealed: Any) -> None:
    if not isinstance(sealed, Mapping) or "hash" not in sealed:
        cure = "Name the folder that `layerquiz exam` made"
        raise ExamError("this is no sealed exam", cure=cure, slug="no-sealed-exam")
    if sealed.get("format") != FORMAT:
        what = f"the sealed exam has format {sealed.get('format')!r}"
        cure = f"This version reads format {FORMAT}: use the version of layerquiz that made it, or a later one"
        raise ExamError(what, cure=cure, slug="sealed-format")


def _exam(sealed: Mapping[str, Any], templates: Mapping[str, Template]) -> Exam:
    entries = (
        Entry(
            templates[found["template"]],
            None if found["points"] is None else Fraction(found["points"]),
            found["policy"],
        )
        for found in sealed["questions"]
    )
    words = {key: sealed[key] for key in ("title", "course", "date", "instructions", "seed", "conventions", "policy")}
    passing = None if "pass" not in sealed else Fraction(sealed["pass"])
    return Exam(**words, entries=tuple(entries), pass_share=passing)


def _unsealed_paper(exam: Exam, found: Mapping[str, Any]) -> Paper:
    questions = []
    for entry, drawn in zip(exam.entries, found["drawn"], strict=True):
        question = rebuilt(entry.template, drawn, exam.conventions)
        questions.append(question if entry.points is None else question.worth(entry.points))
    return Paper(Student(found["student"], found["name"]), tuple(questions))


def _differences(paper: Paper, keys: Mapping[str, Any]) -> list[Difference]:
    return [
        Difference(paper.student.id, name, _key(keys[name]), blank.key)
        for name, blank in paper.blanks.items()
        if _key(keys[name]) != blank.key
    ]


def _with_keys(paper: Paper, keys: Mapping[str, Any]) -> Paper:
    """Return a paper whose blanks have the sealed keys."""

    def keyed(number: str, question: Question, blank: Blank) -> Blank:
        return replace(blank, key=_key(keys[blank_id(number, blank, question)]))

    return replace(
        paper,
        questions=tuple(
            replace(question, blanks=tuple(keyed(number, question, blank) for blank in question.blanks))
            for number, question in paper.numbered
        ),
    )

"""Corrections after the exam, as their file says them.

The file `corrections.yaml` beside the sealed exam is YAML, as in this example:

    lower: false                      # true lets corrections lower marks; without it no mark goes down
    policy: {mistake: 3/4, why: the mistakes were hard to avoid}
    corrections:
      - {blank: 1a, accept: 54, why: the sheet showed another padding}
      - {blank: 1b, accept: "= conv.height + 1", version: conv.padding == 0, why: rounded up in the lecture}
      - {question: 2, accept: mac-vs-flop, why: the lecture counts operations}
      - {blank: [3a, 3b], void: full, why: the figure was missing}
      - {question: 4, void: drop, student: s07, why: a page was not printed}
      - {blank: 5b, student: s03, points: 1/2, why: seen in the working on paper}
      - {question: 6, policy: {repeat: always}, why: as announced}

`blank`, `question`, `student` (one or a list) and `version` (a comparison over a drawing's numbers) say where an entry
holds, and each entry has a `why`. `accept` is a value, an expression behind "=" over the numbers of the drawing, or the
name of a convention or a mistake; such answers are right. `void: full` gives everybody who handed in the points,
`void: drop` takes them out of the total. `points` are one student's for one blank. `policy` replaces single choices of
the sealed policy: of the exam at the top, of a question or a blank in an entry. A later entry wins over an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from layerquiz.errors import ExamError, LayerquizError, nearest
from layerquiz.exam.exam import Exam, Paper, blank_id
from layerquiz.exam.forms.base import lookup
from layerquiz.exam.question import Blank
from layerquiz.exam.source import SourceText
from layerquiz.grading.policy import policies
from layerquiz.grading.policy_keys import ACCEPTABLE, merged, number
from layerquiz.grading.read import Reading, Unreadable, read
from layerquiz.grading.sheet import asked
from layerquiz.network import expression
from layerquiz.network.expression import Expression
from layerquiz.network.mistakes import CATALOGUE
from layerquiz.network.network import Answer
from layerquiz.network.notation import shown

FILE = "corrections.yaml"
ACTIONS = ("accept", "void", "points", "policy")


class _Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class EntryKeys(_Keys):
    """One correction as written."""

    why: str
    blank: str | int | list[Any] | None = None
    question: int | list[Any] | None = None
    student: str | int | list[Any] | None = None
    version: str | None = None
    accept: str | int | float | list[Any] | None = None
    void: Literal["full", "drop"] | None = None
    points: str | int | float | None = None
    policy: dict[str, Any] | None = None


class FileKeys(_Keys):
    """The file as written."""

    lower: bool = False
    policy: dict[str, Any] = {}
    corrections: list[Any] = []


@dataclass(frozen=True, slots=True)
class Accepted:
    """One answer that is right as well: an expression, a name, or a value for each blank as it is read there."""

    text: str
    formula: Expression | None = None
    name: str = ""
    values: Mapping[str, Answer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Correction:
    """One entry of the file: where it holds, what it does, and why. `students` is empty where it holds for all."""

    place: str
    why: str
    blanks: frozenset[str]
    students: frozenset[str]
    version: Expression | None
    accept: tuple[Accepted, ...] = ()
    void: str = ""
    points: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Corrections:
    """The whole file. `exam` is the sealed one with the changed policy, `policy_whys` its reasons by question."""

    lower: bool
    exam: Exam
    policy_whys: Mapping[int, str]
    entries: tuple[Correction, ...]


def parse(text: str, file: str, exam: Exam, papers: Sequence[Paper]) -> Corrections:
    """Return the corrections of a file to a sealed exam; every error names the line, and the nearest spelling."""
    return _Parsing(SourceText(file, text, 1, ExamError), exam, papers).corrections()


class _Parsing:
    """One file being read."""

    def __init__(self, source: SourceText, exam: Exam, papers: Sequence[Paper]) -> None:
        self.source, self.exam, self.papers = source, exam, papers
        self.blanks: dict[str, tuple[int, Blank]] = {
            blank_id(number, blank, question): (int(number), blank)
            for number, question in papers[0].numbered
            for blank in question.blanks
        }

    def corrections(self) -> Corrections:
        """Return what the file says."""
        keys = self.source.checked(FileKeys, self.source.mapping())
        whys: dict[int, str] = {}
        if keys.policy:
            written = {key: found for key, found in keys.policy.items() if key != "why"}
            self._take(replace(self.exam, policy=merged(self.exam.policy, written)), ("policy",))
            whys = dict.fromkeys(range(1, len(self.exam.entries) + 1), self._why(keys.policy.get("why"), ("policy",)))
        entries = []
        for place, written in enumerate(keys.corrections):
            found = self._entry(self.source.checked(EntryKeys, written, ("corrections", place)), place, whys)
            entries += [found] if found else []
        return Corrections(keys.lower, self.exam, whys, tuple(entries))

    def _entry(self, keys: EntryKeys, place: int, whys: dict[int, str]) -> Correction | None:
        """Return one entry; one that changes the policy of a question changes the exam instead."""
        path = ("corrections", place)
        why = self._why(keys.why, path)
        done = [action for action in ACTIONS if getattr(keys, action) is not None]
        if len(done) != 1:
            what = "an entry does one thing" + (f"; found {', '.join(done)}" if done else "")
            raise self.source.fault(what, path, cure=f"Write one of {', '.join(ACTIONS)}", slug="corrections")
        blanks = self._blanks(keys, path)
        if keys.policy is not None:
            whys |= dict.fromkeys(self._take_inner_policy(keys, keys.policy, blanks, path), why)
            return None
        return Correction(
            place=self.source.place(path),
            why=why,
            blanks=frozenset(blanks),
            students=frozenset(self._students(keys.student, path)),
            version=self._version(keys.version, blanks, path),
            accept=self._accepted(keys, blanks, path),
            void=keys.void or "",
            points=self._points(keys, blanks, path),
        )

    def _why(self, found: Any, path: tuple[str | int, ...]) -> str:
        if not isinstance(found, str) or not found.strip():
            cure = "Write why: and the reason, which students may be shown"
            raise self.source.fault("a correction says why", path, cure=cure, slug="corrections")
        return " ".join(found.split())

    def _blanks(self, keys: EntryKeys, path: tuple[str | int, ...]) -> list[str]:
        """Return the blanks that an entry is about: those that it names, and all of the questions that it names."""
        numbers = [str(number) for number in range(1, len(self.exam.entries) + 1)]
        blanks = self._known(keys.blank, self.blanks, "blank", path)
        questions = self._known(keys.question, numbers, "question", path)
        if bool(blanks) == bool(questions):
            cure = f"Write blank: {next(iter(self.blanks))}, or question: 1"
            raise self.source.fault("an entry names blanks, or questions", path, cure=cure, slug="corrections")
        return [name for name, (number, _) in self.blanks.items() if name in blanks or str(number) in questions]

    def _students(self, found: Any, path: tuple[str | int, ...]) -> list[str]:
        return self._known(found, [paper.student.id for paper in self.papers], "student", path)

    def _known(self, found: Any, known: Iterable[str], what: str, path: tuple[str | int, ...]) -> list[str]:
        """Return one name or a list of names, each of which the exam has."""
        names = [] if found is None else [str(name) for name in (found if isinstance(found, list) else [found])]
        allowed = list(known)
        for name in names:
            if name not in allowed:
                fault = f'the exam has no {what} "{shown(name)[1:-1]}"'
                raise self.source.fault(fault, (*path, what), cure=nearest(name, allowed), slug=f"unknown-{what}")
        return names

    def _version(self, text: str | None, blanks: list[str], path: tuple[str | int, ...]) -> Expression | None:
        if text is None:
            return None
        read_as = self._expression(text, blanks, (*path, "version"))
        if not read_as.compares:
            cure = "Write one such as conv.stride == 2"
            raise self.source.fault(f'"{text}" is no comparison', (*path, "version"), cure=cure, slug="expression")
        return read_as

    def _expression(self, text: str, blanks: list[str], path: tuple[str | int, ...]) -> Expression:
        """Return an expression that has a value in the drawings of the first paper: all have the same names."""
        try:
            found = expression.parse(text)
            for number in dict.fromkeys(self.blanks[name][0] for name in blanks):
                question = self.papers[0].questions[number - 1]
                found.value(lookup(question.drawn, question.network))
        except LayerquizError as error:
            raise self.source.located(error, path) from None
        return found

    def _accepted(self, keys: EntryKeys, blanks: list[str], path: tuple[str | int, ...]) -> tuple[Accepted, ...]:
        if keys.accept is None:
            return ()
        by_name = isinstance(keys.accept, str) and (keys.accept in ACCEPTABLE or keys.accept in CATALOGUE)
        if keys.question is not None and len(blanks) > 1 and not by_name:
            cure = f"Name the blank, such as blank: {blanks[0]}"
            raise self.source.fault(
                "a value is accepted for one blank", (*path, "accept"), cure=cure, slug="corrections"
            )
        by_hand = next((name for name in blanks if self.blanks[name][1].by_hand), None)
        if by_hand is not None:
            what = f"no answer to {by_hand} is accepted: a person gives its points"
            cure = "Write points: for a student, or void: full"
            raise self.source.fault(what, (*path, "accept"), cure=cure, slug="corrections")
        listed = keys.accept if isinstance(keys.accept, list) else [keys.accept]
        return tuple(self._accept(found, blanks, (*path, "accept")) for found in listed)

    def _accept(self, found: Any, blanks: list[str], path: tuple[str | int, ...]) -> Accepted:
        if isinstance(found, bool) or not isinstance(found, str | int | float):
            cure = "Allowed: a value, an expression behind =, the name of a convention, or a list of them"
            raise self.source.fault(f"found {shown(found)}", path, cure=cure, slug="wrong-value")
        text = str(found).strip()
        if text.startswith("="):
            formula = self._expression(text[1:], blanks, path)
            if formula.compares:
                what, cure = f'"{text}" is a comparison', "Write what is accepted, such as = conv.height + 1"
                raise self.source.fault(what, path, cure=cure, slug="expression")
            return Accepted(text, formula)
        if text in ACCEPTABLE or text in CATALOGUE:
            return Accepted(text, name=text)
        return Accepted(text, values={name: self._value(text, self.blanks[name][1], path) for name in blanks})

    def _value(self, text: str, blank: Blank, path: tuple[str | int, ...]) -> Answer:
        """Return a value as an answer to the blank would be read."""
        if isinstance(blank.key, tuple):
            reading = read(text, "shape", entries=len(blank.key))
        else:
            reading = read(text, asked(blank.quantity))
        if isinstance(reading, Reading):
            return reading.value
        why = f" ({reading.reason.rstrip('.')})" if isinstance(reading, Unreadable) else ""
        cure = nearest(text, (*ACCEPTABLE, *CATALOGUE)) if text.replace("-", "").isalpha() else ""
        raise self.source.fault(f"found {shown(text)}, which cannot be read{why}", path, cure=cure, slug="wrong-value")

    def _points(self, keys: EntryKeys, blanks: list[str], path: tuple[str | int, ...]) -> Fraction | None:
        if keys.points is None:
            return None
        if keys.student is None or len(blanks) != 1:
            cure = "Write student: and blank: beside points"
            raise self.source.fault("points are a student's for one blank", path, cure=cure, slug="corrections")
        found, possible = number(keys.points), self.blanks[blanks[0]][1].points
        if found is None or not 0 <= found <= possible:
            cure = f"Allowed: a number from 0 to {possible}, such as 1/2 or 0.5"
            raise self.source.fault(f"found {shown(keys.points)}", (*path, "points"), cure=cure, slug="wrong-value")
        return found

    def _take_inner_policy(
        self, keys: EntryKeys, written: Mapping[str, Any], blanks: list[str], path: tuple[str | int, ...]
    ) -> set[int]:
        """Change the policy of questions, or of single blanks; return the questions."""
        if keys.student is not None or keys.version is not None:
            cure = "Leave student and version out"
            raise self.source.fault("a policy holds for everybody", path, cure=cure, slug="corrections")
        by_question: dict[int, list[str]] = {}
        for name in blanks:
            question, blank = self.blanks[name]
            by_question.setdefault(question, []).append(blank.place)
        for question, places in by_question.items():
            changed = written if keys.blank is None else {"blanks": dict.fromkeys(places, written)}
            self._take(_with_inner_policy(self.exam, question, changed), (*path, "policy"))
        return set(by_question)

    def _take(self, exam: Exam, path: tuple[str | int, ...]) -> None:
        """Go on with an exam of another policy, if that can be."""
        try:
            policies(exam)
        except LayerquizError as error:
            raise self.source.located(error, path) from None
        self.exam = exam


def _with_inner_policy(exam: Exam, number: int, written: Mapping[str, Any]) -> Exam:
    """Return an exam whose question of a number has some choices replaced, or those of its blanks."""
    entry = exam.entries[number - 1]
    changed = merged(entry.policy, {key: found for key, found in written.items() if key != "blanks"})
    if "blanks" in written:
        known, new = entry.policy.get("blanks", {}), written["blanks"]
        each = isinstance(new, Mapping) and all(isinstance(choices, Mapping) for choices in new.values())
        changed["blanks"] = (
            {**known, **{name: merged(known.get(name, {}), choices) for name, choices in new.items()}} if each else new
        )
    entries = (*exam.entries[: number - 1], replace(entry, policy=changed), *exam.entries[number:])
    return replace(exam, entries=entries)

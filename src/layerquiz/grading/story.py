"""A story: what explains one answer, in the words of the verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from layerquiz.formula.expr import Number
from layerquiz.network.mistakes import CATALOGUE
from layerquiz.network.network import Answer
from layerquiz.record import record

Verdict = Literal["correct", "convention", "carried", "slip", "mistake", "wrong", "blank", "unreadable"]
FORMAT = 1

NONE: list[Any] = []
"""No mistakes, no rivals: a list for all stories that have none, of which a large class has half a million."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a student's working: as written and as read, and the mistakes that would explain a wrong one.

    note: the question about an equality that does not hold, or that the line was not read.
    """

    text: str
    shown: str
    verdict: Literal["right", "wrong", "unclear"]
    mistakes: list[str] = field(default_factory=list)
    note: str = ""

    @property
    def hint(self) -> str:
        """Return what a student is told about a wrong line."""
        return self.note or hints_of([[slug] for slug in self.mistakes])

    def as_json(self) -> dict[str, Any]:
        """Return the line as plain data."""
        told = {"text": self.text, "shown": self.shown, "verdict": self.verdict}
        return {**told, "mistakes": self.mistakes, "note": self.note}


@record
class Story:
    """What explains the answer to one blank.

    mistakes is the first set of slugs that fits, in the catalogue's order; rivals are the other sets that fit.
    own_value is what the student's own earlier values lead to, where that differs from the key; carried_from names
    the blanks that it comes from. conventions names those under which the answer is right. printed says in which
    well-known text the answer is a misprint. seen counts the answers of the paper that the same mistakes explain.
    Where a formula is asked for, what is expected and read is a formula in letters, as text. lines are those of working
    in several; method_right says whether an expression of the working is the right formula with right numbers, or with
    the student's own. listed says how the answers to the blank can be listed, if they can: as options, an order or
    numbers; letters of options are text. Of points that a person gives, all are correct and fewer are wrong.
    """

    quantity: str
    verdict: Verdict
    expected: Answer | str
    written: str = ""
    read_as: Answer | str | None = None
    shown: str = ""
    mistakes: Sequence[str] = field(default_factory=lambda: NONE)
    rivals: Sequence[Sequence[str]] = field(default_factory=lambda: NONE)
    conventions: Sequence[str] = field(default_factory=lambda: NONE)
    carried_from: Sequence[str] = field(default_factory=lambda: NONE)
    own_value: Answer | None = None
    working: bool = False
    method_right: bool = False
    broken: tuple[str, str] | None = None
    notes: tuple[str, ...] = ()
    printed: str = ""
    seen: int = 1
    listed: Literal["", "options", "order", "number", "points"] = ""
    lines: tuple[Line, ...] = ()

    @property
    def hint(self) -> str:
        """Return what a student is told: what fits, as questions; all explanations where several fit."""
        said = (self._told(), self.printed, self._often(), *self.notes)
        return " ".join(text for text in said if text)

    def _often(self) -> str:
        """Return how often the explanation was seen on the paper, where that is more than once."""
        return f"({self.confidence[:1].upper()}{self.confidence[1:]}.)" if self.seen > 1 else ""

    @property
    def named(self) -> tuple[str, ...]:
        """Return every mistake that may explain the answer, rivals too, each once."""
        return tuple(dict.fromkeys(slug for slugs in (self.mistakes, *self.rivals) for slug in slugs))

    def _told(self) -> str:
        """Return what is said of the answer, or of the first line of its working that is wrong."""
        number = next((number for number, line in enumerate(self.lines, 1) if line.verdict == "wrong"), 0)
        if not number:
            return " ".join(filter(None, (self._verdict_hint(), self._broken_hint())))
        line, is_last = self.lines[number - 1], number == len(self.lines)
        about = self._verdict_hint() if is_last and self.mistakes and not line.note else line.hint
        is_said = self.verdict in ("wrong", "slip") or is_last or {*line.mistakes} >= {*self.mistakes}
        rest = ("" if is_said else self._verdict_hint(), "" if is_last else self._broken_hint())
        return " ".join(filter(None, (f"Line {number}, {line.shown}: {about}", *rest)))

    @property
    def confidence(self) -> str:
        """Return how sure the explanation is, in words; nothing where nothing has to be explained."""
        if self.verdict == "wrong":
            return "no explanation fits"
        if self.verdict not in ("mistake", "slip", "convention"):
            return ""
        fitting = 1 + len(self.rivals)
        if self.seen > 1:
            return f"seen {self.seen} times on this paper"
        return "one explanation fits" if fitting == 1 else f"{count(fitting).lower()} explanations fit"

    def _verdict_hint(self) -> str:
        match self.verdict:
            case "mistake" | "convention" | "slip":
                return self._explanations()
            case "carried":
                return f"Right from your own earlier values ({', '.join(self.carried_from)})."
            case "wrong" if self.listed in ("options", "order", "points"):
                return ""
            case "wrong" if self.printed:
                return "Is this a number that you read somewhere?"
            case "wrong":
                return "No single explanation fits this answer: can you write down how you came to it?"
        return ""

    def _explanations(self) -> str:
        sets = [slugs for slugs in (self.mistakes, *self.rivals) if slugs]
        if sets:
            return hints_of(sets)
        if self.verdict == "convention":
            return "Right under another convention than this sheet's: which one is printed on it?"
        return "Are all digits where they belong? Only the order or number of digits differs."

    def _broken_hint(self) -> str:
        if self.broken is None:
            return ""
        left, right = self.broken
        return f"In your working, is {left} equal to {right}?"

    def as_json(self) -> dict[str, Any]:
        """Return the story as plain data, as `diagnose --json` prints it."""
        return {
            "format": FORMAT,
            "quantity": self.quantity,
            "read_as": plain(self.read_as),
            "expected": plain(self.expected),
            "verdict": self.verdict,
            "mistakes": list(self.mistakes),
            "rivals": list(map(list, self.rivals)),
            "conventions": list(self.conventions),
            "hint": self.hint,
            **({"lines": [line.as_json() for line in self.lines]} if self.lines else {}),
        }


def hints_of(sets: Sequence[Sequence[str]]) -> str:
    """Return the hints of the sets of mistakes that fit; where sets share one, each hint is said once and numbered."""
    slugs = list(dict.fromkeys(slug for together in sets for slug in together))
    texts = [CATALOGUE[slug].hint for slug in slugs]
    if len(sets) == 1:
        return " And: ".join(texts)
    if len(slugs) == sum(len(together) for together in sets):
        return f"{count(len(sets))} explanations fit. " + " Or: ".join(hints_of([together]) for together in sets)
    ways = " or ".join(" with ".join(f"({slugs.index(slug) + 1})" for slug in together) for together in sets)
    numbered = " ".join(f"({number}) {text}" for number, text in enumerate(texts, 1))
    return f"{count(len(sets))} explanations fit: {ways}. {numbered}"


def count(number: int) -> str:
    """Return a small number as a word, at the start of a sentence."""
    words = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
    return words[number] if number < len(words) else str(number)


def plain(value: Answer | str | None) -> int | float | str | list[Any] | None:
    """Return a value as JSON has it: whole numbers, lists for shapes, fractions and formulas as text."""
    if isinstance(value, tuple):
        return [plain(entry) for entry in value]
    return value if value is None or isinstance(value, int | str) else _fraction(value)


def _fraction(value: Number) -> str | float:
    """Return a fraction as a decimal where it is one exactly; else as text."""
    try:
        as_float = float(value)
    except OverflowError:
        return str(value)
    return as_float if as_float == value else str(value)

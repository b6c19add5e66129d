"""What a check found out about one template: facts as values, and problems as texts that name the line to mend."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

from layerquiz.exam.source import Path
from layerquiz.exam.space import Space
from layerquiz.exam.template import Template
from layerquiz.render.document import Sheet

WORD = re.compile(r"[^\W\d_]{3,}")
MOST_PROBLEMS = 12

Ranges: TypeAlias = Mapping[str, list[Any]]
"""By name the smallest and the largest of some numbers or shapes, or the words that were drawn."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What has to be mended, and where: file and line. `seed` is that of a drawing which shows it, `shown` how."""

    where: str
    what: str
    seed: int | None = None
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came out for one template.

    attempts: how often numbers were drawn, those included that could not be used; rejected: why not, and how often.
    distinct: different questions among the drawn; space: how many there are. difficulty: least, median, largest.
    could_also: mistakes that show in nearly all drawings, and are neither listed nor excused. recounted: blanks whose
    key was counted by brute force on a smaller network. layout: whether it was looked at, and what came of it.
    """

    name: str
    seeds: int
    first: int
    problems: tuple[str, ...] = ()
    attempts: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    distinct: int = 0
    space: Space | None = None
    numbers: Ranges = field(default_factory=dict)
    keys: Ranges = field(default_factory=dict)
    chance: Mapping[str, Fraction] = field(default_factory=dict)
    difficulty: tuple[int, float, int] | None = None
    could_also: tuple[str, ...] = ()
    excused: Mapping[str, str] = field(default_factory=dict)
    recounted: tuple[str, ...] = ()
    layout: str = ""
    seconds: float = 0.0
    printed: Sheet | None = None

    def as_json(self) -> dict[str, Any]:
        """Return everything but the time, which is another one each time."""
        return {
            "template": self.name,
            "seeds": self.seeds,
            "first": self.first,
            "attempts": self.attempts,
            "rejected": dict(self.rejected),
            "distinct": self.distinct,
            "space": None if self.space is None else {"distinct": self.space.distinct, "exact": self.space.exact},
            "numbers": dict(self.numbers),
            "keys": dict(self.keys),
            "chance": {name: float(rate) for name, rate in self.chance.items()},
            "difficulty": None if self.difficulty is None else list(self.difficulty),
            "could_also_tell_apart": list(self.could_also),
            "excused": dict(self.excused),
            "recounted": list(self.recounted),
            "layout": self.layout,
            "problems": list(self.problems),
        }

    def lines(self) -> list[str]:
        """Return what is printed: one line that says whether the template holds, then facts, then problems."""
        verdict = "FAILS" if self.problems else "holds"
        head = f"{self.name}: {verdict}; {self.distinct} of {self.seeds} drawings differ"
        facts = [f"  {name}: {told}" for name, told in self._facts() if told]
        return [f"{head}, of {self.space}" if self.space else head, *facts, *(f"  {told}" for told in self.problems)]

    def _facts(self) -> list[tuple[str, str]]:
        rejected = ", ".join(f"{reason} {count}x" for reason, count in self.rejected.items())
        tried = f"{self.attempts}{f' ({rejected})' if rejected else ''}" if self.attempts else ""
        least, middle, most = self.difficulty or (0, 0.0, 0)
        return [
            ("attempts", tried),
            ("drawn", _ranges(self.numbers)),
            ("keys", _ranges(self.keys)),
            ("chance that a guess is paid", ", ".join(f"{n} {float(rate):.1%}" for n, rate in self.chance.items())),
            ("difficulty", f"{least} to {most}, median {middle:g}" if self.difficulty else ""),
            ("recounted by brute force on smaller numbers", ", ".join(self.recounted)),
            ("could also tell apart", ", ".join(self.could_also)),
        ]


def _ranges(found: Ranges) -> str:
    return ", ".join(f"{name} {_range(ends)}" for name, ends in found.items())


def _range(ends: list[Any]) -> str:
    texts = ["x".join(map(str, end)) if isinstance(end, list) else str(end) for end in ends]
    if any(isinstance(end, str) and not end[:1].isdigit() for end in ends):
        return "/".join(texts)
    return texts[0] if texts[0] == texts[-1] else f"{texts[0]}-{texts[-1]}"


def told(problems: Iterable[Problem]) -> tuple[str, ...]:
    """Return problems as texts; what is wrong in many drawings is said once, with how many show it."""
    alike: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        alike.setdefault((problem.where, problem.what), []).append(problem)
    texts = [_text(found[0], len({problem.seed for problem in found})) for found in alike.values()]
    more = len(texts) - MOST_PROBLEMS
    return (*texts[:MOST_PROBLEMS], *([f"and {more} more"] if more > 0 else []))


def _text(problem: Problem, drawings: int) -> str:
    shown = f": {problem.shown}" if problem.shown else ""
    more = f" and {drawings - 1} more" if drawings > 1 else ""
    seeds = "" if problem.seed is None else f" (seed {problem.seed}{more})"
    return f"{problem.where}: {problem.what}{shown}{seeds}"


def at(template: Template, path: Path) -> str:
    """Return file and line of an entry of a template."""
    return template.written.place(path)


def at_blank(template: Template, number: int) -> str:
    """Return file and line of what asks for a blank."""
    return at(template, template.asked[number].path)


def at_quantity(template: Template, name: str) -> str:
    """Return file and line of what asks for a quantity."""
    return at(template, next(asked.path for asked in template.asked if asked.quantity == name))


def at_words(template: Template, words: str) -> str:
    """Return file and line of the line that has most words in common with a printed text: the one to mend."""
    wanted = set(WORD.findall(words))
    said = template.translation
    lines = (template.text if said is None else said.text).split("\n")
    shared = [len(wanted & set(WORD.findall(line))) for line in lines]
    best = max(range(len(lines)), key=lambda place: (shared[place], place >= template.wording.first_line - 1))
    line = best + 1 if shared[best] else template.wording.first_line
    return f"{template.written.name if said is None else said.file}, line {line}"

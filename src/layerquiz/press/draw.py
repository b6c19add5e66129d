"""Papers are drawn and written as LaTeX in pieces of the roster, which several processes do side by side.

A paper depends on who sits before only where both would have the same numbers. So each piece is drawn as if nobody
sat before it, and drawn again in the seldom case that its first paper is like the last one of the piece before.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any

from layerquiz.exam import exam as exams
from layerquiz.exam.assumptions import Gathered
from layerquiz.exam.difficulty import usual
from layerquiz.exam.exam import Exam, Paper
from layerquiz.exam.makeup import repeated
from layerquiz.exam.seal import exam_of, reopened, sealed_paper
from layerquiz.exam.seating import Planned
from layerquiz.render import latex, papers
from layerquiz.render.latex import Measured, Printed
from layerquiz.render.layout import Layout
from layerquiz.render.questions import key_in_words

PIECE = 100
"""So many papers are drawn in one job, and so many are set in one run of the engine: a function of the exam alone."""

SAID = "layerquizsaid"
"""Stands in the LaTeX of a paper for the sentences on conventions, which are known when all papers are drawn."""


@dataclass(frozen=True, slots=True)
class Order:
    """A piece of the roster to be drawn. `head` is the seal of the exam without papers, as JSON.

    `first` is the place of the first paper in the class. `kept` are sealed papers as plain data, by student: those of
    the piece, and one of each version. `before` and `after` are papers beside the piece: the first is drawn, the last
    sealed. `seen` are papers of the first exam of a make-up, by student; `seen_head` is its seal without papers.
    """

    head: str
    first: int
    wanted: tuple[Planned, ...]
    kept: Mapping[str, Any]
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    seen: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    seen_head: str = ""

    def plain(self) -> list[Any]:
        """Return what decides the piece."""
        wanted = [asdict(each) for each in self.wanted]
        beside = [self.before, self.after]
        return [self.head, self.first, wanted, self.kept, *beside, self.seen, self.seen_head]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn piece: its papers as they are sealed, and what has to be known of all papers before any is set.

    `keys` are the right answers in words, `ends` what makes the questions of the first and last paper others.
    `repeated` are numbers of questions that somebody may have seen in the first exam of a make-up.
    """

    papers: list[dict[str, Any]]
    blanks: list[str]
    keys: list[list[str]]
    said: Gathered
    alike: int
    ends: tuple[list[str], list[str]]
    repeated: list[int]

    def data(self) -> bytes:
        """Return the piece as bytes to be kept."""
        return json.dumps(asdict(self), ensure_ascii=False).encode("utf-8", "surrogatepass")

    @classmethod
    def read(cls, data: bytes) -> Drawn:
        """Return a piece that was kept."""
        found = json.loads(data.decode("utf-8", "surrogatepass"))
        return cls(**{**found, "said": Gathered(**found["said"]), "ends": tuple(found["ends"])})


def draw(order: Order) -> tuple[bytes, bytes]:
    """Return a drawn piece, and its papers in LaTeX, each as bytes to be kept."""
    exam = known(order.head)
    seen = _seen(order)
    found = _papers(exam, order, seen)
    drawn = Drawn(
        [sealed_paper(paper, place) for place, paper in enumerate(found, order.first)],
        list(found[0].blanks),
        [right_answers(paper) for paper in found],
        Gathered.of(question for paper in found for question in paper.numbered),
        sum(exams.is_alike(exam, paper) for paper in found),
        (_identities(exam, found[0]), _identities(exam, found[-1])),
        repeated(exam, found, seen),
    )
    return drawn.data(), packed([latex.printed(papers.paper(exam, paper, paper.number, (SAID,))) for paper in found])


def right_answers(paper: Paper) -> list[str]:
    """Return the right answers of a paper in words, in the order of its blanks."""
    return [key_in_words(blank) for blank in paper.blanks.values()]


def _seen(order: Order) -> dict[str, list[Paper]]:
    """Return the papers of the first exam that the students of a piece may have seen."""
    if not order.seen:
        return {}
    first = _read(order.seen_head)
    return {student: list(reopened(first, papers)) for student, papers in order.seen.items()}


def _papers(exam: Exam, order: Order, seen: Mapping[str, Sequence[Paper]]) -> list[Paper]:
    """Return the papers of a piece with the numbers to print."""
    beside = [found for found in (order.before, order.after) if found is not None]
    kept = {paper.student.id: paper for paper in reopened(exam, [*order.kept.values(), *beside])}
    first, last = (
        [] if found is None else [Planned(kept[found["student"]].student, 0)] for found in (order.before, order.after)
    )
    return exams.drawn(exam, (*first, *order.wanted, *last), kept, seen)[len(first) :][: len(order.wanted)]


def _identities(exam: Exam, paper: Paper) -> list[str]:
    """Return what makes those questions others that are drawn for one student alone."""
    if exam.versions is not None:
        return []
    pairs = zip(exam.entries, paper.questions, strict=True)
    return [question.identity for entry, question in pairs if not entry.is_fixed]


def packed(printed: Sequence[Printed]) -> bytes:
    """Return papers in LaTeX as bytes: a tenth of their length."""
    return zlib.compress(json.dumps([asdict(paper) for paper in printed], ensure_ascii=False).encode(), 1)


def unpacked(data: bytes) -> Iterator[Printed]:
    """Yield the papers that were packed."""
    for found in json.loads(zlib.decompress(data)):
        pieces = tuple([Measured(**piece) for piece in found.pop("measured")])
        yield Printed(layout=Layout(**found.pop("layout")), measured=pieces, **found)


_KNOWN: dict[str, Exam] = {}
"""The exam of this run, as its file was read: its errors know the lines of the file."""


def remember(head: str, exam: Exam) -> None:
    """Let jobs in this process and in those that it forks use an exam as it is."""
    _KNOWN.clear()
    _KNOWN[head] = exam
    for entry in exam.entries:
        usual(entry.template, exam.conventions)  # found out once, before processes are forked


def known(head: str) -> Exam:
    """Return an exam: that of this run, or read from its seal."""
    return _KNOWN.get(head) or _read(head)


@lru_cache(maxsize=2)
def _read(head: str) -> Exam:
    return exam_of(json.loads(head))

"""A class graded apart: pieces as plain data, which may be graded on another machine, with the same marks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from layerquiz.exam.exam import Exam
from layerquiz.exam.seal import Sealed, exam_of, reopened, seal, sealed_paper
from layerquiz.grading.grade import Grading, Piece
from layerquiz.grading.jobs import pieces


@dataclass(frozen=True, slots=True)
class Order:
    """Sealed papers as plain data, with their answers; `head` is the seal without papers, as JSON."""

    head: str
    papers: tuple[Mapping[str, Any], ...]
    answers: Mapping[str, Mapping[str, str]]


Each: TypeAlias = Callable[[Callable[[Order], Piece], Iterable[Order]], Iterator[tuple[int, Piece]]]
"""Does a job for each order, wherever; yields places and what was made, in whatever order it is finished."""


def graded(order: Order) -> Piece:
    """Return the graded blanks of some papers, and where their sealed keys differ from what is computed."""
    exam = _exam(order.head)
    papers = tuple(reopened(exam, order.papers))
    return Grading(Sealed(exam, papers, "", ""), order.answers).piece(papers)


@lru_cache(maxsize=1)
def _exam(head: str) -> Exam:
    return exam_of(json.loads(head))


def apart(sealed: Sealed, answers: Mapping[str, Mapping[str, str]], each: Each) -> Iterator[Piece]:
    """Yield the graded pieces of a class in the order of its papers."""
    head = json.dumps(seal(sealed.exam, (), ""), ensure_ascii=False)
    waiting: dict[int, Piece] = {}
    wanted = 0
    for place, piece in each(graded, _orders(head, sealed, answers)):
        waiting[place] = piece
        while wanted in waiting:
            yield waiting.pop(wanted)
            wanted += 1


def _orders(head: str, sealed: Sealed, answers: Mapping[str, Mapping[str, str]]) -> Iterator[Order]:
    first = 1
    for papers in pieces(sealed.papers):
        plain = tuple([sealed_paper(paper, place) for place, paper in enumerate(papers, first)])
        first += len(papers)
        students: Sequence[str] = [paper.student.id for paper in papers]
        yield Order(head, plain, {student: dict(answers[student]) for student in students if student in answers})

"""The right answers of a class, found in one pass over its papers, and as columns of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from layerquiz.exam.exam import Paper, blank_id
from layerquiz.exam.question import Key, Question
from layerquiz.formula.spelling import TEXT, grouped
from layerquiz.languages import Words
from layerquiz.render.lists import BOLD_LETTER, GAP, LETTER, NARROWEST, TEXT_WIDTH, List, Rows

BETWEEN = 4.0
"""Millimetres between two papers that stand on one line."""


MOST_DRAWINGS = 6
"""A question with so many different drawings in the class has all of them in full; of more the keys are listed."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """The right answers of one paper: for each question, those of its blanks."""

    number: int
    version: str
    is_spare: bool
    answers: tuple[Mapping[str, str], ...]

    @property
    def together(self) -> dict[str, str]:
        """Return the right answers of all blanks."""
        return {blank: found for answers in self.answers for blank, found in answers.items()}


@dataclass(frozen=True, slots=True)
class Drawing:
    """One drawing of a question: whose papers have it."""

    number: str
    question: Question
    papers: list[int] = field(default_factory=list)
    versions: dict[str, None] = field(default_factory=dict)


class Keys:
    """What a class is asked: every paper's right answers, the drawings of each question, the first paper of a version.

    Papers are opened once and one after the other; thousands are never there together. Of questions with many different
    drawings only the first few are kept.
    """

    def __init__(self, papers: Sequence[Paper]) -> None:
        self.papers: list[Keyed] = []
        self.drawings: list[dict[str, Drawing]] = []
        self.versions: dict[str, Paper] = {}
        for paper in papers:
            self.versions.setdefault(paper.version, paper)
            numbered = paper.numbered
            self.drawings = self.drawings or [{} for _ in numbered]
            answers = tuple(_answers(number, question) for number, question in numbered)
            self.papers.append(Keyed(paper.number, paper.version, paper.is_spare, answers))
            for place, (number, question) in enumerate(numbered):
                self._draw(self.drawings[place], number, question, paper)

    def _draw(self, drawings: dict[str, Drawing], number: str, question: Question, paper: Paper) -> None:
        if len(drawings) > MOST_DRAWINGS:
            return
        drawing = drawings.setdefault(question.identity, Drawing(number, question))
        drawing.papers.append(paper.number)
        drawing.versions.setdefault(paper.version)

    @property
    def of_all(self) -> list[tuple[str, Mapping[str, str]]]:
        """Return every paper's number and right answers."""
        return [(str(paper.number), paper.together) for paper in self.papers]

    def of_question(self, place: int) -> list[tuple[str, Mapping[str, str]]]:
        """Return every paper's number and right answers to one question."""
        return [(str(paper.number), paper.answers[place]) for paper in self.papers]


def _answers(number: str, question: Question) -> dict[str, str]:
    return {blank_id(number, blank, question): answer(blank.right) for blank in question.blanks if not blank.by_hand}


@lru_cache(maxsize=65_536)
def answer(key: Key) -> str:
    """Return a right answer as graders compare it: `34,944`, `55 × 55 × 96`, a formula as it is typed."""
    if isinstance(key, str):
        return key
    return " × ".join(grouped(size, TEXT) for size in key) if isinstance(key, tuple) else grouped(key, TEXT)


TOGETHER = 500
"""The keys of so many papers stand in one list; of a larger class there are several, each with pages of its own."""


def key_lists(title: str, above: str, papers: Sequence[tuple[str, Mapping[str, str]]], words: Words) -> Iterator[List]:
    """Yield the lists of the keys of a class that is too large for one."""
    for start in range(0, len(papers), TOGETHER):
        part = papers[start : start + TOGETHER]
        beside = words("papers {numbers}", numbers=f"{part[0][0]}\N{EN DASH}{part[-1][0]}")
        yield List(title, above, beside, items=tuple(in_columns(part, words)))


def in_columns(papers: Sequence[tuple[str, Mapping[str, str]]], words: Words) -> Iterator[Rows]:
    """Yield the tables of some papers, each given as what it is called and its answers by blank.

    Where the blanks do not fit beside each other there are several tables; where they leave room, papers stand beside
    each other.
    """
    first = _width(words("Paper"), [name for name, _ in papers])
    needed = {blank: _width(blank, [found[blank] for _, found in papers]) for blank in papers[0][1]}
    group: list[str] = []
    for blank, width in needed.items():
        if group and first + sum(needed[other] for other in group) + width > TEXT_WIDTH:
            yield _table(papers, group, first + sum(needed[other] for other in group), words)
            group = []
        group.append(blank)
    if group:
        yield _table(papers, group, first + sum(needed[other] for other in group), words)


def _width(title: str, texts: Sequence[str]) -> float:
    return max(NARROWEST, len(title) * BOLD_LETTER, max(map(len, texts)) * LETTER) + GAP


def _table(papers: Sequence[tuple[str, Mapping[str, str]]], blanks: Sequence[str], width: float, words: Words) -> Rows:
    beside = max(1, min(len(papers), int((TEXT_WIDTH + BETWEEN) // (width + BETWEEN + GAP))))
    gap = ("",) if beside > 1 else ()
    columns = (words("Paper"), *blanks, *gap) * beside
    empty = ("",) * (1 + len(blanks) + len(gap))
    cells = [(name, *(found[blank] for blank in blanks), *gap) for name, found in papers]
    cells += [empty] * (-len(cells) % beside)
    rows = tuple(sum(cells[start : start + beside], ()) for start in range(0, len(cells), beside))
    return Rows(columns, rows, ("r" + "r" * len(blanks) + "l" * len(gap)) * beside)

"""What the cover of a paper says besides names and titles: its facts, its rules, and the table of points."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from layerquiz.languages import phrase
from layerquiz.render import markup
from layerquiz.render.document import Paper, Question

MOST_IN_BLOCK = 13
"""So many questions stand beside each other in the table of points."""

MORE_TIME = phrase("You have {more} % more time than usual.")
"""What is said of an accommodation where the exam names no time."""

Say = Callable[..., str]
"""Says a fixed text in the language of the paper, as LaTeX; its values are LaTeX already."""


@dataclass(frozen=True, slots=True)
class ScoreBlock:
    """A part of the table of points: its questions, the sections above them with their widths in cells, the total."""

    questions: tuple[Question, ...]
    sections: tuple[tuple[str, int], ...]
    total: str
    width: str

    @property
    def cells(self) -> range:
        """Return one number for each cell of a row."""
        return range(len(self.questions) + bool(self.total))


def score_blocks(paper: Paper) -> list[ScoreBlock]:
    """Return the table of points, cut into equal parts where the questions are many."""
    count = len(paper.questions)
    parts = -(-(count + 1) // (MOST_IN_BLOCK + 1))
    size = -(-(count + 1) // parts)
    width = rf"\ScoreWidth{{{size}}}"
    return [
        ScoreBlock(found, _above(paper, found), paper.total if start + size > count else "", width)
        for start in range(0, count + 1, size)
        for found in [paper.questions[start : start + size]]
    ]


def _above(paper: Paper, questions: tuple[Question, ...]) -> tuple[tuple[str, int], ...]:
    """Return the sections that some questions belong to, each with the number of its questions among them."""
    if not paper.sections:
        return ()
    titles = groupby(questions, key=lambda question: _section(paper, question.number))
    return tuple((title, len(list(found))) for title, found in titles)


def _section(paper: Paper, number: int) -> str:
    """Return the title of the section that a question belongs to."""
    return next((section.title for section in reversed(paper.sections) if section.first <= number), "")


def facts(say: Say, paper: Paper) -> list[tuple[str, str]]:
    """Return what is told at a glance: time, points, pages, aids."""
    return [*_facts(say, paper)]


def _facts(say: Say, paper: Paper) -> Iterator[tuple[str, str]]:
    if paper.minutes:
        yield say("Time"), say("{minutes} minutes", minutes=paper.own_minutes)
    yield say("Points"), markup.latex_line(paper.total)
    yield say("Pages"), r"\the\StoredPages{}"
    if paper.aids:
        yield say("Permitted aids"), say(paper.aids)


def rules(say: Say, paper: Paper) -> list[str]:
    """Return the instructions that every exam has."""
    return [*_rules(say, paper)]


def _rules(say: Say, paper: Paper) -> Iterator[str]:
    if paper.extra_time:
        more = str(paper.extra_time)
        if paper.minutes:
            yield say(
                "Your time is {more} % longer than the usual {minutes} minutes.", more=more, minutes=paper.minutes
            )
        else:
            yield say(MORE_TIME, more=more)
    yield say(
        "Check that this paper has {pages} pages and that each shows the paper number {paper}.",
        pages=r"\the\StoredPages{}",
        paper=paper.number,
    )
    if paper.overflow:
        page = r"\the\numexpr\StoredPages-" + str(paper.scratch) + r"\relax{}"
        yield say(
            "If the room for your working is not enough, continue on page {page} and say so beside the question.",
            page=page,
        )
    if paper.scratch:
        yield say("What stands on the scratch page is not graded.")

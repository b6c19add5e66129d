"""A sheet for those who mark one question: the right answers, what mistakes give, and what the policy pays for them."""

from __future__ import annotations

from collections.abc import Iterator

from layerquiz.exam.exam import Exam, blank_id
from layerquiz.grading.foretold import Foretold, foretold
from layerquiz.grading.policy import Policy
from layerquiz.languages import Words
from layerquiz.lists.around import above
from layerquiz.lists.keys import MOST_DRAWINGS, TOGETHER, Drawing, Keys, answer, in_columns, key_lists
from layerquiz.lists.rooms import spans
from layerquiz.render.document import Paragraph
from layerquiz.render.escape import literal
from layerquiz.render.lists import Item, List, Rows
from layerquiz.render.questions import points

MOST_NAMED = 2
"""So many mistakes are named that may be behind one answer."""


def sheet(exam: Exam, keys: Keys, place: int, policy: Policy, words: Words) -> Iterator[List]:
    """Yield the marking sheet of the question at a place of the exam; of a large class the keys stand behind it."""
    drawings = list(keys.drawings[place].values())
    first = drawings[0]
    facts = ((words("Question"), first.question.title), (words("Points"), points(first.question.points)))
    items: list[Item] = []
    listed = keys.of_question(place) if len(drawings) > MOST_DRAWINGS else []
    if len(drawings) <= MOST_DRAWINGS:
        for drawing in drawings:
            items += [*_named(drawing, words)] if len(drawings) > 1 else []
            items.append(_drawing(drawing, policy, words))
    else:
        items += [*_named(first, words), _drawing(first, policy, words)]
        if len(listed) <= TOGETHER:
            items.append(Paragraph(words("The right answers of all papers"), heading=True))
            items += in_columns(listed, words)
    title = words("Marking sheet: question {number}", number=first.number)
    yield List(
        title, above(exam), words.counted(len(keys.papers), "{number} paper", "{number} papers"), facts, tuple(items)
    )
    if len(listed) > TOGETHER:
        yield from key_lists(title, above(exam), listed, words)


def _named(drawing: Drawing, words: Words) -> Iterator[Item]:
    """Yield which papers have a drawing: those of some versions, or those of some numbers."""
    versions = sorted(filter(None, drawing.versions))
    if versions:
        told = words("Version {version}", version=", ".join(versions))
    else:
        told = words(
            "Paper {numbers}" if len(drawing.papers) == 1 else "Papers {numbers}", numbers=spans(drawing.papers)
        )
    yield Paragraph(literal(told), heading=True)


def _drawing(drawing: Drawing, policy: Policy, words: Words) -> Rows:
    """Return one drawing: each blank's right answer, and below it what mistakes give and earn."""
    rows: list[tuple[str, ...]] = []
    strong = set()
    wrong = foretold(drawing.question, policy)
    for blank in drawing.question.blanks:
        strong.add(len(rows))
        paid = points(blank.points)
        name = blank_id(drawing.number, blank, drawing.question)
        rows.append((name, answer(blank.right), words("right"), paid, paid))
        rows += [
            ("", answer(found.answer), _mistakes(found, words), points(found.bare), points(found.working))
            for found in wrong[blank.place]
        ]
    columns = (words("Blank"), words("Answer"), words("What it is"), words("Bare answer"), words("With working"))
    return Rows(columns, tuple(rows), "lrlrr", strong=frozenset(strong))


def _mistakes(found: Foretold, words: Words) -> str:
    """Return the mistakes that may be behind an answer, the first few of many."""
    more = " \N{HORIZONTAL ELLIPSIS}" if found.mistakes[MOST_NAMED:] else ""
    return f" {words('or')} ".join(found.mistakes[:MOST_NAMED]) + more

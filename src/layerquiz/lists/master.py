"""The instructor's own copy of an exam: every key, the policy, what the papers assume, and worked solutions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from layerquiz.exam.exam import Exam, Paper, blank_id
from layerquiz.grading.policy import exam_sentences
from layerquiz.languages import Words
from layerquiz.lists.around import above, aids
from layerquiz.lists.keys import TOGETHER, Keyed, Keys, in_columns, key_lists
from layerquiz.lists.rooms import spans
from layerquiz.render.document import Paragraph
from layerquiz.render.lists import Item, List, Rows
from layerquiz.render.questions import points, printed


def master(exam: Exam, keys: Keys, assumptions: Sequence[str], words: Words) -> tuple[List, ...]:
    """Return the master of an exam, and behind it a worked solution of each version, or of the first paper.

    With versions their keys stand side by side, else there is a table of every paper's.
    """
    first = next(iter(keys.versions.values()))
    large = "" in keys.versions and len(keys.papers) > TOGETHER
    rest = key_lists(words("The right answers"), above(exam), keys.of_all, words) if large else iter(())
    spares = [paper.number for paper in keys.papers if paper.is_spare]
    facts = (
        (words("Papers"), f"{len(keys.papers)}: {spans(paper.number for paper in keys.papers)}"),
        *([(words("Spare papers"), spans(spares))] if spares else []),
        (words("Points"), points(first.points)),
        *([(words("Time"), words("{minutes} minutes", minutes=exam.time))] if exam.time else []),
        *aids(exam, words),
    )
    answers = [] if large else list(_answers(keys, words))
    items = (
        _questions(first, words),
        *said(words("What the papers assume"), assumptions),
        *said(words("Marking"), exam_sentences(exam)),
        *([Paragraph(words("The right answers"), heading=True), *answers] if answers else []),
    )
    title = words("Master copy: not to be handed out")
    whole = List(title, above(exam), "", facts, items)
    return (whole, *rest, *(_worked(exam, paper, words) for paper in keys.versions.values()))


def _questions(paper: Paper, words: Words) -> Rows:
    rows = tuple((number, question.title, points(question.points)) for number, question in paper.numbered)
    return Rows((words("Question"), words("Title"), words("Points")), rows, "rlr")


def said(title: str, sentences: Sequence[str]) -> Iterator[Item]:
    """Yield sentences below a heading, if there are any."""
    if sentences:
        yield Paragraph(title, heading=True)
        yield Paragraph(" ".join(sentences))


def _answers(keys: Keys, words: Words) -> Iterator[Item]:
    """Yield the right answers of the versions, a column for each, or those of all papers."""
    if "" in keys.versions:
        yield from in_columns(keys.of_all, words)
        return
    firsts: dict[str, Keyed] = {}
    for paper in keys.papers:
        firsts.setdefault(paper.version, paper)
    versions = sorted(firsts)
    sheets = [firsts[version].together for version in versions]
    rows = tuple((blank, *(sheet[blank] for sheet in sheets)) for blank in sheets[0])
    columns = (words("Blank"), *(words("Version {version}", version=version) for version in versions))
    yield Rows(columns, rows, "l" + "r" * len(versions))


def _worked(exam: Exam, paper: Paper, words: Words) -> List:
    """Return a paper's worked solution."""
    version, number = paper.version, paper.number
    one = words("version {version}", version=version) if version else words("paper {number}", number=number)
    items = tuple(
        printed(
            question, place, {blank.place: blank_id(number, blank, question) for blank in question.blanks}, plain=False
        )
        for place, (number, question) in enumerate(paper.numbered, 1)
    )
    return List(words("Worked solution: {which}", which=one), above(exam), items=items)

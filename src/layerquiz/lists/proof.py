"""The proof of an exam: every question as printed, the extremes of its drawings, keys and time, for two to sign."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from math import log

from layerquiz import exact
from layerquiz.exam.assumptions import Gathered
from layerquiz.exam.drawing import drawings, fixed
from layerquiz.exam.entries import Entry
from layerquiz.exam.exam import Exam, blank_id
from layerquiz.exam.proof import PEOPLE, code
from layerquiz.exam.question import Blank, Question
from layerquiz.exam.timing import seconds
from layerquiz.grading.policy import assumed, exam_sentences
from layerquiz.languages import Words
from layerquiz.lists.around import above, aids
from layerquiz.lists.keys import answer
from layerquiz.lists.master import said
from layerquiz.render.document import Paragraph
from layerquiz.render.document import Question as Printed
from layerquiz.render.escape import literal
from layerquiz.render.lists import Asked, Item, List, Rows, Signatures
from layerquiz.render.questions import points, printed

DRAWN = 200
"""So many drawings of a question are looked at."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One question of an exam and its drawings, the first of which is shown as it is printed."""

    number: str
    entry: Entry
    drawn: tuple[Question, ...]

    @property
    def times(self) -> tuple[int, int, int]:
        """Return the seconds of the shortest, of the middle and of the longest drawing."""
        found = sorted(map(seconds, self.drawn))
        return found[0], found[len(found) // 2], found[-1]


def _looked(exam: Exam) -> Iterator[Looked]:
    for number, entry in enumerate(exam.entries, 1):
        if entry.is_fixed:
            found = [fixed(entry.template, entry.seed, exam.conventions)]
        else:
            found = list(islice(_drawings(exam, entry), DRAWN))
        yield Looked(str(number), entry, tuple(question.worth(entry.worth) for question in found))


def _drawings(exam: Exam, entry: Entry) -> Iterator[Question]:
    """Yield drawings as long as anybody asks for them; the same ones whatever the seed of the exam is."""
    for turn in count(1):
        yield from drawings(entry.template, f"proof {turn}", conventions=exam.conventions)


def proof(exam: Exam, words: Words) -> tuple[List, ...]:
    """Return the proof of an exam: a page to sign, and the questions."""
    looked = tuple(_looked(exam))
    return (_first(exam, looked, words), *(_question(exam, each, words) for each in looked))


def _first(exam: Exam, looked: Sequence[Looked], words: Words) -> List:
    """Return the page that is signed."""
    total = sum(each.times[1] for each in looked)
    time = words("about {minutes} minutes", minutes=round(total / 60))
    if exam.time:
        time = words("{estimated} of {minutes} minutes", estimated=time, minutes=exam.time)
    facts = (
        (words("Questions"), str(len(looked))),
        (words("Points"), points(exact.total(each.entry.worth for each in looked))),
        (words("Estimated time"), time),
        *aids(exam, words),
    )
    rows = tuple(
        (
            each.number,
            each.drawn[0].title,
            points(each.entry.worth),
            str(each.times[1]),
            _span(each),
            str(len(each.drawn)),
        )
        for each in looked
    )
    columns = (words("Question"), words("Title"), words("Points"), words("Seconds"), words("Range"), words("Drawings"))
    sentences = assumed(exam, Gathered.of((each.number, each.drawn[0]) for each in looked))
    items = (
        Rows(columns, rows, "rlrrrr"),
        *said(words("What the papers assume"), sentences),
        *said(words("Marking"), exam_sentences(exam)),
        Paragraph(words("Signed"), heading=True),
        Paragraph(literal(_statement(words))),
        Signatures((words("name, date, signature"),) * PEOPLE),
        Paragraph(literal(words("When both have signed, write this line into the exam file, with both names:"))),
        Paragraph(f"`signed: {{code: {code(exam)}, by: [..., ...]}}`"),
    )
    return List(words("Proof"), above(exam), words("code {code}", code=code(exam)), facts, items)


def _statement(words: Words) -> str:
    """Return what is signed."""
    return words(
        "I have read every question, and have worked through its smallest and its largest drawing: the text is clear, "
        "the keys are right, and the time suffices."
    )


def _span(each: Looked) -> str:
    first, _, last = each.times
    return str(first) if first == last else f"{first}\N{EN DASH}{last}"


def _question(exam: Exam, each: Looked, words: Words) -> List:
    """Return one question: as it is printed, what its keys range over, and the extremes."""
    first = each.drawn[0]
    facts = (
        (words("Points"), points(each.entry.worth)),
        (words("Estimated time"), words("{seconds} seconds", seconds=_span(each))),
        (words("Drawings"), str(len(each.drawn))),
    )
    shown = _printed(each, first)
    items: list[Item] = [Asked(shown)]
    if len(each.drawn) > 1 and any(_size(blank) is not None for blank in first.blanks):
        items += _extremes(each, words)
    items.append(Paragraph(words("Worked solution"), heading=True))
    items.append(shown)
    title = words("Question {number}: {title}", number=each.number, title=first.title)
    return List(title, above(exam), words("code {code}", code=code(exam)), facts, tuple(items))


def _printed(each: Looked, question: Question) -> Printed:
    ids = {blank.place: blank_id(each.number, blank, question) for blank in question.blanks}
    return printed(question, int(each.number), ids, plain=False)


def _extremes(each: Looked, words: Words) -> Iterator[Item]:
    """Yield what the keys range over, and the texts of the drawings with the smallest and the largest ones."""
    by_size = sorted(each.drawn, key=_whole_size)
    least, most = by_size[0], by_size[-1]
    yield Paragraph(words("The smallest and the largest keys of {count} drawings", count=len(each.drawn)), heading=True)
    small, large = words("Drawing with small keys"), words("Drawing with large keys")
    columns = (words("Blank"), words("Label"), words("Smallest"), words("Largest"), small, large)
    yield Rows(columns, tuple(_ranges(each, least, most)), "llrrrr")
    for title, question in ((small, least), (large, most)):
        yield Paragraph(title, heading=True)
        yield from _printed(each, question).statement


def _ranges(each: Looked, least: Question, most: Question) -> Iterator[tuple[str, ...]]:
    """Yield a row for each blank that asks for a number."""
    for place, blank in enumerate(least.blanks):
        blanks = [question.blanks[place] for question in each.drawn]
        sizes = [size for other in blanks if (size := _size(other)) is not None]
        if len(sizes) == len(blanks):
            ends = (min(blanks, key=_sure), max(blanks, key=_sure))
            name = blank_id(each.number, blank, least)
            shown = (answer(end.key) for end in (*ends, blank, most.blanks[place]))
            yield (name, blank.label, *shown)


def _sure(blank: Blank) -> float:
    return _size(blank) or 0.0


def _size(blank: Blank) -> float | None:
    """Return how large a key is: of a shape, the product of its sizes; of letters nothing."""
    if isinstance(blank.key, str) or blank.by_hand:
        return None
    sizes = blank.key if isinstance(blank.key, tuple) else (blank.key,)
    return sum(log(1 + abs(float(size))) for size in sizes)


def _whole_size(question: Question) -> float:
    return sum(_size(blank) or 0.0 for blank in question.blanks)

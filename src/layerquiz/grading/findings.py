"""Where an instructor should look first: what may be wrong with a question rather than with the class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import sqrt
from typing import Literal

from layerquiz.grading.nearby import Near
from layerquiz.grading.statistics import ClassSummary, Group, Item, QuestionItem

Kind = Literal["beats-key", "good-fail", "same-unexplained", "versions-differ", "nobody-answered", "few-right"]
ORDER: tuple[Kind, ...] = (
    *("beats-key", "same-unexplained", "good-fail", "versions-differ", "nobody-answered", "few-right"),
)

SEVERAL = 2
MANY = 3
CLASS = 10
"""In a class of fewer papers a correlation says nothing."""

NEARLY_ALL = Fraction(9, 10)
HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Answer:
    """A wrong answer that several gave: by its mistakes, by the conventions under which it is right, or as written.

    right: how many answers to the same drawings are right, or right from the student's own earlier values.
    """

    count: int
    right: int
    mistakes: tuple[str, ...] = ()
    conventions: tuple[str, ...] = ()
    group: Group | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One place to look at, why, and the correction that would mend it, if the place turns out to be broken.

    places: blanks, or the question's number; answers: the wrong answer at each of them, where there is one. also:
    what else speaks against the same place. correction: the keys of an entry of corrections.yaml, but its place and its
    reason; nothing where none is called for.
    """

    kind: Kind
    places: tuple[str, ...]
    papers: int
    answers: tuple[Answer, ...] = ()
    item: Item | QuestionItem | None = None
    correction: Mapping[str, str] = field(default_factory=dict)
    also: tuple[Finding, ...] = ()


def findings(summary: ClassSummary) -> tuple[Finding, ...]:
    """Return all places to look at: the first of each kind, the second of each, and so on; what is only hard last."""
    found = [entry for question in summary.questions for entry in _of_question(question, summary)]
    found.sort(key=lambda finding: ORDER.index(finding.kind))
    seen: Counter[Kind] = Counter()
    ranks = []
    for finding in _joined(_by_place(found)):
        ranks.append((finding.kind == "few-right", seen[finding.kind], ORDER.index(finding.kind), finding))
        seen[finding.kind] += 1
    return tuple(finding for *_, finding in sorted(ranks, key=lambda rank: rank[:3]))


def _by_place(found: Iterable[Finding]) -> Iterable[Finding]:
    """Return one finding for each place: the first, with all others beside it."""
    places: dict[object, list[Finding]] = {}
    for finding in found:
        whole = isinstance(finding.item, QuestionItem)
        places.setdefault((whole, finding.places), []).append(finding)
    return [replace(first, also=tuple(others)) for first, *others in places.values()]


def _joined(found: Iterable[Finding]) -> Iterable[Finding]:
    """Return the findings with those put together in which one mistake, and nothing else, speaks against blanks."""
    kept: dict[object, Finding] = {}
    for finding in found:
        same = finding.answers[0].mistakes if finding.kind == "beats-key" else ()
        first = kept.get(same or finding.places)
        if first is None or finding.also:
            kept[finding.places if finding.also else same or finding.places] = finding
        else:
            kept[same] = replace(
                first, places=(*first.places, *finding.places), answers=(*first.answers, *finding.answers)
            )
    return kept.values()


def _of_question(question: QuestionItem, summary: ClassSummary) -> Iterator[Finding]:
    left_out = tuple(item.blank for item in question.blanks if _is_left_out(item))
    if left_out:
        yield Finding("nobody-answered", left_out, question.papers, correction={"void": "drop"})
    for item in question.blanks:
        if item.blank not in left_out and item.mean is not None:
            yield from _of_blank(item, question, summary)
    apart = question.spread
    if apart and apart.is_sure and apart.chance * len(summary.questions) < 1 / 20:
        correction = {"version": apart.hardest, "void": "full"} if apart.hardest else {"void": "full"}
        yield Finding("versions-differ", (str(question.number),), question.papers, item=question, correction=correction)


def _is_left_out(item: Item) -> bool:
    return item.papers > 0 and item.omitted >= NEARLY_ALL * item.papers


def _of_blank(item: Item, question: QuestionItem, summary: ClassSummary) -> Iterator[Finding]:
    where = (item.blank,)
    answer = _beats_key(item)
    if answer:
        yield Finding("beats-key", where, item.papers, (answer,), item, _accepted(answer, item, question))
    for group in item.unexplained:
        if group.count >= MANY and (answer is None or answer.group != group):
            alike = Answer(group.count, group.right, group=group)
            yield Finding("same-unexplained", where, item.papers, (alike,), item, _accepted(alike, item, question))
    if _fails_the_good(item, summary):
        yield Finding("good-fail", where, item.papers, item=item, correction={"void": "drop"})
    if answer is None and item.mean is not None and item.mean < HALF and item.papers - item.omitted >= SEVERAL:
        yield Finding("few-right", where, item.papers, item=item)


def _beats_key(item: Item) -> Answer | None:
    """Return the answer that more students gave than the right one, or one that is right from their own values."""
    right = item.correct + item.carried
    known = [Answer(count, right, mistakes=slugs) for slugs, count in item.explained]
    known += [Answer(count, right, conventions=names) for names, count in item.conventions]
    known += [Answer(group.count, group.right if group.shared else right, group=group) for group in item.unexplained]
    more = [answer for answer in known if answer.count > answer.right and answer.count >= SEVERAL]
    return max(more, key=lambda answer: answer.count, default=None)


def _accepted(answer: Answer, item: Item, question: QuestionItem) -> Mapping[str, str]:
    """Return the correction that would count an answer as right; where none can say it, all get the points."""
    names = answer.conventions[:1] or (answer.mistakes if len(answer.mistakes) == 1 else ())
    if names:
        return {"accept": names[0]}
    group = answer.group
    formula = _formula(group.near, item, question) if group and group.near else ""
    if formula:
        return {"accept": f"= {formula}"}
    if group and group.shared and len(group.answers) == 1:
        return {"accept": group.answers[0]}
    return {"void": "full"}


def _formula(near: Near, item: Item, question: QuestionItem) -> str:
    """Return answers that are near to something as an expression over the numbers of the drawing."""
    match near.kind:
        case "key-of":
            return next(other.quantity for other in question.blanks if other.blank == near.detail)
        case "beside":
            return f"{item.quantity} {near.detail[0]} {near.detail[1:]}"
        case "times":
            top, _, bottom = near.detail.partition("/")
            return f"{top} * {item.quantity}{f' // {bottom}' if bottom else ''}"
    return ""


def _fails_the_good(item: Item, summary: ClassSummary) -> bool:
    """Say whether an item's correlation with the rest is below 0 by more than its standard error, 1 / sqrt(n - 1)."""
    wrong = item.papers - item.correct
    if item.discrimination is None or summary.handed_in < CLASS or min(item.correct, wrong) < SEVERAL:
        return False
    return item.discrimination < -1 / sqrt(summary.handed_in - 1)

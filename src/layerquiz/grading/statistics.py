"""What a class understood: how each question went, and which mistakes were made most."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from layerquiz.grading.grade import Graded, Report


@dataclass(frozen=True, slots=True)
class Item:
    """One blank over a class: how many were right, left it out, and the mistakes made, most frequent first."""

    blank: str
    question: int
    answered: int
    correct: int
    omitted: int
    mean: Fraction
    mistakes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ClassSummary:
    """A class: its size, mean and spread of points, and each blank."""

    papers: int
    handed_in: int
    mean: Fraction
    best: Fraction
    possible: Fraction
    items: tuple[Item, ...]
    mistakes: tuple[tuple[str, int], ...]


def summarised(report: Report) -> ClassSummary:
    """Return the summary of those who handed in."""
    results = [result for result in report.results if result.handed_in]
    points = [result.points for result in results]
    items = tuple(_item(blank, [result.blanks[blank] for result in results]) for blank in report.results[0].blanks)
    everyone: Counter[str] = Counter()
    for result in results:
        everyone.update({slug for graded in result.blanks.values() for slug in graded.story.mistakes})
    return ClassSummary(
        papers=len(report.results),
        handed_in=len(results),
        mean=mean(points),
        best=max(points, default=Fraction(0)),
        possible=report.results[0].possible,
        items=items,
        mistakes=_ranked(everyone),
    )


def _item(blank: str, graded: list[Graded]) -> Item:
    verdicts = Counter(entry.story.verdict for entry in graded)
    mistakes = Counter(slug for entry in graded for slug in entry.story.mistakes)
    question = graded[0].question if graded else int("".join(c for c in blank if c.isdigit()))
    shares = [entry.mark.points / entry.mark.possible for entry in graded if entry.mark.possible]
    answered = len(graded) - verdicts["blank"]
    return Item(blank, question, answered, verdicts["correct"], verdicts["blank"], mean(shares), _ranked(mistakes))


def mean(numbers: list[Fraction]) -> Fraction:
    """Return the arithmetic mean; 0 of nothing."""
    return sum(numbers, Fraction(0)) / len(numbers) if numbers else Fraction(0)


def _ranked(counted: Counter[str]) -> tuple[tuple[str, int], ...]:
    """Return the counts, the largest first, equal ones by name."""
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))


def look_at(summary: ClassSummary, least: int = 2) -> list[str]:
    """Return where an instructor should look first: blanks that few got right, mistakes that several made."""
    found = []
    for item in summary.items:
        if item.answered and item.mean < Fraction(1, 2):
            top = f", most often {item.mistakes[0][0]} ({item.mistakes[0][1]})" if item.mistakes else ""
            found.append(f"{item.blank}: {item.correct} of {item.answered} answers are right{top}")
    for slug, students in summary.mistakes:
        if students >= least:
            found.append(f"{slug}: {students} students")
    return found

"""What to look at, in words: for the class report, the summary and the terminal alike."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import yaml

from layerquiz.errors import LayerquizError
from layerquiz.grading.findings import Answer, Finding
from layerquiz.grading.nearby import Near
from layerquiz.grading.statistics import Item, QuestionItem
from layerquiz.grading.versions import Spread

LONGEST_LIST = 6


@dataclass(frozen=True, slots=True)
class Said:
    """A finding in words: a headline, why it is worth a look with the numbers, what to do, and a correction as YAML."""

    kind: str
    headline: str
    why: str
    advice: str
    correction: str


def said(finding: Finding) -> Said:
    """Return a finding in words, with whatever else speaks against the same place."""
    headline, why, advice = _words(finding)
    why = " ".join((why, *(_words(other)[1] for other in finding.also)))
    return Said(finding.kind, headline, why, advice, _correction(finding))


def _words(finding: Finding) -> tuple[str, str, str]:
    item, place = finding.item, listed(finding.places)
    if finding.kind == "beats-key":
        return _beats_key(place, finding)
    if finding.kind == "same-unexplained":
        return _unexplained(place, finding.answers[0], finding.papers)
    if finding.kind == "good-fail" and item:
        headline = f"{place}: those who did well elsewhere failed here"
        why = f"The correlation with the rest of the paper is {correlation(item.discrimination)}; {_right_of(item)}."
        return headline, why, "Read the question as a good student would: is it ambiguous, or is the key wrong?"
    if finding.kind == "versions-differ" and isinstance(item, QuestionItem) and item.spread:
        headline = f"Question {item.number}: some papers were harder than others"
        return headline, f"{versions(item.spread, item.possible)}. {_chance(item.spread)}", _VERSIONS
    if finding.kind == "nobody-answered":
        headline = f"{place}: left out by all, or nearly all"
        why = f"At least nine in ten of the {finding.papers} papers have no answer here."
        return headline, why, "Is a column of the submissions missing? Or was there no time?"
    if isinstance(item, Item):
        return _few_right(place, item)
    raise LayerquizError(f'no words are known for "{finding.kind}"')


REASONS = {
    "beats-key": "more students answered so than as the key says",
    "same-unexplained": "several students answered so, and the question can be read that way",
    "good-fail": "the question misled those who did well elsewhere",
    "versions-differ": "these papers were harder than the others",
    "nobody-answered": "nobody could answer this",
}
"""What a proposed correction says; whoever takes it over may know better."""

_VERSIONS = "Look at a paper of each sort: does one of them ask for more, or can it be misread?"


def _beats_key(place: str, finding: Finding) -> tuple[str, str, str]:
    answer, papers = finding.answers[0], finding.papers
    right = f"{answer.right} {'is' if answer.right == 1 else 'are'} right"
    if answer.conventions:
        headline = f"{place}: another convention is more common than this exam's"
        names = ", ".join(answer.conventions[1:])
        why = f"{answer.count} of {papers} answers are right under another convention ({names}); {right}."
        return headline, why, "Does the paper say clearly which convention counts?"
    if answer.mistakes:
        headline = f"{place}: one mistake is more common than the right answer"
        why = f"{_named(answer.mistakes)} explains {_counted(finding)}."
        return headline, why, "Does the wording lead there, or was it taught so? If the wording does, give the points."
    headline = f"{place}: a wrong answer is more common than the right one"
    return headline, f"{_alike(answer, papers)} Of the same papers, {right}.", "Is the key right?"


def _counted(finding: Finding) -> str:
    """Say how many answers a mistake explains at each place of a finding, and how many are right there."""
    counts = [f"{answer.count} of {finding.papers} answers, {answer.right} are right" for answer in finding.answers]
    if len(counts) == 1:
        return counts[0]
    pairs = zip(finding.places, finding.answers, strict=True)
    return "; ".join(f"{answer.count} answers at {place}, {answer.right} are right" for place, answer in pairs)


def _unexplained(place: str, answer: Answer, papers: int) -> tuple[str, str, str]:
    same = "gave the same answer" if answer.group and answer.group.near is None else "erred in the same way"
    headline = f"{place}: {answer.count} students {same}, and no known mistake explains it"
    return headline, _alike(answer, papers), "Is the key right? Could the question be read another way?"


def _alike(answer: Answer, papers: int) -> str:
    group = answer.group
    if group is None:
        return ""
    values = listed(group.answers)
    if group.near is None:
        return f"{answer.count} of {papers} answers are {values}."
    return f"{answer.count} of {papers} answers are {nearness(group.near)}: {values}."


def _few_right(place: str, item: Item) -> tuple[str, str, str]:
    top = (
        f" The most common mistake is {spelled(item.mistakes[0][0])} ({item.mistakes[0][1]})." if item.mistakes else ""
    )
    why = f"{item.correct} of {item.papers} answers are right, for {percent(item.mean)} of the points.{top}"
    return (
        f"{place}: fewer than half of the points were reached",
        why,
        "Nothing else speaks against it.",
    )


def _right_of(item: Item | QuestionItem) -> str:
    right = f"{item.correct} of {item.papers} answers are right" if isinstance(item, Item) else f"{item.papers} papers"
    top = f", and {item.mistakes[0][1]} are {spelled(item.mistakes[0][0])}" if item.mistakes else ""
    return f"{right}{top}"


def _chance(spread: Spread) -> str:
    tried = f", though {spread.tried} numbers were tried" if spread.tried > 1 else ""
    return f"Chance alone would do this {_rarely(spread.chance)}{tried}."


def _rarely(chance: float) -> str:
    return (
        "less than once in a thousand times" if chance < 0.001 else f"about {round(1000 * chance)} times in a thousand"
    )


def _correction(finding: Finding) -> str:
    """Return an entry of corrections.yaml, its place first and its reason last; nothing where none is called for."""
    if not finding.correction:
        return ""
    whole = isinstance(finding.item, QuestionItem)
    places = list(finding.places)
    place = {"question": int(places[0])} if whole else {"blank": places if places[1:] else places[0]}
    entry = {**place, **finding.correction, "why": REASONS[finding.kind]}
    return yaml.safe_dump([entry], sort_keys=False, allow_unicode=True, width=10_000, default_flow_style=None)


def versions(spread: Spread, possible: Fraction) -> str:
    """Return the means of versions, or of papers by a drawn number, in words."""
    found = sorted(spread.groups, key=lambda group: group[2])
    groups = (f"{_told(name)}: {percent(mean / possible)} in {count} papers" for name, count, mean in found)
    return "; ".join(groups)


def _told(label: str) -> str:
    """Return what papers have in common, as it is read aloud."""
    return label.replace("==", "=").replace("<=", "at most").replace(">", "above")


def between(spread: Spread, possible: Fraction) -> str:
    """Return the smallest and the largest mean of the groups that are compared: `74% to 95%`."""
    means = [mean / possible for _, _, mean in spread.groups]
    return f"{percent(min(means))} to {percent(max(means))}"


def by(spread: Spread) -> str:
    """Say what the groups differ in."""
    return "by version" if spread.by == "drawing" else f"by {spread.by}"


def nearness(near: Near) -> str:
    """Return how an answer lies to its key, in words."""
    match near.kind:
        case "key-of":
            return f"the key of {near.detail}"
        case "times":
            return f"{near.detail} of the key" if near.detail.startswith("1/") else f"{near.detail} times the key"
        case "beside":
            step = int(near.detail)
            return f"{abs(step)} {'more' if step > 0 else 'less'} than the key"
        case "order":
            return "the right sizes in another order"
        case "sizes":
            return f"right in {near.detail} sizes"
    return "within 1% of the key"


def spelled(slug: str) -> str:
    """Return a mistake's name as words: `forgot-plus-one` is “forgot plus one”."""
    return f"“{slug.replace('-', ' ')}”"


def _named(slugs: tuple[str, ...]) -> str:
    return " with ".join(map(spelled, slugs))


def listed(names: tuple[str, ...]) -> str:
    """Return names in a row, many cut off: `6a, 6b and 3 more`."""
    shown = ", ".join(names[:LONGEST_LIST])
    return f"{shown} and {len(names) - LONGEST_LIST} more" if len(names) > LONGEST_LIST else shown


def percent(share: Fraction | None) -> str:
    """Return a share as a whole number of percent, halves rounded up; a dash where there is none."""
    if share is None:
        return "–"
    return f"{(200 * share.numerator + share.denominator) // (2 * share.denominator)}%"


def correlation(value: float | None) -> str:
    """Return a correlation to two places, with a true minus; a dash where it cannot be told."""
    return "–" if value is None else f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")

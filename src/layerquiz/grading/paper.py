"""The stories of all questions of one paper, told together: a rule that a student follows is found again elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TypeAlias

from layerquiz.formula.expr import Number
from layerquiz.grading.answer import Reading
from layerquiz.grading.match import exact_values
from layerquiz.grading.sheet import Sheet
from layerquiz.grading.story import Story
from layerquiz.network.mistakes import Search, search_of
from layerquiz.network.network import Network
from layerquiz.network.outcomes import KINDS, is_among_pairs, of_truth, with_habit

MOST_TRIED = 1_000
MOST_HABITS = 2
MOST_RIVALS = 8

Sets: TypeAlias = list[Sequence[str]]
Evidence: TypeAlias = dict[tuple[str, bool], int]
"""How many answers each mistake may explain, and (under True) how many it alone explains."""


class Told(dict[str, Story]):
    """The stories of one question by quantity, with what the other questions look at, found once."""

    @cached_property
    def has_mistakes(self) -> bool:
        """Say whether a story names any mistake."""
        return any(story.mistakes for story in self.values())

    @cached_property
    def has_rivals(self) -> bool:
        """Say whether several explanations fit an answer."""
        return any(story.rivals and story.verdict == "mistake" for story in self.values())

    @cached_property
    def is_open(self) -> bool:
        """Say whether an answer is unexplained, or explained by two mistakes together only."""
        return any(map(_is_open, self.values()))

    @cached_property
    def habits(self) -> Counter[str]:
        """Return how many answers each mistake explains alone."""
        sets = map(sets_of, self.values())
        return Counter(found[0][0] for found in sets if len(found) == 1 and len(found[0]) == 1)

    @cached_property
    def evidence(self) -> Evidence:
        """Return how many answers of the question each mistake explains."""
        return _evidence(self.values())


def across(questions: Sequence[tuple[Network, Mapping[str, Story]]]) -> list[Told]:
    """Return the stories of each question again, each told in view of the other questions.

    Of rivals those stay that explain most answers of other questions; where none does, or several do equally, all stay.
    What no rule explained, or two together, is tried with a rule that another question shows, and one more.
    """
    found = [(network, Told(stories)) for network, stories in questions]
    return counted(together([found])[0])


def together(papers: Sequence[Sequence[tuple[Network, Told]]]) -> list[list[Told]]:
    """Return the stories of papers of one exam, each told in view of the other questions of its paper.

    How often each explanation was seen is left to `counted`. Where nothing changes in a story it is the same one. What
    is told again is, as the papers were graded, question by question.
    """
    told = [_settled([stories for _, stories in paper]) for paper in papers]
    habits = [[stories.habits for stories in found] if any(each.is_open for each in found) else [] for found in told]
    for place in range(len(papers[0])):
        for paper, found, shown in zip(papers, told, habits, strict=True):
            elsewhere = _elsewhere(shown, place) if found[place].is_open else ()
            if elsewhere:
                found[place] = _told_again(paper[place][0], found[place], elsewhere)
    return told


def sets_of(story: Story) -> Sets:
    """Return the sets of mistakes that explain a wrong answer; nothing for any other verdict."""
    return [story.mistakes, *story.rivals] if story.verdict == "mistake" and story.mistakes else []


def _settled(told: list[Told]) -> list[Told]:
    """Return the stories with those rivals that explain most answers of other questions."""
    found = list(told)
    if sum([stories.has_mistakes for stories in told]) < 2:
        return found
    for place, stories in enumerate(told):
        if stories.has_rivals:
            others = [other.evidence for number, other in enumerate(told) if number != place]
            found[place] = Told({name: _with_best(story, others) for name, story in stories.items()})
    return found


def _evidence(stories: Iterable[Story]) -> Evidence:
    """Count the answers of a question that each mistake explains."""
    found: Evidence = {}
    for story in stories:
        sets = sets_of(story)
        for slug in {slug for slugs in sets for slug in slugs}:
            found[slug, False] = found.get((slug, False), 0) + 1
        for slug in sets[0] if len(sets) == 1 else ():
            found[slug, True] = found.get((slug, True), 0) + 1
    return found


def _with_best(story: Story, others: Sequence[Evidence]) -> Story:
    if not story.rivals or story.verdict != "mistake":
        return story

    def score(slugs: Sequence[str]) -> tuple[int, int, int]:
        may, alone = ([sum(found.get((slug, firm), 0) for found in others) for slug in slugs] for firm in (False, True))
        return min(may), sum(may), sum(alone)

    sets = sets_of(story)
    scores = list(map(score, sets))
    best = max(scores)
    if best == (0, 0, 0) or scores.count(best) == len(sets):
        return story
    first, *rivals = [slugs for slugs, found in zip(sets, scores, strict=True) if found == best]
    return replace(story, mistakes=first, rivals=rivals)


def _elsewhere(habits: Sequence[Counter[str]], place: int) -> list[str]:
    """Return the mistakes that explain most answers of other questions, the first in the alphabet of equal ones."""
    counts: Counter[str] = Counter()
    for other, found in enumerate(habits):
        if found and other != place:
            counts.update(found)
    return sorted(counts, key=lambda slug: (-counts[slug], slug))[:MOST_HABITS]


def _is_open(story: Story) -> bool:
    """Say whether an answer is unexplained, or explained by two mistakes together only."""
    unexplained = story.verdict == "wrong" or (story.verdict == "mistake" and len(story.mistakes) > 1)
    return unexplained and not story.listed


def _told_again(network: Network, told: Told, habits: Sequence[str]) -> Told:
    """Return the stories of a question with rules of other questions, where they give what is open."""
    open_ones = {name: _with_rule(network, story, habits) for name, story in told.items() if _is_open(story)}
    return Told({**told, **open_ones})


def _with_rule(network: Network, story: Story, habits: Sequence[str]) -> Story:
    """Return the story with a rule of another question and one more mistake, where they give the answer."""
    known = [slugs for slugs in sets_of(story) if not set(slugs).isdisjoint(habits)]
    if known:
        return replace(story, mistakes=known[0], rivals=known[1:])
    key = ("with habits", story.quantity, story.written, story.expected, *habits)
    found = network.remembered(key, lambda: _with_habits(network, story, habits))
    if not found or len(found) - 1 > MOST_RIVALS:
        return story
    return replace(story, verdict="mistake", mistakes=found[0], rivals=found[1:], own_value=None, carried_from=[])


def _with_habits(network: Network, story: Story, habits: Sequence[str]) -> Sets:
    """Return the pairs of a habit and another mistake that give exactly what was written."""
    name = story.quantity
    if isinstance(story.expected, str):  # a formula in letters leaves no doubt about its rule
        return []
    sheet = Sheet(network, {name: story.written}, False, {name: story.expected})
    place, reading = sheet.places[name], sheet.readings[name]
    if not isinstance(reading, Reading):
        return []
    right = network.value(name)
    values = [value for value in exact_values(reading) if value != right and sheet.fits(place, reading, value)]
    wanted = [numbers for value in values if (numbers := sheet.parted(place, value))]
    search = search_of(network, place.members)
    found: dict[tuple[str, ...], None] = {}
    for habit in habits:
        if not is_among_pairs(search, habit) or any(_is_given(search, numbers) for numbers in wanted):
            found |= _with_habit(search, habit, wanted)
    return [list(slugs) for slugs in found]


def _is_given(search: Search, numbers: tuple[Number, ...]) -> bool:
    """Say whether any mistake, or any two that are tried everywhere, give some numbers."""
    return any(of_truth(search, kind).giving(numbers) for kind in KINDS)


def _with_habit(search: Search, habit: str, wanted: Sequence[tuple[Number, ...]]) -> dict[tuple[str, ...], None]:
    """Return the pairs of a mistake and one more that give some numbers; their outcomes are kept for equal papers."""
    network, changes = search.network, with_habit(search, habit, MOST_TRIED)
    key = ("with habit", habit, search.ground)
    outcomes = network.remembered(key, lambda: changes.outcomes(search, network.values, {}))
    places = [place for numbers in wanted for place in outcomes.giving(numbers)]
    return dict.fromkeys(tuple(sorted(changes.changes[place].slugs)) for place in places)


def counted(told: Sequence[Told]) -> list[Told]:
    """Return the stories with the number of answers on the paper that the same mistakes explain.

    Where each was seen once, the stories of a question are the same ones.
    """
    seen: dict[tuple[str, ...], int] = {}
    for stories in told:
        for story in stories.values() if stories.has_mistakes else ():
            for slugs in sets_of(story) if story.mistakes else ():
                key = tuple(slugs)
                seen[key] = seen.get(key, 0) + 1
    if not any(times > 1 for times in seen.values()):
        return list(told)
    return [_counted(stories, seen) if stories.has_mistakes else stories for stories in told]


def _counted(stories: Told, seen: Mapping[tuple[str, ...], int]) -> Told:
    found = {name: _seen(story, seen) if story.mistakes else story for name, story in stories.items()}
    return Told(found) if any(found[name] is not story for name, story in stories.items()) else stories


def _seen(story: Story, seen: Mapping[tuple[str, ...], int]) -> Story:
    sets = sets_of(story)
    times = seen[tuple(sets[0])] if len(sets) == 1 else 1
    return replace(story, seen=times) if times > 1 else story

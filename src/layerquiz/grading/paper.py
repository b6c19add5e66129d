"""The stories of all questions of one paper, told together: a rule that a student follows is found again elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from layerquiz.grading.answer import Reading
from layerquiz.grading.match import exact_values
from layerquiz.grading.sheet import Sheet
from layerquiz.grading.story import Story
from layerquiz.network.mistakes import Search
from layerquiz.network.network import Answer, Network, joined
from layerquiz.network.outcomes import with_habit

MOST_TRIED = 1_000
MOST_HABITS = 2
MOST_RIVALS = 8

Told: TypeAlias = Mapping[str, Story]
Sets: TypeAlias = list[list[str]]


def across(questions: Sequence[tuple[Network, Told]]) -> list[dict[str, Story]]:
    """Return the stories of each question again, each told in view of the other questions.

    Of rivals those stay that explain most answers of other questions; where none does, or several do equally, all stay.
    What no rule explained, or two together, is tried with a rule that another question shows, and one more.
    """
    told = [dict(stories) for _, stories in questions]
    explained = [(place, story) for place, stories in enumerate(told) for story in stories.values() if story.mistakes]
    if len({place for place, _ in explained}) > 1:
        _settle(told)
    habits = _habits(told)
    for place, (network, _) in enumerate(questions):
        elsewhere = _elsewhere(habits, place)
        for name, story in told[place].items() if elsewhere else ():
            if _is_open(story):
                told[place][name] = _told_again(network, story, elsewhere)
    return _counted(told)


def sets_of(story: Story) -> Sets:
    """Return the sets of mistakes that explain a wrong answer; nothing for any other verdict."""
    return [story.mistakes, *story.rivals] if story.verdict == "mistake" and story.mistakes else []


def _settle(told: Sequence[dict[str, Story]]) -> None:
    """Keep those rivals that explain most answers of other questions."""
    evidence = [_evidence(stories.values()) for stories in told]
    for place, stories in enumerate(told):
        for name, story in stories.items():
            if story.rivals and story.verdict == "mistake":
                others: Counter[tuple[str, bool]] = Counter()
                for other, found in enumerate(evidence):
                    others.update(found if other != place else ())
                stories[name] = _with_best(story, others)


def _evidence(stories: Iterable[Story]) -> Counter[tuple[str, bool]]:
    """Count the answers that each mistake may explain, and (under True) those that it alone explains."""
    found: Counter[tuple[str, bool]] = Counter()
    for story in stories:
        sets = sets_of(story)
        found.update((slug, False) for slug in {slug for slugs in sets for slug in slugs})
        if len(sets) == 1:
            found.update((slug, True) for slug in sets[0])
    return found


def _with_best(story: Story, others: Counter[tuple[str, bool]]) -> Story:
    def score(slugs: Sequence[str]) -> tuple[int, int, int]:
        may, alone = ([others[slug, firm] for slug in slugs] for firm in (False, True))
        return min(may), sum(may), sum(alone)

    sets = sets_of(story)
    best = max(map(score, sets))
    if best == (0, 0, 0):
        return story
    first, *rivals = [slugs for slugs in sets if score(slugs) == best]
    return replace(story, mistakes=first, rivals=rivals)


def _habits(told: Sequence[Told]) -> list[Counter[str]]:
    """Return, by question, how many answers each mistake explains alone."""
    return [
        Counter(sets[0][0] for story in stories.values() if len(sets := sets_of(story)) == 1 and len(sets[0]) == 1)
        for stories in told
    ]


def _elsewhere(habits: Sequence[Counter[str]], place: int) -> list[str]:
    """Return the mistakes that explain most answers of other questions, the first in the alphabet of equal ones."""
    counts: Counter[str] = Counter()
    for other, found in enumerate(habits):
        counts.update(found if other != place else ())
    return sorted(counts, key=lambda slug: (-counts[slug], slug))[:MOST_HABITS]


def _is_open(story: Story) -> bool:
    """Say whether an answer is unexplained, or explained by two mistakes together only."""
    unexplained = story.verdict == "wrong" or (story.verdict == "mistake" and len(story.mistakes) > 1)
    return unexplained and not story.listed


def _told_again(network: Network, story: Story, habits: Sequence[str]) -> Story:
    """Return the story with a rule of another question and one more mistake, where they give the answer."""
    known = [slugs for slugs in sets_of(story) if not set(slugs).isdisjoint(habits)]
    if known:
        return replace(story, mistakes=known[0], rivals=known[1:])
    found = _with_habits(network, story, habits)
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
    found: dict[tuple[str, ...], None] = {}
    for habit in habits:
        given = _pairs(network, name, habit)
        for value in exact_values(reading):
            if value in given and sheet.fits(place, reading, value):
                found |= given[value]
    return [list(slugs) for slugs in found]


Pairs: TypeAlias = dict[Answer, dict[tuple[str, ...], None]]
"""Numbers, and the pairs of mistakes that give each."""


def _pairs(network: Network, name: str, habit: str) -> Pairs:
    """Return what a mistake and one more make of a quantity; kept for all students who have the same numbers."""
    return network.remembered(("with habit", name, habit), lambda: _pairs_made(network, name, habit))


def _pairs_made(network: Network, name: str, habit: str) -> Pairs:
    search = Search(network, network.members(name))
    changes = with_habit(search, habit, MOST_TRIED)
    found: Pairs = {}
    for numbers, places in changes.outcomes(search, network.values, {}):
        sets = dict.fromkeys(tuple(sorted(changes.changes[place].slugs)) for place in places)
        found.setdefault(joined(name, numbers), {}).update(sets)
    found.pop(network.value(name), None)
    return found


def _counted(told: Sequence[Told]) -> list[dict[str, Story]]:
    """Return the stories with the number of answers on the paper that the same mistakes explain."""
    counted = Counter(tuple(slugs) for stories in told for story in stories.values() for slugs in sets_of(story))
    return [{name: _seen(story, counted) for name, story in stories.items()} for stories in told]


def _seen(story: Story, counted: Counter[tuple[str, ...]]) -> Story:
    sets = sets_of(story)
    times = counted[tuple(sets[0])] if len(sets) == 1 else 1
    return replace(story, seen=times) if times > 1 else story

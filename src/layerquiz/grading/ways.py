"""The way that leads to a wrong answer, as a derivation beside the right one.

A story names mistakes, not where they were made. Here the change is found again whose derivation ends in the answer,
so that the first step at which the two ways part can be shown. Where no derivation leads to an answer there is no way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from layerquiz.formula.derive import Derivation, Step, derive
from layerquiz.formula.expr import Number, Reference
from layerquiz.formula.graph import Graph, Part, Rules
from layerquiz.formula.solve import Values
from layerquiz.grading.answer import Reading
from layerquiz.grading.policy_keys import COUNTED_OTHERWISE
from layerquiz.grading.sheet import Sheet
from layerquiz.grading.story import Story
from layerquiz.network.mistakes import CATALOGUE, Change, Search, evaluated
from layerquiz.network.mistakes.sides import Side, ruled
from layerquiz.network.network import Answer, Network


@dataclass(frozen=True, slots=True)
class Way:
    """One way to an answer, beside the right one.

    slugs: the mistakes on it; none where earlier values are carried on, or where only the last number slipped.
    right and wrong: both derivations, from the student's own earlier values (`own`) where the story was told from
    them. differing: the quantities whose formula or value differs, each after those it needs. first: the step at which
    the two part, as it should be and as it was made; None where one of them has no such step. ends: what the wrong way
    comes to.
    """

    slugs: tuple[str, ...]
    right: Derivation
    wrong: Derivation
    differing: tuple[Reference, ...]
    first: tuple[Step | None, Step | None]
    ends: Answer
    own: bool = False


def wrong_way(network: Network, quantity: str, story: Story, stories: Mapping[str, Story] | None = None) -> Way | None:
    """Return the way that the first explanation of an answer describes, if a derivation leads to the answer.

    `stories` are those of the sheet, by quantity: the values that the student went on from stand in them.
    """
    return next(iter(wrong_ways(network, quantity, story, stories)), None)


def wrong_ways(
    network: Network, quantity: str, story: Story, stories: Mapping[str, Story] | None = None
) -> tuple[Way, ...]:
    """Return the ways to an answer, one for each explanation (the mistakes, then the rivals) that has one.

    A formula in letters is its own way: it has none beside it.
    """
    if (
        story.verdict not in ("mistake", "carried", "slip", "convention")
        or isinstance(story.expected, str)
        or story.listed
    ):
        return ()
    earlier = {name: told for name in story.carried_from if (told := (stories or {}).get(name))}
    key = (quantity, story.written, story.verdict, str((story.mistakes, story.rivals, story.own_value)))
    known = _FOUND.setdefault(network, {})
    asked = (*key, *((name, told.written) for name, told in earlier.items()))
    if asked not in known:
        known[asked] = tuple(_Finding(network, quantity, story.expected, story, earlier).ways())
    return known[asked]


_FOUND: WeakKeyDictionary[Network, dict[tuple[object, ...], tuple[Way, ...]]] = WeakKeyDictionary()
"""The ways that were found, as long as their networks live: on a shared paper many answers are the same."""


class _Finding:
    """The search for the ways to one answer."""

    def __init__(
        self, network: Network, quantity: str, expected: Answer, story: Story, earlier: Mapping[str, Story]
    ) -> None:
        self.network, self.story = network, story
        written = {name: told.written for name, told in {**earlier, quantity: story}.items()}
        self.sheet = Sheet(network, written, True, {quantity: expected})
        self.place = self.sheet.places[quantity]
        self.search = Search(network, self.place.members, self.sheet.graph)
        for told in earlier.values():
            self.sheet.remember(told)
        self.own = self.sheet.own
        self.true = Side(self.sheet.graph, network.values)

    def ways(self) -> Iterator[Way]:
        """Yield the ways, one for each set of mistakes."""
        base = self.true if self.story.own_value is None else self._carried(self.true)
        if base is None:
            return
        match self.story.verdict:
            case "carried":
                yield self._way((), self.true, base)
            case "slip":
                yield self._slipped(base)
            case "convention":
                yield from self._convention(base)
            case _:
                yield from self._mistakes(base)

    def _carried(self, side: Side) -> Side | None:
        """Return a side on which the student's own earlier values stand for what the rules give."""
        values = evaluated(side.graph, None, side.values, self.own) if self.own else None
        return None if values is None else Side(_pinned(side.graph, self.own), values)

    def _way(self, slugs: tuple[str, ...], right: Side, wrong: Side) -> Way:
        """Return two sides as a way; the first step that differs is shown even where it only passes a value on."""
        members = self.place.members
        differing = tuple(ref for ref in wrong.graph.order(members) if wrong.differs(right, ref))
        one, other = (_derived(side, differing[:1], members) for side in (right, wrong))
        first = _step_of(one, differing[:1]), _step_of(other, differing[:1])
        ends = self.network.collected(self.place.name, members, wrong.values)
        return Way(slugs, one, other, differing, first, ends, own=self.story.own_value is not None)

    def _parted_at_the_end(self, slugs: tuple[str, ...], base: Side, asked: tuple[Reference, ...], ends: Answer) -> Way:
        """Return the right steps beside those to what was asked for instead, or written down wrongly at the end."""
        one, other = (_derived(base, (), targets) for targets in (self.place.members, asked))
        first = _last(one), _last(other)
        return Way(slugs, one, other, self.place.members[-1:], first, ends, own=self.story.own_value is not None)

    def _slipped(self, base: Side) -> Way:
        """Return the right steps, of which only the last number was written otherwise."""
        members = self.place.members
        written = self.story.read_as
        ends = (
            self.network.collected(self.place.name, members, base.values)
            if written is None or isinstance(written, str)
            else written
        )
        return self._parted_at_the_end(tuple(self.story.mistakes), base, members, ends)

    def _convention(self, base: Side) -> Iterator[Way]:
        """Yield the way under the convention that was chosen, where that is another rule."""
        slugs = tuple(self.story.mistakes)
        owner, _, name = self.place.name.rpartition(".")
        other_name = {"macs": "flops", "flops": "macs"}.get(name)
        if slugs == ("mac-vs-flop",) and other_name:
            asked = self.network.members(f"{owner}.{other_name}")
            ends = self.network.collected(other_name, asked, base.values)
            yield self._parted_at_the_end(slugs, base, asked, ends)
        for choice, slug in COUNTED_OTHERWISE.items():
            if slugs == (slug,):
                other = self.network.under(self.network.conventions.flipped(choice))
                side = Side(other.graph, other.values)
                chosen = side if base is self.true else self._carried(side)
                if chosen is not None and self._fits(chosen.values, rounding=True):
                    yield self._way(slugs, base, chosen)

    def _mistakes(self, base: Side) -> Iterator[Way]:
        for slugs in (self.story.mistakes, *self.story.rivals):
            change = self._change(tuple(slugs), base.values)
            if change is not None:
                wrong = Side(ruled(self.true.graph, change.rules), change.values)
                if base is not self.true:
                    wrong = Side(_pinned(wrong.graph, self.own), wrong.values)
                yield self._way(tuple(slugs), base, wrong)

    def _change(self, slugs: tuple[str, ...], base: Values) -> _Made | None:
        """Return the change by some mistakes that gives the answer: as read, else as it may be read or was rounded."""
        made = [_Made(change.rules, values) for change, values in self._possible(slugs, base)]
        ways: tuple[Callable[[Values], bool], ...] = (
            lambda values: self.sheet.value(self.place, values) == self.story.read_as,
            lambda values: self._fits(values, rounding=False),
            lambda values: self._fits(values, rounding=True),
        )
        return next((found for fits in ways for found in made if fits(found.values)), None)

    def _possible(self, slugs: tuple[str, ...], base: Values) -> Iterator[tuple[Change, Values]]:
        mistakes = [CATALOGUE[slug] for slug in CATALOGUE if slug in slugs]
        if len(mistakes) != len(slugs):
            return  # one of them is no wrong rule
        changes = self.search.singles(mistakes) if len(mistakes) == 1 else self.search.pairs(mistakes)
        own = self.own if self.story.own_value is not None else None
        for change in changes:
            values = self.search.values(change, base, own)
            if values is not None and not self.network.fault(values, self.search.needed):
                yield change, values

    def _fits(self, values: Values, rounding: bool) -> bool:
        reading, value = self.sheet.readings[self.place.name], self.sheet.value(self.place, values)
        return isinstance(reading, Reading) and self.sheet.fits(self.place, reading, value, rounding)


@dataclass(frozen=True, slots=True)
class _Made:
    """A change that was made, and the values that it leads to."""

    rules: Mapping[str, Rules]
    values: Values


def _step_of(derivation: Derivation, wanted: tuple[Reference, ...]) -> Step | None:
    return next((step for step in derivation.steps if step.quantity in wanted), None)


def _last(derivation: Derivation) -> Step | None:
    return derivation.steps[-1] if derivation.steps else None


def _derived(side: Side, shown: tuple[Reference, ...], targets: tuple[Reference, ...]) -> Derivation:
    """Return one side's steps to some targets; what is `shown` is a step in any case, if it is there."""
    there = tuple(ref for ref in shown if ref.owner in side.graph.parts and ref.name in side.graph.parts[ref.owner])
    return replace(derive(side.graph, (*there, *targets), values=side.values), targets=targets)


def _pinned(graph: Graph, own: Mapping[str, Mapping[str, Number]]) -> Graph:
    """Return a graph in which some quantities are givens: a derivation begins with them."""
    return Graph(_given(part, own[name]) if name in own else part for name, part in graph.parts.items())


def _given(part: Part, own: Mapping[str, Number]) -> Part:
    rules = part.rules
    formulas = {name: formula for name, formula in rules.formulas.items() if name not in own}
    left = Rules(formulas, rules.origin, rules.shared, rules.later)
    return replace(part, rules=left, givens={**part.givens, **own})

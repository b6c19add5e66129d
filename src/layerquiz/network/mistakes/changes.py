"""Where a mistake may hold: at one layer, or at every layer of its kind; alone, or together with another."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from itertools import combinations, product
from typing import Any, TypeVar

from layerquiz.errors import FormulaError
from layerquiz.formula.expr import Number, Reference
from layerquiz.formula.graph import Graph, Part, Rules
from layerquiz.formula.solve import Values, evaluate
from layerquiz.network.mistakes.base import Asked, Mistake, always, no_factor, rewritten, times
from layerquiz.network.network import Network
from layerquiz.record import record

Thing = TypeVar("Thing")


@record
class Change:
    """Some mistakes and the rules that they put in place of the right ones, by part."""

    slugs: tuple[str, ...]
    rules: Mapping[str, Rules]


@record
class Way:
    """One way to make a mistake: its slug, its number among the ways, and the wrong rules by part."""

    slug: str
    number: int
    rules: Mapping[str, Rules]


def evaluated(
    graph: Graph,
    rules: Mapping[str, Rules] | None,
    base: Values,
    own: Mapping[str, Mapping[str, Number]] | None = None,
    until: str | None = None,
) -> Values | None:
    """Return the values under other rules or from a student's own values; None where something is divided by zero."""
    try:
        return evaluate(graph, rules, base, own, until)
    except (ZeroDivisionError, FormulaError):
        return None


def needed_by(graph: Graph, targets: Iterable[Reference]) -> dict[str, set[str]]:
    """Return the names that some quantities depend on, their own too, by part."""
    needed: dict[str, set[str]] = {}
    for ref in graph.order(targets):
        needed.setdefault(ref.owner, set()).add(ref.name)
    return needed


def without_other_sums(graph: Graph, targets: Iterable[Reference]) -> Graph:
    """Return a graph in which only those sums over the network stand that some quantities depend on."""
    return _with_sums(graph, _sums_above(graph, targets))


def _with_sums(graph: Graph, sums: Iterable[Part]) -> Graph:
    return Graph([*[part for part in graph.parts.values() if part.rules.shared], *sums])


def _sums_above(graph: Graph, targets: Iterable[Reference]) -> list[Part]:
    needed = needed_by(graph, targets)
    found = []
    for part in graph.sums:
        names = needed.get(part.name)
        if names:
            kept = {local: formula for local, formula in part.rules.formulas.items() if local in names}
            found.append(replace(part, rules=Rules(kept, shared=False)))
    return found


class Ground:
    """What is found out about the changes that can reach some quantities, once for all networks of a structure."""

    def __init__(self, graph: Graph, targets: tuple[Reference, ...]) -> None:
        self.sums = graph.sums
        self.needed = needed_by(graph, targets)
        self.nearest_first = tuple([name for name in reversed(graph.parts) if name in self.needed])
        self._remembered: dict[Hashable, Any] = {}

    def remembered(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """Return what was made under a key, made once."""
        if key not in self._remembered:
            self._remembered[key] = make()
        found: Thing = self._remembered[key]
        return found


class Search:
    """The changes that can reach some quantities: only rules above them are rewritten.

    `graph` is what is evaluated again; on a sheet one graph serves all blanks, that of the search `within` which the
    others are. A graph with other rules than the network's has a ground of its own.
    """

    def __init__(
        self,
        network: Network,
        targets: Iterable[Reference],
        graph: Graph | None = None,
        ground: Ground | None = None,
        within: Search | None = None,
    ) -> None:
        self.network = network
        self.targets = tuple(targets)
        self._given, self._within = graph, within
        self.ground = self._known_ground() if ground is None else ground
        self.needed = self.ground.needed
        self._seen: tuple[tuple[object, ...], tuple[object, ...]] | None = None
        self.tables: dict[tuple[str, int], Any] = {}

    def _known_ground(self) -> Ground:
        """Return the ground of all networks of the structure, or of all that have the same sums in their graph."""
        targets, given, whole = self.targets, self._given, self.network.graph
        known = self.network.structure.remembered
        if given is None:
            return known(("ground", targets), lambda: Ground(without_other_sums(whole, targets), targets))
        return known(("ground", targets, *[part.rules for part in given.sums]), lambda: Ground(given, targets))

    def above(self, targets: tuple[Reference, ...]) -> Search:
        """Return the search of some of the targets, in the same graph."""
        key = ("above", targets)
        ground = self.ground.remembered(key, lambda: Search(self.network, targets, self.graph).ground)
        return Search(self.network, targets, ground=ground, within=self)

    @cached_property
    def graph(self) -> Graph:
        """Return the graph that is evaluated again; where a table has the outcomes nobody asks for it."""
        if self._within is not None:
            return self._within.graph
        return _with_sums(self.network.graph, self.ground.sums) if self._given is None else self._given

    @property
    def nearest_first(self) -> tuple[str, ...]:
        """Return the parts above the targets, the targets' own first."""
        return self.ground.nearest_first

    def values(
        self, change: Change, base: Values | None = None, own: Mapping[str, Mapping[str, Number]] | None = None
    ) -> Values | None:
        """Return the values with a change, on the network's values or others; None where it divides by zero."""
        last = self.nearest_first[0] if len({target.owner for target in self.targets}) == 1 else None
        return evaluated(self.graph, change.rules, base or self.network.values, own, last)

    def ways(self, mistake: Mistake) -> list[Way]:
        """Return the ways to make a mistake, each with every part at which it changes something that is needed."""
        return self.ground.remembered(("ways", mistake.slug, self.seen(mistake)), lambda: self._ways(mistake))

    def _ways(self, mistake: Mistake) -> list[Way]:
        found: dict[int, dict[str, Rules]] = {}
        for name in self.nearest_first:
            for number, wrong in self._wrong(name, mistake):
                found.setdefault(number, {})[name] = wrong
        return [Way(mistake.slug, number, rules) for number, rules in sorted(found.items())]

    def seen(self, mistake: Mistake) -> tuple[object, ...]:
        """Return what a mistake makes of the numbers, where it looks at them: all else follows from the structure."""
        return self._seen_from(mistake, self.ground.remembered(("where", mistake.slug), lambda: self._where(mistake)))

    def _seen_from(self, mistake: Mistake, where: Iterable[tuple[str, str]]) -> tuple[object, ...]:
        values, applies = self.network.values, mistake.applies
        found = [not source or applies(values[source], values[name]) for name, source in where]
        return (*found, *mistake.asked(self._asked)) if self._asked else tuple(found)

    def seen_by(self, mistakes: Iterable[Mistake], in_pairs: bool = False) -> tuple[object, ...]:
        """Return what several mistakes, or those that are paired, make of the numbers.

        It is found once, so they are always the same ones.
        """
        if self._seen is None:
            self._seen = self.network.remembered(("seen", self.ground), lambda: self._seen_by(mistakes))
        return self._seen[in_pairs]

    def _seen_by(self, mistakes: Iterable[Mistake]) -> tuple[tuple[object, ...], tuple[object, ...]]:
        looking = self.ground.remembered("looking", lambda: self._looking(mistakes))
        seen = [(mistake.alone, self._seen_from(mistake, where)) for mistake, where in looking]
        return tuple([found for _, found in seen]), tuple([found for alone, found in seen if not alone])

    def _looking(self, mistakes: Iterable[Mistake]) -> list[tuple[Mistake, list[tuple[str, str]]]]:
        """Return the mistakes that look at any numbers here, each with the parts where it does."""
        found = [(mistake, self._where(mistake)) for mistake in mistakes]
        return [(mistake, where) for mistake, where in found if where or mistake.asked is not no_factor]

    def _where(self, mistake: Mistake) -> list[tuple[str, str]]:
        """Return the parts whose rules a mistake would change if it applied to their numbers, with their sources."""
        if mistake.applies is always:
            return []
        parts = self.graph.parts
        changed = [parts[name] for name in self.nearest_first if rewritten(parts[name].rules, mistake)]
        return [(part.name, part.sources[0] if part.sources else "") for part in changed]

    @cached_property
    def _asked(self) -> Asked | None:
        """Return the one quantity that is asked for, if there is one."""
        if len(self.targets) != 1:
            return None
        owner, name = self.targets[0].owner, self.targets[0].name
        return Asked(name, self.network.values[owner][name], self.network.conventions.bytes_per_number)

    def _applies(self, name: str, mistake: Mistake) -> bool:
        sources, values = self.graph.parts[name].sources, self.network.values
        return not sources or mistake.applies(values[sources[0]], values[name])

    def _wrong(self, name: str, mistake: Mistake) -> Iterator[tuple[int, Rules]]:
        """Yield one part's rules with a mistake, numbered by the ways to make it."""
        part = self.graph.parts[name]
        yield from self._scaled(part, mistake)
        if mistake.applies is not always and not self._applies(name, mistake):
            return
        for number, (wrong, changed) in rewritten(part.rules, mistake).items():
            if not changed.isdisjoint(self.needed[name]):
                yield number, wrong

    def _scaled(self, part: Part, mistake: Mistake) -> Iterator[tuple[int, Rules]]:
        """Yield the rules that give the only quantity that is asked for, multiplied by what a mistake says."""
        if self._asked is None or part.name != self.targets[0].owner:
            return
        name = self._asked.name
        formula = part.rules.formulas.get(name)
        if formula is None:
            return
        for number, factor in enumerate(mistake.asked(self._asked)):
            multiplied = {name: times(formula, Fraction(*factor))}
            yield number, part.rules.variant(f"{name} times {Fraction(*factor)}", multiplied.copy)

    def everywhere(self, mistake: Mistake) -> Iterator[Change]:
        """Yield a mistake at every layer where it can be made, one change for each way."""
        for way in self.ways(mistake):
            yield Change((mistake.slug,), way.rules)

    def singles(self, mistakes: Iterable[Mistake]) -> Iterator[Change]:
        """Yield each mistake everywhere, then at each single layer."""
        for mistake in mistakes:
            for way in self.ways(mistake):
                yield Change((mistake.slug,), way.rules)
                if len(way.rules) > 1:
                    yield from (Change((mistake.slug,), {name: rules}) for name, rules in way.rules.items())

    def pairs(self, mistakes: Sequence[Mistake]) -> Iterator[Change]:
        """Yield pairs: both at one layer, the targets' own layers first; then both everywhere."""
        ways = {mistake.slug: self.ways(mistake) for mistake in mistakes if not mistake.alone}
        by_slug = {mistake.slug: mistake for mistake in mistakes}
        couples = [
            (by_slug[one], by_slug[two], first, second)
            for one, two in combinations([slug for slug, found in ways.items() if found], 2)
            for first, second in product(ways[one], ways[two])
        ]
        owners = {target.owner for target in self.targets}
        for mine in (True, False):
            for name in self.nearest_first:
                if (name in owners) == mine:
                    yield from self._at_one(name, couples)
            if mine:
                yield from self._everywhere(couples)

    def together(self, habit: Mistake, others: Iterable[Mistake]) -> Iterator[Change]:
        """Yield one mistake with each other one; each of the two everywhere, or at one layer."""
        others = [other for other in others if other.slug != habit.slug]
        for first in self.ways(habit):
            for other in others:
                for second in self.ways(other):
                    for one in _everywhere_or_once(first):
                        for two in _everywhere_or_once(second):
                            yield Change((habit.slug, other.slug), self._joined(other, one, two))

    def _joined(self, two: Mistake, first: Way, second: Way) -> dict[str, Rules]:
        """Return the rules of two ways by part, with both mistakes where they meet."""
        both = {name: self._both(name, two, first, second) for name in first.rules.keys() & second.rules.keys()}
        return {**second.rules, **first.rules, **{name: rules for name, rules in both.items() if rules is not None}}

    def _at_one(self, name: str, couples: Sequence[tuple[Mistake, Mistake, Way, Way]]) -> Iterator[Change]:
        for one, two, first, second in couples:
            if name in first.rules and name in second.rules:
                for both in self._in_both_orders(name, one, two, first, second):
                    yield Change((first.slug, second.slug), {name: both})
        flattened = self._flatten_before(name)
        for _, _, first, second in couples if flattened else ():
            for mine, other in ((flattened, name), (name, flattened)):
                if mine in first.rules and other in second.rules:
                    yield Change((first.slug, second.slug), {mine: first.rules[mine], other: second.rules[other]})

    def _flatten_before(self, name: str) -> str:
        """Return the flatten in front of a layer, if there is one: the two are one step to whoever counts."""
        parts = self.graph.parts
        layer = self.network.by_name.get(parts[name].sources[0]) if parts[name].sources else None
        return layer.name if layer and layer.kind.name == "flatten" else ""

    def _everywhere(self, couples: Sequence[tuple[Mistake, Mistake, Way, Way]]) -> Iterator[Change]:
        for _, two, first, second in couples:
            rules = {**second.rules, **first.rules}
            if len(rules) == 1:
                continue
            for name in first.rules.keys() & second.rules.keys():
                both = self._both(name, two, first, second)
                if both is not None:
                    rules[name] = both
            yield Change((first.slug, second.slug), rules)

    def _in_both_orders(self, name: str, one: Mistake, two: Mistake, first: Way, second: Way) -> Iterator[Rules]:
        """Yield what comes of two mistakes, the second made on what the first left, or the first on the second's.

        An order in which the later one undoes the earlier is left out, and so is the same again.
        """
        alone = (first.rules[name].formulas, second.rules[name].formulas)
        seen: list[object] = []
        for rules in (self._both(name, two, first, second), self._both(name, one, second, first)):
            if rules is not None and rules.formulas not in alone and rules.formulas not in seen:
                seen.append(rules.formulas)
                yield rules

    def _both(self, name: str, two: Mistake, first: Way, second: Way) -> Rules | None:
        """Return one part's rules with both mistakes: the second made on what the first left."""
        found = rewritten(first.rules[name], two)
        if second.number in found:
            return found[second.number][0]
        wrong, right = second.rules[name].formulas, self.graph.parts[name].rules.formulas
        changed = {key: formula for key, formula in wrong.items() if right.get(key) != formula}
        return first.rules[name].variant((two.slug, second.number), lambda: changed) if changed else None


def search_of(network: Network, targets: tuple[Reference, ...]) -> Search:
    """Return the search of some quantities; it is kept for all who have the same numbers."""
    return network.remembered(("search", targets), lambda: Search(network, targets))


def _everywhere_or_once(way: Way) -> Iterator[Way]:
    """Yield a way as it is, and at each single part of several."""
    yield way
    if len(way.rules) > 1:
        yield from (replace(way, rules={name: rules}) for name, rules in way.rules.items())

"""Where a mistake may hold: at one layer, or at every layer of its kind; alone, or together with another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product

from layerquiz.formula.expr import Formula, Reference, Sum, total
from layerquiz.formula.graph import Rules
from layerquiz.network.mistakes.base import Mistake, rewritten
from layerquiz.network.network import Network


@dataclass(frozen=True, slots=True)
class Change:
    """Some mistakes and the rules that they put in place of the right ones, by part."""

    slugs: tuple[str, ...]
    rules: Mapping[str, Rules]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to make a mistake: its slug, its number among the ways, and the wrong rules by part."""

    slug: str
    number: int
    rules: Mapping[str, Rules]


class Search:
    """The changes that can reach some quantities: only rules above them are rewritten."""

    def __init__(self, network: Network, targets: Iterable[Reference]) -> None:
        self.network = network
        self.targets = tuple(targets)
        self.needed: dict[str, set[str]] = {}
        for ref in network.graph.order(self.targets):
            self.needed.setdefault(ref.owner, set()).add(ref.name)

    @cached_property
    def nearest_first(self) -> tuple[str, ...]:
        """Return the parts above the targets, the targets' own first."""
        return tuple(name for name in reversed(self.network.graph.parts) if name in self.needed)

    def ways(self, mistake: Mistake) -> list[Way]:
        """Return the ways to make a mistake, each with every part at which it changes something that is needed."""
        found: dict[int, dict[str, Rules]] = {}
        for name in self.nearest_first:
            part = self.network.graph.parts[name]
            if part.sources and not mistake.applies(self.network.values[part.sources[0]]):
                continue
            for number, (wrong, changed) in enumerate(rewritten(part.rules, mistake)):
                if not changed.isdisjoint(self.needed[name]):
                    found.setdefault(number, {})[name] = wrong
        return [Way(mistake.slug, number, rules) for number, rules in sorted(found.items())] + self._sums(mistake)

    def _sums(self, mistake: Mistake) -> list[Way]:
        """Return the ways that change a sum or the asked quantity itself: a layer left out, all counted twice."""
        if mistake.slug == "layer-left-out-of-total":
            changes = [("total", name, total(rest)) for name, rest in self._shorter_sums()]
        elif mistake.slug == "doubled" and len(self.targets) == 1:
            (target,) = self.targets
            formula = self.network.graph.parts[target.owner].rules.formulas.get(target.name)
            changes = [(target.owner, target.name, 2 * formula)] if formula is not None else []
        else:
            return []
        return [
            Way(mistake.slug, number, {owner: self.network.graph.parts[owner].rules.replaced({name: formula})})
            for number, (owner, name, formula) in enumerate(changes)
        ]

    def _shorter_sums(self) -> Iterator[tuple[str, Sequence[Formula]]]:
        rules = self.network.graph.parts["total"].rules
        for name in sorted(self.needed.get("total", ())):
            formula = rules.formulas[name]
            if isinstance(formula, Sum):
                for left_out in formula.terms:
                    yield name, [term for term in formula.terms if term is not left_out]

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
        ways = {mistake.slug: self.ways(mistake) for mistake in mistakes}
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

    def _at_one(self, name: str, couples: Sequence[tuple[Mistake, Mistake, Way, Way]]) -> Iterator[Change]:
        for _, two, first, second in couples:
            if name in first.rules and name in second.rules:
                both = self._both(name, two, first, second)
                if both is not None:
                    yield Change((first.slug, second.slug), {name: both})

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

    def _both(self, name: str, two: Mistake, first: Way, second: Way) -> Rules | None:
        """Return one part's rules with both mistakes: the second made on what the first left."""
        found = rewritten(first.rules[name], two)
        if second.number < len(found):
            return found[second.number][0]
        wrong, right = second.rules[name].formulas, self.network.graph.parts[name].rules.formulas
        changed = {key: formula for key, formula in wrong.items() if right.get(key) != formula}
        return first.rules[name].replaced(changed) if changed else None

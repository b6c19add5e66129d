"""What a question works out on the way to its answer: rightly, and with each known mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import chain, combinations, islice
from math import prod

from layerquiz.errors import FormulaError
from layerquiz.formula.expr import Ceil, Formula, Number, Product, Reference, Sum, walk
from layerquiz.formula.graph import Part, Rules
from layerquiz.formula.solve import Values, value
from layerquiz.grading.sheet import Place, Sheet
from layerquiz.network.mistakes import CATALOGUE, Change, Search, evaluated

WIDEST = 6
"""Of sums and products of at most so many parts, every choice of parts is looked at: 3*3*128 of 3*3*128*256."""

MOST_CHANGES = 400
MOST_QUANTITIES = 1_000
SHARED_OUT = ("filters", "units")
"""What parameters and multiply-adds are a multiple of: (3*3*128 + 1) is what one filter has."""


class OnTheWay:
    """The numbers that may stand in the working of one blank; `own` are those from the student's earlier answers."""

    def __init__(self, sheet: Sheet, place: Place) -> None:
        self.graph, self.network = sheet.graph, sheet.network
        self.search = Search(sheet.network, place.members, sheet.graph)
        own = evaluated(sheet.graph, None, sheet.network.values, sheet.own) if sheet.own else None
        self.bases = [sheet.network.values, *([own] if own else [])]

    def is_right(self, number: Number) -> bool:
        """Say whether a number is right somewhere on the way."""
        return number in self._right

    def mistakes(self, number: Number) -> list[str]:
        """Return the mistakes that lead to a number somewhere on the way, in the catalogue's order."""
        return list(self._wrong.get(number, {}))

    def meant(self, number: Number) -> Number | None:
        """Return the right value of the quantity for which a mistake gives a number."""
        return next((right for right in self._wrong.get(number, {}).values() if right is not None), None)

    @cached_property
    def _nearest(self) -> list[Reference]:
        """Return the quantities that the blank depends on, the last of very many."""
        return self.graph.order(self.search.targets)[-MOST_QUANTITIES:]

    @cached_property
    def _right(self) -> set[Number]:
        return set(chain.from_iterable(self._numbers(ref, base, None) for base in self.bases for ref in self._nearest))

    @cached_property
    def rounds_up(self) -> bool:
        """Say whether anything on the way is rounded up."""
        rules = (self.graph.parts[ref.owner].rules.formulas.get(ref.name) for ref in self._nearest)
        return any(isinstance(node, Ceil) for rule in rules if rule is not None for node in walk(rule))

    @cached_property
    def _wrong(self) -> dict[Number, dict[str, Number | None]]:
        found: dict[Number, dict[str, Number | None]] = {}
        for change in islice(self.search.singles(CATALOGUE.values()), MOST_CHANGES):
            for number, right in self._with(change):
                if number not in self._right:
                    slugs = found.setdefault(number, {})
                    slugs[change.slugs[0]] = slugs.get(change.slugs[0]) or right
        return found

    def _with(self, change: Change) -> Iterator[tuple[Number, Number | None]]:
        """Yield the numbers of the layers at which a mistake is made and of the blank's own, with the right ones."""
        values = self.search.values(change)
        if values is None or self.network.fault(values, self.search.needed) is not None:
            return
        owners = {*change.rules, *(ref.owner for ref in self.search.targets)}
        for owner in sorted(owners & self.search.needed.keys()):
            for name in sorted(self.search.needed[owner]):
                ref = Reference(owner, name)
                yield values[owner][name], self.bases[0][owner][name]
                yield from ((number, None) for number in self._numbers(ref, values, change.rules.get(owner)))

    def _numbers(self, ref: Reference, values: Values, rules: Rules | None) -> Iterator[Number]:
        """Yield a quantity's value, its share for one output, and the values of the parts of its formula."""
        part = self.graph.parts[ref.owner]
        own = values[ref.owner]
        yield own[ref.name]
        shares = [own[name] for name in SHARED_OUT if own.get(name)]
        yield from (own[ref.name] // share for share in shares if own[ref.name] % share == 0)
        formula = (rules or part.rules).formulas.get(ref.name)
        if formula is not None and part.rules.shared:
            yield from _of_parts(formula, _looking(part, values))


def _looking(part: Part, values: Values) -> Callable[[Reference], Number]:
    def found(ref: Reference) -> Number:
        bound = part.bound(ref)
        return values[bound.owner][bound.name]

    return found


def _of_parts(formula: Formula, lookup: Callable[[Reference], Number]) -> Iterator[Number]:
    """Yield the values of the parts of a formula; of sums and products also those of some of their parts."""
    for node in walk(formula):
        try:
            yield value(node, lookup)
            if isinstance(node, Sum | Product) and len(node.children()) <= WIDEST:
                numbers = [value(child, lookup) for child in node.children()]
                yield from map(sum if isinstance(node, Sum) else prod, _choices(numbers))
        except (FormulaError, KeyError):
            continue


def _choices(numbers: Iterable[Number]) -> Iterator[tuple[Number, ...]]:
    """Yield every choice of at least two numbers."""
    listed = list(numbers)
    return chain.from_iterable(combinations(listed, size) for size in range(2, len(listed)))

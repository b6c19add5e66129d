"""What every known mistake makes of some quantities, calculated together: a table of numbers, and the changes behind.

The changes, and the program that calculates them, are the same for all drawings of a template and are made once; the
numbers are the same for all answers to one drawing, and are calculated once for it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import TypeAlias

from layerquiz.formula.expr import Number, Reference
from layerquiz.formula.graph import Rules
from layerquiz.formula.program import Program
from layerquiz.formula.solve import Values
from layerquiz.network.mistakes import CATALOGUE, Change, Search
from layerquiz.network.validity import guards

MOST_CHANGES = 2_000
MOST_CELLS = 20_000
"""The most steps of one program; in a deep network each change of a size has hundreds of its own."""

EVERY = tuple(CATALOGUE.values())
LOOKING = tuple(mistake for mistake in EVERY if mistake.looks_at_numbers)

KINDS: Mapping[str, Callable[[Search], Iterator[Change]]] = {
    "singles": lambda search: search.singles(EVERY),
    "pairs": lambda search: search.pairs(EVERY),
}
"""Which changes there are: each mistake alone, or two together."""

Numbers: TypeAlias = tuple[Number, ...]
Own: TypeAlias = Mapping[str, Mapping[str, Number]]
Outcomes: TypeAlias = dict[Numbers, tuple[int, ...]]
"""Numbers of the targets, each once, and the places of the changes that give them."""

MADE_ONE_BY_ONE = 8
"""For so many drawings of a structure each change is evaluated alone: making a program takes as long as that."""


class Table:
    """The changes of one kind for some targets, and the programs that calculate what the targets come to."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self.changes = tuple(changes)
        self._programs: dict[frozenset[Reference], _Calculation] = {}

    def outcomes(
        self, search: Search, values: Values, own: Own, most: int = MOST_CHANGES, checked: bool = True
    ) -> Outcomes:
        """Return what the changes (at least the first `most` of them) make of the targets, on some values.

        What divides by zero gives nothing, and neither does a size below 1 on the way, unless whoever asks looks at
        that for himself: then it need not be `checked`. `own` are the student's own values, which no change reaches.
        """
        needed = search.needed
        pinned = frozenset([Reference(one, name) for one in own for name in own[one] if name in needed.get(one, ())])
        found = self._programs.setdefault(pinned, _Calculation(self.changes, pinned))
        return found.outcomes(search, values, own, most, checked)


def table(search: Search, kind: str, most: int = MOST_CHANGES) -> Table:
    """Return the table of the search's targets, with at most so many changes: single ones first, the rest for pairs.

    It is made once for all networks of a structure.
    """
    seen = search.seen_by(LOOKING)
    left = most if kind == "singles" else max(0, most - len(table(search, "singles", most).changes))
    return search.ground.remembered((kind, most, seen), lambda: Table(islice(KINDS[kind](search), left)))


class _Calculation:
    """What some changes make of the targets where some quantities are pinned: one by one at first, then together."""

    def __init__(self, changes: tuple[Change, ...], pinned: frozenset[Reference]) -> None:
        self.changes, self.pinned = changes, pinned
        self.times = 0
        self.program: Program | None = None
        self.placed: list[tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]] = []
        self.rest = range(len(changes))

    def outcomes(self, search: Search, values: Values, own: Own, most: int, checked: bool) -> Outcomes:
        """Return the numbers of the targets, each once, with the places of the changes that give them."""
        self.times += 1
        if self.program is None and self.times > MADE_ONE_BY_ONE:
            self.program = self._made(search)
        cells = self.program.run(values) if self.program else []
        found: Outcomes = {}
        for places, checks, numbers in self.placed:
            given = tuple([cells[place] for place in places])
            if None not in given and not (checks and any([cells[place] is None for place in checks])):
                found[given] = found.get(given, ()) + numbers  # type: ignore[index, arg-type]
        for number in range(self.rest.start, min(self.rest.stop, most)):
            changed = search.values(self.changes[number], values, own)
            if changed is None or (checked and search.network.fault(changed, search.needed)):
                continue
            one = tuple([changed[ref.owner][ref.name] for ref in search.targets])
            found[one] = (*found.get(one, ()), number)
        return found

    def _made(self, search: Search) -> Program:
        """Return one program for all changes; those that would make it too long stay to be evaluated one by one."""
        program = Program()
        placed: dict[tuple[tuple[int, ...], tuple[int, ...]], list[int]] = {}
        for number, change in enumerate(self.changes):
            if len(program) > MOST_CELLS:
                break
            changed = _Changed(search, change.rules, self.pinned, program)
            placed.setdefault((changed.targets(), changed.checks()), []).append(number)
        done = sum(map(len, placed.values()))
        self.placed, self.rest = [(*cells, tuple(numbers)) for cells, numbers in placed.items()], self.rest[done:]
        return program


class _Changed:
    """One change being put into a program: only what it reaches is calculated again, all else is read."""

    def __init__(
        self, search: Search, rules: Mapping[str, Rules], pinned: Collection[Reference], program: Program
    ) -> None:
        self.search, self.rules, self.pinned, self.program = search, rules, pinned, program
        self.above = search.ground.remembered("above", dict)
        self.done: dict[Reference, int] = {}
        self.reached = 0
        for owner, wrong in rules.items():
            right = search.graph.parts[owner].rules
            for name in wrong.remembered(("differs from", right), lambda: _differing(wrong, right)):  # noqa: B023 -- called at once
                self.reached |= self._bit(Reference(owner, name))

    def targets(self) -> tuple[int, ...]:
        """Return the cells of the targets."""
        return tuple([self._cell(ref) for ref in self.search.targets])

    def checks(self) -> tuple[int, ...]:
        """Return the cells that are there where every size on the way that the change reaches can be."""
        found = []
        for ref, holds in self.search.ground.remembered("guards", self._guards):
            if self._above(ref) & self.reached and ref not in self.pinned:
                found.append(self.program.check(holds, self._cell(ref)))
        return tuple(found)

    def _guards(self) -> list[tuple[Reference, Callable[[Number], bool]]]:
        network = self.search.network
        layers = [network.graph.parts[name] for name in self.search.nearest_first if name in network.by_name]
        return [(Reference(part.name, name), holds) for part in layers for name, holds in guards(part.rules).items()]

    def _cell(self, target: Reference) -> int:
        """Return the cell of a quantity; iterative, as a change may reach through a deep network."""
        done, stack = self.done, [target]
        while stack:
            ref = stack[-1]
            if ref in done:
                stack.pop()
                continue
            part = self.search.graph.parts[ref.owner]
            rules = self.rules.get(ref.owner, part.rules)
            if not self._is_reached(ref, rules):
                done[ref] = self.program.read(ref)
                continue
            needs = {local: part.bound(local) for local in rules.reads[ref.name]}
            missing = [need for need in needs.values() if need not in done]
            stack += missing
            if not missing:
                done[ref] = self.program.add(rules.formulas[ref.name], lambda local: done[needs[local]])  # noqa: B023
        return done[target]

    def _is_reached(self, ref: Reference, rules: Rules) -> bool:
        if ref in self.pinned or ref.name not in rules.formulas:
            return False
        return bool(self._above(ref) & self.reached)

    def _bit(self, ref: Reference) -> int:
        bits: dict[Reference, int] = self.search.ground.remembered("bits", dict)
        return bits.setdefault(ref, 1 << len(bits))

    def _above(self, ref: Reference) -> int:
        """Return a bit for each quantity that a quantity depends on by the right rules, its own too."""
        if ref not in self.above:
            graph = self.search.graph
            if ref.name not in graph.parts[ref.owner]:
                return self._bit(ref)  # only the changed rules have it
            for each in graph.order([ref], self.above):
                found = self._bit(each)
                for need in graph.needs(each):
                    found |= self.above[need]
                self.above[each] = found
        found = self.above[ref]
        return found


def _differing(wrong: Rules, right: Rules) -> tuple[str, ...]:
    return tuple([name for name, formula in wrong.formulas.items() if right.formulas.get(name) is not formula])

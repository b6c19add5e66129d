"""What every known mistake makes of some quantities, calculated together: a table of numbers, and the changes behind.

The changes, and the program that calculates them, are the same for all drawings of a template and are made once; the
numbers are the same for all answers to one drawing, and are calculated once for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeAlias

from layerquiz.formula.expr import Number, Reference
from layerquiz.formula.graph import Rules
from layerquiz.formula.program import Cell, Program, Settled
from layerquiz.formula.ratio import plain
from layerquiz.formula.solve import Values
from layerquiz.network.mistakes import CATALOGUE, Change, Search
from layerquiz.network.network import Answer, Network, joined
from layerquiz.network.validity import guards

MOST_CHANGES = 2_000
MOST_CELLS = 20_000
"""The most steps of one program; in a deep network each change of a size has hundreds of its own."""

EVERY = tuple(CATALOGUE.values())
OTHERS = tuple(mistake for mistake in EVERY if not mistake.alone)
LOOKING = tuple(mistake for mistake in EVERY if mistake.looks_at_numbers)

PLACES = {slug: place for place, slug in enumerate(CATALOGUE)}

KINDS: Mapping[str, Callable[[Search], Iterator[Change]]] = {
    "singles": lambda search: search.singles(EVERY),
    "pairs": lambda search: search.pairs(EVERY),
}
"""Which changes there are: each mistake alone, or two together."""

Pin: TypeAlias = tuple[str, str]
NO_PINS: frozenset[Pin] = frozenset()
Given: TypeAlias = tuple[Number, ...]
Own: TypeAlias = Mapping[str, Mapping[str, Number]]


class Outcomes:
    """What the changes of a table make of the targets.

    To go through them gives the numbers, and the places of the changes that give them; others may give the same.
    """

    __slots__ = ("_numbers", "_placed")

    def __init__(self, numbers: Sequence[Settled | None], placed: Sequence[tuple[int, ...]]) -> None:
        self._numbers, self._placed = numbers, placed

    def __iter__(self) -> Iterator[tuple[Given, tuple[int, ...]]]:
        pairs = zip(self._numbers, self._placed, strict=True)
        return ((plain(found), places) for found, places in pairs if found is not None)

    def giving(self, numbers: Given) -> list[int]:
        """Return the places of the changes that give just these numbers."""
        if numbers not in self._numbers:
            return []
        pairs = zip(self._numbers, self._placed, strict=True)
        return [place for found, places in pairs if found == numbers for place in places]


MADE_ONE_BY_ONE = 1
"""For so many drawings of a structure each change is evaluated alone: making a program takes as long as that.

Where it is known that there are more, a program is made at once.
"""

MOST_PARTS = 60
"""The most parts above some targets for which a program is made: a deep network's takes longer than it can save."""


class Table:
    """The changes of one kind for some targets: what they make of them is found one by one at first, then together."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self.changes = tuple(changes)
        self._times = 0
        self._run: Callable[[Values, Collection[Pin]], Sequence[Settled | None]] | None = None
        self._pinnable: frozenset[Pin] = frozenset()
        self._placed: list[tuple[int, ...]] = []
        self._rest = range(len(self.changes))

    def outcomes(self, search: Search, values: Values, own: Own, most: int = MOST_CHANGES) -> Outcomes:
        """Return what the changes (at least the first `most` of them) make of the targets, on some values.

        What divides by zero gives nothing, and neither does a size below 1 on the way. `own` are the student's own
        values, which no change reaches.
        """
        if not self.changes:
            return Outcomes((), ())
        needed, pinned = search.needed, NO_PINS
        if own:
            pinned = frozenset([(one, name) for one in own for name in own[one] if name in needed.get(one, ())])
        self._prepare(search, pinned)
        numbers: Sequence[Settled | None] = self._run(values, pinned) if self._run else ()
        rest = range(self._rest.start, min(self._rest.stop, most))
        if not rest:
            return Outcomes(numbers, self._placed)
        alone = [_alone(search, self.changes[number], values, own) for number in rest]
        return Outcomes([*numbers, *alone], [*self._placed, *[(number,) for number in rest]])

    def _prepare(self, search: Search, pinned: frozenset[Pin]) -> None:
        """Make a program once that pays, and another where something is pinned that was not before."""
        self._times += 1
        is_made = self._run is not None and pinned <= self._pinnable
        at_first = self._times <= MADE_ONE_BY_ONE and not search.network.structure.is_met_often
        if is_made or at_first or len(search.needed) > MOST_PARTS:
            return
        self._pinnable |= pinned
        making = _Making(search, self._pinnable)
        program = making.program
        placed: dict[tuple[tuple[Cell, ...], tuple[Cell, ...]], list[int]] = {}
        for number, change in enumerate(self.changes):
            if len(program) > MOST_CELLS:
                break
            changed = _Changed(making, change.rules)
            placed.setdefault((changed.targets(), changed.checks()), []).append(number)
        for targets, checks in placed:
            program.give(targets, checks)
        self._run, self._placed = program.compiled(), [tuple(numbers) for numbers in placed.values()]
        self._rest = range(sum(map(len, self._placed)), len(self.changes))


def _alone(search: Search, change: Change, values: Values, own: Own) -> Given | None:
    """Return what one change makes of the targets; nothing where something on the way cannot be."""
    changed = search.values(change, values, own)
    if changed is None:
        return None
    reached = [name for name in search.needed if changed[name] is not values[name]]
    if search.network.fault(changed, reached):
        return None
    return tuple([changed[ref.owner][ref.name] for ref in search.targets])


def table(search: Search, kind: str, most: int = MOST_CHANGES) -> Table:
    """Return the table of the search's targets, with at most so many changes: single ones first, the rest for pairs.

    It is made once for all networks of a structure.
    """
    found = search.tables.get((kind, most))
    if found is None:
        seen = search.seen_by(LOOKING, in_pairs=kind == "pairs")
        left = most if kind == "singles" else max(0, most - len(table(search, "singles", most).changes))
        made = search.ground.remembered((kind, left, seen), lambda: Table(islice(KINDS[kind](search), left)))
        found = search.tables[kind, most] = made
    return found


def of_truth(search: Search, kind: str, most: int = MOST_CHANGES) -> Outcomes:
    """Return what the changes of a kind make of the right values; kept for all answers to the same question."""
    network, changes = search.network, table(search, kind)
    most = min(most, len(changes.changes))
    key = ("of truth", kind, most, search.ground)
    return network.remembered(key, lambda: changes.outcomes(search, network.values, {}, most))


def with_habit(search: Search, slug: str, most: int = MOST_CHANGES) -> Table:
    """Return the table of one mistake with each other one, made once for all networks of a structure."""
    habit = CATALOGUE[slug]
    key = ("habit", slug, most, search.seen(habit), search.seen_by(LOOKING, in_pairs=True))
    return search.ground.remembered(key, lambda: Table(islice(search.together(habit, OTHERS), most)))


def everywhere(search: Search, slugs: tuple[str, ...]) -> Table:
    """Return the table of some mistakes, each made wherever it can be; made once for all networks of a structure."""
    mistakes = [CATALOGUE[slug] for slug in slugs]
    key = ("everywhere", slugs, *map(search.seen, mistakes))
    return search.ground.remembered(key, lambda: Table(way for each in mistakes for way in search.everywhere(each)))


Wrong: TypeAlias = tuple[tuple[str, ...], ...]
"""The sets of mistakes that give a wrong value, each by itself."""


def wrong_values(network: Network, quantity: str) -> Mapping[Answer, Wrong]:
    """Return what each single mistake makes of a quantity, and the mistakes that do in the order of the catalogue.

    The right value is not among them. Made once for all who look at the same numbers.
    """
    return network.remembered(("wrong values", quantity), lambda: _of_one(wrong_sheets(network, (quantity,))))


def _of_one(sheets: Mapping[tuple[Answer, ...], Wrong]) -> dict[Answer, Wrong]:
    return {values[0]: sets for values, sets in sheets.items()}


def wrong_sheets(network: Network, quantities: tuple[str, ...]) -> dict[tuple[Answer, ...], Wrong]:
    """Return what each single mistake makes of some quantities together, as `wrong_values` does of one."""
    members = [network.members(name) for name in quantities]
    search = Search(network, [ref for refs in members for ref in refs])
    changes = table(search, "singles")
    found: dict[tuple[Answer, ...], set[tuple[str, ...]]] = {}
    for numbers, places in changes.outcomes(search, network.values, {}):
        left, together = iter(numbers), []
        for name, refs in zip(quantities, members, strict=True):
            together.append(joined(name, tuple(islice(left, len(refs)))))
        sets = {changes.changes[place].slugs for place in places}
        found.setdefault(tuple(together), set()).update(sets)
    found.pop(tuple([network.value(name) for name in quantities]), None)
    return {together: tuple(sorted(sets, key=_in_catalogue)) for together, sets in found.items()}


def _in_catalogue(slugs: tuple[str, ...]) -> list[int]:
    return [PLACES[slug] for slug in slugs]


def is_among_pairs(search: Search, slug: str, most: int = MOST_CHANGES) -> bool:
    """Say whether all that a mistake and another one can give is given by the pairs, too.

    So it is where all mistakes are made at one and the same part, and where no pair was left out.
    """
    if CATALOGUE[slug].alone:
        return False
    key = ("among pairs", most, search.seen_by(LOOKING))
    return search.ground.remembered(key, lambda: _are_all_pairs(search, most))


def _are_all_pairs(search: Search, most: int) -> bool:
    singles, pairs = (table(search, kind, most).changes for kind in ("singles", "pairs"))
    return len({owner for change in singles for owner in change.rules}) < 2 and len(singles) + len(pairs) < most


Changed: TypeAlias = tuple[tuple[str, Rules], ...]
"""The parts that a change gives other rules, with those."""

Read: TypeAlias = tuple[str, str]
"""A quantity that a formula reads: its part and name."""


class _Making:
    """A program being made for the changes of a table: what two changes do alike to a quantity is put there once."""

    def __init__(self, search: Search, pinnable: Collection[Pin]) -> None:
        self.search, self.pinnable, self.program = search, pinnable, Program()
        self.above: dict[str, dict[str, int]] = search.ground.remembered("above", lambda: defaultdict(dict))
        self.guards: list[tuple[Reference, tuple[int, bool], int]] = search.ground.remembered("guards", self._guards)
        self.before: dict[str, frozenset[str]] = search.ground.remembered("before", self._before)
        self.cells: dict[tuple[str, Changed], dict[str, Cell]] = {}
        self.reads: dict[tuple[str, Rules], dict[str, dict[Reference, Read]]] = {}

    def _guards(self) -> list[tuple[Reference, tuple[int, bool], int]]:
        """Return the quantities that have a limit, each with it and the bits of all that is above."""
        network = self.search.network
        layers = [network.graph.parts[name] for name in self.search.nearest_first if name in network.by_name]
        limits = [(Reference(part.name, name), limit) for part in layers for name, limit in guards(part.rules).items()]
        return [(ref, limit, self.bits_above(ref.owner, ref.name)) for ref, limit in limits]

    def _before(self) -> dict[str, frozenset[str]]:
        """Return the parts whose rules can matter to each part, its own too; those of a sum may name any."""
        parts = self.search.graph.parts
        found: dict[str, frozenset[str]] = {}
        for name, part in parts.items():
            earlier = [found[source] for source in part.sources] if part.rules.shared else [frozenset(parts)]
            found[name] = frozenset([name]).union(*earlier)
        return found

    def bit(self, ref: Reference) -> int:
        """Return the bit of a quantity."""
        bits: dict[Reference, int] = self.search.ground.remembered("bits", dict)
        return bits.setdefault(ref, 1 << len(bits))

    def bits_above(self, owner: str, name: str) -> int:
        """Return a bit for each quantity that a quantity depends on by the right rules, its own too."""
        found = self.above[owner].get(name)
        if found is not None:
            return found
        graph, ref = self.search.graph, Reference(owner, name)
        if name not in graph.parts[owner]:
            return self.bit(ref)  # only the changed rules have it
        known = [Reference(part, local) for part, above in self.above.items() for local in above]
        for each in graph.order([ref], known):
            found = self.bit(each)
            for need in graph.needs(each):
                found |= self.above[need.owner][need.name]
            self.above[each.owner][each.name] = found
        return self.above[owner][name]

    def reads_of(self, owner: str, rules: Rules, name: str) -> dict[Reference, Read]:
        """Return what a formula of a part reads, as it is called there and by part and name."""
        found = self.reads.setdefault((owner, rules), {})
        if name not in found:
            part = self.search.graph.parts[owner]
            found[name] = {local: (part.owner(local.owner), local.name) for local in rules.reads[name]}
        return found[name]


class _Changed:
    """One change being put into a program: only what it reaches is calculated again, all else is read."""

    def __init__(self, making: _Making, rules: Mapping[str, Rules]) -> None:
        self.making, self.search, self.rules, self.program = making, making.search, rules, making.program
        self.reached = 0
        for owner, wrong in rules.items():
            right = self.search.graph.parts[owner].rules
            for name in wrong.remembered(("differs from", right), lambda: _differing(wrong, right)):  # noqa: B023 -- called at once
                self.reached |= making.bit(Reference(owner, name))
        self.done: dict[str, dict[str, Cell]] = {}

    def targets(self) -> tuple[Cell, ...]:
        """Return the cells of the targets."""
        return tuple([self._cell(ref) for ref in self.search.targets])

    def checks(self) -> tuple[Cell, ...]:
        """Return the cells that say whether every size on the way that the change reaches can be."""
        reached = [(ref, limit) for ref, limit, above in self.making.guards if above & self.reached]
        return tuple([self.program.check(self._cell(ref), *limit) for ref, limit in reached])

    def _cell(self, target: Reference) -> Cell:
        """Return the cell of a quantity; iterative, as a change may reach through a deep network."""
        stack: list[Read] = [(target.owner, target.name)]
        while stack:
            owner, name = stack[-1]
            done = self._done(owner)
            if name in done:
                stack.pop()
                continue
            rules = self.rules.get(owner) or self.search.graph.parts[owner].rules
            if not self._is_reached(owner, name, rules):
                done[name] = self.program.read(owner, name)
                continue
            needs = self.making.reads_of(owner, rules, name)
            missing = [need for need in needs.values() if need[1] not in self._done(need[0])]
            stack += missing
            if not missing:
                found = {local: self.done[part][inner] for local, (part, inner) in needs.items()}
                cell = self.program.add(rules.formulas[name], found.__getitem__)
                is_pinnable = (owner, name) in self.making.pinnable
                done[name] = self.program.pinnable(owner, name, cell) if is_pinnable else cell
        return self.done[target.owner][target.name]

    def _done(self, owner: str) -> dict[str, Cell]:
        """Return the cells of a part by name, for the changed rules that can matter to it."""
        if owner not in self.done:
            before = self.making.before[owner]
            changed = tuple([each for each in self.rules.items() if each[0] in before])
            self.done[owner] = self.making.cells.setdefault((owner, changed), {})
        return self.done[owner]

    def _is_reached(self, owner: str, name: str, rules: Rules) -> bool:
        return name in rules.formulas and bool(self.making.bits_above(owner, name) & self.reached)


def _differing(wrong: Rules, right: Rules) -> tuple[str, ...]:
    return tuple([name for name, formula in wrong.formulas.items() if right.formulas.get(name) is not formula])

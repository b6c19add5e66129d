"""Names to formulas: rules of one part, parts wired by name, and what lies above a name.

A part (a layer) has rules that speak of `own` and `before`; many parts share one set of rules and differ in their
givens and their sources only. So a formula is built, ordered and compiled once for all parts of the same structure.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any, TypeVar

from layerquiz.errors import FormulaError, nearest
from layerquiz.formula.expr import Formula, Number, Reference, references, transform
from layerquiz.record import record

OWN = "own"
Thing = TypeVar("Thing")


def pin(name: str) -> str:
    """Return the name under which a replaced quantity's value stands among the givens."""
    return f"{name} (replaced)"


def is_before(owner: str) -> bool:
    """Say whether a rule means one of its part's sources by a name: `before`, `before1`, `before2` ..."""
    return owner.rstrip("0123456789") == "before"


class Rules:
    """Formulas by local name, in an order in which each can be computed; `origin` is what they were built for.

    Rules that are not `shared` may name other parts (the sums over a whole network do). What is `later` is worked out
    when it is first asked for: in rules that are not shared, everything. Rules that are `like` others share most of
    their formulas, and what is known of these is not found again.
    """

    def __init__(
        self,
        formulas: Mapping[str, Formula],
        origin: object = None,
        shared: bool = True,
        later: frozenset[str] = frozenset(),
        like: Rules | None = None,
    ) -> None:
        self.formulas: dict[str, Formula] = {**formulas}
        self.origin = origin
        self.shared = shared
        self.later = later
        self.like = like
        if shared and not (like and _is_ordered(self.reads)):
            self.formulas = {name: formulas[name] for name in _ordered(self.reads)}
        self._remembered: dict[Hashable, Any] = {}

    def replaced(self, replacements: Mapping[str, Formula]) -> Rules:
        """Return the same rules with some formulas put in place of others."""
        return Rules({**self.formulas, **replacements}, self.origin, self.shared, self.later, self)

    def variant(self, key: Hashable, replacements: Callable[[], Mapping[str, Formula]]) -> Rules:
        """Return a replaced set of rules, built once per key."""
        return self.remembered(key, lambda: self.replaced(replacements()))

    def remembered(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """Return what was made of these rules under a key, made once: rules are shared by all of one structure."""
        if key not in self._remembered:
            self._remembered[key] = make()
        found: Thing = self._remembered[key]
        return found

    def pinned(self, names: frozenset[str]) -> Rules:
        """Return the same rules with some quantities taken as given, under the names that `pin` gives them."""
        return self.variant(names, lambda: {name: Reference(OWN, pin(name)) for name in names})

    @cached_property
    def reads(self) -> dict[str, tuple[Reference, ...]]:
        """Return what each formula reads, found once."""
        known, found = (self.like.formulas, self.like.reads) if self.like else ({}, {})
        return {
            name: found[name] if known.get(name) is formula else references(formula)
            for name, formula in self.formulas.items()
        }

    @cached_property
    def names(self) -> frozenset[str]:
        """Return the parts that the formulas which are left for later name: neither `own` nor what stands before."""
        later = self.later if self.shared else self.formulas
        read = {ref.owner for name in later for ref in self.reads[name]}
        return frozenset([owner for owner in read if not (self.shared and (owner == OWN or is_before(owner)))])

    @cached_property
    def run(self) -> Callable[[Mapping[str, Number], tuple[Mapping[str, Number], ...]], dict[str, Number]]:
        """Return the compiled rules: own givens and the sources' values to all own values but those for later."""
        from layerquiz.formula.solve import compiled, compiled_later

        make = compiled_later if self.like else compiled  # most rules of mistakes are run a few times only
        return make({name: formula for name, formula in self.formulas.items() if name not in self.later})


def _ordered(reads: Mapping[str, Iterable[Reference]]) -> Iterable[str]:
    """Return the names so that each comes after those of the same part which it reads."""
    needs = {name: [ref.name for ref in read if ref.owner == OWN and ref.name in reads] for name, read in reads.items()}
    return _sorted(needs)


def _is_ordered(reads: Mapping[str, Iterable[Reference]]) -> bool:
    """Say whether each name comes after those of the same part which it reads already."""
    later = set(reads)
    for name, read in reads.items():
        if any(ref.owner == OWN and ref.name in later for ref in read):
            return False
        later.remove(name)
    return True


def _sorted(needs: Mapping[str, Iterable[str]]) -> list[str]:
    try:
        return list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        circle = " needs ".join(reversed(error.args[1]))
        raise FormulaError(f"the formulas go round in a circle: {circle}", slug="cycle") from None


@record
class Part:
    """One owner of quantities: its name, rules, givens and the parts that it takes its input from."""

    name: str
    rules: Rules
    givens: Mapping[str, Number] = field(default_factory=dict)
    sources: tuple[str, ...] = ()

    def owner(self, local: str) -> str:
        """Return the part meant by `own`, `before`, `before1` ... inside shared rules; others name the parts."""
        if not self.rules.shared:
            return local
        if local == OWN:
            return self.name
        if self.sources and is_before(local):
            return self.sources[int(local[6:] or 1) - 1]
        return local

    def bound(self, ref: Reference) -> Reference:
        """Return a rule's reference as seen from outside."""
        return Reference(self.owner(ref.owner), ref.name)

    def formula(self, name: str) -> Formula | None:
        """Return a quantity's formula with its references bound; None for a given."""
        local = self.rules.formulas.get(name)
        if local is None:
            return None
        return transform(local, lambda node: self.bound(node) if isinstance(node, Reference) else node)

    def __contains__(self, name: str) -> bool:
        return name in self.rules.formulas or name in self.givens


class Graph(Mapping[str, Formula]):
    """The whole mapping from names (`conv1.weights`) to formulas, in an order in which the parts can be computed."""

    def __init__(self, parts: Iterable[Part]) -> None:
        named = {part.name: part for part in parts}
        self.parts: dict[str, Part] = {name: named[name] for name in _part_order(named)}

    @classmethod
    def of(cls, formulas: Mapping[str, Formula], givens: Mapping[str, Number] | None = None) -> Graph:
        """Return the graph of plainly named formulas, each name `owner.quantity`; every owner becomes a part."""
        owned: dict[str, tuple[dict[str, Formula], dict[str, Number]]] = {}
        for name, node in formulas.items():
            owner, _, quantity = name.partition(".")
            own = transform(node, lambda ref, me=owner: _as_own(ref, me))  # type: ignore[misc]
            owned.setdefault(owner, ({}, {}))[0][quantity] = own
        for name, value in (givens or {}).items():
            owner, _, quantity = name.partition(".")
            owned.setdefault(owner, ({}, {}))[1][quantity] = value
        return cls(Part(owner, Rules(local), values) for owner, (local, values) in owned.items())

    @cached_property
    def sums(self) -> tuple[Part, ...]:
        """Return the parts whose rules name other parts."""
        return tuple([part for part in self.parts.values() if not part.rules.shared])

    @cached_property
    def _ranked(self) -> tuple[dict[str, int], tuple[tuple[str, Part], ...]]:
        """Return the place of each part in the order, and the parts."""
        return {name: place for place, name in enumerate(self.parts)}, tuple(self.parts.items())

    def behind(self, names: Iterable[str], until: str | None = None) -> list[tuple[str, Part]]:
        """Return the parts that may depend on some parts, in order: from the first of those on, and the sums.

        `until` is the last part that is wanted.
        """
        ranks, parts = self._ranked
        first = min([ranks[name] for name in names if name in ranks], default=len(parts))
        end = len(parts) if until is None else ranks.get(until, len(parts) - 1) + 1
        earlier = [(part.name, part) for part in self.sums if ranks[part.name] < min(first, end)]
        return [*earlier, *parts[first:end]]

    def find(self, name: str) -> Reference:
        """Return owner and quantity of a dotted name; an unknown one is an error with the nearest spelling."""
        owner, _, quantity = name.rpartition(".")
        while owner and owner not in self.parts:
            owner, _, rest = owner.rpartition(".")
            quantity = f"{rest}.{quantity}"
        if not owner:
            raise FormulaError(f'there is no quantity "{name}"', cure=nearest(name, self), slug="unknown-quantity")
        if quantity not in self.parts[owner]:
            known = [f"{owner}.{known}" for known in (*self.parts[owner].rules.formulas, *self.parts[owner].givens)]
            raise FormulaError(f'there is no quantity "{name}"', cure=nearest(name, known), slug="unknown-quantity")
        return Reference(owner, quantity)

    def __getitem__(self, name: str) -> Formula:
        try:
            ref = self.find(name)
        except FormulaError:
            raise KeyError(name) from None
        formula = self.parts[ref.owner].formula(ref.name)
        if formula is None:
            raise KeyError(name)
        return formula

    def __iter__(self) -> Iterator[str]:
        return (f"{part.name}.{name}" for part in self.parts.values() for name in part.rules.formulas)

    def __len__(self) -> int:
        return sum(len(part.rules.formulas) for part in self.parts.values())

    def needs(self, ref: Reference) -> tuple[Reference, ...]:
        """Return the quantities that a quantity's formula reads, in the order of reading."""
        part = self.parts[ref.owner]
        return tuple([part.bound(inner) for inner in part.rules.reads.get(ref.name, ())])

    def order(self, targets: Iterable[Reference], known: Iterable[Reference] = ()) -> list[Reference]:
        """Return the targets and all that they need, each after what it needs itself; iterative.

        What is `known` is left out, and so is what only it needs.
        """
        apart = set(known)
        done: dict[Reference, None] = dict.fromkeys(apart)
        stack = [(target, False) for target in reversed(list(targets))]
        open_: set[Reference] = set()
        while stack:
            ref, opened = stack.pop()
            if ref in done:
                continue
            if opened:
                done[ref] = None
                continue
            if ref in open_:
                raise FormulaError(f"the formula of {ref} needs its own value", slug="cycle")
            open_.add(ref)
            stack.append((ref, True))
            stack.extend((inner, False) for inner in reversed(self.needs(ref)) if inner not in done)
        return [ref for ref in done if ref not in apart]

    def ancestors(self, target: Reference) -> set[Reference]:
        """Return every quantity that a quantity depends on, givens included, itself not."""
        return set(self.order([target])) - {target}


def _as_own(node: Formula, owner: str) -> Formula:
    return Reference(OWN, node.name) if isinstance(node, Reference) and node.owner == owner else node


def _part_order(named: Mapping[str, Part]) -> Iterable[str]:
    """Return the parts so that each comes after its sources: as written where that works, else sorted."""
    seen: set[str] = set()
    for name, part in named.items():
        if not seen.issuperset(part.sources):
            return _sorted({name: [s for s in part.sources if s in named] for name, part in named.items()})
        seen.add(name)
    return named

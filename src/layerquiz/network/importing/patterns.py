"""What repeats in sequences of layers: candidates for blocks, and how much text each would spare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Protocol

from layerquiz.network.importing.sequences import Item, bases, columns, outside

LONGEST = 64
WORK = 300_000
LINE = 30
"""What a line costs beside its characters."""

HEADER = 2 * LINE + 40
LEAST = 150
SHARE = 0.22
"""The least that a block spares, and its least share of what it replaces: below, all layers in a row read better."""

INPUTS, STRANGE = 45, 80
"""What a second input costs (a third costs four times as much), and each output that is taken from within."""

FEWEST_ALONE = 4


@dataclass(eq=False, slots=True)
class Body:
    """A sequence in which is looked for repeats: the network's (one row), or a block's (a row for each copy).

    out: the place of the item whose output the block gives.
    """

    rows: list[list[Item]]
    out: int = -1
    where: dict[int, int] = field(default_factory=dict)
    values: list[object] = field(default_factory=list)
    costs: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Note where each layer stands, and what is equal where the values of two items are."""
        first = self.rows[0]
        for number, item in enumerate(first):
            self.where.update(dict.fromkeys(range(item.start, item.stop), number))
        self.values = [tuple(row[place].values for row in self.rows) for place in range(len(first))]
        self.costs = list(accumulate(map(line, first), initial=0))


def gathers(item: Item) -> bool:
    """Say whether an item is a concatenation of several inputs, each once."""
    return item.token[0] == "concat" and len(set(item.inputs)) == len(item.inputs) > 1


@dataclass(eq=False, slots=True)
class Start:
    """Where an occurrence of a pattern begins, and what it takes from outside so far.

    gathers: its first layer takes all of that, however much it is: a concatenation of everything before.
    """

    body: Body
    place: int
    gathers: bool = False
    taken: dict[int, int] = field(default_factory=dict)

    def said(self, length: int) -> object | None:
        """Return what the item behind the first `length` ones is, relative to these; None where it cannot belong."""
        row = self.body.rows[0]
        if self.place + length >= len(row):
            return None
        item, first = row[self.place + length], row[self.place].start
        borrowed = []
        for place in item.lenders:
            if place >= item.start:
                return None
            borrowed.append(self._inside(row, place) if place >= first else (place,))
        if not length:
            self.gathers = gathers(item)
            if self.gathers:
                return item.token, "all", tuple(borrowed)
        wired = []
        for place in item.inputs:
            if place >= first:
                wired.append(self._inside(row, place))
            elif self.gathers:
                return None
            else:
                wired.append((self.taken.setdefault(place, len(self.taken)),))
        return item.token, tuple(wired), tuple(borrowed)

    def _inside(self, row: Sequence[Item], place: int) -> tuple[int, ...]:
        number = self.body.where[place]
        item = row[number]
        within = -1 if item.out == place else place - item.start
        return (number - self.place, within)


@dataclass(eq=False, slots=True)
class Pattern:
    """Items that stand at several places: where, how many, and which of them gives the output."""

    starts: list[Start]
    length: int
    out: int = 0
    weight: float = 1.0

    def rows(self) -> Iterable[list[Item]]:
        """Yield the items of each occurrence, in each copy of the block that it stands in."""
        for start in self.starts:
            for row in start.body.rows:
                yield row[start.place : start.place + self.length]


def best(bodies: Sequence[Body], reads: Sequence[int], names: Naming) -> Pattern | None:
    """Return the pattern that spares the most text, or None where none is worth a block."""
    promising = []
    for number, found in enumerate(_candidates(bodies)):
        bound = _bound(found)
        if bound > LEAST:
            found.weight = names.weight(found)
            promising.append((-bound * found.weight, number, found))
    chosen, most = None, 0.0
    for bound, _, found in sorted(promising, key=lambda entry: entry[:2]):
        if -bound <= most:
            break
        spared, written = _spared(found, reads)
        if spared >= LEAST and spared >= SHARE * written and spared * found.weight > most:
            chosen, most = found, spared * found.weight
    return chosen


class Naming(Protocol):
    """What names say of patterns."""

    def weight(self, pattern: Pattern) -> float:
        """Return how much better a pattern is as a block because its copies are modules by their names."""


def _candidates(bodies: Sequence[Body]) -> Iterable[Pattern]:
    """Yield all patterns with at least two occurrences that do not overlap, the short ones first."""
    size = sum(len(body.rows[0]) for body in bodies)
    longest = max(8, min(LONGEST, WORK // max(1, size)))
    groups: list[list[Start]] = [[Start(body, place) for body in bodies for place in range(len(body.rows[0]))]]
    for length in range(longest):
        longer: dict[object, list[Start]] = {}
        for number, group in enumerate(groups):
            for start in group:
                said = start.said(length)
                if said is not None:
                    longer.setdefault((number, said), []).append(start)
        groups = [group for group in longer.values() if len(group) > 1]
        for group in groups:
            apart = _apart(group, length + 1)
            if len(apart) > 1:
                yield Pattern(apart, length + 1)


def _apart(starts: Sequence[Start], length: int) -> list[Start]:
    """Return the occurrences that do not overlap, from the left."""
    found: list[Start] = []
    for start in starts:
        if not found or found[-1].body is not start.body or found[-1].place + length <= start.place:
            found.append(start)
    return found


def line(item: Item) -> int:
    """Return about how much an item's line costs."""
    written = sum(map(len, item.labels)) + 6 * len(item.labels)
    return LINE + 34 + (written if item.copies else written // 3 + 8)


def _bound(pattern: Pattern) -> float:
    """Return the most that a pattern could spare."""
    return _lines(pattern) * (len(pattern.starts) - 1) - HEADER - LINE


def _lines(pattern: Pattern) -> int:
    body, place = pattern.starts[0].body, pattern.starts[0].place
    return body.costs[place + pattern.length] - body.costs[place]


def _spared(pattern: Pattern, reads: Sequence[int]) -> tuple[float, float]:
    """Return how much text a pattern spares, and how much it replaces: lines at each place against a block's uses."""
    rows = list(pattern.rows())
    pattern.out, strange = _output(rows, reads)
    if pattern.out < 0 or any(_is_hidden(start, pattern) for start in pattern.starts):
        return 0, 0
    inputs = outside(rows[0])
    uses = runs(pattern) if inputs else []
    alone = pattern.length == 1 and (rows[0][0].copies or max(map(len, uses), default=0) < FEWEST_ALONE)
    if not inputs or alone:
        return 0, 0
    arguments = bases(columns(rows))
    body = sum(map(line, rows[0]))
    further = 0 if pattern.starts[0].gathers else INPUTS * (len(inputs) - 1) ** 2
    use = LINE + 40 + sum(len(label) + 6 for label, _ in arguments) + further
    written = HEADER + body + 24 * len(arguments) + use * len(uses) + STRANGE * strange
    before = body * len(pattern.starts)
    return before - written, before


def _is_hidden(start: Start, pattern: Pattern) -> bool:
    """Say whether a pattern would hide the output of the block that it stands in."""
    place = start.body.out - start.place
    return 0 <= place < pattern.length and place != pattern.out


def _output(rows: list[list[Item]], reads: Sequence[int]) -> tuple[int, int]:
    """Return the place of the item that is read most from outside, and how many other reads there are."""
    counts: dict[int, int] = {}
    strange = 0
    for row in rows:
        stop = row[-1].stop
        for number, item in enumerate(row):
            for place in range(item.start, item.stop):
                if reads[place] >= stop:
                    if place == item.out:
                        counts[number] = counts.get(number, 0) + 1
                    else:
                        strange += 1
    if not counts:
        last = len(rows[0]) - 1
        return (last, strange) if rows[0][last].inputs else (-1, strange)
    out = max(counts, key=lambda number: (counts[number], number))
    return out, strange + sum(counts.values()) - counts[out]


def runs(pattern: Pattern) -> list[list[Start]]:
    """Return the occurrences, those together that stand one behind the other, take only that, and are equal."""
    found: list[list[Start]] = []
    for start in pattern.starts:
        if found and _follows(found[-1][-1], start, pattern):
            found[-1].append(start)
        else:
            found.append([start])
    return found


def _follows(before: Start, after: Start, pattern: Pattern) -> bool:
    body, length = before.body, pattern.length
    if body is not after.body or before.place + length != after.place or body.out == before.place + pattern.out:
        return False
    if body.values[before.place : after.place] != body.values[after.place : after.place + length]:
        return False
    return all(
        outside(row[after.place : after.place + length]) == (row[before.place + pattern.out].out,) for row in body.rows
    ) and all(len(outside(row[before.place : after.place])) == 1 for row in body.rows)

"""What repeats in sequences of layers: candidates for blocks, and how much text each would spare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from layerquiz.network.importing.sequences import Item, bases, frozen, outside

LONGEST = 64
WORK = 300_000
LINE = 30
"""What a line costs beside its characters."""

HEADER = 2 * LINE + 40
LEAST = 60
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

    def __post_init__(self) -> None:
        """Note where each layer stands, and what is equal where the values of two items are."""
        first = self.rows[0]
        for number, item in enumerate(first):
            self.where.update(dict.fromkeys(range(item.start, item.stop), number))
        self.values = [tuple(frozen(row[place].values) for row in self.rows) for place in range(len(first))]


@dataclass(eq=False, slots=True)
class Start:
    """Where an occurrence of a pattern begins, and what it takes from outside so far."""

    body: Body
    place: int
    taken: dict[int, int] = field(default_factory=dict)

    def said(self, length: int) -> object | None:
        """Return what the item behind the first `length` ones is, relative to these; None where it cannot belong."""
        row = self.body.rows[0]
        if self.place + length >= len(row):
            return None
        item, first = row[self.place + length], row[self.place].start
        borrowed = []
        for place in item.lenders:
            if not first <= place < item.start:
                return None
            borrowed.append(self._inside(row, place))
        wired = []
        for place in item.inputs:
            if place >= first:
                wired.append(self._inside(row, place))
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
    spared: float = 0.0

    def rows(self) -> Iterable[list[Item]]:
        """Yield the items of each occurrence, in each copy of the block that it stands in."""
        for start in self.starts:
            for row in start.body.rows:
                yield row[start.place : start.place + self.length]


def best(bodies: Sequence[Body], reads: Sequence[int], names: Any) -> Pattern | None:
    """Return the pattern that spares the most text, or None where none is worth a block."""
    promising = sorted(
        ((_bound(found), number, found) for number, found in enumerate(_candidates(bodies))),
        key=lambda entry: (-entry[0], entry[1]),
    )
    chosen: Pattern | None = None
    for bound, _, found in promising:
        if bound * MOST_WEIGHT <= (chosen.spared if chosen else LEAST):
            break
        found.spared = _spared(found, reads) * names.weight(found)
        if found.spared > (chosen.spared if chosen else LEAST):
            chosen = found
    return chosen


MOST_WEIGHT = 1.5


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
    written = sum(len(label) + 6 for label in item.labels if label != "trainable")
    return LINE + 34 + (written if item.copies else written // 2 + 8)


def _bound(pattern: Pattern) -> float:
    """Return the most that a pattern could spare."""
    body = sum(line(item) for item in next(iter(pattern.rows())))
    return body * (len(pattern.starts) - 1) - HEADER - LINE


def _spared(pattern: Pattern, reads: Sequence[int]) -> float:
    """Return how much text a pattern spares: its lines at each place, against a block and its uses."""
    rows = list(pattern.rows())
    pattern.out, strange = _output(rows, reads)
    if pattern.out < 0:
        return 0
    for start in pattern.starts:
        if 0 <= start.body.out - start.place < pattern.length and start.body.out - start.place != pattern.out:
            return 0
    inputs = outside(rows[0])
    if not inputs or any(not outside(row) for row in rows):
        return 0
    arguments = bases(_columns(rows))
    uses = runs(pattern)
    if pattern.length == 1 and (rows[0][0].copies or max(map(len, uses)) < FEWEST_ALONE):
        return 0
    body = sum(line(item) for item in rows[0])
    use = LINE + 40 + sum(len(label) + 6 for label, _ in arguments) + 24 * (len(inputs) - 1)
    written = HEADER + body + 24 * len(arguments) + use * len(uses) + 40 * strange
    return body * len(pattern.starts) - written


def _columns(rows: list[list[Item]]) -> list[tuple[str, tuple[Any, ...]]]:
    return [
        (label, tuple([row[place].values[number] for row in rows]))
        for place, item in enumerate(rows[0])
        for number, label in enumerate(item.labels)
    ]


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

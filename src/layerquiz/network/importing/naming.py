"""What layers and blocks are called: a framework's names tell the modules that layers belong to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from layerquiz.network.importing.patterns import Pattern
from layerquiz.network.importing.sequences import Item
from layerquiz.network.layer import RESERVED

COHERENT = 1.25
SHORT = {"conv": "conv", "batchnorm": "norm", "layernorm": "norm", "groupnorm": "norm", "rmsnorm": "norm"}
TAKEN_INSIDE = re.compile(r"input\d*|block\d+")


class Names:
    """The names of a flat network's layers, each as the modules that it says: `layer1_0_conv1` is in layer1, 0."""

    def __init__(self, names: Sequence[str], kinds: Sequence[str]) -> None:
        self.names, self.kinds = names, kinds
        self.parts = [tuple(name.split("_")) for name in names]
        self.shared = [0, *(common(one, other) for one, other in zip(self.parts, self.parts[1:], strict=False)), 0]
        """How many parts the name of each layer shares with that of the layer before."""

    def weight(self, pattern: Pattern) -> float:
        """Return how much better a pattern is as a block because its copies are modules by their names."""
        rows = list(pattern.rows())
        modules = sum(self._is_module(row[0].start, row[-1].stop) for row in rows)
        return 1 + (COHERENT - 1) * modules / len(rows) - 0.1 * (self.kinds[rows[0][0].start] == "activation")

    def _is_module(self, start: int, stop: int) -> bool:
        around = max(self.shared[start], self.shared[stop])
        return stop - start > 1 and min(self.shared[start + 1 : stop]) > around

    def prefix(self, start: int, stop: int) -> tuple[str, ...]:
        """Return the parts that the names of some layers have in common: the module that they are."""
        inner = min(self.shared[start + 1 : stop], default=len(self.parts[start]) - 1)
        return self.parts[start][:inner]

    def inside(self, rows: Sequence[Sequence[Item]]) -> list[list[str]]:
        """Return for each item of a block what its copies call it: its name without the name of the copy."""
        taken = [self.prefix(row[0].start, row[-1].stop) for row in rows]
        return [
            [self._local(row[place], before) for row, before in zip(rows, taken, strict=True)]
            for place in range(len(rows[0]))
        ]

    def _local(self, item: Item, before: tuple[str, ...]) -> str:
        own = self.prefix(item.start, item.stop) if item.copies else self.parts[item.start]
        return "_".join(own[len(before) :] if own[: len(before)] == before else own)


def common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many parts two names begin with together."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def agreed(names: Iterable[str]) -> str:
    """Return what several copies call the same layer: their name where they agree, also but for numbers, else none."""
    several = set(names)
    for form in (lambda name: name, lambda name: re.sub(r"_?\d+", "", name)):
        forms = {form(name) for name in several}
        if len(forms) == 1:
            (found,) = forms
            return found.strip("_")
    return ""


def word(kind: str) -> str:
    """Return what a layer of a kind is called where nothing better is known."""
    plain = re.sub(r"\dd$", "", kind)
    return SHORT.get(plain, plain)


def distinct(wanted: Sequence[str], taken: Iterable[str] = ()) -> list[str]:
    """Return names that are distinct: numbers behind those that stand several times."""
    used = {*RESERVED, *taken}
    counts: dict[str, int] = {}
    several = {name for name in wanted if wanted.count(name) > 1}
    found = []
    for name in wanted:
        free, number = name, counts.get(name, 0) + 1
        free = f"{name}{number}" if name in several else name
        while free in used or (free != name and free in wanted) or TAKEN_INSIDE.fullmatch(free):
            number += 1
            free = f"{name}_{number}"
        counts[name] = number
        used.add(free)
        found.append(free)
    return found

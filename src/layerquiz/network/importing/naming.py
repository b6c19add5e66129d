"""What layers and blocks are called: a framework's names tell the modules that layers belong to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from layerquiz.network.importing.patterns import Pattern
from layerquiz.network.importing.sequences import Item
from layerquiz.network.layer import RESERVED

COHERENT, CROSSING, ACTIVATED = 0.25, -0.35, -0.1
"""How much better a block is whose layers are one module by their names, that cuts through one, that starts late."""

SHORT = {"conv": "conv", "batchnorm": "norm", "layernorm": "norm", "groupnorm": "norm", "rmsnorm": "norm"}
TAKEN_INSIDE = re.compile(r"input\d*")
COUNTED = re.compile(r"_?[0-9]")
PART = re.compile(r"[A-Za-z]+|[0-9]+")
LONGEST = 24


class Names:
    """The names of a flat network's layers, and the modules that they tell: `layer1_0_conv1` is in layer1_0."""

    def __init__(self, names: Sequence[str], kinds: Sequence[str]) -> None:
        self.names, self.kinds = names, kinds
        self.ends = [[found.end() for found in PART.finditer(name)] for name in names]
        self.telling = self._telling()
        self.shared = self._shared()
        """How many parts the name of each layer begins with together with that of the layer before."""

    def _telling(self) -> list[bool]:
        """Say of each name whether its first word is a module's, and not that of a kind of layer, as in `conv2d_7`."""
        words = [name[: ends[0]] if ends else "" for name, ends in zip(self.names, self.ends, strict=True)]
        kinds: dict[str, set[str]] = {}
        for word, kind in zip(words, self.kinds, strict=True):
            kinds.setdefault(word, set()).add(kind)
        return [len(kinds[word]) > 1 for word in words]

    def _shared(self) -> list[int]:
        """Return how deep the module is that each layer has in common with the one before.

        A layer without a telling name lies between those around it; a norm or an activation goes with the one before.
        """
        after: list[int | None] = [None] * len(self.names)
        for place in reversed(range(len(self.names))):
            following = after[place + 1] if place + 1 < len(self.names) else None
            after[place] = place if self.telling[place] else following
        shared, before, goes_along = [0], None, False
        for place in range(len(self.names)):
            told = after[place]
            depth = 0 if before is None or told is None else self._common(before, told)
            goes_along = goes_along and not self.telling[place] and word(self.kinds[place]) in BESIDES
            if goes_along and before is not None:
                depth = max(depth, len(self.ends[before]) - 1)
            shared += [depth] if place else []
            if self.telling[place]:
                before, goes_along = place, True
        return [*shared, 0]

    def _common(self, one: int, other: int) -> int:
        left, right = self.names[one], self.names[other]
        pairs = zip(self.ends[one], self.ends[other], strict=False)
        count = sum(mine == theirs and left[:mine] == right[:theirs] for mine, theirs in pairs)
        return count - (count == len(self.ends[other]))  # `conv_pad` before `conv` makes no module of the two

    def weight(self, pattern: Pattern) -> float:
        """Return how good a pattern is as a block: better where its copies are modules by their names.

        0 where it holds only layers that go with others, such as a norm and its activation.
        """
        rows = list(pattern.rows())
        if all(not item.copies and word(self.kinds[item.start]) in BESIDES for item in rows[0]):
            return 0.0
        told = sum(self._told(row[0].start, row[-1].stop) for row in rows)
        return 1 + told / len(rows) + ACTIVATED * (self.kinds[rows[0][0].start] == "activation")

    def _told(self, start: int, stop: int) -> float:
        around = max(self.shared[start], self.shared[stop])
        within = self._depth(start, stop)
        if within is None:
            return 0.0
        return COHERENT if within > around else CROSSING if within < around else 0.0

    def _depth(self, start: int, stop: int) -> int | None:
        """Return how many parts the telling names of some layers begin with together; None where no name tells."""
        while start < stop and not self.telling[start]:
            start += 1
        while start < stop and not self.telling[stop - 1]:
            stop -= 1
        return min(self.shared[start + 1 : stop], default=len(self.ends[start]) - 1) if start < stop else None

    def prefix(self, start: int, stop: int) -> str:
        """Return what the names of some layers begin with together: the module that they are.

        `conv2_block1` and `conv2_block2` are in conv2: a word that is counted on is no module by itself.
        """
        inner = self._depth(start, stop) or 0
        told = next((place for place in range(start, stop) if self.telling[place]), start)
        name, ends = self.names[told], self.ends[told]
        while inner > 0 and COUNTED.match(name, ends[inner - 1]) and not name[ends[inner - 1] - 1].isdigit():
            inner -= 1
        return name[: ends[inner - 1]] if inner > 0 else ""

    def inside(self, rows: Sequence[Sequence[Item]]) -> list[list[str]]:
        """Return for each item of a block what its copies call it: its name without the name of the copy."""
        taken = [self.prefix(row[0].start, row[-1].stop) for row in rows]
        return [
            [self._local(row[place], before) for row, before in zip(rows, taken, strict=True)]
            for place in range(len(rows[0]))
        ]

    def _local(self, item: Item, before: str) -> str:
        if not item.copies and not self.telling[item.start]:
            return ""
        own = self.prefix(item.start, item.stop) if item.copies else self.names[item.start]
        rest = own.removeprefix(before).lstrip("_0123456789")
        return rest if len(rest) > 1 else ""


def agreed(names: Sequence[str]) -> str:
    """Return what most copies call the same layer, at least but for numbers; nothing where they do not agree."""
    short = [name if len(name) <= LONGEST else name.rpartition("_")[2] for name in names]
    for forms in (short, [re.sub(r"_?\d+(?=_|$)", "", name) for name in short]):
        most = max(forms, key=forms.count)
        if 2 * forms.count(most) > len(forms):
            return most.strip("_")
    return ""


def unnumbered(names: Sequence[str]) -> list[str]:
    """Return the names of a block's layers without the one counted word that some begin with: block1_conv is conv."""
    begun = {found[0] for name in names if (found := re.match(r"([A-Za-z]+\d+|[a-z])_(?=[A-Za-z])", name))}
    return [name.removeprefix(*begun) for name in names] if len(begun) == 1 else list(names)


def word(kind: str) -> str:
    """Return what a layer of a kind is called where nothing better is known."""
    plain = re.sub(r"\dd$", "", kind)
    return SHORT.get(plain, plain)


AFTER = (
    ({"attentions"}, "decoder"),
    ({"attention"}, "encoder"),
    ({"encoderlayer"}, "encoder"),
    ({"decoderlayer"}, "decoder"),
    ({"add"}, "residual"),
    ({"convtranspose"}, "upscaling"),
    ({"concat"}, "inception"),
    ({"globalavgpool", "multiply"}, "squeezed"),
    ({"depthwiseconv", "conv"}, "separable"),
    ({"depthwiseconv"}, "depthwise"),
    ({"separableconv"}, "separable"),
    ({"conv", "avgpool"}, "transition"),
    ({"conv", "maxpool"}, "pooled"),
    ({"convs"}, "convolutions"),
    ({"conv"}, "convolution"),
    ({"dense"}, "hidden"),
    ({"norm", "activation"}, "activated"),
)
"""What a block is called that has layers of some kinds: the first line whose kinds it has all."""


BESIDES = frozenset(("norm", "activation", "dropout", "identity", "zeropad", "flatten", "reshape", "scale"))
"""Layers that go with others: by themselves they make no block."""


def named_after(kinds: Sequence[str]) -> str:
    """Return what a block with layers of some kinds is called; nothing where none fits."""
    words = set(map(word, kinds))
    listed = list(map(word, kinds))
    words |= {f"{one}s" for one in words if listed.count(one) > 1}
    return next((name for needed, name in AFTER if needed <= words), "")


def distinct(wanted: Sequence[str], taken: Iterable[str] = ()) -> list[str]:
    """Return names that are distinct: numbers behind those that stand several times."""
    used = {*RESERVED, *taken}
    counts: dict[str, int] = {}
    several = {name for name in wanted if wanted.count(name) > 1}
    found = []
    for name in wanted:
        free, number = name, counts.get(name, 0) + 1
        joint = "_" if name[-1:].isdigit() else ""
        free = f"{name}{joint}{number}" if name in several else name
        while free in used or (free != name and free in wanted) or TAKEN_INSIDE.fullmatch(free):
            number += 1
            free = f"{name}_{number}"
        counts[name] = number
        used.add(free)
        found.append(free)
    return found

"""Whether some drawings of a question are harder than others: equal drawings are compared, or what differs in them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from layerquiz.exam.recipe import Drawn
from layerquiz.grading.moments import NOTHING, Sums, chance_of_spread

FEWEST = 3
"""A group of fewer students than this says nothing about its numbers."""

MOST_VERSIONS = 12
MOST_VALUES = 4
SURE = 0.01
COMPARISON = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)* (==|<=|>) [0-9]+")


@dataclass(frozen=True, slots=True)
class Spread:
    """How far the means of groups of papers lie apart, in points.

    by: "drawing" where students share drawings, else the drawn number by which papers were grouped. groups: what the
    papers of each have in common (`conv.stride == 2`), how many students, and their mean. chance: how often chance
    alone would part them so far, times the number of groupings that were tried (Bonferroni).
    """

    by: str
    groups: tuple[tuple[str, int, Fraction], ...]
    chance: float
    tried: int

    @property
    def points(self) -> Fraction:
        """Return the largest mean less the smallest."""
        means = [mean for _, _, mean in self.groups]
        return max(means) - min(means)

    @property
    def hardest(self) -> str:
        """Return the comparison that the papers with the smallest mean meet; nothing where it cannot be written."""
        label = min(self.groups, key=lambda group: group[2])[0]
        return label if COMPARISON.fullmatch(label) else ""

    @property
    def is_sure(self) -> bool:
        """Say whether chance would hardly do this."""
        return self.chance < SURE


def spread(drawings: Sequence[Drawn], sums: Sequence[Sums]) -> Spread | None:
    """Return how the means differ over versions, or over the drawn numbers where each student has their own.

    None where there is one version only, or where no two groups of students are large enough to be compared.
    """
    shared = [f"version {number}" for number in range(1, len(drawings) + 1)]
    if len(drawings) <= MOST_VERSIONS and sum(found.count >= FEWEST for found in sums) >= 2:
        return _compared("drawing", shared, sums, 1)
    groupings = dict(_groupings(drawings))
    found = [_compared(name, labels, sums, len(groupings)) for name, labels in groupings.items()]
    return min((entry for entry in found if entry), key=lambda entry: entry.chance, default=None)


def _compared(by: str, labels: Sequence[str], sums: Sequence[Sums], tried: int) -> Spread | None:
    """Return the spread over groups: drawings with the same label together, groups that are too small left out."""
    groups: dict[str, Sums] = defaultdict(lambda: NOTHING)
    for label, found in zip(labels, sums, strict=True):
        groups[label] += found
    large = {label: found for label, found in groups.items() if found.count >= FEWEST}
    chance = chance_of_spread(large.values())
    if len(large) < 2 or chance is None:
        return None
    told = tuple((label, found.count, found.mean) for label, found in large.items())
    return Spread(by, told, min(1.0, chance * tried), tried)


def _groupings(drawings: Sequence[Drawn]) -> Iterator[tuple[str, list[str]]]:
    """Yield each drawn number with a label for each drawing; one that parts them as an earlier one is left out."""
    rows = [_numbers(drawn) for drawn in drawings]
    seen = set()
    for name in rows[0] if rows else ():
        values = [row.get(name) for row in rows]
        labels = _labels(name, values)
        parting = tuple(labels.index(label) for label in labels)
        if len(set(labels)) > 1 and parting not in seen:
            seen.add(parting)
            yield name, labels


def _numbers(drawn: Drawn) -> dict[str, Any]:
    """Return the drawn numbers and words by name; those of several networks as `a.conv.kernel`."""
    found = dict(_leaves(drawn["let"], ""))
    for network, mapping in drawn["networks"].items() if "networks" in drawn else [("", drawn["network"])]:
        found |= {f"{network}.{name}".lstrip("."): value for name, value in _leaves(mapping, "")}
    return found


def _leaves(found: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield the numbers and words of drawn data by name: `input.height`, `conv1.kernel`."""
    if isinstance(found, Mapping):
        for key, entry in found.items():
            yield from _leaves(entry, name if key == "layers" else f"{name}.{key}" if name else str(key))
    elif isinstance(found, list):
        for place, entry in enumerate(found, 1):
            owner = entry.get("name", f"layer {place}") if isinstance(entry, Mapping) else f"{name} {place}"
            yield from _leaves(entry, owner)
    else:
        yield name, found


def _labels(name: str, values: Sequence[Any]) -> list[str]:
    """Return what papers have in common, as comparisons where the notation knows them; many numbers are parted."""
    numbers = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
    if len(set(map(str, values))) <= MOST_VALUES or len(numbers) < len(values):
        sign = "==" if numbers else "is"
        return [f"{name} {sign} {value}" for value in values]
    middle = sorted(numbers)[(len(numbers) - 1) // 2]
    return [f"{name} <= {middle}" if value <= middle else f"{name} > {middle}" for value in values]

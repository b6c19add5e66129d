"""What a tensor of a PyTorch model is in the notation: the layer that it comes from, and where that layer's axes stand.

Reshaping and transposing move digits: an axis of 12 that is split into 3 heads of 4 has two. No layer is written for a
move until something needs the axes as they stand then, so that what is moved there and back leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any, TypeAlias

from layerquiz.network.importing.forms import FORMS

Digit: TypeAlias = tuple[int, int, int]
"""Which axis of the layer, how many entries, and how far apart they are on that axis."""

Dims: TypeAlias = tuple[tuple[Digit, ...], ...]
"""The digits of each axis of a tensor, the slowest first; an axis of size 1 has none."""

BATCH = -1
STRETCHED = -2
"""Axes of digits that no layer has: the batch, and an axis of size 1 that was repeated."""


@dataclass(eq=False, slots=True)
class Base:
    """A layer, or what becomes one when it is first needed: `make` writes it and returns its name.

    form: the names of its sizes; empty for an input of which only use tells what it is. origin: what it scales.
    """

    extents: tuple[int, ...]
    form: tuple[str, ...]
    name: str = ""
    make: Callable[[Base], str] | None = None
    origin: Base | None = None

    def written(self) -> str:
        """Return the layer's name, after it was written where it was not yet."""
        if not self.name and self.make is not None:
            self.name = self.make(self)
        return self.name

    @property
    def plain(self) -> Dims:
        """Return the digits of its axes as they stand."""
        return tuple(full(place, extent) for place, extent in enumerate(self.extents))


@dataclass(eq=False, slots=True)
class Part(Base):
    """A part of another layer along one of its axes."""

    whole: Base | None = None
    axis: int = 0
    offset: int = 0


@dataclass(eq=False, slots=True)
class Learned(Base):
    """Parameters, or what is computed of them alone."""

    parameters: tuple[Any, ...] = ()
    called: str = ""


@dataclass(eq=False, slots=True)
class Scores(Base):
    """Products of queries with keys; its axes are heads, queries and keys. alone: as a layer, without heads."""

    query: Value | None = None
    key: Value | None = None
    alone: Base | None = None


@dataclass(eq=False, slots=True)
class Statistic(Base):
    """A mean, a variance or a norm of a value along some axes.

    gone: the axes of the value. dims: what is left of them. which: the operation.
    """

    of: Value | None = None
    gone: tuple[int, ...] = ()
    dims: Dims = ()
    which: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """A tensor: its layer, and the digits of each of its axes.

    normalised: a mean, a variance or a norm of it was taken off it. changed: its numbers met constants, or a function
    that is no layer. label: the module that moved its axes last.
    """

    base: Base
    dims: Dims
    normalised: bool = field(default=False, compare=False)
    changed: bool = field(default=False, compare=False)
    label: str = field(default="", compare=False)

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the sizes of the tensor."""
        return tuple(size(dim) for dim in self.dims)

    def moved(self, dims: Iterable[tuple[Digit, ...]], label: str = "") -> Value:
        """Return the same numbers with other axes."""
        return replace(self, dims=tuple(dims), label=label or self.label)

    def of(self, base: Base) -> Value:
        """Return the axes as they stand over another layer with equal sizes."""
        return replace(self, base=base, normalised=False, changed=False, label="")

    @property
    def is_plain(self) -> bool:
        """Say whether nothing but the batch stands between the axes and those of the layer."""
        return bare(self.dims) == self.base.plain


def full(place: int, extent: int) -> tuple[Digit, ...]:
    """Return a whole axis of a layer; nothing where it has one entry."""
    return () if extent == 1 else ((place, extent, 1),)


def size(dim: Iterable[Digit]) -> int:
    """Return the entries of one axis of a tensor."""
    return prod(extent for _, extent, _ in dim)


def joined(digits: Iterable[Digit]) -> tuple[Digit, ...]:
    """Return digits with those put together that follow each other on one axis of the layer."""
    found: list[Digit] = []
    for place, extent, stride in digits:
        if found and found[-1][0] == place and place != STRETCHED and found[-1][2] == extent * stride:
            found[-1] = (place, found[-1][1] * extent, stride)
        else:
            found.append((place, extent, stride))
    return tuple(found)


def regrouped(dims: Dims, shape: Sequence[int]) -> Dims | None:
    """Return the digits as a reshape groups them, None where a size of the shape cuts through a digit."""
    digits = [digit for dim in dims for digit in dim][::-1]
    found = []
    for wanted in shape:
        group, left = [], wanted
        while left > 1:
            if not digits:
                return None
            place, extent, stride = digits.pop()
            if left % extent == 0:
                group.append((place, extent, stride))
                left //= extent
            elif extent % left == 0 and place != STRETCHED:
                group.append((place, left, stride * (extent // left)))
                digits.append((place, extent // left, stride))
                left = 1
            else:
                return None
        found.append(joined(group))
    return tuple(found)


def without_batch(dim: Iterable[Digit]) -> tuple[Digit, ...]:
    """Return an axis without the batch."""
    return joined(digit for digit in dim if digit[0] != BATCH)


def is_batch(dim: tuple[Digit, ...]) -> bool:
    """Say whether an axis is the batch and nothing else."""
    return len(dim) == 1 and dim[0][0] == BATCH


def has_batch(dims: Dims) -> bool:
    """Say whether there is one tensor for each example."""
    return any(digit[0] == BATCH for dim in dims for digit in dim)


def bare(dims: Dims) -> Dims:
    """Return the axes without the batch."""
    return tuple(without_batch(dim) for dim in dims if not is_batch(dim))


def literal(dims: Dims) -> tuple[Base, Dims]:
    """Return the sizes of a tensor without the batch as a layer would have them, and its axes over that layer."""
    extents: list[int] = []
    found: list[tuple[Digit, ...]] = []
    for dim in dims:
        if is_batch(dim):
            found.append(dim)
            continue
        own = without_batch(dim)
        place, extent = len(extents), size(own)
        extents.append(extent)
        at = next((number for number, digit in enumerate(dim) if digit[0] == BATCH), None)
        batch = () if at is None else (dim[at],)
        found.append((*full(place, extent), *batch) if at else (*batch, *full(place, extent)))
    return Base(tuple(extents), FORMS.get(len(extents), ())), tuple(found)

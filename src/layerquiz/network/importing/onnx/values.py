"""What flows through an ONNX graph: a layer's output, seen in another order or shape, without any numbers.

A view is kept as the atoms of its axes, so that a transposed or reshaped output is still known as the layer's own:
heads are split off features and put back, and nothing is written where nothing has changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import prod
from typing import Any, TypeAlias

from layerquiz.network.importing.forms import STRIP

BATCH = (0,)
"""The key of the batch among the axes of a layer's output; its other axes count from 1."""

AUTOMATIC = ("onnx::", "val_")
"""How names begin that an exporter made up."""


@dataclass(frozen=True, slots=True)
class Atom:
    """A piece of an axis. key: the axis, and behind it where the piece stands, outermost first."""

    key: tuple[int, ...]
    size: int


Axes: TypeAlias = tuple[tuple[Atom, ...], ...]


@dataclass(eq=False, slots=True)
class Pending:
    """A layer that is written once its keys are known: a bias, a scale or a shift may still come.

    weights: by the key that counts them. where: the node that made it, for messages. name: in the notation, once it is
    written. held: what a kind needs besides.
    """

    kind: str
    sources: list[Any]
    keys: dict[str, Any]
    where: str
    called: str = ""
    scope: str = ""
    weights: dict[str, Weight] = field(default_factory=dict)
    held: dict[str, Any] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True, slots=True)
class Weight:
    """A stored tensor, or some of its numbers, in the order in which a node reads it.

    parts: the stored tensors with how many numbers of each, from `start` on where they are not all of it; learned: None
    where the file does not say. rows: of the table whose rows it is. alias: its name where an equal one is stored.
    """

    shape: tuple[int, ...]
    parts: tuple[tuple[str, int], ...]
    learned: bool | None = None
    rows: int = 0
    start: int = -1
    alias: str = ""

    @property
    def name(self) -> str:
        """Return what the model calls it; nothing where the exporter made the name up."""
        found = self.parts[0][0] if self.parts else ""
        return "" if found.startswith(AUTOMATIC) else found.removesuffix(".weight")

    @property
    def key(self) -> tuple[Any, ...]:
        """Return what tells that two nodes read the same kernel: to be equal is enough, as drawn numbers never are."""
        return self.parts, self.start

    @property
    def own(self) -> tuple[Any, ...]:
        """Return what tells that two nodes read the same scale or shift, and not only equal ones."""
        return *self.key, self.alias

    @property
    def size(self) -> int:
        """Return how many numbers it has."""
        return prod(self.shape)

    @property
    def count(self) -> int:
        """Return how many stored numbers it stands for: a table that is looked up counts as a whole."""
        return sum(number for _, number in self.parts)


@dataclass(frozen=True, slots=True)
class Value:
    """The output of a layer. form: the names of its sizes, without the batch; axes: those of the ONNX tensor."""

    layer: str | Pending
    form: tuple[str, ...]
    sizes: tuple[int, ...]
    axes: Axes

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the sizes of the ONNX tensor, the batch included."""
        return tuple(prod(atom.size for atom in axis) for axis in self.axes)

    @property
    def atoms(self) -> list[Atom]:
        """Return all atoms in the order in which the numbers lie."""
        return [atom for axis in self.axes for atom in axis]

    def of(self, layer: str | Pending) -> Value:
        """Return another layer's output in the same view."""
        return replace(self, layer=layer)


@dataclass(frozen=True, slots=True)
class Scores:
    """How much each query sees of each key: what attention multiplies the values with."""

    query: Value
    keys: Value
    where: str
    normalised: bool = False


def axis_of(index: int, size: int) -> tuple[Atom, ...]:
    """Return a whole axis; one of size 1 says nothing and has no atoms."""
    return (Atom((index,), size),) if size > 1 else ()


def whole(layer: str | Pending, form: tuple[str, ...], sizes: tuple[int, ...], batch: int) -> Value:
    """Return a layer's output as the layer gives it, the batch first."""
    return Value(layer, form, sizes, tuple(axis_of(index, size) for index, size in enumerate((batch, *sizes))))


def transposed(value: Value, order: tuple[int, ...]) -> Value:
    """Return the view with its axes in another order."""
    return replace(value, axes=tuple(value.axes[place] for place in order))


def reshaped(value: Value, shape: tuple[int, ...]) -> Value | None:
    """Return the same numbers in another shape; None where an axis would be cut into pieces that do not fit."""
    left = value.atoms[::-1]
    axes = []
    for size in shape:
        taken: list[Atom] = []
        need = size
        while need > 1:
            if not left:
                return None
            atom = left.pop()
            if need % atom.size == 0:
                taken.append(atom)
                need //= atom.size
            elif atom.size % need == 0:
                taken.append(Atom((*atom.key, 0), need))
                left.append(Atom((*atom.key, 1), atom.size // need))
                need = 1
            else:
                return None
        axes.append(tuple(taken))
    return None if left else replace(value, axes=tuple(joined(axis) for axis in axes))


def joined(axis: tuple[Atom, ...]) -> tuple[Atom, ...]:
    """Return an axis with the two pieces of each atom put together again where they lie side by side."""
    found: list[Atom] = []
    for atom in axis:
        found.append(atom)
        while len(found) > 1 and _halves(found[-2], found[-1]):
            second, first = found.pop(), found.pop()
            found.append(Atom(first.key[:-1], first.size * second.size))
    return tuple(found)


def _halves(first: Atom, second: Atom) -> bool:
    ends = (first.key[-1], second.key[-1]) == (0, 1)
    return ends and len(first.key) == len(second.key) > 1 and first.key[:-1] == second.key[:-1]


def batch_axis(value: Value) -> int | None:
    """Return which axis of the tensor is the batch and nothing else; None where it is part of another axis."""
    keys = [[atom.key[0] for atom in axis] for axis in value.axes]
    if any(0 in axis for axis in keys):
        return next((index for index, axis in enumerate(keys) if axis and not any(axis)), None)
    return next((index for index, axis in enumerate(keys) if not axis), None)


def places(value: Value) -> list[int] | None:
    """Return for each axis of the tensor but the batch which axis (from 1) of the layer it is; None if it is not one.

    An axis of size 1 is whichever is left over.
    """
    batch = batch_axis(value)
    axes = [axis for index, axis in enumerate(value.axes) if index != batch]
    if len(axes) != len(value.form):
        return None
    found: list[int | None] = []
    for axis in axes:
        if len(axis) > 1 or (axis and (len(axis[0].key) > 1 or axis[0].key == BATCH)):
            return None
        found.append(axis[0].key[0] if axis else None)
    left = [place for place in range(1, len(axes) + 1) if place not in found]
    return [left.pop(0) if place is None else place for place in found]


def is_strip(value: Value) -> bool:
    """Say whether a value is a strip as its layer gives it."""
    return value.form == STRIP and places(value) == [1, 2]

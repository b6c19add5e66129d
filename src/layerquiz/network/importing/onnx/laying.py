"""A view of a layer's output, written as layers of the notation where it is not the output as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import Any

from layerquiz.network.importing.draft import Draft
from layerquiz.network.importing.forms import FORMS, MOST_SIZES, SEQUENCE, STRIP
from layerquiz.network.importing.onnx.values import Atom, Value, batch_axis


@dataclass(frozen=True, slots=True)
class Laid:
    """A written layer whose output is a tensor as it stands. slots: for each axis of the tensor, its axis or 0."""

    layer: str
    form: tuple[str, ...]
    sizes: tuple[int, ...]
    batch: int | None

    def value(self, layer: object, form: tuple[str, ...], sizes: tuple[int, ...], batch: int) -> Value:
        """Return the output of a layer behind this one, its batch where it was."""
        axes: list[tuple[Atom, ...]] = [
            (Atom((index,), size),) if size > 1 else () for index, size in enumerate(sizes, 1)
        ]
        if self.batch is not None:
            axes.insert(self.batch, (Atom((0,), batch),) if batch > 1 else ())
        return Value(layer, form, sizes, tuple(axes))  # type: ignore[arg-type] # a name or a layer still to be written


def laid(draft: Draft, value: Value, want: str = "any") -> Laid | None:
    """Return a view as a layer, written where it is needed; None where the notation cannot say it.

    want: `channels` or `tokens` where two axes have to be a strip or a sequence. The value's layer has a name.
    """
    batch = batch_axis(value)
    axes = [axis for index, axis in enumerate(value.axes) if index != batch]
    if not 1 <= len(axes) <= MOST_SIZES or any(atom.key[0] == 0 for axis in axes for atom in axis):
        return None
    sizes = tuple(prod(atom.size for atom in axis) for axis in axes)
    keys = [atom.key for axis in axes for atom in axis]
    wanted = {"channels": STRIP, "tokens": SEQUENCE}.get(want, value.form) if len(axes) == 2 else value.form
    if _rising(keys) and sizes == value.sizes and value.form == wanted:
        return Laid(str(value.layer), value.form, sizes, batch)
    if len(axes) == 2 and want == "channels":
        turned = laid(draft, Value(value.layer, value.form, value.sizes, ((), *reversed(axes))), "tokens")
        return turned and Laid(draft.add("series", turned.layer), STRIP, sizes, batch)
    layer = _written(draft, value, axes, sizes)
    return Laid(layer, FORMS[len(axes)], sizes, batch) if layer else None


def _rising(keys: list[tuple[int, ...]]) -> bool:
    return all(first < second for first, second in pairwise(keys))


def _written(draft: Draft, value: Value, axes: list[tuple[Atom, ...]], sizes: tuple[int, ...]) -> str:
    """Write what makes the tensor out of the layer's output and return its name; nothing where that cannot be said."""
    source, atoms = str(value.layer), [atom for axis in axes for atom in axis]
    keys = [atom.key for atom in atoms]
    if _rising(keys):
        return draft.add("flatten", source) if len(sizes) == 1 else draft.add("reshape", source, shape=list(sizes))
    known = _tokens(value, axes) or _shuffled(value, axes)
    if known:
        kind, arguments = known
        return draft.add(kind, source, **arguments)
    if not len(atoms) <= MOST_SIZES or len(atoms) < 2:
        return ""
    order = sorted(range(len(atoms)), key=lambda place: keys[place])
    pieces = [atoms[place].size for place in order]
    if tuple(pieces) != value.sizes or value.form == STRIP:
        source = draft.add("reshape", source, shape=pieces)
    source = draft.add("permute", source, order=[order.index(place) + 1 for place in range(len(atoms))])
    return source if tuple(atom.size for atom in atoms) == sizes else draft.add("reshape", source, shape=list(sizes))


def _tokens(value: Value, axes: list[tuple[Atom, ...]]) -> tuple[str, dict[str, Any]] | None:
    """An image as a sequence: its positions in a row, and its channels as features."""
    if value.form[0] != "channels" or len(axes) != 2 or [atom.key for atom in axes[1]] != [(1,)]:
        return None
    keys = [atom.key for atom in axes[0]]
    return ("tokens", {}) if _rising(keys) and all(len(key) == 1 for key in keys) else None


def _shuffled(value: Value, axes: list[tuple[Atom, ...]]) -> tuple[str, dict[str, Any]] | None:
    """Channels that are dealt out in turn by their groups, or a block of pixels that goes to the channels."""
    keys = [tuple(atom.key for atom in axis) for axis in axes]
    if len(axes) == len(value.form) > 1 and value.form[0] == "channels":
        if keys[0] == ((1, 1), (1, 0)) and all(key in (((index,),), ()) for index, key in enumerate(keys[1:], 2)):
            return "channelshuffle", {"groups": axes[0][1].size}
        if keys == [((1,), (2, 1), (3, 1)), ((2, 0),), ((3, 0),)] and axes[0][1].size == axes[0][2].size:
            return "pixelunshuffle", {"factor": axes[0][1].size}
    return None

"""Layers that move numbers, written where a PyTorch model needs its axes as they stand by then."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from layerquiz.errors import NetworkError
from layerquiz.network.importing.forms import FORMS, IDS, IMAGE, MOST_SIZES, SEQUENCE, SIZES_ALLOWED, STRIP
from layerquiz.network.importing.torch.values import (
    STRETCHED,
    Base,
    Digit,
    Dims,
    Learned,
    Scores,
    Statistic,
    Value,
    bare,
    joined,
    literal,
    regrouped,
    size,
)


class Layout:
    """Writes the layers behind which the axes of a tensor stand as the tensor has them.

    write: writes a layer of a kind behind others, and returns its name. write_learned: writes a learned tensor in a
    shape. refuse: returns the refusal of something.
    """

    def __init__(
        self,
        write: Callable[..., str],
        write_learned: Callable[[Learned, tuple[int, ...]], str],
        refuse: Callable[..., NetworkError],
    ) -> None:
        self.write_named, self.write_learned, self.refuse = write, write_learned, refuse
        self.label = ""
        self.learned: dict[Learned, tuple[str, tuple[int, ...]]] = {}
        self.arranged: dict[tuple[Base, Dims, tuple[str, ...]], str] = {}

    def write(self, kind: str, *sources: str, **keys: Any) -> str:
        """Write a layer that only moves numbers, called as the module that moved them."""
        label, self.label = self.label, ""
        return self.write_named(kind, label, *sources, **keys)

    def settled(self, value: Value, want: str = "") -> Value:
        """Return the same tensor over a layer that is written and has its axes in its order.

        want: `channels` or `tokens` where two axes have to be those of a strip, or of a sequence.
        """
        if any(digit[0] == STRETCHED for dim in value.dims for digit in dim):
            return self._stretched(value, want)
        if isinstance(value.base, Statistic):
            value.base.written()  # only then it is known what its axes are
        if isinstance(value.base, Scores) and value.base.alone:
            moved = (tuple((p if p < 0 else p - 1, e, s) for p, e, s in dim) for dim in value.dims)
            value = Value(value.base.alone, tuple(moved))
        goal, dims = literal(value.dims)
        if not 1 <= len(goal.extents) <= MOST_SIZES:
            what = f"a tensor of {len(goal.extents)} axes beside the batch, {value.shape}, is none of the notation"
            raise self.refuse(what, SIZES_ALLOWED)
        decide(value, want)
        form = _form(value, len(goal.extents), want)
        self.label = value.label
        name = self._arranged(value.base, bare(value.dims), form)
        if name == value.base.name:
            return value
        return Value(Base(goal.extents, form, name), dims, value.normalised)

    def _stretched(self, value: Value, want: str) -> Value:
        """Return a tensor of which an axis of size 1 was repeated, as an enlargement or a repetition."""
        inner = self.settled(value.moved([_unstretched(dim) for dim in value.dims]), want)
        goal, dims = literal(value.dims)
        before, after = inner.base.extents, goal.extents
        form = inner.base.form
        if "channels" in form and before[0] == after[0]:
            name = self.write("upsample", inner.base.name, size=list(after[1:]))
        elif before == (1,) and len(after) == 1:
            name = self.write("flatten", self.write("repeatvector", inner.base.name, times=after[0]))
        elif form == SEQUENCE and before[0] == 1 and before[1] == after[1]:
            flat = self.write("flatten", inner.base.name)
            name = self.write("repeatvector", flat, times=after[0])
        else:
            why = "The notation repeats one row, or enlarges an image"
            raise self.refuse(f"it repeats a tensor of shape {before} to {after}", why)
        return Value(Base(after, form, name), dims)

    def _arranged(self, base: Base, target: Dims, form: tuple[str, ...]) -> str:
        """Return the layer that has some axes of a base as its own, in their order; written once."""
        key = (base, target, form)
        if key not in self.arranged:
            self.arranged[key] = self._rearranged(base, target, form)
        return self.arranged[key]

    def _rearranged(self, base: Base, target: Dims, form: tuple[str, ...]) -> str:
        if isinstance(base, Learned):
            return self._learned(base, target, form)
        name = base.written()
        if target == base.plain:
            return self._converted(name, base.form, base.extents, form)
        for rule in (self._sequence, self._shuffled):
            found = rule(name, base, target, form)
            if found:
                return found
        sizes = [size(dim) for dim in target]
        name = self._reshaped(name, base, target, sizes)
        return self._converted(name, FORMS[len(sizes)], tuple(sizes), form)

    def _learned(self, base: Learned, target: Dims, form: tuple[str, ...]) -> str:
        """Return a learned tensor, written at once in the shape in which it is needed where that is only a reshape."""
        sizes = tuple(size(dim) for dim in target)
        in_order = regrouped(base.plain, sizes) == target and form != STRIP
        if base not in self.learned:
            self.parameter(base, sizes if in_order else base.extents)
        name, shape = self.learned[base]
        if in_order:
            return name if shape == sizes else self._reshape(name, sizes)
        if shape != base.extents:
            name = self._reshape(name, base.extents)
        return self._arranged(Base(base.extents, FORMS.get(len(base.extents), ()), name), target, form)

    def parameter(self, base: Learned, shape: tuple[int, ...]) -> str:
        """Write a learned tensor down in some shape, where it is not yet, and return the layer that has it."""
        if base in self.learned:
            name, other = self.learned[base]
            return name if other == shape else self._reshape(name, shape)
        name = self.write_learned(base, shape)
        self.learned[base] = (name, shape)
        return name

    def _reshape(self, name: str, sizes: tuple[int, ...]) -> str:
        return self.write("flatten", name) if len(sizes) == 1 else self.write("reshape", name, shape=list(sizes))

    def _sequence(self, name: str, base: Base, target: Dims, form: tuple[str, ...]) -> str:
        """Return an image as a sequence, a sequence as a strip, or nothing where it is none of both."""
        plain = base.plain
        is_image = base.form[:1] == ("channels",)
        if is_image and form == SEQUENCE and target == (joined(digit for dim in plain[1:] for digit in dim), plain[0]):
            return self.write("tokens", name)
        if base.form == SEQUENCE and form == STRIP and target == (plain[1], plain[0]):
            return self.write("series", name)
        return ""

    def _shuffled(self, name: str, base: Base, target: Dims, form: tuple[str, ...]) -> str:
        """Return channels dealt out in turn, or moved from or to the positions; nothing where it is neither."""
        if base.form[:1] == ("channels",) and target[1:] == base.plain[1:] and len(target[0]) == 2:
            (first, second) = target[0]
            if first[0] == second[0] == 0 and second[2] == first[1]:
                return self.write("channelshuffle", name, groups=second[1])
        if base.form != IMAGE:
            return ""
        channels, height, width = base.extents
        last = target[-1] if form == SEQUENCE else target[0]
        factor = next((digit[1] for digit in last if digit[0] == 1 and digit[2] == 1), 0)
        if factor and set(last) == {(0, channels, 1), (1, factor, 1), (2, factor, 1)} - {(0, 1, 1)}:
            rows, columns = ((place, extent // factor, factor) for place, extent in ((1, height), (2, width)))
            rest: Dims = tuple(tuple(d for d in axis if d[1] > 1) for axis in ((rows,), (columns,)))
            if form == SEQUENCE and target[0] == (*rest[0], *rest[1]):
                return self.write("tokens", self.write("pixelunshuffle", name, factor=factor))
            if target[1:] == rest:
                return self.write("pixelunshuffle", name, factor=factor)
        if len(target) == 3 and size(target[1]) % height == 0 and size(target[1]) > height:
            factor = size(target[1]) // height
            shuffled = _pixel_shuffled(base, factor)
            if target == shuffled:
                return self.write("pixelshuffle", name, factor=factor)
        return ""

    def _reshaped(self, name: str, base: Base, target: Dims, sizes: list[int]) -> str:
        """Return the numbers in another order: in a shape that has an axis for each digit, permuted, and reshaped."""
        wanted = [*joined(digit for dim in target for digit in dim)]
        atoms = sorted(wanted, key=lambda digit: (digit[0], -digit[2]))
        if prod(base.extents) != prod(sizes) or not _tiles(base, atoms):
            raise self.refuse("it mixes axes in a way that the notation cannot say")
        if atoms != wanted:
            if len(atoms) > MOST_SIZES:
                what = f"it exchanges {len(atoms)} axes at once, as for attention within windows"
                raise self.refuse(what, SIZES_ALLOWED)
            if [digit for dim in base.plain for digit in dim] != atoms or len(base.extents) != len(atoms):
                name = self._reshape(name, tuple(extent for _, extent, _ in atoms))
            name = self.write("permute", name, order=[atoms.index(digit) + 1 for digit in wanted])
            if [extent for _, extent, _ in wanted] == sizes:
                return name
        return self._reshape(name, tuple(sizes))

    def _converted(self, name: str, has: tuple[str, ...], sizes: tuple[int, ...], form: tuple[str, ...]) -> str:
        """Return two axes as a strip or as a sequence, in the order in which they stand."""
        if has == form or len(sizes) != 2:
            return name
        if form == STRIP:
            return self.write("series", self.write("permute", name, order=[2, 1]))
        return self.write("reshape", name, shape=list(sizes))


def decide(value: Value, want: str) -> None:
    """Say of a network's input with two sizes what they are, as its first use takes them."""
    base = value.base
    if base.form or len(base.extents) != 2:
        return
    is_straight = value.is_plain
    base.form = STRIP if is_straight == (want == "channels") else SEQUENCE


def _form(value: Value, number: int, want: str) -> tuple[str, ...]:
    """Return the names of the sizes that a tensor of so many axes shall have."""
    if number == 1 and value.base.form == IDS:
        return value.base.form
    if number != 2:
        return FORMS[number]
    if want:
        return STRIP if want == "channels" else SEQUENCE
    return value.base.form if value.is_plain and len(value.base.form) == 2 else SEQUENCE


def _unstretched(dim: tuple[Digit, ...]) -> tuple[Digit, ...]:
    return tuple(digit for digit in dim if digit[0] != STRETCHED)


def _tiles(base: Base, atoms: list[Digit]) -> bool:
    """Say whether digits in their order make up all axes of a layer."""
    found = regrouped(base.plain, [extent for _, extent, _ in atoms])
    return found is not None and [digit for dim in found for digit in dim] == atoms


def _pixel_shuffled(base: Base, factor: int) -> Dims:
    channels, height, width = base.extents
    if channels % factor**2:
        return ()
    depth = ((0, channels // factor**2, factor**2),)
    rows, columns = ((1, height, 1), (0, factor, factor)), ((2, width, 1), (0, factor, 1))
    return tuple(tuple(digit for digit in dim if digit[1] > 1) for dim in (depth, rows, columns))

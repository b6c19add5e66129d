"""Parts of tensors of a PyTorch model: what an index takes, and what an axis is split into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from layerquiz.network.importing.forms import FEATURES, FORMS, IDS, SEQUENCE
from layerquiz.network.importing.torch.calls import Call, learned
from layerquiz.network.importing.torch.layout import decide
from layerquiz.network.importing.torch.values import BATCH, STRETCHED, Base, Digit, Part, Value, is_batch, size


@dataclass(eq=False, slots=True)
class States(Base):
    """The last states of all layers of a recurrent layer: its axes are the layers, and the features of both ways."""

    last: Base | None = None


@dataclass(eq=False, slots=True)
class State(Base):
    """The last state of the last layer of a recurrent layer."""


def index(call: Call) -> Value:
    """Return what an index in brackets takes."""
    value = call.first
    entries = call.args[1] if isinstance(call.args[1], tuple) else (call.args[1],)
    if any(not (entry is None or entry is Ellipsis or isinstance(entry, int | slice)) for entry in entries):
        if learned(value.base) is not None:
            return call.derived([value])  # type: ignore[no-any-return]
        raise call.writing.refuse("it takes entries by a tensor or a list of places", cure="Take them by a slice")
    if any(isinstance(entry, bool) for entry in entries):
        raise call.writing.refuse("it takes entries by a condition")
    taken = sum(entry is not None and entry is not Ellipsis for entry in entries)
    rest = len(value.dims) - taken
    if Ellipsis not in entries:
        entries = (*entries, Ellipsis)
    axis = 0
    for entry in entries:
        if entry is None:
            value = value.moved((*value.dims[:axis], (), *value.dims[axis:]))
            axis += 1
        elif entry is Ellipsis:
            axis += rest
        elif isinstance(entry, int):
            value = selected(call, value, axis, entry)
        else:
            value = sliced(call, value, axis, entry)
            axis += 1
    return value


def selected(call: Call, value: Value, axis: int, place: int) -> Value:
    """Return one entry along an axis, which is gone."""
    dim = value.dims[axis]
    if any(digit[0] == BATCH for digit in dim):
        raise call.writing.refuse("it takes single examples of the batch", "A network is the same for each example")
    place %= size(dim) or 1
    for _ in dim:
        digit, *rest = value.dims[axis]
        inner = size(rest)
        value = _entry(
            call, value.moved((*value.dims[:axis], tuple(rest), *value.dims[axis + 1 :])), digit, place // inner
        )
        place %= inner
    return value.moved((*value.dims[:axis], *value.dims[axis + 1 :]))


def _entry(call: Call, value: Value, digit: Digit, place: int) -> Value:
    """Return one entry of a digit, which is already gone."""
    along, extent, stride = digit
    if along == STRETCHED:
        return value
    if isinstance(value.base, States) and along == 0:
        if place != extent - 1 or value.base.last is None:
            raise call.writing.refuse("it takes the state of another than the last layer", cure="Take the last state")
        return Value(value.base.last, _renamed(value.dims, 1, 0))
    decide(value, "")
    is_token = value.base.form == SEQUENCE and along == 0 and extent == value.base.extents[0]
    if is_token:
        return Value(_token(call, value.base), _renamed(value.dims, 1, 0))
    width = value.base.extents[along] // extent
    return Value(part(call, value.base, along, place * width, width), _narrowed(value.dims, along, extent, stride))


def _renamed(dims: Sequence[tuple[Digit, ...]], old: int, new: int) -> tuple[tuple[Digit, ...], ...]:
    return tuple(tuple((new if d[0] == old else d[0], *d[1:]) for d in dim) for dim in dims)


def _narrowed(dims: Sequence[tuple[Digit, ...]], along: int, extent: int, stride: int) -> tuple[tuple[Digit, ...], ...]:
    """Return digits of a layer of which one digit of one axis is gone: what stood further out stands nearer."""
    return tuple(
        tuple((p, e, s // extent) if p == along and s > stride else (p, e, s) for p, e, s in dim) for dim in dims
    )


def _token(call: Call, base: Base) -> Base:
    """Return one token of a sequence; it is written when it is needed."""
    name = call.writing.called("select")
    make = lambda _: call.writing.draft.add("select", base.written(), name=name)  # noqa: E731
    return Base(base.extents[1:], FEATURES, make=make)


def part(call: Call, base: Base, along: int, offset: int, width: int) -> Base:
    """Return a part of a layer along an axis; it is written when it is needed."""
    if width == base.extents[along]:
        return base
    extents = tuple(width if place == along else extent for place, extent in enumerate(base.extents))
    name = call.writing.called("slice")

    def make(part: Base) -> str:
        whole = base.written()
        form = base.form or FORMS[len(base.extents)]
        part.form = form
        axis = None if form[along] == ("channels" if "channels" in form else "features") else form[along]
        return call.writing.draft.add("slice", whole, name=name, axis=axis, offset=offset, size=width)

    if base.form == IDS:
        raise call.writing.refuse("it takes a part of the token ids", cure="Give the network the tokens that it needs")
    if isinstance(base, States):
        raise call.writing.refuse("it takes a part of the states", cure="Take the last state")
    return Part(extents, base.form, make=make, whole=base, axis=along, offset=offset)


def sliced(call: Call, value: Value, axis: int, cut: slice) -> Value:
    """Return the entries from one place to another along an axis."""
    dim = value.dims[axis]
    start, stop, step = cut.indices(size(dim))
    length = len(range(start, stop, step))
    if length == size(dim) and step > 0:
        return value
    if any(digit[0] == BATCH for digit in dim):
        raise call.writing.refuse("it takes a part of the batch", "A network is the same for each example")
    if step != 1:
        return _stepped(call, value, axis, start, step)
    if len(dim) > 1:
        inner = size(dim[1:])
        if length == inner and start % inner == 0:
            outer = value.moved((*value.dims[:axis], dim[1:], *value.dims[axis + 1 :]))
            return _entry(call, outer, dim[0], start // inner)
        value = call.writing.layout.settled(value)
        dim = value.dims[axis]
    ((along, extent, stride),) = dim
    if along == STRETCHED:
        return value.moved((*value.dims[:axis], ((STRETCHED, length, 1),), *value.dims[axis + 1 :]))
    decide(value, "")
    rest = value.base.extents[along] // extent
    base = part(call, value.base, along, start * rest, length * rest)
    dims = [
        tuple((p, e, s // extent * length) if p == along and s > stride else (p, e, s) for p, e, s in d)
        for d in value.dims
    ]
    dims[axis] = ((along, length, stride),) if length > 1 else ()
    return Value(base, tuple(dims), value.normalised)


def _stepped(call: Call, value: Value, axis: int, start: int, step: int) -> Value:
    """Return every second (third ...) entry: a pool with a window of 1 along that axis."""
    if start:
        value = sliced(call, value, axis, slice(start, None))
    value = call.writing.layout.settled(value, "channels")
    place = [number for number, dim in enumerate(value.dims) if not is_batch(dim)].index(axis)
    if place == 0 or step < 1 or not value.base.form[0] == "channels":
        raise call.writing.refuse(f"it takes every {step}th entry of an axis that is no position of an image")
    lengths = tuple(-(-size(dim) // step) if number == axis else size(dim) for number, dim in enumerate(value.dims))
    strides = [step if number == place else 1 for number in range(1, len(value.base.extents))]
    kind = f"maxpool{len(strides)}d"
    return call.writing.after(kind, value, lengths, kernel=1, stride=strides)


def split(call: Call) -> list[Value]:
    """Return the parts of an axis: chunk, split and their like."""
    names = {"split": "tensor split_size_or_sections dim", "split_with_sizes": "self split_sizes dim"}
    found = call.bound(names.get(call.name, "input chunks dim"))
    axis = int(found.get("dim", 0)) % len(call.first.dims)
    ends = [0]
    for output in call.output:
        ends.append(ends[-1] + output.shape[axis])
    return [sliced(call, call.first, axis, slice(*pair)) for pair in pairwise(ends)]


def unbind(call: Call) -> list[Value]:
    """Return each entry of an axis."""
    axis = int(call.bound("input dim").get("dim", 0)) % len(call.first.dims)
    return [selected(call, call.first, axis, place) for place in range(len(call.output))]


def select(call: Call) -> Value:
    """Return one entry of an axis."""
    found = call.bound("input dim index")
    return selected(call, call.first, found["dim"] % len(call.first.dims), found["index"])


def narrow(call: Call) -> Value:
    """Return so many entries of an axis."""
    found = call.bound("input dim start length")
    axis = found["dim"] % len(call.first.dims)
    return sliced(call, call.first, axis, slice(found["start"], found["start"] + found["length"]))


def chosen(call: Call) -> Any:
    """Return entries of an axis at constant places that follow each other, or the examples in another order."""
    found, value = call.bound("input dim index"), call.first
    if value.shape == call.shape:
        return value
    places = call.tracing.numbers_of(found["index"])
    if places is None or places != list(range(places[0], places[0] + len(places))):
        raise call.writing.refuse("it takes entries by a list of places", cure="Take them by a slice")
    return sliced(call, value, found["dim"] % len(value.dims), slice(places[0], places[-1] + 1))


CUTS: dict[str, Callable[[Call], Any]] = {
    **dict.fromkeys(("chunk", "split", "split_with_sizes", "tensor_split"), split),
    "getitem": index,
    "unbind": unbind,
    "select": select,
    "index_select": chosen,
    "narrow": narrow,
}
"""How each operation is taken."""

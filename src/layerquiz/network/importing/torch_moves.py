"""Operations of PyTorch that move numbers, cut them off or put them behind each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import Any

from layerquiz.network.importing.torch_calls import Call, learned
from layerquiz.network.importing.torch_layout import SEQUENCE, decide
from layerquiz.network.importing.torch_values import (
    BATCH,
    FORMS,
    SERIES,
    STRETCHED,
    Base,
    Digit,
    Dims,
    Part,
    Value,
    has_batch,
    is_batch,
    literal,
    regrouped,
    size,
)
from layerquiz.network.importing.torch_writing import reshaped

PROBES = (2, 3, 5, 7, 11, 13, 17, 19)
"""Sizes that tell axes apart."""


@dataclass(eq=False, slots=True)
class States(Base):
    """The last states of all layers of a recurrent layer: its axes are the layers, and the features of both ways."""

    last: Base | None = None


@dataclass(eq=False, slots=True)
class State(Base):
    """The last state of the last layer of a recurrent layer."""


def reshape(call: Call) -> Value:
    """Return the same numbers in the shape of the output: view, flatten, squeeze, unsqueeze and their like."""
    value = call.first
    dims = regrouped(value.dims, call.shape)
    if dims is not None:
        return value.moved(dims, call.tracing.label)
    batch = value.shape[:1]
    if not is_batch(value.dims[0]) or call.shape[:1] != batch:
        raise call.writing.refuse(f"it reshapes {value.shape} to {call.shape}, which takes the batch apart")
    found = call.writing.layout.settled(value)
    sizes = call.shape[1:]
    if len(sizes) not in FORMS:
        raise call.writing.refuse(f"it reshapes to {sizes}", "A layer of the notation gives 1 to 4 sizes")
    base = Base(
        sizes,
        FORMS[len(sizes)],
        call.writing.rearranged("reshape", call.tracing.label, found.base.name, shape=list(sizes)),
    )
    return Value(base, (value.dims[0], *base.plain))


def permute(call: Call) -> Value:
    """Return the axes in another order: permute, transpose, movedim and their like."""
    value = call.first
    probe = call.output.new_empty(PROBES[: len(value.dims)])
    order = [PROBES.index(found) for found in call.func(probe, *call.args[1:], **_without_tensor(call)).shape]
    return value.moved(value.dims[place] for place in order)


def _without_tensor(call: Call) -> dict[str, Any]:
    return {key: found for key, found in call.kwargs.items() if key not in ("input", "self")}


def expand(call: Call) -> Value:
    """Return axes of size 1 repeated, and the batch put in front of a parameter."""
    value, shape = call.first, call.shape
    dims = ((),) * (len(shape) - len(value.dims)) + value.dims
    found = []
    for place, (dim, length) in enumerate(zip(dims, shape, strict=True)):
        if size(dim) == length:
            found.append(dim)
        elif size(dim) == 1:
            is_first = place == 0 and not has_batch(value.dims) and length == call.tracing.examples
            found.append(((BATCH if is_first else STRETCHED, length, 1),))
        else:
            raise call.writing.refuse(f"{call.name} repeats {value.shape} to {shape}", cure="Repeat an axis of size 1")
    return value.moved(found)


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
    return Base(base.extents[1:], FORMS[1], make=make)


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

    if base.form == ("tokens",):
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


def concatenate(call: Call) -> Value:
    """Return tensors behind each other along an axis."""
    found = call.bound("tensors dim")
    axis = int(found.get("dim", found.get("axis", 0))) % len(call.shape)
    return behind(call, found["tensors"], axis)


def stack(call: Call) -> Value:
    """Return tensors behind each other along an axis of their own."""
    found = call.bound("tensors dim")
    axis = int(found.get("dim", 0)) % len(call.shape)
    return behind(call, found["tensors"], axis, is_new=True)


def behind(call: Call, given: Sequence[Any], axis: int, is_new: bool = False) -> Value:
    """Return tensors behind each other along an axis, one that they have or a new one."""
    values = [call.value(found) for found in given]
    if any(value is None for value in values):
        raise call.writing.refuse("it puts numbers beside a tensor that are no parameters", cure="Use a padding")
    known = [value for value in values if value is not None]
    if is_new:
        known = [value.moved((*value.dims[:axis], (), *value.dims[axis:])) for value in known]
    if all(learned(value.base) is not None for value in known):
        return call.derived(known)  # type: ignore[no-any-return]
    if any(digit[0] == BATCH for value in known for digit in value.dims[axis]):
        raise call.writing.refuse("it makes one batch of several", cure="Call the layers for each tensor by itself")
    if len(known) == 1:
        return known[0]
    return _whole(known, axis) or _concatenated(call, known, axis)


def _whole(known: Sequence[Value], axis: int) -> Value | None:
    """Return a tensor whose parts stand behind each other again, in whatever order; None where it is not so."""
    parts = [value.base for value in known if isinstance(value.base, Part)]
    if len(parts) < len(known) or len({(part.whole, part.axis) for part in parts}) != 1:
        return None
    whole, along = parts[0].whole, parts[0].axis
    ends = sorted((part.offset, part.offset + part.extents[along]) for part in parts)
    covered = whole is not None and ends[0][0] == 0 and ends[-1][1] == whole.extents[along]
    if whole is None or not covered or any(a[1] != b[0] for a, b in pairwise(ends)):
        return None
    total = sum(size(value.dims[axis]) for value in known)
    stride = next((dim[-1][2] for dim in (value.dims[axis] for value in known) if dim), 1)
    found = {_widened(value, axis, along, stride, total) for value in known}
    is_share = all(
        size(v.dims[axis]) * whole.extents[along] == p.extents[along] * total for v, p in zip(known, parts, strict=True)
    )
    return Value(whole, found.pop()) if len(found) == 1 and is_share else None


def _widened(value: Value, axis: int, along: int, stride: int, total: int) -> Dims:
    """Return the axes of a part of a tensor as they are in the whole, of which the part has some entries along an axis."""
    own = size(value.dims[axis])
    if value.dims[axis] not in ((), ((along, own, stride),)):
        return ((),)
    dims = [
        tuple((p, e, s * total // own) if p == along and s > stride else (p, e, s) for p, e, s in d) for d in value.dims
    ]
    dims[axis] = ((along, total, stride),)
    return tuple(dims)


def _concatenated(call: Call, known: Sequence[Value], axis: int) -> Value:
    batched = next((value for value in known if has_batch(value.dims)), known[0])
    first = next((value for value in known if value.base.form and value.is_plain), known[0])
    want = "channels" if first.base.form == SERIES and len(literal(batched.dims)[0].extents) == 2 else ""
    settled = [call.writing.layout.settled(value, want) for value in known]
    if len({value.base.form for value in settled}) > 1:
        settled = [call.writing.layout.settled(value, "tokens") for value in known]
    form = settled[0].base.form
    places = [number for number, dim in enumerate(batched.dims) if not is_batch(dim)]
    along = form[places.index(axis)]
    usual = "channels" if "channels" in form else "features"
    dims = reshaped(batched.dims, call.shape)
    extents = literal(dims)[0].extents
    base = call.writing.layer("concat", settled, extents, axis=None if along == usual else along)
    base.form = form
    return Value(base, dims)


def pad(call: Call) -> Value:
    """Return numbers put around a tensor, or cut off it where the padding is negative."""
    found = call.bound("input pad mode value")
    numbers = [int(entry) for entry in found["pad"]]
    pairs = [[numbers[place], numbers[place + 1]] for place in range(0, len(numbers), 2)]
    value = call.writing.layout.settled(call.first, "channels")
    spatial = len(value.base.extents) - 1
    if value.base.form[:1] != ("channels",) or not spatial:
        raise call.writing.refuse("it pads a tensor that is no image", cure="Pad along the axes of an image")
    pairs = [*reversed(pairs)]
    if len(pairs) > spatial:
        return _around_channels(call, value, pairs)
    pairs = [[0, 0]] * (spatial - len(pairs)) + pairs
    for kind, sign in (("zeropad", 1), ("crop", -1)):
        sides = [[max(sign * side, 0) for side in pair] for pair in pairs]
        if any(map(any, sides)):
            lengths = [
                size(dim) + sign * sum(sides[number - 2]) if number >= 2 else size(dim)
                for number, dim in enumerate(value.dims)
            ]
            called = f"{call.tracing.label}.padding" if call.tracing.label else ""
            value = call.writing.after(kind, value, lengths, padding=_short(sides), name=called, **_mode(kind, found))
    return value


def _short(sides: list[list[int]]) -> Any:
    return [pair[0] if pair[0] == pair[1] else pair for pair in sides]


def _mode(kind: str, found: dict[str, Any]) -> dict[str, str]:
    mode = found.get("mode", "constant")
    return {} if kind == "crop" or mode == "constant" else {"mode": mode}


def _around_channels(call: Call, value: Value, pairs: list[list[int]]) -> Value:
    """Return channels padded, as those of an image whose channels stand for its rows."""
    if len(pairs) != len(value.base.extents) or any(map(any, pairs[1:])) or not is_batch(value.dims[0]):
        raise call.writing.refuse("it pads channels and positions at once, or the batch")
    turned = value.moved((value.dims[0], value.dims[2], value.dims[1], *value.dims[3:]))
    settled = call.writing.layout.settled(turned, "channels")
    sides = [pairs[0], *([0, 0] for _ in settled.dims[3:])]
    lengths = [size(dim) + (sum(pairs[0]) if number == 2 else 0) for number, dim in enumerate(settled.dims)]
    padded = call.writing.after("zeropad", settled, lengths, padding=_short(sides))
    return padded.moved((padded.dims[0], padded.dims[2], padded.dims[1], *padded.dims[3:]))


def elements(value: Value) -> int:
    """Return how many numbers a tensor has for one example."""
    return prod(size(dim) for dim in value.dims if not is_batch(dim))


SAME_ORDER = "view reshape flatten unflatten squeeze unsqueeze ravel view_as reshape_as contiguous"
OTHER_ORDER = "permute transpose movedim moveaxis swapaxes swapdims t T mT H mH adjoint"
MOVES: dict[str, Callable[[Call], Any]] = {
    **dict.fromkeys(SAME_ORDER.split(), reshape),
    **dict.fromkeys(OTHER_ORDER.split(), permute),
    **dict.fromkeys(("expand", "expand_as", "repeat", "broadcast_to", "tile"), expand),
    **dict.fromkeys(("chunk", "split", "split_with_sizes", "tensor_split"), split),
    **dict.fromkeys(("cat", "concat", "concatenate"), concatenate),
    "getitem": index,
    "unbind": unbind,
    "select": select,
    "narrow": narrow,
    "stack": stack,
    "pad": pad,
}
"""How each operation is taken."""

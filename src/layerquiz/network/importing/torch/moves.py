"""Operations of PyTorch that move numbers, cut them off or put them behind each other."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from layerquiz.network.importing.forms import FORMS, SIZES_ALLOWED
from layerquiz.network.importing.torch.calls import Call
from layerquiz.network.importing.torch.values import BATCH, STRETCHED, Base, Value, has_batch, is_batch, regrouped, size

PROBES = (2, 3, 5, 7, 11, 13, 17, 19)
"""Sizes that tell axes apart."""


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
        raise call.writing.refuse(f"it reshapes to {sizes}", SIZES_ALLOWED)
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


def interleaved(call: Call) -> Value:
    """Return each entry of an axis so many times in a row."""
    found, value = call.bound("input repeats dim"), call.first
    if found.get("dim") is None or not isinstance(found["repeats"], int):
        return call.otherwise()  # type: ignore[no-any-return]
    axis = found["dim"] % len(value.dims)
    dim = (*value.dims[axis], (STRETCHED, found["repeats"], 1))
    return value.moved((*value.dims[:axis], dim, *value.dims[axis + 1 :]))


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
    "repeat_interleave": interleaved,
    "pad": pad,
}
"""How each operation is taken."""

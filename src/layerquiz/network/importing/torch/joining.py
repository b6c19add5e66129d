"""Tensors of a PyTorch model put behind each other along an axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from layerquiz.network.importing.forms import STRIP
from layerquiz.network.importing.torch.calls import Call, learned
from layerquiz.network.importing.torch.values import BATCH, Dims, Part, Value, has_batch, is_batch, literal, size
from layerquiz.network.importing.torch.writing import reshaped


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
        cure = "In place of a loop over steps use nn.LSTM, nn.GRU or nn.RNN; numbers around a tensor are F.pad"
        raise call.writing.refuse("it puts numbers beside a tensor that are no parameters", cure=cure)
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
    """Return the axes of a part of a tensor as they are in the whole, which has more entries along an axis."""
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
    want = "channels" if first.base.form == STRIP and len(literal(batched.dims)[0].extents) == 2 else ""
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


JOINS: dict[str, Callable[[Call], Any]] = {
    **dict.fromkeys(("cat", "concat", "concatenate"), concatenate),
    "stack": stack,
}
"""How each operation is taken."""

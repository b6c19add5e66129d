"""Means, sums and maxima over axes of a tensor of a PyTorch model: pools, or statistics of a normalisation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from layerquiz.network.importing.forms import FEATURES, STRIP
from layerquiz.network.importing.torch.calls import Call, learned
from layerquiz.network.importing.torch.layout import decide
from layerquiz.network.importing.torch.merging import binary, combined
from layerquiz.network.importing.torch.values import (
    BATCH,
    Base,
    Scores,
    Statistic,
    Value,
    full,
    is_batch,
    literal,
    size,
)
from layerquiz.network.importing.torch.writing import reshaped


def similarity(call: Call) -> Any:
    """Return the similarity or the distance of two tensors: what is left of their product or their difference."""
    values, found = call.known(), call.bound("first second dim")
    if len(values) != 2 or len(values[0].dims) != len(values[1].dims):
        return call.otherwise()
    is_product = call.name == "cosine_similarity"
    places = [int(found.get("dim", 1)) if is_product else len(values[0].dims) - 1]
    shape = tuple(map(max, values[0].shape, values[1].shape))
    each = Call(call.tracing, call.name, call.args, {}, call.output.new_empty(shape))
    both = combined(each, "multiply" if is_product else "subtract", values)
    return statistic(call, both, [place % len(shape) for place in places], len(call.shape) == len(shape))


ITERATED = "mean", "sum", "amax", "max", "amin", "min"
"""Reductions that, taken along one axis and then along another, are one along both."""


def reduced(call: Call) -> Any:
    """Return a mean, a sum, a maximum or the like along some axes: a global pool, where it is along the positions."""
    found = call.bound("input dim keepdim")
    if call.name in ("max", "min") and hasattr(found.get("dim"), "is_meta"):
        return binary(call)
    value = call.first
    if learned(value.base) is not None:
        return call.derived([value])
    further = _further(call, value)
    if further is not None:
        return further
    if isinstance(value.base, Scores):
        shape = call.shape
        made = Value(Statistic(value.base.extents, value.base.form, of=value), ((),) * len(shape))
        return made if hasattr(call.output, "shape") else [made, made]
    places = _places(call, value)
    keeps = len(call.shape) == len(value.dims)
    made = statistic(call, value, places, keeps)
    return made if hasattr(call.output, "shape") else [made, made]


def _places(call: Call, value: Value) -> list[int]:
    """Return the axes along which a tensor is reduced."""
    found = call.bound("input dim keepdim")
    axes = found.get("dim", found.get("axis"))
    listed = range(len(value.dims)) if axes in (None, (), []) else axes if isinstance(axes, list | tuple) else [axes]
    return sorted(int(axis) % len(value.dims) for axis in listed)


def _further(call: Call, value: Value) -> Any:
    """Return a mean of a mean, which is one along the axes of both; None where it is none."""
    base = value.base
    if not isinstance(base, Statistic) or base.of is None or base.name or base.dims != value.dims:
        return None
    whole, keeps = base.of, len(call.shape) == len(value.dims)
    kept = len(value.dims) == len(whole.dims)
    left = [place for place in range(len(whole.dims)) if kept or place not in base.gone]
    if keeps != kept or call.name != base.which or call.name not in ITERATED:
        return None
    made = statistic(call, whole, sorted({*base.gone, *(left[place] for place in _places(call, value))}), keeps)
    return made if hasattr(call.output, "shape") else [made, made]


def statistic(call: Call, value: Value, places: list[int], keeps: bool) -> Value:
    """Return what is left of a tensor without some axes; it is written when something needs it."""
    if any(digit[0] == BATCH for place in places for digit in value.dims[place]):
        return _over_batch(call, value)
    inner = [number for number, dim in enumerate(value.dims) if not is_batch(dim)]
    if not keeps:
        decide(value, "channels" if places == inner[1:] else "")
    left = [() if place in places else dim for place, dim in enumerate(value.dims)]
    goal, dims = literal(tuple(left) if keeps else tuple(d for p, d in enumerate(left) if p not in places))
    which = "max" if call.name in ("amax", "max", "amin", "min", "logsumexp") else "avg"
    if not goal.extents:
        goal = Base((1,), FEATURES)
    name = call.writing.called(f"global{which}pool")
    make = _pooled(call, value, places, keeps, which, name)
    base = Statistic(goal.extents, goal.form, make=make, of=value, gone=tuple(places), dims=dims, which=call.name)
    return Value(base, dims)


def _over_batch(call: Call, value: Value) -> Value:
    """Return what is left of all examples together, which no layer can take."""
    error = call.writing.refuse(f"{call.name} is taken over the batch", cure="Take it of each example: dim=...")

    def make(_: Base) -> str:
        raise error

    return Value(Statistic((1,), FEATURES, make=make, of=value), ((),) * len(call.shape))


def _pooled(call: Call, value: Value, places: list[int], keeps: bool, which: str, name: str) -> Callable[[Base], str]:
    """Return how a reduction is written: a global pool, or one along a single axis between two exchanges of axes."""
    place = call.writing.place()

    def make(base: Base) -> str:
        layout, draft = call.writing.layout, call.writing.draft
        inner = [number for number, dim in enumerate(value.dims) if not is_batch(dim)]
        gone = [inner.index(axis) for axis in places]
        if len(inner) == 1:  # one number of all features
            ahead = inner[0] + 1
            turned = layout.settled(value.moved((*value.dims[:ahead], (), *value.dims[ahead:])), "tokens")
            return draft.add(f"global{which}pool", turned.base.written(), name=name)
        settled = layout.settled(value, "channels" if len(inner) == 2 and gone == [1] else "")
        form = settled.base.form
        spatial = [number for number, along in enumerate(form) if along not in ("channels", "features")]
        base.form = STRIP if form == STRIP and keeps else base.form
        if gone == spatial and gone and (keeps or len(base.extents) == 1):
            return draft.add(f"global{which}pool", settled.base.written(), name=name, keepdims=keeps)
        if len(form) >= 3:
            return _along(call, settled, gone, keeps, which)
        error = call.writing.refuse(f"{call.name} is taken along {', '.join(form[number] for number in gone)}")
        error.where = place
        raise error

    return make


def _along(call: Call, settled: Value, gone: list[int], keeps: bool, which: str) -> str:
    """Write a pool along some axes of an image, the channels among them, and return the layer that gives its output."""
    rank, layout = len(settled.base.extents), call.writing.layout
    order = [*range(rank)]
    if 0 in gone:
        kept = next((number for number in order if number not in gone), 0)
        order[0], order[kept] = kept, 0
    axes = [number for number, dim in enumerate(settled.dims) if not is_batch(dim)]
    dims = [*settled.dims]
    for place, number in enumerate(order):
        dims[axes[place]] = settled.dims[axes[number]]
    turned = layout.settled(settled.moved(dims), "channels")
    sizes = [1 if number in gone else settled.base.extents[number] for number in order]
    base = call.writing.layer(f"adaptive{which}pool", [turned], sizes, size=sizes[1:])
    left = reshaped(turned.dims, [size(dim) if is_batch(dim) else 1 for dim in turned.dims])
    found = {axes[place]: full(place, sizes[place]) for place in order}
    back = [found.get(number, dim) for number, dim in enumerate(left)]
    for place, number in enumerate(order):
        back[axes[number]] = found[axes[place]]
    final = [dim for number, dim in enumerate(back) if keeps or number not in [axes[place] for place in gone]]
    return layout.settled(Value(base, tuple(final))).base.written()

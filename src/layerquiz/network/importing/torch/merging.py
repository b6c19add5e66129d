"""Two tensors of a PyTorch model, one number with the other: sums and products, scales, shifts and positions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Any

from layerquiz.network.importing.forms import FEATURES, STRIP
from layerquiz.network.importing.torch.calls import Call, learned
from layerquiz.network.importing.torch.layout import decide
from layerquiz.network.importing.torch.values import (
    STRETCHED,
    Dims,
    Part,
    Scores,
    Statistic,
    Value,
    is_batch,
    literal,
    size,
    without_batch,
)
from layerquiz.network.importing.torch.writing import reshaped


def is_alike(value: Value, other: Value) -> bool:
    """Say whether one tensor is the other, with other numbers, or a mean, a variance or a norm of it."""
    base = value.base
    if isinstance(base, Statistic) and base.of is not None:
        return base.of.base in (other.base, other.base.origin) or is_alike(base.of, other)
    return base is other.base and value.dims == other.dims and (value.changed or other.changed)


def binary(call: Call) -> Value:
    """Return two tensors, one number with the other; with a number that is no parameter it is the tensor."""
    values = call.known()
    if len(values) == 1:
        return alone(call, values[0])
    return combined(call, KINDS[call.name], values[:2])


def alone(call: Call, value: Value) -> Value:
    """Return a tensor that meets constants; those may stretch it."""
    if value.shape == call.shape:
        return replace(value, changed=True)
    dims = ((),) * (len(call.shape) - len(value.dims)) + value.dims
    pairs = zip(dims, call.shape, strict=True)
    if all(size(dim) in (1, length) for dim, length in pairs) and not isinstance(value.base, Scores):
        return value.moved(
            dim if size(dim) == length else ((STRETCHED, length, 1),)
            for dim, length in zip(dims, call.shape, strict=True)
        )
    if isinstance(value.base, Scores):
        return value
    raise call.writing.refuse(f"{call.name} of {value.shape} with constants gives {call.shape}")


KINDS = {
    **dict.fromkeys(("add", "iadd"), "add"),
    **dict.fromkeys(("sub", "subtract", "rsub"), "subtract"),
    **dict.fromkeys(("mul", "multiply", "div", "divide", "true_divide", "truediv"), "multiply"),
    "maximum": "maximum",
    "max": "maximum",
    "minimum": "minimum",
    "min": "minimum",
}
"""Operations on two tensors, and their kinds."""


def combined(call: Call, kind: str, values: Sequence[Value]) -> Value:
    """Write a layer that takes two tensors number by number."""
    first, second = values
    if all(learned(value.base) is not None for value in values):
        return call.derived(values)  # type: ignore[no-any-return]
    for value, other in ((first, second), (second, first)):
        if isinstance(value.base, Scores):
            return biased(call, value, other)
        if is_alike(other, value) and value.shape == call.shape:
            return Value(value.base, value.dims, value.normalised or isinstance(other.base, Statistic))
        if learned(other.base) is not None:
            return with_parameter(call, kind, value, other)
    return merged(call, kind, first, second)


def biased(call: Call, scores: Value, other: Value) -> Value:
    """Return scores of attention with something added: of parameters, whose tensor is then written by itself."""
    found = learned(other.base)
    if found is None:
        if isinstance(other.base, Scores | Statistic):
            return scores
        raise call.writing.refuse("the scores of attention meet another tensor of the model")
    if any(id(parameter) not in call.writing.owners for parameter in found.parameters):
        for parameter in found.parameters:
            own = call.tracing.value_of(parameter)
            call.writing.layout.parameter(own.base, own.base.extents)
    return scores


def aligned(value: Value, other: Value) -> tuple[Dims, Dims]:
    """Return the axes of two tensors, as many, those of size 1 in front; a tensor without a batch gets none."""
    rank = max(len(value.dims), len(other.dims))
    first, second = (((),) * (rank - len(found.dims)) + found.dims for found in (value, other))
    stretched = [[], []]  # type: list[list[Any]]
    for mine, theirs in zip(first, second, strict=True):
        if is_batch(mine) and not theirs:
            theirs = mine  # noqa: PLW2901
        elif is_batch(theirs) and not mine:
            mine = theirs  # noqa: PLW2901
        stretched[0].append(_unstretched(mine, theirs))
        stretched[1].append(_unstretched(theirs, mine))
    return tuple(stretched[0]), tuple(stretched[1])


def _unstretched(dim: Any, other: Any) -> Any:
    """Return an axis that was repeated as it was before, where the other tensor has all of its entries."""
    is_repeated = len(dim) == 1 and dim[0][0] == STRETCHED and size(other) == size(dim)
    return () if is_repeated else dim


def merged(call: Call, kind: str, first: Value, second: Value) -> Value:
    """Write a layer that takes two tensors of the input, number by number."""
    values = [found.moved(dims) for found, dims in zip((first, second), aligned(first, second), strict=True)]
    for value in values:
        if isinstance(value.base, Statistic):
            value.base.written()
        decide(value, "")
    first, second = values
    is_same = first.dims == second.dims and first.base.extents == second.base.extents
    is_learned = any(learned(value.base) is not None for value in values)
    if is_same and not is_learned and first.base.form == second.base.form and size_of(first) == size_of(call.shape):
        base = call.writing.layer(kind, values, first.base.extents)
        base.form = first.base.form
        return first.of(base)
    is_strip = any(value.is_plain and value.base.form == STRIP for value in values)
    settled = [call.writing.layout.settled(value, "channels" if is_strip else "") for value in values]
    if settled[0].base.form != settled[1].base.form:
        settled = [call.writing.layout.settled(value, "tokens") for value in values]
    if len(settled[0].base.extents) != len(settled[1].base.extents):
        raise call.writing.refuse(f"{call.name} of {first.shape} with {second.shape}, whose axes are not as many")
    frame = [
        mine if size(mine) >= size(theirs) else theirs for mine, theirs in zip(*(v.dims for v in settled), strict=True)
    ]
    dims = reshaped(tuple(frame), call.shape)
    base = call.writing.layer(kind, settled, literal(dims)[0].extents)
    base.form = settled[0].base.form
    return Value(base, dims)


def size_of(found: Any) -> int:
    """Return how many numbers there are."""
    return prod(found if isinstance(found, tuple) else found.shape)


def with_parameter(call: Call, kind: str, value: Value, other: Value) -> Value:
    """Write what a parameter does to a tensor: a scale, a shift of one, positions, or the parameter by itself."""
    decide(value, "")
    mine, theirs = aligned(value, other)
    value, other = value.moved(mine), other.moved(theirs)
    parameters = call.parameters_of(other)
    along = [place for place, dim in enumerate(theirs) if dim and not is_batch(dim)]
    numbers = sum(parameter.numel() for parameter in parameters)
    each = _each(value, other, along)
    if value.shape == call.shape and numbers == size_of(tuple(size(theirs[place]) for place in along)):
        if kind == "multiply" and each:
            is_norm = value.normalised and each == "channels" and value.base.form[-1:] == ("features",)
            name = "rmsnorm" if is_norm else "scale"
            keys = {"name": call.called_as(other)} | ({} if name == "rmsnorm" else {"parameters": each})
            base = call.writing.layer(name, [value], value.base.extents, parameters, **keys)
            base.form = value.base.form
            base.origin = value.base
            call.writing.open_biases.add(base.name)
            return value.of(base)
        if kind == "add" and each and value.base.name in call.writing.open_biases:
            return _shifted(call, value, parameters)
    if kind == "add" and isinstance(other.base, Part) and other.base.axis == 0:
        found = _positions(call, value, other, parameters)
        if found:
            return found
    return merged(call, kind, value, other)


def _each(value: Value, other: Value, along: list[int]) -> Any:
    """Return what a parameter has a number for: all numbers together (1), channels, or elements; None for another."""
    if not along:
        return 1
    form, base = value.base.form or FEATURES, value.base
    depth = form.index("channels" if "channels" in form else "features")
    if len(along) == 1 and without_batch(value.dims[along[0]]) == base.plain[depth]:
        return "channels" if size(other.dims[along[0]]) == base.extents[depth] else None
    is_all = all(size(other.dims[place]) == size(dim) for place, dim in enumerate(value.dims) if not is_batch(dim))
    return "elements" if is_all and value.is_plain and len(base.extents) > 1 else None


def _shifted(call: Call, value: Value, parameters: Sequence[Any]) -> Value:
    """Return a scale, or a dense layer, that has a shift too."""
    name = value.base.name
    entry = call.writing.entry(name)
    call.writing.open_biases.discard(name)
    if any(id(parameter) in call.writing.owners for parameter in parameters):
        raise call.writing.refuse(f"a shift of the layer {name} belongs to another layer")
    if entry["kind"] == "rmsnorm":
        entry["kind"] = "layernorm"
    elif entry["kind"] == "dense":
        entry.pop("bias", None)
        call.writing.gains(name, "units", entry["units"], parameters)
        return value
    else:
        call.writing.gains(name, "center", True, parameters)
        return value
    call.writing.gains(name, "kind", entry["kind"], parameters)
    return value


def _positions(call: Call, value: Value, other: Value, parameters: Sequence[Any]) -> Value | None:
    """Return a sequence with learned positions, of which there are more than tokens; None where it is none."""
    whole = other.base.whole if isinstance(other.base, Part) else None
    if whole is None or len(value.dims) != 3:
        return None
    settled = call.writing.layout.settled(value, "tokens")
    rows = whole.extents
    if len(rows) != 2 or other.shape[-2:] != settled.base.extents or other.base.extents[1] != rows[1]:
        return None
    keys = {"positions": rows[0], "name": call.called_as(other)}
    return call.writing.after("positionembedding", settled, call.shape, parameters, **keys)

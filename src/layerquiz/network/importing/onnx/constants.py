"""Small numbers that a graph works out from sizes, such as the shape of a reshape: found before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

MOST_NUMBERS = 100_000
"""A constant that is worked out has at most so many numbers: shapes and positions are smaller."""

Array = np.ndarray[Any, Any]
Attributes = Mapping[str, Any]


def folded(op: str, inputs: Sequence[Array | None], attributes: Attributes) -> Array | None:
    """Return what a node gives for constant inputs; None where it is not known here, or would be too large."""
    work = WORK.get(op)
    try:
        with np.errstate(all="ignore"):
            fits = work is not None and _most(op, inputs) <= MOST_NUMBERS
            found = np.asarray(work(list(inputs), attributes)) if work and fits else None
    except (ValueError, IndexError, TypeError, ArithmeticError, MemoryError, AttributeError):
        return None
    return found if found is not None and found.size <= MOST_NUMBERS else None


def _most(op: str, inputs: Sequence[Any]) -> int:
    """Return how many numbers a node may give, before it is tried."""
    sizes = [found.size for found in inputs if found is not None]
    if op in TWO or op in ("Div", "Where"):
        return prod(np.broadcast_shapes(*(found.shape for found in inputs)))
    return prod(sizes) if op == "Gather" else sum(sizes)


def axes_of(inputs: Sequence[Any], attributes: Attributes, place: int = 1) -> list[int] | None:
    """Return the axes that a node names: an input in new opsets, an attribute in old ones."""
    given = inputs[place] if len(inputs) > place and inputs[place] is not None else attributes.get("axes")
    return None if given is None else [int(axis) for axis in np.asarray(given).reshape(-1)]


def slices(inputs: Sequence[Any], attributes: Attributes, rank: int) -> dict[int, tuple[int, int, int]]:
    """Return start, end and step of a Slice for each axis that it names."""
    if "starts" in attributes:
        starts, ends = attributes["starts"], attributes["ends"]
        axes, steps = attributes.get("axes"), None
    else:
        starts, ends, axes, steps = [*inputs[1:], None, None][:4]
    starts, ends = _numbers(starts), _numbers(ends)
    axes = _numbers(axes) if axes is not None else list(range(len(starts)))
    steps = _numbers(steps) if steps is not None else [1] * len(starts)
    rows = zip(axes, starts, ends, steps, strict=True)
    return {axis % rank: (start, end, step) for axis, start, end, step in rows}


def _numbers(found: Any) -> list[int]:
    return [int(number) for number in np.asarray(found).reshape(-1)]


def _slice(inputs: list[Any], attributes: Attributes) -> Array:
    (data, *_) = inputs
    chosen = [slice(None)] * data.ndim
    for axis, (start, end, step) in slices(inputs, attributes, data.ndim).items():
        chosen[axis] = slice(start, None if step < 0 and end < -data.shape[axis] else end, step)
    return np.asarray(data[tuple(chosen)])


def _filled(inputs: list[Any], attributes: Attributes) -> Array:
    shape = _numbers(inputs[0])
    if any(size < 0 for size in shape) or prod(shape) > MOST_NUMBERS:
        raise ValueError
    given = attributes.get("value")
    return np.full(shape, 0 if given is None else np.asarray(given).reshape(-1)[0])


def _expanded(inputs: list[Any], _: Attributes) -> Array:
    if prod(_numbers(inputs[1])) * max(inputs[0].size, 1) > MOST_NUMBERS:
        raise ValueError
    return np.asarray(inputs[0] * np.ones(_numbers(inputs[1]), dtype=inputs[0].dtype))


def _range(inputs: list[Any], _: Attributes) -> Array:
    start, limit, step = (np.asarray(found).reshape(-1)[0] for found in inputs)
    if step == 0 or not 0 <= (limit - start) / step <= MOST_NUMBERS:
        raise ValueError
    return np.arange(start, limit, step)


def _squeezed(inputs: list[Any], attributes: Attributes) -> Array:
    axes = axes_of(inputs, attributes)
    return np.asarray(np.squeeze(inputs[0], None if axes is None else tuple(axes)))


def _unsqueezed(inputs: list[Any], attributes: Attributes) -> Array:
    axes = axes_of(inputs, attributes) or []
    if inputs[0].ndim + len(axes) > 16:
        raise ValueError
    return np.expand_dims(inputs[0], tuple(axes))


def _divided(inputs: list[Any], _: Attributes) -> Array:
    first, second = inputs
    if first.dtype.kind in "iu":
        return np.trunc(first / second).astype(first.dtype) if np.all(second != 0) else np.zeros(0)
    return np.asarray(first / second)


def _reshaped(inputs: list[Any], _: Attributes) -> Array:
    data, shape = inputs
    sizes = [data.shape[place] if size == 0 else size for place, size in enumerate(_numbers(shape))]
    return np.asarray(data.reshape(sizes))


def _constant(_: list[Any], attributes: Attributes) -> Array:
    for name in ("value", "value_int", "value_ints", "value_float", "value_floats"):
        if name in attributes:
            return np.asarray(attributes[name])
    raise ValueError


def _spread(do: Any) -> Callable[[list[Any], Attributes], Any]:
    return lambda inputs, _: do(*inputs)


KINDS = {1: np.float32, 6: np.int32, 7: np.int64, 9: np.bool_, 10: np.float16, 11: np.float64}
TWO: Mapping[str, Callable[[Any, Any], Any]] = {
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Mod": np.mod,
    "Equal": np.equal,
    "Greater": np.greater,
    "GreaterOrEqual": np.greater_equal,
    "Less": np.less,
    "LessOrEqual": np.less_equal,
    "And": np.logical_and,
    "Or": np.logical_or,
    "Min": np.minimum,
    "Max": np.maximum,
    "Pow": np.power,
}
ONE: Mapping[str, Callable[[Any], Any]] = {
    "Identity": np.asarray,
    "Sqrt": np.sqrt,
    "Neg": np.negative,
    "Floor": np.floor,
    "Ceil": np.ceil,
    "Not": np.logical_not,
    "Reciprocal": np.reciprocal,
    "Abs": np.abs,
    "Exp": np.exp,
    "Sin": np.sin,
    "Cos": np.cos,
}
WORK: Mapping[str, Callable[[list[Any], Attributes], Any]] = {
    **{op: _spread(do) for op, do in (*TWO.items(), *ONE.items())},
    "Constant": _constant,
    "Cast": lambda inputs, attributes: inputs[0].astype(KINDS.get(attributes.get("to", 1), np.float32)),
    "Concat": lambda inputs, attributes: np.concatenate(inputs, axis=attributes.get("axis", 0)),
    "ConstantOfShape": _filled,
    "Div": _divided,
    "Expand": _expanded,
    "Gather": lambda inputs, attributes: np.take(inputs[0], inputs[1], axis=attributes.get("axis", 0)),
    "Range": _range,
    "ReduceProd": lambda inputs, _: np.prod(inputs[0], keepdims=True),
    "Reshape": _reshaped,
    "Slice": _slice,
    "Squeeze": _squeezed,
    "Transpose": lambda inputs, attributes: np.transpose(inputs[0], attributes.get("perm")),
    "Trilu": lambda inputs, attributes: (np.triu if attributes.get("upper", 1) else np.tril)(
        inputs[0], int(inputs[1]) if len(inputs) > 1 and inputs[1] is not None else 0
    ),
    "Unsqueeze": _unsqueezed,
    "Where": lambda inputs, _: np.where(*inputs),
}

"""Products of tensors: with a parameter a dense layer, of queries with keys the scores of attention."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from string import ascii_letters
from typing import Any, cast

from layerquiz.network.importing.forms import IMAGE, SEQUENCE
from layerquiz.network.importing.torch.calls import Call, learned
from layerquiz.network.importing.torch.layers import behind, linear
from layerquiz.network.importing.torch.merging import biased, combined
from layerquiz.network.importing.torch.values import (
    BATCH,
    STRETCHED,
    Base,
    Digit,
    Scores,
    Value,
    full,
    has_batch,
    joined,
    size,
    without_batch,
)

HEADS, QUERIES, KEYS = 0, 1, 2
"""The axes of scores."""


def matmul(call: Call) -> Any:
    """Return a product of two tensors along the last axis of the first and the last but one of the second."""
    return _times(call, [*call.args, *call.kwargs.values()][:2])


def added(call: Call) -> Any:
    """Return a product of two tensors with a third one added: addmm and its like."""
    shift, *factors = [found for found in (*call.args, *call.kwargs.values()) if hasattr(found, "is_meta")]
    product, other = _times(call, factors), call.value(shift)
    return product if other is None else combined(call, "add", [product, other])


def _times(call: Call, factors: Sequence[Any]) -> Any:
    values = [value for value in map(call.value, factors) if value]
    if len(values) < 2 or all(learned(value.base) is not None for value in values):
        return _with_constants(call, values)
    first, second = values
    inner, outer = "y", "z"
    lead = ascii_letters[: max(len(first.dims), len(second.dims)) - 2]
    left = "x" if len(first.dims) > 1 else ""
    mine = lead[len(lead) - len(first.dims) + 2 :] + left + inner if left else inner
    right = outer if len(second.dims) > 1 else ""
    theirs = lead[len(lead) - len(second.dims) + 2 :] + inner + right if right else inner
    return product(call, first, mine, second, theirs, lead[: len(call.shape) - len(left + right)] + left + right)


def _with_constants(call: Call, values: Sequence[Value]) -> Any:
    if values and all(learned(value.base) is not None for value in values):
        if call.has_constant_batch:
            what = f"{call.name} multiplies parameters with constants that have a row for each example"
            cure = "Use nn.LSTM, nn.GRU or nn.RNN in place of a loop that begins with zeros"
            raise call.writing.refuse(what, cure=cure)
        return call.derived(values)
    if values and values[0].shape == call.shape:
        return values[0]
    raise call.writing.refuse(
        f"{call.name} multiplies with a matrix that is no parameter", cure="Make it an nn.Parameter"
    )


def einsum(call: Call) -> Any:
    """Return Einstein's sum of two tensors."""
    equation, operands = call.args[0].replace(" ", ""), call.args[1:]
    operands = operands[0] if len(operands) == 1 and isinstance(operands[0], list | tuple) else operands
    values = [value for value in map(call.value, operands) if value]
    if values and all(learned(value.base) is not None for value in values):
        return call.derived(values)
    if len(values) != 2 or len(operands) != 2 or "." in equation or "->" not in equation:
        raise call.writing.refuse(
            f'the sum "{equation}"', "Einstein's sum is taken of two tensors, each axis with a letter"
        )
    given, result = equation.split("->")
    first, second = given.split(",")
    return product(call, values[0], first, values[1], second, result)


def product(call: Call, first: Value, mine: str, second: Value, theirs: str, result: str) -> Value:
    """Return a product; the letters name the axes of both tensors and of the result."""
    if learned(first.base) is not None:
        first, mine, second, theirs = second, theirs, first, mine
    summed = [letter for letter in mine if letter in theirs and letter not in result]
    shared = [letter for letter in mine if letter in theirs and letter in result]
    axes = dict(zip(mine, first.dims, strict=True)), dict(zip(theirs, second.dims, strict=True))
    if learned(second.base) is not None:
        weighted = [letter for letter in shared if size(axes[1][letter]) > 1]
        return _dense(call, first, second, axes, summed, weighted, result)
    if isinstance(second.base, Scores) and not isinstance(first.base, Scores):
        first, second, axes = second, first, axes[::-1]
        mine, theirs = theirs, mine
    own = [letter for letter in mine if letter not in theirs]
    others = [letter for letter in theirs if letter not in mine]
    if isinstance(first.base, Scores):
        return _attended(call, first, second, axes, (shared, summed, own, others), result)
    return _scores(call, first, second, axes, (shared, summed, own, others), result)


def _dense(
    call: Call, value: Value, second: Value, axes: Any, summed: list[str], shared: list[str], result: str
) -> Value:
    """Return a product with a parameter: a dense layer without a bias, which may come behind it."""
    if shared:
        what = "it multiplies each part of a tensor with another matrix"
        raise call.writing.refuse(what, "A dense layer has one matrix", "Use a layer for each part")
    kept = [letter for letter in axes[0] if letter not in summed]
    made = [letter for letter in result if letter not in axes[0]]
    turned = value.moved(
        (*(axes[0][letter] for letter in kept), joined(d for letter in summed for d in axes[0][letter]))
    )
    units = size([digit for letter in made for digit in axes[1][letter]])
    shape = (*(size(axes[0][letter]) for letter in kept), units)
    parameters = call.parameters_of(second)
    if sum(parameter.numel() for parameter in parameters) != size([d for dim in second.dims for d in dim]):
        raise call.writing.refuse("it multiplies with a part of a parameter, or with what is computed of several")
    found = linear(call, turned, shape, parameters, units=units, bias=False)
    call.writing.open_biases.add(found.base.name)
    dims = dict(zip(kept, found.dims, strict=False))
    stride, place = units, len(found.base.extents) - 1
    for letter in made:
        extent = size(axes[1][letter])
        stride //= extent
        dims[letter] = ((place, extent, stride),) if extent > 1 else ()
    return Value(found.base, tuple(dims[letter] for letter in result))


def _heads(axes: Any, shared: list[str]) -> tuple[tuple[Digit, ...], list[tuple[Digit, ...]]]:
    """Return the heads among the axes that two tensors have in common, and each of these axes over the heads."""
    heads = [digit for letter in shared for digit in without_batch(axes[letter])]
    stride, dims = size(heads), []
    for letter in shared:
        own = []
        for place, extent, step in axes[letter]:
            if place == BATCH:
                own.append((place, extent, step))
                continue
            stride //= extent
            own.append((HEADS, extent, stride))
        dims.append(joined(own))
    return tuple(heads), dims


def _scores(call: Call, query: Value, key: Value, axes: Any, letters: Any, result: str) -> Value:
    """Return the products of queries with keys."""
    shared, summed, own, others = letters
    has_both = has_batch(query.dims) and has_batch(key.dims)
    if len(own) != 1 or len(others) != 1 or not summed or not has_both:
        raise call.writing.refuse(f"the product {call.name} of two tensors of the model is none of queries and keys")
    heads, dims = _heads(axes[0], shared)
    tokens = size(axes[0][own[0]]), size(axes[1][others[0]])
    sides = [
        Value(found.base, (*_batch(call), part[free], _features(part, shared, summed)))
        for found, part, free in ((query, axes[0], own[0]), (key, axes[1], others[0]))
    ]
    base = Scores((size(heads), *tokens), IMAGE, query=sides[0], key=sides[1])
    base.make = lambda _: _unwritten(call)
    if base.extents[HEADS] == 1:
        base.alone = Base(tokens, SEQUENCE, make=lambda _: _dot(call, sides))
    named = dict(zip(shared, dims, strict=True)) | {own[0]: full(QUERIES, tokens[0]), others[0]: full(KEYS, tokens[1])}
    return Value(base, tuple(named[letter] for letter in result))


def _batch(call: Call) -> tuple[tuple[Digit, ...]]:
    return ((call.tracing.batch,),)


def _features(axes: Any, shared: Sequence[str], summed: Sequence[str]) -> tuple[Digit, ...]:
    """Return the features of a side of a product: those of all heads together."""
    digits = (digit for letter in (*shared, *summed) for digit in axes[letter])
    return joined(digit for digit in digits if digit[0] not in (BATCH, STRETCHED))


def _unwritten(call: Call) -> str:
    """Refuse scores of several heads that are no part of an attention."""
    raise call.writing.refuse("it goes on with the scores of attention", "The notation gives what is attended to")


def _dot(call: Call, sides: Sequence[Value]) -> str:
    """Write scores that are no part of an attention as a product of two sequences."""
    settled = [call.writing.layout.settled(side, "tokens") for side in sides]
    return call.writing.draft.add("dot", *(side.base.written() for side in settled), name=call.writing.called("dot"))


def _attended(call: Call, scores: Value, values: Value, axes: Any, letters: Any, result: str) -> Value:
    """Return the values that scores attend to."""
    shared, summed, own, others = letters
    base = cast(Scores, scores.base)
    if base.query is not None and len(summed) == 1 and axes[0][summed[0]] == full(QUERIES, base.extents[QUERIES]):
        scores = _turned(scores)
        base, axes = cast(Scores, scores.base), (_exchanged(axes[0]), axes[1])
    is_over_keys = len(summed) == 1 and len(own) == 1 and axes[0][summed[0]] == full(KEYS, base.extents[KEYS])
    if not is_over_keys or axes[0][own[0]] != full(QUERIES, base.extents[QUERIES]) or base.query is None:
        raise call.writing.refuse(f"the product {call.name} with scores of attention is none with values")
    side = Value(values.base, (*_batch(call), axes[1][summed[0]], _features(axes[1], shared, others)))
    call.writing.attended.add(base)
    _, dims = _heads(axes[1], shared)
    inner = size([digit for letter in others for digit in axes[1][letter]])
    found = attend(call, (base.query, base.key or base.query, side), base.extents[HEADS], inner)
    each = [tuple((1, e, s * inner) if p == HEADS else (p, e, s) for p, e, s in dim) for dim in dims]
    named = dict(zip(shared, each, strict=True)) | {own[0]: full(0, base.extents[QUERIES])}
    stride = inner
    for letter in others:
        extent = size(axes[1][letter])
        stride //= extent
        named[letter] = ((1, extent, stride),) if extent > 1 else ()
    return Value(found.base, tuple(named[letter] for letter in result))


def _turned(scores: Value) -> Value:
    """Return scores with queries and keys in each other's place, where the values are those of the queries."""
    base = cast(Scores, scores.base)
    heads, queries, keys = base.extents
    return scores.of(Scores((heads, keys, queries), base.form, make=base.make, query=base.key, key=base.query))


def _exchanged(axes: dict[str, tuple[Digit, ...]]) -> dict[str, tuple[Digit, ...]]:
    other = {QUERIES: KEYS, KEYS: QUERIES}
    return {letter: tuple((other.get(p, p), e, s) for p, e, s in dim) for letter, dim in axes.items()}


def attend(call: Call, sides: Sequence[Value], heads: int, inner: int) -> Value:
    """Write attention without projections, of queries, keys and values with the features of all heads."""
    if any(digit[0] == BATCH and dim != (digit,) for side in sides for dim in side.dims for digit in dim):
        raise call.writing.refuse("attention within parts of a sequence", "The notation attends to the whole sequence")
    settled = [call.writing.layout.settled(side, "tokens") for side in sides]
    if any(len(side.base.extents) != 2 for side in settled):
        raise call.writing.refuse("attention within windows", "The notation attends to the whole sequence")
    tokens = settled[0].base.extents[0]
    found = behind(call, "dotattention", settled, (call.tracing.examples, tokens, heads * inner))
    call.writing.heads[found.base.name] = heads
    call.writing.widths[found.base.name] = tuple(side.base.extents[-1] for side in settled[:2])
    return found


def scaled(call: Call) -> Value:
    """Return attention as F.scaled_dot_product_attention gives it, of whatever heads there are."""
    found = call.bound("query key value attn_mask dropout_p is_causal")
    values = [call.value(found[name]) for name in ("query", "key", "value")]
    known = [value for value in values if value is not None]
    if len(known) < 3:
        raise call.writing.refuse("attention gets a tensor that is not of the model")
    mask = call.value(found.get("attn_mask"))
    letters = ascii_letters[: len(known[0].dims) - 2]
    axes = [dict(zip(letters + "xy", value.dims, strict=True)) for value in known]
    shared = [*letters]
    sides = [
        Value(value.base, (*_batch(call), part["x"], _features(part, shared, "y")))
        for value, part in zip(known, axes, strict=True)
    ]
    heads, dims = _heads(axes[0], shared)
    inner = size(axes[2]["y"])
    made = attend(call, sides, size(heads), inner)
    if mask is not None and learned(mask.base) is not None:
        biased(call, Value(Scores((1, 1, 1), ()), ()), mask)
    each = [tuple((1, e, s * inner) if p == HEADS else (p, e, s) for p, e, s in dim) for dim in dims]
    rows = size(known[0].dims[-2])
    return Value(made.base, (*each, full(0, rows), full(1, inner)))


PRODUCTS: dict[str, Callable[[Call], Any]] = {
    **dict.fromkeys(("matmul", "bmm", "mm", "mv"), matmul),
    **dict.fromkeys(("addmm", "baddbmm", "addmv"), added),
    "einsum": einsum,
    "scaled_dot_product_attention": scaled,
}
"""How each product is taken."""

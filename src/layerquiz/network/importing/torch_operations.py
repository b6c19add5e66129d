"""Operations of PyTorch number by number, sums over axes, and the table of all operations that are taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import prod
from typing import Any

from layerquiz.network.importing.torch_calls import Call, learned
from layerquiz.network.importing.torch_layers import LAYERS
from layerquiz.network.importing.torch_layout import decide
from layerquiz.network.importing.torch_modules import weight_norm
from layerquiz.network.importing.torch_moves import MOVES
from layerquiz.network.importing.torch_products import PRODUCTS
from layerquiz.network.importing.torch_values import (
    BATCH,
    FORMS,
    SERIES,
    STRETCHED,
    Base,
    Dims,
    Part,
    Scores,
    Statistic,
    Value,
    full,
    has_batch,
    is_batch,
    literal,
    size,
    without_batch,
)
from layerquiz.network.importing.torch_writing import reshaped

FUNCTIONS = frozenset(
    [
        "relu",
        "relu6",
        "leaky_relu",
        "elu",
        "selu",
        "celu",
        "gelu",
        "silu",
        "mish",
        "tanh",
        "sigmoid",
        "softplus",
        "softsign",
        "hardsigmoid",
        "hardswish",
        "hardtanh",
        "logsigmoid",
        "softmax",
        "log_softmax",
        "softmin",
        "softshrink",
        "hardshrink",
        "tanhshrink",
        "threshold",
        "rrelu",
        "gumbel_softmax",
        "erf",
        "sin",
        "cos",
    ]
)
"""Functions that are an activation of the notation."""

CALLED = {"logsigmoid": "log_sigmoid", "special_expit": "sigmoid"}

FOLDED = frozenset(
    [
        "contiguous",
        "clone",
        "detach",
        "to",
        "float",
        "double",
        "half",
        "bfloat16",
        "type",
        "type_as",
        "cpu",
        "cuda",
        "requires_grad_",
        "requires_grad",
        "alias",
        "data",
        "pow",
        "square",
        "sqrt",
        "rsqrt",
        "exp",
        "expm1",
        "log",
        "log1p",
        "log2",
        "abs",
        "neg",
        "negative",
        "positive",
        "sign",
        "reciprocal",
        "clamp",
        "clip",
        "clamp_min",
        "clamp_max",
        "round",
        "floor",
        "ceil",
        "trunc",
        "nan_to_num",
        "masked_fill",
        "normalize",
        "real",
        "cumsum",
        "flip",
        "roll",
        "sort",
        "fill_diagonal",
        "tril",
        "triu",
        "long",
        "int",
        "floor_divide",
        "remainder",
        "fmod",
        "bernoulli",
        "uniform",
        "normal",
        "zero",
        "logical_not",
        "lerp",
        "where",
        "softmax_backward",
        "relu_backward",
        "deg2rad",
        "dequantize",
        "quantize",
        "native_dropout_mask",
        "rot90",
        "index_fill",
        "is_leaf",
        "pin_memory",
        "view_dtype",
        "square_",
        "layer_norm_stat",
        "normalise",
        "standardize",
        "argsort",
        "fliplr",
        "flipud",
        "logit",
        "erfinv",
        "frac",
        "copysign",
        "special_logit",
    ]
)
"""Operations that change neither a count nor a size of what they are done on."""


def activation(call: Call) -> Value:
    """Return an activation function; of the scores of attention it is a part of the attention."""
    value = call.first
    if isinstance(value.base, Scores | Statistic) or not has_batch(value.dims):
        return value
    limits = call.bound("input min_val max_val")
    is_relu6 = call.name == "hardtanh" and (limits.get("min_val"), limits.get("max_val")) == (0, 6)
    function = "relu6" if is_relu6 else CALLED.get(call.name, call.name)
    base = call.writing.layer("activation", [value], value.base.extents, function=function)
    base.form = value.base.form
    return value.of(base)


def folded(call: Call) -> Value:
    """Return a tensor with other numbers, which are as many."""
    values = call.known()
    found = next((value for value in values if value.shape == call.shape), None)
    if found is None:
        raise call.writing.refuse(f"{call.name} gives the shape {call.shape} of {values[0].shape}")
    others = [value for value in values if value is not found and not is_alike(value, found)]
    if others:
        return combined(call, "add", [found, *others])
    return replace(found, changed=True)


def is_alike(value: Value, other: Value) -> bool:
    """Say whether one tensor is the other, with other numbers, or a mean, a variance or a norm of it."""
    base = value.base
    if isinstance(base, Statistic) and base.of is not None:
        return base.of.base is other.base or is_alike(base.of, other)
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
    is_strip = any(value.is_plain and value.base.form == SERIES for value in values)
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
            name = "rmsnorm" if value.normalised and each == "channels" else "scale"
            keys = {"name": call.called_as(other)} | ({} if name == "rmsnorm" else {"parameters": each})
            base = call.writing.layer(name, [value], value.base.extents, parameters, **keys)
            base.form = value.base.form
            call.writing.open_biases.add(base.name)
            return value.of(base)
        if kind == "add" and each and value.base.name in call.writing.open_biases:
            return _shifted(call, value, parameters, each)
    positions = other.base
    if kind == "add" and isinstance(positions, Part) and positions.whole is not None and positions.axis == 0:
        found = _positions(call, value, other, parameters)
        if found:
            return found
    return merged(call, kind, value, other)


def _each(value: Value, other: Value, along: list[int]) -> Any:
    """Return what a parameter has a number for: all numbers together (1), channels, or elements; None for another."""
    if not along:
        return 1
    form, base = value.base.form or ("features",), value.base
    depth = form.index("channels" if "channels" in form else "features")
    if len(along) == 1 and without_batch(value.dims[along[0]]) == base.plain[depth]:
        return "channels" if size(other.dims[along[0]]) == base.extents[depth] else None
    is_all = all(size(other.dims[place]) == size(dim) for place, dim in enumerate(value.dims) if not is_batch(dim))
    return "elements" if is_all and value.is_plain and len(base.extents) > 1 else None


def _shifted(call: Call, value: Value, parameters: Sequence[Any], each: Any) -> Value:
    """Return a scale, or a dense layer, that has a shift too."""
    name = value.base.name
    entry = call.writing.entry(name)
    call.writing.open_biases.discard(name)
    if any(id(parameter) in call.writing.owners for parameter in parameters):
        key = "shift"
        raise call.writing.refuse(f"a {key} of the layer {name} belongs to another layer")
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
    """Return a sequence with learned positions, of which there are more than tokens; None where it is something else."""
    part = other.base
    assert isinstance(part, Part)
    assert part.whole is not None
    settled = call.writing.layout.settled(value, "tokens") if len(value.dims) == 3 else None
    rows = part.whole.extents
    if settled is None or len(rows) != 2 or other.shape[1:] != settled.base.extents or part.extents[1] != rows[1]:
        return None
    keys = {"positions": rows[0], "name": call.called_as(other)}
    return call.writing.after("positionembedding", settled, call.shape, parameters, **keys)


def reduced(call: Call) -> Any:
    """Return a mean, a sum, a maximum or the like along some axes: a global pool, where it is along the positions."""
    found = call.bound("input dim keepdim")
    if call.name in ("max", "min") and hasattr(found.get("dim"), "is_meta"):
        return binary(call)
    value = call.first
    if learned(value.base) is not None:
        return call.derived([value])
    if isinstance(value.base, Statistic | Scores):
        shape = call.shape
        made = Value(Statistic(value.base.extents, value.base.form, of=value), ((),) * len(shape))
        return made if hasattr(call.output, "shape") else [made, made]
    axes = found.get("dim", found.get("axis", found.get("p") if False else None))
    listed = range(len(value.dims)) if axes in (None, (), []) else axes if isinstance(axes, list | tuple) else [axes]
    places = sorted(int(axis) % len(value.dims) for axis in listed)
    keeps = len(call.shape) == len(value.dims)
    made = statistic(call, value, places, keeps)
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
    which = "max" if call.name in ("amax", "max", "amin", "min", "argmax", "logsumexp") else "avg"
    if not goal.extents:
        goal = Base((1,), FORMS[1])
    name = call.writing.called(f"global{which}pool")
    make = _pooled(call, value, places, keeps, which, name)
    base = Statistic(goal.extents, goal.form, make=make, of=value)
    return Value(base, dims)


def _over_batch(call: Call, value: Value) -> Value:
    """Return what is left of all examples together, which no layer can take."""
    error = call.writing.refuse(f"{call.name} is taken over the batch", cure="Take it of each example: dim=...")

    def make(_: Base) -> str:
        raise error

    return Value(Statistic((1,), FORMS[1], make=make, of=value), ((),) * len(call.shape))


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
        base.form = SERIES if form == SERIES and keeps else base.form
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


def where(call: Call) -> Any:
    """Return one tensor where a condition holds and another elsewhere."""
    values = [value for value in map(call.value, call.args[1:]) if value]
    values = values or call.known()
    return alone(call, values[0]) if len(values) == 1 else combined(call, "add", values[:2])


def refused_in_place(call: Call) -> Any:
    """Refuse what writes into a part of a tensor."""
    what = "it writes into a part of a tensor"
    raise call.writing.refuse(what, cure="Put the parts together by torch.cat or torch.stack")


CONDITIONS = "gt lt ge le eq ne greater less isnan isinf isfinite logical_and logical_or logical_not and or xor any all"
"""Operations that give truth values."""


def compared(_: Call) -> None:
    """Return nothing: a condition is as good as a constant, as long as nobody asks whether it holds."""


OPERATIONS: dict[str, Callable[[Call], Any]] = {
    **dict.fromkeys(FOLDED, folded),
    **MOVES,
    **LAYERS,
    **PRODUCTS,
    **dict.fromkeys(FUNCTIONS, activation),
    **dict.fromkeys(KINDS, binary),
    **dict.fromkeys(
        (
            "mean",
            "sum",
            "amax",
            "amin",
            "max",
            "min",
            "var",
            "std",
            "norm",
            "vector_norm",
            "logsumexp",
            "linalg_vector_norm",
        ),
        reduced,
    ),
    **dict.fromkeys(
        ("setitem", "copy", "index_put", "scatter", "index_copy", "index_add", "scatter_add"), refused_in_place
    ),
    **dict.fromkeys(CONDITIONS.split(), compared),
    "where": where,
    "weight_norm": weight_norm,
}
"""How each operation is taken."""

"""Operations of PyTorch number by number, sums over axes, and the table of all operations that are taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from typing import Any

from layerquiz.network.importing.torch.calls import Call
from layerquiz.network.importing.torch.cutting import CUTS
from layerquiz.network.importing.torch.joining import JOINS
from layerquiz.network.importing.torch.layers import LAYERS
from layerquiz.network.importing.torch.merging import KINDS, alone, binary, combined, is_alike
from layerquiz.network.importing.torch.modules import weight_norm
from layerquiz.network.importing.torch.moves import MOVES
from layerquiz.network.importing.torch.products import PRODUCTS
from layerquiz.network.importing.torch.reductions import reduced, similarity
from layerquiz.network.importing.torch.sequences import SEQUENCES
from layerquiz.network.importing.torch.values import Scores, Statistic, Value, has_batch

FUNCTIONS = """
relu relu6 leaky_relu elu selu celu gelu silu mish tanh sigmoid softplus softsign hardsigmoid hardswish hardtanh
logsigmoid softmax log_softmax softmin softshrink hardshrink tanhshrink threshold rrelu gumbel_softmax erf sin cos
"""
"""Functions that are an activation of the notation."""

CALLED = {"special_expit": "sigmoid"}


FOLDED = """
contiguous clone detach to float double half bfloat16 type type_as cpu cuda requires_grad alias data long int
bool pin_memory
pow square sqrt rsqrt exp expm1 log log1p log2 abs absolute neg negative positive sign reciprocal clamp clip clamp_min
clamp_max round floor ceil trunc frac nan_to_num masked_fill normalize real cumsum flip roll tril triu floor_divide
remainder fmod bernoulli uniform normal lerp addcmul addcdiv deg2rad logit erfinv
"""
"""Operations that change neither a count nor a size of what they are done on."""


def activation(call: Call) -> Value:
    """Return an activation function; of the scores of attention it is a part of the attention."""
    value = call.first
    if isinstance(value.base, Scores | Statistic) or not has_batch(value.dims):
        return value
    limits = call.bound("input min_val max_val")
    is_relu6 = call.name == "hardtanh" and (limits.get("min_val"), limits.get("max_val")) == (0, 6)
    function = "relu6" if is_relu6 else CALLED.get(call.name, call.name)
    base = call.writing.layer(
        "activation", [value], value.base.extents, name=call.writing.called(function), function=function
    )
    base.form = value.base.form
    return value.of(base)


def folded(call: Call) -> Value:
    """Return a tensor with other numbers, which are as many."""
    values = call.known(call.args[:1]) if call.name in ("to", "type_as") else call.known()
    found = next((value for value in values if value.shape == call.shape), None)
    if found is None:
        raise call.writing.refuse(f"{call.name} gives the shape {call.shape} of {values[0].shape}")
    others = [value for value in values if value is not found and not is_alike(value, found)]
    if others:
        return reduce(lambda one, other: combined(call, "add", [one, other]), others, found)
    return replace(found, changed=True)


def where(call: Call) -> Any:
    """Return one tensor where a condition holds and another elsewhere."""
    values = [value for value in map(call.value, call.args[1:]) if value]
    values = values or call.known()
    return alone(call, values[0]) if len(values) == 1 else combined(call, "add", values[:2])


def refused_in_place(call: Call) -> Any:
    """Refuse what writes into a part of a tensor."""
    what = "it writes into a part of a tensor"
    raise call.writing.refuse(what, cure="Put the parts together by torch.cat or torch.stack")


REDUCTIONS = "mean sum amax amin max min var std norm vector_norm linalg_vector_norm logsumexp"
"""Operations that leave one number of many."""

WRITES = "setitem copy index_put index_copy index_add scatter scatter_add"
"""Operations that write into a part of a tensor."""

CONDITIONS = "gt lt ge le eq ne greater less isnan isinf isfinite logical_and logical_or logical_not and or xor any all"
"""Operations that give truth values."""


PLACES = "argmax argmin argsort"
"""Operations that say where a number stands."""


def compared(_: Call) -> None:
    """Return nothing: a condition, or a place, is as good as a constant, as long as nobody asks for it."""


OPERATIONS: dict[str, Callable[[Call], Any]] = {
    **dict.fromkeys(FOLDED.split(), folded),
    **MOVES,
    **CUTS,
    **JOINS,
    **LAYERS,
    **SEQUENCES,
    **PRODUCTS,
    **dict.fromkeys(FUNCTIONS.split(), activation),
    **dict.fromkeys(KINDS, binary),
    **dict.fromkeys(REDUCTIONS.split(), reduced),
    **dict.fromkeys(WRITES.split(), refused_in_place),
    **dict.fromkeys((*CONDITIONS.split(), *PLACES.split()), compared),
    **dict.fromkeys(("cosine_similarity", "pairwise_distance"), similarity),
    "where": where,
    "weight_norm": weight_norm,
}
"""How each operation is taken."""

"""Attention, and the two layers of a transformer that are built from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from layerquiz.formula.expr import Formula, total
from layerquiz.network.conventions import Conventions
from layerquiz.network.costs import cached
from layerquiz.network.layers.base import (
    REMAINDER,
    Before,
    Formulas,
    Keys,
    Kind,
    Limit,
    NotNegative,
    Own,
    Positive,
    RefusedKeyError,
)


class AttentionKeys(Keys):
    """Keys of attention; from: [query, memory] or [query, key, value] attends to another sequence.

    key_value_bias: one learned key and value stand behind those of the memory, as one more token of it.
    window: how many tokens stand in one window; each token attends to those of its own window alone.
    position_bias: the learned numbers of each head, one for each distance, which are added to its scores.
    lora: the rank of a low-rank adapter beside the adapted projections; the projections themselves are frozen.
    """

    heads: Positive
    kv_heads: Positive | None = None
    embedding: Positive | None = Field(default=None, alias="features")
    head_features: Positive | None = None
    value_features: Positive | None = None
    key_input: Positive | None = None
    value_input: Positive | None = None
    bias: bool = True
    key_value_bias: bool = False
    window: Positive | None = None
    position_bias: NotNegative = 0
    lora: NotNegative = 0
    adapted: Literal["query-value", "all"] = "query-value"


class TransformerKeys(Keys):
    """Keys of a transformer's layer: attention, then two dense layers, each with a normalisation."""

    heads: Positive
    feedforward: Positive
    bias: bool = True
    activation: str | None = None


def attention(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """weights = 4 E E; biases = 4 E; macs = 4 T E E + 2 T T E. Source: Vaswani et al., arXiv:1706.03762, section 3.2.

    In windows of w tokens: macs = 4 T E E + 2 T w E. Source: Liu et al., arXiv:2103.14030, equation 2.
    With heads of another size: weights = h K E_q + g K E_k + g V E_v + h V E, for h query heads and g key heads.
    """
    source = before[0]
    listed = len(before) > 1 or own.key_value_bias or own.position_bias != 0
    if listed or any(own.marks[name] is not None for name in OF_OTHER_SIZES):
        return _of_other_sizes(own, before, conventions)
    width, tokens = source.features, source.tokens
    attended = _attended(own, tokens)
    formulas: Formulas = {
        "tokens": tokens,
        "features": width,
        "head_features": width / own.heads,
        "weights": 4 * width * width,
        "macs": 4 * tokens * width * width + 2 * tokens * attended * width,
        "products": 2 * tokens * attended * width,
        **cached(2 * tokens * width, own.batched is True, conventions),
        f"{REMAINDER}heads.input features": width % own.heads,
        **_windows(own, tokens),
    }
    if own.bias:
        formulas["biases"] = 4 * width
    if own.lora != 0:
        formulas |= adapted(own, formulas, dict.fromkeys(PROJECTIONS, (tokens, width, width)))
    return formulas


PROJECTIONS = ("query", "key", "value", "output")


def _attended(own: Own, memory: Formula) -> Formula:
    """Return how many tokens each token attends to: those of its window, or all, and a learned one behind them."""
    seen: Formula = memory if own.marks["window"] is None else own.window
    return seen + 1 if own.key_value_bias else seen


def _windows(own: Own, tokens: Formula) -> Formulas:
    """Return that the windows fill the sequence."""
    return {} if own.marks["window"] is None else {f"{REMAINDER}window.tokens": tokens % own.window}


def adapted(own: Own, formulas: Formulas, projections: Mapping[str, tuple[Formula, Formula, Formula]]) -> Formulas:
    """adapter = r (inputs + outputs) of each adapted projection, applied at its tokens. Source: Hu, arXiv:2106.09685.

    Backward: a product for each input of the frozen part, and another one for each weight of the adapter.
    """
    chosen = PROJECTIONS if own.adapted == "all" else ("query", "value")
    sizes = [projections[name] for name in chosen]
    work = total([tokens * own.lora * (inputs + outputs) for tokens, inputs, outputs in sizes])
    return {
        "adapter": total([own.lora * (inputs + outputs) for _, inputs, outputs in sizes]),
        "macs": formulas["macs"] + work,
        **({"backward_flops": own.flops + 2 * work + 2 * formulas["products"]} if own.trainable else {}),
    }


OF_OTHER_SIZES = ("kv_heads", "embedding", "head_features", "value_features", "key_input", "value_input")


def _of_other_sizes(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """weights = h K E_q + g K E_k + g V E_v + h V E; biases = h K + g K + g V + E.

    macs = T h K E_q + M g K E_k + M g V E_v + T h V E + T M h K + T M h V, for a memory of M tokens. A key-value bias
    adds g K + g V biases, and one token to the memory that is attended to; N position biases add h N weights.
    """
    query, keys, values = before[0], before[1 if len(before) > 1 else 0], before[-1]
    if own.marks["window"] is not None and len(before) > 1:
        what = "its tokens attend to those of another sequence"
        raise RefusedKeyError("window", what, "Leave it away, or leave from away", "window")
    sizes, formulas = _sizes(own, query, keys, values)
    heads, groups, key, value = own.heads, sizes["kv_heads"], own["head_features"], sizes["value_features"]
    tokens, memory, width = query.tokens, keys.tokens, sizes["embedding"]
    attended = _attended(own, memory)
    projections = {
        "query": (tokens, [heads, key, query.features]),
        "key": (memory, [groups, key, sizes["key_input"]]),
        "value": (memory, [groups, value, sizes["value_input"]]),
        "output": (tokens, [heads, value, width]),
    }
    weights = [first * second * third for _, (first, second, third) in projections.values()]
    steps = [count * made for (count, _), made in zip(projections.values(), weights, strict=True)]
    if own.position_bias != 0:
        weights.append(heads * own.position_bias)
    formulas |= {
        "tokens": tokens,
        "features": width,
        "weights": total(weights),
        "macs": total([*steps, tokens * attended * heads * key, tokens * attended * heads * value]),
        "products": tokens * attended * heads * key + tokens * attended * heads * value,
        **cached(memory * groups * key + memory * groups * value, own.batched is True, conventions),
        **_windows(own, tokens),
    }
    biases = [heads * key, groups * key, groups * value, width] if own.bias else []
    if own.key_value_bias:
        biases += [groups * key, groups * value]
    if biases:
        formulas["biases"] = total(biases)
    if own.lora != 0:
        sizes = {
            "query": (tokens, query.features, heads * key),
            "key": (memory, sizes["key_input"], groups * key),
            "value": (memory, sizes["value_input"], groups * value),
            "output": (tokens, heads * value, width),
        }
        formulas |= adapted(own, formulas, sizes)
    return formulas


def _sizes(own: Own, query: Before, keys: Before, values: Before) -> tuple[dict[str, Any], Formulas]:
    """Return the sizes that are given or follow from others, and the formulas that define or check them."""
    given = {name: own.marks[name] is not None for name in OF_OTHER_SIZES}
    followers = {"kv_heads": own.heads, "embedding": query.features, "value_features": own["head_features"]}
    followers |= {"key_input": keys.features, "value_input": values.features}
    sizes = {name: own[name] if given[name] else other for name, other in followers.items()}
    formulas: Formulas = {}
    if not given["head_features"]:
        formulas["head_features"] = sizes["embedding"] / own.heads
        which = "features" if given["embedding"] else "input features"
        formulas[f"{REMAINDER}heads.{which}"] = sizes["embedding"] % own.heads
    if given["kv_heads"]:
        formulas[f"{REMAINDER}kv_heads"] = own.heads % own.kv_heads
    for name, source in (("key_input", keys), ("value_input", values)):
        if given[name] and source is not query:
            formulas[f"{REMAINDER}{name}.features"] = own[name] - source.features
    if values is not keys:
        formulas[f"{REMAINDER}from.tokens"] = values.tokens - keys.tokens
    return sizes, formulas


def encoder_layer(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """weights = 4 E E + 2 E F + 2 E; biases = 4 E + F + E + 2 E; macs = 4 T E E + 2 T T E + 2 T E F.

    Attention, two dense layers, two normalisations. Source: PyTorch's TransformerEncoderLayer.
    """
    (source,) = before
    width, inner, tokens = source.features, own.feedforward, source.tokens
    formulas: Formulas = {
        "tokens": tokens,
        "features": width,
        "weights": 4 * width * width + 2 * width * inner + 2 * width,
        "macs": 4 * tokens * width * width + 2 * tokens * tokens * width + 2 * tokens * width * inner,
        "products": 2 * tokens * tokens * width,
        f"{REMAINDER}heads.input features": width % own.heads,
    }
    if own.bias:
        formulas["biases"] = 4 * width + inner + width + 2 * width
    return formulas


def decoder_layer(own: Own, before: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """weights = 8 E E + 2 E F + 3 E; biases = 8 E + F + E + 3 E. Source: PyTorch's TransformerDecoderLayer.

    macs = 6 T E E + 2 M E E + 2 T T E + 2 T M E + 2 T E F: queries and outputs of both attentions and the keys and
    values of the first at T tokens, the keys and values of the second at the memory's M.
    """
    target, memory = before[0], before[-1]
    width, inner, tokens = target.features, own.feedforward, target.tokens
    projected = 6 * tokens * width * width + 2 * memory.tokens * width * width
    attended = 2 * tokens * tokens * width + 2 * tokens * memory.tokens * width
    formulas: Formulas = {
        "tokens": tokens,
        "features": width,
        "weights": 8 * width * width + 2 * width * inner + 3 * width,
        "macs": projected + attended + 2 * tokens * width * inner,
        "products": attended,
        **cached(2 * tokens * width + 2 * memory.tokens * width, own.batched is True, conventions),
        f"{REMAINDER}heads.input features": width % own.heads,
    }
    if memory is not target:
        formulas[f"{REMAINDER}from.features"] = memory.features - width
    if own.bias:
        formulas["biases"] = 8 * width + inner + width + 3 * width
    return formulas


SEQUENCE = ("tokens", "features")
HEADS: dict[str, Limit] = {
    "heads.input features": Limit(
        "{heads} heads do not divide {in_features} features", "Use a divisor of {in_features}", "heads"
    ),
    "heads.features": Limit(
        "{heads} heads do not divide {embedding} features", "Use a divisor of {embedding}", "heads"
    ),
    "kv_heads": Limit("{kv_heads} key heads do not divide {heads} heads", "Use a divisor of {heads}", "heads"),
    "window": Limit(
        "windows of {window} tokens do not divide {in_tokens} tokens", "Use a divisor of {in_tokens}", "window"
    ),
    "key_input": Limit("found {key_input}, but its inputs have {inputs}", "Leave it away", "shapes-do-not-meet"),
    "value_input": Limit("found {value_input}, but its inputs have {inputs}", "Leave it away", "shapes-do-not-meet"),
}

KINDS = (
    Kind(
        "attention",
        AttentionKeys,
        attention,
        accepts=SEQUENCE,
        inputs=(1, 3),
        limits=HEADS,
        plain={"lora": 0, "position_bias": 0},
    ),
    Kind("encoderlayer", TransformerKeys, encoder_layer, accepts=SEQUENCE, limits=HEADS),
    Kind("decoderlayer", TransformerKeys, decoder_layer, accepts=SEQUENCE, inputs=(1, 2), limits=HEADS),
)

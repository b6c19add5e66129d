"""Products of what is computed, not of weights: of two inputs, and of queries with keys as scores."""

from __future__ import annotations

from typing import Literal

from layerquiz.formula.expr import Formula, Integer, total
from layerquiz.network.conventions import Conventions
from layerquiz.network.layers.base import REMAINDER, Before, Formulas, Keys, Kind, Limit, Own


class DotKeys(Keys):
    """Keys of a dot product: the axis that is summed over."""

    axis: Literal["tokens", "features"] = "features"


class DotAttentionKeys(Keys):
    """Keys of attention by dot products alone; scale: they are multiplied with one learned number."""

    scale: bool = False


class AdditiveAttentionKeys(Keys):
    """Keys of attention by sums; scale: each feature has a learned weight in the score."""

    scale: bool = True


BOTH: Formulas = {"backward_flops": 2 * Own({})["flops"]}
"""What is multiplied is computed on either side: each product has a gradient for both."""


def dot(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """F_out = 1, macs = F; of sequences T_out = T_1, F_out = T_2, macs = T_1 T_2 F. Source: Keras' Dot."""
    first, second = before
    summed = own.axis
    formulas: Formulas = {f"{REMAINDER}from.{summed}": second[summed] - first[summed]}
    if first.form.sizes == ("features",):
        return {**formulas, **BOTH, "features": Integer(1), "macs": first.features}
    other = "tokens" if summed == "features" else "features"
    macs = first[other] * second[other] * first[summed]
    return {**formulas, **BOTH, "tokens": first[other], "features": second[other], "macs": macs}


def dot_attention(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """weights = 0, or 1 with a learned scale; macs = T M E + T M E_v. Source: Luong et al., arXiv:1508.04025.

    As Keras' Attention: from is [query, value] or [query, key, value]; nothing is projected.
    """
    scores = before[0].tokens * _keys(before).tokens * before[0].features
    return _attended(before, [scores], Integer(1) if own.scale else Integer(0)) | BOTH


def additive_attention(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """weights = E, or 0 without a scale; macs = T M E + T M E_v. Source: Bahdanau et al., arXiv:1409.0473.

    As Keras' AdditiveAttention: from is [query, value] or [query, key, value]; nothing is projected.
    """
    scores = before[0].tokens * _keys(before).tokens * before[0].features
    if not own.scale:
        return _attended(before, [], Integer(0)) | BOTH
    return _attended(before, [scores], before[0].features)


def _keys(before: tuple[Before, ...]) -> Before:
    return before[1 if len(before) > 1 else 0]


def _attended(before: tuple[Before, ...], scores: list[Formula], weights: Formula) -> Formulas:
    """Return what each query gets: a mean of the values, weighted by its scores."""
    query, keys, values = before[0], _keys(before), before[-1]
    formulas: Formulas = {
        "tokens": query.tokens,
        "features": values.features,
        "weights": weights,
        "macs": total([*scores, query.tokens * keys.tokens * values.features]),
    }
    if keys is not query:
        formulas[f"{REMAINDER}from.features"] = keys.features - query.features
    if values is not keys:
        formulas[f"{REMAINDER}from.tokens"] = values.tokens - keys.tokens
    return formulas


KEYS_DIFFER = Limit("queries and keys differ in {axis}: {inputs}", "Put a dense layer in front", "shapes-do-not-meet")
SEQUENCE = ("tokens", "features")

KINDS = (
    Kind("dot", DotKeys, dot, accepts=("features",), inputs=(2, 2)),
    Kind(
        "dotattention",
        DotAttentionKeys,
        dot_attention,
        accepts=SEQUENCE,
        inputs=(1, 3),
        limits={"from.features": KEYS_DIFFER},
    ),
    Kind(
        "additiveattention",
        AdditiveAttentionKeys,
        additive_attention,
        accepts=SEQUENCE,
        inputs=(1, 3),
        limits={"from.features": KEYS_DIFFER},
    ),
)

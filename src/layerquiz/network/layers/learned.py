"""Learned tensors without a sum over inputs: tables, slopes, and parameters that stand alone."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from layerquiz.formula.expr import Integer, product, total
from layerquiz.network.conventions import Conventions
from layerquiz.network.layers.base import (
    REMAINDER,
    SLACK,
    Before,
    Formulas,
    Keys,
    Kind,
    Limit,
    Own,
    Positive,
    kept,
    traced,
)
from layerquiz.network.layers.convolution import tensor
from layerquiz.network.layers.dense import positions
from layerquiz.network.layers.norm import channels, depth
from layerquiz.network.layers.reshaping import written_sizes


class EmbeddingKeys(Keys):
    """Keys of an embedding: a row of features for each word."""

    vocabulary: Positive
    embedding: Positive = Field(alias="features")


class SlopeKeys(Keys):
    """Keys of a parametric ReLU: one slope for all, one per channel, or one per element."""

    slopes: Positive | Literal["channels", "elements"] = Field(default=1, alias="parameters")


class ScaleKeys(Keys):
    """Keys of a learned scale: one for all, one per channel, or one per element; center: a learned shift too."""

    scales: Literal[1, "channels", "elements"] = Field(default="channels", alias="parameters")
    center: bool = False


class PositionKeys(Keys):
    """Keys of learned positions; as many as there are tokens unless more are given."""

    positions: Positive | None = None


class ClusteredKeys(Keys):
    """Keys of an adaptive softmax: the classes, and where a rarer cluster of them begins, each with fewer features.

    division: by what the features are divided for the first cluster, and again for each further one.
    """

    units: Positive
    cutoffs: Annotated[list[Positive], Field(min_length=1, max_length=100)]
    division: Positive = 4
    bias: bool = False


class ParameterKeys(Keys):
    """Keys of a learned tensor."""

    shape: Annotated[list[Positive], Field(min_length=1, max_length=4)]


def embedding(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """weights = V E, whatever the number of tokens; a row is looked up, so macs = 0."""
    (source,) = before
    return {
        "tokens": source.tokens,
        "features": own.embedding,
        "weights": own.vocabulary * own.embedding,
        **tensor("weight_shape", [own.vocabulary, own.embedding]),
    }


def embedding_bag(own: Own, _: tuple[Before, ...], __: Conventions) -> Formulas:
    """weights = V E; F_out = E: the rows of all tokens are added, or their mean. Source: PyTorch's EmbeddingBag."""
    shape = tensor("weight_shape", [own.vocabulary, own.embedding])
    return {"features": own.embedding, "weights": own.vocabulary * own.embedding, **shape}


def position_embedding(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """weights = N F, a vector for each position, added to its token. Source: Devlin et al., arXiv:1810.04805."""
    (source,) = before
    positions = source.tokens if own.positions is None else own.positions
    formulas = {
        **kept(source),
        "weights": positions * source.features,
        **tensor("weight_shape", [positions, source.features]),
    }
    return formulas if own.positions is None else formulas | {f"{SLACK}positions": positions - source.tokens}


def scale(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """weights = the number of scales: C, 1, or H W C; biases alike. Source: Touvron et al., arXiv:2103.17239."""
    (source,) = before
    each = {1: Integer(1), "channels": channels(source), "elements": source.elements}[own.scales]
    return {**kept(source), **traced(source), "weights": each, **({"biases": each} if own.center else {})}


def adaptive_softmax(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """weights = F (c_1 + k) + the sum of h_i (F + n_i), h_i = floor(F / d^i); biases = c_1 + k; macs = weights T.

    c_1 frequent classes, then k clusters of n_i classes. Source: Grave et al., arXiv:1609.04309, as PyTorch's
    AdaptiveLogSoftmaxWithLoss.
    """
    (source,) = before
    ends = [*(own[f"entry.{place}"] for place in range(1, len(own.cutoffs) + 1)), own.units]
    head = ends[0] + len(own.cutoffs)
    formulas: Formulas = {**kept(source, "features"), "features": own.units}
    weights = [source.features * head]
    for number, (start, end) in enumerate(pairwise(ends), 1):
        inner = own[f"inner.{number}"]
        formulas[inner.name] = source.features // own.division**number
        formulas[f"{SLACK}cutoffs.{number}"] = end - start - 1
        formulas[f"{SLACK}division.{number}"] = inner - 1
        weights.append(inner * (source.features + (end - start)))
    formulas |= {"weights": total(weights), "macs": product([own.weights, *positions(own, source, "features")])}
    return formulas | ({"biases": head} if own.bias else {})


def parametric_relu(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """weights = the number of slopes: 1, C, or H W C. Source: He et al., arXiv:1502.01852, section 2.1."""
    (source,) = before
    formulas: Formulas = {**kept(source), **traced(source)}
    if own.slopes == "elements":
        return formulas | {"weights": source.elements}
    if own.slopes == "channels":
        return formulas | {"weights": channels(source)}
    misfit = (own.slopes - 1) * (own.slopes - channels(source))
    return formulas | {"weights": own.slopes, f"{REMAINDER}parameters.{depth(source)}": misfit}


def parameter(own: Own, _: tuple[Before, ...], conventions: Conventions) -> Formulas:
    """weights = the product of its sizes."""
    sizes = written_sizes(own, conventions)
    return {**sizes, "weights": product(sizes.values()), **tensor("weight_shape", sizes.values())}


SLOPES = Limit(
    "found {written}, and its input has {in_axis} {axis}", 'Allowed: 1, {in_axis}, "channels" or "elements"', "slopes"
)

POSITIONS = Limit(
    "{positions} positions are fewer than its input's {in_tokens} tokens", "Use at least {in_tokens}", "positions"
)
CLUSTERS = {
    "cutoffs": Limit(
        "the cutoffs {written} do not rise, or do not stay below the {units} units", "Use rising numbers", "cutoffs"
    ),
    "division": Limit(
        "a division by {division} for each cluster leaves no features for cluster {axis}",
        "Use a smaller division, or fewer cutoffs",
        "division",
    ),
}

KINDS = (
    Kind("embedding", EmbeddingKeys, embedding, accepts=("tokens",)),
    Kind("embeddingbag", EmbeddingKeys, embedding_bag, accepts=("tokens",)),
    Kind(
        "positionembedding",
        PositionKeys,
        position_embedding,
        accepts=("tokens", "features"),
        limits={"positions": POSITIONS},
    ),
    Kind("adaptivesoftmax", ClusteredKeys, adaptive_softmax, accepts=("features",), limits=CLUSTERS),
    Kind("scale", ScaleKeys, scale, words=("scales",)),
    Kind("prelu", SlopeKeys, parametric_relu, limits={"parameters": SLOPES}),
    Kind("parameter", ParameterKeys, parameter, inputs=(0, 0)),
)

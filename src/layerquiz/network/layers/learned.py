"""Learned tensors without a sum over inputs: tables, slopes, and parameters that stand alone."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from layerquiz.formula.expr import product
from layerquiz.network.conventions import Conventions
from layerquiz.network.layers.base import REMAINDER, Before, Formulas, Keys, Kind, Limit, Own, Positive, kept, traced
from layerquiz.network.layers.convolution import tensor
from layerquiz.network.layers.norm import channels, depth
from layerquiz.network.layers.reshaping import written_sizes


class EmbeddingKeys(Keys):
    """Keys of an embedding: a row of features for each word."""

    vocabulary: Positive
    embedding: Positive = Field(alias="features")


class SlopeKeys(Keys):
    """Keys of a parametric ReLU: one slope for all, one per channel, or one per element."""

    slopes: Positive | Literal["channels", "elements"] = Field(default=1, alias="parameters")


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

KINDS = (
    Kind("embedding", EmbeddingKeys, embedding, accepts=("tokens",)),
    Kind("prelu", SlopeKeys, parametric_relu, limits={"parameters": SLOPES}),
    Kind("parameter", ParameterKeys, parameter, inputs=(0, 0)),
)

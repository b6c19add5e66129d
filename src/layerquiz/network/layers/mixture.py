"""Mixtures of experts: a router sends each token to some of many dense networks."""

from __future__ import annotations

from layerquiz.formula.expr import Formula, total
from layerquiz.network.conventions import Conventions
from layerquiz.network.layers.base import SLACK, Before, Formulas, Keys, Kind, Limit, Own, Positive


class MixtureKeys(Keys):
    """Keys of a mixture of experts: how many there are, and how many each token meets.

    gated: an expert has a third matrix, which gates its hidden units. bias: of the experts; the router has none.
    """

    experts: Positive
    active: Positive
    feedforward: Positive
    gated: bool = False
    bias: bool = True


def mixture(own: Own, before: tuple[Before, ...], _: Conventions) -> Formulas:
    """weights = E N + N 2 E F; biases = N (F + E); active parameters = E N + k (2 E F + F + E).

    macs = T E N + T k 2 E F. Source: Shazeer et al., arXiv:1701.06538; gated with 3 E F as in arXiv:2401.04088.
    """
    (source,) = before
    width, inner, tokens = source.features, own.feedforward, source.tokens
    matrices = 3 if own.gated else 2
    expert = matrices * width * inner
    biases: Formula = (2 * inner if own.gated else inner) + width
    router = width * own.experts
    formulas: Formulas = {
        "tokens": tokens,
        "features": width,
        "weights": router + own.experts * matrices * width * inner,
        "macs": tokens * width * own.experts + tokens * own.active * matrices * width * inner,
        "active_parameters": router + own.active * (total([expert, biases]) if own.bias else expert),
        f"{SLACK}active": own.experts - own.active,
    }
    if own.bias:
        formulas["biases"] = own.experts * biases
    return formulas


ACTIVE = Limit("{active} of {experts} experts cannot be active", "Use at most {experts}", "experts")

KINDS = (Kind("mixture", MixtureKeys, mixture, accepts=("tokens", "features"), limits={"active": ACTIVE}),)

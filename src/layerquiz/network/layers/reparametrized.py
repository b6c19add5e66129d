"""Weights that are kept as a length and a direction, or divided by their largest singular value."""

from __future__ import annotations

from layerquiz.formula.expr import Formula
from layerquiz.network.conventions import Conventions
from layerquiz.network.layers.base import Formulas, Keys, Own


class ReparametrizedKeys(Keys):
    """Keys of a layer whose weights may be normalised: each filter's length learned apart, or by spectral norm."""

    weight_norm: bool = False
    spectral_norm: bool = False


def reparametrized(own: Own, weights: Formula, outputs: Formula, conventions: Conventions) -> Formulas:
    """weights + C_out with weight norm; C_out stored numbers with spectral norm.

    Sources: Salimans and Kingma, arXiv:1602.07868; Miyato et al., arXiv:1802.05957, as Keras' SpectralNormalization.
    """
    formulas: Formulas = {"weights": weights + outputs if own.weight_norm else weights}
    if own.spectral_norm and conventions.stored_statistics:
        formulas["statistics"] = outputs
    return formulas

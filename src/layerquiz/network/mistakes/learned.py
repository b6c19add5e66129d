"""Mistakes in tables and other learned tensors: left out, counted twice, or of another size."""

from __future__ import annotations

from collections.abc import Sequence

from layerquiz.formula.expr import Integer
from layerquiz.network.layers.base import Formulas
from layerquiz.network.mistakes.base import Mistake, View, learned_too


def tied_weights_double_counted(view: View) -> Sequence[Formulas]:
    """weights = 2 V E: the table once for the words, and once more for the output matrix that is the same.

    At the output matrix itself, which has none of its own: weights = V E.
    """
    if view.is_kind("embedding") and view.has("weights"):
        return [{"weights": 2 * view.formulas["weights"]}]
    lender = view.origin.before[-1] if view.origin.before else None
    if lender and view.own.marks.get("tied") is True:
        return [{}, learned_too(view, {"weights": lender.vocabulary * lender.embedding})]
    if lender and "shares" in view.own.marks:
        return [{}, learned_too(view, {name: lender[name] for name in ("weights", "biases")})]
    return ()


def embeddings_left_out(view: View) -> Sequence[Formulas]:
    """weights = 0 for the tables."""
    return [{"weights": Integer(0)}] if view.is_kind("embedding", "parameter", "positionembedding") else ()


def embedding_sequence_length(view: View) -> Sequence[Formulas]:
    """weights = T E: a row for each token of the sentence."""
    if not view.is_kind("embedding"):
        return ()
    return [{"weights": view.source.tokens * view.own["embedding"]}]


OF_THEIR_OWN = ("parameter", "prelu", "scale", "einsumdense", "positionembedding", "additiveattention", "dotattention")


def custom_parameter_missed(view: View) -> Sequence[Formulas]:
    """weights = 0 for what is learned outside of the usual layers."""
    return [{"weights": Integer(0)}] if view.has("weights") and view.is_kind(*OF_THEIR_OWN) else ()


def reused_layer_counted_once(view: View) -> Sequence[Formulas]:
    """activations = 0 at a further call of a layer."""
    return [{"activations": Integer(0)}] if "shares" in view.own.marks else ()


MISTAKES = (
    Mistake(
        "tied-weights-double-counted",
        "Is this matrix a new one, or an earlier one (such as the embedding's table) used again?",
        tied_weights_double_counted,
    ),
    Mistake(
        "embeddings-left-out",
        "You counted the blocks: what about the tables of tokens and positions?",
        embeddings_left_out,
    ),
    Mistake(
        "embedding-sequence-length",
        "There is one row for each word of the vocabulary: did you use the length of the sentence?",
        embedding_sequence_length,
    ),
    Mistake(
        "custom-parameter-missed",
        "Is something learned outside of the layers that you counted: a tensor of its own, or a slope?",
        custom_parameter_missed,
    ),
    Mistake(
        "reused-layer-counted-once",
        "The layer is used more than once: does each use have a result of its own that is kept?",
        reused_layer_counted_once,
    ),
)

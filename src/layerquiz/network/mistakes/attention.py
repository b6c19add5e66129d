"""Mistakes in attention, alone and inside the layers of a transformer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from layerquiz.formula.expr import Formula, Integer, Product, Sum, substitute, total, transform
from layerquiz.network.layers.base import Formulas
from layerquiz.network.mistakes.base import Mistake, View, without_factor

COUNTED = ("weights", "biases", "macs")
PROJECTIONS = {
    "attention": {4: 3},
    "encoderlayer": {4: 3},
    "decoderlayer": {8: 6, 6: 4},
}
"""How many projections of the whole width a rule counts, and how many without those of the joined heads.

A decoder's layer has two attentions: eight matrices, of which six work on the target's tokens.
"""


def is_attention(view: View) -> bool:
    """Say whether the layer attends to a sequence."""
    return view.origin.kind.name in PROJECTIONS


def of_other_sizes(view: View) -> bool:
    """Say whether the attention's projections are counted one by one, as their sizes differ."""
    return view.is_kind("attention") and isinstance(view.formulas["weights"], Sum)


def heads_multiply_projections(view: View) -> Sequence[Formulas]:
    """Every head with projections of the whole width: h times as much."""
    if not is_attention(view):
        return ()
    heads, names = view.own["heads"], [name for name in ("weights", "biases") if view.has(name)]
    if view.is_kind("attention"):
        every: Formulas = {name: heads * view.formulas[name] for name in names}
        return [every, *_heads_without_output(view)]
    most = Integer(max(PROJECTIONS[view.origin.kind.name]))
    return [{name: substitute(view.formulas[name], {most: heads * most}) for name in names}]


def _heads_without_output(view: View) -> Sequence[Formulas]:
    """Return h 3 E E without biases, and h 3 E E + E E, with biases alike: the joined heads have one matrix at most."""
    if of_other_sizes(view) or not view.has("weights"):
        return ()
    heads, width = view.own["heads"], view.source.features
    three = heads * 3 * width * width
    joined: Formulas = {"weights": three + width * width}
    if not view.has("biases"):
        return [{"weights": three}, joined]
    return [{"weights": three, "biases": Integer(0)}, {**joined, "biases": heads * 3 * width + width}]


def output_projection_forgotten(view: View) -> Sequence[Formulas]:
    """weights = 3 E E, biases = 3 E; of a decoder's layer 6 E E and 6 E."""
    if not is_attention(view):
        return ()
    if of_other_sizes(view):
        return [{name: _without_term(view.formulas[name], slice(3, 4)) for name in COUNTED if view.has(name)}]
    less: Mapping[int, int] = PROJECTIONS[view.origin.kind.name]
    fewer: dict[Formula, Formula] = {Integer(before): Integer(after) for before, after in less.items()}
    return [{name: substitute(view.formulas[name], fewer) for name in COUNTED}]


def attention_scores_left_out(view: View) -> Sequence[Formulas]:
    """macs = 4 T E E: the projections alone, without the products of tokens with tokens."""
    if not is_attention(view) or not isinstance(view.formulas["macs"], Sum):
        return ()
    scores = {"encoderlayer": slice(1, 2), "decoderlayer": slice(2, 4)}
    mine = slice(4, 6) if of_other_sizes(view) else scores.get(view.origin.kind.name, slice(1, 2))
    terms = view.formulas["macs"].terms
    half = total([*terms[: mine.start], *(term / 2 for term in terms[mine]), *terms[mine.stop :]])
    return [{"macs": _without_term(view.formulas["macs"], mine)}, *([{"macs": half}] if len(terms[mine]) == 1 else [])]


def _without_term(formula: Formula, place: slice) -> Formula:
    """Return a sum without the terms at some places."""
    terms = list(formula.children())
    del terms[place]
    return total(terms)


def keras_key_dim_per_head(view: View) -> Sequence[Formulas]:
    """The size of one head taken for that of all: E K in place of E h K."""
    if not view.is_kind("attention") or view.own.marks["head_features"] is None:
        return ()
    heads = (view.own["heads"], view.own["kv_heads"])

    def one(node: Formula) -> Formula:
        return without_factor(node, *heads) if isinstance(node, Product) else node

    return [{name: transform(view.formulas[name], one) for name in COUNTED}]


def windows_forgotten(view: View) -> Sequence[Formulas]:
    """macs = 4 T E E + 2 T T E: each token with all others, not with those of its window alone."""
    if not view.is_kind("attention") or view.own.marks["window"] is None:
        return ()
    return [{"macs": substitute(view.formulas["macs"], {view.own["window"]: view.source.tokens})}]


def position_biases_forgotten(view: View) -> Sequence[Formulas]:
    """weights without h N: those of the four projections alone; or one table of N numbers for all heads."""
    if not view.is_kind("attention") or view.own.position_bias == 0:
        return ()
    *projections, table = view.formulas["weights"].children()
    return [
        {"weights": total(projections)},
        {"weights": total([*projections, without_factor(table, view.own["heads"])])},
    ]


MISTAKES = (
    Mistake(
        "heads-multiply-projections",
        "The heads share the width: what do all heads cost together?",
        heads_multiply_projections,
        applies=lambda _, own: own.get("heads", 0) > 1,
    ),
    Mistake(
        "output-projection-forgotten",
        "After the heads are joined there is one more matrix: did you count it?",
        output_projection_forgotten,
    ),
    Mistake(
        "keras-key-dim-per-head",
        "Is the size of a key that of one head, as Keras' key_dim is, or that of all heads together?",
        keras_key_dim_per_head,
    ),
    Mistake(
        "attention-scores-left-out",
        "Did you count the projections only? Each token is also compared with each other one, and the values are "
        "added up with the results.",
        attention_scores_left_out,
    ),
    Mistake(
        "windows-forgotten",
        "With how many tokens is each token compared: with all of them, or with those of its window?",
        windows_forgotten,
    ),
    Mistake(
        "position-biases-forgotten",
        "Did you count the learned numbers that are added to the scores: one for each distance, in each head?",
        position_biases_forgotten,
    ),
)

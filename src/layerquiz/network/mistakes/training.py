"""Mistakes in what training stores and does, in caches, adapters and mixtures of experts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from layerquiz.formula.expr import Formula, Product, Reference, Sum, total, transform
from layerquiz.network.costs import BATCH
from layerquiz.network.layers.base import Formulas
from layerquiz.network.mistakes.base import Mistake, View, exchanged, without_factor

FOR_A_BATCH = ("batch_activation_bytes", "kv_cache_bytes", "moved_bytes")


def batch_missing(formulas: Mapping[str, Formula]) -> Sequence[Formulas]:
    """One example in place of B."""
    return [{name: transform(formulas[name], _of_one_example) for name in FOR_A_BATCH if name in formulas}]


def _of_one_example(node: Formula) -> Formula:
    return without_factor(node, BATCH) if isinstance(node, Product) else node


def state_forgotten(formulas: Mapping[str, Formula]) -> Sequence[Formulas]:
    """training bytes without those of the optimiser."""
    return _without(formulas, "training_bytes", "optimiser_bytes")


def gradients_forgotten(formulas: Mapping[str, Formula]) -> Sequence[Formulas]:
    """training bytes without those of the gradients."""
    return _without(formulas, "training_bytes", "gradient_bytes")


def backward_forgotten(formulas: Mapping[str, Formula]) -> Sequence[Formulas]:
    """training flops = flops."""
    return _without(formulas, "training_flops", "backward_flops")


def _without(formulas: Mapping[str, Formula], name: str, dropped: str) -> Sequence[Formulas]:
    """Return a sum without one of its terms."""
    formula = formulas.get(name)
    if not isinstance(formula, Sum):
        return ()
    kept = [term for term in formula.terms if not (isinstance(term, Reference) and term.name == dropped)]
    return [{name: total(kept)}] if len(kept) < len(formula.terms) else ()


def backward_as_forward(view: View) -> Sequence[Formulas]:
    """backward flops = flops, although inputs and weights have gradients of their own."""
    return [{"backward_flops": view.own["flops"]}] if view.has("backward_flops") else ()


def values_not_cached(view: View) -> Sequence[Formulas]:
    """The keys alone: half of 2 T E."""
    if not view.has("kv_cache_bytes"):
        return ()
    return [{"kv_cache_bytes": view.formulas["kv_cache_bytes"] / 2}]


def adapter_of_one_matrix(view: View) -> Sequence[Formulas]:
    """adapter = r F_in: one of its two matrices."""
    adapter = view.formulas.get("adapter")
    return [{"adapter": total(adapter.terms[:1])}] if isinstance(adapter, Sum) and view.is_kind("dense") else ()


def all_experts_active(view: View) -> Sequence[Formulas]:
    """macs and active parameters with all N experts."""
    if not view.is_kind("mixture"):
        return ()
    active, experts = view.own["active"], view.own["experts"]
    return [{name: exchanged(view.formulas[name], active, experts) for name in ("macs", "active_parameters")}]


def only_active_experts(view: View) -> Sequence[Formulas]:
    """weights and biases of the k active experts alone."""
    if not view.is_kind("mixture") or not view.has("weights"):
        return ()
    weights = view.formulas["weights"]
    *router, experts = weights.terms if isinstance(weights, Sum) else (weights,)
    less = exchanged(experts, view.own["experts"], view.own["active"])
    found = {"weights": total([*router, less])}
    if view.has("biases"):
        found["biases"] = exchanged(view.formulas["biases"], view.own["experts"], view.own["active"])
    return [found]


def router_left_out(view: View) -> Sequence[Formulas]:
    """weights, macs and active parameters without the router's E N."""
    if not view.is_kind("mixture"):
        return ()
    names = [name for name in ("weights", "macs", "active_parameters") if isinstance(view.formulas[name], Sum)]
    return [{name: total(view.formulas[name].children()[1:]) for name in names}]


MISTAKES = (
    Mistake(
        "batch-missing-on-activations",
        "Parameters are stored once, outputs once for each example: how many examples are in the batch?",
        lambda view: batch_missing(view.formulas),
        batch_missing,
    ),
    Mistake(
        "optimiser-state-forgotten",
        "What does the optimiser itself store for each parameter: did you count it?",
        lambda view: state_forgotten(view.formulas),
        state_forgotten,
    ),
    Mistake(
        "gradients-forgotten",
        "Before a step each trained parameter has a gradient: where is it stored?",
        lambda view: gradients_forgotten(view.formulas),
        gradients_forgotten,
    ),
    Mistake(
        "backward-left-out",
        "Your number is right for the forward pass: what do the gradients cost?",
        lambda view: backward_forgotten(view.formulas),
        backward_forgotten,
    ),
    Mistake(
        "backward-as-forward",
        "Did you count the gradients of the inputs and those of the weights, a product each?",
        backward_as_forward,
    ),
    Mistake(
        "values-not-cached",
        "Keys are cached, and what else does a later token need of an earlier one?",
        values_not_cached,
    ),
    Mistake(
        "adapter-of-one-matrix",
        "An adapter is a product of two matrices: did you count the one down and the one up?",
        adapter_of_one_matrix,
    ),
    Mistake(
        "all-experts-active",
        "How many experts does one token meet: did you count them all?",
        all_experts_active,
    ),
    Mistake(
        "only-active-experts",
        "All experts are stored, however many one token meets: did you count the active ones only?",
        only_active_experts,
    ),
    Mistake(
        "router-left-out",
        "What decides to which expert a token goes: did you count it?",
        router_left_out,
    ),
)

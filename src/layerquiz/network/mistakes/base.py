"""What a mistake is: a name, a hint, and the formulas of one layer, wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from layerquiz.formula.expr import Formula, Integer, Number, Product, Reference, Sum, product, total, transform
from layerquiz.formula.graph import Rules
from layerquiz.network.layers.base import Before, Form, Formulas, Origin, Own
from layerquiz.network.layers.dense import acted_on
from layerquiz.record import record


@dataclass(frozen=True, slots=True)
class View:
    """One layer as a rewrite sees it: its formulas (another mistake's, perhaps) and what they were built for."""

    formulas: Mapping[str, Formula]
    origin: Origin

    @property
    def own(self) -> Own:
        """Return the layer's own names, words and flags."""
        return self.origin.own

    @property
    def source(self) -> Before:
        """Return the (first) layer before."""
        return self.origin.before[0]

    @property
    def form(self) -> Form:
        """Return the sizes that the layer gives."""
        return self.origin.form

    @property
    def axes(self) -> tuple[str, ...]:
        """Return the spatial axes of the layer's keys, or of its input; of a layer without one, none."""
        return self.origin.kind.along or (self.source.form.axes if self.origin.before else ())

    def is_kind(self, *beginnings: str) -> bool:
        """Say whether the layer's kind is one of some families."""
        return self.origin.kind.name.startswith(beginnings)

    def has(self, name: str) -> bool:
        """Say whether a quantity is there and not plainly 0."""
        return self.formulas.get(name, Integer(0)) != Integer(0)

    @property
    def window(self) -> bool:
        """Say whether the layer slides a window over its input: a convolution, not a transposed one, or a pool."""
        keys = self.own.marks.keys()
        return {"kernel", "stride", "padding"} <= keys and keys.isdisjoint(("output_padding", "size")) and self.slides

    @property
    def slides(self) -> bool:
        """Say whether the layer gives a size for each axis that its keys are for."""
        return set(self.axes) <= set(self.form.sizes)

    @property
    def filters(self) -> bool:
        """Say whether the layer has filters with a kernel, and so weights for each input channel."""
        return {"kernel", "filters"} <= self.own.marks.keys() and self.has("weights") and self.slides

    @property
    def kernels(self) -> bool:
        """Say whether the layer has weights in kernels: a convolution of any sort, a depthwise one too."""
        return "kernel" in self.own.marks and self.has("weights") and self.slides

    @property
    def transposed(self) -> bool:
        """Say whether the layer is a transposed convolution."""
        return "output_padding" in self.own.marks

    @property
    def recurrent(self) -> bool:
        """Say whether the layer runs along its tokens with the same weights."""
        return self.origin.kind.name in ("rnn", "lstm", "gru")

    @property
    def pool(self) -> bool:
        """Say whether the layer is a pool with a window; a convolution that shares its weights is none."""
        return self.window and "ceil" in self.own.marks


@record
class Asked:
    """The one quantity that is asked for: its local name, its right value, and the bytes of one number."""

    name: str
    value: Number
    bytes_per_number: int


def always(_: Mapping[str, Number], __: Mapping[str, Number]) -> bool:
    """Apply to all numbers."""
    return True


Factors: TypeAlias = tuple[tuple[int, int], ...]
"""What an answer is multiplied by: a numerator and a denominator for each way."""


def no_factor(_: Asked) -> Factors:
    """Leave the answer as the rules give it."""
    return ()


Rewrite: TypeAlias = Callable[[View], Sequence[Formulas]]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A named wrong rule. `rewrite` gives the replaced formulas of one layer: one set for each way to make it.

    A way holds at every layer that has one of its number; an empty set keeps the numbers of others apart.
    sums: the same for the sums over the network.
    applies: looks at the numbers of the layer before and the layer's own, where a mistake is one only for some of them.
    asked: what the asked quantity is multiplied with, where not a rule but the answer itself is wrong.
    alone: it is not paired with other mistakes.
    """

    slug: str
    hint: str
    rewrite: Rewrite
    sums: Callable[[Mapping[str, Formula]], Sequence[Formulas]] = lambda _: ()
    applies: Callable[[Mapping[str, Number], Mapping[str, Number]], bool] = always
    asked: Callable[[Asked], Factors] = no_factor
    alone: bool = False

    @property
    def looks_at_numbers(self) -> bool:
        """Say whether it depends on the numbers, and not on the structure alone, what is wrong."""
        return self.applies is not always or self.asked is not no_factor


def nowhere(_: View) -> Sequence[Formulas]:
    """Rewrite nothing: for what is found by comparing values, not by another rule."""
    return ()


def without_factor(formula: Formula, *dropped: Formula) -> Formula:
    """Return a product without some of its factors, each left out once; a sum without them in each term."""
    if isinstance(formula, Sum):
        return total(without_factor(term, *dropped) for term in formula.terms)
    factors = list(formula.factors) if isinstance(formula, Product) else [formula]
    for factor in dropped:
        if factor in factors:
            factors.remove(factor)
    return product(factors)


def times(formula: Formula, factor: Fraction) -> Formula:
    """Return a formula multiplied by a number."""
    scaled = formula if factor.numerator == 1 else factor.numerator * formula
    return scaled if factor.denominator == 1 else scaled / factor.denominator


def exchanged(formula: Formula, old: Formula, new: Formula) -> Formula:
    """Return a formula with one part put in place of another, wherever it stands."""
    return transform(formula, lambda node: new if node == old else node)


def with_kernel(view: View, formula: Formula, *parts: Formula) -> Formula:
    """Return a formula with something else in place of the kernel's area, wherever that stands."""
    kernel = tuple(view.own.kernel[axis] for axis in view.axes)
    count = len(kernel)

    def swapped(node: Formula) -> Formula:
        is_kernel = isinstance(node, Product) and node.factors[:count] == kernel
        return product([*parts, *node.children()[count:]]) if is_kernel else node

    return transform(formula, swapped)


def learned_too(view: View, added: Formulas) -> Formulas:
    """Return weights or biases where the layer has none, and the sums that they then stand in."""
    if not added or any(view.has(name) for name in added):
        return {}
    more = [view.own[name] for name in added]
    sums = ("parameters", "trainable") if view.own.trainable else ("parameters",)
    return {**added, **{name: total([view.formulas[name], *more]) for name in sums}}


def channels_per_filter(view: View) -> Formula:
    """Return the factor of a convolution's weights that is its filters' depth: C_in, or C_in / g."""
    channels = view.source.channels
    return channels if view.own.groups == 1 else channels / view.own.groups


def outputs(view: View) -> Formula:
    """Return what says how many outputs a layer has: filters, units, or the channels or the axis that it gives.

    An Einstein sum that gives no such axis has as many as biases.
    """
    given = next((name for name in ("filters", "units") if view.own.marks.get(name) is not None), None)
    if given:
        return view.own[given]
    axis = "channels" if "kernel" in view.own.marks else acted_on(view.source, view.origin.conventions)
    return view.formulas[axis if axis in view.formulas else "biases"]


def inputs(view: View) -> Reference:
    """Return the size that a layer's weights are as many as: input channels, or the axis that a dense layer sees."""
    return view.source["channels" if view.kernels else acted_on(view.source, view.origin.conventions)]


def output_factors(view: View) -> tuple[Formula, ...]:
    """Return the factors by which a layer's weights are as many as its outputs."""
    found = outputs(view)
    if view.transposed and view.own.groups != 1:
        return (found / view.own.groups,)
    return found.factors if isinstance(found, Product) else (found,)


def per_output(weights: Formula, factors: tuple[Formula, ...]) -> Formula:
    """Return the weights of one output: the products that have some factors, without them."""
    if isinstance(weights, Sum):
        return total(found for term in weights.terms if (found := per_output(term, factors)) != Integer(0))
    inside = weights.children() if isinstance(weights, Product) else (weights,)
    if all(factor in inside for factor in factors):
        return without_factor(weights, *factors)
    sums = [per_output(part, factors) if isinstance(part, Sum) else part for part in inside]
    return Integer(0) if Integer(0) in sums or sums == list(inside) else product(sums)


def rewritten(rules: Rules, mistake: Mistake) -> dict[int, tuple[Rules, frozenset[str]]]:
    """Return rules with a mistake and the names that it changes, by the number of the way to make it."""
    return rules.remembered(mistake.slug, lambda: _rewritten(rules, mistake))


def _rewritten(rules: Rules, mistake: Mistake) -> dict[int, tuple[Rules, frozenset[str]]]:
    origin = rules.origin
    ways = mistake.rewrite(View(rules.formulas, origin)) if isinstance(origin, Origin) else mistake.sums(rules.formulas)
    found = {}
    for number, formulas in enumerate(ways):
        changed = {name: formula for name, formula in formulas.items() if rules.formulas.get(name) != formula}
        if changed:
            found[number] = (rules.replaced(changed), frozenset(changed))
    return found

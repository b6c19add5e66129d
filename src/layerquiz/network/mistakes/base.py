"""What a mistake is: a name, a hint, and the formulas of one layer, wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from layerquiz.formula.expr import Formula, Integer, Number, Product, Reference, product, transform
from layerquiz.formula.graph import Rules
from layerquiz.network.layers.base import Before, Form, Formulas, Origin, Own


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
        """Return the spatial axes of the layer's keys, or of its input."""
        return self.origin.kind.along or self.source.form.axes

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
    def pool(self) -> bool:
        """Say whether the layer is a pool with a window."""
        return self.window and not self.has("weights")


Rewrite: TypeAlias = Callable[[View], Sequence[Formulas]]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A named wrong rule. `rewrite` gives the replaced formulas of one layer: one set for each way to make it.

    sums: the same for the sums over the network.
    applies: looks at the numbers of the layer before, where a mistake is one only for some of them.
    """

    slug: str
    hint: str
    rewrite: Rewrite
    sums: Callable[[Mapping[str, Formula]], Sequence[Formulas]] = lambda _: ()
    applies: Callable[[Mapping[str, Number]], bool] = lambda _: True


def nowhere(_: View) -> Sequence[Formulas]:
    """Rewrite nothing: for what is found by comparing values, not by another rule."""
    return ()


def without_factor(formula: Formula, *dropped: Formula) -> Formula:
    """Return a product without some of its factors."""
    factors = formula.factors if isinstance(formula, Product) else (formula,)
    return product(factor for factor in factors if factor not in dropped)


def exchanged(formula: Formula, old: Formula, new: Formula) -> Formula:
    """Return a formula with one part put in place of another, wherever it stands."""
    return transform(formula, lambda node: new if node == old else node)


def channels_per_filter(view: View) -> Formula:
    """Return the factor of a convolution's weights that is its filters' depth: C_in, or C_in / g."""
    channels = view.source.channels
    return channels if view.own.groups == 1 else channels / view.own.groups


def outputs(view: View) -> Formula:
    """Return what says how many outputs a layer with weights has: filters, units, or the channels that it gives."""
    given = next((name for name in ("filters", "units") if name in view.own.marks), None)
    return view.own[given] if given else view.formulas["channels"]


def inputs(view: View) -> Reference:
    """Return the size that a layer's weights are as many as: input channels, or input features."""
    sizes = view.source.form.sizes
    return view.source["features" if "features" in sizes else "channels"]


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

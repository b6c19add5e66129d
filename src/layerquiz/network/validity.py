"""What is refused: inputs and words that a kind does not take, and numbers that do not fit; each with its limit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from layerquiz.errors import NetworkError
from layerquiz.formula.expr import Number
from layerquiz.formula.graph import Rules
from layerquiz.formula.solve import Values
from layerquiz.network.conventions import Conventions
from layerquiz.network.glossary import SIZES
from layerquiz.network.layer import Layer, located
from layerquiz.network.layers.base import REMAINDER, SLACK, Form, Kind, Limit, RefusedKeyError
from layerquiz.network.notation import shown

AS_SERIES = 'Put a layer of the kind "series" in front'
NUMBERS = {1: "one input", 2: "two inputs", 3: "three inputs"}


def check_sources(layer: Layer, before: tuple[Form, ...]) -> None:
    """Refuse inputs of a wrong number, rank or mix, and an axis that they do not have."""
    kind = layer.kind
    axis = vars(layer.keys).get("axis")
    if axis is None and _fit(kind, before):
        return
    least, most = kind.inputs
    if len(before) < least or (most is not None and len(before) > most):
        raise RefusedKeyError("from", f"{len(before)} inputs are named", f"It takes {_wanted(kind)}", "wrong-inputs")
    for source, form in zip(layer.sources, before, strict=True):
        if not _takes(kind, form):
            needed = (
                "tokens alone" if kind.accepts == ("tokens",) else ", ".join(kind.accepts) or "features or channels"
            )
            given = ", ".join(form.sizes)
            cure = AS_SERIES if kind.axes == ("length",) and form.sizes == ("tokens", "features") else ""
            raise NetworkError(f'it needs {needed}; "{source}" gives {given}', cure=cure, slug="wrong-rank")
        if form.sizes != before[0].sizes:
            mixed = f"{', '.join(before[0].sizes)} and {', '.join(form.sizes)}"
            raise NetworkError(f"its inputs cannot be merged: they give {mixed}", slug="mixed-ranks")
    if axis is not None and axis not in before[0].sizes:
        allowed = f"Allowed: {', '.join(before[0].sizes)}"
        raise RefusedKeyError("axis", f"found {shown(axis)}", allowed, "wrong-value")


@cache
def _fit(kind: Kind, before: tuple[Form, ...]) -> bool:
    """Say whether some inputs are as many as a kind takes, of a form that it takes, and alike."""
    least, most = kind.inputs
    is_number = least <= len(before) and (most is None or len(before) <= most)
    return is_number and all(_takes(kind, form) and form.sizes == before[0].sizes for form in before)


def _takes(kind: Kind, form: Form) -> bool:
    exact = kind.rank == 0 or form.axes == kind.axes
    is_ids = form.sizes == ("tokens",)
    return exact and set(kind.accepts) <= set(form.sizes) and (kind.accepts == ("tokens",)) == is_ids


def _wanted(kind: Kind) -> str:
    """Say how many inputs a kind takes."""
    least, most = kind.inputs
    if most == 0:
        return "no input"
    if most is None:
        return f"{NUMBERS[least]} or more: from: [a, b]"
    return NUMBERS[least] if least == most else f"{NUMBERS[least]} to {NUMBERS[most]}"


def check_words(layer: Layer, marks: Mapping[str, Any], givens: Mapping[str, Number], conventions: Conventions) -> None:
    """Refuse words that the conventions or the rank do not know."""
    word = marks.get("padding")
    if word in ("same", "causal"):
        strides = [number for name, number in givens.items() if name.partition(".")[0] == "stride"]
        family = next((called for start, called in ALIKE.items() if layer.kind.name.startswith(start)), None)
        if family and not conventions.same_pools:
            what = f'a {family} has no "{word}" under {conventions.name}'
            raise RefusedKeyError("padding", what, "Use a number", "same-pool")
        if max(strides) > 1 and not conventions.same_with_stride:
            what = f'"{word}" with a stride of {max(strides)} is not allowed under {conventions.name}'
            raise RefusedKeyError("padding", what, "Use a number, or a stride of 1", "same-with-stride")
    if word == "causal" and layer.kind.rank != 1:
        raise RefusedKeyError("padding", 'found "causal"', 'Allowed: a number, "same" or "valid"', "wrong-value")


ALIKE = {"maxpool": "pool", "avgpool": "pool", "convtranspose": "transposed convolution"}
"""Kinds for which the choice `same_pools` holds, by the beginning of their names."""


def fault(layer: Layer, rules: Rules, values: Values) -> NetworkError | None:
    """Return why a layer's values cannot be: a division that does not come out, a size below 1; or None."""
    found = values[layer.name]
    for name, (least, is_exact) in guards(rules).items():
        number = found[name]
        if number < least or (is_exact and number != least):
            is_size = name in SIZES
            return (
                located(_too_small(layer, name, number, values), *layer.path)
                if is_size
                else _unfit(layer, name, values)
            )
    return None


def guards(rules: Rules) -> Mapping[str, tuple[int, bool]]:
    """Return the names that fall under a limit, remainders and slacks before sizes.

    Each comes with its least value, and whether it must have just that one.
    """
    return rules.remembered("guarded", lambda: _guards(rules))


def _guards(rules: Rules) -> dict[str, tuple[int, bool]]:
    limits = [name for name in rules.formulas if name.startswith((REMAINDER, SLACK))]
    return {name: (0, name.startswith(REMAINDER)) for name in limits} | {
        name: (1, False) for name in rules.formulas if name in SIZES
    }


def _too_small(layer: Layer, size: str, number: Number, values: Values) -> NetworkError:
    source = values[layer.sources[0]].get(size) if layer.sources else None
    kernel = values[layer.name].get("kernel", values[layer.name].get(f"kernel.{size}"))
    why = f"It has a kernel of {kernel} on an input whose {size} is {source}" if kernel else f"Its input has {source}"
    smaller = "Use a smaller kernel or stride, more padding, or a larger input"
    return NetworkError(
        f"its output would have {size} {number}",
        where=layer.called,
        why=why,
        cure=smaller if kernel else "Take less away, or use a larger input",
        slug="size-below-one",
    )


def _unfit(layer: Layer, name: str, values: Values) -> NetworkError:
    """Return what a remainder or a slack says: `remainder.groups.filters` is about the key groups."""
    _, key, *rest = name.split(".")
    axis = rest[0] if rest else ""
    limit = layer.kind.limits.get(f"{key}.{axis}", layer.kind.limits.get(key, LIMITS.get(key, UNKNOWN)))
    numbers = _Numbers(layer, key, axis, values)
    error = NetworkError(limit.what.format_map(numbers), where=layer.called, slug=limit.slug)
    error.cure = limit.cure.format_map(numbers)
    return located(error, *layer.path, key)


LIMITS = {
    "from": Limit("its inputs differ in {axis}: {inputs}", "", "shapes-do-not-meet"),
    "shares": Limit(
        'its {axis} are not as many as those of "{lender}", {lent_axis}', "Their inputs have to be alike", "wrong-loan"
    ),
}
"""What limits of every kind say."""

UNKNOWN = Limit("its {key} does not fit its input", "", "unfit")


class _Numbers(dict[str, Any]):
    """What a limit's sentence may name: own numbers, those of its inputs (`in_height`) and of a lender (`lent_...`)."""

    def __init__(self, layer: Layer, key: str, axis: str, values: Values) -> None:
        lender = "" if not layer.borrows else layer.borrows[-1 if key == "shares" else 0]
        super().__init__(key=key, axis=axis, lender=lender)
        self.owners = dict(zip(("in", "second", "third"), layer.sources, strict=False)) | {"lent": lender}
        self.layer, self.found = layer, values

    def __missing__(self, name: str) -> Any:
        axis = self["axis"]
        owner, _, quantity = name.partition("_")
        if name == "inputs":
            return ", ".join(f"{source} has {self.found[source][axis]}" for source in self.layer.sources)
        if name == "written":
            return shown(self.layer.keys.model_dump(by_alias=True)[self["key"]])
        if owner in self.owners:
            return self.found[self.owners[owner]][axis if quantity == "axis" else quantity]
        own = self.found[self.layer.name]
        return own.get(f"{name}.{axis}", own.get(name))

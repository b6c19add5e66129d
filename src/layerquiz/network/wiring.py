"""Layers as written to parts of the graph: named, in an order in which each comes after what it needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

from layerquiz.errors import NetworkError, nearest
from layerquiz.formula.expr import Formula, Integer, Number, Reference, product
from layerquiz.formula.graph import Part, Rules
from layerquiz.network.blocks import Entry
from layerquiz.network.conventions import Conventions
from layerquiz.network.costs import BATCH, stored
from layerquiz.network.glossary import SIZES, START, TRACED
from layerquiz.network.keys import checked, marks_and_givens
from layerquiz.network.layer import NAME, RESERVED, Layer, located
from layerquiz.network.layers.base import LARGEST, Form, Kind, RefusedKeyError, build, form_of, reading_order
from layerquiz.network.loans import settled
from layerquiz.network.notation import named, shown
from layerquiz.network.validity import check_sources, check_words

INPUTS = (
    ("channels", "length"),
    ("channels", "height", "width"),
    ("channels", "depth", "height", "width"),
    ("features",),
    ("tokens", "features"),
    ("tokens",),
)


def layers_of(entries: Iterable[Entry], kinds: Mapping[str, Kind]) -> tuple[Layer, ...]:
    """Return the layers of a network, each checked by itself."""
    counts: dict[str, int] = {}
    layers: dict[str, Layer] = {}
    previous = "input"
    for entry in entries:
        layer = _layer(entry, kinds, counts, previous)
        if layer.name in layers:
            what = f'the name "{layer.name}" is taken by an earlier layer'
            error = NetworkError(what, where=_place(entry), slug="doubled-name")
            raise located(error, *entry.path, "name")
        layers[layer.name] = layer
        previous = layer.name if layer.kind.inputs[1] != 0 else ""
    return settled(layers)


def _place(entry: Entry) -> str:
    """Return how a message calls a layer that has no name yet: `layer 3`, or `block "stem", layer 3`."""
    *_, number = entry.path
    inside = f'block "{entry.path[1]}", ' if entry.path[0] == "blocks" else ""
    return f"{inside}layer {int(number) + 1}"


def _layer(entry: Entry, kinds: Mapping[str, Kind], counts: dict[str, int], previous: str) -> Layer:
    mapping, path = entry.mapping, entry.path
    if not isinstance(mapping, Mapping):
        error = NetworkError(f"a layer is a mapping with a kind; found {shown(mapping)}", where=_place(entry))
        raise located(error, *path)
    kind = kinds.get(mapping["kind"]) if isinstance(mapping.get("kind"), str) else None
    if kind is None:
        written = named(mapping.get("kind", ""))
        what = f'there is no kind "{written}"' if "kind" in mapping else "a layer needs a kind"
        error = NetworkError(what, where=_place(entry), cure=nearest(written, kinds))
        error.slug = "unknown-kind"
        raise located(error, *path, "kind")
    counts[kind.name] = counts.get(kind.name, 0) + 1
    name = entry.name or mapping.get("name") or f"{kind.name}_{counts[kind.name]}"
    try:
        keys, found = _keys(kind, mapping)
        sources = _sources(keys.source, kind, previous)
    except RefusedKeyError as refused:
        raise located(refused.at(f'layer "{named(name)}" ({kind.name})'), *path, refused.key) from None  # type: ignore[arg-type]
    if not entry.name:
        _check_name(name, entry)
    borrows = tuple(lender for lender in (vars(keys).get("tied"), keys.shares) if lender is not None)
    return Layer(name, kind, keys, sources, path, borrows, found)


def _keys(kind: Kind, mapping: Mapping[str, Any]) -> tuple[Any, dict[Any, Any]]:
    """Return a layer's keys, checked, and what is known of them: layers that are written alike share both."""
    entries = tuple(mapping.items())
    try:
        return keys_once(kind, entries, tuple(map(type, mapping.values())))
    except TypeError:  # a list cannot be looked up
        return checked(kind.keys, mapping), {}


@lru_cache(maxsize=4096)
def keys_once(kind: Kind, entries: tuple[tuple[str, Any], ...], _: tuple[type, ...]) -> tuple[Any, dict[Any, Any]]:
    """Return the keys of a mapping with these entries, of these types: 1 and true are equal, and not the same."""
    return checked(kind.keys, dict(entries)), {}


def _check_name(name: str, entry: Entry) -> None:
    is_taken = name in RESERVED
    if is_taken or not NAME.fullmatch(name):
        why = "taken by the network itself" if is_taken else "not a name: letters, digits and _ are allowed"
        error = NetworkError(f"the name {shown(name)} is {why}", where=_place(entry), slug="bad-name")
        raise located(error, *entry.path, "name")


def _sources(written: str | list[str] | None, kind: Kind, previous: str) -> tuple[str, ...]:
    """Return the inputs that a layer names, or the layer before it."""
    if written is not None:
        return (written,) if isinstance(written, str) else tuple(written)
    if kind.inputs[1] == 0:
        return ()
    if not previous:
        what = 'the key "from" is missing, and the layer before takes no input'
        raise RefusedKeyError("from", what, "Name the layers that it takes its input from", "missing-key")
    return (previous,)


def parts_of(spec: Mapping[str, Any], layers: tuple[Layer, ...], conventions: Conventions) -> list[Part]:
    """Return the input and the layers as parts of a graph, each after those that it needs."""
    first = _input(spec.get("input"), conventions)
    forms = {"input": first.rules.remembered("form", lambda: form_of({**first.givens, **first.rules.formulas}))}
    parts = [first]
    is_batch = BATCH.name in first.givens
    for layer in _in_order(layers):
        try:
            part = _part(layer, forms, conventions, is_batch)
        except RefusedKeyError as error:
            raise located(error.at(layer.called), *layer.path, error.key) from None  # type: ignore[arg-type]
        except NetworkError as error:
            raise located(error.at(layer.called), *layer.path) from None  # type: ignore[arg-type]
        parts.append(part)
    return parts


def _input(spec: Any, conventions: Conventions) -> Part:
    sizes = tuple([size for size in SIZES if size in spec]) if isinstance(spec, Mapping) else ()
    if sizes not in INPUTS:
        allowed = "Allowed: " + "; ".join("{" + ", ".join(sizes) + "}" for sizes in INPUTS) + "; and batch"
        raise located(NetworkError(f"input is {shown(spec)}", cure=allowed, slug="input"), "input")
    for size, number in spec.items():
        if size not in sizes and size != BATCH.name:
            written = named(size)
            error = NetworkError(f'input has no key "{written}"', cure=nearest(written, (*SIZES, BATCH.name)))
            raise located(error, "input", written)
        if type(number) is not int or not 1 <= number <= LARGEST:
            cure = f"Allowed: a whole number from 1 to {LARGEST:,}"
            error = NetworkError(f"input {size} is {shown(number)}", cure=cure, slug="input")
            raise located(error, "input", str(size))
    return Part("input", _input_rules(sizes, conventions), dict(spec))


@cache
def _input_rules(sizes: tuple[str, ...], conventions: Conventions) -> Rules:
    """Return the rules of an input with some sizes; built and compiled once for all networks."""
    formulas: dict[str, Formula] = {
        "activations": product(Reference("own", size) for size in reading_order(sizes)),
    }
    formulas["activation_bytes"] = stored(Reference("own", "activations"), conventions.bits("activation"))
    for axis in Form(sizes, True).axes:
        formulas |= {**{f"{name}.{axis}": Integer(1) for name in TRACED}, f"{START}.{axis}": Integer(0)}
    return Rules(formulas)


def _in_order(layers: tuple[Layer, ...]) -> Iterable[Layer]:
    """Return the layers so that each comes after those that it names; a missing one or a circle is an error."""
    by_name = {layer.name: layer for layer in layers}
    earlier = {"input"}
    sorted_already = True
    for layer in layers:
        for source in layer.sources:
            if source not in by_name and source != "input":
                error = NetworkError(f'{layer.called} takes its input from "{source}", which is no layer')
                error.cure, error.slug = nearest(source, [*by_name, "input"]), "unknown-layer"
                raise located(error, *layer.path, "from")
        sorted_already = sorted_already and earlier.issuperset(layer.needs)
        earlier.add(layer.name)
    if sorted_already:
        return layers
    try:
        order = TopologicalSorter({layer.name: layer.needs for layer in layers}).static_order()
        return [by_name[name] for name in order if name != "input"]
    except CycleError as error:
        circle = " takes from ".join(reversed(error.args[1]))
        path = by_name[error.args[1][0]].path
        fault = NetworkError(f"the layers go round in a circle: {circle}", slug="cycle")
        raise located(fault, *path) from None


def _part(layer: Layer, forms: dict[str, Form], conventions: Conventions, is_batch: bool) -> Part:
    before = tuple([forms[source] for source in layer.sources])
    check_sources(layer, before)
    forms_before = tuple([forms[name] for name in layer.needs]) if layer.borrows else before
    key = (forms_before, conventions, is_batch)
    if key not in layer.found:
        layer.found[key] = _rules(layer, before, *key)
    rules, givens = layer.found[key]
    forms[layer.name] = rules.origin.form
    return Part(layer.name, rules, givens, layer.needs)


def _rules(
    layer: Layer, before: tuple[Form, ...], forms: tuple[Form, ...], conventions: Conventions, is_batch: bool
) -> tuple[Rules, dict[str, Number]]:
    """Return the rules of a layer, behind layers of some forms, and its givens."""
    axes = layer.kind.axes or (before[0].axes if before else ())
    marks, givens = marks_and_givens(layer.kind, layer.keys, axes)
    check_words(layer, marks, givens, conventions)
    if is_batch:
        marks["batched"] = True
    return build(layer.kind, tuple(marks.items()), forms, conventions), givens

"""A network: layers wired by name, checked, as one graph of formulas with its values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any, TypeAlias

from layerquiz.errors import NetworkError, nearest
from layerquiz.formula.expr import Formula, Integer, Number, Reference, product, total
from layerquiz.formula.graph import Graph, Part, Rules
from layerquiz.formula.solve import Values, evaluate
from layerquiz.network.conventions import Conventions
from layerquiz.network.glossary import QUANTITIES, SIZES, TRACED
from layerquiz.network.keys import RefusedKeyError, checked, marks_and_givens
from layerquiz.network.layers import KINDS
from layerquiz.network.layers.base import (
    LARGEST,
    REMAINDER,
    SLACK,
    Form,
    Keys,
    Kind,
    Origin,
    build,
    form_of,
    reading_order,
)
from layerquiz.network.notation import line_of, load, named, shortened, shown

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
RESERVED = ("input", "total")
INPUTS = (
    ("channels", "length"),
    ("channels", "height", "width"),
    ("channels", "depth", "height", "width"),
    ("features",),
    ("tokens", "features"),
    ("tokens",),
)
TOP_KEYS = ("name", "conventions", "input", "layers")

Answer: TypeAlias = Number | tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer as written: its name, kind, checked keys and the names of its inputs."""

    name: str
    kind: Kind
    keys: Keys
    sources: tuple[str, ...]
    place: int


class Network:
    """Layers wired by name. `graph` maps names to formulas, `values` holds their numbers."""

    def __init__(self, spec: Mapping[str, Any], conventions: Conventions, kinds: Mapping[str, Kind]) -> None:
        self.spec = spec
        self.name = str(spec.get("name") or "network")
        self.conventions = conventions
        self.kinds = kinds
        self._under: dict[Conventions, Network] = {}
        self.layers = _layers(spec.get("layers"), kinds)
        self.graph = Graph(_parts(spec, self.layers, conventions))
        self.values: Values = evaluate(self.graph)
        fault = self.fault(self.values)
        if fault:
            raise fault

    @classmethod
    def parse(cls, source: str | Mapping[str, Any], kinds: Mapping[str, Kind] = KINDS) -> Network:
        """Return a network from its notation: YAML or JSON as text, or a mapping."""
        spec = load(source, NetworkError) if isinstance(source, str) else source
        try:
            return cls._of(spec, kinds)
        except NetworkError as error:
            line = line_of(source, getattr(error, "path", ())) if isinstance(source, str) else 0
            raise shortened(error.at(f"line {line}") if line else error) from None

    @classmethod
    def _of(cls, spec: Any, kinds: Mapping[str, Kind]) -> Network:
        if not isinstance(spec, Mapping):
            raise NetworkError(
                f"a network is a mapping with input and layers; found {shown(spec)}", slug="not-a-mapping"
            )
        for key in spec:
            if key not in TOP_KEYS:
                raise _at(NetworkError(f'a network has no key "{key}"', cure=nearest(str(key), TOP_KEYS)), str(key))
        if not isinstance(spec.get("name", ""), str | None):
            raise _at(NetworkError(f"name is {shown(spec['name'])}", cure="Allowed: a text", slug="bad-name"), "name")
        try:
            conventions = Conventions.of(spec.get("conventions", "textbook"))
        except NetworkError as error:
            raise _at(error, "conventions") from None
        return cls(spec, conventions, kinds)

    @classmethod
    def named(cls, name: str) -> Network:
        """Return a known network, such as `alexnet`; `-` and `_` are the same in names."""
        from layerquiz.network.zoo import specification

        return cls.parse(specification(name))

    def under(self, conventions: str | Mapping[str, Any] | Conventions) -> Network:
        """Return the same layers counted under other conventions."""
        chosen = Conventions.of(conventions)
        if chosen == self.conventions:
            return self
        if chosen not in self._under:
            self._under[chosen] = Network(self.spec, chosen, self.kinds)
        return self._under[chosen]

    @cached_property
    def by_name(self) -> dict[str, Layer]:
        """Return the layers by name."""
        return {layer.name: layer for layer in self.layers}

    def form(self, part: str) -> Form:
        """Return the names of the sizes that a layer (or the input) gives."""
        rules = self.graph.parts[part].rules
        origin = rules.origin
        return origin.form if isinstance(origin, Origin) else form_of({**self.values[part]})  # type: ignore[dict-item]

    def members(self, name: str) -> tuple[Reference, ...]:
        """Return the quantities that make up a name: one, or several for a shape or a per-axis quantity."""
        owner, _, quantity = name.rpartition(".")
        if owner not in self.graph.parts:
            return (self.graph.find(name),)
        part = self.graph.parts[owner]
        if quantity in part:
            return (Reference(owner, quantity),)
        if quantity == "shape" and owner != "total":
            sizes = reading_order(self.form(owner).sizes, self.conventions.channels_first)
            return tuple(Reference(owner, size) for size in sizes)
        found = [known for known in (*part.rules.formulas, *part.givens) if known.startswith(f"{quantity}.")]
        if found and not quantity.startswith((REMAINDER[:-1], SLACK[:-1])):
            return tuple(Reference(owner, known) for known in found)
        raise NetworkError(
            f'there is no quantity "{name}"', cure=nearest(name, self.quantities(owner)), slug="unknown-quantity"
        )

    def quantities(self, owner: str) -> list[str]:
        """Return the dotted names that can be asked of one part."""
        hidden = (REMAINDER, SLACK)
        part = self.graph.parts[owner]
        own = [name for name in (*part.rules.formulas, *part.givens) if not name.startswith(hidden)]
        names = dict.fromkeys(name.partition(".")[0] for name in own)
        return [f"{owner}.{name}" for name in (*names, *(("shape",) if owner != "total" else ()))]

    def value(self, name: str, values: Values | None = None) -> Answer:
        """Return a quantity's value: a number; a tuple for a shape, or where the axes differ."""
        return self.collected(name, self.members(name), values or self.values)

    def collected(self, name: str, members: tuple[Reference, ...], values: Values) -> Answer:
        """Return the value of a name from the values of its members."""
        numbers = tuple([values[ref.owner][ref.name] for ref in members])
        if len(numbers) == 1 and not name.endswith("shape"):
            return numbers[0]
        if not name.endswith("shape") and len(set(numbers)) == 1:
            return numbers[0]
        return numbers

    def fault(self, values: Values, parts: Iterable[str] | None = None) -> NetworkError | None:
        """Return why some values cannot be: a size below 1, a division that does not come out, or None."""
        for layer in self.layers if parts is None else (self.by_name[name] for name in parts if name in self.by_name):
            found = values.get(layer.name)
            if found is None:
                continue
            fault = _fault(layer, found, values)
            if fault:
                return fault
        return None


def _at(error: NetworkError, *path: str | int) -> NetworkError:
    """Remember where in the notation an error stands, so that its line can be found."""
    error.path = path  # type: ignore[attr-defined]
    return error


def _layers(written: Any, kinds: Mapping[str, Kind]) -> tuple[Layer, ...]:
    if not isinstance(written, list) or not written:
        raise _at(NetworkError(f"layers is a list of layers; found {shown(written)}", slug="no-layers"), "layers")
    counts: dict[str, int] = {}
    layers: dict[str, Layer] = {}
    previous = "input"
    for place, mapping in enumerate(written):
        layer = _layer(place, mapping, kinds, counts, previous)
        if layer.name in layers:
            where = f"layer {place + 1}"
            what = f'the name "{layer.name}" is taken by an earlier layer'
            error = NetworkError(what, where=where, slug="doubled-name")
            raise _at(error, "layers", place, "name")
        layers[layer.name] = layer
        previous = layer.name
    return tuple(layers.values())


def _layer(place: int, mapping: Any, kinds: Mapping[str, Kind], counts: dict[str, int], previous: str) -> Layer:
    if not isinstance(mapping, Mapping):
        error = NetworkError(f"a layer is a mapping with a kind; found {shown(mapping)}", where=f"layer {place + 1}")
        raise _at(error, "layers", place)
    kind = kinds.get(mapping["kind"]) if isinstance(mapping.get("kind"), str) else None
    if kind is None:
        written = named(mapping.get("kind", ""))
        what = f'there is no kind "{written}"' if "kind" in mapping else "a layer needs a kind"
        error = NetworkError(what, where=f"layer {place + 1}", cure=nearest(written, kinds))
        error.slug = "unknown-kind"
        raise _at(error, "layers", place, "kind")
    counts[kind.name] = counts.get(kind.name, 0) + 1
    name = mapping.get("name") or f"{kind.name}_{counts[kind.name]}"
    try:
        keys = checked(kind.keys, mapping)
    except RefusedKeyError as refused:
        raise _at(refused.at(f'layer "{named(name)}" ({kind.name})'), "layers", place, refused.key) from None  # type: ignore[arg-type]
    if name in RESERVED or not NAME.fullmatch(name):
        why = "taken by the network itself" if name in RESERVED else "not a name: letters, digits and _ are allowed"
        error = NetworkError(f"the name {shown(name)} is {why}", where=f"layer {place + 1}", slug="bad-name")
        raise _at(error, "layers", place, "name")
    sources = keys.source if keys.source is not None else previous
    return Layer(name, kind, keys, (sources,) if isinstance(sources, str) else tuple(sources), place)


def _parts(spec: Mapping[str, Any], layers: tuple[Layer, ...], conventions: Conventions) -> list[Part]:
    first = _input(spec.get("input"), conventions)
    forms = {"input": form_of({**first.givens, **first.rules.formulas})}  # type: ignore[dict-item]
    parts = [first]
    for layer in _in_order(layers):
        try:
            part = _part(layer, forms, conventions)
        except RefusedKeyError as error:
            raise _at(error.at(_called(layer)), "layers", layer.place, error.key) from None  # type: ignore[arg-type]
        except NetworkError as error:
            raise _at(error.at(_called(layer)), "layers", layer.place) from None  # type: ignore[arg-type]
        parts.append(part)
    return [*parts, _total(parts, layers, conventions)]


def _called(layer: Layer) -> str:
    return f'layer "{layer.name}" ({layer.kind.name})'


def _input(written: Any, conventions: Conventions) -> Part:
    allowed = "Allowed: " + "; ".join("{" + ", ".join(sizes) + "}" for sizes in INPUTS)
    if not isinstance(written, Mapping) or tuple(s for s in SIZES if s in written) not in INPUTS:
        raise _at(NetworkError(f"input is {shown(written)}", cure=allowed, slug="input"), "input")
    for size, number in written.items():
        if size not in SIZES:
            raise _at(NetworkError(f'input has no key "{size}"', cure=nearest(str(size), SIZES)), "input", str(size))
        if type(number) is not int or not 1 <= number <= LARGEST:
            cure = f"Allowed: a whole number from 1 to {LARGEST:,}"
            raise _at(NetworkError(f"input {size} is {shown(number)}", cure=cure, slug="input"), "input", str(size))
    sizes = tuple(size for size in SIZES if size in written)
    return Part("input", _input_rules(sizes, conventions.bytes_per_number), {size: written[size] for size in sizes})


@cache
def _input_rules(sizes: tuple[str, ...], bytes_per_number: int) -> Rules:
    """Return the rules of an input with some sizes; built and compiled once for all networks."""
    formulas: dict[str, Formula] = {
        "activations": product(Reference("own", size) for size in reading_order(sizes)),
    }
    formulas["activation_bytes"] = Reference("own", "activations") * bytes_per_number
    for axis in Form(sizes, True).axes:
        formulas |= {f"{name}.{axis}": Integer(1) for name in TRACED}
    return Rules(formulas)


def _in_order(layers: tuple[Layer, ...]) -> Iterable[Layer]:
    """Return the layers so that each comes after those that it names; a missing one or a circle is an error."""
    named = {layer.name: layer for layer in layers}
    earlier = {"input"}
    sorted_already = True
    for layer in layers:
        for source in layer.sources:
            if source not in named and source != "input":
                error = NetworkError(f'{_called(layer)} takes its input from "{source}", which is no layer')
                error.cure, error.slug = nearest(source, [*named, "input"]), "unknown-layer"
                raise _at(error, "layers", layer.place, "from")
        sorted_already = sorted_already and earlier.issuperset(layer.sources)
        earlier.add(layer.name)
    if sorted_already:
        return layers
    try:
        order = TopologicalSorter({layer.name: layer.sources for layer in layers}).static_order()
        return [named[name] for name in order if name != "input"]
    except CycleError as error:
        circle = " takes from ".join(reversed(error.args[1]))
        place = named[error.args[1][0]].place
        raise _at(NetworkError(f"the layers go round in a circle: {circle}", slug="cycle"), "layers", place) from None


def _part(layer: Layer, forms: dict[str, Form], conventions: Conventions) -> Part:
    before = tuple(forms[source] for source in layer.sources)
    _check_sources(layer, before)
    marks, givens = marks_and_givens(layer.kind, layer.keys, layer.kind.axes or before[0].axes)
    _check_words(layer, marks, givens, conventions)
    rules = build(layer.kind, tuple(marks.items()), before, conventions)
    assert isinstance(rules.origin, Origin)  # noqa: S101 -- for the type checker: build always gives one
    forms[layer.name] = rules.origin.form
    return Part(layer.name, rules, givens, layer.sources)


def _check_sources(layer: Layer, before: tuple[Form, ...]) -> None:
    kind = layer.kind
    if not before or kind.many != (len(before) > 1):
        need = "two inputs or more: from: [a, b]" if kind.many else "one input"
        raise RefusedKeyError("from", f"{len(before)} inputs are named", f"It takes {need}", "wrong-inputs")
    for source, form in zip(layer.sources, before, strict=True):
        exact = kind.rank == 0 or form.axes == kind.axes
        if not exact or any(size not in form.sizes for size in kind.accepts) or form.sizes == ("tokens",):
            needed = ", ".join(kind.accepts) or "features or channels"
            given = ", ".join(form.sizes)
            raise NetworkError(f'it needs {needed}; "{source}" gives {given}', slug="wrong-rank")
        if form.sizes != before[0].sizes:
            mixed = f"{', '.join(before[0].sizes)} and {', '.join(form.sizes)}"
            raise NetworkError(f"its inputs cannot be merged: they give {mixed}", slug="mixed-ranks")
    axis = getattr(layer.keys, "axis", None)
    if axis is not None and axis not in before[0].sizes:
        allowed = f"Allowed: {', '.join(before[0].sizes)}"
        raise RefusedKeyError("axis", f"found {shown(axis)}", allowed, "wrong-value")


def _check_words(layer: Layer, marks: Mapping[str, Any], givens: Mapping[str, int], conventions: Conventions) -> None:
    if marks.get("padding") in ("same", "causal"):
        strides = [number for name, number in givens.items() if name.partition(".")[0] == "stride"]
        word = marks["padding"]
        if layer.kind.name.startswith(("maxpool", "avgpool")) and not conventions.same_pools:
            raise RefusedKeyError(
                "padding", f'a pool has no "{word}" under {conventions.name}', "Use a number", "same-pool"
            )
        if max(strides) > 1 and not conventions.same_with_stride:
            what = f'"{word}" with a stride of {max(strides)} is not allowed under {conventions.name}'
            raise RefusedKeyError("padding", what, "Use a number, or a stride of 1", "same-with-stride")
    if marks.get("padding") == "causal" and layer.kind.rank != 1:
        raise RefusedKeyError("padding", 'found "causal"', 'Allowed: a number, "same" or "valid"', "wrong-value")


def _fault(layer: Layer, found: Mapping[str, Number], values: Values) -> NetworkError | None:
    for name, number in found.items():
        if name in SIZES and number < 1:
            return _at(_too_small(layer, name, number, values), "layers", layer.place)
        if name.startswith(REMAINDER) and number != 0:
            return _at(_misfit(layer, name, found, values), "layers", layer.place)
        if name.startswith(SLACK) and number < 0:
            what = f"a padding of {found.get('padding', found.get('padding.' + name.rpartition('.')[2]))}"
            limit = "Allowed: at most half of the kernel"
            error = NetworkError(f"{what} is more than half of the kernel", where=_called(layer), cure=limit)
            error.slug = "pool-padding"
            return _at(error, "layers", layer.place, "padding")
    return None


def _too_small(layer: Layer, size: str, number: Number, values: Values) -> NetworkError:
    source = values[layer.sources[0]].get(size)
    kernel = values[layer.name].get("kernel", values[layer.name].get(f"kernel.{size}"))
    why = f"a kernel of {kernel} on an input whose {size} is {source}" if kernel else f"its input has {size} {source}"
    return NetworkError(
        f"its output would have {size} {number}",
        where=_called(layer),
        why=f"It has {why}",
        cure="Use a smaller kernel or stride, more padding, or a larger input",
        slug="size-below-one",
    )


def _misfit(layer: Layer, name: str, found: Mapping[str, Number], values: Values) -> NetworkError:
    _, key, what = name.split(".", 2)
    if key == "groups":
        number = found["channels"] if what == "filters" else values[layer.sources[0]]["channels"]
        error = NetworkError(f"{found['groups']} groups do not divide {number} {what}", where=_called(layer))
        error.cure, error.slug = f"Use a divisor of {number}", "groups"
    else:
        sizes = ", ".join(f"{source} has {values[source][what]}" for source in layer.sources)
        error = NetworkError(f"its inputs differ in {what}: {sizes}", where=_called(layer), slug="shapes-do-not-meet")
    return _at(error, "layers", layer.place, key)


def _total(parts: list[Part], layers: tuple[Layer, ...], conventions: Conventions) -> Part:
    """Return the sums over all layers; layers that add nothing stand in no sum."""
    by_name = {layer.name: layer for layer in layers}
    formulas: dict[str, Formula] = {}
    for name in QUANTITIES:
        if name == "activations":
            counted = [part for part in parts if part.name == "input" or not by_name[part.name].kind.view]
        else:
            counted = [p for p in parts if p.name != "input" and p.rules.formulas[name] != Integer(0)]
        formulas[name] = total(Reference(part.name, name) for part in counted)
    formulas["flops"] = 2 * Reference("total", "macs")
    formulas["parameter_bytes"] = Reference("total", "parameters") * conventions.bytes_per_number
    formulas["activation_bytes"] = Reference("total", "activations") * conventions.bytes_per_number
    return Part("total", Rules(formulas, shared=False))

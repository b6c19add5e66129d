"""A network: layers wired by name, checked, as one graph of formulas with its values."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

from layerquiz.errors import NetworkError, nearest
from layerquiz.formula.derive import Derivation, plan, with_values
from layerquiz.formula.expr import Number, Reference
from layerquiz.formula.graph import Graph
from layerquiz.formula.solve import Values, evaluate
from layerquiz.network.blocks import laid_out
from layerquiz.network.conventions import Conventions
from layerquiz.network.glossary import OWN
from layerquiz.network.layer import Layer, located
from layerquiz.network.layers import KINDS
from layerquiz.network.layers.base import REMAINDER, SLACK, Form, Kind, Origin, form_of, reading_order
from layerquiz.network.notation import line_of, load, named, shortened, shown
from layerquiz.network.structure import structure_of
from layerquiz.network.sums import TOTAL
from layerquiz.network.validity import fault
from layerquiz.network.wiring import layers_of, parts_of

TOP_KEYS = ("name", "conventions", "input", "blocks", "layers")

MOST_REMEMBERED = 10_000
"""How much is remembered of one network's numbers."""

Answer: TypeAlias = Number | tuple[Number, ...]
Thing = TypeVar("Thing")


class Network:
    """Layers wired by name. `graph` maps names to formulas, `values` holds their numbers.

    `blocks` says of each block which layer's output (or which inner block's) it gives, `definitions` under which name
    it is defined.
    """

    def __init__(self, spec: Mapping[str, Any], conventions: Conventions, kinds: Mapping[str, Kind]) -> None:
        self.spec = spec
        self.name = str(spec.get("name") or "network")
        self.conventions = conventions
        self.kinds = kinds
        self._under: dict[Conventions, Network] = {}
        layout = laid_out(spec, kinds)
        self.layers = layers_of(layout.entries, kinds)
        self.blocks, self.definitions = layout.outputs, layout.definitions
        parts = parts_of(spec, self.layers, conventions)
        self.structure = structure_of(parts, self.layers, self.blocks, conventions)
        self._numbers = tuple([tuple(part.givens.values()) for part in parts])
        self._remembered: dict[Hashable, Any] = {}
        self.graph = Graph([*parts, *self.structure.sums])
        # A network that is met again, as known ones are, has the values that were found the first time.
        self.values: Values = self.remembered("values", lambda: evaluate(self.graph))
        found = self.fault(self.values)
        if found:
            raise found

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
                written = named(key)
                raise located(
                    NetworkError(f'a network has no key "{written}"', cure=nearest(written, TOP_KEYS)), written
                )
        if not isinstance(spec.get("name", ""), str | None):
            raise located(
                NetworkError(f"name is {shown(spec['name'])}", cure="Allowed: a text", slug="bad-name"), "name"
            )
        try:
            conventions = Conventions.of(spec.get("conventions", "textbook"))
        except NetworkError as error:
            raise located(error, "conventions") from None
        return cls(spec, conventions, kinds)

    @classmethod
    def named(cls, name: str) -> Network:
        """Return a known network, such as `alexnet`; `-` and `_` are the same in names."""
        from layerquiz.network.zoo import specification

        return cls.parse(specification(name))

    @classmethod
    def from_torch(cls, module: Any, input_shape: Sequence[int]) -> Network:
        """Return a PyTorch module in the notation; all counts and shapes agree with PyTorch's own.

        input_shape: without the batch, channels first: (3, 224, 224), (tokens,) for ids, (tokens, features). What
        repeats itself is a block. Raises `NetworkError` that names the module and the line that cannot be said.
        """
        from layerquiz.network.importing.repeats import readable
        from layerquiz.network.importing.torch import network

        return readable(network(module, input_shape))

    @classmethod
    def from_keras(cls, model: Any, input_shape: Sequence[int] | None = None) -> Network:
        """Return a model of Keras in the notation; all counts and shapes agree with Keras' own.

        input_shape: without the batch, the channels last, where the model leaves sizes open; an open height and width
        are 224. Raises `NetworkError` that names the layer that cannot be said.
        """
        from layerquiz.network.importing.keras import network
        from layerquiz.network.importing.repeats import readable

        return readable(network(model, input_shape))

    @classmethod
    def from_onnx(cls, data: bytes, input_shape: Sequence[int] | None = None, name: str = "") -> Network:
        """Return the network of an ONNX file's bytes; counts and shapes agree with what the file stores and infers.

        input_shape: without the batch, as the file orders its axes, where the file leaves sizes open. What repeats
        itself is a block. Raises `NetworkError` that names the node that cannot be said. Nothing in the file is run.
        """
        from layerquiz.network.importing.imported import needs

        needs("onnx", "onnx")
        from layerquiz.network.importing.onnx import imported
        from layerquiz.network.importing.repeats import readable

        return readable(imported(data, input_shape, name).network)

    def notation(self) -> str:
        """Return the network as a file in the notation holds it: YAML, which `parse` reads again."""
        from layerquiz.network.writing import text

        return text(self.spec)

    def under(self, conventions: str | Mapping[str, Any] | Conventions) -> Network:
        """Return the same layers counted under other conventions."""
        chosen = Conventions.of(conventions)
        if chosen == self.conventions:
            return self
        if chosen not in self._under:
            self._under[chosen] = Network(self.spec, chosen, self.kinds)
        return self._under[chosen]

    def renumbered(self, numbers: Mapping[str, Mapping[str, Number]]) -> Network:
        """Return the network with other numbers in place of some givens, by part; its formulas are the same.

        What is written, `spec` and the layers' keys, stays as it was. Raises NetworkError where the numbers cannot be.
        """
        graph = Graph(
            replace(part, givens={**part.givens, **numbers.get(name, {})}) for name, part in self.graph.parts.items()
        )
        made = copy(self)
        vars(made).update(graph=graph, values=evaluate(graph), _under={}, _remembered={})
        found = made.fault(made.values)
        if found:
            raise found
        return made

    def derived(self, targets: tuple[Reference, ...], known: tuple[Reference, ...] = ()) -> Derivation:
        """Return the steps to some quantities, without those that are known; planned once for a structure."""
        steps = self.structure.remembered(("plan", targets, known), lambda: plan(self.graph, targets, known))
        return with_values(steps, self.values)

    def remembered(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """Return what was found out under a key about this network and its numbers, found once.

        Some keys are what students write: when there are very many, all is let go of, and found again.
        """
        if self._remembered is not self.structure.latest:
            self._remembered = self.structure.of_numbers(self._numbers)
        remembered = self._remembered
        if key in remembered:
            found: Thing = remembered[key]
            return found
        if len(remembered) >= MOST_REMEMBERED:
            remembered.clear()
        found = remembered[key] = make()
        return found

    @cached_property
    def by_name(self) -> dict[str, Layer]:
        """Return the layers by name."""
        return {layer.name: layer for layer in self.layers}

    def form(self, part: str) -> Form:
        """Return the names of the sizes that a layer (or the input) gives."""
        found = self.graph.parts[part]
        origin = found.rules.origin
        return origin.form if isinstance(origin, Origin) else form_of({**found.givens, **found.rules.formulas})

    def members(self, name: str) -> tuple[Reference, ...]:
        """Return the quantities that make up a name: one, or several for a shape or a per-axis quantity."""
        return self.structure.remembered(("members", name), lambda: self._members(name))

    def _members(self, name: str) -> tuple[Reference, ...]:
        owner, _, quantity = name.rpartition(".")
        if owner not in self.graph.parts:
            return (self.graph.find(name),)
        return tuple([Reference(owner, local) for local in self._local_names(owner, quantity)])

    def _local_names(self, owner: str, quantity: str) -> tuple[str, ...]:
        """Return the names within a part that make up a quantity; found once for all parts of one structure."""
        part = self.graph.parts[owner]
        key = ("members", quantity, self.conventions.channels_first)
        found = part.rules.remembered(key, lambda: self._found_names(owner, quantity))
        if found:
            return found
        known = self.quantities(owner)
        if quantity in OWN:
            what = f'"{owner}" has no {quantity.replace("_", " ")}'
            has = ", ".join(sorted(other.rpartition(".")[2] for other in known))
            raise NetworkError(what, cure=f"It has: {has}", slug="does-not-apply")
        what, cure = f'there is no quantity "{owner}.{quantity}"', nearest(f"{owner}.{quantity}", known)
        raise NetworkError(what, cure=cure, slug="unknown-quantity")

    def _found_names(self, owner: str, quantity: str) -> tuple[str, ...]:
        part = self.graph.parts[owner]
        if quantity in part:
            return (quantity,)
        if quantity == "shape" and owner != TOTAL:
            return reading_order(self.form(owner).sizes, self.conventions.channels_first)
        if quantity.startswith((REMAINDER[:-1], SLACK[:-1])):
            return ()
        found = [known for known in (*part.rules.formulas, *part.givens) if known.startswith(f"{quantity}.")]
        if quantity.endswith("_shape"):
            found.sort(key=lambda known: int(known.rpartition(".")[2]))
        return tuple(found)

    def quantities(self, owner: str) -> list[str]:
        """Return the dotted names that can be asked of one part."""
        hidden = (REMAINDER, SLACK)
        part = self.graph.parts[owner]
        own = [name for name in (*part.rules.formulas, *part.givens) if not name.startswith(hidden)]
        names = dict.fromkeys(name.partition(".")[0] for name in own)
        return [f"{owner}.{name}" for name in (*names, *(("shape",) if owner != TOTAL else ()))]

    def value(self, name: str, values: Values | None = None) -> Answer:
        """Return a quantity's value: a number; a tuple for a shape, or where the axes differ."""
        return self.collected(name, self.members(name), values or self.values)

    def collected(self, name: str, members: tuple[Reference, ...], values: Values) -> Answer:
        """Return the value of a name from the values of its members."""
        return joined(name, tuple([values[ref.owner][ref.name] for ref in members]))

    def fault(self, values: Values, parts: Iterable[str] | None = None) -> NetworkError | None:
        """Return why some values cannot be: a size below 1, a division that does not come out, or None."""
        for layer in self.layers if parts is None else (self.by_name[name] for name in parts if name in self.by_name):
            found = fault(layer, self.graph.parts[layer.name].rules, values) if layer.name in values else None
            if found:
                return found
        return None


def joined(name: str, numbers: tuple[Number, ...]) -> Answer:
    """Return one number where there is one or the axes agree, else all; a shape is always all of its sizes."""
    if name.endswith("shape"):
        return numbers
    return numbers[0] if len(numbers) == 1 or len(set(numbers)) == 1 else numbers

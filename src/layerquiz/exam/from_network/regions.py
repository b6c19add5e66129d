"""Parts of a network that stand on their own: some layers between one tensor and one layer, without a way past it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from layerquiz.network.layer import RESERVED, Layer
from layerquiz.network.network import Network

MOST_LAYERS = 12
"""The longest part that a question describes, without layers that change nothing."""

MOST_ENTRIES = 40
"""So many layers before one are tried as the beginning of a part."""

TAKEN = (*RESERVED, "layers", "range", "code", "letters", "a", "b")
"""Names that a wording has for something else."""

LENDERS = ("tied", "shares")


@dataclass(frozen=True)
class Region:
    """Layers of a network from `entry`, whose output is their input, to the last one; `layers` are in their order.

    sources: what each takes its input from once layers that change nothing are left out.
    """

    network: Network
    entry: str
    layers: tuple[Layer, ...]
    sources: Mapping[str, tuple[str, ...]]

    @property
    def target(self) -> Layer:
        """Return the layer whose output is that of the region."""
        return self.layers[-1]

    @property
    def is_whole(self) -> bool:
        """Say whether these are all layers of the network that change anything."""
        return self.entry == "input" and len(self.layers) == len(self.sources)

    @property
    def joins(self) -> bool:
        """Say whether branches come together in it."""
        return any(len(set(self.sources[layer.name])) > 1 for layer in self.layers)

    @cached_property
    def names(self) -> dict[str, str]:
        """Return the names of the layers in a question, by their names in the network: as short as they differ."""
        found: dict[str, str] = {}
        for layer in self.layers:
            parts = layer.name.split(".")
            others = [other.name.split(".") for other in self.layers if other is not layer]
            count = next((n for n in range(1, len(parts)) if all(parts[-n:] != other[-n:] for other in others)), 0)
            name = "_".join(parts[-count:])
            taken = {*TAKEN, *found.values()}
            found[layer.name] = name if name not in taken else f"{name}_layer"
        return found

    @property
    def input(self) -> dict[str, int]:
        """Return the sizes of what goes in."""
        values = self.network.values[self.entry]
        return {size: int(values[size]) for size in self.network.form(self.entry).sizes}

    def written(self) -> dict[str, Any]:
        """Return the part as a network of its own, in the notation."""
        layers: list[dict[str, Any]] = []
        previous = "input"
        for layer in self.layers:
            sources = [self._called(source) for source in self.sources[layer.name]]
            mapping: dict[str, Any] = {"kind": layer.kind.name, "name": self.names[layer.name]}
            if sources and sources != [previous]:
                mapping["from"] = sources[0] if len(sources) == 1 else sources
            layers.append(mapping | self._keys(layer))
            previous = mapping["name"] if sources else ""
        return {"input": self.input, "layers": layers}

    def _called(self, source: str) -> str:
        return "input" if source == self.entry else self.names[source]

    def _keys(self, layer: Layer) -> dict[str, Any]:
        """Return the keys of a layer as they are written; an activation function inside it changes no count."""
        found = layer.keys.model_dump(exclude_unset=True, exclude_none=True, by_alias=True)
        lenders = {key: self.names[found[key]] for key in LENDERS if key in found}
        own = {
            key: entry for key, entry in found.items() if key not in ("kind", "name", "from", "activation", *LENDERS)
        }
        return own | lenders


class Regions:
    """The parts of a network. Layers that change no number and no size, such as an activation, are left out."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.order = {layer.name: place for place, layer in enumerate(network.layers)}
        silent = {layer.name: layer.sources[0] for layer in network.layers if self._is_silent(layer)}
        self.layers = tuple(layer for layer in network.layers if layer.name not in silent)
        self.sources = {
            layer.name: tuple(_followed(source, silent) for source in layer.sources) for layer in self.layers
        }

    def _is_silent(self, layer: Layer) -> bool:
        if not layer.kind.view or len(layer.sources) != 1:
            return False
        return self._sizes(layer.name) == self._sizes(layer.sources[0])

    def _sizes(self, part: str) -> dict[str, Any]:
        return {size: self.network.values[part][size] for size in self.network.form(part).sizes}

    def ending_in(self, target: str, most: int = MOST_LAYERS) -> Iterator[Region]:
        """Yield the parts that end in a layer, the shortest first."""
        found = [region for entry in self._before(target) if (region := self.between(entry, target, most)) is not None]
        yield from sorted(found, key=lambda region: len(region.layers))

    def _before(self, target: str) -> Iterable[str]:
        """Return what lies before a layer, the nearest first."""
        found: dict[str, None] = {}
        waiting = list(self.sources[target])
        while waiting and len(found) < MOST_ENTRIES:
            name = waiting.pop(0)
            if name not in found:
                found[name] = None
                waiting += self.sources.get(name, ())
        return found

    def between(self, entry: str, target: str, most: int = MOST_LAYERS) -> Region | None:
        """Return the layers between two; None where another way leads in, or where they are too many."""
        found: set[str] = set()
        waiting = [target]
        while waiting:
            name = waiting.pop()
            if name == entry or name in found:
                continue
            if name == "input" or len(found) == most:
                return None
            found.add(name)
            waiting += self.sources[name]
        layers = tuple(self.network.by_name[name] for name in sorted(found, key=self.order.__getitem__))
        if not layers or layers[-1].name != target or not self._is_closed(layers, found, entry):
            return None
        return Region(self.network, entry, layers, {name: self.sources[name] for name in self.sources})

    def _is_closed(self, layers: Iterable[Layer], found: set[str], entry: str) -> bool:
        """Say whether no layer borrows from outside, and something takes what goes in."""
        borrowed = all(lender in found for layer in layers for lender in layer.borrows)
        return borrowed and any(entry in self.sources[layer.name] for layer in layers)


def _followed(source: str, silent: Mapping[str, str]) -> str:
    """Return the layer whose numbers another one hands on."""
    while source in silent:
        source = silent[source]
    return source

"""What every importer fills: layers of the notation one after the other, and what the framework says of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from layerquiz.errors import NetworkError
from layerquiz.network.function_names import plain_name
from layerquiz.network.layer import RESERVED
from layerquiz.network.layers import KINDS
from layerquiz.network.network import Network

INPUT = "input"
FUNCTION_KEYS = {"function", "activation"}


@dataclass(frozen=True, slots=True)
class Said:
    """What the framework says of some layers together: their learned numbers, and the shape of the last one's output.

    shape: without the batch, in the framework's order; None where it was not seen.
    """

    where: str
    layers: tuple[str, ...]
    trainable: int
    nontrainable: int
    shape: tuple[int, ...] | None = None

    @property
    def parameters(self) -> int:
        """Return all numbers that the framework stores as weights."""
        return self.trainable + self.nontrainable


@dataclass(slots=True)
class Draft:
    """A network in the making. `input` has the sizes by name, as in the notation; `conventions` is the framework's."""

    name: str
    input: Mapping[str, int]
    conventions: str
    layers: list[dict[str, Any]] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    taken: dict[str, int] = field(default_factory=lambda: dict.fromkeys(RESERVED, 1))

    def add(self, kind: str, *sources: str, name: str = "", **keys: Any) -> str:
        """Write one layer down and return its name in the notation, by which later layers take it.

        sources: names that `add` returned, or `INPUT`. name: as the framework calls it, such as `features.0`; made a
        name of the notation, another number behind it where that is taken. keys: as in the notation; None, and what
        the kind takes by itself, is left out.
        """
        called = self._free(name or kind)
        plain = {info.alias or key: info.default for key, info in KINDS[kind].keys.model_fields.items()}
        short = {key: _short(value) if key in KINDS[kind].per_axis else value for key, value in keys.items()}
        for key in FUNCTION_KEYS & short.keys():
            short[key] = plain_name(short[key]) if isinstance(short[key], str) else short[key]
        said = {key: value for key, value in short.items() if value is not None and not _same(value, plain.get(key))}
        self.layers.append({"kind": kind, "name": called, "from": list(sources), **said})
        return called

    def says(self, where: str, *layers: str, trainable: int, nontrainable: int = 0, shape: Any = None) -> None:
        """Note what the framework counts for some layers together, and the shape that the last of them gives."""
        self.said.append(Said(where, layers, trainable, nontrainable, None if shape is None else tuple(shape)))

    def _free(self, name: str) -> str:
        """Return a name of the notation that no layer has yet."""
        plain = re.sub(r"\W", "_", name, flags=re.ASCII).strip("_") or "layer"
        plain = plain if not plain[0].isdigit() else f"layer{plain}"
        found = plain
        while found in self.taken:  # goes on at the last number, as thousands of layers may be called alike
            self.taken[plain] += 1
            found = f"{plain}_{self.taken[plain]}"
        self.taken[found] = 1
        return found

    def notation(self) -> dict[str, Any]:
        """Return the network as a mapping of the notation, every layer by itself; `from` stands where it is needed."""
        previous, layers = INPUT, []
        for layer in self.layers:
            sources = layer["from"]
            written = {key: value for key, value in layer.items() if key != "from"}
            if sources not in ([], [previous]):
                written["from"] = sources[0] if len(sources) == 1 else sources
            layers.append(written)
            previous = layer["name"] if sources else ""
        return {"name": self.name, "conventions": self.conventions, "input": dict(self.input), "layers": layers}

    def checked(self) -> Network:
        """Return the network, after each layer and the total were compared with what the framework says.

        Raises `NetworkError` that names the first difference: nothing is written that does not agree.
        """
        network = Network.parse(self.notation())
        for said in self.said:
            self._compare(network, said)
        return network

    def _compare(self, network: Network, said: Said) -> None:
        for quantity in ("trainable", "nontrainable"):
            ours = sum(network.values[layer][quantity] for layer in said.layers)
            if ours != getattr(said, quantity):
                _differs(said, f"{getattr(said, quantity):,} {quantity} numbers", f"{ours:,}")
        if said.shape is not None and said.layers:
            given = network.value(f"{said.layers[-1]}.shape")
            if given != said.shape:
                _differs(said, f"the shape {said.shape}", str(given))


def _differs(said: Said, theirs: str, ours: str) -> NoReturn:
    what = f"the model has {theirs} there, the notation {ours}"
    cure = "This is a fault of the importer: please report the layer"
    raise NetworkError(what, where=said.where, cure=cure, slug="import-differs")


def _same(value: Any, plain: Any) -> bool:
    """Say whether a value is the one that a kind takes by itself: 1 is not true."""
    return type(value) is type(plain) and value == plain


def _short(value: Any) -> Any:
    """Return one entry for all axes where they agree, as people write it; one that is a list names two sides."""
    is_list = isinstance(value, list | tuple) and len(value) > 0 and not isinstance(value[0], list | tuple)
    return value[0] if is_list and all(_same(entry, value[0]) for entry in value) else value


def cannot(where: str, what: str, why: str = "", cure: str = "") -> NetworkError:
    """Return the refusal of a part of a model that the notation cannot say."""
    return NetworkError(what, where=where, why=why, cure=cure, slug="cannot-import")

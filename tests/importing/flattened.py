"""Networks with blocks written out flat, as an importer gives them: every layer by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from layerquiz.network.layers import KINDS
from layerquiz.network.network import Network

Layer = dict[str, Any]


def plain(name: str) -> str:
    """Return a dotted name as one of the notation."""
    return name.replace(".", "_")


def flattened(spec: Mapping[str, Any], renamed: Callable[[str], str] = plain) -> dict[str, Any]:
    """Return a network without its blocks; `renamed` gives the names from the dotted ones."""
    network = Network.parse(spec)
    names = {"input": "input"}
    for layer in network.layers:
        name = renamed(layer.name)
        names[layer.name] = name if name not in names.values() else f"{name}_again"
    layers: list[Layer] = []
    previous: list[str] = ["input"]
    for layer in network.layers:
        keys = layer.keys.model_dump(by_alias=True, exclude_unset=True)
        written = {"kind": keys.pop("kind"), "name": names[layer.name]}
        sources = [names[source] for source in layer.sources]
        if sources and sources != previous:
            written["from"] = sources[0] if len(sources) == 1 else sources
        for key in ("shares", "tied"):
            if keys.get(key) is not None:
                keys[key] = names.get(keys[key], keys[key])
        layers.append(written | {key: value for key, value in keys.items() if key not in ("name", "from")})
        previous = [] if KINDS[layer.kind.name].inputs[1] == 0 else [names[layer.name]]
    return {key: value for key, value in spec.items() if key not in ("blocks", "layers")} | {"layers": layers}

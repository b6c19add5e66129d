"""What a network says about its layers: quantities from its formulas, words and flags from its keys."""

from __future__ import annotations

from typing import Any

from layerquiz.errors import LayerquizError, TemplateError, nearest
from layerquiz.network.network import Network


def fact(network: Network, owner: str, name: str) -> Any:
    """Return a layer's quantity or key: a number, a word, true or false, or a tuple where the axes differ."""
    word = _word(network, owner, name)
    if word is not None:
        return word
    if owner in network.graph.parts:
        try:
            return network.value(f"{owner}.{name}")
        except LayerquizError:
            pass
    dotted = f"{owner}.{name}"
    raise TemplateError(f'there is no "{dotted}"', cure=nearest(dotted, known(network, owner)), slug="unknown-name")


def _word(network: Network, owner: str, name: str) -> str | bool | float | None:
    """Return a key that is no number of the graph: a word, a flag, a rate."""
    layer = network.by_name.get(owner)
    if layer is None:
        return None
    if name == "name":
        return layer.name
    found = vars(layer.keys).get(name)
    return found if isinstance(found, str | bool | float) else None


def known(network: Network, owner: str) -> list[str]:
    """Return the dotted names of what a layer offers; of an unknown one, what all layers are called."""
    if owner not in network.graph.parts:
        return [f"{part}.shape" for part in network.graph.parts if part != "total"] + ["total.parameters"]
    layer = network.by_name.get(owner)
    keys = [f"{owner}.{key}" for key in type(layer.keys).model_fields if key != "source"] if layer else []
    return list(dict.fromkeys([*network.quantities(owner), *keys]))

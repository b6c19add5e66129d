"""Parameters that a layer borrows from another one: who owns them, and which loans are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from layerquiz.errors import nearest
from layerquiz.network.layer import Layer, located
from layerquiz.network.layers.base import RefusedKeyError
from layerquiz.network.notation import shown

OF_EACH_USE = {
    *("kind", "name", "source", "trainable", "shares", "stride", "padding", "output_padding", "dilation"),
    *("activation", "sequences", "merge"),
}
"""Keys in which layers may differ that share their parameters."""


def settled(layers: Mapping[str, Layer]) -> tuple[Layer, ...]:
    """Return the layers, each of which borrows from the owner: a lender's own lender, where it has one."""
    if not any(layer.borrows for layer in layers.values()):
        return tuple(layers.values())
    owners = _owners(layers)
    return tuple([_settled(layer, layers, owners) if layer.borrows else layer for layer in layers.values()])


def _owners(layers: Mapping[str, Layer]) -> dict[str, str]:
    """Return the end of the chain of each layer that shares; of a circle every layer is its own end."""
    owners: dict[str, str] = {}
    for name in layers:
        path: dict[str, None] = {}
        here = name
        while here not in owners and here not in path and here in layers and layers[here].keys.shares:
            path[here] = None
            here = layers[here].keys.shares or here
        end = owners.get(here, here)
        owners |= {passed: passed if end in path else end for passed in path}
    return owners


def _settled(layer: Layer, layers: Mapping[str, Layer], owners: Mapping[str, str]) -> Layer:
    found = []
    for lender in layer.borrows:
        key = "shares" if lender == layer.keys.shares else "tied"
        owner = owners.get(lender, lender)
        try:
            _check(layer, key, owner, layers)
        except RefusedKeyError as error:
            raise located(error.at(layer.called), *layer.path, key) from None  # type: ignore[arg-type]
        found.append(owner)
    return replace(layer, borrows=tuple(found))


def _check(layer: Layer, key: str, name: str, layers: Mapping[str, Layer]) -> None:
    """Refuse a loan that names no layer, one of another kind or with other keys, or goes round in a circle."""
    lender = layers.get(name)
    if lender is None:
        raise RefusedKeyError(key, f'found "{name}", which is no layer', nearest(name, layers), "unknown-layer")
    if lender.keys.shares:
        what = f'"{name}" shares with another layer in turn, round in a circle'
        raise RefusedKeyError(key, what, "Name the layer that owns the parameters", "cycle")
    needed = layer.kind.name if key == "shares" else "embedding"
    if lender.kind.name != needed:
        what = f'"{name}" is of the kind {lender.kind.name}'
        raise RefusedKeyError(key, what, f"Allowed: a layer of the kind {needed}", "wrong-loan")
    for field, info in type(layer.keys).model_fields.items() if key == "shares" else ():
        mine, theirs = getattr(layer.keys, field), getattr(lender.keys, field)
        if field not in OF_EACH_USE and mine != theirs:
            what = f'{info.alias or field} is {shown(mine)} here and {shown(theirs)} in "{name}"'
            raise RefusedKeyError(key, what, "Layers that share parameters have the same keys", "wrong-loan")

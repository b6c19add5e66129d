"""What may be asked of a network's layers, and whether an answer would be worth anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from layerquiz.errors import LayerquizError, nearest
from layerquiz.exam.from_network.regions import Region
from layerquiz.network.glossary import OWN, QUANTITIES, SIZES, START, SUMMED, TRACED
from layerquiz.network.network import Network

USUAL = ("parameters", "shape")

OF_OUTPUT = ("shape", *SIZES, *TRACED, START)
"""Quantities of one layer's output, of which there is no total."""

ASKABLE = tuple(
    name for name in OWN if name in (*OF_OUTPUT, *QUANTITIES, *SUMMED) or "_" in name or name == "statistics"
)


def checked(asked: Sequence[str], network: Network) -> tuple[str, ...]:
    """Return the quantities to ask for, or the usual ones. One that is unknown, or that no layer has, is an error."""
    if not asked:
        return tuple(name for name in USUAL if _is_there(network, name))
    for name in asked:
        if name not in ASKABLE:
            raise LayerquizError(f'nobody can ask for "{name}"', cure=nearest(name, ASKABLE), slug="unknown-quantity")
        if not _is_there(network, name):
            what = f"no layer of {network.name} has {name.replace('_', ' ')}"
            there = ", ".join(found for found in ASKABLE if _is_there(network, found))
            raise LayerquizError(what, cure=f"Ask for some of {there}", slug="does-not-apply")
    return tuple(dict.fromkeys(asked))


def _is_there(network: Network, quantity: str) -> bool:
    return any(value_of(network, f"{layer.name}.{quantity}") for layer in network.layers)


def value_of(network: Network, name: str) -> Any:
    """Return a quantity, None where there is none."""
    try:
        return network.value(name)
    except LayerquizError:
        return None


def is_total(quantity: str) -> bool:
    """Say whether several layers have a quantity together."""
    return quantity not in OF_OUTPUT and not quantity.endswith("_shape")


def is_seen(region: Region, quantity: str) -> bool:
    """Say whether a part shows a quantity as the whole network has it: a receptive field is traced from the image."""
    return region.entry == "input" or quantity not in (*TRACED, START)


def telling(region: Region, asked: Iterable[str]) -> tuple[str, ...]:
    """Return the quantities of a region's last layer whose answer has to be worked out."""
    written = region.written()
    stated = _numbers([written["input"], written["layers"]])
    own = {
        quantity: value_of(region.network, f"{region.target.name}.{quantity}")
        for quantity in asked
        if is_seen(region, quantity)
    }
    return tuple(quantity for quantity, value in own.items() if value and not is_copied(value, stated))


def is_copied(value: Any, stated: set[Any]) -> bool:
    """Say whether every number of an answer stands in the question."""
    return set(value if isinstance(value, tuple) else (value,)) <= {1, *stated}


def _numbers(found: Any) -> set[Any]:
    """Return all numbers of plain data."""
    if isinstance(found, dict):
        return _numbers(list(found.values()))
    if isinstance(found, list):
        return set().union(*map(_numbers, found))
    return {found} if isinstance(found, int) and not isinstance(found, bool) else set()

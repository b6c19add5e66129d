"""What well-known texts print: of the zoo, values that their own rows do not give, and the numbers of sister models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import yaml

from layerquiz.data import folder
from layerquiz.errors import LayerquizError
from layerquiz.formula.expr import Number
from layerquiz.network.network import Answer, Network
from layerquiz.network.zoo import names


@dataclass(frozen=True, slots=True)
class Published:
    """A number that is known of a network of the zoo, and who says it; a text is rounded to the digits that it shows.

    conventions: those that it is counted under; "" for the network's own.
    """

    network: str
    quantity: str
    value: int | str
    source: str
    conventions: str = ""

    @property
    def least(self) -> Decimal:
        """Return the smallest number that is printed so."""
        return Decimal(self.value) - self._half

    @property
    def most(self) -> Decimal:
        """Return the largest number that is printed so."""
        return Decimal(self.value) + self._half

    @property
    def _half(self) -> Decimal:
        """Return half of the last digit that is shown; 0 for an exact number."""
        last = Decimal(self.value).as_tuple().exponent
        return Decimal(0) if isinstance(self.value, int) else Decimal(5).scaleb(int(last) - 1)


@dataclass(frozen=True, slots=True)
class Printed:
    """A value that a text prints for a quantity, and the right one; `image` is the input's height, if one is said."""

    quantities: tuple[str, ...]
    right: Answer
    printed: Answer
    text: str
    image: int | None = None


@lru_cache(maxsize=1)
def _data() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load((folder("published") / "published.yaml").read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=1)
def published_values() -> tuple[Published, ...]:
    """Return what is known of the networks of the zoo."""
    return tuple(Published(**row) for row in _data()["published"])


@lru_cache(maxsize=1)
def printed_values() -> tuple[Printed, ...]:
    """Return all values that are printed wrongly."""
    return tuple(
        Printed(tuple(row["quantity"]), _answer(row["right"]), _answer(row["printed"]), row["text"], row.get("image"))
        for row in _data()["printed"]
    )


def _answer(value: int | list[int]) -> Answer:
    return tuple(value) if isinstance(value, list) else value


def sisters(network: Network, quantity: str) -> Iterator[tuple[str, Answer]]:
    """Yield the names of a known network's sister models, and what the same quantity is there."""
    if "total" not in network.graph.parts:
        return
    parameters = network.values["total"]["parameters"]
    for family in _families().get(parameters, ()):
        for name, number in family.items():
            value = number if quantity == "total.parameters" else _of_zoo(name, quantity)
            if number != parameters and value is not None:
                yield name, value


@lru_cache(maxsize=1)
def _families() -> Mapping[Number, list[Mapping[str, int]]]:
    """Return the families that have a model of so many parameters."""
    found: dict[Number, list[Mapping[str, int]]] = {}
    for family in _data()["families"]:
        for number in dict.fromkeys(family.values()):
            found.setdefault(number, []).append(family)
    return found


@lru_cache(maxsize=64)
def _of_zoo(name: str, quantity: str) -> Answer | None:
    """Return a quantity of a known network; None where there is no such network, or it has no such quantity."""
    if name not in names():
        return None
    try:
        return _known(name).value(quantity)
    except LayerquizError:
        return None


_known = lru_cache(maxsize=8)(Network.named)
"""The last few sister models: a sheet asks for several numbers of one."""

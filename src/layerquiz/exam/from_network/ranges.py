"""Numbers near those of a model: what a question may draw in their place, so that it stays a network of its kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import lcm, prod
from typing import Any

from layerquiz.exam.from_network.regions import Region
from layerquiz.network.layer import Layer

WIDTHS = ("filters", "units", "features", "feedforward")
"""Keys that say how wide a layer is."""

DIVISORS = ("groups", "heads", "kv_heads")
"""Keys whose number has to divide a width."""

VOCABULARIES = (2_000, 5_000, 8_000, 10_000, 16_000, 20_000, 30_000, 32_000, 40_000, 50_000, 64_000, 100_000, 128_000)
DECIMAL = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1_000)
MOST_PARTS, OF_A_HEAD = 64, 16
"""Groups are at most so many, or one for each channel; the features of a head are a multiple of so many."""

FEWEST = 4
"""Widths below it, such as the three channels of a colour image, stay what they are."""

STEPS = range(-2, 4)
LEVELS = ("free", "tied", "sizes")
"""How much is drawn: every width by itself; equal widths together, so that sums still meet; or no width at all."""

UP = ("upsample", "convtranspose", "pixelshuffle", "maxunpool", "fold")


def near(number: int, multiple: int = 1) -> list[int]:
    """Return widths near a number, all of them multiples of another, in the steps in which people choose them."""
    while number % multiple and multiple % 2 == 0:
        multiple //= 2
    if number < FEWEST or number % multiple:
        return [number]
    decimal = (number % 10 == 0 and number % 16 != 0) or number % 100 == 0
    units = DECIMAL if decimal else tuple(2**power for power in range(13))
    fitting = [step for unit in units if (step := lcm(unit, multiple)) * 6 <= number]
    step = max(fitting, default=multiple)
    found = (number + place * step for place in STEPS)
    return [width for width in found if 2 * width > number and width < 2 * number]


def kernels(number: int) -> list[int]:
    """Return kernels near one: odd ones for an odd one."""
    if number == 1:
        return [1]
    if number % 2:
        return [size for size in (number - 2, number, number + 2) if 3 <= size <= max(number, 5)]
    return [number, number + 1] if number == 2 else [number - 2, number, number + 2]


@dataclass
class Varied:
    """The draws of one part of a network: `let`, `input` and `layers` as a template writes them."""

    region: Region
    level: str
    let: dict[str, Any] = field(default_factory=dict)

    def network(self) -> dict[str, Any]:
        """Return the part with draws in place of its numbers."""
        written = self.region.written()
        self.multiple = _multiple(written["layers"])
        first = self._input(written["input"])
        layers = [
            self._layer(layer, mapping) for layer, mapping in zip(self.region.layers, written["layers"], strict=True)
        ]
        return {"input": first, "layers": layers}

    def width(self, number: int) -> Any:
        """Return what is drawn for a width."""
        choices = near(number, self.multiple)
        if self.level == "sizes" or len(choices) == 1:
            return number
        if self.level == "free":
            return {"choice": choices}
        self.let.setdefault(f"n{number}", {"choice": choices})
        return f"= n{number}"

    def _input(self, sizes: Mapping[str, int]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for size, number in sizes.items():
            if size in ("channels", "features"):
                found[size] = self.width(number)
            elif size == "tokens":
                found[size] = self._tokens(number)
            else:
                same = next(
                    (other for other in ("depth", "height") if sizes.get(other) == number and other in found), ""
                )
                found[size] = f"= {same}" if same else self._size(number)
        return found

    def _tokens(self, number: int) -> Any:
        if self.level == "free" or not self._is_told(number):
            return {"choice": near(number)}
        self.let.setdefault(f"n{number}", {"choice": near(number)})
        return f"= n{number}"

    def _is_told(self, number: int) -> bool:
        """Say whether a number of tokens stands in a layer too, such as a table of positions."""
        return any(number in _numbers(vars(layer.keys).values()) for layer in self.region.layers)

    def _size(self, number: int) -> Any:
        """Return the range of an image's height: near, and so that what goes down comes up again."""
        step = self._shrinking() if self._comes_up() else 1
        spread = max(1, number // 6 // step) * step
        first, last = max(number - spread, min(number, step)), number + spread
        return number if number <= step or number < FEWEST else {"range": [first, last, step]}

    def _comes_up(self) -> bool:
        return self.region.joins and any(layer.kind.name.startswith(UP) for layer in self.region.layers)

    def _shrinking(self) -> int:
        """Return by how much all strides together make an image smaller."""
        return prod(_stride(layer) for layer in self.region.layers if not layer.kind.name.startswith(UP))

    def _layer(self, layer: Layer, mapping: Mapping[str, Any]) -> dict[str, Any]:
        found = dict(mapping)
        for key, number in mapping.items():
            if key in WIDTHS and isinstance(number, int):
                found[key] = self.width(number)
            elif key == "vocabulary" and number > VOCABULARIES[0]:
                found[key] = {"choice": sorted({number, *(v for v in VOCABULARIES if number / 2 < v < 2 * number)})}
            elif key == "groups" and number == self._channels_before(layer):
                found[key] = f"= {self._before(layer)}.channels"
            elif key == "shape" and isinstance(number, list):
                found[key] = [self._told(entry) for entry in number]
        return self._window(layer, found)

    def _told(self, entry: Any) -> Any:
        """Return an entry of a shape: tied to the width or the tokens that are the same number."""
        return f"= n{entry}" if f"n{entry}" in self.let else entry

    def _channels_before(self, layer: Layer) -> Any:
        sources = self.region.sources[layer.name]
        return self.region.network.values[sources[0]].get("channels") if len(sources) == 1 else None

    def _before(self, layer: Layer) -> str:
        source = self.region.sources[layer.name][0]
        return "input" if source == self.region.entry else self.region.names[source]

    def _window(self, layer: Layer, mapping: dict[str, Any]) -> dict[str, Any]:
        """Draw the kernel of a layer that has one, and what hangs on it."""
        kernel, padding = mapping.get("kernel"), mapping.get("padding", 0)
        if not isinstance(kernel, int) or self.level == "sizes":
            return mapping
        keeps = padding == kernel // 2 and kernel % 2 and mapping.get("dilation", 1) == 1
        patches = mapping.get("stride") == kernel and kernel >= FEWEST and padding == 0
        if (
            layer.kind.name.startswith(UP)
            or ("pool" in layer.kind.name and padding)
            or (self.region.joins and not (keeps and padding))
        ):
            return mapping
        options = [kernel // 2, kernel] if patches else kernels(kernel)
        if len(options) == 1:
            return mapping
        drawn: dict[str, Any] = {"kernel": {"choice": options}}
        if patches:
            drawn["stride"] = "= kernel"
        if keeps and padding:
            drawn["padding"] = "= kernel // 2"
        first = {key: mapping[key] for key in mapping if key in ("kind", "name", "from")}
        return first | drawn | {key: entry for key, entry in mapping.items() if key not in {*first, *drawn}}


def _multiple(layers: Sequence[Mapping[str, Any]]) -> int:
    """Return a number that every width has to be a multiple of, for groups and heads."""
    numbers = [layer[key] for layer in layers for key in DIVISORS if isinstance(layer.get(key), int)]
    found = lcm(*(number for number in numbers if number <= MOST_PARTS)) if numbers else 1
    return found * OF_A_HEAD if any("heads" in layer for layer in layers) else found


def _stride(layer: Layer) -> int:
    keys = vars(layer.keys)
    found = keys.get("stride", 1)
    found = keys.get("kernel", 1) if found is None else found
    return found if isinstance(found, int) else max(found, default=1)


def _numbers(found: Any) -> list[Any]:
    return [number for entry in found for number in (entry if isinstance(entry, list) else [entry])]

"""What a layer offers to the wording: its quantities, its keys, and its description in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from layerquiz.errors import LayerquizError, TemplateError, nearest
from layerquiz.exam.described import Sign, described
from layerquiz.exam.facts import fact
from layerquiz.exam.picture_view import PictureView
from layerquiz.formula.expr import Reference
from layerquiz.languages import ENGLISH, Words
from layerquiz.network.network import Network


class Shape(tuple[int, ...]):
    """Sizes that print as a product: $32\\times 32\\times 3$."""

    __slots__ = ()


class Window(int):
    """One number that stands for every axis: a kernel of 3 prints as $3\\times 3$, and counts as 3."""

    rank: int

    def __new__(cls, number: int, rank: int) -> Window:
        """Return a number with its count of axes."""
        window = super().__new__(cls, number)
        window.rank = rank
        return window


class LayerView:
    """One layer (or `input`, `total`, a block) in a wording: `conv.kernel`, `conv.shape`, `stage.block1.conv.shape`.

    Where a formula is asked for, `letters` are the signs in TeX that are printed in place of numbers.
    """

    __slots__ = ("_letters", "_name", "_network", "_words")

    def __init__(
        self, network: Network, name: str, letters: Mapping[Reference, str] | None = None, words: Words = ENGLISH
    ) -> None:
        self._network, self._name, self._letters, self._words = network, name, letters or {}, words

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("_"):
            raise AttributeError(attribute)
        if attribute == "description":
            if self._letters:
                cure = "Name what it has one by one, such as conv.kernel"
                raise TemplateError("a description has numbers, and this question has letters", cure=cure)
            return described(self._network, self._name, words=self._words)
        inner = f"{self._name}.{attribute}"
        if inner in self._network.graph.parts:
            return self._inner(inner)
        return self._in_letters(attribute) or offered(self._network, self._name, attribute)

    def _inner(self, name: str) -> LayerView:
        return LayerView(self._network, name, self._letters, self._words)

    def _in_letters(self, attribute: str) -> Sign | None:
        """Return a quantity as its letter, a shape as a product of letters and numbers; None where it has none."""
        if not self._letters:
            return None
        try:
            refs = self._network.members(f"{self._name}.{attribute}")
        except LayerquizError:
            return None
        if not any(ref in self._letters for ref in refs):
            return None
        texts = [self._letters.get(ref, str(self._network.values[ref.owner][ref.name])) for ref in refs]
        layer = self._network.by_name.get(self._name)
        if attribute == "kernel" and layer and len(texts) == 1:
            texts *= max(1, len(layer.kind.axes))
        return Sign("$" + r" \times ".join(texts) + "$")


def offered(network: Network, owner: str, name: str) -> Any:
    """Return a layer's quantity or key as the wording prints it."""
    found = fact(network, owner, name)
    if isinstance(found, tuple):
        return Shape(found)
    layer = network.by_name.get(owner)
    if name == "kernel" and layer and len(layer.kind.axes) > 1:
        return Window(found, len(layer.kind.axes))
    return found


def views(network: Network, letters: Mapping[Reference, str] | None = None, words: Words = ENGLISH) -> dict[str, Any]:
    """Return a network's names for the wording: every layer, `input`, `total`, and `layers` for loops."""
    return arranged(network, lambda name: LayerView(network, name, letters, words))


def arranged(network: Network, view: Callable[[str], LayerView]) -> dict[str, Any]:
    """Return a network's names for the wording, each with its view."""
    parts = {name: view(name) for name in network.graph.parts}
    layers = [parts[layer.name] for layer in network.layers]
    return {"layers": layers, **{name: view for name, view in parts.items() if "." not in name}}


class NetworkView:
    """One of several networks in a wording: `a.name`, `a.conv.filters`, `a.layers`, `a.total.parameters`."""

    __slots__ = ("_name", "_views", "picture_view")

    def __init__(self, network: Network, name: str, words: Words = ENGLISH) -> None:
        self._name, self._views = name, views(network, words=words)
        self.picture_view = PictureView(network)

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("_"):
            raise AttributeError(attribute)
        if attribute == "name":
            return self._name
        if attribute not in self._views:
            cure = nearest(attribute, self._views)
            raise TemplateError(f'the network has no "{attribute}"', cure=cure, slug="unknown-name")
        return self._views[attribute]

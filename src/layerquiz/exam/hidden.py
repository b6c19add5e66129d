"""A network in a wording that asks for one of its keys: the key prints as a letter, and nothing printed gives it away.

What a quantity gives away is found by comparing networks: one that changes with the key tells something about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from layerquiz.errors import LayerquizError, TemplateError
from layerquiz.exam.described import Sign, described
from layerquiz.exam.layer_view import LayerView, arranged
from layerquiz.formula.expr import Number, Reference
from layerquiz.languages import ENGLISH, Words
from layerquiz.network.network import Network


@dataclass(frozen=True, eq=False)
class Hidden:
    """What must not be printed: `others` are the network with some other numbers for `keys`, each with its number.

    sign: the letter in TeX that is printed in place of the number. given: quantities that the question states.
    """

    keys: tuple[str, ...]
    sign: str
    number: int
    others: tuple[tuple[int, Network], ...]
    given: frozenset[Reference]

    def texts(self, network: Network, refs: tuple[Reference, ...]) -> list[str]:
        """Return quantities as they may be printed. Raises TemplateError where one would give the key away."""
        return [self._text(network, ref) for ref in refs]

    def _text(self, network: Network, ref: Reference) -> str:
        value = network.values[ref.owner][ref.name]
        found = [(number, _value(other, ref)) for number, other in self.others]
        if ref in self.given or all(other == value for _, other in found):
            return str(value)
        if value == self.number and all(other == number for number, other in found):
            return self.sign
        raise self.refusal(str(ref))

    def refusal(self, name: str) -> TemplateError:
        """Return the error about something that changes with the key."""
        what = f'"{name}" would give {self.keys[0]} away, which is asked for'
        cure = "Leave it out; where students may know it, it stands in given"
        return TemplateError(what, cure=cure, slug="gives-away")

    def hides_layers(self, network: Network) -> bool:
        """Say whether the layers themselves change with the key."""
        names = [layer.name for layer in network.layers]
        return any([layer.name for layer in other.layers] != names for _, other in self.others)


def _value(network: Network, ref: Reference) -> Number | None:
    part = network.graph.parts.get(ref.owner)
    return network.values[ref.owner][ref.name] if part is not None and ref.name in part else None


class HidingView(LayerView):
    """A layer of which one key is asked for, or of which something changes with that key."""

    __slots__ = ("_hidden",)

    def __init__(self, network: Network, name: str, hidden: Hidden, words: Words = ENGLISH) -> None:
        super().__init__(network, name, words=words)
        self._hidden = hidden

    def __getattr__(self, attribute: str) -> Any:
        if attribute == "description":
            return self._described()
        return super().__getattr__(attribute)

    def _inner(self, name: str) -> LayerView:
        return HidingView(self._network, name, self._hidden, self._words)

    def _described(self) -> str:
        if self._name not in self._network.by_name and self._hidden.hides_layers(self._network):
            raise self._hidden.refusal(f"{self._name}.description")
        return described(self._network, self._name, self._of_key, self._words)

    def _of_key(self, owner: str, key: str) -> Sign | None:
        return self._sign(owner, key) if f"{owner}.{key}" in self._hidden.keys else None

    def _sign(self, owner: str, key: str) -> Sign | None:
        """Return the letter of a quantity, once for each axis of a kernel; None where it prints as it is."""
        try:
            refs = self._network.members(f"{owner}.{key}")
        except LayerquizError:
            return None
        texts = self._hidden.texts(self._network, refs)
        if self._hidden.sign not in texts:
            return None
        layer = self._network.by_name.get(owner)
        if key == "kernel" and layer and len(texts) == 1:
            texts *= max(1, len(layer.kind.axes))
        return Sign("$" + r" \times ".join(texts) + "$")

    def _in_letters(self, attribute: str) -> Sign | None:
        return self._sign(self._name, attribute)


class _Refused:
    """The layers where their count would give the key away."""

    def __init__(self, hidden: Hidden) -> None:
        self._hidden = hidden

    def __iter__(self) -> Iterator[Any]:
        raise self._hidden.refusal("layers")


def hiding_views(network: Network, hidden: Hidden, words: Words = ENGLISH) -> Mapping[str, Any]:
    """Return a network's names for the wording of a question that asks for one of its keys."""
    found = arranged(network, lambda name: HidingView(network, name, hidden, words))
    return {**found, "layers": _Refused(hidden)} if hidden.hides_layers(network) else found

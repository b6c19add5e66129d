"""A key of the notation that is searched for: the drawn network with one number after the other in its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from layerquiz.errors import LayerquizError, nearest
from layerquiz.exam.hidden import Hidden
from layerquiz.exam.source import Path, SourceText
from layerquiz.formula.expr import Number
from layerquiz.network import expression, glossary
from layerquiz.network.network import Network
from layerquiz.network.notation import shown
from layerquiz.network.scope import Scope, labels_of

MOST_NUMBERS = 5_000
MOST_COMPARED = 16
"""Whether a quantity changes with the key is looked at in so many networks; of more, in the first, last and next."""

LARGEST_PLAIN = 1
"""Up to this number a key may say nothing (a padding of 0, one group), and then formulas leave it out."""

LETTER = "n"
"""What is printed for a key without a letter of its own, such as `repeat`."""


@dataclass(frozen=True, eq=False)
class Searched:
    """One number for one key or several, such as `conv.kernel` or height and width of the input, `among` some."""

    keys: tuple[str, ...]
    among: range
    written: SourceText
    place: Path

    @classmethod
    def read(cls, keys: str | list[str], among: list[int], written: SourceText, path: Path) -> Searched:
        """Return what an entry searches for, its bounds checked."""
        first, last, step = (*among, 1)[:3] if 2 <= len(among) <= 3 else (0, 0, 0)
        if step < 1 or first > last or (last - first) // step >= MOST_NUMBERS:
            cure = f"Allowed: [first, last] or [first, last, step], at most {MOST_NUMBERS:,} numbers"
            raise written.fault(f"among is {shown(among)}", (*path, "among"), cure=cure, slug="among")
        found = (keys,) if isinstance(keys, str) else tuple(keys)
        return cls(found, range(first, last + 1, step), written, path)

    @property
    def name(self) -> str:
        """Return the first key: the others have its number."""
        return self.keys[0]

    def made_from(self, front: Mapping[str, Any]) -> set[str]:
        """Return the names of `let` from which a template, by its front matter, makes the key."""
        let, network = front.get("let", {}), front.get("network", {})
        written: list[Any] = []
        for name in self.keys:
            owner, _, key = name.rpartition(".")
            named = [layer for layer in network["layers"] if isinstance(layer, Mapping) and layer.get("name") == owner]
            written += [mapping.get(key) for mapping in ([network["input"]] if owner == "input" else named)]
        found: set[str] = set()
        while written:
            new = {name for name in _names(written.pop()) if name in let} - found
            found |= new
            written += [let[name] for name in new]
        return found

    def sign(self, network: Network) -> str:
        """Return the letter that stands for the number, in TeX."""
        owner, _, key = self.name.rpartition(".")
        known = owner == "input" or owner in network.by_name
        return glossary.entry(key, own=owner != "input").letter if known else LETTER

    def is_square(self, network: Network) -> bool:
        """Say whether the number is a size along each axis: a kernel, a stride, height and width of the input."""
        owner, _, key = self.name.rpartition(".")
        return len(self.keys) > 1 or (owner in network.by_name and key in network.by_name[owner].kind.per_axis)

    def number(self, network: Network) -> int:
        """Return the number that was drawn for the key."""
        owner, _, key = self.name.rpartition(".")
        found = self._mapping(network, owner).get(key)
        if found is None and owner in network.by_name:
            found = getattr(network.by_name[owner].keys, key, None)
        if type(found) is not int:
            what, cure = f"{self.name} is {shown(found)}", "What is asked for is one whole number"
            raise self.written.fault(what, self.place, cure=cure, slug="no-number")
        return found

    def at(self, network: Network, number: int) -> Network | None:
        """Return the drawn network with another number, None where that cannot be; made once for each drawing."""
        return network.remembered(("searched", self.keys, number), lambda: self._at(network, number))

    def _at(self, network: Network, number: int) -> Network | None:
        spec = network.spec
        for name in self.keys:
            spec = self._with(spec, name, number)
        try:
            return Network.parse(spec, network.kinds)
        except LayerquizError as error:
            if error.slug == "unknown-key":
                raise self.written.located(error, self.place) from None
            return None  # the drawn network can be, so it is the number that does not fit

    def tried(self, network: Network) -> Iterator[tuple[int, Network]]:
        """Yield each number with which the drawn network can be, and the network with it.

        Where the formulas are the same, only the values are made anew. There may be thousands, so none is kept.
        """
        base = self._base(network)
        for number in self.among:
            made = self.at(network, number) if base is None or number <= LARGEST_PLAIN else self._of(base, number)
            if made is not None:
                yield number, made

    def _of(self, base: Network, number: int) -> Network | None:
        try:
            return base.renumbered(self._own(number))
        except (LayerquizError, ZeroDivisionError):
            return None

    def near(self, network: Network, number: int, beside: int) -> list[int]:
        """Return a number and those with which the network can be on each side of it, at most so many."""
        place = self.among.index(number)
        below = (n for n in reversed(self.among[:place]) if self.at(network, n) is not None)
        above = (n for n in self.among[place + 1 :] if self.at(network, n) is not None)
        return [*reversed([*islice(below, beside)]), number, *islice(above, beside)]

    def _base(self, network: Network) -> Network | None:
        """Return a network with the formulas that all larger numbers have; None where they may differ.

        In the networks of the first and of the last number nothing but the key may differ: a pooling's stride may be
        its kernel.
        """
        larger = [number for number in self.among if number > LARGEST_PLAIN]
        first, last = self._valid(network, larger), self._valid(network, reversed(larger))
        if first is None or last is None or first.structure is not last.structure:
            return None
        with_last = self._own(self.number(last))
        parts = zip(first.graph.parts.values(), last.graph.parts.values(), strict=True)
        alike = all({**one.givens, **with_last.get(one.name, {})} == dict(two.givens) for one, two in parts)
        return first if alike else None

    def _valid(self, network: Network, numbers: Iterable[int]) -> Network | None:
        return next((made for number in numbers if (made := self.at(network, number)) is not None), None)

    def _own(self, number: int) -> dict[str, dict[str, Number]]:
        own: dict[str, dict[str, Number]] = {}
        for name in self.keys:
            owner, _, key = name.rpartition(".")
            own.setdefault(owner, {})[key] = number
        return own

    def hidden(self, network: Network, given: tuple[str, ...]) -> Hidden:
        """Return what the wording must not print, compared with some of the other numbers."""
        drawn, numbers = self.number(network), self.among
        if len(numbers) > MOST_COMPARED:
            close = [drawn - numbers.step, drawn + numbers.step]
            compared = dict.fromkeys([numbers[0], *(n for n in close if n in numbers), numbers[-1]])
        else:
            compared = dict.fromkeys(numbers)
        found = [(number, self.at(network, number)) for number in compared if number != drawn]
        others = tuple((number, made) for number, made in found if made is not None)
        told = frozenset(ref for name in given for ref in self.members(network, name))
        return Hidden(self.keys, self.sign(network), drawn, others, told)

    def members(self, network: Network, name: str) -> tuple[Any, ...]:
        """Return what a quantity of the entry consists of; an unknown one is an error with its line."""
        try:
            return network.members(name)
        except LayerquizError as error:
            raise self.written.located(error, self.place) from None

    def _mapping(self, network: Network, owner: str) -> Mapping[str, Any]:
        spec = network.spec
        found: Mapping[str, Any] = spec["input"] if owner == "input" else spec["layers"][self._index(spec, owner)]
        return found

    def _with(self, spec: Mapping[str, Any], name: str, number: int) -> Mapping[str, Any]:
        """Return a network's mapping with a number for one key."""
        owner, _, key = name.rpartition(".")
        if owner == "input":
            return {**spec, "input": {**spec["input"], key: number}}
        index, layers = self._index(spec, owner), spec["layers"]
        return {**spec, "layers": [*layers[:index], {**layers[index], key: number}, *layers[index + 1 :]]}

    def _index(self, spec: Mapping[str, Any], owner: str) -> int:
        """Return the place of a layer or block in the list of layers."""
        labels = list(labels_of(spec["layers"], Scope()))
        for index, found in enumerate(labels):
            if found == [owner]:
                return index
        cure = nearest(owner, ["input", *(name for found in labels for name in found)])
        raise self.written.fault(f'no layer or block is called "{owner}"', self.place, cure=cure, slug="unknown-layer")


def _names(written: Any) -> Iterator[str]:
    """Yield the names in the expressions of an entry of a template."""
    if isinstance(written, Mapping):
        written = list(written.values())
    if isinstance(written, list):
        for entry in written:
            yield from _names(entry)
    elif isinstance(written, str) and written.startswith("="):
        yield from expression.parse(written[1:]).names

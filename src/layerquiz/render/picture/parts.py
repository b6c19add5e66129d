"""A network as the parts of a picture: layers, each with the activation and norm behind it, and blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from layerquiz.errors import NetworkError, nearest
from layerquiz.network.layer import Layer
from layerquiz.network.network import Network
from layerquiz.network.scope import COPY

DIGITS = re.compile(r"\d+")

QUIET = frozenset(
    ("activation", "dropout", "identity", "batchnorm", "groupnorm", "instancenorm", "lrn", "prelu", "normalization")
)
"""Kinds that are said beside the layer before them: they keep its sizes."""

OUTSIDE = ""
"""The name of whatever a body takes its input from."""


@dataclass(slots=True)
class Unit:
    """One part of a picture: a layer with what is said beside it, or a block (`layer` is None).

    name: the layer, or the block. sources: names of units, `OUTSIDE` for the input. out: the layer whose output it
    gives. holds: all layers in it. times: so many copies stand one behind the other;
    copies: how that is said. stage: the open block around it.
    """

    name: str
    layer: Layer | None
    holds: list[str]
    out: str
    title: str = ""
    times: int = 1
    copies: str = ""
    body: str = ""
    stage: str = ""
    sources: list[str] = field(default_factory=list)
    followers: list[Layer] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """Return the kind of its layer, or `block`."""
        return self.layer.kind.name if self.layer else COPY


Opens: TypeAlias = Callable[[str], bool]
"""Says whether a block is drawn open: its parts in its place."""


class Outline:
    """The blocks of a network as a tree, read from the names of its layers."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.layers = [name for name in network.graph.parts if name in network.by_name]
        self.inside: dict[str, dict[str, list[str]]] = {}
        for name in self.layers:
            owner = ""
            while True:
                head, dot, _ = name[len(owner) + 1 if owner else 0 :].partition(".")
                child = f"{owner}.{head}" if owner else head
                self.inside.setdefault(owner, {}).setdefault(child, []).append(name)
                if not dot:
                    break
                owner = child
        self._signatures: dict[str, Any] = {}

    def check_block(self, name: str) -> None:
        """Refuse the name of a block that is not there."""
        if name not in self.inside or not name:
            blocks = [block for block in self.inside if block]
            what = f'there is no block "{name}"'
            cure = nearest(name, blocks) if blocks else "The network has no blocks"
            raise NetworkError(what, cure=cure, slug="unknown-block")

    def loud(self, block: str) -> list[str]:
        """Return the layers of a block that have a box of their own."""
        names = (name for inner in self.inside[block].values() for name in inner)
        return [name for name in names if self.network.by_name[name].kind.name not in QUIET]

    @cached_property
    def consumers(self) -> dict[str, list[str]]:
        """Return who takes each layer's output."""
        found: dict[str, list[str]] = {}
        for name in self.layers:
            for source in self.network.by_name[name].sources:
                found.setdefault(source, []).append(name)
        return found

    def signature(self, child: str) -> Any:
        """Return what a block says, without its own name: equal blocks have equal ones."""
        if child not in self._signatures:
            self._signatures[child] = tuple(self._said(child))
        return self._signatures[child]

    def _said(self, child: str) -> Iterator[Any]:
        start = len(child) + 1
        for name in (name for inner in self.inside[child].values() for name in inner):
            layer = self.network.by_name[name]
            keys = [(key, str(value)) for key, value in layer.keys if key not in ("name", "source", "shares")]
            sources = [source[start:] if source.startswith(f"{child}.") else OUTSIDE for source in layer.sources]
            yield name[start:], layer.kind.name, tuple(keys), tuple(sources)

    def definition(self, block: str) -> str:
        """Return the name under which a block is defined, "" where it is written in its place."""
        return self.network.definitions.get(block, "")

    def alike(self, block: str) -> object:
        """Return what blocks that are built alike have in common: a definition, or their kinds of layers."""
        names = (name for inner in self.inside[block].values() for name in inner)
        kinds = frozenset((DIGITS.sub("", name[len(block) :]), self.network.by_name[name].kind.name) for name in names)
        return self.definition(block) or kinds

    def groups(self, owner: str, opens: Opens, stage: str = "") -> Iterator[Unit]:
        """Yield the parts of a body, without their wiring; an open block's parts stand in its place."""
        for run in self._runs(owner):
            child, holds = run[0], [name for copy in run for name in self.inside[owner][copy]]
            if child not in self.inside:
                yield Unit(child, self.network.by_name[child], holds, child)
                continue
            inner = list(self._runs(child))
            body, times, title = child, len(run), self._title(child)
            if len(run) == len(inner) == 1 and len(inner[0]) > 1:  # a named block holds its copies
                body, times, title = inner[0][0], len(inner[0]), child.rpartition(".")[2]
            if times == 1 and (len(self.loud(child)) <= 1 or opens(child)):
                yield from self.groups(child, opens, stage or child)
            else:
                unit = self._block(child, holds, body, times, title, stage)
                unit.copies = self._copies(run, times)
                yield unit

    def _block(self, child: str, holds: list[str], body: str, times: int, title: str, stage: str) -> Unit:
        inside = set(holds)
        out = next(name for name in reversed(holds) if not inside.issuperset(self.consumers.get(name, ("",))))
        loud = self.loud(body)
        only = self.network.by_name[loud[0]] if len(loud) == 1 else None
        quiet = [self.network.by_name[name] for name in holds if name.startswith(f"{body}.") and name not in loud]
        return Unit(child, only, holds, out, title, times, body=body, stage=stage, followers=quiet if only else [])

    def _copies(self, run: Sequence[str], times: int) -> str:
        """Return what stands behind a title for copies: their number, or the last name where each has a name."""
        last = run[-1].rpartition(".")[2]
        if len(run) > 1 and not last.removeprefix(COPY).isdigit():
            return f"{', ' if len(run) == 2 else ' … '}{last}"
        return f" × {times}" if times > 1 else ""

    def _title(self, child: str) -> str:
        """Return what a block is called: by its name, or where it has none by its definition's."""
        own = child.rpartition(".")[2]
        is_numbered = own.removeprefix(COPY).isdigit()
        return (self.definition(child) if is_numbered else "") or own

    def _runs(self, owner: str) -> Iterator[list[str]]:
        """Yield the children of a body; blocks that are equal and one behind the other together."""
        run: list[str] = []
        for child in self.inside[owner]:
            if run and not (child in self.inside and run[-1] in self.inside and self._follows(child, run[-1])):
                yield run
                run = []
            run.append(child)
        if run:
            yield run

    def _follows(self, child: str, before: str) -> bool:
        """Say whether a block equals the one before it and takes nothing but what that one gives."""
        if len(self.inside[child]) != len(self.inside[before]) or self.signature(child) != self.signature(before):
            return False
        sources = {source for inner in self.inside[child].values() for name in inner for source in self._sources(name)}
        return all(source.startswith((f"{child}.", f"{before}.")) for source in sources)

    def _sources(self, name: str) -> tuple[str, ...]:
        return self.network.by_name[name].sources

    def units(self, owner: str = "", opens: Opens = lambda _: False) -> list[Unit]:
        """Return the parts of a body, wired, each behind those that it takes from; quiet layers joined to others."""
        units = list(self.groups(owner, opens))
        held = {name: unit for unit in units for name in unit.holds}
        for unit in units:
            unit.stage = unit.stage or _stage(unit.name, owner)
            for name in unit.holds:
                for source in self._sources(name):
                    found = held.get(source)
                    if found is not unit:
                        unit.sources.append(found.name if found else OUTSIDE)
            if unit.layer is None or not unit.layer.kind.many:
                unit.sources = list(dict.fromkeys(unit.sources))
        return list(self._joined(_in_order(units)))

    def _joined(self, units: Sequence[Unit]) -> Iterator[Unit]:
        """Yield the units, those that are quiet joined to the one before that only they take from."""
        readers: dict[str, int] = {}
        for unit in units:
            for source in unit.sources:
                readers[source] = readers.get(source, 0) + 1
        into: dict[str, Unit] = {}
        for unit in units:
            unit.sources = [into[source].name if source in into else source for source in unit.sources]
            before = unit.sources[0] if len(unit.sources) == 1 else OUTSIDE
            target = next((other for other in units if other.name == before), None) if unit.kind in QUIET else None
            if target and unit.layer and unit.times == 1 and readers[before] == 1 and target.times == 1:
                target.followers.append(unit.layer)
                target.holds += unit.holds
                target.out = unit.out
                into[unit.name] = target
                readers[target.name] = readers.get(unit.name, 0)
        yield from (unit for unit in units if unit.name not in into)


def _stage(name: str, owner: str) -> str:
    """Return the open block right inside a body in which a part stands, "" for none."""
    rest = name[len(owner) + 1 if owner else 0 :]
    head, dot, _ = rest.partition(".")
    return head if dot else ""


def _in_order(units: Sequence[Unit]) -> list[Unit]:
    """Return the units so that each stands behind its sources, else as they were."""
    done, waiting, order = {OUTSIDE}, list(units), []
    while waiting:
        ready = next((unit for unit in waiting if done.issuperset(unit.sources)), waiting[0])
        waiting.remove(ready)
        done.add(ready.name)
        order.append(ready)
    return order

"""Networks built again and again on damaged formulas: what the damage does not touch is remembered.

While a replay is open, every structure's rules, every network and every count of an oracle is made once. A network is
built anew only where a formula of one of its layers is damaged.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest

from layerquiz.errors import FormulaError, NetworkError
from layerquiz.formula.expr import Formula, Number
from layerquiz.formula.graph import Rules
from layerquiz.formula.solve import Run
from layerquiz.network import wiring
from layerquiz.network.conventions import NAMED, Conventions
from layerquiz.network.glossary import SIZES
from layerquiz.network.keys import checked
from layerquiz.network.layers import KINDS, base
from layerquiz.network.layers.base import REMAINDER, SLACK, Kind
from layerquiz.network.network import Network
from oracle import counted, sliding
from oracle.test_every_quantity import hold
from oracle.ways import WAYS

Failure = (Exception, pytest.fail.Exception)

KNOWN = {"base", *(choice for way in WAYS for choice in way)}
"""Choices in which the count of every quantity knows its way."""

KEPT = 300
"""So many settings of a structure are remembered: enough to tell a damaged formula from a whole one."""

SMALL, SAMPLES = 12, 2
"""So many networks of at most so many layers are remembered for a structure, to be varied."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A network, or why there is none, and the structures that were asked for on the way."""

    result: Network | NetworkError
    structures: frozenset[int]

    def given(self) -> Network:
        """Return the network or raise the error."""
        if isinstance(self.result, Network):
            return self.result
        raise self.result.with_traceback(None)


@dataclass(frozen=True, slots=True)
class Setting:
    """The numbers around one layer of a network, and the one limit for which the network is refused, if any.

    first: the numbers of the network's input, which any formula may ask for the size of a batch.
    spec: the network, where it is small and can be counted.
    """

    own: Mapping[str, Number]
    sources: tuple[Mapping[str, Number], ...]
    first: Mapping[str, Number]
    refused_for: str | None
    spec: Mapping[str, Any] | None

    def tells_apart(self, name: str, damaged: Run, is_read: bool) -> bool:
        """Say whether a damaged formula of a quantity shows here: by what is refused, or by its value.

        The value of a limit shows only where another formula reads it.
        """
        if self.refused_for not in (None, name) and not is_read:
            return False
        try:
            number = damaged(self.own, (*self.sources, self.first))[name]
        except (ArithmeticError, FormulaError):
            return True
        return (number != self.own[name]) if is_read else seen(name, number) != seen(name, self.own[name])


def seen(name: str, number: Number) -> Number | str:
    """Return what a quantity's value does: a limit is kept or not, a size is possible or not, others are numbers."""
    refused = number != 0 if name.startswith(REMAINDER) else number < (1 if name in SIZES else 0)
    if name.startswith((REMAINDER, SLACK)) or name in SIZES:
        return "refused" if refused else "kept" if name not in SIZES else number
    return number


class Replay:
    """What is remembered: rules and settings of each structure, and what came of each network."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[Any, ...], int] = {}
        self.rules: list[tuple[str, Rules]] = []
        self.settings: list[list[Setting]] = []
        self.samples: list[list[Mapping[str, Any]]] = []
        self.outcomes: dict[str, Outcome] = {}
        self.touched: set[int] = set()
        self.damaged: dict[int, Rules | dict[str, Formula]] = {}
        self.counts: dict[str, dict[str, Any] | None] = {}
        self.apart: set[str] = set()
        self.mismatches: list[Any] = []
        self._of_rules: dict[int, int] = {}

    @contextmanager
    def opened(self) -> Iterator[Replay]:
        """Stand between the networks and the rules, and leave everything as it was afterwards."""
        build, parse, fault = base.build, Network.parse, Network.fault
        first = wiring._input_rules  # noqa: SLF001 -- the one place where an input's formulas are made

        def built(kind: Kind, *structure: Any) -> Rules:
            return self._known((kind, *structure), kind.name, lambda: build(kind, *structure))

        def given(*structure: Any) -> Rules:
            return self._known(structure, "input", lambda: first(*structure))

        def parsed(source: Any, kinds: Mapping[str, Kind] = KINDS) -> Network:
            if kinds is not KINDS:
                return parse(source, kinds)
            return self._outcome(repr(source), lambda: parse(source))

        def counted(network: Network, conventions: Any) -> Network:
            chosen = Conventions.of(conventions)
            if chosen == network.conventions:
                return network
            key = f"{network.spec!r} {chosen!r}"
            return self._outcome(key, lambda: Network(network.spec, chosen, network.kinds))

        def judged(network: Network, values: Any, parts: Any = None) -> NetworkError | None:
            found = fault(network, values, parts)
            if not self.damaged and parts is None:
                self._remember(network, values)
            return found

        with pytest.MonkeyPatch.context() as patch:
            for module in modules("layerquiz"):
                if getattr(module, "build", None) is build:
                    patch.setattr(module, "build", built)
            patch.setattr(wiring, "_input_rules", given)
            # Layers that are written alike share their rules; here each asks for them, as they may be damaged.
            patch.setattr(wiring, "keys_once", lambda kind, entries, _: (checked(kind.keys, dict(entries)), {}))
            patch.setattr(Network, "parse", staticmethod(parsed))
            patch.setattr(Network, "under", counted)
            patch.setattr(Network, "fault", judged)
            _remember_oracles(patch)
            yield self

    def _known(self, structure: tuple[Any, ...], kind: str, build: Callable[[], Rules]) -> Rules:
        """Return a structure's rules, built once and numbered; damaged ones where they are."""
        number = self.numbers.get(structure)
        if number is None:
            rules = build()
            number = self.numbers[structure] = len(self.rules)
            self._of_rules[id(rules)] = number
            self.rules.append((kind, rules))
            self.settings.append([])
            self.samples.append([])
        self.touched.add(number)
        return self._damaged(number) if number in self.damaged else self.rules[number][1]

    def _damaged(self, number: int) -> Rules:
        """Return a structure's damaged rules, made once they are asked for."""
        found = self.damaged[number]
        if isinstance(found, dict):
            found = self.damaged[number] = self.rules[number][1].replaced(found)
        return found

    def _outcome(self, key: str, make: Callable[[], Network]) -> Network:
        found = self.outcomes.get(key)
        if found is None or not found.structures.isdisjoint(self.damaged):
            outer, self.touched = self.touched, set()
            try:
                result: Network | NetworkError = make()
            except NetworkError as error:
                result = error
            found = Outcome(result, frozenset(self.touched))
            self.touched = outer
            if not self.damaged:
                self.outcomes[key] = found
        self.touched |= found.structures
        return found.given()

    def differs(self, spec: dict[str, Any]) -> bool:
        """Say whether a network is not what is counted of it; where this is so without a damage, it is kept apart."""
        key = repr(spec)
        if key not in self.counts and key not in self.apart:
            damaged, self.damaged = self.damaged, {}
            try:
                self.counts[key] = counted.of_layers(spec)
            except counted.RefusedError:
                self.counts[key] = None
            except sliding.TooLargeError:
                self.apart.add(key)
            if key not in self.apart and is_not_held(spec, self.counts[key]):
                self.apart.add(key)
                self.mismatches.append(spec)
            self.damaged = damaged
        return key not in self.apart and is_not_held(spec, self.counts[key])

    def meets(self, key: str) -> bool:
        """Say whether the damage touches a network that was parsed before, by its text."""
        return not self.outcomes[key].structures.isdisjoint(self.damaged)

    def _remember(self, network: Network, values: Mapping[str, Mapping[str, Number]]) -> None:
        """Keep the numbers around each layer, if the network is possible or fails at one limit only."""
        parts = [part for part in network.graph.parts.values() if id(part.rules) in self._of_rules]
        broken = [
            (part.name, name)
            for part in parts
            for name in part.rules.formulas
            if name not in part.rules.later and seen(name, values[part.name][name]) == "refused"
        ]
        if len(broken) > 1:
            return
        spec = countable(network)
        for part in parts:
            number = self._of_rules[id(part.rules)]
            settings, samples = self.settings[number], self.samples[number]
            if not broken and len(samples) < SAMPLES and spec:
                samples.append(spec)
            if len(settings) < KEPT and (not broken or broken[0][0] == part.name):
                sources, limit = tuple(values[source] for source in part.sources), broken[0][1] if broken else None
                settings.append(Setting(values[part.name], sources, values["input"], limit, spec))

    @contextmanager
    def damage(self, structures: Collection[int], name: str, formula: Formula) -> Iterator[None]:
        """Put a damaged formula in the place of a quantity's own, in some structures."""
        self.damaged = {number: {name: formula} for number in structures}
        try:
            yield
        finally:
            self.damaged = {}


def countable(network: Network) -> Mapping[str, Any] | None:
    """Return a small network as it can be counted: its layers stand in a row, each with its name, in a known way."""
    choices = network.spec.get("conventions", "textbook")
    is_known = choices in NAMED if isinstance(choices, str) else set(choices) <= KNOWN
    layers = network.spec["layers"]
    if not is_known or Conventions.of(choices) != network.conventions or len(network.layers) != len(layers):
        return None
    seen = {"input"}
    for layer in network.layers:
        if not seen.issuperset(layer.needs):
            return None
        seen.add(layer.name)
    if len(network.layers) > SMALL or not all("kind" in layer for layer in layers):
        return None
    names = zip(layers, network.layers, strict=True)
    return {**network.spec, "layers": [{**written, "name": layer.name} for written, layer in names]}


def is_not_held(spec: dict[str, Any], expected: dict[str, Any] | None) -> bool:
    """Say whether a network is not what was counted of it."""
    try:
        hold(spec, expected)
    except Failure:
        return True
    return False


def modules(package: str) -> list[ModuleType]:
    """Return what has been imported of a package."""
    return [module for name, module in list(sys.modules.items()) if name.split(".")[0] == package and module]


def _remember_oracles(patch: pytest.MonkeyPatch) -> None:
    """Let each oracle count or measure each case once: no formula of the package is among what they use."""
    for module in modules("oracle"):
        table = getattr(module, "COUNT", {})
        for kind, count in table.items() if module.__name__ != "oracle.counting" else ():
            patch.setitem(table, kind, remembered(count))
        if hasattr(module, "measured"):
            patch.setattr(module, "measured", remembered(module.measured))


def remembered(work: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that works, or fails, once for the same arguments."""
    known: dict[str, tuple[Any, Exception | None]] = {}

    def once(*arguments: Any) -> Any:
        key = repr(arguments)
        if key not in known:
            try:
                known[key] = work(*arguments), None
            except Exception as error:  # noqa: BLE001 -- whatever is raised is raised again
                known[key] = None, error
        result, failure = known[key]
        if failure is not None:
            raise failure.with_traceback(None)
        return result

    return once

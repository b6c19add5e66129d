"""What a template leaves open, made ready to draw: choices, ranges and expressions in `let` and in the network.

A recipe is read once. Drawing goes through it in the order of the file; each entry may use what stands above it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeAlias

from layerquiz.errors import FormulaError, LayerquizError, NetworkError, TemplateError, nearest
from layerquiz.exam import sample
from layerquiz.exam.facts import fact
from layerquiz.exam.source import Path
from layerquiz.network import expression
from layerquiz.network.network import Network
from layerquiz.network.notation import shown
from layerquiz.network.scope import is_block

DRAWS = ("choice", "range")
MOST_OPTIONS = 1000
LARGEST = 10**15

Drawn: TypeAlias = dict[str, Any]
"""What was drawn, as plain data: the values of `let`, and the network's mapping or those of several `networks`."""


class RejectedError(Exception):
    """One attempt cannot be used. `reason` is the same text for every attempt that fails for the same reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Scope:
    """What is drawn so far: `let`, the entries of the mapping that is being drawn, and earlier layers by name.

    earlier: networks that were drawn before, by name.
    """

    random: Random
    conventions: Any
    blocks: Mapping[str, Any]
    let: dict[str, Any] = field(default_factory=dict)
    beside: dict[str, Any] = field(default_factory=dict)
    owners: dict[str, dict[str, Any]] = field(default_factory=dict)
    layers: list[dict[str, Any]] = field(default_factory=list)
    path: Path = ("network",)
    earlier: dict[str, Scope] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        """Return what a name in an expression stands for."""
        owner, dot, key = name.rpartition(".")
        if not dot:
            found = self.beside.get(name, self.let.get(name))
            if found is None:
                raise unknown(name, [*self.let, *self.beside])
            return found
        if key in self.owners.get(owner, ()):
            return self.owners[owner][key]
        first, _, rest = name.partition(".")
        if first in self.earlier and first not in self.owners:
            return self.earlier[first].value(rest)
        return self._computed(owner, key)

    def _computed(self, owner: str, key: str) -> Any:
        """Return a quantity of a layer above, from the network of the layers so far."""
        if owner.partition(".")[0] not in self.owners or not self.layers:
            known = [f"{name}.{key}" for name, found in self.owners.items() for key in found]
            raise unknown(f"{owner}.{key}", known)
        so_far = {"input": self.owners["input"], "layers": self.layers, "conventions": self.conventions}
        try:
            network = Network.parse({**so_far, **self.blocks})
        except NetworkError as error:
            raise at(error, (*self.path, *getattr(error, "path", ()))) from None
        return fact(network, owner, key)


def unknown(name: str, known: Iterable[str]) -> TemplateError:
    """Return the error about a name that nothing above carries."""
    return TemplateError(f'there is no "{name}" here', cure=nearest(name, known), slug="unknown-name")


Maker: TypeAlias = Callable[[Scope], Any]


def at(error: LayerquizError, path: Path) -> LayerquizError:
    """Remember which entry of the template an error is about."""
    error.path = path  # type: ignore[attr-defined]
    return error


@dataclass(frozen=True, slots=True)
class Recipe:
    """The entries of a network, ready to draw; even: no draw depends on another."""

    input: Mapping[str, Maker] | Any
    layers: tuple[Maker, ...] | Any
    others: Mapping[str, Any]
    blocks: Mapping[str, Any]
    even: bool

    def filled(self, scope: Scope) -> dict[str, Any]:
        """Draw every entry, in the order of the file, and return the network's mapping."""
        network = {**self.others, **self.blocks}
        network["input"] = scope.owners["input"] = _filled(self.input, scope)
        counts: dict[str, int] = {}
        for make in self.layers:
            layer = make(scope)
            kind = str(layer.get("kind"))
            counts[kind] = counts.get(kind, 0) + 1
            scope.layers.append(layer)
            scope.owners[layer.get("name", f"{kind}_{counts[kind]}")] = layer
        return network | {"layers": scope.layers}


@dataclass(frozen=True, slots=True)
class Recipes:
    """The entries of `let` and of the network, or of several by name, ready to draw.

    even: every drawing chooses from the same numbers of options, so that all drawings are equally likely.
    """

    let: tuple[tuple[str, Maker], ...]
    networks: Mapping[str, Recipe]
    several: bool
    even: bool

    def draw(self, random: Random, conventions: Any) -> Drawn:
        """Draw every entry, in the order of the file."""
        first = Scope(random, conventions, {})
        for name, make in self.let:
            first.let[name] = make(first)
        earlier: dict[str, Scope] = {}
        drawn: dict[str, Any] = {}
        for name, found in self.networks.items():
            path = ("networks", name) if self.several else ("network",)
            scope = Scope(random, conventions, found.blocks, first.let, path=path, earlier=dict(earlier))
            drawn[name] = found.filled(scope)
            earlier[name] = scope
        return {"let": first.let, **({"networks": drawn} if self.several else {"network": drawn["network"]})}


def networks_of(drawn: Drawn) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the drawn networks, each with what its layers' names begin with: nothing, or the name of one of several."""
    if "networks" not in drawn:
        yield "", drawn["network"]
    for name, network in drawn.get("networks", {}).items():
        yield f"{name}.", network


def recipe(let: Mapping[str, Any], network: Mapping[str, Any], networks: Mapping[str, Any] | None = None) -> Recipes:
    """Return `let` and a network as written, or several, ready to draw; errors carry the path of the entry."""
    makers = tuple((name, leaf(found, ("let", name))) for name, found in let.items())
    if networks is None:
        found = {"network": _recipe(network, ("network",))}
    else:
        found = {name: _recipe(written, ("networks", name)) for name, written in networks.items()}
    even = _is_even(let) and all(made.even for made in found.values())
    return Recipes(makers, found, networks is not None, even)


def _recipe(network: Any, path: Path) -> Recipe:
    """Return one network as written, ready to draw."""
    if not isinstance(network, Mapping):
        raise at(TemplateError(f"a network is a mapping; found {shown(network)}", slug="network"), path)
    if "conventions" in network:
        error = TemplateError("conventions stand beside the network, not in it", slug="unknown-key")
        raise at(error, (*path, "conventions"))
    written, layers = network.get("input"), network.get("layers")
    if not isinstance(written, Mapping) or not isinstance(layers, list):
        raise at(TemplateError("a network has an input, a mapping, and layers, a list", slug="network"), path)
    sizes = _leaves(written, (*path, "input"))
    made = tuple(_layer(found, (*path, "layers", place)) for place, found in enumerate(layers))
    others = {key: str(found) for key, found in network.items() if key not in ("input", "layers", "blocks")}
    blocks = {key: found for key, found in network.items() if key == "blocks"}  # their bodies see arguments, no draws
    even = _is_even(written) and _is_even(layers)
    return Recipe(sizes, made, others, blocks, even)


def _is_even(written: Any, within: bool = False) -> bool:
    """Say whether no draw depends on another: no bound is an expression, and no option of a choice is drawn itself."""
    if isinstance(written, list):
        return all(_is_even(entry, within) for entry in written)
    if not isinstance(written, Mapping):
        return True
    if set(written) == {"range"}:
        return not within and not any(isinstance(bound, str | Mapping) for bound in written["range"])
    if set(written) == {"choice"}:
        return not within and all(_is_even(option, within=True) for option in written["choice"])
    return all(_is_even(entry, within) for entry in written.values())


def _leaves(mapping: Mapping[str, Any], path: Path) -> dict[str, Maker]:
    return {key: leaf(found, (*path, str(key))) for key, found in mapping.items()}


def _filled(makers: Mapping[str, Maker], scope: Scope) -> dict[str, Any]:
    """Draw the entries of one mapping; each sees those above it by their bare names."""
    found: dict[str, Any] = {}
    scope.beside = found
    for key, make in makers.items():
        found[key] = make(scope)
    scope.beside = {}
    return found


def _layer(written: Any, path: Path) -> Maker:
    """Return a layer's mapping ready to draw, or a choice between layers."""
    if not isinstance(written, Mapping):
        raise at(TemplateError(f"a layer is a mapping with a kind; found {shown(written)}", slug="network"), path)
    if "choice" in written and "kind" not in written:
        return _choice([_layer(option, (*path, "choice")) for option in _options(written, path)])
    if not is_block(written):
        makers = _leaves(written, path)
        return lambda scope: _filled(makers, scope)
    layers = written.get("layers", [])
    if not isinstance(layers, list):
        cure = "Allowed: a list of layers"
        raise at(TemplateError(f"found {shown(layers)}", cure=cure, slug="no-layers"), (*path, "layers"))
    inside = [_layer(found, (*path, "layers", place)) for place, found in enumerate(layers)]
    makers = _leaves({key: found for key, found in written.items() if key != "layers"}, path)
    own = {"layers": inside} if "layers" in written else {}
    return lambda scope: _filled(makers, scope) | {key: [make(scope) for make in found] for key, found in own.items()}


def leaf(written: Any, path: Path) -> Maker:
    """Return a number, a word, a list, an expression or a draw, ready to draw."""
    if isinstance(written, str) and written.startswith("="):
        return _expression(written[1:], path)
    if isinstance(written, Mapping):
        return _draw(written, path)
    if isinstance(written, list):
        makers = [leaf(entry, (*path, place)) for place, entry in enumerate(written)]
        return lambda scope: [make(scope) for make in makers]
    if isinstance(written, int) and abs(written) > LARGEST:
        raise at(TemplateError(f"found {shown(written)}", cure=f"Allowed: up to {LARGEST:,}", slug="wrong-value"), path)
    return lambda _: written


def _expression(text: str, path: Path) -> Maker:
    try:
        read = expression.parse(text)
    except FormulaError as error:
        raise at(error, path) from None

    def make(scope: Scope) -> Any:
        try:
            found = read.value(scope.value)
        except (FormulaError, TemplateError) as error:
            raise at(error, path) from None
        return list(found) if isinstance(found, tuple) else found

    return make


def _draw(written: Mapping[str, Any], path: Path) -> Maker:
    kind, *more = written or ("",)
    if kind not in DRAWS or more:
        what = f"found {shown(dict(written))} where a number, a word or one draw is needed"
        cure = nearest(str(kind), DRAWS) if kind not in DRAWS else "A draw has one key: choice or range"
        raise at(TemplateError(what, cure=cure, slug="draw"), path)
    if kind == "range":
        return _range(written["range"], (*path, "range"))
    return _choice([leaf(option, (*path, "choice", place)) for place, option in enumerate(_options(written, path))])


def _options(written: Mapping[str, Any], path: Path) -> list[Any]:
    options = written["choice"]
    if not isinstance(options, list) or not 1 <= len(options) <= MOST_OPTIONS:
        cure = f"Allowed: a list of 1 to {MOST_OPTIONS} options"
        raise at(TemplateError(f"found {shown(options)}", cure=cure, slug="draw"), (*path, "choice"))
    return options


def _choice(options: list[Maker]) -> Maker:
    return lambda scope: sample.choice(scope.random, options)(scope)


def _range(written: Any, path: Path) -> Maker:
    """Return a draw from [first, last] or [first, last, step]; the last is drawn too where the steps reach it."""
    if not isinstance(written, list) or not 2 <= len(written) <= 3:
        cure = "Allowed: [first, last] or [first, last, step], whole numbers or expressions"
        raise at(TemplateError(f"found {shown(written)}", cure=cure, slug="draw"), path)
    makers = [leaf(entry, path) for entry in (*written, 1)[:3]]
    if not any(isinstance(entry, str) for entry in written):
        try:
            _check_bounds(written, *(*written, 1)[:3])
        except RejectedError as error:
            raise at(TemplateError(error.reason, slug="draw"), path) from None

    def make(scope: Scope) -> int:
        first, last, step = (bound(scope) for bound in makers)
        _check_bounds(written, first, last, step)
        return sample.stepped(scope.random, first, last, step)

    return make


def _check_bounds(written: Any, first: Any, last: Any, step: Any) -> None:
    if not all(type(bound) is int for bound in (first, last, step)):
        raise RejectedError(f"the range {shown(written)} has a bound that is no whole number")
    if first > last or step < 1:
        raise RejectedError(f"the range {shown(written)} is empty")

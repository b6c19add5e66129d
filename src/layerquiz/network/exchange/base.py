"""What code in every framework is made of: calls with their arguments, names, and how one layer is written."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from layerquiz.errors import NetworkError
from layerquiz.network.layer import Layer, located
from layerquiz.network.network import Network

WIDTH = 88
"""Columns of a line of code."""

STEP = "    "


class UnwrittenError(Exception):
    """A framework cannot say a layer; `reason` is a sentence that says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a call. quantity: the size of the network that it declares, such as `flat.features`."""

    name: str
    value: str | Call
    named: bool = True
    quantity: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments; `after` is written behind its brackets."""

    function: str
    arguments: tuple[Argument, ...] = ()
    after: str = ""


Hidden: TypeAlias = Mapping[str, str]
"""Of one layer, the names of the arguments that are not shown, each with the sign in its place."""


def written(call: Call, hidden: Hidden = {}, start: str = "", indent: str = "", end: str = "") -> str:  # noqa: B006
    """Return a call as code behind `start`; a line that would be too long is broken at the arguments."""
    inside = [_argument(found, hidden, indent + STEP) for found in call.arguments]
    line = f"{indent}{start}{call.function}({', '.join(inside)}){call.after}{end}"
    if not inside or (len(line) <= WIDTH and "\n" not in line):
        return line
    row = f"{indent}{STEP}{', '.join(inside)}\n"
    fits = len(row) <= WIDTH + 1 and row.count("\n") == 1
    lines = row if fits else "".join(f"{indent}{STEP}{argument},\n" for argument in inside)
    return f"{indent}{start}{call.function}(\n{lines}{indent}){call.after}{end}"


def _argument(found: Argument, hidden: Hidden, indent: str) -> str:
    if found.quantity and found.name in hidden:
        value = hidden[found.name]
    else:
        value = found.value if isinstance(found.value, str) else written(found.value, hidden, indent=indent).strip()
    return f"{found.name}={value}" if found.named else value


def literal(found: Any) -> str:
    """Return a number, a word, a flag or a list as Python writes it; a list of one entry is the entry."""
    if isinstance(found, str):
        return f'"{found}"'
    if not isinstance(found, list | tuple):
        return str(found)
    return literal(found[0]) if len(found) == 1 else f"({', '.join(map(literal, found))})"


def unless(name: str, found: Any, plain: Any) -> tuple[Argument, ...]:
    """Return a named argument, none where it has the value that the framework takes by itself."""
    is_plain = found == plain or (
        isinstance(found, list | tuple) and bool(found) and all(entry == plain for entry in found)
    )
    return () if is_plain else (Argument(name, literal(found)),)


def plain(name: str, found: Any) -> Argument:
    """Return an argument whose name need not be said, as it stands first."""
    return Argument(name, literal(found), named=False)


@dataclass(frozen=True, slots=True)
class Code:
    """How a layer is written: the objects that it makes, by what is put behind its name, and how they are applied.

    applied: an expression with the inputs {0}, {1} ..., the objects {part} (the first) and {part1}, {part2} ...; the
    images in the batch {batch}. Without it the objects are applied one after the other.
    """

    parts: Mapping[str, Call] = field(default_factory=dict)
    applied: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A layer where it stands: its keys, and the sizes of its inputs and its output."""

    network: Network
    layer: Layer

    def key(self, name: str) -> Any:
        """Return a key as written; one that the kind does not have is None."""
        return getattr(self.layer.keys, name, None)

    def form(self, number: int = 0) -> tuple[str, ...]:
        """Return the names of an input's sizes, the channels first."""
        return self.network.form(self.layer.sources[number]).sizes

    def size(self, name: str, number: int = 0) -> int:
        """Return a size of an input."""
        return int(self.network.values[self.layer.sources[number]][name])

    @property
    def output(self) -> tuple[str, ...]:
        """Return the names of the output's sizes, the channels first."""
        return self.network.form(self.layer.name).sizes

    def given(self, name: str) -> int:
        """Return a quantity of the layer itself, such as a size of its output."""
        return int(self.network.values[self.layer.name][name])

    @property
    def axes(self) -> tuple[str, ...]:
        """Return the spatial axes of the first input."""
        return self.network.form(self.layer.sources[0]).axes

    @property
    def is_image(self) -> bool:
        """Say whether the first input has channels."""
        return "channels" in self.form()

    @property
    def depth(self) -> str:
        """Return the size that a normalisation has numbers for: channels, or features where there are none."""
        return "channels" if self.is_image else "features"

    def entries(self, name: str) -> tuple[Any, ...]:
        """Return a key's entry for each axis."""
        found, axes = self.key(name), self.layer.kind.axes or self.axes
        return tuple(found) if isinstance(found, list) else (found,) * len(axes)

    def declared(self, name: str, size: str, number: int = 0, *, named: bool = False) -> Argument:
        """Return an argument that declares a size of an input."""
        quantity = f"{self.layer.sources[number]}.{size}"
        return Argument(name, str(self.size(size, number)), named, quantity)

    @property
    def sides(self) -> tuple[tuple[int, int], ...]:
        """Return the numbers that a padding or a crop has in front and behind, for each axis."""
        return tuple(tuple(e) if isinstance(e, list) else (e, e) for e in self.entries("padding"))

    @property
    def reaches(self) -> tuple[int, ...]:
        """Return the size of the kernel along each axis, its gaps included."""
        dilations = self.entries("dilation") if self.key("dilation") is not None else (1,) * len(self.entries("kernel"))
        return tuple(d * (k - 1) + 1 for k, d in zip(self.entries("kernel"), dilations, strict=True))

    @property
    def strides(self) -> tuple[int, ...]:
        """Return the stride along each axis; a pool's is its kernel unless it is said."""
        return self.entries("kernel" if self.key("stride") is None else "stride")

    def to_keep(self) -> tuple[tuple[int, int], ...]:
        """Return what "same" adds in front and behind along each axis: the half that is larger stands behind."""
        axes = [axis for axis in self.axes if axis in (self.layer.kind.axes or self.axes)]
        each = zip(axes, self.strides, self.reaches, strict=True)
        missing = [max((-(-self.size(a) // s) - 1) * s + reach - self.size(a), 0) for a, s, reach in each]
        return tuple((number // 2, number - number // 2) for number in missing)


Write: TypeAlias = Callable[[Place], Code]


def codes(network: Network, kinds: Mapping[str, Write], framework: str) -> dict[str, Code]:
    """Return how each layer is written, in an order in which each comes after its inputs.

    Raises `NetworkError` that names every layer that cannot be written; its `path` is that of the first.
    """
    found: dict[str, Code] = {}
    unsaid: list[tuple[Layer, str]] = []
    for layer in (network.by_name[name] for name in network.graph.parts if name in network.by_name):
        if layer.kind.name not in kinds:
            unsaid.append((layer, "there is no such layer"))
            continue
        try:
            found[layer.name] = kinds[layer.kind.name](Place(network, layer))
            if layer.keys.shares and layer.borrows[-1] in found:
                _check_loan(layer, network, found)
        except UnwrittenError as error:
            unsaid.append((layer, error.reason))
    if unsaid:
        (layer, reason), *others = unsaid
        more = f"Nor can: {', '.join(other.called for other, _ in others)}" if others else ""
        what, slug = f"it cannot be written in {framework}: {reason}", "not-in-framework"
        raise located(NetworkError(what, where=layer.called, why=more, slug=slug), *layer.path)
    return found


def owner(layer: Layer, network: Network) -> Layer:
    """Return the layer whose objects a layer uses: itself, or the one that it shares with."""
    return network.by_name[layer.borrows[-1]] if layer.keys.shares else layer


def _check_loan(layer: Layer, network: Network, found: Mapping[str, Code]) -> None:
    """Refuse a layer that shares its parameters and differs in what its framework keeps beside them."""
    lender = owner(layer, network).name
    mine, theirs = ({s: written(c) for s, c in found[name].parts.items()} for name in (layer.name, lender))
    if mine != theirs:
        raise UnwrittenError(f'it shares with "{lender}", which is written in another way')


def identifiers(names: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """Return names as Python takes them: dots are underscores, and what means something else gets one behind it."""
    used = {*taken, *keyword.kwlist, *keyword.softkwlist}
    found: dict[str, str] = {}
    for name in dict.fromkeys(names):
        called = name.replace(".", "_").replace(PART, "_").lstrip("_") or "layer"
        called = f"layer{called}" if called[0].isdigit() else called
        while called in used:
            called += "_"
        used.add(called)
        found[name] = called
    return found


def class_name(network: Network, taken: Iterable[str]) -> str:
    """Return the network's name as that of a class: ResNet-50 is ResNet50."""
    words = "".join(sign if sign.isascii() and sign.isalnum() else " " for sign in network.name).split()
    joined = "".join(word[0].upper() + word[1:] for word in words)
    is_free = joined and not joined[0].isdigit() and joined not in taken and not keyword.iskeyword(joined)
    return joined if is_free else f"Network{joined}"


def variables(network: Network, found: Mapping[str, Code], called: Mapping[str, str], first: str) -> dict[str, str]:
    """Return the variable that holds what each layer gives: `x` where only the next line reads it.

    first: the variable of the input; "" is `x` where only the first line reads it, else `inputs`.
    """
    order = ["input", *found]
    readers: dict[str, set[str]] = {name: set() for name in order}
    for name, code in found.items():
        for source in (*network.by_name[name].sources, *(["input"] if "{batch}" in code.applied else [])):
            readers[source].add(name)
    held = {}
    for name, following in zip(order, [*order[1:], None], strict=True):
        in_passing = readers[name] == {following} or (following is None and not readers[name])
        held[name] = "x" if in_passing else called.get(name, first)
    held["input"] = first or ("x" if readers["input"] == {order[1]} else "inputs")
    return held


def results(network: Network, found: Mapping[str, Code]) -> list[str]:
    """Return the layers whose output no other layer takes."""
    taken = {source for name in found for source in network.by_name[name].sources}
    return [name for name in found if name not in taken]


def is_chain(network: Network, found: Mapping[str, Code]) -> bool:
    """Say whether the layers only make objects that are applied one after the other."""
    layers = [network.by_name[name] for name in found]
    in_a_row = zip(layers, ["input", *found], strict=False)
    return all(layer.sources == (before,) and not layer.borrows for layer, before in in_a_row) and all(
        code.parts and not code.applied for code in found.values()
    )


def declarations(code: Code) -> dict[str, str]:
    """Return the arguments with which a layer declares a size of its input, each with that size's quantity."""
    calls, found = list(code.parts.values()), {}
    while calls:
        for argument in calls.pop().arguments:
            if isinstance(argument.value, Call):
                calls.append(argument.value)
            elif argument.quantity:
                found[argument.name] = argument.quantity
    return found


PART = "|"
"""Stands between a layer's name and what is put behind it, so that no other layer can be called so."""


def part(name: str, suffix: str) -> str:
    """Return the name of one object of a layer."""
    return f"{name}{PART}{suffix}" if suffix else name


def named_parts(network: Network, found: Mapping[str, Code]) -> list[str]:
    """Return the names of all layers, then of all objects; those of a layer that shares are its lender's."""
    own = (name for name in found if not network.by_name[name].keys.shares)
    return [*found, *(part(name, suffix) for name in own for suffix in found[name].parts)]


def after(call: Call, text: str) -> Call:
    """Return a call with something behind its brackets."""
    return replace(call, after=call.after + text)


def joined(sizes: Sequence[Any]) -> str:
    """Return sizes between commas."""
    return ", ".join(map(str, sizes))

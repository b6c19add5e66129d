"""Bounded work: twice as large a network takes about twice the calls, and bombs are refused before they go off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from layerquiz.errors import NetworkError, nearest
from layerquiz.network import structure, wiring
from layerquiz.network.layers.base import build
from layerquiz.network.network import Network
from layerquiz.network.summary import summarise

Count = Callable[[Callable[[], object]], int]

IMAGE = {"channels": 3, "height": 8, "width": 8}
CONV = {"kind": "conv2d", "filters": 3, "kernel": 1}
SIZE = 400
MOST_GROWTH = 2.2
FEW_CALLS = 20_000
LONGEST_MESSAGE = 600


def named(number: int, **keys: Any) -> dict[str, Any]:
    """Return one of many layers whose names differ by their number alone."""
    return {**CONV, "name": f"layer_number_{number:06}", **keys}


def name(number: int) -> str:
    """Return the name of one of many layers."""
    return f"layer_number_{number:06}"


def side_by_side(size: int, **keys: Any) -> list[dict[str, Any]]:
    """Return layers that all take the network's input."""
    return [named(number, **{"from": "input"}, **keys) for number in range(size)]


LARGE: dict[str, Callable[[int], list[dict[str, Any]]]] = {
    "a chain": lambda size: [CONV] * size,
    "a chain written backwards": lambda size: [
        named(number, **{"from": name(number - 1) if number else "input"}) for number in reversed(range(size))
    ],
    "blocks": lambda size: [{"repeat": size, "layers": [CONV, CONV]}],
    "a block with inputs": lambda size: [{"from": ["input"] * size, "layers": [{"kind": "add"}] * 2}],
    "a sum of all": lambda size: [*side_by_side(size), {"kind": "add", "from": [name(n) for n in range(size)]}],
    "a concatenation of all": lambda size: [
        *side_by_side(size),
        {"kind": "concat", "from": [name(number) for number in range(size)]},
    ],
    "each shares with the one before": lambda size: [
        named(number, **({"shares": name(number - 1)} if number else {})) for number in range(size)
    ],
    "a circle": lambda size: [named(number, **{"from": name((number + 1) % size)}) for number in range(size)],
    "a circle of loans": lambda size: [named(number, shares=name((number + 1) % size)) for number in range(size)],
    "all name a missing layer": lambda size: [named(number, **{"from": "layer_numb"}) for number in range(size)],
    "one is misspelt": lambda size: [*side_by_side(size), {"kind": "flatten", "from": "layer_number_x"}],
    "an unknown loan": lambda size: [*side_by_side(size), {**CONV, "shares": "layer_number_x"}],
    "a doubled name": lambda size: [*side_by_side(size), named(0)],
    "the last has no kind": lambda size: [*side_by_side(size), {"name": "x"}],
}


def solved(layers: list[dict[str, Any]]) -> str:
    """Parse and solve a network, its rules built anew; return the message where it is refused."""
    for remembered in (build, structure.kept, wiring.keys_once):
        remembered.cache_clear()
    try:
        summarise(Network.parse({"input": IMAGE, "layers": layers}))
    except NetworkError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("layers", LARGE.values(), ids=LARGE)
def test_twice_the_layers_take_twice_the_calls(calls: Count, layers: Callable[[int], list[dict[str, Any]]]) -> None:
    """The work grows with the network and no faster, whether it is solved or refused."""
    assert len(solved(layers(SIZE))) < LONGEST_MESSAGE  # what is built once for all networks is built here
    once, twice = (calls(lambda size=size: solved(layers(size))) for size in (SIZE, 2 * SIZE))
    assert twice <= MOST_GROWTH * once


def nested(deep: int, **keys: Any) -> list[dict[str, Any]]:
    """Return blocks in each other, each repeated."""
    layers: list[dict[str, Any]] = [CONV]
    for _ in range(deep):
        layers = [{"layers": layers, **keys}]
    return layers


def bomb(deep: int) -> str:
    """Return a text in which each anchor holds the one before it ten times."""
    lists = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, deep)]
    return "\n".join(["l0: &l0 [x]", *lists])


def merging(deep: int) -> str:
    """Return a text in which each mapping merges the one before it ten times."""
    lists = [f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 10)}]}}" for n in range(1, deep)]
    return "\n".join(["m0: &m0 {x: 1}", *lists])


def of(*layers: Any, **top: Any) -> dict[str, Any]:
    """Return a network on an image."""
    return {"input": IMAGE, "layers": list(layers), **top}


GROWING = {"p0": 2, **{f"p{n}": f"= p{n - 1} * p{n - 1}" for n in range(1, 60)}}
ITSELF: list[Any] = []
ITSELF.append(ITSELF)
USE = {"block": "b"}

BOMBS: dict[str, tuple[Any, str, str]] = {
    "repeats in repeats": (of(*nested(15, repeat=10)), "too-large", "Allowed are 20,000"),
    "two repeats": (of(*nested(2, repeat=20_000)), "too-large", "Allowed are 20,000"),
    "many long repeats": (of(*nested(1, repeat=15_000) * 2), "too-large", "layers"),
    "blocks too deep": (of(*nested(30)), "too-deep", "20 deep"),
    "arguments that grow": (
        of(USE, blocks={"b": {"arguments": GROWING, "layers": [CONV]}}),
        "too-large",
        "a number of about 309 digits",
    ),
    "a list that holds itself in a block": (
        of(USE, blocks={"b": {"arguments": {"a": 1}, "layers": [{**CONV, "kernel": ITSELF}]}}),
        "wrong-value",
        "found [[[...]]]",
    ),
    "inputs that hold themselves": (
        of(USE, blocks={"b": {"arguments": {"a": 1}, "layers": [{**CONV, "from": ITSELF}]}}),
        "wrong-value",
        "found [[[...]]]",
    ),
    "anchors": (bomb(30), "network", "line 1"),
    "merged anchors": (merging(30), "yaml", "line 6, column 5"),
    "a number in base 60": ("x: 1" + ":30" * 100_000, "yaml", "line 1, column 4"),
    "a key of 10,000 digits": ("? 0x" + "f" * 9000 + "\n: 1", "yaml", "line 1, column 3"),
}


@pytest.mark.parametrize(("source", "slug", "part"), BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_before_it_goes_off(calls: Count, source: Any, slug: str, part: str) -> None:
    """What would grow without end is one message after little work."""
    caught: list[NetworkError] = []

    def refused() -> None:
        try:
            Network.parse(source)
        except NetworkError as error:
            caught.append(error)

    refused()
    assert calls(refused) < 40 * FEW_CALLS
    assert (caught[0].slug, part in str(caught[0])) == (slug, True), str(caught[0])


def test_a_very_long_word_is_compared_with_nothing(calls: Count) -> None:
    """To look for the nearest spelling takes little work, whatever was written."""
    known = [f"{'q' * 5000}{number}" for number in range(1000)]
    assert calls(lambda: nearest("q" * 5000, known)) < FEW_CALLS


SCALARS = {
    "no whole number": ("!!int x", "'x' is no whole number"),
    "an empty whole number": ("!!int ''", "'' is no whole number"),
    "an underscore": ("!!int '_'", "'_' is no whole number"),
    "an empty number": ("!!float ''", "'' is no number"),
    "a number beyond all floats": ("1" + ":30" * 500 + ".5", "is no number"),
    "no true or false": ("!!bool x", "'x' is no true or false"),
    "no date": ("!!timestamp x", "'x' is no date"),
    "a thirteenth month": ("2020-13-41", "'2020-13-41' is no date"),
}


@pytest.mark.parametrize(("written", "part"), SCALARS.values(), ids=SCALARS)
def test_a_scalar_that_python_cannot_read_has_its_line(written: str, part: str) -> None:
    """Whatever Python's reader of numbers and dates stumbles over, the line and column are named."""
    with pytest.raises(NetworkError) as caught:
        Network.parse(f"input: {{features: 1}}\nlayers: [{{kind: dense, units: {written}}}]")
    assert str(caught.value).startswith("line 2, column 31: this is not readable as YAML: ")
    assert part in str(caught.value)


def test_a_key_may_be_a_number_of_any_length() -> None:
    """Python prints no number of 5,000 digits; as a key it is refused all the same."""
    key = 10**5000
    for source in (of(CONV) | {key: 1}, of(CONV, input={**IMAGE, key: 1}), of(CONV, conventions={key: 1})):
        with pytest.raises(NetworkError, match="about 5,001 digits"):
            Network.parse(source)
    for source in (of(CONV, {"layers": [CONV], key: 1}), of(nested(1)[0], blocks={key: 1})):
        with pytest.raises(NetworkError, match="about 5,001 digits"):
            Network.parse(source)


@pytest.mark.parametrize("kind", ["add", "multiply", "concat"])
def test_ten_thousand_inputs(kind: str) -> None:
    """One layer may take 10,000 inputs: its rules are neither compiled nor walked by recursion."""
    layers = [*side_by_side(10_000), {"kind": kind, "name": "all", "from": [name(n) for n in range(10_000)]}]
    network = Network.parse({"input": IMAGE, "layers": layers})
    assert network.value("all.channels") == (30_000 if kind == "concat" else 3)
    assert network.value("all.receptive_field") == 1

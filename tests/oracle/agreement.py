"""One network in the package and in a framework: the same numbers, or refused by both, or a written decision."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from layerquiz.errors import NetworkError
from layerquiz.network.network import Network
from oracle import decisions
from oracle.tally import Tally

Spec: TypeAlias = Mapping[str, Any]
Measured: TypeAlias = dict[str, dict[str, Any]]

REFUSALS = (RuntimeError, ValueError, IndexError, AssertionError, ArithmeticError)
"""What a framework raises where it refuses a layer; anything else is a fault of the oracle."""

NETWORKS, LAYERS = 200, 1_700
"""How many networks, and layers one by one, are drawn for each framework: 50,000 layers and more with `--many 20`."""

TRIES = 8
"""How many drawings at most for each layer that has to be built."""


@dataclass(frozen=True, slots=True)
class Oracle:
    """A framework, and how it measures a network."""

    name: str
    measured: Callable[[Spec], Measured]


def ours(spec: Spec) -> Network | NetworkError:
    """Return the network, or why there is none."""
    try:
        return Network.parse(spec)
    except NetworkError as error:
        return error


def theirs(oracle: Oracle, spec: Spec) -> Measured | Exception:
    """Return what a framework measures, or why it does not; a warning, mostly about speed, is neither."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return oracle.measured(spec)
        except REFUSALS as error:
            return error


def is_built(oracle: Oracle, spec: Spec, tally: Tally) -> bool:
    """Hold a network against a framework, count it, and say whether both have built it."""
    network = ours(spec)
    measured = theirs(oracle, spec)
    if isinstance(network, Network) and not isinstance(measured, Exception):
        _compare(oracle, network, measured, tally)
        return True
    if isinstance(network, NetworkError) and isinstance(measured, Exception):
        tally.refused[oracle.name] += 1
    elif decisions.deciding(oracle.name, network, measured):
        tally.decided[oracle.name] += 1
    else:
        refusal = network if isinstance(network, NetworkError) else measured
        side = "only we refuse" if refusal is network else f"only {oracle.name} refuses"
        tally.mismatches.append(f"{side}: {refusal}\n    {spec}")
    return False


def _compare(oracle: Oracle, network: Network, measured: Measured, tally: Tally) -> None:
    """Hold every number of every layer, and the total, against those of a framework."""
    for name, expected in measured.items():
        found = {key: network.value(f"{name}.{key}") for key in expected}
        if found == expected:
            tally.layers[oracle.name] += 1
        else:
            tally.mismatches.append(f"{name}: we {found}, {oracle.name} {expected}\n    {network.spec}")
    counted = [key for expected in measured.values() for key in expected if key != "shape"]
    totals = {key: sum(expected[key] for expected in measured.values()) for key in counted}
    found = {key: network.value(f"total.{key}") for key in totals}
    if found != totals:
        tally.mismatches.append(f"total: we {found}, {oracle.name} {totals}\n    {network.spec}")


def several(count: int, made: Callable[[], Spec], oracle: Oracle, tally: Tally) -> Iterator[Spec]:
    """Draw until so many networks are built by both, and yield these; far too many refusals are an error."""
    built = 0
    for _ in range(TRIES * count):
        spec = made()
        if is_built(oracle, spec, tally):
            built += 1
            yield spec
        if built == count:
            return
    raise AssertionError(f"of {TRIES * count} drawings only {built} were built")


def each_of(total: int, parts: int) -> int:
    """Return how many belong to each part, rounded up."""
    return -(-total // parts)


def hold(oracle: Oracle, tally: Tally, count: int, made: Callable[[], Spec]) -> list[Spec]:
    """Return the networks that both have built; fail with the first few mismatches."""
    known = len(tally.mismatches)
    built = list(several(count, made, oracle, tally))
    assert len(tally.mismatches) == known, tally.since(known)
    return built

"""Layers and networks that PyTorch and Keras have counted: thousands of numbers recorded from the frameworks."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from layerquiz.network.layers import KINDS
from layerquiz.network.network import Network

pytestmark = pytest.mark.oracle

DATA = Path(__file__).parents[1] / "data"
FILES = ("torch_layers", "keras_layers", "networks", "macs", "receptive_fields")


def lines(name: str) -> list[dict[str, Any]]:
    """Return the recorded cases of one file."""
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def unknown(case: dict[str, Any]) -> set[str]:
    """Return the kinds of a case that do not exist yet."""
    return {layer["kind"] for layer in case["network"]["layers"]} - set(KINDS)


def expected(case: dict[str, Any]) -> dict[str, Any]:
    """Return a case's numbers by quantity: of single layers, of several, or of the whole network."""
    expect = case["expect"]
    parts = dict(expect.get("layers", {}))
    if "total" in expect:
        parts["total"] = expect["total"]
    if "output" in expect:
        parts[case["network"]["layers"][-1]["name"]] = expect
    found: dict[str, Any] = {}
    for part, quantities in parts.items():
        for name, number in quantities.items():
            members = number if name == "output" else {name: number}
            found |= {f"{part}.{member}": value for member, value in members.items()}
    return found


def as_written(answer: Any) -> Any:
    """Return a per-axis answer as JSON writes it."""
    return list(answer) if isinstance(answer, tuple) else answer


def waiting() -> list[tuple[str, str, int]]:
    """Return, for each file and each kind that does not exist yet, how many cases wait for it."""
    counts = {file: Counter(kind for case in lines(file) for kind in unknown(case)) for file in FILES}
    return [(file, kind, number) for file, kinds in counts.items() for kind, number in sorted(kinds.items())]


@pytest.mark.parametrize("file", FILES)
def test_recorded_counts(file: str) -> None:
    """Every recorded case whose kinds exist has the framework's numbers, and there are such cases."""
    cases = [case for case in lines(file) if not unknown(case)]
    wrong = []
    for case in cases:
        network = Network.parse(case["network"])
        numbers = expected(case)
        found = {name: as_written(network.value(name)) for name in numbers}
        wrong += [(case["id"], name, numbers[name], found[name]) for name in numbers if numbers[name] != found[name]]
    assert not wrong, wrong[:10]
    assert cases


@pytest.mark.parametrize(("file", "kind", "number"), waiting())
def test_recorded_counts_of_later_kinds(file: str, kind: str, number: int) -> None:
    """Cases of a kind that does not exist yet are skipped by name, and run by themselves once it does."""
    pytest.skip(f"{number} cases of {file} wait for the kind {kind}")


@pytest.mark.parametrize("file", FILES)
def test_a_recorded_case_asks_for_numbers(file: str) -> None:
    """No case is empty: each recorded line names at least one quantity to agree on."""
    assert all(expected(case) for case in lines(file))

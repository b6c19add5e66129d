"""Layers and networks that PyTorch and Keras have counted: thousands of numbers recorded from the frameworks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from layerquiz.network.network import Network
from oracle.tally import RECORDED, Tally

pytestmark = pytest.mark.oracle

DATA = Path(__file__).parents[1] / "data"


def lines(name: str) -> list[dict[str, Any]]:
    """Return the recorded cases of one file."""
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


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


@pytest.mark.parametrize("file", RECORDED)
def test_recorded_counts(file: str, tally: Tally) -> None:
    """Every recorded case has the framework's numbers, and each file has cases."""
    cases = lines(file)
    wrong = []
    for case in cases:
        network = Network.parse(case["network"])
        numbers = expected(case)
        found = {name: as_written(network.value(name)) for name in numbers}
        wrong += [(case["id"], name, numbers[name], found[name]) for name in numbers if numbers[name] != found[name]]
    assert not wrong, wrong[:10]
    assert cases
    tally.recorded[file] += len(cases)


@pytest.mark.parametrize("file", RECORDED)
def test_a_recorded_case_asks_for_numbers(file: str) -> None:
    """No case is empty: each recorded line names at least one quantity to agree on."""
    assert all(expected(case) for case in lines(file))

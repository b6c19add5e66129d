"""Decisions: each exception to "what one side refuses, the other refuses too" is shown by an example."""

from __future__ import annotations

import re

import pytest

from layerquiz.errors import NetworkError
from layerquiz.network.network import Network
from oracle.agreement import Oracle, is_built, ours, theirs
from oracle.decisions import DECISIONS, Decision
from oracle.tally import Tally

pytestmark = pytest.mark.oracle


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda decision: f"{decision.framework} {decision.message}")
def test_a_decision_shows_both_sides(decision: Decision, request: pytest.FixtureRequest) -> None:
    """In the example the side that is named refuses, with the words that are written down; the other side builds it."""
    oracle: Oracle = request.getfixturevalue(f"{decision.framework}_oracle")
    network, measured = ours(decision.example), theirs(oracle, decision.example)
    refusal, other = (network, measured) if decision.refuses == "we" else (measured, network)
    assert isinstance(refusal, Exception)
    assert not isinstance(other, Exception)
    assert re.search(decision.message, str(refusal))
    assert decision.reason.endswith(".")


@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_what_one_side_refuses_without_a_decision_is_a_mismatch(
    framework: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its decision, an example is counted and shown as a mismatch; with it, as decided."""
    oracle: Oracle = request.getfixturevalue(f"{framework}_oracle")
    example = next(decision.example for decision in DECISIONS if decision.framework == framework)
    with_it, without_it = Tally(), Tally()
    assert not is_built(oracle, example, with_it)
    monkeypatch.setattr("oracle.decisions.DECISIONS", ())
    assert not is_built(oracle, example, without_it)
    assert (with_it.decided[framework], with_it.mismatches) == (1, [])
    assert not without_it.decided
    assert f"only {framework} refuses" in without_it.since(0)


def test_other_numbers_are_a_mismatch(torch_oracle: Oracle, tally: Tally) -> None:
    """A layer whose numbers differ from the framework's is counted and shown, with both numbers."""

    def one_more(spec: object) -> dict[str, dict[str, object]]:
        return {"x": {"weights": 13, "biases": 3}}

    spec = {"input": {"features": 4}, "layers": [{"kind": "dense", "name": "x", "units": 3}]}
    found = Tally()
    assert is_built(Oracle("torch", one_more), spec, found)
    assert "x: we {'weights': 12, 'biases': 3}, torch {'weights': 13, 'biases': 3}" in found.since(0)
    assert "2 mismatches" in found.lines()[0]  # the layer's and the total's
    assert isinstance(ours(spec), Network)
    assert isinstance(ours({}), NetworkError)

"""The count of what the oracles compare: its lines, and the mismatches that a failure shows."""

from __future__ import annotations

from collections import Counter

from oracle.tally import SHOWN, Tally


def test_the_end_of_a_report_says_what_was_compared() -> None:
    """Layers by framework, networks, mismatches, refusals, gradients and recorded cases stand in one line each."""
    tally = Tally(
        layers=Counter(keras=50_044, torch=50_123),
        networks=Counter(torch=1_000, keras=1_000),
        refused=Counter(torch=9_000),
        decided=Counter(keras=12),
        fields=Counter(torch=354),
        recorded=Counter(torch_layers=942, macs=25),
        imports=Counter({"torch models": 24, "keras.applications": 40, "layers": 17_000}),
    )
    assert tally.lines() == [
        "oracles: 50,123 layers in torch, 50,044 in keras, 2,000 networks: 0 mismatches",
        "refusals: 9,000 by both sides, 12 by one, each a decision",
        "gradients: 354 receptive fields and jumps in torch",
        "shared data: 942 torch layers, 25 multiply-adds agree",
        "imports: 40 keras.applications, 24 torch models, 17,000 layers: 0 differences",
    ]


def test_where_no_oracle_ran_nothing_is_said() -> None:
    """A run of other tests has no line about oracles."""
    assert Tally().lines() == []


def test_the_first_few_mismatches_are_shown() -> None:
    """A failure shows its own mismatches, not those of tests before it, and how many more there are."""
    tally = Tally(mismatches=["earlier", *(f"number {place}" for place in range(SHOWN + 2))])
    shown = tally.since(1)
    assert shown.splitlines() == [*(f"number {place}" for place in range(SHOWN)), "... and 2 more"]
    assert tally.since(len(tally.mismatches)) == ""

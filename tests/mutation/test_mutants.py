"""Each formula damaged in turn: at least one test must fail, or the formula was never held by a test."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

import pytest

from layerquiz.formula.expr import Formula, Integer, Reference, ceil, floor, minimum
from layerquiz.network.network import Network
from mutation.checks import Check, collected
from mutation.hunt import Report, Target, hunt
from mutation.mutants import mutants
from mutation.replay import Replay

HEIGHT, WIDTH, KERNEL = Reference("before", "height"), Reference("before", "width"), Reference("own", "kernel")

DAMAGES = {
    "sum": (HEIGHT + KERNEL + 1, {HEIGHT + KERNEL, HEIGHT + 1, KERNEL + 1, HEIGHT + KERNEL + 2, HEIGHT + KERNEL + 0}),
    "product": (2 * HEIGHT, {HEIGHT, Integer(2), 1 * HEIGHT, 3 * HEIGHT}),
    "difference": (HEIGHT - KERNEL, {HEIGHT, HEIGHT + KERNEL}),
    "rounding": (floor(HEIGHT / KERNEL), {ceil(HEIGHT / KERNEL), floor(HEIGHT)}),
    "minimum": (minimum(HEIGHT, KERNEL), {HEIGHT, KERNEL}),
    "remainder": (HEIGHT % KERNEL, {HEIGHT}),
    "power": (HEIGHT**KERNEL, {HEIGHT}),
}


@pytest.mark.parametrize(("formula", "damaged"), DAMAGES.values(), ids=DAMAGES)
def test_each_part_is_damaged(formula: Formula, damaged: set[Formula]) -> None:
    """Terms, factors, signs, constants and roundings are each damaged, one at a time."""
    assert {mutant.formula for mutant in mutants(formula)} >= damaged


def test_a_reference_is_taken_for_one_that_is_known() -> None:
    """Height is taken for width where there is a width."""
    assert [mutant.formula for mutant in mutants(HEIGHT, {WIDTH, KERNEL})] == [WIDTH]
    assert mutants(HEIGHT) == ()


BY_BRUTE_FORCE = "test_a_layer_costs_what_brute_force_counts['conv2d'"


@cache
def by_brute_force() -> tuple[Replay, list[Check]]:
    """Return a replay with one check alone: the count of a convolution by brute force."""
    replay = Replay()
    return replay, collected(replay, ["oracle/test_brute_force.py"], BY_BRUTE_FORCE)


def convolution(quantity: str) -> Report:
    """Return what the count by brute force notices of one quantity of conv2d."""

    def wanted(target: Target) -> bool:
        return (target.kind, target.quantity) == ("conv2d", quantity)

    return hunt(*by_brute_force(), wanted, thorough=False)


@pytest.mark.parametrize("quantity", ["weights", "macs", "biases"])
def test_damages_of_a_convolution_are_noticed(quantity: str) -> None:
    """The count by brute force sees what is wrong with a convolution's weights, biases and multiply-adds."""
    found = convolution(quantity)
    assert found.noticed > 1
    assert not found.survivors


def test_what_no_test_looks_at_survives() -> None:
    """The count by brute force does not look at the receptive field: a damage there survives it, by name."""
    found = convolution("receptive_field.height")
    assert "conv2d, receptive_field.height" in str(found.survivors[0])
    assert f"{len(found.survivors)} survivors" in str(found)


def test_nothing_stays_damaged() -> None:
    """Behind a hunt the rules are the whole ones again."""
    convolution("weights")
    layer = {"kind": "conv2d", "name": "x", "filters": 2, "kernel": 3}
    network = Network.parse({"input": {"channels": 4, "height": 5, "width": 5}, "layers": [layer]})
    assert network.value("x.weights") == 72


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # each test that is run here has its own list of warnings that it knows
def test_no_damage_survives(request: pytest.FixtureRequest, summary: list[str]) -> None:
    """With `--mutants`: each formula of each kind is damaged in each way, and some test fails each time."""
    if not request.config.getoption("--mutants"):
        pytest.skip("runs with --mutants")
    if find_spec("torch"):
        request.getfixturevalue("torch")  # which knows the warnings of its import
    replay = Replay()
    report = hunt(replay, collected(replay))
    summary += [str(report), *report.lines()]
    assert not replay.mismatches, f"whole formulas are not what is counted: {replay.mismatches[:3]}"
    assert not report.survivors, f"{len(report.survivors)} survivors; they are listed at the end"

"""Derivations: steps from the givens, each as a chain of equalities that reads as on paper."""

from __future__ import annotations

import pytest

from layerquiz.formula.derive import Line, derive, stages
from layerquiz.formula.expr import Formula, Integer, Number, Reference, ceil, floor, minimum, references, substitute
from layerquiz.formula.graph import Graph
from oracle import printed

H, K, P, S, C, F = (Reference("x", name) for name in "HKPSCF")
NUMBERS: dict[Reference, Number] = {H: 227, K: 11, P: 0, S: 4, C: 3, F: 96}

LAST_WINDOW = " = ".join(
    [
        "min(ceil((227 - 11 + 2*0) / 4) + 1, ceil((227 + 0) / 4))",
        "min(ceil(216 / 4) + 1, ceil(227 / 4))",
        "min(54 + 1, 57)",
        "min(55, 57)",
        "55",
    ]
)

CHAINS: dict[str, tuple[Formula, str]] = {
    "output size": (
        floor((H - K + 2 * P) / S) + 1,
        "floor((227 - 11 + 2*0) / 4) + 1 = floor(216 / 4) + 1 = 54 + 1 = 55",
    ),
    "weights": (K * K * C * F, "11*11*3*96 = 34848"),
    "parameters with the bracket": ((K * K * C + 1) * F, "(11*11*3 + 1)*96 = (363 + 1)*96 = 364*96 = 34944"),
    "a power": (K**2 * C * F, "11^2*3*96 = 34848"),
    "groups": (K * K * (F / C) * F, "11*11*(96 / 3)*96 = 11*11*32*96 = 371712"),
    "same padding": (ceil(H / S), "ceil(227 / 4) = 57"),
    "rounded up, last window dropped": (
        minimum(ceil((H - K + 2 * P) / S) + 1, ceil((H + P) / S)),
        LAST_WINDOW,
    ),
    "a number": (Integer(1), "1"),
    "a sum": (C + F, "3 + 96 = 99"),
}


def written(formula: Formula) -> str:
    """Return a chain of equalities as text."""
    graph = Graph.of({"x.result": formula}, {str(ref): NUMBERS[ref] for ref in references(formula)})
    (step,) = derive(graph, [Reference("x", "result")]).steps
    return " = ".join(dict.fromkeys([*(printed.text(line) for line in step.lines), str(step.value)]))


@pytest.mark.parametrize(("formula", "chain"), CHAINS.values(), ids=CHAINS)
def test_a_chain_reads_as_on_paper(formula: Formula, chain: str) -> None:
    """Numbers are put in, then one round of arithmetic is done at a time, up to the value."""
    assert written(formula) == chain


@pytest.mark.parametrize("formula", [formula for formula, _ in CHAINS.values()], ids=CHAINS)
def test_every_stage_is_the_formula_with_parts_computed(formula: Formula) -> None:
    """A stage with its slots opened again is the formula itself."""
    for stage in stages(formula):
        assert substitute(stage.formula, dict(stage.slots)) == formula


def graph() -> Graph:
    """Return a small graph: size, weights, an alias, parameters."""
    x = {name: Reference("x", name) for name in ("size", "kernel", "weights", "biases", "same", "parameters")}
    formulas = {
        "x.same": x["size"],
        "x.weights": x["kernel"] * x["same"],
        "x.biases": Integer(7),
        "x.parameters": x["weights"] + x["biases"],
    }
    return Graph.of(formulas, {"x.size": 10, "x.kernel": 3})


def steps(target: str, known: str = "") -> list[str]:
    """Return the quantities of a derivation's steps."""
    found = derive(graph(), [Reference("x", target)], [Reference("x", known)] if known else [])
    return [step.quantity.name for step in found.steps]


def test_steps_come_after_what_they_need() -> None:
    """Steps lead from the givens to the target; another one's name takes no step of its own."""
    assert steps("parameters") == ["weights", "parameters"]


def test_an_alias_that_is_asked_for_has_its_step() -> None:
    """A quantity that is only another's name is derived when it is the target."""
    assert steps("same") == ["same"]


def test_what_is_known_is_not_derived_again() -> None:
    """Earlier blanks of a sheet, and what only they needed, take no steps."""
    assert steps("parameters", known="weights") == ["parameters"]


def test_a_target_is_derived_even_when_it_is_known() -> None:
    """The quantity that is asked for always has its step."""
    assert steps("weights", known="weights") == ["weights"]


def test_a_given_has_no_steps() -> None:
    """There is nothing to derive about what the question states."""
    assert steps("size") == []


def test_a_step_names_its_numbers() -> None:
    """A step holds its formula, what each letter means in the graph, the numbers and the value."""
    step = derive(graph(), [Reference("x", "weights")]).steps[0]
    own = {name: Reference("own", name) for name in ("kernel", "same")}
    assert step.formula == own["kernel"] * own["same"]
    assert step.names == {own["kernel"]: Reference("x", "kernel"), own["same"]: Reference("x", "same")}
    assert step.values == {own["kernel"]: 3, own["same"]: 10}
    assert step.value == 30


def test_the_reader_of_the_tests_refuses_what_it_does_not_know() -> None:
    """The reader that recomputes printed lines is strict, so that a misprint cannot pass."""
    assert printed.read("floor((227 - 11 + 2*0) / 4) + 1") == 55
    assert printed.read("max(2^3, mod(17, 9)) - min(1, 2)") == 7
    with pytest.raises(ValueError, match="not expected"):
        printed.read("2 3")


def test_the_printer_of_the_tests_sets_brackets() -> None:
    """Brackets stand where they are needed: a - (b - c), (a + b)*c, and around negative numbers."""
    formula = (H - (K - S)) * C
    assert printed.text(Line(formula, NUMBERS)) == "(227 - (11 - 4))*3"
    assert printed.text(Line(H - K, {H: 1, K: -2})) == "1 - (-2)"

"""Values: exact, on demand or compiled, with own values put in."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layerquiz.errors import FormulaError
from layerquiz.formula.expr import (
    Ceil,
    Difference,
    Floor,
    Formula,
    Integer,
    Max,
    Min,
    Mod,
    Number,
    Power,
    Product,
    Quotient,
    Reference,
    Sum,
    ceil,
    floor,
    maximum,
    minimum,
    references,
)
from layerquiz.formula.graph import Graph, Part, Rules
from layerquiz.formula.solve import compiled, evaluate, solve, value

A, B = Reference("own", "a"), Reference("own", "b")
NUMBERS = {A: 7, B: 2}

VALUES: dict[str, tuple[Formula, Number]] = {
    "sum": (A + B + 1, 10),
    "difference": (B - A, -5),
    "product": (A * B * 3, 42),
    "exact quotient": (A / B, Fraction(7, 2)),
    "quotient that comes out is whole": (Integer(8) / B, 4),
    "power": (A**2, 49),
    "floor": (A // B, 3),
    "floor of a negative": ((B - A) // B, -3),
    "ceil": (ceil(A / B), 4),
    "ceil of a negative": (ceil((B - A) / B), -2),
    "floor of a sum of fractions": (floor(A / B + B / A), 3),
    "min": (minimum(A, B, 3), 2),
    "max": (maximum([A, B]), 7),
    "mod": (A % B, 1),
    "mod of a negative": ((B - A) % B, 1),
    "a trillion squared": (Integer(10**12) ** 2, 10**24),
    "halves add up": (A / B + A / B, 7),
}


@pytest.mark.parametrize(("formula", "expected"), VALUES.values(), ids=VALUES)
def test_values_are_exact(formula: Formula, expected: Number) -> None:
    """A value is a whole number or a fraction, never a float; compiled rules give the same."""
    found = value(formula, NUMBERS.__getitem__)
    assert found == expected
    assert isinstance(found, int | Fraction)
    run = compiled({"x": formula})
    assert run({"a": 7, "b": 2}, ())["x"] == expected


SIZES = st.integers(min_value=1, max_value=50)
LEAVES = st.one_of(st.builds(Integer, SIZES), st.sampled_from([A, B]))


def larger(inner: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    """Return formulas built from smaller ones, with every kind of node."""
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    pairs = [st.builds(kind, inner, inner) for kind in (Difference, Quotient, Mod)]
    rounded = [st.builds(kind, st.builds(Quotient, inner, inner)) for kind in (Floor, Ceil)]
    powers = st.builds(Power, inner, st.builds(Integer, st.integers(0, 3)))
    return st.one_of(*(st.builds(kind, several) for kind in (Sum, Product, Min, Max)), *pairs, *rounded, powers)


@given(st.recursive(LEAVES, larger, max_leaves=12), SIZES, SIZES)
def test_both_ways_to_a_value_agree(formula: Formula, a: int, b: int) -> None:
    """Walking the tree and running the compiled rule give the same value, or both divide by zero."""
    try:
        walked: Number | None = value(formula, {A: a, B: b}.__getitem__)
    except FormulaError as error:
        walked = None
        slug = error.slug
    if walked is None:
        assert slug == "division-by-zero"
        with pytest.raises(ZeroDivisionError):
            compiled({"x": formula})({"a": a, "b": b}, ())
    else:
        assert compiled({"x": formula})({"a": a, "b": b}, ())["x"] == walked


def test_solving_looks_up_only_what_is_needed() -> None:
    """A fault in a quantity that is not needed does not matter."""
    broken = Reference("x", "a") / 0
    graph = Graph.of({"x.bad": broken, "x.good": Reference("x", "a") + 1}, {"x.a": 1})
    assert solve(graph, "x.good") == 2
    with pytest.raises(FormulaError, match="division by zero"):
        solve(graph, "x.bad")


def test_own_values_are_carried_on() -> None:
    """A value that is put in replaces what the graph would give, for all that depends on it."""
    x = {name: Reference("x", name) for name in "abc"}
    graph = Graph.of({"x.b": x["a"] * 10, "x.c": x["b"] + 1}, {"x.a": 1})
    assert solve(graph, "x.c") == 11
    assert solve(graph, "x.c", {"x.b": 5}) == 6
    assert solve(graph, "x.c", {"x.a": 2}) == 21


def chain(length: int) -> Graph:
    """Return a chain of parts, each one more than the one before."""
    rules = Rules({"n": Reference("before", "n") + 1})
    first = Part("p0", Rules({}), {"n": 0})
    return Graph([first, *(Part(f"p{i}", rules, {}, (f"p{i - 1}",)) for i in range(1, length + 1))])


def test_ten_thousand_parts_in_a_chain() -> None:
    """A long chain is solved without recursion, on demand and compiled."""
    graph = chain(10_000)
    assert solve(graph, "p10000.n") == 10_000
    assert evaluate(graph)["p10000"]["n"] == 10_000


def test_only_what_depends_on_a_change_runs_again() -> None:
    """With changed rules, unchanged parts keep their very values and dependants get new ones."""
    graph = chain(5)
    base = evaluate(graph)
    changed = graph.parts["p3"].rules.replaced({"n": Reference("before", "n") + 100})
    found = evaluate(graph, {"p3": changed}, base)
    assert found["p2"] is base["p2"]
    assert [found[f"p{i}"]["n"] for i in (2, 3, 4, 5)] == [2, 102, 103, 104]
    assert base["p5"]["n"] == 5


def test_evaluation_stops_where_it_is_told() -> None:
    """Parts behind the last one that is wanted are not computed."""
    assert "p4" not in evaluate(chain(5), until="p3")


def test_references_of_a_test_formula() -> None:
    """The table above uses both letters, so that the compiled look-up of givens is covered."""
    assert {ref for formula, _ in VALUES.values() for ref in references(formula)} == {A, B}

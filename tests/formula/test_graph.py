"""Graphs: names to formulas, order, ancestors, circles."""

from __future__ import annotations

import pytest

from layerquiz.errors import FormulaError
from layerquiz.formula.expr import Integer, Reference
from layerquiz.formula.graph import Graph, Part, Rules

OWN_A, OWN_B = Reference("own", "a"), Reference("own", "b")


def ref(name: str) -> Reference:
    """Return a quantity by its dotted name."""
    owner, _, quantity = name.partition(".")
    return Reference(owner, quantity)


@pytest.fixture
def graph() -> Graph:
    """Return a graph of two parts: x.c = x.a + x.b, y.d = x.c · x.c, and givens x.a and x.b."""
    formulas = {"x.c": ref("x.a") + ref("x.b"), "y.d": ref("x.c") * ref("x.c")}
    return Graph.of(formulas, {"x.a": 2, "x.b": 3})


def test_a_graph_maps_names_to_formulas(graph: Graph) -> None:
    """The mapping holds every formula under its dotted name, with outside names; givens are no formulas."""
    assert dict(graph) == {"x.c": ref("x.a") + ref("x.b"), "y.d": ref("x.c") * ref("x.c")}
    assert len(graph) == 2
    assert "x.a" not in graph
    with pytest.raises(KeyError):
        graph["x.z"]


def test_order_puts_needs_first(graph: Graph) -> None:
    """Each quantity comes after those that it needs, each once."""
    assert [str(found) for found in graph.order([ref("y.d")])] == ["x.a", "x.b", "x.c", "y.d"]


def test_order_holds_only_what_is_needed(graph: Graph) -> None:
    """What a target does not need is not in its order."""
    assert ref("y.d") not in graph.order([ref("x.c")])


def test_ancestors_are_all_that_a_quantity_depends_on(graph: Graph) -> None:
    """Ancestors reach up to the givens and leave the quantity itself out."""
    assert graph.ancestors(ref("y.d")) == {ref("x.a"), ref("x.b"), ref("x.c")}
    assert graph.ancestors(ref("x.a")) == set()


def test_rules_are_ordered_by_need() -> None:
    """Rules may be written in any order; they are kept in one in which each can be computed."""
    rules = Rules({"c": OWN_B + 1, "b": OWN_A + 1, "a": Integer(1)})
    assert list(rules.formulas) == ["a", "b", "c"]


def test_a_circle_inside_a_part_is_an_error() -> None:
    """Formulas of one part that need each other are refused by name."""
    with pytest.raises(FormulaError, match="circle") as caught:
        Rules({"a": OWN_B, "b": OWN_A})
    assert caught.value.slug == "cycle"


def test_a_circle_of_parts_is_an_error() -> None:
    """Parts that take from each other are refused."""
    with pytest.raises(FormulaError, match="circle"):
        Graph([Part("x", Rules({}), {}, ("y",)), Part("y", Rules({}), {}, ("x",))])


def test_a_circle_through_named_parts_is_an_error() -> None:
    """A quantity that needs its own value through other parts is found when it is asked for."""
    graph = Graph.of({"x.a": ref("y.b"), "y.b": ref("x.a")})
    with pytest.raises(FormulaError, match="own value"):
        graph.order([ref("x.a")])


def test_parts_come_after_their_sources() -> None:
    """Parts may be written in any order; they are kept in one in which each can be computed."""
    graph = Graph([Part("b", Rules({}), {}, ("a",)), Part("a", Rules({}))])
    assert list(graph.parts) == ["a", "b"]


def test_before_is_bound_to_the_sources() -> None:
    """`own`, `before`, `before2` in a rule mean the part itself and its sources."""
    rules = Rules({"s": Reference("own", "k") + Reference("before1", "s") * Reference("before2", "s")})
    part = Part("z", rules, {"k": 1}, ("x", "y"))
    assert part.formula("s") == ref("z.k") + ref("x.s") * ref("y.s")
    assert part.formula("k") is None


def test_other_owners_are_named_as_such() -> None:
    """A rule may name another part, also one whose name begins like a source's."""
    part = Part("z", Rules({"s": Reference("before_all", "s") * Reference("before", "s")}), {}, ("x",))
    assert part.formula("s") == ref("before_all.s") * ref("x.s")


@pytest.mark.parametrize(("name", "cure"), [("x.cc", "x.c"), ("q.d", "y.d"), ("", "")], ids=["name", "owner", "empty"])
def test_an_unknown_quantity_names_the_nearest(graph: Graph, name: str, cure: str) -> None:
    """A name that is not there is answered with the nearest spelling."""
    with pytest.raises(FormulaError, match="there is no quantity") as caught:
        graph.find(name)
    assert caught.value.slug == "unknown-quantity"
    assert cure in str(caught.value)


def test_variants_of_rules_are_built_once() -> None:
    """A rewritten set of rules is kept under its key; the original stays as it is."""
    rules = Rules({"a": Integer(1)})
    first = rules.variant("wrong", lambda: {"a": Integer(2)})
    assert first is rules.variant("wrong", lambda: pytest.fail("built twice"))
    assert (first.formulas["a"], rules.formulas["a"]) == (Integer(2), Integer(1))

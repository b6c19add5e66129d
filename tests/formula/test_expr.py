"""The formula tree: operators, textbook order, walks."""

from __future__ import annotations

import pytest

from layerquiz.formula.expr import (
    Ceil,
    Difference,
    Floor,
    Formula,
    Integer,
    Max,
    Min,
    Mod,
    Power,
    Product,
    Quotient,
    Reference,
    Sum,
    ceil,
    floor,
    formula,
    is_larger,
    maximum,
    minimum,
    product,
    references,
    substitute,
    total,
    transform,
    walk,
)

A, B, C = (Reference("own", name) for name in "abc")
ONE, TWO = Integer(1), Integer(2)

BUILT = {
    "a + b": (A + B, Sum((A, B))),
    "a + b + c is one sum": (A + B + C, Sum((A, B, C))),
    "a + (b + c) is one sum": (A + (B + C), Sum((A, B, C))),
    "2 + a": (2 + A, Sum((TWO, A))),
    "a - b": (A - B, Difference(A, B)),
    "a - b - c": (A - B - C, Difference(Difference(A, B), C)),
    "2 - a": (2 - A, Difference(TWO, A)),
    "a * b * c is one product": (A * B * C, Product((A, B, C))),
    "2 * a": (2 * A, Product((TWO, A))),
    "(a + b) * c keeps its bracket": ((A + B) * C, Product((Sum((A, B)), C))),
    "a / b": (A / B, Quotient(A, B)),
    "2 / a": (2 / A, Quotient(TWO, A)),
    "a // b": (A // B, Floor(Quotient(A, B))),
    "a % b": (A % B, Mod(A, B)),
    "a ** 2": (A**2, Power(A, TWO)),
    "floor": (floor(A / B), Floor(Quotient(A, B))),
    "ceil": (ceil(A / B), Ceil(Quotient(A, B))),
    "floor of a number": (floor(2), Floor(TWO)),
    "minimum": (minimum(A, 2), Min((A, TWO))),
    "maximum": (maximum([A, B]), Max((A, B))),
    "maximum names each once": (maximum([A, B, A]), Max((A, B))),
    "maximum of one": (maximum([A, A]), A),
    "product of factors": (product([A * B, C]), Product((A, B, C))),
    "product of one": (product([A]), A),
    "product of none": (product([]), ONE),
    "total of terms": (total([A, 1]), Sum((A, ONE))),
    "total of one": (total([A]), A),
    "total of none": (total([]), Integer(0)),
    "a number": (formula(2), TWO),
    "a formula": (formula(A), A),
}


@pytest.mark.parametrize(("built", "tree"), BUILT.values(), ids=BUILT)
def test_operators_build_the_tree_in_textbook_order(built: Formula, tree: Formula) -> None:
    """A rule written with Python's operators is the tree that one would write on paper."""
    assert built == tree
    assert hash(built) == hash(tree)


def test_order_is_kept() -> None:
    """Formulas are equal as trees only: K·K·C is not C·K·K."""
    assert A * A * C != C * A * A


def test_a_formula_is_frozen() -> None:
    """Nothing changes a formula once it is built."""
    with pytest.raises(AttributeError):
        A.name = "b"  # type: ignore[misc]


@pytest.mark.parametrize("built", [tree for tree, _ in BUILT.values()], ids=BUILT)
def test_a_node_is_rebuilt_from_its_children(built: Formula) -> None:
    """Every node gives its operands and can be made from them again."""
    assert built.rebuilt(built.children()) == built


def test_walk_goes_children_first_left_to_right() -> None:
    """Every node comes after its operands, which come in reading order."""
    node = A * B + C
    assert list(walk(node)) == [A, B, A * B, C, node]


def test_references_are_named_once_in_reading_order() -> None:
    """A formula says what it reads, each once, in the order of reading."""
    assert references((B - A) * B + C) == (B, A, C)


def test_transform_keeps_what_is_not_replaced() -> None:
    """A transformation that changes nothing gives the same object back."""
    node = (A + B) * C
    assert transform(node, lambda part: part) is node
    assert transform(node, lambda part: ONE if part == B else part) == (A + 1) * C


def test_substitute_replaces_whole_subtrees() -> None:
    """Any subtree can be put in place of another."""
    assert substitute((A + B) * C, {A + B: C, C: TWO}) == C * 2
    assert substitute((A + B) / C, {A + B: A}) == A / C


def test_depth_costs_no_stack() -> None:
    """Walks are iterative: a formula 50,000 deep is walked and transformed."""
    node: Formula = A
    for _ in range(50_000):
        node = Difference(node, ONE)
    assert sum(1 for _ in walk(node)) == 100_001
    assert references(transform(node, lambda part: B if part is A else part)) == (B,)


def test_what_shares_its_parts_is_measured_without_being_walked() -> None:
    """A formula of two to the power of 200 nodes is larger than any bound at once; the bound itself is no excess."""
    node: Formula = A
    for _ in range(200):
        node = Difference(node, node)
    assert is_larger(node, 1_000)
    assert is_larger(Difference(A, B), 2)
    assert not is_larger(Difference(A, B), 3)


def test_a_reference_prints_as_owner_and_name() -> None:
    """A quantity's name is its owner and itself, with a dot."""
    assert str(Reference("conv1", "kernel.height")) == "conv1.kernel.height"

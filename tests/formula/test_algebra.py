"""Equality, closed forms and unknowns, with SymPy behind one module."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import pytest
import sympy

from layerquiz.errors import FormulaError
from layerquiz.formula import algebra
from layerquiz.formula.algebra import closed_form, equal, from_sympy, to_sympy, unknowns
from layerquiz.formula.expr import Formula, Integer, Power, Quotient, Reference, ceil, floor, maximum, minimum, walk
from layerquiz.formula.graph import Graph
from layerquiz.formula.solve import value
from layerquiz.network.network import Network

H, K, P, S, C, F = (Reference("x", name) for name in "HKPSCF")

EQUALITIES: dict[str, tuple[Formula, Formula, bool | None]] = {
    "the same tree": (H + K, H + K, True),
    "another order": (K * K * C * F, C * F * K**2, True),
    "the bracket multiplied out": ((K * K * C + 1) * F, K * K * C * F + F, True),
    "the bias on the input side": ((K * K * C + 1) * F, K * K * C * (F + 1), False),
    "a whole number in the floor": (floor((H - K + 2 * P) / S) + 1, floor((H - K + 2 * P + S) / S), True),
    "the floor left out": (floor((H - K) / S) + 1, (H - K) / S + 1, False),
    "padding counted once in the floor": (floor((H - K + 2 * P) / S) + 1, floor((H - K + P) / S) + 1, False),
    "ceil as floor": (ceil(H / S), floor((H + S - 1) / S), True),
    "a floor in a floor": (floor(floor(H / K) / S), floor(H / (K * S)), True),
    "groups cancel": (K * (C / S) * S, K * C, True),
    "floors do not cancel": (floor(C / S) * S, C, False),
    "min in another order": (minimum(H, K), minimum(K, H), True),
    "min is not max": (minimum(H, K), maximum([H, K]), False),
    "undecided": (maximum([H, K]), H + K - minimum(H, K), None),
    "numbers": (Integer(6), Integer(2) * 3, True),
    "letters of another layer": (Reference("y", "H"), H, False),
    "a formula without a value": (Integer(1) / (K - K), K, False),
    "towers of powers are left alone": (Power(H, Power(C, F)), H, None),
    "a power too large to try": (Integer(10) ** (10**9), H, None),
    "too large to multiply out": ((H + K + C) ** 60 * (S + F + 1) ** 60, H, None),
}


@pytest.mark.parametrize(("left", "right", "answer"), EQUALITIES.values(), ids=EQUALITIES)
def test_equality_is_proven_refuted_or_left_open(left: Formula, right: Formula, answer: bool | None) -> None:
    """True is proven for all positive whole numbers, False has a counterexample, None is neither."""
    assert equal(left, right) is answer
    assert equal(right, left) is answer


RATIONAL = {name: row for name, row in EQUALITIES.items() if "floor" not in name and "min" not in name}


@pytest.mark.parametrize(("left", "right", "answer"), RATIONAL.values(), ids=RATIONAL)
def test_drawn_points_only_save_time(
    left: Formula, right: Formula, answer: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a single drawn point SymPy alone comes to the same answers, where nothing is rounded."""
    monkeypatch.setattr(algebra, "POINTS", 0)
    assert equal(left, right) is answer


@pytest.mark.parametrize("formula", [left for left, _, answer in EQUALITIES.values() if answer], ids=str)
def test_there_and_back_is_the_same_mathematics(formula: Formula) -> None:
    """What SymPy gives back is equal to what it was given, though not in the same order."""
    back = from_sympy(to_sympy(formula))
    assert equal(back, formula)
    point = {H: 31, K: 3, P: 2, S: 4, C: 8, F: 5}
    assert value(back, point.__getitem__) == value(formula, point.__getitem__)


def test_every_kind_of_node_is_translated() -> None:
    """Sums, differences, quotients, powers, roundings, minimum, maximum and remainder come back as themselves."""
    formula = minimum(H % K, floor(H / S)) + maximum([C, ceil(F / S)]) - K**2 + Quotient(Integer(1), Integer(2))
    back = from_sympy(to_sympy(formula))
    assert {type(node) for node in walk(back)} >= {type(node) for node in walk(formula)} - {type(ceil(1))}
    assert to_sympy(back) == to_sympy(formula)


def test_a_foreign_function_is_refused() -> None:
    """Only what our tree has can come back."""
    with pytest.raises(FormulaError, match="sin") as caught:
        from_sympy(sympy.sin(to_sympy(H)))
    assert caught.value.slug == "foreign-function"


@pytest.fixture(scope="module")
def alexnet() -> Network:
    """Return AlexNet."""
    return Network.named("alexnet")


def own(text: str) -> Reference:
    """Return a quantity by its dotted name."""
    owner, _, name = text.partition(".")
    return Reference(owner, name)


def test_a_closed_form_keeps_textbook_order(alexnet: Network) -> None:
    """Rules are put into one another; nothing is rearranged or multiplied out."""
    form = closed_form(alexnet.graph, "conv2.parameters", ["conv2.kernel", "conv2.filters", "conv1.filters"])
    kernel, filters, before = own("conv2.kernel"), own("conv2.filters"), own("conv1.filters")
    assert form == kernel * kernel * before * filters + filters


def test_other_givens_become_their_numbers(alexnet: Network) -> None:
    """What does not depend on the chosen letters stands as a number."""
    assert closed_form(alexnet.graph, "conv2.weights", ["conv2.filters"]) == Integer(5) * 5 * 96 * own("conv2.filters")
    assert closed_form(alexnet.graph, "conv1.height", []) == Integer(55)
    assert closed_form(alexnet.graph, "conv1.height", ["conv2.filters"]) == Integer(55)


def test_a_quantity_may_be_a_letter(alexnet: Network) -> None:
    """Substitution stops at a letter, be it a given or not."""
    assert closed_form(alexnet.graph, "fc1.weights", ["flatten.features", "fc1.units"]) == own(
        "flatten.features"
    ) * own("fc1.units")
    assert closed_form(alexnet.graph, "conv1.height", ["conv1.height"]) == own("conv1.height")


def test_a_closed_form_has_the_quantity_as_its_value(alexnet: Network) -> None:
    """With the network's own numbers put in, a closed form gives the network's value."""
    for name in ("total.parameters", "total.macs", "fc1.parameters", "conv5.receptive_field.height"):
        form = closed_form(alexnet.graph, name, ["input.height", "input.width", "conv1.filters", "conv1.kernel"])
        numbers = {own(letter): alexnet.value(letter) for letter in ("input.height", "input.width")}
        numbers |= {own(letter): alexnet.value(letter) for letter in ("conv1.filters", "conv1.kernel")}
        assert value(form, numbers.__getitem__) == alexnet.value(name)  # type: ignore[arg-type]


def test_a_fraction_stands_as_a_quotient() -> None:
    """A number that is no whole number is written as a quotient of two."""
    graph = Graph.of({"x.q": H / K}, {"x.H": 1, "x.K": 2})
    assert closed_form(graph, "x.q", []) == Quotient(Integer(1), Integer(2))


def test_one_over_a_letter_is_no_number() -> None:
    """A form that begins with a number may hold a letter all the same."""
    graph = Graph.of({"x.q": 1 / K, "x.r": own("x.q") * H}, {"x.H": 6, "x.K": 2})
    assert closed_form(graph, "x.r", ["x.K"]) == (1 / K) * 6


def test_paths_that_meet_are_named_once() -> None:
    """The maximum over branches with the same size is that size."""
    graph = Graph.of(
        {"a.s": own("i.s") + 1, "b.s": own("a.s"), "c.s": own("a.s"), "d.s": maximum([own("b.s"), own("c.s")])},
        {"i.s": 3},
    )
    assert closed_form(graph, "d.s", ["i.s"]) == own("i.s") + 1


def test_what_grows_without_bounds_is_refused() -> None:
    """A form that doubles at every layer ends in a message, not in a full memory."""
    formulas: dict[str, Formula] = {"x1.n": own("x0.n") * own("x0.n") + own("x0.n")}
    for number in range(2, 60):
        formulas[f"x{number}.n"] = own(f"x{number - 1}.n") * own(f"x{number - 1}.n") % 97
    with pytest.raises(FormulaError, match="written out") as caught:
        closed_form(Graph.of(formulas, {"x0.n": 2}), "x59.n", ["x0.n"])
    assert caught.value.slug == "too-large"


def test_an_unknown_letter_names_the_nearest(alexnet: Network) -> None:
    """A letter that is no quantity is answered with the nearest spelling."""
    with pytest.raises(FormulaError, match=r'Did you mean "conv2\.filters"'):
        closed_form(alexnet.graph, "conv2.weights", ["conv2.filter"])


UNKNOWNS = {
    "linear: filters from parameters": ("conv2.parameters", 614_656, "conv2.filters", range(1, 10**12), [256]),
    "quadratic: kernel from weights": ("conv1.weights", 34_848, "conv1.kernel", range(1, 10**12), [11]),
    "channels before": ("conv2.weights", 614_400, "conv1.filters", range(1, 10**12), [96]),
    "floor: all sizes that give 55": ("conv1.height", 55, "input.height", range(1, 1000), [227, 228, 229, 230]),
    "floor: padding": ("conv2.height", 27, "conv2.padding", range(10), [2]),
    "floor: stride": ("conv1.height", 55, "conv1.stride", range(1, 20), [4]),
    "a stride of 0 is passed over": ("conv1.height", 55, "conv1.stride", range(20), [4]),
    "no solution": ("conv1.parameters", 34_945, "conv1.kernel", range(1, 10**12), []),
    "outside the candidates": ("conv1.weights", 34_848, "conv1.kernel", range(1, 11), []),
    "not a whole number": ("fc2.weights", Fraction(1, 2), "fc2.units", range(1, 100), []),
}


@pytest.mark.parametrize(("name", "wanted", "given", "candidates", "answer"), UNKNOWNS.values(), ids=UNKNOWNS)
def test_unknowns(alexnet: Network, name: str, wanted: int, given: str, candidates: range, answer: list[int]) -> None:
    """Exactly the candidates are found which, put in, give what is wanted."""
    assert unknowns(alexnet.graph, name, wanted, given, candidates) == answer


def test_an_unknown_in_a_denominator() -> None:
    """Groups stand below a quotient: the ratio of two polynomials is solved."""
    network = Network.named("alexnet_groups")
    wanted = network.value("conv2.parameters")
    assert isinstance(wanted, int)
    assert unknowns(network.graph, "conv2.parameters", wanted, "conv2.groups", range(100)) == [2]


def test_an_unknown_that_does_not_matter_is_an_error(alexnet: Network) -> None:
    """Nothing is found out about a given that the quantity does not depend on."""
    with pytest.raises(FormulaError, match="does not depend") as caught:
        unknowns(alexnet.graph, "conv1.weights", 1, "conv1.stride", range(5))
    assert caught.value.slug == "independent"


def test_an_unknown_that_cancels_leaves_all_candidates() -> None:
    """Where every value fits, every candidate is an answer."""
    graph = Graph.of({"x.y": H - H + K}, {"x.H": 6, "x.K": 2})
    assert unknowns(graph, "x.y", 2, "x.H", range(3)) == [0, 1, 2]


def test_too_many_candidates_are_refused(alexnet: Network) -> None:
    """Trying has a limit that is a count, never the clock."""
    with pytest.raises(FormulaError, match="candidates"):
        unknowns(alexnet.graph, "conv1.height", 55, "input.height", range(10**9))


def test_sympy_is_loaded_by_algebra_alone() -> None:
    """Networks are parsed, solved and derived without the half second that SymPy takes to load."""
    code = "import sys, layerquiz.network.summary, layerquiz.formula.derive; print('sympy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"

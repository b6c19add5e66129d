"""What SymPy does best: proving two formulas equal, and finding an unknown over the whole numbers.

The only import of SymPy. No text is ever parsed here: trees are translated node by node, both ways. Closed forms stay
our own trees, because SymPy reorders: (3·3·128 + 1)·256 would come back as 294912 + 256.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from random import Random
from typing import Any, Final, TypeAlias

import sympy

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
    references,
    transform,
    walk,
)
from layerquiz.formula.graph import Graph
from layerquiz.formula.solve import local_value, solve, value

Expression: TypeAlias = Any
"""A SymPy expression; SymPy has no types of its own."""

SEPARATOR = ":"
POINTS = 12
MOST_TERMS: Final = 5_000
MOST_NODES: Final = 100_000
MOST_CANDIDATES: Final = 1_000_000
LARGEST_EXPONENT: Final = 64

ROUNDINGS = Floor | Ceil | Min | Max | Mod

TO_SYMPY: dict[type[Formula], Callable[..., Expression]] = {
    Sum: sympy.Add,
    Product: sympy.Mul,
    Difference: lambda left, right: left - right,
    Quotient: lambda numerator, denominator: numerator / denominator,
    Power: sympy.Pow,
    Floor: sympy.floor,
    Ceil: sympy.ceiling,
    Min: sympy.Min,
    Max: sympy.Max,
    Mod: sympy.Mod,
}

FROM_SYMPY: dict[Any, Callable[..., Formula]] = {
    sympy.floor: Floor,
    sympy.ceiling: Ceil,
    sympy.Min: lambda *arguments: Min(arguments),
    sympy.Max: lambda *arguments: Max(arguments),
    sympy.Mod: Mod,
}


def to_sympy(formula: Formula) -> Expression:
    """Return a formula as SymPy's; each reference is a symbol for a positive whole number."""
    done: list[Expression] = []
    for node in walk(formula):
        if isinstance(node, Integer):
            done.append(sympy.Integer(node.value))
        elif isinstance(node, Reference):
            done.append(sympy.Symbol(f"{node.owner}{SEPARATOR}{node.name}", integer=True, positive=True))
        else:
            count = len(node.children())
            operands = done[len(done) - count :]
            del done[len(done) - count :]
            done.append(TO_SYMPY[type(node)](*operands))
    return done[0]


def from_sympy(expression: Expression) -> Formula:
    """Return SymPy's expression as a formula, in SymPy's order; a minus becomes a difference, 1/b a quotient."""
    if expression.is_Integer:
        return Integer(int(expression))
    if expression.is_Symbol:
        owner, _, name = expression.name.partition(SEPARATOR)
        return Reference(owner, name)
    if expression.is_Add:
        return _sum(expression.as_ordered_terms())
    if expression.is_Pow and not expression.exp.could_extract_minus_sign():
        return Power(from_sympy(expression.base), from_sympy(expression.exp))
    if expression.is_Mul or expression.is_Pow or expression.is_Rational:
        return _fraction(expression)
    build = FROM_SYMPY.get(expression.func)
    if build is None:
        raise FormulaError(f"{expression.func.__name__} has no place in a formula", slug="foreign-function")
    return build(*(from_sympy(argument) for argument in expression.args))


def _sum(terms: Iterable[Expression]) -> Formula:
    """Return a - b for a + (-b), with all that is added first."""
    negative = [term for term in terms if term.could_extract_minus_sign()]
    positive = [from_sympy(term) for term in terms if term not in negative]
    result: Formula = Sum(tuple(positive)) if len(positive) > 1 else positive[0] if positive else Integer(0)
    for term in negative:
        result = Difference(result, from_sympy(-term))
    return result


def _fraction(expression: Expression) -> Formula:
    """Return a product, over a denominator where there is one."""
    numerator, denominator = sympy.fraction(expression)
    factors = [from_sympy(factor) for factor in numerator.as_ordered_factors()]
    top = factors[0] if len(factors) == 1 else Product(tuple(factors))
    return top if denominator == 1 else Quotient(top, from_sympy(denominator))


def equal(left: Formula, right: Formula) -> bool | None:
    """Say whether two formulas agree for all positive whole numbers: True proven, False refuted, None undecided.

    Drawn points are tried first: one at which they differ settles it without SymPy.
    """
    if not (_tame(left) and _tame(right)):
        return None
    if _differ_somewhere(left, right):
        return False
    difference = _canonical(to_sympy(left) - to_sympy(right))
    if difference == 0:
        return True
    rounded = any(isinstance(node, ROUNDINGS) for side in (left, right) for node in walk(side))
    return None if rounded or any(_has_open_power(side) for side in (left, right)) else False


def _has_open_power(formula: Formula) -> bool:
    """Say whether an exponent holds a letter: nothing is promised about those."""
    return any(isinstance(node, Power) and not isinstance(node.exponent, Integer) for node in walk(formula))


def _tame(formula: Formula) -> bool:
    """Say whether a formula can be evaluated and multiplied out in reasonable time."""
    sizes: list[tuple[int, int]] = []
    for node in walk(formula):
        count = len(node.children())
        operands = sizes[len(sizes) - count :] if count else []
        del sizes[len(sizes) - count :]
        size = _expanded(node, operands)
        if size is None:
            return False
        sizes.append(size)
    return True


def _expanded(node: Formula, operands: list[tuple[int, int]]) -> tuple[int, int] | None:
    """Return bounds on a node's terms when multiplied out and on its degree; None beyond what is tried."""
    terms, degree = 1, 1
    if isinstance(node, Power):
        if not isinstance(node.exponent, Integer) or abs(node.exponent.value) > LARGEST_EXPONENT:
            return None
        terms, degree = (measure ** max(1, abs(node.exponent.value)) for measure in operands[0])
        degree = operands[0][1] * abs(node.exponent.value)
    elif isinstance(node, Sum | Difference):
        terms, degree = sum(operand[0] for operand in operands), max(operand[1] for operand in operands)
    elif operands:
        degree = sum(operand[1] for operand in operands)
        for operand in operands:
            terms *= operand[0]
    return (terms, degree) if terms <= MOST_TERMS and degree <= MOST_TERMS else None


def _differ_somewhere(left: Formula, right: Formula) -> bool:
    """Say whether two formulas have different values at one of some drawn points."""
    letters = dict.fromkeys((*references(left), *references(right)))
    generator = Random(len(letters))  # noqa: S311 -- points to try, no secrets
    for number in range(POINTS):
        bits = 2 + number // 2
        point: dict[Reference, Number] = {letter: 1 + generator.getrandbits(bits) for letter in letters}
        here, there = (_value_or_none(side, point) for side in (left, right))
        if here is not None and there is not None and here != there:
            return True
    return False


def _value_or_none(formula: Formula, point: Mapping[Reference, Number]) -> Number | None:
    try:
        return value(formula, point.__getitem__)
    except FormulaError:
        return None


def _canonical(expression: Expression) -> Expression:
    """Return one form for equal expressions: multiplied out, over one denominator, ceil as floor, whole parts out."""
    plain = expression.replace(lambda part: isinstance(part, sympy.ceiling), _as_floor)
    plain = plain.replace(lambda part: isinstance(part, sympy.floor), _whole_parts_out)
    return sympy.expand(sympy.cancel(plain) if plain.is_rational_function() else plain)


def _whole_parts_out(rounded: Expression) -> Expression:
    """Return floor(a + b / c) as a + floor(b / c), which SymPy does itself, and floor(floor(x) / c) as floor(x / c)."""
    top, bottom = sympy.fraction(sympy.together(rounded.args[0]))
    terms = sympy.Add.make_args(sympy.expand(top))
    floors = [term for term in terms if isinstance(term, sympy.floor)]
    if len(floors) == 1 and top.is_integer and bottom.is_integer and bottom.is_positive:
        top = top - floors[0] + floors[0].args[0]
    return sympy.floor(sympy.expand(top / bottom))


def _as_floor(rounded: Expression) -> Expression:
    """Return ceil(a / b) as floor((a + b - 1) / b) where a and b are whole, else as -floor(-x)."""
    inner = rounded.args[0]
    top, bottom = sympy.fraction(sympy.together(inner))
    if top.is_integer and bottom.is_integer and bottom.is_positive:
        return sympy.floor(sympy.expand((top + bottom - 1) / bottom))
    return -sympy.floor(-inner)


def closed_form(graph: Graph, name: str, letters: Iterable[str]) -> Formula:
    """Return a quantity written in some quantities only; what does not depend on them becomes a number.

    The tree is our own, in textbook order: the rules are put into one another and nothing is rearranged. Beside each
    form stands how many nodes it has; a number counts none.
    """
    kept = {graph.find(letter) for letter in letters}
    target = graph.find(name)
    numbers: dict[Reference, Number] = {}
    forms: dict[Reference, tuple[Formula, int]] = {}
    for ref in graph.order([target]):
        numbers[ref] = local_value(graph, ref, numbers)
        inner = {need: forms[need] for need in graph.needs(ref)}
        if ref in kept:
            forms[ref] = (ref, 1)
        elif not any(nodes for _, nodes in inner.values()):
            forms[ref] = (_number(numbers[ref]), 0)
        else:
            forms[ref] = _put_in(graph, ref, inner)
    return forms[target][0]


def _number(number: Number) -> Formula:
    if isinstance(number, Fraction):
        return Quotient(Integer(number.numerator), Integer(number.denominator))
    return Integer(number)


def _put_in(graph: Graph, ref: Reference, inner: Mapping[Reference, tuple[Formula, int]]) -> tuple[Formula, int]:
    """Return a quantity's own formula with its references replaced, and how many nodes it has."""
    bound = graph[str(ref)]
    nodes = sum(inner[part][1] if isinstance(part, Reference) else 1 for part in walk(bound))
    if nodes > MOST_NODES:
        raise FormulaError(
            f"{ref} has more than {MOST_NODES:,} parts when written out",
            cure="Choose letters that stand nearer to it",
            slug="too-large",
        )
    return transform(bound, lambda part: inner[part][0] if isinstance(part, Reference) else _joined(part)), nodes


def _joined(node: Formula) -> Formula:
    """Return a product of products as one product (sums alike), and max(H, H), from two paths of a network, as H."""
    if isinstance(node, Product | Sum):
        parts = (child.children() if isinstance(child, type(node)) else (child,) for child in node.children())
        return node.rebuilt(tuple(part for group in parts for part in group))
    if isinstance(node, Max | Min):
        by_key = {id(argument) if argument.children() else argument: argument for argument in node.arguments}
        distinct = tuple(by_key.values())
        return distinct[0] if len(distinct) == 1 else node.rebuilt(distinct)
    return node


def unknowns(graph: Graph, name: str, wanted: Number, given: str, candidates: range) -> list[int]:
    """Return the values among the candidates which, put in for a given, make a quantity what is wanted.

    Polynomials are solved by their rational roots; where something is rounded, every candidate is tried. Each result
    is checked by putting it into the graph.
    """
    form = closed_form(graph, name, [given])
    if not references(form):
        raise FormulaError(f"{name} does not depend on {given}", slug="independent")
    found = _roots(form, wanted)
    if found is None:
        found = _tried(form, wanted, candidates)
    return [number for number in sorted(found) if number in candidates and _fits(graph, name, wanted, given, number)]


def _roots(form: Formula, wanted: Number) -> list[int] | None:
    """Return the whole roots of a polynomial or a ratio of two; None where that is not what it is."""
    if not _tame(form) or any(isinstance(node, ROUNDINGS) for node in walk(form)):
        return None
    numerator, _ = sympy.fraction(sympy.cancel(to_sympy(form) - sympy.Rational(wanted)))
    letters = numerator.free_symbols
    if not letters:
        return [] if numerator != 0 else None
    return [int(root) for root in sympy.Poly(numerator, *letters).ground_roots() if root.is_integer]


def _tried(form: Formula, wanted: Number, candidates: range) -> list[int]:
    if len(candidates) > MOST_CANDIDATES:
        raise FormulaError(
            f"there are {len(candidates):,} candidates", cure=f"At most {MOST_CANDIDATES:,} are tried", slug="too-large"
        )
    (letter,) = references(form)
    return [number for number in candidates if _value_or_none(form, {letter: number}) == wanted]


def _fits(graph: Graph, name: str, wanted: Number, given: str, number: int) -> bool:
    try:
        return solve(graph, name, {given: number}) == wanted
    except FormulaError:
        return False

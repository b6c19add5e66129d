"""Values of formulas: one at a time with own values put in, or all of a graph with compiled rules.

Two ways to the same numbers, held against each other by the tests: `solve` looks up what one quantity needs;
`evaluate` runs every part's compiled rules in order, which is what thousands of drawings and answers need.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from types import CodeType, FunctionType
from typing import Any, TypeAlias

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
    walk,
)
from layerquiz.formula.graph import OWN, Graph, Rules, pin

PLACE: dict[str, Any] = {"lineno": 1, "col_offset": 0}
"""Where a node of compiled rules stands in its source: nowhere, but Python asks of every node."""

WIDEST = 64
"""The most operands of a formula that is compiled."""

RUN_WALKING = 6
"""So many times the rules of a mistake are walked: to compile them takes as long as that."""

Values: TypeAlias = dict[str, Mapping[str, Number]]
Run: TypeAlias = Callable[[Mapping[str, Number], tuple[Mapping[str, Number], ...]], dict[str, Number]]


def quotient(numerator: Number, denominator: Number) -> Number:
    """Divide exactly; a whole result is an int."""
    if type(numerator) is type(denominator) is int and not numerator % denominator:
        return numerator // denominator
    exact = Fraction(numerator) / Fraction(denominator)
    return exact.numerator if exact.denominator == 1 else exact


OPERATIONS: dict[type[Formula], Callable[..., Number]] = {
    Sum: lambda *terms: sum(terms),
    Product: lambda *factors: math.prod(factors),
    Difference: lambda left, right: left - right,
    Quotient: quotient,
    Power: lambda base, exponent: base**exponent,
    Floor: math.floor,
    Ceil: math.ceil,
    Min: min,
    Max: max,
    Mod: lambda left, right: left % right,
}


def value(formula: Formula, lookup: Callable[[Reference], Number]) -> Number:
    """Return a formula's value; iterative, so that depth costs no stack."""
    return worked_out(walk(formula), lookup)


def worked_out(nodes: Iterable[Formula], lookup: Callable[[Reference], Number]) -> Number:
    """Return the value of a formula whose nodes are given, children before parents."""
    done: list[Number] = []
    try:
        for node in nodes:
            if isinstance(node, Integer):
                done.append(node.value)
            elif isinstance(node, Reference):
                done.append(lookup(node))
            else:
                first = len(done) - len(node.children())
                done[first:] = [OPERATIONS[type(node)](*done[first:])]
    except ZeroDivisionError:
        raise FormulaError("a division by zero", slug="division-by-zero") from None
    return done[0]


def solve(graph: Graph, name: str, own_values: Mapping[str, Number] | None = None) -> Number:
    """Return one quantity's value, computing only what it needs; `own_values` replace what the graph would give."""
    known = {graph.find(key): number for key, number in (own_values or {}).items()}
    target = graph.find(name)
    for ref in graph.order([target]):
        if ref not in known:
            known[ref] = local_value(graph, ref, known)
    return known[target]


def local_value(graph: Graph, ref: Reference, known: Mapping[Reference, Number]) -> Number:
    """Return one quantity's value from the values of what it needs."""
    part = graph.parts[ref.owner]
    formula = part.rules.formulas.get(ref.name)
    if formula is None:
        return part.givens[ref.name]
    return value(formula, lambda inner: known[part.bound(inner)])


def evaluate(
    graph: Graph,
    changed: Mapping[str, Rules] | None = None,
    base: Values | None = None,
    own_values: Mapping[str, Mapping[str, Number]] | None = None,
    until: str | None = None,
) -> Values:
    """Return the values of all parts, by part and name.

    With `changed` rules or `own_values` for some parts and the `base` values of the unchanged graph, only those parts
    and what depends on them run again. `own_values` replace what the rules would give. `until` is the last part that
    is wanted.
    """
    changed, own_values = changed or {}, own_values or {}
    values: Values = dict(base) if base else {}
    dirty: set[str] = set()
    every = graph.parts.items() if base is None else graph.behind((*changed, *own_values), until)
    for name, part in every:
        rules = changed.get(name, part.rules)
        own = own_values.get(name)
        if not rules.shared:
            values[name] = Known({**part.givens, **(own or {})}, name, rules, (), _named(rules, name, values))
        elif base is None or own or rules is not part.rules or not dirty.isdisjoint(part.sources):
            givens = part.givens
            if own:
                rules = rules.pinned(frozenset(own))
                givens = {**givens, **{pin(local): number for local, number in own.items()}}
            sources = tuple([values[source] for source in part.sources])
            fresh = rules.run(givens, sources)
            if base is None or fresh != values[name]:
                dirty.add(name)
            later = rules.later
            values[name] = Known(fresh, OWN, rules, sources, _named(rules, OWN, values)) if later else fresh
        if name == until:
            break
    return values


def _named(rules: Rules, own: str, values: Values) -> Values:
    """Return the values of the other parts that rules name; a part that held all values would hold itself."""
    return {owner: values[owner] for owner in rules.names if owner != own} if rules.names else NO_OTHERS


NO_OTHERS: Values = {}
NOTHING_YET: dict[str, Number] = {}
"""What is known of a part's later values before one is asked for; most parts are asked for none."""


class Known(dict[str, Number]):
    """A part's values by name; what its rules leave for later is worked out when it is first asked for.

    `own` is what the rules call the part itself; `sources` are the values of its sources, `others` those of the parts
    that the rules name.
    """

    __slots__ = ("_later", "_others", "_own", "_rules", "_sources")

    def __init__(
        self,
        known: Mapping[str, Number],
        own: str,
        rules: Rules,
        sources: tuple[Mapping[str, Number], ...],
        others: Values,
    ) -> None:
        super().__init__(known)
        self._own, self._rules, self._sources, self._others = own, rules, sources, others
        self._later: dict[str, Number] = NOTHING_YET

    def __missing__(self, name: str) -> Number:
        """Return what was left for later; it is no entry of the mapping, so that values stay comparable."""
        if name not in self._later:
            formula = self._rules.formulas[name]
            terms = formula.terms if isinstance(formula, Sum) else ()
            plain = [term for term in terms if isinstance(term, Reference)]
            is_long = len(plain) == len(terms) > 0  # a total has a term for each layer, and needs no walk
            found = sum(map(self._looked_up, plain)) if is_long else value(formula, self._looked_up)
            self._later = {} if self._later is NOTHING_YET else self._later
            self._later[name] = found
        return self._later[name]

    def _looked_up(self, ref: Reference) -> Number:
        if ref.owner == self._own:
            return self[ref.name]
        if ref.owner in self._others:
            return self._others[ref.owner][ref.name]
        return self._sources[_place(ref.owner)][ref.name]


def compiled(formulas: Mapping[str, Formula]) -> Run:
    """Return one Python function for a set of rules, built as a syntax tree: no text is ever run.

    The function takes the own givens and the sources' values and returns the givens with all own quantities. Rules
    over very many inputs are walked instead: to compile them takes longer than they will ever run.
    """
    if any(len(formula.children()) > WIDEST for formula in formulas.values()):
        return partial(_walked, formulas)
    names = {name: f"own_{number}" for number, name in enumerate(formulas)}
    body: list[ast.stmt] = [
        ast.Assign([ast.Name(names[name], ast.Store(), **PLACE)], _syntax(formula, names), **PLACE)
        for name, formula in formulas.items()
    ]
    keys: list[ast.expr | None] = [None, *(ast.Constant(name, **PLACE) for name in names)]
    locals_: list[ast.expr] = [_name("own"), *(_name(local) for local in names.values())]
    body.append(ast.Return(ast.Dict(keys, locals_, **PLACE), **PLACE))
    known = {"quotient": quotient, "floor": math.floor, "ceil": math.ceil, "min": min, "max": max}
    return assembled(("own", "sources"), body, known)


def compiled_later(formulas: Mapping[str, Formula]) -> Run:
    """Return one function for a set of rules that walks them at first, and is compiled once that pays."""
    times, fast = 0, None

    def run(own: Mapping[str, Number], sources: tuple[Mapping[str, Number], ...]) -> dict[str, Number]:
        nonlocal times, fast
        times += 1
        if times > RUN_WALKING and fast is None:
            fast = compiled(formulas)
        return fast(own, sources) if fast else _walked(formulas, own, sources)

    return run


def assembled(arguments: Iterable[str], body: list[ast.stmt], known: dict[str, Any]) -> Callable[..., Any]:
    """Return the function of some arguments that a syntax tree describes; it can name what is `known` alone."""
    named = ast.arguments([], [ast.arg(name, **PLACE) for name in arguments], None, [], [], None, [])
    function = ast.FunctionDef("run", named, body, [], None, type_params=[], **PLACE)  # type: ignore[call-arg]
    code = next(
        c for c in compile(ast.Module([function], []), "<formulas>", "exec").co_consts if isinstance(c, CodeType)
    )
    return FunctionType(code, known)


def _walked(
    formulas: Mapping[str, Formula], own: Mapping[str, Number], sources: tuple[Mapping[str, Number], ...]
) -> dict[str, Number]:
    """Return the givens with all own quantities, as the compiled function of the same rules does."""
    found = dict(own)
    for name, formula in formulas.items():
        found[name] = value(
            formula, lambda ref: found[ref.name] if ref.owner == OWN else sources[_place(ref.owner)][ref.name]
        )
    return found


def _place(owner: str) -> int:
    """Return the place of `before`, `before1`, `before2` ... among the sources."""
    return int(owner[6:] or 1) - 1


def _name(identifier: str) -> ast.expr:
    return ast.Name(identifier, ast.Load(), **PLACE)


def _call(function: str, arguments: Iterable[ast.expr]) -> ast.expr:
    return ast.Call(_name(function), list(arguments), [], **PLACE)


def _syntax(formula: Formula, names: Mapping[str, str]) -> ast.expr:
    """Return the Python expression of a formula; rounding a quotient becomes whole-number division."""
    match formula:
        case Integer(number):
            return ast.Constant(number, **PLACE)
        case Reference(owner, name):
            return _lookup(owner, name, names)
        case Sum(terms):
            return _chain(terms, ast.Add(), names)
        case Product(factors):
            return _chain(factors, ast.Mult(), names)
        case Difference(left, right):
            return ast.BinOp(_syntax(left, names), ast.Sub(), _syntax(right, names), **PLACE)
        case Power(base, exponent):
            return ast.BinOp(_syntax(base, names), ast.Pow(), _syntax(exponent, names), **PLACE)
        case Mod(left, right):
            return ast.BinOp(_syntax(left, names), ast.Mod(), _syntax(right, names), **PLACE)
        case Floor(Quotient(top, bottom)):
            return ast.BinOp(_syntax(top, names), ast.FloorDiv(), _syntax(bottom, names), **PLACE)
        case Ceil(Quotient(top, bottom)):
            negated = ast.UnaryOp(ast.USub(), _syntax(top, names), **PLACE)
            return ast.UnaryOp(ast.USub(), ast.BinOp(negated, ast.FloorDiv(), _syntax(bottom, names), **PLACE), **PLACE)
    function = {Quotient: "quotient", Floor: "floor", Ceil: "ceil", Min: "min", Max: "max"}[type(formula)]
    return _call(function, (_syntax(child, names) for child in formula.children()))


def _lookup(owner: str, name: str, names: Mapping[str, str]) -> ast.expr:
    """Return the local variable of an own quantity, or the look-up of a given or of a source's quantity."""
    if owner == OWN and name in names:
        return _name(names[name])
    if owner == OWN:
        return ast.Subscript(_name("own"), ast.Constant(name, **PLACE), ast.Load(), **PLACE)
    source = ast.Subscript(_name("sources"), ast.Constant(_place(owner), **PLACE), ast.Load(), **PLACE)
    return ast.Subscript(source, ast.Constant(name, **PLACE), ast.Load(), **PLACE)


def _chain(operands: tuple[Formula, ...], operator: ast.operator, names: Mapping[str, str]) -> ast.expr:
    return joined_by(operator, [_syntax(operand, names) for operand in operands])


def joined_by(operator: ast.operator, operands: Sequence[ast.expr]) -> ast.expr:
    """Return operands joined in halves: Python's compiler goes no deeper than some thousand, and there may be more."""
    if len(operands) == 1:
        return operands[0]
    middle = len(operands) // 2
    left, right = joined_by(operator, operands[:middle]), joined_by(operator, operands[middle:])
    return ast.BinOp(left, operator, right, **PLACE)

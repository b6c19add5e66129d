"""The formula tree: exact, in textbook order, built with Python's own operators.

`own.kernel * own.kernel * before.channels` keeps its order and its brackets. Two formulas are equal when they are the
same tree; whether they are equal as mathematics is asked of `algebra.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

Number: TypeAlias = int | Fraction


class Formula:
    """A node of the tree. Operators build larger nodes; numbers are taken as `Integer`."""

    __slots__ = ()

    def children(self) -> tuple[Formula, ...]:
        """Return the operands, left to right; a leaf has none."""
        return ()

    def rebuilt(self, children: tuple[Formula, ...]) -> Formula:
        """Return a node of the same operation over other operands."""
        return type(self)(*children) if children else self

    def __add__(self, other: Operand) -> Formula:
        return Sum((*_parts(self, Sum), *_parts(formula(other), Sum)))

    def __radd__(self, other: Operand) -> Formula:
        return formula(other) + self

    def __sub__(self, other: Operand) -> Formula:
        return Difference(self, formula(other))

    def __rsub__(self, other: Operand) -> Formula:
        return Difference(formula(other), self)

    def __mul__(self, other: Operand) -> Formula:
        return Product((*_parts(self, Product), *_parts(formula(other), Product)))

    def __rmul__(self, other: Operand) -> Formula:
        return formula(other) * self

    def __truediv__(self, other: Operand) -> Formula:
        return Quotient(self, formula(other))

    def __rtruediv__(self, other: Operand) -> Formula:
        return Quotient(formula(other), self)

    def __floordiv__(self, other: Operand) -> Formula:
        return Floor(Quotient(self, formula(other)))

    def __mod__(self, other: Operand) -> Formula:
        return Mod(self, formula(other))

    def __pow__(self, other: Operand) -> Formula:
        return Power(self, formula(other))


Operand: TypeAlias = Formula | int


@dataclass(frozen=True, slots=True)
class Integer(Formula):
    """A whole number written in the formula itself, such as the 2 of 2P."""

    value: int


@dataclass(frozen=True, slots=True)
class Reference(Formula):
    """A quantity by its owner and name: `conv1` and `weights`, or `own` and `kernel` inside a layer's rule."""

    owner: str
    name: str

    def __str__(self) -> str:
        return f"{self.owner}.{self.name}"


@dataclass(frozen=True, slots=True)
class Sum(Formula):
    """a + b + c."""

    terms: tuple[Formula, ...]

    def children(self) -> tuple[Formula, ...]:
        """Return the terms."""
        return self.terms

    def rebuilt(self, children: tuple[Formula, ...]) -> Formula:
        """Return the sum of other terms."""
        return Sum(children)


@dataclass(frozen=True, slots=True)
class Product(Formula):
    """a · b · c."""

    factors: tuple[Formula, ...]

    def children(self) -> tuple[Formula, ...]:
        """Return the factors."""
        return self.factors

    def rebuilt(self, children: tuple[Formula, ...]) -> Formula:
        """Return the product of other factors."""
        return Product(children)


@dataclass(frozen=True, slots=True)
class Difference(Formula):
    """a - b."""

    left: Formula
    right: Formula

    def children(self) -> tuple[Formula, ...]:
        """Return minuend and subtrahend."""
        return (self.left, self.right)


@dataclass(frozen=True, slots=True)
class Quotient(Formula):
    """a / b, exactly: a fraction where b does not divide a."""

    numerator: Formula
    denominator: Formula

    def children(self) -> tuple[Formula, ...]:
        """Return numerator and denominator."""
        return (self.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class Power(Formula):
    """a to the power of b."""

    base: Formula
    exponent: Formula

    def children(self) -> tuple[Formula, ...]:
        """Return base and exponent."""
        return (self.base, self.exponent)


@dataclass(frozen=True, slots=True)
class Floor(Formula):
    """The largest whole number that is at most a."""

    inner: Formula

    def children(self) -> tuple[Formula, ...]:
        """Return what is rounded."""
        return (self.inner,)


@dataclass(frozen=True, slots=True)
class Ceil(Formula):
    """The smallest whole number that is at least a."""

    inner: Formula

    def children(self) -> tuple[Formula, ...]:
        """Return what is rounded."""
        return (self.inner,)


@dataclass(frozen=True, slots=True)
class Min(Formula):
    """The smallest of its arguments."""

    arguments: tuple[Formula, ...]

    def children(self) -> tuple[Formula, ...]:
        """Return the arguments."""
        return self.arguments

    def rebuilt(self, children: tuple[Formula, ...]) -> Formula:
        """Return the minimum of other arguments."""
        return Min(children)


@dataclass(frozen=True, slots=True)
class Max(Formula):
    """The largest of its arguments."""

    arguments: tuple[Formula, ...]

    def children(self) -> tuple[Formula, ...]:
        """Return the arguments."""
        return self.arguments

    def rebuilt(self, children: tuple[Formula, ...]) -> Formula:
        """Return the maximum of other arguments."""
        return Max(children)


@dataclass(frozen=True, slots=True)
class Mod(Formula):
    """The remainder of a divided by b."""

    left: Formula
    right: Formula

    def children(self) -> tuple[Formula, ...]:
        """Return dividend and divisor."""
        return (self.left, self.right)


def formula(operand: Operand) -> Formula:
    """Return a number as an `Integer`, a formula as it is."""
    return operand if isinstance(operand, Formula) else Integer(operand)


def _parts(node: Formula, kind: type[Sum | Product]) -> tuple[Formula, ...]:
    """Open a sum inside a sum (a product inside a product): both are n-ary."""
    return node.children() if isinstance(node, kind) else (node,)


def total(terms: Iterable[Operand]) -> Formula:
    """Return the sum of any number of terms as one n-ary sum."""
    parts = tuple(formula(term) for term in terms)
    return parts[0] if len(parts) == 1 else Sum(parts) if parts else Integer(0)


def product(factors: Iterable[Operand]) -> Formula:
    """Return the product of any number of factors as one n-ary product."""
    parts = tuple(part for factor in factors for part in _parts(formula(factor), Product))
    return parts[0] if len(parts) == 1 else Product(parts) if parts else Integer(1)


def floor(operand: Operand) -> Formula:
    """Return the formula rounded down."""
    return Floor(formula(operand))


def ceil(operand: Operand) -> Formula:
    """Return the formula rounded up."""
    return Ceil(formula(operand))


def minimum(*arguments: Operand) -> Formula:
    """Return the smallest of some formulas; each is named once."""
    distinct = tuple(dict.fromkeys(formula(argument) for argument in arguments))
    return distinct[0] if len(distinct) == 1 else Min(distinct)


def maximum(arguments: Iterable[Operand]) -> Formula:
    """Return the largest of some formulas; each is named once."""
    distinct = tuple(dict.fromkeys(formula(argument) for argument in arguments))
    return distinct[0] if len(distinct) == 1 else Max(distinct)


def walk(node: Formula) -> list[Formula]:
    """Return every node, children before parents, left to right; iterative, so depth costs no stack."""
    found: list[Formula] = []
    stack = [node]
    while stack:
        here = stack.pop()
        found.append(here)
        stack.extend(here.children())
    found.reverse()  # parents first and from the right, seen from its end
    return found


def is_larger(node: Formula, most: int) -> bool:
    """Say whether a formula has more than so many nodes; one that shares its parts may have more than can be walked."""
    seen, stack = 0, [node]
    while stack and seen <= most:
        stack.extend(stack.pop().children())
        seen += 1
    return seen > most


def references(node: Formula) -> tuple[Reference, ...]:
    """Return the references of a formula, each once, in the order in which they are read."""
    return tuple(dict.fromkeys(part for part in walk(node) if isinstance(part, Reference)))


def transform(node: Formula, replace: Callable[[Formula], Formula]) -> Formula:
    """Return the tree with `replace` applied to every node, children first."""
    done: list[Formula] = []
    for part in walk(node):
        count = len(part.children())
        children = tuple(done[len(done) - count :]) if count else ()
        if count:
            del done[len(done) - count :]
        same = all(new is old for new, old in zip(children, part.children(), strict=True))
        done.append(replace(part if same else part.rebuilt(children)))
    return done[0]


def substitute(node: Formula, replacements: dict[Formula, Formula]) -> Formula:
    """Return the tree with some subtrees put in place of others."""
    return transform(node, lambda part: replacements.get(part, part))

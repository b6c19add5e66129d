"""How hard a question is by its numbers, and which of its drawings are as hard as most.

One unit of difficulty is about one sum or product of two digits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import islice, zip_longest
from statistics import median
from weakref import WeakKeyDictionary

from layerquiz.exam.drawing import drawings
from layerquiz.exam.question import Question
from layerquiz.exam.recorded import recorded
from layerquiz.exam.template import ConventionsChoice, Template
from layerquiz.formula.derive import Derivation, Step
from layerquiz.formula.expr import (
    Difference,
    Formula,
    Integer,
    Mod,
    Number,
    Power,
    Product,
    Quotient,
    Reference,
    Sum,
    walk,
)
from layerquiz.formula.solve import OPERATIONS
from layerquiz.network.conventions import Conventions
from layerquiz.network.network import Answer, Network
from layerquiz.network.told import told

RULE = 4
"""A step takes its rule and the numbers to put in, whatever they are."""

NEAR = 1
"""A mistake whose answer lies near the right one is not seen from the size of the number."""

BAND = Fraction(20, 100)
"""The drawings of a template are alike that lie so far above or below its median."""

SAMPLE = 41
"""The median is that of so many drawings, the same for every exam."""


def difficulty(question: Question) -> int:
    """Return how hard a question is, from its derivation.

    Every step counts `RULE`. A product of an m-digit and an n-digit number counts m n, as written multiplication does;
    zeros at the end and factors of 1 count nothing. A sum or a difference counts the digits of its numbers but for the
    shortest, a division the digits of its result times those of its divisor. Every mistake of `tells_apart` counts
    `NEAR` for each blank in which it gives another number within a factor of two of the key. Of a formula every
    operation counts one.
    """
    known = _KNOWN.setdefault(question.network, {})
    if question.template not in known:
        known[question.template] = _difficulty(question)
    return known[question.template]


_KNOWN: WeakKeyDictionary[Network, dict[Template, int]] = WeakKeyDictionary()
"""What was found out, as long as the networks live: it is asked for to choose a question, and to count it."""


def _difficulty(question: Question) -> int:
    if question.template.kind == "formula":
        return sum(RULE + _operations(step) for step in _steps(question))
    return sum(RULE + _work(step) for step in _steps(question)) + NEAR * _near(question)


def _steps(question: Question) -> Iterator[Step]:
    for because in question.solution:
        for part in because:
            yield from part.steps if isinstance(part, Derivation) else ()


def _operations(step: Step) -> int:
    return sum(1 for node in walk(step.formula) if node.children())


def _work(step: Step) -> int:
    """Return the work of all operations of a step."""
    return sum(_operation(node, operands) for node, operands in _calculated(step))


def _calculated(step: Step) -> Iterator[tuple[Formula, Sequence[Number]]]:
    """Yield every operation of a step with its operands, the inner ones first."""
    done: list[Number] = []
    for node in walk(step.formula):
        if isinstance(node, Integer):
            done.append(node.value)
        elif isinstance(node, Reference):
            done.append(step.values[node])
        else:
            first = len(done) - len(node.children())
            operands = done[first:]
            yield node, operands
            done[first:] = [OPERATIONS[type(node)](*operands)]


def _operation(node: Formula, operands: Sequence[Number]) -> int:
    """Return the work of one operation on some numbers."""
    match node:
        case Product():
            return _products(operands)
        case Power():
            return _products([operands[0]] * int(operands[1]))
        case Sum() | Difference():
            return sum(sorted(map(_length, operands))[1:])
        case Quotient() | Mod():
            return _length(int(operands[0] / operands[1])) * max(1, _digits(operands[1]))
    return 0


def _products(factors: Sequence[Number]) -> int:
    """Return the work of multiplying some numbers one after the other."""
    work, so_far = 0, factors[0]
    for factor in factors[1:]:
        work += _digits(so_far) * _digits(factor)
        so_far *= factor
    return work


def _digits(number: Number) -> int:
    """Return the digits of a factor without zeros at the end; 1 and 0 are no work."""
    return 0 if number in (0, 1) else len(str(abs(number)).rstrip("0"))


def _length(number: Number) -> int:
    return len(str(abs(number)))


def _near(question: Question) -> int:
    """Return how often a mistake that has to show gives a number near the key."""
    right = question.keys
    return sum(
        _is_near(key, wrong)
        for ways in told(question.network, question.template.tells_apart, tuple(right)).values()
        for values in ways
        for key, wrong in zip(right.values(), values, strict=True)
    )


def _is_near(right: Answer, wrong: Answer) -> bool:
    """Say whether a wrong number is within a factor of two of the right one; of a shape, each of its numbers."""
    if right == wrong:
        return False
    pairs = zip(_numbers(right), _numbers(wrong), strict=False)
    return all(one <= 2 * other and other <= 2 * one for one, other in pairs)


def _numbers(answer: Answer) -> tuple[Number, ...]:
    return answer if isinstance(answer, tuple) else (answer,)


def lengths(question: Question) -> tuple[int, ...]:
    """Return how many digits each number of a key has, and then each factor that is multiplied on the way.

    Without a calculator these are what has to be alike for all.
    """
    keys = [_length(number) for key in question.keys.values() for number in _numbers(key)]
    factors = [
        _length(factor)
        for step in _steps(question)
        for node, operands in _calculated(step)
        if isinstance(node, Product)
        for factor in operands
    ]
    return (*keys, *factors)


@dataclass(frozen=True, slots=True)
class Usual:
    """What the drawings of a template are like: their median difficulty, and the lengths that most of them have."""

    median: float
    lengths: tuple[int, ...]

    def distance(self, question: Question, by_hand: bool = False) -> tuple[int, float]:
        """Return how far a drawing is off; by hand the lengths that differ come first."""
        off = abs(difficulty(question) - self.median) / self.median
        return self._differing(lengths(question)) if by_hand else 0, off

    def _differing(self, found: Sequence[int]) -> int:
        """Return how many numbers of a drawing are longer or shorter than usual, or are not there."""
        pairs = zip_longest(found, self.lengths)
        return sum(one != other for one, other in pairs)

    def holds(self, question: Question, by_hand: bool = False) -> bool:
        """Say whether a drawing lies within the band; by hand its numbers have to be as long as usual too."""
        return self.within(self.distance(question, by_hand))

    def within(self, distance: tuple[int, float]) -> bool:
        """Say whether a distance is within the band."""
        return distance[0] == 0 and distance[1] <= BAND


def usual(template: Template, conventions: ConventionsChoice = "textbook") -> Usual:
    """Return what the drawings of a template are like under some conventions, from a sample."""
    return _usual(template, Conventions.of(template.conventions or conventions))


@lru_cache(maxsize=1024)
def _usual(template: Template, conventions: Conventions) -> Usual:
    known = recorded(template) if conventions == Conventions.of(template.conventions or "textbook") else {}
    return Usual(known["median"], tuple(known["lengths"])) if known else sampled(template, conventions)


def sampled(template: Template, conventions: Conventions) -> Usual:
    """Return what the drawings of a template are like, drawn now."""
    found = list(islice(drawings(template, "usual", conventions=conventions), SAMPLE))
    middle = max(1, median(difficulty(question) for question in found))
    counted = Counter(lengths(question) for question in found)
    return Usual(middle, counted.most_common(1)[0][0])

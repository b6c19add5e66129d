"""What a reader of answers returns: a reading, a refusal that points at its place, or nothing written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, TypeAlias

from layerquiz.formula.expr import Formula, Number
from layerquiz.record import record

Expectation: TypeAlias = Literal["count", "size", "shape", "bytes"]

# A fraction with more digits after the point than this is shown as a/b.
_LONGEST_DECIMAL = 30


@record
class Reading:
    """An answer that has a value.

    `value` is already scaled (bytes for byte units) and a tuple for a shape, in the order written, without the batch.
    `step` is what one unit in the last digit shown is worth, for an answer that was rounded or scaled; None is exact.
    `expression` is the first formula written, `computed` what it is worth, `broken` the first equality that fails.
    `alternative` is the other value of a spelling that can be read in two ways, such as 1.234.
    """

    text: str
    value: Number | tuple[Number, ...]
    shown: str
    unit: str = ""
    step: Number | None = None
    digits: int | None = None
    expression: Formula | None = None
    computed: Number | None = None
    broken: tuple[str, str] | None = None
    notes: tuple[str, ...] = ()
    alternative: int | tuple[Number, ...] | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An answer without a value: the place of the bad character in the original text, and why."""

    text: str
    offset: int
    reason: str
    slug: str


@dataclass(frozen=True, slots=True)
class Blank:
    """Nothing was answered."""

    text: str


Answer: TypeAlias = Reading | Unreadable | Blank


class Refusal(Exception):  # noqa: N818 - not an error of ours: it carries an `Unreadable` to the border
    """Ends the reading inside this package; `place` counts in the normalised text."""

    def __init__(self, place: int, reason: str, slug: str) -> None:
        super().__init__(reason)
        self.place, self.reason, self.slug = place, reason, slug


def in_thousands(answer: Answer) -> Answer:
    """Take the point of 1.234 for a separator, where a whole count is asked for: nobody has a quarter of a weight."""
    if not isinstance(answer, Reading) or isinstance(answer.value, int) or not isinstance(answer.alternative, int):
        return answer
    number = answer.alternative
    note = f"The point was read as a separator: {shown(number)}."
    return replace(answer, value=number, shown=shown(number), step=None, digits=None, notes=(note,), alternative=None)


def whole(value: Number) -> Number:
    """Return a fraction with denominator 1 as the integer that it is."""
    return value.numerator if value.denominator == 1 else value


def shown(value: Number | tuple[Number, ...]) -> str:
    """Return a value as it is shown back: `294,912`, `54.25`, `1/3` or `55 x 55 x 96`."""
    if isinstance(value, tuple):
        return " x ".join(str(size) if isinstance(size, int) else shown(size) for size in value)
    if isinstance(value, int):
        return f"{value:,}"
    return _decimal(value) or f"{value.numerator:,}/{value.denominator:,}"


def _decimal(value: Fraction) -> str:
    """Return a fraction as an exact decimal, or nothing where it does not end or is long."""
    for places in range(1, _LONGEST_DECIMAL + 1):
        scaled = value * 10**places
        if scaled.denominator == 1:
            before, after = divmod(abs(scaled.numerator), 10**places)
            return f"{'-' if value < 0 else ''}{before:,}.{after:0{places}d}"
    return ""

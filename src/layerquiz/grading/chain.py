"""A count, a size or a memory: one expression, or a chain of equalities whose last value is the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from layerquiz.formula.expr import Number
from layerquiz.grading.answer import Expectation, Reading, Refusal, shown, whole
from layerquiz.grading.parts import Side, sides, unbracketed, without_notes
from layerquiz.grading.pieces import Piece
from layerquiz.grading.worth import Worth, evaluated


@dataclass(frozen=True, slots=True)
class Link:
    """One side of an equality: where it stands in the normalised text, and what it is worth."""

    start: int
    end: int
    worth: Worth
    value: Number
    approximate: bool = False
    first: Number | None = None
    alternative: int | None = None
    note: str = ""
    square: bool = False

    @property
    def bare(self) -> bool:
        """Whether the link is a number and nothing more."""
        return self.worth.numeral is not None

    @property
    def step(self) -> Number | None:
        """What one unit in the last digit shown is worth, where the link is a rounded number or has decimals."""
        numeral = self.worth.numeral
        if numeral is None or not (numeral.scaled or numeral.places or self.approximate):
            return None
        return whole(Fraction(numeral.last_digit) * 10**self._filling_zeros)

    @property
    def digits(self) -> int | None:
        """How many digits a rounded number shows."""
        numeral = self.worth.numeral
        return None if numeral is None or self.step is None else numeral.digits - self._filling_zeros

    @property
    def tolerance(self) -> Number:
        """How far from this value an equal value may be: decimals may be cut off or rounded."""
        numeral = self.worth.numeral
        return self.step or (numeral.last_digit if numeral and numeral.places else 0)

    @property
    def _filling_zeros(self) -> int:
        """Zeros at the end of `about 3000`, which fill a place and show nothing."""
        numeral = self.worth.numeral
        if numeral is None or numeral.scaled or numeral.places or not numeral.mantissa:
            return 0
        written = str(numeral.mantissa)
        return len(written) - len(written.rstrip("0"))


def read_chain(pieces: list[Piece], asked: Expectation, original: Callable[[int, int], str]) -> Reading:
    """Return the reading of a chain of equalities; `original` gives what was written between two places."""
    main, notes = _explained(*without_notes(pieces), asked)
    written = sides(main)
    if not written:
        raise Refusal(0, "No number is written here.", "empty-expression")
    links = [_link(side) for side in written]
    answer, known = links[-1], [link for link in links if link]
    if answer is None:
        raise Refusal(_letter(written[-1]), "This letter has no value here.", "letter")
    if asked == "size":
        answer = known[-1] = _square_side(answer)
    if len(written) == 1 and answer.bare:
        inside = [link for note in notes for side in sides(note) if (link := _link(side))]
        known += [_square_side(link) for link in inside] if asked == "size" else inside
        answer = _or_product(answer, known)
    _refuse_two_numbers(known)
    return _reading(_exact(answer, known), known, original)


def _explained(
    main: list[Piece], notes: list[list[Piece]], asked: Expectation
) -> tuple[list[Piece], list[list[Piece]]]:
    """Take `144 (16 x 3 x 3)` as a number and its explanation where both are worth the same: it is no product.

    Nor is a number beside a number, `138 million (138,357,544)`, or a size beside its square, `54 (54x54)`.
    """
    if len(main) < 3 or main[0].kind != "NUMBER" or main[1].kind != "OPEN" or main[0].end == main[1].start:
        return main, notes
    inner = unbracketed(main[1:])
    if len(inner) == len(main) - 1:
        return main, notes
    number, worth = evaluated(main[:1]).value, evaluated(inner)
    square = asked == "size" and set(worth.sides) == {number}
    if len(inner) > 1 and worth.value != number and not square:
        return main, notes
    return main[:1], [inner, *notes]


def _link(side: Side) -> Link | None:
    """Return one side of an equality, or nothing where it holds a letter."""
    pieces = unbracketed(list(side.pieces))
    worth = evaluated(pieces)
    if worth.value is None:
        return None
    numeral = worth.numeral
    first = next((piece.numeral.value for piece in pieces if piece.numeral), None)
    alternative, note = (numeral.alternative, numeral.note) if numeral else (None, "")
    return Link(
        side.pieces[0].start, side.pieces[-1].end, worth, worth.value, side.approximate, first, alternative, note
    )


def _letter(side: Side) -> int:
    """Return where the letter stands that leaves a side without a value."""
    return evaluated(list(side.pieces)).place


def _square_side(answer: Link) -> Link:
    """Take 7x7 as a size of 7: equal numbers with x between them name the side of a square."""
    if len(set(answer.worth.sides)) != 1:
        return answer
    side = answer.worth.sides[0]
    # 4x4 for 16 would be a wrong size marked right; three and more are written for a jump, 2x2x2.
    product = int(answer.value) if len(answer.worth.sides) > 2 else None
    note = f"{shown(side)} was taken from a square."
    return replace(answer, value=side, square=True, alternative=product, note=note)


def _or_product(answer: Link, known: list[Link]) -> Link:
    """Keep the product as the other reading of `256 filters (3*3*128 + 1)`, where the bracket explains nothing."""
    if len(known) == 1 or _agree(answer, known[1]):
        return answer
    product = whole(answer.value * known[1].value)
    return replace(answer, alternative=product if isinstance(product, int) else None)


def _refuse_two_numbers(known: list[Link]) -> None:
    """Refuse a chain that names two bare numbers which are not the same: which one is the answer?"""
    for left, right in pairwise([link for link in known if link.bare]):
        if not _agree(left, right):
            reason = f"Two different numbers are given as equal: {shown(left.value)} and {shown(right.value)}."
            raise Refusal(right.start, reason, "contradictory")


def _exact(answer: Link, known: list[Link]) -> Link:
    """Return the exact number of `62,378,344 ≈ 62.4M`, where the other one only rounds it."""
    if answer.step is None:
        return answer
    return next((link for link in known if link.bare and link.step is None), answer)


def _agree(left: Link, right: Link) -> bool:
    """Whether two neighbours of a chain are equal, up to what is rounded and up to a unit that only one names.

    A running calculation, `5*5*6 = 150 * 16 = 2400`, goes on from the value before it and is not an error.
    """
    if right.first == left.value and not right.bare:
        return True
    tolerance = max(left.tolerance, right.tolerance)
    factors = {1, *(link.worth.numeral.factor for link in (left, right) if link.worth.numeral)}
    scaled = [left.value * factor for factor in factors] if not left.worth.unit else [left.value]
    return any(_near(value, right.value, tolerance) or _whole_of(value, right.value) for value in scaled)


def _near(value: Number, other: Number, tolerance: Number) -> bool:
    """Whether two values are equal, or differ by less than a tolerance."""
    difference = Fraction(value) - other
    return difference == 0 or abs(difference) < tolerance


def _whole_of(value: Number, other: Number) -> bool:
    """Whether the other is this fraction rounded up or down to a whole number."""
    return value.denominator != 1 and other.denominator == 1 and _near(value, other, 1)


def _reading(answer: Link, known: list[Link], original: Callable[[int, int], str]) -> Reading:
    """Put together what was found."""
    worked = next((link for link in known if not link.bare and not link.square), None)
    failed = first_broken(known)
    rounded = [f"{shown(a.value)} was rounded." for a, b in pairwise(known) if _whole_of(a.value, b.value)]
    return Reading(
        text="",
        value=answer.value,
        shown=shown(answer.value),
        unit=answer.worth.unit,
        step=answer.step,
        digits=answer.digits,
        expression=worked.worth.formula if worked else None,
        computed=worked.value if worked else None,
        broken=(original(failed[0].start, failed[0].end), original(failed[1].start, failed[1].end)) if failed else None,
        notes=(*filter(None, (answer.note,)), *rounded),
        alternative=answer.alternative,
    )


def first_broken(links: Sequence[Link]) -> tuple[Link, Link] | None:
    """Return the first two neighbouring sides that are not equal."""
    return next((pair for pair in pairwise(links) if not _agree(*pair)), None)


def links_of(pieces: list[Piece]) -> list[Link]:
    """Return the sides of a chain that are worth something, whatever they say together."""
    main, _ = without_notes(pieces)
    return [link for side in sides(main) if (link := _link(side))]

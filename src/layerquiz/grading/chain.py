"""A count, a size or a memory: one expression, or a chain of equalities whose last value is the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from layerquiz.formula.expr import Number
from layerquiz.grading.answer import Expectation, Reading, Refusal, shown, whole
from layerquiz.grading.clauses import Clause, clauses
from layerquiz.grading.parts import Side, sides, unbracketed, without_notes
from layerquiz.grading.pieces import Piece
from layerquiz.grading.worth import Worth, evaluated
from layerquiz.record import record

MOST_STATEMENTS = 30


@record
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


@record
class Told:
    """What one statement says: its links, the last of which is its value, and the one that is the answer."""

    answer: Link
    links: tuple[Link, ...]
    has_letters: bool = False

    @property
    def is_worked(self) -> bool:
        """Say whether the statement is a calculation with its result."""
        return len(self.links) > 1 and any(not link.bare for link in self.links)


def read_chain(pieces: list[Piece], asked: Expectation, original: Callable[[int, int], str]) -> Reading:
    """Return the reading of a number in one statement or in several.

    A statement is one expression, or a chain of equalities; `original` gives what was written between two places.
    """
    said = clauses(pieces)
    if not said:
        raise Refusal(0, "No number is written here.", "empty-expression")
    if len(said) == 1:
        told = _told(list(said[0].pieces), asked)
        return _reading(_exact(told.answer, told.links), [told.links], original)
    return _concluded(said, asked, original)


def _concluded(said: list[Clause], asked: Expectation, original: Callable[[int, int], str]) -> Reading:
    """Return the reading of several statements, whose last one is the answer where the others lead to it."""
    if len(said) > MOST_STATEMENTS:
        reason = f"More than {MOST_STATEMENTS} statements stand here."
        raise Refusal(said[MOST_STATEMENTS].pieces[0].start, reason, "too-many-statements")
    if total := _total_of_parts(said):
        return _reading(total, [(total,)], original)
    told = [_told(list(clause.pieces), asked) for clause in said]
    last = told[-1]
    if not (said[-1].is_result or said[-2].is_reason) and _is_remark(told):
        raise Refusal(last.answer.start, "A number stands behind the result.", "two-numbers")
    for clause, step in zip(said[:-1], told[:-1], strict=True):
        if not (clause.is_reason or said[-1].is_result or _leads_on(step, told)):
            raise Refusal(last.answer.start, "Two numbers stand side by side here.", "two-numbers")
    chains = [step.links for step in told]
    if said[-2].is_reason:
        chains.append((told[-2].answer, last.answer))
    elif not last.is_worked:
        chains[-1] = (*((told[-2].links[-1],) if _agree(told[-2].links[-1], last.answer) else ()), *last.links)
    return _reading(_exact(last.answer, last.links), chains, original)


def _leads_on(step: Told, told: list[Told]) -> bool:
    """Say whether a statement is a step: a calculation, a letter's value before a formula, or the answer itself."""
    last = told[-1]
    is_given = step.has_letters and any(not link.bare for link in last.links)
    return step.is_worked or is_given or _says_again(step.answer, last.answer)


def _is_remark(told: Sequence[Told]) -> bool:
    """Say whether the last number only explains a result before it: `9*256 = 2304; 1 bias per filter`."""
    *steps, last = told
    is_bare = len(last.links) == 1 and last.answer.bare
    return (
        is_bare and steps[-1].is_worked and not any(_agree(link, last.answer) for step in steps for link in step.links)
    )


def _says_again(step: Link, last: Link) -> bool:
    """Say whether a number is said twice, exactly or with a suffix: 3.5 and 3 are two numbers."""
    scaled = any(link.worth.numeral and link.worth.numeral.scaled for link in (step, last))
    return step.value == last.value or (scaled and _agree(step, last))


def _total_of_parts(said: list[Clause]) -> Link | None:
    """Return the total of `weights: 34848; biases: 96; total: 34944`: bare numbers of which the last is the sum."""
    flat = [_link(side) for clause in said for side in sides(without_notes(list(clause.pieces))[0])]
    numbers = [link for link in flat if link and link.bare]
    if len(numbers) < len(flat) or len(numbers) < 3 or len({number.value for number in numbers}) == 1:
        return None
    last = numbers[-1]
    is_marked = said[-1].is_result or any(piece.kind == "RELATION" for piece in said[-1].pieces)
    return last if is_marked and last.value == sum(number.value for number in numbers[:-1]) else None


def _told(pieces: list[Piece], asked: Expectation) -> Told:
    """Return what one statement says."""
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
        inside = [link for link in inside if not _of_another_kind(answer, link, asked)]
        known += [_square_side(link) for link in inside] if asked == "size" else inside
        answer = _or_product(answer, known)
    known = _from_input(known, written) if asked == "size" else known
    _refuse_two_numbers(known)
    return Told(answer, tuple(known), len(known) < len(links))


def _of_another_kind(answer: Link, note: Link, asked: Expectation) -> bool:
    """Say whether a note gives the memory of what is counted: `34,944 (136.50 KB)`."""
    return asked == "count" and not answer.worth.unit and note.worth.unit.endswith("B")


def _from_input(known: list[Link], written: list[Side]) -> list[Link]:
    """Leave out the size before an arrow, `227 → 55`: it is what the other one is made from."""
    if len(known) == 2 and len(written) == 2 and known[0].bare and known[1].bare and written[1].led:
        return known[1:]
    return known


def _explained(
    main: list[Piece], notes: list[list[Piece]], asked: Expectation
) -> tuple[list[Piece], list[list[Piece]]]:
    """Take `144 (16 x 3 x 3)` as a number and its explanation where both are worth the same: it is no product.

    Nor is a number beside a number, `138 million (138,357,544)`, or a size beside its square, `54 (54x54)`.
    """
    lead = next((index for index, piece in enumerate(main) if piece.kind not in {"RELATION", "APPROX"}), 0)
    front, number, rest = main[:lead], main[lead : lead + 1], main[lead + 1 :]
    if len(rest) < 2 or number[0].kind != "NUMBER" or rest[0].kind != "OPEN" or number[0].end == rest[0].start:
        return main, notes
    inner = unbracketed(rest)
    if len(inner) == len(rest):
        return main, notes
    value, worth = evaluated(number).value, evaluated(inner)
    square = asked == "size" and set(worth.sides) == {value}
    if len(inner) > 1 and worth.value != value and not square:
        return main, notes
    return [*front, *number], [inner, *notes]


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


def _exact(answer: Link, known: Sequence[Link]) -> Link:
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
    return value == other or abs(Fraction(value) - other) < tolerance


def _whole_of(value: Number, other: Number) -> bool:
    """Whether the other is this fraction rounded up or down to a whole number."""
    return value.denominator != 1 and other.denominator == 1 and _near(value, other, 1)


def _reading(answer: Link, chains: Sequence[Sequence[Link]], original: Callable[[int, int], str]) -> Reading:
    """Put together what was found; the expression is the first one of the last statement that has one."""
    worked = [link for chain in chains for link in chain[:1] if not link.bare and not link.square][-1:]
    worked = worked or [link for chain in chains for link in chain if not link.bare and not link.square][:1]
    pairs = [pair for chain in chains for pair in pairwise(chain)]
    failed = next((broken for chain in chains if (broken := first_broken(chain))), None)
    rounded = [f"{shown(a.value)} was rounded." for a, b in pairs if _whole_of(a.value, b.value)]
    return Reading(
        text="",
        value=answer.value,
        shown=shown(answer.value),
        unit=answer.worth.unit,
        step=answer.step,
        digits=answer.digits,
        expression=worked[0].worth.formula if worked else None,
        computed=worked[0].value if worked else None,
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

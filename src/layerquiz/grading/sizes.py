"""A shape in every spelling: 55x55x96, (None, 26, 26, 32), 6@28x28, torch.Size([1, 1, 14, 14])."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import pairwise

from layerquiz.formula.expr import Number
from layerquiz.grading.answer import Reading, Refusal, shown
from layerquiz.grading.number import Numeral
from layerquiz.grading.parts import sides, split, unbracketed, without_notes
from layerquiz.grading.pieces import Piece
from layerquiz.grading.worth import evaluated

_ARITHMETIC = ("PLUS", "MINUS", "DIVIDE", "FLOOR_DIVIDE")
_BATCH_NOTE = "The first entry was taken as the batch."


@dataclass(frozen=True, slots=True)
class Sizes:
    """The entries of a shape and where it begins; None is a batch without a number. A refused one has no entries."""

    entries: tuple[Number | None, ...]
    start: int
    refusal: Refusal | None = None
    alternative: tuple[Number, ...] | None = None

    @property
    def numbers(self) -> tuple[Number, ...]:
        """The entries that are numbers."""
        return tuple(entry for entry in self.entries if entry is not None)


def read_shape(pieces: list[Piece], entries: int | None) -> Reading:
    """Return the reading of a shape; `entries` is how many sizes are expected, where that is known."""
    reasoned = split(pieces, ("REASON",))
    main, notes = without_notes(_without_lines(reasoned[0] or reasoned[-1][1:]))
    written = sides(main)
    found = [_sizes(list(side.pieces), entries) for side in written]
    if not found:
        raise Refusal(0, "No shape is written here.", "empty-expression")
    if found[-1].refusal:
        raise found[-1].refusal
    known = [sizes for sizes in found if sizes.entries]
    if all(isinstance(size, int) for size in known[-1].numbers):
        known = [sizes for sizes in known if all(isinstance(size, int) for size in sizes.numbers)]
    if len(known) == 1 and notes:
        known = [_with_note(known[0], notes[0], entries)]
    if written[-1].led and len(known[-1].entries) > 1:
        known = known[-1:]
    return _without_batch(_chosen(_settled(known), entries), entries)


def shape_of(sizes: tuple[Number | None, ...], entries: int | None) -> Reading:
    """Return the reading of sizes that are known; None is a batch."""
    return _without_batch(Sizes(sizes, 0), entries)


def _without_lines(pieces: list[Piece]) -> list[Piece]:
    """Leave out commas that only end a line: before an operator, a relation or another comma."""
    kept: list[Piece] = []
    for index, piece in enumerate(pieces):
        after = pieces[index + 1].kind if index + 1 < len(pieces) else ""
        is_line = piece.kind == "BREAK" or (piece.kind == "COMMA" and piece.text.startswith("\n"))
        if not (is_line and (piece.kind == "BREAK" or after in {"CROSS", "TIMES", "RELATION", "CLOSE", "COMMA"})):
            kept.append(piece)
    return kept


def _sizes(pieces: list[Piece], entries: int | None) -> Sizes:
    """Read one side of an equality; one with letters may only be a step to the shape behind it."""
    start = pieces[0].start
    try:
        found = Sizes(tuple(_entry(part, start) for part in _parts(pieces)), start)
    except Refusal as refusal:
        if loose := _loosely(pieces, entries):
            return loose
        if refusal.slug != "letter":
            raise
        return Sizes((), start, refusal)
    grouped = _grouped(pieces)
    if entries and len(found.entries) != entries and len(grouped) < len(pieces):
        fewer = tuple(_entry(part, start) for part in _parts(grouped))
        if len(fewer) == entries:
            return Sizes(fewer, start, alternative=found.numbers)
    if entries and len(found.entries) not in (entries, entries + 1) and (loose := _loosely(pieces, entries)):
        return loose
    number = _number_in_groups(pieces)
    if number is None:
        return found
    joined = Sizes((number,), start, alternative=found.numbers)
    return joined if entries == 1 else replace(found, alternative=(number,))


def _loosely(pieces: list[Piece], entries: int | None) -> Sizes | None:
    """Take every product and bracket as sizes, `96 x (55x55)` and `55² x 96`, where that gives as many as are asked."""
    leaves = _leaves(pieces)
    if not entries or any(len(leaf) != 1 or leaf[0].kind not in {"NUMBER", "BATCH"} for leaf in leaves):
        return None
    start = pieces[0].start
    found = Sizes(tuple(_entry(leaf, start) for leaf in leaves), start)
    return found if len(found.numbers) == entries or len(found.entries) == entries + 1 else None


def _leaves(pieces: list[Piece]) -> list[list[Piece]]:
    """Part at commas, crosses and products inside all brackets; a square is its side twice."""
    inner = unbracketed(pieces)
    parts = _between(inner, ("COMMA", "CROSS", "TIMES"))
    if len(parts) > 1:
        return [leaf for part in parts for leaf in _leaves(part)]
    if len(inner) > 2 and inner[1].kind == "POWER" and inner[0].kind == "NUMBER":
        exponent = unbracketed(inner[2:])
        if len(exponent) == 1 and exponent[0].text in {"2", "3", "squared"}:
            return [inner[:1]] * (3 if exponent[0].text == "3" else 2)
    return [inner]


def _parts(pieces: list[Piece]) -> list[list[Piece]]:
    """Part at the commas, else at every x, else at every * (which is a product beside the other two)."""
    inner = unbracketed(pieces)
    by_comma = _between(inner, ("COMMA",))
    if len(by_comma) > 1:
        by_comma = by_comma if by_comma[-1] else by_comma[:-1]
        bracketed = len(inner) < len(pieces)
        return by_comma if bracketed else [part for group in by_comma for part in _between(group, ("CROSS",))]
    by_cross = _between(inner, ("CROSS",))
    arithmetic = len([part for part in split(inner, _ARITHMETIC) if part]) > 1
    return by_cross if len(by_cross) > 1 or arithmetic else _between(inner, ("TIMES",))


def _between(pieces: list[Piece], kinds: Collection[str]) -> list[list[Piece]]:
    """Return what stands between separators."""
    first, *later = split(pieces, kinds)
    return [first, *(part[1:] for part in later)]


def _entry(pieces: list[Piece], start: int) -> Number | None:
    """Return the size that an entry gives, which who has not rounded may write as 54.25; a batch gives none."""
    if not pieces:
        raise Refusal(start, "A size is missing beside a separator of this shape.", "unfinished")
    if len(pieces) == 1 and pieces[0].kind == "BATCH":
        return None
    worth = evaluated(pieces)
    if worth.value is None:
        raise Refusal(worth.place, "This letter has no value here.", "letter")
    return worth.value


def _grouped(pieces: list[Piece]) -> list[Piece]:
    """Join `1,536` in `60 x 1,536`, where a cross parts the sizes and so a comma may part the digits."""
    if not any(piece.kind == "CROSS" for piece in pieces):
        return pieces
    kept: list[Piece] = []
    for piece in pieces:
        kept.append(piece)
        if len(kept) > 2 and _is_group(*kept[-3:]):
            number, _, group = kept[-3:]
            digits = number.text + group.text
            kept[-3:] = [replace(number, text=digits, end=group.end, numeral=Numeral(int(digits), 0, len(digits)))]
    return kept


def _is_group(number: Piece, comma: Piece, group: Piece) -> bool:
    """Say whether three digits stand close behind a comma and a number."""
    close = number.end == comma.start and comma.end == group.start
    return close and comma.kind == "COMMA" and number.text.isdigit() and group.text.isdigit() and len(group.text) == 3


def _number_in_groups(pieces: list[Piece]) -> int | None:
    """Return 12544 for `12,544`, which is a number in groups as well as a shape of two sizes."""
    first, *later = pieces[::2]
    commas = all(piece.kind == "COMMA" for piece in pieces[1::2])
    close = all(left.end == right.start for left, right in pairwise(pieces))
    groups = later and len(first.text) <= 3 and all(len(piece.text) == 3 for piece in later)
    if not (commas and close and groups and all(piece.text.isdigit() for piece in (first, *later))):
        return None
    return int("".join(piece.text for piece in (first, *later)))


def _with_note(number: Sizes, note: list[Piece], entries: int | None) -> Sizes:
    """Join `6 maps (28 x 28)`; `144 inputs (16 x 3 x 3)` only explains its number."""
    inside = [sizes for side in sides(note) if (sizes := _sizes(list(side.pieces), entries)).entries]
    joins = len(number.entries) == 1 or len(number.numbers) + len(inside[0].numbers if inside else ()) == entries
    if not inside or not joins or math.prod(inside[0].numbers) == math.prod(number.numbers):
        return number
    return Sizes((*number.entries, *inside[0].entries), number.start)


def _settled(known: list[Sizes]) -> list[Sizes]:
    """Take 290,400 as a number where a shape of that product stands beside it."""
    products = {math.prod(sizes.numbers) for sizes in known}
    return [
        Sizes(sizes.alternative, sizes.start)
        if sizes.alternative and len(sizes.alternative) == 1 and sizes.alternative[0] in products
        else sizes
        for sizes in known
    ]


def _chosen(known: list[Sizes], entries: int | None) -> Sizes:
    """Return the shape of a chain: 55x55x96 = 290,400 names one, two different shapes name none."""
    shapes = [sizes for sizes in known if len(sizes.entries) > 1]
    if not shapes or entries == 1:
        shapes = [sizes for sizes in known if len(sizes.entries) == 1]
    answer = shapes[-1] if shapes else known[-1]
    last = known[-1]
    if any(sizes.entries != answer.entries for sizes in shapes) or math.prod(last.numbers) != math.prod(answer.numbers):
        raise Refusal(last.start, "Two different shapes are given as equal.", "contradictory")
    return answer


def _without_batch(answer: Sizes, entries: int | None) -> Reading:
    """Drop a batch: None, ?, -1, N, B, or the first of one number more than expected (of an image, if not known)."""
    sizes = answer.numbers
    if not sizes or None in answer.entries[1:]:
        raise Refusal(answer.start, "A size of this shape is not a number.", "unknown-size")
    if len(sizes) < len(answer.entries) or (sizes[0] == -1 and len(sizes) not in (1, entries)):
        return _reading(sizes[-len(answer.entries) + 1 :], None, _BATCH_NOTE)
    if len(sizes) - 1 == entries or (entries is None and len(sizes) in {4, 5}):
        return _reading(sizes[1:], sizes, _BATCH_NOTE)
    return _reading(sizes, answer.alternative)


def _reading(value: tuple[Number, ...], alternative: tuple[Number, ...] | None, *notes: str) -> Reading:
    """Put together what was found."""
    return Reading(text="", value=value, shown=shown(value), notes=notes, alternative=alternative)

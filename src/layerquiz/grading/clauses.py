"""An answer in several statements: a calculation in steps, parts and their total, a value and its reason."""

from __future__ import annotations

from dataclasses import replace

from layerquiz.grading.parts import split
from layerquiz.grading.pieces import Piece
from layerquiz.record import record

_OPERATORS = frozenset(("PLUS", "MINUS", "TIMES", "CROSS", "DIVIDE", "FLOOR_DIVIDE", "POWER"))
_PARTING = frozenset(("REASON", "BREAK", "COMMA", "RESULT"))
_GOING_ON = _OPERATORS | {"RELATION", "CLOSE", "CLOSE_FLOOR", "CLOSE_CEIL"}
_WAITING = _OPERATORS | {"RELATION", "OPEN", "OPEN_FLOOR", "OPEN_CEIL", "FLOOR", "CEIL", "FRACTION", "APPROX", "NOTE"}


@record
class Clause:
    """One statement: its pieces; whether it is called the result; whether it is a reason for the one at the end."""

    pieces: tuple[Piece, ...]
    is_result: bool = False
    is_reason: bool = False


def clauses(pieces: list[Piece]) -> list[Clause]:
    """Return the statements in the order in which they lead to the answer: a reason before what it explains."""
    if not any(piece.kind in _PARTING for piece in pieces):
        return [Clause(tuple(pieces))] if pieces else []
    main, *reasons = split(_joined_lines(pieces), ("REASON",))
    told = [replace(clause, is_reason=True) for reason in reasons for clause in _parted(reason[1:])]
    said = _parted(main)
    return _gone_on(told + said if said else [replace(clause, is_reason=False) for clause in told])


def _joined_lines(pieces: list[Piece]) -> list[Piece]:
    """Leave out a new line inside a formula: one behind an operator or before one."""
    kept = []
    for index, piece in enumerate(pieces):
        before = pieces[index - 1].kind if index else "RELATION"
        after = pieces[index + 1].kind if index + 1 < len(pieces) else "RELATION"
        is_line = piece.kind == "BREAK" and piece.text.startswith("\n")
        if not (is_line and (before in _WAITING or after in _GOING_ON)):
            kept.append(piece)
    return kept


def _parted(pieces: list[Piece]) -> list[Clause]:
    """Part statements at semicolons, commas, lines and words such as `and`; leave out those without a value."""
    found = []
    for part in split(pieces, ("BREAK", "COMMA")):
        rest = [piece for piece in part if piece.kind not in {"BREAK", "RESULT"}]
        if rest and rest[0].kind == "COMMA":
            rest = rest[1:]
        if any(piece.kind not in {"RELATION", "APPROX"} for piece in rest):
            found.append(Clause(tuple(rest), any(piece.kind == "RESULT" for piece in part)))
    return found


def _gone_on(told: list[Clause]) -> list[Clause]:
    """Put the value before in front of a statement that goes on from it: `11*11 = 121, *3 = 363`."""
    found: list[Clause] = []
    for clause in told:
        first = clause.pieces[0].kind
        joins = first in _OPERATORS - {"PLUS", "MINUS"} or (
            first in {"PLUS", "MINUS"} and any(piece.kind == "RELATION" for piece in clause.pieces)
        )
        before: tuple[Piece, ...] = ()
        if joins and found and not any(piece.kind == "RELATION" for piece in found[-1].pieces):
            before = _bracketed(found.pop().pieces)
        elif joins and found and found[-1].pieces[-1].kind == "NUMBER":
            before = found[-1].pieces[-1:]
        found.append(replace(clause, pieces=(*before, *clause.pieces)))
    return found


def _bracketed(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Put brackets around an expression that another statement goes on from: `9*8 + 1, times 16`."""
    start, end = pieces[0].start, pieces[-1].end
    return (Piece("OPEN", start, start, "("), *pieces, Piece("CLOSE", end, end, ")"))

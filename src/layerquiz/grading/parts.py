"""Parts of an answer: the sides of its equalities, what stands between separators, explanations in brackets."""

from __future__ import annotations

from collections.abc import Collection

from layerquiz.grading.pieces import Piece
from layerquiz.record import record

_OPENING = frozenset(("OPEN", "OPEN_FLOOR", "OPEN_CEIL", "NOTE"))
_CLOSING = frozenset(("CLOSE", "CLOSE_FLOOR", "CLOSE_CEIL"))


@record
class Side:
    """One side of an equality, whether it was called approximate, and whether an arrow leads to it."""

    pieces: tuple[Piece, ...]
    approximate: bool = False
    led: bool = False


def sides(pieces: list[Piece]) -> list[Side]:
    """Part at the relations; sides of words alone (`params = 5`) have no pieces and are left out."""
    found = [_side(part) for part in split(pieces, ("RELATION",))]
    return [side for side in found if side.pieces]


def _side(part: list[Piece]) -> Side:
    """Take the relation and words such as `about` from the front of a side."""
    start = 0
    while start < len(part) and part[start].kind in {"RELATION", "APPROX"}:
        start += 1
    about = any(piece.kind == "APPROX" or piece.text in {"~", "≈", "≈="} for piece in part[:start])
    led = any(piece.kind == "RELATION" and piece.text.endswith((">", "→")) for piece in part[:start])
    return Side(tuple(part[start:]), about, led)


def split(pieces: list[Piece], kinds: Collection[str]) -> list[list[Piece]]:
    """Cut before each piece of these kinds that is in no bracket; each part but the first begins with it."""
    found: list[list[Piece]] = [[]]
    depth = 0
    for piece in pieces:
        depth += (piece.kind in _OPENING) - (piece.kind in _CLOSING)
        if depth == 0 and piece.kind in kinds:
            found.append([])
        found[-1].append(piece)
    return found


def without_notes(pieces: list[Piece]) -> tuple[list[Piece], list[list[Piece]]]:
    """Take out the explanations behind values, `1728 (= 3*3*3*64)`; return the rest and what they hold."""
    rest: list[Piece] = []
    notes: list[list[Piece]] = []
    depth = 0
    for piece in pieces:
        if depth == 0 and piece.kind != "NOTE":
            rest.append(piece)
            continue
        if depth == 0:
            notes.append([])
        elif not (depth == 1 and piece.kind in _CLOSING):
            notes[-1].append(piece)
        depth += (piece.kind in _OPENING) - (piece.kind in _CLOSING)
    return rest, notes


def unbracketed(pieces: list[Piece]) -> list[Piece]:
    """Take away round and square brackets that enclose all pieces."""
    while len(pieces) > 2 and pieces[0].kind == "OPEN" and _closed_by_last(pieces):
        pieces = pieces[1:-1]
    return pieces


def _closed_by_last(pieces: list[Piece]) -> bool:
    """Whether the bracket that opens first closes last."""
    depth = 0
    for index, piece in enumerate(pieces):
        depth += (piece.kind in _OPENING) - (piece.kind in _CLOSING)
        if depth == 0:
            return index == len(pieces) - 1
    return False

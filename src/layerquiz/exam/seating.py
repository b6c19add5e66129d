"""Who sits beside whom, and who gets which version of an exam, so that neighbours have different ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from string import ascii_uppercase
from typing import TypeAlias

from layerquiz.exam.roster import Student
from layerquiz.exam.seats import seat

Cell: TypeAlias = tuple[str, int, int]
"""A room, and a row and a place in it, counted over those in which somebody sits."""


def cells(students: Sequence[Student]) -> list[Cell | None]:
    """Return where each student sits, None where the roster does not say.

    A row or a place that is free in the whole room does not count: where every second seat is taken, neighbours are
    those with one free seat between them.
    """
    seats = [seat(student.seat) if student.seat else None for student in students]
    rooms: dict[str, tuple[set[int], set[int]]] = {}
    for student, found in zip(students, seats, strict=True):
        if found is not None:
            rows, places = rooms.setdefault(student.room, (set(), set()))
            rows.add(found.row)
            places.add(found.place)
    ranks = {room: (_ranked(rows), _ranked(places)) for room, (rows, places) in rooms.items()}
    return [
        None if found is None else (who.room, ranks[who.room][0][found.row], ranks[who.room][1][found.place])
        for who, found in zip(students, seats, strict=True)
    ]


def _ranked(numbers: set[int]) -> dict[int, int]:
    return {number: rank for rank, number in enumerate(sorted(numbers))}


def neighbours(students: Sequence[Student]) -> list[list[int]]:
    """Return by place in the roster who sits left, right, in front and behind; without seats, who stands beside."""
    found = cells(students)
    taken: dict[Cell, list[int]] = {}
    for place, cell in enumerate(found):
        if cell is not None:
            taken.setdefault(cell, []).append(place)
    beside: list[list[int]] = [[] for _ in students]
    for (room, row, place), here in taken.items():
        around = [(room, row, place - 1), (room, row, place + 1), (room, row - 1, place), (room, row + 1, place)]
        near = [other for cell in around for other in taken.get(cell, ())]
        for one in here:
            beside[one] = [*near, *(other for other in here if other != one)]
    for one, other in pairwise(place for place, cell in enumerate(found) if cell is None):
        beside[one].append(other)
        beside[other].append(one)
    return beside


def versions(count: int, students: Sequence[Student], kept: Mapping[str, str]) -> list[str]:
    """Return the letter of each student's version, of so many; `kept` ones, by student, stay.

    Seats take turns along rows and from row to row, others in the order of the roster. Who comes late between
    neighbours gets a version that none of them has, where there is one.
    """
    where, beside = cells(students), neighbours(students)
    letters = ascii_uppercase[:count]
    found = [kept.get(student.id, "") for student in students]
    seatless = iter(range(len(students)))
    for place, cell in enumerate(where):
        turn = next(seatless) if cell is None else cell[2] + (2 if count > 2 else 1) * cell[1]
        if not found[place]:
            near = {found[other] for other in beside[place]}
            order = [letters[(turn + step) % count] for step in range(count)]
            found[place] = next((letter for letter in order if letter not in near), order[0])
    return found

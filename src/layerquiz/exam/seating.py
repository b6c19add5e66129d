"""Who gets which paper: its number, and the version of the exam, so that neighbours have different ones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from string import ascii_uppercase
from typing import TypeAlias

from layerquiz.errors import ExamError
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


PREFIX = "spare-"
"""The id of a spare paper begins with this; its number follows."""

SPARE = re.compile(rf"{PREFIX}[0-9]+")


def is_spare(student: Student) -> bool:
    """Say whether a paper for somebody is a spare one that no name is on."""
    return not student.name and SPARE.fullmatch(student.id) is not None


@dataclass(frozen=True, slots=True)
class Planned:
    """A paper that somebody gets: the number that is printed, and the letter of its version, if there are versions."""

    student: Student
    number: int
    version: str = ""


def plan(count: int | None, students: Sequence[Student], kept: Mapping[str, Planned], spare: int = 0) -> list[Planned]:
    """Return the papers of a class in the order of its roster, and then spare ones, so many at least.

    count: how many versions there are, None for a paper of each student's own. What is `kept`, by student, stays, and
    spare papers are never taken away; others get the next free numbers.
    """
    for student in students:
        if SPARE.fullmatch(student.id):
            what, cure = f'the id "{student.id}" is that of a spare paper', "Give the student another id"
            raise ExamError(what, cure=cure, slug="reserved-id")
    number = max((each.number for each in kept.values()), default=0)
    before = {student: each.version for student, each in kept.items()}
    letters = [""] * len(students) if count is None else versions(count, students, before)
    found = []
    for student, letter in zip(students, letters, strict=True):
        number += student.id not in kept
        own = kept.get(student.id)
        found.append(Planned(student, number, letter) if own is None else Planned(student, own.number, own.version))
    spares = [each for each in kept.values() if is_spare(each.student)]
    for place in range(len(spares), spare):
        number += 1
        letter = ascii_uppercase[place % count] if count else ""
        spares.append(Planned(Student(f"{PREFIX}{number}", ""), number, letter))
    return [*found, *spares]

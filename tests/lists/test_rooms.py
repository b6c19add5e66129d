"""Papers by room: everyone stands in one room, in the order of the seats, and spare papers go to all rooms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layerquiz.exam.exam import Paper
from layerquiz.exam.roster import Student
from layerquiz.lists.rooms import rooms, spans
from lists.cohort import papers


@pytest.mark.parametrize("in_rooms", [0, 1, 3])
@pytest.mark.parametrize("spares", [0, 1, 7])
def test_every_paper_is_in_one_room(in_rooms: int, spares: int) -> None:
    found = rooms(papers(20, in_rooms, spares=spares))
    assert sorted(paper.number for room in found for paper in room.all) == list(range(1, 21 + spares))
    assert all(paper.student.room == room.name for room in found for paper in room.papers)
    counts = [len(room.spares) for room in found]
    assert max(counts) - min(counts) <= 1


def test_rooms_and_seats_are_in_the_order_in_which_people_count() -> None:
    found = rooms(papers(60))
    assert [room.name for room in found] == ["H 9", "H 10", "Hörsaal 教 \\%{"]
    assert [paper.student.seat for paper in found[0].papers][:9] == [
        *(f"A{place}" for place in range(1, 8)),
        "B1",
        "B2",
    ]


def test_those_without_a_room_stand_last_and_those_without_a_seat_behind_the_others() -> None:
    who = [("", ""), ("H", ""), ("H", "12"), ("H", "B1"), ("H", "A10")]
    listed = [Paper(Student(f"s{n}", "N", room=room, seat=seat), (), n) for n, (room, seat) in enumerate(who, 1)]
    found = rooms(listed)
    assert [room.name for room in found] == ["H", ""]
    assert [paper.student.seat for paper in found[0].papers] == ["A10", "B1", "12", ""]


@given(st.sets(st.integers(min_value=1, max_value=60)))
def test_spans_name_every_number_once(numbers: set[int]) -> None:
    named = [part.split("\N{EN DASH}") for part in spans(numbers).split(", ") if part]
    assert [n for part in named for n in range(int(part[0]), int(part[-1]) + 1)] == sorted(numbers)


def test_a_paper_is_spare_by_its_id_and_not_because_its_student_has_no_name() -> None:
    """Rosters may lack a name; such a student sits in a room like everybody else."""
    students = (Student("s1", "", room="A"), Student("s2", "N", room="A"), Student("spare-3", ""))
    (room,) = rooms([Paper(student, (), number) for number, student in enumerate(students, 1)])
    assert [paper.number for paper in room.papers] == [1, 2]
    assert [paper.number for paper in room.spares] == [3]

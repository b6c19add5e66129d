"""Seats as rosters write them: rows and places, in the order in which people count."""

from __future__ import annotations

import pytest

from layerquiz.exam.seats import natural, seat


@pytest.mark.parametrize(
    ("text", "row", "place", "label"),
    [
        ("A12", 1, 12, "A"),
        ("a 12", 1, 12, "A"),
        ("AA3", 27, 3, "AA"),
        ("12B", 12, 2, "12"),
        ("3-14", 3, 14, "3"),
        ("Row 3, seat 14", 3, 14, "3"),
        ("Reihe C Platz 7", 3, 7, "C"),
    ],
)
def test_a_seat_has_a_row_and_a_place(text: str, row: int, place: int, label: str) -> None:
    found = seat(text)
    assert found is not None
    assert (found.row, found.place, found.label) == (row, place, label)


@pytest.mark.parametrize(
    "text", ["", "12", "A", "by the window", "1-2-3", "A-B", "Ψ4", "\\input{x}", "9" * 4000 + "-1"]
)
def test_what_says_no_row_and_place_is_no_seat_of_a_plan(text: str) -> None:
    assert seat(text) is None


def test_texts_are_sorted_as_people_count() -> None:
    assert sorted(["A10", "B1", "A2", "A1"], key=natural) == ["A1", "A2", "A10", "B1"]

"""What is printed around an exam: everyone and every paper is there once, whatever a name tries; and on every page."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from typing import Literal

import pikepdf
import pytest

from layerquiz import engine, lists
from layerquiz.exam.exam import Paper
from layerquiz.languages import ENGLISH
from layerquiz.lists import around
from layerquiz.lists.rooms import Room, rooms
from layerquiz.render import lists as documents
from layerquiz.render.lists import Labels, Plan, Rows
from lists.cohort import exam, papers
from printed_text import read

CLASSES = {
    "three rooms": papers(60, spares=4),
    "no rooms": papers(12, 0),
    "versions": papers(25, 1, versions=4, spares=3),
}


@pytest.mark.parametrize("name", CLASSES)
def test_the_attendance_list_names_everyone_once_in_the_order_of_the_seats(name: str) -> None:
    found = rooms(CLASSES[name])
    rows = [dict(zip(table.columns, row, strict=True)) for room in found for table, row in _rows(room)]
    assert sorted(int(row["Paper"]) for row in rows) == [paper.number for paper in CLASSES[name]]
    there = {row["Student id"]: row["Name"] for row in rows if row["Student id"]}
    assert there == {paper.student.id: paper.student.name for paper in CLASSES[name] if paper.student.name}
    assert all(row["Signature"] == "" for row in rows)


def _rows(room: Room) -> list[tuple[Rows, tuple[str, ...]]]:
    table = around.attendance(exam(), room, ENGLISH).items[0]
    assert isinstance(table, Rows)
    return [(table, row) for row in table.rows]


@pytest.mark.parametrize("name", CLASSES)
def test_what_is_packed_is_what_the_room_needs(name: str) -> None:
    for room in rooms(CLASSES[name]):
        found = around.packing(exam(), room, ENGLISH)
        facts = dict(found.facts)
        told = (f"{len(room.papers)} papers", f"{len(room.papers)} papers + {len(room.spares)} spare")
        assert facts["Papers"] == told[bool(room.spares)]
        versions = {key: said for key, said in facts.items() if key.startswith("Version")}
        assert sum(int(said.split(":")[0]) for said in versions.values()) in (0, len(room.all))
        accommodated = {str(paper.number) for paper in room.papers if paper.student.accommodation}
        tables = [item for item in found.items if isinstance(item, Rows) and item.columns[-1] == "Accommodation"]
        assert {row[0] for table in tables for row in table.rows} == accommodated


def test_a_seat_plan_shows_everyone_at_the_place_of_the_roster() -> None:
    room = rooms(papers(60))[0]
    [plan] = [item for item in around.plan(exam(), room, ENGLISH).items if isinstance(item, Plan)]
    shown = {place.seat: place for _, row in plan.rows for place in row if place and place.number}
    assert {seat: place.number.rstrip("*") for seat, place in shown.items()} == {
        paper.student.seat: str(paper.number) for paper in room.papers
    }
    assert [label for label, _ in plan.rows] == ["A", "B", "C"]
    assert all(len(row) == 7 for _, row in plan.rows)


def test_a_wide_room_is_drawn_in_parts_that_fit_a_page_and_seats_without_rows_are_listed() -> None:
    wide = [
        replace(paper, student=replace(paper.student, room="H", seat=f"3-{place}" if place < 30 else "12"))
        for place, paper in enumerate(papers(31, 1), 1)
    ]
    [room] = rooms(wide)
    found = around.plan(exam(), room, ENGLISH)
    plans = [item for item in found.items if isinstance(item, Plan)]
    assert max(len(row) for plan in plans for _, row in plan.rows) <= documents.MOST_PLACES
    shown = [place.number.rstrip("*") for plan in plans for _, row in plan.rows for place in row if place]
    assert sorted(map(int, shown)) == list(range(1, 30))
    [rest] = [item for item in found.items if isinstance(item, Rows)]
    assert [row[1] for row in rest.rows] == ["30", "31"]


def test_labels_count_every_paper_of_a_room() -> None:
    [found] = list(around.labels(exam(), rooms(papers(200, 3, spares=5)), ENGLISH).items)
    assert isinstance(found, Labels)
    counts = [int(re.match(r"(\d+) papers?", label.lines[1])[1]) for label in found.labels]
    assert sum(counts) == 205
    assert max(counts) <= around.ENVELOPE


def test_the_attendance_list_is_a_table_too() -> None:
    found = lists.Documents(exam(), papers(60, spares=4), ENGLISH).tables
    rows = list(csv.DictReader(io.StringIO(found["lists/attendance.csv"].decode())))
    assert sorted(int(row["paper"]) for row in rows) == list(range(1, 65))
    assert [row["room"] for row in rows] == sorted(
        (row["room"] for row in rows), key=["H 9", "H 10", "Hörsaal 教 \\%{"].index
    )


def test_what_holds_keys_is_secret() -> None:
    found = lists.Documents(exam(), papers(12, 1), ENGLISH)
    secret = {name for name in found.pdfs if lists.is_secret(name)}
    assert secret == {"master.pdf", "lists/marking-1.pdf", "lists/marking-2.pdf", "lists/marking-3.pdf"}
    assert not any(map(lists.is_secret, found.tables))


@pytest.mark.tex
@pytest.mark.parametrize("name", CLASSES)
def test_all_is_printed_and_nothing_sticks_out(name: str) -> None:
    """Every paper's number stands in the text of the lists, long tables repeat their heads, and no box is too wide."""
    if not engine.available():
        pytest.skip(f"there is no TeX: install {' '.join(engine.missing())}")
    found = lists.Documents(exam(), CLASSES[name], ENGLISH)
    printed = found.printed()
    assert set(printed) == set(found.pdfs)
    _check_numbers(read(printed["lists/attendance.pdf"]), CLASSES[name])
    text = read(printed["lists/attendance.pdf"])
    assert text.count("Signature") == len(re.findall(r"page \d+ of \d+", text))
    parts = {
        f"{place}/{part}": each
        for place, those in enumerate(dict(found.lists()).values())
        for part, each in enumerate(those)
    }
    source = documents.lists(parts)
    assert engine.overfull(source.text, source.parts) == []
    assert printed == found.printed()


def _check_numbers(text: str, listed: tuple[Paper, ...]) -> None:
    words = set(text.split())
    assert [paper.number for paper in listed if str(paper.number) not in words] == []
    named = [paper.student.id for paper in listed if paper.student.name.isascii() and paper.student.name]
    assert [student for student in named if student not in text] == []  # readers turn lines in other directions round


@pytest.mark.tex
@pytest.mark.parametrize(("size", "points"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_lists_are_as_large_as_papers(size: Literal["a4", "letter"], points: tuple[int, int]) -> None:
    """Every page has the size that the exam says, those without a foot too."""
    if not engine.available():
        pytest.skip(f"there is no TeX: install {' '.join(engine.missing())}")
    found = lists.Documents(replace(exam(), paper_size=size), papers(12, 1, spares=2), ENGLISH).printed()
    for name in ("lists/labels.pdf", "lists/seats.pdf", "master.pdf"):
        with pikepdf.open(io.BytesIO(found[name])) as pdf:
            assert {tuple(round(float(side)) for side in page.mediabox[2:]) for page in pdf.pages} == {points}

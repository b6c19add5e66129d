"""What a room needs: what is packed for it, who sits in it with which paper, where, and the labels of its envelopes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from layerquiz.exam.exam import Exam, Paper
from layerquiz.exam.seats import Seat, seat
from layerquiz.languages import Words
from layerquiz.lists.rooms import Room, spans
from layerquiz.render.document import Paragraph
from layerquiz.render.escape import literal
from layerquiz.render.lists import MOST_PLACES, Label, Labels, List, Place, Plan, Rows
from layerquiz.render.papers import AIDS

SIGNED = 46.0
"""Millimetres to sign in."""
ENVELOPE = 60
"""So many papers go into one envelope."""
SHORT = 42
"""So many letters of paper numbers stand on a label; of more the first and the last."""
DETAILS = ("room", "seat", "paper", "version", "student", "name", "section", "accommodation")
"""The columns of the attendance list as a table for spreadsheets."""


def above(exam: Exam) -> str:
    """Return what stands above every list: course, exam and date."""
    return " \N{MIDDLE DOT} ".join(part for part in (exam.course, exam.title, exam.date) if part)


def aids(exam: Exam, words: Words) -> tuple[tuple[str, str], ...]:
    """Return the fact which aids are permitted, where an exam says so."""
    return ((words("Permitted aids"), words(AIDS[exam.aids])),) if exam.aids else ()


def _in_room(title: str, room: Room) -> str:
    return f"{title}: {room.name}" if room.name else title


def _count(room: Room, words: Words) -> str:
    """Return how many papers there are, the spare ones apart."""
    papers = words.counted(len(room.papers), "{number} paper", "{number} papers")
    return words("{papers} + {spares} spare", papers=papers, spares=len(room.spares)) if room.spares else papers


def packing(exam: Exam, room: Room, words: Words) -> List:
    """Return what is packed for a room."""
    facts = [
        (words("Papers"), _count(room, words)),
        (words("Paper numbers"), spans(paper.number for paper in room.papers)),
        *([(words("Spare papers"), spans(paper.number for paper in room.spares))] if room.spares else []),
        *(
            (words("Version {version}", version=version), f"{count}: {_of(room, version)}")
            for version, count in room.versions
        ),
    ]
    items: list[Rows] = []
    if room.accommodated:
        columns = (words("Paper"), words("Seat"), words("Name"), words("Accommodation"))
        rows = tuple(
            (str(paper.number), paper.student.seat, paper.student.name, paper.student.accommodation)
            for paper in room.accommodated
        )
        items.append(Rows(columns, rows, "r"))
    steps = (
        words("Papers counted"),
        words("Spare papers counted"),
        words("Accommodations checked"),
        words("Envelope closed"),
        words("Handed over"),
    )
    checked = tuple((step, "", "", "") for step in steps)
    columns = (words("Checked"), words("Number"), words("Time"), words("Initials"))
    items.append(Rows(columns, checked, room={1: 24, 2: 24, 3: 30}, height=8.5, ruled=True))
    return List(_in_room(words("Packing list"), room), above(exam), "", tuple(facts), tuple(items))


def _of(room: Room, version: str) -> str:
    return spans(paper.number for paper in room.all if paper.version == version)


def attendance(exam: Exam, room: Room, words: Words) -> List:
    """Return who sits in a room, in the order of the seats, with a place to sign; spare papers have empty lines."""
    kept = [
        (place, cells)
        for place, cells in enumerate(zip(*(_attending(paper) for paper in room.all), strict=True))
        if place not in (0, 2) or any(cells)
    ]
    titles = (words("Seat"), words("Paper"), words("Version"), words("Student id"), words("Name"))
    columns = (*(titles[place] for place, _ in kept), words("Signature"))
    rows = tuple((*cells, "") for cells in zip(*(cells for _, cells in kept), strict=True))
    align = "".join("lrlll"[place] for place, _ in kept)
    table = Rows(columns, rows, align, {len(kept): SIGNED}, height=9.0, ruled=True)
    return List(_in_room(words("Attendance list"), room), above(exam), _count(room, words), items=(table,))


def _attending(paper: Paper) -> tuple[str, ...]:
    student = paper.student
    shown = ("", "") if paper.is_spare else (student.id, student.name)
    return (student.seat, str(paper.number), paper.version, *shown)


def attendance_rows(rooms: Sequence[Room]) -> Iterator[tuple[str, ...]]:
    """Yield the attendance list as a table for spreadsheets, room after room."""
    yield DETAILS
    for room in rooms:
        for paper in room.all:
            student = paper.student
            shown = (student.id, student.name, student.section, student.accommodation)
            yield (room.name, student.seat, str(paper.number), paper.version, *shown)


def has_plan(room: Room) -> bool:
    """Say whether a room's seats can be drawn: some name a row and a place."""
    return any(seat(paper.student.seat) for paper in room.papers)


def plan(exam: Exam, room: Room, words: Words) -> List:
    """Return the seat plan of a room, and below it those whose seat names no row and place."""
    seated = {found: paper for paper in room.papers if (found := seat(paper.student.seat))}
    plans = tuple(_plans(seated, words))
    others = [paper for paper in room.papers if seat(paper.student.seat) is None]
    columns = (words("Seat"), words("Paper"), words("Name"))
    rows = tuple((paper.student.seat, str(paper.number), paper.student.name) for paper in others)
    note = (
        [Paragraph(f"\\* {literal(words('with an accommodation: see the packing list'))}")] if room.accommodated else []
    )
    rest = [Rows(columns, rows, "lr")] if rows else []
    return List(_in_room(words("Seat plan"), room), above(exam), _count(room, words), items=(*plans, *note, *rest))


def _plans(seated: dict[Seat, Paper], words: Words) -> Iterator[Plan]:
    """Yield the rows of a room, parts of them where they are wider than a page."""
    places = range(min(found.place for found in seated), max(found.place for found in seated) + 1)
    if len(places) > 4 * len(seated):  # numbers of seats, not places in a row: only those that are taken
        places = sorted({found.place for found in seated})  # type: ignore[assignment]
    rows = {found.row: found.label for found in sorted(seated, reverse=True)}
    by_place = {(found.row, found.place): paper for found, paper in seated.items()}
    parts = -(-len(places) // MOST_PLACES)
    size = -(-len(places) // parts)
    for start in range(0, len(places), size):
        part = places[start : start + size]
        cells = (
            (rows[row], tuple(_place(rows[row], place, by_place.get((row, place))) for place in part))
            for row in sorted(rows)
        )
        front = words("Front: places {first} to {last}", first=part[0], last=part[-1]) if parts > 1 else words("Front")
        yield Plan(front, tuple(cells))


def _place(row: str, place: int, paper: Paper | None) -> Place:
    if paper is None:
        return Place(f"{row}{'-' if row.isdecimal() else ''}{place}")
    mark = "*" if paper.student.accommodation else ""
    return Place(paper.student.seat, f"{paper.number}{mark}", paper.student.name, paper.version)


def labels(exam: Exam, rooms: Sequence[Room], words: Words) -> List:
    """Return the labels of the envelopes, so many papers in each."""
    found: list[Label] = []
    for room in rooms:
        papers = sorted(room.papers, key=lambda paper: paper.number)
        parts = [papers[start : start + ENVELOPE] for start in range(0, len(papers), ENVELOPE)]
        for number, part in enumerate(parts, 1):
            found.append(
                _label(exam, room, part, words("envelope {number} of {count}", number=number, count=len(parts)), words)
            )
        if room.spares:
            found.append(_label(exam, room, room.spares, words("spare papers"), words))
    return List(words("Labels"), items=(Labels(tuple(found)),))


def _label(exam: Exam, room: Room, papers: Sequence[Paper], part: str, words: Words) -> Label:
    numbers = spans(paper.number for paper in papers)
    if len(numbers) > SHORT:
        numbers = words("from {first} to {last}", first=papers[0].number, last=papers[-1].number)
    told = f"{words.counted(len(papers), '{number} paper', '{number} papers')}: {numbers}"
    versions = sorted({paper.version for paper in papers if paper.version})
    lines = (above(exam), told, words("Versions {versions}", versions=", ".join(versions)) if versions else "")
    return Label(room.name or exam.title, part, tuple(line for line in lines if line))

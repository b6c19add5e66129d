"""A class for tests of lists: rooms, seats, versions, spare papers, and names that want to be more than names."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from layerquiz.exam import exam as exams
from layerquiz.exam.exam import Exam, Paper
from layerquiz.exam.roster import Student

TEXT = """
title: A test
course: Deep Learning
date: 1 May
seed: 7
time: 60
questions:
  - {template: conv-size}
  - {template: conv-parameters}
  - {template: lstm-parameters}
"""
NAMES = (
    *(
        "Ada Brandt",
        "José Álvarez",
        "王小明",
        "\\input{/etc/passwd} %$#",
        "$(rm -rf /) _^~&{}",
        "محمد \u202eعلي",
        "😀 Emoji",
    ),
    *("N" * 300, "Ada Brandt", "--- \"quoted\" 'names' ---"),
)
ROOMS = ("H 10", "H 9", "Hörsaal 教 \\%{")


@cache
def exam() -> Exam:
    """Return the exam."""
    return exams.parse(TEXT, "exam.yaml", "unused")


def students(count: int, rooms: int = 3) -> list[Student]:
    """Return students in rooms, seven in a row of seats."""
    return [
        Student(
            f"s{number:03}",
            NAMES[number % len(NAMES)],
            room=ROOMS[number % rooms] if rooms else "",
            seat=f"{'ABCDEFGH'[number // rooms // 7 % 8]}{number // rooms % 7 + 1}" if rooms else "",
            accommodation="large print" if number % 5 == 4 else "",
        )
        for number in range(count)
    ]


@cache
def papers(count: int, rooms: int = 3, versions: int = 0, spares: int = 0) -> tuple[Paper, ...]:
    """Return the papers of a class, one for each student or of some versions, and spare ones behind them."""
    drawn = exams.papers(exam(), students(versions or count, rooms))
    found = [
        replace(
            drawn[place % len(drawn)],
            student=student,
            number=place + 1,
            version="ABCDEFG"[place % versions] if versions else "",
        )
        for place, student in enumerate(students(count, rooms))
    ]
    blank = [
        replace(found[place], student=Student(f"spare-{count + place + 1}", ""), number=count + place + 1)
        for place in range(spares)
    ]
    return (*found, *blank)

"""The papers of an exam by room, in the order of the seats; spare papers are shared out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from layerquiz.exam.exam import Paper
from layerquiz.exam.seats import natural, seat


@dataclass(frozen=True, slots=True)
class Room:
    """A room with the papers of those who sit in it, and its spare papers; it has no name where nobody has a room."""

    name: str
    papers: tuple[Paper, ...]
    spares: tuple[Paper, ...]

    @property
    def all(self) -> tuple[Paper, ...]:
        """Return the papers and the spare ones."""
        return (*self.papers, *self.spares)

    @property
    def versions(self) -> list[tuple[str, int]]:
        """Return how many papers there are of each version; none where an exam has no versions."""
        return sorted(Counter(paper.version for paper in self.all if paper.version).items())

    @property
    def accommodated(self) -> tuple[Paper, ...]:
        """Return the papers of those who have an accommodation."""
        return tuple(paper for paper in self.papers if paper.student.accommodation)


def rooms(papers: Sequence[Paper]) -> tuple[Room, ...]:
    """Return the rooms by name, and last the papers without one; spare papers without a room go evenly to all."""
    named: dict[str, list[Paper]] = {}
    spares: dict[str, list[Paper]] = {}
    for paper in papers:
        (spares if paper.is_spare else named).setdefault(paper.student.room, []).append(paper)
    names = sorted(named or spares, key=lambda name: (not name, natural(name), name))
    homeless = spares.pop("", []) if "" not in named or len(named) > 1 else []
    for place, paper in enumerate(homeless):
        spares.setdefault(names[place * len(names) // len(homeless)], []).append(paper)
    return tuple(
        Room(name, tuple(sorted(named.get(name, []), key=_seated)), tuple(spares.get(name, []))) for name in names
    )


def _seated(paper: Paper) -> tuple[object, ...]:
    """Return what orders papers: rows, places in them, then seats that say neither, then those without a seat."""
    found = seat(paper.student.seat)
    where = (found.row, found.place) if found else (0, 0)
    return (not paper.student.seat, found is None, where, natural(paper.student.seat), paper.number)


def spans(numbers: Iterable[int]) -> str:
    """Return the numbers of papers, neighbours together: `1-84, 90, 95-101`."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return ", ".join(str(first) if first == last else f"{first}\N{EN DASH}{last}" for first, last in found)

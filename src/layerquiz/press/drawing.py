"""All papers of a class, drawn in pieces of the roster; what is known of all of them together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from layerquiz.exam.assumptions import Gathered
from layerquiz.exam.roster import Student
from layerquiz.press.draw import PIECE, Drawn, Order, draw, unpacked
from layerquiz.press.helpers import Helpers
from layerquiz.press.work import Work, digest
from layerquiz.render.latex import Printed


@dataclass
class Class:
    """The drawn papers of a class. `tex` says where the work folder has each piece in LaTeX, and of how many."""

    students: tuple[Student, ...]
    numbers: tuple[int, ...]
    blanks: list[str] = field(default_factory=list)
    papers: list[dict[str, Any]] = field(default_factory=list)
    keys: list[list[str]] = field(default_factory=list)
    said: Gathered = field(default_factory=Gathered)
    alike: int = 0
    tex: list[tuple[str, int]] = field(default_factory=list)

    def take(self, drawn: Drawn, tex: str) -> None:
        """Take in the next piece of the roster."""
        self.blanks = drawn.blanks
        self.papers += drawn.papers
        self.keys += drawn.keys
        self.said.merge(drawn.said)
        self.alike += drawn.alike
        self.tex.append((tex, len(drawn.papers)))

    def printed(self, work: Work, numbers: Collection[int] | None = None) -> Iterator[Printed]:
        """Yield papers in LaTeX in the order of the roster: all, or at least those with some numbers."""
        first = 0
        for name, count in self.tex:
            here = self.numbers[first : first + count]
            first += count
            if numbers is None or any(number in numbers for number in here):
                yield from unpacked(work.path(name).read_bytes())


def numbered(students: Sequence[Student], kept: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the number to print on each paper: that which was sealed, else the next free one."""
    last = max(kept.values(), default=0)
    found = []
    for student in students:
        if student.id not in kept:
            last += 1
        found.append(kept.get(student.id, last))
    return tuple(found)


def drawn_class(
    head: str,
    students: tuple[Student, ...],
    sealed: Sequence[Mapping[str, Any]],
    work: Work,
    helpers: Helpers,
    step: Callable[[], None],
) -> Class:
    """Return the papers of a class; `sealed` are those that stay as they are. Pieces that are there are not drawn."""
    kept = {paper["student"]: paper for paper in sealed}
    numbers = numbered(students, {paper["student"]: paper.get("number", n) for n, paper in enumerate(sealed, 1)})
    orders = list(_orders(head, students, numbers, kept))
    there = _ready(orders, work, helpers, step)
    found = Class(students, numbers)
    last: Drawn | None = None
    for order in orders:
        name = _name(order)
        piece = there.get(name) or _piece(work, name)
        if last and order.students[0].id not in kept and _alike(last.ends[1], piece.ends[0]):
            again = replace(order, before=last.papers[-1])
            name = _name(again)
            piece = _ready([again], work, helpers, lambda: None)[name]
        found.take(piece, _tex(name))
        last = piece
    return found


def _orders(
    head: str, students: tuple[Student, ...], numbers: tuple[int, ...], kept: Mapping[str, Any]
) -> Iterator[Order]:
    for first in range(0, len(students), PIECE):
        piece, after = students[first : first + PIECE], students[first + PIECE : first + PIECE + 1]
        here = {student.id: kept[student.id] for student in piece if student.id in kept}
        behind = next((kept[student.id] for student in after if student.id in kept), None)
        yield Order(head, first + 1, piece, numbers[first : first + PIECE], here, after=behind)


def _ready(orders: Sequence[Order], work: Work, helpers: Helpers, step: Callable[[], None]) -> dict[str, Drawn]:
    """See to it that every piece is in the work folder; return those by name that it did not hold before."""
    missing = []
    for order in orders:
        if work.path(_tex(_name(order))).is_file():
            step()
        else:
            missing.append(order)
    found = {}
    for place, (data, tex) in helpers.each(draw, missing):
        name = _name(missing[place])
        work.keep(name, data)
        work.keep(_tex(name), tex)
        found[name] = Drawn.read(data)
        step()
    return found


def _piece(work: Work, name: str) -> Drawn:
    return Drawn.read(work.path(name).read_bytes())


def _name(order: Order) -> str:
    return f"drawn-{order.first}-{digest(*order.plain())}"


def _tex(name: str) -> str:
    """Return where the papers of a piece stand in LaTeX; kept last, so whoever finds it finds the piece."""
    return f"{name}.tex"


def _alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Say whether two neighbours have a question in common."""
    return any(mine == theirs for mine, theirs in zip(one, other, strict=True))

"""All papers of a class, drawn in pieces of the roster; what is known of all of them together."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, overload

from layerquiz.exam.assumptions import Gathered
from layerquiz.exam.exam import Exam
from layerquiz.exam.roster import Student
from layerquiz.exam.seating import Planned, plan
from layerquiz.press.draw import PIECE, Drawn, Order, draw, unpacked
from layerquiz.press.helpers import Helpers
from layerquiz.press.opened import Earlier
from layerquiz.press.work import Work, digest
from layerquiz.render.latex import Printed


class Papers(Sequence[Mapping[str, Any]]):
    """Sealed papers, kept as text: as the objects that they are, each takes 11 KB instead of 2."""

    def __init__(self) -> None:
        self._texts: list[bytes] = []

    def __iadd__(self, papers: Iterable[Mapping[str, Any]]) -> Papers:
        self._texts += [json.dumps(paper).encode() for paper in papers]
        return self

    @overload
    def __getitem__(self, place: int) -> Mapping[str, Any]: ...
    @overload
    def __getitem__(self, place: slice) -> list[Mapping[str, Any]]: ...
    def __getitem__(self, place: int | slice) -> Mapping[str, Any] | list[Mapping[str, Any]]:
        return [*map(json.loads, self._texts[place])] if isinstance(place, slice) else json.loads(self._texts[place])

    def __len__(self) -> int:
        return len(self._texts)


@dataclass
class Class:
    """The drawn papers of a class. `tex` says where the work folder has each piece in LaTeX, and of how many."""

    numbers: tuple[int, ...]
    blanks: list[str] = field(default_factory=list)
    papers: Papers = field(default_factory=Papers)
    keys: list[list[str]] = field(default_factory=list)
    said: Gathered = field(default_factory=Gathered)
    alike: int = 0
    repeated: set[int] = field(default_factory=set)
    tex: list[tuple[str, int]] = field(default_factory=list)

    def take(self, drawn: Drawn, tex: str) -> None:
        """Take in the next piece of the roster."""
        self.blanks = drawn.blanks
        self.papers += drawn.papers
        self.keys += drawn.keys
        self.said.merge(drawn.said)
        self.alike += drawn.alike
        self.repeated.update(drawn.repeated)
        self.tex.append((tex, len(drawn.papers)))

    def printed(self, work: Work, numbers: Collection[int] | None = None) -> Iterator[Printed]:
        """Yield papers in LaTeX in the order of the roster: all, or at least those with some numbers."""
        first = 0
        for name, count in self.tex:
            here = self.numbers[first : first + count]
            first += count
            if numbers is None or any(number in numbers for number in here):
                yield from unpacked(work.path(name).read_bytes())


def planned(
    exam: Exam, students: Sequence[Student], sealed: Sequence[Mapping[str, Any]], spare: int
) -> tuple[Planned, ...]:
    """Return who gets a paper of which number and version; `sealed` are papers that stay as they are."""
    kept = {
        paper["student"]: Planned(
            Student(paper["student"], paper["name"]), paper.get("number", place), paper.get("version", "")
        )
        for place, paper in enumerate(sealed, 1)
    }
    return tuple(plan(exam.versions, students, kept, spare))


@dataclass(frozen=True, slots=True)
class Orders:
    """All pieces of a class: `sealed` are papers that stay as they are, `earlier` the first exam of a make-up."""

    head: str
    versions: int | None
    wanted: tuple[Planned, ...]
    sealed: Sequence[Mapping[str, Any]]
    earlier: Earlier | None

    def each(self) -> Iterator[Order]:
        """Yield the pieces in the order of the class."""
        kept = {paper["student"]: paper for paper in self.sealed}
        of_version = {paper["version"]: paper for paper in reversed(self.sealed) if paper.get("version")}
        always = {paper["student"]: paper for paper in of_version.values()}
        for first in range(0, len(self.wanted), PIECE):
            piece, after = self.wanted[first : first + PIECE], self.wanted[first + PIECE : first + PIECE + 1]
            ids = [each.student.id for each in piece]
            here = {student: kept[student] for student in ids if student in kept}
            behind = next((kept[each.student.id] for each in after if each.student.id in kept), None)
            order = Order(self.head, first + 1, piece, {**always, **here}, after=behind)
            if self.earlier is not None:
                order = replace(order, seen=self.earlier.by(ids, self.versions), seen_head=self.earlier.head)
            yield order


def drawn_class(wanted: Orders, work: Work, helpers: Helpers, step: Callable[[], None]) -> Class:
    """Return the papers of a class. Pieces that are there are not drawn."""
    orders = list(wanted.each())
    _make_ready(orders, work, helpers, step)
    found = Class(tuple(each.number for each in wanted.wanted))
    last: Drawn | None = None
    for order in orders:
        name = _name(order)
        piece = _piece(work, name)
        if last and order.wanted[0].student.id not in order.kept and _alike(last.ends[1], piece.ends[0]):
            again = replace(order, before=last.papers[-1])
            name = _name(again)
            _make_ready([again], work, helpers, lambda: None)
            piece = _piece(work, name)
        found.take(piece, _tex(name))
        last = piece
    return found


def _make_ready(orders: Sequence[Order], work: Work, helpers: Helpers, step: Callable[[], None]) -> None:
    """See to it that every piece is in the work folder."""
    missing = []
    for order in orders:
        if work.path(_tex(_name(order))).is_file():
            step()
        else:
            missing.append(order)
    for place, (data, tex) in helpers.each(draw, missing):
        name = _name(missing[place])
        work.keep(name, data)
        work.keep(_tex(name), tex)
        step()


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

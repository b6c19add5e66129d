r"""Lists around an exam as LaTeX: long tables of plain text, seat plans and labels; thousands of rows take seconds.

Everything is plain text, escaped here; blocks of documents and worked questions are set as papers set them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from layerquiz.render import escape, latex, markup
from layerquiz.render.document import Block, Question
from layerquiz.render.look import USUAL_LOOK, Look

TEXT_WIDTH = 170.0
"""Millimetres between the margins of a page, by which columns are shared out; they are set as parts of its width."""
LETTER = 1.85
"""Millimetres that one letter of a table takes at most, as names and numbers go."""
BOLD_LETTER = 2.2
"""The same for heads and other rows in bold."""
GAP = 2.4
"""Millimetres between two columns."""
NARROWEST = 6.0
NAME, MOST_SHRUNK = 24, 1.6
"""A text of so many letters is never cut; a longer one where it would get smaller than by this factor."""
GROUP = 5
"""So many rows stand closer together in a long table, so that an eye finds its line again."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A table of plain text, as long as it may be; each page repeats its head.

    align: one of `l`, `c`, `r` for each column. room: the millimetres that a column has at least, where something is to
    be written into it by hand. height: millimetres of a row. strong: the rows in bold. Ruled tables have a line below
    each row.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: str = ""
    room: Mapping[int, float] = field(default_factory=dict)
    height: float = 5.2
    ruled: bool = False
    strong: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a seat plan: what it is called, and who sits there with which paper; empty where nobody does."""

    seat: str
    number: str = ""
    name: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Rows of places, the front first: the label of each row, and its places. A place that is None is not drawn."""

    front: str
    rows: tuple[tuple[str, tuple[Place | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class Label:
    """A label for an envelope: what stands large on it, which part of it this is, and the lines below."""

    head: str
    part: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels, two beside each other and seven below each other on a page: those of 99 by 38 mm."""

    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Slips:
    """Identical slips to be cut apart, four on a page where they are short enough.

    Each has a line above its head, and lines with what they are about and Markdown.
    """

    above: str
    head: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Signatures:
    """Lines to sign on, each with what stands below it."""

    below: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as papers print it, with the places for its answers."""

    question: Question


Item: TypeAlias = Block | Question | Asked | Rows | Plan | Labels | Slips | Signatures
"""What a list may hold; a question is printed with its worked solution."""


@dataclass(frozen=True, slots=True)
class List:
    """One list: its title, what stands above it and beside it, lines of `label, value`, and what it holds."""

    title: str
    above: str = ""
    beside: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    items: tuple[Item, ...] = ()

    @property
    def is_bare(self) -> bool:
        """Say whether its pages are sheets of labels or slips, without a head and a foot."""
        return any(isinstance(item, Labels | Slips) for item in self.items)


def lists(parts: Mapping[str, List], look: Look = USUAL_LOOK) -> latex.Source:
    """Return lists as one document, each a part of it with the name that it is given here."""
    questions = (
        item.question if isinstance(item, Asked) else item
        for each in parts.values()
        for item in each.items
        if isinstance(item, Question | Asked)
    )
    measured = latex.measures(questions, look.language)
    return latex.document(
        "lists", tuple(parts), {"parts": parts, "shown": shown, "measured": measured, "is_asked": _is_asked}, look
    )


def _is_asked(item: Item) -> bool:
    return isinstance(item, Asked)


def shown(item: Item) -> str:
    """Return a table, a plan, labels or lines to sign on as LaTeX; nothing for what papers know how to set."""
    match item:
        case Rows():
            return _table(item)
        case Plan():
            return _plan(item)
        case Labels():
            return _labels(item)
        case Slips():
            return _slips(item)
        case Signatures():
            lines = "".join(rf"\SignLine{{{_plain(below)}}}" for below in item.below)
            return f"\\SignLines{{{lines}}}\n"
    return ""


@lru_cache(maxsize=65_536)
def _plain(text: str) -> str:
    """Return outside text for one line."""
    return escape.latex(escape.name(text))


def widths(table: Rows) -> tuple[float, ...]:
    """Return the millimetres of each column: what its texts take, less where that is too much together."""
    columns = zip(*table.rows, strict=True) if table.rows else [("",)] * len(table.columns)
    needed = [
        max(len(title) * BOLD_LETTER, max(map(len, cells)) * LETTER)
        for title, cells in zip(table.columns, columns, strict=True)
    ]
    found = [max(need, table.room.get(place, NARROWEST)) for place, need in enumerate(needed)]
    there = TEXT_WIDTH - GAP * (len(found) - 1)
    if sum(found) <= there:
        more = (there - sum(found)) / len(table.room) if table.room else 0.0
        return tuple(width + more if place in table.room else width for place, width in enumerate(found))
    return _capped(found, there, table.room)


def _capped(found: Sequence[float], there: float, room: Mapping[int, float]) -> tuple[float, ...]:
    """Return widths that fit, by making the widest columns equally wide; what is written by hand keeps its room."""
    fixed = sum(width for place, width in enumerate(found) if place in room)
    free = sorted(width for place, width in enumerate(found) if place not in room)
    rest = max(there - fixed, NARROWEST * len(free))
    cap = rest
    for place, width in enumerate(free):
        cap = rest / (len(free) - place)
        if width > cap:
            break
        rest -= width
    return tuple(width if place in room else min(width, cap) for place, width in enumerate(found))


def _table(table: Rows) -> str:
    """Return a table, row by row."""
    shares = widths(table)
    align = table.align.ljust(len(shares), "l")
    lines = [rf"\OpenRows{{{table.height}mm}}{{{_row(table.columns, shares, align)}}}"]
    ruled = r"\RowRule" if table.ruled else ""
    last = len(table.rows) - 1
    grouped = not table.ruled and not table.strong and last >= GROUP
    for number, row in enumerate(table.rows):
        strong = r"\bfseries" if number in table.strong else ""
        between = r"\RowsTogether" if number in (0, last - 1) or strong else r"\RowsApart"
        gap = r"\RowsGap" if grouped and number % GROUP == GROUP - 1 and number != last else ""
        lines.append(rf"\Row{{{strong}{_row(row, shares, align)}}}{ruled}{between}{gap}")
    return "\n".join([*lines, r"\CloseRows", ""])


def _row(cells: Sequence[str], shares: Sequence[float], align: str) -> str:
    return "".join(
        rf"\RowCell{{{_share(share)}}}{{{_aligned(cell, share, how)}}}"
        for cell, share, how in zip(cells, shares, align, strict=True)
    )


def _share(millimetres: float) -> str:
    return f"{millimetres / TEXT_WIDTH:.4f}"


def _aligned(cell: str, share: float, how: str) -> str:
    """Return a cell, made smaller or cut where it is too long for its column, and set left, right or in the middle."""
    text = _plain(escape.name(cell, max(NAME, int(MOST_SHRUNK * share / LETTER))))
    if len(cell) * LETTER > share + 0.01 or not cell.isascii():
        text = rf"\Fit{{{_share(share)}\hsize}}{{{text}}}"
    return {"l": rf"{text}\hss", "r": rf"\hss {text}", "c": rf"\hss {text}\hss"}[how]


MOST_PLACES = 12
"""So many places of a row stand beside each other on a page."""


def _plan(plan: Plan) -> str:
    """Return the rows of a seat plan."""
    most = max(len(places) for _, places in plan.rows)
    width = min(24.0, (TEXT_WIDTH - 10) / most)
    lines = [rf"\PlanFront{{{_plain(plan.front)}}}"]
    for label, places in plan.rows:
        cells = "".join(_place(place, width) for place in places)
        lines.append(rf"\PlanRow{{{_plain(label)}}}{{{cells}}}")
    return "\n".join([*lines, ""])


def _place(place: Place | None, width: float) -> str:
    size = f"{width / TEXT_WIDTH:.4f}"
    if place is None:
        return rf"\hskip{size}\hsize"
    if not place.number:
        return rf"\EmptySeat{{{size}}}{{{_plain(place.seat)}}}"
    first, *_, last = ("", *place.name.split()) if " " not in place.name else place.name.split()
    texts = (place.seat, place.number, place.version, *(escape.name(name, int(width)) for name in (first, last)))
    return rf"\SeatOf{{{size}}}" + "".join(f"{{{_plain(text)}}}" for text in texts)


def _slips(slips: Slips) -> str:
    lines = "".join(rf"\SlipLine{{{_plain(about)}}}{{{markup.latex_line(told)}}}" for about, told in slips.lines)
    return f"\\Slips{{\\SlipHead{{{_plain(slips.above)}}}{{{_plain(slips.head)}}}{lines}}}\n"


def _labels(labels: Labels) -> str:
    """Return pages of labels, fourteen on each."""
    pages = []
    for start in range(0, len(labels.labels), 14):
        page = labels.labels[start : start + 14]
        pairs = (page[place : place + 2] for place in range(0, len(page), 2))
        rows = "".join(rf"\LabelRow{{{''.join(map(_label, pair))}}}" for pair in pairs)
        pages.append(rf"\LabelPage{{{rows}}}")
    return "\n".join([*pages, ""])


def _label(label: Label) -> str:
    lines = "".join(rf"\LabelLine{{{_plain(line)}}}" for line in label.lines)
    return rf"\EnvelopeLabel{{{_plain(label.head)}}}{{{_plain(label.part)}}}{{{lines}}}"

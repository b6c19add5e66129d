"""Documents as plain text: what a terminal shows."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

from layerquiz.languages import ENGLISH
from layerquiz.render import escape, markup
from layerquiz.render.document import (
    AnswerGrid,
    Blank,
    Block,
    Page,
    Paper,
    Paragraph,
    Parting,
    Question,
    Sheet,
    Step,
    paid,
)

WIDTH = 100
SPECIAL = re.compile(rf"-|[^\S ]|\S{{{WIDTH}}}|^ | $")
"""What words are broken at besides single spaces: hyphens, other white space; and words as long as a line."""


def paper(document: Paper) -> str:
    """Return a paper without solutions."""
    return _joined(*_head(document), *map(question, document.questions))


def solution(document: Paper) -> str:
    """Return a paper with the worked solution after each question."""
    return _joined(*_head(document), *(question(asked, solved=True) for asked in document.questions))


def sheet(document: Sheet) -> str:
    """Return questions without a student; solutions, where asked for, stand behind them all."""
    conventions = _wrapped(" ".join(map(markup.text_line, document.conventions)))
    alone = len(document.questions) == 1
    questions = (question(asked, solved=document.solutions and alone) for asked in document.questions)
    heading = _title(document.words("Worked solutions"))
    behind = (heading, *map(_solved, document.questions)) if document.solutions and not alone else ()
    return _joined(_title(document.title), escape.name(document.subtitle), conventions, *questions, *behind)


def page(document: Page) -> str:
    """Return a general document."""
    facts = "\n".join(f"{escape.name(label)}: {escape.name(value)}" for label, value in document.facts)
    return _joined(_title(document.title), escape.name(document.subtitle), facts, *map(block, document.blocks))


def question(asked: Question, *, solved: bool = False) -> str:
    """Return one question, and its worked solution when `solved`."""
    rows = "\n".join(map(_row, asked.blanks))
    worked = (_worked(blank, blocks) for blank, blocks in asked.worked()) if solved else ()
    grid = _grid(asked.grid, solved=solved) if asked.grid else ""
    return _joined(_head_of(asked), *map(block, asked.statement), grid, rows, *worked).rstrip("\n")


def _solved(asked: Question) -> str:
    """Return the worked solution of a question that stands elsewhere."""
    grid = _grid(asked.grid, solved=True) if asked.grid else ""
    worked = (_worked(blank, blocks) for blank, blocks in asked.worked())
    return _joined(_head_of(asked), grid, *worked).rstrip("\n")


def _head_of(asked: Question) -> str:
    return f"{asked.number}. {markup.text_line(asked.title)} ({markup.text_line(asked.paid)})"


def block(item: Block) -> str:
    """Return one block."""
    if isinstance(item, Paragraph):
        return "\n".join(map(_wrapped, markup.text(item.markdown).split("\n")))
    if isinstance(item, Parting):
        sides = (f"{markup.text_line(title)} {step(inner)}" for title, steps in item.sides for inner in steps)
        return textwrap.indent("\n".join((markup.text(item.told), *sides)), "  | ")
    return step(item) if isinstance(item, Step) else markup.columns(_cells((item.columns, *item.rows)))


def step(item: Step) -> str:
    """Return a worked step on one line, what its letters mean, and its remark."""
    lines = (item.text, markup.text_line(item.letters), markup.text_line(item.note))
    return "\n".join(line for line in lines if line)


def _head(document: Paper) -> tuple[str, ...]:
    """Return everything before the first question."""
    who = f"Name: {escape.name(document.student_name)}\nStudent id: {escape.name(document.student_id)}"
    place = f"{escape.name(document.course)}, {escape.name(document.date)}"
    number = f"Paper {document.number}, {markup.text_line(paid(document.total, ENGLISH))}"
    rules = " ".join(map(markup.text_line, (*document.conventions, *document.policy)))
    return _title(document.title), f"{place}\n{number}\n{who}", markup.text(document.instructions), _wrapped(rules)


def _worked(blank: Blank | None, blocks: Iterable[Block]) -> str:
    """Return the worked solution of one blank."""
    head = _line(blank.mark, blank.label, f"({blank.paid})") if blank else ""
    answer = _line(blank.words("Answer:"), blank.key, blank.key_unit) if blank else ""
    body = "\n".join(part for part in (*map(block, blocks), answer) if part)
    return "\n".join(part for part in (head, textwrap.indent(body, "    ")) if part)


def _row(blank: Blank) -> str:
    """Return the line on which a blank is answered."""
    return _line(blank.mark, blank.beside, "____________", blank.unit, f"({blank.paid})")


def _line(*markdown: str) -> str:
    """Return some pieces of Markdown on one line."""
    return " ".join(markup.text_line(piece) for piece in markdown if piece)


def _grid(grid: AnswerGrid, *, solved: bool) -> str:
    """Return the table to fill in, with its answers when `solved`."""
    rows = ((label, *(_cell(blank, solved=solved) for blank in blanks)) for label, blanks in grid.rows)
    return markup.columns(_cells(((grid.corner, *grid.columns), *rows)))


def _cell(blank: Blank | None, *, solved: bool) -> str:
    """Return one cell of the table to fill in: its answer, its letter, or a dash where nothing is asked."""
    return "-" if blank is None else blank.key if solved else blank.mark


def _cells(rows: Iterable[Iterable[str]]) -> list[list[str]]:
    """Return cells of Markdown as plain text."""
    return [[markup.text_line(cell) for cell in row] for row in rows]


def _title(title: str) -> str:
    """Return a title with a line under it."""
    name = escape.name(title)
    return f"{name}\n{'=' * len(name)}" if name else ""


def _wrapped(line: str) -> str:
    """Break a long line of prose; indented lines and rows of tables are left as they are."""
    if len(line) <= WIDTH or "  " in line:
        return line
    return textwrap.fill(line, WIDTH) if SPECIAL.search(line) else _filled(line)


def _filled(line: str) -> str:
    """Return a line of plain words broken at its spaces, as `textwrap` does in many more steps."""
    start, lines = 0, []
    while len(line) - start > WIDTH:
        end = line.rfind(" ", start, start + WIDTH + 1)
        lines.append(line[start:end])
        start = end + 1
    return "\n".join((*lines, line[start:]))


def _joined(*parts: str) -> str:
    """Return what there is, with an empty line between."""
    return "\n\n".join(part for part in parts if part) + "\n"

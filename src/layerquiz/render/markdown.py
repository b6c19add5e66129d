"""Documents as Markdown with `$...$` mathematics."""

from __future__ import annotations

import re
from collections.abc import Iterable

from layerquiz.render import escape, fenced, mathematics
from layerquiz.render.document import AnswerGrid, Blank, Block, Page, Paper, Paragraph, Parting, Question, Sheet, Step

BAR = re.compile(r"(?<!\\)\|")
PICTURE = re.compile(rf"^```{fenced.NAME}\n(.*?)\n```$", re.DOTALL | re.MULTILINE)
ROOM = r"\_" * 12
RULES = {"l": ":--", "c": ":-:", "r": "--:"}


def paper(document: Paper) -> str:
    """Return a paper without solutions."""
    return _whole(*_head(document), *map(question, document.questions))


def solution(document: Paper) -> str:
    """Return a paper with the worked solution after each question."""
    return _whole(*_head(document), *(question(asked, solved=True) for asked in document.questions))


def sheet(document: Sheet) -> str:
    """Return questions without a student; solutions, where asked for, stand behind them all."""
    alone = len(document.questions) == 1
    questions = (question(asked, solved=document.solutions and alone) for asked in document.questions)
    heading = f"# {document.words('Worked solutions')}"
    behind = (heading, *map(_solved, document.questions)) if document.solutions and not alone else ()
    head = (_title(document.title), _name(document.subtitle), " ".join(document.conventions))
    return _whole(*head, *questions, *behind)


def page(document: Page) -> str:
    """Return a general document."""
    facts = "  \n".join(f"**{_name(label)}:** {_name(value)}" for label, value in document.facts)
    return _whole(_title(document.title), _name(document.subtitle), facts, *map(block, document.blocks))


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
    return f"## {asked.number}. {asked.title} ({asked.paid})"


def block(item: Block) -> str:
    """Return one block."""
    if isinstance(item, Paragraph):
        return _heading(item) if item.heading else PICTURE.sub(_layers, item.markdown).strip()
    if isinstance(item, Step | Parting):
        return step(item) if isinstance(item, Step) else _parting(item)
    return table((item.columns, *item.rows), item.alignment())


def _layers(found: re.Match[str]) -> str:
    """Return the layers of a picture as a table, which every reader of Markdown shows."""
    shown = fenced.read(fenced.NAME, found[1])
    return table(shown.rows, "l" * len(shown.rows[0])) if shown else found[0]


def _heading(item: Paragraph) -> str:
    return f"## {item.markdown.strip()}" if item.large else f"**{item.markdown.strip()}**"


def _parting(item: Parting) -> str:
    """Return two steps as an indented block, each on a line of its own."""
    sides = (f"- {title} {'; '.join(map(_in_line, steps))}" for title, steps in item.sides)
    return "\n".join(f"> {line}".rstrip() for line in (*item.told.split("\n"), "", *sides))


def _in_line(item: Step) -> str:
    """Return a step as one formula within a line, and what its letters mean."""
    formula = f"${mathematics.latex(' = '.join(item.latex))}$" if item.latex else escape.literal(item.text)
    return ", ".join(part for part in (formula, item.letters, item.note) if part)


def step(item: Step) -> str:
    """Return a worked step: one line for each equality, what its letters mean, and its remark."""
    lines = (_equalities(item) or escape.literal(item.text), item.letters, item.note)
    return "\n\n".join(part for part in lines if part)


def _equalities(item: Step) -> str:
    """Return the equalities under each other, the signs of equality aligned."""
    if not item.latex:
        return ""
    left, *sides = map(mathematics.latex, (item.latex[0], *item.lines))
    if item.layer:
        left = rf"\text{{{item.layer}: }} {left}"
    lines = " \\\\\n".join(
        f"{before} &= {side}" for before, side in zip([left, *[""] * len(sides)], sides, strict=False)
    )
    return f"$$\n\\begin{{aligned}}\n{lines or left}\n\\end{{aligned}}\n$$"


def table(rows: Iterable[Iterable[str]], alignment: Iterable[str]) -> str:
    """Return a table; the first row is its head. A bar inside a cell is escaped."""
    head, *body = (f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows)
    return "\n".join((head, f"|{'|'.join(RULES[letter] for letter in alignment)}|", *body))


def _cell(markdown: str) -> str:
    """Return a cell on one line."""
    return BAR.sub(r"\\|", markdown.replace("\n", " "))


def _head(document: Paper) -> tuple[str, ...]:
    """Return everything before the first question."""
    facts = (
        ("Name", document.student_name),
        ("Student id", document.student_id),
        ("Course", document.course),
        ("Date", document.date),
        ("Paper", str(document.number)),
        ("Points", document.total),
    )
    lines = "  \n".join(f"**{label}:** {_name(value)}" for label, value in facts if value)
    return _title(document.title), lines, document.instructions, " ".join((*document.conventions, *document.policy))


def _worked(blank: Blank | None, blocks: Iterable[Block]) -> str:
    """Return the worked solution of one blank."""
    head = _line(_bold(blank.mark), blank.label, _paid(blank)) if blank else ""
    answer = f"**{blank.words('Answer:')}** {_line(blank.key, blank.key_unit)}" if blank else ""
    return "\n\n".join(part for part in (head, *map(block, blocks), answer) if part)


def _row(blank: Blank) -> str:
    """Return the line on which a blank is answered."""
    return f"- {_line(_bold(blank.mark), blank.beside, ROOM, blank.unit, _paid(blank))}"


def _grid(grid: AnswerGrid, *, solved: bool) -> str:
    """Return the table to fill in, with its answers when `solved`."""
    rows = (
        (label, *("-" if b is None else b.key if solved else b.mark for b in blanks)) for label, blanks in grid.rows
    )
    return table(((grid.corner, *grid.columns), *rows), ("l", *"c" * len(grid.columns)))


def _line(*pieces: str) -> str:
    """Return pieces on one line."""
    return " ".join(piece for piece in pieces if piece)


def _bold(mark: str) -> str:
    """Return a mark in bold."""
    return f"**{mark}**" if mark else ""


def _paid(blank: Blank) -> str:
    """Return the points of a blank in brackets."""
    return f"({blank.paid})"


def _name(text: str) -> str:
    """Return a name or title that shows as it is."""
    return escape.literal(escape.name(text))


def _title(title: str) -> str:
    """Return the heading of a document."""
    return f"# {_name(title)}" if title else ""


def _whole(*parts: str) -> str:
    """Return a document, of which no reader of Markdown runs anything."""
    return escape.without_tags(_joined(*parts))


def _joined(*parts: str) -> str:
    """Return what there is, with an empty line between."""
    return "\n\n".join(part for part in parts if part) + "\n"

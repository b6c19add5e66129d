"""Documents as HTML: one page that works offline, with nothing from elsewhere and nothing that runs."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import jinja2

from layerquiz.render import escape
from layerquiz.render.document import AnswerGrid, Blank, Block, Page, Paragraph, Parting, Question, Sheet, Step
from layerquiz.render.html_markup import html, html_line, table, tag
from layerquiz.render.mathml import mathml

ROOM = '<span class="room"></span>'


def page(document: Page) -> str:
    """Return a general document, such as one student's feedback."""
    facts = "".join(f"<dt>{_name(label)}</dt><dd>{_name(value)}</dd>" for label, value in document.facts)
    return whole(document.title, document.subtitle, f"<dl>{facts}</dl>" if facts else "", blocks(document.blocks))


def question(asked: Question) -> str:
    """Return one question with the places for its answers."""
    rows = "".join(tag("li", _row(blank)) for blank in asked.blanks)
    grid = _grid(asked.grid, solved=False) if asked.grid else ""
    answers = tag("ul", rows, "answers") if rows else ""
    return tag("section", "\n".join((head(asked), *map(block, asked.statement), grid, answers)))


def sheet(
    document: Sheet,
    asked: Callable[[Question], str] = question,
    frame: str = "page.html.j2",
    filled: Mapping[str, Any] | None = None,
) -> str:
    """Return questions without a student; solutions, where asked for, stand behind all questions.

    `asked` writes one question, `frame` is the template of the page, and `filled` what it has beside the questions.
    """
    said = " ".join(map(html_line, document.conventions))
    head = tag("p", f"<strong>Conventions.</strong> {said}", "small") if said else ""
    solved = (
        (tag("h2", escape.html(document.words("Worked solutions"))), *map(_solved, document.questions))
        if document.solutions
        else ()
    )
    parts = (head, *map(asked, document.questions), *solved)
    return whole(document.title, document.subtitle, *parts, frame=frame, filled=filled or {})


def block(item: Block) -> str:
    """Return one block."""
    if isinstance(item, Paragraph):
        return tag("h2" if item.large else "h3", html_line(item.markdown)) if item.heading else html(item.markdown)
    if isinstance(item, Step):
        return step(item)
    if isinstance(item, Parting):
        return _parting(item)
    cells = [[html_line(cell) for cell in row] for row in (item.columns, *item.rows)]
    return table(cells, list(item.alignment()))


def step(item: Step) -> str:
    """Return a worked step: its equalities under each other, what its letters mean, and its remark."""
    where = tag("p", html_line(item.letters), "where") if item.where else ""
    note = tag("p", html_line(item.note), "where") if item.note else ""
    return tag("div", f"{_equalities(item)}{where}{note}", "step")


def _equalities(item: Step) -> str:
    if not item.latex:
        return tag("p", escape.html(item.text))
    layer = tag("span", escape.html(item.layer), "layer") if item.layer else ""
    left = f"{layer}{mathml(item.latex[0])}"
    sides = [mathml(f"= {side}") for side in item.lines] or [""]
    rows = (
        tag("tr", tag("td", left if number == 0 else "", "r") + tag("td", side)) for number, side in enumerate(sides)
    )
    return tag("table", "".join(rows), "chain")


def _parting(item: Parting) -> str:
    """Return two steps beside each other, or one below the other where the page is narrow."""
    shown = "".join(
        tag("div", f"{tag('p', html_line(title), 'caption')}{blocks(steps)}") for title, steps in item.sides
    )
    return tag("div", f"{html(item.told)}{tag('div', shown, 'sides')}", "parting")


def blocks(items: Iterable[Block]) -> str:
    """Return blocks below each other."""
    return "\n".join(map(block, items))


def head(asked: Question) -> str:
    """Return the number of a question, its title and its points."""
    return tag("h2", f"{asked.number}. {html_line(asked.title)} {tag('small', points(asked))}")


def _solved(asked: Question) -> str:
    """Return the worked solution of one question."""
    grid = _grid(asked.grid, solved=True) if asked.grid else ""
    worked = (_worked(blank, blocks) for blank, blocks in asked.worked())
    return tag("section", "\n".join((head(asked), grid, *worked)))


def _worked(blank: Blank | None, steps: Iterable[Block]) -> str:
    """Return the worked solution of one blank."""
    if blank is None:
        return blocks(steps)
    return f"{tag('h3', _line(blank.mark, blank.label, f'({points(blank)})'))}{blocks(steps)}{key(blank)}"


def key(blank: Blank) -> str:
    """Return the right answer to a blank."""
    return tag("p", f"<strong>{escape.html(blank.words('Answer:'))}</strong> {_line(blank.key, blank.key_unit)}", "key")


def _row(blank: Blank) -> str:
    """Return the line on which a blank is answered."""
    mark = tag("strong", html_line(blank.mark)) if blank.mark else ""
    label = html_line(blank.beside)
    return " ".join(part for part in (mark, label, ROOM, html_line(blank.unit), f"({points(blank)})") if part)


def _grid(grid: AnswerGrid, *, solved: bool) -> str:
    """Return the table to fill in, with its answers when `solved`."""
    head = [html_line(cell) for cell in (grid.corner, *grid.columns)]
    rows = [[html_line(label), *(_cell(blank, solved=solved) for blank in blanks)] for label, blanks in grid.rows]
    return table([head, *rows], ["l", *"c" * len(grid.columns)])


def _cell(blank: Blank | None, *, solved: bool) -> str:
    return "–" if blank is None else html_line(blank.key if solved else blank.mark)


def _line(*pieces: str) -> str:
    return " ".join(html_line(piece) for piece in pieces if piece)


def points(asked: Question | Blank) -> str:
    """Return `1 point`, `2 points`."""
    return html_line(asked.paid)


def _name(text: str) -> str:
    """Return a name or title: one line, of bounded length, escaped."""
    return escape.html(escape.name(text))


def whole(
    title: str, subtitle: str, *parts: str, frame: str = "page.html.j2", filled: Mapping[str, Any] | None = None
) -> str:
    """Return a whole page. Its frame is the only template; all that comes in is HTML already."""
    body = "\n".join(part for part in parts if part)
    return _frame(frame).render(title=_name(title), subtitle=_name(subtitle), body=body, **(filled or {}))


@functools.cache
def _frame(name: str) -> jinja2.Template:
    """Return the frame of a page: its head with the style, for the screen and for paper."""
    environment = jinja2.Environment(  # noqa: S701 - each value is escaped before it comes here
        undefined=jinja2.StrictUndefined, loader=jinja2.PackageLoader("layerquiz.render")
    )
    return environment.get_template(name)

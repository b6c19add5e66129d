"""The forms of a practice page: where an answer is typed or chosen, what is said of it, and its steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from layerquiz.render import html
from layerquiz.render.document import AnswerGrid, Blank, Question
from layerquiz.render.html_markup import html_line, tag

UNREAD = "Not read here: write yours down, then compare it with the steps."
TYPED = 'type="text" autocomplete="off" autocapitalize="none" spellcheck="false" enterkeyhint="done"'


def named(asked: Question, blank: Blank) -> str:
    """Return what a blank is called on its page: `1a`."""
    return f"{asked.number}{blank.id}"


def question_of(blanks: Mapping[str, Mapping[str, Any]], asked: Question) -> str:
    """Return one question with a form for each answer; the rows of a table stand below each other.

    `blanks` say how each answer is read, by its name.
    """
    grid = _grid(asked, asked.grid, blanks) if asked.grid else ""
    forms = "".join(_form(asked, blank, blanks[named(asked, blank)], blank.label) for blank in asked.blanks)
    return tag("section", "\n".join((html.head(asked), html.blocks(asked.body), grid, forms)))


def _grid(asked: Question, grid: AnswerGrid, blanks: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the rows of a table, each a heading and its cells side by side, where the page is wide enough."""
    rows = []
    for label, cells in grid.rows:
        forms = (
            _form(asked, blank, blanks[named(asked, blank)], column, label)
            for column, blank in zip(grid.columns, cells, strict=True)
            if blank
        )
        rows.append(tag("div", tag("h3", html_line(label)) + tag("div", "".join(forms), "cells"), "row"))
    return "".join(rows)


def _form(asked: Question, blank: Blank, read: Mapping[str, Any], label: str, row: str = "") -> str:
    """Return the form for one answer. What stands in a row of a table is called by it too, for whoever hears it."""
    name, about = named(asked, blank), html_line(f"{asked.number} {blank.mark}".rstrip())
    is_checked = bool(read["records"])
    mark = tag("strong", html_line(blank.mark)) if blank.mark else ""
    before = tag("span", f"{html_line(row)}: ", "hidden") if row else ""
    called = " ".join(filter(None, (mark, before + html_line(label), tag("small", html.points(blank)))))
    button = f'<button aria-label="Check {about}">Check</button>' if is_checked else ""
    chosen = read["asked"] == "options"
    field = _choices(name, called, blank, read["several"]) if chosen else _typed(name, called, blank)
    unit = html_line(blank.unit) if blank.unit != label else ""
    line = tag("div", " ".join(filter(None, (field[1], unit, button))), "line")
    steps = tag("summary", f"Show the steps {tag('span', f'of {about}', 'hidden')}") + "<div></div>"
    return (
        f'<form class="blank" data-blank="{name}" novalidate="">{field[0]}{line}'
        f'<p class="told" id="t{name}" role="status" aria-live="polite">{"" if is_checked else UNREAD}</p>'
        f"{tag('details', steps)}</form>\n"
    )


def _typed(name: str, called: str, blank: Blank) -> tuple[str, str]:
    """Return the label of what is typed, with the options that are put in order, and the field."""
    options = "".join(tag("li", _option(*option)) for option in blank.options)
    above = tag("ul", options, "ordered") + tag("p", html_line(blank.prompt)) if options else ""
    label = f'<label for="b{name}">{called}</label>'
    return label + above, f'<input id="b{name}" name="answer" {TYPED} aria-describedby="t{name}" />'


def _choices(name: str, called: str, blank: Blank, several: bool) -> tuple[str, str]:
    """Return the options to choose from; nothing stands beside the button."""
    kind = "checkbox" if several else "radio"
    labels = "".join(
        tag("label", f'<input type="{kind}" name="answer" value="{letter}" />{tag("span", _option(letter, text))}')
        for letter, text in blank.options
    )
    prompt = tag("p", html_line(blank.prompt), "small") if several else ""
    inside = f"{tag('legend', called)}{prompt}{labels}"
    return f'<fieldset class="options" aria-describedby="t{name}">{inside}</fieldset>', ""


def _option(letter: str, text: str) -> str:
    return f"{tag('strong', letter)} {html_line(text)}"

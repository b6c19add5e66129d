"""A practice sheet as a page that reads answers: one file that asks no host, for a phone, a keyboard and a printer."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any

from layerquiz.exam.assumptions import CARRIED
from layerquiz.exam.question import Blank as Place
from layerquiz.exam.question import Question as Drawn
from layerquiz.grading.foreseen import answers_of, has_units
from layerquiz.grading.practice_words import practice_words
from layerquiz.grading.sheet import asked
from layerquiz.grading.story import Story
from layerquiz.render import html
from layerquiz.render.document import Blank, Block, Question, Sheet
from layerquiz.render.html_markup import html_line, tag
from layerquiz.render.veiled import ITERATIONS, TAG, locked, veiled


class Texts:
    """What a page says of answers, and the steps: each text once, by its number; 0 says nothing."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {"": 0}

    def of(self, text: str) -> int:
        """Return the number of a text."""
        return self.numbers.setdefault(text, len(self.numbers))


def page(document: Sheet, drawn: Sequence[Drawn]) -> str:
    """Return a practice sheet that reads answers; `drawn` are the questions that the document prints.

    Solutions, where asked for, stand open behind all questions too.
    """
    texts, pairs = Texts(), list(zip(document.questions, drawn, strict=True))
    blanks: dict[str, dict[str, Any]] = {}
    for printed, question in pairs:
        steps = {blank.id: tuple(blocks) for blank, blocks in printed.worked() if blank}
        for (blank, place), name in zip(_placed(printed, question), _names(printed), strict=True):
            blanks[name] = _hidden(blank, steps[blank.id], place, question, texts)
    salt = _salt(*(blank["salt"] for blank in blanks.values()))
    data = {
        "iterations": ITERATIONS,
        "tag": TAG,
        "salt": salt,
        "texts": veiled(json.dumps(list(texts.numbers), ensure_ascii=False), salt),
        "unexplained": Story("", "wrong", 0).hint,
        "words": practice_words(),
        "checked": sum(bool(blank["records"]) for blank in blanks.values()),
        "blanks": blanks,
    }
    script = "\n" + part("reader.js") + part("page.js")
    filled = {
        "style": part("page.css"),
        "script": script,
        "script_hash": f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}",
        "data": json.dumps(data, separators=(",", ":")).replace("<", r"\u003c"),
        "checked": data["checked"],
    }
    said = tuple(sentence for sentence in document.conventions if sentence != CARRIED)
    printed_as = replace(document, conventions=said)
    return html.sheet(printed_as, functools.partial(_question, blanks), "practice/page.html.j2", filled)


def _placed(printed: Question, question: Drawn) -> list[tuple[Blank, Place]]:
    """Return the places for answers as they are printed, each with what is asked there, in the order of the page."""
    known = {blank.place: blank for blank in question.blanks}
    return [(blank, known[blank.id]) for blank in printed.all_blanks()]


def _names(printed: Question) -> list[str]:
    """Return what the blanks of a question are called on the page: `1a`."""
    return [f"{printed.number}{blank.id}" for blank in printed.all_blanks()]


def _hidden(blank: Blank, steps: Sequence[Block], place: Place, question: Drawn, texts: Texts) -> dict[str, Any]:
    """Return what the page knows of a blank: how it is read, its answers, and its steps."""
    foreseen = answers_of(place, question)
    told = {answer: texts.of(hint) for answer, hint in foreseen.wrong.items()} | dict.fromkeys(foreseen.right, 0)
    salt = _salt(question.template.name, json.dumps(question.drawn, sort_keys=True, default=str), place.place)
    shown = f"{html.blocks(steps)}{html.key(blank)}"
    return {**_reading(place), "salt": salt, "records": locked(told, salt), "steps": texts.of(shown)}


def _reading(place: Place) -> Mapping[str, Any]:
    """Return how an answer to a blank is read."""
    if isinstance(place.key, tuple):
        return {"asked": "shape", "entries": len(place.key)}
    wanted = asked(place.quantity)
    whole = isinstance(place.key, int) and wanted != "size"
    return {"asked": wanted, "whole": whole, "units": has_units(place.quantity)}


def _question(blanks: Mapping[str, Mapping[str, Any]], printed: Question) -> str:
    """Return one question with a form for each answer; the rows of a table stand below each other."""
    rows = "".join(_form(f"{printed.number}{blank.id}", blank, blanks) for blank in printed.blanks)
    grid = "".join(_row(printed, row, blanks) for row in printed.grid.rows) if printed.grid else ""
    return tag("section", "\n".join((html.head(printed), html.blocks(printed.body), grid, rows)))


def _row(printed: Question, row: tuple[str, tuple[Blank | None, ...]], blanks: Mapping[str, Mapping[str, Any]]) -> str:
    """Return one row of a table as a heading and its cells side by side, where the page is wide enough."""
    label, cells = row
    columns = printed.grid.columns if printed.grid else ()
    forms = (
        _form(f"{printed.number}{blank.id}", blank, blanks, label, column)
        for column, blank in zip(columns, cells, strict=True)
        if blank
    )
    return tag("h3", html_line(label)) + tag("div", "".join(forms), "cells")


def _form(name: str, blank: Blank, blanks: Mapping[str, Mapping[str, Any]], row: str = "", column: str = "") -> str:
    """Return the form for one answer: its label, where it is typed, what is said of it, and its steps."""
    is_checked = bool(blanks[name]["records"])
    mark = tag("strong", html_line(blank.mark)) if blank.mark else ""
    hidden = tag("span", f"{html_line(row)}: ", "hidden") if row else ""
    label = " ".join(filter(None, (mark, hidden + html_line(column or blank.label), tag("small", html.points(blank)))))
    about = html_line(f"{name[: -len(blank.id)]} {blank.mark}")
    field = (
        f'<input id="b{name}" name="answer" type="text" autocomplete="off" autocapitalize="none" spellcheck="false"'
        f' enterkeyhint="done" aria-describedby="t{name}" />'
    )
    button = f'<button aria-label="Check {about}">Check</button>' if is_checked else ""
    said = "" if is_checked else "A formula is not read here: write yours down, then compare it with the steps."
    steps = tag("summary", f"Show the steps {tag('span', f'of {about}', 'hidden')}") + "<div></div>"
    return (
        f'<form class="blank" data-blank="{name}" novalidate="">'
        f'<label for="b{name}">{label}</label>'
        f"{tag('div', f'{field} {html_line(blank.unit)} {button}', 'line')}"
        f'<p class="told" id="t{name}" role="status" aria-live="polite">{said}</p>'
        f"{tag('details', steps)}</form>\n"
    )


def _salt(*parts: str) -> str:
    """Return what makes the secrets of one blank or page its own; the same for the same questions."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


@functools.cache
def part(name: str) -> str:
    """Return one of the files that make up the page."""
    return (files("layerquiz.render") / "templates" / "practice" / name).read_text(encoding="utf-8")

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
from layerquiz.render.answer_forms import named, question_of
from layerquiz.render.document import Blank, Block, Sheet
from layerquiz.render.feedback import IN_OPTIONS
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
    texts, blanks = Texts(), dict[str, dict[str, Any]]()
    for printed, question in zip(document.questions, drawn, strict=True):
        places = {place.place: place for place in question.blanks}
        for blank, steps in printed.worked():
            if blank:
                blanks[named(printed, blank)] = _hidden(blank, steps, places[blank.id], question, texts)
    # Here each answer is looked at by itself, so nothing is carried from one to the next.
    said = tuple(sentence for sentence in document.conventions if sentence != CARRIED)
    asked_by = functools.partial(question_of, blanks)
    return html.sheet(replace(document, conventions=said), asked_by, "practice/page.html.j2", _filled(blanks, texts))


def _filled(blanks: Mapping[str, Mapping[str, Any]], texts: Texts) -> dict[str, Any]:
    """Return what a page has beside its questions: its style, its script, and what the script knows."""
    script, checked = "\n" + reader() + part("page.js"), sum(bool(one["records"]) for one in blanks.values())
    salt = _salt(*(one["salt"] for one in blanks.values()))
    data = {
        "iterations": ITERATIONS,
        "tag": TAG,
        "salt": salt,
        "texts": veiled(json.dumps(list(texts.numbers), ensure_ascii=False), salt),
        "unexplained": Story("", "wrong", 0).hint,
        "not_chosen": f"{IN_OPTIONS['wrong'].capitalize()}.",
        "words": practice_words(),
        "checked": checked,
        "blanks": blanks,
    }
    return {
        "style": part("page.css"),
        "script": script,
        "script_hash": f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}",
        "data": json.dumps(data, separators=(",", ":")).replace("<", r"\u003c"),
        "checked": checked,
    }


def _hidden(blank: Blank, steps: Sequence[Block], place: Place, question: Drawn, texts: Texts) -> dict[str, Any]:
    """Return what the page knows of a blank: how it is read, its answers, and its steps."""
    foreseen = answers_of(place, question)
    told = {answer: texts.of(hint) for answer, hint in foreseen.wrong.items()} | dict.fromkeys(foreseen.right, 0)
    salt = _salt(question.template.name, json.dumps(question.drawn, sort_keys=True, default=str), place.place)
    shown = f"{html.blocks(steps)}{html.key(blank)}"
    return {**_reading(place), "salt": salt, "records": locked(told, salt), "steps": texts.of(shown)}


def _reading(place: Place) -> Mapping[str, Any]:
    """Return how an answer to a blank is read."""
    if place.listed is not None and place.listed.options:
        letters = "".join(option.letter for option in place.listed.options)
        return {"asked": place.listed.form, "letters": letters, "several": place.listed.several}
    if isinstance(place.key, tuple):
        return {"asked": "shape", "entries": len(place.key)}
    if place.listed is not None:
        return {"asked": "count", "whole": True, "units": False}
    wanted = asked(place.quantity)
    whole = isinstance(place.key, int) and wanted != "size"
    return {"asked": wanted, "whole": whole, "units": has_units(place.quantity)}


def _salt(*parts: str) -> str:
    """Return what makes the secrets of one blank or page its own; the same for the same questions."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def reader() -> str:
    """Return the script that reads answers."""
    return part("numbers.js") + part("reader.js")


@functools.cache
def part(name: str) -> str:
    """Return one of the files that make up the page."""
    return (files("layerquiz.render") / "templates" / "practice" / name).read_text(encoding="utf-8")

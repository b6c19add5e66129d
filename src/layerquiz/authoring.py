"""A new template to start from: a network of its topic, what is asked, and the mistakes that its drawings can show."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from layerquiz.check import check
from layerquiz.errors import LayerquizError, TemplateError
from layerquiz.exam import library
from layerquiz.exam.choosing import telling
from layerquiz.exam.drawing import draw
from layerquiz.exam.grid import called
from layerquiz.exam.starters import starter
from layerquiz.exam.template import Template, parse
from layerquiz.network.glossary import unit
from layerquiz.network.mistakes import CATALOGUE, mistaken
from layerquiz.render.escape import name as on_one_line

KINDS = ("number", "formula")
"""The kinds of question that a template is started for; the first is the usual one."""

SEEDS = {"number": (12, 200), "formula": (1, 20)}
"""So many drawings are checked for each mistake, and in the end; formulas are the same in all drawings."""

MOST_MISTAKES = 4
NAMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
INDENT = "  "


@dataclass(frozen=True, slots=True)
class Begun:
    """What an author has decided so far."""

    name: str
    topic: str
    kind: str
    level: int
    title: str
    asked: tuple[str, ...]
    minutes: float | None = None
    goal: str = ""


def check_name(stem: str) -> None:
    """Refuse a name that an exam could not name."""
    if not NAMED.fullmatch(stem):
        cure = "Use letters, digits, - and _, such as strided-conv"
        raise TemplateError(f'"{stem}" cannot be the name of a template', cure=cure, slug="bad-name")
    if stem in library.files():
        cure = "Give it a name of its own"
        raise TemplateError(f'a template of the library is called "{stem}" too', cure=cure, slug="doubled-name")


def usual_title(topic: str, asked: Sequence[str]) -> str:
    """Return a heading that says what is asked, such as `Convolution size: output height and output width`."""
    return f"{topic.replace('-', ' ').capitalize()}: {_listed([called(_quantity(name)) for name in asked])}"


def written(begun: Begun) -> str:
    """Return the template as text, with mistakes that all its drawings show. Raises `LayerquizError` with the cure."""
    few, many = SEEDS[begun.kind]
    chosen: list[str] = []
    for slug in _candidates(_parsed(begun, ())):
        if len(chosen) < MOST_MISTAKES and _shows(begun, (*chosen, slug), few):
            chosen.append(slug)
    text = _text(begun, chosen)
    problems = check(_parsed(begun, chosen), many).problems
    if problems:
        cure = "Ask for something else with --ask"
        raise TemplateError("this cannot be started", why=problems[0], cure=cure, slug="template")
    return text


def _shows(begun: Begun, slugs: Sequence[str], seeds: int) -> bool:
    """Say whether drawings tell all these mistakes apart, and the grader names them."""
    try:
        return not check(_parsed(begun, slugs), seeds).problems
    except TemplateError:
        return False


def _parsed(begun: Begun, slugs: Sequence[str]) -> Template:
    """Return the template, having drawn it once; what is wrong is in what the author has chosen, not in a file."""
    template = parse(_text(begun, slugs), begun.name)
    try:
        draw(template, 0)
    except LayerquizError as error:
        error.where = ""
        raise
    return template


def _candidates(template: Template) -> Iterator[str]:
    """Yield the mistakes that give one drawing another answer, those that the library shows most often first."""
    question = draw(template, 0)
    names = [blank.quantity for blank in question.blanks]
    right = tuple(question.network.value(name) for name in names)
    for slug in sorted(CATALOGUE, key=lambda slug: -len(telling(slug))):
        wrong = mistaken(question.network, slug, names)
        if wrong and right not in wrong:
            yield slug


def _text(begun: Begun, tells_apart: Sequence[str]) -> str:
    found = starter(begun.topic)
    keys: dict[str, Any] = {
        "title": begun.title,
        "kind": begun.kind,
        "topics": [begun.topic],
        "level": begun.level,
        "minutes": begun.minutes,
        "goal": begun.goal,
    }
    front = [f"{key}: {_value(entry)}" for key, entry in keys.items() if entry]
    network = ["network:", *(INDENT + line for line in found.network.splitlines())]
    asked = ["ask:", *(INDENT + _blank(begun, name) for name in begun.asked)]
    shown = [f"tells_apart: [{', '.join(tells_apart)}]"] if tells_apart else []
    return "\n".join(("---", *front, *network, *asked, *shown, "---", found.wording, "", _question(begun), ""))


def _blank(begun: Begun, name: str) -> str:
    label = f"label: {_label(begun, name)}, " if _label(begun, name) else ""
    return f"- {{blank: {_value(name)}, {label}points: 1}}"


def _label(begun: Begun, name: str) -> str:
    """Return what a blank is called, where no other blank is called the same."""
    quantity = _quantity(name)
    return called(quantity) if [_quantity(other) for other in begun.asked].count(quantity) == 1 else ""


def _question(begun: Begun) -> str:
    """Return the sentence that asks."""
    asked = _listed([f"the {_in_words(begun, name)}" for name in begun.asked])
    if begun.kind == "formula":
        return f"Here {{{{ letters }}}}.\n\nGive {asked} as a formula."
    in_bytes = any(name.endswith("_bytes") for name in begun.asked)
    return f"Find {asked}.{' Say in which unit.' if in_bytes else ''}"


def _in_words(begun: Begun, name: str) -> str:
    """Return a quantity as a sentence calls it, such as `number of parameters`, with its layer where that is needed."""
    owner, _, quantity = name.rpartition(".")
    counted = "number of " if unit(quantity) and called(quantity).endswith(unit(quantity)) else ""
    return f"{counted}{called(quantity)}{'' if _label(begun, name) else f' of `{owner}`'}"


def _quantity(name: str) -> str:
    return name.rpartition(".")[2]


def _listed(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _value(entry: Any) -> str:
    """Return a value in YAML, on one line: words as they are where that is the same text, else in quotes."""
    if isinstance(entry, list):
        return f"[{', '.join(map(_value, entry))}]"
    if not isinstance(entry, str):
        return f"{entry:g}" if isinstance(entry, float) else str(entry)
    line = on_one_line(entry, limit=1000)
    is_plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9 ._-]*", line) and yaml.safe_load(line) == line
    return line if is_plain else json.dumps(line, ensure_ascii=False)

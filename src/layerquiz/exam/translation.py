"""A template in another language: a file beside it with its title, its labels and its wording, and nothing else.

What is drawn and what is right stand in the template alone, so they are the same in every language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field

from layerquiz.errors import TemplateError
from layerquiz.exam.forms.base import Keys
from layerquiz.exam.source import Path, SourceText
from layerquiz.languages import LANGUAGES, Translation
from layerquiz.network.notation import line_of

FENCE = "---"


class TranslationKeys(Keys):
    """The front matter of a translation: `ask` has an entry for each of the template's; `names` are of networks."""

    title: str
    ask: list[Any] = Field(default=[])
    names: dict[str, str] = Field(default={})


class SaidKeys(Keys):
    """What an entry of `ask` says; a label alone may stand as a text."""

    label: str | None = None
    unit: str | None = None
    pick: str | None = None
    statement: str | None = None
    options: list[str] | None = None
    reasons: list[str] | None = None


TEXTS = ("label", "unit", "pick", "statement")
LISTS = ("options", "reasons")


@dataclass(frozen=True, slots=True)
class TranslatedText(SourceText):
    """The front matter of a template, whose words stand in another file."""

    said: SourceText | None = field(default=None)

    def words_at(self, path: Path) -> tuple[str, int]:
        """Return the file and the line on which the words of an entry stand."""
        told = self.said or self
        return told.name, line_of(told.yaml, path) + told.first_line - 1


@dataclass(frozen=True, slots=True)
class Said:
    """A translation as it was read: its keys, its wording and the line on which that begins."""

    keys: TranslationKeys
    written: SourceText
    body: str
    body_line: int

    def overlaid(self, front: Mapping[str, Any]) -> dict[str, Any]:
        """Return a template's front matter with the words of the translation in their places."""
        asked = front.get("ask", [])
        if len(self.keys.ask) != len(asked):
            what = f"ask has {len(self.keys.ask)} entries, and that of the template {len(asked)}"
            raise self.written.fault(what, ("ask",), cure="Say each of them, in the same order", slug="translation")
        unknown = [name for name in self.keys.names if name not in front.get("networks", {})]
        for name in unknown:
            raise self.written.fault(f'no network is called "{name}"', ("names", name), slug="translation")
        pairs = enumerate(zip(self.keys.ask, asked, strict=True))
        ask = [self._entry(said, entry, ("ask", place)) for place, (said, entry) in pairs]
        return {**front, "title": self.keys.title, **({"ask": ask} if "ask" in front else {})}

    def _entry(self, found: Any, entry: Any, path: Path) -> Any:
        """Return an entry of `ask` with its words: as many of them as the template has, and no others."""
        given = {"label": found} if isinstance(found, str) else found or {}
        keys = self.written.checked(SaidKeys, given, path)
        said = {key: text for key in (*TEXTS, *LISTS) if (text := getattr(keys, key)) is not None}
        there = entry if isinstance(entry, Mapping) else {}
        wanted = {key for key in (*TEXTS, *LISTS) if there.get(key) and not isinstance(there[key], int)}
        for key in (*TEXTS, *LISTS):
            if (key in wanted) != (key in said) and (key in wanted or key != "label"):
                what = f'"{key}" is missing' if key in wanted else f'the template has no "{key}" here'
                raise self.written.fault(what, path, cure="Say what the template says", slug="translation")
        return {
            **there,
            **said,
            **{key: self._listed(key, said[key], there[key], path) for key in LISTS if key in said},
        }

    def _listed(self, key: str, said: Sequence[str], there: Sequence[Any], path: Path) -> list[Any]:
        if len(said) != len(there):
            what = f"{key} has {len(said)} entries, and that of the template {len(there)}"
            raise self.written.fault(what, (*path, key), cure="Say each of them, in the same order", slug="translation")
        return [{**option, "text": text} for option, text in zip(there, said, strict=True)]


def read(translation: Translation) -> Said:
    """Return a translation, checked by itself."""
    front, body, line = split(translation.text, translation.file)
    written = SourceText(translation.file, front, 2, TemplateError)
    return Said(written.checked(TranslationKeys, written.mapping()), written, body, line)


def split(text: str, file: str) -> tuple[str, str, int]:
    """Return front matter, wording, and the line on which the wording begins."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    ends = [number for number, line in enumerate(lines) if line.rstrip() == FENCE]
    if len(ends) < 2 or ends[0] != 0:
        cure = f"Begin the file with {FENCE}, end the front matter with {FENCE}, then write the wording"
        raise TemplateError("a template has front matter and a wording", where=file, cure=cure, slug="front-matter")
    body = "\n".join(lines[ends[1] + 1 :])
    if not body.strip():
        raise TemplateError("the wording is empty", where=file, cure="Write it after the front matter", slug="wording")
    return "\n".join(lines[1 : ends[1]]), body, ends[1] + 2


def language_of(name: str) -> str:
    """Return the language that the name of a translation ends in, such as `conv-size.de.md`; "" for any other."""
    *_, before, ending = ("", "", *name.removesuffix(".md").rsplit(".", 1))
    return ending if before and ending in LANGUAGES else ""


def is_translation(name: str) -> bool:
    """Say whether a file holds what a template beside it says in another language."""
    return language_of(name) != ""

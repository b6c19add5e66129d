"""A text that a person wrote, from which every error points at its file, line and key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel

from layerquiz.errors import LayerquizError, NetworkError
from layerquiz.network.keys import checked
from layerquiz.network.layers.base import RefusedKeyError
from layerquiz.network.notation import line_of, load, shown

MOST_ENTRIES = 20_000
DEEPEST = 20

Path: TypeAlias = Sequence[str | int]
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class SourceText:
    """A YAML text with the name that messages call it by and the line of the file on which it begins."""

    name: str
    yaml: str
    first_line: int
    error: type[LayerquizError]

    def place(self, path: Path = ()) -> str:
        """Return file and line of an entry, such as `ask`, 0, `points`."""
        line = line_of(self.yaml, path) if path else 0
        return f"{self.name}, line {line + self.first_line - 1}" if line else self.name

    def words_at(self, path: Path) -> tuple[str, int]:
        """Return the file and the line on which the words of an entry stand."""
        return self.name, line_of(self.yaml, path) + self.first_line - 1

    def fault(self, what: str, path: Path = (), *, cure: str = "", slug: str = "") -> LayerquizError:
        """Return an error about an entry."""
        return self.error(what, where=self.place(path), cure=cure, slug=slug)

    def located(self, error: LayerquizError, path: Path = ()) -> LayerquizError:
        """Return an inner room's error as one of this text's, with file and line."""
        full = (*path, *getattr(error, "path", ()))
        where = ", ".join(part for part in (self.place(full), error.where) if part)
        return self.error(error.what, where=where, why=error.why, cure=error.cure, slug=error.slug)

    def mapping(self) -> Mapping[str, Any]:
        """Return the whole text as a mapping."""
        try:
            found = load(self.yaml, NetworkError)
        except NetworkError as error:
            raise self._unreadable(error) from None
        return self.as_mapping(_Plain(self).data(found))

    def _unreadable(self, error: NetworkError) -> LayerquizError:
        """Count the line that the reader of YAML names from the beginning of the file."""
        line, comma, rest = error.where.partition(",")
        if line.startswith("line "):
            error.where = f"line {int(line[5:]) + self.first_line - 1}{comma}{rest}"
        return self.located(error)

    def as_mapping(self, found: Any, path: Path = ()) -> Mapping[str, Any]:
        """Return an entry that has to be a mapping."""
        if not isinstance(found, Mapping):
            raise self.fault(f"found {shown(found)} where a mapping is needed", path, slug="not-a-mapping")
        return found

    def checked(self, model: type[Model], found: Any, path: Path = ()) -> Model:
        """Return an entry as a checked model; a refused key is an error with its line and the nearest spelling."""
        mapping = self.as_mapping(found, path)
        try:
            instance: Model = checked(model, mapping)
        except RefusedKeyError as error:
            raise self.located(error, (*path, error.key)) from None
        return instance


class _Plain:
    """Turns what YAML can hold into what JSON can hold: texts, finite numbers, lists and mappings, all of them small.

    YAML repeats a part by its name, so a short text can stand for endless data: entries are counted as they are read.
    """

    def __init__(self, source: SourceText) -> None:
        self.source, self.left = source, MOST_ENTRIES

    def data(self, found: Any, path: tuple[str | int, ...] = ()) -> Any:
        """Return an entry as plain data; a date becomes its text."""
        self.left -= 1
        if self.left < 0 or len(path) > DEEPEST:
            cure = f"Allowed are {MOST_ENTRIES:,} entries, nested {DEEPEST} deep"
            raise self.source.fault("the text holds too much", cure=cure, slug="too-large")
        if isinstance(found, Mapping):
            return {self._key(key, path): self.data(entry, (*path, str(key))) for key, entry in found.items()}
        if isinstance(found, list):
            return [self.data(entry, (*path, place)) for place, entry in enumerate(found)]
        if isinstance(found, date):
            return found.isoformat()
        if isinstance(found, str | int | None) or (isinstance(found, float) and isfinite(found)):
            return self._text(found, path)
        raise self.source.fault(f"found {shown(found)}", path, cure="Allowed: numbers and texts", slug="wrong-value")

    def _key(self, key: Any, path: Path) -> str:
        if not isinstance(key, str):
            what = f"the key {shown(key)} is no text"
            raise self.source.fault(what, path, cure="Put it in quotes", slug="unknown-key")
        return str(self._text(key, path))

    def _text(self, found: Any, path: Path) -> Any:
        """Refuse half characters, which no file can hold."""
        if isinstance(found, str) and not found.isascii() and any("\ud800" <= letter <= "\udfff" for letter in found):
            raise self.source.fault("a text holds half a character", path, cure="Write it anew", slug="wrong-value")
        return found

"""The words of papers in the languages of exams: every fixed text is written in English, and looked up here.

What is said in another language stands in one catalogue for each, `locale/<language>/LC_MESSAGES/layerquiz.po`, which
`make words` keeps up to date. English reads nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TypeAlias

from layerquiz.data import folder
from layerquiz.errors import LayerquizError, nearest

NAMES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish"}
"""The languages that a paper may be in: their ISO 639-1 codes and English names."""

LANGUAGES = tuple(NAMES)

THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"
"""Groups the digits of a number where a comma would be read as the mark of decimals."""

Catalogue: TypeAlias = Mapping[str, Sequence[str]]
"""What is said for each English text: one form, or one for one and one for many."""


@dataclass(frozen=True, slots=True)
class Translation:
    """A template's words in a language, as the text of a file; `file` is what messages call it."""

    language: str
    text: str
    file: str


@dataclass(frozen=True, slots=True)
class Words:
    """Says a fixed English text in one language: `words("page {page} of {pages}", page=1, pages=6)`.

    `letters` are those of a course for some quantities, such as `(("filters", "N"),)`; others are the glossary's.
    """

    language: str = "en"
    letters: tuple[tuple[str, str], ...] = ()

    def __call__(self, text: str, /, **values: object) -> str:
        """Return the text in this language, its named values put in."""
        said = text if self.is_english else _catalogue(self.language).get(text, (text,))[0]
        return said.format(**values) if values else said

    @property
    def is_english(self) -> bool:
        """Say whether texts stay as they are written."""
        return self.language == "en"

    def counted(self, number: int, one: str, many: str, /, **values: object) -> str:
        """Return a text about a number, which is its value `number`: `{number} filter`, `{number} filters`."""
        forms = (one, many) if self.is_english else _catalogue(self.language).get(one, (one, many))
        return forms[0 if self.is_one(number) else -1].format(number=self.number(number), **values)

    def is_one(self, number: int | Fraction) -> bool:
        """Say whether a number takes the singular: one does, and in French everything below two."""
        return number == 1 or (number < 2 and self.language == "fr")

    def number(self, number: int) -> str:
        """Return a whole number with its digits in groups of three."""
        return f"{number:,}" if self.is_english else f"{number:,}".replace(",", THIN_SPACE)

    def decimal(self, text: str) -> str:
        """Return a decimal number, written with a point, with the mark of this language."""
        return text if self.is_english else text.replace(".", ",")

    def listed(self, names: Sequence[str]) -> str:
        """Return names as a sentence lists them: a, b and c."""
        *most, last = names or ("",)
        return self(phrase("{names} and {last}"), names=", ".join(most), last=last) if most else last


ENGLISH = Words()


def phrase(text: str) -> str:
    """Return a text as it is, which is looked up elsewhere: `make words` finds it here."""
    return text


def named(language: str) -> Words:
    """Return the words of a language; an unknown one is an error."""
    if language not in LANGUAGES:
        cure = nearest(language, LANGUAGES)
        raise LayerquizError(f'there is no language "{language}"', cure=cure, slug="unknown-language")
    return Words(language)


@cache
def _catalogue(language: str) -> Catalogue:
    """Return everything that is said in a language."""
    from babel.messages.pofile import read_po

    with (folder("locale") / language / "LC_MESSAGES" / "layerquiz.po").open("rb") as file:
        found = read_po(file, language)
    return {_forms(message.id)[0]: _forms(message.string) for message in found if message.id}


def _forms(found: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the forms of an entry: one, or one for one and one for many."""
    return (found,) if isinstance(found, str) else tuple(found or ())

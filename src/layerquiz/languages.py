"""The words of papers in the languages of exams: every fixed text is written in English, and looked up here."""

from __future__ import annotations

from dataclasses import dataclass

LANGUAGES = ("en", "de", "fr", "es")
"""The languages that a paper may be in, by their ISO 639-1 codes."""


@dataclass(frozen=True, slots=True)
class Words:
    """Says a fixed English text in one language: `words("page {page} of {pages}", page=1, pages=6)`."""

    language: str = "en"

    def __call__(self, text: str, /, **values: object) -> str:
        """Return the text in this language, its named values put in."""
        return text.format(**values) if values else text


ENGLISH = Words()

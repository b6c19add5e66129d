"""The one family of errors: each says what, where, why and how to mend it, and carries its exit code."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

MOST_LISTED = 30
LONGEST_WORD = 100


class LayerquizError(Exception):
    """Something the user can mend. `slug` is stable; `exit_code` is what a command ends with."""

    exit_code = 1
    slug = "input"

    def __init__(self, what: str, *, where: str = "", why: str = "", cure: str = "", slug: str = "") -> None:
        super().__init__(what)
        self.what, self.where, self.why, self.cure = what, where, why, cure
        if slug:
            self.slug = slug

    def at(self, place: str) -> LayerquizError:
        """Put the outer place (a file, a question) in front of the inner one; returns the same error."""
        self.where = f"{place}, {self.where}" if self.where else place
        return self

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return " ".join(sentence(part) for part in (head, self.why, self.cure) if part)


class NetworkError(LayerquizError):
    """A network that cannot be: unknown kind or key, wrong type, shapes that do not meet."""

    slug = "network"


class FormulaError(LayerquizError):
    """A formula that has no value: a cycle, an unknown name, a division by zero."""

    slug = "formula"


class TemplateError(LayerquizError):
    """A question template that does not say what it should, or that never finds a drawing."""

    slug = "template"


class ExamError(LayerquizError):
    """An exam file, a roster, a sealed exam or submissions that cannot be used."""

    slug = "exam"


class OutsideError(LayerquizError):
    """Something outside failed: TeX, the disk."""

    exit_code = 3
    slug = "outside"


def sentence(text: str) -> str:
    """End a text as a sentence."""
    return text if text.endswith((".", "?", "!", ":")) else f"{text}."


def nearest(word: str, known: Iterable[str]) -> str:
    """Return 'Did you mean "kernel"?' for the nearest known spelling, else the list of what is known."""
    names = sorted(known)
    is_word = len(word) <= LONGEST_WORD  # to compare two texts takes as long as both lengths multiplied
    close = difflib.get_close_matches(word.lower(), names, n=1, cutoff=0.6) if is_word else []
    if close:
        return f'Did you mean "{close[0]}"?'
    more = ", ..." if len(names) > MOST_LISTED else ""
    return f"Known: {', '.join(names[:MOST_LISTED])}{more}" if names else ""

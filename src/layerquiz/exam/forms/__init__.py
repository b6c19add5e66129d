"""What an entry of `ask` may be besides a quantity of the network: one class for each form, found by its first key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from layerquiz.exam.forms.base import Form
from layerquiz.exam.forms.between import Value
from layerquiz.exam.forms.budget import Budget
from layerquiz.exam.forms.choice import Pick, ValueChoice
from layerquiz.exam.forms.compare import Largest, Rank
from layerquiz.exam.forms.error import WrongLine
from layerquiz.exam.forms.estimate import Estimate
from layerquiz.exam.forms.failing import FailingLayer
from layerquiz.exam.forms.statement import Statement
from layerquiz.exam.forms.unknown import Unknown
from layerquiz.exam.source import Path, SourceText
from layerquiz.languages import Words

FORMS: Mapping[str, Any] = {
    "pick": Pick,
    "statement": Statement,
    "wrong_line": WrongLine,
    "fails": FailingLayer,
    "unknown": Unknown,
    "most": Budget,
    "least": Budget,
    "factor": Estimate,
    "largest": Largest,
    "rank": Rank,
    "value": Value,
    "options": ValueChoice,
}
"""The forms by the key that tells them; the first that an entry has counts."""


def form_of(found: Any) -> Any:
    """Return the form of an entry of `ask`, None for a quantity of the network."""
    if not isinstance(found, Mapping):
        return None
    return next((form for key, form in FORMS.items() if key in found), None)


def blanks_of(form: Any, found: Any, written: SourceText, path: Path, words: Words) -> list[Form]:
    """Return the blanks that an entry of `ask` makes."""
    blanks: list[Form] = form.read(written.checked(form.keys, found, path), written, path, words)
    return blanks


__all__ = ["Form", "blanks_of", "form_of"]

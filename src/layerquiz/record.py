"""Records: what is made by the thousand and never changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

Made = TypeVar("Made")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[Made]) -> type[Made]:
    """Return the dataclass with slots that a class describes, whose instances nobody changes.

    Type checkers refuse a change, as of a frozen dataclass. Python's own guard against it takes as long for each field
    as setting it thrice: a tenth of the time that a class of own papers takes to grade.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)

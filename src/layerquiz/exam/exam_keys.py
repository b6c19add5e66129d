"""The keys of an exam file as written, checked by their types."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from layerquiz.exam.forms.base import Points

Aids: TypeAlias = Literal["calculator", "none"]
"""What may be used besides pen and paper."""

PaperSize: TypeAlias = Literal["a4", "letter"]

MOST_CHARACTERS = 20_000
"""The longest text of a question of one's own."""

MOST_VERSIONS = 26
"""Versions are called by letters."""


class _Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DrawKeys(_Keys):
    """Templates chosen by topic and level."""

    topic: str | None = None
    level: Annotated[int, Field(ge=1, le=5)] | None = None
    count: Annotated[int, Field(ge=1, le=100)] = 1


class EntryKeys(_Keys):
    """One entry of `questions` as written: a template (drawn for each, or for all with a seed), a draw, or own text."""

    template: str | None = None
    seed: int | str | None = None
    draw: dict[str, Any] | None = None
    text: Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)] | None = None
    title: str | None = None
    space: Annotated[int, Field(ge=0, le=250)] | None = None
    solution: str | None = None
    rubric: str | None = None
    points: Points | None = None
    policy: dict[str, Any] = {}


class SectionKeys(_Keys):
    """One entry of `sections` as written; `text` is Markdown, printed above its questions."""

    title: str
    text: str = ""
    questions: Annotated[list[Any], Field(min_length=1)]


class SignedKeys(_Keys):
    """Who has proofread the exam, and the code of what they read."""

    code: str
    by: Annotated[list[str], Field(min_length=1)]


class ExamKeys(_Keys):
    """The exam file as written."""

    title: str
    course: str = ""
    date: str = ""
    language: str = "en"
    paper_size: PaperSize = "a4"
    time: Annotated[int, Field(ge=1, le=10_000)] | None = None
    logo: str = ""
    header: str = ""
    instructions: str = ""
    honour: str = ""
    aids: Aids | None = None
    formula_sheet: bool = False
    signed: SignedKeys | None = None
    seed: int | str | None = None
    conventions: str | dict[str, Any] = "textbook"
    letters: dict[str, str] = {}
    policy: dict[str, Any] = {}
    passing: Annotated[float | None, Field(gt=0, le=1, alias="pass")] = None
    versions: Annotated[int, Field(ge=1, le=MOST_VERSIONS)] | Literal["per student"] | None = None
    questions: Annotated[list[Any], Field(min_length=1)] | None = None
    sections: Annotated[list[Any], Field(min_length=1)] | None = None

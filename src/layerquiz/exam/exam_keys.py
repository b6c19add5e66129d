"""The keys of an exam file as written, checked by their types."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from layerquiz.exam.forms.base import Points

Aids: TypeAlias = Literal["calculator", "none"]
"""What may be used besides pen and paper."""

PaperSize: TypeAlias = Literal["a4", "letter"]

MOST_CHARACTERS = 20_000
"""The longest text of a question of one's own, of its solution, and of how it is marked."""

MOST_VERSIONS = 26
"""Versions are called by letters."""


class _Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DrawKeys(_Keys):
    """Templates chosen by topic and level."""

    topic: Annotated[str | None, Field(description="what they are about; `layerquiz questions` lists topics")] = None
    level: Annotated[int | None, Field(ge=1, le=5, description="how hard they are")] = None
    count: Annotated[int, Field(ge=1, le=100, description="how many; each is a question of the exam")] = 1


class EntryKeys(_Keys):
    """One entry of `questions` as written: a template (drawn for each, or for all with a seed), a draw, or own text."""

    template: Annotated[
        str | None, Field(description="a template of the library, or a file of your own ending in .md")
    ] = None
    seed: Annotated[
        int | str | None, Field(description="draws the same for everybody, as `layerquiz draw` shows it")
    ] = None
    draw: Annotated[
        dict[str, Any] | None, Field(description="templates by topic and level, the same for all students")
    ] = None
    network: Annotated[
        str | None, Field(min_length=1, description="a file of a network, or a known name: questions are made from it")
    ] = None
    ask: Annotated[
        list[str] | None,
        Field(min_length=1, description="what is asked about the network, such as macs"),
    ] = None
    kinds: Annotated[
        list[str] | None, Field(min_length=1, description="of number, table, find-error and compare, about the network")
    ] = None
    exactly: Annotated[bool | None, Field(description="about the network as it is, and not one like it")] = None
    count: Annotated[
        int | None, Field(ge=1, le=100, description="how many questions about the network; 1 unless it says so")
    ] = None
    text: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=MOST_CHARACTERS,
            description="a question of your own text, in Markdown, marked by hand",
        ),
    ] = None
    title: Annotated[str | None, Field(description="the heading of your own text")] = None
    space: Annotated[int | None, Field(ge=0, le=250, description="its working room in millimetres")] = None
    solution: Annotated[
        str | None, Field(max_length=MOST_CHARACTERS, description="what its solution says, in Markdown")
    ] = None
    rubric: Annotated[
        str | None,
        Field(max_length=MOST_CHARACTERS, description="how it is marked, in Markdown; solutions say it too"),
    ] = None
    points: Annotated[Points | None, Field(description="how many; else the template's own number")] = None
    policy: Annotated[dict[str, Any], Field(description="choices of the policy that differ here")] = {}


class SectionKeys(_Keys):
    """One entry of `sections` as written."""

    title: Annotated[str, Field(description="the heading of the section")]
    text: Annotated[str, Field(description="what stands above its questions, in Markdown")] = ""
    questions: Annotated[list[Any], Field(min_length=1, description="as the questions of an exam without sections")]


class SignedKeys(_Keys):
    """Who has proofread the exam, and the code of what they read."""

    code: Annotated[str, Field(description="that of the proof which was read")]
    by: Annotated[list[str], Field(min_length=1, description="who has read it")]


class ExamKeys(_Keys):
    """The exam file as written."""

    title: Annotated[str, Field(description="what the exam is called")]
    course: Annotated[str, Field(description="what the course is called")] = ""
    date: Annotated[str, Field(description="when it is, as it is printed")] = ""
    language: Annotated[str, Field(description="of the papers")] = "en"
    paper_size: Annotated[PaperSize, Field(description="of the sheets")] = "a4"
    time: Annotated[int | None, Field(ge=1, le=10_000, description="in minutes")] = None
    logo: Annotated[str, Field(description="a picture beside this file, printed on the cover")] = ""
    header: Annotated[str, Field(description="what stands above every page")] = ""
    instructions: Annotated[str, Field(description="what the cover says, in Markdown")] = ""
    honour: Annotated[str, Field(description="what students sign")] = ""
    aids: Annotated[Aids | None, Field(description="without a calculator all numbers are equally long")] = None
    formula_sheet: Annotated[bool, Field(description="prints the formulas of the kinds of layers that occur")] = False
    signed: Annotated[SignedKeys | None, Field(description="who has read and signed the proof, and its code")] = None
    seed: Annotated[int | str | None, Field(description="draws the questions; without one it is drawn and sealed")] = (
        None
    )
    conventions: Annotated[str | dict[str, Any], Field(description="by name, or with single choices")] = "textbook"
    letters: Annotated[dict[str, str], Field(description="the letters of your course, such as {filters: F}")] = {}
    policy: Annotated[dict[str, Any], Field(description="how answers are paid")] = {}
    passing: Annotated[
        float | None, Field(gt=0, le=1, alias="pass", description="the share of the points that passes")
    ] = None
    versions: Annotated[
        Annotated[int, Field(ge=1, le=MOST_VERSIONS)] | Literal["per student"] | None,
        Field(description="how many different papers; neighbours get different ones"),
    ] = None
    questions: Annotated[
        list[Any] | None, Field(min_length=1, description="what is asked, unless there are sections")
    ] = None
    sections: Annotated[list[Any] | None, Field(min_length=1, description="parts of the exam, numbered through")] = None

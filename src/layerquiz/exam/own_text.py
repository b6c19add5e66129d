"""Questions of an instructor's own text: nothing is drawn, nothing is diagnosed, a person marks them.

Such a question is a template like any other, with one blank whose answer is the points that were given for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from random import Random
from typing import Any, ClassVar

from layerquiz.exam import wording
from layerquiz.exam.forms.base import Form, Scene
from layerquiz.exam.listed import Listed
from layerquiz.exam.recipe import recipe
from layerquiz.exam.source import SourceText
from layerquiz.exam.template import Asked, Template
from layerquiz.languages import Words

NOTHING: Mapping[str, Any] = {"input": {"features": 1}, "layers": [{"kind": "identity", "name": "same"}]}
"""The network of a question that is about none."""

USUAL_SPACE = 60
"""How many millimetres of working room there are where the exam does not say."""


@dataclass(frozen=True, slots=True)
class OwnText:
    """A question as its author wrote it, in Markdown; `space` is its working room in mm."""

    text: str
    points: Fraction
    title: str = ""
    space: int = USUAL_SPACE
    solution: str = ""
    rubric: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the question as plain data."""
        return {**asdict(self), "points": str(self.points)}

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> OwnText:
        """Return the question of plain data."""
        return cls(**{**data, "points": Fraction(data["points"])})


@dataclass(frozen=True, eq=False)
class ByHand(Form):
    """A place for the points that a person gives."""

    kinds: ClassVar = ("text",)
    own: OwnText
    words: Words

    def draw(self, scene: Scene, random: Random) -> None:
        """Draw nothing."""

    def listed(self, scene: Scene, drawn: Any) -> Listed:  # noqa: ARG002 -- nothing depends on what is drawn
        """Return the points that can be given; the most are the key."""
        return Listed("points", (self.points,), dict, self._because)

    def _because(self) -> tuple[str, ...]:
        marking = self.words("Marking")
        rubric = f"**{marking}.** {self.own.rubric}" if self.own.rubric else ""
        return tuple(text for text in (self.own.solution, rubric) if text)


def template_of(own: OwnText, written: SourceText, language: str) -> Template:
    """Return the question as a template; `written` is the exam file that holds it."""
    words = Words(language)
    title = own.title or words("In your own words")
    blank = ByHand("by hand", "", own.points, (), own, words)
    return Template(
        name=title,
        text=own.text,
        written=written,
        title=title,
        kind="text",
        topics=(),
        level=1,
        recipe=recipe({}, NOTHING, None),
        letters=None,
        require=(),
        asked=(Asked(blank.name, "", own.points, "", False, (), blank),),
        hidden=(),
        grid=None,
        tells_apart=(),
        excused={},
        minutes=None,
        goal="",
        source="",
        conventions=None,
        space=own.space,
        wording=wording.verbatim(own.text, title),
        words=words,
    )

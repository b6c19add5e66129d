"""True or false for the drawn network, and why: two blanks."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Annotated, Any, ClassVar

from pydantic import Field

from layerquiz.exam.forms.base import Form, Keys, Points, Scene, compared, quantities, valued, worded, worked_out
from layerquiz.exam.forms.choice import MOST_OPTIONS, Pick, claims_of
from layerquiz.exam.listed import Listed, lettered
from layerquiz.exam.source import Path, SourceText
from layerquiz.languages import Words
from layerquiz.network.expression import Expression

SAID = (("true", "t", "yes"), ("false", "f", "no"))
"""Words that choose true, and false."""


class StatementKeys(Keys):
    """A statement about the drawn network, what decides it, and the reasons of which one is right."""

    statement: str
    holds: str
    reasons: Annotated[list[Any], Field(min_length=2, max_length=MOST_OPTIONS)]
    points: Points = 1
    reason_points: Points = 1


@dataclass(frozen=True, eq=False)
class Statement(Form):
    """The blank in which a statement is called true or false."""

    kinds: ClassVar = ("statement",)
    keys: ClassVar = StatementKeys
    holds: Expression

    @classmethod
    def read(cls, keys: StatementKeys, written: SourceText, path: Path, words: Words) -> list[Form]:
        """Return the two blanks as written: the verdict, and the reason."""
        holds = compared(keys.holds, written, (*path, "holds"))
        said = worded(f"{words('True or false:')} {keys.statement}", written, (*path, "statement"), words)
        verdict = cls(f"statement: {keys.statement}", said, Fraction(str(keys.points)), (*path, "holds"), holds)
        claims = claims_of(keys.reasons, written, (*path, "reasons"), words)
        points = Fraction(str(keys.reason_points))
        named = f"reason: {keys.statement}"
        reason = Pick(named, words("The reason"), points, path, claims, several=False, shuffle=True, alone=False)
        return [verdict, reason]

    def draw(self, scene: Scene, random: Random) -> Any:  # noqa: ARG002 -- nothing is drawn
        """Draw nothing: true comes first."""
        return None

    def listed(self, scene: Scene, drawn: Any) -> Listed:  # noqa: ARG002 -- nothing was drawn
        """Return the options true and false."""
        right = "A" if valued(self.holds, scene, self.place) else "B"
        about = quantities(self.holds.names, scene.network)
        words = scene.words
        texts = (words("true"), words("false"))
        options = lettered(texts, tuple((*said, text) for said, text in zip(SAID, texts, strict=True)))
        so = words("So the statement is true.") if right == "A" else words("So the statement is false.")
        return Listed("options", (right,), dict, lambda: (*worked_out(about, scene.network), so), options, about=about)

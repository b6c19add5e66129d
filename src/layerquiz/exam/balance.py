"""Fair drawings: as hard as the others of their template, and not the same as others that a student meets or sees."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

from layerquiz.errors import TemplateError
from layerquiz.exam.difficulty import usual
from layerquiz.exam.drawing import drawings
from layerquiz.exam.question import Question
from layerquiz.exam.sample import Seed
from layerquiz.exam.template import ConventionsChoice, Template

MOST_DRAWN = 50
"""So many drawings are looked at for one that lies within the band; then the nearest is taken."""


@dataclass(frozen=True, slots=True)
class Drawer:
    """Who a question is drawn for, and how; `by_hand` asks for numbers of the usual length too."""

    seed: Seed
    student: str
    question_name: str
    conventions: ConventionsChoice
    by_hand: bool = False

    def question(self, template: Template, taken: Collection[str], avoided: Collection[str]) -> Question:
        """Return the first drawing within the band of difficulty that is neither taken nor avoided, else the nearest.

        A taken one is never drawn again, which may be an error; one to be avoided is where there are no others.
        """
        alike = usual(template, self.conventions)
        best: tuple[tuple[bool, int, float], Question] | None = None
        for question in islice(self._drawings(template), MOST_DRAWN):
            if question.identity in taken:
                continue
            distance = alike.distance(question, self.by_hand)
            off = (question.identity in avoided, *distance)
            if best is None or off < best[0]:
                best = off, question
            if not off[0] and alike.within(distance):
                break
        if best is None:
            raise _asked_twice(template)
        return best[1]

    def given(self, question: Question, taken: Collection[str]) -> Question:
        """Return a drawing that is fixed, unless it is taken."""
        if question.identity in taken:
            raise _asked_twice(question.template)
        return question

    def _drawings(self, template: Template) -> Iterator[Question]:
        return drawings(template, self.seed, self.student, self.question_name, self.conventions)


def _asked_twice(template: Template) -> TemplateError:
    what, cure = "it is asked more than once, and has no other numbers", "Let more vary, or ask it once"
    return TemplateError(what, where=template.written.name, cure=cure, slug="asked-twice")

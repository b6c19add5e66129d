"""One slide for each mistake of a class: the question to think about, and the wrong way beside the right one."""

from __future__ import annotations

from dataclasses import replace

from layerquiz.formula.derive import Derivation
from layerquiz.formula.derive import Step as DerivedStep
from layerquiz.grading.statistics import ClassSummary, Made
from layerquiz.grading.ways import Way, wrong_way
from layerquiz.network.mistakes import CATALOGUE
from layerquiz.render.document import Paragraph, Side, Slide, Step
from layerquiz.render.escape import literal
from layerquiz.render.questions import key
from layerquiz.render.steps import worked

MOST_SLIDES = 20
LONGEST_TEXT = 400
"""A question with a longer text is named by its title only: a slide is not the place to read it."""


def slides(summary: ClassSummary) -> tuple[Slide, ...]:
    """Return slides for the mistakes that most students made, those first; a mistake without a way of its own has none.

    Where several students share a mistake, those of single students are left out: nobody is to be shown.
    """
    several = [made for made in summary.made if len(made.students) > 1]
    found = (_slide(made, summary.handed_in) for made in (several or summary.made)[:MOST_SLIDES])
    return tuple(slide for slide in found if slide is not None)


def _slide(made: Made, papers: int) -> Slide | None:
    question, story = made.example
    way = wrong_way(question.network, story.quantity, story)
    if way is None or way.slugs != (made.slug,):
        return None
    right, wrong = map(_block, way.first)
    text = question.text if len(question.text) <= LONGEST_TEXT else ""
    return Slide(
        title=question.title,
        count=f"{len(made.students)} of {papers} students",
        hint=literal(CATALOGUE[made.slug].hint),
        body=Paragraph(text),
        sides=(
            _side(made.slug.replace("-", " "), wrong, _end(way, key(way.ends))),
            _side("the right way", right, _end(way, key(story.expected))),
        ),
        letters=_letters(right, wrong),
    )


def _block(step: DerivedStep | None) -> Step | None:
    """Return a step as a block: the formula, its numbers and what they give."""
    if step is None:
        return None
    (block,) = worked(Derivation((step.quantity,), (step,)), plain=False)
    left, *sides = block.latex
    return replace(block, latex=(left, *dict.fromkeys((*sides[:2], sides[-1]))))


def _side(title: str, block: Step | None, end: str) -> Side:
    """Return one way; its letters are explained below both."""
    return Side(title, () if block is None else (replace(block, where=()),), end)


def _letters(*blocks: Step | None) -> tuple[str, ...]:
    """Return what the letters of both ways mean, each once; what they come to is no letter to explain."""
    found = {
        meaning: None
        for block in blocks
        if block is not None
        for meaning in block.where
        if not meaning.startswith(f"${block.latex[0]} =")
    }
    return tuple(found)


def _end(way: Way, answer: str) -> str:
    """Return what a way comes to, where its first differing step does not say it yet."""
    return answer if len(way.differing) > 1 else ""

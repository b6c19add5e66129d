"""Does a template hold what it promises? Drawn many times, graded against itself, and rendered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from layerquiz.errors import LayerquizError
from layerquiz.exam.domain import domain, mistaken_formulas
from layerquiz.exam.drawing import draw
from layerquiz.exam.listed import Given
from layerquiz.exam.question import Question
from layerquiz.exam.template import Template
from layerquiz.exam.wording import Wording
from layerquiz.grading.diagnose import diagnose_sheet
from layerquiz.grading.formulas import diagnose_formula
from layerquiz.grading.listed import tell
from layerquiz.grading.marks import chance_rate
from layerquiz.network.mistakes import mistaken
from layerquiz.network.network import Answer
from layerquiz.render import latex
from layerquiz.render.document import Sheet
from layerquiz.render.mathtext import in_words
from layerquiz.render.questions import printed

GRADED = 10
"""Of so many drawings, answers with each listed mistake are graded: the grader has to name the mistake."""

MOST_PROBLEMS = 5


@dataclass(frozen=True, slots=True)
class Checked:
    """What came out for one template: how many of its drawings differ, how its blanks can be guessed, what is wrong."""

    name: str
    seeds: int
    distinct: int
    chance: dict[str, Fraction]
    problems: tuple[str, ...]


def check(template: Template, seeds: int, first: int = 0) -> Checked:
    """Return what a number of drawings show about a template."""
    drawn: list[Question] = []
    problems = list(given_away(template))
    for seed in range(first, first + seeds):
        try:
            drawn.append(draw(template, seed))
        except LayerquizError as error:
            return Checked(template.name, seeds, 0, {}, (f"seed {seed}: {error}",))
    for place, question in enumerate(drawn[:GRADED]):
        problems += [f"seed {first + place}: {problem}" for problem in _graded(question)]
    problems += _rendered(drawn)
    distinct = len({str(question.drawn) for question in drawn})
    if distinct == 1 and seeds > 1:
        problems.append("every seed gives the same question: let something vary")
    numbers = [blank for blank in drawn[0].blanks if blank.kind == "number"] if drawn else []
    chance = {blank.quantity: chance_rate(drawn[0].network, blank.quantity) for blank in numbers}
    return Checked(template.name, seeds, distinct, chance, tuple(problems[:MOST_PROBLEMS]))


def given_away(template: Template) -> Iterator[str]:
    """Yield which name of `let` the wording prints although the key that is asked for is made from it."""
    key = template.hiding.asked_key if template.hiding is not None else None
    if key is None:
        return
    labels = [asked.label for asked in template.asked if isinstance(asked.label, Wording)]
    printed_names = {name for said in (template.wording, *labels) for name, _ in said.needs}
    for name in sorted(key.made_from(template.written.mapping()) & printed_names):
        yield f"the wording names {name}, from which {key.name} is made, and gives it away"


def _graded(question: Question) -> Iterator[str]:
    """Yield where the grader does not say what it should about this drawing's own answers."""
    if question.template.kind == "formula":
        yield from _formulas_graded(question)
        return
    yield from _listed_graded(question)
    names, right = list(question.keys), list(question.keys.values())
    if not names:
        return
    for name, story in diagnose_sheet(question.network, _written(names, right)).items():
        if story.verdict != "correct":
            yield f"the right answer to {name} is graded as {story.verdict}"
    for slug in question.template.tells_apart:
        for values in mistaken(question.network, slug, names):
            yield from _named(question, slug, names, values)


def _listed_graded(question: Question) -> Iterator[str]:
    """Yield where an answer that is listed is not graded as what it is listed as."""
    for blank in question.blanks:
        if blank.listed is None:
            continue
        for given in blank.listed.right:
            verdict = tell(blank, _as_text(given)).verdict
            if verdict != "correct":
                yield f"the right answer {_as_text(given)} to {blank.label} is graded as {verdict}"
        for given, sets in blank.listed.explained.items():
            story = tell(blank, _as_text(given))
            if tuple(story.mistakes) not in sets:
                yield f"the answer {_as_text(given)} to {blank.label} is not explained by {sets[0]}"


def _as_text(given: Given) -> str:
    return given if isinstance(given, str) else in_words(given)


def _named(question: Question, slug: str, names: Sequence[str], values: Sequence[Answer]) -> Iterator[str]:
    """Yield where no answer of a sheet with one mistake is explained by that mistake."""
    wrong = {name for name, value in zip(names, values, strict=True) if value != question.keys[name]}
    if not wrong:
        yield f"the mistake {slug} cannot be seen"
        return
    stories = diagnose_sheet(question.network, _written(names, values))
    told = [slugs for name in wrong for slugs in (stories[name].mistakes, *stories[name].rivals)]
    if not any(slug in slugs for slugs in told):
        yield f"an answer with {slug} is not explained by it"


def _formulas_graded(question: Question) -> Iterator[str]:
    """Yield where the grader does not say what it should about this drawing's own formulas."""
    template, network = question.template, question.network
    asked = [domain(network, blank.quantity, template.letters) for blank in question.blanks]
    for blank in question.blanks:
        verdict = diagnose_formula(network, blank.quantity, str(blank.right), template.letters).verdict
        if verdict != "correct":
            yield f"the right formula of {blank.quantity} is graded as {verdict}"
    for slug in template.tells_apart:
        for formulas in mistaken_formulas(network, slug, asked):
            texts = [place.lettered.written(formula).text for place, formula in zip(asked, formulas, strict=True)]
            written = zip(question.blanks, texts, strict=True)
            stories = [diagnose_formula(network, blank.quantity, text, template.letters) for blank, text in written]
            if not any(slug in slugs for story in stories for slugs in (story.mistakes, *story.rivals)):
                yield f"a formula with {slug} is not explained by it"


def _written(names: Sequence[str], values: Sequence[Answer]) -> dict[str, str]:
    return {name: in_words(value) for name, value in zip(names, values, strict=True)}


def _rendered(drawn: Sequence[Question]) -> Iterator[str]:
    """Yield why a drawing cannot be set as LaTeX."""
    for number, question in enumerate(drawn, 1):
        ids = {blank.place: blank.place for blank in question.blanks}
        try:
            latex.sheet(Sheet("check", (printed(question, number, ids),), solutions=True))
        except LayerquizError as error:
            yield f"it cannot be printed: {error}"
            return

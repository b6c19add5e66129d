"""A template's own answers, right and wrong, given to the grader: does it say what it should?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from layerquiz.check.found import Problem, at, at_blank, at_quantity
from layerquiz.exam.domain import domain, mistaken_formulas
from layerquiz.exam.listed import Given
from layerquiz.exam.question import Question
from layerquiz.grading.diagnose import diagnose_sheet
from layerquiz.grading.formulas import diagnose_formula
from layerquiz.grading.listed import tell
from layerquiz.network.mistakes import mistaken
from layerquiz.network.network import Answer
from layerquiz.render.mathtext import in_words


def graded(question: Question, seed: int) -> Iterator[Problem]:
    """Yield where the grader does not say what it should about a drawing's own answers."""
    judged = _formulas(question) if question.template.kind == "formula" else _numbers(question)
    for where, what in judged:
        yield Problem(where, what, seed)


def _numbers(question: Question) -> Iterator[tuple[str, str]]:
    template = question.template
    yield from _listed(question)
    names, right = list(question.keys), list(question.keys.values())
    stories = diagnose_sheet(question.network, _written(names, right)) if names else {}
    for name in names:
        if stories[name].verdict != "correct":
            yield at_quantity(template, name), f"the right answer to {name} is graded as {stories[name].verdict}"
    for place, slug in enumerate(template.tells_apart if names else ()):
        for values in mistaken(question.network, slug, names):
            what = _unnamed(question, slug, names, right, values)
            if what:
                yield at(template, ("tells_apart", place)), what


def _listed(question: Question) -> Iterator[tuple[str, str]]:
    """Yield where an answer that is listed is not graded as what it is listed as."""
    for number, blank in enumerate(question.blanks):
        if blank.listed is None:
            continue
        where = at_blank(question.template, number)
        for right in map(_as_text, blank.listed.right):
            verdict = tell(blank, right).verdict
            if verdict != "correct":
                yield where, f"the right answer {right} to {blank.label} is graded as {verdict}"
        for given, sets in blank.listed.explained.items():
            if tuple(tell(blank, _as_text(given)).mistakes) not in sets:
                yield where, f"the answer {_as_text(given)} to {blank.label} is not explained by {sets[0]}"


def _as_text(given: Given) -> str:
    return given if isinstance(given, str) else in_words(given)


def _unnamed(
    question: Question, slug: str, names: Sequence[str], right: Sequence[Answer], values: Sequence[Answer]
) -> str:
    """Say that no answer of a sheet with one mistake is explained by that mistake; nothing where one is."""
    wrong = {name for name, value, key in zip(names, values, right, strict=True) if value != key}
    if not wrong:
        return f"the mistake {slug} cannot be seen"
    stories = diagnose_sheet(question.network, _written(names, values))
    told = [slugs for name in wrong for slugs in (stories[name].mistakes, *stories[name].rivals)]
    return "" if any(slug in slugs for slugs in told) else f"an answer with {slug} is not explained by it"


def _formulas(question: Question) -> Iterator[tuple[str, str]]:
    template, network = question.template, question.network
    asked = [domain(network, blank.quantity, template.letters) for blank in question.blanks]
    for number, blank in enumerate(question.blanks):
        verdict = diagnose_formula(network, blank.quantity, str(blank.right), template.letters).verdict
        if verdict != "correct":
            yield at_blank(template, number), f"the right formula of {blank.quantity} is graded as {verdict}"
    for number, slug in enumerate(template.tells_apart):
        for formulas in mistaken_formulas(network, slug, asked):
            texts = [place.lettered.written(formula).text for place, formula in zip(asked, formulas, strict=True)]
            written = zip(question.blanks, texts, strict=True)
            stories = [diagnose_formula(network, blank.quantity, text, template.letters) for blank, text in written]
            if not any(slug in slugs for story in stories for slugs in (story.mistakes, *story.rivals)):
                yield at(template, ("tells_apart", number)), f"a formula with {slug} is not explained by it"


def _written(names: Sequence[str], values: Sequence[Answer]) -> dict[str, str]:
    return {name: in_words(value) for name, value in zip(names, values, strict=True)}

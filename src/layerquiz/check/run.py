"""All checks of a template, and of many templates on several cores."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from statistics import median
from typing import TypeAlias

from layerquiz.check import layout
from layerquiz.check.conventions import CHOICES, undecided
from layerquiz.check.drawn import Drawings, drawn, keys, numbers
from layerquiz.check.found import Checked, Problem, at, at_words, told
from layerquiz.check.graded import graded
from layerquiz.check.mistakes import could_also, misplaced
from layerquiz.check.recounted import recounted
from layerquiz.check.translated import translated
from layerquiz.check.wording import broken, given_away
from layerquiz.errors import LayerquizError, TemplateError
from layerquiz.exam.counted import counted
from layerquiz.exam.difficulty import difficulty
from layerquiz.exam.template import Template
from layerquiz.grading.jobs import on_cores
from layerquiz.grading.marks import chance_rate

GRADED = 10
"""Of so many drawings, answers with each listed mistake are graded: the grader has to name the mistake."""

SOLVED = 40
"""Of so many drawings the worked solution is rendered too."""

SAID, SAID_SOLVED = 20, 4
"""So many drawings are read in each other language of a template, and of so many the worked solution too."""


def check(template: Template, seeds: int, first: int = 0, strict: bool = False) -> Checked:
    """Return what a number of drawings show about a template; its layout is left to `check_all`."""
    start = time.perf_counter()
    try:
        found = _checked(template, seeds, first, strict)
    except LayerquizError as error:
        found = Checked(template.name, seeds, first, (str(error),))
    return replace(found, seconds=time.perf_counter() - start)


def _checked(template: Template, seeds: int, first: int, strict: bool) -> Checked:
    found = drawn(template, seeds, first)
    also = could_also(template, found.questions)
    again, miscounted = recounted(found.questions)
    facts = _facts(template, found)
    problems = told((*_problems(template, found), *miscounted, *(_unlisted(template, also) if strict else ())))
    return replace(facts, problems=problems, could_also=also, recounted=again)


def _facts(template: Template, found: Drawings) -> Checked:
    questions, network = found.questions, found.questions[0].network
    hard = sorted(difficulty(question) for question in questions)
    asked = [blank.quantity for blank in questions[0].blanks if blank.kind == "number"]
    return Checked(
        name=template.name,
        seeds=len(questions),
        first=found.first,
        attempts=found.attempts,
        rejected=found.rejected,
        distinct=len({question.identity for question in questions}),
        space=counted(template),
        numbers=numbers(questions),
        keys=keys(questions),
        chance={name: chance_rate(network, name) for name in asked},
        difficulty=(hard[0], median(hard), hard[-1]),
        excused=template.excused,
        printed=layout.sheet_of(questions),
    )


def _problems(template: Template, found: Drawings) -> Iterator[Problem]:
    yield from misplaced(template, CHOICES)
    yield from given_away(template)
    if len(found.questions) > 1 and len({question.identity for question in found.questions}) == 1:
        yield Problem(at(template, ("network",)), "every seed gives the same question: let something vary")
    for seed, question in found.seeded(GRADED):
        yield from graded(question, seed)
        yield from undecided(question, seed)
    for place, (seed, question) in enumerate(found.seeded(len(found.questions))):
        yield from broken(question, seed, solved=place < SOLVED)
    yield from translated(template, [*found.seeded(SAID)], SAID_SOLVED)


def _unlisted(template: Template, slugs: Sequence[str]) -> Iterator[Problem]:
    for slug in slugs:
        what = f"{slug} shows in nearly all drawings: list it, or excuse it with a reason"
        yield Problem(at(template, ("tells_apart",)), what)


Readers: TypeAlias = Sequence[tuple[str, Callable[[], Template]]]
"""Templates by name, each with the function that reads it."""


def check_all(readers: Readers, seeds: int, first: int = 0, strict: bool = False) -> list[Checked]:
    """Return what came out for some templates, in their order.

    One that cannot be read does not end the others' checks. They run on as many cores as there are; then a few drawings
    of all are set in one run of TeX, where there is one.
    """
    read = [_read(reader) for _, reader in readers]
    templates = [template for template in read if isinstance(template, Template)]
    results = iter(_with_layout(on_cores(templates, lambda one: check(one, seeds, first, strict)), templates))
    return [
        next(results) if isinstance(found, Template) else Checked(name, seeds, first, (found,))
        for (name, _), found in zip(readers, read, strict=True)
    ]


def _read(reader: Callable[[], Template]) -> Template | str:
    """Return a template, or what is wrong with it."""
    try:
        return reader()
    except TemplateError as error:
        return str(error)


def _with_layout(found: Sequence[Checked], templates: Sequence[Template]) -> list[Checked]:
    """Return the results with what a run of TeX shows of those that could be drawn."""
    why_not = layout.missing()
    places = [place for place, result in enumerate(found) if result.printed is not None]
    sheets = [result.printed for result in found if result.printed is not None]
    faults = {} if why_not else layout.faults(sheets)
    shown = {place: _sticking_out(templates[place], faults.get(number, ())) for number, place in enumerate(places)}
    return [
        replace(
            result,
            printed=None,
            layout="" if place not in shown else why_not or ("does not fit" if shown[place] else "fits"),
            problems=(*result.problems, *shown.get(place, ())),
        )
        for place, result in enumerate(found)
    ]


def _sticking_out(template: Template, faults: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    shown = [(f"{what}: {words.strip()}" if words.strip() else what, words) for what, words in faults]
    return told(Problem(at_words(template, words), what) for what, words in shown)

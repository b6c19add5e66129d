"""A template in its other languages: each says the same drawings, asks for the same blanks, and reads rightly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from layerquiz.check.found import Problem
from layerquiz.check.wording import broken, given_away
from layerquiz.errors import LayerquizError
from layerquiz.exam.question import Question, rebuilt
from layerquiz.exam.template import Template, in_language


def translated(template: Template, drawn: Sequence[tuple[int, Question]], solved: int) -> Iterator[Problem]:
    """Yield what is wrong with a template's translations in some drawings; the first few are looked at solved."""
    for beside in template.beside:
        try:
            said = in_language(template, beside.language)
        except LayerquizError as error:
            yield Problem(error.where or beside.file, " ".join(filter(None, (error.what, error.cure))))
            continue
        yield from given_away(said)
        for place, (seed, question) in enumerate(drawn):
            yield from _drawing(said, question, seed, solved=place < solved)


def _drawing(said: Template, question: Question, seed: int, solved: bool) -> Iterator[Problem]:
    """Yield what is wrong with one drawing in another language."""
    file = said.translation.file if said.translation is not None else said.written.name
    try:
        other = rebuilt(said, question.drawn)
        yield from broken(other, seed, solved)
    except LayerquizError as error:
        yield Problem(error.where or file, error.what, seed)
        return
    for blank, worded in zip(question.blanks, other.blanks, strict=True):
        if blank.listed is None or worded.listed is None:
            continue
        texts = [option.text for option in worded.listed.options if option.step is None]
        if len(set(texts)) < len({option.text for option in blank.listed.options if option.step is None}):
            yield Problem(file, f'two options of "{worded.label}" have the same words', seed)

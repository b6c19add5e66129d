"""Does the sheet say how to count wherever two conventions come to different keys?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from layerquiz.check.found import Problem, at_blank
from layerquiz.errors import LayerquizError
from layerquiz.exam.assumptions import sentences
from layerquiz.exam.question import Question
from layerquiz.network.conventions import NAMED, Conventions
from layerquiz.render.mathtext import in_words

FLAGS = tuple(field.name for field in fields(Conventions) if isinstance(getattr(NAMED["textbook"], field.name), bool))
"""The choices that are yes or no."""

OTHERS = {"bytes_per_number": (2, 4), "optimiser": ("sgd", "adam")}
"""Other choices, each with two values of which one differs from that of a sheet."""

CHOICES = (*FLAGS, *OTHERS)

COMPUTED = ("number", "formula")
"""The kinds of blanks whose key is a quantity of the network."""


def undecided(question: Question, seed: int) -> Iterator[Problem]:
    """Yield the blanks whose key depends on a choice that neither a printed sentence nor the wording's words decide.

    A wording decides by naming whose convention holds, such as Keras'.
    """
    own, text = question.network.conventions, question.text.lower()
    if own.name != "textbook" and own.name in text:
        return
    said = sentences([("1", question)])
    for choice in CHOICES:
        if choice in question.template.excused:
            continue
        for number, key, other in _differing(question, choice, said):
            name = question.blanks[number].quantity
            what = f"nothing that is printed decides about {choice}, on which {name} depends"
            yield Problem(at_blank(question.template, number), what, seed, f"{key} or {other}")


def _differing(question: Question, choice: str, said: tuple[str, ...]) -> Iterator[tuple[int, str, str]]:
    """Yield the blanks with another key under another choice, unless the sheet would say something else then."""
    if not question.computed:
        return
    try:
        network = question.network.under(_other(question.network.conventions, choice))
        keys = [network.value(blank.quantity) for blank in question.blanks if blank.kind in COMPUTED]
    except LayerquizError:
        return
    numbered = [(number, blank) for number, blank in enumerate(question.blanks) if blank.kind in COMPUTED]
    others = [(number, blank, key) for (number, blank), key in zip(numbered, keys, strict=True) if blank.key != key]
    if not others or sentences([("1", replace(question, networks={"": network}))]) != said:
        return
    for number, blank, key in others:
        yield number, in_words(blank.key), in_words(key)


def _other(conventions: Conventions, choice: str) -> Conventions:
    """Return the conventions with one choice turned round."""
    if choice in FLAGS:
        return conventions.flipped(choice)
    one, two = OTHERS[choice]
    changed: dict[str, Any] = {choice: two if getattr(conventions, choice) == one else one}
    return replace(conventions, **changed)

"""Practice: different questions that fit, and what somebody works on at the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from layerquiz.errors import LayerquizError
from layerquiz.exam.choosing import Wanted, fresh, in_turn, minutes, most_drawings
from layerquiz.exam.question import Question
from layerquiz.exam.template import Template

USUAL_NUMBER = 10
MOST_QUESTIONS = 500


def practice_questions(wanted: Wanted, number: int | None, most_minutes: float | None, seed: str) -> list[Question]:
    """Return so many different questions, the easy ones first; with minutes as many as they suffice for.

    Raises `LayerquizError` before anything is drawn where there are not so many, or the minutes are too few for one.
    """
    templates = in_turn(wanted, seed)
    if most_minutes is None:
        _check_number(templates, number or USUAL_NUMBER)
    else:
        _check_minutes(templates, most_minutes)
    most = number or (USUAL_NUMBER if most_minutes is None else MOST_QUESTIONS)
    drawn = list(islice(fresh(templates, seed, set(), most_minutes), most))
    if most_minutes is None and len(drawn) < most:
        raise _too_few(f"only {len(drawn)} different questions were found, not {most}")
    return sorted(drawn, key=lambda question: (question.template.level, question.template.name))


def _check_minutes(templates: Sequence[Template], most_minutes: float) -> None:
    """Refuse a time in which no question can be answered."""
    least = min(map(minutes, templates))
    if least > most_minutes:
        what = f"no question fits into {most_minutes:g} min"
        raise LayerquizError(what, cure=f"The shortest takes {least:g} min", slug="too-few")


def _check_number(templates: Sequence[Template], number: int) -> None:
    """Refuse more questions than there can be, before drawing."""
    counted = [most_drawings(template) for template in templates]
    most = sum(filter(None, counted))
    if None not in counted and number > most:
        raise _too_few(f"{number} questions were asked for, and there are at most {most} different ones")


def _too_few(what: str) -> LayerquizError:
    return LayerquizError(what, cure="Ask for fewer, or for more topics", slug="too-few")

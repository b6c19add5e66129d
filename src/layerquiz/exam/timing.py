"""How long a question takes, roughly: reading it, and working it out on paper."""

from __future__ import annotations

import re

from layerquiz.exam.difficulty import difficulty
from layerquiz.exam.question import Question

WORDS_PER_MINUTE = 119
"""A question is read twice, by adults at 238 words a minute (Brysbaert 2019, Journal of Memory and Language 109)."""

SECONDS_PER_UNIT = 2
"""A unit of difficulty is a sum or a product of two digits: one second to know it, which is what adults take (Campbell
and Xue 2001, Journal of Experimental Psychology: General 130), and another one to write it down."""

SECONDS_PER_POINT = 60
"""Of a question of own text nothing is known but its points: one minute for each, as is the custom of examiners."""

WORD = re.compile(r"[^\W_]+")


def seconds(question: Question) -> int:
    """Return how many seconds a drawn question takes."""
    reading = len(WORD.findall(question.text)) * 60 / WORDS_PER_MINUTE
    if any(blank.by_hand for blank in question.blanks):
        return round(reading + SECONDS_PER_POINT * question.points)
    return round(reading + SECONDS_PER_UNIT * difficulty(question))

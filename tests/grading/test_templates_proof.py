"""For every template, many seeds: right answers are correct in any notation, and each mistake is named."""

from __future__ import annotations

import re

import pytest

from computed import COMPUTED
from grading.notations import NUMBERS, SHAPES
from layerquiz import derive, render
from layerquiz.exam import library
from layerquiz.exam.drawing import draw
from layerquiz.grading.diagnose import diagnose, diagnose_sheet
from layerquiz.grading.story import Story
from layerquiz.network.mistakes import CATALOGUE, mistaken

TEMPLATES = COMPUTED
FEW, ALL = 2, 200
LARGE = 10
"""A question with more blanks than this is a table of a whole network."""
UP_THE_NETWORK = {"keeps-input-channels", "output-channels-cin-times-cout"}
"""Made at several layers in a row these carry channels on where the right formula does not look: a sheet shows it."""
OF_AN_EARLIER_LAYER = {"wrong-neighbour-size"}
"""The name that one answer alone gets where channels are kept from layer to layer: they are the input's sizes too."""

NUMERIC = re.compile(r"(?:floor|ceil|[0-9\s,.*/()+^-])+")


@pytest.fixture(scope="module", params=TEMPLATES)
def questions(request, many):
    """One template's questions: two seeds, and 200 with `--many`."""
    template = library.named(request.param)
    return [draw(template, f"proof-{seed}") for seed in range(FEW if many == 1 else ALL)]


def written(value):
    """A value plainly, as most people write it."""
    return "x".join(map(str, value)) if isinstance(value, tuple) else str(value)


def graded(question, answers):
    """The stories of a sheet, by quantity."""
    return diagnose_sheet(question.network, dict(zip((b.quantity for b in question.blanks), answers, strict=True)))


def test_right_answers_are_correct_in_every_notation(questions):
    """No notation of a right number or a right shape is marked as wrong."""
    for seed, question in enumerate(questions):
        for number, (spelled, shaped) in enumerate(zip(NUMBERS.values(), SHAPES.values(), strict=False)):
            if seed >= FEW and (seed + number) % 5:
                continue  # each of 200 drawings takes two notations, and each notation is written to forty of them
            answers = [shaped(b.key) if isinstance(b.key, tuple) else spelled(b.key) for b in question.blanks]
            stories = graded(question, answers)
            wrong = {story.written: story for story in stories.values() if story.verdict != "correct"}
            assert not wrong, (number, wrong)


def test_the_derivation_with_numbers_put_in_is_correct(questions):
    """The last line of the worked solution, from where its numbers are put in, is a right answer with its working."""
    for question in questions:
        for blank in question.blanks:
            lines = render(derive(question.network, blank.quantity), "text").splitlines()
            line = [line for line in lines if not line.startswith(" ")][-1]
            numbers = [part for part in line.split(" = ") if NUMERIC.fullmatch(part)]
            if isinstance(blank.key, tuple) or not numbers:
                continue
            story = diagnose(question.network, blank.quantity, " = ".join(numbers))
            assert story.verdict == "correct", (line, story)


def sets_of(story: Story):
    """The sets of mistakes that a story names, its rivals included."""
    return [set(slugs) for slugs in (story.mistakes, *story.rivals) if slugs]


def gives(network, slugs, quantity, value):
    """Whether a mistake alone gives this value: then it is a rival in its own right."""
    return len(slugs) > 1 or any((value,) == way for way in mistaken(network, next(iter(slugs)), [quantity]))


def ways_of(question, seed):
    """Each mistake that can be made there, with the values it leads to.

    A table of a whole network has so many that each drawing after the first ones takes an eighth of them.
    """
    names = [blank.quantity for blank in question.blanks]
    for place, slug in enumerate(CATALOGUE):
        if seed >= FEW and len(names) > LARGE and (seed + place) % 8:
            continue
        for values in mistaken(question.network, slug, names):
            if values != tuple(blank.key for blank in question.blanks):
                yield slug, values


def explained(story, slug):
    """Whether a story tells the mistake, or a convention under which the number is right."""
    return any(slug in slugs for slugs in sets_of(story)) or story.verdict == "convention"


def test_each_mistake_is_named_on_a_sheet(questions):
    """A sheet with one mistake made throughout is explained by it, or by rivals that give the same numbers."""
    for seed, question in enumerate(questions):
        keys = {blank.quantity: blank.key for blank in question.blanks}
        for slug, values in ways_of(question, seed):
            stories = graded(question, map(written, values))
            first = {name: story for name, story in stories.items() if story.verdict not in ("correct", "carried")}
            assert first, (slug, values)
            if not any(explained(story, slug) for story in first.values()):
                for name, value in zip(keys, values, strict=True):
                    if name in first:
                        said = sets_of(first[name])
                        assert said, (slug, first[name])
                        assert all(gives(question.network, slugs, name, value) for slugs in said), (slug, said)


def test_each_mistake_is_named_in_one_answer(questions):
    """One mistaken answer alone names the mistake, or the single mistakes that give the same number."""
    for seed, question in enumerate(questions):
        seen = set()
        for slug, values in ways_of(question, seed):
            for blank, value in zip(question.blanks, values, strict=True):
                if value == blank.key or (slug, blank.quantity, value) in seen:
                    continue
                seen.add((slug, blank.quantity, value))
                story = diagnose(question.network, blank.quantity, written(value), rounding=False)
                named, said = explained(story, slug), sets_of(story)
                kept = slug == "keeps-input-channels" and OF_AN_EARLIER_LAYER in said
                others = [slugs for slugs in said if not (kept and slugs == OF_AN_EARLIER_LAYER)]
                rivals = all(gives(question.network, slugs, blank.quantity, value) for slugs in others)
                hidden = slug in UP_THE_NETWORK and not said
                assert named or hidden or (said and rivals), (question.template.name, slug, value, story)

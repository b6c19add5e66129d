"""Choosing what to practise: what fits, in which order, and how many different questions there are."""

from __future__ import annotations

from itertools import islice

import pytest

from layerquiz.errors import TemplateError
from layerquiz.exam import library, template
from layerquiz.exam.choosing import Wanted, fitting, fresh, identity, in_turn, minutes, most_drawings, telling
from layerquiz.exam.drawing import draw
from layerquiz.network.mistakes import CATALOGUE

ALL = list(library.templates().values())

FAULTS = {
    "topic": (Wanted(topic="polling"), 'Did you mean "pooling"?'),
    "level": (Wanted(level=77), "Known: 1, 2"),
    "goal with a misspelt word": (Wanted(goal="baises"), "biases"),
    "goal of nobody": (Wanted(goal="qqqq"), "A part of one is enough"),
    "mistake": (Wanted(mistakes=("forgot-bais",)), 'Did you mean "forgot-bias"?'),
    "goal that another topic has": (Wanted("dense", goal="kernels and strides"), "Without it there are"),
    "mistake that another topic shows": (Wanted("pooling", 1, mistakes=("forgot-bias",)), "Without it there are"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_no_template_has_is_one_message_with_the_nearest(name: str) -> None:
    wanted, said = FAULTS[name]
    with pytest.raises(TemplateError) as error:
        fitting(wanted)
    assert said in str(error.value)


def test_a_mistake_that_no_template_shows_is_told() -> None:
    """The catalogue is larger than what the library's questions show."""
    unshown = next((slug for slug in CATALOGUE if not telling(slug)), None)
    if unshown is None:
        pytest.skip("every mistake is shown by a template")
    with pytest.raises(TemplateError, match=f'no template shows the mistake "{unshown}"'):
        fitting(Wanted(mistakes=(unshown,)))


def test_everything_wanted_holds_for_what_fits() -> None:
    """Topic, level, goal and mistakes together; nothing that has them all is left out."""
    wanted = Wanted("convolution", 1, "COUNT the", ("forgot-bias", "stride-ignored"))
    names = [found.name for found in fitting(wanted)]
    assert names
    assert names == [
        t.name
        for t in ALL
        if "convolution" in t.topics
        and t.level == 1
        and "count" in t.goal.lower()
        and "the" in t.goal.lower()
        and ("forgot-bias" in t.tells_apart or "stride-ignored" in t.tells_apart)
    ]


def test_the_seed_decides_the_order_and_nothing_is_lost() -> None:
    orders = [[found.name for found in in_turn(Wanted(), seed)] for seed in range(5)]
    assert len({tuple(order) for order in orders}) == 5
    assert {tuple(sorted(order)) for order in orders} == {tuple(sorted(found.name for found in ALL))}
    assert orders[3] == [found.name for found in in_turn(Wanted(), 3)]


def test_each_wanted_mistake_comes_early() -> None:
    slugs = ("forgot-bias", "stride-ignored", "rf-is-kernel-size")
    for seed in range(5):
        first = in_turn(Wanted(mistakes=slugs), seed)[:3]
        assert {slug for slug in slugs for found in first if slug in found.tells_apart} == set(slugs)


def test_fresh_questions_are_never_repeated_and_end() -> None:
    """Three layers and two inputs are six questions, however often one asks."""
    text = (
        "---\ntitle: Few\nnetwork:\n  input: {features: {choice: [4, 6]}}\n  layers:\n"
        "    - {kind: dense, name: out, units: {range: [3, 7, 2]}}\nask:\n  - {blank: out.weights}\n---\nHow many?\n"
    )
    few = template.parse(text, "few")
    assert most_drawings(few) == 6
    drawn = [identity(question) for question in fresh([few], 1, set())]
    assert len(drawn) == len(set(drawn)) == 6


def test_minutes_are_never_more_than_there_are() -> None:
    for most in (3, 10.5, 60):
        drawn = list(fresh(in_turn(Wanted(level=1), most), most, set(), most))
        spent = sum(minutes(question.template) for question in drawn)
        assert most - min(minutes(found) for found in ALL if found.level == 1) < spent <= most


@pytest.mark.sampled(3)
@pytest.mark.parametrize("one", ALL, ids=lambda found: found.name)
def test_no_template_has_more_drawings_than_are_counted(one: template.Template) -> None:
    """What is counted without drawing is a bound of what is drawn."""
    most = most_drawings(one)
    drawn = {identity(draw(one, seed)) for seed in range(60)}
    assert most is None or len(drawn) <= most


def test_drawn_bounds_are_not_counted() -> None:
    """A range up to a drawn number, and choices between layers."""
    head = "---\ntitle: T\nnetwork:\n  input: {features: 4}\n  layers:\n"
    foot = "ask:\n  - {blank: out.weights}\n---\nHow many?\n"
    drawn = '    - {kind: dense, name: out, units: {range: [1, "= input.features"]}}\n'
    layers = "    - choice:\n        - {kind: dense, name: out, units: {choice: [2, 3]}}\n"
    other = "        - {kind: dense, name: out, units: {range: [5, 9]}}\n"
    assert most_drawings(template.parse(head + drawn + foot, "x")) is None
    assert most_drawings(template.parse(head + layers + other + foot, "x")) == 7


def test_islice_of_fresh_is_the_same_for_the_same_seed() -> None:
    first, again = ([identity(q) for q in islice(fresh(in_turn(Wanted(), 9), 9, set()), 6)] for _ in range(2))
    assert first == again

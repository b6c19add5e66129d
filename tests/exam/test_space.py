"""How many questions a template has: against nested loops, and against how often drawings repeat."""

from __future__ import annotations

import json
from collections import Counter
from itertools import product

import pytest

from layerquiz.data import folder
from layerquiz.exam import counted, library, template
from layerquiz.exam.difficulty import usual
from layerquiz.exam.drawing import draw
from layerquiz.exam.recorded import FILE, recorded
from layerquiz.exam.space import Space, space


def conv(filters="{choice: [8, 16]}", kernel="{choice: [3, 5]}", more=""):
    """Return a template of one convolution."""
    return template.parse(
        "---\ntitle: T\nnetwork:\n  input: {channels: {choice: [1, 2, 3]}, height: {range: [10, 30, 2]}, width: 12}\n"
        f"  layers:\n    - {{kind: conv2d, name: conv, filters: {filters}, kernel: {kernel}}}\n{more}"
        "ask: [{blank: conv.parameters}]\n---\nHow many?",
        "own",
    )


def test_independent_draws_multiply():
    """3 channels, 11 heights, 2 numbers of filters, 2 kernels; nothing is required."""
    assert space(conv()) == Space(3 * 11 * 2 * 2, exact=True)
    assert str(space(conv())) == "132"


def test_an_option_that_stands_twice_is_one_question():
    """What is counted are questions, not ways to draw them."""
    few = template.parse(
        "---\ntitle: T\nnetwork:\n  input: {features: {choice: [4, 4, 5]}}\n"
        "  layers: [{kind: dense, name: d, units: {choice: [2, 3]}}]\nask: [{blank: d.weights}]\n---\nHow many?",
        "own",
    )
    assert space(few) == Space(4, exact=True)


def test_what_is_required_is_counted_one_by_one_where_there_is_little():
    """Draws that depend on each other, and a condition, against two loops."""
    few = template.parse(
        "---\ntitle: T\nlet:\n  a: {range: [1, 6]}\n  b: {range: [1, '= a']}\nrequire: ['(a + b) % 3 != 0']\n"
        "network:\n  input: {features: '= a'}\n  layers: [{kind: dense, name: d, units: '= b'}]\n"
        "ask: [{blank: d.weights}]\n---\nHow many?",
        "own",
    )
    expected = sum(1 for a in range(1, 7) for b in range(1, a + 1) if (a + b) % 3)
    assert space(few) == Space(expected, exact=True)


def test_a_condition_on_many_is_estimated():
    """The share of heights that are used is about a half; the estimate says that it is one."""
    found = space(conv(more="require: ['input.height % 4 == 0']\n"))
    right = sum(1 for _, height, _, _ in product(range(3), range(10, 31, 2), range(2), range(2)) if height % 4 == 0)
    assert not found.exact
    assert abs(found.distinct - right) < 0.25 * right  # one digit is told
    assert str(found).startswith("about ")


@pytest.mark.parametrize("name", ["conv-parameters", "conv-macs", "receptive-field"])
def test_the_estimate_agrees_with_repeats(name):
    """Of n drawings from a space of s, about n(n - 1) / 2s pairs are equal: the birthday estimate."""
    read = library.named(name)
    drawings = 2500
    counts = Counter(draw(read, seed).identity for seed in range(drawings))
    pairs = sum(count * (count - 1) // 2 for count in counts.values())
    birthday = drawings * (drawings - 1) / 2 / pairs
    assert 0.6 < space(read).distinct / birthday < 1.6


def test_the_number_is_the_same_on_every_call():
    read = library.named("conv-macs")
    first = space(read)
    space.cache_clear()
    assert space(read) == first


@pytest.mark.parametrize("name", ["dense-parameters", "own"])
def test_every_question_is_drawn_about_equally_often(name):
    """Drawing is by rejection, so no question is likelier: chi-square over thousands of draws, p > 0.001."""
    read = conv(more="tells_apart: [forgot-bias, one-bias-per-layer]\n") if name == "own" else library.named(name)
    cells = space(read, few=500).distinct
    draws = 40 * cells
    counts = Counter(draw(read, seed).identity for seed in range(draws))
    assert len(counts) == cells
    squares = sum((count - 40) ** 2 / 40 for count in counts.values())
    freedom = cells - 1
    assert squares < freedom * (1 - 2 / (9 * freedom) + 3.09 * (2 / (9 * freedom)) ** 0.5) ** 3  # Wilson and Hilferty


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", library.templates())
def test_what_is_written_down_is_what_is_counted(name):
    """The list of templates reads its numbers from a file: none is another than counting gives today."""
    read = library.named(name)
    there = json.loads((folder("question_templates") / FILE).read_text(encoding="utf-8"))
    assert there[name] == json.loads(json.dumps(counted.entry(read))), "out of date: run `make spaces`"
    assert recorded(read) == there[name], "out of date: run `make spaces`"


def test_only_templates_of_the_library_are_written_down():
    """A number of a template that is gone would be read by nobody."""
    there = json.loads((folder("question_templates") / FILE).read_text(encoding="utf-8"))
    assert list(there) == list(library.templates())


def test_other_conventions_have_a_median_of_their_own():
    """With two bias vectors there is more to add: what is written down is of the usual conventions alone."""
    read = library.named("lstm-parameters")
    assert usual(read).median == recorded(read)["median"]
    assert usual(read, {"two_recurrent_biases": True}).median != recorded(read)["median"]


def test_another_text_is_counted_anew():
    """A template that was changed has no number in the file, whatever its name is."""
    right = library.named("dense-parameters")
    fewer = template.parse(right.text.replace("choice: [10, 64, ", "choice: ["), right.name)
    assert counted.counted(right) == Space(6 * 7 - 1, exact=True)  # 256 units on 256 features is not asked
    assert counted.counted(fewer) == Space(6 * 5 - 1, exact=True)

"""Blanks whose answers are listed: options, statements, and solutions with a planted mistake."""

from __future__ import annotations

from collections import Counter

import pytest

from layerquiz.errors import TemplateError
from layerquiz.exam import library, template
from layerquiz.exam.drawing import draw
from layerquiz.exam.forms.error import planted_in
from layerquiz.exam.question import Question, rebuilt
from layerquiz.grading.diagnose import diagnose

SEEDS = range(60)
LISTED = [name for name, found in library.templates().items() if any(asked.form for asked in found.asked)]
OF_MISTAKES = [name for name in LISTED if any(asked.form and asked.form.told for asked in library.named(name).asked)]
WRONG_LINES = [name for name, found in library.templates().items() if found.kind == "find-error"]

PICK = """---
title: Pick
kind: choice
network:
  input: {channels: 3, height: {range: [10, 40]}, width: 20}
  layers:
    - {kind: conv2d, name: conv, filters: 8, kernel: 3}
ask:
  - pick: Which?
    options:
      - {text: higher, when: input.height > 20}
      - {text: not higher, when: input.height <= 20}
---
What is {{ input.height }}?
"""


def drawn(name: str) -> list[Question]:
    return [draw(library.named(name), seed) for seed in SEEDS]


@pytest.mark.parametrize("name", LISTED)
def test_what_was_drawn_makes_the_same_question_again(name: str) -> None:
    """A sealed paper has the options in the order in which they were printed."""
    for question in drawn(name)[:10]:
        again = rebuilt(question.template, question.drawn)
        assert again.blanks == question.blanks
        assert again.text == question.text


@pytest.mark.parametrize("name", OF_MISTAKES)
def test_wrong_options_are_what_mistakes_give(name: str) -> None:
    """Options are all different, one is the key, and each other one is what a mistake makes of the quantity."""
    for question in drawn(name):
        for asked, blank in zip(question.template.asked, question.blanks, strict=True):
            if asked.form is None or asked.form.told is None:
                continue
            texts = [option.text for option in blank.listed.options]
            assert len(set(texts)) == len(texts)
            wrong = {option.letter for option in blank.listed.options} - set(blank.listed.right)
            assert set(blank.listed.explained) == wrong
            for option in blank.listed.options:
                story = diagnose(question.network, asked.form.told, option.text)
                named = {tuple(story.mistakes), *map(tuple, story.rivals)}
                assert named & set(blank.listed.explained.get(option.letter, ())) or option.letter == blank.key


@pytest.mark.parametrize("name", LISTED)
def test_no_place_is_right_more_often(name: str) -> None:
    """The right option stands at each place about as often as at any other, where options are shuffled."""
    for place, asked in enumerate(library.named(name).asked):
        if asked.form is None or not getattr(asked.form, "shuffle", asked.form.told is not None):
            continue
        found = [draw(library.named(name), seed).blanks[place].listed for seed in range(200)]
        counts = Counter(letter for listed in found for letter in listed.right[0])
        expected = sum(counts.values()) / len(found[0].options)
        chi_square = sum((counts[option.letter] - expected) ** 2 / expected for option in found[0].options)
        assert chi_square < 25, counts  # 99.99 % of fair draws among five options stay below


def test_a_pick_is_right_where_its_comparison_holds() -> None:
    """The key follows the drawn height, which no other part of the form looks at."""
    read = template.parse(PICK, "pick")
    seen = set()
    for seed in SEEDS:
        question = draw(read, seed)
        (blank,) = question.blanks
        said = {option.letter: option.text for option in blank.listed.options}[blank.key]
        assert said == ("higher" if question.drawn["network"]["input"]["height"] > 20 else "not higher")
        seen.add(said)
    assert len(seen) == 2


@pytest.mark.parametrize("name", WRONG_LINES)
def test_lines_before_the_first_wrong_one_are_right(name: str) -> None:
    """Each line up to the asked one has the value of the network; the asked one has another, and is worth the key."""
    for question in drawn(name):
        line, value = question.blanks[:2]
        quantity = question.template.asked[0].form.quantity
        planted = planted_in(question.network, quantity, question.drawn["forms"][0])
        right = [question.network.values[step.quantity.owner][step.quantity.name] for step in planted.lines]
        wrong = [step.value != other for step, other in zip(planted.lines, right, strict=True)]
        assert wrong.index(True) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(line.key)
        assert value.key == right[wrong.index(True)]
        assert wrong[-1], "the mistake shows in the result"


FAULTS = {
    "another kind": ("kind: choice", "kind: number", "line 9", "cannot ask for this"),
    "no comparison": ("when: input.height > 20", "when: input.height + 20", "line 11", "no comparison"),
    "unknown name": ("when: input.height > 20", "when: input.hight > 20", "line 11", "input.height"),
    "unknown mistake": (
        "when: input.height > 20",
        "when: input.height > 20, mistake: forgot-bia",
        "line 11",
        "forgot-bias",
    ),
    "unknown key": ("text: higher,", "txt: higher,", "line 11", "text"),
    "one option": ("      - {text: not higher, when: input.height <= 20}\n", "", "line", "options"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_one_error_with_its_line(name: str) -> None:
    """What an author gets wrong in a form is told with its line and what to write instead."""
    old, new, place, said = FAULTS[name]
    assert old in PICK
    with pytest.raises(TemplateError) as error:
        draw(template.parse(PICK.replace(old, new, 1), "pick"), 0)
    assert place in str(error.value)
    assert said in str(error.value)


def test_a_pick_that_is_never_decided_says_so() -> None:
    """Two options that hold together are no question with one right answer."""
    text = PICK.replace("input.height <= 20", "input.height > 5")
    with pytest.raises(TemplateError, match="2 right options"):
        draw(template.parse(text.replace("range: [10, 40]", "range: [30, 40]"), "pick"), 0)

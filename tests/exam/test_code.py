"""Questions about code: what the wording shows, what is left open, and what is told where it cannot be."""

from __future__ import annotations

from collections import Counter

import pytest

from layerquiz.errors import TemplateError
from layerquiz.exam import template
from layerquiz.exam.drawing import draw
from layerquiz.exam.question import rebuilt
from layerquiz.grading.diagnose import diagnose_sheet

OPEN = """---
title: Complete the code
kind: code
conventions: pytorch
network:
  input: {channels: 3, height: {range: [28, 64, 2]}, width: "= height"}
  layers:
    - {kind: conv2d, name: conv, filters: {choice: [16, 24]}, kernel: {choice: [3, 5]}}
    - {kind: batchnorm, name: norm}
    - {kind: activation, function: relu}
    - {kind: conv2d, name: second, filters: 8, kernel: 3}
    - {kind: flatten}
    - {kind: dense, name: hidden, units: 32}
    - {kind: batchnorm, name: last_norm}
    - {kind: dense, name: out, units: 10}
hide: [second.in_channels, hidden.in_features, last_norm.num_features]
ask:
  - {blank: total.parameters}
---
What is missing?

{{ code.pytorch }}
"""


def asked(text: str, seed: int = 1):
    """Return one drawing of a template."""
    return draw(template.parse(text, "x"), seed)


def test_what_is_left_open_is_asked() -> None:
    """Each argument has a letter in the code; its blank is the size that it declares, in front of other blanks."""
    question = asked(OPEN)
    names = [blank.quantity for blank in question.blanks]
    assert names == ["activation_1.channels", "flatten_1.features", "hidden.features", "total.parameters"]
    assert [blank.label for blank in question.blanks][:2] == [
        "A: `in_channels` of `second`",
        "B: `in_features` of `hidden`",
    ]
    for line in ("nn.Conv2d(__A__, 8, kernel_size=3)", "nn.Linear(__B__, 32)", "nn.BatchNorm1d(__C__)"):
        assert line in question.text
    assert question.text.count("__") == 6
    assert str(question.blanks[1].key) not in question.text


def test_one_argument_has_no_letter() -> None:
    """A single gap is just a gap."""
    question = asked(
        OPEN.replace(
            "hide: [second.in_channels, hidden.in_features, last_norm.num_features]", "hide: [out.in_features]"
        )
    )
    assert "nn.Linear(__, 10)" in question.text
    assert question.blanks[0].label == "`in_features` of `out`"
    assert question.blanks[0].key == 32


def test_the_code_is_that_of_the_rebuilt_question() -> None:
    """A sealed exam prints the same code again."""
    question = asked(OPEN)
    assert rebuilt(question.template, question.drawn).text == question.text


def test_a_mistake_at_a_gap_is_told() -> None:
    """Whoever leaves the channels out of a flatten is told so, and what follows from it is carried."""
    question = asked(OPEN)
    network = question.network
    wrong = network.value("second.height") * network.value("second.width")
    story = diagnose_sheet(network, {"flatten_1.features": str(wrong)})["flatten_1.features"]
    assert ["flatten-without-channels"] in [list(slugs) for slugs in (story.mistakes, *story.rivals)]


def test_both_frameworks_can_be_shown() -> None:
    """A wording may show a network twice; without gaps any kind of question may show it."""
    text = OPEN[: OPEN.index("hide:")] + OPEN[OPEN.index("ask:") :]
    question = asked(text.replace("kind: code\n", "") + "\n{{ code.keras }}\n")
    assert "nn.Conv2d(3, " in question.text
    assert 'layers.Dense(10, name="out"),' in question.text


FAULTS = {
    "unknown layer": ("second.in_channels", "secnd.in_channels", "line 16", 'Did you mean "second"?'),
    "unknown argument": ("second.in_channels", "second.in_chanels", "line 16", 'Did you mean "in_channels"?'),
    "argument of another layer": ("second.in_channels", "second.in_features", "line 16", "has no features"),
    "not right behind": ("last_norm.num_features]", "norm.num_channels]", "line 22", "has no num_channels"),
    "Keras declares nothing": ("{{ code.pytorch }}", "{{ code.keras }}", "line 22", "Keras code"),
    "unknown framework": ("{{ code.pytorch }}", "{{ code.pytorh }}", "line 22", 'Did you mean "pytorch"?'),
    "no code": ("{{ code.pytorch }}", "no code", "line 3", "shows no code"),
    "another kind": ("kind: code", "kind: number", "line 16", "Write kind: code"),
    "not in the framework": (
        "{kind: activation, function: relu}",
        "{kind: convlstm1d, filters: 2, kernel: 1}",
        "line 22",
        'layer "convlstm1d_1" (convlstm1d): it cannot be written in PyTorch',
    ),
    "asked twice": ("total.parameters", "hidden.features", "line 17", "twice"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_one_error_with_its_place(name: str) -> None:
    """What cannot be shown or left open is told with its line."""
    old, new, place, said = FAULTS[name]
    assert old in OPEN
    with pytest.raises(TemplateError) as error:
        asked(OPEN.replace(old, new))
    assert place in str(error.value)
    assert said in str(error.value)


FAILS = """---
title: Which layer fails?
kind: find-error
conventions: pytorch
network:
  input: {channels: 3, height: {range: [28, 64, 2]}, width: "= height"}
  layers:
    - {kind: conv2d, name: conv, filters: {choice: [16, 24]}, kernel: {choice: [3, 5]}}
    - {kind: conv2d, name: second, filters: 8, kernel: 3}
    - {kind: flatten, name: flat}
    - {kind: dense, name: out, units: 10}
ask:
  - {fails: code.pytorch, plant: [flatten-without-channels, keeps-input-channels]}
---
Does it run?

{{ code.pytorch }}
"""


def test_code_may_run_or_fail() -> None:
    """Each layer that declares a size, and none, is right about as often; the number that is shown is the mistake's."""
    seen = Counter()
    for seed in range(90):
        question = asked(FAILS, seed)
        (blank,) = question.blanks
        texts = {option.letter: option.text for option in blank.listed.options}
        seen[texts[blank.key]] += 1
        planted = question.drawn["forms"][0]
        if planted:
            number, right = planted["number"], question.network.value(planted["declares"])
            assert number != right
            assert number == 3 or planted["layer"] == "out"
            if planted["mistake"] == "flatten-without-channels":
                assert right % number == 0, "some sizes of the image, not all"
            assert f"({number}, " in question.text
    assert set(seen) == {"`second`", "`out`", "none: it runs"}
    assert min(seen.values()) > 15


def test_a_failing_layer_has_a_number() -> None:
    """Where the number is asked for too, some layer fails; who writes the planted number made its mistake."""
    text = FAILS.replace("keeps-input-channels]}", "keeps-input-channels], value_points: 2}")
    question = asked(text)
    layer, number = question.blanks
    planted = question.drawn["forms"][0]
    assert "none: it runs" not in [option.text for option in layer.listed.options]
    assert number.key == question.network.value(planted["declares"])
    assert (planted["mistake"],) in number.listed.explained[planted["number"]]
    assert rebuilt(question.template, question.drawn).text == question.text


def test_who_overlooks_a_planted_number_is_told() -> None:
    """To say that wrong code runs is the mistake that was planted."""
    question = next(found for found in (asked(FAILS, seed) for seed in range(20)) if found.drawn["forms"][0])
    (blank,) = question.blanks
    runs = next(option.letter for option in blank.listed.options if option.text == "none: it runs")
    assert blank.listed.explained == {runs: ((question.drawn["forms"][0]["mistake"],),)}

"""Quantities in letters: their letters, their formulas, and the numbers at which formulas are compared."""

from __future__ import annotations

import pytest

from layerquiz.errors import LayerquizError, TemplateError
from layerquiz.exam import library, template
from layerquiz.exam.domain import POINTS, domain, mistaken_formulas
from layerquiz.exam.drawing import draw
from layerquiz.exam.letters import legend, lettered
from layerquiz.formula.inlined import column
from layerquiz.network.mistakes import CATALOGUE
from layerquiz.network.network import Network

CONV = {"kind": "conv2d", "name": "conv", "filters": 16, "kernel": 3, "stride": 2, "padding": 1}
IMAGE = {"channels": 8, "height": 33, "width": 41}


def network(*layers, **sizes):
    return Network.parse({"input": sizes or IMAGE, "layers": list(layers)})


RIGHT = {
    "weights": (CONV, "conv.weights", "K^2 * C_in * C_out"),
    "parameters": (CONV, "conv.parameters", "K^2*C_in*C_out + C_out"),
    "without bias": ({**CONV, "bias": False}, "conv.parameters", "K^2 * C_in * C_out"),
    "axes that differ": ({**CONV, "kernel": [3, 5]}, "conv.weights", "K_H * K_W * C_in * C_out"),
    "size": (CONV, "conv.height", "floor((H - K + 2P) / S) + 1"),
    "no stride, no padding": ({**CONV, "stride": 1, "padding": 0}, "conv.height", "H - K + 1"),
    "same": ({**CONV, "padding": "same"}, "conv.width", "ceil(W / S)"),
    "groups": ({**CONV, "groups": 4}, "conv.weights", "K^2 * (C_in / g) * C_out"),
    "one number for two axes": (CONV, "conv.receptive_field", "r + (K - 1)*j"),
    "scale and shift": ({"kind": "batchnorm", "name": "conv"}, "conv.parameters", "2C_in"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_formula_of_a_layer(name):
    """A quantity is one formula in the layer's keys and the sizes of its input; keys that say nothing are left out."""
    layer, quantity, text = RIGHT[name]
    found = lettered(network(layer), quantity)
    assert found.written(found.right).text == text


def test_letters_may_be_chosen_over_several_layers():
    """What is not chosen is a number; two layers' equal letters carry the layers' names."""
    pool = {"kind": "maxpool2d", "name": "pool", "kernel": 3, "stride": 3}
    found = lettered(network(CONV, pool), "pool.height", ["input.height", "conv.kernel", "pool.kernel"])
    text = "floor((floor((H - K_conv + 2) / 2) + 1 - K_pool) / 3) + 1"
    assert found.written(found.right).text == text
    assert legend(found.varying).startswith(r"$H$ input height, $K_{\text{conv}}$ kernel size")


def test_a_layer_behind_others_is_asked_in_its_own_letters():
    """The formulas of the layers before do not matter: what they give is the letter of an input."""
    found = lettered(network(CONV, {**CONV, "name": "next"}), "next.weights")
    assert found.written(found.right).text == "K^2 * C_in * C_out"


def test_all_points_are_networks_that_can_be():
    """Each point is recounted: no size is below 1, and what follows from the letters does."""
    for point in domain(network(CONV), "conv.height").points:
        room = point["H"] - point["K"] + 2 * point["P"]
        assert room >= 0
        assert point["W"] - point["K"] + 2 * point["P"] >= 0
        assert point["W_out"] == (point["W"] - point["K"] + 2 * point["P"]) // point["S"] + 1


def test_points_are_many_small_first_and_always_the_same():
    """A formula is compared at 200 points, the readable ones first, and every machine draws the same."""
    asked = domain(network({**CONV, "groups": 4}), "conv.weights")
    largest = [max(point[letter.sign] for letter in asked.lettered.varying) for point in asked.points]
    assert len(asked.points) == POINTS
    assert largest == sorted(largest)
    assert all(point["C_in"] % point["g"] == 0 == point["C_out"] % point["g"] for point in asked.points)
    again = type(asked)(asked.lettered)
    assert again.points == asked.points


def test_points_do_not_depend_on_the_drawn_numbers():
    """Drawings of one structure share their points, so that the work is done once."""
    other = network({**CONV, "kernel": 5, "filters": 99}, channels=4, height=30, width=30)
    assert domain(network(CONV), "conv.weights") is domain(other, "conv.weights")


def test_frozen_points():
    """The first points are these, on every Python: they are drawn with bits alone."""
    points = domain(network(CONV), "conv.weights").points
    assert [[point[sign] for sign in ("K", "C_in", "C_out", "H", "W")] for point in points[:2]] == FROZEN


FROZEN = [[7, 2, 9, 7, 8], [4, 9, 1, 8, 7]]


@pytest.mark.parametrize("name", ["conv.shape", "input.channels", "conv.kernel"])
def test_what_has_no_formula_is_an_error(name):
    """A shape is several formulas, and what is given has none."""
    with pytest.raises(LayerquizError) as error:
        lettered(network(CONV), name)
    assert error.value.slug in ("no-single-formula", "no-formula")


def test_a_letter_for_what_follows_is_an_error():
    """Only what the network states can vary."""
    with pytest.raises(TemplateError) as error:
        lettered(network(CONV), "conv.parameters", ["conv.weights"])
    assert error.value.slug == "no-letter"


LETTERED = [name for name, read in library.templates().items() if read.kind == "formula"]


@pytest.mark.parametrize("name", LETTERED)
def test_template_tells_its_formulas_apart(name):
    """Each listed mistake gives another formula than the key and than every other one, at some point."""
    read = library.named(name)
    for seed in range(20):
        question = draw(read, seed)
        asked = [domain(question.network, blank.quantity, read.letters) for blank in question.blanks]
        seen = {tuple(tuple(place.column) for place in asked)}
        for slug in read.tells_apart:
            columns = {
                tuple(tuple(column(f, place.points)) for f, place in zip(formulas, asked, strict=True))
                for formulas in mistaken_formulas(question.network, slug, asked)
            }
            assert columns, (seed, slug)
            assert not columns & seen, (seed, slug)
            seen |= columns


def test_inputs_that_meet_are_drawn_alike():
    """Of a concatenation the heights are equal and the channels are not."""
    both = network(
        CONV, {**CONV, "name": "other", "from": "input"}, {"kind": "concat", "name": "all", "from": ["conv", "other"]}
    )
    asked = domain(both, "all.channels")
    assert asked.lettered.written(asked.right).text == "C_in,conv + C_in,other"
    assert all(point["H_conv"] == point["H_other"] for point in asked.points)
    assert len({point["C_in,conv"] - point["C_in,other"] for point in asked.points}) > 5


def test_points_of_numbers_that_must_be_divided():
    """Where 32 groups are a number, the channels are drawn so that they can be divided."""
    grouped = network({**CONV, "filters": 64, "groups": 32}, channels=32, height=33, width=41)
    points = domain(grouped, "conv.weights", ["input.channels", "conv.filters"]).points
    assert len(points) > 50
    assert all(point["C_in"] % 32 == 0 == point["C_out"] % 32 for point in points)


def test_a_mistake_that_the_numbers_hide_shows_in_letters():
    """With 3 filters of 3 input channels a bias per input channel is hidden in numbers, not in letters."""
    same = network({**CONV, "filters": 8})
    asked = [domain(same, "conv.parameters")]
    assert mistaken_formulas(same, "bias-per-input-channel", asked)


TEXT = """---
title: In letters
kind: formula
network:
  input: {channels: 3, height: 20, width: 20}
  layers: [{kind: conv2d, name: conv, filters: 4, kernel: 3}]
letters: [input.channels, conv.kernle]
ask: [{blank: conv.parameters}]
---
How many? {{ letters }}
"""


def test_a_misspelt_letter_is_an_error_with_its_line():
    """The author sees the line of `letters` and the nearest spelling."""
    with pytest.raises(TemplateError) as error:
        draw(template.parse(TEXT, "letters"), 1)
    assert "line 7" in str(error.value)
    assert "conv.kernel" in str(error.value)


def test_the_legend_is_made_from_the_glossary():
    """A wording that prints the letters gets no second legend behind it."""
    question = draw(template.parse(TEXT.replace("kernle", "kernel"), "letters"), 1)
    assert question.text == r"How many? $C_{\text{in}}$ input channels, $K$ kernel size"
    assert question.blanks[0].formula.text == "K^2*C_in*4 + 4"
    assert question.blanks[0].kind == "formula"


def test_every_mistake_keeps_its_name_in_the_catalogue():
    """The formulas of mistakes carry slugs of the catalogue."""
    asked = domain(network(CONV), "conv.macs")
    assert {slug for wrong in (*asked.singles, *asked.pairs) for slug in wrong.slugs} <= set(CATALOGUE)

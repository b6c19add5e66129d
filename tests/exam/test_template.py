"""Template files: every fault is one error with file, line, key and the nearest spelling."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layerquiz.errors import LayerquizError, TemplateError
from layerquiz.exam import template
from layerquiz.exam.drawing import draw
from layerquiz.exam.question import rebuilt

OF_THE_DESIGN = """---
title: Parameters of a convolution layer, with and without bias
kind: number
topics: [convolution, parameters]
level: 1
network:
  input: {channels: {choice: [64, 128, 256]}, height: {range: [20, 120, 4]}, width: "= height"}
  layers:
    - {kind: conv2d, name: conv, filters: {choice: [96, 160, 256, 512]}, kernel: {choice: [3, 5]}, padding: same}
ask:
  - {blank: conv.weights, label: without bias, points: 1}
  - {blank: conv.parameters, label: with bias, points: 1}
tells_apart: [forgot-input-channels, one-bias-per-layer, bias-on-input-side, bias-per-input-channel]
---
A convolution layer takes an input of size {{ input.shape }} and gives {{ conv.shape }}; its kernel is
{{ conv.kernel }}. How many parameters does it have?
"""

PLAIN = """---
title: Plain
let:
  k: {choice: [3, 5]}
network:
  input: {channels: 3, height: {range: [20, 29]}, width: "= height"}
  layers:
    - {kind: conv2d, name: conv, filters: 8, kernel: "= k"}
    - {kind: dense, name: out, units: "= conv.height * 2 + input.channels"}
require: [conv.height > 10]
ask:
  - {blank: conv.height}
---
How high is it, {{ k }}?
"""

FAULTS = {
    "unknown key": ("title: Plain", "titel: Plain", "line 2", 'Did you mean "title"?'),
    "missing key": ("title: Plain\n", "", "x.md", 'the key "title" is missing'),
    "unknown key of a blank": ("{blank: conv.height}", "{blnk: conv.height}", "line 12", 'Did you mean "blank"?'),
    "wrong type": ("title: Plain", "title: Plain\nlevel: easy", "line 3", "whole number from 1 to 5"),
    "unknown kind of question": ("title: Plain", "title: Plain\nkind: nunber", "line 3", "nunber"),
    "letters of a number": ("title: Plain", "title: Plain\nletters: [conv.kernel]", "line 3", "kind: formula"),
    "several networks": ("title: Plain", "title: Plain\nnetworks: {}", "line 3", "has no networks"),
    "doubled key": ("title: Plain", "title: Plain\ntitle: Again", "line 3", "stands twice"),
    "no YAML": ("title: Plain", "title: [", "line", "not readable as YAML"),
    "misspelt draw": ("{choice: [3, 5]}", "{chioce: [3, 5]}", "line 4", 'Did you mean "choice"?'),
    "two draws in one": ("{choice: [3, 5]}", "{choice: [3, 5], range: [1, 2]}", "line 4", "one key"),
    "no options": ("{choice: [3, 5]}", "{choice: []}", "line 4", "1 to 1000 options"),
    "range of one": ("{range: [20, 29]}", "{range: [20]}", "line 6", "[first, last]"),
    "empty range": ("{range: [20, 29]}", "{range: [29, 20]}", "line 6", "is empty"),
    "range of words": ("{range: [20, 29]}", "{range: [20.5, 29]}", "line 6", "no whole number"),
    "bad expression": ('"= k"', '"= k +"', "line 8", "too early"),
    "unknown name in an expression": ('"= k"', '"= kk"', "line 8", 'Did you mean "k"?'),
    "unknown key in an expression": (
        '"= conv.height * 2',
        '"= conv.hieght * 2',
        "line 9",
        'Did you mean "conv.height"?',
    ),
    "name below": ('"= k"', '"= out.units"', "line 8", 'there is no "out.units" here'),
    "no comparison": ("[conv.height > 10]", "[conv.height]", "line 10", "is no comparison"),
    "unknown name in require": ("[conv.height > 10]", "[cnv.height > 10]", "line 10", "cnv.height"),
    "unknown kind of layer": ("kind: conv2d", "kind: conv2e", "line 8", 'Did you mean "conv2d"?'),
    "unknown key of a layer": ("filters: 8", "filter: 8", "line 8", 'Did you mean "filters"?'),
    "conventions inside": ("  input: {", "  conventions: keras\n  input: {", "line 6", "beside the network"),
    "unknown conventions": ("title: Plain", "title: Plain\nconventions: kears", "line 3", 'Did you mean "keras"?'),
    "no layers": ("network:", "network: {}\nn:", "line", ""),
    "unknown quantity": ("blank: conv.height", "blank: conv.hight", "line 12", 'Did you mean "conv.height"?'),
    "unknown layer asked": ("blank: conv.height", "blank: conw.height", "line 12", 'Did you mean "conv.height"?'),
    "asked twice": (
        "  - {blank: conv.height}",
        "  - {blank: conv.height}\n  - {blank: conv.height}",
        "line 11",
        "twice",
    ),
    "nothing asked": ("ask:\n  - {blank: conv.height}\n", "", "x.md", "nothing is asked"),
    "no points": ("{blank: conv.height}", "{blank: conv.height, points: 0}", "line 12", "0.01"),
    "unit of bytes": ("{blank: conv.height}", "{blank: conv.height, unit: MB}", "line 12", "Leave the unit out"),
    "unknown mistake": ("ask:", "tells_apart: [forgot-plus-two]\nask:", "line 11", 'Did you mean "forgot-plus-one"?'),
    "unknown name in the wording": ("{{ k }}", "{{ kk }}", "line 14", 'Did you mean "k"?'),
    "unknown name in a label": ("{blank: conv.height}", "{blank: conv.height, label: 'a {{ kk }}'}", "line 12", "kk"),
    "no wording": ("How high is it, {{ k }}?", "", "x.md", "wording is empty"),
    "no front matter": ("---\ntitle", "title", "x.md", "front matter"),
    "name of let": ("  k: {", "  input: {", "line 4", "cannot be a name"),
    "let above a layer": ("  k: {", "  conv: {", "line", ""),
    "huge number": ("filters: 8", "filters: 10000000000000000000", "line 8", "Allowed"),
    "text for a list": ("[conv.height > 10]", "conv.height > 10", "line 10", "a list"),
    "layer is no mapping": ("    - {kind: dense", "    - conv\n    - {kind: dense", "line 9", "a layer is a mapping"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_one_error_with_its_place(name):
    old, new, place, said = FAULTS[name]
    assert old in PLAIN
    with pytest.raises(TemplateError) as error:
        draw(template.parse(PLAIN.replace(old, new), "x"), 1)
    assert str(error.value).startswith("x.md")
    assert place in str(error.value)
    assert said in str(error.value)


def test_the_design_s_example_draws():
    read = template.parse(OF_THE_DESIGN, "conv")
    question = draw(read, 7)
    layer = question.drawn["network"]["layers"][0]
    channels = question.drawn["network"]["input"]["channels"]
    weights = layer["kernel"] ** 2 * channels * layer["filters"]
    assert [blank.key for blank in question.blanks] == [weights, weights + layer["filters"]]
    assert [blank.label for blank in question.blanks] == ["without bias", "with bias"]
    assert question.points == 2


def test_names_refer_to_let_keys_and_quantities():
    """`k` of let, `height` beside, `input.channels` a key, `conv.height` a quantity of the layers so far."""
    question = draw(template.parse(PLAIN, "x"), 3)
    network = question.drawn["network"]
    assert network["layers"][0]["kernel"] == question.drawn["let"]["k"]
    assert network["input"]["width"] == network["input"]["height"]
    assert network["layers"][1]["units"] == (network["input"]["height"] - question.drawn["let"]["k"] + 1) * 2 + 3


def test_conditions_that_fail_are_counted():
    """A template that never finds a drawing says which condition fails how often."""
    text = PLAIN.replace("[conv.height > 10]", "[k == 3, conv.height > 100]")
    with pytest.raises(TemplateError) as error:
        draw(template.parse(text, "x"), 1)
    said = str(error.value)
    assert "no drawing was found in 200 attempts" in said
    assert 'require "k == 3" did not hold: ' in said
    assert 'require "conv.height > 100" did not hold: ' in said


def test_networks_that_cannot_be_are_drawn_again():
    text = PLAIN.replace("{choice: [3, 5]}", "{choice: [3, 30]}")
    assert all(draw(template.parse(text, "x"), seed).drawn["let"]["k"] == 3 for seed in range(20))
    with pytest.raises(TemplateError, match=r"line 8.*size-below-one.*200 times"):
        draw(template.parse(PLAIN.replace("{choice: [3, 5]}", "{choice: [30]}"), "x"), 1)


def test_hidden_mistakes_are_drawn_again():
    text = OF_THE_DESIGN.replace("{choice: [96, 160, 256, 512]}", '"= input.channels"')
    with pytest.raises(TemplateError, match=r'tells_apart "bias-per-input-channel": it gives the same as'):
        draw(template.parse(text, "x"), 1)


def test_points_are_exact():
    text = PLAIN.replace(
        "{blank: conv.height}", "{blank: conv.height, points: 0.1}\n  - {blank: conv.width, points: 0.2}"
    )
    question = draw(template.parse(text, "x"), 1)
    assert question.points == Fraction(3, 10)
    assert [blank.points for blank in question.worth(Fraction(2)).blanks] == [Fraction(2, 3), Fraction(4, 3)]


def test_a_grid_has_layers_down_and_quantities_across():
    text = PLAIN.replace(
        "{blank: conv.height}", "{blank: conv.shape}\n  - {blank: out.weights}\n  - {blank: conv.weights}"
    )
    question = draw(template.parse(text.replace("title: Plain", "title: Plain\nlayout: grid"), "x"), 1)
    assert question.grid.columns == ("output shape", "weights")
    assert question.grid.rows == (("conv", ("a", "c")), ("out", (None, "b")))


def test_a_table_asks_only_what_is_there():
    """The input has no parameters and the total has no shape."""
    asked = "table: {rows: [input, conv, total], columns: [shape, parameters]}\nask:\n  - {blank: out.height}"
    question = draw(template.parse(PLAIN.replace("ask:\n  - {blank: conv.height}", asked), "x"), 1)
    cells = [(name, places) for name, places in question.grid.rows]
    assert cells == [("input", ("a", None)), ("conv", ("b", "c")), ("whole network", (None, "d"))]
    assert [blank.quantity for blank in question.blanks if blank.place not in question.grid.places] == ["out.height"]


def test_line_ends_and_byte_order_marks_do_not_matter():
    windows = "\ufeff" + PLAIN.replace("\n", "\r\n")
    assert draw(template.parse(windows, "x"), 5).text == draw(template.parse(PLAIN, "x"), 5).text


def test_a_drawing_is_rebuilt_without_drawing():
    question = draw(template.parse(PLAIN, "x"), 5)
    again = rebuilt(template.parse(PLAIN, "x"), question.drawn)
    assert (again.text, again.blanks, again.grid) == (question.text, question.blanks, question.grid)


def test_seed_student_and_question_number_all_count():
    read = template.parse(OF_THE_DESIGN, "x")
    drawn = [str(draw(read, *arguments).drawn) for arguments in [(1,), (2,), (1, "a"), (1, "b"), (1, "a", "2")]]
    assert len(set(drawn)) == len(drawn)


@given(st.integers(0, 700), st.text(alphabet="{}[]:,-=\"' \nab1%", max_size=6))
def test_a_damaged_template_draws_or_is_one_error(place, inserted):
    """Whatever stands in the file, there is a question or one of our errors."""
    text = PLAIN[:place] + inserted + PLAIN[place:]
    with suppress(LayerquizError):
        draw(template.parse(text, "x"), 1)


BLOCKS = """---
title: Copies of a block
topics: [convolution, parameters]
level: 2
let: {copies: {choice: [2, 3]}}
network:
  input: {channels: 4, height: 20, width: 20}
  blocks:
    pair:
      arguments: [filters]
      layers:
        - {kind: conv2d, name: first, filters: "= filters", kernel: 3, padding: 1}
        - {kind: conv2d, name: second, filters: "= filters", kernel: 1}
  layers:
    - {block: pair, name: body, repeat: "= copies", filters: {choice: [8, 12]}}
    - {name: head, layers: [{kind: conv2d, name: last, filters: "= body.channels + copies", kernel: 3}]}
ask:
  - {blank: body.parameters, label: all copies}
  - {blank: head.last.weights, label: the last convolution}
tells_apart: [forgot-bias]
---
{{ body.description }} has {{ copies }} copies;
the first begins with {{ body.block1.first.filters | plural("filter") }}.
"""


def test_a_template_may_draw_blocks() -> None:
    """Copies, arguments and layers inside a block are drawn; a named block's body sees its arguments alone."""
    made = template.parse(BLOCKS, "blocks")
    counts = set()
    for seed in range(12):
        question = draw(made, seed)
        network = question.network
        filters, copies = network.value("body.block1.first.filters"), len(network.blocks) - 2
        counts.add((filters, copies))
        pair = 9 * filters * filters + filters + filters * filters + filters
        assert network.value("body.parameters") == copies * pair - 9 * filters * (filters - 4)
        assert network.value("head.last.weights") == 9 * filters * (filters + copies)
        assert f"first begins with {filters} filters" in question.text
        assert f"padding 1; convolution, {filters} filters, kernel $1\\times 1$" in question.text
        assert f"{copies} copies of: convolution, {filters} filters" in question.text
    assert len(counts) == 4

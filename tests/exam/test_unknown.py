"""Questions that ask for a key: every number that fits is right, and no wording gives the key away."""

from __future__ import annotations

import pytest

from exam.recount import recount
from layerquiz.check import check
from layerquiz.errors import TemplateError
from layerquiz.exam import library, template
from layerquiz.exam.drawing import draw
from layerquiz.exam.searched import Searched
from layerquiz.grading.listed import tell
from layerquiz.network.network import Network

NAMES = [read.name for read in library.templates().values() if read.kind == "unknown"]

TEMPLATE = """---
title: A kernel
kind: unknown
let: {{size: {{choice: [3, 5, 7]}}}}
network:
  input: {{channels: 3, height: {{range: [60, 90]}}, width: "= height"}}
  layers:
    - {{kind: conv2d, name: conv, filters: 8, kernel: "= size", stride: {stride}, padding: {{choice: [0, 1]}}}}
ask:
  - {{unknown: {key}, among: {among}, given: [conv.shape]{more}}}
---
{wording}
"""


def made(stride=1, key="conv.kernel", among="[1, 13, 2]", more="", wording="{{ conv.shape }}"):
    text = TEMPLATE.format(stride=stride, key=key, among=among, more=more, wording=wording)
    return template.parse(text, "made")


@pytest.mark.parametrize("name", NAMES)
def test_right_are_exactly_the_numbers_that_give_what_is_stated(name):
    """Every number is put into the notation and the network recounted in plain arithmetic."""
    read = library.named(name)
    for seed in range(20):
        question = draw(read, seed)
        blank, form = question.blanks[0], read.asked[0].form
        fitting = []
        for number in form.searched.among:
            owner, _, key = form.searched.name.rpartition(".")
            drawn = question.drawn["network"]
            layers = [{**layer, key: number} if layer.get("name") == owner else layer for layer in drawn["layers"]]
            groups = next((layer["groups"] for layer in layers if "groups" in layer), 1)
            if drawn["input"].get("channels", groups) % groups or layers[0].get("filters", groups) % groups:
                continue
            right = recount(drawn)
            found = recount({**drawn, "layers": layers})
            sizes = [size for name in found for size in ([found[name]] if name.endswith(("height", "width")) else [])]
            if all(found[name] == right[name] for name in form.given) and min(sizes, default=1) >= 1:
                fitting.append(number)
        assert sorted(blank.listed.right) == fitting


@pytest.mark.parametrize("name", NAMES)
def test_the_text_has_no_number_of_the_key(name):
    """The same question with the key written as a letter: no other number of the key changes the text."""
    read = library.named(name)
    searched = read.asked[0].form.searched
    question = draw(read, 3)
    for number in searched.among[:8]:
        other = searched.at(question.network, number)
        if other is None or any(other.value(name) != question.network.value(name) for name in read.asked[0].form.given):
            continue
        drawn = {**question.drawn, "network": {key: other.spec[key] for key in ("input", "layers")}}
        assert type(question)(read, {"": other}, question.blanks, drawn).text == question.text


def test_several_numbers_are_right_where_the_entry_allows_it():
    """Stride 2 rounds down, so that two kernels give one size."""
    with pytest.raises(TemplateError, match=r"several numbers for conv\.kernel"):
        draw(made(stride=2, among="[1, 13]"), 1)
    rights = [draw(made(stride=2, among="[1, 13]", more=", several: true"), seed).blanks[0] for seed in range(20)]
    assert {len(blank.listed.right) for blank in rights} == {2}
    for blank in rights:
        assert all(tell(blank, str(number)).verdict == "correct" for number in blank.listed.right)
        assert blank.key == blank.listed.right[0]


@pytest.mark.parametrize(
    "wording",
    ["{{ conv.parameters }}", "{{ conv.weights }}", "{{ total.macs }}"],
)
def test_what_changes_with_the_key_cannot_be_printed(wording):
    with pytest.raises(TemplateError, match=r"would give conv\.kernel away"):
        draw(made(wording=wording), 1)


def test_the_key_prints_as_its_letter():
    text = draw(made(wording="{{ conv.kernel }}; {{ conv.description }}; {{ conv.stride }}"), 1).text
    assert text.startswith(r"$K \times K$; convolution, 8 filters, kernel $K \times K$, stride 1, ")


def test_check_finds_a_draw_that_gives_the_key_away():
    assert check(made(), 3).problems == ()
    (problem,) = check(made(wording="{{ size }}: {{ conv.shape }}"), 3).problems
    assert "the wording names size, from which conv.kernel is made, and gives it away" in problem


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"key": "covn.kernel"}, r'no layer or block is called "covn".*Did you mean "conv"'),
        ({"key": "conv.kernle"}, r'there is no key "kernle".*Did you mean "kernel"|conv\.kernle is'),
        ({"among": "[5, 1]"}, "among is"),
        ({"among": "[1, 9999]"}, "at most 5,000 numbers"),
        ({"among": "[9, 13]"}, r"conv\.kernel is not among the numbers"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(changed, message):
    with pytest.raises(TemplateError, match=message):
        draw(made(**changed), 1)


def test_a_square_answer_is_the_size():
    blank = draw(made(), 4).blanks[0]
    assert tell(blank, f"{blank.key} x {blank.key}").verdict == "correct"
    assert tell(blank, f"{blank.key + 2} x {blank.key + 2}").verdict != "correct"


@pytest.mark.parametrize(
    ("layer", "key", "numbers"),
    [
        ({"kind": "conv2d", "filters": 24, "kernel": 3, "padding": 1, "groups": 2}, "groups", range(1, 13)),
        ({"kind": "conv2d", "filters": 24, "kernel": 3, "stride": 2}, "padding", range(6)),
        ({"kind": "conv2d", "filters": 24, "kernel": 5, "dilation": 2}, "dilation", range(1, 6)),
        ({"kind": "maxpool2d", "kernel": 4, "padding": 2}, "kernel", range(1, 12)),
        ({"kind": "convtranspose2d", "filters": 4, "kernel": 4, "stride": 2}, "output_padding", range(3)),
        ({"kind": "depthwiseconv2d", "kernel": 3}, "multiplier", range(1, 5)),
    ],
)
def test_tried_numbers_are_those_of_a_network_of_their_own(layer, key, numbers):
    """Values put into known formulas are those of a network that is written with the number."""
    spec = {"input": {"channels": 24, "height": 20, "width": 17}, "layers": [{**layer, "name": "it"}]}
    searched = Searched((f"it.{key}",), numbers, made().written, ())
    tried = dict(searched.tried(Network.parse(spec)))
    assert tried
    for number in numbers:
        own = searched.at(Network.parse(spec), number)
        assert (number in tried) == (own is not None)
        for name in () if own is None else ("it.shape", "it.parameters", "it.macs", "it.receptive_field"):
            assert tried[number].value(name) == own.value(name)

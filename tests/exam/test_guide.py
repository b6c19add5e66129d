"""The authoring guide: every template, expression and filter that it shows works as it says."""

from __future__ import annotations

import re

import pytest

from layerquiz.data import folder
from layerquiz.exam import library, template, wording
from layerquiz.exam.drawing import draw
from layerquiz.exam.facts import fact
from layerquiz.exam.layer_view import views
from layerquiz.exam.printed import FILTERS
from layerquiz.exam.question import rebuilt
from layerquiz.network import expression
from layerquiz.network.mistakes import CATALOGUE

GUIDE = (folder("question_templates") / library.GUIDE).read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


TEMPLATES = blocks("template")
PAIRS = [tuple(line.rsplit(" -> ", 1)) for block in blocks("prints") for line in block.splitlines()]
VALUES = [tuple(line.rsplit(" -> ", 1)) for block in blocks("values") for line in block.splitlines()]


@pytest.fixture(scope="module")
def example():
    """Return the first template of the guide with the numbers of which it speaks."""
    layer = {"kind": "conv2d", "name": "conv", "filters": 48, "kernel": 5, "stride": 2}
    network = {"input": {"channels": 16, "height": 64, "width": 64}, "layers": [layer]}
    return rebuilt(template.parse(TEMPLATES[0], "first"), {"let": {}, "network": network})


@pytest.mark.parametrize("text", TEMPLATES, ids=range(len(TEMPLATES)))
def test_shown_template_draws(text):
    read = template.parse(text, "shown")
    assert len({draw(read, seed).text for seed in range(50)}) > 5


@pytest.mark.parametrize(("text", "printed"), PAIRS)
def test_shown_wording_prints_what_the_guide_says(text, printed, example):
    assert wording.parse(text, "guide").render(views(example.network)) == printed


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_shown_expression_gives_what_the_guide_says(text, value, example):
    def named(name):
        return fact(example.network, *name.rsplit(".", 1))

    assert str(expression.parse(text).value(named)) == value


def test_every_key_and_filter_is_in_the_guide():
    keys = [*template.TemplateKeys.model_fields, *template.AskKeys.model_fields]
    assert [key for key in keys if key != "networks" and f"`{key}" not in GUIDE] == []
    assert [name for name in FILTERS if f"`{name}`" not in GUIDE] == []


def test_mistakes_named_in_the_guide_are_in_the_catalogue():
    section = GUIDE.split("### Mistakes that must show")[1].split("## The wording")[0]
    named = set(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", section))
    assert len(named) > 20
    assert named <= set(CATALOGUE)

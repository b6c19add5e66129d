"""The authoring guide: every template, expression and filter that it shows works as it says."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import get_args

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from layerquiz.cli import main
from layerquiz.data import folder
from layerquiz.exam import library, template, wording
from layerquiz.exam.drawing import draw
from layerquiz.exam.facts import fact
from layerquiz.exam.layer_view import views
from layerquiz.exam.printed import FILTERS
from layerquiz.exam.question import rebuilt
from layerquiz.exam.schema import schema
from layerquiz.exam.starters import starters
from layerquiz.languages import Translation
from layerquiz.network import expression
from layerquiz.network.mistakes import CATALOGUE

GUIDE = (folder("question_templates") / library.GUIDE).read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


TEMPLATES = blocks("template")
STEPS = re.findall(r"^```(dialogue|bash|change)\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
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


def test_the_translation_of_the_guide_is_one() -> None:
    """It says in German what the first template of the page says."""
    (said,) = blocks("translation")
    german = template.translated(template.parse(TEMPLATES[0], "first"), Translation("de", said, "first.de.md"))
    question = draw(german, 1)
    assert question.text.startswith("Eine Faltungsschicht mit")
    assert [blank.label for blank in question.blanks] == ["Form der Ausgabe", "Parameter"]


def test_every_key_and_filter_is_in_the_guide():
    keys = [*template.TemplateKeys.model_fields, *template.AskKeys.model_fields]
    assert [key for key in keys if key != "networks" and f"`{key}" not in GUIDE] == []
    assert [name for name in FILTERS if f"`{name}`" not in GUIDE] == []


def test_mistakes_named_in_the_guide_are_in_the_catalogue():
    section = GUIDE.split("### Mistakes that must show")[1].split("## The wording")[0]
    named = set(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", section))
    assert len(named) > 20
    assert named <= set(CATALOGUE)


def typed(line, answers=""):
    """Run a line that the guide tells to type; what it writes into a file is written."""
    command, _, file = line.partition(" > ")
    result = CliRunner().invoke(main, shlex.split(command)[1:], input=answers)
    assert result.exit_code == 0, result.output
    if file:
        Path(file).write_text(result.output, encoding="utf-8")
    return result.output


def test_a_newcomer_who_types_what_stands_there_gets_what_stands_there(tmp_path, monkeypatch):
    """The page is followed from top to bottom: its dialogue, its commands, and its change of a line."""
    monkeypatch.chdir(tmp_path)
    for language, text in STEPS:
        if language == "change":
            old, new = text.splitlines()
            before = (tmp_path / "my-question.md").read_text()
            assert before.count(old) == 1
            (tmp_path / "my-question.md").write_text(before.replace(old, new))
        elif language == "bash":
            printed = [typed(line) for line in text.splitlines()]
            assert not any("FAILS" in said for said in printed)
        else:
            first, *rest = text.splitlines()
            answers = "".join(line.rpartition(": ")[2] * (not line.endswith(":")) + "\n" for line in rest[:-1])
            said = typed(first.removeprefix("$ "), answers)
            assert [line.rstrip() for line in said.splitlines()] == rest
    assert [language for language, _ in STEPS].count("dialogue") == 1
    assert {"my-question.md", "my-question.html", "template.schema.json"} == {file.name for file in tmp_path.iterdir()}


def test_the_front_matter_for_an_editor_is_valid_and_draws():
    """With its comment for the editor it is a template, once a wording follows."""
    (front,) = blocks("yaml")
    assert front.startswith("# yaml-language-server: $schema=template.schema.json\n")
    assert Draft202012Validator(schema()).is_valid(yaml.safe_load(front))
    assert draw(template.parse(f"---\n{front}---\nHow many?\n", "x"), 1).blanks
    assert all(json.loads(block) for block in blocks("json"))


def test_topics_and_kinds_of_the_guide_are_those_there_are():
    (listed,) = re.findall(r"The first of `topics` is one of these.*?\n\n", GUIDE, re.DOTALL)
    assert set(re.findall("`([a-z-]+)`", listed)) - {"topics"} == set(starters())
    section = GUIDE.split("## Kinds of question\n")[1].split("\n## ")[0]
    told = re.findall(r"^### (.+)$", section, re.MULTILINE)
    assert told[:2] == ["number", "formula"]
    assert set(told) <= set(get_args(template.Kind))

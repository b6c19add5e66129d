"""The JSON schema for editors: it is up to date, takes what the loader takes, and refuses what it refuses."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from jsonschema import Draft202012Validator

from layerquiz.data import folder
from layerquiz.exam import library
from layerquiz.exam.schema import schema
from layerquiz.exam.translation import FENCE

FILE = folder("question_templates") / "template.schema.json"
VALIDATOR = Draft202012Validator(schema())
FRONTS = {name: file.read_text(encoding="utf-8").split(f"{FENCE}\n")[1] for name, file in library.files().items()}


def test_the_file_is_up_to_date() -> None:
    """`make schema` writes it anew from the models, the guide and the catalogue."""
    assert json.loads(FILE.read_text(encoding="utf-8")) == schema(), "out of date: run `make schema`"


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())


def test_the_library_does_not_read_it() -> None:
    assert FILE.is_file()
    assert "template.schema" not in library.files()


@pytest.mark.parametrize("name", FRONTS)
def test_every_template_is_valid(name: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(yaml.safe_load(FRONTS[name]))] == []


WRONG = {
    "misspelt key": ("level: ", "levle: "),
    "level": ("level: 1", "level: 9"),
    "text for a list": ("topics: [", "topics: x #["),
    "unknown mistake": ("- forgot-plus-one", "- forgot-plus-two"),
    "unknown kind of layer": ("kind: conv2d", "kind: conv2e"),
    "no title": ("title: ", "# "),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_marked(name: str) -> None:
    old, new = WRONG[name]
    text = FRONTS["conv-size"]
    assert old in text
    assert not VALIDATOR.is_valid(yaml.safe_load(text.replace(old, new)))


def test_every_key_is_described_by_the_guide() -> None:
    """What an editor shows beside a key is what the guide says."""
    missing = [name for name, key in schema()["properties"].items() if not key.get("description")]
    assert missing in ([], ["networks"])


def test_kinds_and_keys_of_layers_are_offered() -> None:
    layer = schema()["properties"]["network"]["properties"]["layers"]["items"]["properties"]
    assert "lstm" in layer["kind"]["anyOf"][0]["enum"]
    assert {"filters", "kernel", "padding", "units", "from"} <= set(layer)
    assert all(re.fullmatch("[a-z_]+", key) for key in layer)

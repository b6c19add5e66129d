"""The JSON schema of a template's front matter, by which editors complete and check what is typed."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel

from layerquiz.data import folder
from layerquiz.exam.forms import FORMS
from layerquiz.exam.library import GUIDE
from layerquiz.exam.recipe import DRAWS
from layerquiz.exam.starters import starters
from layerquiz.exam.template import AskKeys, TableKeys, TemplateKeys
from layerquiz.network.glossary import SIZES
from layerquiz.network.layers import KINDS
from layerquiz.network.mistakes import CATALOGUE

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ROW = re.compile(r"^\| (`[^|]+`) \| ([^|]+) \| [^|]+ \|$", re.MULTILINE)
"""A row of a table of keys in the authoring guide."""


def schema() -> dict[str, Any]:
    """Return the schema: the keys of the models, what the guide says of each, and the names that stand in lists."""
    found = TemplateKeys.model_json_schema()
    keys = found["properties"]
    for key in keys.values():
        key.pop("title", None)
    keys["ask"]["items"] = {"anyOf": [entry(AskKeys), *(entry(form.keys) for form in FORMS.values())]}
    keys["table"] = entry(TableKeys)
    keys["network"] = _network()
    keys["let"]["additionalProperties"] = True
    keys["tells_apart"]["items"] = {"enum": list(CATALOGUE)}
    keys["topics"]["items"]["examples"] = list(starters())
    for names, told in ROW.findall((folder("question_templates") / GUIDE).read_text(encoding="utf-8")):
        for name in re.findall(r"`([a-z_]+)`", names):
            if name in keys:
                keys[name]["description"] = told.strip()
    return {"$schema": DIALECT, **found, "title": "Front matter of a layerquiz template"}


def entry(model: type[BaseModel]) -> dict[str, Any]:
    """Return the schema of one entry."""
    found = model.model_json_schema()
    for key in found["properties"].values():
        key.pop("title", None)
    return found


def _network() -> dict[str, Any]:
    """Return the schema of a network: kinds and keys for completion, each of which may be drawn instead."""
    drawn = [{"type": "object", "required": [draw]} for draw in DRAWS]
    computed = {"type": "string", "pattern": "^="}
    keys = sorted({info.alias or name for kind in KINDS.values() for name, info in kind.keys.model_fields.items()})
    layer = {
        "type": "object",
        "properties": {**{key: {} for key in keys}, "kind": {"anyOf": [{"enum": sorted(KINDS)}, *drawn, computed]}},
    }
    return {
        "type": "object",
        "properties": {
            "input": {"type": "object", "properties": {key: {} for key in SIZES}},
            "layers": {"type": "array", "items": layer},
            "blocks": {"type": "object"},
        },
        "required": ["input", "layers"],
    }
